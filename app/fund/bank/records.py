"""Records of the bank: what a bank told us and what became of it. Tables and their words, no rule."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.bank.match_reasons import MatchReason, ReconciliationState, in_sql
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.kit.leases import Leased
from app.kit.worded import Worded
from app.staff.approvals import ApprovalRequest
from app.staff.users import User

#: Who tells of money, as people call it.
SOURCES = {
    "scb": "ธนาคารแจ้งโอนทันที",
    "statement": "รายการเดินบัญชี",
    "omise": "ชำระผ่าน Omise",
    "counter": "รับที่เคาน์เตอร์",
    "withdrawn": "ไฟล์ที่ถอนแล้ว",
}


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


class StatementWithdrawal(Base):
    """That two people took a statement out again: none of its lines is the bank's word any more. Final.

    Triggers refuse it without both of them, and of lines of a month that is closed.
    """

    __tablename__ = "statement_withdrawal"

    statement_id: Mapped[int] = mapped_column(
        ForeignKey("statement.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    approval_request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"), unique=True)

    approval: Mapped[ApprovalRequest] = relationship(lazy="joined", innerjoin=True)


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
    """One movement on the fund's bank account as one source told it. Final: triggers refuse UPDATE and DELETE, but for
    a line whose statement is withdrawn: its source is "withdrawn" from then on, and nobody takes it for the bank's word.

    The same payment told by two sources is two events; the item of the later one points at the first.
    """

    __tablename__ = "bank_event"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: "scb" for SCB's confirmations, "omise" for charges of Omise, "statement" for lines of a file, "counter" for
    #: money taken at the fund's own counter, "withdrawn" for lines of a file that two people took out again.
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
        CheckConstraint(
            "source IN ('scb', 'statement', 'omise', 'counter', 'withdrawn')", name="known_source"
        ),
        CheckConstraint(
            "(source IN ('statement', 'withdrawn')) = (statement_id IS NOT NULL)", name="statement_pair"
        ),
        CheckConstraint("satang <> 0", name="not_zero"),
        Index("ix_bank_event_ref1", "ref1"),
        Index("ix_bank_event_occurred_at", "occurred_at"),
        Index("ix_bank_event_satang", "satang"),
        # What officers search by: on PostgreSQL by any three letters of it.
        Index(
            "ix_bank_event_words",
            "payer",
            "description",
            "ref1",
            postgresql_using="gin",
            postgresql_ops=dict.fromkeys(("payer", "description", "ref1"), "gin_trgm_ops"),
        ),
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
        # What was decided, newest first.
        Index("ix_reconciliation_item_decided_at", "decided_at", "event_id"),
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


BEFORE, FOLLOWS, JOINED, CONFIRMED = "before", "follows", "joined", "confirmed"
#: The kinds by which lines count.
COUNTING = (BEFORE, JOINED, CONFIRMED)


class StatementBasis(Base):
    """One thing that is known of a statement beside its importer's word. Final: triggers refuse UPDATE and DELETE.

    before: it came in before there was this rule. follows: its balance begins where another statement's stands that
    does not count yet. joined: it begins where one stands that counts; its lines below a sum count. confirmed:
    another person looked at it; all its lines count.
    """

    __tablename__ = "statement_basis"

    statement_id: Mapped[int] = mapped_column(
        ForeignKey("statement.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: The statement whose balance it continues, and that balance.
    joins_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"))
    balance_satang: Mapped[int | None] = mapped_column(Satang)
    #: Only lines smaller than this count by it.
    below_satang: Mapped[int | None] = mapped_column(Satang)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    by: Mapped[User | None] = relationship(lazy="joined")

    __table_args__ = (
        CheckConstraint("kind IN ('before', 'follows', 'joined', 'confirmed')", name="known_kind"),
        CheckConstraint("(kind = 'confirmed') = (by_id IS NOT NULL)", name="confirmed_pair"),
        CheckConstraint("(kind IN ('follows', 'joined')) = (joins_id IS NOT NULL)", name="joins_pair"),
        CheckConstraint(
            "(kind IN ('follows', 'joined')) = (balance_satang IS NOT NULL)", name="balance_pair"
        ),
        CheckConstraint("(kind = 'joined') = (below_satang IS NOT NULL)", name="below_pair"),
        Index("ix_statement_basis_joins_id", "joins_id"),
    )


class UploadState(Worded):
    """sent: kept, not yet read. unknown: its header must be mapped. refused: it does not hold. read: waits for a
    person's word. applying: its lines come in. applied: all of them are in."""

    SENT = "sent", "กำลังอ่าน", "info"
    UNKNOWN = "unknown", "รอจับคู่คอลัมน์", "warning"
    REFUSED = "refused", "ไฟล์ไม่ถูกต้อง", "danger"
    READ = "read", "รอตรวจก่อนนำเข้า", "warning"
    APPLYING = "applying", "กำลังนำเข้า", "info"
    APPLIED = "applied", "นำเข้าแล้ว", "success"


