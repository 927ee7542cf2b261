"""The ledger's own rules: what moves money, what the database refuses, and what checks the books."""

import json
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from ledger_alone import only_its_own_checks
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.fund.ledger import books, entries
from app.fund.ledger.accounts import Account, Kind, account, open_purpose
from app.fund.ledger.books import BooksCheck
from app.fund.ledger.commands import books as books_command
from app.fund.ledger.entries import Entry
from app.kit.db import db, is_sqlite, transaction
from app.kit.errors import Refused


@pytest.fixture(autouse=True)
def _the_ledger_alone() -> Iterator[None]:
    with only_its_own_checks():
        yield


@pytest.fixture
def purpose_id(portal: Flask) -> int:
    with transaction():
        return open_purpose(code="general", name_th="ทั่วไป").id


def _balances(purpose_id: int) -> tuple[int, int, int, int]:
    db.session().rollback()
    kinds = Kind.RECEIVED, Kind.AVAILABLE, Kind.COMMITTED, Kind.PAID
    received, available, committed, paid = (
        account(kind, purpose_id=purpose_id).balance_satang for kind in kinds
    )
    return received, available, committed, paid


def _receive(purpose_id: int, satang: int, cause: str = "donation:1") -> int:
    with transaction():
        return entries.receive(purpose_id=purpose_id, satang=satang, cause=cause, by_id=None)


def test_money_walks_from_received_to_paid(purpose_id: int) -> None:
    _receive(purpose_id, 100_00)
    assert _balances(purpose_id) == (100_00, 100_00, 0, 0)
    with transaction():
        entries.commit(purpose_id=purpose_id, satang=60_00, cause="commit:1", by_id=None)
    assert _balances(purpose_id) == (100_00, 40_00, 60_00, 0)
    with transaction():
        entries.pay(purpose_id=purpose_id, satang=45_00, cause="pay:1", by_id=None)
        entries.release(purpose_id=purpose_id, satang=15_00, cause="release:1", by_id=None)
    assert _balances(purpose_id) == (100_00, 55_00, 0, 45_00)


def test_an_entry_is_taken_back_once_and_the_original_stays(purpose_id: int) -> None:
    number = _receive(purpose_id, 100_00)
    with transaction():
        entries.reverse(number, cause=f"reverse:{number}", by_id=None)
    assert _balances(purpose_id) == (0, 0, 0, 0)
    with pytest.raises(Refused), transaction():
        entries.reverse(number, cause="reverse:again", by_id=None)
    assert db.session().scalar(select(func.count()).select_from(Entry)) == 2
    with pytest.raises(Refused, match="ไม่พบ"), transaction():
        entries.reverse(999, cause="reverse:999", by_id=None)


def test_money_already_promised_cannot_be_taken_back_as_if_it_never_came(purpose_id: int) -> None:
    number = _receive(purpose_id, 100_00)
    with transaction():
        entries.commit(purpose_id=purpose_id, satang=1, cause="commit:1", by_id=None)
    with pytest.raises(Refused, match="ไม่พอ"), transaction():
        entries.reverse(number, cause=f"reverse:{number}", by_id=None)


@pytest.mark.parametrize("deed", [entries.commit, entries.pay, entries.release])
def test_one_satang_more_than_there_is_is_refused_by_the_database(
    purpose_id: int, deed: Callable[..., int]
) -> None:
    _receive(purpose_id, 100_00)
    if deed is not entries.commit:
        with transaction():
            entries.commit(purpose_id=purpose_id, satang=100_00, cause="commit:1", by_id=None)
    before = _balances(purpose_id)
    with pytest.raises(Refused, match="ไม่พอ"), transaction():
        deed(purpose_id=purpose_id, satang=100_01, cause="again:1", by_id=None)
    assert _balances(purpose_id) == before
    with transaction():
        deed(purpose_id=purpose_id, satang=100_00, cause="again:1", by_id=None)


def test_money_of_one_purpose_is_never_spent_on_another(purpose_id: int) -> None:
    with transaction():
        other = open_purpose(code="education", name_th="การศึกษา").id
    _receive(purpose_id, 100_00)
    with pytest.raises(Refused, match="ไม่พอ"), transaction():
        entries.commit(purpose_id=other, satang=1, cause="commit:1", by_id=None)
    assert _balances(other) == (0, 0, 0, 0)


def test_one_cause_moves_money_once(purpose_id: int) -> None:
    _receive(purpose_id, 100_00, "donation:7")
    with pytest.raises(Refused, match="ลงบัญชีไปแล้ว"):
        _receive(purpose_id, 100_00, "donation:7")
    assert _balances(purpose_id)[0] == 100_00


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET satang = 1",
        "UPDATE entry SET cause = 'donation:2'",
        "UPDATE entry SET on_date = '2020-01-01'",
        "DELETE FROM entry",
        "UPDATE account SET balance_satang = balance_satang + 1 WHERE kind = 'available'",
        "UPDATE account SET balance_satang = 0",
        "UPDATE account SET balance_satang = 200, last_entry_id = 1 WHERE kind = 'available'",
        "UPDATE account SET last_entry_id = NULL",
        "UPDATE account SET kind = 'paid' WHERE kind = 'committed'",
        "DELETE FROM account",
        "INSERT INTO account (kind, purpose_id, balance_satang) VALUES ('paid', 1, 5)",
        "INSERT INTO entry (debit_id, credit_id, satang, cause, on_date, at) "
        "VALUES (1, 1, 5, 'x:1', '2022-01-01', '2022-01-01')",
        "INSERT INTO entry (debit_id, credit_id, satang, cause, on_date, at) "
        "VALUES (1, 2, -5, 'x:1', '2022-01-01', '2022-01-01')",
        "UPDATE purpose SET code = 'other'",
        "DELETE FROM purpose",
    ],
)
def test_the_database_refuses_to_rewrite_the_books(purpose_id: int, statement: str) -> None:
    _receive(purpose_id, 100_00)
    with pytest.raises((DBAPIError, Refused)), transaction() as session:
        session.execute(text(statement))
    assert _balances(purpose_id) == (100_00, 100_00, 0, 0)


