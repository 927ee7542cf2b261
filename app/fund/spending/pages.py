"""Pages of spending: payments prepared, approved, transferred and voided, and their vouchers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_, select

from app.fund.committee import proposals, resolutions
from app.fund.committee.records import (
    APPROVING,
    AgendaItem,
    Commitment,
    Meeting,
    Proposal,
    ProposalState,
    Resolution,
)
from app.fund.ledger.journal import Explained
from app.fund.spending import (
    guards,
    line_pages,
    order_lines,
    orders,
    papers,
    returns,
    signatories,
    sums,
    vendors,
    voids,
    withholding,
)
from app.fund.spending import payments as payments_
from app.fund.spending.blueprint import READERS, bp
from app.fund.spending.forms import (
    PaperForm,
    PaymentForm,
    ReasonForm,
    SettleForm,
    TransferForm,
)
from app.fund.spending.orders import APPROVERS
from app.fund.spending.records import Payment, PaymentOrder, Vendor, VendorAccount
from app.fund.spending.records.returns import PaymentReturn
from app.fund.spending.refusals import WITH_THE_BANK
from app.kit import clock, lists, money
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.lists import Column, Days, List, Search
from app.province.banks import bank_name
from app.province.profile import Profile, Signing
from app.staff import signin
from app.staff.doors import opens_to, signed_in
from app.staff.forms import PasswordAgainForm
from app.staff.roles import Role


@bp.get("/payments")
@opens_to(*READERS)
def payments() -> ResponseReturnValue:
    """What waits first: for this reader's approval, for its transfer, to be prepared; then the vouchers, newest first."""
    vouchers = _vouchers()
    if lists.is_sheet(vouchers):
        return lists.sheet(vouchers)
    waiting = lists.find(_WAITING)
    to_pay = _to_pay(waiting.rows)
    me, on_their_way = signed_in(), orders.open_orders()
    to_approve = [order for order in on_their_way if order.approved_at is None]
    return lists.show(
        "spending/payments.html",
        vouchers,
        waiting=waiting,
        to_pay=to_pay,
        # One button of a page is filled: that of what waits longest.
        next_to_pay=next((due for due in to_pay if due.rest), None),
        to_approve=to_approve,
        to_transfer=[order for order in on_their_way if order.approved_at is not None],
        to_void=voids.waiting(),
        to_return=returns.waiting(),
        mine={order.id for order in orders.waiting_for(me, to_approve)},
        may_pay=me.has(Role.FINANCE),
        may_settle=me.has(Role.FINANCE, Role.FUND_OFFICER),
    )


@dataclass(frozen=True)
class _ToPay:
    """One resolution whose money is not all paid or not settled yet, in satang."""

    proposal: Proposal
    meeting: Meeting
    approved: int
    paid: int
    prepared: int

    @property
    def left(self) -> int:
        return self.approved - self.paid

    @property
    def rest(self) -> int:
        """What can still be prepared."""
        return self.left - self.prepared

    @property
    def state(self) -> tuple[str, str]:
        if not self.left:
            return "จ่ายครบ รอปิดเรื่อง", "info"
        return ("รอจ่าย", "warning") if self.rest else ("เตรียมจ่ายครบแล้ว", "info")

    @property
    def words(self) -> str:
        told = f"เหลือจ่าย {money.format_baht(self.left)} บาท"
        if self.paid or self.prepared:
            told += f" จากมติ {money.format_baht(self.approved)} จ่ายแล้ว {money.format_baht(self.paid)}"
        if self.prepared:
            told += f" เตรียมจ่ายไว้ {money.format_baht(self.prepared)}"
        return told


def _to_pay(waiting: Sequence[Proposal]) -> list[_ToPay]:
    remaining, prepared, meetings = sums.remaining(waiting), sums.prepared(waiting), meetings_of(waiting)
    return [
        _ToPay(proposal, meetings[proposal.id], *remaining[proposal.id], prepared[proposal.id])
        for proposal in waiting
    ]


