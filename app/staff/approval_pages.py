"""Pages of what needs two people: the list of what waits, and one request with its answer."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_, select
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.kit import lists
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused, TooManyTries
from app.kit.forms import Form
from app.kit.lists import Choice, Column, Days, List, Search
from app.staff import approvals, signin, subjects
from app.staff.approvals import ApprovalRequest
from app.staff.blueprint import bp
from app.staff.doors import opens_to, signed_in
from app.staff.forms import PasswordAgainForm
from app.staff.roles import ROLE_NAMES, Role
from app.staff.users import User

#: How a request stands: words and look, as ui.pill takes them.
STATUS_PILLS = {
    "waiting": ("รออนุมัติ", "warning"),
    "approved": ("อนุมัติแล้ว", "success"),
    "declined": ("ไม่อนุมัติ", "danger"),
    "withdrawn": ("ผู้ขอถอน", "neutral"),
    "expired": ("พ้นกำหนด", "neutral"),
}


class DeclineForm(Form):
    reason = StringField(
        "เหตุผลที่ไม่อนุมัติ", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)], id="decline-reason"
    )


@bp.get("/approvals", endpoint="approvals")
@opens_to(*approvals.APPROVERS, Role.AUDITOR)
def all_approvals() -> ResponseReturnValue:
    """What waits for this person first, then what waits for others, then what was answered lately."""
    me = signed_in()
    waiting = [request for request in approvals.waiting() if approvals.may_see(request, me)]
    answered = select(ApprovalRequest).where(ApprovalRequest.decision.is_not(None))
    if not me.has(*approvals.FINANCE_APPROVERS, Role.AUDITOR):
        answered = answered.where(ApprovalRequest.kind.not_in(approvals.OF_FINANCE))
    return lists.show(
        "staff/approvals.html",
        List(
            answered,
            columns=(
                Column(
                    "เรื่อง",
                    lambda asked: asked.title,
                    href=lambda asked: url_for("staff.approval", number=asked.id),
                ),
                Column("รายละเอียด", lambda asked: asked.change_rows[0][2] if asked.change_rows else None),
                Column("ขอโดย", lambda asked: asked.asked_by.name, on="desk"),
                Column("ตัดสินโดย", lambda asked: asked.decided_by and asked.decided_by.name, on="desk"),
                Column("เมื่อ", lambda asked: asked.decided_at, "moment", sort="decided"),
                Column("ผล", lambda asked: STATUS_PILLS[asked.status], "pill"),
            ),
            orders={"decided": (ApprovalRequest.decided_at, ApprovalRequest.id)},
            search=Search("ชื่อผู้ขอ ผู้อนุมัติ หรือรายละเอียด", _matching),
            filters=(
                Choice(
                    "state",
                    "ผล",
                    [(state, words) for state, (words, _) in STATUS_PILLS.items() if state != "waiting"],
                    lambda state: ApprovalRequest.decision == state,
                ),
                Days(ApprovalRequest.decided_at),
            ),
            label="ตัดสินแล้ว",
            empty="ยังไม่มีเรื่องที่ตัดสินแล้ว",
            drawing="people",
            file="approvals",
        ),
        approves_payments=me.has(Role.FINANCE, Role.CHAIR),
        mine=[request for request in waiting if approvals.may_approve(request, me)],
        others=[request for request in waiting if not approvals.may_approve(request, me)],
        roles=ROLE_NAMES,
    )


def _matching(words: str) -> ColumnElement[bool]:
    people = select(User.id).where(lists.contains(words, User.name, User.sign_in_name))
    return or_(
        ApprovalRequest.asked_by_id.in_(people),
        ApprovalRequest.decided_by_id.in_(people),
        lists.contains(words, ApprovalRequest.changes, ApprovalRequest.reason),
    )


@bp.get("/approvals/<int:number>")
@opens_to(*approvals.APPROVERS, Role.AUDITOR)
def approval(number: int) -> str:
    return _page(number)


@bp.post("/approvals/<int:number>/approve")
@opens_to(*approvals.APPROVERS)
def approve(number: int) -> ResponseReturnValue:
    form = PasswordAgainForm()
    if not form.validate_on_submit():
        return _page(number, form=form), 422
    try:
        signin.confirm_password(form.password_again.data or "", by=signed_in())
        with transaction():
            _, words = approvals.approve(number, by=signed_in())
    except TooManyTries as error:
        return _page(number, refused=error.words), 429
    except Refused as error:
        return _page(number, refused=error.words), 409
    flash(words, "success")
    return redirect(url_for("staff.approval", number=number), code=303)


@bp.post("/approvals/<int:number>/decline")
@opens_to(*approvals.APPROVERS)
def decline(number: int) -> ResponseReturnValue:
    form = DeclineForm()
    if not form.validate_on_submit():
        return _page(number, declining=form), 422
    try:
        with transaction():
            approvals.decline(number, reason=form.reason.data or "", by=signed_in())
    except Refused as error:
        return _page(number, declining=form, refused=error.words), 422 if isinstance(error, BadInput) else 409
    flash("ไม่อนุมัติแล้ว ไม่มีอะไรเปลี่ยน ผู้ขอเห็นเหตุผลของท่านที่หน้านี้", "success")
    return redirect(url_for("staff.approval", number=number), code=303)


@bp.post("/approvals/<int:number>/withdraw")
@opens_to(*approvals.APPROVERS)
def withdraw(number: int) -> ResponseReturnValue:
    try:
        with transaction():
            approvals.withdraw(number, by=signed_in())
    except Refused as error:
        return _page(number, refused=error.words), 409
    flash("ถอนคำขอแล้ว ไม่มีอะไรเปลี่ยน", "success")
    return redirect(url_for("staff.approval", number=number), code=303)


def _page(
    number: int,
    *,
    form: PasswordAgainForm | None = None,
    declining: DeclineForm | None = None,
    refused: str = "",
) -> str:
    db.session().rollback()
    approval, me = approvals.find(number) or abort(404), signed_in()
    if not approvals.may_see(approval, me):
        abort(403)
    is_waiting = approval.status == "waiting"
    return render_template(
        "staff/approval.html",
        approval=approval,
        about=_about(approval),
        form=form or PasswordAgainForm(formdata=None),
        declining=declining or DeclineForm(formdata=None),
        refused=refused,
        may_approve=approvals.may_approve(approval, me),
        may_decline=is_waiting
        and me.has(*(approvals.FINANCE_APPROVERS if approval.is_of_finance else approvals.APPROVERS))
        and me.id not in (approval.asked_by_id, approval.concerned_id),
        may_withdraw=is_waiting and approval.asked_by_id == me.id,
        roles=ROLE_NAMES,
    )


def _about(approval: ApprovalRequest) -> subjects.Description:
    """What is asked about, and its page where the reader may see it. A subject may say more than its kind and its number."""
    subject = ":".join(approval.subject.split(":")[:2])
    return subjects.describe([subject], reader=signed_in())[subject]
