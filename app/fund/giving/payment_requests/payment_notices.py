"""Payment notices: payments that a bank reported under a reference that a giver claims. The bank's room supplies them (`app/kit/injected.py`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.fund.bank.match_reasons import MatchReason
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.records.payment_requests import PaymentRequest
from app.kit.db import db
from app.kit.injected import Injected


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """A payment as the bank told it. `waiting`: no donation was made of it yet; else `payment_request_ids` says whose it became."""

    event_id: int
    satang: int
    waiting: bool
    occurred_at: datetime
    #: The payment requests whose donations it became.
    payment_request_ids: frozenset[int]
    #: Only a file that one person brought in tells of it; the bank or another person has not.
    by_one: bool = False


#: The payments that were told under these references of the sending bank.
BY_REFERENCE: Injected[Callable[[set[str]], dict[str, list[PaymentNotice]]]] = Injected(
    "payments by reference"
)
#: Called when a giver claims a payment by its reference.
CLAIMED: Injected[Callable[[str], None]] = Injected("claims of payments")


def by_reference(references: set[str]) -> dict[str, list[PaymentNotice]]:
    """For each of these references of the sending bank: the payments with it that a bank told of, in the order of their notices."""
    return BY_REFERENCE.get()(references) if references else {}


def claimed(reference: str) -> None:
    """Say that a giver handed in a slip with this reference. In the deed's transaction."""
    CLAIMED.get()(reference)


def _for_it() -> ColumnElement[bool]:
    """The payment is this payment request's by its own reference, or by the amount that was reserved for it alone.

    What merely has the same amount, or a slip that anyone can make, tells a stranger nothing.
    """
    reserved = and_(PaymentRequest.tag == 29, BankEvent.satang == PaymentRequest.due_satang)
    return and_(
        ReconciliationItem.payment_request_id == PaymentRequest.id,
        ReconciliationItem.state == "waiting",
        BankEvent.id == ReconciliationItem.event_id,
        BankEvent.satang > 0,
        or_(BankEvent.ref1 == PaymentRequest.ref1, reserved),
    )


def waits() -> ColumnElement[bool]:
    """For a query over payment requests: whether money of theirs is there and waits for the finance officer."""
    return exists().where(_for_it())


def waiting_for(payment_request_id: int) -> list[PaymentNotice]:
    """Payments of this payment request that are there and wait for the finance officer, first paid first."""
    rows = db.session().execute(
        select(BankEvent.id, BankEvent.satang, BankEvent.occurred_at, ReconciliationItem.match_reason)
        .where(PaymentRequest.id == payment_request_id, _for_it())
        .order_by(BankEvent.occurred_at, BankEvent.id)
    )
    return [
        PaymentNotice(
            event_id=number,
            satang=satang,
            waiting=True,
            occurred_at=occurred_at,
            payment_request_ids=frozenset(),
            by_one=match_reason == MatchReason.ONE_PERSON,
        )
        for number, satang, occurred_at, match_reason in rows
    ]
