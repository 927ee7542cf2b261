"""The opening: books that begin with money from before, on the word of two people, once, and never counted twice."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import bank_hands
import committee_room as room
import opened
import pytest
import time_machine
from flask import Flask
from ledger_alone import without_guards_of
from people import PASSWORD, Cast
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.fund.bank.records import ReconciliationItem
from app.fund.ledger import books, opening, opening_files
from app.fund.ledger.commands import books as books_command
from app.fund.ledger.entries import Entry
from app.fund.ledger.opening import Line
from app.fund.spending import tracing
from app.kit import clock, thai
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import approvals, papers

_GENERAL = Line("general", 1_000_00, 250_00, "ตามสมุดเงินฝาก")


def test_the_books_begin_with_what_two_people_say(portal: Flask, cast: Cast) -> None:
    number = opened.ask(cast, _GENERAL, Line("education", 0, 80_00))
    assert books.balances()[0].received == 0
    with pytest.raises(Refused, match="ท่านเป็นผู้ขอเรื่องนี้"), transaction():
        approvals.approve(number, by=cast.kanya.user)
    with transaction():
        approvals.approve(number, by=cast.somchai.user)
    (general, education) = books.balances()
    assert (general.received, general.available, education.received) == (1_000_00, 1_000_00, 0)
    (entry,) = db.session().scalars(select(Entry))
    assert (entry.movement, entry.satang, entry.by_id) == ("open", 1_000_00, cast.somchai.user.id)
    begun = opening.opening()
    assert begun is not None
    assert papers.content(begun.paper_hash) == opened.PAPER
    assert opening.total() == 1_000_00
    with pytest.raises(Refused, match="ไปแล้ว"):
        opened.ask(cast, _GENERAL)


def test_what_was_brought_forward_pays_before_any_donation_and_never_more_than_itself(
    portal: Flask, cast: Cast
) -> None:
    opened.begin(cast, _GENERAL)
    room.give(cast, 500_00)
    code = room.approve(cast, 1_400_00)
    first, second = room.pay(cast, code, 900_00), room.pay(cast, code, 300_00)
    assert [(source.is_opening, source.satang) for source in tracing.sources(first.id)] == [(True, 900_00)]
    assert [(source.is_opening, source.satang) for source in tracing.sources(second.id)] == [
        (False, 200_00),
        (True, 100_00),
    ]
    with (
        pytest.raises((Refused, DBAPIError), match=r"trace_within|ยอดยกมา|จ่าย"),
        transaction() as session,
    ):
        session.execute(
            text(
                "INSERT INTO trace (payment_id, opening_balance_id, satang) "
                "SELECT MIN(id), (SELECT MIN(id) FROM opening_balance), 1 FROM payment"
            )
        )


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "อย่างน้อยหนึ่ง"),
        ([Line("nothing_known", 1, 0)], "ไม่มีวัตถุประสงค์"),
        ([_GENERAL, _GENERAL], "มากกว่าหนึ่งบรรทัด"),
        ([Line("general", 0, 0)], "ลบบรรทัด"),
        ([Line("general", -1, 5)], "ติดลบ"),
    ],
)
def test_an_opening_that_says_nothing_sensible_is_refused(
    sqlite_portal: Flask, cast: Cast, lines: list[Line], why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        opened.ask(cast, *lines)


def test_the_books_begin_only_before_or_in_their_first_month(portal: Flask, cast: Cast) -> None:
    number = opened.ask(cast, _GENERAL)
    with time_machine.travel(clock.now() - timedelta(days=40)):
        room.give(cast, 100_00)
    with pytest.raises(Refused, match="เดือนแรก"), transaction():
        approvals.approve(number, by=cast.somchai.user)
    with pytest.raises(Refused, match="เดือนแรก"):
        opened.ask(cast, _GENERAL)
    forged = f"INSERT INTO opening SELECT 1, '2022-01-01', '2022-01-01 17:00:00', '', 'pdf', '{clock.today()}', asked_at, id "
    forged += f"FROM approval_request WHERE id = {number}"
    with pytest.raises((Refused, DBAPIError), match="ลงรายการเดือนก่อนหน้า"), transaction() as session:
        session.execute(text(opened.approved_past_the_rule(number, cast.somchai.user_id)))
        session.execute(text(forged))
    assert opening.opening() is None


def test_money_that_the_opening_holds_already_is_no_donation(portal: Flask, cast: Cast) -> None:
    opened.begin(cast, _GENERAL)
    with pytest.raises(Refused, match="อยู่ในยอดยกมาแล้ว"), time_machine.travel(clock.now() - timedelta(days=1)):
        room.give(cast, 100_00)
    assert books.balances()[0].received == 1_000_00


def test_money_that_is_a_donation_already_is_not_brought_forward(portal: Flask, cast: Cast) -> None:
    number = opened.ask(cast, _GENERAL, days_ago=0)
    room.give(cast, 100_00)
    with pytest.raises(Refused, match="นับสองครั้ง"), transaction():
        approvals.approve(number, by=cast.somchai.user)


_FORGED = {
    "trace_within_opening": "INSERT INTO trace (payment_id, opening_balance_id, satang) SELECT 1, id, satang + 1 FROM opening_balance",
    "opening_by_two": "INSERT INTO opening SELECT 1, '2022-01-01', '2022-01-01 17:00:00', '', 'pdf', '2022-01-27', "
    "'2022-01-27', id FROM approval_request",
    "opening_balance_as_approved": "INSERT INTO opening_balance (opening_id, purpose_id, satang, spent_satang, note) "
    "SELECT 1, id, 100000, 0, '' FROM purpose WHERE code = 'education'",
    "entry_as_brought_forward": "INSERT INTO entry (debit_id, credit_id, satang, movement, opening_balance_id, step, "
    "on_date, at) SELECT debit_id, credit_id, 5, movement, opening_balance_id, 1, on_date, at FROM entry",
    "entry_as_brought_forward twice": "INSERT INTO entry (debit_id, credit_id, satang, movement, opening_balance_id, step, "
    "on_date, at) SELECT debit_id, credit_id, satang, movement, opening_balance_id, 2, on_date, at FROM entry",
    "final_opening": "UPDATE opening SET paper_hash = 'x'",
    "kept_opening": "DELETE FROM opening",
    "final_opening_balance": "UPDATE opening_balance SET note = 'x'",
    "kept_opening_balance": "DELETE FROM opening_balance",
}


@pytest.mark.parametrize("name", _FORGED)
def test_nobody_writes_an_opening_past_the_rule(portal: Flask, cast: Cast, name: str) -> None:
    if name == "opening_by_two":
        opened.ask(cast, _GENERAL)
    else:
        opened.begin(cast, _GENERAL)
    with pytest.raises((Refused, DBAPIError)) as caught, transaction() as session:
        session.execute(text(_FORGED[name]))
    cause = caught.value.__cause__ if isinstance(caught.value, Refused) else caught.value
    assert isinstance(cause, DBAPIError)
    assert name.split()[0] in str(cause.orig)


def test_the_check_finds_an_opening_that_the_books_do_not_say(portal: Flask, cast: Cast) -> None:
    opened.begin(cast, _GENERAL)
    assert books.findings() == []
    with transaction() as session, without_guards_of("opening_balance"):
        session.execute(text("UPDATE opening_balance SET satang = satang + 1"))
    assert any("ยอดยกมาของ general คือ 100001 สตางค์ แต่ลงบัญชี 100000" in found for found in books.findings())
    with transaction() as session, without_guards_of("opening_balance"):
        session.execute(text("UPDATE opening_balance SET satang = satang - 1"))


@pytest.mark.pages
def test_a_file_and_its_paper_are_asked_for_on_the_page_and_approved_by_another(
    portal: Flask, cast: Cast
) -> None:
    on = thai.short_date(clock.today() - timedelta(days=1))
    sheet = f"กองทุน,,,,\nวัตถุประสงค์,ยอดคงเหลือ,ณ วันที่,รับมาแล้ว,หมายเหตุ\ngeneral,1000.50,{on},1200.50,ตามสมุด\nรวม,1000.50,,,\n"
    kanya = cast.kanya.sign_in()
    page = kanya.send(
        "/books/opening",
        file=(io.BytesIO(sheet.encode()), "opening.csv"),
        paper=(io.BytesIO(opened.PAPER), "book.pdf"),
        reason="สมุดเงินฝาก",
    )
    assert "รอผู้ถือบทบาทอื่นอนุมัติ" in page.words
    assert "1,000.50 บาท (รับมา 1,200.50 ใช้ไปแล้ว 200.00)" in page.words
    waiting = opening.waiting()
    assert waiting is not None
    somchai = cast.somchai.sign_in()
    somchai.send(f"/approvals/{waiting.id}", password_again=PASSWORD)
    page = somchai.visit("/books/opening")
    assert "รวมยอดยกมา 1,000.50 บาท" in page.words
    assert somchai.visit("/books/opening/paper").response.data == opened.PAPER
    assert "รวมยอดยกมา 1,000.50 บาท" in kanya.visit("/books").words
    assert "เงินที่กองทุนมีก่อนเริ่มบัญชี พร้อมใช้" in kanya.visit("/books/entries").words


@pytest.mark.pages
@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("general,100,1/8/2565,90,", "แถวที่ 2: รับมา 90.00 บาท"),
        ("ไม่รู้จัก,100,1/8/2565,,", "แถวที่ 2: ไม่มีวัตถุประสงค์"),
        ("general,มาก,1/8/2565,,", "แถวที่ 2: ยอดคงเหลือ"),
        ("general,100,,,", "แถวที่ 2: ณ วันที่"),
        ("general,100,1/8/2565,,\neducation,1,2/8/2565,,", "วันเดียวกัน"),
        ("general,100,1/8/2565,,\nรวม,200,,,", "แถวที่ 3: ยอดรวม 200.00"),
        ("", "อย่างน้อยหนึ่งแถว"),
    ],
)
def test_an_opening_file_that_does_not_add_up_names_its_row(
    portal: Flask, cast: Cast, rows: str, why: str
) -> None:
    head = "วัตถุประสงค์,ยอดคงเหลือ,ณ วันที่,รับมาแล้ว,หมายเหตุ\n"
    with pytest.raises(BadInput, match=why):
        opening_files.read((head + rows).encode())


def test_the_command_asks_as_one_person_and_approves_as_another(
    sqlite_portal: Flask, cast: Cast, tmp_path: Path
) -> None:
    sheet, paper = tmp_path / "opening.csv", tmp_path / "book.pdf"
    on = clock.today() - timedelta(days=1)
    sheet.write_text(f"purpose,amount,as-of,spent\ngeneral,1000,{on.isoformat()},250\n")
    paper.write_bytes(opened.PAPER)

    def given(*more: str, password: str = PASSWORD) -> Any:
        return sqlite_portal.test_cli_runner().invoke(
            books_command, ["open", str(sheet), *more], input=f"{password}\n"
        )

    asked = given("--as", "kanya", "--paper", str(paper), "--reason", "สมุดเงินฝาก")
    assert (asked.exit_code, json.loads(asked.output)["satang"]) == (0, 1_000_00)
    assert isinstance(given("--as", "kanya", "--approve").exception, Refused)
    assert isinstance(given("--as", "somchai", "--approve", password="wrong").exception, Refused)
    approved = given("--as", "somchai", "--approve")
    assert (approved.exit_code, json.loads(approved.output)["satang"]) == (0, 1_000_00)
    assert books.balances()[0].received == 1_000_00


def test_a_statement_of_the_days_before_brings_no_money_again(portal: Flask, cast: Cast) -> None:
    opened.begin(cast, _GENERAL)
    before, after = clock.now() - timedelta(days=2), clock.now() - timedelta(minutes=5)
    bank_hands.import_file(
        name="a.csv", raw=bank_hands.generic([(before, 70_000, "", "a"), (after, 30_000, "", "b")]), by=None
    )
    reasons = select(ReconciliationItem.state, ReconciliationItem.match_reason).order_by(
        ReconciliationItem.event_id
    )
    assert [tuple(row) for row in db.session().execute(reasons)] == [
        ("excluded", "brought_forward"),
        ("waiting", "unmatched"),
    ]
