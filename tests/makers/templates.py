"""What a test's database holds at first, and which checks of the books what it wrote since concerns.

A test begins on a copy: of an empty portal or of one where the people of the tests are employed already. When it ends,
the books have to hold. An integrity check answers by what it reads; so one that reads only tables which are as they were answers
as it did at first, that is with no finding, and is not asked again.
"""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from app.fund.ledger import books
from app.kit.db import db, is_sqlite

#: What answers a query of the database with its rows.
Asked = Callable[[str], Iterable[Any]]

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


def _by_session(query: str) -> Iterable[Any]:
    return db.session().connection().exec_driver_sql(query)


@dataclass
class Template:
    """What a database holds before the test."""

    #: Table → its rows in the order of their words, for those that hold any.
    filled: dict[str, str]
    empty: list[str]
    dialect: str
    #: Name of an integrity check → the tables that it reads.
    read: dict[str, frozenset[str]] = field(default_factory=dict)
    #: Name of an integrity check that asks these queries and nothing else → the queries. Whatever row one of them
    #: answers is a finding. On PostgreSQL alone, which plans a query for longer than it works on it here.
    queries: dict[str, list[str]] = field(default_factory=dict)

    def changed(self, ask: Asked = _by_session) -> set[str]:
        """The tables that hold something else than at first. Raises an error of the database when the schema is another."""
        holding = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in self.empty
        )
        now = _contents(ask, self.filled, self.dialect)
        return {name for (name,) in ask(holding)} | {
            name for name, rows in self.filled.items() if now[name] != rows
        }

    def findings(self, ask: Asked = _by_session) -> list[str]:
        """All findings of all checks that may have one now. `ask` reads what was committed."""
        try:
            changed = self.changed(ask)
            told = {name for (name,) in ask(self._any_row())} if self.queries else set()
        except (DBAPIError, psycopg.Error):
            db.session.rollback()
            return books.findings()
        return [
            f"{name}: {found}"
            for name, check in sorted(books.CHECKS.get().items())
            if name in told
            or (name not in self.queries and (name not in self.read or self.read[name] & changed))
            for found in check.find()
        ]

    def _any_row(self) -> str:
        """One query for the names of the checks of which a query answers any row."""
        return " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS ({query})"
            for name, queries in self.queries.items()
            for query in queries
        )


def taken() -> Template:
    """The template that the database of the current portal is, just now. Its books hold."""
    db.session.rollback()
    there = db.session().connection()
    tables = sorted(name for (name,) in _by_session(_TABLES[there.dialect.name]))
    contents = _contents(_by_session, tables, there.dialect.name)
    filled = {name: rows for name, rows in contents.items() if rows}
    template = Template(filled, [name for name in tables if name not in filled], there.dialect.name)
    if is_sqlite():
        template.read = _reads(there.connection.driver_connection)
    else:
        template.queries = _queries()
    db.session.rollback()
    return template


def _contents(ask: Asked, tables: Iterable[str], dialect: str) -> dict[str, str]:
    if dialect == "sqlite":
        return {
            name: "\n".join(sorted(repr(tuple(row)) for row in ask(f'SELECT * FROM "{name}"')))
            for name in tables
        }
    asked = " UNION ALL ".join(
        f"SELECT '{name}', (SELECT string_agg(t::text, chr(10) ORDER BY t::text) FROM \"{name}\" AS t)"
        for name in tables
    )
    return {name: rows or "" for name, rows in ask(asked)}


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


def _queries() -> dict[str, list[str]]:
    """The queries of each check that asks nothing but queries which must return no row."""
    violations = books.violations
    asked: list[str] = []
    statements: list[str] = []

    def noted(query: str, words: str) -> list[str]:
        asked.append(query)
        return violations(query, words)

    def count(*details: Any) -> None:
        statements.append(details[2])

    found: dict[str, list[str]] = {}
    books.violations = noted
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        for name, check in books.CHECKS.get().items():
            asked.clear()
            statements.clear()
            assert check.find() == [], name
            if 0 < len(statements) == len(asked):
                found[name] = list(asked)
    finally:
        books.violations = violations
        event.remove(db.engine, "before_cursor_execute", count)
    return found
