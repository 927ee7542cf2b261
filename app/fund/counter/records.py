"""Records of the counter: payments, cash counts and deposits. Tables and their words, no rule."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.bank.records import BankEvent
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.staff.users import User

CASH, CHEQUE = "cash", "cheque"
VOID, BOUNCED = "void", "bounced"


class CashCount(Base):
    """What the counter took on one day, until it is counted and closed in one deed; from then on final (trigger)."""

    __tablename__ = "cash_count"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    #: The day of its payments, in Thailand. A day has one open cash count at most.
    on: Mapped[date] = mapped_column("on_date", Date, index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: What the books expected when it was closed.
    expected_cash_satang: Mapped[int] = mapped_column(Satang, default=0)
    expected_cheque_satang: Mapped[int] = mapped_column(Satang, default=0)
    #: What was counted.
    counted_cash_satang: Mapped[int] = mapped_column(Satang, default=0)
    counted_cheque_satang: Mapped[int] = mapped_column(Satang, default=0)
    #: JSON: denomination in satang → pieces.
    counts: Mapped[str] = mapped_column(Text, default="{}")
    #: Why counted and expected differ; empty when they do not.
    difference_reason: Mapped[str] = mapped_column(String(300), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    closed_by: Mapped[User | None] = relationship(lazy="joined")

    @property
    def code(self) -> str:
        """As printed: ปย.00012."""
        return f"ปย.{self.number:05d}"

    @property
    def expected_satang(self) -> int:
        return self.expected_cash_satang + self.expected_cheque_satang

    @property
    def counted_satang(self) -> int:
        return self.counted_cash_satang + self.counted_cheque_satang

    @property
    def difference_satang(self) -> int:
        """Positive: more than the books expected."""
        return self.counted_satang - self.expected_satang

    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_pair"),
        CheckConstraint(
            "closed_at IS NULL OR difference_reason <> '' OR (expected_cash_satang = counted_cash_satang"
            " AND expected_cheque_satang = counted_cheque_satang)",
            name="difference_explained",
        ),
        CheckConstraint("counted_cash_satang >= 0 AND counted_cheque_satang >= 0", name="not_negative"),
        Index(
            "uq_cash_count_open",
            "on_date",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class CounterPayment(Base):
    """Cash or one cheque taken at the counter. Final (trigger); what became of it stands at its bank event."""

    __tablename__ = "counter_payment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    #: Made with the form, so that a form sent twice takes the money once.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    cash_count_id: Mapped[int] = mapped_column(ForeignKey("cash_count.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(6))
    satang: Mapped[int] = mapped_column(Satang)
    cheque_bank: Mapped[str] = mapped_column(String(3), default="")
    cheque_number: Mapped[str] = mapped_column(String(20), default="")
    cheque_on: Mapped[date | None] = mapped_column(Date)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    cash_count: Mapped[CashCount] = relationship(lazy="joined", innerjoin=True)
    event: Mapped[BankEvent] = relationship()
    taken_by: Mapped[User] = relationship()
    undone: Mapped["CounterPaymentReversal | None"] = relationship(lazy="joined", viewonly=True)

    @property
    def code(self) -> str:
        """As printed on the slip: รง.000123."""
        return slip_code(self.number)

    __table_args__ = (
        CheckConstraint("kind IN ('cash', 'cheque')", name="known_kind"),
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint(
            "(kind = 'cheque') = (cheque_number <> '') AND (kind = 'cheque') = (cheque_bank <> '')"
            " AND (kind = 'cheque') = (cheque_on IS NOT NULL)",
            name="cheque_whole",
        ),
    )


class CounterPaymentReversal(Base):
    """A counter payment that was undone. Final (trigger).

    `void`: it was written down wrongly, seen before its cash count was closed. `bounced`: the cheque did not clear.
    """

    __tablename__ = "counter_payment_reversal"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    counter_payment_id: Mapped[int] = mapped_column(ForeignKey("counter_payment.id"))
    kind: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        UniqueConstraint("counter_payment_id"),
        CheckConstraint("kind IN ('void', 'bounced')", name="known_kind"),
    )


def slip_code(number: int) -> str:
    return f"รง.{number:06d}"


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
