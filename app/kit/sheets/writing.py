"""Writing rows as CSV and XLSX that a spreadsheet opens as they are, never as formulas."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import chain, islice
from unicodedata import category

from app.kit.clock import BANGKOK

#: Text, whole numbers, baht (Decimal), dates, moments; None is an empty cell.
Cell = str | int | Decimal | date | None

_CHUNK = 65_536
#: With these first, Excel, LibreOffice and Google Sheets may run the cell (OWASP, "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
#: Excel keeps fifteen digits of a number; a longer one goes in as text.
_EXACT_IN_EXCEL = 10**15
#: Of a day: Arabic digits (01), the Buddhist calendar (07), Thai names of months (041E). The cell stays a date.
_THAI_DAY = "[$-107041E]d mmm yyyy"
#: A column is as wide as what the first rows show in it, within reason.
_LOOKED_AT, _WIDEST = 200, 60
#: Of the head of a printed page Excel takes 255 letters.
_LONGEST_HEAD = 240


def csv_chunks(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """CSV in UTF-8 with BOM (Excel needs it for Thai), piece by piece for a long answer."""
    page = StringIO(newline="")
    page.write("\ufeff")
    writer = csv.writer(page)
    writer.writerow([_csv_text(cell) for cell in header])
    for row in rows:
        writer.writerow([_csv_text(cell) for cell in row])
        if page.tell() > _CHUNK:
            yield page.getvalue().encode()
            page.seek(0)
            page.truncate()
    yield page.getvalue().encode()


def to_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The whole CSV file; see `csv_chunks`."""
    return b"".join(csv_chunks(header, rows))


def _csv_text(cell: Cell) -> str:
    if isinstance(cell, str):
        dangerous = cell.lstrip().startswith(_FORMULA_STARTS) or cell.startswith(("\t", "\r", "\n"))
        return f"'{cell}" if dangerous else cell
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return _in_bangkok(cell).isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return str(cell)


def _in_bangkok(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone before it can be written in Bangkok's hours")
    return at.astimezone(BANGKOK).replace(tzinfo=None)


def to_xlsx(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "ข้อมูล", mark: str = ""
) -> bytes:
    """The whole XLSX file: a bold header that stays in view, text as text, baht with two decimals, days of the
    Buddhist era. Columns are as wide as their first rows. `mark` stands above the header and on every printed page."""
    import xlsxwriter

    target = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True})
        baht = book.add_format({"num_format": "#,##0.00"})
        day = book.add_format({"num_format": _THAI_DAY})
        moment = book.add_format({"num_format": f"{_THAI_DAY} hh:mm:ss"})
        page = book.add_worksheet(sheet)
        top = 1 if mark else 0
        page.freeze_panes(top + 1, 0)
        if mark:
            # An ampersand would begin a code of the printed head.
            page.set_header(f"&L{mark.replace('&', '&&')[:_LONGEST_HEAD]}")
            page.repeat_rows(0, top)
            _must(page.write_string(0, 0, mark))
        rows = iter(rows)
        first = list(islice(rows, _LOOKED_AT))
        for column in range(len(header)):
            shown = (_shown(row[column]) for row in [header, *first] if column < len(row))
            page.set_column(column, column, min(max(shown), _WIDEST) + 2)
        for column, name in enumerate(header):
            _must(page.write_string(top, column, name, bold))
        for number, row in enumerate(chain(first, rows), start=top + 1):
            for column, cell in enumerate(row):
                match cell:
                    case None:
                        continue
                    case str():
                        _must(page.write_string(number, column, cell))
                    case Decimal():
                        _must(page.write_number(number, column, cell, baht))
                    case int() if abs(cell) < _EXACT_IN_EXCEL:
                        _must(page.write_number(number, column, cell))
                    case datetime():
                        _must(page.write_datetime(number, column, _in_bangkok(cell), moment))
                    case date():
                        _must(page.write_datetime(number, column, cell, day))
                    case _:
                        _must(page.write_string(number, column, str(cell)))
    return target.getvalue()


def _shown(cell: Cell) -> int:
    """How many letters wide a cell is shown; Thai vowels and tone marks above and below take no room."""
    if isinstance(cell, datetime):
        return 21
    if isinstance(cell, date):
        return 12
    shown = f"{cell:,.2f}" if isinstance(cell, Decimal) else str(cell if cell is not None else "")
    return sum(category(letter) != "Mn" for letter in shown[:200])


def _must(result: int) -> None:
    """xlsxwriter answers below zero, silently, for a row or a text that does not fit; nothing may get lost."""
    if result < 0:
        raise ValueError("a row, column or text is more than an XLSX file can hold")
