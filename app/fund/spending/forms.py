"""Forms of spending: writing down a payment."""

from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.kit.forms import BahtField, Form, Given, ThaiDateField
from app.province.banks import banks


class PaymentForm(Form):
    """Filled in first, shown again to be confirmed, and only then done."""

    proposal = HiddenField()
    confirmed = HiddenField()
    satang = BahtField("จำนวนเงินที่จ่าย", validators=[Given("กรุณาใส่จำนวนเงิน")])
    vendor = StringField("ชื่อผู้รับเงิน", validators=[InputRequired("กรุณาใส่ชื่อผู้รับเงิน"), Length(max=160)])
    vendor_bank = SelectField("ธนาคารของผู้รับเงิน")
    vendor_account = StringField("เลขที่บัญชีผู้รับเงิน", validators=[InputRequired("กรุณาใส่เลขที่บัญชี"), Length(max=30)])
    transfer_ref = StringField(
        "เลขอ้างอิงการโอน", validators=[InputRequired("กรุณาใส่เลขอ้างอิงจากธนาคาร"), Length(max=60)]
    )
    paid_on = ThaiDateField("วันที่โอน", validators=[Given("กรุณาใส่วันที่โอน")])
    invoice = StringField("เลขที่ใบแจ้งหนี้หรือใบส่งของ", validators=[Length(max=60)])

    def offer_banks(self) -> None:
        """The banks that a vendor can have an account with."""
        self.vendor_bank.choices = [
            ("", "เลือกธนาคาร"),
            *((one.code, one.name_th) for one in banks() if one.status == "active"),
        ]


class SettleForm(Form):
    """Why less was paid than was approved, where it was."""

    reason = StringField("เหตุผลที่จ่ายน้อยกว่ามติ", validators=[Length(max=300)])
