"""Months of an account: statements of them, what they prove, and their closing."""

import io
from datetime import date, datetime
from typing import Any

import bank_hands
import pypdf
from bank_hands import generic
from people import Cast
from sqlalchemy import select

from app.fund.bank.records import ReconciliationItem
from app.fund.closing import continuity, month_ends
from app.fund.ledger import months
from app.fund.ledger.months import ClosedMonth
from app.kit.clock import BANGKOK
from app.kit.db import db

JANUARY = date(2026, 1, 1)


def at(day: int, hour: int = 10, minute: int = 0, month: int = 1) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BANGKOK)


def brought_in(
    movements: list[tuple[datetime, int, str, str]], *, opening: int = 0, **more: Any
) -> dict[str, int]:
    counts = bank_hands.import_file(name="a.csv", raw=generic(movements, opening=opening, **more), by=None)
    db.session.rollback()
    return counts


def proved(first: date = JANUARY, last: date | None = None) -> continuity.AccountDays:
    db.session.rollback()
    return continuity.prove(first, last or months.last_of(first))[0]


def day(number: int, first: date = JANUARY) -> continuity.Day:
    return proved(first).days[number - 1]


def waiting_ids() -> list[int]:
    statement = (
        select(ReconciliationItem.event_id)
        .where(ReconciliationItem.state == "waiting")
        .order_by(ReconciliationItem.event_id)
    )
    return list(db.session().scalars(statement))


def closing(cast: Cast, first_on: date = JANUARY, **reasons: str) -> ClosedMonth:
    month = month_ends.close(first_on, reasons=reasons, by=cast.kanya.user)
    number = month.id
    db.session.rollback()
    return db.session().get_one(ClosedMonth, number)


#: Why a month may be closed although its last days have no lines.
ENOUGH = {"gaps-4010000001": "ธนาคารไม่มีรายการในวันเหล่านี้"}


def words_of(paper: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)
