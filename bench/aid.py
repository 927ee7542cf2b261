"""/aid against a bare Flask page of the same size, each served by granian with one worker, asked by the same client.

The portal serves the demonstration province; the bare page is a Flask view that returns ready bytes.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from measure import compare

ROOT = Path(__file__).resolve().parent.parent
REQUESTS, CLIENTS = 150, 4

BARE = """
from flask import Flask, Response
app = Flask("bare")
PAGE = b"x" * {size}
@app.get("/aid")
def aid():
    return Response(PAGE, mimetype="text/html")
"""


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(
    target: str, folder: Path, environment: dict[str, str], *more: str
) -> tuple[subprocess.Popen[bytes], int]:
    port = _port()
    command = [str(ROOT / ".venv/bin/granian"), "--interface", "wsgi", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "8", "--no-ws", "--log-level", "error", *more, target]
    server = subprocess.Popen(command, cwd=folder, env=environment)
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/aid", timeout=5).close()
            return server, port
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _ask(port: int) -> int:
    """REQUESTS requests by each of CLIENTS connections that stay open. Returns how many were answered."""
    failed: list[int] = []

    def client() -> None:
        with socket.create_connection(("127.0.0.1", port)) as line:
            stream = line.makefile("rb")
            for _ in range(REQUESTS):
                line.sendall(b"GET /aid HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n")
                status, length = stream.readline(), 0
                while (header := stream.readline()) not in (b"\r\n", b""):
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.split(b":")[1])
                stream.read(length)
                if b" 200 " not in status:
                    failed.append(1)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, f"{len(failed)} answers were not 200"
    return REQUESTS * CLIENTS


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kueakun-bench-") as name:
        folder = Path(name)
        clean = {key: value for key, value in os.environ.items() if not key.startswith("KUEAKUN_")}
        environment = {**clean, "KUEAKUN_DATA": name}
        kueakun = [sys.executable, "-c", "from app.cli import main; main()"]
        subprocess.run([*kueakun, "demo"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        portal, door = _serve("app:create_app", ROOT, environment, "--factory")
        size = len(urllib.request.urlopen(f"http://127.0.0.1:{door}/aid").read())
        (folder / "bare.py").write_text(BARE.format(size=size))
        bare, bare_door = _serve("bare:app", folder, environment)
        try:
            compare(f"/aid ({size:,} bytes), granian", lambda: _ask(door), lambda: _ask(bare_door))
        finally:
            for server in (portal, bare):
                server.terminate()
                server.wait(20)


if __name__ == "__main__":
    main()
