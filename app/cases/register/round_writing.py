"""Writing of an import: what a plan says becomes true, with a note of every row, so that the file can be undone."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from app.cases.register import ids, search_words
from app.cases.register.bulk import chunks, fresh_ids, insert_rows, table_of, update_rows
from app.cases.register.import_plan import Plan, PlannedHousehold
from app.cases.register.import_records import (
    ConflictKind,
    RegisterConflict,
    RegisterImportChange,
    UnnamedMember,
)
from app.cases.register.member_matching import Conflicting, write_members
from app.cases.register.records import FailedDimension, Household, Round, RoundHousehold, Standing
from app.kit import clock
from app.kit.db import db

#: What of a household and of an entry is noted before it is changed.
_HOUSEHOLD = ("house_no", "moo", "village", "district_code", "subdistrict_code", "house_code", "key")
_ENTRY = ("income_satang", "row_hash", "has_undone_rows", "standing")


def write(plan: Plan, *, round_: Round, import_id: int) -> None:
    """The households of the plan stand in the round, and what a person has to decide waits. Inside a transaction that
    lets no other import in."""
    connection = db.session().connection()
    taken = [planned for planned in plan.households if planned.number is not None or planned.placed.added]
    fresh = [planned for planned in taken if planned.number is None]
    numbers = iter(_enter(connection, fresh, round_))
    numbered = [(planned, planned.number or next(numbers)) for planned in taken]
    changes: list[dict[str, Any]] = [
        _change("household", number, is_new=True) for planned, number in numbered if planned.number is None
    ]
    for planned, number in numbered:
        if planned.before and planned.after:
            changes.append(_change("household", number, {name: planned.before[name] for name in _HOUSEHOLD}))
    update_rows(connection, Household, [planned.after for planned in taken if planned.after])
    for member_id, before in write_members(
        connection, [(planned.placed, number) for planned, number in numbered]
    ):
        changes.append(_change("member", member_id, before, is_new=before is None))
    search_words.refresh(connection, [number for _, number in numbered])
    changes += _note_entries(connection, numbered, round_)
    changes += _note_missing(connection, plan, round_)
    rows = [{"import_id": import_id, **change} for change in changes]
    insert_rows(connection, RegisterImportChange, rows)
    _note_unnamed(connection, plan, numbered, round_, import_id)
    homes = {id(planned): number for planned, number in numbered}
    conflicts = [
        _conflict(found, import_id, planned, homes.get(id(planned)))
        for planned in plan.households
        for found in planned.placed.conflicts
    ]
    conflicts += _withheld(plan, numbered, import_id)
    asked = _asked_before(connection, conflicts)
    fresh_conflicts = [row for row in conflicts if (row["member_id"], row["said_hash"]) not in asked]
    for part in chunks(fresh_conflicts):
        connection.execute(insert(table_of(RegisterConflict)), part)


def _asked_before(connection: Connection, conflicts: Sequence[dict[str, Any]]) -> set[tuple[int | None, str]]:
    """Which of these a person was asked before: the same words about the same member."""
    table = table_of(RegisterConflict).c
    found: set[tuple[int | None, str]] = set()
    for part in chunks([row["said_hash"] for row in conflicts]):
        rows = connection.execute(select(table.member_id, table.said_hash).where(table.said_hash.in_(part)))
        found |= {(row.member_id, row.said_hash) for row in rows}
    return found


def _change(
    what: str, row_id: int, before: dict[str, Any] | None = None, *, is_new: bool = False
) -> dict[str, Any]:
    return {
        "what": what,
        "row_id": row_id,
        "is_new": is_new,
        "before": json.dumps(before or {}, ensure_ascii=False),
    }


def _enter(connection: Connection, fresh: Sequence[PlannedHousehold], round_: Round) -> list[int]:
    numbers = fresh_ids(connection, Household, len(fresh))
    last = connection.scalar(select(Household.code).order_by(Household.id.desc()).limit(1))
    running = int(last.removeprefix("HH-")) if last else 0
    now = clock.now()
    rows = []
    for place, (planned, number) in enumerate(zip(fresh, numbers, strict=True), start=1):
        household = planned.household
        rows.append(
            {
                "id": number,
                "code": f"HH-{running + place:06d}",
                "key": household.key,
                "house_code": household.address.house_code or None,
                "house_no": household.address.house_no,
                "moo": household.address.moo,
                "village": household.address.village,
                "district_code": household.address.district_code,
                "subdistrict_code": household.address.subdistrict_code,
                "origin": round_.source,
                "entered_at": now,
            }
        )
    insert_rows(connection, Household, rows)
    return numbers


def _note_entries(
    connection: Connection, numbered: Sequence[tuple[PlannedHousehold, int]], round_: Round
) -> list[dict[str, Any]]:
    """What the round says of each household: income, failed dimensions, standing. What was changed of it."""
    old = [planned.entry.id for planned, _ in numbered if planned.entry is not None]
    for part in chunks(old):
        connection.execute(
            delete(table_of(FailedDimension)).where(FailedDimension.round_household_id.in_(part))
        )
    fresh = iter(fresh_ids(connection, RoundHousehold, len(numbered) - len(old)))
    inserts, updates, dimensions, changes = [], [], [], []
    for planned, number in numbered:
        row: dict[str, Any] = {
            "id": planned.entry.id if planned.entry is not None else next(fresh),
            "income_satang": planned.income_satang,
            "row_hash": planned.fingerprint,
            "has_undone_rows": bool(planned.placed.conflicts),
            "standing": planned.household.standing,
        }
        if planned.entry is None:
            inserts.append({**row, "round_id": round_.id, "household_id": number})
            changes.append(_change("entry", row["id"], is_new=True))
        else:
            updates.append(row)
            before = {name: getattr(planned.entry, name) for name in _ENTRY}
            before["dimensions"] = sorted(planned.failed_before)
            changes.append(_change("entry", row["id"], before))
        dimensions += [
            {"round_household_id": row["id"], "dimension": code} for code in sorted(planned.failed_after)
        ]
    insert_rows(connection, RoundHousehold, inserts)
    update_rows(connection, RoundHousehold, updates)
    insert_rows(connection, FailedDimension, dimensions)
    return changes


def _note_missing(connection: Connection, plan: Plan, round_: Round) -> list[dict[str, Any]]:
    """Households of the round that its newest file no longer names are said to be so; they stay."""
    table = table_of(RoundHousehold).c
    changes = []
    for part in chunks(plan.missing):
        rows = connection.execute(
            select(table_of(RoundHousehold)).where(
                table.round_id == round_.id, table.household_id.in_(part), table.standing != Standing.UNNAMED
            )
        ).all()
        update_rows(
            connection, RoundHousehold, [{"id": row.id, "standing": Standing.UNNAMED} for row in rows]
        )
        for row in rows:
            changes.append(_change("entry", row.id, {"standing": row.standing}))
    return changes


def _note_unnamed(
    connection: Connection,
    plan: Plan,
    numbered: Sequence[tuple[PlannedHousehold, int]],
    round_: Round,
    import_id: int,
) -> None:
    """Members whom the newest file of their household does not name, and no others of these households."""
    table = table_of(UnnamedMember)
    named = [member for planned, _ in numbered for member in planned.placed.named]
    for part in chunks(named):
        connection.execute(delete(table).where(table.c.round_id == round_.id, table.c.member_id.in_(part)))
    known: set[int] = set()
    for part in chunks([member for _, member in plan.unnamed]):
        known |= set(
            connection.scalars(
                select(table.c.member_id).where(table.c.round_id == round_.id, table.c.member_id.in_(part))
            )
        )
    insert_rows(
        connection,
        UnnamedMember,
        [
            {"round_id": round_.id, "member_id": member, "since_import_id": import_id}
            for _, member in plan.unnamed
            if member not in known
        ],
    )


def _conflict(
    found: Conflicting, import_id: int, planned: PlannedHousehold, number: int | None
) -> dict[str, Any]:
    address = planned.household.address
    said = json.dumps(found.person._replace(lines=(), remark="")._asdict(), ensure_ascii=False)
    return {
        "import_id": import_id,
        "line": found.person.lines[0],
        "kind": found.kind,
        "household_id": number,
        "member_id": found.member_id,
        "district_code": address.district_code,
        "subdistrict_code": address.subdistrict_code,
        "for_province": False,
        "said": ids.seal(said),
        "said_hash": ids.fingerprint(f"{found.kind}:{said}".encode()),
    }


def _withheld(
    plan: Plan, numbered: Sequence[tuple[PlannedHousehold, int]], import_id: int
) -> list[dict[str, Any]]:
    """Numbers that are known beyond the importer's area, for those who see the whole province."""
    homes = {line: (planned, number) for planned, number in numbered for line in planned.household.lines}
    conflicts = []
    for person, member_id in plan.file.withheld:
        planned, number = homes.get(person.lines[0], (None, None))
        if planned is not None:
            found = Conflicting(person, ConflictKind.OTHER_HOME, member_id)
            conflicts.append({**_conflict(found, import_id, planned, number), "for_province": True})
    return conflicts
