"""Forms of collections, of the pages on which members of a network give, and of solicitation approvals."""

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.kit.forms import BahtField, Form, Given, ThaiDateField


class NetworkGiveForm(Form):
    amount = BahtField("จำนวนเงินที่ต้องการให้", validators=[Given("กรุณาใส่จำนวนเงิน")])
    target = SelectField("ให้เพื่อ")
    donor_name = StringField(
        "ชื่อผู้ให้บนใบเสร็จรับเงิน", validators=[Length(max=160, message="ชื่อยาวเกินไป โปรดใส่ไม่เกิน 160 ตัวอักษร")]
    )
    anonymous = BooleanField("ไม่แสดงชื่อต่อสาธารณะ")


class TargetForm(Form):
    target = SelectField("รับสมทบเพื่อ")


class ApprovalForm(Form):
    number = StringField(
        "เลขที่หนังสืออนุมัติ",
        validators=[InputRequired(), Length(max=80, message="ยาวเกินไป โปรดใส่ไม่เกิน 80 ตัวอักษร")],
    )
    approved_on = ThaiDateField("ลงวันที่", validators=[Given("กรุณาใส่วันที่บนหนังสือ")])
    authority = StringField(
        "ผู้อนุมัติ", validators=[InputRequired(), Length(max=200, message="ยาวเกินไป โปรดใส่ไม่เกิน 200 ตัวอักษร")]
    )
    ends_on = ThaiDateField("วันสุดท้ายที่อนุมัติ")
