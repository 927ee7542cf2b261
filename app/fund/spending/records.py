"""What spending keeps: payments as they are prepared and approved, as they left the bank, and which donations paid them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, column, table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.committee.records import Proposal
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.staff.users import User


class PaymentOrder(Base):
    """A payment prepared by one person and approved by another, before the money leaves the bank.

    Whom and how much never changes (trigger): a mistake is withdrawn and prepared anew. Triggers refuse a preparer
    who asked for the help or voted on it, an approver who asked for it or prepared the payment, and more than the
    resolution leaves after what was paid and what else is prepared.
    """

    __tablename__ = "payment_order"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Made with the form, so that a form sent twice prepares one payment.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    satang: Mapped[int] = mapped_column(Satang)
    #: Shop, school or office; the payee on the transfer.
    vendor: Mapped[str] = mapped_column(String(160))
    vendor_bank: Mapped[str] = mapped_column(String(3))
    vendor_account: Mapped[str] = mapped_column(String(20))
    invoice: Mapped[str] = mapped_column(String(60), default="")
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")

    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=True)
    prepared_by: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[prepared_by_id])
    approved_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[approved_by_id])
    withdrawn_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[withdrawn_by_id])
    payment: Mapped["Payment | None"] = relationship(viewonly=True)

    __table_args__ = (
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_id IS NULL)", name="approved_pair"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> prepared_by_id", name="two_people"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_reason = '')",
            name="withdrawn_pair",
        ),
    )


class Payment(Base):
    """Money that left the bank for an approved proposal, by an order that was approved. Final but for its being voided.

    A wrong one is voided by two (triggers): it stays, and counts as paid no more. Triggers refuse a payer who asked
    for it or voted for it, more than was approved, and a void of what left the bank or was given already.
    """

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fiscal_year_be: Mapped[int]
    number: Mapped[int]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    #: What was approved; empty for payments from before they were.
    order_id: Mapped[int | None] = mapped_column(ForeignKey("payment_order.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_account.id"))
    satang: Mapped[int] = mapped_column(Satang)
    #: Shop, school or office; the payee on the transfer.
    vendor: Mapped[str] = mapped_column(String(160))
    vendor_bank: Mapped[str] = mapped_column(String(3))
    vendor_account: Mapped[str] = mapped_column(String(20))
    #: The bank's reference of the transfer; the same transfer cannot pay twice.
    transfer_ref: Mapped[str] = mapped_column(String(60))
    invoice: Mapped[str] = mapped_column(String(60), default="")
    paid_on: Mapped[date]
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: Who asked that it be voided, and why; empty again when that was declined.
    void_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    void_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: From here on it counts as paid no more.
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=True)
    order: Mapped[PaymentOrder | None] = relationship(viewonly=True)
    void_asked_by: Mapped[User | None] = relationship(foreign_keys=[void_asked_by_id])
    voided_by: Mapped[User | None] = relationship(foreign_keys=[voided_by_id])

    @property
    def code(self) -> str:
        """As printed: บจ.2569/0007."""
        return f"บจ.{self.fiscal_year_be}/{self.number:04d}"

    __table_args__ = (
        UniqueConstraint("fiscal_year_be", "number"),
        Index(
            "uq_payment_transfer_ref",
            "transfer_ref",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
        Index(
            "ix_payment_void_asked",
            "void_asked_at",
            sqlite_where=text("void_asked_at IS NOT NULL AND voided_at IS NULL"),
            postgresql_where=text("void_asked_at IS NOT NULL AND voided_at IS NULL"),
        ),
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint(
            "(void_asked_at IS NULL) = (void_asked_by_id IS NULL) AND (void_asked_at IS NULL) = (void_reason = '')",
            name="void_asked_pair",
        ),
        CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", name="voided_pair"),
        CheckConstraint(
            "voided_by_id IS NULL OR (void_asked_by_id IS NOT NULL AND voided_by_id <> void_asked_by_id)",
            name="voided_by_two",
        ),
    )


#: That a payment stands: it was not voided.
STANDS = Payment.voided_at.is_(None)


class Trace(Base):
    """So many satang of one donation, or of what was brought forward, went into one payment. Final (trigger)."""

    __tablename__ = "trace"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    #: Where it came from: one of these.
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), index=True)
    opening_balance_id: Mapped[int | None] = mapped_column(ForeignKey("opening_balance.id"), index=True)
    satang: Mapped[int] = mapped_column(Satang)

    __table_args__ = (
        UniqueConstraint("payment_id", "donation_id"),
        UniqueConstraint("payment_id", "opening_balance_id"),
        CheckConstraint("(donation_id IS NULL) <> (opening_balance_id IS NULL)", name="one_source"),
        CheckConstraint("satang > 0", name="positive"),
    )


#: Traces of payments that were not voided (a view).
LIVE_TRACES = table(
    "live_trace", column("payment_id"), column("donation_id"), column("opening_balance_id"), column("satang")
)


class VoucherBook(Base):
    """The counter of payment vouchers of one fiscal year."""

    __tablename__ = "voucher_book"

    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(default=0)
