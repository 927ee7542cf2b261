"""The sweep of bills: SCB's own list of each biller's payments of the last days."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.fund.bank.inquiry import denials, inquiry_results, verification
from app.fund.bank.inquiry.denials import Payments
from app.fund.bank.inquiry.inquiry_results import SweepSummary
from app.fund.bank.match_reasons import ReconciliationState
from app.fund.bank.providers import callbacks, inquiries, scb
from app.fund.bank.providers.scb import ScbPayment
from app.fund.bank.records import BankEvent, InquiryOutcome, ReconciliationItem
from app.fund.giving.records.payment_requests import Collection, FundAccount, PaymentRequest
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.http import Unreachable

#: A bank that answers only for a reference is asked for those of this many days of QR codes, and so many at most.
_IN_PLAY = timedelta(days=14)
_MOST_REFERENCES = 2_000


def take(days: int) -> SweepSummary:
    """Take in every biller's payments of today and the `days` before, and count them."""
    summary = SweepSummary()
    billers = [biller for biller in db.session().scalars(select(FundAccount.biller_id)) if biller]
    for biller in billers:
        lists: dict[date, Payments] = {}
        for back in range(days, -1, -1):
            on = clock.today() - timedelta(days=back)
            db.session.remove()
            try:
                listed = _listed(biller, on, summary)
                seen = {payment.confirmation.transaction_id for payment in _take(listed, summary)}
            except (Unreachable, scb.Refusal):
                summary.unreachable += 1
                continue
            lists[on] = denials.counted(listed)
            if back:
                summary.missing += len(_told_for(biller, on) - seen)
        summary.contradicted += denials.note_missing(biller, lists)
    return summary


def _listed(biller: str, on: date, summary: SweepSummary) -> list[ScbPayment]:
    """The bank's list of a day: asked for the biller, and where the bank wants a reference, for each in play."""
    summary.asked += 1
    try:
        return scb.payments(biller=biller, on=on)[0]
    except scb.Refusal:
        found: list[ScbPayment] = []
        for ref1 in dict.fromkeys([*_references(biller, on), *denials.references(biller, on)]):
            summary.asked += 1
            found += scb.payments(biller=biller, on=on, ref1=ref1)[0]
        return found


def _references(biller: str, on: date) -> list[str]:
    """References that somebody may have paid with on a day: every standing one, and those of the QR codes in play."""
    midnight = datetime.combine(on, time(), BANGKOK)
    statement = (
        select(PaymentRequest.ref1)
        .join(FundAccount, FundAccount.id == PaymentRequest.account_id)
        .where(
            FundAccount.biller_id == biller,
            PaymentRequest.tag == 30,
            PaymentRequest.opened_at < midnight + timedelta(days=1),
            PaymentRequest.expires_at > midnight - _IN_PLAY,
        )
        .order_by(PaymentRequest.opened_at.desc(), PaymentRequest.id.desc())
        .limit(_MOST_REFERENCES)
    )
    # Open or closed: posters hang long.
    collections = select(Collection.ref1).join(FundAccount, FundAccount.id == Collection.account_id)
    collections = collections.where(
        FundAccount.biller_id == biller, Collection.opened_at < midnight + timedelta(days=1)
    )
    session = db.session()
    found = [*session.scalars(collections.order_by(Collection.id)), *session.scalars(statement)]
    db.session.remove()
    return found


def _take(listed: list[ScbPayment], summary: SweepSummary) -> Iterator[ScbPayment]:
    for payment in listed:
        summary.payments += 1
        _take_one(payment, summary)
        yield payment


def _take_one(payment: ScbPayment, summary: SweepSummary) -> None:
    known = _event(payment)
    if known is None and payment.is_reversed:
        # Never told, and gone again: nothing came in.
        summary.reversed += 1
        return
    if known is None:
        with transaction():
            event_id, is_new = callbacks.keep(payment.confirmation, raw=payment.raw)
            if is_new:
                inquiries.note(
                    event_id,
                    outcome=InquiryOutcome.CONFIRMED,
                    raw=payment.raw,
                    satang=payment.confirmation.satang,
                )
        summary.new += is_new
        summary.known += not is_new
        return
    summary.known += 1
    summary.reversed += payment.is_reversed
    result = inquiry_results.compare(known, payment)
    if inquiry_results.is_news(known.id, result):
        outcome = verification.follow(known.id, result)
        summary.confirmed += outcome == InquiryOutcome.CONFIRMED
        summary.differs += outcome == InquiryOutcome.DIFFERS


def _event(payment: ScbPayment) -> BankEvent | None:
    found = select(BankEvent).filter_by(source="scb", external_id=payment.confirmation.transaction_id)
    return db.session().scalars(found).one_or_none()


def _told_for(biller: str, on: date) -> set[str]:
    midnight = datetime.combine(on, time(), BANGKOK)
    events = (
        select(BankEvent.external_id)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(
            BankEvent.source == "scb",
            BankEvent.biller_id == biller,
            BankEvent.occurred_at >= midnight,
            BankEvent.occurred_at < midnight + timedelta(days=1),
            ReconciliationItem.state != ReconciliationState.EXCLUDED,
        )
    )
    return set(db.session().scalars(events))
