"""Receipts as they are kept: books, receipts issued and owed, their documents and prints, and the issuer."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.records.donations import Donation
from app.fund.giving.records.networks import Network
from app.kit import frozen, thai
from app.kit.db import Base, Id, UtcDateTime
from app.province.profile import Issuer
from app.staff.approvals import ApprovalRequest

#: Books of receipts. Each has its own numbers, so that they issue beside each other without waiting.
MAIN, COUNTER, GOODS = "", "C", "K"


BOOK_NAMES: dict[str, str] = {MAIN: "เล่มหลัก (เงินเข้าบัญชี)", COUNTER: "เล่มเคาน์เตอร์ (C)", GOODS: "เล่มสิ่งของ (K)"}


class ReceiptBook(Base):
    """The counter of one book in one fiscal year: the row that its receipts queue on."""

    __tablename__ = "receipt_book"

    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    book: Mapped[str] = mapped_column(String(2), primary_key=True, default=MAIN, server_default="")
    last_number: Mapped[int] = mapped_column(default=0)


class PaperReceiptBook(Base):
    """A book of paper receipts from before, with the numbers it used, on the word of two people. Final (trigger).

    Our numbers of its fiscal year begin after its last (trigger), so no number is on two papers; a trigger refuses it
    once a receipt of that year is issued.
    """

    __tablename__ = "paper_receipt_book"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fiscal_year_be: Mapped[int]
    #: As on its cover; empty where its receipts say no volume.
    volume: Mapped[str] = mapped_column(String(20), default="")
    first_number: Mapped[int]
    #: The last that was written out.
    last_number: Mapped[int]
    #: Whom to ask about one of its receipts, as anybody may read it.
    ask_at: Mapped[str] = mapped_column(String(200))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approval_request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"), unique=True)

    approval: Mapped[ApprovalRequest] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("fiscal_year_be", "volume"),
        CheckConstraint("first_number >= 1 AND first_number <= last_number", name="in_order"),
    )


class RetiredNumbers(Base):
    """Numbers of a book that are given to nobody: after a restore they may stand on papers that are out. Final (trigger).

    They follow the last one that was given (trigger), and the next receipt follows them (trigger).
    """

    __tablename__ = "retired_numbers"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fiscal_year_be: Mapped[int]
    book: Mapped[str] = mapped_column(String(2), default=MAIN, server_default="")
    first_number: Mapped[int]
    last_number: Mapped[int]
    #: As anybody who holds such a paper reads it.
    reason: Mapped[str] = mapped_column(String(300))
    retired_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("fiscal_year_be", "book", "first_number"),
        CheckConstraint("first_number >= 1 AND first_number <= last_number", name="in_order"),
    )


class Receipt(Base):
    """One receipt. Number and contents never change (trigger); a void keeps its number."""

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fiscal_year_be: Mapped[int]
    #: Which book: main, counter.
    book: Mapped[str] = mapped_column(String(2), default=MAIN, server_default="")
    #: Runs 1, 2, 3 … in the year and book; a trigger refuses any other next number.
    number: Mapped[int]
    #: Unguessable part of /receipts/<token>.
    token: Mapped[str] = mapped_column(String(32), unique=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: JSON with sorted keys: issuer, payer, satang, words, purpose, channel, dates as printed.
    contents: Mapped[str] = mapped_column(Text)
    #: SHA-256 of `contents`.
    contents_hash: Mapped[str] = mapped_column(String(64))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    void_reason: Mapped[str | None] = mapped_column(String(300))

    donation: Mapped[Donation] = relationship()

    @property
    def code(self) -> str:
        """As printed: 2569/000123, of the counter's book 2569/C-000123."""
        return f"{self.fiscal_year_be}/{f'{self.book}-' if self.book else ''}{self.number:06d}"

    @property
    def printed(self) -> dict[str, Any]:
        """What the receipt says, as it was frozen."""
        return frozen.thaw(self.contents)

    @property
    def paid_on(self) -> date:
        return date.fromisoformat(self.printed["paid_on"])

    @property
    def issued_on(self) -> date:
        return date.fromisoformat(self.printed["issued_on"])

    @property
    def genuine(self) -> bool:
        """Whether the contents are still those that were hashed at issue; worked out now."""
        return frozen.hash_of(self.contents) == self.contents_hash

    __table_args__ = (
        UniqueConstraint("fiscal_year_be", "book", "number", name="uq_receipt_fiscal_year_be_number"),
        CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL) AND (voided_at IS NULL) = (voided_by_id IS NULL)",
            name="void_triple",
        ),
        Index("ix_receipt_donation_id", "donation_id"),
        Index(
            "ix_receipt_voided_at",
            "voided_at",
            "id",
            sqlite_where=text("voided_at IS NOT NULL"),
            postgresql_where=text("voided_at IS NOT NULL"),
        ),
        Index(
            "uq_receipt_live_donation",
            "donation_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )


class ReceiptDue(Base):
    """A donation that came while the issuer's data were incomplete: its receipt is owed, under this book.

    Final (trigger), but that the first receipt of the donation ends it.
    """

    __tablename__ = "receipt_due"

    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), primary_key=True, autoincrement=False)
    book: Mapped[str] = mapped_column(String(2))
    #: How the money came, as the receipt will print it.
    channel: Mapped[str] = mapped_column(String(120))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When its first receipt was issued (set by a trigger on receipts); None while it is owed.
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "ix_receipt_due_open",
            "book",
            "donation_id",
            sqlite_where=text("issued_at IS NULL"),
            postgresql_where=text("issued_at IS NULL"),
        ),
    )