def test_the_row_by_itself_moves_both_balances(purpose_id: int) -> None:
    """The trigger does it, so that no program that writes a row can forget the balances."""
    ids = {a.kind: a.id for a in db.session().scalars(select(Account).filter_by(purpose_id=purpose_id))}
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO entry (debit_id, credit_id, satang, cause, on_date, at) "
                "VALUES (:debit, :credit, 700, 'donation:1', '2022-01-27', '2022-01-27 03:00:00')"
            ),
            {"debit": ids["available"], "credit": ids["received"]},
        )
    assert _balances(purpose_id) == (700, 700, 0, 0)


def test_books_that_do_not_hold_say_where(purpose_id: int) -> None:
    _receive(purpose_id, 100_00)
    wrong = account(Kind.AVAILABLE, purpose_id=purpose_id).id
    _without_guards()
    with transaction() as session:
        session.execute(text(f"UPDATE account SET balance_satang = 9999 WHERE id = {wrong}"))
    found = books.findings()
    assert any(f"บัญชีเลขที่ {wrong} แสดง 9999 สตางค์ แต่รายการรวมได้ 10000" in one for one in found)
    assert any("วัตถุประสงค์ general ต่างกัน 1 สตางค์" in one for one in found)
    with transaction() as session:
        session.execute(text(f"UPDATE account SET balance_satang = 10000 WHERE id = {wrong}"))
    assert books.findings() == []


def test_an_entry_between_two_purposes_is_found(purpose_id: int) -> None:
    with transaction():
        other = open_purpose(code="education", name_th="การศึกษา").id
    _receive(purpose_id, 100_00)
    debit = account(Kind.AVAILABLE, purpose_id=other).id
    credit = account(Kind.AVAILABLE, purpose_id=purpose_id).id
    insert = (
        "INSERT INTO entry (debit_id, credit_id, satang, cause, on_date, at) "
        f"VALUES ({debit}, {credit}, 500, 'x:1', '2022-01-01', '2022-01-01')"
    )
    with transaction() as session:
        session.execute(text(insert))
    assert any("ข้ามวัตถุประสงค์" in one for one in books.findings())
    with transaction() as session:
        session.execute(
            text(insert.replace(f"{debit}, {credit}", f"{credit}, {debit}").replace("x:1", "x:2"))
        )
    _without_guards()
    with transaction() as session:
        session.execute(text("DELETE FROM entry WHERE cause LIKE 'x:%'"))


def _without_guards() -> None:
    """What somebody with the database's own password could do."""
    with transaction() as session:
        if is_sqlite():
            for name in ("account_moves_by_entry", "kept_entry"):
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("account", "entry"):
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def test_the_check_by_command_is_kept_and_tells_by_its_exit(purpose_id: int, portal: Flask) -> None:
    _receive(purpose_id, 100_00)
    runner = portal.test_cli_runner()
    good = runner.invoke(books_command, ["check"])
    assert good.exit_code == 0
    said = json.loads(good.stdout)
    assert said["held"] is True
    assert all(found == [] for found in said["proofs"].values())
    assert said["made"] == said["expected"] == len(said["proofs"]) >= 3
    _without_guards()
    with transaction() as session:
        session.execute(text("UPDATE account SET balance_satang = 1 WHERE kind = 'available'"))
    bad = runner.invoke(books_command, ["check"])
    assert bad.exit_code == 2
    assert json.loads(bad.stdout)["held"] is False
    assert bad.stderr.count("\n") == 1
    with transaction() as session:
        session.execute(text("UPDATE account SET balance_satang = 10000 WHERE kind = 'available'"))
    checks = db.session().scalars(select(BooksCheck).order_by(BooksCheck.id)).all()
    assert [(one.held, one.by) for one in checks] == [(True, "command"), (False, "command")]
    assert "สตางค์" in checks[1].findings


@pytest.mark.postgres
def test_twenty_hands_racing_for_the_last_hundred_baht_promise_it_once(postgres_portal: Flask) -> None:
    with transaction():
        purpose_id = open_purpose(code="general", name_th="ทั่วไป").id
    _receive(purpose_id, 100_00)
    start = threading.Barrier(20)
    won: list[int] = []
    lost: list[str] = []

    def approve(number: int) -> None:
        with postgres_portal.app_context():
            start.wait()
            try:
                with transaction():
                    entries.commit(purpose_id=purpose_id, satang=100_00, cause=f"commit:{number}", by_id=None)
                won.append(number)
            except Refused as refused:
                lost.append(refused.words)

    hands = [threading.Thread(target=approve, args=(number,)) for number in range(20)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(won) == 1
    assert len(lost) == 19
    assert all("ไม่พอ" in words for words in lost)
    assert _balances(purpose_id) == (100_00, 0, 100_00, 0)
