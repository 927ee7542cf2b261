"""Pages that set the fund up: its bank account, a stop of giving, its purposes; the list of its partner networks."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.fund.giving.blueprint import bp
from app.fund.giving.networks.forms import NetworkForm
from app.fund.giving.payment_requests import fund_accounts, payees, purposes, solicitation, stops
from app.fund.giving.payment_requests.forms import AccountForm, CloseForm, OpenForm, PurposeForm, StopForm
from app.fund.giving.records.payment_requests import FundAccount, PaymentRequest, PaymentRequestState
from app.fund.ledger import books
from app.fund.ledger.accounts import GENERAL
from app.kit import clock, language
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.province import places
from app.province.banks import bank_name
from app.province.profile import Profile
from app.settings import Settings
from app.staff import approvals, signin
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

_READERS = (*approvals.APPROVERS, Role.AUDITOR)


@bp.get("/fund/setup")
@opens_to(*_READERS)
def setup() -> str:
    return setup_page()


@bp.post("/fund/setup/accounts")
@opens_to(*approvals.APPROVERS)
def propose_account() -> ResponseReturnValue:
    form = AccountForm()
    form.offer()
    if not form.validate_on_submit():
        return setup_page(account=form), 422
    try:
        signin.confirm_password(form.password_again.data or "", by=signed_in())
        with transaction():
            asked = fund_accounts.ask_propose(
                bank_code=form.bank_code.data,
                number=form.number.data,
                name=form.holder.data,
                reason=form.reason.data,
                by=signed_in(),
            ).id
    except Refused as error:
        return setup_page(account=form, refused=error.words), status_of(error)
    return _asked(asked)


@bp.get("/fund/setup/accounts/<int:number>")
@opens_to(*_READERS)
def fund_account(number: int) -> str:
    return _account_page(number)


@bp.post("/fund/setup/accounts/<int:number>/open")
@opens_to(*approvals.APPROVERS)
def open_account(number: int) -> ResponseReturnValue:
    form = OpenForm()
    if not form.validate_on_submit():
        return _account_page(number, form=form), 422
    here = Settings.here()
    try:
        signin.confirm_password(form.password_again.data or "", by=signed_in())
        with transaction():
            asked = fund_accounts.ask_open(
                number,
                biller_id=form.biller_id.data or "",
                promptpay_id=form.promptpay_id.data or "",
                reason=form.reason.data or "",
                by=signed_in(),
                demo=here.demo,
            ).id
    except Refused as error:
        return _account_page(number, form=form, refused=error.words), status_of(error)
    return _asked(asked)


@bp.post("/fund/setup/accounts/<int:number>/close")
@opens_to(*approvals.APPROVERS)
def close_account(number: int) -> ResponseReturnValue:
    form = CloseForm()
    if not form.validate_on_submit():
        return _account_page(number, closing=form), 422
    try:
        signin.confirm_password(form.password_again.data or "", by=signed_in())
        with transaction():
            asked = fund_accounts.ask_close(number, reason=form.reason.data or "", by=signed_in()).id
    except Refused as error:
        return _account_page(number, closing=form, refused=error.words), status_of(error)
    return _asked(asked)


def _asked(number: int) -> Response:
    flash("ส่งคำขอแล้ว ยังไม่มีอะไรเปลี่ยนจนกว่าอีกท่านหนึ่งที่ถือบทบาทอื่นจะอนุมัติ", "success")
    return redirect(url_for("staff.approval", number=number), code=303)


@bp.get("/fund/setup/stop")
@opens_to(*_READERS)
def giving_stop() -> str:
    return _stop_page()


@bp.post("/fund/setup/stop")
@opens_to(*approvals.APPROVERS)
def stop_giving() -> ResponseReturnValue:
    form = StopForm()
    if not form.validate_on_submit():
        return _stop_page(form), 422
    try:
        with transaction():
            stops.stop(reason=form.reason.data or "", by=signed_in())
    except Refused as error:
        return _stop_page(form, refused=error.words), status_of(error)
    flash("หยุดรับเงินผ่าน QR แล้ว ไม่มีช่องทางใดแสดง QR ให้ผู้จ่าย", "success")
    return redirect(url_for("giving.giving_stop"), code=303)


@bp.post("/fund/setup/stop/end")
@opens_to(*approvals.APPROVERS)
def resume_giving() -> ResponseReturnValue:
    form = StopForm()
    if not form.validate_on_submit():
        return _stop_page(form), 422
    try:
        with transaction():
            asked = stops.ask_resume(reason=form.reason.data or "", by=signed_in()).id
    except Refused as error:
        return _stop_page(form, refused=error.words), status_of(error)
    return _asked(asked)


def _stop_page(form: StopForm | None = None, *, refused: str = "") -> str:
    return render_template(
        "giving/stop.html",
        stop=stops.current(),
        form=form or StopForm(formdata=None),
        refused=refused,
        acts=signed_in().has(*approvals.APPROVERS),
        waiting=approvals.waiting_for(stops.RESUME, "giving"),
    )


@bp.post("/fund/setup/purposes")
@opens_to(Role.FUND_OFFICER)
def open_purpose() -> ResponseReturnValue:
    form = PurposeForm()
    form.offer(_profile())
    if not form.validate_on_submit():
        return setup_page(purpose=form), 422
    try:
        with transaction():
            purposes.open_(
                code=form.purpose_code.data,
                name_th=form.purpose_name.data,
                name_en=form.purpose_name_en.data or "",
                dimension=form.dimension.data or None,
                by=signed_in(),
            )
    except Refused as error:
        return setup_page(purpose=form, refused=error.words), status_of(error)
    flash("เปิดวัตถุประสงค์แล้ว ผู้ให้เลือกได้ทันที", "success")
    return redirect(url_for("giving.setup", _anchor="purposes"), code=303)


@bp.post("/fund/setup/purposes/<int:number>/close")
@opens_to(Role.FUND_OFFICER)
def close_purpose(number: int) -> ResponseReturnValue:
    return _turned(purposes.close, number, "ปิดรับแล้ว เงินที่ให้ไว้ยังอยู่ครบเพื่อวัตถุประสงค์นี้")


@bp.post("/fund/setup/purposes/<int:number>/reopen")
@opens_to(Role.FUND_OFFICER)
def reopen_purpose(number: int) -> ResponseReturnValue:
    return _turned(purposes.reopen, number, "เปิดรับอีกครั้งแล้ว")


def _turned(rule: Callable[..., object], number: int, words: str) -> ResponseReturnValue:
    try:
        with transaction():
            rule(number, by=signed_in())
    except Refused as error:
        return setup_page(refused=error.words), status_of(error)
    flash(words, "success")
    return redirect(url_for("giving.setup", _anchor="purposes"), code=303)


def setup_page(
    *,
    account: AccountForm | None = None,
    purpose: PurposeForm | None = None,
    network: NetworkForm | None = None,
    refused: str = "",
) -> str:
    """The whole page; a form that was sent and refused stands open on it with what was typed."""
    forms = {
        "account": account or AccountForm(formdata=None),
        "purpose": purpose or PurposeForm(formdata=None),
        "network": network or NetworkForm(formdata=None),
    }
    forms["account"].offer()
    forms["purpose"].offer(_profile())
    forms["network"].offer(districts_here())
    sent = next(
        (name for name, form in (("account", account), ("purpose", purpose), ("network", network)) if form),
        "",
    )
    return render_template(
        "giving/setup.html",
        forms=forms,
        sent=sent,
        refused=refused,
        accounts=fund_accounts.every(),
        statuses=fund_accounts.statuses(),
        stop=stops.current(),
        solicits=solicitation.current(clock.today()) is not None,
        bank_name=bank_name,
        balances=books.balances(),
        general=GENERAL,
        dimension_names={side.code: side.name_th for side in Profile.here().sides.every},
        keeps=signed_in().has(Role.FUND_OFFICER),
        asks=signed_in().has(*approvals.APPROVERS),
        sees_all=signed_in().has(Role.FUND_OFFICER, Role.AUDITOR),
    )


def _account_page(
    number: int, *, form: OpenForm | None = None, closing: CloseForm | None = None, refused: str = ""
) -> str:
    session = db.session()
    account = session.get(FundAccount, number) or abort(404)
    if form is None:
        form = OpenForm(
            formdata=None, biller_id=account.biller_id or "", promptpay_id=account.promptpay_id or ""
        )
    waiting = select(func.count(PaymentRequest.id)).where(
        PaymentRequest.account_id == account.id,
        PaymentRequest.state == PaymentRequestState.OPEN,
        PaymentRequest.expires_at > clock.now(),
    )
    return render_template(
        "giving/setup_account.html",
        account=account,
        bank=bank_name(account.bank_code),
        form=form,
        refused=refused,
        waiting=session.scalar(waiting) or 0,
        status=fund_accounts.statuses()[account.id],
        closing=closing or CloseForm(formdata=None),
        coming=payees.coming(),
        now=payees.in_force(),
        requests=[
            request_ for request_ in approvals.waiting() if request_.subject == f"account:{account.id}"
        ],
        asks=signed_in().has(*approvals.APPROVERS),
    )


def _profile() -> Profile:
    return Profile.here()


def districts_here() -> dict[str, str]:
    return {
        district.code: language.named(district.name_th)
        for district in places.districts(_profile().province_code)
    }


def status_of(error: Refused) -> int:
    return 422 if isinstance(error, BadInput) else 409
