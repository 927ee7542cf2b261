"""Statement files of every kind the fund can read, told apart by how they begin."""

import os
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, cast

from app.fund.bank.statements import camt, declared_totals, layouts, mt940, signs
from app.fund.bank.statements.declared_totals import DeclaredTotals
from app.fund.bank.statements.layouts import CAMT, MT940, Layout
from app.fund.bank.statements.lines import StatementLine, read_lines
from app.fund.bank.statements.signs import Signs
from app.kit.errors import BadInput
from app.kit.sheets import Limits, Row, stream_rows

#: Tables in text are read as a stream; a workbook must be held to be parsed, so it keeps the narrower limits.
_TEXT = Limits(size=200_000_000, rows=2_000_000)
_BEGINNING = 8_192
_ROWS_LOOKED_AT = 60


@dataclass(kw_only=True)
class ParsedStatement:
    """A file that is being read. `declared` is complete when the last line was taken."""

    profile: str
    declared: DeclaredTotals
    #: In the order of the file.
    lines: Iterator[StatementLine]
    #: Whether every line carries a balance, told by the bank or worked out.
    balances: bool
    #: What the bank's numbers count, for messages: rows, or entries.
    word: str = "บรรทัดที่"


def read(file: BinaryIO, *, mapped: Mapping[str, Layout], profile: str | None = None) -> ParsedStatement:
    """How to read a statement file: its profile, its declared totals so far, and an iterator of its lines.

    `mapped` are the layouts that officers mapped by hand, by fingerprint of the header. The file must stay open while lines are
    taken. Raises BadInput, now or while lines are taken, for what is no statement, and UnknownHeader for a table whose header
    nobody has mapped.
    """
    layouts.refuse_unknown(profile, mapped)
    file.seek(0)
    beginning = file.read(_BEGINNING)
    declared = DeclaredTotals()
    if mt940.looks_so(beginning):
        _refuse_profile(profile, MT940)
        return ParsedStatement(
            profile=MT940, declared=declared, lines=mt940.read(file, declared), balances=True
        )
    if camt.looks_so(beginning):
        _refuse_profile(profile, CAMT)
        lines = camt.read(file, declared)
        return ParsedStatement(profile=CAMT, declared=declared, lines=lines, balances=True, word="รายการที่")
    rows = table_rows(file)
    top = list(islice(rows, _ROWS_LOOKED_AT))
    # Whoever reads the file anew moves it beneath this reading.
    cast(Generator[Row], rows).close()
    header, layout = layouts.recognise(top, mapped=mapped, profile=profile)
    declared_totals.note_top(top[:header], declared)
    declared.unread = layouts.unread(layout, top[header].cells)
    number = top[header].number
    written = _signs(file, number, layout)
    return ParsedStatement(
        profile=layout.name,
        declared=declared,
        lines=read_lines(
            signs.below(table_rows(file), number),
            header=top[header].cells,
            layout=layout,
            declared=declared,
            signs=written,
        ),
        balances=layout.has("balance"),
    )


def _signs(file: BinaryIO, header: int, layout: Layout) -> Signs:
    """How the whole file signs its amounts, found before the first line is told."""
    if not signs.needed(layout):
        return Signs()
    return signs.of(signs.below(table_rows(file), header), layout) or signs.decided(
        signs.below(table_rows(file), header), layout
    )


def table_rows(file: BinaryIO) -> Iterator[Row]:
    """Rows of a CSV or XLSX statement."""
    file.seek(0)
    is_archive = file.read(2) == b"PK"
    file.seek(0, os.SEEK_SET)
    return stream_rows(file, limits=Limits() if is_archive else _TEXT)


def _refuse_profile(asked: str | None, found: str) -> None:
    if asked not in (None, found):
        raise BadInput(f"ไฟล์นี้เป็นแบบ {found} ไม่ใช่ “{asked}” กรุณาเลือกรูปแบบ “ดูจากหัวตาราง”")
