"""Recipient counts: whether, and how exactly, the sum of one request may be shown without telling how few people it is for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import func, select

from app.cases.aid.requests import AidLine, AidRequest
from app.cases.register.records import Member
from app.editions.sums import SAME_WORTH
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
    return {code: _disclosure(found[code]) if code in found else SumDisclosure.EXACT for code in codes}


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
