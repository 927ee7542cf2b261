"""Forms of giving."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.kit.forms import BahtField, Form, Given


class GiveForm(Form):
    amount = BahtField("จำนวนเงินที่ต้องการให้", validators=[Given("กรุณาใส่จำนวนเงิน")])
    purpose = SelectField("ให้เพื่อ", default="general")
    donor_name = StringField(
        "ชื่อผู้ให้บนใบเสร็จรับเงิน", validators=[Length(max=160, message="ชื่อยาวเกินไป โปรดใส่ไม่เกิน 160 ตัวอักษร")]
    )
    anonymous = BooleanField("ไม่แสดงชื่อต่อสาธารณะ")


class PayForm(Form):
    amount = BahtField("จำนวนเงินที่จะจ่ายครั้งนี้", validators=[Given("กรุณาใส่จำนวนเงิน")])


class PressForm(Form):
    """A single button; its token is all that it carries."""


class VoidForm(Form):
    reason = StringField(
        "เหตุผลที่ยกเลิก",
        validators=[
            InputRequired("กรุณาบอกเหตุผล เช่น ชื่อผู้ให้ผิด"),
            Length(max=300, message="เหตุผลยาวเกินไป โปรดใส่ไม่เกิน 300 ตัวอักษร"),
        ],
    )


class SlipForm(Form):
    picture = FileField("ภาพสลิป", validators=[FileRequired("กรุณาเลือกภาพสลิป")])


class CloseSlipForm(Form):
    reason = StringField(
        "เหตุผลที่ปิดสลิป",
        validators=[
            InputRequired("กรุณาบอกเหตุผล เช่น ธนาคารไม่มีรายการนี้"),
            Length(max=300, message="เหตุผลยาวเกินไป โปรดใส่ไม่เกิน 300 ตัวอักษร"),
        ],
    )
