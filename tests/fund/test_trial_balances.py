"""The trial balance: debits equal credits, what was brought forward stands apart, and September closes the year."""

from datetime import date, timedelta

import committee_room as room
import opened
import pytest
import time_machine
from bank_months import words_of
from flask import Flask
from people import Cast

from app.fund.closing import certificates, month_facts
from app.fund.ledger import trial_balances
from app.fund.ledger.accounts import AccountKind
from app.fund.ledger.opening import Line
from app.kit import clock, thai
from app.kit.sheets import read_rows


def _a_year(cast: Cast) -> None:
    """1,000 brought forward, 500 given, 600 promised, 250 paid."""
    opened.begin(cast, Line("general", 1_000_00, 250_00))
    room.give(cast, 500_00)
    code = room.approve(cast, 600_00)
    room.pay(cast, code, 250_00)


def test_a_trial_balance_tells_what_was_there_what_moved_and_what_is_left(portal: Flask, cast: Cast) -> None:
    _a_year(cast)
    today = clock.today()
    now = trial_balances.between(today, today)
    (general,) = now.purposes
    assert [(line.name, line.opening, line.closing) for line in general.all] == [
        ("รับแล้ว: ยอดยกมาเมื่อเริ่มบัญชี", 0, 1_000_00),
        ("รับแล้ว: เงินสมทบ", 0, 500_00),
        ("พร้อมใช้", 0, 900_00),
        ("ผูกพัน", 0, 350_00),
        ("จ่ายแล้ว", 0, 250_00),
    ]
    assert now.holds
    assert now.total("debit") == now.total("credit") == 2_350_00
    with time_machine.travel(clock.now() + timedelta(days=1)):
        later = trial_balances.between(today + timedelta(days=1), today + timedelta(days=1))
    assert later.total("debit") == 0
    assert later.purposes[0].lines[AccountKind.COMMITTED].opening == 350_00
    assert later.holds


def test_september_certifies_the_year_with_what_is_promised_carried_over(
    sqlite_portal: Flask, cast: Cast
) -> None:
    with time_machine.travel(clock.now().replace(year=2026, month=9, day=20), tick=True):
        _a_year(cast)
        facts = month_facts.gather(date(2026, 9, 1))
        (general,) = facts["year"]["purposes"]
        assert (facts["year"]["fiscal_year"], general["brought"], general["committed"]) == (
            2569,
            1_000_00,
            350_00,
        )
        paper = words_of(certificates.render(facts, at=clock.now(), by="", final=False))
        assert "ปิดปีงบประมาณ" in paper
        assert thai.thai_digits("350.00") in paper
    assert "year" not in month_facts.gather(date(2026, 8, 1))


@pytest.mark.pages
def test_the_page_the_paper_and_the_sheet_say_the_same(sqlite_portal: Flask, cast: Cast) -> None:
    _a_year(cast)
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/books/trial-balance")
    assert "รับแล้ว: ยอดยกมาเมื่อเริ่มบัญชี" in page.words
    assert "เดบิตเท่ากับเครดิต" in page.words
    month = f"{clock.today().year + 543}-{clock.today():%m}"
    assert "1,000.00" in kanya.visit(f"/books/trial-balance?month={month}").words
    sheet = list(read_rows(kanya.visit(f"/books/trial-balance.xlsx?month={month}").response.data))
    assert sheet[1].cells[1] == "รับแล้ว: ยอดยกมาเมื่อเริ่มบัญชี"
    assert thai.thai_digits("1,000.00") in words_of(kanya.visit("/books/trial-balance.pdf").response.data)
    for wrong in ("month=x", "month=2999-01", "year=1", "year=2699", f"year={'9' * 5000}"):
        kanya.visit(f"/books/trial-balance?{wrong}", status=404)
    cast.malee.sign_in().visit("/books/trial-balance", status=403)
