"""Rounds: each delivery of a register (TPMAP, Thai QM, the needy) with its year, date and declared total."""

import re
from datetime import date

from sqlalchemy import (
    ColumnElement,
    exists,
    func,
    select,
)

from app.cases.register.import_records import ImportState, RegisterImport
from app.cases.register.records import (
    Household,
    Member,
    PublicBase,
    RegisterSource,
    Round,
    RoundHousehold,
    RoundState,
    Standing,
)
from app.kit import clock, queue, thai
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

_CODE = re.compile(r"[0-9A-Za-z\u0e01-\u0e4e][0-9A-Za-z\u0e01-\u0e4e._-]{0,23}")
_YEAR_IN_CODE = re.compile(r"(?<![0-9])25[0-9]{2}(?![0-9])")


def named(code: str) -> Round | None:
    """The round with this code, or None."""
    return db.session().scalars(select(Round).filter_by(code=code)).one_or_none()


def open_(
    *,
    code: str,
    source: str,
    by: User | None,
    name: str = "",
    fiscal_year_be: int | None = None,
    as_of: date | None = None,
    declared_total: int | None = None,
    declared_persons: int | None = None,
) -> Round:
    """A new round stands in the register, empty until its file comes.

    The fiscal year is the one given, else the 25xx in the code, else the current one; `as_of` is today unless
    given. Raises BadInput for a code or source nobody can use, Refused for who may not or a code already taken.
    """
    if by is not None and not by.has(Role.FUND_OFFICER):
        raise Refused(f"ยังไม่มีรอบทะเบียน {code} และเฉพาะฝ่ายเลขานุการกองทุนเปิดรอบใหม่ได้ โปรดแจ้งให้เปิดรอบก่อน")
    if not _CODE.fullmatch(code) or code.lower().startswith("template."):
        raise BadInput("รหัสรอบใช้ตัวอักษร ตัวเลข ขีด จุด ไม่เกิน 24 ตัว ไม่เว้นวรรค เช่น TPMAP-2565")
    if source not in list(RegisterSource):
        raise BadInput("แหล่งข้อมูลต้องเป็น tpmap, thai_qm หรือ needy")
    _refuse_negative(declared_total, declared_persons)
    if named(code) is not None:
        raise Refused(f"มีรอบทะเบียนรหัส {code} แล้ว โปรดใช้รหัสอื่น")
    written = _YEAR_IN_CODE.search(code)
    year = fiscal_year_be or (int(written[0]) if written else thai.fiscal_year_be(clock.today()))
    if not 2500 <= year <= 2700:
        raise BadInput("ปีงบประมาณต้องเป็น พ.ศ. สี่หลัก เช่น 2565")
    opened = Round(
        code=code,
        name=name.strip() or f"{RegisterSource(source).words} ปีงบประมาณ {year}",
        source=source,
        fiscal_year_be=year,
        as_of=as_of or clock.today(),
        declared_total=declared_total,
        declared_persons=declared_persons,
        opened_at=clock.now(),
    )
    session = db.session()
    session.add(opened)
    session.flush()
    audit.record(
        Deed.REGISTER_OPEN_ROUND, f"register_round:{opened.id}", by=by, code=code, source=source, year=year
    )
    return opened


def public_base() -> PublicBase | None:
    """The newest choice of the round that public pages count by, or None before the first."""
    newest = select(PublicBase).order_by(PublicBase.number.desc()).limit(1)
    return db.session().scalars(newest).one_or_none()


def set_public_base(*, code: str, by: User) -> PublicBase:
    """From the next edition on the public pages count by this round.

    A deed of the secretariat alone: opening or filling a round never changes the base. Of two at the same moment one
    is refused. Raises Refused for who may not, an unknown round, one that is not closed and the one that it already is.
    """
    if not by.has(Role.FUND_OFFICER):
        raise Refused("เฉพาะฝ่ายเลขานุการกองทุนกำหนดฐานที่เผยแพร่ได้")
    chosen = named(code)
    if chosen is None:
        raise Refused(f"ไม่พบรอบทะเบียนรหัส {code} กรุณาเลือกจากรายการ")
    session = db.session()
    if chosen.closed_at is None:
        raise Refused("รอบนี้ยังไม่ปิด ตัวเลขยังเปลี่ยนได้ จึงใช้เป็นฐานที่เผยแพร่ไม่ได้ กรุณาปิดรอบก่อน")
    before = public_base()
    if before is not None and before.round_id == chosen.id:
        raise Refused(f"รอบ {code} เป็นฐานที่เผยแพร่อยู่แล้ว")
    base = PublicBase(
        number=before.number + 1 if before else 1, round_id=chosen.id, set_at=clock.now(), set_by_id=by.id
    )
    session.add(base)
    session.flush()
    audit.record(
        Deed.REGISTER_SET_PUBLIC_BASE,
        f"register_round:{chosen.id}",
        by=by,
        code=code,
        before=before.round.code if before else "",
    )
    queue.ask("publish", key="edition")
    return base


