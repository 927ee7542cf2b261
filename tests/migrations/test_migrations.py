"""The baseline and what follows it go up, down and up again on both databases, and keep the rows that were there."""

import ast
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import schema_text
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from portals import settings_for
from postgres import TempPostgres
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    UniqueConstraint,
    and_,
    delete,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.kit import schema
from app.kit.db import Base, db
from app.province.portal import Portal

_VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
_SCRIPTS = list(reversed(list(ScriptDirectory(str(_VERSIONS.parent)).walk_revisions())))
REVISIONS = [script.revision for script in _SCRIPTS]

_NOW = datetime(2022, 1, 27, 3, 0, tzinfo=UTC)
_DAY = date(2022, 1, 27)

#: Rows through every room, as they stood at the baseline; see _load.
_WORLD = Path(__file__).with_name("world.json")

#: Later migration → rows of the tables that it makes. What is not said here and may not be empty is filled with
#: nothing: "", 0, a date.
_ROWS: dict[str, list[tuple[str, dict[str, Any]]]] = {}


def _bare(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A portal whose database is still empty."""
    if request.param == "sqlite":
        yield from _bare(create_app(settings_for(tmp_path)))
        return
    server: TempPostgres = request.getfixturevalue("postgres_server")
    name = re.sub(r"\W+", "_", request.node.name)[:40].lower()
    server.create(name)
    yield from _bare(create_app(settings_for(tmp_path, server.url(name))))
    server.drop(name)


def _tables() -> dict[str, Table]:
    known = MetaData()
    known.reflect(db.engine)
    return {name: table for name, table in known.tables.items() if name != "alembic_version"}


def _guards() -> set[str]:
    """Names of all triggers that are there."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        else:
            rows = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
        return {name for (name,) in rows}


def _functions() -> set[str]:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return set()
        found = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        return {name for (name,) in connection.execute(text(found))}


def _nothing(column: Any) -> Any:
    """The emptiest value a column that may not be empty can hold."""
    kinds = (
        (Boolean, False),
        (DateTime, _NOW),
        (Date, _DAY),
        ((Integer, Numeric), 0),
        (LargeBinary, b""),
    )
    return next((value for kind, value in kinds if isinstance(column.type, kind)), "")


def _of_json(column: Any, value: Any) -> Any:
    """A value of the world as its column takes it: JSON has neither moments nor bytes."""
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return value.encode("latin-1") if isinstance(column.type, LargeBinary) else value


def _load(world: dict[str, list[dict[str, Any]]]) -> None:
    """Put rows that have come about into the baseline. Its triggers sleep: they are for deeds, not for what was done."""
    tables = _tables()
    with db.engine.connect() as connection:
        asleep: list[str] = []
        if connection.dialect.name == "sqlite":
            # Taken off the end: of two triggers the one made last is asked first, and so it has to stay.
            made = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid"
            for name, sql in connection.execute(text(made)).all():
                asleep.append(sql)
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name, rows in world.items():
            columns = tables[name].c
            for row in rows:
                connection.execute(
                    insert(tables[name]).values({k: _of_json(columns[k], v) for k, v in row.items()})
                )
        for sql in asleep:
            connection.exec_driver_sql(sql)
        connection.commit()


def _fill(revision: str) -> None:
    if revision == REVISIONS[0]:
        _load(json.loads(_WORLD.read_text(encoding="utf-8")))
        return
    tables = _tables()
    with db.engine.connect() as connection:
        for name, said in _ROWS.get(revision, []):
            table = tables[name]
            row = {c.name: _nothing(c) for c in table.columns if not c.nullable and c.server_default is None}
            connection.execute(insert(table).values({**row, **said}))
        connection.commit()


#: Table → its rows, each column by name.
_Rows = dict[str, list[dict[str, Any]]]


def _contents() -> _Rows:
    with db.engine.connect() as connection:
        return {
            name: [
                dict(row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            ]
            for name, table in _tables().items()
        }


def _as_far_as(known: _Rows, shape: _Rows) -> _Rows:
    """Of the rows known, what a database of this shape can hold: its tables, their columns."""
    return {
        name: [{column: row[column] for column in rows[0]} for row in known[name]]
        for name, rows in shape.items()
    }


def test_each_migration_goes_up_down_and_up_again(bare: Flask) -> None:
    before = "base"
    guards: dict[str, set[str]] = {"base": set()}
    for revision in REVISIONS:
        schema.upgrade(revision)
        guards[revision] = _guards()
        shape = {name: sorted(table.columns.keys()) for name, table in _tables().items()}
        schema.downgrade(before)
        assert _guards() == guards[before], f"{revision} leaves triggers behind"
        schema.upgrade(revision)
        assert _guards() == guards[revision]
        assert {name: sorted(table.columns.keys()) for name, table in _tables().items()} == shape
        before = revision
    assert schema.current() == schema.newest() == REVISIONS[-1]
    assert schema._known() == set(REVISIONS)
    schema.downgrade("base")
    assert _tables() == {}
    assert _guards() == set()
    assert _functions() == set()


def test_the_tables_are_what_the_models_say(bare: Flask) -> None:
    schema.upgrade()
    assert Portal.__table__ in Base.metadata.sorted_tables
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_are_what_the_models_say(bare: Flask) -> None:
    """Alembic does not compare CHECK constraints, on which much of this portal rests; here their names are."""
    schema.upgrade()
    inspector = inspect(db.engine)
    for name, table in Base.metadata.tables.items():
        modelled = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        there = {check["name"] for check in inspector.get_check_constraints(name)}
        assert there == modelled, name


def test_the_indexes_and_keys_are_what_the_models_say(bare: Flask) -> None:
    """Alembic passes over what indexes leave out and what keys are called; here both are compared."""
    schema.upgrade()
    inspector = inspect(db.engine)
    kind = db.engine.dialect.name
    for name, table in Base.metadata.tables.items():
        told = {str(i.name): (i.unique, i.dialect_options[kind]["where"] is not None) for i in table.indexes}
        there = {
            str(index["name"]): (bool(index["unique"]), f"{kind}_where" in index.get("dialect_options", {}))
            for index in inspector.get_indexes(name)
            if not index.get("duplicates_constraint")
        }
        assert there == told, name
        keys = inspector.get_foreign_keys(name)
        # Beside a column that came later SQLite lets no name of a key stand.
        assert {
            (*key["constrained_columns"], key["referred_table"], *key["referred_columns"]) for key in keys
        } == {
            (*key.column_keys, key.referred_table.name, *(element.column.name for element in key.elements))
            for key in table.foreign_key_constraints
        }, name
        unique = {
            str(c.name): list(c.columns.keys()) for c in table.constraints if isinstance(c, UniqueConstraint)
        }
        found = {
            str(constraint["name"]): constraint["column_names"]
            for constraint in inspector.get_unique_constraints(name)
        }
        assert found == unique, name
        assert inspector.get_pk_constraint(name)["name"] == f"pk_{name}"


def _up_and_down_with_rows(revisions: list[str]) -> None:
    after: dict[str, _Rows] = {}
    for revision in revisions:
        schema.upgrade(revision)
        _fill(revision)
        after[revision] = _contents()
        empty = [name for name, rows in after[revision].items() if not rows]
        assert not empty, f"{revision} has tables that this test puts nothing into: {empty}"
    at_head = _contents()
    for revision in reversed(revisions[:-1]):
        schema.downgrade(revision)
        assert _contents() == _as_far_as(at_head, after[revision]), revision


def test_rows_of_the_baseline_and_of_every_step_after_it_survive_the_way_up_and_down(bare: Flask) -> None:
    assert set(_ROWS) <= set(REVISIONS)
    _up_and_down_with_rows(REVISIONS)


_LATER = """
import sqlalchemy as sa
from alembic import op

from migrations import rebuild, triggers

revision = "9999_later"
down_revision = {before!r}
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("kite", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_kite"))
    op.execute("INSERT INTO kite SELECT id FROM donation")
    op.add_column("donation", sa.Column("kites", sa.Integer(), nullable=False, server_default="0"))
    rebuild.swap(op, "donation", [], {{"ck_donation_kites": "CHECK (kites >= 0)"}})
    triggers.final(op, "kite")


def downgrade():
    triggers.drop_final(op, "kite")
    rebuild.swap(op, "donation", ["ck_donation_kites"], {{}})
    {lost}
    op.drop_table("kite")
"""


@pytest.mark.parametrize("keeps", [True, False])
def test_a_later_migration_is_tried_on_rows_and_found_out_when_it_loses_one(
    bare: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps: bool
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(_VERSIONS.parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    lost = 'rebuild.drop_columns(op, "donation", "kites")'
    if not keeps:
        lost += '\n    op.execute("DELETE FROM throttle_hit")'
    (folder / "versions" / "9999_later.py").write_text(_LATER.format(before=REVISIONS[-1], lost=lost))
    monkeypatch.setattr(schema, "_FOLDER", folder)
    tried = nullcontext() if keeps else pytest.raises(AssertionError)
    with tried:
        _up_and_down_with_rows([*REVISIONS, "9999_later"])
    schema.upgrade()
    assert schema.current() == schema.newest() == "9999_later"
    assert {"final_kite", "kept_kite", "final_donation"} <= _guards()
    assert [row["kites"] for row in _contents()["donation"]] == [0]
    assert len(_contents()["kite"]) == 1


#: Guarded table → the columns of its rows that no guard keeps as they are, and DELETE where rows may go.
_CHANGEABLE = Path(__file__).with_name("changeable.json")


def _another(column: Any, value: Any) -> Any:
    """A value of this column that it does not hold now."""
    empty = _nothing(column)
    if isinstance(empty, bool):
        return not value
    if isinstance(empty, date):
        return empty if value is None else value + timedelta(days=1)
    if isinstance(empty, int):
        return int(value or 0) + 1
    return type(empty)(b"y" if value == b"x" else b"x") if isinstance(empty, bytes) else "yx"[value != "x"]


def _refusing(connection: Connection, statement: Any) -> str:
    """The guard that says no to a statement; nothing where it is done or something else is in the way."""
    step = connection.begin_nested()
    try:
        connection.execute(statement)
    except DBAPIError as error:
        found = re.search(r"\b(final|kept)_\w+", str(error.orig))
        return found[0] if found else ""
    finally:
        step.rollback()
    return ""


def test_what_no_guard_keeps_as_it_is_is_written_down(bare: Flask) -> None:
    """With the guards alone, other triggers asleep: each is seen to refuse, and columns that nobody froze are known."""
    schema.upgrade()
    _fill(REVISIONS[0])
    guards = {name for name in _guards() if name.startswith(("final_", "kept_"))}
    seen: set[str] = set()
    changeable: dict[str, str] = {}
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            for name in _guards() - guards:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            others = "SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal"
            for name, table_name in connection.execute(text(others)).all():
                if name not in guards:
                    connection.exec_driver_sql(f"ALTER TABLE {table_name} DISABLE TRIGGER {name}")
        for name, table in _tables().items():
            if not {f"final_{name}", f"kept_{name}"} & guards:
                continue
            free = {"DELETE", *table.columns.keys()}
            for row in connection.execute(select(table)).mappings().all():
                this = and_(*(column == row[column.name] for column in table.primary_key))
                for what in sorted(free):
                    change = (
                        delete(table).where(this)
                        if what == "DELETE"
                        else update(table).where(this).values({what: _another(table.c[what], row[what])})
                    )
                    if guard := _refusing(connection, change):
                        seen.add(guard)
                        free.remove(what)
            if free:
                changeable[name] = " ".join(sorted(free))
        connection.rollback()
    assert guards - seen == set(), "no row of world.json shows that these refuse"
    told = json.loads(_CHANGEABLE.read_text(encoding="utf-8"))
    assert changeable == told, "is it meant to change? Then changeable.json says so"


def test_migrations_import_nothing_of_the_portal() -> None:
    """What a migration makes must not change when the portal does."""
    files = [file for file in _VERSIONS.parent.rglob("*.py") if file.name != "env.py"]
    assert _VERSIONS / "0001_baseline.py" in files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not [name for name in names if name.split(".")[0] == "app"], file


@pytest.mark.postgres
def test_the_schema_is_written_down_in_docs(postgres_server: TempPostgres) -> None:
    _, postgresql = schema_text.both(postgres_server)
    assert schema_text.DOCS.read_text(encoding="utf-8") == schema_text.docs(postgresql), (
        "run .venv/bin/python tests/schema_text.py"
    )


@pytest.mark.postgres
def test_the_guards_stand_on_both_databases_alike(
    sqlite_portal: Flask, postgres_server: TempPostgres, tmp_path: Path
) -> None:
    on_sqlite = _guards()
    postgres_server.create("guards")
    other = create_app(settings_for(tmp_path / "pg", postgres_server.url("guards")))
    with other.app_context():
        schema.upgrade()
        on_postgres = _guards()
        db.session.remove()
        db.engine.dispose()
    assert on_sqlite == on_postgres
    for name in ("final_entry", "kept_entry", "account_moves_by_entry", "entry_moves_balances"):
        assert name in on_sqlite
    for table in (
        "audit_event",
        "chain_link",
        "donation",
        "bank_event",
        "vote",
        "payment",
        "delivery",
        "edition",
    ):
        assert {f"final_{table}", f"kept_{table}"} <= on_sqlite
