"""Books of paper receipts from before: our numbers begin after theirs, and an old number says where to ask."""

import committee_room as room
import pytest
from flask import Flask
from people import PASSWORD, Cast
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.fund.giving.receipts import paper_books
from app.fund.giving.records.receipts import Receipt
from app.kit import clock, thai
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import approvals


def _ask(cast: Cast, *, first: int = 1, last: int = 350, volume: str = "3") -> int:
    with transaction():
        return paper_books.ask(
            fiscal_year_be=thai.fiscal_year_be(clock.today()),
            volume=volume,
            first_number=first,
            last_number=last,
            ask_at="ฝ่ายการเงิน โทร. 045-000000",
            reason="เล่มที่ใช้ก่อนระบบ",
            by=cast.kanya.user,
        ).id


def test_our_numbers_begin_after_a_paper_book_and_its_own_say_where_to_ask(portal: Flask, cast: Cast) -> None:
    number = _ask(cast)
    with pytest.raises(Refused, match="ท่านเป็นผู้ขอ"), transaction():
        approvals.approve(number, by=cast.kanya.user)
    with transaction():
        approvals.approve(number, by=cast.somchai.user)
    for name, forged in (
        ("final_paper_receipt_book", "UPDATE paper_receipt_book SET last_number = 400"),
        ("kept_paper_receipt_book", "DELETE FROM paper_receipt_book"),
    ):
        with pytest.raises(DBAPIError, match=name), transaction() as session:
            session.execute(text(forged))
    room.give(cast, 100_00)
    receipt = db.session().scalars(select(Receipt)).one()
    assert receipt.number == 351
    year = receipt.fiscal_year_be
    for typed in (f"{year}/45", f"{year}/000350", "3/45", "๓/๔๕"):
        assert paper_books.of_number(typed) is not None
    for typed in (f"{year}/351", f"{year - 1}/45", "4/45", "45", ""):
        assert paper_books.of_number(typed) is None
    with pytest.raises(Refused, match="ออกใบเสร็จในระบบไปแล้ว"):
        _ask(cast, volume="4")


@pytest.mark.parametrize(("first", "last"), [(0, 5), (6, 5), (1, 1_000_000)])
def test_a_book_whose_numbers_do_not_run_is_refused(
    sqlite_portal: Flask, cast: Cast, first: int, last: int
) -> None:
    with pytest.raises(BadInput, match="เลขที่แรก"):
        _ask(cast, first=first, last=last)


def test_nobody_registers_a_book_alone_or_after_its_year_began(portal: Flask, cast: Cast) -> None:
    number = _ask(cast)
    forged = "INSERT INTO paper_receipt_book (fiscal_year_be, volume, first_number, last_number, ask_at, registered_at, approval_request_id) "
    forged += "SELECT 2500, '', 1, 9, 'x', '2022-01-27', MAX(id) FROM approval_request"
    with pytest.raises((Refused, DBAPIError), match="สองคน"), transaction() as session:
        session.execute(text(forged))
    room.give(cast, 100_00)
    with pytest.raises(Refused, match="ออกใบเสร็จในระบบไปแล้ว"), transaction():
        approvals.approve(number, by=cast.somchai.user)
    with pytest.raises((Refused, DBAPIError), match="ออกใบเสร็จในระบบไปแล้ว"), transaction() as session:
        session.execute(text(forged.replace("2500", str(thai.fiscal_year_be(clock.today())))))


@pytest.mark.pages
def test_an_old_number_is_answered_on_the_open_page(sqlite_portal: Flask, cast: Cast) -> None:
    page = cast.kanya.sign_in().send(
        "/receipts/paper-books",
        year=str(thai.fiscal_year_be(clock.today())),
        volume="3",
        first="1",
        last="350",
        ask_at="ฝ่ายการเงิน โทร. 045-000000",
        reason="เล่มที่ใช้ก่อนระบบ",
    )
    assert "รอผู้อนุมัติ" in page.words
    (asked,) = paper_books.waiting()
    cast.somchai.sign_in().send(f"/approvals/{asked.id}", password_again=PASSWORD)
    page = cast.stranger.send("/receipts/check", number="3/45", amount="100")
    assert "เลขนี้เป็นของใบเสร็จเล่มกระดาษ" in page.words
    assert "ฝ่ายการเงิน โทร. 045-000000" in page.words
