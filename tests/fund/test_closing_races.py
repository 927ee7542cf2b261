"""The second in which a month is closed: an entry of its last day is in it and certified, or it is not in it."""

import threading
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import committee_room as room
import pytest
import time_machine
from bank_months import ENOUGH, JANUARY, at, brought_in, waiting_ids
from flask import Flask
from people import Cast
from sqlalchemy import text

from app.fund.bank.reconciliation import decisions
from app.fund.closing import month_ends
from app.fund.ledger import books, entries, months
from app.fund.spending.records import Payment
from app.kit import clock
from app.kit.db import db, is_sqlite, transaction
from app.kit.errors import Refused
from app.staff.users import User

_LAST = date(2026, 1, 31)


def hand(portal: Flask, deed: Callable[[], object], outcomes: list[str]) -> threading.Thread:
    """Somebody else, who begins now."""

    def act() -> None:
        with portal.app_context():
            try:
                deed()
                outcomes.append("done")
            except Refused as refused:
                outcomes.append(refused.words)
            finally:
                db.session.remove()

    thread = threading.Thread(target=act)
    thread.start()
    return thread


def until_it_waits(thread: threading.Thread) -> None:
    """Until the other is through, or stands still before a lock that we hold. On SQLite it waits to begin."""
    if is_sqlite():
        return
    while thread.is_alive():
        with db.engine.connect() as other:
            if other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return


@pytest.fixture
def promised(portal: Flask, cast: Cast) -> str:
    """January's last donation is in, a part of it is promised to a family, and nothing else stands in the way."""
    with time_machine.travel(at(31), tick=True):
        brought_in([(at(31), 50_000, "", "a")])
        with transaction():
            decisions.assign(waiting_ids()[0], purpose_id=cast.purpose().id, by=cast.kanya.user)
        return room.approve(cast, 20_000)


@pytest.fixture
def clock_of_the_books_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looked at the clock just before midnight posts just after it."""
    slow = SimpleNamespace(today=lambda: _LAST, now=clock.now)
    monkeypatch.setattr(entries, "clock", slow)


def close(kanya: int | None) -> None:
    month_ends.close(JANUARY, reasons=ENOUGH, by=db.session().get_one(User, kanya))


@pytest.mark.usefixtures("clock_of_the_books_is_slow")
def test_a_month_is_not_certified_without_the_payment_that_is_on_its_way(
    portal: Flask, cast: Cast, promised: str
) -> None:
    kanya, outcomes = cast.kanya.user_id, list[str]()
    with time_machine.travel(at(1, hour=0, month=2), tick=True):
        with transaction():
            room.pay(cast, promised, 20_000)
            closing = hand(portal, lambda: close(kanya), outcomes)
            until_it_waits(closing)
        closing.join()
        db.session.rollback()
        month = months.closed(JANUARY)
        paid = db.session().query(Payment).count()
        assert paid == 1
        assert month is None or month.certified["books"]["paid"] == 20_000
        assert outcomes == ["done"] or "ระหว่างปิดเดือน" in outcomes[0]
    assert books.findings() == []


@pytest.mark.usefixtures("clock_of_the_books_is_slow")
def test_a_payment_that_waited_for_the_closing_is_not_posted_into_the_closed_month(
    portal: Flask, cast: Cast, promised: str
) -> None:
    outcomes: list[str] = []
    kanya = cast.kanya
    with time_machine.travel(at(1, hour=0, month=2), tick=True):
        facts = month_ends._closable(JANUARY, ENOUGH)
        with transaction():
            months.lock_books()
            paying = hand(portal, lambda: room.pay(cast, promised, 20_000, by=kanya), outcomes)
            until_it_waits(paying)
            months.close(
                JANUARY,
                facts=month_ends.month_facts.written(facts),
                paper=b"%PDF",
                at=clock.now(),
                by=cast.kanya.user,
            )
        paying.join()
        db.session.rollback()
    assert ["ปิดบัญชีแล้ว" in outcome for outcome in outcomes] == [True]
    assert db.session().query(Payment).count() == 0
    assert books.findings() == []


@pytest.mark.usefixtures("clock_of_the_books_is_slow")
def test_the_database_itself_has_a_closing_wait_for_entries(
    portal: Flask, cast: Cast, promised: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also whoever forgets to wait: the row of the closed month comes after every entry that is on its way."""
    monkeypatch.setattr(months, "lock_books", lambda: None)
    kanya, outcomes, order = cast.kanya.user_id, list[str](), list[str]()

    def closes() -> None:
        with transaction() as session:
            by = session.get_one(User, kanya)
            months.close(JANUARY, facts="{}", paper=b"%PDF", at=clock.now(), by=by)
            order.append("closed")
            raise Refused("it was only tried")

    with time_machine.travel(at(1, hour=0, month=2), tick=True):
        with transaction():
            room.pay(cast, promised, 20_000)
            closing = hand(portal, closes, outcomes)
            until_it_waits(closing)
            order.append("posted")
        closing.join()
    assert order == ["posted", "closed"]
