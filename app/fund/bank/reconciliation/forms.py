"""Forms with which the finance officer decides: note, undo, split, refund, answer, and the working page."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.kit.forms import BahtField, Form, Given, InnerForm
from app.staff.forms import PasswordAgain

MOST_PARTS = 50


def _choices(pairs: Sequence[tuple[Any, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class ReasonForm(Form):
    """One reason: of a note, an undo, a refusal."""

    reason = TextAreaField("เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)])


class PartForm(InnerForm):
    amount = BahtField("จำนวนเงิน")
    code = StringField("รหัสรายการให้หรือความประสงค์", validators=[Length(max=40)])
    purpose_id = SelectField("วัตถุประสงค์", coerce=int)
    network_id = SelectField("เครือข่าย", coerce=int, default=0)
    donor_name = StringField("ชื่อผู้ให้", validators=[Length(max=160)])

    @property
    def is_empty(self) -> bool:
        return not any(
            (each.raw_data or [""])[0].strip() for each in (self.amount, self.code, self.donor_name)
        )


class SplitForm(Form):
    parts = FieldList(FormField(PartForm), min_entries=2, max_entries=MOST_PARTS)

    def offer(self, *, purposes: Sequence[tuple[int, str]], networks: Sequence[tuple[int, str]]) -> None:
        for part in self.parts:
            part.form.purpose_id.choices = _choices(purposes)
            part.form.network_id.choices = _choices([(0, "ไม่ใช่เครือข่าย"), *networks])


class RefundForm(PasswordAgain, Form):
    donation_id = SelectField("เงินสมทบที่จะคืน", coerce=int, default=0)
    amount = BahtField("จำนวนที่คืน", validators=[Given("กรุณาใส่จำนวนเงิน")])
    reason = TextAreaField("เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)])
    payee = StringField("ชื่อบัญชีที่จะโอนคืน", validators=[InputRequired("กรุณากรอกชื่อบัญชี"), Length(max=160)])
    payee_bank = SelectField("ธนาคาร")
    payee_account = StringField("เลขที่บัญชี", validators=[InputRequired("กรุณากรอกเลขที่บัญชี"), Length(max=30)])

    def offer(self, *, donations: Sequence[tuple[int, str]], banks: Sequence[tuple[str, str]]) -> None:
        self.donation_id.choices = _choices(donations)
        self.payee_bank.choices = _choices(banks)


class OutgoingForm(Form):
    out = IntegerField(validators=[InputRequired()])


class WorkForm(Form):
    """One event on the working page: what it is, or why it is parked or excluded."""

    choice = RadioField("เป็นเงินของ", validators=[Optional()], validate_choice=False)
    reason = StringField("หมายเหตุ", validators=[Length(max=300)])
    deed = HiddenField()

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        self.choice.choices = _choices(choices)


class PaymentRequestForm(Form):
    reference = StringField(
        "รหัสอ้างอิงของรายการให้", validators=[InputRequired("กรุณากรอกรหัสอ้างอิง"), Length(max=40)]
    )


class DonationForm(Form):
    purpose_id = SelectField("วัตถุประสงค์", coerce=int)
    network_id = SelectField("เครือข่ายที่ให้", coerce=int, default=0)
    donor_name = StringField("ชื่อผู้ให้", validators=[Length(max=160)])
    anonymous = BooleanField("ไม่แสดงชื่อต่อสาธารณะ", default=True)

    def offer(self, *, purposes: Sequence[tuple[int, str]], networks: Sequence[tuple[int, str]]) -> None:
        self.purpose_id.choices = _choices(purposes)
        self.network_id.choices = _choices([(0, "ไม่ใช่เครือข่าย"), *networks])


class ExcludeForm(Form):
    reason = TextAreaField("เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)])


class LinkForm(Form):
    other = IntegerField(validators=[InputRequired()])
