"""Matching: runs the match rules over bank events and does what they say.

In: ids of events whose reconciliation item is NEW. Out: every item has a state and a match reason; what the rules are sure of
is posted as a donation with its receipt. For example, from one batch:

    callback  T1  500.00, reference RAAA      -> POSTED     exact_reference   donation of RAAA's payment request
    line      L1  500.00, 2 minutes after T1  -> DUPLICATE  duplicate         of T1, which is now proven by a statement
    line      L2  300.00, no reference        -> WAITING    ambiguous         two open payment requests ask for 300.00
    line      L3  -90.00                      -> EXCLUDED   outgoing

Each batch is one transaction under `lock_reconciliation`: read what may matter (`match_context`), set pairs of one payment
aside (`duplicates`), then what takes money back (`bank_reversals`), then judge each that is left (`match_rules`) and carry the
result out. When a batch fails, each of its events is tried alone, and what fails again waits with its reason.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select, tuple_
from sqlalchemy.orm import contains_eager

from app.fund.bank import decision_approvals
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import UNDECIDED, MatchReason, ReconciliationState
from app.fund.bank.reconciliation import deposits, duplicates, match_rules
from app.fund.bank.reconciliation.bank_reversals import BankReversals
from app.fund.bank.reconciliation.deposits import Undeposited
from app.fund.bank.reconciliation.match_context import MatchContext
from app.fund.bank.reconciliation.match_rules import MatchResult
from app.fund.bank.records import Allocation, BankEvent, ReconciliationItem
from app.fund.giving.donations import donations
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.receipts import COUNTER, MAIN
from app.kit import clock
from app.kit.db import BUSY, FASTER, db, is_sqlite, lock, transaction
from app.kit.errors import Refused
from app.staff.users import User

log = logging.getLogger("kueakun.bank")

#: Events reconciled in one transaction, at least and at most: callbacks queue behind it, and a bank does not wait a
#: second for an answer. Lines that can only wait are reconciled many at once, those that become donations a few.
_FEWEST, _MOST = 25, 400
#: A batch that took less than this is followed by a larger one, and one that took twice as long by a smaller.
_BRISK = timedelta(milliseconds=150)
#: New events read at a time: memory does not grow with the length of a statement.
_READ_AT_ONCE = 5000
_GAP = timedelta(milliseconds=25)
DENIED_WORDS = "รายการของธนาคารเองในวันนั้นไม่มีเงินก้อนนี้ กรุณาตรวจกับธนาคารก่อนตัดสิน"
_SOURCE_WORDS = {
    "scb": "พร้อมเพย์ (ธนาคารแจ้งโอนทันที)",
    "statement": "โอนเข้าบัญชี (รายการเดินบัญชี)",
    "omise": "พร้อมเพย์ผ่าน Omise",
}


def reconcile(event_id: int) -> None:
    """Judge a new event by the match rules and do what they say. An event that is not new stays as it is. Inside a transaction."""
    _reconcile([event_id])


def reconcile_new() -> int:
    """Reconcile every event that is still new, oldest first, committing in batches. Returns how many."""
    return _reconcile_all(None)


def reconcile_statement(statement_id: int) -> int:
    """Reconcile the new lines of one statement, committing in batches. Returns how many."""
    return _reconcile_all(statement_id)


def _reconcile_all(statement_id: int | None) -> int:
    done = 0
    waiting = _new_events(statement_id)
    size = _FEWEST
    while batch := list(islice(waiting, size)):
        began = time.monotonic()
        try:
            with transaction():
                done += _reconcile(batch)
        except Refused as refused:
            if refused.words == BUSY:
                break
            done += sum(_reconcile_alone(event_id) for event_id in batch)
        except Exception:
            # Money must not queue for ever behind one event that a fault of ours stumbles over.
            log.exception("a batch of bank events failed; each is reconciled alone")
            done += sum(_reconcile_alone(event_id) for event_id in batch)
        took = timedelta(seconds=time.monotonic() - began)
        size = _next_size(size, took)
        if is_sqlite():
            # Its writers do not queue but look again, at first every few, soon every 25 milliseconds: they need that gap.
            time.sleep(min(took, _GAP).total_seconds())
    return done


def _next_size(size: int, took: timedelta) -> int:
    if took < _BRISK:
        return min(size * 2, _MOST)
    return max(size // 2, _FEWEST) if took > 2 * _BRISK else size


def _new_events(statement_id: int | None) -> Iterator[int]:
    """The ids of events that are still new, oldest first, read a piece at a time."""
    last: tuple[datetime, int] | None = None
    while True:
        statement = (
            select(BankEvent.occurred_at, BankEvent.id)
            .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
            .where(ReconciliationItem.state == ReconciliationState.NEW)
            .order_by(BankEvent.occurred_at, BankEvent.id)
            .limit(_READ_AT_ONCE)
        )
        if statement_id is not None:
            statement = statement.where(BankEvent.statement_id == statement_id)
        if last is not None:
            statement = statement.where(tuple_(BankEvent.occurred_at, BankEvent.id) > tuple_(*last))
        rows = db.session().execute(statement).all()
        yield from [number for _, number in rows]
        if len(rows) < _READ_AT_ONCE:
            return
        last = rows[-1][0], rows[-1][1]


def _reconcile_alone(event_id: int) -> bool:
    """Reconcile one event of a batch that failed; what fails again waits for a person, with the reason."""
    try:
        with transaction():
            _reconcile([event_id])
    except Refused as refused:
        if refused.words in (BUSY, FASTER):
            return False
        _park(event_id, match_reason=MatchReason.REFUSED, reason=refused.words)
    except Exception:
        log.exception("bank event %s cannot be reconciled by the rules", event_id)
        _park(
            event_id,
            match_reason=MatchReason.FAULT,
            reason="ระบบตัดสินรายการนี้เองไม่ได้ กรุณาตรวจและตัดสินด้วยตนเอง แล้วแจ้งผู้ดูแลระบบ",
        )
    return True


def _park(event_id: int, *, match_reason: MatchReason, reason: str) -> None:
    with transaction():
        lock_reconciliation()
        item = lock(ReconciliationItem, event_id)
        if item.state == ReconciliationState.NEW:
            item.state, item.match_reason, item.reason = (
                ReconciliationState.WAITING,
                match_reason,
                reason[:300],
            )


def _reconcile(event_ids: Sequence[int]) -> int:
    """Returns how many of the events were new and are not any more."""
    lock_reconciliation()
    locked = items = _lock_new(event_ids)
    undeposited = Undeposited() if any(item.event.source == "statement" for item in locked) else None
    while items:
        context = MatchContext([item.event for item in items])
        proven: list[ReconciliationItem] = []
        alone = [item for item in items if not _pair(item, context, proven)]
        paired = [item.event for item in items if item.state == ReconciliationState.DUPLICATE]
        reversals = BankReversals(alone)
        for item in alone:
            # A later one of the batch may have turned out to lead.
            if item.state != ReconciliationState.DUPLICATE and context.is_proven(item.event):
                result = reversals.result(item) or _of_doubt(item)
                _do(item, result or _judge(item, context, undeposited), context)
        db.session().flush()
        waiting = [item for item in proven if item.state in UNDECIDED]
        items = waiting + _look_again(paired)
    return sum(item.state != ReconciliationState.NEW for item in locked)


def _of_doubt(item: ReconciliationItem) -> MatchResult | None:
    """That a line waits for what the reading of its file left in doubt, whatever its references say."""
    reason = MatchReason(item.match_reason)
    if item.state != ReconciliationState.NEW or not reason.doubt:
        return None
    return MatchResult(state=ReconciliationState.WAITING, match_reason=reason, reason=reason.doubt)


def _judge(
    item: ReconciliationItem, context: MatchContext, undeposited: Undeposited | None
) -> MatchResult | None:
    """What the event is; None when it was the counter's own money paid in, and is decided."""
    if undeposited is None or item.event.source != "statement":
        return match_rules.judge(item.event, context)
    if not context.counts(item.event):
        return _of_one_person(item.event, match_rules.judge(item.event, context), undeposited)
    if deposits.recognise_deposit(item, undeposited):
        return None
    result = match_rules.judge(item.event, context)
    if result.state == ReconciliationState.POSTED and context.is_denied(item.event):
        return MatchResult(
            state=ReconciliationState.WAITING,
            match_reason=MatchReason.DENIED,
            reason=DENIED_WORDS,
            payment_request=result.payment_request,
        )
    if (
        result.match_reason == MatchReason.UNIQUE_AMOUNT
        and result.state == ReconciliationState.POSTED
        and undeposited.parts_for(item.event)
    ):
        reason = "จำนวนเงินตรงกับรายการให้หนึ่งรายการ และตรงกับเงินสดที่รอฝากด้วย กรุณาดูว่าเป็นเงินใด"
        return MatchResult(
            state=ReconciliationState.WAITING,
            match_reason=MatchReason.AMBIGUOUS,
            reason=reason,
            payment_request=result.payment_request,
        )
    return result


