"""Statement bases: which lines of a statement count. Until a second person, the bank or a file that is believed bears it out, a file is one person's word."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.fund.bank.records import COUNTING, BankEvent, Statement, StatementBasis, StatementWithdrawal
from app.kit.db import db
from app.province.profile import Profile


def below() -> int:
    """The sum from which on a line needs more than a file whose balance joins."""
    profile = Profile.here()
    return profile.giving.needs_approval_satang


def counts(
    statement_id: InstrumentedAttribute[Any], satang: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """For queries: whether a statement's line of this sum counts by itself."""
    return (
        select(StatementBasis.kind)
        .where(
            StatementBasis.statement_id == statement_id,
            StatementBasis.kind.in_(COUNTING),
            or_(StatementBasis.below_satang.is_(None), satang < StatementBasis.below_satang),
        )
        .exists()
    )


def stands() -> ColumnElement[bool]:
    """For queries over Statement: nobody took it out again."""
    return ~exists().where(StatementWithdrawal.statement_id == Statement.id)


def of_one_person(events: Iterable[BankEvent]) -> set[int]:
    """Of these events, the lines of money in that do not count by themselves: a second person or the bank must speak."""
    lines = [event for event in events if event.statement_id is not None and event.satang > 0]
    if not lines:
        return set()
    rows = db.session().execute(
        select(StatementBasis.statement_id, StatementBasis.below_satang).where(
            StatementBasis.statement_id.in_({line.statement_id for line in lines}),
            StatementBasis.kind.in_(COUNTING),
        )
    )
    least: dict[int, list[int | None]] = {}
    for number, below_satang in rows:
        least.setdefault(number, []).append(below_satang)
    return {
        line.id
        for line in lines
        if not any(most is None or line.satang < most for most in least.get(line.statement_id or 0, ()))
    }


def of(statement_id: int) -> dict[str, StatementBasis]:
    """What is known of a statement, by kind."""
    found = select(StatementBasis).where(StatementBasis.statement_id == statement_id)
    return {basis.kind: basis for basis in db.session().scalars(found)}
