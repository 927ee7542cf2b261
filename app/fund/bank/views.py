"""Pages of the bank: the finance officer's queue, one event, and statements."""

import json
from datetime import datetime, time

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy import func, select

from app.fund.bank import (
    answers,
    cash_ups,
    counter_proofs,
    counter_views,
    decisions,
    draft_views,
    month_views,
    peer_views,
    proofs,
    statement_views,
    suggestions,
)
from app.fund.bank.events import Allocation, BankEvent, Settlement, Statement
from app.fund.bank.evidence import could_be_gift, slip_names
from app.fund.bank.forms import AsideForm, DonationForm, GiftForm, LinkForm
from app.fund.bank.pages import PAGE, Answer, bp, import_form, page_number, pages
from app.fund.giving import donations, slip_remarks
from app.fund.giving.networks import Network
from app.fund.giving.receipts import Receipt
from app.fund.ledger import books
from app.fund.ledger.accounts import Purpose
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.province.banks import bank_name
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

__all__ = ["bp"]

#: What the pages call the states of an event, and in which colour.
STATES = {
    "new": ("กำลังตรวจ", "info"),
    "waiting": ("รอเจ้าหน้าที่", "warning"),
    "posted": ("ลงเป็นเงินสมทบแล้ว", "success"),
    "same": ("แจ้งซ้ำจากอีกช่องทาง", "neutral"),
    "aside": ("แยกไว้", "neutral"),
}
SOURCES = {
    "scb": "ธนาคารแจ้งโอนทันที",
    "statement": "รายการเดินบัญชี",
    "omise": "ชำระผ่าน Omise",
    "counter": "รับที่เคาน์เตอร์",
}

# The proofs join every check of the books, and the pages of statements the blueprint, by being read.
assert proofs
assert statement_views
assert draft_views
# Givers' slips are answered by being read.
assert answers
assert peer_views
assert cash_ups
assert counter_proofs
assert counter_views
assert month_views


@bp.get("/bank")
@opens_to(Role.FINANCE, Role.AUDITOR)
def queue() -> str:
    session = db.session()
    page = page_number()
    undecided = Settlement.state.in_(("waiting", "new"))
    count, total = session.execute(
        select(func.count(), func.coalesce(func.sum(BankEvent.satang), 0))
        .select_from(Settlement)
        .join(Settlement.event)
        .where(undecided)
    ).one()
    waiting = list(
        session.scalars(
            select(Settlement)
            .join(Settlement.event)
            .where(undecided)
            .order_by(BankEvent.occurred_at, BankEvent.id)
            .limit(PAGE)
            .offset((page - 1) * PAGE)
        )
    )
    since = datetime.combine(clock.today(), time(), BANGKOK)
    today = Settlement.state == "posted", Settlement.decided_at >= since
    posted_count, posted_total = session.execute(
        select(func.count(), func.coalesce(func.sum(BankEvent.satang), 0))
        .select_from(Settlement)
        .join(Settlement.event)
        .where(*today)
    ).one()
    posted = session.scalars(
        select(Settlement).where(*today).order_by(Settlement.decided_at.desc()).limit(PAGE)
    )
    return render_template(
        "bank/queue.html",
        waiting=waiting,
        count=count,
        total=int(total),
        candidates=suggestions.candidates(waiting),
        posted=list(posted),
        posted_count=posted_count,
        posted_total=int(posted_total),
        last_check=books.last_check(),
        form=import_form(),
        pages=pages("bank.queue", page, count),
        sources=SOURCES,
        may_decide=signed_in().has(Role.FINANCE),
    )


@bp.get("/bank/events/<int:number>")
@opens_to(Role.FINANCE, Role.AUDITOR)
def event(number: int) -> str:
    return _event_page(number)


def _event_page(
    number: int,
    *,
    refused: str = "",
    donation_form: DonationForm | None = None,
    gift_form: GiftForm | None = None,
    aside_form: AsideForm | None = None,
) -> str:
    session = db.session()
    session.rollback()
    settlement = session.get(Settlement, number)
    if settlement is None:
        abort(404)
    may_decide = signed_in().has(Role.FINANCE) and settlement.state in ("waiting", "new", "aside")
    receipts = session.scalars(
        select(Receipt)
        .join(Allocation, Allocation.gift_id == Receipt.gift_id)
        .where(Allocation.event_id == number, Receipt.voided_at.is_(None))
    )
    pair = select(Settlement).where(Settlement.same_as_id == number)
    decided_by = session.get(User, settlement.decided_by_id) if settlement.decided_by_id else None
    may_give = may_decide and could_be_gift(settlement.event)
    statement = (
        session.get(Statement, settlement.event.statement_id) if settlement.event.statement_id else None
    )
    return render_template(
        "bank/event.html",
        settlement=settlement,
        event=settlement.event,
        raw=_raw(settlement.event),
        statement=statement,
        state=STATES[settlement.state],
        source=SOURCES[settlement.event.source],
        payer_bank=bank_name(settlement.event.payer_bank) if settlement.event.payer_bank else "",
        decided_by=decided_by,
        receipts=list(receipts),
        told_by=list(session.scalars(pair)),
        candidates=suggestions.candidates([settlement]).get(number, []) if may_give else [],
        twins=suggestions.twins(settlement.event) if may_give else [],
        slips=slip_remarks.near(
            references=slip_names(settlement.event),
            satang=settlement.event.satang,
            at=settlement.event.occurred_at,
        ),
        may_decide=may_decide,
        may_give=may_give,
        refused=refused,
        donation_form=donation_form or DonationForm(formdata=None),
        gift_form=_offered(gift_form or GiftForm(formdata=None), settlement.event, fresh=gift_form is None),
        aside_form=aside_form or AsideForm(formdata=None),
        sources=SOURCES,
    )


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
    except RecursionError:
        return [("", event.raw.decode("utf-8", "replace"))]


