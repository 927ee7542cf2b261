"""What every test may ask for: a portal on SQLite and on PostgreSQL, and the people who work in it."""

import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from people import Cast
from portals import as_served, settings_for, with_issuer
from postgres import TempPostgres
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from app import create_app
from app.fund.ledger import books
from app.kit import schema
from app.kit.db import db
from app.settings import Settings

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _closed_at_the_end() -> Iterator[None]:
    """No connection to SQLite that a test opened, by a second portal or a command, is left to the collector."""
    opened: list[Any] = []

    def note(connection: Any, _record: Any) -> None:
        opened.append(connection)

    event.listen(Engine, "connect", note)
    yield
    event.remove(Engine, "connect", note)
    for connection in opened:
        if isinstance(connection, sqlite3.Connection):
            connection.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    app = create_app(settings_for(folder))
    with app.app_context():
        schema.upgrade()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        db.engine.dispose()
    return folder / "kueakun.sqlite"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[TempPostgres]:
    server = TempPostgres()
    server.create("template_portal")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(
    postgres_server: TempPostgres, tmp_path_factory: pytest.TempPathFactory
) -> TempPostgres:
    app = create_app(settings_for(tmp_path_factory.mktemp("pg"), postgres_server.url("template_portal")))
    with app.app_context():
        schema.upgrade()
        db.session.remove()
        db.engine.dispose()
    return postgres_server


_written = Rule._compile_builder
_builders: dict[Any, Any] = {}


def _written_once(rule: Rule, append_unknown: bool = True) -> Any:
    """The function that builds a rule's addresses takes the rule as its argument: one does for all portals of a run.

    Writing and compiling it anew was most of the time that opening a portal took.
    """
    key = tuple(rule._trace), tuple(sorted((rule.defaults or {}).items())), append_unknown
    if key not in _builders:
        _builders[key] = _written(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _written_once  # type: ignore[method-assign]


class _Compiled(BytecodeCache):
    """Templates compiled once for all the portals of a run."""

    _kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


#: Statements compiled once for all the engines of a run, by kind of database.
_statements: dict[type[Dialect], LRUCache[Any, Any]] = {}


def _compiles_once(engine: Engine) -> None:
    """Let engines of one kind share what was compiled: each portal has an engine of its own, all are set up alike.

    A compiled statement is kept by the dialect that it was compiled for, so dialects of one kind have to be equal.
    """
    kind = type(engine.dialect)
    if kind not in _statements:
        _statements[kind] = LRUCache(5_000)
        kind.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
        kind.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign]
    engine._compiled_cache = _statements[kind]


def _open(settings: Settings) -> Iterator[Flask]:
    app = with_issuer(create_app(settings))
    app.testing = True
    app.jinja_env.bytecode_cache = _Compiled()
    as_served(app)
    with app.app_context():
        _compiles_once(db.engine)
        yield app
        db.session.rollback()
        found = books.findings()
        db.session.remove()
        db.engine.dispose()
    assert found == [], "the books do not hold at the end of this test"


def _sqlite(template: Path, folder: Path) -> Iterator[Flask]:
    shutil.copy(template, folder / "kueakun.sqlite")
    yield from _open(settings_for(folder))


def _postgres(server: TempPostgres, folder: Path) -> Iterator[Flask]:
    """A portal on a database that is emptied and used again; one whose schema a test changed is thrown away."""
    database = server.empty.pop() if server.empty else f"portal_{next(_numbers)}"
    if database not in server.known:
        server.create(database, template="template_portal")
        server.known.add(database)
    yield from _open(settings_for(folder, server.url(database)))
    if server.clear(database, like="template_portal"):
        server.empty.append(database)
    else:
        server.drop(database)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An empty, migrated portal inside its application context; the test runs once on each database."""
    if request.param == "sqlite":
        yield from _sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
    else:
        yield from _postgres(request.getfixturevalue("postgres_template"), tmp_path)


@pytest.fixture
def sqlite_portal(sqlite_template: Path, tmp_path: Path) -> Iterator[Flask]:
    yield from _sqlite(sqlite_template, tmp_path)


@pytest.fixture
def postgres_portal(postgres_template: TempPostgres, tmp_path: Path) -> Iterator[Flask]:
    yield from _postgres(postgres_template, tmp_path)


@pytest.fixture
def cast(portal: Flask) -> Cast:
    """The people of the tests, already employed: see people.Cast."""
    return Cast(portal)
