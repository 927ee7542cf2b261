"""CSV as it comes from banks, offices and spreadsheets in Thailand."""

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections import Counter
from collections.abc import Iterator
from io import StringIO, TextIOWrapper
from itertools import islice
from typing import BinaryIO

from app.kit.errors import BadInput
from app.kit.sheets.rows import Row

#: The comma comes last: it is the one most often found inside a value.
_DELIMITERS = "\t;|,"
_ROWS_LOOKED_AT = 50
_LETTERS_LOOKED_AT = 100_000
_PIECE = 1 << 18
_SEPARATOR_LINE = re.compile(r"sep=([,;|\t])\r?\n", re.IGNORECASE)
_GROUPED_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_TEXT_FORMULA = re.compile(r'="(?:[^"]|"")*"')
#: DOS programs end a text with it.
_END = "\x1a"


def encoding_of(file: BinaryIO) -> str | None:
    """The encoding in which the whole file is text, or None. It is read piece by piece, never kept.

    cp874 and never TIS-620, which lacks the curly quotes, dashes and the ellipsis that Windows writes.
    """
    file.seek(0)
    return next((encoding for encoding in _encodings(file.read(4)) if _is_text(file, encoding)), None)


def _encodings(beginning: bytes) -> tuple[str, ...]:
    if beginning.startswith(BOM_UTF8):
        return ("utf-8-sig",)
    if beginning.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8", "cp874")


def _is_text(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder, rest = getincrementaldecoder(encoding)(), ""
    try:
        while piece := file.read(_PIECE):
            text = rest + decoder.decode(piece)
            rest = _END if text.endswith(_END) else ""
            if _NOT_TEXT.search(text.removesuffix(_END)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def read(file: BinaryIO, encoding: str) -> Iterator[Row]:
    """Every row, numbered as a spreadsheet program would. Raises BadInput where quotes do not close."""
    beginning, first = _beginning(file, encoding), 1
    file.seek(0)
    text = TextIOWrapper(file, encoding=encoding, newline="")
    try:
        if match := _SEPARATOR_LINE.match(beginning):
            delimiter, first = match[1], 2
            text.readline()
        else:
            delimiter = _delimiter(beginning)
        lines = (line.removesuffix(_END) for line in text)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
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
            if '="' in "".join(cells):
                cells = [_meant(cell) for cell in cells]
            yield Row(number, cells)
            number += 1
    finally:
        # The file is the caller's; a wrapper that is thrown away would close it.
        if not file.closed:
            text.detach()


def _meant(cell: str) -> str:
    """The text that ="0123" stands for, Excel's way to keep noughts. No other formula is ever worked out."""
    return cell[2:-1].replace('""', '"') if _TEXT_FORMULA.fullmatch(cell) else cell


def _beginning(file: BinaryIO, encoding: str) -> str:
    file.seek(0)
    text = TextIOWrapper(file, encoding=encoding, newline="")
    try:
        return text.read(_LETTERS_LOOKED_AT)
    finally:
        text.detach()


def _delimiter(beginning: str) -> str:
    """The mark that parts the most first rows into the same number of cells."""
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
