"""What every test may ask for: a portal on SQLite and on PostgreSQL, and the people who work in it."""

import gc
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import demonstration
import psycopg
import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from markup import parsed
from people import HASHER, Cast
from portals import Compiled, Portal, settings_for
from postgres import TempPostgres
from sqlalchemy import Engine, event
from werkzeug.routing import Rule
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from app.editions.checks import tables_add_up
from app.fund.ledger import books
from app.kit import schema
from app.kit.db import db
from app.settings import Settings
from app.staff import signin
from templates import Asked, Template, taken

#: Tests that share a served portal, or a world that takes longer to make than they do.
_SHARING = ("tests/browser/", "tests/test_proxy.py", "tests/editions/test_differences.py")
#: What takes longest or waits longest, in this order before all others: no worker is left alone with it at the end.
_LONGEST = (
    *("tests/browser/", "tests/demo/test_demo_forms.py", "tests/test_proxy.py", "tests/test_serving.py"),
    *("tests/fund/test_misbehaving_month.py", "tests/fund/test_bank_long_statements.py"),
    *("tests/fund/test_receipt_batches.py", "tests/demo/", "tests/editions/", "tests/test_cli.py"),
    *(
        "tests/warroom/test_start_pages_at_size.py",
        "tests/fund/test_kill_9.py",
        "tests/fund/test_fund_machine.py",
    ),
    *("tests/test_story.py", "tests/fund/test_bank_permutations.py", "tests/fund/test_slip_flood.py"),
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next(
            (at for at, begins in enumerate(_LONGEST) if item.nodeid.startswith(begins)), len(_LONGEST)
        )

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What was imported stays until the end: the garbage collector need not go through it with every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Hands each test to whichever worker is free; tests that share something stay with one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return next(
            (shared for shared in _SHARING if nodeid.startswith(shared)),
            nodeid,
        )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    # The mark xdist_group would say it, but xdist 3.8 writes it on a name that pytest 9.2 reads no more.
    return Together(config, log)


_numbers = itertools.count(1)


#: Connections to databases that tests opened and nobody has closed; those of engines that are kept outlive a test.
_open_connections: list[Any] = []


@pytest.fixture(autouse=True)
def _closed_at_the_end() -> Iterator[None]:
    """No connection that a test opened, by a thread, a second portal or a command, is left to the collector."""

    def note(connection: Any, _record: Any) -> None:
        _open_connections.append(connection)

    event.listen(Engine, "connect", note)
    yield
    event.remove(Engine, "connect", note)
    kept = Portal.kept_connections()
    for connection in _open_connections:
        if connection not in kept:
            connection.close()
    _open_connections[:] = kept


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

# A password is hashed slowly so that guessing is slow; a test of staff sees to it that it still is.
signin._HASHER = HASHER


@contextmanager
def _opened(settings: Settings, *, again: bool = False) -> Iterator[Flask]:
    with Portal.opened(settings, again=again) as app:
        yield app


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Template]]:
    """Files to copy, empty and with the people of the tests, and what is in them."""
    found = {}
    for name in ("empty", "people"):
        folder = tmp_path_factory.mktemp(name)
        if name == "people":
            shutil.copy(found["empty"][0], folder / "kueakun.sqlite")
        with _opened(settings_for(folder)) as app:
            if name == "people":
                Cast(app)
            else:
                schema.upgrade()
            template = taken()
            db.session.remove()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        found[name] = folder / "kueakun.sqlite", template
    return found


@pytest.fixture(scope="session")
def sqlite_template(sqlite_templates: dict[str, tuple[Path, Template]]) -> Path:
    """The database of an empty, migrated portal."""
    return sqlite_templates["empty"][0]


@pytest.fixture(scope="session")
def of_all_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the workers of a run have together."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def _told_each_other(of_all_workers: Path) -> None:
    """What one worker compiled and found to parse, the others need not."""
    folder = of_all_workers / "templates"
    folder.mkdir(exist_ok=True)
    Compiled.files = FileSystemBytecodeCache(str(folder))
    parsed.file = of_all_workers / "parsed"


@pytest.fixture(scope="session")
def loaded_folder(of_all_workers: Path) -> Path:
    """The data folder of a demonstration, to copy."""
    folder = of_all_workers / "demonstration"
    demonstration.loaded(folder)
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[TempPostgres]:
    server = TempPostgres()
    yield server
    Portal.forget_all()
    server.stop()


