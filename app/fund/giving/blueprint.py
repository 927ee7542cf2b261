"""The blueprint of giving, and what several of its pages need."""

from datetime import timedelta

from flask import Blueprint, request
from sqlalchemy import select

from app.fund.ledger.accounts import Purpose
from app.kit import throttle
from app.kit.db import db, transaction
from app.kit.language import marked

bp = Blueprint("giving", __name__)


def open_purposes() -> list[Purpose]:
    """Purposes that take donations, the general one first."""
    statement = select(Purpose).where(Purpose.open).order_by(Purpose.code != "general", Purpose.id)
    return list(db.session().scalars(statement))


#: From one address in ten minutes: a whole school behind one address may give, a machine cannot fill the books.
_MOST_DONATIONS = 120


def count_asking(address: str) -> None:
    """A visitor asks for a QR code. Raises TooManyTries when this address asks too often. Inside a transaction."""
    throttle.count(
        "give",
        address,
        most=_MOST_DONATIONS,
        within=timedelta(minutes=10),
        refused=marked("มีการขอ QR จากเครือข่ายนี้ถี่เกินไป กรุณารอ 10 นาทีแล้วกดอีกครั้ง สิ่งที่กรอกไว้ยังอยู่ในหน้านี้"),
    )


#: From one address in ten minutes: enough for an office that checks a pile, too few to guess at amounts.
_MOST_TRIES = 30
_SLOWLY = marked("มีการตรวจใบเสร็จจากที่นี่ถี่เกินไป กรุณารอ 10 นาทีแล้วลองอีกครั้ง")


def count_try() -> None:
    """Write down one more try from where the request came. Raises TooManyTries after thirty in ten minutes."""
    with transaction():
        throttle.count(
            "receipt_check",
            request.remote_addr or "",
            most=_MOST_TRIES,
            within=timedelta(minutes=10),
            refused=_SLOWLY,
        )
