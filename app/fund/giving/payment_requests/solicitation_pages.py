"""The page of solicitation approvals."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.fund.giving.blueprint import bp
from app.fund.giving.payment_requests import solicitation
from app.fund.giving.payment_requests.forms import ApprovalForm
from app.kit import clock
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


@bp.get("/fund/solicitation")
@opens_to(Role.FUND_OFFICER, Role.AUDITOR)
def approvals() -> str:
    return _page()


@bp.post("/fund/solicitation")
@opens_to(Role.FUND_OFFICER)
def note_approval() -> Response | tuple[str, int]:
    form = ApprovalForm()
    if not form.validate_on_submit() or form.approved_on.data is None:
        return _page(form), 422
    try:
        with transaction():
            solicitation.note(
                number=form.number.data or "",
                approved_on=form.approved_on.data,
                authority=form.authority.data or "",
                ends_on=form.ends_on.data,
                by=signed_in(),
            )
    except Refused as error:
        return _page(form, refused=error.words), 422 if isinstance(error, BadInput) else 409
    flash("บันทึกหนังสืออนุมัติแล้ว", "success")
    return redirect(url_for("giving.approvals"), code=303)


@bp.post("/fund/solicitation/<int:number>/withdraw")
@opens_to(Role.FUND_OFFICER)
def withdraw_approval(number: int) -> Response | tuple[str, int]:
    try:
        with transaction():
            solicitation.withdraw(number, by=signed_in())
    except Refused as error:
        return _page(refused=error.words), 409
    flash("ถอนหนังสืออนุมัติแล้ว", "success")
    return redirect(url_for("giving.approvals"), code=303)


def _page(form: ApprovalForm | None = None, *, refused: str = "") -> str:
    today = clock.today()
    return render_template(
        "giving/solicitation.html",
        approvals=[(approval, solicitation.status(approval, today)) for approval in solicitation.every()],
        current=solicitation.current(today),
        form=form or ApprovalForm(formdata=None),
        refused=refused,
        keeps=signed_in().has(Role.FUND_OFFICER),
    )
