"""Needs: what the register says of a household, as far as a request for aid has to know it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from app.cases.register.records import FailedDimension, Household, RegisterSource, Round, RoundHousehold
from app.kit import clock
from app.kit.db import db
from app.province.levels import Level, level_of
from app.province.profile import Profile


@dataclass(frozen=True, slots=True)
class Need:
    """The dimensions that a household fails in any round, and its level by the newest income known."""

    failed: tuple[str, ...]
    level: Level | None
    is_needy: bool

    @property
    def is_eligible(self) -> bool:
        """Whether the fund may help it: some dimension failed, or put forward as needy by its community."""
        return self.is_needy or bool(self.failed)


def of(household_ids: Iterable[int]) -> dict[int, Need]:
    """The need of each household, in three queries however many there are."""
    wanted = sorted(set(household_ids))
    session = db.session()
    origins = session.execute(select(Household.id, Household.origin).where(Household.id.in_(wanted))).all()
    failed: dict[int, set[str]] = {}
    for household_id, dimension in session.execute(
        select(RoundHousehold.household_id, FailedDimension.dimension)
        .join(FailedDimension, FailedDimension.round_household_id == RoundHousehold.id)
        .where(RoundHousehold.household_id.in_(wanted))
    ):
        failed.setdefault(household_id, set()).add(dimension)
    incomes: dict[int, int] = {}
    for household_id, income_satang in session.execute(
        select(RoundHousehold.household_id, RoundHousehold.income_satang)
        .join(Round, Round.id == RoundHousehold.round_id)
        .where(RoundHousehold.household_id.in_(wanted), RoundHousehold.income_satang.is_not(None))
        .order_by(Round.as_of, Round.id)
    ):
        incomes[household_id] = income_satang or 0
    today = clock.today()
    return {
        number: Need(
            failed=tuple(sorted(failed.get(number, ()))),
            level=level_of(incomes[number], today) if number in incomes else None,
            is_needy=origin == RegisterSource.NEEDY,
        )
        for number, origin in origins
    }


def fails(dimension: str) -> ColumnElement[bool]:
    """That a household fails what this side answers in some round, for a query over Household."""
    answered = Profile.here().sides.answered_by(dimension)
    return (
        select(FailedDimension.dimension)
        .join(RoundHousehold, RoundHousehold.id == FailedDimension.round_household_id)
        .where(RoundHousehold.household_id == Household.id, FailedDimension.dimension.in_(answered))
        .exists()
    )


def eligible() -> ColumnElement[bool]:
    """That the fund may help a household, for a query over Household."""
    anything = (
        select(FailedDimension.dimension)
        .join(RoundHousehold, RoundHousehold.id == FailedDimension.round_household_id)
        .where(RoundHousehold.household_id == Household.id)
        .exists()
    )
    return or_(Household.origin == RegisterSource.NEEDY, anything)
