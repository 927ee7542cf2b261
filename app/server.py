"""Serving: the web workers and the background worker, started and stopped together."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from app.demo import peers
from app.demo import province as demo_province
from app.fund.ledger.accounts import ensure_general
from app.jobs import check_books, issue_owed
from app.jobs import work as work_until
from app.kit import schema
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.province.portal import claim
from app.settings import ROOT, Settings

_PR_SET_PDEATHSIG = 1


def prepare(settings: Settings) -> None:
    """Migrate, mark the database, load the demonstration where it belongs, and prove the books once."""
    try:
        schema.upgrade()
    except OperationalError as error:
        raise Refused(
            f"เปิดฐานข้อมูลไม่ได้ กรุณาตรวจ KUEAKUN_DATABASE_URL: {str(error.orig).splitlines()[0]}"
        ) from error
    with transaction():
        claim(province=settings.province, demo=settings.demo)
        if not settings.demo:
            ensure_general()
    if settings.demo and not demo_province.is_loaded():
        click.echo("loading the demonstration province …")
        demo_province.load()
    # What was missing of the issuer may have been filled in just before this start.
    issue_owed()
    check_books()


@click.command()
@with_appcontext
def serve() -> None:
    """Prepare the database and serve the portal with its background worker until told to stop."""
    settings: Settings = current_app.extensions["kueakun"]
    prepare(settings)
    db.session.remove()
    db.engine.dispose()
    _greet(settings)
    if settings.demo:
        # The demonstration bank is asked about each payment, as a real one is.
        for name, value in peers.environment(settings).items():
            os.environ.setdefault(name, value)
    web = [
        str(ROOT / ".venv/bin/granian") if (ROOT / ".venv/bin/granian").exists() else "granian",
        *("--interface", "wsgi", "--factory", "--host", settings.host, "--port", str(settings.port)),
        *(
            "--workers",
            str(settings.workers),
            "--blocking-threads",
            "8",
            "--no-ws",
            "--respawn-failed-workers",
        ),
        *("--backpressure", "64", "--log-level", "error", "app:create_app"),
    ]
    sys.exit(_together([web, [sys.executable, "-c", "from app.cli import main; main()", "work"]]))


def _greet(settings: Settings) -> None:
    click.echo(f"Kueakun: http://{settings.host}:{settings.port}")
    if settings.demo:
        click.echo("Demonstration. Sign in with:")
        for account in demo_province.accounts(settings):
            click.echo(f"  {account['role']:<20} {account['sign_in_name']:<12} {account['password']}")


def _die_with_parent() -> None:
    # Should the parent be killed outright, the kernel stops the children too, so that no port stays taken.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _together(commands: list[list[str]]) -> int:
    """Run programs until one ends or we are told to stop; then stop them all. Returns the first exit code."""
    children = [subprocess.Popen(command, cwd=ROOT, preexec_fn=_die_with_parent) for command in commands]  # noqa: S603
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGTERM, tell)
    signal.signal(signal.SIGINT, tell)
    while not told.is_set() and all(child.poll() is None for child in children):
        told.wait(0.5)
    code = next((child.returncode for child in children if child.returncode is not None), 0)
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + 20
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
    return 0 if told.is_set() else code


@click.command()
@with_appcontext
def work() -> None:
    """Do background work only (for an operator who runs the web workers by other means)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    # Every sheet of paper would tell of its nine steps.
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    work_until(current_app._get_current_object(), stop)  # type: ignore[attr-defined]
