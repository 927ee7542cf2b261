"""The sweep of charges: Omise's own list of the last days, so that no charge depends on its webhook."""

from datetime import datetime, time, timedelta

from sqlalchemy import select

from app.fund.bank.inquiry import charge_lists, inquiry_results, verification
from app.fund.bank.inquiry.charge_lists import Listed
from app.fund.bank.inquiry.sweep_summaries import SweepSummary
from app.fund.bank.match_reasons import ReconciliationState
from app.fund.bank.providers import omise
from app.fund.bank.records import BankEvent, Outcome, ReconciliationItem
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction

#: Omise lists by the moment a charge was made; its payer may take so long to pay it.
_TIME_TO_PAY = timedelta(days=1)


def take(days: int) -> SweepSummary:
    """Take in every charge of today and the `days` before, and count them.

    A charge that was paid becomes an event as its webhook would have made it, under Omise's own id; the list's own
    word on it is what Omise answered. One that went back, in part or whole, becomes an event that waits. A list that
    is not whole counts as unreachable; nothing is called missing on its word.
    """
    summary = SweepSummary()
    today = datetime.combine(clock.today(), time(), BANGKOK)
    since = today - timedelta(days=days)
    db.session.remove()
    found = charge_lists.read(since=since - _TIME_TO_PAY, until=clock.now())
    summary.asked = found.asked
    summary.unreachable = int(not found.is_whole)
    paid = [one for one in found.listed if one.charge.was_paid]
    for one in paid:
        summary.payments += 1
        _take_one(one, summary)
    if found.is_whole:
        summary.missing = len(_told(since, today) - {one.charge.id for one in paid})
    return summary


def _take_one(one: Listed, summary: SweepSummary) -> None:
    with transaction():
        number, is_new = omise.keep(one.charge, raw=one.raw)
    summary.new += is_new
    summary.known += not is_new
    summary.reversed += bool(one.charge.refunded_satang)
    result = inquiry_results.compare_charge(db.session().get_one(BankEvent, number), one.charge, raw=one.raw)
    if inquiry_results.is_news(number, result):
        outcome = verification.follow(number, result)
        summary.confirmed += outcome == Outcome.CONFIRMED and not is_new
        summary.differs += outcome == Outcome.DIFFERS


def _told(since: datetime, until: datetime) -> set[str]:
    told = (
        select(BankEvent.external_id)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(
            BankEvent.source == "omise",
            BankEvent.occurred_at >= since,
            BankEvent.occurred_at < until,
            ReconciliationItem.state != ReconciliationState.EXCLUDED,
        )
    )
    return set(db.session().scalars(told))
