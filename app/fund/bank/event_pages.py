"""The page of one event: what the bank said, what became of it, and every way to decide or undo."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, url_for
from sqlalchemy import select

from app.fund.bank import decision_approvals, words
from app.fund.bank.blueprint import back_link, bp, way_arguments
from app.fund.bank.match_reasons import UNDECIDED, MatchReason, ReconciliationState
from app.fund.bank.providers import inquiries, payouts
from app.fund.bank.reconciliation import bank_reversals, refunds, suggestions, undoing
from app.fund.bank.reconciliation.forms import DonationForm, ExcludeForm, PaymentRequestForm, ReasonForm
from app.fund.bank.reconciliation.match_context import could_be_donation, slip_names
from app.fund.bank.records import SOURCES, BankEvent, ReconciliationItem, Statement
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.receipts.receipts import remaining_satang
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.pledges import Pledge
from app.fund.giving.records.receipts import Receipt
from app.fund.giving.slips import remarks as slip_remarks
from app.fund.ledger.accounts import Purpose
from app.kit.db import db
from app.kit.injected import Injected
from app.province.banks import bank_name
from app.staff import trail
from app.staff.audit import AuditEvent
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

#: What a line of money has to do with payments, in words, and the page of the payment or nothing.
OF_PAYMENT: Injected[Callable[[int], tuple[str, str]]] = Injected("payments of a line of the bank")

#: A bank that was down for days has answered often; the page shows so many of the last.
_LAST_ANSWERS = 5


@bp.get("/bank/events/<int:number>")
@opens_to(Role.FINANCE, Role.AUDITOR)
def event(number: int) -> str:
    return event_page(number)


@dataclass(frozen=True, kw_only=True)
class _May:
    """What the officer who reads the page may do with the event now."""

    decide: bool
    give: bool
    be_payout: bool
    undo: bool
    refund: bool


def _may(item: ReconciliationItem, *, waits: bool, sent_back: int) -> _May:
    """`waits` while a decision or a refund of the event waits for another person; `sent_back` is what its bank sent
    back to the payer, in satang."""
    finance, event = signed_in().has(Role.FINANCE), item.event
    is_deposit = item.state == ReconciliationState.EXCLUDED and item.match_reason == MatchReason.DEPOSIT
    open_ = (ReconciliationState.WAITING, ReconciliationState.NEW, ReconciliationState.EXCLUDED)
    decided = (ReconciliationState.POSTED, ReconciliationState.DUPLICATE, ReconciliationState.EXCLUDED)
    decide = finance and item.state in open_ and not waits and not is_deposit
    return _May(
        decide=decide,
        give=decide and could_be_donation(event) and sent_back < event.satang,
        be_payout=decide and event.source == "statement" and 0 < event.satang <= payouts.room(event),
        undo=finance and item.state in decided and not waits,
        refund=finance
        and event.satang > 0
        and (
            item.state == ReconciliationState.POSTED
            or (item.state == ReconciliationState.WAITING and not sent_back)
        ),
    )


def event_page(
    number: int,
    *,
    refused: str = "",
    payment_request_form: PaymentRequestForm | None = None,
    donation_form: DonationForm | None = None,
    exclude_form: ExcludeForm | None = None,
    park_form: ReasonForm | None = None,
    undo_form: ReasonForm | None = None,
) -> str:
    """The page, with the form that a deed could not take and why."""
    session = db.session()
    session.rollback()
    item = session.get(ReconciliationItem, number)
    if item is None:
        abort(404)
    asked, back = decision_approvals.of_event(number), refunds.of_event(number)
    waits = any(request.decision is None for request in asked) or any(
        refund.donation_id is None and refund.state != "refused"
        for refund in back
        if refund.event_id == number
    )
    sent_back = inquiries.sent_back(number)
    may = _may(item, waits=waits, sent_back=sent_back)
    likely = suggestions.candidates([item]).get(number, []) if may.give else []
    park_form, undo_form = park_form or ReasonForm(formdata=None), undo_form or ReasonForm(formdata=None)
    # One page, three reasons: each field has a name of its own for its label.
    park_form.reason.id, undo_form.reason.id = "park-reason", "undo-reason"
    return render_template(
        "bank/event.html",
        **_source_fields(item),
        of_payment=OF_PAYMENT.get()(number),
        **_beside(item),
        candidates=likely,
        best=suggestions.best(likely),
        accept=words.accept,
        twins=suggestions.twins(item.event) if may.give else [],
        asked=asked,
        refunds=back,
        refund_states=refunds.STATES,
        may=may,
        sent_back=sent_back,
        refused=refused,
        payment_request_form=payment_request_form or PaymentRequestForm(formdata=None),
        donation_form=offered(
            donation_form or DonationForm(formdata=None), item.event, fresh=donation_form is None
        ),
        exclude_form=exclude_form or ExcludeForm(formdata=None),
        park_form=park_form,
        undo_form=undo_form,
        way=way_arguments(),
        back=back_link(number, otherwise=url_for("bank.queue")),
    )


def _source_fields(item: ReconciliationItem) -> dict[str, Any]:
    """What the bank said of the event, and what became of it."""
    session, event = db.session(), item.event
    pointed = session.get(PaymentRequest, item.payment_request_id) if item.payment_request_id else None
    group = words.group(item, pointed.due_satang if pointed else None)
    return {
        "item": item,
        "event": event,
        "raw": _raw(event),
        "statement": _statement(event),
        "state": words.STATES[item.state],
        "why": MatchReason(item.match_reason).words if item.match_reason else "เพราะอะไร",
        "group": group if item.state in UNDECIDED else None,
        "source": SOURCES[event.source],
        "sources": SOURCES,
        "payer_bank": bank_name(event.payer_bank) if event.payer_bank else "",
        "decided_by": session.get(User, item.decided_by_id) if item.decided_by_id else None,
        "donations": _donations(event.id),
        "history": history_of(event.id),
    }


def _beside(item: ReconciliationItem) -> dict[str, Any]:
    """What else tells of the same money: other events, slips, and the bank's answers."""
    event = item.event
    takes_back, taken_by = bank_reversals.of_event(event.id)
    duplicates = select(ReconciliationItem).where(ReconciliationItem.duplicate_of_id == event.id)
    slips = (
        slip_remarks.near(references=slip_names(event), satang=event.satang, at=event.occurred_at)
        if event.satang > 0
        else []
    )
    return {
        "takes_back": takes_back,
        "in_part": takes_back is not None and bank_reversals.is_in_part(event.id),
        "taken_by": taken_by,
        "told_by": list(db.session().scalars(duplicates)),
        "slips": slips,
        "answers": inquiries.of(event.id)[-_LAST_ANSWERS:],
        "outcomes": inquiries.OUTCOMES,
    }