def _printable(text: str) -> str:
    """The text with half a character, as JSON can spell it, spelt out: no page can be written with it."""
    return text.encode("utf-8", "backslashreplace").decode()


def _offered(form: GiftForm, event: BankEvent, *, fresh: bool) -> GiftForm:
    session = db.session()
    purposes = session.execute(select(Purpose.id, Purpose.name_th).where(Purpose.open).order_by(Purpose.id))
    networks = list(
        session.execute(
            select(Network.id, Network.name, Network.code).where(Network.open).order_by(Network.code)
        )
    )
    form.offer(
        purposes=[(number, name) for number, name in purposes],
        networks=[(number, f"{code} {name}") for number, name, code in networks],
    )
    if fresh:
        form.network_id.data = next((number for number, _, code in networks if code == event.ref2), 0)
        form.donor_name.data = event.payer
    return form


@bp.post("/bank/events/<int:number>/assign")
@opens_to(Role.FINANCE)
def assign(number: int) -> Answer:
    form = DonationForm()
    if not form.validate_on_submit():
        return _event_page(number, donation_form=form), 422
    donation = donations.by_ref1(form.reference.data)
    if donation is None:
        form.reference.errors = ["ไม่พบรายการให้ที่มีรหัสนี้ กรุณาตรวจตัวอักษรอีกครั้ง"]
        return _event_page(number, donation_form=form), 422
    try:
        with transaction():
            decisions.assign(number, donation_id=donation.id, by=signed_in())
    except Refused as refused:
        return _event_page(number, refused=refused.words, donation_form=form), 409
    flash("จับคู่แล้ว ลงบัญชีและออกใบรับเงินเรียบร้อย", "success")
    return redirect(url_for("bank.queue"))


@bp.post("/bank/events/<int:number>/gift")
@opens_to(Role.FINANCE)
def record_gift(number: int) -> Answer:
    found = db.session().get(BankEvent, number)
    if found is None:
        abort(404)
    form = _offered(GiftForm(), found, fresh=False)
    if not form.validate_on_submit():
        return _event_page(number, gift_form=form), 422
    try:
        with transaction():
            decisions.assign(
                number,
                purpose_id=form.purpose_id.data,
                network_id=form.network_id.data or None,
                donor_name=form.donor_name.data or "",
                anonymous=form.anonymous.data,
                by=signed_in(),
            )
    except Refused as refused:
        return _event_page(number, refused=refused.words, gift_form=form), 409
    flash("ลงเป็นเงินสมทบแล้ว ออกใบรับเงินเรียบร้อย", "success")
    return redirect(url_for("bank.queue"))


@bp.post("/bank/events/<int:number>/set-aside")
@opens_to(Role.FINANCE)
def set_aside(number: int) -> Answer:
    form = AsideForm()
    if not form.validate_on_submit():
        return _event_page(number, aside_form=form), 422
    try:
        with transaction():
            decisions.set_aside(number, reason=form.reason.data, by=signed_in())
    except BadInput as refused:
        form.reason.errors = [refused.words]
        return _event_page(number, aside_form=form), 422
    except Refused as refused:
        return _event_page(number, refused=refused.words, aside_form=form), 409
    flash("แยกรายการไว้พร้อมเหตุผลแล้ว", "success")
    return redirect(url_for("bank.queue"))


@bp.post("/bank/events/<int:number>/link")
@opens_to(Role.FINANCE)
def link(number: int) -> Answer:
    form = LinkForm()
    if not form.validate_on_submit():
        return _event_page(number, refused="กรุณาเลือกรายการที่เป็นเงินก้อนเดียวกัน"), 422
    try:
        with transaction():
            decisions.link(number, same_as_id=form.other.data, by=signed_in())
    except Refused as refused:
        return _event_page(number, refused=refused.words), 409
    flash("บันทึกแล้วว่าเป็นเงินก้อนเดียวกัน ไม่มีการลงบัญชีซ้ำ", "success")
    return redirect(url_for("bank.queue"))
