"""A statement that was brought in by mistake: two people take it out, and the books, the proof and the right file go on."""

from types import SimpleNamespace
from typing import Any

import committee_room as room
import pytest
import time_machine
from bank_decided import another_officer, at_once, user
from bank_hands import confirmation, generic, item_of, opened, send
from bank_months import ENOUGH, JANUARY, at, brought_in, closing, proved
from flask import Flask
from opened import approved_past_the_rule
from people import PASSWORD, Cast
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.fund.bank.reconciliation import outgoing_lines, suggestions, undoing
from app.fund.bank.records import BankEvent, ReconciliationItem, Statement
from app.fund.bank.statements import continuations, statements, withdrawals
from app.fund.closing import month_facts
from app.fund.giving.records.donations import DonationReversal
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger import books
from app.fund.spending import bank_lines
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import approvals

_RIGHT = [(at(5), 50_000, "", "a")]
_WRONG = [(at(5), 50_000, "", "a"), (at(6), 70_000, "", "b")]


def _newest() -> int:
    return db.session().scalars(select(Statement.id).order_by(Statement.id.desc()).limit(1)).one()


def _asked(cast: Cast) -> PaymentRequest:
    """A giver who is about to transfer 500 baht on the fifth."""
    with time_machine.travel(at(5, 9), tick=True):
        return opened(cast, 50_000)


def _withdraw(cast: Cast, number: int) -> None:
    with transaction():
        asked = withdrawals.ask(number, reason="เป็นไฟล์ของบัญชีอื่น", by=cast.kanya.user).id
    with transaction():
        approvals.approve(asked, by=cast.somchai.user)
    db.session.rollback()


def _sources() -> list[tuple[str, str, str]]:
    rows = select(BankEvent.source, ReconciliationItem.state, ReconciliationItem.match_reason)
    joined = rows.join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
    return [tuple(row) for row in db.session().execute(joined.order_by(BankEvent.id))]


def test_two_people_take_a_wrong_file_out_and_the_right_one_comes_in(portal: Flask, cast: Cast) -> None:
    wanted = _asked(cast)
    with time_machine.travel(at(31), tick=True):
        counts = brought_in([(at(5), 50_000, wanted.ref1, "a"), (at(6), 70_000, "", "b")])
        assert (counts["posted"], counts["waiting"]) == (1, 1)
        wrong = _newest()
        with transaction():
            asked = withdrawals.ask(wrong, reason="เป็นไฟล์ของบัญชีอื่น", by=cast.kanya.user)
            number = asked.id
        assert books.balances()[0].received == 50_000
        with pytest.raises(Refused, match="ยืนยันเองไม่ได้"), transaction():
            approvals.approve(number, by=cast.kanya.user)
        with transaction():
            approvals.approve(number, by=cast.somchai.user)
        db.session.rollback()
        assert books.balances()[0].received == 0
        assert _sources() == [("withdrawn", "excluded", "withdrawn")] * 2
        assert db.session().scalars(select(Receipt)).one().voided_at is not None
        assert all(not day.covered and day.difference == 0 for day in proved(last=at(20).date()).days)
        counts = brought_in([(at(5), 50_000, wanted.ref1, "a")])
        assert (counts["new"], counts["posted"]) == (1, 1)
        assert books.balances()[0].received == 50_000
        assert proved(last=at(20).date()).holds
        (told,) = month_facts.gather(JANUARY)["withdrawn"]
        assert (told["file"], len(told["by"]), told["reason"]) == ("a.csv", 2, "เป็นไฟล์ของบัญชีอื่น")


def test_a_month_closes_once_the_wrong_file_is_out(portal: Flask, cast: Cast) -> None:
    with time_machine.travel(at(31), tick=True):
        brought_in([(at(5), 50_000, "", "a")])
        brought_in([(at(6), 70_000, "", "b")], opening=9_000_000)
        assert not proved().holds
        _withdraw(cast, _newest())
        assert proved().holds
    with time_machine.travel(at(2, month=2), tick=True):
        month = closing(cast, waiting="รอหลักฐานจากผู้โอน", **ENOUGH)
        assert "a.csv" in str(month.certified["withdrawn"])


def test_what_another_source_told_as_well_is_decided_anew(portal: Flask, cast: Cast) -> None:
    with time_machine.travel(at(31), tick=True):
        wanted = _asked(cast)
        brought_in([(at(5), 50_000, wanted.ref1, "a")])
        send(portal, confirmation(wanted.ref1, 50_000, number="T1", at=at(5)))
        assert item_of("T1").state == "duplicate"
        _withdraw(cast, _newest())
        item = item_of("T1")
        assert (item.state, item.match_reason, item.duplicate_of_id) == ("waiting", "undone", None)