def _of_one_person(event: BankEvent, result: MatchResult, undeposited: Undeposited) -> MatchResult:
    """What the rules would reconcile waits for another person; what waits anyhow waits for its own reason."""
    if deposits.says_paid_in(event) and undeposited.parts_for(event):
        would = "น่าจะเป็นเงินที่เคาน์เตอร์นำฝาก"
    elif result.state == ReconciliationState.POSTED or (
        result.state == ReconciliationState.EXCLUDED and result.match_reason == MatchReason.PAYOUT
    ):
        would = result.reason
    else:
        return result
    reason = f"รออีกท่านหนึ่งยืนยันไฟล์ · {would}"[:300]
    return MatchResult(
        state=ReconciliationState.WAITING,
        match_reason=MatchReason.ONE_PERSON,
        reason=reason,
        payment_request=result.payment_request,
    )


def _lock_new(event_ids: Sequence[int]) -> list[ReconciliationItem]:
    statement = (
        select(ReconciliationItem)
        .join(ReconciliationItem.event)
        .options(contains_eager(ReconciliationItem.event).defer(BankEvent.raw))
        .where(
            ReconciliationItem.event_id.in_(event_ids),
            ReconciliationItem.state == ReconciliationState.NEW,
            ~decision_approvals.is_open(ReconciliationItem.event_id),
        )
        .order_by(BankEvent.occurred_at, BankEvent.id)
        .with_for_update(of=ReconciliationItem)
        .execution_options(populate_existing=True)
    )
    return list(db.session().scalars(statement))


