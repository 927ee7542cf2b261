"""Pages of a payment that was made: its voucher, its void, the clearing of an advance."""

from collections.abc import Callable

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
from app.staff.doors import opens_to, signed_in
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
        "short": " ".join(paper.short for paper in kept if paper.short),
        "lines": order_lines.of(found.order_id),
        "invoices": order_lines.invoices_of(found.order_id),
        "missing": order_lines.shortages(found.order_id),
        "proposal": proposal,
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
    return _payment_page(number)


def _payment_page(
    number: int,
    *,
    reason: ReasonForm | None = None,
    confirmation: PasswordAgainForm | None = None,
    clearing: ClearingForm | None = None,
    refused: str = "",
    status: int = 200,
) -> ResponseReturnValue:
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
        reason=reason or ReasonForm(formdata=None),
        confirmation=confirmation or PasswordAgainForm(formdata=None),
        refused=refused,
    )
    return page, status


@bp.post("/payments/<int:number>/clear")
@opens_to(Role.FINANCE)
def clear_advance(number: int) -> ResponseReturnValue:
    form = ClearingForm()
    satang = form.cleared.data
    if not form.validate_on_submit() or satang is None:
        return _payment_page(number, clearing=form, status=422)
    try:
        with transaction():
            advances.clear(number, satang=satang, paper=form.paper.data, by=signed_in())
    except Refused as refused:
        return _payment_page(number, clearing=form, refused=refused.words, status=status_of(refused))
    flash("บันทึกการล้างเงินยืมแล้ว", "success")
    return redirect(url_for("spending.payment", number=number))


@bp.post("/payments/<int:number>/void")
@opens_to(Role.FINANCE)
def ask_void(number: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _payment_page(number, reason=form, status=422)
    return _voiding(
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
        return _payment_page(number, confirmation=form, status=422)
    try:
        signin.confirm_password(form.password_again.data or "", by=signed_in())
    except Refused as refused:
        return _payment_page(number, refused=refused.words, status=status_of(refused))
    return _voiding(number, lambda: voids.confirm(number, by=signed_in()), "ยกเลิกใบสำคัญแล้ว เงินไม่นับว่าจ่ายอีก")


@bp.post("/payments/<int:number>/void/decline")
@opens_to(*APPROVERS)
def decline_void(number: int) -> ResponseReturnValue:
    if not PressForm().validate_on_submit():
        abort(400)
    return _voiding(number, lambda: voids.decline(number, by=signed_in()), "ไม่ยกเลิกใบสำคัญนี้")


def _voiding(number: int, deed: Callable[[], object], message: str) -> ResponseReturnValue:
    try:
        with transaction():
            deed()
    except Refused as refused:
        return _payment_page(number, refused=refused.words, status=status_of(refused))
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
