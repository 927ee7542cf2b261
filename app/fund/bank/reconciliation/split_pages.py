"""The page that splits one event into several donations, row by row, without JavaScript."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.fund.bank import decision_approvals
from app.fund.bank.blueprint import back_link, bp, redirect_to_next, way_arguments
from app.fund.bank.event_pages import by_code, purposes_and_networks
from app.fund.bank.match_reasons import ReconciliationState
from app.fund.bank.reconciliation import decisions, refunds, suggestions
from app.fund.bank.reconciliation.allocations import AllocationPart
from app.fund.bank.reconciliation.forms import MOST_PARTS, SplitForm
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.bank.words import STATES
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


@bp.route("/bank/events/<int:number>/split", methods=["GET", "POST"])
@opens_to(Role.FINANCE)
def split(number: int) -> ResponseReturnValue:
    item = db.session().get(ReconciliationItem, number)
    if item is None or item.event.satang <= 0:
        abort(404)
    closed = _why_closed(item) if request.method == "GET" else ""
    if closed:
        flash(closed, "warning")
        return redirect(url_for("bank.event", number=number, **way_arguments()))
    form = SplitForm()
    if request.method == "GET":
        _first_rows(form, item)
    elif request.form.get("act") == "more" and len(form.parts) < MOST_PARTS:
        form.parts.append_entry()
    _offer(form)
    if request.method == "GET" or request.form.get("act") == "more":
        return _page(form, item.event)
    if not form.validate_on_submit():
        return _page(form, item.event), 422
    parts = _parts(form)
    if parts is None:
        return _page(form, item.event), 422
    try:
        with transaction():
            given = decisions.split(number, parts, by=signed_in())
    except Refused as refused:
        status = 422 if type(refused) is not Refused else 409
        event = db.session().get_one(BankEvent, number)
        return _page(form, event, refused=refused.words), status
    words = f"แบ่งเป็นเงินสมทบ {len(given)} ส่วนแล้ว" if given else "เก็บไว้แล้ว ยอดนี้ต้องให้อีกท่านหนึ่งยืนยันก่อนจึงจะลงบัญชี"
    flash(words, "success")
    return redirect_to_next(number, otherwise=url_for("bank.event", number=number))


def _why_closed(item: ReconciliationItem) -> str:
    """Why an event cannot be split now; empty where it can."""
    if decision_approvals.open_for(item.event_id) is not None:
        return "รายการนี้กำลังรออีกท่านหนึ่งยืนยัน จึงยังแบ่งไม่ได้"
    whole = any(
        refund.donation_id is None and refund.state != "refused" for refund in refunds.of_event(item.event_id)
    )
    if whole:
        return "เงินก้อนนี้มีเรื่องคืนเงินแล้ว จึงแบ่งไม่ได้"
    if item.state in (ReconciliationState.POSTED, ReconciliationState.DUPLICATE):
        return f"รายการนี้{STATES[item.state][0]} จึงแบ่งอีกไม่ได้ ถ้าตัดสินผิด กรุณาถอนการตัดสินก่อน"
    return ""


def _first_rows(form: SplitForm, item: ReconciliationItem) -> None:
    """The likeliest payment request with what it asks for, and the rest below it."""
    likely = suggestions.candidates([item]).get(item.event_id, [])
    best = suggestions.best(likely)
    if best is not None and best.due < item.event.satang:
        form.parts[0].form.code.data, form.parts[0].form.amount.data = best.code, best.due
        form.parts[1].form.amount.data = item.event.satang - best.due


def _offer(form: SplitForm) -> None:
    purposes, networks = purposes_and_networks()
    form.offer(purposes=purposes, networks=[(number, f"{code} {name}") for number, name, code in networks])


def _parts(form: SplitForm) -> list[AllocationPart] | None:
    """The rows that are filled in; None when one of them cannot be read, with the reason at its field."""
    parts: list[AllocationPart] = []
    sound = True
    for row in form.parts:
        typed = row.form
        if typed.is_empty:
            continue
        if typed.amount.data is None:
            typed.amount.errors = ["กรุณาใส่จำนวนเงินของส่วนนี้"]
            sound = False
            continue
        target: dict[str, Any] | None = {
            "purpose_id": typed.purpose_id.data,
            "network_id": typed.network_id.data or None,
            "donor_name": typed.donor_name.data or "",
        }
        if (typed.code.data or "").strip():
            target = by_code(typed.code.data)
        if target is None:
            typed.code.errors = ["ไม่พบรายการให้หรือความประสงค์ที่มีรหัสนี้ กรุณาตรวจตัวอักษรอีกครั้ง"]
            sound = False
            continue
        parts.append(AllocationPart(satang=typed.amount.data, **target))
    return parts if sound else None


def _page(form: SplitForm, event: BankEvent, *, refused: str = "") -> str:
    so_far = sum(row.form.amount.data or 0 for row in form.parts)
    return render_template(
        "bank/split.html",
        form=form,
        event=event,
        refused=refused,
        rest=event.satang - so_far,
        start=_start(form),
        way=way_arguments(),
        back=back_link(event.id, otherwise=url_for("bank.event", number=event.id)),
    )


def _start(form: SplitForm) -> int:
    """The part that the officer begins with: one that cannot be read, else the first that is not filled in."""
    wrong = [place for place, row in enumerate(form.parts) if row.form.errors]
    empty = [place for place, row in enumerate(form.parts) if row.form.amount.data is None]
    return (wrong or empty or [0])[0]
