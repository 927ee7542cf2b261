"""Duplicates: whether two bank events, from different sources or from two files, are one and the same payment."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, defer

from app.fund.bank.match_reasons import UNDECIDED, Actor, MatchReason, ReconciliationState, ended_by
from app.fund.bank.reconciliation.match_context import MatchContext, SourceRecord
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.kit.clock import BANGKOK
from app.kit.db import db

#: Two sources tell one payment within this time of each other.
SAME_MOMENT = timedelta(minutes=2)
#: Farther apart than a moment, but near enough that a person must say whether it is one payment or two.
_PERHAPS_SAME = timedelta(days=3)


def pair(event: BankEvent, context: MatchContext) -> SourceRecord | None:
    """The record of this payment by another source. One pairs with one; None when the event stands alone.

    By the bank's own id; by reference and amount at the same moment (the same day where a source has no times);
    or, where one of the two carries no reference, by amount and moment when nothing else could be meant.
    """
    if event.satang < 0 or context.account_id(event) is None or context.is_linked(event):
        return None
    others = context.others(event)
    return (
        _nearest(
            event,
            (
                other
                for other in others
                if event.bank_ref and event.bank_ref in (other.bank_ref, other.external_id)
            ),
        )
        or _nearest(
            event,
            (other for other in others if other.ref1 and other.ref1 == event.ref1 and _close(event, other)),
        )
        or _only_one_meant(event, others, context)
    )


def leads(event: BankEvent, other: SourceRecord, *, counts: bool) -> bool:
    """Whether the later record should lead: the first waits without the reference that this one carries, or is a
    callback not yet borne out by its bank, and this is a line of the bank's own statement that says as much and
    `counts` by itself; or the first is a line that does not, and this is the bank's own word. What an officer parked,
    asked back or asked another's approval of leads as long as that person's word stands."""
    if (
        other.state not in UNDECIDED
        or other.match_reason in (MatchReason.PARKED, MatchReason.REFUND)
        or other.asked
    ):
        return False
    if event.ref1 and not other.ref1:
        return True
    if other.match_reason == MatchReason.ONE_PERSON:
        return other.ref1 in ("", event.ref1)
    return counts and event.source == "statement" and is_doubted(other) and (event.ref1 == other.ref1)


def is_doubted(other: SourceRecord) -> bool:
    """Whether a record waits only until its bank bears it out."""
    return other.state == ReconciliationState.NEW or (
        other.state == ReconciliationState.WAITING and other.match_reason in ended_by(Actor.STATEMENT)
    )


def came_before(event: BankEvent, context: MatchContext) -> bool:
    """Whether another source has told a donation that may be this very money, and has no pair yet."""
    for other in context.others(event):
        if other.state != ReconciliationState.POSTED:
            continue
        if other.ref1 and event.ref1:
            near = abs(other.occurred_at - event.occurred_at) <= _PERHAPS_SAME
            if other.ref1 == event.ref1 and near:
                return True
        elif _close(event, other):
            return True
    return False


def in_another_file(event: BankEvent) -> bool:
    """Whether another statement told this line in other words, as the same account does in a second layout.

    The same sum on the same day to the same running balance, or where a layout has none, with the same reference.
    """
    if event.source != "statement":
        return False
    midnight = datetime.combine(event.occurred_at.astimezone(BANGKOK).date(), time(), BANGKOK)
    same_reference = BankEvent.ref1 == event.ref1
    if event.balance_satang is None:
        alike = same_reference
    else:
        unknown = BankEvent.balance_satang.is_(None) & same_reference
        alike = (BankEvent.balance_satang == event.balance_satang) | unknown
    # Lines with the same contents are told apart by their number among equals already.
    contents = event.external_id[:64]
    others = select(BankEvent).where(
        BankEvent.source == "statement",
        BankEvent.statement_id != event.statement_id,
        BankEvent.account_id == event.account_id,
        BankEvent.satang == event.satang,
        BankEvent.occurred_at >= midnight,
        BankEvent.occurred_at < midnight + timedelta(days=1),
        ~BankEvent.external_id.startswith(contents, autoescape=True),
        alike,
    )
    return any(_close(event, other) for other in db.session().scalars(others.options(defer(BankEvent.raw))))


def _nearest(event: BankEvent, records: Iterable[SourceRecord]) -> SourceRecord | None:
    return min(
        records, key=lambda record: (abs(record.occurred_at - event.occurred_at), record.id), default=None
    )


def _close(event: BankEvent, other: SourceRecord | BankEvent) -> bool:
    if event.has_time and other.has_time:
        return abs(event.occurred_at - other.occurred_at) <= SAME_MOMENT
    return day(event.occurred_at) == day(other.occurred_at)


def _only_one_meant(
    event: BankEvent, others: Sequence[SourceRecord], context: MatchContext
) -> SourceRecord | None:
    near = [other for other in others if event.has_time and other.has_time and _close(event, other)]
    near = [other for other in near if not (other.ref1 and event.ref1)]
    if len(near) != 1:
        return None
    other, payment_request = near[0], context.payment_request(event)
    if (
        other.state == ReconciliationState.POSTED
        and payment_request is not None
        and other.payment_request_id not in (None, payment_request.id)
    ):
        return None
    paired = aliased(ReconciliationItem)
    rivals = select(func.count()).where(
        BankEvent.id == ReconciliationItem.event_id,
        BankEvent.id != event.id,
        BankEvent.source == event.source,
        BankEvent.account_id == event.account_id,
        BankEvent.satang == event.satang,
        BankEvent.occurred_at.between(other.occurred_at - SAME_MOMENT, other.occurred_at + SAME_MOMENT),
        ReconciliationItem.state != ReconciliationState.DUPLICATE,
        ~exists().where(paired.duplicate_of_id == BankEvent.id),
    )
    return None if db.session().scalar(rivals) else other


def day(moment: datetime) -> str:
    """The day in Bangkok."""
    return moment.astimezone(BANGKOK).date().isoformat()
