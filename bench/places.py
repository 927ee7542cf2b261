"""Where the benchmarks run: a migrated portal on a throw-away database of either kind."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "makers"))

from portals import settings_for, with_issuer
from postgres import TempPostgres

from app import create_app
from app.kit import schema
from app.kit.db import db


@contextmanager
def portal(database: str) -> Iterator[Flask]:
    """A migrated, empty portal inside its application context; fsync is on, as in life."""
    server = None
    with tempfile.TemporaryDirectory(prefix="kueakun-bench-") as folder:
        url = ""
        if database == "postgres":
            server = TempPostgres(durable=True)
            server.create("bench")
            url = server.url("bench")
        try:
            app = with_issuer(create_app(settings_for(Path(folder), url)))
            with app.app_context():
                schema.upgrade()
                yield app
                db.session.remove()
                db.engine.dispose()
        finally:
            if server:
                server.stop()
