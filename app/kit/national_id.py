"""Thai national ID and tax ID numbers: checking, writing and masking thirteen digits.

The check digit is the Interior Ministry's: (11 − Σ digit·(14−place) mod 11) mod 10; python-stdnum works it out.
"""

import re

from stdnum.th import pin, tin

from app.kit.errors import BadInput
from app.kit.language import gettext, marked
from app.kit.thai import arabic_digits

#: What is said of a person's number whose check digit is wrong.
WRONG = marked("เลขประจำตัวประชาชนไม่ถูกต้อง โปรดตรวจกับบัตรประชาชนอีกครั้ง")

_THIRTEEN = re.compile(r"[0-9]{13}")
_TWELVE = re.compile(r"[0-9]{12}")
_SEPARATORS = re.compile(r"[\s\u200b\-‐-―−]+")


def _digits(text: str) -> str:
    return _SEPARATORS.sub("", arabic_digits(text))


def _is_person(digits: str) -> bool:
    # A leading 0 is a person without civil status: no citizen, yet a neighbour, a pupil, and often the poorest.
    return digits[0] != "9" and digits == with_check_digit(digits[:12])


def is_valid(text: str) -> bool:
    """Whether this is a person's national ID: thirteen digits, first 0 to 8, check digit right."""
    digits = _digits(text)
    return _THIRTEEN.fullmatch(digits) is not None and _is_person(digits)


def parse(text: str) -> str:
    """The thirteen digits of a person's national ID, however spaced or dashed, Thai digits too.

    Raises BadInput, never repeating the number, when it is not one.
    """
    digits = _digits(text)
    _refuse_unless_thirteen(digits, marked("เลขประจำตัวประชาชน"))
    if not _is_person(digits):
        raise BadInput(gettext(WRONG))
    return digits


def is_valid_tax_id(text: str) -> bool:
    """Whether this is a tax ID: a person's national ID, or a juristic number that begins with 0."""
    digits = _digits(text)
    return _THIRTEEN.fullmatch(digits) is not None and bool(tin.is_valid(digits))


def parse_tax_id(text: str) -> str:
    """The thirteen digits of a person's or a juristic tax ID. Raises BadInput when it is not one."""
    digits = _digits(text)
    _refuse_unless_thirteen(digits, marked("เลขประจำตัวผู้เสียภาษี"))
    if not tin.is_valid(digits):
        raise BadInput(gettext("เลขประจำตัวผู้เสียภาษีไม่ถูกต้อง โปรดตรวจเลขอีกครั้ง"))
    return digits


def _refuse_unless_thirteen(digits: str, what: str) -> None:
    if not _THIRTEEN.fullmatch(digits):
        raise BadInput(gettext("%(what)sต้องมีตัวเลข 13 หลัก โปรดตรวจและใส่ใหม่", what=gettext(what)))


def with_check_digit(twelve: str) -> str:
    """Thirteen digits: the twelve given and the check digit they call for."""
    if not _TWELVE.fullmatch(twelve):
        raise ValueError("twelve digits are needed to work out the thirteenth")
    return twelve + str(pin.calc_check_digit(twelve))


def dashed(number: str) -> str:
    """`1-2345-67890-12-3`, as the card prints it, from thirteen digits."""
    if not _THIRTEEN.fullmatch(number):
        raise ValueError("thirteen digits are needed")
    return f"{number[0]}-{number[1:5]}-{number[5:10]}-{number[10:12]}-{number[12]}"


def mask(number: str) -> str:
    """`x-xxxx-xxxxx-12-3`: only the last three digits of the thirteen are shown."""
    if not _THIRTEEN.fullmatch(number):
        raise ValueError("thirteen digits are needed")
    return f"x-xxxx-xxxxx-{number[10:12]}-{number[12]}"
