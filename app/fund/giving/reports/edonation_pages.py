"""Pages of e-Donation: the giver's consent, and the officer's month of what to report."""

from datetime import date, timedelta

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.fund.giving.blueprint import bp
from app.fund.giving.forms import PressForm
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.payment_requests import DonorTax, PaymentRequest
from app.fund.giving.reports import edonation
from app.fund.giving.reports.forms import TaxForm
from app.fund.ledger import months
from app.kit import clock, lists, thai, throttle
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused, TooManyTries
from app.kit.language import gettext, in_english
from app.kit.lists import Choice, List, Search
from app.staff import reads, signin
from app.staff.doors import EVERYONE, opens_to, signed_in
from app.staff.forms import PasswordAgainForm
from app.staff.reads import ReadKind
from app.staff.roles import Role

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: From one address in ten minutes: each is encrypted and goes into the trail, which keeps all that a machine would say.
_MOST_CONSENTS = 30


@bp.route("/give/<code>/edonation", methods=["GET", "POST"])
@in_english
@opens_to(EVERYONE)
def donor_tax(code: str) -> ResponseReturnValue:
    found = _payment_request(code)
    form = TaxForm(name=found.donor_name)
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                with transaction():
                    throttle.count(
                        "edonation",
                        request.remote_addr or "",
                        most=_MOST_CONSENTS,
                        within=timedelta(minutes=10),
                        refused=gettext("มีการกรอกเลขประจำตัวจากเครือข่ายนี้ถี่เกินไป กรุณารอ 10 นาทีแล้วลองอีกครั้ง"),
                    )
                    edonation.consent(
                        found.id, kind=form.kind.data, name=form.name.data, tax_id=form.tax_id.data
                    )
                flash(gettext("บันทึกแล้ว กองทุนจะรายงานเงินที่ได้รับให้กรมสรรพากรในชื่อนี้"), "success")
                return redirect(url_for("giving.donor_tax", code=code), code=303)
            except TooManyTries as error:
                refused, status = error.words, 429
            except Refused as error:
                refused, status = error.words, 409
    wish = edonation.wish_of(found.id)
    page = render_template(
        "giving/donor_tax.html",
        payment_request=found,
        form=form,
        refused=refused,
        wish=wish,
        masked=edonation.masked(wish) if wish else "",
        kinds=edonation.DONOR_KIND_NAMES,
    )
    return page, status


@bp.post("/give/<code>/edonation/withdraw")
@in_english
@opens_to(EVERYONE)
def withdraw_donor_tax(code: str) -> ResponseReturnValue:
    found = _payment_request(code)
    if not PressForm().validate_on_submit():
        abort(400)
    with transaction():
        edonation.withdraw(found.id)
    flash(gettext("ถอนความยินยอมและลบเลขประจำตัวแล้ว"), "success")
    return redirect(url_for("giving.donor_tax", code=code), code=303)


def _payment_request(code: str) -> PaymentRequest:
    if not edonation.is_offered():
        abort(404)
    return payment_requests.by_code(code) or abort(404)


@bp.get("/edonation", endpoint="edonation")
@opens_to(Role.FINANCE)
def edonation_month() -> ResponseReturnValue:
    first_on, last_on = _month()
    return lists.show(
        "giving/edonation.html",
        List(
            edonation.listed(first_on, last_on),
            columns=(),
            orders={"paid": (Donation.paid_at, Donation.id)},
            down=False,
            search=Search("ชื่อผู้บริจาค", lambda words: lists.contains(words, DonorTax.name)),
            filters=(
                Choice(
                    "state",
                    "สถานะ",
                    (("open", "ต้องคีย์"), ("done", "รายงานแล้ว")),
                    lambda state: edonation.to_do() if state == "open" else ~edonation.to_do(),
                ),
            ),
            read=lambda rows: [edonation.as_line(row) for row in rows],
            empty="เดือนนี้ไม่มีรายการที่ผู้ให้ขอให้รายงาน",
            drawing="money",
            label="รายการที่ต้องรายงาน",
            keep=("month",),
        ),
        first_on=first_on,
        month_words=thai.month_year(first_on),
        asked=months.written(first_on),
        months=months.choices(first_on),
        unread=_asked() is None and request.args.get("month", ""),
        is_offered=edonation.is_offered(),
        masked=edonation.masked,
        routes=edonation.ROUTE_NAMES,
        to_do=edonation.count_to_do(first_on, last_on),
        sheet_form=PasswordAgainForm(formdata=None),
    )


@bp.post("/edonation.xlsx")
@opens_to(Role.FINANCE)
def edonation_sheet() -> ResponseReturnValue:
    form = PasswordAgainForm()
    first_on, last_on = _month()
    try:
        if not form.validate_on_submit():
            raise BadInput("กรุณาใส่รหัสผ่านของท่านก่อนดาวน์โหลดใบตรวจที่มีเลขเต็ม")
        signin.confirm_password(form.password_again.data, by=signed_in())
    except Refused as refused:
        flash(refused.words, "danger")
        return redirect(url_for("giving.edonation", month=request.args.get("month")))
    reads.note(ReadKind.EXPORT, reads.file_subject("edonation"), by=signed_in(), reason="ใบตรวจที่มีเลขเต็ม")
    with transaction():
        content = edonation.review_sheet(first_on, last_on, by=signed_in())
    answer = Response(content, mimetype=_SHEET)
    name = f"edonation-{thai.year_be(first_on)}-{first_on.month:02d}.xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.post("/edonation/<int:donation_id>/<word>")
@opens_to(Role.FINANCE)
def edonation_record(donation_id: int, word: str) -> ResponseReturnValue:
    if word not in (edonation.BANK, edonation.MANUAL, "undo"):
        abort(404)
    if not PressForm().validate_on_submit():
        abort(400)
    with transaction():
        if word == "undo":
            edonation.undo(donation_id, by=signed_in())
        else:
            edonation.record(donation_id, route=word, by=signed_in())
    return redirect(url_for("giving.edonation", month=request.args.get("month")), code=303)


def _month() -> tuple[date, date]:
    """The month that the address asks for, this one for anything else."""
    today = clock.today()
    return _asked() or clock.month_days(today.year, today.month)


def _asked() -> tuple[date, date] | None:
    """The month that the address asks for (2569-01); None for anything else."""
    year, _, month = thai.arabic_digits(request.args.get("month", "")).partition("-")
    if year.isascii() and year.isdigit() and len(year) == 4 and month.isascii() and month.isdigit():
        number = int(month)
        if 1 <= number <= 12 and 2400 < int(year) < 2800:
            return clock.month_days(thai.to_ce(int(year)), number)
    return None
