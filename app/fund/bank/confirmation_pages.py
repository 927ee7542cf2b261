"""The page of what waits for another person: decisions about large sums, statements that do not hold, refunds."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.fund.bank import decision_approvals
from app.fund.bank.blueprint import back_link, bp
from app.fund.bank.reconciliation import approved_decisions
from app.fund.bank.reconciliation.forms import ReasonForm
from app.fund.bank.reconciliation.refunds import Refund
from app.fund.bank.records import SOURCES, BankEvent
from app.fund.bank.statements import continuations, statement_overrides, withdrawals
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.province.banks import bank_name
from app.staff import approvals
from app.staff.approvals import ApprovalRequest
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


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
        decisions=_decisions(),
        asked=asked,
        files=statement_overrides.waiting(),
        statements=continuations.waiting(),
        withdrawals=withdrawals.waiting(),
        bank_name=bank_name,
        sources=SOURCES,
        me=me,
        may_confirm=me.has(*approvals.FINANCE_APPROVERS),
        sees_events=me.has(Role.FINANCE, Role.AUDITOR),
        refused=refused,
        form=form or ReasonForm(formdata=None),
        wrong=number,
    )


def _decisions() -> list[tuple[ApprovalRequest, BankEvent]]:
    """Every decision that waits, with its event."""
    waiting = [
        request_
        for request_ in approvals.waiting(of_finance=True)
        if request_.kind in approvals.BANK_DECISIONS
    ]
    numbers = [decision_approvals.event_id_of(request_) for request_ in waiting]
    found = select(BankEvent).where(BankEvent.id.in_(numbers))
    events = {event.id: event for event in db.session().scalars(found)}
    return [(request_, events[number]) for request_, number in zip(waiting, numbers, strict=True)]


@bp.post("/bank/second-hands/<int:number>/confirm")
@opens_to(*approvals.FINANCE_APPROVERS)
def confirm_decision(number: int) -> ResponseReturnValue:
    try:
        with transaction():
            approved_decisions.confirm(number, by=signed_in())
    except Refused as refused:
        return _confirmations(refused=refused.words), 409
    flash("ยืนยันแล้ว มีผลตามที่ตัดสินไว้", "success")
    return redirect(url_for("bank.confirmations"))


@bp.post("/bank/second-hands/<int:number>/refuse")
@opens_to(*approvals.FINANCE_APPROVERS)
def refuse_decision(number: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _confirmations(form=form, number=number, refused="กรุณาบอกเหตุผลที่ไม่ยืนยัน"), 422
    try:
        with transaction():
            event_id = decision_approvals.event_id_of(
                approved_decisions.refuse(number, reason=form.reason.data, by=signed_in())
            )
    except Refused as refused:
        return _confirmations(refused=refused.words), 422 if isinstance(refused, BadInput) else 409
    flash("ไม่ยืนยันแล้ว รายการนี้กลับไปรอการตัดสินใหม่", "success")
    return redirect(back_link(event_id, otherwise=url_for("bank.confirmations")))


@bp.post("/bank/acceptances/<int:number>/confirm")
@opens_to(*approvals.FINANCE_APPROVERS)
def confirm_override(number: int) -> ResponseReturnValue:
    try:
        with transaction():
            statement_overrides.confirm(number, by=signed_in())
    except Refused as refused:
        return _confirmations(refused=refused.words), 409
    flash("ยืนยันแล้ว ระบบกำลังอ่านไฟล์ใหม่โดยไม่ใช้ยอดคงเหลือ แล้วรอเจ้าหน้าที่การเงินนำเข้า", "success")
    return redirect(url_for("bank.confirmations"))


@bp.post("/bank/acceptances/<int:number>/refuse")
@opens_to(*approvals.FINANCE_APPROVERS)
def refuse_override(number: int) -> ResponseReturnValue:
    try:
        with transaction():
            statement_overrides.refuse(number, by=signed_in())
    except Refused as refused:
        return _confirmations(refused=refused.words), 409
    flash("ไม่ยืนยันแล้ว ไฟล์นี้ยังนำเข้าไม่ได้", "success")
    return redirect(url_for("bank.confirmations"))
