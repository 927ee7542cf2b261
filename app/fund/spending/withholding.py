"""Withholding: income tax that a payer keeps back from a payment (ประมวลรัษฎากร มาตรา 3 เตรส, 50), and its certificate.

The books take the whole sum as paid; what leaves the bank is the sum without the tax, which is owed to the Revenue
Department until it is remitted (`remittances`).
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.fund.giving.receipts import issuer
from app.fund.spending.records import Payment, PaymentOrder, Vendor, VendorKind
from app.fund.spending.records.withholding import IncomeKind, TaxCertificate, TaxForm, Withholding
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import year_be


@dataclass(frozen=True, slots=True)
class Rate:
    """What is withheld of a kind of income, in hundredths of a percent, by which section of the Revenue Code it is that
    income, and where the rate stands."""

    bp: int
    section: str
    source: str

    @property
    def words(self) -> str:
        """`3%` or `0.75%`."""
        whole, part = divmod(self.bp, 100)
        return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"


_ORDER_4 = "คำสั่งกรมสรรพากรที่ ท.ป. 4/2528"
#: The law is the whole country's. Which of it binds the fund as a payer is for its own finance officer to say: nothing
#: is withheld unless the preparer chooses.
RATES: dict[str, Rate] = {
    IncomeKind.HIRE: Rate(300, "40(7)(8)", f"{_ORDER_4} ข้อ 8 และ 12/1"),
    IncomeKind.PROFESSION: Rate(300, "40(6)", f"{_ORDER_4} ข้อ 7"),
    IncomeKind.RENT: Rate(500, "40(5)", f"{_ORDER_4} ข้อ 6"),
    IncomeKind.ADVERTISING: Rate(200, "40(8)", f"{_ORDER_4} ข้อ 10"),
    IncomeKind.TRANSPORT: Rate(100, "40(8)", f"{_ORDER_4} ข้อ 12/4"),
    IncomeKind.INSURANCE: Rate(100, "40(8)", f"{_ORDER_4} ข้อ 12/3"),
    IncomeKind.GOVERNMENT: Rate(100, "40(5)(6)(7)(8)", "ประมวลรัษฎากร มาตรา 50(4) และ 69 ทวิ"),
}


@dataclass(frozen=True, slots=True)
class TaxChoice:
    """What the preparer says of the tax of a payment. `base_satang` is what is paid without value added tax, 0 for the
    whole sum; `form` may be left empty where the tax ID tells it."""

    kind: str
    address: str
    base_satang: int = 0
    form: str = ""


def tax_of(base_satang: int, rate_bp: int) -> int:
    """The tax in satang: half a satang and more count as one, less as none."""
    return (base_satang * rate_bp + 5000) // 10000


def form_of(tax_id: str, chosen: str) -> TaxForm:
    """In which return the tax is remitted: a juristic person's, whose ID begins with 0, in ภ.ง.ด.53; else as was chosen.

    Raises BadInput where it is not told.
    """
    if tax_id.startswith("0"):
        return TaxForm.PND53
    if chosen not in [known.value for known in TaxForm]:
        raise BadInput("เลขประจำตัวผู้เสียภาษีของผู้รับเงินไม่ใช่เลขนิติบุคคล กรุณาเลือกว่ายื่น ภ.ง.ด.3 หรือ ภ.ง.ด.53")
    return TaxForm(chosen)


def computed(choice: TaxChoice, *, satang: int, vendor: Vendor) -> Withholding:
    """What is withheld of a payment of so many satang to this vendor; not yet of any order.

    Raises Refused for an officer's advance, a vendor without a tax ID, and while the fund's own is unknown; BadInput for a
    kind, a base or an address that cannot be.
    """
    if choice.kind not in RATES:
        raise BadInput("กรุณาเลือกประเภทเงินได้ที่หักภาษีจากรายการ")
    if vendor.kind == VendorKind.OFFICER:
        raise Refused("เงินยืมทดรองของเจ้าหน้าที่ไม่ใช่เงินได้ จึงไม่หักภาษี ณ ที่จ่าย")
    if len(vendor.tax_id) != 13:
        raise Refused(
            f"หักภาษีไม่ได้ เพราะยังไม่มีเลขประจำตัวผู้เสียภาษี 13 หลักของ {vendor.name} กรุณาปิดผู้รับเงินรายนี้ แล้วเสนอใหม่พร้อมเลขนั้น"
        )
    if lacking := issuer.missing():
        raise Refused(f"ออกหนังสือรับรองการหักภาษีไม่ได้ เพราะยังไม่มี{' '.join(lacking)} กรุณาใส่ข้อมูลผู้ออกใบเสร็จก่อน")
    base, rate, address = choice.base_satang or satang, RATES[choice.kind].bp, visible(choice.address)
    if not 0 < base <= satang:
        raise BadInput(f"ยอดก่อนภาษีมูลค่าเพิ่มต้องมากกว่าศูนย์ และไม่เกิน {format_baht(satang)} บาทที่จ่าย")
    if not 0 < len(address) <= 300:
        raise BadInput("กรุณาใส่ที่อยู่ผู้รับเงินตามใบแจ้งหนี้หรือบัตร ไม่เกิน 300 ตัวอักษร เพื่อออกหนังสือรับรองการหักภาษี")
    tax = tax_of(base, rate)
    if tax == 0:
        raise BadInput("ยอดนี้น้อยจนภาษีไม่ถึงหนึ่งสตางค์ กรุณาเลือกไม่หักภาษี")
    return Withholding(
        kind=choice.kind,
        rate_bp=rate,
        base_satang=base,
        satang=tax,
        tax_id=vendor.tax_id,
        address=address,
        form=form_of(vendor.tax_id, choice.form),
    )


def preview(choice: TaxChoice | None, *, satang: int, vendor_id: int) -> Withholding | None:
    """What would be withheld of a payment, for whoever looks at it once more; None when nothing is. Keeps nothing."""
    vendor = db.session().get(Vendor, vendor_id)
    return (
        computed(choice, satang=satang, vendor=vendor) if choice is not None and vendor is not None else None
    )


def of(order_id: int | None) -> Withholding | None:
    """What is withheld of this order's payment; None when nothing is."""
    return db.session().get(Withholding, order_id) if order_id is not None else None