@pytest.fixture(scope="session")
def postgres_templates(
    postgres_server: TempPostgres,
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_templates: dict[str, tuple[Path, Template]],
) -> dict[str, Template]:
    """What is in the databases `template_empty` and `template_people`."""
    found = {}
    for name in ("empty", "people"):
        postgres_server.create(
            f"template_{name}", template="template_empty" if name == "people" else "template1"
        )
        with _opened(
            settings_for(tmp_path_factory.mktemp("pg"), postgres_server.url(f"template_{name}"))
        ) as app:
            if name == "people":
                Cast(app)
            else:
                schema.upgrade()
                postgres_server.watch("template_empty")
            found[name] = taken()
            # An integrity check reads the same tables on both. That the published tables add up is worked out from the
            # same rows, and takes longer than all others together: SQLite, where each of these worlds is made too, tells it.
            found[name].read = sqlite_templates[name][1].read | {
                check: frozenset() for check, asked in books.CHECKS.get().items() if asked is tables_add_up
            }
    return found


@pytest.fixture(scope="session")
def postgres_template(postgres_server: TempPostgres, postgres_templates: dict[str, Template]) -> TempPostgres:
    """The server, with the database of an empty, migrated portal: `template_empty`."""
    return postgres_server


def _open(settings: Settings, template: Template, ask: Asked | None = None) -> Iterator[Flask]:
    with _opened(settings, again=ask is not None) as app:
        yield app
        db.session.rollback()
        found = template.findings(ask) if ask else template.findings()
    assert found == [], "the books do not hold at the end of this test"


def _postgres(server: TempPostgres, folder: Path, name: str, template: Template) -> Iterator[Flask]:
    """A portal on a database that is brought back and used again; one whose schema a test changed is thrown away."""
    like, ready = f"template_{name}", server.ready.setdefault(name, [])
    if ready:
        database = ready.pop()
    else:
        database = f"portal_{next(_numbers)}"
        server.create(database, template=like)
    ask = partial(server.ask, database)
    yield from _open(settings_for(folder, server.url(database)), template, ask)
    with suppress(psycopg.Error):
        if server.clear(database, template.changed(ask), like=like):
            ready.append(database)
            return
    Portal.forget(server.url(database))
    server.drop(database)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a portal runs once on each database, or on the one that it names.

    What is marked as being about pages and words runs on SQLite alone: who opens every page there is on PostgreSQL is
    in tests/demo/test_demo_forms.py.
    """
    if "portal" not in metafunc.fixturenames:
        return
    sqlite, postgres = "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)
    on: list[Any] = [sqlite, postgres]
    pages = metafunc.definition.get_closest_marker("pages") and "postgres_portal" not in metafunc.fixturenames
    if "sqlite_portal" in metafunc.fixturenames or pages:
        on.remove(postgres)
    if "postgres_portal" in metafunc.fixturenames:
        on.remove(sqlite)
    metafunc.parametrize("portal", on, indirect=True)


@pytest.fixture
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A migrated portal inside its application context, with the people of the tests where those are asked for and
    else empty; the test runs once on each database."""
    names = request.fixturenames
    name = "people" if "cast" in names and "new_fund" not in names else "empty"
    if request.param == "sqlite":
        file, template = request.getfixturevalue("sqlite_templates")[name]
        shutil.copy(file, tmp_path / "kueakun.sqlite")
        yield from _open(settings_for(tmp_path), template)
    else:
        server = request.getfixturevalue("postgres_server")
        template = request.getfixturevalue("postgres_templates")[name]
        yield from _postgres(server, tmp_path, name, template)


@pytest.fixture
def sqlite_portal(portal: Flask) -> Flask:
    """A portal for what has nothing to do with which database it is, or is about SQLite."""
    return portal


@pytest.fixture
def postgres_portal(portal: Flask) -> Flask:
    return portal


@pytest.fixture
def new_fund() -> None:
    """The fund has no account yet; see cast."""


@pytest.fixture
def cast(request: pytest.FixtureRequest, portal: Flask) -> Cast:
    """The people of the tests, already employed: see people.Cast."""
    return Cast(portal, has_account="new_fund" not in request.fixturenames)
