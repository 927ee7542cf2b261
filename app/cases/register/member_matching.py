"""Member matching: which person of a file is which member that the register has.

No file changes a person: people are added and blanks filled. Whoever would be renamed, moved or removed stays as they are, and
a remark on the row says so.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from app.cases.register import ids, persons
from app.cases.register.bulk import chunks, fresh_ids, insert_rows, table_of, update_rows
from app.cases.register.import_records import ConflictKind
from app.cases.register.parsed_file import ParsedHousehold, Remark
from app.cases.register.persons import Person
from app.cases.register.records import Member

_TABLE = table_of(Member)
_FEW = 1_000
_OTHER_NAME = (
    "เลขประจำตัวประชาชนในแถวนี้เป็นของสมาชิกชื่ออื่นในครัวเรือนเดียวกัน จึงไม่เปลี่ยนชื่อใคร โปรดตรวจเลขและชื่อกับบัตรประชาชน"
)
_OTHER_HOME = "เลขประจำตัวประชาชนในแถวนี้มีในทะเบียนแล้วที่ครัวเรือน {code} จึงไม่ย้ายใคร โปรดตรวจเลข หากย้ายบ้านจริงโปรดแจ้งฝ่ายเลขานุการกองทุน"
_OTHER_NUMBER = "ครัวเรือนนี้มีสมาชิกชื่อนี้แล้วด้วยเลขประจำตัวประชาชนอื่น จึงไม่เพิ่มคนและไม่เปลี่ยนเลข โปรดตรวจเลขกับบัตรประชาชน"
_NAMED_SINCE = "เลขประจำตัวประชาชนในแถวนี้เป็นของสมาชิกที่ข้อมูลรอบใหม่กว่าให้ชื่ออื่น จึงคงชื่อไว้และเติมเฉพาะช่องที่ว่าง โปรดตรวจ"
_SEVERAL = "ครัวเรือนนี้มีสมาชิกชื่อนี้หลายคน จึงไม่รู้ว่าแถวนี้เป็นคนใด โปรดใส่เลขประจำตัวประชาชน เพศ หรือวันเกิด"
_TWO_PEOPLE = "ชื่อเหมือนสมาชิกที่มีอยู่แล้ว แต่เพศหรือปีเกิดต่างกัน จึงเพิ่มเป็นอีกคน โปรดตรวจว่าไม่ใช่คนเดียวกัน"
_SAID_DEAD = "ไฟล์ระบุว่าสมาชิกคนนี้เสียชีวิต ไฟล์ถอนใครไม่ได้ จึงรอเจ้าหน้าที่ตรวจและตัดสิน"
_KEPT = "ทะเบียนมีข้อมูลของบุคคลนี้อยู่แล้ว จึงคงไว้ตามเดิม: {fields}"
#: What a file may fill where the register has nothing, with its name on pages.
FILLED = {
    "prefix": "คำนำหน้า",
    "school_id": "รหัสนักเรียน",
    "last_name": "นามสกุล",
    "birth_year_be": "ปีเกิด",
    "sex": "เพศ",
    "school": "โรงเรียน",
    "grade": "ชั้น",
}


def homes_of(connection: Connection, keys: Collection[bytes]) -> dict[bytes, tuple[int, int]]:
    """Member and household of each known national ID among these, by blind index."""
    columns = select(_TABLE.c.id_key, _TABLE.c.id, _TABLE.c.household_id)
    found: list[Any] = []
    if len(keys) > _FEW:
        # One look at all is quicker than asking for each.
        found += connection.execute(columns.where(_TABLE.c.id_key.is_not(None)))
    else:
        found += connection.execute(columns.where(_TABLE.c.id_key.in_(keys)))
    return {row.id_key: (row.id, row.household_id) for row in found if row.id_key in keys}


@dataclass(frozen=True, slots=True)
class Conflicting:
    """A person of the file about whom only a person can decide, and the member whom it concerns, where there is one."""

    person: Person
    kind: ConflictKind
    member_id: int | None


@dataclass(slots=True)
class Placed:
    """What becomes of the people of one declared household: filled members, new people, rows that wait for a decision."""

    household: ParsedHousehold
    members: int = 0
    #: Each member as they are, and as the file fills them.
    filled: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    added: list[Person] = field(default_factory=list)
    undone: list[Remark] = field(default_factory=list)
    conflicts: list[Conflicting] = field(default_factory=list)
    #: Members whom the file names, and members whom it does not.
    named: list[int] = field(default_factory=list)
    unnamed: list[int] = field(default_factory=list)

    @property
    def conflict_lines(self) -> set[int]:
        """Rows that are not done: none of their people is placed."""
        placed = {line for person in self.added for line in person.lines}
        return {line for found in self.conflicts for line in found.person.lines} - placed


class MemberMatching:
    """Places the people of many households at once, without writing.

    `known` are the households that may already have members, `newer` those of which a newer round has spoken: what
    the register has of their people beside what an older file says is not worth a remark. `code_of` names a household
    that the importer may know, and is empty for any other.
    """

    def __init__(
        self,
        connection: Connection,
        households: Sequence[ParsedHousehold],
        *,
        known: Collection[int],
        newer: Collection[int],
        code_of: Callable[[int], str],
        remark: Callable[[Remark], None],
    ) -> None:
        self.connection = connection
        self.newer = newer
        self.code_of = code_of
        self.remark = remark
        self.families: dict[int, list[dict[str, Any]]] = {}
        for part in chunks(sorted(known)):
            for row in self._rows(_TABLE.c.household_id.in_(part)):
                self.families.setdefault(row["household_id"], []).append(row)
        self.keys = ids.indexes(number for household in households for number in household.national_ids)
        self.homes = homes_of(connection, set(self.keys.values()))

    def _rows(self, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
        statement = select(_TABLE).where(condition).order_by(_TABLE.c.household_id, _TABLE.c.position)
        return [dict(row) for row in self.connection.execute(statement).mappings()]

    def place(self, household: ParsedHousehold, number: int | None) -> Placed:
        """Where each person of the household belongs; `number` is the known household it is, None for a new one."""
        members = self.families.get(number, []) if number is not None else []
        placed = Placed(household, members=len(members))
        unmatched = {row["id"]: row for row in members}
        stale = number in self.newer
        rest = []
        for person in household.people:
            home = self.homes.get(self.keys[person.national_id]) if person.national_id else None
            if home is None:
                rest.append(person)
            elif home[1] != number:
                code = self.code_of(home[1])
                words = _OTHER_HOME.format(code=code) if code else persons.NO_NUMBER
                _leave(placed, person, words, ConflictKind.OTHER_HOME, home[0])
            elif (row := unmatched.get(home[0])) is None:
                # Twice in the file under two names.
                _leave(placed, person, _OTHER_NAME, ConflictKind.OTHER_NAME, home[0])
            elif not persons.same_name(_name(row), _name_in_file(person)) and not stale:
                _leave(placed, person, _OTHER_NAME, ConflictKind.OTHER_NAME, home[0])
            else:
                self._meet(placed, row, person, unmatched, stale=stale)
                if stale and not persons.same_name(_name(row), _name_in_file(person)):
                    self.remark(Remark(person.lines[0], _NAMED_SINCE, left_out=False))
        # Numbers first: who is found by one is not taken for another of the same name.
        for person in sorted(rest, key=lambda candidate: not candidate.national_id):
            self._by_name(placed, person, unmatched, stale=stale)
        placed.added.sort(key=lambda added: (not added.head, added.lines))
        concerned = {found.member_id for found in placed.conflicts}
        placed.unnamed = [
            number for number, row in unmatched.items() if not row["left"] and number not in concerned
        ]
        return placed

    def _meet(
        self,
        placed: Placed,
        row: dict[str, Any],
        person: Person,
        unmatched: dict[int, dict[str, Any]],
        *,
        stale: bool,
    ) -> None:
        """The person is this member. That somebody died is for a person to say, not for a file."""
        del unmatched[row["id"]]
        placed.named.append(row["id"])
        if person.dead and not row["said_dead"] and not stale:
            _leave(placed, person, _SAID_DEAD, ConflictKind.DEAD, row["id"])
            return
        self._fill(placed, row, person, stale=stale)

    def _by_name(
        self, placed: Placed, person: Person, unmatched: dict[int, dict[str, Any]], *, stale: bool
    ) -> None:
        namesakes = [
            row for row in unmatched.values() if persons.same_name(_name(row), _name_in_file(person))
        ]
        alike = [row for row in namesakes if not person.contradicts(row["sex"], row["birth_year_be"])]
        open_to = [row for row in alike if row["id_key"] is None] if person.national_id else alike
        exact = [row for row in open_to if row["last_name"] == person.last_name]
        if len(open_to) == 1 or len(exact) == 1:
            self._meet(placed, (exact or open_to)[0], person, unmatched, stale=stale)
        elif open_to:
            _leave(placed, person, _SEVERAL, ConflictKind.SEVERAL, open_to[0]["id"])
        elif alike:
            _leave(placed, person, _OTHER_NUMBER, ConflictKind.OTHER_NUMBER, alike[0]["id"])
        else:
            placed.added.append(person)
            if namesakes:
                self.remark(Remark(person.lines[0], _TWO_PEOPLE, left_out=False))

    def _fill(self, placed: Placed, row: dict[str, Any], person: Person, *, stale: bool) -> None:
        """The member with what the file adds. What the register has stays, and a newer file that differs is told."""
        filled, kept = dict(row), []
        for name, label in FILLED.items():
            value = getattr(person, name)
            if (
                not value
                or value == row[name]
                or (name in ("prefix", "last_name") and _is_within(row, person))
            ):
                continue
            if row[name]:
                kept.append(label)
            else:
                filled[name] = value
        if person.national_id and row["id_key"] is None:
            filled["id_tail"] = person.national_id[-3:]
            filled["number"] = person.national_id
        if not stale:
            # Marked by a file of before as no longer named: it is named again.
            filled["left"] = False
        if filled != row:
            placed.filled.append((row, filled))
        if kept and not stale:
            self.remark(Remark(person.lines[0], _KEPT.format(fields=", ".join(kept)), left_out=False))


def write_members(
    connection: Connection, placed: Sequence[tuple[Placed, int]]
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """The people stand in their households, each under its id; new ones behind those who are there. Yields each member
    that was written, with what stood before in the fields that were filled, or None for a new one."""
    inserts: list[dict[str, Any]] = []
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for home, number in placed:
        changes += home.filled
        inserts += [
            _new(person, number, position)
            for position, person in enumerate(home.added, start=home.members + 1)
        ]
    for row, member_id in zip(inserts, fresh_ids(connection, Member, len(inserts)), strict=True):
        row["id"] = member_id
    for row in (*inserts, *(filled for _, filled in changes)):
        encrypt(row)
    update_rows(connection, Member, [filled for _, filled in changes])
    insert_rows(connection, Member, inserts)
    for was, filled in changes:
        names = [name for name in was if was[name] != filled[name]]
        # Of a number that was filled it is enough to know that there was none.
        yield (
            was["id"],
            {name: None if name.startswith("id_") and name != "id_tail" else was[name] for name in names},
        )
    for row in inserts:
        yield row["id"], None


def encrypt(row: dict[str, Any]) -> None:
    """Put the number of a member's row, under `number`, into the columns that keep it encrypted and findable."""
    number = row.pop("number", "")
    if number:
        row["id_key"] = ids.index(number)
        row["id_encrypted"] = ids.encrypt(number, member_id=row["id"])


def _leave(placed: Placed, person: Person, words: str, kind: ConflictKind, member_id: int | None) -> None:
    placed.undone += [Remark(line, words, conflict=True) for line in person.lines]
    placed.conflicts.append(Conflicting(person, kind, member_id))


def _name(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["prefix"], row["first_name"], row["last_name"]


def _name_in_file(person: Person) -> tuple[str, str, str]:
    return person.prefix, person.first_name, person.last_name


def _is_within(row: Mapping[str, Any], person: Person) -> bool:
    """Whether one of the two keeps the title within the first name, so that filling it would say it twice."""
    return bool(row["first_name"] != person.first_name)


def _new(person: Person, household_id: int, position: int) -> dict[str, Any]:
    return {
        "id": 0,
        "household_id": household_id,
        "position": position,
        "prefix": person.prefix,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "id_tail": person.national_id[-3:],
        "id_encrypted": None,
        "id_key": None,
        "school_id": person.school_id,
        "birth_year_be": person.birth_year_be,
        "sex": person.sex,
        "school": person.school,
        "grade": person.grade,
        "left": False,
        "said_dead": person.dead,
        "number": person.national_id,
    }
