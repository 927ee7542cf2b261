"""Inquiries: what a bank answered when it was asked about a payment that somebody told in its name, kept for ever."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.fund.bank.records import BankEvent, Inquiry, InquiryOutcome
from app.fund.giving.records.payment_requests import FundAccount
from app.kit import clock
from app.kit.db import db
from app.settings import Settings

#: What pages call an answer, and in which colour.
OUTCOMES = {
    InquiryOutcome.CONFIRMED: ("ธนาคารยืนยัน", "success"),
    InquiryOutcome.DIFFERS: ("ไม่ตรงกับที่แจ้งมา", "danger"),
    InquiryOutcome.ABSENT: ("ธนาคารไม่พบรายการนี้", "warning"),
    InquiryOutcome.UNREACHABLE: ("ยังไม่ได้คำตอบ", "neutral"),
}


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
    asked = {event.id: event for event in events if event.satang > 0 and is_configured(event.source)}
    if not asked:
        return set()
    ours = {biller for biller in db.session().scalars(select(FundAccount.biller_id)) if biller}
    doubtful = {
        number for number, event in asked.items() if event.account_id is not None or event.biller_id in ours
    }
    confirmed = select(Inquiry.event_id).where(
        Inquiry.event_id.in_(doubtful), Inquiry.outcome == InquiryOutcome.CONFIRMED
    )
    return doubtful - set(db.session().scalars(confirmed)) if doubtful else set()


def denied(events: Iterable[BankEvent]) -> set[int]:
    """Of these events, the lines of statements of which the bank said last that its own list has them not."""
    lines = {event.id for event in events if event.source == "statement"}
    if not lines:
        return set()
    later = aliased(Inquiry)
    inquiry = select(Inquiry.event_id).where(
        Inquiry.event_id.in_(lines),
        Inquiry.outcome == InquiryOutcome.ABSENT,
        ~select(later.id).where(later.event_id == Inquiry.event_id, later.id > Inquiry.id).exists(),
    )
    return set(db.session().scalars(inquiry))


def note(
    event_id: int,
    *,
    outcome: InquiryOutcome,
    raw: bytes,
    words: str = "",
    satang: int | None = None,
    fee_satang: int | None = None,
    net_satang: int | None = None,
    refunded_satang: int | None = None,
) -> Inquiry:
    """Keep one answer. Inside a transaction."""
    inquiry = Inquiry(
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
    db.session().add(inquiry)
    db.session().flush()
    return inquiry


def of(event_id: int) -> list[Inquiry]:
    """Every answer about an event, oldest first."""
    return list(db.session().scalars(select(Inquiry).filter_by(event_id=event_id).order_by(Inquiry.id)))


def sent_back(event_id: int) -> int:
    """How many satang of a payment its bank sent back to the payer, as it said last."""
    inquiry = select(Inquiry.refunded_satang).where(
        Inquiry.event_id == event_id, Inquiry.outcome != InquiryOutcome.UNREACHABLE
    )
    return db.session().scalars(inquiry.order_by(Inquiry.id.desc()).limit(1)).first() or 0
