"""In-kind donations as they are kept, with their documents."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge
from app.fund.giving.records.receipts import GOODS
from app.fund.ledger.accounts import Purpose
from app.kit import frozen
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.kit.language import marked
from app.kit.worded import Worded


class ValuedFrom(Worded):
    """What an estimated value rests on."""

    RECEIPT = "receipt", marked("ใบเสร็จของผู้ให้")
    MARKET = "market", marked("ราคาตลาด")
    WORD = "word", marked("คำบอกของผู้ให้")


class InKindDonation(Base):
    """Goods or labour received, under the number of their document (ใบรับสิ่งของ). It posts nothing: its value is an estimate.

    Number and contents never change (triggers); a cancelled one keeps its number and counts for nothing.
    """

    __tablename__ = "in_kind_donation"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fiscal_year_be: Mapped[int]
    #: Runs 1, 2, 3 … in the year; a trigger refuses any other next number.
    number: Mapped[int]
    #: Unguessable part of the address of its check page.
    token: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    what: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int]
    unit: Mapped[str] = mapped_column(String(40))
    #: Estimated value of all of it.
    satang: Mapped[int] = mapped_column(Satang)
    valued_from: Mapped[str] = mapped_column(String(8))
    #: Which receipt, whose price: what a reader of the documents needs to follow the estimate.
    valuation: Mapped[str] = mapped_column(String(300), default="")
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"), index=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    giver: Mapped[str] = mapped_column(String(160), default="")
    received_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: What was recorded, as JSON with sorted keys, frozen then: what the document says, but for the issuer where it is owed.
    contents: Mapped[str] = mapped_column(Text)
    #: SHA-256 of `contents`.
    contents_hash: Mapped[str] = mapped_column(String(64))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    void_reason: Mapped[str | None] = mapped_column(String(300))

    network: Mapped[Network | None] = relationship(lazy="joined")
    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)
    pledge: Mapped[Pledge | None] = relationship()

    @property
    def code(self) -> str:
        """As printed: 2569/K-000123."""
        return f"{self.fiscal_year_be}/{GOODS}-{self.number:06d}"

    @property
    def recorded(self) -> dict[str, Any]:
        """What was recorded, as it was frozen."""
        return frozen.thaw(self.contents)

    @property
    def genuine(self) -> bool:
        """Whether the contents are still those that were hashed; worked out now."""
        return frozen.hash_of(self.contents) == self.contents_hash

    __table_args__ = (
        UniqueConstraint("fiscal_year_be", "number"),
        CheckConstraint("kind IN ('goods', 'labour')", name="known_kind"),
        CheckConstraint("quantity > 0 AND satang > 0", name="positive"),
        CheckConstraint("what <> '' AND unit <> ''", name="says_what"),
        CheckConstraint(
            "valued_from IN (" + ", ".join(f"'{source.value}'" for source in ValuedFrom) + ")",
            name="known_valuation",
        ),
        CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL) AND (voided_at IS NULL) = (voided_by_id IS NULL)",
            name="void_triple",
        ),
    )


class InKindReceiptDue(Base):
    """An in-kind donation that came while the issuer's data were incomplete: its document is owed. Final (trigger)."""

    __tablename__ = "in_kind_receipt_due"

    in_kind_donation_id: Mapped[int] = mapped_column(
        ForeignKey("in_kind_donation.id"), primary_key=True, autoincrement=False
    )
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class InKindReceiptDocument(Base):
    """The original of an in-kind donation's document, byte for byte as it was printed, and what it says. Final (trigger).

    It says what was recorded (trigger); only where the document was owed, the issuer and the day of issue were added.
    """

    __tablename__ = "in_kind_receipt_document"

    in_kind_donation_id: Mapped[int] = mapped_column(
        ForeignKey("in_kind_donation.id"), primary_key=True, autoincrement=False
    )
    #: JSON with sorted keys, as printed.
    contents: Mapped[str] = mapped_column(Text)
    #: SHA-256 of `contents`.
    contents_hash: Mapped[str] = mapped_column(String(64))
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    #: SHA-256 of `pdf`.
    hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InKindReceiptPrint(Base):
    """One time that somebody took the document. Final (trigger); one original at most."""

    __tablename__ = "in_kind_receipt_print"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    in_kind_donation_id: Mapped[int] = mapped_column(ForeignKey("in_kind_donation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint("kind IN ('original', 'copy')", name="known_kind"),
        Index(
            "uq_in_kind_receipt_print_original",
            "in_kind_donation_id",
            unique=True,
            sqlite_where=text("kind = 'original'"),
            postgresql_where=text("kind = 'original'"),
        ),
    )
