"""The ledger's own rules: what moves money, what the database refuses, and what checks the books."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from ledger_alone import Sources, only_its_own_checks, sources
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.fund.ledger import books, entries
from app.fund.ledger.accounts import Account, AccountKind, account, open_purpose
from app.fund.ledger.books import BooksCheck
from app.fund.ledger.commands import books as books_command
from app.fund.ledger.entries import Entry
from app.kit import clock
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
    return _balances_inside(purpose_id)


def _balances_inside(purpose_id: int) -> tuple[int, int, int, int]:
    kinds = AccountKind.RECEIVED, AccountKind.AVAILABLE, AccountKind.COMMITTED, AccountKind.PAID
    received, available, committed, paid = (
        account(kind, purpose_id=purpose_id).balance_satang for kind in kinds
    )
    return received, available, committed, paid


@pytest.fixture
def source(purpose_id: int) -> Sources:
    with transaction():
        return sources(purpose_id)


def _receive(source: Sources, purpose_id: int, satang: int, *, step: int = 1) -> int:
    with transaction():
        return entries.receive(
            purpose_id=purpose_id, satang=satang, donation_id=source.donation_id, by_id=None, step=step
        )


def _commit(source: Sources, purpose_id: int, satang: int, *, step: int = 1) -> int:
    with transaction():
        return entries.commit(
            purpose_id=purpose_id, satang=satang, commitment_id=source.commitment_id, by_id=None, step=step
        )


def _release(source: Sources, purpose_id: int, satang: int, *, step: int = 1) -> int:
    with transaction():
        return entries.release(
            purpose_id=purpose_id, satang=satang, commitment_id=source.commitment_id, by_id=None, step=step
        )


def _pay(source: Sources, purpose_id: int, satang: int, *, step: int = 1) -> int:
    with transaction():
        return entries.pay(
            purpose_id=purpose_id, satang=satang, payment_id=source.payment_id, by_id=None, step=step
        )


def test_money_walks_from_received_to_paid_and_back(purpose_id: int, source: Sources) -> None:
    _receive(source, purpose_id, 100_00)
    assert _balances(purpose_id) == (100_00, 100_00, 0, 0)
    _commit(source, purpose_id, 60_00)
    assert _balances(purpose_id) == (100_00, 40_00, 60_00, 0)
    _pay(source, purpose_id, 45_00)
    _release(source, purpose_id, 15_00)
    assert _balances(purpose_id) == (100_00, 55_00, 0, 45_00)
    with transaction():
        entries.void(purpose_id=purpose_id, satang=45_00, payment_id=source.payment_id, by_id=None)
        assert _balances_inside(purpose_id) == (100_00, 55_00, 45_00, 0)
        entries.release(
            purpose_id=purpose_id, satang=45_00, commitment_id=source.commitment_id, by_id=None, step=2
        )
        assert _balances_inside(purpose_id) == (100_00, 100_00, 0, 0)
        entries.give_back(
            purpose_id=purpose_id, satang=100_00, donation_reversal_id=source.donation_reversal_id, by_id=None
        )
    assert _balances(purpose_id) == (0, 0, 0, 0)
    made = db.session().scalars(select(Entry).order_by(Entry.id)).all()
    assert [(entry.movement, *entry.source, entry.step) for entry in made] == [
        ("receive", "donation_id", source.donation_id, 1),
        ("commit", "commitment_id", source.commitment_id, 1),
        ("pay", "payment_id", source.payment_id, 1),
        ("release", "commitment_id", source.commitment_id, 1),
        ("void", "payment_id", source.payment_id, 1),
        ("release", "commitment_id", source.commitment_id, 2),
        ("give_back", "donation_reversal_id", source.donation_reversal_id, 1),
    ]


def test_several_commitments_payments_and_releases_conserve_money(purpose_id: int, source: Sources) -> None:
    _receive(source, purpose_id, 1000_00)
    _commit(source, purpose_id, 300_00)
    _commit(source, purpose_id, 200_00, step=2)
    for step, satang in enumerate((100_00, 50_00, 25_01), start=1):
        _release(source, purpose_id, satang, step=step)
        received, available, committed, paid = _balances(purpose_id)
        assert received == available + committed + paid == 1000_00
    _pay(source, purpose_id, 24_99)
    _pay(source, purpose_id, 200_00, step=2)
    assert _balances(purpose_id) == (1000_00, 675_01, 100_00, 224_99)
    with pytest.raises(Refused, match="ไม่พอ"):
        _release(source, purpose_id, 100_01, step=4)
    _release(source, purpose_id, 100_00, step=4)
    assert _balances(purpose_id) == (1000_00, 775_01, 0, 224_99)


def test_money_already_promised_cannot_be_taken_back_as_if_it_never_came(
    purpose_id: int, source: Sources
) -> None:
    _receive(source, purpose_id, 100_00)
    _commit(source, purpose_id, 1)
    with pytest.raises(Refused, match="ไม่พอ"), transaction():
        entries.give_back(
            purpose_id=purpose_id, satang=100_00, donation_reversal_id=source.donation_reversal_id, by_id=None
        )


@pytest.mark.parametrize("deed", [_commit, _pay, _release])
def test_one_satang_more_than_there_is_is_refused_by_the_database(
    purpose_id: int, source: Sources, deed: Callable[..., int]
) -> None:
    _receive(source, purpose_id, 100_00)
    if deed is not _commit:
        _commit(source, purpose_id, 100_00)
    before = _balances(purpose_id)
    with pytest.raises(Refused, match="ไม่พอ"):
        deed(source, purpose_id, 100_01)
    assert _balances(purpose_id) == before
    deed(source, purpose_id, 100_00)


def test_money_of_one_purpose_is_never_spent_on_another(purpose_id: int, source: Sources) -> None:
    with transaction():
        other = open_purpose(code="education", name_th="การศึกษา").id
    _receive(source, purpose_id, 100_00)
    with pytest.raises(Refused, match="ไม่พอ"):
        _commit(source, other, 1)
    assert _balances(other) == (0, 0, 0, 0)


@pytest.mark.parametrize("deed", [_receive, _commit, _release, _pay])
def test_a_step_moves_money_once(purpose_id: int, source: Sources, deed: Callable[..., int]) -> None:
    _receive(source, purpose_id, 100_00, step=7)
    if deed in (_release, _pay):
        _commit(source, purpose_id, 50_00, step=7)
    deed(source, purpose_id, 5_00)
    before = _balances(purpose_id)
    with pytest.raises(Refused, match="ลงบัญชีไปแล้ว"):
        deed(source, purpose_id, 5_00)
    assert _balances(purpose_id) == before
    deed(source, purpose_id, 5_00, step=2)


def test_the_same_step_of_another_movement_or_of_another_source_is_its_own(
    purpose_id: int, source: Sources
) -> None:
    with transaction():
        another = sources(purpose_id)
    _receive(source, purpose_id, 100_00)
    _receive(another, purpose_id, 100_00)
    _commit(source, purpose_id, 50_00)
    _commit(another, purpose_id, 50_00)
    _release(source, purpose_id, 50_00)
    assert _balances(purpose_id) == (200_00, 150_00, 50_00, 0)


_INSERT = (
    "INSERT INTO entry (debit_id, credit_id, satang, movement, {columns}, step, on_date, at) "
    "VALUES ({debit}, {credit}, 5, '{movement}', {values}, {step}, '2022-01-27', '2022-01-27 03:00:00')"
)


@pytest.mark.parametrize(
    ("movement", "columns", "values", "step", "why"),
    [
        ("receive", "donation_id", "NULL", 1, "ck_entry_one_source"),
        ("receive", "donation_id, commitment_id", "{donation}, {commitment}", 1, "ck_entry_one_source"),
        ("receive", "commitment_id", "{commitment}", 1, "ck_entry_source_of_movement"),
        ("commit", "payment_id", "{payment}", 1, "ck_entry_source_of_movement"),
        ("borrow", "donation_id", "{donation}", 1, "ck_entry_known_movement"),
        ("receive", "donation_id", "{donation}", 0, "ck_entry_steps_from_one"),
        ("receive", "donation_id", "987654", 1, "FOREIGN KEY|fk_entry_donation_id"),
    ],
)
def test_the_database_refuses_an_entry_without_the_one_source_of_its_movement(
    purpose_id: int, source: Sources, movement: str, columns: str, values: str, step: int, why: str
) -> None:
    ids = {a.kind: a.id for a in db.session().scalars(select(Account).filter_by(purpose_id=purpose_id))}
    sides = {"debit": ids["available"], "credit": ids["received"]}
    known = {
        "donation": source.donation_id,
        "commitment": source.commitment_id,
        "payment": source.payment_id,
    }
    good = _INSERT.format(
        columns="donation_id", movement="receive", values=source.donation_id, step=9, **sides
    )
    with transaction() as session:
        session.execute(text(good))
    wrong = _INSERT.format(
        columns=columns, movement=movement, values=values.format(**known), step=step, **sides
    )
    with pytest.raises(DBAPIError, match=why), transaction() as session:
        session.execute(text(wrong))
    assert _balances(purpose_id) == (5, 5, 0, 0)


def test_entries_of_a_source_are_looked_up_in_an_index(purpose_id: int) -> None:
    session = db.session()
    if not is_sqlite():
        # A table of few rows is read whole when it may be.
        session.execute(text("SET LOCAL enable_seqscan = off"))
    explain = "EXPLAIN QUERY PLAN" if is_sqlite() else "EXPLAIN"
    for column in entries.SOURCE_COLUMNS:
        plan = session.execute(text(f"{explain} SELECT * FROM entry WHERE {column} = 1")).all()
        assert f"uq_entry_{column}_movement_step" in str(plan)


def test_the_fingerprint_of_a_month_tells_any_change_of_its_entries(purpose_id: int, source: Sources) -> None:
    today = clock.today()
    nothing = entries.fingerprint(today, today)
    _receive(source, purpose_id, 100_00)
    first = entries.fingerprint(today, today)
    _commit(source, purpose_id, 40_00)
    both = entries.fingerprint(today, today)
    assert len({nothing, first, both}) == 3
    assert entries.fingerprint(today, today) == both
    assert entries.fingerprint(today + timedelta(days=1), today + timedelta(days=9)) == nothing
    _without_guards()
    with transaction() as session:
        session.execute(text("UPDATE entry SET step = 2 WHERE movement = 'commit'"))
    assert entries.fingerprint(today, today) != both


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET satang = 1",
        "UPDATE entry SET step = 2",
        "UPDATE entry SET on_date = '2020-01-01'",
        "DELETE FROM entry",
        "UPDATE account SET balance_satang = balance_satang + 1 WHERE kind = 'available'",
        "UPDATE account SET balance_satang = 0",
        "UPDATE account SET balance_satang = 200, last_entry_id = 1 WHERE kind = 'available'",
        "UPDATE account SET last_entry_id = NULL",
        "UPDATE account SET kind = 'paid' WHERE kind = 'committed'",
        "DELETE FROM account",
        "INSERT INTO account (kind, purpose_id, balance_satang) VALUES ('paid', 1, 5)",
        "INSERT INTO entry (debit_id, credit_id, satang, movement, donation_id, step, on_date, at) "
        "SELECT 1, 1, 5, 'receive', id, 9, '2022-01-01', '2022-01-01' FROM donation",
        "INSERT INTO entry (debit_id, credit_id, satang, movement, donation_id, step, on_date, at) "
        "SELECT 1, 2, -5, 'receive', id, 9, '2022-01-01', '2022-01-01' FROM donation",
        "UPDATE purpose SET code = 'other'",
        "DELETE FROM purpose",
    ],
)
def test_the_database_refuses_to_rewrite_the_books(purpose_id: int, source: Sources, statement: str) -> None:
    _receive(source, purpose_id, 100_00)
    with pytest.raises((DBAPIError, Refused)), transaction() as session:
        session.execute(text(statement))
    assert _balances(purpose_id) == (100_00, 100_00, 0, 0)


def test_the_row_by_itself_moves_both_balances(purpose_id: int, source: Sources) -> None:
    """The trigger does it, so that no program that writes a row can forget the balances."""
    ids = {a.kind: a.id for a in db.session().scalars(select(Account).filter_by(purpose_id=purpose_id))}
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO entry (debit_id, credit_id, satang, movement, donation_id, step, on_date, at) "
                "VALUES (:debit, :credit, 700, 'receive', :donation, 1, '2022-01-27', '2022-01-27 03:00:00')"
            ),
            {"debit": ids["available"], "credit": ids["received"], "donation": source.donation_id},
        )
    assert _balances(purpose_id) == (700, 700, 0, 0)


def test_books_that_do_not_hold_say_where(purpose_id: int, source: Sources) -> None:
    _receive(source, purpose_id, 100_00)
    wrong = account(AccountKind.AVAILABLE, purpose_id=purpose_id).id
    _without_guards()
    with transaction() as session:
        session.execute(text(f"UPDATE account SET balance_satang = 9999 WHERE id = {wrong}"))
    found = books.findings()
    assert any(f"บัญชีเลขที่ {wrong} แสดง 9999 สตางค์ แต่รายการรวมได้ 10000" in finding for finding in found)
    assert any("วัตถุประสงค์ general ต่างกัน 1 สตางค์" in finding for finding in found)
    with transaction() as session:
        session.execute(text(f"UPDATE account SET balance_satang = 10000 WHERE id = {wrong}"))
    assert books.findings() == []


def test_an_entry_between_two_purposes_is_found(purpose_id: int, source: Sources) -> None:
    with transaction():
        other = open_purpose(code="education", name_th="การศึกษา").id
    _receive(source, purpose_id, 100_00)
    debit = account(AccountKind.AVAILABLE, purpose_id=other).id
    credit = account(AccountKind.AVAILABLE, purpose_id=purpose_id).id
    insert = (
        "INSERT INTO entry (debit_id, credit_id, satang, movement, donation_id, step, on_date, at) "
        f"VALUES ({debit}, {credit}, 500, 'receive', {source.donation_id}, 8, '2022-01-01', '2022-01-01')"
    )
    with transaction() as session:
        session.execute(text(insert))
    assert any("ข้ามวัตถุประสงค์" in finding for finding in books.findings())
    with transaction() as session:
        session.execute(
            text(insert.replace(f"{debit}, {credit}", f"{credit}, {debit}").replace(" 8,", " 9,"))
        )
    _without_guards()
    with transaction() as session:
        session.execute(text("DELETE FROM entry WHERE step > 7"))


def _without_guards() -> None:
    """What somebody with the database's own password could do."""
    with transaction() as session:
        if is_sqlite():
            for name in ("account_moves_by_entry", "kept_entry", "final_entry"):
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("account", "entry"):
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def test_the_check_by_command_is_kept_and_tells_by_its_exit(
    purpose_id: int, source: Sources, portal: Flask
) -> None:
    _receive(source, purpose_id, 100_00)
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
    assert [(check.held, check.by) for check in checks] == [(True, "command"), (False, "command")]
    assert "สตางค์" in checks[1].findings


