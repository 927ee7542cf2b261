"""Figures: how many households of each round lie in a person's reach, by district and by dimension."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import func, select

from app.cases.register.households import dimension_within_reach, within_reach
from app.cases.register.records import FailedDimension, Household, RoundHousehold
from app.kit.db import db
from app.staff.users import User


@dataclass(slots=True)
class Figures:
    """Counts of households. A household fails several dimensions, so dimensions add up to more than `total`."""

    total: int = 0
    districts: Counter[str] = field(default_factory=Counter)
    dimensions: Counter[str] = field(default_factory=Counter)
    #: district → dimension → households
    cells: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def of_rounds(user: User) -> dict[int, Figures]:
    """The figures of every round, by its id, limited to what this person may see."""
    session = db.session()
    found: dict[int, Figures] = defaultdict(Figures)
    homes = session.execute(
        select(RoundHousehold.round_id, Household.district_code, func.count())
        .join(Household, Household.id == RoundHousehold.household_id)
        .where(within_reach(user))
        .group_by(RoundHousehold.round_id, Household.district_code)
    )
    for round_id, district, count in homes:
        found[round_id].districts[district] = count
        found[round_id].total += count
    failed = session.execute(
        select(RoundHousehold.round_id, Household.district_code, FailedDimension.dimension, func.count())
        .join(Household, Household.id == RoundHousehold.household_id)
        .join(FailedDimension, FailedDimension.round_household_id == RoundHousehold.id)
        .where(within_reach(user), dimension_within_reach(user))
        .group_by(RoundHousehold.round_id, Household.district_code, FailedDimension.dimension)
    )
    for round_id, district, dimension, count in failed:
        found[round_id].dimensions[dimension] += count
        found[round_id].cells[district][dimension] = count
    return found
