"""Forms of slips: handing one in, and closing one."""

from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.kit.forms import Form
from app.kit.language import marked


class SlipForm(Form):
    picture = FileField(marked("ภาพสลิป"), validators=[FileRequired(marked("กรุณาเลือกภาพสลิป"))])


class CloseSlipForm(Form):
    reason = StringField(
        "เหตุผลที่ปิดสลิป",
        validators=[
            InputRequired("กรุณาบอกเหตุผล เช่น ธนาคารไม่มีรายการนี้"),
            Length(max=300, message="เหตุผลยาวเกินไป โปรดใส่ไม่เกิน 300 ตัวอักษร"),
        ],
    )