#: Approved and not yet settled, what waits longest first.
_WAITING = List(
    select(Proposal).where(Proposal.state == ProposalState.APPROVED),
    columns=(),
    orders={"waits": (Proposal.submitted_at, Proposal.id)},
    down=False,
    search=Search("ชื่อหรือรหัสเรื่องที่รอจ่าย", lambda words: lists.contains(words, Proposal.title, Proposal.code)),
    label="รอจ่าย",
    per=8,
    prefix="waiting-",
)


def _vouchers() -> List:
    return List(
        select(Payment).join(Proposal, Proposal.id == Payment.proposal_id),
        columns=(
            Column(
                "เลขที่",
                lambda payment: payment.code,
                href=lambda payment: url_for("spending.payment", number=payment.id),
            ),
            Column("วันที่โอน", lambda payment: payment.paid_on, "date"),
            Column("จ่ายให้", lambda payment: payment.vendor),
            Column("คำขอ", lambda payment: payment.proposal.code),
            Column("จำนวนเงิน (บาท)", lambda payment: payment.satang, "baht"),
            Column("คืนมาแล้ว (บาท)", lambda payment: payment.returned_satang or None, "baht"),
            Column("สถานะ", lambda payment: ("ยกเลิกแล้ว", "danger") if payment.voided_at else None, "pill"),
        ),
        orders={"id": (Payment.id,)},
        search=Search("เลขที่ใบสำคัญ ผู้รับเงิน คำขอ หรือเลขอ้างอิงการโอน", _matching),
        filters=(Days(Payment.paid_at),),
        label="ใบสำคัญจ่าย",
        empty="ยังไม่มีใบสำคัญจ่าย",
        drawing="money",
        file="payments",
    )


def _matching(words: str) -> ColumnElement[bool]:
    return or_(
        Payment.number == lists.number(words.rpartition("/")[2]),
        Payment.transfer_ref == words,
        lists.contains(words, Payment.vendor, Proposal.title, Proposal.code),
    )


def meetings_of(several: Iterable[Proposal]) -> dict[int, Meeting]:
    """The meeting that last promised money to each proposal, by the proposal's id."""
    statement = (
        select(Resolution.proposal_id, Meeting)
        .join(AgendaItem, AgendaItem.id == Resolution.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            Resolution.proposal_id.in_([proposal.id for proposal in several]), Resolution.kind.in_(APPROVING)
        )
        .order_by(Resolution.id)
    )
    return {row.proposal_id: row.Meeting for row in db.session().execute(statement)}


def _payable(code: str) -> Proposal:
    proposal = proposals.by_code(code)
    if proposal is None:
        abort(404)
    return proposal


def _left(proposal: Proposal) -> tuple[int, int, int]:
    """What was approved of a proposal, paid, and prepared besides, in satang."""
    approved, paid = sums.remaining([proposal]).get(proposal.id, (0, 0))
    return approved, paid, sums.prepared([proposal])[proposal.id]


@bp.get("/payments/new")
@opens_to(Role.FINANCE)
def new() -> ResponseReturnValue:
    proposal = _payable(request.args.get("proposal", ""))
    approved, paid, prepared = _left(proposal)
    form = PaymentForm(
        formdata=None,
        proposal=proposal.code,
        satang=(approved - paid - prepared) or None,
    )
    return _form_page(form, proposal)


