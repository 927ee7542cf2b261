"""Forms of the counter: money taken, and the cash counted."""

import json
from collections.abc import Sequence

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import TextInput

from app.fund.counter.cash_counts import DENOMINATIONS
from app.fund.counter.records import CASH, CHEQUE
from app.kit.forms import BahtField, Form, Given, Printable, ThaiDateField
from app.kit.money import format_baht
from app.kit.thai import arabic_digits
from app.province.banks import banks

_MOST_PIECES = 100_000


class CounterPaymentForm(Form):
    key = HiddenField(validators=[InputRequired()])
    satang = BahtField("จำนวนเงิน", validators=[Given("กรุณากรอกจำนวนเงิน")])
    kind = RadioField(
        "รับเป็น", choices=[SelectChoice(CASH, "เงินสด"), SelectChoice(CHEQUE, "เช็ค")], default=CASH
    )
    cheque_bank = SelectField("ธนาคารบนเช็ค")
    cheque_number = StringField("เลขที่เช็ค", validators=[Length(max=30)])
    cheque_on = ThaiDateField("วันที่บนเช็ค")
    donor_name = StringField("ชื่อผู้ให้", validators=[Length(max=160), Printable()])
    anonymous = BooleanField("ไม่แสดงชื่อต่อสาธารณะ", default=True)
    network_id = SelectField("เครือข่ายที่ให้", coerce=int, default=0)
    pledge_id = SelectField("คำแจ้งความประสงค์", coerce=int, default=0)
    purpose_id = SelectField("วัตถุประสงค์", coerce=int)
    #: The sum in satang that the officer was shown in words and said to have counted.
    counted = StringField()

    def offer(
        self,
        *,
        purposes: Sequence[tuple[int, str]],
        networks: Sequence[tuple[int, str]],
        pledges: Sequence[tuple[int, str]],
    ) -> None:
        self.purpose_id.choices = [SelectChoice(number, name) for number, name in purposes]
        self.network_id.choices = [
            SelectChoice(0, "ไม่ใช่เครือข่าย"),
            *(SelectChoice(number, name) for number, name in networks),
        ]
        self.pledge_id.choices = [
            SelectChoice(0, "ไม่ใช่"),
            *(SelectChoice(number, name) for number, name in pledges),
        ]
        self.cheque_bank.choices = [
            SelectChoice("", "เลือกธนาคาร"),
            *(SelectChoice(bank.code, bank.name_th) for bank in banks() if bank.status == "active"),
        ]

    def whole_cheque(self) -> bool:
        """Whether bank, number and date of the cheque are given; what is missing is said at its field."""
        for field, words in (
            (self.cheque_bank, "กรุณาเลือกธนาคารตามที่พิมพ์บนเช็ค"),
            (self.cheque_number, "กรุณากรอกเลขที่เช็ค"),
            (self.cheque_on, "กรุณากรอกวันที่บนเช็ค"),
        ):
            if not field.data:
                field.errors = [*field.errors, words]
        return not (self.cheque_bank.errors or self.cheque_number.errors or self.cheque_on.errors)

    def is_counted(self) -> bool:
        """Whether the officer confirmed exactly this sum; a sum changed since must be confirmed again."""
        return bool(self.counted.data == str(self.satang.data))


class ReasonForm(Form):
    reason = TextAreaField("เหตุผล", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)])


def _kind_of_piece(worth: int) -> str:
    return "ธนบัตร" if worth >= 2_000 else "เหรียญ"


def _pieces_name(worth: int) -> str:
    return f"{_kind_of_piece(worth)} {format_baht(worth, always_decimals=False)} บาท"


def _field_name(worth: int) -> str:
    return f"pieces_{worth}"


def _whole(form: Form, field: IntegerField) -> None:
    """Refuse, in one sentence, whatever is not a number of pieces."""
    if field.errors or field.data is None or not 0 <= field.data <= _MOST_PIECES:
        field.errors = []
        raise StopValidation("กรุณาใส่จำนวนฉบับหรือเหรียญเป็นจำนวนเต็ม 0 ถึง 100,000")


class PiecesField(IntegerField):  # type: ignore[misc]
    """So many pieces, typed in Thai or Arabic digits, with commas or without; what was typed stays on the page."""

    # A number field of the browser takes no Thai digits.
    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata([arabic_digits(text).replace(",", "").strip() for text in valuelist])


class CountForm(Form):
    """The cash, counted: a field for each denomination; the cheques are ticked on the page."""

    difference_reason = TextAreaField("สาเหตุของส่วนต่าง (ถ้ามี)", validators=[Length(max=300)])

    def pieces(self) -> dict[int, int]:
        return {worth: self[_field_name(worth)].data or 0 for worth in DENOMINATIONS}

    @property
    def pieces_by_kind(self) -> list[tuple[str, list[tuple[str, PiecesField]]]]:
        """The fields of notes and those of coins, each with what one of it is worth."""
        kinds: dict[str, list[tuple[str, PiecesField]]] = {}
        for worth in DENOMINATIONS:
            said = f"{format_baht(worth, always_decimals=False)} บาท"
            kinds.setdefault(_kind_of_piece(worth), []).append((said, self[_field_name(worth)]))
        return list(kinds.items())


for _worth in DENOMINATIONS:
    setattr(
        CountForm,
        _field_name(_worth),
        PiecesField(
            _pieces_name(_worth),
            validators=[Optional(), _whole],
        ),
    )


class DepositForm(Form):
    #: JSON: the ids of the items that the line brought to the bank.
    items = HiddenField(validators=[InputRequired()])

    def numbers(self) -> list[int]:
        try:
            chosen = json.loads(self.items.data or "")
        except (ValueError, RecursionError):
            return []
        return chosen if isinstance(chosen, list) and all(type(number) is int for number in chosen) else []
