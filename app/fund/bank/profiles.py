"""Statement profiles: layouts that an officer mapped once by hand and that are known from then on."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from app.fund.bank.events import StatementProfile
from app.fund.bank.layouts import BUILT_IN, FIELD_NAMES, Layout, Years, complete, fingerprint
from app.kit import clock
from app.kit.db import db, explain
from app.kit.errors import BadInput
from app.kit.sheets import Row, read_rows
from app.staff import audit
from app.staff.users import User

explain("uq_statement_profile_name", "มีรูปแบบชื่อนี้แล้ว กรุณาตั้งชื่ออื่น")
explain("uq_statement_profile_header_hash", "หัวตารางแบบนี้จับคู่ไว้แล้ว กรุณานำเข้าไฟล์ได้เลย")

_LONGEST_NAME = 40
_ROWS_LOOKED_AT = 60
_FEWEST_HEADINGS = 3


def known() -> dict[str, Layout]:
    """The layouts mapped by hand, by the fingerprint of their header."""
    return {
        row.header_hash: _layout(row.name, row.mapping)
        for row in db.session().scalars(select(StatementProfile))
    }


def _layout(name: str, mapping: str) -> Layout:
    said = json.loads(mapping)
    columns = {field: tuple(places) for field, places in said["columns"].items()}
    return Layout(name=name, columns=columns, years=Years(said["years"]))


def keep(
    *, name: str, header: Sequence[str], columns: Mapping[str, Sequence[int]], years: Years, by: User | None
) -> StatementProfile:
    """From now on a file with this header is read by these columns.

    Raises Refused for a name or header that is taken, BadInput for columns that do not tell a date and the money.
    """
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or name in BUILT_IN:
        raise BadInput("กรุณาตั้งชื่อรูปแบบไม่เกิน 40 ตัวอักษร เช่น ชื่อธนาคารและชนิดไฟล์")
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
    profile = StatementProfile(
        name=name,
        header_hash=fingerprint(header),
        mapping=json.dumps({"columns": chosen, "years": years}, sort_keys=True),
        made_at=clock.now(),
        made_by_id=by.id if by else None,
    )
    session = db.session()
    session.add(profile)
    session.flush()
    audit.note(
        "statement.map", f"statement_profile:{profile.id}", by=by, name=name, columns=chosen, years=years
    )
    return profile


def header_of(raw: bytes) -> tuple[list[str], list[list[str]]]:
    """The likeliest header of an unknown file and its first three lines, for a person to map.

    The header is the last row of headings before the first row that begins with a figure. Raises BadInput when
    no row of the file looks like one.
    """
    rows: list[Row] = []
    for row in read_rows(raw):
        rows.append(row)
        if len(rows) == _ROWS_LOOKED_AT:
            break
    for place in range(len(rows) - 1):
        here, after = rows[place].cells, rows[place + 1].cells
        headings = [cell for cell in here if cell.strip()]
        figures = sum(any(letter.isdigit() for letter in cell) for cell in after)
        plain = all(not any(letter.isdigit() for letter in cell) or len(cell) < 20 for cell in headings)
        wordy = sum(not cell.strip()[:1].isdigit() for cell in headings)
        if len(headings) >= _FEWEST_HEADINGS and wordy == len(headings) and plain and figures >= 2:
            return list(here), [row.cells for row in rows[place + 1 : place + 4]]
    raise BadInput("ไม่พบหัวตารางในไฟล์นี้ กรุณาตรวจว่าเป็นรายการเดินบัญชีแบบตาราง (.csv หรือ .xlsx)")


def names() -> list[str]:
    """Every profile there is, for a drop-down or a refusal."""
    return [
        *BUILT_IN,
        *db.session().scalars(select(StatementProfile.name).order_by(StatementProfile.name)),
    ]
