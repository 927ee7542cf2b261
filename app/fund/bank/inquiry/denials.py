"""Denials: lines of statements under a bill's reference that are missing on the biller's own list of that day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased, defer

from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.providers import inquiries
from app.fund.bank.providers.scb import ScbPayment
from app.fund.bank.reconciliation.matching import DENIED_WORDS
from app.fund.bank.records import BankEvent, Inquiry, InquiryOutcome, ReconciliationItem, Statement
from app.fund.bank.reference_codes import canonical
from app.fund.giving.records.payment_requests import Collection, FundAccount, PaymentRequest
from app.kit import clock, thai
from app.kit.clock import BANGKOK
from app.kit.db import db, lock, transaction
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

_DAY = timedelta(days=1)
#: What the bank says of a day: how many payments of which reference and amount.
Payments = Counter[tuple[str, int]]


def counted(listed: Iterable[ScbPayment]) -> Payments:
    """The payments of a bank's list, without those that it took back."""
    return Counter(
        (canonical(payment.confirmation.ref1), payment.confirmation.satang)
        for payment in listed
        if not payment.is_reversed
    )


def references(biller: str, on: date) -> list[str]:
    """The references under which lines of a day say that a bill was paid."""
    return sorted({event.ref1 for _, event in _lines(biller, on, on)})


def note_missing(biller: str, lists: Mapping[date, Payments]) -> int:
    """Compare the lines of the days that are over and for which the bank answered with its lists. How many it has not.

    A line may be booked the day after its payment, or before midnight what the list has after it. Each is written
    down once, as an answer of the bank about the line; and once more when a later list has it after all.
    """
    days = sorted(on for on in lists if on < clock.today())
    if not days:
        return 0
    lines = _lines(biller, days[0], days[-1])
    left = {on: Counter(lists[on]) for on in lists}
    for on in {day + step for day in days for step in (-_DAY, _DAY)} - lists.keys():
        left[on] = _recorded(biller, on)
    found: set[int] = set()
    for steps in ((timedelta(),), (-_DAY, _DAY)):
        for _, event in lines:
            on, key = _on(event), (event.ref1, event.satang)
            met = next((on + step for step in steps if left.get(on + step, Counter())[key]), None)
            if event.id not in found and met is not None:
                left[met][key] -= 1
                found.add(event.id)
    asked = [(item, event) for item, event in lines if _on(event) in days]
    denied = [event for _, event in asked if event.id not in found]
    known = inquiries.denied(event for _, event in asked)
    for event in denied:
        if event.id not in known:
            _deny(event.id, _on(event))
    for _, event in asked:
        if event.id in found and event.id in known:
            _lift(event.id, event.satang)
    return len(denied)


def _on(event: BankEvent) -> date:
    return event.occurred_at.astimezone(BANGKOK).date()


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), BANGKOK)


def _lines(biller: str, first: date, last: date) -> list[tuple[ReconciliationItem, BankEvent]]:
    """Lines of money in, of the biller's account, under a reference of one of its bills; decided ones first, and
    without what is no donation or another file's copy."""
    bill = select(PaymentRequest.id).where(PaymentRequest.ref1 == BankEvent.ref1, PaymentRequest.tag == 30)
    collection = select(Collection.id).where(Collection.ref1 == BankEvent.ref1)
    rows = (
        select(ReconciliationItem, BankEvent)
        .join(BankEvent, BankEvent.id == ReconciliationItem.event_id)
        .join(FundAccount, FundAccount.id == BankEvent.account_id)
        .options(defer(BankEvent.raw))
        .where(
            FundAccount.biller_id == biller,
            BankEvent.source == "statement",
            BankEvent.satang > 0,
            BankEvent.occurred_at >= _midnight(first),
            BankEvent.occurred_at < _midnight(last + _DAY),
            ReconciliationItem.state != ReconciliationState.EXCLUDED,
            or_(
                ReconciliationItem.state != ReconciliationState.WAITING,
                ReconciliationItem.match_reason != MatchReason.OTHER_FILE,
            ),
            or_(bill.exists(), collection.exists()),
        )
        .order_by(BankEvent.occurred_at, BankEvent.id)
    )
    found = [(item, event) for item, event in db.session().execute(rows)]
    first_of: dict[str, int] = {ReconciliationState.DUPLICATE: 0, ReconciliationState.POSTED: 1}
    return sorted(found, key=lambda line: first_of.get(line[0].state, 2))