def _race(portal: Flask, deed: Callable[[int], int]) -> tuple[list[int], list[str]]:
    """Twenty hands do it at the same moment: the numbers of those who did, the words that the others read."""
    start = threading.Barrier(20)
    won: list[int] = []
    lost: list[str] = []

    def run(number: int) -> None:
        with portal.app_context():
            start.wait()
            try:
                deed(number)
                won.append(number)
            except Refused as refused:
                lost.append(refused.words)

    hands = [threading.Thread(target=run, args=(number,)) for number in range(20)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return won, lost


@pytest.mark.postgres
def test_twenty_hands_racing_for_the_last_hundred_baht_promise_it_once(postgres_portal: Flask) -> None:
    with transaction():
        purpose_id = open_purpose(code="general", name_th="ทั่วไป").id
        several = [sources(purpose_id) for _ in range(20)]
    _receive(several[0], purpose_id, 100_00)
    won, lost = _race(postgres_portal, lambda number: _commit(several[number], purpose_id, 100_00))
    assert len(won) == 1
    assert len(lost) == 19
    assert all("ไม่พอ" in words for words in lost)
    assert _balances(purpose_id) == (100_00, 0, 100_00, 0)


@pytest.mark.postgres
def test_twenty_hands_racing_to_post_the_same_donation_post_it_once(postgres_portal: Flask) -> None:
    with transaction():
        purpose_id = open_purpose(code="general", name_th="ทั่วไป").id
        source = sources(purpose_id)
    won, lost = _race(postgres_portal, lambda _: _receive(source, purpose_id, 100_00))
    assert len(won) == 1
    assert len(lost) == 19
    assert all("ลงบัญชีไปแล้ว" in words for words in lost)
    assert _balances(purpose_id) == (100_00, 100_00, 0, 0)
