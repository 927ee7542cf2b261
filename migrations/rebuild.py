"""Rebuilding: constraints of a table that holds rows already, changed on SQLite and PostgreSQL alike.

PostgreSQL alters a table in place. SQLite cannot change a constraint: the table is made anew beside the old one, the
rows are copied, and the new one takes the old one's name with all its indexes and triggers (sqlite.org,
"Making Other Kinds Of Table Schema Changes"; the migrations' environment has switched its foreign keys off).

Like `triggers` it is for migrations alone and imports nothing of `app`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol


class _Op(Protocol):
    """The part of Alembic's `op` used here."""

    def execute(self, sqltext: str) -> None: ...

    def get_bind(self) -> object: ...


def _on_sqlite(op: _Op) -> bool:
    return op.get_bind().dialect.name == "sqlite"  # type: ignore[attr-defined, no-any-return]


def recheck(op: _Op, table: str, name: str, condition: str) -> None:
    """Give a CHECK another condition. Fails when a row of the table does not meet it."""
    reconstrain(op, table, name, f"CHECK ({condition})")


def reconstrain(op: _Op, table: str, name: str, definition: str) -> None:
    """Replace a named constraint (CHECK, UNIQUE, PRIMARY KEY) by another definition under the same name."""
    if not _on_sqlite(op):
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        return
    made = _made(op, "table", table)[0]
    start, end = _constraint(made, name)
    _rebuild(op, table, f"{made[:start]}CONSTRAINT {name} {definition}{made[end:]}")


def swap(op: _Op, table: str, old: Sequence[str], new: Mapping[str, str]) -> None:
    """Take named constraints away and put others in: name → definition. Fails when a row of the table does not meet them."""
    if not _on_sqlite(op):
        steps = [f"DROP CONSTRAINT {name}" for name in old]
        steps += [f"ADD CONSTRAINT {name} {definition}" for name, definition in new.items()]
        op.execute(f"ALTER TABLE {table} {', '.join(steps)}")
        return
    made = _made(op, "table", table)[0]
    start = made.index("(") + 1
    parts = _parts(made[start : made.rindex(")")])
    gone = {f"CONSTRAINT {name}" for name in old}
    kept = [part for part in parts if " ".join(part.replace('"', "").split()[:2]) not in gone]
    if len(parts) - len(kept) != len(gone):
        raise LookupError(f"not all of {sorted(old)} in {made}")
    kept += [f"CONSTRAINT {name} {definition}" for name, definition in new.items()]
    _rebuild(op, table, f"{made[:start]}{','.join(kept)})")


def require(op: _Op, table: str, column: str) -> None:
    """Let a column that is filled in every row stay filled."""
    if not _on_sqlite(op):
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL")
        return
    made = _made(op, "table", table)[0]
    start = made.index("(") + 1
    parts = [
        f"{part} NOT NULL" if part.split()[0].strip('"') == column else part
        for part in _parts(made[start : made.rindex(")")])
    ]
    _rebuild(op, table, f"{made[:start]}{','.join(parts)})")


def drop_columns(op: _Op, table: str, *names: str) -> None:
    """Take columns away, with the foreign keys that stand in them."""
    if not _on_sqlite(op):
        op.execute(f"ALTER TABLE {table} {', '.join(f'DROP COLUMN {name}' for name in names)}")
        return
    made = _made(op, "table", table)[0]
    start = made.index("(") + 1
    kept = [
        part for part in _parts(made[start : made.rindex(")")]) if part.split()[0].strip('"') not in names
    ]
    _rebuild(op, table, f"{made[:start]}{','.join(kept)})")


def _parts(text: str) -> list[str]:
    """Columns and constraints of a table: what stands between the commas that are in no brackets and no quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for place, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _made(op: _Op, kind: str, table: str) -> list[str]:
    """The statements that made a table, its indexes or its triggers."""
    rows = op.get_bind().exec_driver_sql(  # type: ignore[attr-defined]
        "SELECT sql FROM sqlite_master WHERE type = ? AND tbl_name = ? AND sql IS NOT NULL ORDER BY rowid",
        (kind, table),
    )
    return [row[0] for row in rows]


def _constraint(made: str, name: str) -> tuple[int, int]:
    """Where a constraint begins and ends in the statement that made its table."""
    found = re.search(rf'CONSTRAINT "?{re.escape(name)}"? ', made)
    if found is None:
        raise LookupError(f"no constraint {name} in {made}")
    depth, quoted = 0, False
    for place in range(found.end(), len(made)):
        letter = made[place]
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                return found.start(), place + 1
    raise LookupError(f"constraint {name} does not end in {made}")


def _rebuild(op: _Op, table: str, made: str) -> None:
    connection = op.get_bind()
    beside = f"{table}_anew"
    kept = [*_made(op, "index", table), *_made(op, "trigger", table)]
    head = re.compile(rf'^CREATE TABLE\s+"?{re.escape(table)}"?', re.IGNORECASE)
    connection.exec_driver_sql(head.sub(f'CREATE TABLE "{beside}"', made, count=1))  # type: ignore[attr-defined]
    columns = ", ".join(
        f'"{row[1]}"'
        for row in connection.exec_driver_sql(f"PRAGMA table_info({beside})")  # type: ignore[attr-defined]
    )
    for statement in (
        f'INSERT INTO "{beside}" ({columns}) SELECT {columns} FROM "{table}"',
        f'DROP TABLE "{table}"',
        f'ALTER TABLE "{beside}" RENAME TO "{table}"',
        *kept,
    ):
        connection.exec_driver_sql(statement)  # type: ignore[attr-defined]
