"""Money taken at the counter, counted and brought to the bank."""

from datetime import timedelta

import bank_hands
from bank_hands import NOW, generic
from people import Cast
from sqlalchemy import func, select

from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.counter import cash_counts, cash_desk
from app.fund.counter.cash_desk import Cheque
from app.fund.counter.records import CashCount, CounterPayment
from app.fund.giving.records.donations import LIVE
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.web import token


def taken(cast: Cast, satang: int = 50_000, *, key: str = "", **more: object) -> CounterPayment:
    with transaction():
        return cash_desk.take(
            key=key or token(20),
            satang=satang,
            **{"purpose_id": cast.purpose().id, "by": cast.busaba.user, **more},  # type: ignore[arg-type]
        )


def a_cheque(number: str = "1234567", bank: str = "006") -> Cheque:
    return Cheque(bank=bank, number=number, on=clock.today())


def pieces_of(satang: int) -> dict[int, int]:
    found = {}
    for worth in cash_counts.DENOMINATIONS:
        found[worth], satang = divmod(satang, worth)
    assert satang == 0
    return found


def closed(cast: Cast, cash_count_id: int | None = None, *, short: int = 0, reason: str = "") -> CashCount:
    number = cash_count_id or cash_counts.open_cash_counts()[0].id
    cash, _ = cash_counts.expected(number)
    cheques = [
        payment.id
        for payment in cash_counts.of_cash_count(number)
        if payment.kind == "cheque" and payment.undone is None
    ]
    with transaction():
        return cash_counts.close(
            number,
            pieces=pieces_of(cash - short),
            cheques=cheques,
            difference_reason=reason,
            by=cast.kanya.user,
        )


def brought_in(*movements: tuple[int, str], minutes: int = 0) -> None:
    raw = generic(
        [
            (NOW + timedelta(minutes=minutes + n), satang, "", words)
            for n, (satang, words) in enumerate(movements)
        ]
    )
    bank_hands.import_file(name="a.csv", raw=raw, by=None)
    db.session.rollback()


def lines() -> list[ReconciliationItem]:
    statement = (
        select(ReconciliationItem).join(ReconciliationItem.event).where(BankEvent.source == "statement")
    )
    return list(db.session().scalars(statement.order_by(BankEvent.id)))


def received() -> int:
    return int(db.session().scalar(select(func.coalesce(func.sum(LIVE.c.satang), 0))) or 0)


def a_line_of(satang: int, words: str = "ฝากเงินสด") -> int:
    """A line that came before anything was counted, and waits."""
    brought_in((satang, words))
    (line,) = lines()
    assert line.state == "waiting"
    return line.event_id
