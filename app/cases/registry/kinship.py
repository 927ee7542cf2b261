"""Kinship: the people of a file find their places among the members the register already has."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from app.cases.registry import ids
from app.cases.registry.bulk import chunks, fresh_ids, insert_rows, table_of, update_rows
from app.cases.registry.declared import Declared
from app.cases.registry.members import Member
from app.cases.registry.persons import Person

_TABLE = table_of(Member)
_FEW = 1_000
_MOVED = "มีสมาชิกที่เคยอยู่ในครัวเรือนอื่นของทะเบียน ย้ายมาไว้ที่ครัวเรือนนี้แล้ว"
_STAYED = "มีสมาชิกที่ข้อมูลรอบใหม่กว่าระบุไว้ในครัวเรือนอื่นแล้ว จึงไม่ย้ายกลับ"


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


class Kin:
    """Writes the members of many households at once.

    With `whole_families` (TPMAP lists everyone) a member whom the file no longer names is marked as left; lists
    of the needy and of Thai QM may name the head alone, so they make no one leave. Households in `newer` are
    only completed, never overwritten. `known` are those that may already have members.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        whole_families: bool,
        newer: set[int],
        known: set[int],
        remark: Callable[[int, str], None],
    ) -> None:
        self.connection = connection
        self.whole_families = whole_families
        self.newer = newer
        self.known = known
        self.remark = remark
        self.inserts: list[dict[str, Any]] = []
        self.changes: list[dict[str, Any]] = []

    def take(self, households: list[tuple[Declared, int]]) -> None:
        """Each of these declared households, under its id, has its members."""
        families: dict[int, list[dict[str, Any]]] = {}
        for part in chunks(sorted(self.known)):
            for row in self._rows(_TABLE.c.household_id.in_(part)):
                families.setdefault(row["household_id"], []).append(row)
        self.keys = ids.indexes(number for one, _ in households for number in one.national_ids)
        homes = homes_of(self.connection, set(self.keys.values()))
        here = {row["id"]: row for members in families.values() for row in members}
        for part in chunks([member for member, _ in homes.values() if member not in here]):
            here.update((row["id"], row) for row in self._rows(_TABLE.c.id.in_(part)))
        self.by_key = {key: here[member] for key, (member, _) in homes.items()}
        for household, number in households:
            self._family(household, number, families.get(number, []))
        fresh = fresh_ids(self.connection, Member, len(self.inserts))
        for row, member_id in zip(self.inserts, fresh, strict=True):
            row["id"] = member_id
            self._seal(row)
        for row in self.changes:
            self._seal(row)
        update_rows(self.connection, Member, self.changes)
        insert_rows(self.connection, Member, self.inserts)

    def _rows(self, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
        statement = select(_TABLE).where(condition).order_by(_TABLE.c.household_id, _TABLE.c.position)
        return [dict(row) for row in self.connection.execute(statement).mappings()]

    def _family(self, household: Declared, number: int, members: list[dict[str, Any]]) -> None:
        stale = number in self.newer
        unmatched = {row["id"]: row for row in members}
        named: list[dict[str, Any]] = []
        head: dict[str, Any] | None = None
        for person in household.people:
            row = self._match(person, unmatched)
            if row is None:
                row = _new(person, number, left=stale and bool(members))
            else:
                unmatched.pop(row["id"], None)
                if row["household_id"] != number:
                    if row["household_id"] in self.newer:
                        self.remark(household.first_line, _STAYED)
                        continue
                    self.remark(household.first_line, _MOVED)
                row = _completed(row, person, number, stale=stale)
            named.append(row)
            head = row if person.head and not stale else head
        if self.whole_families and not stale:
            order = named + [{**row, "left": True} for row in unmatched.values()]
        else:
            changed = {row["id"]: row for row in named if row["id"]}
            order = [changed.pop(row["id"], row) for row in members]
            order += [row for row in named if not row["id"] or row["id"] in changed]
            order.sort(key=lambda row: row is not head)
        before = {row["id"]: row for row in members}
        for position, row in enumerate(order, start=1):
            row = {**row, "position": position}
            if not row["id"]:
                self.inserts.append(row)
            elif row != before.get(row["id"]):
                self.changes.append(row)

    def _match(self, person: Person, unmatched: Mapping[int, dict[str, Any]]) -> dict[str, Any] | None:
        """The member that this person is: by national ID, else by name where one of the two has no ID."""
        if person.national_id:
            known = self.by_key.get(self.keys[person.national_id])
            if known is not None:
                return known
        for row in unmatched.values():
            same_name = row["first_name"] == person.first_name and row["last_name"] == person.last_name
            if same_name and (not person.national_id or row["id_key"] is None):
                return row
        return None

    def _seal(self, row: dict[str, Any]) -> None:
        number = row.pop("number", "")
        if number:
            row["id_key"] = self.keys[number]
            row["id_sealed"] = ids.seal(number, member_id=row["id"])


def _new(person: Person, household_id: int, *, left: bool) -> dict[str, Any]:
    return {
        "id": 0,
        "household_id": household_id,
        "prefix": person.prefix,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "id_tail": person.national_id[-3:],
        "id_sealed": None,
        "id_key": None,
        "birth_year_be": person.birth_year_be,
        "sex": person.sex,
        "school": person.school,
        "grade": person.grade,
        "left": left,
        "number": person.national_id,
    }


def _completed(row: dict[str, Any], person: Person, household_id: int, *, stale: bool) -> dict[str, Any]:
    """The member with what the file adds; what the file leaves blank stays."""
    told = {
        "prefix": person.prefix,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "birth_year_be": person.birth_year_be,
        "sex": person.sex,
        "school": person.school,
        "grade": person.grade,
    }
    merged = {**row, "household_id": household_id}
    for name, value in told.items():
        if value and not (stale and row[name]):
            merged[name] = value
    if not stale:
        merged["left"] = False
    if person.national_id and row["id_key"] is None:
        merged["id_tail"] = person.national_id[-3:]
        merged["number"] = person.national_id
    return merged
