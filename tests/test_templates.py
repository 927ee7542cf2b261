"""That no fault of the books is missed because the checks are asked only where a test wrote."""

import sqlite3
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from people import Cast
from portals import Portal, settings_for
from postgres import TempPostgres
from sqlalchemy import text

from app.editions.checks import tables_add_up
from app.fund.ledger import books
from app.kit.db import db
from templates import Template


def test_every_table_that_a_row_is_written_to_deleted_from_or_altered_in_counts_as_changed(
    sqlite_portal: Flask, cast: Cast, sqlite_templates: dict[str, tuple[Path, Template]]
) -> None:
    template = sqlite_templates["people"][1]
    assert template.changed() == set()
    # By somebody else, past every rule.
    beside = sqlite3.connect(sqlite_portal.extensions["kueakun"].data / "kueakun.sqlite")
    beside.executescript("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
    for (name,) in beside.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        beside.execute(f'DROP TRIGGER "{name}"')
    seen: set[str] = set()
    for name in [*template.empty, *template.filled]:
        columns = [row[1] for row in beside.execute(f'PRAGMA table_info("{name}")')]
        deeds = [f'INSERT INTO "{name}" VALUES ({", ".join(["987654"] * len(columns))})']
        if name in template.filled:
            deeds = [f'UPDATE "{name}" SET "{columns[-1]}" = 987654', f'DELETE FROM "{name}"', *deeds]
        for deed in deeds:
            beside.execute(deed)
            beside.commit()
            db.session.rollback()
            assert template.changed() == {*seen, name}, deed
        beside.execute(f'DELETE FROM "{name}"')
        beside.commit()
        if name in template.filled:
            seen.add(name)
    beside.close()
    db.session.rollback()
    assert template.changed() == set(template.filled)


def test_books_that_do_not_hold_are_found_at_the_end_of_a_test(
    portal: Flask, cast: Cast, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.params["portal"]
    templates = request.getfixturevalue(f"{kind}_templates")
    template = templates["people"][1] if kind == "sqlite" else templates["people"]
    assert template.findings() == []
    assert set(template.read) == set(books.CHECKS.get())
    # That the published tables add up is told on SQLite alone.
    assert all(
        tables or (kind, books.CHECKS.get()[name]) == ("postgres", tables_add_up)
        for name, tables in template.read.items()
    )
    # On PostgreSQL most are asked as one query.
    assert (len(template.queries) > 30) == (kind == "postgres")
    session = db.session()
    on = "" if kind == "sqlite" else " ON account"
    session.execute(text(f"DROP TRIGGER account_moves_by_entry{on}"))
    for satang in (5, 0):
        session.execute(
            text("UPDATE account SET balance_satang = :satang WHERE kind = 'paid'"), {"satang": satang}
        )
        told = [
            f"{name}: {finding}"
            for name, findings in books.check().items()
            if kind == "sqlite" or books.CHECKS.get()[name] is not tables_add_up
            for finding in findings
        ]
        assert template.findings() == told
        assert bool(template.findings()) == bool(satang)
    session.rollback()


def test_a_portal_that_a_test_changed_is_not_opened_again(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    with Portal.opened(settings) as first:
        first.extensions["profile"] = None
        first.config["TESTING"] = None
    with Portal.opened(settings) as same:
        assert same is first
        assert same.extensions["profile"]
        assert same.config["TESTING"]
        same._got_first_request = False
        same.add_url_rule("/new", "new", lambda: "new")
    with Portal.opened(settings) as other:
        assert other is not first
        assert other.test_client().get("/new").status_code == 404


@pytest.mark.postgres
def test_triggers_that_a_test_changed_stand_again_and_a_changed_table_is_thrown_away(
    postgres_template: TempPostgres,
) -> None:
    postgres_template.create("mended", template="template_empty")
    asked = (
        "SELECT tgrelid::regclass, pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal"
    )
    before = set(postgres_template.ask("mended", asked))
    with psycopg.connect(postgres_template._dsn("mended"), autocommit=True) as beside:
        beside.execute("DROP TRIGGER account_moves_by_entry ON account")
        beside.execute("ALTER TABLE payment DISABLE TRIGGER USER")
        beside.execute(
            "CREATE TRIGGER other BEFORE UPDATE ON account "
            "FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        )
        assert len(before - set(postgres_template.ask("mended", asked))) > 1
        assert postgres_template.clear("mended", [], like="template_empty")
        assert set(postgres_template.ask("mended", asked)) == before
        beside.execute("ALTER TABLE account ADD COLUMN more integer")
        assert not postgres_template.clear("mended", [], like="template_empty")
    postgres_template.drop("mended")