def refuse_closed(round_: Round) -> None:
    """Raises Refused for a round that is closed: what it says is final."""
    if round_.closed_at is not None:
        raise Refused(f"รอบ {round_.code} ปิดแล้ว จึงนำเข้าหรือแก้ไม่ได้ โปรดเปิดรอบใหม่")


def amend(*, code: str, declared_total: int | None, declared_persons: int | None, by: User) -> None:
    """The round says so many households and people. Raises Refused for who may not and once it is closed. Inside a transaction."""
    if not by.has(Role.FUND_OFFICER):
        raise Refused("เฉพาะฝ่ายเลขานุการกองทุนแก้ข้อมูลของรอบได้")
    _refuse_negative(declared_total, declared_persons)
    round_ = _locked(code)
    round_.declared_total, round_.declared_persons = declared_total, declared_persons
    audit.record(Deed.REGISTER_EDIT_ROUND, f"register_round:{round_.id}", by=by, code=code)


def _refuse_negative(*declared: int | None) -> None:
    if any(number is not None and number < 0 for number in declared):
        raise BadInput("จำนวนที่แจ้งไว้ต้องไม่ติดลบ")


def close(*, code: str, by: User) -> None:
    """The round is final. Raises Refused for who may not, an empty round, one closed already, and while files wait to be
    decided on. Inside a transaction."""
    if not by.has(Role.FUND_OFFICER):
        raise Refused("เฉพาะฝ่ายเลขานุการกองทุนปิดรอบได้")
    round_ = _locked(code)
    waits = (ImportState.SENT, ImportState.UNKNOWN, ImportState.READ, ImportState.APPLYING)
    session = db.session()
    if session.scalar(
        select(exists().where(RegisterImport.round_id == round_.id, RegisterImport.state.in_(waits)))
    ):
        raise Refused("มีไฟล์ของรอบนี้รอตรวจหรือกำลังนำเข้า โปรดนำเข้าหรือไม่นำเข้าให้เสร็จก่อนปิดรอบ")
    if not session.scalar(select(exists().where(RoundHousehold.round_id == round_.id))):
        raise Refused("รอบนี้ยังไม่มีครัวเรือน จึงปิดไม่ได้ กรุณานำเข้าไฟล์ของรอบนี้ก่อน")
    round_.closed_at, round_.closed_by_id = clock.now(), by.id
    session.flush()
    audit.record(Deed.REGISTER_CLOSE_ROUND, f"register_round:{round_.id}", by=by, code=code)


def _locked(code: str) -> Round:
    found = named(code)
    if found is None:
        raise Refused(f"ไม่พบรอบทะเบียนรหัส {code} กรุณาเลือกจากรายการ")
    round_ = lock(Round, found.id)
    refuse_closed(round_)
    return round_


def has_households(round_: Round) -> bool:
    """Whether any household stands in a round."""
    return bool(db.session().scalar(select(exists().where(RoundHousehold.round_id == round_.id))))


def state_of(round_: Round) -> RoundState:
    """How far the round is."""
    if round_.closed_at is not None:
        return RoundState.CLOSED
    return RoundState.OPEN if has_households(round_) else RoundState.AWAITING


def standings(round_: Round, where: ColumnElement[bool]) -> dict[Standing, int]:
    """How many households of the round have each standing, of those that `where` (over Household) lets through."""
    rows = db.session().execute(
        select(RoundHousehold.standing, func.count().label("households"))
        .join(Household, Household.id == RoundHousehold.household_id)
        .where(RoundHousehold.round_id == round_.id, where)
        .group_by(RoundHousehold.standing)
    )
    counts = {row.standing: row.households for row in rows}
    return {standing: counts.get(standing, 0) for standing in Standing}


def persons(round_: Round, where: ColumnElement[bool]) -> int:
    """How many people live in the round's households that `where` (over Household) lets through."""
    counted = (
        select(func.count())
        .select_from(Member)
        .join(Household, Household.id == Member.household_id)
        .join(RoundHousehold, RoundHousehold.household_id == Household.id)
        .where(RoundHousehold.round_id == round_.id, Member.left.is_(False), where)
    )
    return db.session().scalar(counted) or 0
