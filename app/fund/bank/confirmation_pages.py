"""The page of what waits for another person: decisions about large sums, statements that do not hold, refunds."""

from flask import flash, redirect, render_template, url_for
from sqlalchemy import select

from app.fund.bank import second_hands, words
from app.fund.bank.blueprint import Answer, bp
from app.fund.bank.reconciliation import kept_decisions
from app.fund.bank.reconciliation.forms import ReasonForm
from app.fund.bank.reconciliation.refunds import Refund
from app.fund.bank.records import BankEvent
from app.fund.bank.second_hands import SecondHand
from app.fund.bank.statements import acceptances, standing
from app.fund.giving.networks.networks import Network
from app.fund.giving.payment_requests.payment_requests import PaymentRequest
from app.fund.giving.pledges.pledges import Pledge
from app.fund.ledger.accounts import Purpose
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.thai import moment_text
from app.province.banks import bank_name
from app.staff.deeds import Deed
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

#: What was decided, in the words of the trail.
_DEEDS = {
    second_hands.ASSIGN: Deed.BANK_ASSIGN.words,
    second_hands.SPLIT: Deed.BANK_SPLIT.words,
    second_hands.EXCLUDE: Deed.BANK_EXCLUDE.words,
    second_hands.LINK: Deed.BANK_LINK.words,
    second_hands.UNDO: Deed.BANK_UNDO.words,
}


@bp.get("/bank/confirmations")
@opens_to(Role.FINANCE, Role.CHAIR, Role.AUDITOR)
def confirmations() -> str:
    return _confirmations()


def _confirmations(*, refused: str = "", form: ReasonForm | None = None, number: int = 0) -> str:
    session = db.session()
    session.rollback()
    asked = session.scalars(select(Refund).filter_by(state="asked").order_by(Refund.id)).all()
    me = signed_in()
    return render_template(
        "bank/confirmations.html",
        hands=[(one, _DEEDS[one.deed], _in_words(one)) for one in second_hands.waiting()],
        asked=asked,
        files=acceptances.waiting(),
        statements=standing.waiting(),
        bank_name=bank_name,
        sources=words.SOURCES,
        me=me,
        may_confirm=me.has(*second_hands.CONFIRMERS),
        sees_events=me.has(Role.FINANCE, Role.AUDITOR),
        refused=refused,
        form=form or ReasonForm(formdata=None),
        wrong=number,
    )


def _in_words(request_: SecondHand) -> list[str]:
    """What the first hand wants, part by part."""
    said = request_.said
    if request_.deed in (second_hands.UNDO, second_hands.EXCLUDE):
        return [f"เหตุผล: {said['reason']}"]
    if request_.deed == second_hands.LINK:
        told = db.session().get_one(BankEvent, said["duplicate_of_id"])
        return [
            f"เงินก้อนเดียวกับที่{words.SOURCES[told.source]}แจ้ง {moment_text(told.occurred_at)} {told.ref1 or told.payer}".strip()
        ]
    parts = said["parts"] if request_.deed == second_hands.SPLIT else [said["part"]]
    session = db.session()
    found = []
    for part in parts:
        target = ""
        if part["payment_request_id"]:
            payment_request = session.get_one(PaymentRequest, part["payment_request_id"])
            target = f"รายการให้ {payment_request.ref1} เพื่อ{payment_request.purpose.name_th}"
        elif part["pledge_id"]:
            pledge = session.get_one(Pledge, part["pledge_id"])
            target = f"ความประสงค์ {pledge.code} ของ{pledge.network.name}"
        else:
            network = session.get(Network, part["network_id"]) if part["network_id"] else None
            purpose = session.get_one(Purpose, part["purpose_id"])
            target = (
                f"{network.name if network else part['donor_name'] or 'ผู้ไม่ประสงค์ออกนาม'} เพื่อ{purpose.name_th}"
            )
        found.append(f"{format_baht(part['satang'])} บาท → {target}")
    return found


@bp.post("/bank/second-hands/<int:number>/confirm")
@opens_to(*second_hands.CONFIRMERS)
def confirm_second_hand(number: int) -> Answer:
    try:
        with transaction():
            kept_decisions.confirm(number, by=signed_in())
    except Refused as refused:
        return _confirmations(refused=refused.words), 409
    flash("ยืนยันแล้ว มีผลตามที่ตัดสินไว้", "success")
    return redirect(url_for("bank.confirmations"))


@bp.post("/bank/second-hands/<int:number>/refuse")
@opens_to(*second_hands.CONFIRMERS)
def refuse_second_hand(number: int) -> Answer:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _confirmations(form=form, number=number, refused="กรุณาบอกเหตุผลที่ไม่ยืนยัน"), 422
    try:
        with transaction():
            kept_decisions.refuse(number, reason=form.reason.data, by=signed_in())
    except Refused as refused:
        return _confirmations(refused=refused.words), 422 if isinstance(refused, BadInput) else 409
    flash("ไม่ยืนยันแล้ว รายการนี้กลับไปรอการตัดสินใหม่", "success")
    return redirect(url_for("bank.confirmations"))


@bp.post("/bank/acceptances/<int:number>/confirm")
@opens_to(*acceptances.CONFIRMERS)
def confirm_acceptance(number: int) -> Answer:
    try:
        with transaction():
            acceptances.confirm(number, by=signed_in())
    except Refused as refused:
        return _confirmations(refused=refused.words), 409
    flash("ยืนยันแล้ว ระบบกำลังอ่านไฟล์ใหม่โดยไม่ใช้ยอดคงเหลือ แล้วรอเจ้าหน้าที่การเงินนำเข้า", "success")
    return redirect(url_for("bank.confirmations"))


@bp.post("/bank/acceptances/<int:number>/refuse")
@opens_to(*acceptances.CONFIRMERS)
def refuse_acceptance(number: int) -> Answer:
    try:
        with transaction():
            acceptances.refuse(number, by=signed_in())
    except Refused as refused:
        return _confirmations(refused=refused.words), 409
    flash("ไม่ยืนยันแล้ว ไฟล์นี้ยังนำเข้าไม่ได้", "success")
    return redirect(url_for("bank.confirmations"))
