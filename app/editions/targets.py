"""Targets: the register round that shares are counted by, and every round with its households. Exact figures; release_delay decides what is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.cases.aid.records import Delivery, DeliveryOutcome
from app.cases.aid.requests import AidLine
from app.cases.register.records import FailedDimension, Household, Round, RoundHousehold
from app.cases.register.rounds import public_base
from app.editions.aid_totals import TableRows
from app.editions.sums import sums
from app.kit.db import db


@dataclass(frozen=True, slots=True)
class Targets:
    """Households of the public base, by the rows of the tables; nothing of it while none is set."""

    round: Round | None
    districts: Mapping[str, int]
    dimensions: Mapping[str, int]

    @property
    def code(self) -> str | None:
        return self.round.code if self.round else None

    def of(self, table: str, code: str) -> int | None:
        """Households in one row of a table; None while there is no base."""
        rows = self.districts if table == "districts" else self.dimensions
        return rows.get(code, 0) if self.round else None


def main_round(rows: TableRows) -> Targets:
    """The round that the secretariat has set as the public base (rounds.set_public_base)."""
    base = public_base()
    if base is None:
        return Targets(None, {}, {})
    district, dimension = rows.of_district(), rows.of_dimension(FailedDimension.dimension)  # type: ignore[arg-type]
    return Targets(
        base.round,
        sums(
            select(district, func.count())
            .join(RoundHousehold, RoundHousehold.household_id == Household.id)
            .where(RoundHousehold.round_id == base.round_id)
            .group_by(district)
        ),
        sums(
            select(dimension, func.count(RoundHousehold.id.distinct()))
            .join(RoundHousehold, RoundHousehold.id == FailedDimension.round_household_id)
            .where(RoundHousehold.round_id == base.round_id)
            .group_by(dimension)
        ),
    )


def rounds() -> list[dict[str, Any]]:
    """Every round with its declared total, and how many of its households help has reached."""
    session = db.session()
    imported = sums(select(RoundHousehold.round_id, func.count()).group_by(RoundHousehold.round_id))
    helped = sums(
        select(RoundHousehold.round_id, func.count(RoundHousehold.household_id.distinct()))
        .join(AidLine, AidLine.household_id == RoundHousehold.household_id)
        .join(Delivery, Delivery.line_id == AidLine.id)
        .where(Delivery.outcome != DeliveryOutcome.NOT)
        .group_by(RoundHousehold.round_id)
    )
    return [
        {
            "code": round_.code,
            "name": round_.name,
            "source": round_.source,
            "fiscal_year_be": round_.fiscal_year_be,
            "as_of": round_.as_of.isoformat(),
            "declared_total": round_.declared_total,
            "households": imported.get(round_.id, 0),
            "helped_households": helped.get(round_.id, 0),
        }
        for round_ in session.scalars(select(Round).order_by(Round.fiscal_year_be.desc(), Round.id.desc()))
    ]
