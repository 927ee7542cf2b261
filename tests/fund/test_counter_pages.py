"""Pages of the counter: an officer takes money, counts the cash, and sees it reach the bank."""

import re
from datetime import timedelta

import pytest
from counter_takings import a_cheque, brought_in, closed, lines, received, taken
from flask import Flask
from people import Cast

from app.fund.bank.reconciliation.deposits import Undeposited
from app.fund.counter import cash_counts
from app.fund.counter.records import CashCount, CounterPayment
from app.kit import clock, thai
from app.kit.db import db, transaction
from app.kit.money import format_baht

pytestmark = pytest.mark.pages


def test_an_officer_takes_cash_and_hands_over_the_receipt(portal: Flask, cast: Cast) -> None:
    busaba = cast.busaba.sign_in()
    page = busaba.send("/bank/counter", satang="500", donor_name="นางใจ ดี", action="/bank/counter")
    assert "รับเงิน 500.00 บาท" in page.main
    assert "C-000001" in page.main
    paper = busaba.press(page, having="print")
    assert paper.response.data.startswith(b"%PDF")


def test_the_same_form_pressed_twice_is_one_payment(portal: Flask, cast: Cast) -> None:
    busaba = cast.busaba.sign_in()
    page = busaba.visit("/bank/counter")
    first = busaba.press(page, having="satang", satang="500")
    second = busaba.press(page, having="satang", satang="500")
    assert first.path == second.path
    assert db.session().query(CounterPayment).count() == 1
    other = busaba.press(page, having="satang", satang="600", to_status=409)
    assert "ส่งและบันทึกไปแล้วครั้งหนึ่ง" in other.main


def test_a_large_sum_is_asked_back_in_words_until_that_very_sum_is_confirmed(
    portal: Flask, cast: Cast
) -> None:
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/counter")
    assert "ยืนยันว่านับได้จริง" not in page.main
    asked = kanya.press(page, having="satang", satang="5,000,000", donor_name="นางใจ ดี", to_status=422)
    assert "ห้าล้านบาทถ้วน" in asked.main and "ยืนยันว่านับได้จริง" in asked.main
    assert 'value="นางใจ ดี"' in asked.text
    # Pressed again without the mark, and with the mark of another sum, nothing is taken either.
    asked = kanya.press(asked, having="satang", counted=None, to_status=422)
    changed = kanya.press(asked, having="satang", satang="500,000", counted="500000000", to_status=422)
    assert "ห้าแสนบาทถ้วน" in changed.main
    assert db.session().query(CounterPayment).count() == 0
    done = kanya.press(changed, having="satang", counted="50000000")
    assert "รับเงิน 500,000.00 บาท" in done.main
    again = kanya.press(changed, having="satang", counted="50000000")
    assert again.path == done.path
    assert db.session().query(CounterPayment).one().satang == 50_000_000


def test_the_sum_below_the_limit_is_taken_in_one_press_and_the_limit_is_not(
    portal: Flask, cast: Cast
) -> None:
    limit = portal.extensions["profile"].giving.needs_approval_satang
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/counter")
    at_it = kanya.press(page, having="satang", satang=format_baht(limit), to_status=422)
    assert "ยืนยันว่านับได้จริง" in at_it.main
    cheque = kanya.press(
        page,
        having="satang",
        satang=format_baht(limit),
        kind="cheque",
        cheque_bank="006",
        cheque_number="1234567",
        cheque_on=thai.long_date(clock.today()),
        to_status=422,
    )
    assert "ยืนยันว่าตรงกับจำนวนเงินบนเช็คจริง" in cheque.main
    kanya.press(page, having="satang", satang=format_baht(limit - 1))
    assert db.session().query(CounterPayment).one().satang == limit - 1


