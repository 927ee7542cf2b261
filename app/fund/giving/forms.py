"""Forms that several pages of giving share."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.kit.forms import Form


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
