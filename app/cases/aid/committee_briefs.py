"""Committee briefs: what the committee reads of a request beside its sum. Counts, places and the story; no one's name."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.cases.aid import lines, pre_checks
from app.cases.aid.requests import AidLine, AidRequest
from app.cases.register.records import Member
from app.kit.db import db
from app.province.dimensions import Urgency, dimension
from app.staff.users import User


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
    #: Members of the committee who may be partial. Why is nobody's business but their own.
    concerned: frozenset[int]


def of(codes: Iterable[str], *, members: Iterable[User]) -> dict[str, CommitteeBrief]:
    """The brief of each request that has one, by code, in a handful of queries however many there are."""
    session = db.session()
    requests = session.scalars(select(AidRequest).where(AidRequest.code.in_(list(codes)))).all()
    concerned = _concerned(requests, list(members))
    found = {}
    for request in requests:
        kept = json.loads(request.snapshot)
        found[request.code] = CommitteeBrief(
            story=request.story,
            dimension_th=dimension(request.dimension).name_th,
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
            concerned=frozenset(concerned[request.id]),
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
    return {
        **{name: kept[name] for name in counts if name in kept},
        "pre_checks": [check.words for check in checks],
    }


def _concerned(requests: Iterable[AidRequest], members: list[User]) -> dict[int, set[int]]:
    """Members who bear the surname of someone to be helped (Administrative Procedure Act B.E. 2539, s. 13)."""
    by_surname: dict[str, set[int]] = defaultdict(set)
    for member in members:
        words = member.name.split()
        if len(words) > 1:
            by_surname[words[-1]].add(member.id)
    rows = db.session().execute(
        select(AidLine.request_id, Member.last_name)
        .join(Member, Member.household_id == AidLine.household_id)
        .where(
            AidLine.request_id.in_([request.id for request in requests]),
            Member.last_name.in_(list(by_surname)),
        )
        .distinct()
    )
    found: dict[int, set[int]] = defaultdict(set)
    for request_id, surname in rows:
        found[request_id] |= by_surname[surname]
    return found