def rate_words(withheld: Withholding) -> str:
    """`3%`, as it was when it was prepared."""
    return Rate(withheld.rate_bp, "", "").words


def section(withheld: Withholding) -> str:
    """Of the Revenue Code: `40(5)`."""
    return RATES[withheld.kind].section


def first_of(paid_on: date) -> date:
    """The month for which the tax of a payment is owed."""
    return paid_on.replace(day=1)


def certify(payment: Payment, order: PaymentOrder) -> TaxCertificate | None:
    """The certificate of what was withheld of a payment just made, under the next number of the calendar year.

    Call it while the voucher book is held, so that no number is used twice. None when nothing was withheld.
    """
    withheld = of(order.id)
    if withheld is None:
        return None
    session, year, payer = db.session(), year_be(payment.paid_on), issuer.issuer()
    last = select(func.coalesce(func.max(TaxCertificate.number), 0)).where(TaxCertificate.year_be == year)
    made = TaxCertificate(
        payment_id=payment.id,
        year_be=year,
        number=int(session.scalar(last) or 0) + 1,
        first_on=first_of(payment.paid_on),
        form=withheld.form,
        satang=withheld.satang,
        payer_name=payer.name_th,
        payer_address=payer.address_th,
        payer_tax_id=payer.tax_id,
    )
    session.add(made)
    session.flush()
    return made


def certificate(payment_id: int) -> TaxCertificate | None:
    """The certificate of this payment; None where nothing was withheld."""
    return db.session().get(TaxCertificate, payment_id)
