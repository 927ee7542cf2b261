"""Amount reservations: who asked for an amount that is reserved, so that no stranger can take all amounts of a figure."""

import hmac
from datetime import datetime
from functools import cache

from sqlalchemy import delete, func, select

from app.fund.giving.records.payment_requests import AmountReservation
from app.kit import crypto, throttle
from app.kit.db import db
from app.kit.errors import TooManyTries
from app.settings import Settings

#: One address may reserve so many amounts that nobody has paid yet; a figure has a hundred of them.
MOST = 40


@cache
def _key(id_key: bytes) -> bytes:
    return hmac.digest(id_key, b"kueakun amount-reservation address 1", "sha256")


def _hash(address: str) -> bytes:
    settings = Settings.here()
    return crypto.blind_index(
        throttle.household(address), key=_key(settings.id_key), context="amount_reservation.address"
    )


def refuse_too_many(address: str, *, now: datetime) -> None:
    """Raise TooManyTries when this address reserves MOST amounts that are not paid. Called while the account's row is locked: see payment_requests."""
    reserved = (
        select(func.count())
        .select_from(AmountReservation)
        .where(
            AmountReservation.address_hash == _hash(address),
            AmountReservation.until > now,
            AmountReservation.payment_request.has(state="open"),
        )
    )
    if (db.session().scalar(reserved) or 0) >= MOST:
        raise TooManyTries(
            f"เครือข่ายอินเทอร์เน็ตนี้มี QR ที่ขอไว้แล้วยังไม่ได้จ่ายครบ {MOST} รายการ กรุณาจ่ายด้วย QR ที่ขอไว้แล้ว "
            "หรือขอจากเครือข่ายอื่น เช่น ปิด Wi-Fi แล้วใช้เน็ตมือถือ หากยังไม่ได้ กรุณาติดต่อกองทุน"
        )


def note(payment_request_id: int, *, address: str, until: datetime) -> None:
    """Record who reserves the amount of this payment request. Inside the transaction that reserves it."""
    db.session().add(
        AmountReservation(payment_request_id=payment_request_id, address_hash=_hash(address), until=until)
    )


def forget_ended(now: datetime) -> None:
    """Forget who asked for amounts that are free again. Inside a transaction."""
    db.session().execute(
        delete(AmountReservation)
        .where(AmountReservation.until <= now)
        .execution_options(synchronize_session=False)
    )