def test_a_cheque_needs_all_that_stands_on_one_and_the_form_keeps_what_was_typed(
    portal: Flask, cast: Cast
) -> None:
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/counter")
    missing = kanya.press(
        page, having="satang", satang="800", kind="cheque", donor_name="บริษัท ก", to_status=422
    )
    assert "กรุณากรอกเลขที่เช็ค" in missing.main
    assert 'value="บริษัท ก"' in missing.text
    done = kanya.press(
        missing,
        having="satang",
        cheque_bank="006",
        cheque_number="1234567",
        cheque_on=thai.long_date(clock.today()),
    )
    assert "เลขที่ 1234567" in done.main


def test_nonsense_in_the_form_is_told_and_takes_nothing(portal: Flask, cast: Cast) -> None:
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/counter")
    for wrong in ("", "0", "-5", "1.234", "abc", "1e3"):
        kanya.press(page, having="satang", satang=wrong, to_status=422)
    assert db.session().query(CounterPayment).count() == 0


def test_the_cash_is_counted_and_closed_and_a_difference_is_asked_for(portal: Flask, cast: Cast) -> None:
    taken(cast, 150_000)
    taken(cast, 80_000, cheque=a_cheque())
    kanya = cast.kanya.sign_in()
    number = cash_counts.open_cash_counts()[0].id
    page = kanya.visit(f"/bank/cash-ups/{number}")
    assert "1,500.00" in page.main
    assert "ไม่ใช่จำนวนบาท" in page.main
    for wrong in ("1.5", "-1", "100,001", "สอง"):
        told = kanya.press(page, having="pieces_100000", pieces_100000=wrong, to_status=422)
        # Once above the form and once at the field.
        assert told.main.count("เป็นจำนวนเต็ม") == 2 and f'value="{wrong}"' in told.text
    short = kanya.press(page, having="pieces_100000", pieces_100000="1", pieces_10000="4", to_status=422)
    assert "ไม่ตรง" in short.main
    cheque = next(payment for payment in cash_counts.of_cash_count(number) if payment.kind == "cheque")
    done = kanya.press(
        short, having="pieces_100000", pieces_100000="1", pieces_10000="5", cheque=str(cheque.id)
    )
    assert "ยังไม่พบการนำฝาก" in done.main
    assert db.session().get_one(CashCount, number).counted_satang == 230_000
    brought_in((230_000, "ฝากเงินสดและเช็ค"))
    assert "นำฝากครบ" in kanya.visit("/bank/cash-ups").main


def test_pieces_are_typed_in_thai_digits_too(portal: Flask, cast: Cast) -> None:
    taken(cast, 150_000)
    kanya = cast.kanya.sign_in()
    number = cash_counts.open_cash_counts()[0].id
    page = kanya.visit(f"/bank/cash-ups/{number}")
    field = re.search(r'<input[^>]* name="pieces_100"[^>]*>', page.text)
    assert field and 'type="text"' in field[0] and 'inputmode="numeric"' in field[0]
    wrong = kanya.press(page, having="pieces_100", pieces_100="๑.๕", to_status=422)
    assert 'value="๑.๕"' in wrong.text
    kanya.press(wrong, having="pieces_100", pieces_100=" ๑,๔๙๘ ", pieces_50="๔")
    assert db.session().get_one(CashCount, number).counted_satang == 150_000


def test_a_tie_is_shown_to_finance_who_chooses(portal: Flask, cast: Cast) -> None:
    for _ in range(2):
        taken(cast, 50_000)
        closed(cast)
    brought_in((50_000, "ฝากเงินสด"))
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/cash-ups")
    assert "น่าจะเป็นการนำฝาก" in page.main
    kanya.press(page, having="items")
    assert lines()[0].match_reason == "deposit"
    assert len(Undeposited().items) == 1
    event_id = lines()[0].event_id
    page = kanya.visit(f"/bank/cash-ups/{cash_counts.of_cash_count(1)[0].cash_count_id}")
    kanya.press(page, having="undo", reason="เลือกผิดชุด")
    assert lines()[0].state == "waiting"
    assert lines()[0].event_id == event_id


