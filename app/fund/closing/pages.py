"""Pages of the proof: each day of each account drawn, the months, what stands in their way, and their certificates."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.fund.bank.statements import statement_overrides
from app.fund.closing import continuity, month_ends, month_facts
from app.fund.giving.records.payment_requests import FundAccount
from app.fund.ledger import months as ledger
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.thai import month_year, short_date
from app.province.banks import bank_name
from app.staff import signin
from app.staff.doors import opens_to, signed_in
from app.staff.forms import PasswordAgainForm
from app.staff.roles import Role

bp = Blueprint("closing", __name__)

_READERS = (Role.FINANCE, Role.AUDITOR, Role.CHAIR)


class CloseForm(PasswordAgainForm):
    """Nothing but the password: the reasons stand beside the obstacles they belong to."""


def _first_on(written: str) -> date:
    try:
        return ledger.parse(written)
    except BadInput:
        abort(404)


def _asked_month() -> date:
    """The month asked for in the address; else the last one that is over and not closed, else the present one."""
    written = request.args.get("month", "")
    if written:
        return _first_on(written)
    return next(iter(month_ends.open_months()), clock.today().replace(day=1))


@bp.get("/bank/proof")
@opens_to(*_READERS)
def proof() -> str:
    """Every day of a month drawn for each account: where the chain holds, where a day is missing, what is unexplained."""
    first_on = _asked_month()
    last_on = ledger.last_of(first_on)
    accounts = list(
        db.session().scalars(
            select(FundAccount).where(FundAccount.state != "proposed").order_by(FundAccount.id)
        )
    )
    wanted = request.args.get("account", "")
    chosen = [account for account in accounts if account.number == wanted] or accounts
    # Days that are still to come prove nothing and lack nothing.
    until = min(last_on, clock.today())
    proved = continuity.prove(first_on, until, accounts=chosen) if first_on <= until else []
    return render_template(
        "closing/proof.html",
        month=first_on,
        title=month_year(first_on),
        written=ledger.written,
        previous=(first_on - timedelta(days=1)).replace(day=1),
        next=ledger.after(first_on) if ledger.after(first_on) <= clock.today() else None,
        accounts=accounts,
        wanted=wanted,
        proved=[(account_days, [None] * _column(first_on), account_days.totals()) for account_days in proved],
        bank_name=bank_name,
        closed=ledger.closed(first_on),
        accepted=statement_overrides.between(first_on, last_on),
    )


def _column(on: date) -> int:
    """Empty places before the first day of a calendar that begins on Sunday."""
    return (on.weekday() + 1) % 7


@bp.get("/bank/months")
@opens_to(*_READERS)
def months() -> str:
    return render_template(
        "closing/months.html",
        open_months=month_ends.open_months(),
        closed=ledger.all_closed(),
        this=clock.today().replace(day=1),
        month_year=month_year,
        written=ledger.written,
    )


@bp.get("/bank/months/<month>")
@opens_to(*_READERS)
def month(month: str) -> str:
    return _month_page(_first_on(month))


def _month_page(
    first_on: date,
    *,
    refused: str = "",
    reasons: dict[str, str] | None = None,
    form: CloseForm | None = None,
) -> str:
    db.session().rollback()
    kept = ledger.closed(first_on)
    facts: dict[str, Any] = kept.certified if kept else month_facts.gather(first_on)
    found = [] if kept else month_ends.obstacles(facts)
    hard = [obstacle for obstacle in found if obstacle.hard]
    soft = [obstacle for obstacle in found if not obstacle.hard]
    return render_template(
        "closing/month.html",
        first_on=first_on,
        title=month_year(first_on),
        written=ledger.written(first_on),
        kept=kept,
        facts=facts,
        day=lambda on: short_date(date.fromisoformat(on)),
        hard=[(obstacle, _href(obstacle)) for obstacle in hard],
        soft=[(obstacle, _href(obstacle)) for obstacle in soft],
        step=3 if kept else 0 if hard else 1 if soft else 2,
        may_close=signed_in().has(Role.FINANCE) and not kept and not hard,
        form=form or CloseForm(formdata=None),
        reasons=reasons or {},
        refused=refused,
    )


def _href(obstacle: month_ends.Obstacle) -> str:
    arguments: dict[str, Any] = dict(obstacle.arguments)
    return url_for(obstacle.endpoint, **arguments)


@bp.post("/bank/months/<month>/close")
@opens_to(Role.FINANCE)
def close_month(month: str) -> ResponseReturnValue:
    first_on = _first_on(month)
    form = CloseForm()
    reasons = {name[7:]: value for name, value in request.form.items() if name.startswith("reason-")}
    if not form.validate_on_submit():
        return _month_page(first_on, reasons=reasons, form=form), 422
    try:
        signin.confirm_password(form.password_again.data, by=signed_in())
        month_ends.close(first_on, reasons=reasons, by=signed_in())
    except Refused as refused:
        status = 422 if isinstance(refused, BadInput) else 409
        return _month_page(first_on, refused=refused.words, reasons=reasons), status
    flash("ปิดบัญชีเดือนนี้แล้ว ใบรับรองเก็บไว้ถาวร", "success")
    return redirect(url_for("closing.month", month=month))


@bp.get("/bank/months/<month>/certificate.pdf")
@opens_to(*_READERS)
def certificate(month: str) -> Response:
    """The certificate that was kept; of an open month a draft, and marked so."""
    first_on = _first_on(month)
    content = month_ends.draft(first_on)
    name = f"certificate-{ledger.written(first_on)}.pdf"
    return Response(
        content, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
