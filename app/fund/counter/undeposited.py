"""Undeposited money: what was counted at the counter and must still reach the bank."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.bank.events import BankEvent
from app.fund.counter.counter_payments import CashCount, CounterPayment, CounterPaymentReversal
from app.kit.clock import BANGKOK
from app.kit.db import Base, Id, Satang, UtcDateTime, db, explain
from app.kit.thai import short_date

#: A deposit later than this after the cash count is a person's to recognise.
RECOGNISED_WITHIN = timedelta(days=30)
#: So many cash counts in a row may be taken to the bank in one go and still be recognised.
_MOST_IN_A_ROW = 7

for _name in ("uq_deposit_live_item", "uq_deposit_item_id"):
    explain(_name, "เงินส่วนนี้จับคู่กับการนำฝากอีกรายการไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
explain(
    "allocation_of_deposit",
    "รายการนี้เป็นการนำฝากเงินที่รับจากเคาน์เตอร์ซึ่งลงบัญชีไปแล้ว ลงเป็นเงินสมทบอีกไม่ได้ หากจับคู่ผิด ให้ยกเลิกการจับคู่นำฝากก่อน",
)
explain("deposit_stays_excluded", "รายการนี้จับคู่เป็นการนำฝากเงินจากเคาน์เตอร์แล้ว หากจับคู่ผิด ให้ยกเลิกการจับคู่นำฝากก่อน")
explain("deposit_undone_once", "การจับคู่นำฝากนี้ยกเลิกไปแล้ว ไม่ต้องทำซ้ำ")


class DepositItem(Base):
    """What a closed cash count must bring to the bank: its cash as one, each cheque by itself. Final (trigger)."""

    __tablename__ = "deposit_item"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cash_count_id: Mapped[int] = mapped_column(ForeignKey("cash_count.id"), index=True)
    #: The cheque; empty for the cash.
    counter_payment_id: Mapped[int | None] = mapped_column(ForeignKey("counter_payment.id"), unique=True)
    satang: Mapped[int] = mapped_column(Satang)

    cash_count: Mapped[CashCount] = relationship(lazy="joined", innerjoin=True)
    counter_payment: Mapped[CounterPayment | None] = relationship(lazy="joined")

    __table_args__ = (CheckConstraint("satang > 0", name="positive"),)


class Deposit(Base):
    """An item that a line of a statement shows to have reached the bank. Undone once, with a reason, never deleted."""

    __tablename__ = "deposit"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("deposit_item.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty where the line could mean nothing else.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undo_reason: Mapped[str | None] = mapped_column(String(300))

    item: Mapped[DepositItem] = relationship(lazy="joined", innerjoin=True)
    event: Mapped[BankEvent] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL) AND (undone_at IS NULL) = (undo_reason IS NULL)",
            name="undone_triple",
        ),
        Index(
            "uq_deposit_live_item",
            "item_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Items that may reach the bank together, and what people call them."""

    items: tuple[int, ...]
    satang: int
    #: The day of the latest cash count among them.
    on: date
    words: str


class Undeposited:
    """What was counted and is not yet seen at the bank, read once for any number of bank events."""

    def __init__(self) -> None:
        statement = (
            select(DepositItem)
            .where(
                ~select(Deposit.id)
                .where(Deposit.item_id == DepositItem.id, Deposit.undone_at.is_(None))
                .exists(),
                ~select(CounterPaymentReversal.id)
                .where(CounterPaymentReversal.counter_payment_id == DepositItem.counter_payment_id)
                .exists(),
            )
            .order_by(DepositItem.cash_count_id, DepositItem.id)
        )
        self.items: list[DepositItem] = list(db.session().scalars(statement).unique())
        self.parts: list[Part] = _parts(self.items) if self.items else []

    def meets(self, event: BankEvent) -> list[Part]:
        """The parts that an event may have brought to the bank: the same sum, on or after their day."""
        if not self.parts or event.source != "statement" or event.satang <= 0:
            return []
        on = event.occurred_at.astimezone(BANGKOK).date()
        return [
            part
            for part in self.parts
            if part.satang == event.satang and part.on <= on <= part.on + RECOGNISED_WITHIN
        ]

    def drop(self, items: Iterable[int]) -> None:
        """Items that have just been linked."""
        gone = set(items)
        self.items = [one for one in self.items if one.id not in gone]
        self.parts = [part for part in self.parts if not gone & set(part.items)]


def _parts(items: Sequence[DepositItem]) -> list[Part]:
    """Every way in which payments are brought to the bank: a cash count whole, its cash, its cheques together or one by
    one, and the same of several cash counts in a row."""
    by_cash_count: dict[int, list[DepositItem]] = {}
    for one in items:
        by_cash_count.setdefault(one.cash_count_id, []).append(one)
    found: dict[tuple[int, ...], Part] = {}

    def add(some: Sequence[DepositItem], words: str) -> None:
        numbers = tuple(sorted(one.id for one in some))
        if numbers and numbers not in found:
            found[numbers] = Part(
                items=numbers,
                satang=sum(one.satang for one in some),
                on=max(one.cash_count.on for one in some),
                words=words,
            )

    groups = list(by_cash_count.values())
    for place, group in enumerate(groups):
        add(group, _named([group], "ทั้งหมด"))
        add([one for one in group if one.counter_payment_id is None], _named([group], "เงินสด"))
        add([one for one in group if one.counter_payment_id is not None], _named([group], "เช็คทุกฉบับ"))
        for one in group:
            if one.counter_payment is not None:
                add([one], _named([group], f"เช็คเลขที่ {one.counter_payment.cheque_number}"))
        for end in range(place + 2, min(place + _MOST_IN_A_ROW, len(groups)) + 1):
            row = groups[place:end]
            together = [one for several in row for one in several]
            add(together, _named(row, "ทั้งหมด"))
            add([one for one in together if one.counter_payment_id is None], _named(row, "เงินสด"))
    return list(found.values())


def _named(groups: Sequence[Sequence[DepositItem]], what: str) -> str:
    first, last = groups[0][0].cash_count, groups[-1][0].cash_count
    if first is last:
        return f"{first.code} วันที่ {short_date(first.on)} ({what})"
    return f"{first.code} ถึง {last.code} ({what})"


def is_deposit(event_id: int) -> bool:
    """Whether a line stands as a deposit of payments."""
    live = select(Deposit.id).where(Deposit.event_id == event_id, Deposit.undone_at.is_(None))
    return db.session().scalars(live.limit(1)).first() is not None
