"""What a test's database holds at first, and which checks of the books what it wrote since concerns.

A test begins on a copy: of an empty portal or of one where the people of the tests are employed already. When it ends,
the books have to hold. An integrity check answers by what it reads; so one that reads only tables which are as they were answers
as it did at first, that is with no finding, and is not asked again.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.fund.ledger import books
from app.kit.db import db, is_sqlite

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


@dataclass
class Template:
    """What a database holds before the test."""

    #: Table → its rows in the order of their words, for those that hold any.
    filled: dict[str, str]
    empty: list[str]
    #: Name of an integrity check → the tables that it reads.
    read: dict[str, frozenset[str]] = field(default_factory=dict)

    def changed(self) -> set[str]:
        """The tables that hold something else than at first. Raises DBAPIError when the schema is another."""
        there = db.session().connection()
        holding = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in self.empty
        )
        now = _contents(there, self.filled)
        return {name for (name,) in there.exec_driver_sql(holding)} | {
            name for name, rows in self.filled.items() if now[name] != rows
        }

    def findings(self) -> list[str]:
        """All findings of all checks that may have one now."""
        try:
            changed = self.changed()
        except DBAPIError:
            db.session.rollback()
            return books.findings()
        return [
            f"{name}: {found}"
            for name, check in sorted(books.CHECKS.get().items())
            if name not in self.read or self.read[name] & changed
            for found in check.find()
        ]


def taken() -> Template:
    """The template that the database of the current portal is, just now. Its books hold."""
    db.session.rollback()
    there = db.session().connection()
    tables = sorted(name for (name,) in there.execute(text(_TABLES[there.dialect.name])))
    contents = _contents(there, tables)
    filled = {name: rows for name, rows in contents.items() if rows}
    template = Template(filled, [name for name in tables if name not in filled])
    if is_sqlite():
        template.read = _reads(there.connection.driver_connection)
    else:
        assert books.findings() == []
    db.session.rollback()
    return template


def _contents(there: Connection, tables: Iterable[str]) -> dict[str, str]:
    if there.dialect.name == "sqlite":
        return {
            name: "\n".join(
                sorted(repr(tuple(row)) for row in there.exec_driver_sql(f'SELECT * FROM "{name}"'))
            )
            for name in tables
        }
    asked = " UNION ALL ".join(
        f"SELECT '{name}', (SELECT string_agg(t::text, chr(10) ORDER BY t::text) FROM \"{name}\" AS t)"
        for name in tables
    )
    return {name: rows or "" for name, rows in there.exec_driver_sql(asked)}


def _reads(connection: Any) -> dict[str, frozenset[str]]:
    """The tables that each check reads, told by SQLite itself; views and triggers hide none from it."""
    read: dict[str, frozenset[str]] = {}
    touched: set[str] = set()

    def note(action: int, table: str | None, *_more: Any) -> int:
        if action == sqlite3.SQLITE_READ and table:
            touched.add(table)
        return sqlite3.SQLITE_OK

    connection.set_authorizer(note)
    for name, check in books.CHECKS.get().items():
        touched.clear()
        assert check.find() == [], name
        read[name] = frozenset(touched)
    connection.set_authorizer(None)
    return read
