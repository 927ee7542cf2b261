"""Committee briefs: what the committee reads of a request beside its sum. Counts, places and the story; no one's name."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.cases.aid import committee_facts, lines, pre_checks
from app.cases.aid.records import AidRequest
from app.kit import clock
from app.kit.db import db
from app.province.dimensions import Urgency
from app.province.profile import Profile


@dataclass(frozen=True, slots=True)
class DistrictCounts:
    """A district's part of a request."""

    name: str
    households: int
    people: int
    satang: int


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """One kind of help in a request."""

    name: str
    unit: str
    quantity: int
    satang: int


@dataclass(frozen=True, slots=True)
class CommitteeBrief:
    """A request as it was sent; the register may have moved on since."""

    story: str
    dimension_th: str
    urgency: Urgency
    people: int
    households: int
    places: tuple[DistrictCounts, ...]
    goods: tuple[ItemCounts, ...]


def of(codes: Iterable[str]) -> dict[str, CommitteeBrief]:
    """The brief of each request that has one, by code, in a handful of queries however many there are."""
    session = db.session()
    requests = session.scalars(select(AidRequest).where(AidRequest.code.in_(list(codes)))).all()
    found = {}
    for request in requests:
        kept = json.loads(request.snapshot)
        found[request.code] = CommitteeBrief(
            story=request.story,
            dimension_th=Profile.here().sides.side(request.dimension).name_th,
            urgency=Urgency(request.urgency),
            people=kept.get("people", 0),
            households=kept.get("households", 0),
            places=tuple(
                DistrictCounts(row["name"], row["households"], row["people"], row["satang"])
                for row in kept.get("districts", [])
            ),
            goods=tuple(
                ItemCounts(row["name"], row["unit"], row["quantity"], row["satang"])
                for row in kept.get("items", [])
            ),
        )
    return found


def seen(code: str) -> dict[str, Any]:
    """What is kept of a request when it is tabled: its counts as they were sent, and what to look at twice. No names."""
    request = db.session().scalars(select(AidRequest).where(AidRequest.code == code)).one_or_none()
    if request is None:
        return {}
    kept = json.loads(request.snapshot)
    counts = ("people", "households", "satang", "usual_satang", "items", "districts", "dimensions", "levels")
    checks = pre_checks.before_filing(request, lines.of(request.id))
    facts = committee_facts.of([code], on=clock.today())[code]
    return {
        **{name: kept[name] for name in counts if name in kept},
        "pre_checks": [check.words for check in checks],
        "facts": committee_facts.as_kept(facts),
    }
