"""Inquiries: what a bank answered when it was asked about a payment that somebody told in its name, kept for ever."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, select, text
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.fund.bank.events import BankEvent
from app.fund.giving.payment_requests.payment_requests import FundAccount
from app.kit import clock
from app.kit.db import Base, Id, Satang, UtcDateTime, db, explain
from app.settings import Settings

explain("refunded_within_payment", "ยอดที่คืนไปแล้วเกินยอดที่จ่ายไม่ได้ กรุณาสอบถามผู้ให้บริการรับเงินอีกครั้ง")


class Outcome(StrEnum):
    #: The bank has this payment, with the same amount, reference and payee, and it was not reversed.
    CONFIRMED = "confirmed"
    #: The bank has a payment of this id that says something else, or has taken it back.
    DIFFERS = "differs"
    #: The bank answered and knows no such payment.
    ABSENT = "absent"
    #: No answer that can be read: the bank is down, slow, or refuses us.
    UNREACHABLE = "unreachable"


#: What pages call an answer, and in which colour.
OUTCOMES = {
    Outcome.CONFIRMED: ("ธนาคารยืนยัน", "success"),
    Outcome.DIFFERS: ("ไม่ตรงกับที่แจ้งมา", "danger"),
    Outcome.ABSENT: ("ธนาคารไม่พบรายการนี้", "warning"),
    Outcome.UNREACHABLE: ("ยังไม่ได้คำตอบ", "neutral"),
}


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


def is_configured(source: str) -> bool:
    """Whether events of a source are asked about before they count. Charges of Omise always are: none are taken
    where the portal has no key to ask with."""
    here = Settings.here()
    return here.scb is not None if source == "scb" else source == "omise"


def is_proven(event: BankEvent) -> bool:
    """Whether an event may be judged: the bank confirmed it, or its source is one that is not asked."""
    return event.id not in unproven([event])


def unproven(events: Iterable[BankEvent]) -> set[int]:
    """Of these events, the ids of those whose bank is asked and has not confirmed them yet, in one or two queries.

    One that names no account of ours is not among them: there is nothing to ask, and no match rule ever posts it.
    """
    asked = {one.id: one for one in events if one.satang > 0 and is_configured(one.source)}
    if not asked:
        return set()
    ours = {biller for biller in db.session().scalars(select(FundAccount.biller_id)) if biller}
    doubtful = {
        number for number, one in asked.items() if one.account_id is not None or one.biller_id in ours
    }
    confirmed = select(Inquiry.event_id).where(
        Inquiry.event_id.in_(doubtful), Inquiry.outcome == Outcome.CONFIRMED
    )
    return doubtful - set(db.session().scalars(confirmed)) if doubtful else set()


def denied(events: Iterable[BankEvent]) -> set[int]:
    """Of these events, the lines of statements of which the bank said last that its own list has them not."""
    lines = {one.id for one in events if one.source == "statement"}
    if not lines:
        return set()
    later = aliased(Inquiry)
    said = select(Inquiry.event_id).where(
        Inquiry.event_id.in_(lines),
        Inquiry.outcome == Outcome.ABSENT,
        ~select(later.id).where(later.event_id == Inquiry.event_id, later.id > Inquiry.id).exists(),
    )
    return set(db.session().scalars(said))


def note(
    event_id: int,
    *,
    outcome: Outcome,
    raw: bytes,
    words: str = "",
    satang: int | None = None,
    fee_satang: int | None = None,
    net_satang: int | None = None,
    refunded_satang: int | None = None,
) -> Inquiry:
    """Keep one answer. Inside a transaction."""
    one = Inquiry(
        event_id=event_id,
        asked_at=clock.now(),
        outcome=outcome,
        raw=raw,
        words=words[:300],
        satang=satang,
        fee_satang=fee_satang,
        net_satang=net_satang,
        refunded_satang=refunded_satang,
    )
    db.session().add(one)
    db.session().flush()
    return one


def of(event_id: int) -> list[Inquiry]:
    """Every answer about an event, oldest first."""
    return list(db.session().scalars(select(Inquiry).filter_by(event_id=event_id).order_by(Inquiry.id)))


def sent_back(event_id: int) -> int:
    """How many satang of a payment its bank sent back to the payer, as it said last."""
    said = select(Inquiry.refunded_satang).where(
        Inquiry.event_id == event_id, Inquiry.outcome != Outcome.UNREACHABLE
    )
    return db.session().scalars(said.order_by(Inquiry.id.desc()).limit(1)).first() or 0
