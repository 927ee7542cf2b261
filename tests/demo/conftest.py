"""A demonstration, loaded once on a small register and copied for every test."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from portals import as_served, compiles_once, free_port

from app import create_app
from app.demo import province
from app.fund.ledger import books
from app.kit import schema
from app.kit.db import db
from app.settings import Settings, read

HOUSEHOLDS = 1200


def demo_settings(folder: Path, **more: str) -> Settings:
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


@pytest.fixture(scope="session")
def loaded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once a run: the first worker that needs it makes it, and the others wait."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstration"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = folder.with_suffix(".new")
            app = create_app(demo_settings(making))
            with app.app_context():
                schema.upgrade()
                province.load(households=HOUSEHOLDS)
            _rest(app)
            making.rename(folder)
    return folder


@pytest.fixture
def demo(loaded_folder: Path, tmp_path: Path) -> Iterator[Flask]:
    """A loaded demonstration of one's own, inside its application context."""
    folder = tmp_path / "var"
    shutil.copytree(loaded_folder, folder)
    app = create_app(demo_settings(folder))
    app.testing = True
    as_served(app)
    with app.app_context():
        compiles_once(app)
        yield app
        db.session.rollback()
        found = books.findings()
        db.session.remove()
        db.engine.dispose()
    assert found == []
