"""Amount reservations: what a tag-29 donor is asked for, so that the amount alone says whose payment it is, and who
reserves how many amounts, so that no stranger can take all those of a figure."""

import hmac
from datetime import datetime
from functools import cache

from sqlalchemy import delete, func, or_, select

from app.fund.giving.records.payment_requests import AmountReservation, PaymentRequest
from app.kit import crypto, money, throttle
from app.kit.db import db
from app.kit.errors import Refused, TooManyTries
from app.kit.language import gettext
from app.settings import Settings

#: One address may reserve so many amounts that nobody has paid yet; a figure has a hundred of them.
MOST = 40


#: A tag-29 donor is asked for at most this many satang less than they wished.
MOST_SATANG_LESS = 99
#: When every such amount is taken, one that is free is looked for among the next so many whole baht.
MOST_BAHT_MORE = 20


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
            gettext(
                "เครือข่ายอินเทอร์เน็ตนี้มี QR ที่ขอไว้แล้วยังไม่ได้จ่ายครบ %(most)s รายการ กรุณาจ่ายด้วย QR ที่ขอไว้แล้ว "
                "หรือขอจากเครือข่ายอื่น เช่น ปิด Wi-Fi แล้วใช้เน็ตมือถือ หากยังไม่ได้ กรุณาติดต่อกองทุน",
                most=MOST,
            )
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


def free(account_id: int, *, wish: int, now: datetime) -> int:
    """The highest amount from the wish down, in satang, that means no other tag-29 payment request to this account.

    Two visitors never get the same while the caller has locked the account's row; the unique index would stop them if
    they did. An amount stays taken until `reserved_until` even when its payment request was received: the same transfer told
    later by a statement, or paid twice, must not land on a newer payment request. Raises Refused when none is free.
    """
    lowest = max(1, wish - MOST_SATANG_LESS)
    taken = _taken(account_id, lowest, wish, now=now)
    found = next((amount for amount in range(wish, lowest - 1, -1) if amount not in taken), None)
    if found is None:
        near = wish + MOST_BAHT_MORE * 100
        taken = _taken(account_id, wish, near, now=now)
        other = next((amount for amount in range(wish + 100, near + 1, 100) if amount not in taken), None)
        raise Refused(
            gettext("ขณะนี้มีผู้ให้ยอดเดียวกันนี้จำนวนมาก ระบบแยกรายการไม่ได้ กรุณาเปลี่ยนจำนวนเงินเล็กน้อย เช่น เพิ่มหรือลดหนึ่งบาท")
            + (gettext(" ขณะนี้ยอด %(sum)s บาทยังว่าง", sum=money.format_baht(other)) if other else "")
        )
    return found


def _taken(account_id: int, lowest: int, highest: int, *, now: datetime) -> set[int]:
    return set(
        db.session().scalars(
            select(PaymentRequest.due_satang).where(
                PaymentRequest.account_id == account_id,
                PaymentRequest.tag == 29,
                PaymentRequest.due_satang.between(lowest, highest),
                or_(PaymentRequest.state == "open", PaymentRequest.reserved_until > now),
            )
        )
    )
