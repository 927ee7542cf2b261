"""Bank events: what a bank told us, kept as it came; raw, immutable, unique."""

import re
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.bank.match_reasons import MatchReason, ReconciliationState, in_sql
from app.kit import references
from app.kit.db import Base, Id, Satang, UtcDateTime, explain

explain("allocation_within_event", "ลงเป็นเงินสมทบเกินยอดของรายการธนาคารนี้ไม่ได้ กรุณาตรวจยอดที่ลงไปแล้ว")
explain("reconciliation_item_stays", "รายการนี้ลงบัญชีหรือนับรวมกับรายการอื่นไปแล้ว กรุณาถอนการตัดสินเดิมก่อน")

#: A code of ours among other words.
OUR_CODE = re.compile(rf"(?<![A-Z0-9])F[0-9]{{2}}[{references.ALPHABET}]{{8}}(?![A-Z0-9])")


def canonical(reference: str) -> str:
    """A reference as it is kept: a code of ours in its canonical form, anything else as the bank wrote it."""
    code = references.normalise(reference)
    return code if references.is_valid(code) else reference.strip()


class Statement(Base):
    """One statement file as it was imported. Final: triggers refuse UPDATE and DELETE."""

    __tablename__ = "statement"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_account.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(160))
    profile: Mapped[str] = mapped_column(String(40))
    file_hash: Mapped[str] = mapped_column(String(64))
    #: The whole file of a statement from before files were kept in pieces; empty since.
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: How many lines the file has, and how many of them were news.
    lines: Mapped[int]
    new_lines: Mapped[int]
    #: The period that the file states, or else from its first line's day to its last's.
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    #: Before the oldest line and after the newest, of all lines of the file; empty where the bank tells no balances.
    opening_satang: Mapped[int | None] = mapped_column(Satang)
    closing_satang: Mapped[int | None] = mapped_column(Satang)


class StatementProfile(Base):
    """A layout that an officer mapped once by hand, recognised next time by its header."""

    __tablename__ = "statement_profile"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    #: SHA-256 of the header cells, trimmed and joined.
    header_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: JSON: field → column index, and how dates are written.
    mapping: Mapped[str] = mapped_column(String(2000))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class BankEvent(Base):
    """One movement on the fund's bank account as one source told it. Final: triggers refuse UPDATE and DELETE.

    The same payment told by two sources is two events; the item of the later one points at the first.
    """

    __tablename__ = "bank_event"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: "scb" for SCB's confirmations, "omise" for charges of Omise, "statement" for lines of a file, "counter" for
    #: money taken at the fund's own counter.
    source: Mapped[str] = mapped_column(String(12))
    #: The bank's own id, or for a line the hash of its contents, the balance that its file proves where the line tells
    #: none, and its occurrence among equal lines.
    external_id: Mapped[str] = mapped_column(String(90))
    #: Empty when the message names a biller or account that is not ours.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("fund_account.id"))
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"), index=True)
    line_number: Mapped[int | None]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    raw_hash: Mapped[str] = mapped_column(String(64))
    #: Positive: money in; negative: money out.
    satang: Mapped[int] = mapped_column(Satang)
    #: ISO 4217 number; anything but baht (764) waits for the finance officer.
    currency: Mapped[str] = mapped_column(String(3), default="764")
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: False where the source gave only a date.
    has_time: Mapped[bool] = mapped_column(default=True)
    balance_satang: Mapped[int | None] = mapped_column(Satang)
    biller_id: Mapped[str] = mapped_column(String(20), default="")
    ref1: Mapped[str] = mapped_column(String(40), default="")
    ref2: Mapped[str] = mapped_column(String(40), default="")
    bank_ref: Mapped[str] = mapped_column(String(60), default="")
    payer: Mapped[str] = mapped_column(String(160), default="")
    payer_bank: Mapped[str] = mapped_column(String(3), default="")
    description: Mapped[str] = mapped_column(String(400), default="")

    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("source IN ('scb', 'statement', 'omise', 'counter')", name="known_source"),
        CheckConstraint("(source = 'statement') = (statement_id IS NOT NULL)", name="statement_pair"),
        CheckConstraint("satang <> 0", name="not_zero"),
        Index("ix_bank_event_ref1", "ref1"),
        Index("ix_bank_event_occurred_at", "occurred_at"),
        Index(
            "ix_bank_event_bank_ref",
            "bank_ref",
            sqlite_where=text("bank_ref <> ''"),
            postgresql_where=text("bank_ref <> ''"),
        ),
        # Few lines of an account that is given to are of money out.
        Index(
            "ix_bank_event_out",
            "occurred_at",
            sqlite_where=text("satang < 0"),
            postgresql_where=text("satang < 0"),
        ),
        Index(
            "ix_bank_event_outgoing",
            "satang",
            sqlite_where=text("satang < 0"),
            postgresql_where=text("satang < 0"),
        ),
    )


class ReconciliationItem(Base):
    """What became of a bank event. Every event has one from the moment it is recorded."""

    __tablename__ = "reconciliation_item"

    event_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10), default=ReconciliationState.NEW)
    #: Why, in Thai, as the officer reads it: what the rules found or what is missing.
    reason: Mapped[str] = mapped_column(String(300), default="")
    #: Why in one word, for rules and queries; see `match_reasons`.
    match_reason: Mapped[str] = mapped_column(String(20), default="")
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("bank_event.id"))
    #: The payment request that the reference or amount points at.
    payment_request_id: Mapped[int | None] = mapped_column(ForeignKey("payment_request.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    event: Mapped[BankEvent] = relationship(lazy="joined", innerjoin=True, foreign_keys=[event_id])

    __table_args__ = (
        CheckConstraint(f"state IN ({in_sql(ReconciliationState)})", name="known_state"),
        CheckConstraint(f"match_reason IN ({in_sql(MatchReason)})", name="known_match_reason"),
        CheckConstraint("(state = 'duplicate') = (duplicate_of_id IS NOT NULL)", name="duplicate_pair"),
        CheckConstraint("state IN ('new', 'waiting') OR decided_at IS NOT NULL", name="decided_pair"),
        Index("ix_reconciliation_item_state", "state"),
        # One payment is told at most once by each other source.
        Index("ix_reconciliation_item_duplicate_of_id", "duplicate_of_id"),
    )


class Allocation(Base):
    """How much of a bank event became which donation. A trigger refuses to allocate more than the event brought."""

    __tablename__ = "allocation"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"))
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    satang: Mapped[int] = mapped_column(Satang)

    __table_args__ = (
        UniqueConstraint("event_id", "donation_id"),
        CheckConstraint("satang > 0", name="positive"),
    )
