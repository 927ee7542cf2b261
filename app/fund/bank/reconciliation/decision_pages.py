"""Deeds on the page of one event: give it to a payment request, record it as a donation, exclude, park, undo, link."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.fund.bank.blueprint import back_link, bp, redirect_to_next
from app.fund.bank.event_pages import by_code, event_page, offered
from app.fund.bank.reconciliation import decisions, undoing
from app.fund.bank.reconciliation.forms import (
    DonationForm,
    ExcludeForm,
    LinkForm,
    PaymentRequestForm,
    ReasonForm,
)
from app.fund.bank.records import BankEvent
from app.fund.giving.records.donations import Donation
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


def _decide(number: int, deed: Callable[[], object], **forms: Any) -> ResponseReturnValue | None:
    """Do a deed in a transaction; None when it is done, else the page again with the reason and what was typed."""
    try:
        with transaction():
            deed()
    except BadInput as refused:
        form = next((form for form in forms.values() if "reason" in form), None)
        if form is None:
            return event_page(number, refused=refused.words, **forms), 422
        form.reason.errors = [refused.words]
        return event_page(number, **forms), 422
    except Refused as refused:
        return event_page(number, refused=refused.words, **forms), 409
    return None


def _flash(done: bool, words_: str) -> None:
    flash(words_ if done else "เก็บไว้แล้ว ยอดนี้ต้องให้อีกท่านหนึ่งยืนยันก่อนจึงจะมีผล", "success")


@bp.post("/bank/events/<int:number>/assign")
@opens_to(Role.FINANCE)
def assign(number: int) -> ResponseReturnValue:
    form = PaymentRequestForm()
    if not form.validate_on_submit():
        return event_page(number, payment_request_form=form), 422
    target = by_code(form.reference.data)
    if target is None:
        form.reference.errors = ["ไม่พบรายการให้หรือความประสงค์ที่มีรหัสนี้ กรุณาตรวจตัวอักษรอีกครั้ง"]
        return event_page(number, payment_request_form=form), 422
    given: list[Donation | None] = []
    again = _decide(
        number,
        lambda: given.append(decisions.assign(number, by=signed_in(), **target)),
        payment_request_form=form,
    )
    if again is None:
        _flash(given[0] is not None, "จับคู่แล้ว ลงบัญชีและออกใบเสร็จรับเงินเรียบร้อย")
    return again or redirect_to_next(number, otherwise=url_for("bank.queue"))


@bp.post("/bank/events/<int:number>/gift")
@opens_to(Role.FINANCE)
def record_donation(number: int) -> ResponseReturnValue:
    found = db.session().get(BankEvent, number)
    if found is None:
        abort(404)
    form = offered(DonationForm(), found, fresh=False)
    if not form.validate_on_submit():
        return event_page(number, donation_form=form), 422
    given: list[Donation | None] = []
    again = _decide(
        number,
        lambda: given.append(
            decisions.assign(
                number,
                purpose_id=form.purpose_id.data,
                network_id=form.network_id.data or None,
                donor_name=form.donor_name.data or "",
                anonymous=form.anonymous.data,
                by=signed_in(),
            )
        ),
        donation_form=form,
    )
    if again is None:
        _flash(given[0] is not None, "ลงเป็นเงินสมทบแล้ว ออกใบเสร็จรับเงินเรียบร้อย")
    return again or redirect_to_next(number, otherwise=url_for("bank.queue"))


@bp.post("/bank/events/<int:number>/set-aside")
@opens_to(Role.FINANCE)
def exclude(number: int) -> ResponseReturnValue:
    form = ExcludeForm()
    if not form.validate_on_submit():
        return event_page(number, exclude_form=form), 422
    done: list[bool] = []
    again = _decide(
        number,
        lambda: done.append(decisions.exclude(number, reason=form.reason.data, by=signed_in())),
        exclude_form=form,
    )
    if again is None:
        _flash(done[0], "บันทึกว่าไม่ใช่เงินสมทบแล้ว")
    return again or redirect_to_next(number, otherwise=url_for("bank.queue"))


@bp.post("/bank/events/<int:number>/payout")
@opens_to(Role.FINANCE)
def declare_payout(number: int) -> ResponseReturnValue:
    done: list[bool] = []
    again = _decide(number, lambda: done.append(decisions.declare_payout(number, by=signed_in())))
    if again is None:
        _flash(done[0], "บันทึกเป็นเงินที่ Omise โอนมาแล้ว")
    return again or redirect_to_next(number, otherwise=url_for("bank.queue"))


@bp.post("/bank/events/<int:number>/hold")
@opens_to(Role.FINANCE)
def park(number: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return event_page(number, park_form=form), 422
    again = _decide(
        number, lambda: decisions.park(number, reason=form.reason.data, by=signed_in()), park_form=form
    )
    if again is None:
        flash("พักรายการไว้พร้อมหมายเหตุแล้ว ยังอยู่ในรายการที่รอ", "success")
    return again or redirect_to_next(number, otherwise=url_for("bank.queue"))


@bp.post("/bank/events/<int:number>/undo")
@opens_to(Role.FINANCE)
def undo(number: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return event_page(number, undo_form=form), 422
    done: list[bool] = []
    again = _decide(
        number,
        lambda: done.append(undoing.undo(number, reason=form.reason.data, by=signed_in())),
        undo_form=form,
    )
    if again is None:
        _flash(done[0], "ถอนการตัดสินแล้ว รายการนี้รอการตัดสินใหม่")
    return again or redirect(back_link(number, otherwise=url_for("bank.event", number=number)))


@bp.post("/bank/events/<int:number>/taken-back")
@opens_to(Role.FINANCE)
def confirm_taken_back(number: int) -> ResponseReturnValue:
    done: list[bool] = []
    again = _decide(number, lambda: done.append(undoing.confirm_taken_back(number, by=signed_in())))
    if again is None:
        _flash(done[0], "ถอนเงินสมทบของเงินที่ธนาคารเรียกคืน และบันทึกทั้งสองรายการว่าไม่ใช่เงินสมทบแล้ว")
    return again or redirect_to_next(number, otherwise=url_for("bank.event", number=number))


@bp.post("/bank/events/<int:number>/link")
@opens_to(Role.FINANCE)
def link(number: int) -> ResponseReturnValue:
    form = LinkForm()
    if not form.validate_on_submit():
        return event_page(number, refused="กรุณาเลือกรายการที่เป็นเงินก้อนเดียวกัน"), 422
    done: list[bool] = []
    again = _decide(
        number,
        lambda: done.append(decisions.link(number, duplicate_of_id=form.other.data, by=signed_in())),
    )
    if again is None:
        _flash(done[0], "บันทึกแล้วว่าเป็นเงินก้อนเดียวกัน ไม่มีการลงบัญชีซ้ำ")
    return again or redirect_to_next(number, otherwise=url_for("bank.queue"))
