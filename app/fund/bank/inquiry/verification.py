"""Verification: the bank is asked about each payment that a message told of, and the payment counts only when the bank confirms it."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import defer

from app.fund.bank import decision_approvals
from app.fund.bank.inquiry import inquiry_results
from app.fund.bank.inquiry.inquiry_results import InquiryResult
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import Actor, MatchReason, ReconciliationState, ended_by
from app.fund.bank.providers import inquiries, omise, scb
from app.fund.bank.reconciliation import matching
from app.fund.bank.records import BankEvent, Inquiry, InquiryOutcome, ReconciliationItem
from app.fund.giving.records.payment_requests import FundAccount
from app.kit import clock, portal, queue
from app.kit.clock import BANGKOK
from app.kit.db import db, lock, transaction
from app.kit.errors import Refused
from app.kit.http import Unreachable, Until
from app.staff import audit
from app.staff.deeds import Deed

#: How long a bank may be out of reach before the officer is asked instead; by then the sweep's last day is over.
MOST_PATIENCE = timedelta(days=4)
#: How long a bank may not know a payment that it told of. Its own books run a little behind.
_CATCHING_UP = timedelta(minutes=20)
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(hours=1)
#: After a bank did not answer, nobody asks it for this many seconds: one silent bank must not hold up other work.
_REST = 60
_AT_ONCE = 200
#: How long after a payment its bank is asked until it answers whether the money went back.
_ASKED_AGAIN_WITHIN = timedelta(days=400)


def ask(event_id: int, again: bool = False) -> dict[str, Any]:
    """Ask the bank about an event and do what follows from its answer. A job: nothing is held open meanwhile.

    `again` asks about one that was answered and reconciled before, too; while the bank is silent it is asked later.
    """
    event = db.session().get(BankEvent, event_id) if again else _still_new(event_id)
    if event is None:
        return {"outcome": "settled"}
    if not again and inquiries.is_proven(event):
        return {"outcome": _reconcile(event_id)}
    biller = event.biller_id if event.source == "omise" or _can_be_asked(event) else None
    db.session().expunge(event)
    db.session.remove()
    if biller is None:
        _park(
            event_id,
            MatchReason.UNCONFIRMED,
            "ธนาคารไม่มีช่องทางให้สอบถามรายการนี้ กรุณารอรายการเดินบัญชี หรือตรวจกับธนาคาร",
        )
        return {"outcome": MatchReason.UNCONFIRMED}
    if _rests(event.source):
        with transaction():
            _again(event_id, timedelta(seconds=_REST), again=again)
        return {"outcome": "resting"}
    try:
        result = _about_charge(event) if event.source == "omise" else _about_bill(event)
    except scb.Refusal as refusal:
        result = InquiryResult(
            outcome=InquiryOutcome.UNREACHABLE, raw=b"", words=f"ธนาคารไม่ตอบคำถามนี้: {refusal.words}"
        )
    except Unreachable as error:
        _rest(event.source)
        if again and clock.now() - event.received_at < _ASKED_AGAIN_WITHIN:
            with transaction():
                _again(event_id, _LONGEST_PAUSE, again=True)
            return {"outcome": InquiryOutcome.UNREACHABLE.value}
        result = InquiryResult(outcome=InquiryOutcome.UNREACHABLE, raw=b"", words=f"ติดต่อธนาคารไม่ได้: {error}")
    return {"outcome": follow(event_id, result)}


def follow(event_id: int, result: InquiryResult) -> str:
    """Keep what the bank answered about an event, and judge the event, let it wait, or ask again later."""
    with transaction():
        lock_reconciliation()
        item = lock(ReconciliationItem, event_id)
        kept = inquiries.note(
            event_id,
            outcome=result.outcome,
            raw=result.raw,
            words=result.words,
            satang=result.satang,
            fee_satang=result.fee_satang,
            net_satang=result.net_satang,
            refunded_satang=result.refunded_satang,
        )
        outcome = InquiryOutcome(kept.outcome)
        _write_into(item, result)
        if item.state == ReconciliationState.NEW and outcome in (
            InquiryOutcome.ABSENT,
            InquiryOutcome.UNREACHABLE,
        ):
            _wait_or_ask_again(item, outcome)
    if outcome == InquiryOutcome.CONFIRMED:
        _reconcile(event_id)
    return outcome.value


def _write_into(item: ReconciliationItem, result: InquiryResult) -> None:
    """The bank's word on the item itself: a doubt of before is lifted, a new one is written down."""
    doubted = item.state == ReconciliationState.WAITING and item.match_reason in ended_by(Actor.PROVIDER)
    # Where an officer has decided already, another is still to approve it, whatever the bank says meanwhile.
    asked = decision_approvals.open_for(item.event_id) is not None
    if result.outcome == InquiryOutcome.CONFIRMED and doubted and not asked:
        item.state, item.match_reason, item.reason = ReconciliationState.NEW, MatchReason.NONE, ""
    elif result.outcome == InquiryOutcome.DIFFERS and (item.state == ReconciliationState.NEW or doubted):
        match_reason = MatchReason.SENT_BACK if result.refunded_satang else MatchReason.PROVIDER_DIFFERS
        item.state, item.match_reason, item.reason = (
            ReconciliationState.WAITING,
            match_reason,
            result.words[:300],
        )
    elif result.outcome == InquiryOutcome.DIFFERS and item.state == ReconciliationState.POSTED:
        audit.record(Deed.BANK_TAKEN_BACK, f"bank_event:{item.event_id}", by=None, words=result.words)


