"""Recipient counts: whether, and how exactly, the sum of one request may be shown without telling how few people it is for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import func, select

from app.cases.aid.requests import AidLine, AidRequest
from app.cases.register.records import Member
from app.editions.sums import SAME_WORTH
from app.fund.committee.records import APPROVING, Proposal, Resolution
from app.kit.db import db
from app.kit.suppression import LEAST, is_small


class SumDisclosure(StrEnum):
    """How the sum of a request may be told."""

    #: To the satang: no item of it went to few.
    EXACT = "exact"
    #: In whole thousands of baht: some items went to few, and their prices are too much alike to be told apart.
    ROUNDED = "rounded"
    #: Not at all.
    NOT = "not"


@dataclass
class _Item:
    people: int = 0
    households: set[int] = field(default_factory=set)
    quantity: int = 0
    satang: int = 0
    #: What the fund and others pay for each household.
    costs: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def is_small(self) -> bool:
        return is_small(self.people, len(self.households))


def sum_disclosures(codes: Sequence[str]) -> dict[str, SumDisclosure]:
    """How the sums of the requests with these codes may be told; a code without help behind it speaks of nobody."""
    found: dict[str, dict[str, _Item]] = defaultdict(lambda: defaultdict(_Item))
    living = (
        select(func.count())
        .select_from(Member)
        .where(Member.household_id == AidLine.household_id, ~Member.left)
        .scalar_subquery()
    )
    rows = db.session().execute(
        select(
            AidRequest.code,
            AidLine.item_code,
            AidLine.household_id,
            AidLine.member_id,
            AidLine.quantity,
            AidLine.unit_satang,
            living,
        )
        .join(AidLine, AidLine.request_id == AidRequest.id)
        .where(AidRequest.code.in_(codes))
    )
    for code, item_code, household, member, quantity, unit_satang, lives in rows:
        item = found[code][item_code]
        item.people += 1 if member is not None else int(lives)
        item.households.add(household)
        item.quantity += quantity
        item.satang += quantity * unit_satang
        item.costs[household] += quantity * unit_satang
    few = _decided_for_few({code: _cheapest(items.values()) for code, items in found.items()})
    return {
        code: SumDisclosure.EXACT
        if code not in found
        else SumDisclosure.NOT
        if code in few
        else _disclosure(found[code])
        for code in codes
    }


def _cheapest(items: Iterable[_Item]) -> tuple[int, int]:
    """What the household costs that costs least, and what all of them cost."""
    costs: dict[int, int] = defaultdict(int)
    for item in items:
        for household, satang in item.costs.items():
            costs[household] += satang
    return min(costs.values()), sum(costs.values())


def _decided_for_few(costs: Mapping[str, tuple[int, int]]) -> set[str]:
    """The codes of requests of which some resolution, or the difference of two, is too small a part for five households:
    whoever knows the price reads from its sum for how many it is."""
    decided: dict[str, list[int]] = defaultdict(list)
    asked: dict[str, int] = {}
    resolutions = (
        select(Proposal.code, Proposal.satang, Resolution.satang)
        .join(Proposal, Proposal.id == Resolution.proposal_id)
        .where(Proposal.code.in_(costs), Resolution.kind.in_(APPROVING))
        .order_by(Resolution.id)
    )
    for code, whole, satang in db.session().execute(resolutions):
        decided[code].append(satang)
        asked[code] = max(asked.get(code, 0), whole, satang)
    few = set()
    for code, sums in decided.items():
        cheapest, together = costs[code]
        changes = [abs(after - before) for before, after in pairwise(sums) if after != before]
        # Of a request that others pay for, too, the fund's part of each household's cost.
        if any(part * together < LEAST * cheapest * asked[code] for part in (*sums, *changes)):
            few.add(code)
    return few


def _disclosure(items: dict[str, _Item]) -> SumDisclosure:
    if is_small(sum(item.people for item in items.values())):
        return SumDisclosure.NOT
    if len({home for item in items.values() for home in item.households}) < LEAST:
        return SumDisclosure.NOT
    small = {code for code, item in items.items() if item.is_small}
    if not small:
        return SumDisclosure.EXACT
    for code in small:
        item = items[code]
        others = [compared for other, compared in items.items() if other != code]
        if not any(
            abs(item.satang - item.quantity * compared.satang // compared.quantity) < SAME_WORTH
            for compared in others
        ):
            return SumDisclosure.NOT
    return SumDisclosure.ROUNDED
