"""The program as the operator runs it: exit codes, and one clear line where something is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _run(folder: Path, *words: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(folder),
        "KUEAKUN_SECRET_KEY": "a-secret-only-for-tests-0123456789",
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": "callback-key-only-for-tests-456789",
        **settings,
    }
    program = [sys.executable, "-c", "from app.cli import main; main()", *words]
    return subprocess.run(program, cwd=ROOT, env=environment, input=given, capture_output=True, text=True)


def test_an_empty_database_is_made_ready_and_then_serves_commands(tmp_path: Path) -> None:
    early = _run(tmp_path, "books", "check")
    assert (early.returncode, early.stdout) == (2, "")
    assert early.stderr.count("\n") == 1
    assert "kueakun db upgrade" in early.stderr
    assert _run(tmp_path, "db", "upgrade").returncode == 0
    added = _run(tmp_path, "user", "add", "ying", "--name", "น.ส.หญิง ดูแล", "--role", "administrator")
    assert json.loads(added.stdout)["sign_in_name"] == "ying"
    again = _run(tmp_path, "user", "add", "ying", "--name", "น.ส.หญิง ดูแล", "--role", "administrator")
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr.count("\n") == 1
    assert json.loads(_run(tmp_path, "books", "check").stdout)["held"] is True
    assert json.loads(_run(tmp_path, "audit", "verify").stdout)["ok"] is True


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (("no-such-command",), {}),
        (("user", "add", "noi", "--name", "น้อย", "--role", "king"), {}),
        (("user", "list"), {"KUEAKUN_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite"}),
        (("user", "list"), {"KUEAKUN_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}),
        (("user", "list"), {"KUEAKUN_SECRET_KEY": "weak"}),
        (("user", "list"), {"KUEAKUN_PROVINCE": "atlantis"}),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_one_line(
    tmp_path: Path, words: tuple[str, ...], settings: dict[str, str]
) -> None:
    done = _run(tmp_path, *words, **settings)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.strip().count("\n") == 0, done.stderr
    assert "Traceback" not in done.stderr
