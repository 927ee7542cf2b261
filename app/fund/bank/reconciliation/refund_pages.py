"""Pages of refunds: ask, approve or refuse, and see the money leave."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_, select

from app.fund.bank import decision_approvals
from app.fund.bank.blueprint import back_link, bp, redirect_to_next, way_arguments
from app.fund.bank.match_reasons import ReconciliationState
from app.fund.bank.reconciliation import outgoing_lines, refunds, undoing
from app.fund.bank.reconciliation.forms import OutgoingForm, ReasonForm, RefundForm
from app.fund.bank.reconciliation.refunds import Refund
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.donations import donations
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.receipts import Receipt
from app.kit import lists, thai
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.lists import Choice, Column, List, Search
from app.kit.money import format_baht
from app.province.banks import bank_name
from app.staff import signin
from app.staff.doors import opens_to, signed_in
from app.staff.forms import PasswordAgainForm
from app.staff.roles import Role


@bp.get("/bank/refunds")
@opens_to(Role.FINANCE, Role.CHAIR, Role.AUDITOR)
def refund_list() -> ResponseReturnValue:
    return lists.show(
        "bank/refunds.html",
        List(
            select(Refund),
            columns=(
                Column(
                    "คืนให้",
                    lambda refund: refund.payee,
                    href=lambda refund: url_for("bank.refund", number=refund.id),
                ),
                Column("เมื่อ", lambda refund: refund.asked_at, "date"),
                Column("เหตุผล", lambda refund: refund.reason, on="desk"),
                Column("ขอโดย", lambda refund: refund.asked_by.name, on="desk"),
                Column("อนุมัติโดย", _approved_by, on="desk"),
                Column("จำนวนเงิน (บาท)", lambda refund: refund.satang, "baht"),
                Column("สถานะ", lambda refund: refunds.STATES[refund.state], "pill"),
            ),
            orders={"id": (Refund.id,)},
            search=Search("ผู้รับคืน เหตุผล หรือจำนวนเงิน", _matching),
            filters=(
                Choice(
                    "state",
                    "สถานะ",
                    [(state, words) for state, (words, _) in refunds.STATES.items()],
                    lambda state: Refund.state == state,
                ),
            ),
            label="การคืนเงินทุกเรื่อง",
            empty="ยังไม่มีการคืนเงิน",
            drawing="money",
            file="refunds",
        ),
    )


def _approved_by(refund: Refund) -> str:
    return refund.answered_by.name if refund.answered_by and refund.state != "refused" else "–"


def _matching(words: str) -> ColumnElement[bool]:
    return or_(Refund.satang == lists.satang(words), lists.contains(words, Refund.payee, Refund.reason))


@bp.get("/bank/refunds/<int:number>")
@opens_to(Role.FINANCE, Role.CHAIR, Role.AUDITOR)
def refund(number: int) -> str:
    return _refund_page(number)


def _list_of_refunds() -> tuple[str, str]:
    """Address and name of the list that the reader came from: of what waits for another's approval, or of all refunds."""
    if request.args.get("back") == "confirmations":
        return url_for("bank.confirmations"), "รออีกท่านยืนยัน"
    return url_for("bank.refund_list"), "การคืนเงิน"


def _refund_page(
    number: int,
    *,
    refused: str = "",
    form: ReasonForm | None = None,
    approval: PasswordAgainForm | None = None,
) -> str:
    session = db.session()
    session.rollback()
    found = session.get(Refund, number)
    if found is None:
        abort(404)
    me = signed_in()
    return render_template(
        "bank/refund.html",
        refund=found,
        state=refunds.STATES[found.state],
        way_of=_way_of(found),
        receipts=_receipts(found),
        bank=bank_name(found.payee_bank),
        outgoing=outgoing_lines.of(found) if found.state == "approved" and me.has(Role.FINANCE) else [],
        may_approve=found.state == "asked" and me.has(*refunds.APPROVERS) and me.id != found.asked_by.id,
        may_refuse=found.state == "asked" and me.has(*refunds.APPROVERS),
        sees_events=me.has(Role.FINANCE, Role.AUDITOR),
        sees_imports=me.has(Role.FINANCE),
        mine=me.id == found.asked_by.id,
        back=_list_of_refunds(),
        way={"back": "confirmations"} if request.args.get("back") == "confirmations" else {},
        refused=refused,
        form=form or ReasonForm(formdata=None),
        approval=approval or PasswordAgainForm(formdata=None),
    )


