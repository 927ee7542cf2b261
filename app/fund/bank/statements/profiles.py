"""Statement profiles: layouts that an officer mapped once by hand and that are known from then on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from sqlalchemy import select

from app.fund.bank.records import StatementProfile
from app.fund.bank.statements import signs
from app.fund.bank.statements.declared_totals import DeclaredTotals
from app.fund.bank.statements.files import table_rows
from app.fund.bank.statements.layouts import (
    BUILT_IN,
    FIELD_NAMES,
    Layout,
    Years,
    complete,
    fingerprint,
    refuse_foreign,
)
from app.fund.bank.statements.lines import StatementLine, read_lines
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput
from app.kit.sheets import Row
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

_LONGEST_NAME = 40
_ROWS_LOOKED_AT = 60
_FEWEST_HEADINGS = 3
_ROWS_READ_BACK = 8


def known() -> dict[str, Layout]:
    """The layouts mapped by hand, by the fingerprint of their header."""
    return {
        row.header_hash: _layout(row.name, row.mapping)
        for row in db.session().scalars(select(StatementProfile))
    }


def _layout(name: str, mapping: str) -> Layout:
    stored = json.loads(mapping)
    columns = {field: tuple(places) for field, places in stored["columns"].items()}
    return Layout(name=name, columns=columns, years=Years(stored["years"]))


def keep(
    *,
    name: str,
    header: Sequence[str],
    columns: Mapping[str, Sequence[int]],
    years: Years,
    by: User | None,
    width: int = 0,
) -> StatementProfile:
    """From now on a file with this header is read by these columns; a header mapped before under the same name is
    mapped anew. `width` is that of the widest row, where rows have cells beyond the last heading.

    Raises Refused for a name or header that is taken, BadInput for columns that do not tell a date and the money.
    """
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or name in BUILT_IN:
        raise BadInput("กรุณาตั้งชื่อรูปแบบไม่เกิน 40 ตัวอักษร เช่น ชื่อธนาคารและชนิดไฟล์")
    wide = [*header, *[""] * (width - len(header))]
    layout = checked(header=wide, columns=columns, years=years, name=name)
    mapping = json.dumps({"columns": layout.columns, "years": years}, sort_keys=True)
    session = db.session()
    known = session.scalars(select(StatementProfile).filter_by(header_hash=fingerprint(header))).one_or_none()
    if known is not None and known.name == name:
        known.mapping, known.made_at, known.made_by_id = mapping, clock.now(), by.id if by else None
        _note(known, layout, by)
        return known
    profile = StatementProfile(
        name=name,
        header_hash=fingerprint(header),
        mapping=mapping,
        made_at=clock.now(),
        made_by_id=by.id if by else None,
    )
    session.add(profile)
    session.flush()
    _note(profile, layout, by)
    return profile


def was_made_since(name: str, moment: datetime) -> bool:
    """Whether this layout was mapped by hand, or mapped anew, at this moment or later."""
    made = select(StatementProfile.id).filter_by(name=name).where(StatementProfile.made_at >= moment)
    return db.session().scalar(made) is not None


def _note(profile: StatementProfile, layout: Layout, by: User | None) -> None:
    audit.record(
        Deed.STATEMENT_MAP,
        f"statement_profile:{profile.id}",
        by=by,
        name=profile.name,
        columns=dict(layout.columns),
        years=layout.years,
    )


def likely_header(rows: Sequence[Row]) -> int:
    """Where among the first rows of an unknown file its header most likely stands; a person may know better.

    It is the last row of headings before the first row with figures, or else the first row with several cells.
    """
    for place in range(len(rows) - 1):
        here, after = rows[place].cells, rows[place + 1].cells
        headings = [cell for cell in here if cell.strip()]
        figures = sum(any(letter.isdigit() for letter in cell) for cell in after)
        plain = all(not any(letter.isdigit() for letter in cell) or len(cell) < 20 for cell in headings)
        wordy = sum(not cell.strip()[:1].isdigit() for cell in headings)
        if len(headings) >= _FEWEST_HEADINGS and wordy == len(headings) and plain and figures >= 2:
            return place
    several = (place for place, row in enumerate(rows) if sum(map(bool, row.cells)) >= _FEWEST_HEADINGS)
    return next(several, 0)


def top_of(file: BinaryIO) -> list[Row]:
    """The first rows of a table, for a person to look at. Raises BadInput for what is no table."""
    rows = list(islice(table_rows(file), _ROWS_LOOKED_AT))
    if len(rows) < 2:
        raise BadInput("ไม่พบตารางในไฟล์นี้ กรุณาตรวจว่าเป็นรายการเดินบัญชีแบบตาราง (.csv หรือ .xlsx)")
    return rows


@dataclass(frozen=True, kw_only=True)
class ReadBack:
    """A row of the file as it is understood: a line, or why it cannot be read."""

    number: int
    line: StatementLine | None
    error: str = ""


def read_back(rows: Sequence[Row], layout: Layout) -> list[ReadBack]:
    """The first rows below a header (which is `rows[0]`) as this layout reads them. Rows that say nothing are left out."""
    header, read = rows[0].cells, list[ReadBack]()
    written = signs.of(rows[1:], layout) or signs.decided(rows[1:], layout)
    for row in rows[1:]:
        try:
            lines = list(
                read_lines(
                    iter([row]), header=header, layout=layout, declared=DeclaredTotals(), signs=written
                )
            )
        except BadInput as error:
            read.append(ReadBack(number=row.number, line=None, error=error.words))
        else:
            read += [ReadBack(number=row.number, line=line) for line in lines]
        if len(read) == _ROWS_READ_BACK:
            break
    return read


def checked(
    *, header: Sequence[str], columns: Mapping[str, Sequence[int]], years: Years, name: str = ""
) -> Layout:
    """The layout that these columns make. Raises BadInput where they do not tell a date and the money."""
    chosen = {field: tuple(places) for field, places in columns.items() if places}
    if set(chosen) - set(FIELD_NAMES) or any(
        not 0 <= place < len(header) for places in chosen.values() for place in places
    ):
        raise BadInput("คอลัมน์ที่เลือกไม่มีในไฟล์นี้ กรุณาเลือกใหม่")
    if not complete(chosen):
        raise BadInput("ต้องเลือกคอลัมน์วันที่ และคอลัมน์เงินเข้าหรือจำนวนเงิน")
    if "deposit" in chosen and "amount" in chosen:
        raise BadInput("เลือกได้เพียงอย่างเดียว: คอลัมน์เงินเข้า/เงินออก หรือคอลัมน์จำนวนเงิน")
    single = [place for field, places in chosen.items() if field != "description" for place in places]
    if len(single) != len(set(single)):
        raise BadInput("เลือกคอลัมน์เดียวกันให้หลายช่องไม่ได้ กรุณาเลือกใหม่")
    layout = Layout(name=name, columns=chosen, years=years)
    refuse_foreign(layout, header)
    return layout


def names() -> list[str]:
    """Every profile there is, for a drop-down or a refusal."""
    return [
        *BUILT_IN,
        *db.session().scalars(select(StatementProfile.name).order_by(StatementProfile.name)),
    ]
