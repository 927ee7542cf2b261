"""What a sheet is made of, and how much of it is taken."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.kit.errors import BadInput


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that is taken from one file."""

    #: bytes of the file as sent
    size: int = 20_000_000
    #: bytes an XLSX may unpack to, and text its cells may become
    unpacked: int = 250_000_000
    #: how many times bigger an XLSX may unpack to; looked at only past `free_of_ratio` bytes
    ratio: int = 100
    free_of_ratio: int = 5_000_000
    #: entries in the archive that an XLSX is
    entries: int = 2_000
    rows: int = 200_000
    columns: int = 200
    #: last row times last column of an XLSX sheet; a reader holds them all, empty ones too
    cells: int = 5_000_000
    #: characters in one cell
    cell: int = 5_000


class Row(NamedTuple):
    """One row: its number as a spreadsheet program shows it (from 1), and its cells as text."""

    number: int
    cells: list[str]


def within(rows: Iterable[Row], limits: Limits) -> Iterator[Row]:
    """The rows that hold anything. Raises BadInput at the first that passes a limit."""
    for row in rows:
        if row.number > limits.rows:
            raise too_many_rows(limits)
        if len(row.cells) > limits.columns:
            raise too_many_columns(limits, row.number)
        together = "".join(row.cells)
        if not together:
            continue
        if len(together) > limits.cell and max(map(len, row.cells)) > limits.cell:
            raise BadInput(f"แถวที่ {row.number} มีช่องที่ยาวเกิน {limits.cell:,} ตัวอักษร โปรดย่อข้อความแล้วส่งใหม่")
        if "\0" in together:
            raise BadInput(f"แถวที่ {row.number} มีอักขระที่อ่านไม่ได้ โปรดลบออกแล้วส่งใหม่")
        yield row


def too_many_rows(limits: Limits) -> BadInput:
    return BadInput(f"ไฟล์มีเกิน {limits.rows:,} แถว โปรดแบ่งเป็นหลายไฟล์แล้วส่งทีละไฟล์")


def too_many_columns(limits: Limits, number: int) -> BadInput:
    return BadInput(f"แถวที่ {number} มีเกิน {limits.columns} คอลัมน์ โปรดลบคอลัมน์ที่ไม่ใช้แล้วส่งใหม่")
