"""Opening files: a small sheet of what the fund held for each purpose, as an office fills it in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.fund.ledger.accounts import Purpose
from app.fund.ledger.opening import Line
from app.kit.db import db
from app.kit.errors import BadInput
from app.kit.money import format_baht, parse_baht
from app.kit.sheets import Limits, Row, read_rows
from app.kit.texts import visible
from app.kit.thai import parse_date

#: Field → what a heading may call it, without spaces.
_HEADINGS: dict[str, tuple[str, ...]] = {
    "purpose": ("วัตถุประสงค์", "รหัสวัตถุประสงค์", "purpose"),
    "satang": ("ยอดคงเหลือ", "ยอดยกมา", "คงเหลือ", "จำนวนเงิน", "amount", "balance"),
    "as_of": ("ณวันที่", "วันที่", "as-of", "as_of", "asof"),
    "received": ("รับมาแล้ว", "รับมาทั้งหมด", "received"),
    "spent": ("ใช้ไปแล้ว", "จ่ายไปแล้ว", "spent"),
    "note": ("หมายเหตุ", "note"),
}
#: The headings of the file that the page gives to be filled in.
HEADER = ("วัตถุประสงค์", "ยอดคงเหลือ", "ณ วันที่", "รับมาแล้ว", "ใช้ไปแล้ว", "หมายเหตุ")
_NEEDED = ("purpose", "satang", "as_of")
_TOTALS = ("รวม", "รวมทั้งสิ้น", "total")
_LIMITS = Limits(size=2_000_000, rows=1_000, columns=40)
#: The heading stands within the first so many rows.
_FIRST_ROWS = 20


@dataclass(frozen=True, slots=True)
class OpeningFile:
    """What a file says: sums by purpose, at the end of one day."""

    as_of: date
    lines: list[Line]


def read(content: bytes) -> OpeningFile:
    """What the file says. Raises BadInput that names the row for whatever cannot be read or does not add up."""
    rows = list(read_rows(content, limits=_LIMITS))
    places, begin = _heading(rows)
    codes = _codes()
    lines: list[Line] = []
    days: set[date] = set()
    for row in rows[begin:]:
        said = {field: row.cells[at].strip() for field, at in places.items() if at < len(row.cells)}
        named = visible(said.get("purpose", ""))
        if not named and not said.get("satang"):
            continue
        if named in _TOTALS:
            _refuse_wrong_total(row, said, lines)
            break
        if named.casefold() not in codes:
            raise BadInput(
                f"แถวที่ {row.number}: ไม่มีวัตถุประสงค์ “{named[:40]}” กรุณาใช้รหัสหรือชื่อตามหน้าตั้งค่ากองทุน หรือเปิดวัตถุประสงค์ก่อน"
            )
        lines.append(_line(row, said, codes[named.casefold()]))
        days.add(_read_day(row, said))
    if not lines:
        raise BadInput("ไฟล์ไม่มียอดของวัตถุประสงค์ใด กรุณาใส่อย่างน้อยหนึ่งแถวใต้หัวตาราง")
    if len(days) > 1:
        raise BadInput("ทุกแถวต้องเป็นยอด ณ วันเดียวกัน กรุณาใส่ “ณ วันที่” ให้ตรงกันทุกแถว")
    return OpeningFile(as_of=days.pop(), lines=lines)


def _heading(rows: Sequence[Row]) -> tuple[dict[str, int], int]:
    """Where each field stands, and the row after the heading."""
    for begin, row in enumerate(rows[:_FIRST_ROWS], start=1):
        cells = ["".join(cell.split()).casefold() for cell in row.cells]
        places = {
            field: next(cells.index(name) for name in names if name in cells)
            for field, names in _HEADINGS.items()
            if any(name in cells for name in names)
        }
        if "purpose" in places:
            lacking = [_HEADINGS[field][0] for field in _NEEDED if field not in places]
            if lacking:
                raise BadInput(f"หัวตารางไม่มีคอลัมน์ {' และ '.join(lacking)} กรุณาใช้แบบไฟล์จากหน้ายอดยกมา")
            return places, begin
    raise BadInput("ไม่พบหัวตารางที่มีคอลัมน์ วัตถุประสงค์ กรุณาใช้แบบไฟล์จากหน้ายอดยกมา")


def _codes() -> dict[str, str]:
    """Codes by what a file may call a purpose: its code or either name."""
    found: dict[str, str] = {}
    for purpose in db.session().scalars(select(Purpose)):
        for name in (purpose.code, purpose.name_th, purpose.name_en):
            if name:
                found[name.casefold()] = purpose.code
    return found


def _line(row: Row, said: Mapping[str, str], code: str) -> Line:
    satang, spent = _sum(row, said, "satang"), _sum(row, said, "spent")
    if satang is None:
        raise BadInput(f"แถวที่ {row.number}: ไม่มียอดคงเหลือ กรุณาใส่ 0 ถ้าไม่มีเงินเหลือ")
    received = _sum(row, said, "received")
    if received is not None and spent is None:
        spent = received - satang
    spent = spent or 0
    if spent < 0 or (received is not None and received != satang + spent):
        raise BadInput(
            f"แถวที่ {row.number}: รับมา {format_baht(received or 0)} บาท แต่คงเหลือ {format_baht(satang)} กับใช้ไปแล้ว "
            f"{format_baht(max(spent, 0))} บาทรวมกันไม่เท่า กรุณาแก้ให้ รับมา = คงเหลือ + ใช้ไปแล้ว"
        )
    return Line(code, satang, spent, visible(said.get("note", ""))[:200])


def _sum(row: Row, said: Mapping[str, str], field: str) -> int | None:
    if not said.get(field):
        return None
    try:
        return parse_baht(said[field], allow_zero=True)
    except BadInput as error:
        raise BadInput(f"แถวที่ {row.number}: {_HEADINGS[field][0]} {error.words}") from error


def _read_day(row: Row, said: Mapping[str, str]) -> date:
    try:
        return parse_date(said.get("as_of", ""))
    except BadInput as error:
        raise BadInput(f"แถวที่ {row.number}: ณ วันที่ {error.words}") from error


def _refuse_wrong_total(row: Row, said: Mapping[str, str], lines: Sequence[Line]) -> None:
    total = _sum(row, said, "satang")
    summed = sum(line.satang for line in lines)
    if total is not None and total != summed:
        raise BadInput(
            f"แถวที่ {row.number}: ยอดรวม {format_baht(total)} บาท แต่ทุกแถวรวมได้ {format_baht(summed)} บาท กรุณาตรวจไฟล์"
        )
