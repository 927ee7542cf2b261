"""Pages of spending: vouchers and payments."""

from collections.abc import Iterable

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.fund.giving.donations.donations import FundAccount
from app.fund.ledger import journal
from app.fund.spending import guards, paid_lines, proposals, tracing
from app.fund.spending import payments as payments_
from app.fund.spending.forms import PaymentForm, SettleForm
from app.fund.spending.meetings import AgendaItem, Meeting, Resolution
from app.fund.spending.payments import Payment
from app.fund.spending.proposals import Proposal, ProposalState
from app.kit import clock, pdf
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.paging import leaf
from app.province.banks import bank_name
from app.province.profile import Profile
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

bp = Blueprint("spending", __name__)

# The proof of the bank learns which lines are our payments by its being read.
assert paid_lines

_READERS = (Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR)


@bp.get("/payments")
@opens_to(*_READERS)
def payments() -> str:
    """What was approved and waits for payment first, then the vouchers, newest first."""
    waiting = proposals.in_state(ProposalState.APPROVED)
    return render_template(
        "spending/payments.html",
        waiting=waiting,
        sums=payments_.remaining(waiting),
        meetings=_meetings(waiting),
        leaf=leaf(select(Payment).order_by(Payment.id.desc()), scalars=True),
        may_pay=signed_in().has(Role.FINANCE),
        may_settle=signed_in().has(Role.FINANCE, Role.FUND_OFFICER),
    )


