"""Bases: what lets the lines of a statement count, for a file is one person's word until something bears it out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from app.fund.bank.events import BankEvent
from app.kit.db import Base, Satang, UtcDateTime, db, explain
from app.province.profile import Profile
from app.staff.users import User

BEFORE, FOLLOWS, JOINED, CONFIRMED = "before", "follows", "joined", "confirmed"
#: The kinds by which lines count.
COUNTING = (BEFORE, JOINED, CONFIRMED)

explain("pk_statement_basis", "มีผู้ยืนยันไฟล์นี้ไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล")
explain(
    "statement_confirmed_by_another", "ผู้นำไฟล์เข้ายืนยันไฟล์ของตนเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหนึ่งหรือประธานยืนยัน"
)
explain("statement_basis_of_before", "ไฟล์นี้นำเข้าหลังจากมีกติกาให้อีกท่านหนึ่งยืนยัน กรุณาให้อีกท่านหนึ่งยืนยันไฟล์")
explain("statement_joined_to_known", "ยอดของไฟล์นี้ไม่ต่อจากยอดที่รู้แล้ว กรุณาให้อีกท่านหนึ่งยืนยันไฟล์")
explain(
    "allocation_of_one_person",
    "รายการนี้มีแต่ในไฟล์ที่คนเดียวนำเข้า จึงยังลงเป็นเงินสมทบไม่ได้ กรุณาให้อีกท่านหนึ่งยืนยันไฟล์หรือยืนยันรายการนี้ก่อน",
)


class StatementBasis(Base):
    """One thing that is known of a statement beside its importer's word. Final: triggers refuse UPDATE and DELETE.

    before: it came in before there was this rule. follows: its balance begins where another statement's stands that
    does not count yet. joined: it begins where one stands that counts; its lines below a sum count. confirmed:
    another person looked at it; all its lines count.
    """

    __tablename__ = "statement_basis"

    statement_id: Mapped[int] = mapped_column(
        ForeignKey("statement.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: The statement whose balance it continues, and that balance.
    joins_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"))
    balance_satang: Mapped[int | None] = mapped_column(Satang)
    #: Only lines smaller than this count by it.
    below_satang: Mapped[int | None] = mapped_column(Satang)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    by: Mapped[User | None] = relationship(lazy="joined")

    __table_args__ = (
        CheckConstraint("kind IN ('before', 'follows', 'joined', 'confirmed')", name="known_kind"),
        CheckConstraint("(kind = 'confirmed') = (by_id IS NOT NULL)", name="confirmed_pair"),
        CheckConstraint("(kind IN ('follows', 'joined')) = (joins_id IS NOT NULL)", name="joins_pair"),
        CheckConstraint(
            "(kind IN ('follows', 'joined')) = (balance_satang IS NOT NULL)", name="balance_pair"
        ),
        CheckConstraint("(kind = 'joined') = (below_satang IS NOT NULL)", name="below_pair"),
        Index("ix_statement_basis_joins_id", "joins_id"),
    )


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
