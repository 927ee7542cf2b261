"""Pages of reads: whose reading is unlike their own, day by day, and every row of it. For auditors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from app.kit import lists
from app.kit.db import db
from app.kit.lists import Choice, Column, Days, List, Search
from app.staff import reads, subjects
from app.staff.blueprint import bp
from app.staff.doors import opens_to, signed_in
from app.staff.reads import ReadEvent, ReadingDay, ReadKind
from app.staff.roles import ROLE_NAMES, Role
from app.staff.users import User

#: So many times what a person usually opens, and at least so many, is unusual.
_TIMES, _LEAST = 3, 20


@dataclass(frozen=True, slots=True)
class _Day:
    """One person's day with what is usual for them."""

    day: ReadingDay
    person: User
    usual: int

    @property
    def oddities(self) -> list[str]:
        """What of it is worth a question, in words."""
        day = self.day
        said = [
            (
                day.households >= max(_LEAST, _TIMES * self.usual),
                f"เปิดมากกว่าปกติ (ปกติวันละ {self.usual:,})" if self.usual else "เปิดมากเป็นครั้งแรก",
            ),
            (day.refused > 0, f"ขอดูที่ไม่ใช่ของตน {day.refused:,} ครั้ง"),
            (day.at_night > 0, f"กลางคืน {day.at_night:,} ครั้ง"),
            (day.whole_ids > 0, f"เลขบัตรเต็ม {day.whole_ids:,} คน"),
            (day.exports > 0, f"ส่งออก {day.exports:,} ไฟล์"),
        ]
        return [words for holds, words in said if holds]


def note_file(name: str) -> None:
    """A file of a list leaves the portal with whoever is signed in. Raises CeilingReached past what they may take in a day."""
    if current_user.is_authenticated:
        reads.note(ReadKind.EXPORT, reads.file_subject(name), by=signed_in())


@bp.get("/reads", endpoint="reads")
@opens_to(Role.AUDITOR)
def reading_days() -> ResponseReturnValue:
    """Who read how much on which day, newest first; beside it what is usual for each."""
    return lists.show(
        "staff/reads.html",
        List(
            select(ReadingDay, User)
            .join(User, User.id == ReadingDay.by_id)
            .options(selectinload(User.grants)),
            columns=(
                Column("ผู้อ่าน", lambda row: row.person.name, href=_rows_of),
                Column("วันที่", lambda row: row.day.on, "date", sort="on"),
                Column("ครัวเรือน", lambda row: row.day.households, "count", sort="most"),
                Column("ปกติต่อวัน", lambda row: row.usual, "count", on="desk"),
                Column("บทบาท", _roles, on="desk"),
                Column("ภาพและไฟล์", _files, on="desk"),
                Column("ที่ควรถาม", lambda row: " · ".join(row.oddities), "full"),
            ),
            orders={
                "on": (ReadingDay.on, ReadingDay.households, ReadingDay.by_id),
                "most": (ReadingDay.households, ReadingDay.on, ReadingDay.by_id),
            },
            search=Search("ชื่อ", lambda words: lists.contains(words, User.name, User.sign_in_name)),
            filters=(
                Choice("odd", "ที่ควรถาม", list(_ODD.items()), _is_odd, everything="ทั้งหมด"),
                Days(ReadingDay.on),
            ),
            read=_with_usual,
            label="การเปิดดูข้อมูลรายวัน",
            empty="ยังไม่มีผู้เปิดดูข้อมูล",
            drawing="search",
        ),
    )


_ODD = {
    "refused": "ขอดูที่ไม่ใช่ของตน",
    "night": "กลางคืน",
    "ids": "เลขบัตรเต็ม",
    "exports": "ส่งออก",
    "many": f"ครัวเรือนตั้งแต่ {_LEAST} ขึ้นไป",
}


