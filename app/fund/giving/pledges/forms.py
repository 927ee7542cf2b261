"""Forms of pledges, and of paying one."""

from typing import Any

from wtforms import FieldList, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from app.fund.giving.pledges import instalments
from app.fund.giving.pledges.instalments import InstalmentPart
from app.fund.giving.records.pledges import PledgeKind
from app.kit.forms import BahtField, CountField, Form, Given, ThaiDateField
from app.kit.language import gettext, marked

#: Rows for instalments of one's own choosing.
ROWS = 6
_EVEN = (1, 2, 3, 4, 6, 10, 12)


class PledgeForm(Form):
    network = SelectField(marked("ในนามเครือข่าย"), coerce=int)
    kind = RadioField(
        marked("สมทบเป็น"),
        choices=[SelectChoice(kind.value, kind.words) for kind in PledgeKind],
        default=PledgeKind.MONEY.value,
    )
    amount = BahtField(marked("จำนวนเงินที่ประสงค์จะสมทบ"), validators=[Given(marked("กรุณาใส่จำนวนเงิน"))])
    what = StringField(marked("สิ่งของหรือแรงงาน"), validators=[Length(max=200)])
    quantity = CountField(marked("จำนวน"))
    unit = StringField(marked("หน่วยนับ"), validators=[Length(max=40)])
    purpose = SelectField(marked("เพื่อ"), default="general")
    expected_on = ThaiDateField(marked("วันที่คาดว่าจะสมทบ"))
    split = SelectField(
        marked("แบ่งให้"),
        default="1",
    )
    part_amounts = FieldList(BahtField(marked("จำนวนเงิน")), min_entries=ROWS, max_entries=ROWS)
    part_days = FieldList(ThaiDateField(marked("ภายในวันที่")), min_entries=ROWS, max_entries=ROWS)
    basis = StringField(marked("หนังสือหรือการประชุมที่อ้างอิง"), validators=[Length(max=300)])
    note = TextAreaField(
        marked("ข้อความถึงกองทุน"),
        validators=[Length(max=500, message=marked("ข้อความยาวเกินไป โปรดใส่ไม่เกิน 500 ตัวอักษร"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.split.choices = [
            SelectChoice(
                str(count),
                gettext("ครั้งเดียว") if count == 1 else gettext("%(count)s งวด เดือนละงวด เท่ากัน", count=count),
            )
            for count in _EVEN
        ]
        for number, (amount, day) in enumerate(zip(self.part_amounts, self.part_days, strict=True), start=1):
            amount.label.text = gettext("งวดที่ %(number)s จำนวนเงิน", number=number)
            day.label.text = gettext("งวดที่ %(number)s ภายในวันที่", number=number)

    @property
    def own_rows(self) -> bool:
        """Whether instalments were typed row by row."""
        return any(
            amount.data is not None or day.data is not None
            for amount, day in zip(self.part_amounts, self.part_days, strict=True)
        )

    def parts(self) -> list[InstalmentPart]:
        """The instalments asked for; none for what comes whole. Raises BadInput for a split that cannot be."""
        if self.own_rows:
            return [
                InstalmentPart(amount.data, day.data)
                for amount, day in zip(self.part_amounts, self.part_days, strict=True)
                if amount.data is not None and day.data is not None
            ]
        first_on = self.expected_on.data
        if self.split.data == "1" or first_on is None:
            return []
        return instalments.evenly(self.amount.data or 0, count=int(self.split.data), first_on=first_on)

    def validate_expected_on(self, field: ThaiDateField) -> None:
        if field.data is None and not field.errors and not self.own_rows:
            raise ValidationError(gettext("กรุณาใส่วันที่"))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        sound = bool(super().validate(*args, **kwargs))
        for amount, day in zip(self.part_amounts, self.part_days, strict=True):
            if (amount.data is None) != (day.data is None) and not amount.errors and not day.errors:
                empty = amount if amount.data is None else day
                empty.errors = [marked("กรุณาใส่ทั้งจำนวนเงินและวันที่ของงวดนี้")]
                # A list that says of no error hides those of its fields from the summary.
                (self.part_amounts if empty is amount else self.part_days).errors = [empty.errors]
                sound = False
        return sound


class DueDateForm(Form):
    """Asking for a later day."""

    number = SelectField(marked("เลื่อนกำหนดของ"), coerce=int)
    to_on = ThaiDateField(marked("วันใหม่"), validators=[Given(marked("กรุณาใส่วันที่"))])
    reason = StringField(
        marked("เหตุผล"),
        validators=[
            InputRequired(marked("กรุณาบอกเหตุผล ไม่เกิน 300 ตัวอักษร")),
            Length(max=300, message=marked("กรุณาบอกเหตุผล ไม่เกิน 300 ตัวอักษร")),
        ],
    )


class DueDateAnswerForm(Form):
    answer = StringField(
        marked("เหตุผลที่ไม่ให้เลื่อน"),
        validators=[
            InputRequired(marked("กรุณาบอกเหตุผล ไม่เกิน 300 ตัวอักษร")),
            Length(max=300, message=marked("กรุณาบอกเหตุผล ไม่เกิน 300 ตัวอักษร")),
        ],
    )


class PayForm(Form):
    amount = BahtField(marked("จำนวนเงินที่จะจ่ายครั้งนี้"), validators=[Given(marked("กรุณาใส่จำนวนเงิน"))])
