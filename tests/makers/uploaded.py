"""Statements uploaded by the finance officer."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

from people import Page, Person

from app.fund.bank.statements import staging, uploads
from app.kit import clock
from app.kit.db import db


def file(raw: bytes, name: str = "บัญชี.csv") -> tuple[io.BytesIO, str]:
    return io.BytesIO(raw), name


def sent(raw: bytes, name: str = "x.csv", **more: Any) -> int:
    """A file that was sent and read."""
    number = uploads.keep(name=name, file=io.BytesIO(raw), by=None, **more).id
    staging.read(number)
    db.session.rollback()
    return number


START = clock.now().replace(microsecond=0) - timedelta(days=3)


def upload(person: Person, raw: bytes, name: str = "บัญชี.csv", **more: Any) -> Page:
    page = person.send("/bank/statements/import", action="/import", file=file(raw, name), **more)
    # Where it led to.
    return replace(page, path=page.response.request.path)
