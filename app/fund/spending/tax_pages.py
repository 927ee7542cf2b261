"""Pages of tax withheld: what is owed of each month, its certificates, and the line of the bank that remitted it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.fund.spending import line_pages, remittances, withholding
from app.fund.spending.blueprint import READERS, bp
from app.fund.spending.forms import RemittanceForm
from app.fund.spending.records import Payment, PaymentOrder
from app.fund.spending.records.withholding import TaxCertificate, TaxForm, Withholding
from app.fund.spending.remittances import TaxMonth
from app.kit import lists
from app.kit.db import db
from app.kit.lists import Choice, Column, Days, List, Search
from app.kit.thai import month_year
from app.province.profile import Profile
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User


@dataclass(frozen=True, slots=True)
class _Certified:
    """A certificate with what it certifies."""

    certificate: TaxCertificate
    withheld: Withholding


@bp.get("/payments/tax")
@opens_to(*READERS)
def tax() -> ResponseReturnValue:
    """What is owed by month and form, when it is due, and every certificate, also as a sheet."""
    several = remittances.by_month()
    certificates = _certificates(several)
    if lists.is_sheet(certificates):
        return lists.sheet(certificates)
    return lists.show(
        "spending/tax.html",
        certificates,
        months=several,
        owed=sum(month.owed for month in several),
        filing=remittances.filing_words(),
    )


def _certificates(several: list[TaxMonth]) -> List:
    def column(label: str, of: str, kind: Any = "", **more: Any) -> Column:
        return Column(label, lambda row: getattr(row.withheld, of), kind, **more)

    states = {(month.first_on, month.form.value): month.state for month in several}
    return List(
        select(TaxCertificate, Withholding)
        .join(Payment, Payment.id == TaxCertificate.payment_id)
        .join(Withholding, Withholding.order_id == Payment.order_id),
        columns=(
            Column(
                "เลขที่",
                lambda row: row.certificate.code,
                href=lambda row: url_for("spending.payment", number=row.certificate.payment_id),
            ),
            Column("วันที่จ่าย", lambda row: row.certificate.payment.paid_on, "date"),
            Column("ผู้รับเงิน", lambda row: row.certificate.payment.vendor),
            column("เลขประจำตัวผู้เสียภาษี", "tax_id", on="sheet"),
            column("ที่อยู่", "address", on="sheet"),
            column("ประเภทเงินได้", "kind_words", on="desk"),
            Column("อัตรา", lambda row: withholding.rate_words(row.withheld), on="sheet"),
            column("จ่าย (บาท)", "base_satang", "baht", on="sheet"),
            column("ภาษี (บาท)", "satang", "baht"),
            column("แบบ", "form_words"),
            Column("เดือน", lambda row: month_year(row.certificate.first_on), on="sheet"),
            Column("สถานะ", lambda row: _state(row.certificate, states), "pill"),
        ),
        read=lambda rows: [_Certified(*row) for row in rows],
        orders={"id": (TaxCertificate.payment_id,)},
        search=Search("ผู้รับเงิน", lambda words: lists.contains(words, Payment.vendor)),
        filters=(
            Choice(
                "form",
                "แบบ",
                [(form.value, form.words) for form in TaxForm],
                lambda form: TaxCertificate.form == form,
            ),
            Days(Payment.paid_on),
        ),
        label="หนังสือรับรองการหักภาษี",
        empty="ยังไม่มีการจ่ายที่หักภาษี",
        drawing="money",
        file="tax",
    )


def _state(
    certificate: TaxCertificate, states: dict[tuple[date, str], tuple[str, str]]
) -> tuple[str, str] | None:
    if certificate.payment.voided_at is not None:
        return "ใบสำคัญยกเลิก", "neutral"
    if not certificate.payment.kept_satang:
        return "ยกเลิก คืนเงินแล้ว", "neutral"
    # A month that is not told of is older than those and owes nothing.
    return states.get((certificate.first_on, certificate.form), ("นำส่งครบแล้ว", "success"))


@bp.get("/payments/<int:number>/tax-certificate.pdf")
@opens_to(*READERS)
def tax_certificate(number: int) -> Response:
    """The certificate of the tax withheld of a payment: the payee's two copies and the fund's."""
    from app.kit import pdf

    found = db.session().get(TaxCertificate, number) or abort(404)
    order = db.session().get_one(PaymentOrder, found.payment.order_id)
    withheld = withholding.of(order.id) or abort(404)
    printed = pdf.render(
        render_template(
            "pdf/tax_certificate.html",
            certificate=found,
            payment=found.payment,
            withheld=withheld,
            rate_words=withholding.rate_words(withheld),
            section=withholding.section(withheld),
            forms=list(TaxForm),
            payer=db.session().get_one(User, found.payment.paid_by_id),
        ),
        title=f"หนังสือรับรองการหักภาษี ณ ที่จ่าย {found.code}",
        author=Profile.here().fund_th,
    )
    name = f"tax-certificate-{found.year_be}-{found.number:04d}.pdf"
    return Response(
        printed, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@bp.post("/payments/lines/<int:number>/remit")
@opens_to(Role.FINANCE)
def remit_line(number: int) -> ResponseReturnValue:
    form = RemittanceForm()
    try:
        first_on = date.fromisoformat(form.month.data or "")
    except ValueError:
        first_on = None
    if not form.validate_on_submit() or first_on is None:
        return line_pages.lines_page(refused="กรุณาเลือกเดือนและแบบที่นำส่ง", status=422)
    return line_pages.done(
        lambda: remittances.remit(number, first_on=first_on, form=form.tax_form.data, by=signed_in()),
        "บันทึกการนำส่งภาษีแล้ว",
    )