def test_a_line_of_money_out_that_is_explained_holds_its_file_until_that_is_taken_back(
    portal: Flask, cast: Cast
) -> None:
    with time_machine.travel(at(31), tick=True):
        brought_in([(at(5), -1_500, "", "a")])
        line = db.session().scalars(select(BankEvent.id).where(BankEvent.satang < 0)).one()
        with transaction():
            bank_lines.explain(line, reason="ค่าธรรมเนียมของธนาคาร", by=cast.kanya.user)
        with pytest.raises(Refused, match="จับคู่หรืออธิบายไว้แล้ว"):
            _withdraw(cast, _newest())
        with transaction():
            bank_lines.unlink(line, by=cast.kanya.user)
        _withdraw(cast, _newest())
        assert _sources() == [("withdrawn", "excluded", "withdrawn")]


def test_a_line_of_a_file_that_was_taken_out_is_offered_nowhere(portal: Flask, cast: Cast) -> None:
    with time_machine.travel(at(31), tick=True):
        raw = generic([(at(5), 50_000, "", "a"), (at(6), -30_000, "", "b")])
        statements.import_file(name="a.csv", raw=raw, by=None)
        number = _newest()
        into, out = db.session().scalars(select(BankEvent).order_by(BankEvent.id)).all()
        refund: Any = SimpleNamespace(event=into, satang=30_000, asked_at=at(5))
        payment: Any = SimpleNamespace(id=0, net_satang=50_000, paid_on=at(4).date())
        same = BankEvent(source="scb", satang=50_000, occurred_at=at(5))

        def offered() -> list[list[int]]:
            return [
                [row.id for row in continuations.waiting()],
                [line.id for line in outgoing_lines.of(refund)],
                [line.id for line in bank_lines.came_back(payment)],
                [item.event_id for item in suggestions.twins(same)],
            ]

        assert offered() == [[number], [out.id], [into.id], [into.id]]
        _withdraw(cast, number)
        assert offered() == [[], [], [], []]
        with pytest.raises(Refused, match="ถูกถอนไปแล้ว"), transaction():
            continuations.confirm(number, by=cast.somchai.user)
        with pytest.raises(Refused, match="ถูกถอนไปแล้ว"), transaction():
            bank_lines.explain(out.id, reason="ค่าธรรมเนียม", by=cast.kanya.user)
        assert statements.import_file(name="a.csv", raw=raw, by=None)["new"] == 2, (
            "the same file may come again"
        )


@pytest.mark.parametrize("gone", ["paid", "promised", "closed", "joined"])
def test_a_file_whose_money_is_gone_or_certified_stays(portal: Flask, cast: Cast, gone: str) -> None:
    why = {
        "paid": "จ่ายช่วยเหลือไปแล้ว",
        "promised": "ผูกพันตามมติไปแล้ว",
        "closed": "ซึ่งปิดบัญชีแล้ว",
        "joined": "ยอดต่อจากไฟล์นี้",
    }
    with time_machine.travel(at(31), tick=True):
        wanted = _asked(cast)
        brought_in([(at(5), 50_000, wanted.ref1, "a")])
        number = _newest()
        if gone == "joined":
            raw = generic([(at(7), 60_000, "", "c")], opening=50_000)
            statements.import_file(name="next.csv", raw=raw, by=None)
        if gone in ("paid", "promised"):
            code = room.approve(cast, 40_000)
        if gone == "paid":
            room.pay(cast, code, 40_000)
    with time_machine.travel(at(2, month=2), tick=True):
        if gone == "closed":
            closing(cast, **ENOUGH)
        with pytest.raises(Refused, match=why[gone]), transaction():
            withdrawals.ask(number, reason="เป็นไฟล์ของบัญชีอื่น", by=cast.kanya.user)
    assert books.balances()[0].received == 50_000


def test_who_asks_is_of_finance_and_says_why(sqlite_portal: Flask, cast: Cast) -> None:
    with time_machine.travel(at(31), tick=True):
        brought_in(_WRONG)
        with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงิน"), transaction():
            withdrawals.ask(_newest(), reason="ไฟล์ของบัญชีอื่น", by=cast.busaba.user)
        with pytest.raises(BadInput, match="เหตุผล"), transaction():
            withdrawals.ask(_newest(), reason="ผิด", by=cast.kanya.user)
        _withdraw(cast, _newest())
        with pytest.raises(Refused, match="ถูกถอนไปแล้ว"), transaction():
            withdrawals.ask(_newest(), reason="เป็นไฟล์ของบัญชีอื่น", by=cast.kanya.user)


_FORGED = {
    "statement_withdrawn_by_two": "INSERT INTO statement_withdrawal SELECT s.id, '2026-01-31', a.id FROM statement AS s, "
    "approval_request AS a WHERE a.kind = 'statement.withdraw'",
    "final_bank_event": "UPDATE bank_event SET source = 'withdrawn'",
    "withdrawn_stays_excluded": "UPDATE reconciliation_item SET state = 'waiting' WHERE match_reason = 'withdrawn'",
    "allocation_of_withdrawn": "INSERT INTO allocation (event_id, donation_id, satang) SELECT e.id, 1, e.satang FROM bank_event AS e",
    "final_statement_withdrawal": "UPDATE statement_withdrawal SET at = '2026-01-30'",
    "kept_statement_withdrawal": "DELETE FROM statement_withdrawal",
    "statement_joined_to_withdrawn": "INSERT INTO statement_basis (statement_id, kind, joins_id, balance_satang, below_satang, at) "
    "SELECT MAX(s.id), 'joined', w.statement_id, MAX(e.balance_satang), 1, '2026-01-31' FROM statement AS s, "
    "statement_withdrawal AS w JOIN bank_event AS e ON e.statement_id = w.statement_id GROUP BY w.statement_id",
}


