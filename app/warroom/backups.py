"""Backups: the database, the folders beside it and a manifest that says what a restored portal must come to.

    KUEAKUN/kueakun-20261128-060000/
        manifest.json       what is in it: version, schema, rows of each table, last numbers, the hash of each file
        database.sqlite     or database.dump (pg_dump --format=custom)
        evidence/ papers/ slips/    as they lie in KUEAKUN_DATA: encrypted, named by what they hold
        profile.toml        the province's profile in use

The secrets are not in it: whoever holds both can read everything.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, String, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock, schema
from app.kit.clock import BANGKOK
from app.kit.db import Base, Id, UtcDateTime, db, is_sqlite, transaction
from app.kit.errors import Refused
from app.province import profile
from app.province.portal import Portal
from app.settings import Settings

#: What lies beside the database and belongs to it.
FOLDERS = ("evidence", "papers", "slips")
_NAME = "kueakun-%Y%m%d-%H%M%S"
_UNFINISHED = ".part"


class Backup(Base):
    """That a backup was made, for the page of the system's state and for /health."""

    __tablename__ = "backup"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Its folder.
    name: Mapped[str] = mapped_column(String(200))
    bytes: Mapped[int] = mapped_column(Id)


def last() -> Backup | None:
    return db.session().scalars(select(Backup).order_by(Backup.id.desc()).limit(1)).one_or_none()


def make(to: Path, *, keep_days: int) -> Path:
    """Make a backup in a folder of its own within `to`, prove that what was written opens, and delete those of before
    `keep_days` days. A file that the last backup holds already is linked, not copied.

    Raises Refused when it cannot be made; then nothing of it stays.
    """
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = to / clock.now().astimezone(BANGKOK).strftime(_NAME)
    if made.exists():
        raise Refused(f"มีข้อมูลสำรอง {made} อยู่แล้ว กรุณารอหนึ่งวินาทีแล้วสั่งใหม่")
    before = newest(to)
    part = made.with_name(made.name + _UNFINISHED)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    try:
        manifest = _write(part, before)
        (part / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
        part.rename(made)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    size = sum(file.stat().st_size for file in made.rglob("*") if file.is_file())
    with transaction() as session:
        session.add(Backup(at=clock.now(), name=str(made)[-200:], bytes=size))
    _delete_old(to, keep_days, but=made)
    return made


def newest(to: Path) -> Path | None:
    """The newest whole backup in a folder."""
    return max(
        (folder for folder in to.glob("kueakun-*") if (folder / "manifest.json").is_file()), default=None
    )


def _delete_old(to: Path, days: int, *, but: Path) -> None:
    oldest = (clock.now().astimezone(BANGKOK) - timedelta(days=days)).strftime(_NAME)
    for folder in to.glob("kueakun-*"):
        if folder != but and folder.name.removesuffix(_UNFINISHED) < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def _write(part: Path, before: Path | None) -> dict[str, Any]:
    settings = Settings.here()
    rows = _sqlite(part / "database.sqlite") if is_sqlite() else _postgresql(part / "database.dump")
    known = read_manifest(before)["files"] if before else {}
    files = {}
    for name in _beside(settings.data):
        source, target = settings.data / name, part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        same = before / name if before and name in known else None
        # Named by what they hold, so a file of the same name and size is the same; another file system is copied to.
        if same is not None and same.is_file() and same.stat().st_size == source.stat().st_size:
            try:
                os.link(same, target)
                files[name] = known[name]
                continue
            except OSError:
                pass
        try:
            shutil.copyfile(source, target)
        except FileNotFoundError:
            # A slip whose time was over was deleted meanwhile.
            continue
        files[name] = hash_of(target)
    shutil.copyfile(profile.FOLDER / f"{settings.province}.toml", part / "profile.toml")
    database = next(part.glob("database.*"))
    mark = db.session().get_one(Portal, 1)
    return {
        "made_at": clock.now().isoformat(),
        "version": version("kueakun"),
        "schema": schema.current(),
        "province": mark.province,
        "demo": mark.demo,
        "key_check": mark.key_check.hex(),
        "rows": rows,
        "last_numbers": last_numbers(),
        "files": {database.name: hash_of(database), "profile.toml": hash_of(part / "profile.toml"), **files},
    }


def _beside(data: Path) -> Iterator[str]:
    for folder in FOLDERS:
        for file in sorted((data / folder).rglob("*")):
            if file.is_file():
                yield str(file.relative_to(data))


def hash_of(file: Path) -> str:
    """SHA-256 in hex."""
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def last_numbers() -> dict[str, int]:
    """The last number given in each book of receipts and of vouchers, by book and year: what may be out on paper."""
    receipts = text("SELECT book || '/' || fiscal_year_be, last_number FROM receipt_book ORDER BY 1")
    vouchers = text(
        "SELECT 'voucher/' || fiscal_year_be, MAX(number) FROM payment GROUP BY fiscal_year_be ORDER BY 1"
    )
    session = db.session()
    return {
        str(book): int(number) for query in (receipts, vouchers) for book, number in session.execute(query)
    }


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table holds."""
    names = sorted(inspect(connection).get_table_names())
    return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}  # noqa: S608 — names of tables


def _sqlite(target: Path) -> dict[str, int]:
    source = make_url(Settings.here().database_url).database
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    connection.close()
    with sqlite3.connect(f"file:{target}?mode=ro", uri=True) as copy:
        said = copy.execute("PRAGMA quick_check").fetchone()[0]
        if said != "ok":
            raise Refused(f"ข้อมูลสำรองที่เขียนแล้วอ่านไม่ได้ ({said}) กรุณาตรวจดิสก์")
        names = [
            name
            for (name,) in copy.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
            )
        ]
        rows = {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 — names of tables
    copy.close()
    return rows


def _postgresql(target: Path) -> dict[str, int]:
    """Dump one snapshot and count its rows in it."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}")
        rows = count_rows(connection)
    run("pg_restore", "--list", str(target))
    return rows


def run(program: str, *words: str) -> None:
    """Run a program of PostgreSQL on the portal's database. Raises Refused with its own words when it fails or is missing."""
    url = make_url(Settings.here().database_url)
    # By the environment: everybody on the machine reads what stands on a command line.
    parts = {
        "HOST": url.host,
        "PORT": url.port,
        "USER": url.username,
        "PASSWORD": url.password,
        "DATABASE": url.database,
    }
    parts |= {
        name.upper(): str(value) for name, value in url.query.items() if name in ("host", "port", "sslmode")
    }
    environment = {**os.environ, **{f"PG{name}": str(value) for name, value in parts.items() if value}}
    found = shutil.which(program) or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)), None
    )
    if found is None:
        raise Refused(f"ไม่พบโปรแกรม {program} กรุณาติดตั้ง postgresql-client")
    done = subprocess.run([found, *words], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Refused(f"{program} ทำไม่สำเร็จ: {(done.stderr.strip().splitlines() or ['?'])[0]}")


def read_manifest(backup: Path) -> dict[str, Any]:
    """Raises Refused for a folder that is no whole backup."""
    try:
        manifest: dict[str, Any] = json.loads((backup / "manifest.json").read_text())
    except (OSError, ValueError) as error:
        raise Refused(f"{backup} ไม่ใช่ข้อมูลสำรองที่ครบ (ไม่พบหรืออ่าน manifest.json ไม่ได้)") from error
    return manifest
