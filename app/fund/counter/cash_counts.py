"""Cash counts: the day's payments counted by denomination against what the books expect, and closed in one deed."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import (
    func,
    select,
)

from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.reconciliation import deposits
from app.fund.bank.reconciliation.deposits import Undeposited
from app.fund.counter.records import (
    CASH,
    CHEQUE,
    CashCount,
    CounterPayment,
    CounterPaymentReversal,
    DepositItem,
)
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: Notes and coins in use, in satang, the largest first.
DENOMINATIONS = (100_000, 50_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25)
_MOST_PIECES = 100_000


def may_count(by: User | None) -> bool:
    return by is not None and by.has(Role.FINANCE, Role.FUND_OFFICER)


def close(
    cash_count_id: int,
    *,
    pieces: Mapping[int, int],
    cheques: Iterable[int],
    difference_reason: str = "",
    by: User,
) -> CashCount:
    """The day's payments are counted, and nothing about them changes any more.

    `pieces` are notes and coins by denomination in satang, `cheques` the ids of the payments whose cheques are
    there. What was counted becomes what must reach the bank, and a statement line that came before is matched at once.
    Raises Refused when it is closed already or when a difference from what the books expect is not explained.
    """
    if not may_count(by):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือฝ่ายเลขานุการกองทุนปิดยอดเงินรับได้")
    # Before any row is locked: a line of the bank may be met here, and whoever reconciles lines comes from the other side.
    lock_reconciliation()
    cash_count = lock(CashCount, cash_count_id)
    if cash_count.closed_at is not None:
        raise Refused(f"ปิดยอด {cash_count.code} ไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผลการนับ")
    cash = _counted(pieces)
    in_cash_count = _cheques_of(cash_count_id)
    lying = set(cheques)
    if not lying <= set(in_cash_count):
        raise Refused("เช็คบางฉบับไม่อยู่ในการปิดยอดนี้แล้ว กรุณาเปิดหน้านี้ใหม่ แล้วนับอีกครั้ง")
    reason = " ".join(difference_reason.split())[:300]
    cash_count.expected_cash_satang, cash_count.expected_cheque_satang = expected(cash_count_id)
    cash_count.counted_cash_satang = cash
    cash_count.counted_cheque_satang = sum(in_cash_count[number].satang for number in lying)
    differs = (cash_count.counted_cash_satang, cash_count.counted_cheque_satang) != (
        cash_count.expected_cash_satang,
        cash_count.expected_cheque_satang,
    )
    if differs and len(reason) < 5:
        raise BadInput("ยอดที่นับไม่ตรงกับยอดในบัญชี กรุณานับอีกครั้ง หรืออธิบายสาเหตุของส่วนต่าง")
    cash_count.difference_reason = reason if differs else ""
    cash_count.counts = json.dumps({str(worth): number for worth, number in sorted(pieces.items()) if number})
    cash_count.closed_at, cash_count.closed_by_id = clock.now(), by.id
    db.session().flush()
    _expect_at_bank(cash_count, cash=cash, cheques=[in_cash_count[number] for number in sorted(lying)])
    audit.record(
        Deed.CASH_COUNT_CLOSE,
        f"cash_count:{cash_count.id}",
        by=by,
        code=cash_count.code,
        counted=cash_count.counted_satang,
        expected=cash_count.expected_satang,
        reason=cash_count.difference_reason,
    )
    deposits.match_waiting()
    return cash_count


def _cheques_of(cash_count_id: int) -> dict[int, CounterPayment]:
    """The cheques of a cash count that were not undone, by id."""
    return {
        payment.id: payment
        for payment in of_cash_count(cash_count_id)
        if payment.kind == CHEQUE and payment.undone is None
    }


def _expect_at_bank(cash_count: CashCount, *, cash: int, cheques: Iterable[CounterPayment]) -> None:
    """What was counted must reach the bank: the cash as one, each cheque by itself."""
    session = db.session()
    if cash:
        session.add(DepositItem(cash_count_id=cash_count.id, satang=cash))
    session.add_all(
        DepositItem(cash_count_id=cash_count.id, counter_payment_id=cheque.id, satang=cheque.satang)
        for cheque in cheques
    )
    session.flush()


def _counted(pieces: Mapping[int, int]) -> int:
    for worth, number in pieces.items():
        if worth not in DENOMINATIONS:
            raise BadInput("มีธนบัตรหรือเหรียญชนิดที่ระบบไม่รู้จัก กรุณาเปิดหน้านี้ใหม่")
        if not 0 <= number <= _MOST_PIECES:
            raise BadInput(f"จำนวนธนบัตรหรือเหรียญแต่ละชนิดต้องเป็น 0 ถึง {_MOST_PIECES:,}")
    return sum(worth * number for worth, number in pieces.items())


#: Cash and cheques stay at the counter no longer than this before the finance page shows them in red.
DEPOSIT_WITHIN = timedelta(days=3)


def late() -> list[CashCount]:
    """Cash counts of which something has not been seen at the bank for too long, and days that were never counted."""
    before = clock.today() - DEPOSIT_WITHIN
    found = {
        item.cash_count.id: item.cash_count for item in Undeposited().items if item.cash_count.on < before
    }
    uncounted = [cash_count for cash_count in open_cash_counts() if cash_count.on < clock.today()]
    return sorted([*found.values(), *uncounted], key=lambda cash_count: (cash_count.on, cash_count.id))


def of_cash_count(cash_count_id: int) -> list[CounterPayment]:
    """Everything taken into a cash count, in order, also what was undone since."""
    statement = select(CounterPayment).filter_by(cash_count_id=cash_count_id).order_by(CounterPayment.id)
    return list(db.session().scalars(statement))


def expected(cash_count_id: int) -> tuple[int, int]:
    """Satang in cash and in cheques that a cash count must find: its payments that were not undone."""
    statement = (
        select(CounterPayment.kind, func.sum(CounterPayment.satang))
        .where(
            CounterPayment.cash_count_id == cash_count_id,
            ~select(CounterPaymentReversal.id)
            .where(CounterPaymentReversal.counter_payment_id == CounterPayment.id)
            .exists(),
        )
        .group_by(CounterPayment.kind)
    )
    sums = {kind: int(satang) for kind, satang in db.session().execute(statement)}
    return sums.get(CASH, 0), sums.get(CHEQUE, 0)


def open_cash_counts() -> list[CashCount]:
    """Cash counts that are not closed, oldest day first."""
    statement = select(CashCount).where(CashCount.closed_at.is_(None)).order_by(CashCount.on, CashCount.id)
    return list(db.session().scalars(statement))
