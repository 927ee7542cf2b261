"""Payments: vouchers and transfers by another hand than the one that asked or approved."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.spending.proposals import Proposal
from app.kit.db import Base, Id, Satang, UtcDateTime


class VoucherBook(Base):
    """The counter of payment vouchers of one fiscal year."""

    __tablename__ = "voucher_book"

    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(default=0)


class Payment(Base):
    """Money paid to a vendor or recipient for an approved proposal. Final (trigger).

    Triggers refuse a payer who asked for it or voted for it, and more than was approved.
    """

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fiscal_year_be: Mapped[int]
    number: Mapped[int]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_account.id"))
    satang: Mapped[int] = mapped_column(Satang)
    #: Shop, school or office; the payee on the transfer.
    vendor: Mapped[str] = mapped_column(String(160))
    vendor_bank: Mapped[str] = mapped_column(String(3))
    vendor_account: Mapped[str] = mapped_column(String(20))
    #: The bank's reference of the transfer; the same transfer cannot pay twice.
    transfer_ref: Mapped[str] = mapped_column(String(60), unique=True)
    invoice: Mapped[str] = mapped_column(String(60), default="")
    paid_on: Mapped[date]
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=True)

    @property
    def code(self) -> str:
        """As printed: บจ.2569/0007."""
        return f"บจ.{self.fiscal_year_be}/{self.number:04d}"

    __table_args__ = (
        UniqueConstraint("fiscal_year_be", "number"),
        CheckConstraint("satang > 0", name="positive"),
    )
