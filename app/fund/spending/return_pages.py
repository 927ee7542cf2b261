"""What came back of a payment, on its voucher's page: asked, confirmed and declined."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from app.fund.spending import returns, voucher_pages
from app.fund.spending.blueprint import bp
from app.fund.spending.forms import PressForm, ReasonForm
from app.fund.spending.orders import APPROVERS
from app.kit.errors import Refused
from app.staff import signin
from app.staff.doors import opens_to, signed_in
from app.staff.forms import PasswordAgainForm
from app.staff.roles import Role


@bp.post("/payments/<int:number>/returns")
@opens_to(Role.FINANCE)
def ask_return(number: int) -> ResponseReturnValue:
    form, chosen = ReasonForm(), request.form.get("event", type=int)
    if not form.validate_on_submit():
        return voucher_pages.page_of(number, return_reason=form, status=422)
    if chosen is None:
        return voucher_pages.page_of(
            number, return_reason=form, refused="กรุณาเลือกรายการเงินเข้าที่คืนมา", status=422
        )
    return voucher_pages.done(
        number,
        lambda: returns.ask(number, reason=form.reason.data, event_id=chosen, by=signed_in()),
        "บันทึกเงินคืนแล้ว รออีกท่านหนึ่งยืนยัน",
    )


@bp.post("/payments/<int:number>/returns/<int:return_id>/confirm")
@opens_to(*APPROVERS)
def confirm_return(number: int, return_id: int) -> ResponseReturnValue:
    form = PasswordAgainForm()
    if not form.validate_on_submit():
        return voucher_pages.page_of(number, confirmation=form, status=422)
    try:
        signin.confirm_password(form.password_again.data or "", by=signed_in())
    except Refused as refused:
        return voucher_pages.refused_page(number, refused)
    return voucher_pages.done(
        number, lambda: returns.confirm(return_id, by=signed_in()), "ยืนยันแล้ว เงินที่คืนมาไม่นับว่าจ่าย"
    )


@bp.post("/payments/<int:number>/returns/<int:return_id>/decline")
@opens_to(*APPROVERS)
def decline_return(number: int, return_id: int) -> ResponseReturnValue:
    if not PressForm().validate_on_submit():
        abort(400)
    return voucher_pages.done(
        number, lambda: returns.decline(return_id, by=signed_in()), "ไม่ยืนยันเงินคืนรายการนี้"
    )
