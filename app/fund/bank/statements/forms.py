"""Forms of statements: a file sent, and its columns mapped."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.fund.bank.statements.layouts import BUILT_IN_NAMES, FIELD_NAMES, Years
from app.kit.forms import Form
from app.kit.sheets import Row


def _choices(pairs: Sequence[tuple[Any, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class ImportForm(Form):
    file = FileField("ไฟล์รายการเดินบัญชี", validators=[FileRequired("กรุณาเลือกไฟล์")])
    account = SelectField("บัญชีของกองทุน")
    profile = SelectField("รูปแบบไฟล์")

    def offer(self, *, accounts: Sequence[tuple[str, str]], profiles: Sequence[str]) -> None:
        self.account.choices = _choices([("", "ดูจากไฟล์"), *accounts])
        self.profile.choices = _choices(
            [("", "ดูจากหัวตาราง"), *((name, BUILT_IN_NAMES.get(name, name)) for name in profiles)]
        )


def _said_with_sample(heading: str, place: int, rows: Sequence[Sequence[str]]) -> str:
    """A column's heading with what stands first beneath it, so that one is told from another on a small screen."""
    sample = next((cells[place].strip() for cells in rows if place < len(cells) and cells[place].strip()), "")
    return f"{heading}: {sample[:24]}" if sample else heading


class WithdrawForm(Form):
    """Why a file is to be taken out again."""

    reason = StringField(
        "เหตุผลที่ถอนไฟล์นี้", validators=[InputRequired("กรุณาบอกเหตุผล"), Length(max=300)], id="withdraw-reason"
    )


class MapForm(Form):
    #: The place of the header among the first rows of the file.
    header_row = SelectField("แถวหัวตาราง", coerce=int)
    name = StringField("ชื่อรูปแบบ", validators=[Length(max=40)])
    date = SelectField(FIELD_NAMES["date"])
    time = SelectField(FIELD_NAMES["time"])
    deposit = SelectField(FIELD_NAMES["deposit"])
    withdrawal = SelectField(FIELD_NAMES["withdrawal"])
    amount = SelectField(FIELD_NAMES["amount"])
    direction = SelectField(FIELD_NAMES["direction"])
    balance = SelectField(FIELD_NAMES["balance"])
    ref1 = SelectField(FIELD_NAMES["ref1"])
    ref2 = SelectField(FIELD_NAMES["ref2"])
    bank_ref = SelectField(FIELD_NAMES["bank_ref"])
    payer = SelectField(FIELD_NAMES["payer"])
    payer_bank = SelectField(FIELD_NAMES["payer_bank"])
    currency = SelectField(FIELD_NAMES["currency"])
    status = SelectField(FIELD_NAMES["status"])
    account = SelectField(FIELD_NAMES["account"])
    description = SelectMultipleField(
        FIELD_NAMES["description"], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    years = RadioField(
        "ปีในไฟล์", choices=[SelectChoice(each.value, each.words) for each in Years], default=Years.FOUR
    )

    def offer(self, rows: Sequence[Row]) -> None:
        """The first rows of the file, among which the header is; columns are offered by the chosen row's headings."""
        self.header_row.choices = _choices(
            [
                (
                    place,
                    f"แถว {row.number}: {' | '.join(cell.strip() for cell in row.cells if cell.strip())[:80]}",
                )
                for place, row in enumerate(rows[:-1])
            ]
        )
        chosen = self.header_row.data if isinstance(self.header_row.data, int) else 0
        headings = rows[chosen].cells if 0 <= chosen < len(rows) else []
        # A row below may be wider than its headings.
        below = [row.cells for row in rows[chosen + 1 : chosen + 9]]
        width = max([len(headings), *(len(cells) for cells in below)], default=0)
        headings = [*headings, *[""] * (width - len(headings))]
        places = [
            (str(place), _said_with_sample(heading.strip() or f"(ช่องที่ {place + 1})", place, below))
            for place, heading in enumerate(headings)
        ]
        for field in FIELD_NAMES:
            self[field].choices = _choices(places if field == "description" else [("", "ไม่มี"), *places])

    def fill(self, columns: Mapping[str, Sequence[int]], years: Years) -> None:
        """Show these columns as chosen."""
        for field in FIELD_NAMES:
            places = [str(place) for place in columns.get(field, ())]
            self[field].data = places if field == "description" else (places[0] if places else "")
        self.years.data = years

    def columns(self) -> dict[str, list[int]]:
        """Field → columns as chosen."""
        chosen = {field: self[field].data for field in FIELD_NAMES if field != "description"}
        answer = {field: [int(place)] for field, place in chosen.items() if place}
        return answer | {"description": [int(place) for place in self.description.data or []]}
