"""The program as the operator runs it: exit codes, and one clear line where something is wrong."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import cli

ROOT = Path(__file__).parent.parent


def _environment(folder: Path, **settings: str) -> dict[str, str]:
    return {
        **os.environ,
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(folder),
        "KUEAKUN_SECRET_KEY": "a-secret-only-for-tests-0123456789",
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": "callback-key-only-for-tests-456789",
        **settings,
    }


def _run(folder: Path, *words: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    environment = _environment(folder, **settings)
    program = [sys.executable, "-c", "from app.cli import main; main()", *words]
    return subprocess.run(program, cwd=ROOT, env=environment, input=given, capture_output=True, text=True)


@pytest.fixture
def run_here(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """The same within this process: to begin one takes twenty times as long as to refuse."""
    umask = os.umask(0)
    os.umask(umask)

    def run(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        for name, value in _environment(folder, **settings).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["kueakun", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capfd.readouterr()
        return subprocess.CompletedProcess(words, int(str(ended.value.code)), said.out, said.err)

    yield run
    os.umask(umask)


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
    # Another key would find no number that lies there, and take every one for changed.
    for words in (("books", "check"), ("serve",)):
        other = _run(tmp_path, *words, KUEAKUN_ID_KEY="QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY"[::-1])
        assert (other.returncode, other.stdout, other.stderr.count("\n")) == (2, "", 1)
        assert "KUEAKUN_ID_KEY ไม่ใช่กุญแจของฐานข้อมูลนี้" in other.stderr


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
    tmp_path: Path,
    words: tuple[str, ...],
    settings: dict[str, str],
    run_here: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    run = _run if words == ("no-such-command",) else run_here
    done = run(tmp_path, *words, **settings)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.strip().count("\n") == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words", [("serve",), ("work",), ("db", "upgrade"), ("books", "check"), ("user", "list"), ("demo",)]
)
def test_a_database_of_another_version_is_refused_with_what_to_do(
    tmp_path: Path, words: tuple[str, ...], run_here: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """A demonstration that was begun before the migrations began anew."""
    with sqlite3.connect(tmp_path / "kueakun.sqlite") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('0046_given_was_bought')")
    connection.close()
    demo = dict.fromkeys(("KUEAKUN_SECRET_KEY", "KUEAKUN_ID_KEY", "KUEAKUN_CALLBACK_KEY"), "")
    run = _run if words in (("serve",), ("work",)) else run_here
    done = run(tmp_path, *words, KUEAKUN_DEMO="1", **demo)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.count("\n") == 1
    for said in (
        "0046_given_was_bought",
        f"กรุณาลบโฟลเดอร์ข้อมูล {tmp_path} แล้วเริ่มใหม่",
        "กรุณากลับไปใช้ระบบรุ่นก่อนหน้า",
    ):
        assert said in done.stderr
