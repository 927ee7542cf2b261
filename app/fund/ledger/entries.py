"""Entries: the rows of the books. Every movement of money in this fund is one row made here."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import (
    CheckConstraint,
    Executable,
    ForeignKey,
    Index,
    ScalarSelect,
    String,
    Table,
    bindparam,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.fund.ledger import months
from app.fund.ledger.accounts import Account, Kind
from app.kit import clock
from app.kit.db import Base, Id, Satang, UtcDateTime, db, explain
from app.kit.errors import Refused

# A closed month refuses entries in words of its own.
assert months

explain(
    "ck_account_not_overdrawn",
    "เงินคงเหลือในวัตถุประสงค์นี้ไม่พอสำหรับรายการนี้ กรุณาตรวจยอดพร้อมใช้ แล้วลดจำนวนเงินหรือรอเงินสมทบเพิ่ม",
)
explain("uq_entry_cause", "รายการนี้ลงบัญชีไปแล้ว ระบบไม่ลงซ้ำ กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")


class Entry(Base):
    """One movement of money: both sides in one row. Final: triggers refuse UPDATE and DELETE; mistakes are reversed."""

    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    debit_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    credit_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    satang: Mapped[int] = mapped_column(Satang)
    #: What moved the money, as `kind:id`. Unique: one cause moves money once.
    cause: Mapped[str] = mapped_column(String(48), unique=True)
    #: Book date, in Thailand.
    on: Mapped[date] = mapped_column("on_date")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: The entry that this one takes back.
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)

    __table_args__ = (
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        Index("ix_entry_debit_id", "debit_id"),
        Index("ix_entry_credit_id", "credit_id"),
        Index("ix_entry_on_date", "on_date"),
    )


_TABLE = cast(Table, Entry.__table__)
_ACCOUNTS = cast(Table, Account.__table__)


def _side(kind: Kind) -> ScalarSelect[int]:
    return (
        select(_ACCOUNTS.c.id)
        .where(_ACCOUNTS.c.kind == kind.value, _ACCOUNTS.c.purpose_id == bindparam("purpose_id"))
        .scalar_subquery()
    )


def _posting(debit: Kind, credit: Kind) -> Executable:
    """One INSERT that finds both accounts itself; the trigger moves both balances inside it."""
    return insert(_TABLE).values(debit_id=_side(debit), credit_id=_side(credit)).returning(_TABLE.c.id)


_RECEIVE = _posting(Kind.AVAILABLE, Kind.RECEIVED)
_GIVE_BACK = _posting(Kind.RECEIVED, Kind.AVAILABLE)
_COMMIT = _posting(Kind.COMMITTED, Kind.AVAILABLE)
_RELEASE = _posting(Kind.AVAILABLE, Kind.COMMITTED)
_PAY = _posting(Kind.PAID, Kind.COMMITTED)


def _post(statement: Executable, *, satang: int, cause: str, by_id: int | None, **sides: int | None) -> int:
    if type(satang) is not int or satang <= 0:
        raise Refused("จำนวนเงินต้องมากกว่าศูนย์")
    values = {
        "satang": satang,
        "cause": cause,
        "on_date": clock.today(),
        "at": clock.now(),
        "by_id": by_id,
        "reverses_id": None,
        **sides,
    }
    number: int = db.session().execute(statement, values).scalar_one()
    return number


def receive(*, purpose_id: int, satang: int, cause: str, by_id: int | None) -> int:
    """Money has arrived and is free to be promised. Returns the entry's id."""
    return _post(_RECEIVE, purpose_id=purpose_id, satang=satang, cause=cause, by_id=by_id)


def commit(*, purpose_id: int, satang: int, cause: str, by_id: int | None) -> int:
    """Available money is promised by a resolution. The database refuses one satang more than is available."""
    return _post(_COMMIT, purpose_id=purpose_id, satang=satang, cause=cause, by_id=by_id)


def release(*, purpose_id: int, satang: int, cause: str, by_id: int | None) -> int:
    """Promised money that is not needed goes back to available."""
    return _post(_RELEASE, purpose_id=purpose_id, satang=satang, cause=cause, by_id=by_id)


def pay(*, purpose_id: int, satang: int, cause: str, by_id: int | None) -> int:
    """Promised money has left the bank."""
    return _post(_PAY, purpose_id=purpose_id, satang=satang, cause=cause, by_id=by_id)


def give_back(*, purpose_id: int, satang: int, cause: str, by_id: int | None) -> int:
    """Money that had arrived counts as received no more. The database refuses what is not available any longer."""
    return _post(_GIVE_BACK, purpose_id=purpose_id, satang=satang, cause=cause, by_id=by_id)


def reverse(entry_id: int, *, cause: str, by_id: int | None) -> int:
    """Take an entry back by its mirror image. An entry can be taken back once; the original stays."""
    entry = db.session().get(Entry, entry_id)
    if entry is None:
        raise Refused("ไม่พบรายการบัญชีที่จะกลับรายการ")
    return _post(
        insert(_TABLE).returning(_TABLE.c.id),
        debit_id=entry.credit_id,
        credit_id=entry.debit_id,
        satang=entry.satang,
        cause=cause,
        by_id=by_id,
        reverses_id=entry.id,
    )