@pytest.mark.parametrize("name", _FORGED)
def test_nobody_takes_a_file_out_past_the_rule(portal: Flask, cast: Cast, name: str) -> None:
    with time_machine.travel(at(31), tick=True):
        brought_in(_WRONG)
        if name in ("statement_withdrawn_by_two", "final_bank_event"):
            with transaction():
                withdrawals.ask(_newest(), reason="เป็นไฟล์ของบัญชีอื่น", by=cast.kanya.user)
        else:
            _withdraw(cast, _newest())
        if name == "statement_joined_to_withdrawn":
            brought_in([(at(7), 60_000, "", "c")], opening=9_000_000)
        with pytest.raises((Refused, DBAPIError)) as caught, transaction() as session:
            session.execute(text(_FORGED[name]))
    cause = caught.value.__cause__ if isinstance(caught.value, Refused) else caught.value
    assert isinstance(cause, DBAPIError)
    assert name in str(cause.orig)


def test_the_database_takes_no_file_of_a_closed_month_out(portal: Flask, cast: Cast) -> None:
    with time_machine.travel(at(31), tick=True):
        brought_in([(at(5), 50_000, _asked(cast).ref1, "a")])
        with transaction():
            number = withdrawals.ask(_newest(), reason="เป็นไฟล์ของบัญชีอื่น", by=cast.kanya.user).id
    with time_machine.travel(at(2, month=2), tick=True):
        closing(cast, **ENOUGH)
        forged = f"INSERT INTO statement_withdrawal SELECT s.id, '2026-02-02', {number} FROM statement AS s"
        with pytest.raises((Refused, DBAPIError), match="ของเดือนที่ปิดบัญชีแล้ว"), transaction() as session:
            session.execute(text(approved_past_the_rule(number, cast.somchai.user_id)))
            session.execute(text(forged))


def test_two_confirmations_at_once_take_a_file_out_once(postgres_portal: Flask, cast: Cast) -> None:
    with time_machine.travel(at(31), tick=True):
        wanted = _asked(cast)
        brought_in([(at(5), 50_000, wanted.ref1, "a")])
        with transaction():
            number = withdrawals.ask(_newest(), reason="เป็นไฟล์ของบัญชีอื่น", by=cast.kanya.user).id
        nid, somchai = another_officer().id, cast.somchai.user.id
        outcomes = at_once(
            postgres_portal,
            *(
                lambda who=who: approvals.approve(number, by=db.session().get_one(type(cast.kanya.user), who))
                for who in (nid, somchai)
            ),
        )
        assert outcomes == ["done", "refused"]
        assert books.balances()[0].received == 0


@pytest.mark.pages
def test_the_page_of_a_file_asks_for_it_and_the_queue_confirms(sqlite_portal: Flask, cast: Cast) -> None:
    with time_machine.travel(at(31), tick=True):
        brought_in(_RIGHT)
        number = _newest()
        page = cast.kanya.sign_in().send(
            f"/bank/statements/{number}", action="withdraw", reason="เป็นไฟล์ของบัญชีอื่น"
        )
        assert "รออีกท่านยืนยัน" in page.words
        asked = withdrawals.waiting_for(number)
        assert asked is not None
        somchai = cast.somchai.sign_in()
        assert "ไฟล์ที่ขอถอน" in somchai.visit("/bank/confirmations").words
        somchai.send(f"/approvals/{asked.id}", password_again=PASSWORD)
        assert "ไฟล์นี้ถูกถอนแล้ว" in somchai.visit(f"/bank/statements/{number}").words


def test_a_line_undone_while_its_file_goes_is_reversed_once(postgres_portal: Flask, cast: Cast) -> None:
    with time_machine.travel(at(31), tick=True):
        brought_in([(at(5), 50_000, _asked(cast).ref1, "a")])
        with transaction():
            number = withdrawals.ask(_newest(), reason="เป็นไฟล์ของบัญชีอื่น", by=cast.kanya.user).id
        event_id = db.session().scalars(select(BankEvent.id)).one()
        kanya, somchai = cast.kanya.user.id, cast.somchai.user.id
        at_once(
            postgres_portal,
            lambda: approvals.approve(number, by=user(somchai)),
            lambda: undoing.undo(event_id, reason="ไม่ใช่ของเรา", by=user(kanya)),
        )
        assert withdrawals.of(_newest()) is not None
        assert books.balances()[0].received == 0
        assert db.session().scalar(select(func.count()).select_from(DonationReversal)) == 1
