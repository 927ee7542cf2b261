"""CSV as it comes from banks, offices and spreadsheets in Thailand."""

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from app.kit.errors import BadInput
from app.kit.sheets.rows import Row

#: The comma comes last: it is the one most often found inside a value.
_DELIMITERS = "\t;|,"
_ROWS_LOOKED_AT = 50
_LETTERS_LOOKED_AT = 100_000
_SEPARATOR_LINE = re.compile(r"sep=([,;|\t])\r?\n", re.IGNORECASE)
_GROUPED_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def decoded(content: bytes) -> str | None:
    """The text of these bytes, or None when they are not text.

    cp874 and never TIS-620, which lacks the curly quotes, dashes and the ellipsis that Windows writes.
    """
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        text = text.removesuffix("\x1a")
        return None if _NOT_TEXT.search(text) else text
    return None


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith(BOM_UTF8):
        return ("utf-8-sig",)
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8", "cp874")


def read(text: str) -> Iterator[Row]:
    """Every row, numbered as a spreadsheet program would. Raises BadInput where quotes do not close."""
    first = 1
    if match := _SEPARATOR_LINE.match(text):
        delimiter, first = match[1], 2
        text = text[match.end() :]
    else:
        delimiter = _delimiter(text)
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = first
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadInput(
                f"แถวที่ {number} อ่านไม่ได้ อาจมีเครื่องหมายคำพูดไม่ครบคู่ โปรดแก้แล้วส่งใหม่ หรือบันทึกเป็น .xlsx"
            ) from error
        yield Row(number, cells)
        number += 1


def _delimiter(text: str) -> str:
    """The mark that parts the most first rows into the same number of cells."""
    beginning = text[:_LETTERS_LOOKED_AT]
    best, best_score = ",", 0
    for delimiter in _DELIMITERS:
        lines = StringIO(_GROUPED_THOUSANDS.sub("", beginning) if delimiter == "," else beginning, newline="")
        widths: Counter[int] = Counter()
        try:
            for cells in islice(csv.reader(lines, delimiter=delimiter), _ROWS_LOOKED_AT):
                widths[len(cells)] += 1
        except csv.Error:
            continue
        score = max((count * (width - 1) for width, count in widths.items()), default=0)
        if score > best_score:
            best, best_score = delimiter, score
    return best
