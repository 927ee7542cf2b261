"""`kueakun serve` as the operator starts and stops it: alone on its port, and gone when it is told to go."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from portals import free_port
from serve_commands import COMMAND, environment

from app.kit import http
from app.kit.errors import Refused
from app.kit.http import Unreachable
from app.server import refuse_open, refuse_taken
from app.settings import ROOT, read

#: The same, with less patience for those that do not end.
IMPATIENT = [
    *(sys.executable, "-c"),
    "from app import cli, server; server._PATIENCE, server._WORKERS_PATIENCE = 7, 5; cli.main()",
    "serve",
]


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@dataclass
class Serving:
    """A portal that `kueakun serve` serves with two web workers, leader of a process group of its own."""

    port: int
    process: subprocess.Popen[bytes]

    def web(self) -> psutil.Process | None:
        """The program whose children are the web workers."""
        return next(
            (process for process in self._below() if str(ROOT / "app/web.py") in _words(process)), None
        )

    def workers(self) -> list[psutil.Process]:
        web = self.web()
        return web.children() if web else []

    def background(self) -> psutil.Process:
        return next(process for process in self._below() if _words(process)[-1:] == ["work"])

    def everybody(self) -> list[psutil.Process]:
        return [psutil.Process(self.process.pid), *self._below()]

    def wait_for(self, moment: str) -> None:
        if moment == "serving":
            _until(self._answers, "it never answered")
        else:
            # Just forked: the portal is still to be imported.
            _until(lambda: len(self.workers()) == 2, "no workers came")

    def _answers(self) -> bool:
        assert self.process.poll() is None
        try:
            return http.ask(f"http://127.0.0.1:{self.port}/health/live", patience=5).status == 200
        except Unreachable:
            return False

    def _below(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def _words(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []


@pytest.fixture
def serving(sqlite_template: Path, tmp_path: Path) -> Iterator[Serving]:
    shutil.copy(sqlite_template, tmp_path / "kueakun.sqlite")
    port = free_port()
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            IMPATIENT,
            cwd=ROOT,
            env=environment(tmp_path, port),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    before = Serving(port, process)
    yield before
    if process.poll() is None:
        for each in before.everybody():
            each.kill()
    process.wait(30)


def _all_gone(known: list[psutil.Process], port: int) -> None:
    try:
        _gone, left = psutil.wait_procs(known, timeout=90)
        assert left == []
        refuse_taken("127.0.0.1", port)
    finally:
        for process in known:
            if process.is_running():
                process.kill()


def test_a_port_that_another_portal_serves_is_refused_before_the_database_is_touched(tmp_path: Path) -> None:
    with socket.socket() as other:
        # As the web workers listen: willing to share.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            COMMAND, cwd=ROOT, env=environment(tmp_path, port), capture_output=True, text=True, timeout=120
        )
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"พอร์ต {port} ไม่ได้" in done.stderr
    assert "PORT=" in done.stderr
    assert not (tmp_path / "kueakun.sqlite").exists()


def test_connections_left_by_a_portal_that_has_just_stopped_do_not_make_its_port_taken() -> None:
    with socket.socket() as gone:
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        gone.bind(("127.0.0.1", 0))
        gone.listen()
        port = gone.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as visitor:
            # The side that closes first keeps the connection's end in TIME_WAIT.
            gone.accept()[0].close()
            assert visitor.recv(1) == b""
    refuse_taken("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused_with_what_to_look_at() -> None:
    with pytest.raises(Refused, match="HOST"):
        refuse_taken("192.0.2.1", 8000)


# One handler hears both words, and the word of systemd while the workers start is tried below.
@pytest.mark.parametrize(("word", "moment"), [(signal.SIGTERM, "serving"), (signal.SIGINT, "starting")])
def test_told_to_stop_all_processes_end(serving: Serving, word: signal.Signals, moment: str) -> None:
    serving.wait_for(moment)
    known = serving.everybody()
    os.killpg(serving.process.pid, word)
    assert serving.process.wait(90) == 0
    _all_gone(known, serving.port)


def test_told_to_stop_each_by_itself_while_the_workers_start_all_processes_end(serving: Serving) -> None:
    serving.wait_for("starting")
    known = serving.everybody()
    # As systemd does it: the word goes to each process.
    for process in known:
        # A child may have ended already, told by its parent.
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    serving.process.wait(90)
    _all_gone(known, serving.port)


def test_with_serve_killed_outright_while_it_starts_all_processes_end(serving: Serving) -> None:
    serving.wait_for("starting")
    known = serving.everybody()
    serving.process.kill()
    serving.process.wait(30)
    _all_gone(known, serving.port)


def test_with_serve_killed_outright_those_that_end_by_themselves_and_those_that_do_not_are_gone(
    serving: Serving,
) -> None:
    serving.wait_for("serving")
    known = serving.everybody()
    serving.workers()[0].suspend()
    serving.process.kill()
    serving.process.wait(30)
    _all_gone(known, serving.port)


def test_no_web_worker_outlives_the_program_that_keeps_them(serving: Serving) -> None:
    serving.wait_for("serving")
    known = serving.everybody()
    web = serving.web()
    assert web is not None
    web.kill()
    assert serving.process.wait(90) != 0
    _all_gone(known, serving.port)


def test_a_program_that_ends_well_untold_ends_the_portal_with_an_error_so_that_systemd_begins_anew() -> None:
    """As the background worker does when somebody else tells it to stop."""
    together = (
        "import sys; from app.server import _together; sys.exit(_together([['true'], ['sleep', '60']]))"
    )
    assert subprocess.run([sys.executable, "-c", together], cwd=ROOT, timeout=60).returncode == 1


def test_those_that_do_not_end_when_told_are_killed(serving: Serving) -> None:
    serving.wait_for("serving")
    known = serving.everybody()
    web = serving.web()
    assert web is not None
    web.suspend()
    serving.background().suspend()
    serving.process.terminate()
    assert serving.process.wait(90) == 0
    _all_gone(known, serving.port)


def test_background_work_that_does_not_come_back_is_ended_a_while_after_the_word(
    sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "kueakun.sqlite")
    stuck = (
        "import threading; import app.server as server; from app.cli import main; server._PATIENCE = 1; "
        "server.work_until = lambda *_: (print('at work', flush=True), threading.Event().wait()); main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", stuck, "work"],
        cwd=ROOT,
        env=environment(tmp_path, free_port()),
        stdout=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"at work\n"
            process.terminate()
            assert process.wait(90) == -signal.SIGALRM
        finally:
            process.kill()


def _open_to_others(folder: Path) -> list[Path]:
    return [file for file in (folder, *folder.rglob("*")) if file.stat().st_mode & 0o077]


def test_what_lies_in_the_data_folder_is_its_owners_alone_however_it_was_before(
    sqlite_template: Path, tmp_path: Path
) -> None:
    data, port = tmp_path / "data", free_port()
    kept = data / "evidence/ab/cd/photo.encrypted"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"x")
    shutil.copy(sqlite_template, data / "kueakun.sqlite")
    for place in (data, *data.rglob("*")):
        place.chmod(0o755 if place.is_dir() else 0o644)
    with subprocess.Popen(
        COMMAND,
        cwd=ROOT,
        env=environment(data, port),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        umask=0o022,
        start_new_session=True,
    ) as process:
        served = Serving(port, process)
        try:
            served.wait_for("serving")
            beside = {file.name for file in data.iterdir()}
            assert {"kueakun.sqlite-wal", "kueakun.sqlite-shm"} <= beside
            assert _open_to_others(data) == []
            # What any of them makes later: papers, photographs, batches.
            for place in served.everybody():
                assert "Umask:\t0077" in Path(f"/proc/{place.pid}/status").read_text()
        finally:
            process.terminate()
            process.wait(90)


def test_a_command_makes_a_data_folder_and_a_database_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "new"
    subprocess.run(
        [COMMAND[0], "db", "upgrade"],
        cwd=ROOT,
        env=environment(data, 8000),
        check=True,
        capture_output=True,
        umask=0o022,
    )
    assert (data / "kueakun.sqlite").exists()
    assert _open_to_others(data) == []


def test_a_folder_that_others_use_as_well_is_no_data_folder(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    done = subprocess.run(
        [COMMAND[0], "db", "upgrade"], cwd=ROOT, env=environment(shared, 8000), capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "KUEAKUN_DATA" in done.stderr
    assert list(shared.iterdir()) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_a_live_portal_without_a_proxy_listens_for_no_other_machine(tmp_path: Path, host: str) -> None:
    with pytest.raises(Refused, match=re.escape(f"HOST={host}")):
        refuse_open(read({**environment(tmp_path, 8000), "HOST": host}))


def test_serving_openly_is_refused_in_one_line_before_the_database_is_touched(tmp_path: Path) -> None:
    host = "0.0.0.0"
    done = subprocess.run(
        COMMAND,
        cwd=ROOT,
        env={**environment(tmp_path, free_port()), "HOST": host},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert {"KUEAKUN_PROXIES=1", f"HOST={host}"} <= set(done.stderr.replace(")", " ").split())
    assert "deploy/nginx.conf" in done.stderr
    assert not (tmp_path / "kueakun.sqlite").exists()


@pytest.mark.parametrize(
    "chosen",
    [
        {"HOST": "127.0.0.1"},
        {"HOST": "127.0.0.2"},
        {"HOST": "::1"},
        {"HOST": "localhost"},
        {"HOST": "0.0.0.0", "KUEAKUN_PROXIES": "1"},
        {"HOST": "0.0.0.0", "KUEAKUN_DEMO": "1"},
    ],
    ids=str,
)
def test_on_this_machine_behind_a_proxy_or_for_show_it_may_listen(
    tmp_path: Path, chosen: dict[str, str]
) -> None:
    refuse_open(read({**environment(tmp_path, 8000), **chosen}))
