"""XLSX: weighed before it is opened, then read by calamine from exactly the bytes that were weighed."""

import re
import struct
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import NoReturn
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from app.kit.errors import BadInput
from app.kit.sheets.rows import Limits, Row, too_many_columns, too_many_rows

_BROKEN = "ไฟล์ .xlsx เสียหรือไม่ครบ โปรดเปิดด้วยโปรแกรมตาราง บันทึกใหม่ แล้วส่งอีกครั้ง"
_TOO_BIG = "ไฟล์นี้เมื่อขยายแล้วใหญ่ผิดปกติ จึงไม่เปิด โปรดคัดเฉพาะข้อมูลที่ใช้ไปวางในไฟล์ใหม่แล้วส่งอีกครั้ง"
_NESTED = "ไฟล์นี้มีไฟล์อื่นฝังอยู่ข้างใน จึงไม่เปิด โปรดคัดเฉพาะตารางไปวางในไฟล์ใหม่แล้วส่งอีกครั้ง"

_ARCHIVES = (".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".pptx", ".ods", ".gz", ".bz2", ".xz", ".7z", ".rar")
#: Parts that hold no cells; pictures and macros are left behind with them.
_WITHOUT_CELLS = ("docprops/", "customxml/", "xl/theme/", "xl/drawings/", "xl/charts/", "xl/media/")
_ENCRYPTED = 0x1
#: What zipfile raises for archives that are cut, garbled or of a kind it does not know.
_UNREADABLE = (BadZipFile, NotImplementedError, ValueError, EOFError, OSError, struct.error, zlib.error)

_BLOCK = 1024 * 1024

#: Where a cell that holds anything says it stands. A lone one at XFD1048576 would make a reader fill all before it;
#: one that is only coloured or framed has no place.
_PLACE = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*["']\s*([A-Za-z]*)0*([0-9]+)[^<>]*(?<!/)>(?!</(?:\w+:)?c>)"""
)
_SHARED_TEXT = re.compile(rb"<(?:\w+:)?si[\s/>]")
_NUMBER = re.compile(rb">\s*([0-9]{1,9})\s*</")


def read(content: bytes, *, sheet: str | None, limits: Limits) -> Iterator[Row]:
    """Every row of the named sheet, or else of the first visible one. Raises BadInput before reading.

    What is unpacked stands on disk: in memory is the file as it came, and the sheet's cells as calamine keeps them.
    """
    return next(_sheets(content, [sheet], limits))[1]


def read_all(content: bytes, *, limits: Limits) -> list[tuple[str, Iterator[Row]]]:
    """The name and every row of each visible sheet. Raises BadInput before reading."""
    return list(_sheets(content, None, limits))


def _sheets(
    content: bytes, wanted: list[str | None] | None, limits: Limits
) -> Iterator[tuple[str, Iterator[Row]]]:
    """The sheets of these names (None is the first visible one), or else every visible one."""
    with TemporaryDirectory(prefix="kueakun-workbook-") as folder:
        parts = _weighed_parts(content, limits, Path(folder))
        for part in parts.values():
            _refuse_far_places(part, limits)
        _refuse_swelling_text(parts, limits)
        try:
            book = CalamineWorkbook.from_path(_packed(parts, Path(folder)))
            names = _visible(book) if wanted is None else [_sheet_name(book, name) for name in wanted]
            sheets = [(name, book.get_sheet_by_name(name)) for name in names]
        except CalamineError as error:
            raise BadInput(_BROKEN) from error
        book.close()
    return ((name, _rows(cells)) for name, cells in sheets)


def _rows(cells: CalamineSheet) -> Iterator[Row]:
    left = [""] * (cells.start[1] if cells.start else 0)
    return (
        Row(number, left + [cell if type(cell) is str else _text(cell) for cell in row])
        for number, row in enumerate(cells.iter_rows(), start=1)
    )


def _weighed_parts(content: bytes, limits: Limits, folder: Path) -> dict[str, Path]:
    """The parts that hold cells, unpacked; what the archive declares is judged before any is unpacked."""
    try:
        archive = ZipFile(BytesIO(content))
    except _UNREADABLE as error:
        raise BadInput(_BROKEN) from error
    with archive:
        entries = archive.infolist()
        _judge(entries, len(content), limits)
        parts: dict[str, Path] = {}
        for number, entry in enumerate(entries):
            if _holds_cells(entry.filename.lower()):
                # By its number: a name in an archive may point anywhere.
                parts[entry.filename] = folder / f"{number}.part"
                try:
                    with archive.open(entry) as packed, parts[entry.filename].open("wb") as unpacked:
                        copyfileobj(packed, unpacked, _BLOCK)
                except _UNREADABLE as error:
                    raise BadInput(_BROKEN) from error
        return parts


def _pieces(part: Path, edge: bytes) -> Iterator[bytes]:
    """A part piece by piece, each but the first beginning at an `edge` (one byte), so that nothing is cut in between."""
    held: list[bytes] = []
    with part.open("rb") as file:
        while block := file.read(_BLOCK):
            at = block.rfind(edge)
            if at < 0:
                held.append(block)
                continue
            yield b"".join((*held, block[:at]))
            held = [block[at:]]
    yield b"".join(held)


def _judge(entries: list[ZipInfo], size: int, limits: Limits) -> None:
    names = [entry.filename.lower() for entry in entries]
    if len(names) > limits.entries or len(set(names)) != len(names):
        raise BadInput(_TOO_BIG)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise BadInput("ไฟล์ตั้งรหัสผ่านไว้ โปรดเอารหัสผ่านออก บันทึกใหม่ แล้วส่งอีกครั้ง")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked or unpacked > max(limits.free_of_ratio, size * limits.ratio):
        raise BadInput(_TOO_BIG)
    if any(entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
        raise BadInput(_BROKEN)
    if "xl/workbook.xml" not in names:
        raise BadInput("ไฟล์นี้ไม่ใช่ตาราง .xlsx โปรดเปิดด้วยโปรแกรมตาราง บันทึกเป็น .xlsx แล้วส่งใหม่")
    if any(name.endswith(_ARCHIVES) for name in names):
        raise BadInput(_NESTED)


def _holds_cells(name: str) -> bool:
    return name.endswith((".xml", ".rels")) and not name.startswith(_WITHOUT_CELLS)


def _refuse_far_places(part: Path, limits: Limits) -> None:
    last_row, last_column = 0, 0
    columns: dict[bytes, int] = {b"": 0}
    for match in (match for piece in _pieces(part, b"<") for match in _PLACE.finditer(piece)):
        letters, digits = match.groups()
        row = int(digits[:10])
        if row > last_row:
            last_row = row
        if letters not in columns:
            columns[letters] = _column(letters)
            last_column = max(last_column, columns[letters])
            if last_column > limits.columns:
                raise too_many_columns(limits, row)
    if last_row > limits.rows:
        raise too_many_rows(limits)
    if last_row * last_column > limits.cells:
        raise BadInput(_TOO_BIG)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:5]:
        number = number * 26 + letter - 64
    return number


def _refuse_swelling_text(parts: dict[str, Path], limits: Limits) -> None:
    """One long shared text that a million cells point at is small on paper and vast in memory."""
    shared = next((name for name in parts if name.lower() == "xl/sharedstrings.xml"), None)
    if shared is None:
        return
    lengths = _lengths_of_texts(parts[shared])
    others = [part for name, part in parts.items() if name != shared]
    ends = sum(piece.count(b"</") for part in others for piece in _pieces(part, b"<"))
    if max(lengths, default=0) * ends <= limits.unpacked:
        return
    total = 0
    for part in others:
        for piece in _pieces(part, b">"):
            for match in _NUMBER.finditer(piece):
                index = int(match[1])
                total += lengths[index] if index < len(lengths) else 0
            if total > limits.unpacked:
                raise BadInput(_TOO_BIG)


def _lengths_of_texts(shared: Path) -> list[int]:
    starts, before = [], 0
    for piece in _pieces(shared, b"<"):
        starts += [before + match.start() for match in _SHARED_TEXT.finditer(piece)]
        before += len(piece)
    return [after - start for start, after in pairwise([*starts, before])]


def _packed(parts: dict[str, Path], folder: Path) -> Path:
    """The weighed parts as an archive of their own: what a lying archive hid is not in it."""
    packed = folder / "weighed.xlsx"
    with ZipFile(packed, "w", ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.write(part, name)
    return packed


def _visible(book: CalamineWorkbook) -> list[str]:
    """The names of the sheets that people see. Raises BadInput where there is none."""
    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    if not names:
        raise BadInput("ไฟล์นี้ไม่มีแผ่นงานที่มองเห็นได้ โปรดยกเลิกการซ่อนแผ่นงานแล้วส่งใหม่")
    return names


def _sheet_name(book: CalamineWorkbook, wanted: str | None) -> str:
    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if wanted is not None:
        if wanted in (sheet.name for sheet in sheets):
            return wanted
        _refuse_sheet(wanted, [sheet.name for sheet in sheets])
    return _visible(book)[0]


def _refuse_sheet(wanted: str, names: list[str]) -> NoReturn:
    raise BadInput(f"ไม่มีแผ่นงานชื่อ “{wanted}” ในไฟล์นี้ โปรดเลือกจาก: {', '.join(names)}")


def _text(cell: object) -> str:
    """The cell as text: ISO dates, whole numbers with every digit, others to the 15 digits Excel keeps."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case datetime():
            return str(cell.date()) if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
        case date():
            return cell.isoformat()
        case time():
            return cell.isoformat(timespec="seconds")
        case timedelta():
            minutes, seconds = divmod(cell.days * 86_400 + cell.seconds, 60)
            hours, minutes = divmod(minutes, 60)
            return f"{hours}:{minutes:02d}:{seconds:02d}"
        case float() if not cell.is_integer():
            return f"{Decimal(f'{cell:.15g}'):f}"
        case int() | float():
            return str(int(cell))
    raise TypeError(f"calamine gave a {type(cell).__name__}")