@bp.post("/payments/new")
@opens_to(Role.FINANCE)
def prepare() -> ResponseReturnValue:
    """Sent twice: first to be looked at once more, then with `confirmed` to wait for another person's approval."""
    form = PaymentForm()
    form.offer_vendors(vendors.payable())
    proposal = _payable(form.proposal.data or "")
    code = proposal.code
    if not form.validate_on_submit():
        return _form_page(form, proposal, status=422)
    if request.form.get("change"):
        return _form_page(form, proposal)
    satang = form.satang.data
    assert satang is not None
    if form.confirmed.data != "yes":
        approved, paid, prepared = _left(proposal)
        if satang > approved - paid - prepared:
            form.satang.errors = ["มากกว่าที่เหลือจากมติ กรุณาตรวจจำนวนเงิน"]
            return _form_page(form, proposal, status=422)
        try:
            withheld = withholding.preview(form.tax, satang=satang, vendor_id=int(form.vendor.data))
        except Refused as refused:
            return _form_page(form, proposal, refused=refused.words, status=status_of(refused))
        return render_template(
            "spending/confirm.html",
            form=form,
            withheld=withheld,
            rate_words=withholding.rate_words,
            proposal=proposal,
            approved=approved,
            paid=paid,
            prepared=prepared,
            payee=_payee(form.vendor.data),
            rule=signatories.words(Profile.here().spending.signing_of(satang)),
        )
    try:
        with transaction():
            number = orders.prepare(
                proposal_code=code,
                satang=satang,
                vendor_id=int(form.vendor.data),
                invoice=form.invoice.data or "",
                tax=form.tax,
                by=signed_in(),
            ).id
    except Refused as refused:
        status = 422 if isinstance(refused, BadInput) else 409
        return _form_page(form, _payable(code), refused=refused.words, status=status)
    flash("เตรียมจ่ายแล้ว รอผู้มีอำนาจลงนามอนุมัติก่อนโอนเงิน", "success")
    return redirect(url_for("spending.order", number=number))


def _payee(number: str) -> tuple[str, str]:
    """Name and account of the vendor that was chosen."""
    vendor = db.session().get_one(Vendor, int(number))
    account = vendors.account_of(vendor)
    return vendor.name, vendors.label(account) if account else "–"


def _form_page(
    form: PaymentForm, proposal: Proposal, *, refused: str = "", status: int = 200
) -> ResponseReturnValue:
    form.offer_vendors(vendors.payable())
    approved, paid, prepared = _left(proposal)
    page = render_template(
        "spending/pay.html",
        form=form,
        proposal=proposal,
        approved=approved,
        paid=paid,
        prepared=prepared,
        meeting=meetings_of([proposal]).get(proposal.id),
        why_not=orders.why_not(proposal, by=signed_in()),
        refused=refused,
    )
    return page, status


