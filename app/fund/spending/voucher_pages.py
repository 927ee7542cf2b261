"""Pages of a payment that was made: its voucher, its void, what came back of it, the clearing of an advance."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.fund.committee import proposals
from app.fund.giving.records.payment_requests import FundAccount
from app.fund.spending import (
    advances,
    bank_lines,
    line_pages,
    order_lines,
    orders,
    papers,
    remittances,
    returns,
    sums,
    tracing,
    voids,
    withholding,
)
from app.fund.spending.blueprint import READERS, bp
from app.fund.spending.forms import ClearingForm, PressForm, ReasonForm
from app.fund.spending.orders import APPROVERS
from app.fund.spending.pages import meetings_of, status_of
from app.fund.spending.records import Payment
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.province.banks import bank_name
from app.province.profile import Profile
from app.staff import signin
from app.staff.doors import may_enter, opens_to, signed_in
from app.staff.forms import PasswordAgainForm
from app.staff.roles import Role
from app.staff.users import User


def _voucher(number: int) -> dict[str, object]:
    """What the voucher's page and its printed form both say."""
    found = db.session().get(Payment, number)
    if found is None:
        abort(404)
    proposal, kept = found.proposal, papers.of(found.order_id) if found.order_id else []
    approved, paid = sums.remaining([proposal])[proposal.id]
    account = db.session().get_one(FundAccount, found.account_id)
    return {
        "payment": found,
        "order": found.order,
        "papers": papers.ticked(kept),
        "transfer": orders.file_line(found.order_id) if found.order_id else None,
        "withheld": withholding.of(found.order_id),
        "rate_words": withholding.rate_words,
        "certificate": withholding.certificate(found.id),
        "tax_after_return": remittances.after_return(found),
        "short": " ".join(paper.short for paper in kept if paper.short),
        "lines": order_lines.of(found.order_id),
        "invoices": order_lines.invoices_of(found.order_id),
        "missing": order_lines.shortages(found.order_id),
        "proposal": proposal,
        "returns": [back for back in returns.of(number) if back.confirmed_at is not None],
        "approved": approved,
        "paid": paid,
        "meeting": meetings_of([proposal])[proposal.id],
        "bank_name": bank_name(found.vendor_bank),
        "payer": db.session().get_one(User, found.paid_by_id),
        "account": account,
        "account_bank": bank_name(account.bank_code),
        "state_name": proposals.state_name(proposal.state),
    }


@bp.get("/payments/<int:number>")
@opens_to(*READERS)
def payment(number: int) -> ResponseReturnValue:
    return page_of(number)


