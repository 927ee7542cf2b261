"""Needs: what the register says of a household, as far as a request for aid has to know it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, or_, select, tuple_
from sqlalchemy.orm import aliased

from app.cases.register.records import FailedDimension, Household, RegisterSource, Round, RoundHousehold
from app.kit import clock
from app.kit.db import db
from app.province.levels import Level, level_of
from app.province.profile import Profile


@dataclass(frozen=True, slots=True)
class Need:
    """The dimensions that a household fails now (see `_is_current`), and its level by the newest income known."""

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
        .join(Round, Round.id == RoundHousehold.round_id)
        .where(RoundHousehold.household_id.in_(wanted), _is_current())
    ):
        failed.setdefault(household_id, set()).add(dimension)
    incomes: dict[int, int] = {}
    for household_id, income_satang in session.execute(
        select(RoundHousehold.household_id, RoundHousehold.income_satang)
        .join(Round, Round.id == RoundHousehold.round_id)
        .where(RoundHousehold.household_id.in_(wanted), RoundHousehold.income_satang.is_not(None))
        .order_by(*_rank(Round))
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
    """That a household fails what this side answers now, for a query over Household."""
    return _failing(FailedDimension.dimension.in_(Profile.here().sides.answered_by(dimension)))


def eligible() -> ColumnElement[bool]:
    """That the fund may help a household, for a query over Household."""
    return or_(Household.origin == RegisterSource.NEEDY, _failing())


def _failing(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(FailedDimension.dimension)
        .join(RoundHousehold, RoundHousehold.id == FailedDimension.round_household_id)
        .join(Round, Round.id == RoundHousehold.round_id)
        .where(RoundHousehold.household_id == Household.id, _is_current(), *where)
        .correlate(Household)
        .exists()
    )


def _is_current() -> ColumnElement[bool]:
    """Over RoundHousehold and Round: the source says nothing newer of the household.

    That is its newest closed round that has the household; while none is closed, its newest round.
    """
    entry, round_ = aliased(RoundHousehold), aliased(Round)
    newer = (
        select(entry.id)
        .join(round_, round_.id == entry.round_id)
        .where(
            entry.household_id == RoundHousehold.household_id,
            round_.source == Round.source,
            tuple_(*_rank(round_)) > tuple_(*_rank(Round)),
        )
        .correlate(RoundHousehold, Round)
    )
    return ~newer.exists()


def _rank(round_: type[Round]) -> tuple[Any, ...]:
    """What orders rounds: open ones before closed ones, then by their day."""
    is_closed = case((round_.closed_at.is_not(None), 1), else_=0)
    return (is_closed, round_.as_of, round_.id)
