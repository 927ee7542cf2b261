"""Pages of those whom the fund pays, and of those who sign that it does."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select

from app.fund.spending import signatories, vendors
from app.fund.spending.blueprint import READERS, bp
from app.fund.spending.forms import (
    PressForm,
    ReasonForm,
    SignatoryForm,
    VendorAccountForm,
    VendorForm,
    offer_banks,
)
from app.fund.spending.records import PaymentOrder, Vendor, VendorAccount, VendorKind
from app.kit import lists
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.lists import Column, List, Search
from app.kit.money import format_baht
from app.province.profile import Profile
from app.staff import approvals, notices, signin
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

#: Who may be an officer to whom an advance is paid: everybody of the staff, no network's treasurer.
_OFFICES = tuple(role for role in Role if role != Role.TREASURER)


def _account(vendor: Vendor) -> str:
    account = vendors.account_of(vendor)
    return vendors.label(account) if account else "–"


def _state(vendor: Vendor) -> tuple[str, str] | None:
    if vendor.closed_at is not None:
        return "ปิดแล้ว", "neutral"
    return ("กำลังเปลี่ยนบัญชี", "warning") if vendors.coming(vendor) else None


def _vendors() -> List:
    return List(
        select(Vendor),
        columns=(
            Column("ชื่อ", lambda v: v.name, href=lambda v: url_for("spending.vendor", number=v.id)),
            Column("บัญชี", _account),
            Column("ประเภท", lambda v: VendorKind(v.kind).words),
            Column("สถานะ", _state, "pill"),
        ),
        orders={"id": (Vendor.id,)},
        search=Search("ชื่อ เลขที่บัญชี หรือเลขผู้เสียภาษี", _matching),
        label="ผู้รับเงิน",
        empty="ยังไม่มีผู้รับเงินที่ยืนยันแล้ว",
        drawing="money",
        file="vendors",
    )


def _matching(words: str) -> ColumnElement[bool]:
    with_number = select(VendorAccount.id).where(
        VendorAccount.vendor_id == Vendor.id, VendorAccount.number == words
    )
    return lists.contains(words, Vendor.name) | (Vendor.tax_id == words) | with_number.exists()


def _vendors_page(form: VendorForm | None = None, *, refused: str = "") -> ResponseReturnValue:
    shown = form or VendorForm(formdata=None)
    offer_banks(shown.bank_code)
    shown.offer_officers(notices.holders(*_OFFICES))
    return lists.show(
        "spending/vendors.html",
        _vendors(),
        form=shown,
        proposes=signed_in().has(*vendors.PROPOSERS),
        waiting=[asked for asked in approvals.waiting(of_finance=False) if asked.kind == vendors.PROPOSE],
        opened=form is not None,
        refused=refused,
    )


@bp.get("/payments/vendors")
@opens_to(*READERS)
def vendor_list() -> ResponseReturnValue:
    """Whom the fund pays, the newest first, and the form to propose another."""
    found = _vendors()
    return lists.sheet(found) if lists.is_sheet(found) else _vendors_page()


@bp.post("/payments/vendors")
@opens_to(*vendors.PROPOSERS)
def propose_vendor() -> ResponseReturnValue:
    form = VendorForm()
    offer_banks(form.bank_code)
    form.offer_officers(notices.holders(*_OFFICES))
    if not form.validate_on_submit():
        return _with_status(_vendors_page(form), 422)
    try:
        with transaction():
            asked = vendors.ask_propose(
                kind=form.kind.data,
                name=form.vendor_name.data,
                tax_id=form.tax_id.data or "",
                bank_code=form.bank_code.data,
                number=form.number.data,
                reason=form.reason.data,
                user_id=int(form.user_id.data) if form.user_id.data else None,
                by=signed_in(),
            ).id
    except Refused as refused:
        return _with_status(_vendors_page(form, refused=refused.words), _said_no(refused))
    return _asked(asked)


def _with_status(page: ResponseReturnValue, status: int) -> ResponseReturnValue:
    return page, status  # type: ignore[return-value]


def _said_no(refused: Refused) -> int:
    return 422 if isinstance(refused, BadInput) else 409


def _asked(number: int) -> ResponseReturnValue:
    flash("ส่งคำขอแล้ว รออีกท่านหนึ่งที่ถือบทบาทอื่นยืนยัน", "success")
    return redirect(url_for("staff.approval", number=number), code=303)


def _vendor_page(
    number: int,
    *,
    change: VendorAccountForm | None = None,
    reason: ReasonForm | None = None,
    refused: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    found = db.session().get(Vendor, number) or abort(404)
    me = signed_in()
    changing = change or VendorAccountForm(formdata=None)
    offer_banks(changing.bank_code)
    paid = (
        select(PaymentOrder)
        .join(VendorAccount, VendorAccount.id == PaymentOrder.vendor_account_id)
        .where(VendorAccount.vendor_id == found.id)
        .order_by(PaymentOrder.id.desc())
        .limit(20)
    )
    page = render_template(
        "spending/vendor.html",
        vendor=found,
        kind=VendorKind(found.kind),
        state=_state(found),
        account=_account(found),
        coming=vendors.coming(found),
        account_label=vendors.label,
        orders=db.session().scalars(paid).all(),
        waiting=approvals.waiting_about(f"vendor:{found.id}", (vendors.CHANGE,)),
        may_change=found.closed_at is None and me.has(*vendors.PROPOSERS),
        may_close=found.closed_at is None and me.has(*vendors.PROPOSERS, Role.CHAIR),
        change=changing,
        reason=reason or ReasonForm(formdata=None),
        refused=refused,
    )
    return page, status


@bp.get("/payments/vendors/<int:number>")
@opens_to(*READERS)
def vendor(number: int) -> ResponseReturnValue:
    return _vendor_page(number)


@bp.post("/payments/vendors/<int:number>/account")
@opens_to(*vendors.PROPOSERS)
def change_vendor(number: int) -> ResponseReturnValue:
    form = VendorAccountForm()
    offer_banks(form.bank_code)
    if not form.validate_on_submit():
        return _vendor_page(number, change=form, status=422)
    try:
        with transaction():
            asked = vendors.ask_change(
                number,
                bank_code=form.bank_code.data,
                number=form.number.data,
                reason=form.change_reason.data,
                by=signed_in(),
            ).id
    except Refused as refused:
        return _vendor_page(number, change=form, refused=refused.words, status=_said_no(refused))
    return _asked(asked)


@bp.post("/payments/vendors/<int:number>/close")
@opens_to(*vendors.PROPOSERS, Role.CHAIR)
def close_vendor(number: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _vendor_page(number, reason=form, status=422)
    try:
        with transaction():
            vendors.close(number, reason=form.reason.data, by=signed_in())
    except Refused as refused:
        return _vendor_page(number, reason=form, refused=refused.words, status=_said_no(refused))
    flash("ปิดผู้รับเงินแล้ว เตรียมจ่ายให้รายนี้ไม่ได้อีก", "success")
    return redirect(url_for("spending.vendor", number=number))


def _signatories_page(
    form: SignatoryForm | None = None, *, refused: str = "", status: int = 200
) -> ResponseReturnValue:
    me, rules = signed_in(), Profile.here().spending
    shown = form or SignatoryForm(formdata=None)
    shown.offer_people(notices.holders(*signatories.HOLDERS))
    page = render_template(
        "spending/signatories.html",
        people=[(named, signatories.in_force(named)) for named in signatories.every()],
        form=shown,
        opened=form is not None,
        names=me.has(*approvals.APPROVERS),
        rule=signatories.words(rules.signing),
        rule_large=signatories.words(rules.signing_large),
        large=format_baht(rules.large_satang),
        too_few=signatories.count() < rules.signing_large.of,
        refused=refused,
    )
    return page, status


@bp.get("/payments/signatories")
@opens_to(*READERS, Role.ADMINISTRATOR)
def signatory_list() -> ResponseReturnValue:
    """Who signs, by which order, and the rule of how many do."""
    return _signatories_page()


@bp.post("/payments/signatories")
@opens_to(*approvals.APPROVERS)
def name_signatory() -> ResponseReturnValue:
    form = SignatoryForm()
    form.offer_people(notices.holders(*signatories.HOLDERS))
    from_on = form.from_on.data
    if not form.validate_on_submit() or from_on is None:
        return _signatories_page(form, status=422)
    try:
        signin.confirm_password(form.password_again.data or "", by=signed_in())
        with transaction():
            asked = signatories.ask_name(
                int(form.user_id.data),
                group=form.group.data,
                appointed_by=form.order.data,
                from_on=from_on,
                to_on=form.to_on.data,
                reason=form.reason.data,
                by=signed_in(),
            ).id
    except Refused as refused:
        return _signatories_page(form, refused=refused.words, status=_said_no(refused))
    return _asked(asked)


@bp.post("/payments/signatories/<int:number>/end")
@opens_to(*approvals.APPROVERS)
def end_signatory(number: int) -> ResponseReturnValue:
    if not PressForm().validate_on_submit():
        abort(400)
    try:
        with transaction():
            signatories.end(number, by=signed_in())
    except Refused as refused:
        return _signatories_page(refused=refused.words, status=_said_no(refused))
    flash("สิ้นสุดอำนาจลงนามแล้ว", "success")
    return redirect(url_for("spending.signatory_list"))
