"""The one list: what a room makes and does not list in `app/rooms.py` is found here."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from app.kit.listed import Listed
from app.rooms import ROOMS

_APP = Path(__file__).resolve().parents[1] / "app"


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(_APP.rglob("*.py")):
        module = ".".join(path.relative_to(_APP.parent).with_suffix("").parts).removesuffix(".__init__")
        yield module, ast.parse(path.read_text())


def _names(node: ast.stmt) -> list[str]:
    """The names that a statement of a module assigns."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [one.id for one in targets if isinstance(one, ast.Name)]


def _tagged(*decorators: str) -> Iterator[tuple[str, str]]:
    """Module and name of every function that carries one of these decorators, by the last word of the decorator."""
    for module, tree in _modules():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                calls = (one.func if isinstance(one, ast.Call) else one for one in node.decorator_list)
                names = {one.attr if isinstance(one, ast.Attribute) else ast.unparse(one) for one in calls}
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


def test_a_list_that_nobody_set_is_missed_loudly_and_not_taken_for_an_empty_one() -> None:
    checks: Listed[list[str]] = Listed("integrity checks")
    with pytest.raises(RuntimeError, match="nobody has listed the integrity checks"):
        checks.get()
    checks.set([])
    assert checks.get() == []
    with checks.instead(["another"]):
        assert checks.get() == ["another"]
    assert checks.get() == []