ORIGINAL, COPY = "original", "copy"


class ReceiptDocument(Base):
    """The original of a receipt, byte for byte as it was printed. Final (trigger)."""

    __tablename__ = "receipt_document"

    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), primary_key=True, autoincrement=False)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    #: SHA-256 of `pdf`.
    hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReceiptPrint(Base):
    """One time that an officer or a batch took a receipt's document. Final (trigger); one original at most.

    Where the payer has a page of their own the original is there, and every other document is a copy.
    """

    __tablename__ = "receipt_print"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty for a batch that an operator made on the command line.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("receipt_batch.id"), index=True)

    __table_args__ = (
        CheckConstraint("kind IN ('original', 'copy')", name="known_kind"),
        Index(
            "uq_receipt_print_original",
            "receipt_id",
            unique=True,
            sqlite_where=text("kind = 'original'"),
            postgresql_where=text("kind = 'original'"),
        ),
    )


class IssuerVersion(Base):
    """The issuer's data from one moment on. Final (trigger), numbered 1, 2, 3 …; documents keep what was true at issue."""

    __tablename__ = "issuer_version"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name_th: Mapped[str] = mapped_column(String(200))
    address_th: Mapped[str] = mapped_column(String(400))
    tax_id: Mapped[str] = mapped_column(String(40))
    signer: Mapped[str] = mapped_column(String(160))
    signer_position: Mapped[str] = mapped_column(String(160))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty for the first one, which is the profile's.
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: Who approved it; empty for the first one, and for those from before approvals were asked.
    approval_request_id: Mapped[int | None] = mapped_column(ForeignKey("approval_request.id"))

    __table_args__ = (
        Index("uq_issuer_version_approval_request_id", "approval_request_id", unique=True),
        CheckConstraint("number = 1 OR noted_by_id IS NOT NULL", name="noted_by_somebody"),
        CheckConstraint("number = 1 OR length(tax_id) IN (0, 13)", name="thirteen_digits"),
        CheckConstraint("signer <> '' OR signer_position = ''", name="somebody_signs"),
    )

    @property
    def issuer(self) -> Issuer:
        return Issuer(self.name_th, self.address_th, self.tax_id, self.signer, self.signer_position)


class ReceiptBatch(Base):
    """One wish to have many receipts in one file: which, how far it is, and the file that came of it."""

    __tablename__ = "receipt_batch"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty on the operator's command line.
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: Days of issue, both included.
    first_on: Mapped[date]
    last_on: Mapped[date]
    network_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"))
    #: One book, or None for all.
    book: Mapped[str | None] = mapped_column(String(2))
    as_zip: Mapped[bool]
    #: The newest receipt when it was asked for: what is issued later is not in it.
    last_receipt_id: Mapped[int] = mapped_column(Id)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8), default="printing")
    #: SHA-256 of the file.
    file_hash: Mapped[str] = mapped_column(String(64), default="")
    file_size: Mapped[int] = mapped_column(BigInteger, default=0)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    network: Mapped[Network | None] = relationship()

    @property
    def file_name(self) -> str:
        """As people save it, its days of the Buddhist era: receipts-25690101-25690131-7.zip."""
        days = "-".join(f"{thai.year_be(on)}{on:%m%d}" for on in (self.first_on, self.last_on))
        return f"receipts-{days}-{self.id}.{'zip' if self.as_zip else 'pdf'}"

    __table_args__ = (
        CheckConstraint("state IN ('printing', 'ready', 'cleared')", name="known_state"),
        CheckConstraint(
            "(state = 'printing') = (ready_at IS NULL) AND (state = 'cleared') = (cleared_at IS NOT NULL)",
            name="state_has_moment",
        ),
        CheckConstraint("first_on <= last_on", name="in_order"),
    )
