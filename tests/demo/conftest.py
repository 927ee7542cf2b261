"""A demonstration of one's own for every test: a copy of one that is loaded once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import demonstration
import pytest
from flask import Flask
from portals import as_served, compiles_once

from app import create_app
from app.fund.ledger import books
from app.kit.db import db


@pytest.fixture
def demo(loaded_folder: Path, tmp_path: Path) -> Iterator[Flask]:
    """A loaded demonstration of one's own, inside its application context."""
    folder = tmp_path / "var"
    shutil.copytree(loaded_folder, folder)
    app = create_app(demonstration.settings(folder))
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
