"""Pages of the counter: taking money, the day's cash count, and the deposits that meet it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select

from app.fund.bank import decision_approvals
from app.fund.bank.reconciliation import deposits
from app.fund.bank.reconciliation.deposits import DepositPart, Undeposited
from app.fund.bank.reconciliation.records import Deposit
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.counter import cash_counts, cash_desk
from app.fund.counter.cash_counts import late
from app.fund.counter.cash_desk import Cheque
from app.fund.counter.forms import CounterPaymentForm, CountForm, DepositForm, ReasonForm
from app.fund.counter.records import CHEQUE, CashCount, CounterPayment, DepositItem
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge
from app.fund.ledger.accounts import Purpose
from app.kit import clock, lists
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.lists import Column, Days, List, Search
from app.kit.money import baht_in_words, format_baht
from app.kit.web import token
from app.province.banks import bank_name
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

bp = Blueprint("counter", __name__)

_READERS = (Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR)
_HANDS = (Role.FINANCE, Role.FUND_OFFICER)
#: More pledges than this are found on the pledge's own page.
_MOST_PLEDGES = 300


bp.add_app_template_global(late, "late_cash_counts")


def _offered(form: CounterPaymentForm) -> CounterPaymentForm:
    session = db.session()
    purposes = session.execute(select(Purpose.id, Purpose.name_th).where(Purpose.open).order_by(Purpose.id))
    networks = session.execute(
        select(Network.id, Network.code, Network.name).where(Network.open).order_by(Network.code)
    )
    pledges = session.scalars(
        select(Pledge)
        .where(Pledge.state == "stated", Pledge.kind == "money")
        .order_by(Pledge.expected_on, Pledge.id)
        .limit(_MOST_PLEDGES)
    )
    form.offer(
        purposes=[(number, name) for number, name in purposes],
        networks=[(number, f"{code} {name}") for number, code, name in networks],
        pledges=[
            (pledge.id, f"{pledge.code} {pledge.network.name} {format_baht(pledge.satang)} บาท")
            for pledge in pledges
        ],
    )
    if not form.key.data:
        form.key.data = token(20)
    return form


@bp.get("/bank/counter", endpoint="desk")
@opens_to(*_READERS)
def counter_page() -> str:
    return _counter_page(_offered(CounterPaymentForm(formdata=None)))


def _counter_page(form: CounterPaymentForm, *, refused: str = "", ask: int = 0) -> str:
    """The counter with its form; `ask` is the large sum in satang that the officer must confirm to have counted."""
    open_ = cash_counts.open_cash_counts()
    recent = select(CounterPayment).order_by(CounterPayment.id.desc()).limit(20)
    return render_template(
        "counter/desk.html",
        form=form,
        refused=refused,
        ask=ask,
        ask_words=baht_in_words(ask),
        may_take=signed_in().has(*_HANDS),
        open_cash_counts=[(cash_count, sum(cash_counts.expected(cash_count.id))) for cash_count in open_],
        today=clock.today(),
        payments=list(db.session().scalars(recent).unique()),
    )


@bp.post("/bank/counter", endpoint="take")
@opens_to(*_HANDS)
def take() -> ResponseReturnValue:
    form = _offered(CounterPaymentForm())
    good = form.validate_on_submit()
    cheque = None
    if form.kind.data == CHEQUE:
        good = form.whole_cheque() and good
        on = form.cheque_on.data or clock.today()
        cheque = Cheque(bank=form.cheque_bank.data, number=form.cheque_number.data or "", on=on)
    if not good or form.satang.data is None:
        return _counter_page(form), 422
    # A nought too many is posted and receipted as quickly as the right sum: nobody else sees it before the giver leaves.
    if decision_approvals.is_large(form.satang.data) and not form.is_counted():
        return _counter_page(form, ask=form.satang.data), 422
    try:
        with transaction():
            payment = cash_desk.take(
                key=form.key.data,
                satang=form.satang.data,
                purpose_id=form.purpose_id.data,
                cheque=cheque,
                network_id=form.network_id.data or None,
                pledge_id=form.pledge_id.data or None,
                donor_name=form.donor_name.data or "",
                anonymous=form.anonymous.data,
                by=signed_in(),
            )
            number = payment.id
    except Refused as refused:
        return _counter_page(form, refused=refused.words), 422 if isinstance(refused, BadInput) else 409
    flash("รับเงินแล้ว ลงบัญชีเรียบร้อย กรุณาพิมพ์ใบเสร็จให้ผู้ให้", "success")
    return redirect(url_for("counter.counter_payment", number=number))


@bp.get("/bank/counter/<int:number>")
@opens_to(*_READERS)
def counter_payment(number: int) -> str:
    return _counter_payment_page(number)


def _counter_payment_page(
    number: int, *, form: ReasonForm | None = None, sent: str = "", refused: str = ""
) -> str:
    """The payment with the ways out of it; `sent` says which of them (void, bounce) the form came from."""
    session = db.session()
    session.rollback()
    found = session.get(CounterPayment, number)
    if found is None:
        abort(404)
    is_live = found.undone is None
    bounce = form if form and sent == "bounce" else ReasonForm(formdata=None)
    # Both forms of the page ask for a reason.
    bounce.reason.id = "bounce-reason"
    return render_template(
        "counter/counter_payment.html",
        payment=found,
        item=session.get_one(ReconciliationItem, found.event_id),
        receipt=cash_desk.receipt_of(found),
        bank=bank_name(found.cheque_bank) if found.cheque_bank else "",
        may_void=is_live and found.cash_count.closed_at is None and signed_in().has(Role.FINANCE),
        may_bounce=is_live and found.kind == CHEQUE and signed_in().has(Role.FINANCE),
        form=form if form and sent == "void" else ReasonForm(formdata=None),
        bounce=bounce,
        sent=sent,
        refused=refused,
    )


@bp.post("/bank/counter/<int:number>/void")
@opens_to(Role.FINANCE)
def void_payment(number: int) -> ResponseReturnValue:
    return _undone(number, cash_desk.void, "void", "ยกเลิกรายการรับเงินแล้ว ใบเสร็จเป็นโมฆะ")


@bp.post("/bank/counter/<int:number>/bounce")
@opens_to(Role.FINANCE)
def bounce_payment(number: int) -> ResponseReturnValue:
    return _undone(number, cash_desk.bounce, "bounce", "บันทึกเช็คคืนแล้ว ใบเสร็จเป็นโมฆะ")


def _undone(number: int, deed: Any, sent: str, words: str) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _counter_payment_page(number, form=form, sent=sent), 422
    try:
        with transaction():
            done = deed(number, reason=form.reason.data, by=signed_in())
    except BadInput as refused:
        form.reason.errors = [refused.words]
        return _counter_payment_page(number, form=form, sent=sent), 422
    except Refused as refused:
        return _counter_payment_page(number, form=form, sent=sent, refused=refused.words), 409
    if done:
        flash(words, "success")
    else:
        flash("ยอดนี้ต้องให้เจ้าหน้าที่การเงินอีกท่านยืนยันการถอนก่อน เมื่อยืนยันแล้วให้กดยกเลิกที่หน้านี้อีกครั้ง", "warning")
    return redirect(url_for("counter.counter_payment", number=number))


@bp.get("/bank/cash-ups", endpoint="cash_counts")
@opens_to(*_READERS)
def cash_counts_page() -> ResponseReturnValue:
    undeposited = Undeposited()
    return lists.show(
        "counter/cash_counts.html",
        List(
            select(CashCount),
            columns=(
                Column(
                    "เลขที่",
                    lambda row: row.count.code,
                    href=lambda row: url_for("counter.cash_count", number=row.count.id),
                ),
                Column("วันที่", lambda row: row.count.on, "date", sort="on"),
                Column("ตามบัญชี (บาท)", lambda row: row.expected, "baht"),
                Column("นับได้ (บาท)", lambda row: row.counted, "baht", on="desk"),
                Column("ส่วนต่าง (บาท)", lambda row: row.difference, "baht", on="desk"),
                Column("ธนาคาร", lambda row: row.state, "pill"),
            ),
            orders={"on": (CashCount.on, CashCount.id)},
            search=Search("เลขที่การปิดยอด", lambda words: _numbered(words)),
            filters=(Days(CashCount.on),),
            read=lambda rows: _with_what_is_left(rows, undeposited),
            label="การปิดยอด",
            empty="ยังไม่มีการรับเงินที่เคาน์เตอร์",
            drawing="money",
            file="cash-counts",
        ),
        suggestions=_suggestions(undeposited),
        may_link=signed_in().has(Role.FINANCE),
    )


def _numbered(words: str) -> ColumnElement[bool]:
    """A count as it is printed, ปย.00012, or by its number alone."""
    return CashCount.number == lists.number(words.rpartition(".")[2])


@dataclass(frozen=True, slots=True)
class _Counted:
    """A cash count of the list: sums of what is not closed yet are worked out, of the rest they are kept."""

    count: CashCount
    expected: int
    state: tuple[str, str]

    @property
    def counted(self) -> int | None:
        return self.count.counted_satang if self.count.closed_at else None

    @property
    def difference(self) -> int | None:
        return self.count.difference_satang if self.count.closed_at else None


def _with_what_is_left(rows: Sequence[CashCount], undeposited: Undeposited) -> list[_Counted]:
    left: dict[int, int] = {}
    for item in undeposited.items:
        left[item.cash_count_id] = left.get(item.cash_count_id, 0) + item.satang
    overdue = {cash_count.id for cash_count in late()}
    found = []
    for cash_count in rows:
        expected = cash_count.expected_satang
        if not cash_count.closed_at:
            expected = sum(cash_counts.expected(cash_count.id))
            state = "ยังไม่ได้ปิดยอด", "danger" if cash_count.on < clock.today() else "info"
        elif cash_count.id in left:
            words = f"ค้างนำฝาก {format_baht(left[cash_count.id])} บาท"
            state = words, "danger" if cash_count.id in overdue else "warning"
        else:
            state = "นำฝากครบ", "success"
        found.append(_Counted(cash_count, expected, state))
    return found


def _suggestions(undeposited: Undeposited) -> list[tuple[BankEvent, list[tuple[DepositPart, str]]]]:
    """Undecided lines that could be a deposit, each with what it could be the deposit of."""
    found = []
    for event in deposits.waiting_lines(undeposited):
        parts = [(part, json.dumps(part.items)) for part in undeposited.parts_for(event)]
        if parts:
            found.append((event, parts))
    return found


@bp.get("/bank/cash-ups/<int:number>")
@opens_to(*_READERS)
def cash_count(number: int) -> str:
    return _cash_count_page(number)


def _cash_count_page(number: int, *, form: CountForm | None = None, refused: str = "") -> str:
    session = db.session()
    session.rollback()
    found = session.get(CashCount, number)
    if found is None:
        abort(404)
    of_it = cash_counts.of_cash_count(number)
    items = session.scalars(
        select(DepositItem).filter_by(cash_count_id=number).order_by(DepositItem.id)
    ).unique()
    live = select(Deposit).join(DepositItem, DepositItem.id == Deposit.item_id)
    linked = session.scalars(
        live.where(DepositItem.cash_count_id == number, Deposit.undone_at.is_(None))
    ).unique()
    cash, cheques = cash_counts.expected(number)
    return render_template(
        "counter/cash_count.html",
        cash_count=found,
        payments=of_it,
        cheques=[payment for payment in of_it if payment.kind == CHEQUE and payment.undone is None],
        ticked=set(request.form.getlist("cheque", type=int)) if form else set(),
        bank_name=bank_name,
        expected_cash=cash,
        expected_cheque=cheques,
        counts={int(worth): pieces for worth, pieces in json.loads(found.counts).items()},
        due=list(items),
        deposits={deposit.item_id: deposit for deposit in linked},
        may_count=cash_counts.may_count(signed_in()) and found.closed_at is None,
        may_link=signed_in().has(Role.FINANCE),
        form=form or CountForm(formdata=None),
        undo_form=ReasonForm(formdata=None),
        refused=refused,
    )


@bp.post("/bank/cash-ups/<int:number>/close")
@opens_to(*_HANDS)
def close_cash_count(number: int) -> ResponseReturnValue:
    form = CountForm()
    if not form.validate_on_submit():
        return _cash_count_page(number, form=form), 422
    try:
        with transaction():
            cash_counts.close(
                number,
                pieces=form.pieces(),
                cheques=request.form.getlist("cheque", type=int),
                difference_reason=form.difference_reason.data or "",
                by=signed_in(),
            )
    except Refused as refused:
        return _cash_count_page(number, form=form, refused=refused.words), 422 if isinstance(
            refused, BadInput
        ) else 409
    flash("ปิดยอดแล้ว กรุณานำเงินฝากธนาคาร ระบบจะจับคู่กับรายการเดินบัญชีให้", "success")
    return redirect(url_for("counter.cash_count", number=number))


@bp.post("/bank/events/<int:number>/deposit")
@opens_to(Role.FINANCE)
def link_deposit(number: int) -> ResponseReturnValue:
    form = DepositForm()
    if form.validate_on_submit():
        with transaction():
            linked = deposits.link(number, items=form.numbers(), by=signed_in())
        done, kept = (
            "จับคู่การนำฝากแล้ว รายการนี้ไม่นับเป็นเงินสมทบอีก",
            "เก็บไว้แล้ว ยอดนี้ต้องให้อีกท่านหนึ่งยืนยันก่อนจึงจะมีผล",
        )
        flash(done if linked else kept, "success")
    return redirect(url_for("counter.cash_counts"))


@bp.post("/bank/events/<int:number>/deposit/undo")
@opens_to(Role.FINANCE)
def unlink_deposit(number: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        flash("ยังไม่ได้ยกเลิก กรุณาบอกเหตุผล", "warning")
        return redirect(url_for("counter.cash_counts"))
    with transaction():
        deposits.unlink(number, reason=form.reason.data, by=signed_in())
    flash("ยกเลิกการจับคู่นำฝากแล้ว รายการธนาคารกลับไปรอการตัดสิน", "success")
    return redirect(url_for("counter.cash_counts"))
