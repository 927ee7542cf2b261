"""Column maps: what a person said of a file's columns, remembered by its headings."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.cases.register.columns import ColumnMap, Years, field_named, field_words, fingerprint, missing_of
from app.cases.register.import_records import RegisterColumnMap
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput
from app.province.reference import plain
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User


def known() -> dict[str, ColumnMap]:
    """What was said of columns so far, by the fingerprint of their headings."""
    return {
        row.header_hash: ColumnMap(json.loads(row.columns), Years(row.years))
        for row in db.session().scalars(select(RegisterColumnMap))
    }


def keep(
    *, titles: Sequence[str], columns: Mapping[str, int], years: Years, by: User | None
) -> RegisterColumnMap:
    """From now on files with these headings are read so; what was said of them before is said anew.

    Raises BadInput where the columns do not tell who lives where, or one column is to be two things.
    """
    if set(columns) - set(field_words()) or any(not 0 <= place < len(titles) for place in columns.values()):
        raise BadInput("คอลัมน์ที่เลือกไม่มีในไฟล์นี้ โปรดเลือกใหม่")
    if len(set(columns.values())) != len(columns):
        raise BadInput("เลือกคอลัมน์เดียวกันให้หลายช่องไม่ได้ โปรดเลือกใหม่")
    if missing := missing_of(columns):
        raise BadInput(f"ยังขาดคอลัมน์ {'; '.join(missing)} โปรดเลือกให้ครบ")
    session = db.session()
    header = fingerprint(titles)
    kept = session.scalars(select(RegisterColumnMap).filter_by(header_hash=header)).one_or_none()
    made_by_id = by.id if by else None
    if kept is None:
        kept = RegisterColumnMap(header_hash=header)
    kept.columns, kept.years = json.dumps(dict(columns), sort_keys=True), years
    kept.made_at, kept.made_by_id = clock.now(), made_by_id
    session.add(kept)
    session.flush()
    audit.record(
        Deed.REGISTER_MAP, f"register_column_map:{kept.id}", by=by, columns=dict(columns), years=str(years)
    )
    return kept


def from_json(path: Path, titles: Sequence[str]) -> ColumnMap:
    """What a file of the operator says: {"columns": {field: heading or number from 1}, "years": "be" or "ce"}.

    A field is called as in the template or by its English name; the two sides may stand either way round. Raises
    BadInput for what is no such file, a field that there is not, or a heading that the table does not have.
    """
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8-sig"))
        pairs = dict(said.get("columns", said)) if isinstance(said, dict) else {}
        years = Years(said.get("years", ""))
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(f"อ่านไฟล์จับคู่คอลัมน์ไม่ได้: {path}") from error
    pairs.pop("years", None)
    places = {plain(title): place for place, title in reversed(list(enumerate(titles)))}
    columns = {}
    for left, right in pairs.items():
        name, where = (left, right) if field_named(str(left)) else (right, left)
        field = field_named(str(name))
        if not field:
            raise BadInput(f"ไม่รู้จักช่องชื่อ {left} ในไฟล์จับคู่คอลัมน์ ใช้ได้: {', '.join(field_words())}")
        place = where - 1 if isinstance(where, int) else places.get(plain(str(where)))
        if place is None or not 0 <= place < len(titles):
            raise BadInput(f"ตารางนี้ไม่มีคอลัมน์ {where}")
        columns[field] = place
    return ColumnMap(columns, years)