def _recorded(biller: str, on: date) -> Payments:
    """What the bank was known to have on a day that it was not asked about now."""
    lines = select(BankEvent.ref1, BankEvent.satang).where(
        BankEvent.source == "scb",
        BankEvent.biller_id == biller,
        BankEvent.occurred_at >= _midnight(on),
        BankEvent.occurred_at < _midnight(on + _DAY),
    )
    return Counter((ref1, satang) for ref1, satang in db.session().execute(lines))


def _deny(event_id: int, on: date) -> None:
    words = f"รายการของธนาคารเองวันที่ {thai.short_date(on)} ไม่มีเงินก้อนนี้"
    with transaction():
        lock_reconciliation()
        item = lock(ReconciliationItem, event_id)
        inquiries.note(event_id, outcome=InquiryOutcome.ABSENT, raw=b"", words=words)
        if item.state == ReconciliationState.WAITING and item.match_reason == MatchReason.ONE_PERSON:
            item.match_reason, item.reason = MatchReason.DENIED, DENIED_WORDS
        audit.record(Deed.BANK_DENIED, f"bank_event:{event_id}", by=None, words=words, state=item.state)


def _lift(event_id: int, satang: int) -> None:
    with transaction():
        lock_reconciliation()
        item = lock(ReconciliationItem, event_id)
        words = "รายการของธนาคารเองมีเงินก้อนนี้แล้ว"
        inquiries.note(event_id, outcome=InquiryOutcome.CONFIRMED, raw=b"", words=words, satang=satang)
        if item.state == ReconciliationState.WAITING and item.match_reason == MatchReason.DENIED:
            item.state, item.match_reason, item.reason = ReconciliationState.NEW, MatchReason.NONE, ""


def unresolved(*, first: date | None = None, last: date | None = None) -> list[dict[str, Any]]:
    """Every line that its bank's own list has not and that is a donation or may become one, in the order of days: the event,
    its account, what became of it, and whose file told it."""
    later = aliased(Inquiry)
    rows = (
        select(
            BankEvent.id,
            BankEvent.occurred_at,
            BankEvent.satang,
            BankEvent.ref1,
            FundAccount.number,
            ReconciliationItem.state,
            Statement.file_name,
            Statement.imported_at,
            User.name.label("by_name"),
        )
        .join(Inquiry, Inquiry.event_id == BankEvent.id)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .join(Statement, Statement.id == BankEvent.statement_id)
        .join(FundAccount, FundAccount.id == BankEvent.account_id)
        .outerjoin(User, User.id == Statement.imported_by_id)
        .where(
            Inquiry.outcome == InquiryOutcome.ABSENT,
            ReconciliationItem.state.in_(
                (ReconciliationState.NEW, ReconciliationState.WAITING, ReconciliationState.POSTED)
            ),
            ~select(later.id).where(later.event_id == BankEvent.id, later.id > Inquiry.id).exists(),
        )
        .order_by(BankEvent.occurred_at, BankEvent.id)
    )
    if first is not None:
        rows = rows.where(BankEvent.occurred_at >= _midnight(first))
    if last is not None:
        rows = rows.where(BankEvent.occurred_at < _midnight(last + _DAY))
    return [
        {**row, "on_day": row["occurred_at"].astimezone(BANGKOK).date()}
        for row in db.session().execute(rows).mappings()
    ]
