"""Conflicts: what a file says of a person against what the register has, until somebody decides."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from app.cases.register import ids
from app.cases.register.import_records import (
    ConflictDecision,
    ConflictKind,
    RegisterConflict,
    RegisterImport,
)
from app.cases.register.member_matching import encrypt
from app.cases.register.records import Member
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

_SHORTEST, _LONGEST = 5, 300
#: What may be decided of each kind; what needs the whole province is the secretariat's.
DECISIONS: dict[str, tuple[ConflictDecision, ...]] = {
    ConflictKind.OTHER_NAME: (ConflictDecision.KEEP, ConflictDecision.TAKE, ConflictDecision.ADD),
    ConflictKind.OTHER_HOME: (ConflictDecision.KEEP, ConflictDecision.TAKE, ConflictDecision.ADD),
    ConflictKind.OTHER_NUMBER: (ConflictDecision.KEEP, ConflictDecision.TAKE, ConflictDecision.ADD),
    ConflictKind.SEVERAL: (ConflictDecision.KEEP, ConflictDecision.ADD),
    ConflictKind.DEAD: (ConflictDecision.KEEP, ConflictDecision.TAKE),
    ConflictKind.PUPIL: (ConflictDecision.KEEP,),
}
#: What taking the file's word means, on the page and to the letter.
TAKING = {
    ConflictKind.OTHER_NAME: "แก้ชื่อในทะเบียนตามไฟล์",
    ConflictKind.OTHER_HOME: "ย้ายสมาชิกมาครัวเรือนนี้",
    ConflictKind.OTHER_NUMBER: "แก้เลขประจำตัวประชาชนตามไฟล์",
    ConflictKind.DEAD: "บันทึกว่าเสียชีวิต ไม่ให้ขอความช่วยเหลืออีก",
}


@dataclass(frozen=True, slots=True)
class Said:
    """The person as the file has them."""

    prefix: str
    first_name: str
    last_name: str
    national_id: str
    birth_year_be: int | None
    sex: str
    school: str
    grade: str

    @property
    def name(self) -> str:
        return f"{self.prefix}{self.first_name} {self.last_name}".strip()

    @property
    def masked_id(self) -> str:
        number = self.national_id
        return f"x-xxxx-xxxxx-{number[-3:-1]}-{number[-1]}" if number else ""


def said_of(conflict: RegisterConflict) -> Said:
    content: dict[str, Any] = json.loads(ids.unseal(conflict.said))
    return Said(**{name: content[name] for name in Said.__slots__})


def within_reach(by: User) -> ColumnElement[bool]:
    """The conflicts that this person may see: the province's officers all, an officer those of the own area."""
    if by.has(Role.FUND_OFFICER, Role.AUDITOR):
        return true()
    areas = by.areas(Role.DISTRICT_OFFICER)
    if areas is None:
        return RegisterConflict.for_province.is_(False)
    return and_(
        RegisterConflict.for_province.is_(False),
        or_(RegisterConflict.district_code.in_(areas), RegisterConflict.subdistrict_code.in_(areas)),
    )


def waiting(by: User, *, most: int = 50, import_id: int | None = None) -> tuple[int, list[RegisterConflict]]:
    """How many wait for a decision in reach of `by`, and the first of them."""
    here = [RegisterConflict.decision.is_(None), within_reach(by)]
    if import_id is not None:
        here.append(RegisterConflict.import_id == import_id)
    session = db.session()
    count = session.scalar(select(func.count()).select_from(RegisterConflict).where(*here)) or 0
    rows = session.scalars(
        select(RegisterConflict).where(*here).order_by(RegisterConflict.id).limit(most)
    ).all()
    return count, list(rows)


def find(number: int, *, by: User) -> RegisterConflict:
    """The conflict, in reach of `by`. Raises Refused for any other alike."""
    found = (
        db.session()
        .scalars(select(RegisterConflict).where(RegisterConflict.id == number, within_reach(by)))
        .one_or_none()
    )
    if found is None:
        raise Refused("ไม่พบแถวที่ขัดแย้งนี้ในพื้นที่ของท่าน")
    return found


def decisions_of(conflict: RegisterConflict, *, by: User) -> tuple[ConflictDecision, ...]:
    """What this person may decide of it. Who sent the file does not let it change a person: somebody else does."""
    found = DECISIONS[conflict.kind]
    own = db.session().get_one(RegisterImport, conflict.import_id).imported_by_id == by.id
    needs_home = conflict.kind == ConflictKind.OTHER_HOME and conflict.household_id is None
    province = conflict.kind == ConflictKind.OTHER_HOME and not by.has(Role.FUND_OFFICER)
    without = set[ConflictDecision]()
    if own or province or needs_home:
        without.add(ConflictDecision.TAKE)
    if _home(conflict) is None:
        without.add(ConflictDecision.ADD)
    return tuple(decision for decision in found if decision not in without)


