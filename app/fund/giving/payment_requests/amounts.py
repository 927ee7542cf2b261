"""Amounts: what a tag-29 donor is asked for, so that the amount alone says which payment request a payment is for."""

from datetime import datetime

from sqlalchemy import or_, select

from app.fund.giving.records.payment_requests import PaymentRequest
from app.kit import money
from app.kit.db import db
from app.kit.errors import Refused

#: A tag-29 donor is asked for at most this many satang less than they wished.
MOST_SATANG_LESS = 99
#: When every such amount is taken, one that is free is looked for among the next so many whole baht.
MOST_BAHT_MORE = 20


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
            "ขณะนี้มีผู้ให้ยอดเดียวกันนี้จำนวนมาก ระบบแยกรายการไม่ได้ กรุณาเปลี่ยนจำนวนเงินเล็กน้อย เช่น เพิ่มหรือลดหนึ่งบาท"
            + (f" ขณะนี้ยอด {money.format_baht(other)} บาทยังว่าง" if other else "")
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
