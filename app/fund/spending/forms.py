"""Forms of spending: a payment as it is prepared, approved, transferred and voided."""

from collections.abc import Iterable

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.fund.spending.records import PaperKind, SignatoryGroup, Vendor, VendorKind
from app.fund.spending.records.withholding import IncomeKind, TaxForm
from app.fund.spending.withholding import RATES, TaxChoice
from app.kit.forms import BahtField, Form, Given, ThaiDateField
from app.province.banks import banks
from app.staff.forms import PasswordAgain
from app.staff.users import User


def offer_banks(field: SelectField) -> None:
    """The banks that a vendor can have an account with."""
    field.choices = [
        ("", "เลือกธนาคาร"),
        *((bank.code, bank.name_th) for bank in banks() if bank.status == "active"),
    ]


_KINDS = [SelectChoice(kind.value, f"{kind.words} {RATES[kind].words}") for kind in IncomeKind]
_FORMS = [SelectChoice(form.value, form.words) for form in TaxForm]


class PaymentForm(Form):
    """Filled in first, shown again to be confirmed, and only then prepared for approval."""

    proposal = HiddenField()
    confirmed = HiddenField()
    satang = BahtField("จำนวนเงินที่จ่าย", validators=[Given("กรุณาใส่จำนวนเงิน")])
    vendor = SelectField("จ่ายให้", validators=[InputRequired("กรุณาเลือกผู้รับเงิน")])
    invoice = StringField("เลขที่ใบแจ้งหนี้หรือใบส่งของ", validators=[Length(max=60)])
    tax_kind = SelectField("ประเภทเงินได้", choices=[SelectChoice("", "ไม่หักภาษี"), *_KINDS], default="")
    tax_base = BahtField("ยอดก่อนภาษีมูลค่าเพิ่ม")
    tax_form = SelectField("แบบที่ยื่น", choices=[SelectChoice("", "ตามเลขผู้เสียภาษี"), *_FORMS], default="")
    tax_address = StringField("ที่อยู่ผู้รับเงิน", validators=[Length(max=300)])

    @property
    def tax(self) -> TaxChoice | None:
        """What is withheld; None where nothing is."""
        if not self.tax_kind.data:
            return None
        return TaxChoice(
            self.tax_kind.data, self.tax_address.data or "", self.tax_base.data or 0, self.tax_form.data or ""
        )

    @property
    def fills_tax(self) -> bool:
        """Whether something of the tax was filled in, or is wrong."""
        return bool(self.tax_kind.data or self.tax_base.errors or self.tax_address.data)

    def offer_vendors(self, several: Iterable[Vendor]) -> None:
        """Whom something can be prepared for."""
        self.vendor.choices = [("", "เลือกผู้รับเงิน"), *((str(vendor.id), vendor.name) for vendor in several)]


class VendorAccountForm(Form):
    """Another account of a vendor."""

    bank_code = SelectField("ธนาคาร", validators=[InputRequired("กรุณาเลือกธนาคาร")])
    number = StringField("เลขที่บัญชี", validators=[InputRequired("กรุณาใส่เลขที่บัญชี"), Length(max=30)])
    change_reason = StringField("เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)])


class VendorForm(Form):
    """Somebody new whom the fund is to pay."""

    kind = SelectField("ประเภท", choices=[SelectChoice(kind.value, kind.words) for kind in VendorKind])
    user_id = SelectField("ผู้ใช้ของเจ้าหน้าที่")
    vendor_name = StringField("ชื่อผู้รับเงิน", validators=[InputRequired("กรุณาใส่ชื่อผู้รับเงิน"), Length(max=160)])
    tax_id = StringField("เลขประจำตัวผู้เสียภาษี", validators=[Length(max=20)])
    bank_code = SelectField("ธนาคาร", validators=[InputRequired("กรุณาเลือกธนาคาร")])
    number = StringField("เลขที่บัญชี", validators=[InputRequired("กรุณาใส่เลขที่บัญชี"), Length(max=30)])
    reason = StringField("เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)])

    def offer_officers(self, several: Iterable[User]) -> None:
        """Those who sign in, of whom one may be the officer."""
        self.user_id.choices = [("", "ไม่ใช่ผู้ใช้ระบบ"), *((str(user.id), user.name) for user in several)]


class SignatoryForm(PasswordAgain, Form):
    """Who may sign, by which order, from when on and until when."""

    user_id = SelectField("ผู้ลงนาม", validators=[InputRequired("กรุณาเลือกผู้ลงนาม")])
    group = SelectField("กลุ่ม", choices=[SelectChoice(group.value, group.words) for group in SignatoryGroup])
    order = StringField("เลขที่คำสั่ง", validators=[InputRequired("กรุณาใส่เลขที่คำสั่ง"), Length(max=120)])
    from_on = ThaiDateField("ลงนามได้ตั้งแต่วันที่", validators=[Given("กรุณาใส่วันที่เริ่ม")])
    to_on = ThaiDateField("ถึงวันที่")
    reason = StringField("เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)])

    def offer_people(self, several: Iterable[User]) -> None:
        self.user_id.choices = [("", "เลือกผู้ลงนาม"), *((str(user.id), user.name) for user in several)]


class TransferForm(Form):
    """The transfer of an approved payment, as the bank tells it."""

    transfer_ref = StringField(
        "เลขอ้างอิงการโอน", validators=[InputRequired("กรุณาใส่เลขอ้างอิงจากธนาคาร"), Length(max=60)]
    )
    paid_on = ThaiDateField("วันที่โอน", validators=[Given("กรุณาใส่วันที่โอน")])


class ReasonForm(Form):
    """Why a payment is not made, or is to be voided."""

    reason = StringField("เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)])


class ClearingForm(Form):
    """A paper that clears an advance."""

    cleared = BahtField("จำนวนเงินตามเอกสาร", validators=[Given("กรุณาใส่จำนวนเงิน")])
    paper = StringField("เอกสาร", validators=[InputRequired("กรุณาใส่เลขที่เอกสารและรายการ"), Length(max=300)])


class ResultForm(Form):
    """What the bank made of a transfer file."""

    result = FileField("ไฟล์ผลจากธนาคาร", validators=[FileRequired("กรุณาเลือกไฟล์")])
    skip = BooleanField("ตรวจกับธนาคารแล้ว ให้ข้ามรายการที่ไม่ตรง")


class PaperForm(Form):
    """A paper of a payment."""

    kind = SelectField("ชนิด", choices=[SelectChoice(kind.value, kind.words) for kind in PaperKind])
    paper = FileField("ไฟล์", validators=[FileRequired("กรุณาเลือกไฟล์")])
    inspectors = StringField("ผู้ตรวจรับ", validators=[Length(max=300)])
    short = StringField("ของที่ส่งขาด", validators=[Length(max=300)])


class RemittanceForm(Form):
    """Which month's tax a line remitted."""

    month = StringField("เดือน", validators=[InputRequired("กรุณาเลือกเดือนและแบบที่นำส่ง")])
    tax_form = StringField("แบบ", validators=[InputRequired("กรุณาเลือกเดือนและแบบที่นำส่ง")])


class PressForm(Form):
    """A button and nothing else."""


class SettleForm(Form):
    """Why less was paid than was approved, where it was."""

    reason = StringField("เหตุผลที่จ่ายน้อยกว่ามติ", validators=[Length(max=300)])
