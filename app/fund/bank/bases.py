"""Bases: what lets the lines of a statement count, for a file is one person's word until something bears it out."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.fund.bank.records import COUNTING, BankEvent, StatementBasis
from app.kit.db import db
from app.province.profile import Profile


def below() -> int:
    """The sum from which on a line needs more than a file whose balance joins."""
    profile = Profile.here()
    return profile.giving.second_hand_satang


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


def of_one_person(events: Iterable[BankEvent]) -> set[int]:
    """Of these events, the lines of money in that do not count by themselves: a second person or the bank must speak."""
    lines = [one for one in events if one.statement_id is not None and one.satang > 0]
    if not lines:
        return set()
    rows = db.session().execute(
        select(StatementBasis.statement_id, StatementBasis.below_satang).where(
            StatementBasis.statement_id.in_({one.statement_id for one in lines}),
            StatementBasis.kind.in_(COUNTING),
        )
    )
    least: dict[int, list[int | None]] = {}
    for number, below_satang in rows:
        least.setdefault(number, []).append(below_satang)
    return {
        one.id
        for one in lines
        if not any(most is None or one.satang < most for most in least.get(one.statement_id or 0, ()))
    }


def of(statement_id: int) -> dict[str, StatementBasis]:
    """What is known of a statement, by kind."""
    found = select(StatementBasis).where(StatementBasis.statement_id == statement_id)
    return {one.kind: one for one in db.session().scalars(found)}
