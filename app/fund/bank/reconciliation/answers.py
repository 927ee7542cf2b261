"""Answers to givers: what the bank said of the payments they ask about, and judging anew those they hand a slip in for."""

from collections.abc import Iterable

from sqlalchemy import Select, and_, or_, select

from app.fund.bank import decision_approvals
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import UNDECIDED, Actor, MatchReason, ReconciliationState, ended_by
from app.fund.bank.reconciliation import matching
from app.fund.bank.reconciliation.match_context import slip_names
from app.fund.bank.records import Allocation, BankEvent, ReconciliationItem
from app.fund.giving.payment_requests.payment_notices import PaymentNotice
from app.fund.giving.records.donations import Donation, DonationReversal
from app.kit import queue
from app.kit.db import db, transaction


def _named(references: set[str]) -> Select[int]:
    by_id = and_(BankEvent.source != "statement", BankEvent.external_id.in_(references))
    return select(BankEvent.id).where(or_(BankEvent.bank_ref.in_(references), by_id))


def by_reference(references: set[str]) -> dict[str, list[PaymentNotice]]:
    """For each of these references of the sending bank: the payments that a bank reported with it, first reported first."""
    found: dict[str, list[PaymentNotice]] = {}
    events = db.session().scalars(
        select(ReconciliationItem)
        .join(ReconciliationItem.event)
        .where(
            BankEvent.id.in_(_named(references)),
            BankEvent.satang > 0,
            BankEvent.source != "withdrawn",
            ReconciliationItem.state != ReconciliationState.DUPLICATE,
        )
        .order_by(BankEvent.id)
    )
    items = events.all()
    for notice, item in zip(_notices(items), items, strict=True):
        for reference in slip_names(item.event) & references:
            found.setdefault(reference, []).append(notice)
    return found


def _notices(items: Iterable[ReconciliationItem]) -> list[PaymentNotice]:
    items = list(items)
    became: dict[int, set[int]] = {}
    if items:
        undone = select(DonationReversal.donation_id).where(DonationReversal.kind == "undone")
        rows = (
            select(Allocation.event_id, Donation.payment_request_id)
            .join(Donation, Donation.id == Allocation.donation_id)
            .where(
                Allocation.event_id.in_({item.event_id for item in items}),
                Donation.id.not_in(undone),
            )
        )
        for event_id, payment_request_id in db.session().execute(rows):
            if payment_request_id is not None:
                became.setdefault(event_id, set()).add(payment_request_id)
    return [
        PaymentNotice(
            event_id=item.event_id,
            satang=item.event.satang,
            occurred_at=item.event.occurred_at,
            waiting=item.state in UNDECIDED,
            payment_request_ids=frozenset(became.get(item.event_id, ())),
            by_one=item.state == ReconciliationState.WAITING and item.match_reason == MatchReason.ONE_PERSON,
        )
        for item in items
    ]


def ask_for_a_second_look(reference: str) -> None:
    """Have events that wait under this reference judged again soon, by a job."""
    queue.ask("look_again", key=reference, reference=reference)


def look_again(reference: str) -> int:
    """Judge anew what waits under this reference only because nobody knew whose it was. Returns how many.

    What an officer decided, parked or took back, or asked another's approval of, is not looked at again.

    So a slip that comes after the bank's word ends as one that came before it. In a transaction of its own: whoever
    reconciles locks events before payment requests, and a claim locks its payment request.
    """
    with transaction():
        lock_reconciliation()
        waiting = (
            select(ReconciliationItem)
            .where(
                ReconciliationItem.event_id.in_(_named({reference})),
                ReconciliationItem.state == ReconciliationState.WAITING,
                ReconciliationItem.match_reason.in_(ended_by(Actor.SLIP)),
                ReconciliationItem.decided_by_id.is_(None),
                ~decision_approvals.is_open(ReconciliationItem.event_id),
            )
            .order_by(ReconciliationItem.event_id)
            .with_for_update(of=ReconciliationItem)
        )
        found = db.session().scalars(waiting).all()
        for item in found:
            item.state = ReconciliationState.NEW
        db.session().flush()
        for item in found:
            matching.reconcile(item.event_id)
    return len(found)