def _way_of(refund: Refund) -> list[tuple[str, str]]:
    """Its three steps, each with who took it and when."""
    words = "ไม่อนุมัติ" if refund.state == "refused" else "อนุมัติ"
    taken = (
        ("ขอคืน", refund.asked_by, refund.asked_at),
        (words, refund.answered_by, refund.answered_at),
        ("โอนคืน", refund.linked_by, refund.linked_at),
    )
    return [
        (step, f"{by.name} {thai.short_date(at)} {thai.time_text(at)}" if by and at else "")
        for step, by, at in taken
    ]


def _receipts(refund: Refund) -> list[Receipt]:
    """The receipts of what is given back: the one that was, and once it is approved the one in its place."""
    if refund.donation_id is None:
        return []
    found = select(Receipt).filter_by(donation_id=refund.donation_id).order_by(Receipt.id)
    return list(db.session().scalars(found))


@bp.route("/bank/events/<int:number>/refund", methods=["GET", "POST"])
@opens_to(Role.FINANCE)
def ask_refund(number: int) -> ResponseReturnValue:
    session = db.session()
    item = session.get(ReconciliationItem, number)
    if item is None or item.event.satang <= 0:
        abort(404)
    refundable = _refundable(number)
    if request.method == "GET":
        whole = next((refund for refund in _live(number) if refund.donation_id is None), None)
        if whole is not None:
            flash(f"เงินก้อนนี้มีเรื่องคืนเงินแล้ว {refunds.STATES[whole.state][0]}", "warning")
            return redirect(url_for("bank.refund", number=whole.id))
        closed = _why_closed(item, refundable)
        if closed:
            flash(closed, "warning")
            return redirect(url_for("bank.event", number=number, **way_arguments()))
    form = RefundForm()
    choices = [
        (
            donation.id,
            f"{donation.purpose.name_th} {format_baht(donation.satang)} บาท คืนได้ไม่เกิน {format_baht(most)} บาท",
        )
        for donation, most in refundable
    ]
    form.offer(donations=choices or [(0, "ทั้งก้อน ยังไม่ได้ลงเป็นเงินสมทบ")], banks=refunds.bank_choices())
    if request.method == "GET":
        form.amount.data = (
            refundable[0][1] if len(refundable) == 1 else None if refundable else item.event.satang
        )
        form.payee_bank.data = item.event.payer_bank
        # Banks hide part of most names; only a whole one is offered.
        form.payee.data = "" if "*" in item.event.payer else item.event.payer
    if request.method == "GET" or not form.validate_on_submit():
        return _ask_page(form, number), 200 if request.method == "GET" else 422
    try:
        signin.confirm_password(form.password_again.data, by=signed_in())
        with transaction():
            asked = refunds.ask(
                event_id=number,
                donation_id=form.donation_id.data or None,
                satang=form.amount.data or 0,
                reason=form.reason.data,
                payee=form.payee.data,
                payee_bank=form.payee_bank.data,
                payee_account=form.payee_account.data,
                by=signed_in(),
            ).id
    except Refused as refused:
        return _ask_page(form, number, refused=refused.words), 422 if isinstance(refused, BadInput) else 409
    flash("ขอคืนเงินแล้ว รออีกท่านหนึ่งอนุมัติ", "success")
    return redirect_to_next(number, otherwise=url_for("bank.refund", number=asked))


def _live(number: int) -> list[Refund]:
    """The refunds of an event that nobody refused."""
    return [
        refund
        for refund in refunds.of_event(number)
        if refund.event_id == number and refund.state != "refused"
    ]