class StatementUpload(Leased, Base):
    """One statement file as it was sent, with what reading it found. What has become a statement stays for ever."""

    __tablename__ = "statement_upload"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default=UploadState.SENT)
    file_name: Mapped[str] = mapped_column(String(160))
    file_hash: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    #: As the sender chose; empty to go by the file.
    account_asked: Mapped[str] = mapped_column(String(40), default="")
    profile_asked: Mapped[str] = mapped_column(String(40), default="")
    #: As the file turned out to be.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("fund_account.id"))
    profile: Mapped[str] = mapped_column(String(40), default="")
    newest_first: Mapped[bool] = mapped_column(default=False)
    #: Why it cannot be taken, in Thai.
    reason: Mapped[str] = mapped_column(String(400), default="")
    #: Refused because its balances, totals or counts do not hold; every line of it could be read.
    unproven: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Which of its lines the bank says have not happened, and what else was passed over, in Thai.
    remarks: Mapped[str] = mapped_column(String(400), default="", server_default="")
    #: How many of its lines moved money, and of those how many nobody told before and how many look odd.
    lines: Mapped[int] = mapped_column(default=0)
    new_lines: Mapped[int] = mapped_column(default=0)
    odd_lines: Mapped[int] = mapped_column(default=0)
    in_count: Mapped[int] = mapped_column(default=0)
    in_satang: Mapped[int] = mapped_column(Satang, default=0)
    out_count: Mapped[int] = mapped_column(default=0)
    out_satang: Mapped[int] = mapped_column(Satang, default=0)
    #: The period that the file states, or else that of its lines.
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    #: Before the oldest line and after the newest; empty where the bank tells no balances.
    opening_satang: Mapped[int | None] = mapped_column(Satang)
    closing_satang: Mapped[int | None] = mapped_column(Satang)
    #: For pages: how many lines are read or brought in, of how many (0: not known yet).
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    #: How often somebody has begun to read it: only the newest reading may write.
    reading: Mapped[int] = mapped_column(default=0, server_default="0")
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"), unique=True)
    #: Asks for a file that does not hold to be let in all the same; of a file that came in it stays (trigger).
    override_request_id: Mapped[int | None] = mapped_column(ForeignKey("approval_request.id"), unique=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    override_request: Mapped[ApprovalRequest | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            "state IN ('sent', 'unknown', 'refused', 'read', 'applying', 'applied')", name="known_state"
        ),
        CheckConstraint(
            "state IN ('applying', 'applied') OR statement_id IS NULL", name="statement_of_applied"
        ),
        Index("ix_statement_upload_state", "state"),
    )


class StatementChunk(Base):
    """A piece of a file as it was sent; all pieces in order are the file. Those of a statement are final."""

    __tablename__ = "statement_chunk"

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("statement_upload.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    raw: Mapped[bytes] = mapped_column(LargeBinary)


class StagedLine(Base):
    """A line of an upload as it was read and will become a bank event. It goes when the event is there."""

    __tablename__ = "staged_line"

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("statement_upload.id"), primary_key=True, autoincrement=False
    )
    #: Its place in the file among the lines that moved money, from 0.
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Its row in the file, as a spreadsheet program counts.
    number: Mapped[int]
    external_id: Mapped[str] = mapped_column(String(90))
    #: In Bangkok.
    on_day: Mapped[date]
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    has_time: Mapped[bool]
    satang: Mapped[int] = mapped_column(Satang)
    balance_satang: Mapped[int | None] = mapped_column(Satang)
    ref1: Mapped[str] = mapped_column(String(40))
    ref2: Mapped[str] = mapped_column(String(40))
    bank_ref: Mapped[str] = mapped_column(String(60))
    payer: Mapped[str] = mapped_column(String(160))
    payer_bank: Mapped[str] = mapped_column(String(3))
    description: Mapped[str] = mapped_column(String(400))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    raw_hash: Mapped[str] = mapped_column(String(64))
    #: Why a person must look at it (see `match_reasons`); empty where the rules may judge it.
    doubt: Mapped[str] = mapped_column(String(20), default="", server_default="")

    __table_args__ = (Index("ix_staged_line_upload_id_external_id", "upload_id", "external_id"),)


class InquiryOutcome(StrEnum):
    #: The bank has this payment, with the same amount, reference and payee, and it was not reversed.
    CONFIRMED = "confirmed"
    #: The bank has a payment of this id that says something else, or has taken it back.
    DIFFERS = "differs"
    #: The bank answered and knows no such payment.
    ABSENT = "absent"
    #: No answer that can be read: the bank is down, slow, or refuses us.
    UNREACHABLE = "unreachable"


class Inquiry(Base):
    """One answer of a bank about one event. Final: triggers refuse UPDATE and DELETE; a later answer is a later row."""

    __tablename__ = "inquiry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(12))
    #: The answer's bytes as they came; empty when there was none.
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    #: What the bank says was paid, what it keeps of it as its fee, and what reaches the account; empty where unsaid.
    satang: Mapped[int | None] = mapped_column(Satang)
    fee_satang: Mapped[int | None] = mapped_column(Satang)
    net_satang: Mapped[int | None] = mapped_column(Satang)
    #: What the bank says it sent back to the payer; empty where it says of no payment that was made.
    refunded_satang: Mapped[int | None] = mapped_column(Satang)
    #: What differs, or why there was no answer: for the officer, in Thai.
    words: Mapped[str] = mapped_column(String(300), default="", server_default="")

    __table_args__ = (
        CheckConstraint("outcome IN ('confirmed', 'differs', 'absent', 'unreachable')", name="known_outcome"),
        CheckConstraint(
            "outcome <> 'confirmed' OR (satang IS NOT NULL AND satang > 0)", name="confirmed_pair"
        ),
        # What a bank has not is found without looking at all that it has.
        Index(
            "ix_inquiry_absent",
            "event_id",
            sqlite_where=text("outcome = 'absent'"),
            postgresql_where=text("outcome = 'absent'"),
        ),
    )


class BankReversal(Base):
    """One line that takes another back. While it waits, the other can become no donation (trigger). Final."""

    __tablename__ = "bank_reversal"

    event_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"), primary_key=True, autoincrement=False)
    #: The event that leads where several sources told the payment.
    reverses_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"), unique=True)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("event_id <> reverses_id", name="of_another"),)