def page_of(
    number: int,
    *,
    reason: ReasonForm | None = None,
    return_reason: ReasonForm | None = None,
    confirmation: PasswordAgainForm | None = None,
    clearing: ClearingForm | None = None,
    refused: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """The voucher's page, with a form that came back or the words of a refusal."""
    words, me = _voucher(number), signed_in()
    found = words["payment"]
    assert isinstance(found, Payment)
    asked = found.void_asked_at is not None and found.voided_at is None
    page = render_template(
        "spending/payment.html",
        **words,
        sources=tracing.sources(number),
        receipts=line_pages.receipts_of(found),
        **line_pages.story_of(found.proposal),
        line=line_pages.line_of(found),
        advance=advances.of(found.id),
        clearings=advances.clearings(found.id),
        clearing=clearing or ClearingForm(formdata=None),
        may_clear=me.has(Role.FINANCE),
        came_back=bank_lines.came_back(found) if found.voided_at is None and me.has(Role.FINANCE) else [],
        may_settle=me.has(Role.FINANCE, Role.FUND_OFFICER),
        may_void=me.has(Role.FINANCE) and found.void_asked_at is None,
        void_asked=asked,
        in_the_way=voids.in_the_way(found, found.void_event_id)
        if found.voided_at is None and me.has(*APPROVERS)
        else "",
        why_not_confirm=voids.why_not_confirm(found, by=me) if asked else "",
        may_decline=asked and me.has(*APPROVERS),
        **_returns_of(found),
        return_reason=return_reason or ReasonForm(formdata=None),
        reason=reason or ReasonForm(formdata=None),
        confirmation=confirmation or PasswordAgainForm(formdata=None),
        refused=refused,
    )
    return page, status


def _returns_of(payment: Payment) -> dict[str, Any]:
    """What the voucher's page says of what came back, and what this reader may do about it."""
    me, known = signed_in(), returns.of(payment.id)
    waits = next((back for back in known if back.waits), None)
    may_ask = me.has(Role.FINANCE) and payment.void_asked_at is None and waits is None
    left = returns.most(payment) if may_ask else 0
    opens = may_enter(me, "bank.event")
    return {
        "returned": [
            (back, url_for("bank.event", number=back.event_id) if opens else "")
            for back in known
            if not back.waits
        ],
        "return_waits": waits,
        "return_line": url_for("bank.event", number=waits.event_id) if waits and opens else "",
        "return_in_the_way": returns.in_the_way(payment, waits.event_id) if waits else "",
        "why_not_return": returns.why_not_confirm(waits, by=me) if waits else "",
        "may_decline_return": waits is not None and me.has(*APPROVERS),
        "may_return": left > 0,
        "return_left": left,
        "return_lines": bank_lines.came_back_in_part(payment, most=left) if left > 0 else [],
    }


@bp.post("/payments/<int:number>/clear")
@opens_to(Role.FINANCE)
def clear_advance(number: int) -> ResponseReturnValue:
    form = ClearingForm()
    satang = form.cleared.data
    if not form.validate_on_submit() or satang is None:
        return page_of(number, clearing=form, status=422)
    try:
        with transaction():
            advances.clear(number, satang=satang, paper=form.paper.data, by=signed_in())
    except Refused as refused:
        return page_of(number, clearing=form, refused=refused.words, status=status_of(refused))
    flash("บันทึกการล้างเงินยืมแล้ว", "success")
    return redirect(url_for("spending.payment", number=number))


@bp.post("/payments/<int:number>/void")
@opens_to(Role.FINANCE)
def ask_void(number: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return page_of(number, reason=form, status=422)
    return done(
        number,
        lambda: voids.ask(
            number, reason=form.reason.data, event_id=request.form.get("event", type=int), by=signed_in()
        ),
        "ขอยกเลิกแล้ว รออีกท่านหนึ่งยืนยัน",
    )


@bp.post("/payments/<int:number>/void/confirm")
@opens_to(*APPROVERS)
def confirm_void(number: int) -> ResponseReturnValue:
    form = PasswordAgainForm()
    if not form.validate_on_submit():
        return page_of(number, confirmation=form, status=422)
    try:
        signin.confirm_password(form.password_again.data or "", by=signed_in())
    except Refused as refused:
        return refused_page(number, refused)
    return done(number, lambda: voids.confirm(number, by=signed_in()), "ยกเลิกใบสำคัญแล้ว เงินไม่นับว่าจ่ายอีก")


@bp.post("/payments/<int:number>/void/decline")
@opens_to(*APPROVERS)
def decline_void(number: int) -> ResponseReturnValue:
    if not PressForm().validate_on_submit():
        abort(400)
    return done(number, lambda: voids.decline(number, by=signed_in()), "ไม่ยกเลิกใบสำคัญนี้")


def refused_page(number: int, refused: Refused) -> ResponseReturnValue:
    return page_of(number, refused=refused.words, status=status_of(refused))


def done(number: int, deed: Callable[[], object], message: str) -> ResponseReturnValue:
    """One deed on a payment, and its page again: with what was done, or why it was not."""
    try:
        with transaction():
            deed()
    except Refused as refused:
        return refused_page(number, refused)
    flash(message, "success")
    return redirect(url_for("spending.payment", number=number))


@bp.get("/payments/<int:number>/voucher.pdf")
@opens_to(*READERS)
def voucher(number: int) -> Response:
    from app.kit import pdf

    words = _voucher(number)
    found = words["payment"]
    assert isinstance(found, Payment)
    profile = Profile.here()
    printed = pdf.render(
        render_template("pdf/voucher.html", **words), title=f"ใบสำคัญจ่าย {found.code}", author=profile.fund_th
    )
    name = f"voucher-{found.fiscal_year_be}-{found.number:04d}.pdf"
    return Response(
        printed, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
