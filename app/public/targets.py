"""Targets: the rounds of the registers that shares are reckoned by, and how many of their households help reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.cases.aid.handovers import Delivery, Outcome
from app.cases.aid.requests import AidLine
from app.cases.registry.households import Household
from app.cases.registry.rounds import FailedDimension, Round, RoundHousehold, public_base
from app.kit.db import db
from app.kit.suppression import is_small, kept_back
from app.public.helped import Tables
from app.public.reading import sums


@dataclass(frozen=True, slots=True)
class Targets:
    """Households of the round that shares are reckoned by; None where there are too few."""

    code: str | None
    districts: Mapping[str, int | None]
    dimensions: Mapping[str, int | None]
    #: Whether the sum of the districts may be told.
    is_shown: bool


def main_round() -> Targets:
    """The round that the secretariat has set as the public base (rounds.set_public_base)."""
    base = public_base()
    if base is None:
        return Targets(None, {}, {}, is_shown=True)
    main = base.round
    districts = sums(
        select(Household.district_code, func.count())
        .join(RoundHousehold, RoundHousehold.household_id == Household.id)
        .where(RoundHousehold.round_id == main.id)
        .group_by(Household.district_code)
    )
    dimensions = sums(
        select(FailedDimension.dimension, func.count())
        .join(RoundHousehold, RoundHousehold.id == FailedDimension.round_household_id)
        .where(RoundHousehold.round_id == main.id)
        .group_by(FailedDimension.dimension)
    )
    return Targets(main.code, _veiled(districts), _veiled(dimensions), is_shown=_back(districts) is not None)


def _back(counts: Mapping[str, int]) -> set[str] | None:
    return kept_back({name: (count,) for name, count in counts.items()})


def _veiled(counts: Mapping[str, int]) -> dict[str, int | None]:
    back = _back(counts)
    return {name: None if back is None or name in back else count for name, count in counts.items()}


def rounds(delivered: Tables, *, main: Targets) -> list[dict[str, Any]]:
    """Every round with its declared total, and how many of its households help has reached."""
    session = db.session()
    imported = sums(select(RoundHousehold.round_id, func.count()).group_by(RoundHousehold.round_id))
    helped = sums(
        select(RoundHousehold.round_id, func.count(RoundHousehold.household_id.distinct()))
        .join(AidLine, AidLine.household_id == RoundHousehold.household_id)
        .join(Delivery, Delivery.line_id == AidLine.id)
        .where(Delivery.outcome != Outcome.NOT)
        .group_by(RoundHousehold.round_id)
    )

    def is_shown(one: Round) -> bool:
        return main.is_shown or one.code != main.code

    return [
        {
            "code": one.code,
            "name": one.name,
            "source": one.source,
            "fiscal_year_be": one.fiscal_year_be,
            "as_of": one.as_of.isoformat(),
            "declared_total": one.declared_total,
            "households": _unless_small(imported.get(one.id, 0)) if is_shown(one) else None,
            # Those helped outside the round are told by the difference, so they must not be few either.
            "helped_households": _unless_small(
                helped.get(one.id, 0), delivered.everyone.households - helped.get(one.id, 0)
            )
            if delivered.is_shown and is_shown(one)
            else None,
        }
        for one in session.scalars(select(Round).order_by(Round.fiscal_year_be.desc(), Round.id.desc()))
    ]


def _unless_small(count: int, *others: int) -> int | None:
    return None if is_small(count, *others) else count