def _pair(item: ReconciliationItem, context: MatchContext, proven: list[ReconciliationItem]) -> bool:
    """Whether the event is a payment that another source told before; then the item is settled here as its duplicate.

    Raises nothing. `proven` collects callbacks that waited for proof and have it by this line of a statement.
    """
    if item.state == ReconciliationState.DUPLICATE:
        return True
    event = item.event
    if item.match_reason == MatchReason.REVERSAL:
        return False
    other = duplicates.pair(event, context)
    if other is None:
        return False
    if other.state == ReconciliationState.EXCLUDED:
        item.state, item.match_reason = ReconciliationState.WAITING, MatchReason.POSSIBLE_DUPLICATE
        item.reason = "อีกช่องทางแจ้งเงินก้อนนี้แล้ว และมีผู้บันทึกว่าไม่ใช่เงินสมทบ กรุณาดูว่าเป็นเงินก้อนเดียวกันหรือไม่"
        return True
    context.link(event.id, other.id)
    line_counts = context.counts(event) if event.source == "statement" else other.counts
    if "statement" in (event.source, other.source) and line_counts:
        context.prove(event.id)
        context.prove(other.id)
    if duplicates.leads(event, other, counts=line_counts):
        _mark_duplicate(lock(ReconciliationItem, other.id), as_=event.id, payment_request_id=None)
        return False
    _mark_duplicate(item, as_=other.id, payment_request_id=other.payment_request_id)
    if event.source == "statement" and line_counts and duplicates.is_doubted(other) and not other.asked:
        proven.append(lock(ReconciliationItem, other.id))
    return True


