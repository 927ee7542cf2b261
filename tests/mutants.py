"""Changes rules of the committee, of spending and of the ledger at random, and tells which changes no test notices.

    nice -n 10 .venv/bin/python tests/mutants.py --count 200 --seed 1 [--only spending/orders]

Each mutant is one comparison, boundary, and/or, not, sign or number changed, or one refusal left out. The tests of these rooms' rules
run once on SQLite first, to learn which of them come to which line; of a mutant run those that come to its line, the quickest
first, until one fails. Those that survive are printed, one a line; what is known of such stands in docs/mutants.md.
"""

import argparse
import ast
import copy
import importlib
import importlib.machinery
import io
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FUND = ROOT / "app" / "fund"
#: What writes words of the schema, or shows and asks, is no rule.
_NO_RULES = ("/records/", "_pages.py", "/pages.py", "/forms.py", "/commands.py", "/words.py", "/refusals.py")
MODULES = [
    str(file.relative_to(FUND).with_suffix(""))
    for room in ("committee", "spending", "ledger")
    for file in sorted((FUND / room).rglob("*.py"))
    if not any(part in str(file) for part in _NO_RULES)
]
#: The tests of these rooms; those of random worlds say too late what is wrong.
_TESTS = (
    *("committee_*", "spending_*", "ledger_entries", "ledger_pages", "circulations", "circulation_pages"),
    *("ratifications", "body_rules", "opening", "trial_balances", "continuity", "carry_over", "trace_paths"),
    *("expected_checks", "who_decides", "amendments", "tax_returns", "rules_at_their_edge"),
)
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
    file = FUND / f"{module}.py"
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


class _Learns:
    """Plugin of pytest: which test comes to which line, how long it takes, and the databases that tests begin with."""

    def __init__(self, folder: Path) -> None:
        import coverage

        self.folder, self.seconds = folder, dict[str, float]()
        self.measured = coverage.Coverage(
            data_file=None, config_file=False, include=[f"{FUND}/*"], branch=False
        )
        self.measured.start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.measured.switch_context(nodeid)
        self.seconds[nodeid] = -time.process_time()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.seconds[nodeid] += time.process_time()

    def pytest_fixture_post_finalizer(self, fixturedef: Any) -> None:
        """The databases are there until the end of the run."""
        if fixturedef.argname != "sqlite_templates" or not fixturedef.cached_result:
            return
        kept = {}
        for name, (file, template) in fixturedef.cached_result[0].items():
            kept[name] = self.folder / f"{name}.sqlite", template
            shutil.copy(file, kept[name][0])
        (self.folder / "templates").write_bytes(pickle.dumps(kept))

    def pytest_sessionfinish(self) -> None:
        self.measured.stop()
        read = self.measured.get_data()
        reached = {name: read.contexts_by_lineno(name) for name in read.measured_files()}
        (self.folder / "known").write_bytes(pickle.dumps((self.seconds, reached)))


class _BeginsThere:
    """Plugin of pytest: tests begin with the databases that were made while nothing was changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
        if fixturedef.argname != "sqlite_templates":
            return None
        made = pickle.loads((self.folder / "templates").read_bytes())
        fixturedef.cached_result = made, fixturedef.cache_key(request), None
        return made


class Known:
    """What the tests do while nothing is changed."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        files = [
            str(file.relative_to(ROOT))
            for name in names
            for file in sorted((ROOT / "tests" / "fund").glob(f"test_{name}.py"))
        ]
        assert _ends(lambda: _run(files, _Learns(folder)), 3600) == "survived", "a test fails already"
        self.seconds, self.reached = pickle.loads((folder / "known").read_bytes())

    def tests_of(self, file: Path, lines: range, seconds: float) -> list[str]:
        """The tests that come to a line of the file, the quickest first, for so many seconds. What is read as the module is
        imported may matter to all that come to the module."""
        by_line: dict[int, list[str]] = self.reached.get(str(file), {})
        several = [test for line in lines for test in by_line.get(line, ())]
        if "" in several:
            several = [test for tests in by_line.values() for test in tests]
        found: list[str] = []
        for test in sorted(set(several) & self.seconds.keys(), key=lambda test: (self.seconds[test], test)):
            seconds -= self.seconds[test]
            if found and seconds < 0:
                break
            found.append(test)
        return found


def _run(tests: list[str], plugin: object) -> int:
    """Run tests in this process, silently."""
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    import pytest

    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return int(
            pytest.main(
                ["-x", "-q", "-p", "no:cacheprovider", "-m", "not postgres", *tests], plugins=[plugin]
            )
        )


def _ends(run: Callable[[], int], seconds: float) -> str:
    """How the tests end in a fork of this process: `survived`, `killed` or `late`."""
    child = os.fork()
    if child == 0:
        os._exit(run())
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


def _with(file: Path, tree: ast.Module, tests: list[str], folder: Path) -> int:
    """Run tests with this module instead of the one that stands there."""
    read = importlib.machinery.SourceFileLoader.get_code
    code = compile(tree, str(file), "exec")

    def get_code(self: importlib.machinery.SourceFileLoader, name: str) -> object:
        return code if self.path == str(file) else read(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]
    return _run(tests, _BeginsThere(folder))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="")
    asked.add_argument("--seconds", type=float, default=20, help="of tests for each mutant")
    asked.add_argument(
        "--tests", nargs="+", default=_TESTS, help="files of tests/fund, such as opening spending_*"
    )
    given = asked.parse_args()
    sites = [
        (module, number)
        for module in MODULES
        if given.only in module
        for number, _ in enumerate(_sites(_of(module)[1]))
    ]
    random.Random(given.seed).shuffle(sites)
    _preload()
    told: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        known = Known(Path(folder), given.tests)
        print(f"{len(known.seconds)} tests, {sum(known.seconds.values()):.0f} seconds", flush=True)
        for at, (module, number) in enumerate(sites[: given.count], 1):
            file, tree = _of(module)
            node, changed = next(site for at, site in enumerate(_sites(tree)) if at == number)
            assert isinstance(node, ast.expr | ast.stmt)
            words = f"{node.lineno}  {ast.unparse(node)[:90]}  →  {ast.unparse(changed)[:90]}"
            tests = known.tests_of(
                file, range(node.lineno, (node.end_lineno or node.lineno) + 1), given.seconds
            )
            other = _Changed(node, changed).visit(tree)
            assert isinstance(other, ast.Module)
            outcome = "nobody comes there"
            if tests:
                run = partial(_with, file, other, tests, known.folder)
                outcome = _ends(run, 60 + 10 * given.seconds)
            told[outcome] += 1
            if outcome != "killed":
                print(f"{outcome}  {module}.py:{words}  ({len(tests)} tests)", flush=True)
            if at % 10 == 0:
                print(f"… {at}: {dict(told)}", flush=True)
    print(f"{told.total()} of {len(sites)} possible mutants: {dict(told)}", flush=True)


if __name__ == "__main__":
    main()
