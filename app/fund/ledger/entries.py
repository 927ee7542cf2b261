"""Entries: the rows of the books. Every movement of money in this fund is one row made here."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.fund.ledger.accounts import Account, Kind, account
from app.kit import clock
from app.kit.db import Base, Id, Satang, UtcDateTime, db, explain
from app.kit.errors import Refused

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


def _post(
    *,
    debit: Account,
    credit: Account,
    satang: int,
    cause: str,
    by_id: int | None,
    reverses_id: int | None = None,
) -> int:
    if type(satang) is not int or satang <= 0:
        raise Refused("จำนวนเงินต้องมากกว่าศูนย์")
    # Core, not the unit of work: one statement, and the trigger moves both balances inside it.
    statement = insert(_TABLE).values(
        debit_id=debit.id,
        credit_id=credit.id,
        satang=satang,
        cause=cause,
        on_date=clock.today(),
        at=clock.now(),
        by_id=by_id,
        reverses_id=reverses_id,
    )
    session = db.session()
    number: int = session.execute(statement.returning(_TABLE.c.id)).scalar_one()
    session.expire(debit, ["balance_satang", "last_entry_id"])
    session.expire(credit, ["balance_satang", "last_entry_id"])
    return number


def receive(*, purpose_id: int, satang: int, cause: str, by_id: int | None) -> int:
    """Money has arrived and is free to be promised. Returns the entry's id."""
    return _post(
        debit=account(Kind.AVAILABLE, purpose_id=purpose_id),
        credit=account(Kind.RECEIVED, purpose_id=purpose_id),
        satang=satang,
        cause=cause,
        by_id=by_id,
    )


def commit(*, purpose_id: int, satang: int, cause: str, by_id: int | None) -> int:
    """Available money is promised by a resolution. The database refuses one satang more than is available."""
    return _post(
        debit=account(Kind.COMMITTED, purpose_id=purpose_id),
        credit=account(Kind.AVAILABLE, purpose_id=purpose_id),
        satang=satang,
        cause=cause,
        by_id=by_id,
    )


def release(*, purpose_id: int, satang: int, cause: str, by_id: int | None) -> int:
    """Promised money that is not needed goes back to available."""
    return _post(
        debit=account(Kind.AVAILABLE, purpose_id=purpose_id),
        credit=account(Kind.COMMITTED, purpose_id=purpose_id),
        satang=satang,
        cause=cause,
        by_id=by_id,
    )


def pay(*, purpose_id: int, satang: int, cause: str, by_id: int | None) -> int:
    """Promised money has left the bank."""
    return _post(
        debit=account(Kind.PAID, purpose_id=purpose_id),
        credit=account(Kind.COMMITTED, purpose_id=purpose_id),
        satang=satang,
        cause=cause,
        by_id=by_id,
    )


def reverse(entry_id: int, *, cause: str, by_id: int | None) -> int:
    """Take an entry back by its mirror image. An entry can be taken back once; the original stays."""
    entry = db.session().get(Entry, entry_id)
    if entry is None:
        raise Refused("ไม่พบรายการบัญชีที่จะกลับรายการ")
    session = db.session()
    return _post(
        debit=session.get_one(Account, entry.credit_id),
        credit=session.get_one(Account, entry.debit_id),
        satang=entry.satang,
        cause=cause,
        by_id=by_id,
        reverses_id=entry.id,
    )
