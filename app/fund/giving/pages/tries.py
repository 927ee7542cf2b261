"""Tries: whoever guesses at numbers, sums or addresses of documents is slowed down, by one count for all of it."""

from datetime import timedelta

from flask import request

from app.kit import throttle
from app.kit.db import transaction

#: From one address in ten minutes: enough for an office that checks a pile, too few to guess at amounts.
_MOST = 30
_SLOWLY = "มีการตรวจใบเสร็จจากที่นี่ถี่เกินไป กรุณารอ 10 นาทีแล้วลองอีกครั้ง"


def count_one() -> None:
    """Write down one more try from where the request came. Raises TooManyTries after thirty in ten minutes."""
    with transaction():
        throttle.count(
            "receipt_check",
            request.remote_addr or "",
            most=_MOST,
            within=timedelta(minutes=10),
            refused=_SLOWLY,
        )
