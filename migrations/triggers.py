"""Triggers: rules that the database itself keeps, written once and made for SQLite and PostgreSQL alike.

A refusal carries a name, the way a constraint does, so that `app.kit.db.explain` can give it Thai words.

Migrations use it and import nothing of `app`: what a migration makes must not change when the portal does. So what is
here stays as it is for the migrations that there are; what a later one needs otherwise is put beside it.
"""

from collections.abc import Sequence
from typing import Protocol


class _Op(Protocol):
    """The part of Alembic's `op` used here."""

    def execute(self, sqltext: str) -> None: ...

    def get_bind(self) -> object: ...


def _on_sqlite(op: _Op) -> bool:
    return op.get_bind().dialect.name == "sqlite"  # type: ignore[attr-defined, no-any-return]


def refuse(op: _Op, table: str, when: str, *, name: str, if_: str, lock: str = "") -> None:
    """Refuse a row when a condition over NEW and OLD holds.

    `when` is INSERT, UPDATE or DELETE. `lock` is a SELECT … FOR UPDATE that PostgreSQL runs first where the
    condition counts other rows; SQLite has one writer and needs none.
    """
    if _on_sqlite(op):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when} ON {table} WHEN {if_} BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        return
    locked = f"PERFORM 1 FROM ({lock}) AS held;" if lock else ""
    back = "OLD" if when == "DELETE" else "NEW"
    op.execute(
        f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {locked}
        IF {if_} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{name}', CONSTRAINT = '{name}'; END IF;
        RETURN {back}; END $$"""
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def follow(op: _Op, table: str, when: str, *, name: str, do: str) -> None:
    """Let a statement over NEW and OLD follow each row that is put in, changed or taken away, in the same transaction."""
    if _on_sqlite(op):
        op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {do}; END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {do}; RETURN NULL; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def final(op: _Op, table: str, *, columns: Sequence[str] | None = None) -> None:
    """Refuse DELETE, and UPDATE of any column, or only of the columns named."""
    changed = (
        "1 = 1" if columns is None else " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns)
    )
    if _on_sqlite(op):
        changed = changed.replace("IS DISTINCT FROM", "IS NOT")
    refuse(op, table, "UPDATE", name=f"final_{table}", if_=changed)
    refuse(op, table, "DELETE", name=f"kept_{table}", if_="1 = 1")


def drop(op: _Op, table: str, *names: str) -> None:
    """Take triggers away again."""
    for name in names:
        if _on_sqlite(op):
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")


def drop_final(op: _Op, table: str) -> None:
    drop(op, table, f"final_{table}", f"kept_{table}")
