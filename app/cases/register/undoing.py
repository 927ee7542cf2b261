"""Undoing: a file that was applied is taken back whole, while nothing was built on it."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, insert, select, update

from app.cases.register import search_words
from app.cases.register.bulk import chunks, table_of
from app.cases.register.import_records import (
    ImportState,
    RegisterConflict,
    RegisterImport,
    RegisterImportChange,
    UnnamedMember,
)
from app.cases.register.records import FailedDimension, Household, Member, RoundHousehold
from app.cases.register.rounds import refuse_closed
from app.cases.register.staging import find
from app.kit import clock, queue
from app.kit.db import Base, db, lock
from app.kit.errors import BadInput, Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

_TABLES: dict[str, type[Base]] = {"household": Household, "member": Member, "entry": RoundHousehold}
#: Tables of the register itself, whose rows an undoing takes along.
_OWN = {"member", "round_household", "failed_dimension", "unnamed_member", "register_conflict"}
_BUILT_ON = "มีงานอื่นใช้ข้อมูลจากไฟล์นี้แล้ว ({what}) จึงเลิกทำทั้งไฟล์ไม่ได้ โปรดแก้เป็นรายครัวเรือน"
_SHORTEST, _LONGEST = 5, 300


def undo(number: int, *, reason: str, by: User) -> None:
    """All that the file wrote is as it was before. Raises Refused where later work stands on it, or the round is closed;
    BadInput without a reason. Inside a transaction."""
    reason = " ".join(reason.split())
    if not _SHORTEST <= len(reason) <= _LONGEST:
        raise BadInput("โปรดบอกเหตุผลที่เลิกทำการนำเข้าไฟล์นี้")
    find(number, by=by)
    lock_advisory(AdvisoryLock.REGISTER_IMPORT)
    taken = lock(RegisterImport, number)
    if taken.state != ImportState.APPLIED:
        raise Refused("ไฟล์นี้ไม่ได้อยู่ในสถานะนำเข้าแล้ว จึงไม่มีสิ่งใดให้เลิกทำ")
    refuse_closed(taken.round)
    session = db.session()
    connection = session.connection()
    table = table_of(RegisterImportChange)
    changes = connection.execute(select(table).where(table.c.import_id == number)).all()
    _refuse_built_on(connection, number, changes)
    taken.state, taken.decided_at, taken.decided_by_id = ImportState.UNDONE, clock.now(), by.id
    session.flush()
    connection.execute(
        delete(table_of(RegisterConflict)).where(table_of(RegisterConflict).c.import_id == number)
    )
    unnamed = table_of(UnnamedMember)
    connection.execute(delete(unnamed).where(unnamed.c.since_import_id == number))
    for what in ("entry", "member", "household"):
        _put_back(connection, what, [change for change in changes if change.what == what])
    connection.execute(delete(table).where(table.c.import_id == number))
    search_words.refresh(connection, _homes(connection, changes))
    session.expire_all()
    audit.record(
        Deed.REGISTER_UNDO, f"register_round:{taken.round_id}", by=by, file=taken.file_name, reason=reason
    )
    queue.ask("publish", key="edition")


def _homes(connection: Connection, changes: Sequence[Any]) -> set[int]:
    """The households whose place or people were put back."""
    member = table_of(Member).c
    found = {change.row_id for change in changes if change.what == "household"}
    for part in chunks([change.row_id for change in changes if change.what == "member"]):
        found |= set(connection.scalars(select(member.household_id).where(member.id.in_(part))))
    return found


def _refuse_built_on(connection: Connection, number: int, changes: Sequence[Any]) -> None:
    table = table_of(RegisterImportChange)
    later = table.alias()
    again = (
        select(table.c.row_id)
        .join(later, (later.c.what == table.c.what) & (later.c.row_id == table.c.row_id))
        .where(table.c.import_id == number, later.c.import_id > number)
        .limit(1)
    )
    if connection.execute(again).first():
        raise Refused(_BUILT_ON.format(what="ไฟล์ที่นำเข้าทีหลัง"))
    decided = exists().where(RegisterConflict.import_id == number, RegisterConflict.decision.is_not(None))
    if connection.scalar(select(decided)):
        raise Refused(_BUILT_ON.format(what="การตัดสินแถวที่ขัดแย้ง"))
    for what in ("household", "member"):
        fresh = [change.row_id for change in changes if change.what == what and change.is_new]
        for part in chunks(fresh):
            for column in _references(table_of(_TABLES[what])):
                if connection.execute(select(column).where(column.in_(part)).limit(1)).first():
                    raise Refused(_BUILT_ON.format(what="คำขอ สมุดบันทึก หรือไฟล์อื่น"))


def _references(to: Table) -> list[Any]:
    """The columns of other rooms that point at rows of this table."""
    return [
        key.parent
        for table in Base.metadata.sorted_tables
        if table.name not in _OWN
        for key in table.foreign_keys
        if key.column.table is to
    ]


def _put_back(connection: Connection, what: str, changes: Sequence[Any]) -> None:
    table = table_of(_TABLES[what])
    marks = table_of(FailedDimension)
    for change in changes:
        before = json.loads(change.before)
        dimensions = before.pop("dimensions", None)
        if what == "entry" and (change.is_new or dimensions is not None):
            connection.execute(delete(marks).where(marks.c.round_household_id == change.row_id))
        if before and not change.is_new:
            if what == "member" and "id_tail" in before:
                before |= {"id_key": None, "id_encrypted": None}
            connection.execute(update(table).where(table.c.id == change.row_id).values(before))
        for code in dimensions or ():
            connection.execute(insert(marks).values(round_household_id=change.row_id, dimension=code))
    for part in chunks([change.row_id for change in changes if change.is_new]):
        connection.execute(delete(table).where(table.c.id.in_(part)))