def _refundable(number: int) -> list[tuple[Donation, int]]:
    """The donations of an event that stand, each with how much of it can still be asked back, in satang."""
    asked: dict[int | None, int] = {}
    for refund in _live(number):
        if refund.state == "asked":
            asked[refund.donation_id] = asked.get(refund.donation_id, 0) + refund.satang
    return [
        (donation, max(0, donations.reversible(donation) - asked.get(donation.id, 0)))
        for donation in undoing.live_donations(number)
    ]


def _why_closed(item: ReconciliationItem, refundable: list[tuple[Donation, int]]) -> str:
    """Why nothing of an event can be asked back now; empty where something can."""
    if decision_approvals.open_for(item.event_id) is not None:
        return "รายการนี้กำลังรออีกท่านหนึ่งยืนยัน จึงยังขอคืนเงินไม่ได้"
    if item.state == ReconciliationState.DUPLICATE:
        return "รายการนี้แจ้งซ้ำจากอีกช่องทาง กรุณาขอคืนที่รายการที่ลงเป็นเงินสมทบ"
    if item.state == ReconciliationState.POSTED and not any(most for _, most in refundable):
        return "ไม่มีเงินสมทบที่คืนได้อีก เพราะจ่ายช่วยเหลือ ผูกพันตามมติ คืน หรือขอคืนไปแล้ว"
    return ""


def _ask_page(form: RefundForm, number: int, *, refused: str = "") -> str:
    event = db.session().get_one(BankEvent, number)
    return render_template(
        "bank/refund_ask.html",
        form=form,
        event=event,
        before=_live(number),
        states=refunds.STATES,
        refused=refused,
        way=way_arguments(),
        back=back_link(number, otherwise=url_for("bank.event", number=number)),
    )


@bp.post("/bank/refunds/<int:number>/approve")
@opens_to(*refunds.APPROVERS)
def approve_refund(number: int) -> ResponseReturnValue:
    form = PasswordAgainForm()
    if not form.validate_on_submit():
        return _refund_page(number, approval=form), 422
    try:
        signin.confirm_password(form.password_again.data, by=signed_in())
        with transaction():
            refunds.approve(number, by=signed_in())
            of_donation = db.session().get_one(Refund, number).donation_id is not None
    except Refused as refused:
        return _refund_page(number, refused=refused.words), 409
    done = "ยกเลิกใบเสร็จเดิมและตัดยอดออกจากบัญชีกองทุนแล้ว " if of_donation else ""
    flash(f"อนุมัติแล้ว {done}เหลือโอนคืนและจับคู่กับรายการเดินบัญชี", "success")
    return redirect(_list_of_refunds()[0])


@bp.post("/bank/refunds/<int:number>/refuse")
@opens_to(*refunds.APPROVERS)
def refuse_refund(number: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _refund_page(number, form=form), 422
    try:
        with transaction():
            refunds.refuse(number, reason=form.reason.data, by=signed_in())
    except BadInput as refused:
        form.reason.errors = [refused.words]
        return _refund_page(number, form=form), 422
    except Refused as refused:
        return _refund_page(number, refused=refused.words, form=form), 409
    flash("ไม่อนุมัติการคืนเงินแล้ว", "success")
    return redirect(_list_of_refunds()[0])


@bp.post("/bank/refunds/<int:number>/outgoing")
@opens_to(Role.FINANCE)
def link_outgoing(number: int) -> ResponseReturnValue:
    form = OutgoingForm()
    if not form.validate_on_submit():
        return _refund_page(number, refused="กรุณาเลือกรายการเงินออก"), 422
    try:
        with transaction():
            outgoing_lines.link(number, event_id=form.out.data, by=signed_in())
    except Refused as refused:
        return _refund_page(number, refused=refused.words), 409
    flash("จับคู่เงินออกแล้ว การคืนเงินเสร็จสิ้น", "success")
    return redirect(url_for("bank.refund", number=number))
