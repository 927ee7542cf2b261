"""Forms of giving, and the two fields in which people type money and dates."""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, StopValidation

from app.kit import money, thai
from app.kit.errors import BadInput


class BahtField(StringField):  # type: ignore[misc]
    """Baht as people type it; `satang` after validation. The Thai sentence of `money.parse_baht` says what is wrong."""

    satang: int = 0

    def __init__(self, label: str = "", validators: Any = None, **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.flags.required = True

    def pre_validate(self, form: Any) -> None:
        try:
            self.satang = money.parse_baht(self.data or "")
        except BadInput as error:
            raise StopValidation(error.words) from error


class ThaiDateField(StringField):  # type: ignore[misc]
    """A date as people type it, Buddhist era or not; `on` after validation."""

    on: date = date.min

    def __init__(self, label: str = "", validators: Any = None, **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.flags.required = True

    def pre_validate(self, form: Any) -> None:
        try:
            self.on = thai.parse_date(self.data or "")
        except BadInput as error:
            raise StopValidation(error.words) from error


_CHOOSE = "กรุณาเลือกจากรายการ"


class ChoiceField(SelectField):  # type: ignore[misc]
    """A drop-down that says in Thai when what was sent is not on it."""

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, *_ in self.iter_choices()}:
            raise StopValidation(_CHOOSE)


class GiveForm(FlaskForm):  # type: ignore[misc]
    amount = BahtField("จำนวนเงินที่ต้องการให้")
    purpose = ChoiceField("ให้เพื่อ", default="general")
    donor_name = StringField(
        "ชื่อผู้ให้บนใบเสร็จรับเงิน", validators=[Length(max=160, message="ชื่อยาวเกินไป โปรดใส่ไม่เกิน 160 ตัวอักษร")]
    )
    anonymous = BooleanField("ไม่แสดงชื่อต่อสาธารณะ")


class PledgeForm(FlaskForm):  # type: ignore[misc]
    network = ChoiceField("ในนามเครือข่าย", coerce=int)
    amount = BahtField("จำนวนเงินที่ประสงค์จะสมทบ")
    purpose = ChoiceField("เพื่อ", default="general")
    expected_on = ThaiDateField("วันที่คาดว่าจะสมทบ")
    note = TextAreaField(
        "ข้อความถึงกองทุน", validators=[Length(max=500, message="ข้อความยาวเกินไป โปรดใส่ไม่เกิน 500 ตัวอักษร")]
    )


class PayForm(FlaskForm):  # type: ignore[misc]
    amount = BahtField("จำนวนเงินที่จะจ่ายครั้งนี้")


class PressForm(FlaskForm):  # type: ignore[misc]
    """A single button; its token is all that it carries."""


class VoidForm(FlaskForm):  # type: ignore[misc]
    reason = StringField(
        "เหตุผลที่ยกเลิก",
        validators=[
            InputRequired("กรุณาบอกเหตุผล เช่น ชื่อผู้ให้ผิด"),
            Length(max=300, message="เหตุผลยาวเกินไป โปรดใส่ไม่เกิน 300 ตัวอักษร"),
        ],
    )
