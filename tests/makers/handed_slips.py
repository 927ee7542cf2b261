"""Slips of transfers, dated and handed in by givers."""

import io
from datetime import timedelta

import slip_pictures
from people import Cast, Page, Person

from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.slips import SlipClaim
from app.fund.giving.slips import claims as slip_claims
from app.kit import clock
from app.kit.db import transaction

REF = "20260708ABCdEfGhIjK123456"


def opened(cast: Cast, satang: int = 150_000) -> PaymentRequest:
    with transaction():
        return payment_requests.open(satang=satang, purpose_id=cast.purpose().id, by=None)


def dated(days: int = 0) -> str:
    """A reference of SCB that tells a day, so many days from today."""
    return f"{clock.today() + timedelta(days=days):%Y%m%d}ABCdEfGhIjK123456"


def claimed(payment_request: PaymentRequest, trans_ref: str = REF, bank: str = "014") -> SlipClaim:
    sent = slip_claims.read(slip_pictures.of(slip_pictures.bank_slip(trans_ref, bank)))
    with transaction():
        return slip_claims.claim(payment_request.id, sent)


def told(satang: int, bank_ref: str, *, match_reason: str = "unmatched", state: str = "waiting") -> BankEvent:
    """The bank tells of a payment without a reference of ours; it waits for the officer."""
    with transaction() as session:
        event = BankEvent(
            source="scb",
            external_id=f"x-{bank_ref}",
            account_id=1,
            received_at=clock.now(),
            raw=b"{}",
            raw_hash="0" * 64,
            satang=satang,
            occurred_at=clock.now(),
            bank_ref=bank_ref,
        )
        session.add(event)
        session.flush()
        session.add(ReconciliationItem(event_id=event.id, state=state, match_reason=match_reason))
    return event


def hand_in(who: Person, payment_request: PaymentRequest, sent: bytes, *, to_status: int = 200) -> Page:
    page = who.visit(f"/give/{payment_request.code}/slip")
    return who.press(page, having="picture", picture=(io.BytesIO(sent), "slip.jpg"), to_status=to_status)
