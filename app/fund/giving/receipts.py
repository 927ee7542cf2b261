"""Receipts: numbered without gaps in each fiscal year, their contents frozen at issue."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.gifts import Gift
from app.kit.db import Base, Id, UtcDateTime


class ReceiptBook(Base):
    """The counter of one fiscal year: the row that receipts of the year queue on."""

    __tablename__ = "receipt_book"

    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(default=0)


class Receipt(Base):
    """One receipt. Number and contents never change (trigger); a void keeps its number."""

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fiscal_year_be: Mapped[int]
    #: Runs 1, 2, 3 … in the year; a trigger refuses any other next number.
    number: Mapped[int]
    #: Unguessable part of /receipts/<token>.
    token: Mapped[str] = mapped_column(String(32), unique=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: JSON with sorted keys: issuer, payer, satang, words, purpose, channel, dates as printed.
    contents: Mapped[str] = mapped_column(Text)
    #: SHA-256 of `contents`.
    contents_hash: Mapped[str] = mapped_column(String(64))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    void_reason: Mapped[str | None] = mapped_column(String(300))

    gift: Mapped[Gift] = relationship()

    @property
    def code(self) -> str:
        """As printed: 2569/000123."""
        return f"{self.fiscal_year_be}/{self.number:06d}"

    __table_args__ = (
        UniqueConstraint("fiscal_year_be", "number"),
        CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL) AND (voided_at IS NULL) = (voided_by_id IS NULL)",
            name="void_triple",
        ),
        Index(
            "uq_receipt_live_gift",
            "gift_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )
