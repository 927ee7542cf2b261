"""Intake: a register file goes into a named round, all of it or nothing."""

import json
from datetime import date

from app.cases.register import ids, parsed_file, rounds
from app.cases.register.parsed_file import Remark
from app.cases.register.records import RegisterImport, RegisterSource, Round
from app.cases.register.round_import import RoundImport
from app.kit import clock, queue
from app.kit.db import db
from app.kit.errors import Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.kit.sheets import safe_file_name
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: Of more remarks than these only the number is kept.
_MOST_REMARKS = 500


def import_file(
    *,
    name: str,
    raw: bytes,
    round_code: str,
    source: str,
    by: User | None,
    fiscal_year_be: int | None = None,
    as_of: date | None = None,
    declared_total: int | None = None,
) -> dict[str, int]:
    """What `take_in` did, as counts of households: new (not in the round before), changed, same, errors."""
    taken = take_in(
        name=name,
        raw=raw,
        round_code=round_code,
        source=source,
        by=by,
        fiscal_year_be=fiscal_year_be,
        as_of=as_of,
        declared_total=declared_total,
    )
    return taken.counts


def take_in(
    *,
    name: str,
    raw: bytes,
    round_code: str,
    source: str,
    by: User | None,
    fiscal_year_be: int | None = None,
    as_of: date | None = None,
    declared_total: int | None = None,
) -> RegisterImport:
    """The file's households stand in the round. A round nobody opened yet is opened (see rounds.open_).

    No file touches a person: it adds people and fills blanks. A row that would rename, move or remove somebody, or
    that finds no home, is told by line and left undone; income, dimensions and address of a household follow the
    newest file of the newest round, and a blank never overwrites. Households with an unreadable row are left out and
    told by line; `by` None is the operator, a district officer reaches only households of their own area and is told of a number that is
    known elsewhere what is told of a wrong number. Raises BadInput for a file that cannot be taken, Refused for `by`. Inside a transaction.
    """
    file_name = safe_file_name(name)[:160]
    areas = _areas(by)
    profile = Profile.here()
    rows = parsed_file.rows_of(raw, province_code=profile.province_code)
    session = db.session()
    # One import at a time, as on SQLite: two files may hold the same house.
    lock_advisory(AdvisoryLock.REGISTER_IMPORT)
    round_ = _round(round_code, source, fiscal_year_be, as_of, declared_total, by)
    round_import = RoundImport(round_, areas)
    file = parsed_file.gathered(rows, round_import.closed)
    file.refuse_if_mostly_bad()
    counts = round_import.take(file)
    remarks = file.all_remarks()
    taken = RegisterImport(
        round_id=round_.id,
        file_name=file_name,
        file_hash=ids.fingerprint(raw),
        imported_at=clock.now(),
        imported_by_id=by.id if by else None,
        new=counts["new"],
        changed=counts["changed"],
        same=counts["same"],
        errors=file.left_out,
        error_lines=_remarks_json(remarks),
        rows_left_out=file.undone,
        province_lines=json.dumps(
            {remark.line: remark.rest for remark in remarks if remark.rest}, ensure_ascii=False
        ),
    )
    session.add(taken)
    session.flush()
    audit.record(
        Deed.REGISTER_IMPORT,
        f"register_round:{round_.id}",
        by=by,
        code=round_.code,
        file=file_name,
        **taken.counts,
    )
    queue.ask("publish", key="edition")
    return taken


def _round(
    code: str,
    source: str,
    fiscal_year_be: int | None,
    as_of: date | None,
    declared_total: int | None,
    by: User | None,
) -> Round:
    """The round of this code, opened if nobody has. Raises Refused when it is of another source."""
    round_ = rounds.named(code)
    if round_ is None:
        round_ = rounds.open_(
            code=code,
            source=source,
            fiscal_year_be=fiscal_year_be,
            as_of=as_of,
            declared_total=declared_total,
            by=by,
        )
    elif round_.source != source:
        raise Refused(
            f"รอบ {code} เป็นข้อมูล {RegisterSource(round_.source).words} "
            "ไม่ตรงกับแหล่งข้อมูลที่เลือก โปรดเลือกรอบหรือแหล่งข้อมูลใหม่"
        )
    elif declared_total is not None:
        round_.declared_total = declared_total
    db.session().flush()
    return round_


def _areas(by: User | None) -> list[str] | None:
    """Area codes that `by` may import into; None is everywhere."""
    if by is None or by.has(Role.FUND_OFFICER):
        return None
    if by.has(Role.DISTRICT_OFFICER):
        return by.areas(Role.DISTRICT_OFFICER)
    raise Refused("การนำเข้าทะเบียนเป็นหน้าที่ของฝ่ายเลขานุการกองทุนและเจ้าหน้าที่อำเภอ โปรดส่งไฟล์ให้เจ้าหน้าที่")


def _remarks_json(remarks: list[Remark]) -> str:
    # Rows that were not taken first: nobody may think them taken because the list was too long.
    kept = sorted(remarks, key=lambda remark: not remark.left_out)[:_MOST_REMARKS]
    listed = [
        {"line": remark.line, "words": remark.words, "left_out": remark.left_out}
        for remark in sorted(kept, key=lambda remark: remark.line)
    ]
    if len(remarks) > _MOST_REMARKS:
        more = f"และอีก {len(remarks) - _MOST_REMARKS:,} แถวซึ่งไม่ได้แสดง"
        listed.append({"line": remarks[-1].line, "words": more, "left_out": False})
    return json.dumps(listed, ensure_ascii=False)
