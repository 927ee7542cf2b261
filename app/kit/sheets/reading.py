"""Telling what a file is by its first bytes, and reading its rows."""

import os
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

import filetype

from app.kit.errors import BadInput
from app.kit.sheets import commas, workbooks
from app.kit.sheets.rows import Limits, Row, within

__all__ = ["Limits", "Row", "read_rows", "stream_rows"]

_SAVE_AS = "โปรดเปิดด้วยโปรแกรมตาราง บันทึกเป็น .xlsx หรือ .csv แล้วส่งใหม่"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK"
_START = 8192
#: Formats made of plain letters that would otherwise pass for a one-column CSV.
_TEXT_OF_OTHER_KINDS = (b"%PDF", b"%!PS", b"{\\rtf", b"<")

_KINDS = {"image": "รูปภาพ", "video": "วิดีโอ", "audio": "ไฟล์เสียง", "font": "ไฟล์แบบอักษร"}


def read_rows(content: bytes, *, sheet: str | None = None, limits: Limits | None = None) -> Iterator[Row]:
    """The rows of a CSV or XLSX file that hold anything, every cell as text.

    CSV is read as UTF-8 (with BOM or not), UTF-16 with BOM or else cp874, parted by comma, semicolon, tab or
    bar. Of an XLSX, `sheet` by name or else the first visible one; dates become ISO, whole numbers lose their
    ".0" and keep every digit, a formula gives its saved result, an error such as #N/A an empty cell.
    Raises BadInput for what is not a spreadsheet, not safe to open, or past `limits`; a row past them raises
    when it is reached, so let a transaction hold what was done before.
    """
    return stream_rows(BytesIO(content), sheet=sheet, limits=limits)


def stream_rows(file: BinaryIO, *, sheet: str | None = None, limits: Limits | None = None) -> Iterator[Row]:
    """As `read_rows`, from a file that can be sought in, without holding a CSV's length in memory.

    The file stays open and must stay so while rows are taken. Of an XLSX the reader keeps the sheet's cells; what is
    unpacked to be weighed stands on disk.
    """
    limits = limits or Limits()
    beginning = _beginning(file, limits)
    if beginning.startswith(_ZIP):
        return within(workbooks.read(beginning + file.read(), sheet=sheet, limits=limits), limits)
    return within(commas.read(file, _encoding(file, beginning)), limits)


def read_sheets(content: bytes, *, limits: Limits | None = None) -> list[tuple[str, Iterator[Row]]]:
    """As `read_rows`, of every visible sheet of an XLSX with its name; a CSV is one without a name."""
    limits = limits or Limits()
    file = BytesIO(content)
    beginning = _beginning(file, limits)
    if beginning.startswith(_ZIP):
        sheets = workbooks.read_all(beginning + file.read(), limits=limits)
        return [(name, within(rows, limits)) for name, rows in sheets]
    return [("", within(commas.read(file, _encoding(file, beginning)), limits))]


def _beginning(file: BinaryIO, limits: Limits) -> bytes:
    """The first bytes. Raises BadInput for what is empty, too big, of an old kind or under a password."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    beginning = file.read(_START)
    if not size:
        raise BadInput(f"ไฟล์ว่างเปล่า {_SAVE_AS}")
    if size > limits.size:
        raise BadInput(f"ไฟล์ใหญ่เกิน {limits.size // 1_000_000:,} เมกะไบต์ โปรดแบ่งเป็นหลายไฟล์แล้วส่งทีละไฟล์")
    if beginning.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in beginning + file.read():
            raise BadInput("ไฟล์ตั้งรหัสผ่านไว้ โปรดเอารหัสผ่านออก บันทึกใหม่ แล้วส่งอีกครั้ง")
        raise BadInput(f"ไฟล์ .xls รุ่นเก่าเปิดไม่ได้ {_SAVE_AS}")
    return beginning


def _encoding(file: BinaryIO, beginning: bytes) -> str:
    """The encoding of a file of text. Raises BadInput where it is none."""
    encoding = commas.encoding_of(file)
    if encoding is None or beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_TEXT_OF_OTHER_KINDS):
        raise BadInput(f"{_what_it_is(beginning)} {_SAVE_AS}")
    return encoding


def _what_it_is(beginning: bytes) -> str:
    kind = filetype.guess(beginning)
    if kind is None:
        return "ไฟล์นี้ไม่ใช่ตาราง"
    name = _KINDS.get(kind.mime.split("/")[0], f"ไฟล์ .{kind.extension}")
    return f"ไฟล์นี้เป็น{name} ไม่ใช่ตาราง"
