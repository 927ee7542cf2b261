"""A real portal in a real browser: the demonstration served as `./start` serves it, and Debian's Chromium."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from portals import free_port
from walking import ROOT, LivePortal

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, loaded_folder: Path) -> Iterator[LivePortal]:
    """The demonstration on SQLite, served by `kueakun serve` and its background worker."""
    folder = tmp_path_factory.mktemp("live") / "var"
    shutil.copytree(loaded_folder, folder)
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KUEAKUN_")}
    environment = {**clean, "KUEAKUN_DATA": str(folder), "PORT": str(port), "WORKERS": "1"}
    with (folder / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [Path(sys.executable).parent / "kueakun", "serve"],
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 180
        while True:
            try:
                with urllib.request.urlopen(f"{address}/health/live", timeout=5) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                pass
            assert server.poll() is None, (folder / "serve.log").read_text()
            assert time.monotonic() < deadline, (folder / "serve.log").read_text()
            time.sleep(0.3)
        yield LivePortal(address, environment)
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "no chromium; ./check installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield browser
        browser.close()