def _is_odd(what: str) -> ColumnElement[bool]:
    conditions: dict[str, ColumnElement[bool]] = {
        "refused": ReadingDay.refused > 0,
        "night": ReadingDay.at_night > 0,
        "ids": ReadingDay.whole_ids > 0,
        "exports": ReadingDay.exports > 0,
        "many": ReadingDay.households >= _LEAST,
    }
    return conditions[what]


def _with_usual(rows: Sequence[Any]) -> list[_Day]:
    known = reads.usual({(person.id, day.on) for day, person in rows})
    return [_Day(day, person, known[person.id, day.on]) for day, person in rows]


def _roles(row: _Day) -> str:
    return ", ".join(dict.fromkeys(str(ROLE_NAMES[Role(grant.role)]) for grant in row.person.grants))


def _files(row: _Day) -> str:
    day = row.day
    told = (("ภาพ", day.photos), ("สลิป", day.slips), ("ไฟล์ธนาคาร", day.statements))
    return " ".join(f"{name} {count:,}" for name, count in told if count)


def _rows_of(row: _Day) -> str:
    day = row.day.on.isoformat()
    return url_for("staff.read_rows", who=row.person.id, since=day, until=day)


@bp.get("/reads/rows")
@opens_to(Role.AUDITOR)
def read_rows() -> ResponseReturnValue:
    """Each read, newest first: of one person where `who` says whom, of one household where its code is typed."""
    statement = select(ReadEvent, User).join(User, User.id == ReadEvent.by_id)
    person = None
    if asked := request.args.get("who", ""):
        number = lists.number(asked)
        person = (db.session().get(User, number) if number is not None else None) or abort(404)
        statement = statement.where(ReadEvent.by_id == person.id)
    return lists.show(
        "staff/read_rows.html",
        List(
            statement,
            columns=(
                Column("อ่านอะไร", lambda row: row.what.words, href=lambda row: row.what.href),
                Column("เวลา", lambda row: row.event.at, "moment", sort="id"),
                Column("โดย", lambda row: row.person.name),
                Column("ผล", lambda row: ("ไม่ได้เปิดให้", "warning") if row.event.is_refused else None, "pill"),
                Column("เหตุผล", lambda row: row.event.reason or None, "full"),
                Column("จาก", lambda row: row.event.address, on="desk"),
            ),
            # Written down one after another: the order of the rows is that of time.
            orders={"id": (ReadEvent.id,)},
            search=Search("รหัสครัวเรือน", _of_household),
            filters=(
                Choice(
                    "kind",
                    "อ่านอะไร",
                    [(kind.value, kind.words) for kind in ReadKind],
                    lambda kind: ReadEvent.kind == kind,
                    everything="ทุกอย่าง",
                ),
                Choice(
                    "result",
                    "ผล",
                    (("refused", "ไม่ได้เปิดให้"), ("night", "กลางคืน")),
                    lambda which: (ReadEvent.is_refused if which == "refused" else ReadEvent.is_at_night).is_(
                        True
                    ),
                ),
                Days(ReadEvent.on),
            ),
            read=_described,
            keep=("who",),
            label="ทุกครั้งที่เปิดดู",
            empty="ยังไม่มีผู้เปิดดู",
            drawing="search",
        ),
        person=person,
    )


def _of_household(words: str) -> ColumnElement[bool]:
    return ReadEvent.subject == f"household_code:{words.strip().upper()}"


@dataclass(frozen=True, slots=True)
class _Read:
    """One read with who did it and what it was of."""

    event: ReadEvent
    person: User
    what: subjects.Description


def _described(rows: Sequence[Any]) -> list[_Read]:
    described = subjects.describe((event.subject for event, _ in rows), reader=signed_in())
    return [_Read(event, person, _told(event, described[event.subject])) for event, person in rows]


def _told(event: ReadEvent, what: subjects.Description) -> subjects.Description:
    kind = ReadKind(event.kind)
    words = what.words if kind == ReadKind.HOUSEHOLD else f"{kind.words}: {what.words}"
    return subjects.Description(words, what.href)
