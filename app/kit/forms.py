"""Forms that speak the language of their page: the base form, and fields for baht and for Buddhist-era dates."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation

from app.kit import clock, language, money, texts, thai
from app.kit.errors import BadInput
from app.kit.language import gettext, marked


class _Words:
    """What WTForms asks of a translation: Thai from our catalogue, English is its own."""

    def gettext(self, text: str) -> str:
        return language.form_words(language.spoken()).get((text, 0), text)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular) if language.spoken() == "th" or n == 1 else plural


def _is_typed(field: Field) -> bool:
    """Whether people type words into it. What only machines write is left alone, and so is a password."""
    return isinstance(field, StringField) and not isinstance(field, HiddenField | PasswordField)


def _seen(words: Any) -> Any:
    return texts.visible(words) if isinstance(words, str) else words


def _seen_lines(words: Any) -> Any:
    if not isinstance(words, str):
        return words
    return texts.in_order(unicodedata.normalize("NFC", texts.plain(words))) if texts.visible(words) else ""


class _Typed:
    """Fields that people type into keep what is seen, and nothing that is not: what was nothing else is left empty."""

    def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
        field = super().bind_field(form, unbound_field, options)  # type: ignore[misc]
        if _is_typed(field):
            clean = _seen_lines if isinstance(field, TextAreaField) else _seen
            field.filters = (*field.filters, clean)
        return field


#: Names of the fields of passwords, of every form there is.
SECRET_NAMES: set[str] = set()


class _Noted:
    """Forms whose fields of passwords are noted once, as the form is written: every form that is sent is asked by these names."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        SECRET_NAMES.update(
            name
            for name, field in vars(cls).items()
            if isinstance(kind := getattr(field, "field_class", None), type)
            and issubclass(kind, PasswordField)
        )


class InnerForm(_Noted, PlainForm):  # type: ignore[misc]
    """The base of a form inside another: a row of its list."""

    class Meta(_Typed, PlainForm.Meta):  # type: ignore[misc]
        pass


class Form(_Noted, FlaskForm):  # type: ignore[misc]
    """The base of every form of the portal: messages in the language of the page, CSRF protection, words as `texts.visible` leaves them."""

    class Meta(_Typed, FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            # Flask-WTF takes JSON for a form as well: lists and numbers where every field expects words.
            return None if request.is_json else super().wrap_formdata(form, formdata)

        def get_translations(self, form: FlaskForm) -> _Words:
            return _Words()

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        for field in self:
            if isinstance(field, SelectField) and language.spoken() == "en" and field.choices:
                field.choices = [
                    (value, language.translated(words)) for value, words in _pairs(field.choices)
                ]
            # "Required" looks at what was sent: invisible letters are not an answer.
            if _is_typed(field) and field.raw_data and field.data == "":
                field.raw_data = [""]


def _pairs(choices: Sequence[Any]) -> list[tuple[Any, str]]:
    """Choices as value and words, whichever way they were given."""
    return [
        (each.value, each.label) if isinstance(each, SelectChoice) else (each[0], each[1]) for each in choices
    ]


class BahtField(StringField):  # type: ignore[misc]
    """An amount typed in baht; `data` is satang, what was typed stays on the page when it cannot be read."""

    data: int | None

    @property
    def understood(self) -> str:
        """The amount in words, in English in figures; empty while there is none that can be read."""
        if not isinstance(self.data, int):
            return ""
        if language.spoken() == "en":
            return f"{money.format_baht(self.data, always_decimals=False)} baht"
        return money.baht_in_words(self.data)

    def __init__(self, *args: Any, allow_zero: bool = False, **kwargs: Any) -> None:
        self.allow_zero = allow_zero
        super().__init__(*args, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return money.format_baht(self.data, always_decimals=False) if self.data is not None else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = _read(lambda text: money.parse_baht(text, allow_zero=self.allow_zero), valuelist)


class ThaiDateField(StringField):  # type: ignore[misc]
    """A date typed any way people write it; `data` is a date, what was typed stays when it cannot be read."""

    data: date | None

    @property
    def understood(self) -> str:
        """The day in words, its weekday with it; empty while there is none that can be read."""
        return language.day_in_words(self.data) if isinstance(self.data, date) else ""

    @property
    def example(self) -> str:
        """Today, as people write it."""
        today = clock.today()
        if language.spoken() == "en":
            return f"{today.day}/{today.month}/{today.year}"
        return f"{thai.short_date(today)} หรือ {today.day}/{today.month}/{thai.year_be(today) % 100:02d}"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is not None and language.spoken() == "en":
            return f"{self.data.day}/{self.data.month}/{self.data.year}"
        return thai.long_date(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        try:
            self.data = _read(lambda text: thai.parse_date(text, near=clock.today()), valuelist)
        except ValueError:
            # What is wrong with it is said in Thai, of years and months as Thai counts and names them.
            if language.spoken() == "en":
                raise ValueError(gettext("อ่านวันที่ไม่ได้ โปรดใส่ เช่น %(day)s", day=self.example)) from None
            raise


def _read(parse: Callable[[str], Any], valuelist: Sequence[str]) -> Any:
    if not valuelist or not valuelist[0].strip():
        return None
    try:
        return parse(valuelist[0])
    except BadInput as error:
        raise ValueError(error.words) from error


class Given:
    """Required, for fields whose `data` is not text."""

    field_flags = {"required": True}

    def __init__(self, words: str = marked("กรุณากรอกช่องนี้")) -> None:
        self.words = words

    def __call__(self, form: FlaskForm, field: Any) -> None:
        if field.data is None and not field.errors:
            raise StopValidation(self.words)


class Printable:
    """Text that stands on a paper one day: refused while there is still somebody to ask for other letters."""

    #: Thai, Latin and what stands between words: printed without looking further.
    _PLAIN = re.compile(r"[\s!-~\u00a1-\u024f\u0e01-\u0e5b\u2010-\u2026]*")

    def __call__(self, form: FlaskForm, field: Any) -> None:
        text = field.data or ""
        if self._PLAIN.fullmatch(text):
            return
        from app.kit import scripts

        if letters := scripts.unprintable(text):
            raise StopValidation(
                gettext(
                    "พิมพ์ตัวอักษร %(letters)s ลงเอกสารไม่ได้ กรุณาเขียนชื่อด้วยอักษรไทย ลาว เขมร พม่า จีน ญี่ปุ่น เกาหลี หรือละติน",
                    letters=letters,
                )
            )


class CountField(StringField):  # type: ignore[misc]
    """A whole number as people write it, with Thai digits and commas; `data` is an int."""

    data: int | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return str(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        typed = thai.arabic_digits(valuelist[0]).replace(",", "").strip() if valuelist else ""
        self.data = None
        if typed:
            if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
                raise ValueError(gettext("กรุณากรอกเป็นจำนวนเต็ม ไม่เกิน 999,999,999"))
            self.data = int(typed)
