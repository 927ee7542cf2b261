"""The one list: what a room makes and does not list in `app/rooms.py` is found here."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from flask import Flask

from app.cli import kueakun
from app.fund.ledger import journal
from app.kit.injected import Injected
from app.rooms import DEMO, HANDLERS, ROOMS, SCHEDULED_JOBS

_APP = Path(__file__).resolve().parents[1] / "app"


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(_APP.rglob("*.py")):
        module = ".".join(path.relative_to(_APP.parent).with_suffix("").parts).removesuffix(".__init__")
        yield module, ast.parse(path.read_text())


def _names(node: ast.stmt) -> list[str]:
    """The names that a statement of a module assigns."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _tagged(*decorators: str) -> Iterator[tuple[str, str]]:
    """Module and name of every function that carries one of these decorators, by the last word of the decorator."""
    for module, tree in _modules():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                calls = (call.func if isinstance(call, ast.Call) else call for call in node.decorator_list)
                names = {
                    call.attr if isinstance(call, ast.Attribute) else ast.unparse(call) for call in calls
                }
                if names & set(decorators):
                    yield module, node.name


def test_every_integrity_check_that_is_written_is_listed_once() -> None:
    written = [getattr(import_module(module), name) for module, name in _tagged("integrity_check")]
    listed = [check for room in ROOMS for check in room.checks]
    assert sorted(check.name for check in listed) == sorted(check.name for check in written)
    assert len({check.name for check in listed}) == len(listed)


def test_the_words_of_every_refusal_that_is_written_are_listed_once() -> None:
    written = {
        id(import_module(module).REFUSALS)
        for module, tree in _modules()
        if any("REFUSALS" in _names(node) for node in tree.body) and module != "app.kit.db"
    }
    assert {id(room.refusals) for room in ROOMS if room.refusals} == written
    names = [name for room in ROOMS for name in room.refusals]
    assert len(names) == len(set(names)) > 150


def test_every_module_of_views_is_listed_at_its_room() -> None:
    written = {
        module
        for module, tree in _modules()
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        if any(ast.unparse(decorator).startswith("bp.") for decorator in node.decorator_list)
    }
    listed = [page.__name__ for room in (*ROOMS, DEMO) for page in room.pages]
    assert sorted(listed) == sorted(written)


def test_every_command_that_is_written_is_one_of_the_program() -> None:
    def callbacks(command: click.Command) -> Iterator[tuple[str, str]]:
        if command.callback is not None:
            written = inspect.unwrap(command.callback)
            yield written.__module__, written.__name__
        for part in getattr(command, "commands", {}).values():
            yield from callbacks(part)

    assert set(_tagged("command", "group")) - set(callbacks(kueakun)) == set()


def test_every_job_of_a_room_is_asked_for_or_comes_round() -> None:
    written = {
        getattr(import_module(module), node.name)
        for module, tree in _modules()
        if module.endswith(".jobs") and module != "app.jobs"
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    listed = {scheduled.job for scheduled in SCHEDULED_JOBS} | set(HANDLERS.values())
    assert written - listed == set()
    assert (len(SCHEDULED_JOBS), len({scheduled.job for scheduled in SCHEDULED_JOBS})) == (26, 26)


def test_whatever_a_deed_asks_to_be_done_soon_has_its_handler() -> None:
    asked = {
        node.args[0].value
        for _, tree in _modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "queue.ask"
        if isinstance(node.args[0], ast.Constant)
    }
    assert asked == set(HANDLERS)


def test_every_deed_that_waits_for_a_second_person_is_listed_at_its_room() -> None:
    written = {
        id(kind)
        for module, tree in _modules()
        if any("APPROVALS" in _names(node) for node in tree.body)
        for kind in import_module(module).APPROVALS
    }
    listed = [kind for room in ROOMS for kind in room.approvals]
    assert {id(kind) for kind in listed} == written
    assert len({kind.kind for kind in listed}) == len(listed)


def test_the_journal_says_of_these_sources_what_people_call_them(sqlite_portal: Flask) -> None:
    assert set(journal.EXPLAINERS.get()) == {
        "donation_id",
        "commitment_id",
        "payment_id",
        "payment_return_id",
        "opening_balance_id",
    }


def test_every_injected_value_is_set_and_every_slot_bound_once(
    sqlite_portal: Flask,
) -> None:
    values = [
        value
        for module, _ in _modules()
        for value in vars(import_module(module)).values()
        if isinstance(value, Injected)
    ]
    assert len(set(values)) >= 10
    for injected in values:
        injected.get()
    slots = [binding.slot for room in ROOMS for binding in room.bindings]
    assert len(slots) == len(set(slots))


def test_a_value_that_nobody_set_is_missed_loudly_and_not_taken_for_an_empty_list() -> None:
    checks: Injected[list[str]] = Injected("integrity checks")
    with pytest.raises(RuntimeError, match="nobody has set the integrity checks"):
        checks.get()
    checks.set([])
    assert checks.get() == []
    with checks.instead(["another"]):
        assert checks.get() == ["another"]
    assert checks.get() == []


def test_what_the_rooms_of_families_refuse_is_written_down_nowhere() -> None:
    assert [room.name for room in ROOMS if room.names_families] == ["register", "care"]
