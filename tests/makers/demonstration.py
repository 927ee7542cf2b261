"""The demonstration on a small register, made once a run and copied by whoever needs one."""

import fcntl
from pathlib import Path

from flask import Flask
from portals import free_port

from app import create_app
from app.demo import province
from app.kit import schema
from app.kit.db import db
from app.settings import Settings, read

HOUSEHOLDS = 1200


def settings(folder: Path, **more: str) -> Settings:
    return read({"KUEAKUN_DEMO": "1", "KUEAKUN_DATA": str(folder), "PORT": str(free_port()), **more})


def _rest(app: Flask) -> None:
    """Let go of the database with everything written to its one file."""
    with app.app_context():
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        db.engine.dispose()


def loaded(folder: Path) -> None:
    """Make it, unless it was made: the first worker that needs it makes it, and the others wait."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = folder.with_suffix(".new")
            app = create_app(settings(making))
            with app.app_context():
                schema.upgrade()
                province.load(households=HOUSEHOLDS)
            _rest(app)
            making.rename(folder)