def _wait_or_ask_again(item: ReconciliationItem, outcome: InquiryOutcome) -> None:
    event = item.event
    age = clock.now() - event.received_at
    if outcome == InquiryOutcome.ABSENT and age > _CATCHING_UP:
        item.state, item.match_reason = ReconciliationState.WAITING, MatchReason.UNCONFIRMED
        item.reason = "ถามธนาคารแล้ว ธนาคารไม่พบรายการนี้ อาจไม่ใช่เงินจริง กรุณารอรายการเดินบัญชี หรือตรวจกับธนาคาร"
    elif outcome == InquiryOutcome.UNREACHABLE and age > MOST_PATIENCE:
        item.state, item.match_reason = ReconciliationState.WAITING, MatchReason.UNCONFIRMED
        item.reason = "ถามธนาคารซ้ำหลายวันแล้วไม่ได้คำตอบ กรุณาตรวจรายการนี้กับรายการเดินบัญชี"
    else:
        _again(event.id, min(_LONGEST_PAUSE, max(_FIRST_PAUSE, age // 2)))


def _again(event_id: int, delay: timedelta, *, again: bool = False) -> None:
    # The job at work still holds its key: the next one has a key of its own.
    key = f"{event_id}.{clock.now().timestamp():.3f}"
    queue.ask("inquire", key=key, delay=delay, event_id=event_id, **({"again": True} if again else {}))


def ask_about_unasked() -> int:
    """Ask about events that nobody asks about: told before the bank could be asked, or whose job broke. Returns how
    many. A round: an event that has a job, or was asked about within the longest pause, is left to it."""
    if not any(inquiries.is_configured(source) for source in ("scb", "omise")):
        return 0
    now = clock.now()
    lately = exists().where(Inquiry.event_id == BankEvent.id, Inquiry.asked_at > now - 2 * _LONGEST_PAUSE)
    left = (
        select(BankEvent)
        .options(defer(BankEvent.raw))
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(
            ReconciliationItem.state == ReconciliationState.NEW,
            BankEvent.source.in_(("scb", "omise")),
            BankEvent.received_at < now - 2 * timedelta(seconds=_REST),
            ~lately,
        )
        .order_by(BankEvent.id)
        .limit(_AT_ONCE)
    )
    doubtful = inquiries.unproven(db.session().scalars(left).all()) - _asked_about()
    if not doubtful:
        return 0
    with transaction():
        for event_id in sorted(doubtful):
            queue.ask("inquire", key=f"{event_id}", event_id=event_id)
    return len(doubtful)


def _asked_about() -> set[int]:
    """The events that have a job to ask about them."""
    pending = select(queue.Job.arguments).where(
        queue.Job.kind == "inquire", queue.Job.state.in_(("queued", "running"))
    )
    return {int(json.loads(arguments)["event_id"]) for arguments in db.session().scalars(pending)}


def _still_new(event_id: int) -> BankEvent | None:
    found = select(ReconciliationItem).where(
        ReconciliationItem.event_id == event_id, ReconciliationItem.state == ReconciliationState.NEW
    )
    item = db.session().scalars(found).one_or_none()
    return item.event if item else None


def _can_be_asked(event: BankEvent) -> bool:
    """SCB answers about payments to a biller; one to an account number can only be seen on the statement."""
    ours = select(FundAccount.id).where(FundAccount.biller_id == event.biller_id)
    return bool(event.biller_id) and db.session().scalar(ours.limit(1)) is not None


def _reconcile(event_id: int) -> str:
    try:
        with transaction():
            matching.reconcile(event_id)
    except Refused as refused:
        # It is proven and new: the round that reconciles takes it.
        portal.log().warning("bank event %s is proven and reconciled later: %s", event_id, refused.words)
    return "proven"


def _park(event_id: int, match_reason: MatchReason, reason: str) -> None:
    with transaction():
        lock_reconciliation()
        item = lock(ReconciliationItem, event_id)
        if item.state == ReconciliationState.NEW:
            item.state, item.match_reason, item.reason = ReconciliationState.WAITING, match_reason, reason


def _about_bill(event: BankEvent) -> InquiryResult:
    on = event.occurred_at.astimezone(BANGKOK).date()
    # Without the amount: a payment of another amount is to be seen, not missed.
    found, raw = scb.payments(biller=event.biller_id, on=on, ref1=event.ref1)
    for payment in found:
        if payment.confirmation.transaction_id == event.external_id:
            return inquiry_results.compare(event, payment)
    return InquiryResult(outcome=InquiryOutcome.ABSENT, raw=raw, words="ธนาคารไม่พบรายการนี้")


def _about_charge(event: BankEvent) -> InquiryResult:
    charge, raw = omise.fetch(event.external_id)
    if charge is None:
        return InquiryResult(outcome=InquiryOutcome.ABSENT, raw=raw, words="Omise ไม่พบรายการนี้")
    return inquiry_results.compare_charge(event, charge, raw=raw)


def _rests(source: str) -> bool:
    until: Until | None = portal.kept().get(f"{source}_rests_until")
    return until is not None and until.is_ahead


def _rest(source: str) -> None:
    portal.kept()[f"{source}_rests_until"] = Until(_REST)
