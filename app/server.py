"""Serving: the web workers and the background worker, started and stopped together."""

import ctypes
import errno
import ipaddress
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from app.demo import providers
from app.demo import province as demo_province
from app.fund.giving.jobs import issue_owed
from app.fund.ledger.accounts import ensure_general
from app.fund.ledger.jobs import check_books
from app.jobs import work as work_until
from app.kit import private, schema
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.province.portal import claim
from app.settings import ROOT, Settings

_PR_SET_PDEATHSIG = 1
#: Seconds that what was told to stop may take to finish what it began; then it is killed. The web's own
#: workers get a little less than the programs, so that their granian sees them out itself.
_PATIENCE = 20
_WORKERS_PATIENCE = 15


def prepare(settings: Settings) -> None:
    """Migrate, mark the database, load the demonstration where it belongs, and prove the books once."""
    _keep_private(settings)
    try:
        schema.upgrade()
    except OperationalError as error:
        raise Refused(
            f"เปิดฐานข้อมูลไม่ได้ กรุณาตรวจ KUEAKUN_DATABASE_URL: {str(error.orig).splitlines()[0]}"
        ) from error
    with transaction():
        claim(province=settings.province, demo=settings.demo, id_key=settings.id_key)
        if not settings.demo:
            ensure_general()
    if settings.demo and not demo_province.is_loaded():
        click.echo("loading the demonstration province …")
        demo_province.load()
    # What was missing of the issuer may have been filled in just before this start.
    issue_owed()
    check_books()


def _keep_private(settings: Settings) -> None:
    """What lies there from before the portal kept it to itself is the owner's alone from now on."""
    left = private.tighten_below(settings.data)
    kept = make_url(settings.database_url).database or ""
    if settings.database_url.startswith("sqlite"):
        beside = (Path(kept + ending) for ending in ("", "-wal", "-shm"))
        left += [file for file in beside if file.exists() and not private.tighten(file)]
    for place in left:
        click.echo(f"ผู้ใช้อื่นในเครื่องอ่าน {place} ได้ กรุณาเปลี่ยนเจ้าของเป็นผู้ใช้ที่เปิดระบบ แล้วเริ่มใหม่", err=True)


def refuse_open(settings: Settings) -> None:
    """Refuse to have a live portal listen for other machines while no proxy of its own stands in front.

    It reads what it is sent for as long as the sender takes: sixteen forms that are never sent to their end stop it.
    """
    if settings.demo or settings.proxies or _is_loopback(settings.host):
        return
    raise Refused(
        f"ระบบจริงที่ยังไม่มีพร็อกซีอยู่ข้างหน้าเปิดรับได้เฉพาะจากเครื่องนี้เอง (ขณะนี้ HOST={settings.host}) "
        "เพราะผู้ใดส่งแบบฟอร์มค้างไว้เพียงสิบกว่าครั้งก็ทำให้ทุกคนใช้ระบบไม่ได้ "
        "กรุณาลบค่า HOST แล้วตั้ง nginx ไว้ข้างหน้าตามไฟล์ deploy/nginx.conf และตั้ง KUEAKUN_PROXIES=1"
    )


def _is_loopback(host: str) -> bool:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        # That it cannot be listened on is said in its turn.
        return False
    return all(ipaddress.ip_address(address[0]).is_loopback for *_, address in found)


def refuse_taken(host: str, port: int) -> None:
    """Refuse an address that somebody listens on, or that cannot be listened on at all.

    The web workers share their port with whoever else is willing to (SO_REUSEPORT), so they would start beside
    another portal and each visitor would meet the one or the other. Connections of a portal that has just
    stopped (TIME_WAIT) do not count.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _name, address in found:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refused(
                f"เปิดระบบที่พอร์ต {port} ไม่ได้ เพราะมีโปรแกรมอื่นใช้พอร์ตนี้อยู่แล้ว ({host}:{port}) "
                f"กรุณาหยุดโปรแกรมนั้นก่อน หรือใช้พอร์ตอื่นโดยตั้งค่า PORT เช่น PORT={_another(port)}"
            ) from error
        raise Refused(f"เปิดระบบที่ {host}:{port} ไม่ได้ กรุณาตรวจค่า HOST และ PORT ({error.strerror})") from error


def _another(port: int) -> int:
    return port + 1 if port < 65535 else port - 1


@click.command()
@with_appcontext
def serve() -> None:
    """Prepare the database and serve the portal with its background worker until told to stop."""
    settings = Settings.here()
    refuse_open(settings)
    refuse_taken(settings.host, settings.port)
    prepare(settings)
    db.session.remove()
    db.engine.dispose()
    # Preparing may take a while, in which another portal may have come.
    refuse_taken(settings.host, settings.port)
    _greet(settings)
    if settings.demo:
        # The demonstration bank is asked about each payment, as a real one is.
        for name, value in providers.environment(settings).items():
            os.environ.setdefault(name, value)
    web = [
        *(sys.executable, "-P", str(ROOT / "app/web.py")),
        *("--interface", "wsgi", "--factory", "--host", settings.host, "--port", str(settings.port)),
        *(
            "--workers",
            str(settings.workers),
            "--blocking-threads",
            "8",
            "--no-ws",
            "--respawn-failed-workers",
            "--workers-kill-timeout",
            str(_WORKERS_PATIENCE),
        ),
        *("--backpressure", "64", "--log-level", "error", "app:create_app"),
    ]
    sys.exit(_together([web, [sys.executable, "-c", "from app.cli import main; main()", "work"]]))


def _greet(settings: Settings) -> None:
    click.echo(f"Kueakun: {settings.own_url}")
    if not settings.demo and not settings.proxies:
        click.echo(
            "ยังไม่ได้ตั้ง KUEAKUN_PROXIES ระบบจึงเปิดรับเฉพาะจากเครื่องนี้เอง ผู้อื่นเข้าได้เมื่อมี nginx อยู่ข้างหน้า (deploy/nginx.conf)"
        )
    if settings.demo:
        click.echo("Demonstration. Sign in with:")
        for account in demo_province.accounts(settings):
            click.echo(f"  {account['role']:<20} {account['sign_in_name']:<12} {account['password']}")


def _die_with(parent: int) -> None:
    # Should the parent be killed outright, the kernel stops the children too, so that no port stays taken.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _together(commands: list[list[str]]) -> int:
    """Run programs until one ends or we are told to stop; then stop them all. Returns 0 only when we were told to."""
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGTERM, tell)
    signal.signal(signal.SIGINT, tell)
    here = os.getpid()
    # In sessions of their own: Ctrl-C and a signal to the whole group reach only us, and we tell each child once.
    children = [
        subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=lambda: _die_with(here))  # noqa: S603
        for command in commands
    ]
    while not told.is_set() and all(child.poll() is None for child in children):
        told.wait(0.5)
    code = next((child.returncode for child in children if child.returncode is not None), 0)
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + _PATIENCE
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    # One that ended well by itself ended all the same: whoever keeps us has to begin anew.
    return 0 if told.is_set() else code or 1


@click.command()
@with_appcontext
def work() -> None:
    """Do background work only (for an operator who runs the web workers by other means)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    # Every sheet of paper would tell of its nine steps.
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    stop = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        # What is begun may be finished; but a peer that does not answer must not keep us for ever.
        signal.alarm(_PATIENCE)

    signal.signal(signal.SIGTERM, tell)
    signal.signal(signal.SIGINT, tell)
    work_until(current_app._get_current_object(), stop)  # type: ignore[attr-defined]
