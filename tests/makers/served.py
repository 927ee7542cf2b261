"""A portal behind the server that it is really run by, for floods and malice."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from bank_hands import KEY, opened
from people import Cast
from portals import free_port, settings_for
from sqlalchemy import create_engine, text

from app import create_app
from app.fund.bank.providers import callbacks
from app.kit import http
from app.kit.db import db
from app.kit.http import Unreachable
from app.settings import ROOT

DOOR = callbacks.PATH + KEY
MB = 1024 * 1024


@dataclass
class Served:
    """A portal behind its real server, with nobody doing background work."""

    port: int
    file: Path
    process: subprocess.Popen[bytes]
    refs: list[str]
    #: Unguessable parts of the same payment requests' pages.
    codes: list[str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(self, body: bytes, path: str = DOOR) -> int:
        sent = {"Content-Type": "application/json"}
        return http.ask(self.address + path, method="POST", headers=sent, body=body, patience=60).status

    def memory(self) -> int:
        root = psutil.Process(self.process.pid)
        return int(sum(process.memory_info().rss for process in [root, *root.children(recursive=True)]))

    def ids(self) -> set[str]:
        engine = create_engine(f"sqlite:///{self.file}")
        with engine.connect() as connection:
            found = {row[0] for row in connection.execute(text("SELECT external_id FROM bank_event"))}
        engine.dispose()
        return found

    def raw(self, request: bytes, *, then: bytes = b"") -> bytes:
        """What the server answers to bytes that no client of ours would write."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=3) as wire:
            heard = b""
            try:
                wire.sendall(request + then)
                while piece := wire.recv(65536):
                    heard += piece
            except OSError:
                return heard or b"closed"
        return heard or b"closed"


def serve(template: Path, folder: Path) -> Iterator[Served]:
    """One worker with its eight threads on an SQLite database of its own, until the caller has done with it."""
    shutil.copy(template, folder / "kueakun.sqlite")
    settings = settings_for(folder)
    app = create_app(settings)
    with app.app_context():
        cast = Cast(app)
        names = [
            (payment_request.ref1, payment_request.code)
            for payment_request in (opened(cast, 10_000 + number) for number in range(20))
        ]
        db.session.remove()
        db.engine.dispose()
    port = free_port()
    environment = {
        **os.environ,
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(folder),
        "KUEAKUN_SECRET_KEY": settings.secret_key,
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": KEY,
        "KUEAKUN_SECURE_COOKIES": "0",
        "KUEAKUN_OMISE_KEY": "skey_test_1",
        "KUEAKUN_OMISE_SECRETS": "d2ViaG9vay1zZWNyZXQtb25seS1mb3ItdGVzdHMtMDE=",
        "PORT": str(port),
    }
    command = [
        str(Path(sys.executable).parent / "granian"),
        *("--interface", "wsgi", "--factory", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "8", "--no-ws", "--backpressure", "64"),
        *("--log-level", "error", "app:create_app"),
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    made = Served(port, folder / "kueakun.sqlite", process, *map(list, zip(*names, strict=True)))
    for _ in range(120):
        try:
            http.ask(made.address + "/give", patience=5)
            break
        except Unreachable:
            time.sleep(0.25)
    yield made
    process.terminate()
    process.wait(20)
