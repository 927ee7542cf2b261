"""Returns: a part of a payment, or the rest of an advance, that came back into the account."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    ScalarSelect,
    String,
    func,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, aliased, mapped_column, relationship

from app.fund.bank.records import BankEvent
from app.fund.spending.records import Payment
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.staff.users import User

_WAITS = text("confirmed_at IS NULL AND declined_at IS NULL")
_COUNTS = text("declined_at IS NULL")


class PaymentReturn(Base):
    """So many satang of a payment came back with one line of the bank: asked by one person, confirmed by another. Final but
    for its end (trigger).

    Confirmed, it lowers what its payment still counts (trigger), never below zero, below what papers cleared of an advance
    or below the worth of what was handed over (triggers). One of a payment waits at a time, and none of one whose void was
    asked for (trigger). Its line brings back nothing else (trigger).
    """

    __tablename__ = "payment_return"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    satang: Mapped[int] = mapped_column(Satang)
    #: The line of money in, whose sum it is.
    event_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"))
    reason: Mapped[str] = mapped_column(String(300))
    #: The tax withheld of the payment, where this return brought back the last of what the vendor was given before any tax
    #: of the month was remitted: it is owed no more, never left the bank, and the certificate counts no more (trigger).
    tax_satang: Mapped[int] = mapped_column(Satang, default=0, server_default="0")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: From here on it counts.
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: It was none: its line may bring back something else.
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    payment: Mapped[Payment] = relationship(lazy="joined", innerjoin=True)
    event: Mapped[BankEvent] = relationship(lazy="joined", innerjoin=True)
    asked_by: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[asked_by_id])
    confirmed_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[confirmed_by_id])

    @property
    def whole_satang(self) -> int:
        """What the payment counts less by it."""
        return self.satang + self.tax_satang

    @property
    def waits(self) -> bool:
        return self.confirmed_at is None and self.declined_at is None

    __table_args__ = (
        Index(
            "uq_payment_return_payment_id",
            "payment_id",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        Index(
            "uq_payment_return_event_id",
            "event_id",
            unique=True,
            sqlite_where=_COUNTS,
            postgresql_where=_COUNTS,
        ),
        CheckConstraint("satang > 0 AND tax_satang >= 0", name="positive"),
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_pair"),
        CheckConstraint("(declined_at IS NULL) = (declined_by_id IS NULL)", name="declined_pair"),
        CheckConstraint("confirmed_at IS NULL OR declined_at IS NULL", name="one_end"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name="by_two"),
    )


def returned_before(proposal_id: InstrumentedAttribute[int], moment: datetime) -> ScalarSelect[int]:
    """What had come back before a moment of the payments of a proposal, in satang: for sums of a day that is over.
    `Payment.kept_satang` is what they count today."""
    paid = aliased(Payment)
    return (
        select(func.coalesce(func.sum(PaymentReturn.satang + PaymentReturn.tax_satang), 0))
        .join(paid, paid.id == PaymentReturn.payment_id)
        .where(paid.proposal_id == proposal_id, PaymentReturn.confirmed_at < moment)
        .scalar_subquery()
    )
