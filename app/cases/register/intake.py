"""Intake: a register file goes into a named round, all of it or nothing."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from app.cases.register import column_maps, ids, parsed_file, reviews, round_writing, rounds
from app.cases.register.columns import ColumnMap
from app.cases.register.import_plan import Plan
from app.cases.register.import_records import ImportState, RegisterImport
from app.cases.register.records import RegisterSource, Round
from app.cases.register.round_import import RoundImport
from app.kit import clock, queue
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.kit.sheets import safe_file_name
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


class _OnlyLooked(Exception):
    """Ends a transaction of which nothing is to stay."""


def import_file(**what: object) -> dict[str, int]:
    """What `take_in` did, as counts; see Plan.counts."""
    return take_in(**what).counts  # type: ignore[arg-type]


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
    mapped: Mapping[str, ColumnMap] | None = None,
    override: str = "",
) -> RegisterImport:
    """The file's households stand in the round. A round nobody opened yet is opened (see rounds.open_).

    No file touches a person: it adds people and fills blanks. A row that would rename, move or remove somebody waits
    for a person's decision; income, dimensions and address of a household follow the newest file of the newest round,
    and a blank never overwrites. Households with an unreadable row are left out and told by line. `by` None is the
    operator; a district officer reaches only households of their own area. What stops a file (thresholds) is passed
    over only with a reason, `override`. Raises BadInput for a file that cannot be taken, Refused when the round is of
    another source or `by` may not. Inside a transaction.
    """
    file_name = safe_file_name(name)[:160]
    areas_of(by)
    rows = parsed_file.rows_of(
        raw, province_code=Profile.here().province_code, mapped={**column_maps.known(), **(mapped or {})}
    )
    # One import at a time, as on SQLite: two files may hold the same house.
    lock_advisory(AdvisoryLock.REGISTER_IMPORT)
    round_ = round_of(round_code, source, fiscal_year_be, as_of, declared_total, by)
    plan = planned(rows, round_, by=by)
    taken = RegisterImport(
        round_id=round_.id,
        state=ImportState.READ,
        file_name=file_name,
        file_hash=ids.fingerprint(raw),
        imported_at=clock.now(),
        imported_by_id=by.id if by else None,
    )
    db.session().add(taken)
    db.session().flush()
    reviews.note(taken, plan)
    write(taken, plan, override=override, by=by)
    return taken


def look_at(
    *,
    raw: bytes,
    round_code: str,
    source: str,
    fiscal_year_be: int | None = None,
    as_of: date | None = None,
    declared_total: int | None = None,
    mapped: Mapping[str, ColumnMap] | None = None,
) -> Plan:
    """What the operator's file would do; nothing changes, and no round is opened."""
    plan: list[Plan] = []
    rows = parsed_file.rows_of(
        raw, province_code=Profile.here().province_code, mapped={**column_maps.known(), **(mapped or {})}
    )
    with suppress(_OnlyLooked), transaction():
        round_ = round_of(round_code, source, fiscal_year_be, as_of, declared_total, None)
        plan.append(planned(rows, round_, by=None))
        raise _OnlyLooked
    return plan[0]


def planned(rows: parsed_file.RegisterRows, round_: Round, *, by: User | None, is_whole: bool = True) -> Plan:
    """What the rows would do in the round, as far as `by` may reach."""
    round_import = RoundImport(round_, areas_of(by))
    is_whole = is_whole and rows.headings.sheet != parsed_file.MENDED_SHEET
    file = parsed_file.gathered(rows, round_import.closed)
    return round_import.plan(file, is_whole=is_whole)


def write(taken: RegisterImport, plan: Plan, *, override: str, by: User | None) -> None:
    """What was looked at becomes true. Raises BadInput where something stops it and no reason says why it is right."""
    reviews.refuse_stopped(taken, plan, override)
    taken.override_reason = override.strip()[:300]
    round_ = taken.round or db.session().get_one(Round, taken.round_id)
    rounds.refuse_closed(round_)
    db.session().flush()
    round_writing.write(plan, round_=round_, import_id=taken.id)
    taken.state, taken.file = ImportState.APPLIED, None
    taken.decided_at, taken.decided_by_id = clock.now(), by.id if by else None
    db.session().flush()
    audit.record(
        Deed.REGISTER_IMPORT,
        f"register_round:{round_.id}",
        by=by,
        code=round_.code,
        file=taken.file_name,
        override=taken.override_reason,
        **taken.counts,
    )
    queue.ask("publish", key="edition")


def round_of(
    code: str,
    source: str,
    fiscal_year_be: int | None,
    as_of: date | None,
    declared_total: int | None,
    by: User | None,
) -> Round:
    """The round of this code, opened if nobody has. Raises Refused when it is of another source or closed."""
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
    rounds.refuse_closed(round_)
    db.session().flush()
    return round_


def areas_of(by: User | None) -> list[str] | None:
    """Area codes that `by` may import into; None is everywhere."""
    if by is None or by.has(Role.FUND_OFFICER):
        return None
    if by.has(Role.DISTRICT_OFFICER):
        return by.areas(Role.DISTRICT_OFFICER)
    raise Refused("การนำเข้าทะเบียนเป็นหน้าที่ของฝ่ายเลขานุการกองทุนและเจ้าหน้าที่อำเภอ โปรดส่งไฟล์ให้เจ้าหน้าที่")