def _statement(event: BankEvent) -> Any:
    if not event.statement_id:
        return None
    # Without the file itself, which stays in the database.
    return (
        db.session()
        .execute(
            select(Statement.id, Statement.file_name, Statement.imported_at, User.name.label("by_name"))
            .outerjoin(User, User.id == Statement.imported_by_id)
            .where(Statement.id == event.statement_id)
        )
        .one_or_none()
    )


def _donations(number: int) -> list[tuple[Donation, int, Receipt | None]]:
    """What the event became: each donation, what stands of it, and its valid receipt."""
    session = db.session()
    found = []
    for donation in undoing.live_donations(number):
        valid = session.scalars(
            select(Receipt).filter_by(donation_id=donation.id, voided_at=None)
        ).one_or_none()
        found.append((donation, remaining_satang(donation.id), valid))
    return found


def history_of(number: int) -> list[tuple[AuditEvent, str, str, str]]:
    """Who did what with the event and when, oldest first: the trail's row, its words, the person, the reason given."""
    statement = (
        select(AuditEvent, User.name)
        .outerjoin(User, User.id == AuditEvent.by_id)
        .where(AuditEvent.subject == f"bank_event:{number}")
        .order_by(AuditEvent.id)
    )
    return [
        (row, trail.deed_words(row.deed), name or "ระบบ", str(json.loads(row.details).get("reason", "")))
        for row, name in db.session().execute(statement)
    ]


def _raw(event: BankEvent) -> list[tuple[str, str]]:
    """What the bank sent, field by field, as it came."""
    try:
        # Numbers stay the text they were, however long.
        message = json.loads(event.raw.decode("utf-8-sig"), parse_float=str, parse_int=str)
        pairs = (
            message.items()
            if isinstance(message, dict)
            else ((f"ช่องที่ {place}", cell) for place, cell in enumerate(message, 1))
        )
        return [
            (
                _printable(name),
                _printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)),
            )
            for name, value in pairs
        ]
    except (RecursionError, ValueError, TypeError):
        return [("", event.raw.decode("utf-8", "replace"))]


def _printable(text: str) -> str:
    """The text with half a character, as JSON can spell it, spelt out: no page can be written with it."""
    return text.encode("utf-8", "backslashreplace").decode()


def purposes_and_networks() -> tuple[list[tuple[int, str]], list[tuple[int, str, str]]]:
    """Open purposes (id, name) and open networks (id, name, code), for forms."""
    session = db.session()
    purposes = session.execute(select(Purpose.id, Purpose.name_th).where(Purpose.open).order_by(Purpose.id))
    networks = session.execute(
        select(Network.id, Network.name, Network.code).where(Network.open).order_by(Network.code)
    )
    return [(number, name) for number, name in purposes], [(n, name, code) for n, name, code in networks]


def offered(form: DonationForm, event: BankEvent, *, fresh: bool) -> DonationForm:
    """The form with the purposes and networks there are, and on first sight with what the bank says of the payer."""
    purposes, networks = purposes_and_networks()
    form.offer(purposes=purposes, networks=[(number, f"{code} {name}") for number, name, code in networks])
    if fresh:
        form.network_id.data = next((number for number, _, code in networks if code == event.ref2), 0)
        form.donor_name.data = event.payer
    return form


def by_code(text: str) -> dict[str, Any] | None:
    """What a typed code stands for, as arguments of a decision: a payment request's reference or a pledge's code."""
    payment_request = payment_requests.by_ref1(text)
    if payment_request is not None:
        return {"payment_request_id": payment_request.id}
    code = "".join(text.split()).upper()
    pledge = db.session().scalars(select(Pledge.id).where(Pledge.code == code)).one_or_none()
    return {"pledge_id": pledge} if pledge is not None else None
