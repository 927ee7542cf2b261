"""Differences between two rounds: households that came, went, or of which the source says something else."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.cases.register.records import FailedDimension, Household, Round, RoundHousehold
from app.kit.db import db


@dataclass(frozen=True, slots=True)
class HouseholdDifference:
    """One household of both rounds: its code, and what is said of it before and after, by field."""

    code: str
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """Codes of households only in the newer round and only in the older, what changed, and how many stayed the same."""

    new: list[str]
    missing: list[str]
    changed: list[HouseholdDifference]
    same: int


def between(older: Round, newer: Round) -> Difference:
    """What the newer of two rounds says otherwise than the older: income, failed dimensions, standing."""
    before, after = _said(older), _said(newer)
    changed = []
    for code in sorted(before.keys() & after.keys()):
        fields = {
            name: (before[code][name], after[code][name])
            for name in after[code]
            if before[code][name] != after[code][name]
        }
        if fields:
            changed.append(HouseholdDifference(code, fields))
    return Difference(
        new=sorted(after.keys() - before.keys()),
        missing=sorted(before.keys() - after.keys()),
        changed=changed,
        same=len(before.keys() & after.keys()) - len(changed),
    )


def _said(round_: Round) -> dict[str, dict[str, Any]]:
    session = db.session()
    rows = session.execute(
        select(Household.code, RoundHousehold.id, RoundHousehold.income_satang, RoundHousehold.standing)
        .join(RoundHousehold, RoundHousehold.household_id == Household.id)
        .where(RoundHousehold.round_id == round_.id)
    ).all()
    failed: dict[int, list[str]] = {}
    marks = session.execute(
        select(FailedDimension.round_household_id, FailedDimension.dimension)
        .join(RoundHousehold, RoundHousehold.id == FailedDimension.round_household_id)
        .where(RoundHousehold.round_id == round_.id)
    )
    for number, dimension in marks:
        failed.setdefault(number, []).append(dimension)
    return {
        row.code: {
            "income_satang": row.income_satang,
            "dimensions": sorted(failed.get(row.id, [])),
            "standing": row.standing,
        }
        for row in rows
    }