def test_a_tie_is_chosen_on_the_working_page_too_and_is_no_donation(portal: Flask, cast: Cast) -> None:
    for _ in range(2):
        taken(cast, 50_000)
        closed(cast)
    brought_in((50_000, "ฝากเงินสด"))
    kanya = cast.kanya.sign_in()
    assert "น่าจะเป็นเงินนำฝาก" in kanya.visit("/bank").main
    assert "เป็นเงินที่เคาน์เตอร์นำฝาก" in kanya.visit(f"/bank/events/{lines()[0].event_id}").main
    page = kanya.visit("/bank/work")
    assert " checked>" not in page.text
    offered = re.findall(r'value="(deposit:[0-9-]+)"', page.text)
    assert len(offered) == 2
    for nonsense in ("deposit:", "deposit:9", "deposit:1-", "deposit:" + "9" * 5_000, "purpose:" + "9" * 30):
        page = kanya.press(page, having="choice", choice=nonsense, deed="accept", to_status=409)
    before = received()
    kanya.press(page, having="choice", choice=offered[1], deed="accept")
    assert lines()[0].match_reason == "deposit"
    assert [f"deposit:{item.id}" for item in Undeposited().items] == [offered[0]]
    assert received() == before


def test_what_is_late_stands_in_red_on_the_first_page_of_finance(portal: Flask, cast: Cast) -> None:
    kanya = cast.kanya.sign_in()
    taken(cast, 50_000)
    closed(cast)
    assert "ค้างอยู่" not in kanya.visit("/bank").main
    with transaction() as session:
        session.add(
            CashCount(
                number=77, on=clock.today() - timedelta(days=2), opened_at=clock.now() - timedelta(days=2)
            )
        )
    assert "ค้างอยู่ 1 ชุด" in kanya.visit("/bank").main
    assert "ยังไม่ได้ปิดยอด" in kanya.visit("/bank/counter").main


def test_a_reason_that_is_missing_is_asked_for_where_it_is_missing(portal: Flask, cast: Cast) -> None:
    number = taken(cast, 80_000, cheque=a_cheque()).id
    kanya = cast.kanya.sign_in()
    for deed, field in (("void", "reason"), ("bounce", "bounce-reason")):
        page = kanya.visit(f"/bank/counter/{number}")
        told = kanya.press(page, having=f"/bank/counter/{number}/{deed}", reason="", to_status=422)
        assert told.text.count(f'href="#{field}">') == 1 and told.text.count(f'id="{field}-error"') == 1
        assert told.text.count('<details class="disclosure" open>') == 1
        assert told.text.count("กรุณาบอกเหตุผล") == 2


def test_finance_voids_what_was_typed_wrongly_and_notes_a_cheque_that_bounced(
    portal: Flask, cast: Cast
) -> None:
    wrong, cheque = taken(cast).id, taken(cast, 80_000, cheque=a_cheque()).id
    kanya = cast.kanya.sign_in()
    kanya.press(kanya.visit(f"/bank/counter/{wrong}"), having="void", reason="", to_status=422)
    page = kanya.press(kanya.visit(f"/bank/counter/{wrong}"), having="void", reason="พิมพ์ยอดผิด")
    assert "พิมพ์ยอดผิด" in page.main
    closed(cast)
    page = kanya.press(kanya.visit(f"/bank/counter/{cheque}"), having="bounce", reason="เงินในบัญชีไม่พอจ่าย")
    assert "เช็คคืน" in page.main
    busaba = cast.busaba.sign_in()
    assert "void" not in busaba.visit(f"/bank/counter/{wrong}").text


def test_only_those_of_the_counter_open_its_pages(portal: Flask, cast: Cast) -> None:
    payment = taken(cast)
    places = (
        "/bank/counter",
        f"/bank/counter/{payment.id}",
        "/bank/cash-ups",
        f"/bank/cash-ups/{payment.cash_count_id}",
    )
    for place in places:
        for person in (cast.malee, cast.ton, cast.ying, cast.pranee):
            person.sign_in().visit(place, status=403)
        cast.decha.sign_in().visit(place)
    cast.kanya.sign_in().visit("/bank/counter/999999", status=404)
    cast.kanya.sign_in().visit("/bank/cash-ups/999999", status=404)
