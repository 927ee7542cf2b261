"""The one list: what a room makes and does not list in `app/rooms.py` is found here."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from app.kit.listed import Listed
from app.rooms import ROOMS

_APP = Path(__file__).resolve().parents[1] / "app"


def _tagged(*decorators: str) -> Iterator[tuple[str, str]]:
    """Module and name of every function that carries one of these decorators, by the last word of the decorator."""
    for path in sorted(_APP.rglob("*.py")):
        module = ".".join(path.relative_to(_APP.parent).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text()).body:
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


def test_a_list_that_nobody_set_is_missed_loudly_and_not_taken_for_an_empty_one() -> None:
    checks: Listed[list[str]] = Listed("integrity checks")
    with pytest.raises(RuntimeError, match="nobody has listed the integrity checks"):
        checks.get()
    checks.set([])
    assert checks.get() == []
    with checks.instead(["another"]):
        assert checks.get() == ["another"]
    assert checks.get() == []
