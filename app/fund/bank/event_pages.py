"""The page of one event: what the bank said, what became of it, and every way to decide or undo."""

import json
from typing import Any

from flask import abort, render_template, url_for
from sqlalchemy import select

from app.fund.bank import decision_approvals, words
from app.fund.bank.blueprint import bp, way_back, whence
from app.fund.bank.match_reasons import UNDECIDED, MatchReason, ReconciliationState
from app.fund.bank.providers import inquiries, payouts
from app.fund.bank.reconciliation import bank_reversals, refunds, suggestions, undoing
from app.fund.bank.reconciliation.forms import ReasonForm
from app.fund.bank.reconciliation.match_context import could_be_donation, slip_names
from app.fund.bank.records import SOURCES, BankEvent, ReconciliationItem, Statement
from app.fund.bank.statements.forms import DonationForm, ExcludeForm, PaymentRequestForm
from app.fund.giving.donations.donations import Donation
from app.fund.giving.networks.networks import Network
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.pledges.pledges import Pledge
from app.fund.giving.receipts.receipts import Receipt
from app.fund.giving.slips import remarks as slip_remarks
from app.fund.ledger.accounts import Purpose
from app.kit.db import db
from app.province.banks import bank_name
from app.staff import trail
from app.staff.audit import AuditEvent
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

#: A bank that was down for days has answered often; the page shows so many of the last.
_LAST_ANSWERS = 5


@bp.get("/bank/events/<int:number>")
@opens_to(Role.FINANCE, Role.AUDITOR)
def event(number: int) -> str:
    return event_page(number)


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
    session = db.session()
    session.rollback()
    item = session.get(ReconciliationItem, number)
    if item is None:
        abort(404)
    asked, back = decision_approvals.of_event(number), refunds.of_event(number)
    finance = signed_in().has(Role.FINANCE)
    held_back = any(request_.decision is None for request_ in asked) or any(
        one.donation_id is None and one.state != "refused" for one in back if one.event_id == number
    )
    may_decide = (
        finance
        and item.state in (ReconciliationState.WAITING, ReconciliationState.NEW, ReconciliationState.EXCLUDED)
        and not held_back
    )
    may_decide = may_decide and not (
        item.state == ReconciliationState.EXCLUDED and item.match_reason == MatchReason.DEPOSIT
    )
    sent_back = inquiries.sent_back(number)
    may_give = may_decide and could_be_donation(item.event) and sent_back < item.event.satang
    pointed = (
        session.get(payment_requests.PaymentRequest, item.payment_request_id)
        if item.payment_request_id
        else None
    )
    likely = suggestions.candidates([item]).get(number, []) if may_give else []
    group = words.group(item, pointed.due_satang if pointed else None)
    takes_back, taken_by = bank_reversals.of_event(number)
    park_form, undo_form = park_form or ReasonForm(formdata=None), undo_form or ReasonForm(formdata=None)
    # One page, three reasons: each field has a name of its own for its label.
    park_form.reason.id, undo_form.reason.id = "park-reason", "undo-reason"
    return render_template(
        "bank/event.html",
        item=item,
        event=item.event,
        raw=_raw(item.event),
        statement=_statement(item.event),
        state=words.STATES[item.state],
        why=MatchReason(item.match_reason).words if item.match_reason else "เพราะอะไร",
        group=group if item.state in UNDECIDED else None,
        source=SOURCES[item.event.source],
        payer_bank=bank_name(item.event.payer_bank) if item.event.payer_bank else "",
        decided_by=session.get(User, item.decided_by_id) if item.decided_by_id else None,
        donations=_donations(number),
        takes_back=takes_back,
        in_part=takes_back is not None and bank_reversals.is_in_part(number),
        taken_by=taken_by,
        told_by=list(
            session.scalars(select(ReconciliationItem).where(ReconciliationItem.duplicate_of_id == number))
        ),
        candidates=likely,
        best=suggestions.best(likely),
        accept=words.accept,
        twins=suggestions.twins(item.event) if may_give else [],
        slips=slip_remarks.near(
            references=slip_names(item.event),
            satang=item.event.satang,
            at=item.event.occurred_at,
        )
        if item.event.satang > 0
        else [],
        history=_history(number),
        answers=inquiries.of(number)[-_LAST_ANSWERS:],
        outcomes=inquiries.OUTCOMES,
        asked=asked,
        refunds=back,
        refund_states=refunds.STATES,
        may_decide=may_decide,
        may_be_payout=may_decide
        and item.event.source == "statement"
        and 0 < item.event.satang <= payouts.room(item.event),
        may_give=may_give,
        sent_back=sent_back,
        may_undo=finance
        and item.state
        in (ReconciliationState.POSTED, ReconciliationState.DUPLICATE, ReconciliationState.EXCLUDED)
        and not held_back,
        may_refund=finance
        and item.event.satang > 0
        and (
            item.state == ReconciliationState.POSTED
            or (item.state == ReconciliationState.WAITING and not sent_back)
        ),
        refused=refused,
        payment_request_form=payment_request_form or PaymentRequestForm(formdata=None),
        donation_form=offered(
            donation_form or DonationForm(formdata=None), item.event, fresh=donation_form is None
        ),
        exclude_form=exclude_form or ExcludeForm(formdata=None),
        park_form=park_form,
        undo_form=undo_form,
        sources=SOURCES,
        way=way_back(),
        back=whence(number, otherwise=url_for("bank.queue")),
    )


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
    for donation in undoing.standing_donations(number):
        valid = session.scalars(
            select(Receipt).filter_by(donation_id=donation.id, voided_at=None)
        ).one_or_none()
        found.append((donation, donation.remaining_satang, valid))
    return found


def _history(number: int) -> list[tuple[AuditEvent, str, str, str]]:
    """Who did what with the event and when, oldest first: the trail's row, its words, the person, the reason given."""
    statement = (
        select(AuditEvent, User.name)
        .outerjoin(User, User.id == AuditEvent.by_id)
        .where(AuditEvent.subject == f"bank_event:{number}")
        .order_by(AuditEvent.id)
    )
    return [
        (row, trail.said(row.deed), name or "ระบบ", str(json.loads(row.details).get("reason", "")))
        for row, name in db.session().execute(statement)
    ]


def _raw(event: BankEvent) -> list[tuple[str, str]]:
    """What the bank sent, field by field, as it came."""
    try:
        # Numbers stay the text they were, however long.
        said = json.loads(event.raw.decode("utf-8-sig"), parse_float=str, parse_int=str)
        pairs = (
            said.items()
            if isinstance(said, dict)
            else ((f"ช่องที่ {place}", cell) for place, cell in enumerate(said, 1))
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
