"""Changes rules of the committee, of spending and of the ledger at random, and tells which changes no test notices.

    nice -n 10 .venv/bin/python tests/mutants.py --count 200 --seed 1 [--only spending/orders]

Each mutant is one comparison, boundary, and/or, not, sign or number changed, or one refusal left out. Its room's few tests run on
SQLite until the first fails. Those that survive are printed, one a line; what is known of such stands in docs/mutants.md.
"""

import argparse
import ast
import copy
import importlib
import importlib.machinery
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
_COMMITTEE = ("committee_resolutions", "committee_rules")
_SPENDING = ("spending_payments", "spending_voids", "spending_advances")
#: Module below app/fund → the test files that break first.
TESTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            f"committee/{name}"
            for name in [
                "agenda",
                "attendance",
                "commitments",
                "frozen",
                "item_status",
                "meetings",
                "motions",
            ]
        ),
        _COMMITTEE,
    ),
    **dict.fromkeys((f"committee/{name}" for name in ["resolutions", "seats", "votes"]), _COMMITTEE),
    **dict.fromkeys(("committee/minutes", "committee/follow_ups"), ("committee_minutes", *_COMMITTEE)),
    "committee/proposals": ("spending_proposals", *_COMMITTEE),
    "spending/orders": (*_SPENDING, "spending_vendors"),
    "spending/payments": (*_SPENDING, "spending_transfers", "spending_vendors"),
    "spending/voids": ("spending_voids", "spending_lines", "spending_payments"),
    "spending/advances": ("spending_advances",),
    "spending/sums": _SPENDING,
    "spending/tracing": ("spending_payments", "opening"),
    "spending/transfers": ("spending_transfers",),
    "spending/bank_lines": ("spending_lines",),
    "spending/paid_lines": ("spending_lines", "spending_voids", "continuity"),
    "spending/papers": ("spending_papers",),
    "spending/vendors": ("spending_vendors",),
    "spending/signatories": ("spending_vendors", "spending_payments"),
    "ledger/entries": ("ledger_entries",),
    "ledger/accounts": ("ledger_entries",),
    "ledger/books": ("ledger_entries", "expected_checks"),
    "ledger/months": ("continuity", "opening"),
    "ledger/opening": ("opening",),
    "ledger/opening_files": ("opening",),
    "ledger/trial_balances": ("trial_balances",),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What this node may become."""
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            for other in _COMPARISONS.get(type(operator), ()):
                changed = copy.deepcopy(node)
                changed.ops[at] = other()
                yield changed
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        if not any(isinstance(part, ast.JoinedStr) for part in (node.left, node.right)):
            yield ast.BinOp(node.left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.right)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Raise):
        yield ast.Pass()


def _sites(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each node with what it may become. How many rows a query reads to find one, and what a decorator says, is no rule."""
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute) and tree.func.attr == "limit":
        yield from _sites(tree.func)
        return
    for changed in _changes(tree):
        yield tree, changed
    for name, value in ast.iter_fields(tree):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name != "decorator_list":
                yield from _sites(child)


class _Changed(ast.NodeTransformer):
    """One node of a tree is another."""

    def __init__(self, node: ast.AST, changed: ast.AST) -> None:
        self.node, self.changed = node, changed

    def visit(self, node: ast.AST) -> ast.AST:
        if node is not self.node:
            return self.generic_visit(node)
        return ast.fix_missing_locations(ast.copy_location(self.changed, node))


def _of(module: str) -> tuple[Path, ast.Module]:
    file = ROOT / "app" / "fund" / f"{module}.py"
    return file, ast.parse(file.read_text(encoding="utf-8"))


def _preload() -> None:
    """What is not ours is imported once: each mutant is a fork of this process."""
    told = "import sys; sys.path.insert(0, 'tests/makers'); import app, pytest, portals, people; print(*sys.modules)"
    known = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = {"app", "__main__", *(path.stem for path in (ROOT / "tests" / "makers").glob("*.py"))}
    for name in known.stdout.split():
        if name.split(".")[0] not in ours:
            with suppress(Exception):
                importlib.import_module(name)


def _survives(file: Path, tree: ast.Module, tests: tuple[str, ...], seconds: int) -> str:
    """Whether the tests pass with this module: `survived`, `killed` or `late`."""
    child = os.fork()
    if child == 0:
        read = importlib.machinery.SourceFileLoader.get_code
        code = compile(tree, str(file), "exec")

        def get_code(self: importlib.machinery.SourceFileLoader, name: str) -> object:
            return code if self.path == str(file) else read(self, name)

        importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]
        sys.path.insert(0, str(ROOT))
        os.chdir(ROOT)
        import pytest

        paths = [f"tests/fund/test_{name}.py" for name in (*tests, "rules_at_their_edge")]
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            said = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-m", "not postgres", *paths])
        os._exit(int(said))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "survived" if status == 0 else "killed"
        time.sleep(0.05)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "late"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="")
    asked.add_argument("--seconds", type=int, default=240)
    given = asked.parse_args()
    sites = [
        (module, number)
        for module in TESTS
        if given.only in module
        for number, _ in enumerate(_sites(_of(module)[1]))
    ]
    random.Random(given.seed).shuffle(sites)
    _preload()
    broken = ast.parse("raise RuntimeError")
    assert _survives(_of("committee/votes")[0], broken, ("committee_rules",), 240) == "killed"
    told: dict[str, int] = {}
    for module, number in sites[: given.count]:
        file, tree = _of(module)
        node, changed = next(site for at, site in enumerate(_sites(tree)) if at == number)
        words = f"{node.lineno}  {ast.unparse(node)[:90]}  →  {ast.unparse(changed)[:90]}"  # type: ignore[attr-defined]
        tree = _Changed(node, changed).visit(tree)
        assert isinstance(tree, ast.Module)
        outcome = _survives(file, tree, TESTS[module], given.seconds)
        told[outcome] = told.get(outcome, 0) + 1
        if outcome != "killed":
            print(f"{outcome}  {module}.py:{words}", flush=True)
    print(f"{sum(told.values())} of {len(sites)} possible mutants: {told}", flush=True)


if __name__ == "__main__":
    main()
