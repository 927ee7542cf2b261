"""Cell text: the text of one field of a register file, made tidy."""

import re
from functools import lru_cache

from app.kit import texts, thai
from app.kit.errors import BadInput

_NOTHING = frozenset({"", "-", "–", "—", "n/a", "null", "none", "ไม่มี", "ไม่ระบุ"}) | {
    # What spreadsheet programs write where a formula failed.
    *("#ref!", "#n/a", "#value!", "#div/0!", "#name?", "#num!", "#null!")
}
#: Thai digits, and white space other than one space between words.
_UNTIDY = re.compile(r"[๐-๙]|\s\s|[^\S ]")


def clean(cell: str) -> str:
    """The cell with single spaces, Arabic digits and canonical letters; empty for what means nothing."""
    text = cell.strip()
    if not text:
        return ""
    if not text.isascii():
        written = texts.canonical(text)
        text = text if written is text else written.strip()
    if _UNTIDY.search(text):
        text = " ".join(thai.arabic_digits(text).split())
    # An apostrophe in front is how spreadsheets are told to keep digits as text.
    text = text.removeprefix("'")
    return "" if len(text) < 8 and text.casefold() in _NOTHING else text


#: For columns that say the same again and again; never for names and numbers, which should not linger in memory.
clean_again = lru_cache(maxsize=4096)(clean)


def fitting(text: str, most: int, what: str) -> str:
    """The text, when it fits its column. Raises BadInput, naming `what` it is."""
    if len(text) > most:
        raise BadInput(f"{what}ยาวเกิน {most} ตัวอักษร โปรดตรวจว่าข้อมูลอยู่ตรงคอลัมน์")
    return text