def _mark_duplicate(item: ReconciliationItem, *, as_: int, payment_request_id: int | None) -> None:
    item.state, item.match_reason, item.duplicate_of_id = (
        ReconciliationState.DUPLICATE,
        MatchReason.DUPLICATE,
        as_,
    )
    item.reason = "รายการนี้มีมาจากอีกช่องทางด้วย เป็นเงินก้อนเดียวกัน"
    item.payment_request_id, item.decided_at = payment_request_id, clock.now()


def _look_again(paired: Sequence[BankEvent]) -> list[ReconciliationItem]:
    """Events that waited only because one of these might have been the same payment: now it is known to be another."""
    if not paired:
        return []
    statement = (
        select(ReconciliationItem)
        .join(ReconciliationItem.event)
        .options(contains_eager(ReconciliationItem.event))
        .where(
            ReconciliationItem.state == ReconciliationState.WAITING,
            ReconciliationItem.match_reason == MatchReason.POSSIBLE_DUPLICATE,
            BankEvent.satang.in_({event.satang for event in paired}),
            ~decision_approvals.is_open(ReconciliationItem.event_id),
        )
        .order_by(BankEvent.occurred_at, BankEvent.id)
        .with_for_update(of=ReconciliationItem)
    )
    return list(db.session().scalars(statement))


def _do(item: ReconciliationItem, result: MatchResult | None, context: MatchContext) -> None:
    if result is None:
        return
    event, payment_request, collection = item.event, result.payment_request, result.collection
    item.match_reason, item.reason = result.match_reason, result.reason
    item.payment_request_id = payment_request.id if payment_request else None
    if result.state == ReconciliationState.WAITING:
        item.state = ReconciliationState.WAITING
        return
    if result.state == ReconciliationState.EXCLUDED:
        item.state, item.decided_at = ReconciliationState.EXCLUDED, clock.now()
        return
    try:
        with db.session().begin_nested():
            if collection is not None:
                post(
                    item,
                    payment_request=None,
                    purpose_id=collection.purpose_id,
                    network_id=collection.network_id,
                    pledge_id=collection.pledge_id,
                    by=None,
                )
            else:
                assert payment_request is not None
                post(item, payment_request=payment_request, purpose_id=payment_request.purpose_id, by=None)
    except Refused as refused:
        item.state, item.match_reason, item.reason = (
            ReconciliationState.WAITING,
            MatchReason.REFUSED,
            refused.words[:300],
        )
        return
    context.note_posted(event, payment_request)


def post(
    item: ReconciliationItem,
    *,
    payment_request: PaymentRequest | None,
    purpose_id: int,
    network_id: int | None = None,
    pledge_id: int | None = None,
    donor_name: str = "",
    anonymous: bool = True,
    satang: int | None = None,
    book: str = MAIN,
    by: User | None,
) -> Donation:
    """The event, or `satang` of it, becomes this donation; the item says so.

    Inside a transaction that has locked the item. Who posts a part posts the rest in the same transaction: the books
    hold only when an event became donations as a whole.
    """
    event = item.event
    part = event.satang if satang is None else satang
    donation = donations.post(
        satang=part,
        paid_at=event.occurred_at,
        purpose_id=purpose_id,
        payment_request_id=payment_request.id if payment_request else None,
        pledge_id=pledge_id,
        network_id=network_id,
        donor_name=donor_name,
        anonymous=anonymous,
        book=book or (COUNTER if event.source == "counter" else MAIN),
        by=by,
        source_words=_SOURCE_WORDS.get(event.source, event.description),
    )
    session = db.session()
    session.add(Allocation(event_id=event.id, donation_id=donation.id, satang=part))
    item.state, item.decided_at = ReconciliationState.POSTED, clock.now()
    item.decided_by_id = by.id if by else None
    item.payment_request_id = payment_request.id if payment_request else None
    session.flush()
    return donation
