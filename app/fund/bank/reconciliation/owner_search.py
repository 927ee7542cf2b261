"""Owner search: the payment requests, pledges and other bank events that an officer looks for by name, code or sum."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from app.fund.bank.reconciliation.suggestions import Candidate, difference
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.pledges import pledges
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.giving.records.pledges import Instalment, Pledge, PledgeKind, PledgeState
from app.kit import references
from app.kit.db import db
from app.kit.errors import BadInput
from app.kit.money import parse_baht
from app.kit.thai import arabic_digits, short_date

#: So many of each are shown: more would be read by nobody, and the words can be made longer.
_MOST = 5
_STATES = {"waiting": PaymentRequestState.OPEN.words} | {
    state.value: state.words for state in PaymentRequestState
}


@dataclass(frozen=True, kw_only=True)
class OwnersFound:
    """What was found: what the money can be given to, and what else the bank told of that name or sum."""

    candidates: Sequence[Candidate]
    events: Sequence[ReconciliationItem]


def amount_of(words: str) -> int | None:
    """Satang where the words are a sum of money, with or without ฿ and satang, in Thai or Arabic digits."""
    try:
        return parse_baht(words.removesuffix(".-").removesuffix(".–"))
    except BadInput:
        return None


def says(words: str) -> ColumnElement[bool]:
    """For queries of bank events: whether the sum, the payer, the reference or the bank's words are what is looked for."""
    code = references.normalise(words)
    texts = [
        column.icontains(text, autoescape=True)
        for column, text in (
            (BankEvent.payer, words),
            (BankEvent.description, arabic_digits(words)),
            (BankEvent.ref1, code or words),
        )
    ]
    satang = amount_of(words)
    return or_(*texts) if satang is None else or_(BankEvent.satang == satang, *texts[1:])


def find(words: str, event: BankEvent) -> OwnersFound:
    """What the words of an officer may mean for this event, newest first. Nothing is left out for its age or its state."""
    return OwnersFound(
        candidates=[*_payment_requests(words, event), *_pledges(words, event)], events=_events(words, event)
    )


def _payment_requests(words: str, event: BankEvent) -> list[Candidate]:
    satang = amount_of(words)
    named = select(Network.id).where(
        or_(Network.name.icontains(words, autoescape=True), Network.code == words.upper())
    )
    meant = (
        or_(PaymentRequest.due_satang == satang, PaymentRequest.wish_satang == satang)
        if satang is not None
        else or_(
            PaymentRequest.donor_name.icontains(words, autoescape=True),
            PaymentRequest.ref1.startswith(references.normalise(words) or words, autoescape=True),
            PaymentRequest.network_id.in_(named),
        )
    )
    # What was withdrawn can be paid all the same, but hardly ever is meant.
    statement = (
        select(PaymentRequest)
        .where(meant)
        .order_by(PaymentRequest.state == PaymentRequestState.CANCELLED, PaymentRequest.id.desc())
        .limit(_MOST)
    )
    return [
        Candidate(
            payment_request=found,
            due=found.due_satang,
            reasons=(
                f"{_STATES[payment_requests.status_of(found.state, found.expires_at)]} เปิดเมื่อ {short_date(found.opened_at.date())}",
            ),
            against=difference(event.satang, found.due_satang),
        )
        for found in db.session().scalars(statement)
    ]


def _pledges(words: str, event: BankEvent) -> list[Candidate]:
    satang = amount_of(words)
    part = select(Instalment.pledge_id).where(Instalment.satang == satang)
    meant = (
        or_(Pledge.satang == satang, Pledge.id.in_(part))
        if satang is not None
        else or_(
            Network.name.icontains(words, autoescape=True),
            Network.code == words.upper(),
            Pledge.code.startswith(words.upper(), autoescape=True),
        )
    )
    statement = (
        select(Pledge)
        .join(Pledge.network)
        .where(meant, Pledge.kind == PledgeKind.MONEY, Pledge.state != PledgeState.WITHDRAWN)
        .order_by(Pledge.id.desc())
        .limit(_MOST)
    )
    found = db.session().scalars(statement).all()
    came = pledges.received([pledge.id for pledge in found])
    return [
        Candidate(
            pledge=pledge,
            due=max(0, pledge.satang - came[pledge.id]),
            reasons=(f"เพื่อ{pledge.purpose.name_th}",),
            against=("มากกว่ายอดที่ยังรอ",) if event.satang > pledge.satang - came[pledge.id] else (),
        )
        for pledge in found
    ]


def _events(words: str, event: BankEvent) -> Sequence[ReconciliationItem]:
    statement = (
        select(ReconciliationItem)
        .join(ReconciliationItem.event)
        .where(says(words), BankEvent.id != event.id)
        .order_by(BankEvent.id.desc())
        .limit(_MOST)
    )
    return db.session().scalars(statement).all()
