"""Constraints of a table that holds rows are changed on both databases, and nothing that hung on it is lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from app.kit.db import db
from migrations import rebuild, triggers


@pytest.fixture
def op(portal: Flask) -> Iterator[Operations]:
    """Alembic's `op` over a connection whose changes are thrown away, with a table that holds a row."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA legacy_alter_table=ON")  # type: ignore[union-attr]
        op = Operations(MigrationContext.configure(connection))
        op.execute(
            """CREATE TABLE jar (id INTEGER NOT NULL, label VARCHAR(20) NOT NULL, grams INTEGER NOT NULL,
            CONSTRAINT pk_jar PRIMARY KEY (id), CONSTRAINT ck_jar_label CHECK (label IN ('ข้าว', 'a, (b)')),
            CONSTRAINT uq_jar_label UNIQUE (label))"""
        )
        op.execute("CREATE INDEX ix_jar_grams ON jar (grams)")
        triggers.final(op, "jar", columns=["label"])
        op.execute("INSERT INTO jar VALUES (1, 'a, (b)', 5)")
        yield op
        connection.rollback()
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA legacy_alter_table=OFF")  # type: ignore[union-attr]


def _connection(op: Operations) -> Connection:
    return op.get_bind()


def _rows(op: Operations) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in _connection(op).execute(text("SELECT * FROM jar ORDER BY id"))]


def _refused(op: Operations, statement: str) -> bool:
    try:
        with _connection(op).begin_nested():
            op.execute(statement)
    except DBAPIError:
        return True
    return False


def test_a_check_takes_its_new_condition_and_keeps_what_hung_on_the_table(op: Operations) -> None:
    assert _refused(op, "INSERT INTO jar VALUES (2, 'เกลือ', 1)")
    rebuild.recheck(op, "jar", "ck_jar_label", "label IN ('ข้าว', 'a, (b)', 'เกลือ')")
    op.execute("INSERT INTO jar VALUES (2, 'เกลือ', 1)")
    assert _rows(op) == [(1, "a, (b)", 5), (2, "เกลือ", 1)]
    assert _refused(op, "INSERT INTO jar VALUES (3, 'น้ำตาล', 1)")
    assert _refused(op, "INSERT INTO jar VALUES (3, 'เกลือ', 1)"), "the other constraints stay"
    assert _refused(op, "UPDATE jar SET label = 'ข้าว' WHERE id = 1"), "the triggers stay"
    assert {index["name"] for index in inspect(_connection(op)).get_indexes("jar")} >= {"ix_jar_grams"}


def test_a_condition_that_a_row_does_not_meet_is_refused(op: Operations) -> None:
    with pytest.raises(DBAPIError), _connection(op).begin_nested():
        rebuild.recheck(op, "jar", "ck_jar_label", "label IN ('ข้าว')")
    assert _rows(op) == [(1, "a, (b)", 5)]


def test_a_column_joins_the_key_and_leaves_again(op: Operations) -> None:
    op.execute("ALTER TABLE jar ADD COLUMN shelf VARCHAR(2) DEFAULT '' NOT NULL")
    rebuild.reconstrain(op, "jar", "uq_jar_label", "UNIQUE (label, shelf)")
    op.execute("INSERT INTO jar VALUES (2, 'a, (b)', 1, 'B')")
    assert _refused(op, "INSERT INTO jar VALUES (3, 'a, (b)', 1, 'B')")
    triggers.drop(op, "jar", "kept_jar")
    op.execute("DELETE FROM jar WHERE id = 2")
    rebuild.reconstrain(op, "jar", "uq_jar_label", "UNIQUE (label)")
    rebuild.drop_columns(op, "jar", "shelf")
    assert _rows(op) == [(1, "a, (b)", 5)]
    assert _refused(op, "INSERT INTO jar VALUES (4, 'a, (b)', 1)")


def test_an_unknown_constraint_is_an_error(op: Operations) -> None:
    with pytest.raises((LookupError, DBAPIError)), _connection(op).begin_nested():
        rebuild.recheck(op, "jar", "ck_jar_weight", "grams > 0")
    with pytest.raises((LookupError, DBAPIError)), _connection(op).begin_nested():
        rebuild.swap(op, "jar", ["ck_jar_weight"], {})


def test_constraints_make_room_for_others_and_come_back(op: Operations) -> None:
    new = {"ck_jar_light": "CHECK (grams < 10)", "uq_jar_both": "UNIQUE (label, grams)"}
    rebuild.swap(op, "jar", ["uq_jar_label"], new)
    op.execute("INSERT INTO jar VALUES (2, 'a, (b)', 6)")
    assert _refused(op, "INSERT INTO jar VALUES (3, 'a, (b)', 6)")
    assert _refused(op, "INSERT INTO jar VALUES (3, 'ข้าว', 10)")
    triggers.drop(op, "jar", "kept_jar")
    op.execute("DELETE FROM jar WHERE id = 2")
    rebuild.swap(op, "jar", list(new), {"uq_jar_label": "UNIQUE (label)"})
    assert _refused(op, "INSERT INTO jar VALUES (3, 'a, (b)', 20)")
    op.execute("INSERT INTO jar VALUES (3, 'ข้าว', 20)")