def _meetings(several: Iterable[Proposal]) -> dict[int, Meeting]:
    """The meeting that decided each proposal, by the proposal's id."""
    statement = (
        select(Resolution.proposal_id, Meeting)
        .join(AgendaItem, AgendaItem.id == Resolution.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(Resolution.proposal_id.in_([proposal.id for proposal in several]))
    )
    return {row.proposal_id: row.Meeting for row in db.session().execute(statement)}


def _payable(code: str) -> Proposal:
    proposal = proposals.by_code(code)
    if proposal is None:
        abort(404)
    return proposal


@bp.get("/payments/new")
@opens_to(Role.FINANCE)
def new() -> ResponseReturnValue:
    proposal = _payable(request.args.get("proposal", ""))
    approved, paid = payments_.remaining([proposal]).get(proposal.id, (0, 0))
    form = PaymentForm(
        formdata=None, proposal=proposal.code, satang=(approved - paid) or None, paid_on=clock.today()
    )
    return _form_page(form, proposal)


@bp.post("/payments/new")
@opens_to(Role.FINANCE)
def pay() -> ResponseReturnValue:
    """Sent twice: first to be looked at once more, then with `confirmed` to be done."""
    form = PaymentForm()
    form.offer_banks()
    proposal = _payable(form.proposal.data or "")
    code = proposal.code
    if not form.validate_on_submit():
        return _form_page(form, proposal, status=422)
    if request.form.get("change"):
        return _form_page(form, proposal)
    satang, paid_on = form.satang.data, form.paid_on.data
    assert satang is not None and paid_on is not None
    if form.confirmed.data != "yes":
        approved, paid = payments_.remaining([proposal]).get(proposal.id, (0, 0))
        if satang > approved - paid:
            form.satang.errors = ["มากกว่าที่เหลือจากมติ กรุณาตรวจจำนวนเงิน"]
            return _form_page(form, proposal, status=422)
        return render_template(
            "spending/confirm.html",
            form=form,
            proposal=proposal,
            approved=approved,
            paid=paid,
            bank_name=bank_name(form.vendor_bank.data),
        )
    try:
        with transaction():
            payment = payments_.pay(
                proposal_code=code,
                satang=satang,
                vendor=form.vendor.data,
                vendor_bank=form.vendor_bank.data,
                vendor_account=form.vendor_account.data,
                transfer_ref=form.transfer_ref.data,
                paid_on=paid_on,
                invoice=form.invoice.data or "",
                by=signed_in(),
            )
            number, voucher = payment.id, payment.code
    except Refused as refused:
        status = 422 if isinstance(refused, BadInput) else 409
        return _form_page(form, _payable(code), refused=refused.words, status=status)
    flash(f"บันทึกการจ่ายแล้ว ใบสำคัญเลขที่ {voucher}", "success")
    return redirect(url_for("spending.payment", number=number))


def _form_page(
    form: PaymentForm, proposal: Proposal, *, refused: str = "", status: int = 200
) -> ResponseReturnValue:
    form.offer_banks()
    approved, paid = payments_.remaining([proposal]).get(proposal.id, (0, 0))
    page = render_template(
        "spending/pay.html",
        form=form,
        proposal=proposal,
        approved=approved,
        paid=paid,
        meeting=_meetings([proposal]).get(proposal.id),
        why_not=payments_.why_not(proposal, by=signed_in()),
        refused=refused,
    )
    return page, status


def _voucher(number: int) -> dict[str, object]:
    """What the voucher's page and its printed form both say."""
    found = db.session().get(Payment, number)
    if found is None:
        abort(404)
    proposal = found.proposal
    approved, paid = payments_.remaining([proposal])[proposal.id]
    return {
        "payment": found,
        "proposal": proposal,
        "approved": approved,
        "paid": paid,
        "meeting": _meetings([proposal])[proposal.id],
        "bank_name": bank_name(found.vendor_bank),
        "payer": db.session().get_one(User, found.paid_by_id),
        "account": db.session().get_one(FundAccount, found.account_id),
        "account_bank": bank_name(db.session().get_one(FundAccount, found.account_id).bank_code),
        "state_name": proposals.state_name(proposal.state),
    }


@bp.get("/payments/<int:number>")
@opens_to(*_READERS)
def payment(number: int) -> str:
    return render_template(
        "spending/payment.html",
        **_voucher(number),
        sources=tracing.sources(number),
        may_settle=signed_in().has(Role.FINANCE, Role.FUND_OFFICER),
    )


@bp.get("/payments/<int:number>/voucher.pdf")
@opens_to(*_READERS)
def voucher(number: int) -> Response:
    words = _voucher(number)
    found = words["payment"]
    assert isinstance(found, Payment)
    profile: Profile = current_app.extensions["profile"]
    printed = pdf.render(
        render_template("pdf/voucher.html", **words), title=f"ใบสำคัญจ่าย {found.code}", author=profile.fund_th
    )
    name = f"voucher-{found.fiscal_year_be}-{found.number:04d}.pdf"
    return Response(
        printed, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@bp.route("/proposals/<code>/settle", methods=["GET", "POST"])
@opens_to(Role.FINANCE, Role.FUND_OFFICER)
def settle(code: str) -> ResponseReturnValue:
    """What settling gives back and why less was paid; whoever paid in full presses a button alone."""
    form = SettleForm()
    proposal = _payable(code)
    refused, status = "", 200
    if form.validate_on_submit():
        try:
            with transaction():
                payments_.settle(code, reason=form.reason.data or "", by=signed_in())
            flash(f"ปิดเรื่อง {code} แล้ว เงินที่เหลือจากมติกลับเป็นเงินพร้อมใช้", "success")
            return redirect(url_for("spending.payments"))
        except Refused as no:
            refused, status = no.words, 422 if isinstance(no, BadInput) else 409
            proposal = _payable(code)
    elif form.is_submitted():
        status = 422
    approved, paid = payments_.remaining([proposal]).get(proposal.id, (0, 0))
    page = render_template(
        "spending/settle.html",
        form=form,
        proposal=proposal,
        approved=approved,
        paid=paid,
        refused=refused,
        in_the_way=guards.against_settling(code, paid),
        cost_page=guards.cost_page(code),
    )
    return page, status


@journal.explains("commit")
@journal.explains("release")
def _proposals_in_the_books(numbers: list[int]) -> journal.Explained:
    known = select(Proposal.id, Proposal.code).where(Proposal.id.in_(numbers))
    return {number: (f"คำขอ {code}", "") for number, code in db.session().execute(known)}


@journal.explains("pay")
def _payments_in_the_books(numbers: list[int]) -> journal.Explained:
    may_open = signed_in().has(*_READERS)
    return {
        one.id: (f"ใบสำคัญ {one.code}", url_for("spending.payment", number=one.id) if may_open else "")
        for one in db.session().scalars(select(Payment).where(Payment.id.in_(numbers)))
    }