def decide(number: int, *, decision: str, reason: str, by: User) -> None:
    """The conflict is decided, and the register says so. Final.

    Raises BadInput without a reason or for a decision that is none, Refused for who may not or where it is decided
    already. Inside a transaction.
    """
    reason = " ".join(reason.split())
    if not _SHORTEST <= len(reason) <= _LONGEST:
        raise BadInput("โปรดบอกเหตุผล เช่น ตรวจกับบัตรประชาชนแล้ว")
    if not by.has(Role.FUND_OFFICER, Role.DISTRICT_OFFICER):
        raise Refused("การตัดสินแถวที่ขัดแย้งเป็นหน้าที่ของฝ่ายเลขานุการกองทุนและเจ้าหน้าที่อำเภอ")
    find(number, by=by)
    conflict = lock(RegisterConflict, number)
    if conflict.decision is not None:
        raise Refused("มีผู้ตัดสินแถวนี้ไปแล้ว โปรดเปิดหน้านี้ใหม่")
    if decision not in list(ConflictDecision):
        raise BadInput("โปรดเลือกว่าจะคงตามทะเบียนหรือใช้ตามไฟล์")
    if decision not in decisions_of(conflict, by=by):
        raise Refused("แถวนี้ตัดสินเช่นนั้นไม่ได้ ผู้ส่งไฟล์แก้บุคคลด้วยไฟล์ของตนเองไม่ได้ โปรดให้เจ้าหน้าที่อีกท่านหนึ่งตัดสิน")
    session = db.session()
    conflict.decision, conflict.reason = decision, reason
    conflict.decided_at, conflict.decided_by_id = clock.now(), by.id
    session.flush()
    _carry_out(conflict)
    session.flush()
    conflict.carried_out_at = clock.now()
    session.flush()
    audit.record(
        Deed.REGISTER_DECIDE,
        f"household:{_home(conflict) or '-'}",
        by=by,
        kind=conflict.kind,
        decision=decision,
        reason=reason,
    )


def _home(conflict: RegisterConflict) -> int | None:
    if conflict.household_id is not None:
        return conflict.household_id
    if conflict.kind in (ConflictKind.OTHER_HOME, ConflictKind.PUPIL) or conflict.member is None:
        return None
    return conflict.member.household_id


def _carry_out(conflict: RegisterConflict) -> None:
    said, member = said_of(conflict), conflict.member
    if conflict.decision == ConflictDecision.ADD:
        # The number is another member's, save where only the names are alike.
        number = said.national_id if conflict.kind == ConflictKind.OTHER_NUMBER else ""
        _add(said, _home(conflict) or 0, number)
    if conflict.decision != ConflictDecision.TAKE or member is None:
        return
    match conflict.kind:
        case ConflictKind.OTHER_NAME:
            member.prefix = said.prefix or member.prefix
            member.first_name, member.last_name = said.first_name, said.last_name or member.last_name
        case ConflictKind.OTHER_HOME:
            member.household_id = conflict.household_id or member.household_id
            member.position = _next_position(member.household_id)
        case ConflictKind.OTHER_NUMBER:
            member.id_key = ids.index(said.national_id)
            member.id_encrypted = ids.encrypt(said.national_id, member_id=member.id)
            member.id_tail = said.national_id[-3:]
        case ConflictKind.DEAD:
            member.said_dead = True


def _next_position(household_id: int) -> int:
    last = select(func.max(Member.position)).where(Member.household_id == household_id)
    with db.session().no_autoflush:
        return (db.session().scalar(last) or 0) + 1


def _add(said: Said, household_id: int, number: str) -> None:
    session = db.session()
    member = Member(
        household_id=household_id,
        position=_next_position(household_id),
        prefix=said.prefix,
        first_name=said.first_name,
        last_name=said.last_name,
        id_tail=number[-3:],
        birth_year_be=said.birth_year_be,
        sex=said.sex,
        school=said.school,
        grade=said.grade,
    )
    session.add(member)
    session.flush()
    if number:
        row: dict[str, Any] = {"id": member.id, "number": number}
        encrypt(row)
        member.id_key, member.id_encrypted = row["id_key"], row["id_encrypted"]