def _order_page(
    number: int,
    *,
    transfer: TransferForm | None = None,
    approval: PasswordAgainForm | None = None,
    reason: ReasonForm | None = None,
    refused: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    found = db.session().get(PaymentOrder, number) or abort(404)
    me, proposal, in_file = signed_in(), found.proposal, orders.file_line(found.id)
    approved, paid, prepared = _left(proposal)
    is_open = found.withdrawn_at is None and found.payment is None
    page = render_template(
        "spending/order.html",
        order=found,
        proposal=proposal,
        approved=approved,
        paid=paid,
        prepared=prepared,
        withheld=withholding.of(found.id),
        lines=order_lines.of(found.id),
        invoices=order_lines.invoices_of(found.id),
        missing=order_lines.shortages(found.id),
        may_split=not order_lines.why_not_split(found, by=me),
        rate_words=withholding.rate_words,
        meeting=meetings_of([proposal])[proposal.id],
        **line_pages.story_of(proposal),
        lines_approved=resolutions.lines_approved(proposal.id),
        bank_name=bank_name(found.vendor_bank),
        payee_id=db.session().get_one(VendorAccount, found.vendor_account_id).vendor_id,
        why_not_approve=orders.why_not_approve(found, by=me) if is_open and not found.approved_at else "",
        to_approve=is_open and not found.approved_at,
        to_transfer=is_open and found.approved_at is not None and me.has(Role.FINANCE),
        why_not_transfer=orders.why_not(proposal, by=me)
        or orders.own_advance(found, by=me)
        or (WITH_THE_BANK if in_file else ""),
        in_file=in_file,
        rule=signatories.words(Signing(found.signatures, found.signatures, found.signing_group)),
        papers=papers.of(found.id),
        paper_form=PaperForm(formdata=None) if me.has(*papers.KEEPERS) else None,
        may_withdraw=is_open and (me.has(*APPROVERS) or signatories.of(me) is not None),
        transfer=transfer or TransferForm(formdata=None, paid_on=clock.today()),
        approval=approval or PasswordAgainForm(formdata=None),
        reason=reason or ReasonForm(formdata=None),
        refused=refused,
    )
    return page, status


@bp.get("/payments/orders/<int:number>")
@opens_to(*READERS)
def order(number: int) -> ResponseReturnValue:
    """One payment before it is made: for the approver to look at, for the finance officer to transfer."""
    return _order_page(number)


def status_of(refused: Refused) -> int:
    return 422 if isinstance(refused, BadInput) else 409


@bp.post("/payments/orders/<int:number>/approve")
@opens_to(*signatories.HOLDERS)
def approve_order(number: int) -> ResponseReturnValue:
    form = PasswordAgainForm()
    if not form.validate_on_submit():
        return _order_page(number, approval=form, status=422)
    try:
        signin.confirm_password(form.password_again.data or "", by=signed_in())
        with transaction():
            is_approved = orders.approve(number, by=signed_in()).approved_at is not None
    except Refused as refused:
        return _order_page(number, refused=refused.words, status=status_of(refused))
    told = "เจ้าหน้าที่การเงินโอนเงินและบันทึกเลขอ้างอิงได้" if is_approved else "รอผู้มีอำนาจลงนามท่านอื่นอนุมัติด้วย"
    flash(f"อนุมัติให้จ่ายแล้ว {told}", "success")
    return redirect(url_for("spending.order", number=number))


@bp.post("/payments/orders/<int:number>/withdraw")
@opens_to(*signatories.HOLDERS)
def withdraw_order(number: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _order_page(number, reason=form, status=422)
    try:
        with transaction():
            orders.withdraw(number, reason=form.reason.data, by=signed_in())
    except Refused as refused:
        return _order_page(number, reason=form, refused=refused.words, status=status_of(refused))
    flash("ยกเลิกรายการเตรียมจ่ายแล้ว ยอดนี้เตรียมจ่ายใหม่ได้", "success")
    return redirect(url_for("spending.payments"))


@bp.post("/payments/orders/<int:number>/transfer")
@opens_to(Role.FINANCE)
def transfer(number: int) -> ResponseReturnValue:
    form = TransferForm()
    paid_on = form.paid_on.data
    if not form.validate_on_submit() or paid_on is None:
        return _order_page(number, transfer=form, status=422)
    try:
        with transaction():
            payment = payments_.record(
                number, transfer_ref=form.transfer_ref.data, paid_on=paid_on, by=signed_in()
            )
            made, voucher = payment.id, payment.code
    except Refused as refused:
        return _order_page(number, transfer=form, refused=refused.words, status=status_of(refused))
    flash(f"บันทึกการจ่ายแล้ว ใบสำคัญเลขที่ {voucher}", "success")
    return redirect(url_for("spending.payment", number=made))


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
    approved, paid, prepared = _left(proposal)
    form.reason.flags.required = approved > paid
    page = render_template(
        "spending/settle.html",
        form=form,
        proposal=proposal,
        approved=approved,
        paid=paid,
        prepared=prepared,
        refused=refused,
        in_the_way=guards.against_settling(code, paid),
        cost_page=guards.cost_page(code),
    )
    return page, status


def commitments_in_the_journal(numbers: list[int]) -> Explained:
    """What an entry for a commitment is for."""
    known = (
        select(Commitment.id, Proposal.code)
        .join(Resolution, Resolution.id == Commitment.resolution_id)
        .join(Proposal, Proposal.id == Resolution.proposal_id)
        .where(Commitment.id.in_(numbers))
    )
    return {number: (f"คำขอ {code}", "") for number, code in db.session().execute(known)}


def payments_in_the_journal(numbers: list[int]) -> Explained:
    """What an entry for a payment is for, with its page for whoever may open it."""
    known = db.session().scalars(select(Payment).where(Payment.id.in_(numbers)))
    return {payment.id: _in_the_journal(payment, "ใบสำคัญ") for payment in known}


def returns_in_the_journal(numbers: list[int]) -> Explained:
    """Of which payment an entry brought something back."""
    known = db.session().scalars(select(PaymentReturn).where(PaymentReturn.id.in_(numbers)))
    return {back.id: _in_the_journal(back.payment, "เงินคืนของใบสำคัญ") for back in known}


def _in_the_journal(payment: Payment, words: str) -> tuple[str, str]:
    may_open = signed_in().has(*READERS)
    return f"{words} {payment.code}", url_for("spending.payment", number=payment.id) if may_open else ""
