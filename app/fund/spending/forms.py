"""Forms of spending: a payment as it is prepared, approved, transferred and voided."""

from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.kit.forms import BahtField, Form, Given, ThaiDateField
from app.province.banks import banks


class PaymentForm(Form):
    """Filled in first, shown again to be confirmed, and only then prepared for approval."""

    proposal = HiddenField()
    #: One form prepares one payment, however often it is sent.
    key = HiddenField()
    confirmed = HiddenField()
    satang = BahtField("จำนวนเงินที่จ่าย", validators=[Given("กรุณาใส่จำนวนเงิน")])
    vendor = StringField("ชื่อผู้รับเงิน", validators=[InputRequired("กรุณาใส่ชื่อผู้รับเงิน"), Length(max=160)])
    vendor_bank = SelectField("ธนาคารของผู้รับเงิน")
    vendor_account = StringField("เลขที่บัญชีผู้รับเงิน", validators=[InputRequired("กรุณาใส่เลขที่บัญชี"), Length(max=30)])
    invoice = StringField("เลขที่ใบแจ้งหนี้หรือใบส่งของ", validators=[Length(max=60)])

    def offer_banks(self) -> None:
        """The banks that a vendor can have an account with."""
        self.vendor_bank.choices = [
            ("", "เลือกธนาคาร"),
            *((bank.code, bank.name_th) for bank in banks() if bank.status == "active"),
        ]


class TransferForm(Form):
    """The transfer of an approved payment, as the bank tells it."""

    transfer_ref = StringField(
        "เลขอ้างอิงการโอน", validators=[InputRequired("กรุณาใส่เลขอ้างอิงจากธนาคาร"), Length(max=60)]
    )
    paid_on = ThaiDateField("วันที่โอน", validators=[Given("กรุณาใส่วันที่โอน")])


class ReasonForm(Form):
    """Why a payment is not made, or is to be voided."""

    reason = StringField("เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)])


class PressForm(Form):
    """A button and nothing else."""


class SettleForm(Form):
    """Why less was paid than was approved, where it was."""

    reason = StringField("เหตุผลที่จ่ายน้อยกว่ามติ", validators=[Length(max=300)])
