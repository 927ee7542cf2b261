"""Continuity: each day proved from the bank's balances, and months closed on the strength of it."""

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from datetime import date, datetime, timedelta
from typing import Any

import bank_hands
import committee_room as room
import pypdf
import pytest
import time_machine
from bank_hands import confirmation, generic, opened, send
from bank_months import ENOUGH, JANUARY, at, brought_in, closing, day, proved, waiting_ids, words_of
from click.testing import CliRunner
from counter_takings import closed, taken
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import Cast
from portals import settings_for
from sqlalchemy import func, select, text

from app import create_app
from app.fund.bank.reconciliation import decisions, undoing
from app.fund.bank.records import BankEvent
from app.fund.bank.statements import staging, statements, uploads
from app.fund.closing import certificates, continuity, month_ends, month_facts
from app.fund.closing.commands import bank
from app.fund.counter import cash_counts, cash_desk
from app.fund.ledger import books, months
from app.fund.ledger.entries import Entry
from app.fund.ledger.months import ClosedMonth
from app.kit import clock, thai
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.users import User

FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def in_february(portal: Flask, cast: Cast) -> Any:
    with time_machine.travel(at(3, month=2), tick=True):
        yield


def test_each_day_opens_where_the_one_before_closed(portal: Flask, cast: Cast) -> None:
    brought_in(
        [(at(5), 10_000, "", ""), (at(5, 11), -2_500, "", "ค่าธรรมเนียม"), (at(9), 4_000, "", "")],
        opening=100_000,
    )
    found = proved()
    assert [day.on.day for day in found.days] == list(range(1, 32))
    fifth = found.days[4]
    assert (fifth.opening, fifth.came, fifth.went, fifth.closing) == (100_000, 10_000, 2_500, 107_500)
    assert (fifth.posted, fifth.waiting, fifth.ignored, fifth.difference) == (0, 10_000, 0, 0)
    assert (found.days[6].opening, found.days[6].closing) == (107_500, 107_500)
    assert (found.opening, found.closing) == (100_000, 111_500)
    assert found.holds


def test_days_between_balances_that_meet_are_covered_and_the_edges_are_named(
    portal: Flask, cast: Cast
) -> None:
    brought_in([(at(5), 10_000, "", ""), (at(9), 4_000, "", "")])
    assert [on.day for on in proved().gaps] == [1, 2, 3, 4, *range(10, 32)]
    brought_in([(at(2, month=2), 500, "", "")], opening=14_000)
    assert [on.day for on in proved().gaps] == [1, 2, 3, 4]


def test_a_missing_line_makes_the_chain_jump_and_shows_in_red(portal: Flask, cast: Cast) -> None:
    brought_in([(at(5), 10_000, "", "")], opening=0)
    brought_in([(at(9), 4_000, "", "")], opening=13_000)
    found = proved()
    assert not found.holds
    assert found.days[8].jump == 3_000
    assert found.difference == 3_000
    assert {6, 7, 8} <= {on.day for on in found.gaps}
    brought_in([(at(7), 3_000, "", "ที่หายไป")], opening=10_000)
    assert proved().holds
    assert proved().difference == 0


def test_two_wrong_days_do_not_make_each_other_right(portal: Flask, cast: Cast) -> None:
    brought_in([(at(5), 10_000, "", "")], opening=0)
    brought_in([(at(9), 4_000, "", "")], opening=13_000)
    brought_in([(at(12), 4_000, "", "")], opening=14_000)
    found = proved()
    assert found.difference == 0
    assert not found.holds


def test_a_day_told_in_pieces_in_any_order_is_one_chain(portal: Flask, cast: Cast) -> None:
    day_ = [(at(5, 9 + n // 60, n % 60), 1_000 + n, "", str(n)) for n in range(6)]
    whole = generic(day_, opening=0)
    # The afternoon first, the whole day afterwards: the morning's lines are brought in last.
    brought_in(day_[3:5], opening=sum(satang for _, satang, _, _ in day_[:3]))
    bank_hands.import_file(name="b.csv", raw=whole, by=None)
    found = day(5)
    assert (found.lines, found.opening, found.closing) == (6, 0, sum(satang for _, satang, _, _ in day_))
    assert found.holds


def test_pieces_without_times_are_put_in_order_by_their_balances(portal: Flask, cast: Cast) -> None:
    midnight = [(at(5, 0), satang, "", str(satang)) for satang in (1_000, 2_000, -500, 700)]
    brought_in(midnight[2:3], opening=3_000)
    brought_in(midnight, opening=0)
    found = day(5)
    assert (found.opening, found.closing, found.lines) == (0, 3_200, 4)
    assert found.holds


def test_a_callback_and_its_line_are_posted_on_the_lines_day(
    in_february: None, portal: Flask, cast: Cast
) -> None:
    payment_request = opened(cast, 150_000)
    moment = clock.now().astimezone(BANGKOK)
    send(portal, confirmation(payment_request.ref1, 150_000, number="T9", at=moment))
    before = proved(FEBRUARY, date(2026, 2, 3)).days[2]
    assert (before.unstated, before.unstated_count, before.posted) == (150_000, 1, 0)
    brought_in([(moment, 150_000, payment_request.ref1, "รับโอน")])
    after = proved(FEBRUARY, date(2026, 2, 3)).days[2]
    assert (after.unstated, after.posted, after.by_callback, after.difference) == (0, 150_000, 150_000, 0)


def test_what_is_set_aside_is_ignored_and_nothing_is_lost(portal: Flask, cast: Cast) -> None:
    brought_in([(at(5), 10_000, "", "a"), (at(5, 11), 7_000, "", "ดอกเบี้ย"), (at(5, 12), 3_000, "", "b")])
    first, second, _ = waiting_ids()
    with transaction():
        decisions.assign(first, purpose_id=cast.purpose().id, by=cast.kanya.user)
    with transaction():
        decisions.exclude(second, reason="ดอกเบี้ยเงินฝาก", by=cast.kanya.user)
    found = day(5)
    assert (found.came, found.posted, found.ignored, found.waiting) == (20_000, 10_000, 7_000, 3_000)
    assert found.difference == 0


def test_an_undone_donation_waits_again_in_the_proof(portal: Flask, cast: Cast) -> None:
    brought_in([(at(5), 10_000, "", "a")])
    (event_id,) = waiting_ids()
    with transaction():
        decisions.assign(event_id, purpose_id=cast.purpose().id, by=cast.kanya.user)
    with transaction():
        undoing.undo(event_id, reason="จับคู่ผิด", by=cast.kanya.user)
    found = day(5)
    assert (found.posted, found.waiting, found.difference) == (0, 10_000, 0)


def test_the_same_lines_in_another_layout_are_no_second_money(portal: Flask, cast: Cast) -> None:
    lines = [(at(5), 10_000, "", "a"), (at(6), 5_000, "", "b")]
    brought_in(lines)
    raw = generic([(moment, satang, "", f"คำอื่น {words}") for moment, satang, _, words in lines], opening=0)
    bank_hands.import_file(name="b.csv", raw=raw, by=None)
    found = proved()
    assert (found.total("came"), found.closing) == (15_000, 15_000)
    assert found.holds


def test_lines_without_balances_are_counted_but_named_unproven(portal: Flask, cast: Cast) -> None:
    brought_in([(at(5), 10_000, "", "a"), (at(7), 5_000, "", "b")], balance=False)
    found = proved()
    assert found.closing == 15_000
    assert found.days[4].blind
    assert month_facts.gather(JANUARY)["accounts"][0]["blind"] == ["2026-01-05", "2026-01-07"]


def test_a_donation_too_many_is_a_difference(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    brought_in([(at(5), 10_000, "", "a")])
    (event_id,) = waiting_ids()
    with transaction():
        decisions.assign(event_id, purpose_id=cast.purpose().id, by=cast.kanya.user)
    with transaction() as session:
        session.execute(text("DROP TRIGGER final_allocation"))
        session.execute(text("UPDATE allocation SET satang = 9000"))
    assert day(5).difference == 1_000
    with transaction() as session:
        session.execute(text("UPDATE allocation SET satang = 10000"))


@pytest.mark.pages
def test_the_command_tells_the_proof_to_a_machine(portal: Flask, cast: Cast) -> None:
    brought_in([(at(5), 10_000, "", "a"), (at(5, 11), -400, "", "b")], opening=1_000)
    answer = CliRunner().invoke(bank, ["proof", "--month", "2569-01", "--json"], obj=None)
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.output)
    assert (said["holds"], said["difference"]) == (True, 0)
    (account,) = said["accounts"]
    assert account["account"] == "4010000001"
    fifth = next(day for day in account["days"] if day["on"] == "2026-01-05")
    figures = {name: fifth[name] for name in continuity.FIGURES}
    assert figures == {
        "opening": 1_000,
        "in": 10_000,
        "out": 400,
        "closing": 10_600,
        "posted": 0,
        "waiting": 10_000,
        "ignored": 0,
        "difference": 0,
    }


@pytest.mark.pages
def test_the_command_tells_the_proof_to_a_person_in_thai(portal: Flask, cast: Cast) -> None:
    brought_in([(at(5), 10_000, "", "a"), (at(5, 11), -400, "", "b")], opening=1_000)
    answer = CliRunner().invoke(bank, ["proof", "--month", "2569-01"])
    assert answer.output == (
        "4010000001  5 มกราคม 2569  ยกมา 10.00  เข้า 100.00  ออก 4.00  ยกไป 106.00"
        "  ลงแล้ว 0.00  รอ 100.00  ไม่ใช่เงินสมทบ 0.00  ผลต่าง 0.00\n"
    )
    empty = CliRunner().invoke(bank, ["proof", "--month", "2568-12"])
    assert empty.output == "ไม่มีรายการเดินบัญชีในเดือนธันวาคม 2568\n"


@pytest.mark.pages
def test_months_are_written_in_the_buddhist_era_only(portal: Flask) -> None:
    assert months.parse("2569-01") == JANUARY
    assert months.parse("๒๕๖๙-๐๑") == JANUARY
    assert months.written(JANUARY) == "2569-01"
    for wrong in ("2026-01", "2569-13", "2569-1", "01-2569", "มกราคม", "", "2569-01-05", "9999-01"):
        with pytest.raises(BadInput):
            months.parse(wrong)
    with pytest.raises(BadInput, match="เช่น 2569-01"):
        months.parse("2026-01")
    for strange in ("0543-01", "9999-01"):
        with time_machine.travel(at(3), tick=True), pytest.raises(BadInput, match="เช่น 2569-01"):
            months.parse(strange)


def test_figures_of_a_certificate_are_thai_and_references_stay_as_they_are() -> None:
    said = certificates.thai_words("ไม่รู้จักรหัสอ้างอิง WATPA2569 เงินเข้า 1,050.00 บาท")
    assert said == "ไม่รู้จักรหัสอ้างอิง WATPA2569 เงินเข้า ๑,๐๕๐.๐๐ บาท"


def test_a_month_is_closed_once_with_its_certificate(in_february: None, portal: Flask, cast: Cast) -> None:
    brought_in([(at(5), 10_000, "", "a"), (at(31), 5_000, "", "b")])
    first, second = waiting_ids()
    with transaction():
        decisions.assign(first, purpose_id=cast.purpose().id, by=cast.kanya.user)
    with pytest.raises(BadInput, match="ยังรอการตัดสิน"):
        closing(cast, **ENOUGH)
    month = closing(cast, waiting="รอผู้โอนติดต่อกลับ", **ENOUGH)
    assert month.facts_hash == hashlib.sha256(month.facts.encode()).hexdigest()
    facts = month.certified
    (account,) = facts["accounts"]
    assert {
        name: account[name] for name in ("opening", "in", "out", "closing", "posted", "waiting", "difference")
    } == {
        "opening": 0,
        "in": 15_000,
        "out": 0,
        "closing": 15_000,
        "posted": 10_000,
        "waiting": 5_000,
        "difference": 0,
    }
    assert [line["event"] for line in facts["waiting"]] == [second]
    assert facts["accepted"]["waiting"]["reason"] == "รอผู้โอนติดต่อกลับ"
    said = words_of(month.paper)
    assert month.facts_hash in said.replace("\n", "")
    assert "ร่าง" not in said
    with pytest.raises(Refused, match="ปิดบัญชีไปแล้ว"):
        closing(cast, waiting="อีกครั้ง", **ENOUGH)


def unbroken(paper: bytes) -> str:
    """What stands on a paper, without the spaces that lines of Thai are broken at."""
    return "".join(words_of(paper).split())


def test_a_month_is_not_closed_before_it_is_over_nor_out_of_order(
    in_february: None, portal: Flask, cast: Cast
) -> None:
    brought_in([(at(5, month=12).replace(year=2025), 10_000, "", "a"), (at(31), 5_000, "", "b")])
    reasons = {"waiting": "รอผู้โอนติดต่อกลับ", **ENOUGH}
    with pytest.raises(Refused, match="ธันวาคม 2568"):
        closing(cast, JANUARY, **reasons)
    with pytest.raises(Refused, match="ยังไม่สิ้น"):
        closing(cast, FEBRUARY, **reasons)
    closing(cast, date(2025, 12, 1), **reasons)
    closing(cast, JANUARY, **reasons)
    assert [month.first_on for month in months.all_closed()] == [JANUARY, date(2025, 12, 1)]


def test_a_month_that_cannot_be_proved_is_not_closed(in_february: None, portal: Flask, cast: Cast) -> None:
    brought_in([(at(5), 10_000, "", "a")], opening=0)
    brought_in([(at(9), 4_000, "", "b")], opening=13_000)
    with pytest.raises(Refused, match="พิสูจน์ยอดไม่ได้"):
        closing(cast, waiting="รอผู้โอนติดต่อกลับ", **ENOUGH)


def test_a_month_is_not_closed_while_a_statement_comes_in(
    in_february: None, portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "_AT_ONCE", 2)
    raw = generic([(at(1 + n), 1_000, "", f"line {n}") for n in range(30)], opening=0)
    number = uploads.keep(name="a.csv", file=io.BytesIO(raw), by=None).id
    staging.read(number)
    statements.apply(number, by=None)
    # Whoever brought it in was stopped after the first lines, whose balances follow.
    statements.bring_some(number)
    assert proved().holds
    reasons = {"waiting": "รอผู้โอนติดต่อกลับ", **ENOUGH}
    assert "importing" in {obstacle.kind for obstacle in month_ends.obstacles(month_facts.gather(JANUARY))}
    with pytest.raises(Refused, match="กำลังนำเข้า"):
        closing(cast, **reasons)
    statements.finish(number)
    bank_hands.confirm_files()
    assert closing(cast, **reasons).certified["accounts"][0]["closing"] == 30_000


def test_only_finance_closes_a_month(in_february: None, portal: Flask, cast: Cast) -> None:
    brought_in([(at(31), 5_000, "", "b")])
    for person in (cast.decha, cast.somchai, cast.busaba, cast.ying):
        with pytest.raises(Refused):
            month_ends.close(JANUARY, reasons={"waiting": "รอผู้โอนติดต่อกลับ", **ENOUGH}, by=person.user)
        db.session.rollback()
    assert months.all_closed() == []


def test_two_officers_close_a_month_once(in_february: None, portal: Flask, cast: Cast) -> None:
    brought_in([(at(31), 5_000, "", "b")])
    by, outcomes, barrier = cast.kanya.user_id, [], threading.Barrier(2)

    def close() -> None:
        with portal.app_context():
            person = db.session().get_one(User, by)
            barrier.wait()
            try:
                month_ends.close(JANUARY, reasons={"waiting": "รอผู้โอนติดต่อกลับ", **ENOUGH}, by=person)
                outcomes.append("done")
            except Refused:
                outcomes.append("refused")
            finally:
                db.session.remove()

    hands = [threading.Thread(target=close) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(outcomes) == ["done", "refused"]
    db.session.rollback()
    assert db.session().scalar(select(func.count()).select_from(ClosedMonth)) == 1


def test_what_changes_while_the_certificate_is_printed_stops_the_closing(
    in_february: None, portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought_in([(at(31), 5_000, "", "b")])
    (event_id,) = waiting_ids()
    printed = month_ends.certificates.render

    def slowly(*said: Any, **more: Any) -> bytes:
        with transaction():
            decisions.assign(event_id, purpose_id=cast.purpose().id, by=cast.kanya.user)
        return printed(*said, **more)

    monkeypatch.setattr(month_ends.certificates, "render", slowly)
    with pytest.raises(Refused, match="ระหว่างปิดเดือน"):
        closing(cast, waiting="รอผู้โอนติดต่อกลับ", **ENOUGH)
    assert months.all_closed() == []


def test_a_line_that_comes_late_goes_into_the_open_month_and_onto_its_certificate(
    portal: Flask, cast: Cast
) -> None:
    with time_machine.travel(at(3, month=2), tick=True):
        brought_in([(at(5), 10_000, "", "a"), (at(20), 5_000, "", "b")])
        january = closing(cast, waiting="รอผู้โอนติดต่อกลับ", **ENOUGH)
        was = january.facts, january.paper
    with time_machine.travel(at(10, month=2), tick=True):
        brought_in([(at(28), 7_000, "", "มาช้า"), (at(9, month=2), 1_000, "", "c")], opening=15_000)
        late = db.session().scalars(select(BankEvent.id).filter_by(satang=7_000)).one()
        with transaction():
            decisions.assign(late, purpose_id=cast.purpose().id, by=cast.kanya.user)
        entry = db.session().scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
        assert entry.on == date(2026, 2, 10)
    with time_machine.travel(at(2, month=3), tick=True):
        facts = month_facts.gather(FEBRUARY)
        (late_event,) = facts["late"]
        assert (late_event["event"], late_event["month"], late_event["posted_on"]) == (
            late,
            "2569-01",
            "2026-02-10",
        )
        (account,) = facts["accounts"]
        assert (account["certified"], account["late"], account["opening"]) == (15_000, 7_000, 22_000)
        assert account["unexplained"] == 0
        february = closing(cast, FEBRUARY, waiting="รอผู้โอนติดต่อกลับ", **ENOUGH)
        assert "มาช้า" in words_of(february.paper)
        assert months.closed(JANUARY) is not None
        again = months.closed(JANUARY)
        assert again is not None
        assert (again.facts, again.paper) == was


def test_a_closed_month_takes_no_entry_and_is_never_opened(
    in_february: None, portal: Flask, cast: Cast
) -> None:
    brought_in([(at(31), 5_000, "", "b")])
    closing(cast, waiting="รอผู้โอนติดต่อกลับ", **ENOUGH)
    with pytest.raises(Exception, match="closed_month"), transaction() as session:
        session.execute(text("DELETE FROM closed_month"))
    with pytest.raises(Exception, match="closed_month"), transaction() as session:
        session.execute(text("UPDATE closed_month SET facts = '{}'"))
    with time_machine.travel(at(31), tick=True), pytest.raises(Refused, match="ปิดบัญชีแล้ว"), transaction():
        decisions.assign(waiting_ids()[0], purpose_id=cast.purpose().id, by=cast.kanya.user)


def test_the_books_notice_when_a_closed_month_is_tampered_with(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    with time_machine.travel(at(31), tick=True):
        brought_in([(at(30), 5_000, "", "b")])
        with transaction():
            decisions.assign(waiting_ids()[0], purpose_id=cast.purpose().id, by=cast.kanya.user)
    with time_machine.travel(at(3, month=2), tick=True):
        closing(cast, **ENOUGH)
    with transaction() as session:
        session.execute(text("DROP TRIGGER final_closed_month"))
        session.execute(text("UPDATE closed_month SET facts = REPLACE(facts, '5000', '6000')"))
    assert any("2569-01" in finding for finding in books.findings())
    with transaction() as session:
        session.execute(text("UPDATE closed_month SET facts = REPLACE(facts, '6000', '5000')"))
    assert books.findings() == []
    with transaction() as session:
        session.execute(text("DROP TRIGGER final_entry"))
        session.execute(text("UPDATE entry SET on_date = '2026-02-01'"))
    assert any("เปลี่ยนไปหลังปิดเดือน" in finding for finding in books.findings())
    with transaction() as session:
        session.execute(text("UPDATE entry SET on_date = '2026-01-31'"))


def test_the_certificate_command_writes_a_draft_and_then_the_one_that_was_kept(
    in_february: None, portal: Flask, cast: Cast, tmp_path: Any
) -> None:
    brought_in([(at(31), 5_000, "", "b")])
    out = tmp_path / "c.pdf"
    asked = ["certificate", "--month", "2569-01", "--out", str(out)]
    answer = CliRunner().invoke(bank, asked)
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output)["closed"] is False
    assert "ร่าง" in words_of(out.read_bytes())
    month = closing(cast, waiting="รอผู้โอนติดต่อกลับ", **ENOUGH)
    answer = CliRunner().invoke(bank, asked)
    said = json.loads(answer.output)
    assert (said["closed"], said["facts_hash"], said["difference"]) == (True, month.facts_hash, 0)
    assert out.read_bytes() == month.paper
    refused = CliRunner().invoke(bank, ["certificate", "--month", "2026-01", "--out", str(out)])
    assert isinstance(refused.exception, BadInput)


def test_the_present_month_is_proved_up_to_today_and_a_coming_one_not_at_all(
    in_february: None, portal: Flask, cast: Cast
) -> None:
    brought_in([(at(31), 5_000, "", "b"), (at(3, 9, month=2), 100, "", "c")])
    assert month_facts.gather(FEBRUARY)["accounts"][0]["gaps"] == []
    assert "ร่าง" in words_of(month_ends.draft(FEBRUARY))
    with pytest.raises(Refused, match="เดือนมีนาคม 2569 ยังมาไม่ถึง"):
        month_facts.gather(date(2026, 3, 1))


def test_the_certificate_of_a_month_without_statements_certifies_nothing_on_one_page(
    in_february: None, portal: Flask, cast: Cast
) -> None:
    paper = month_ends.draft(JANUARY)
    said = unbroken(paper)
    assert "ยังไม่ได้พิสูจน์ยอด" in said and "๓๑วันจาก๓๑วัน" in said
    assert "ขอรับรองว่า" not in said
    assert len(pypdf.PdfReader(io.BytesIO(paper)).pages) == 1
    month = closing(cast, **{"gaps-4010000001": "ธนาคารปิดทำการทั้งเดือน"})
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(month.paper)).pages]
    assert len(pages) == 1
    assert "ยังไม่ได้พิสูจน์ยอด" in pages[0] and month.facts_hash in pages[0].replace("\n", "")


def test_the_certificate_says_in_its_first_words_of_how_many_days_nothing_is_proved(
    in_february: None, portal: Flask, cast: Cast
) -> None:
    brought_in([(at(31), 5_000, "", "b")])
    gaps = len(month_facts.gather(JANUARY)["accounts"][0]["gaps"])
    assert 0 < gaps < 31
    said = unbroken(month_ends.draft(JANUARY))
    assert "เฉพาะวันที่มีรายการเดินบัญชีครอบคลุม" in said and "ผลต่าง๐.๐๐บาท" in said
    assert f"{thai.thai_digits(gaps)}วันจาก๓๑วัน" in said
    # What is still to come of a month is covered by nothing either.
    brought_in([(at(3, 9, month=2), 100, "", "c")], opening=5_000)
    assert "๒๕วันจาก๒๘วัน" in unbroken(month_ends.draft(FEBRUARY))


@pytest.mark.pages
def test_the_pages_show_what_stands_in_the_way_and_close_the_month(
    in_february: None, portal: Flask, cast: Cast
) -> None:
    brought_in([(at(5), 10_000, "", "a"), (at(31), 5_000, "", "b")])
    kanya = cast.kanya.sign_in()
    assert "มกราคม 2569" in kanya.visit("/bank/months").main
    page = kanya.visit("/bank/months/2569-01")
    assert "เงินเข้า 2 รายการยังรอการตัดสิน" in page.main
    assert "พิสูจน์ได้" in kanya.visit("/bank/proof?month=2569-01").main or "ผลต่าง 0.00" in page.main
    again = kanya.press(page, having="close", to_status=422)
    assert "กรุณาบอกเหตุผล" in again.main
    guessed = kanya.press(
        again,
        having="close",
        password_again="guess-by-a-passer-by",
        to_status=409,
        **{"reason-waiting": "รอผู้โอนติดต่อกลับ", "reason-gaps-4010000001": "ไม่มีรายการ"},
    )
    assert "รหัสผ่านไม่ถูกต้อง" in guessed.main
    done = kanya.press(
        guessed,
        having="close",
        **{"reason-waiting": "รอผู้โอนติดต่อกลับ", "reason-gaps-4010000001": "ไม่มีรายการ"},
    )
    assert "เดือนนี้ปิดบัญชีแล้ว" in done.main
    decha = cast.decha.sign_in()
    kept = decha.visit("/bank/months/2569-01/certificate.pdf")
    assert kept.response.data.startswith(b"%PDF")
    assert kanya.visit("/bank/months/2026-01", status=404)
    assert kanya.visit("/bank/months/x", status=404)
    for stranger in (cast.malee.sign_in(), cast.ton.sign_in()):
        assert stranger.visit("/bank/months", status=403)
        assert stranger.visit("/bank/proof", status=403)


def test_money_out_that_a_voucher_names_is_told_as_its_payment(
    in_february: None, portal: Flask, cast: Cast
) -> None:
    room.give(cast, 100_000)
    code = room.approve(cast, 40_000)
    payment = room.pay(cast, code, 40_000, ref="SCB20260203001")
    today = at(3, month=2)
    brought_in(
        [
            (today, -40_000, "", "โอนเงินออก SCB20260203001"),
            (today, -40_000, "", "SCB20260203001 ซ้ำ"),
            (today, -700, "", ""),
        ],
        opening=500_000,
    )
    found = proved(FEBRUARY, date(2026, 2, 3)).days[2]
    assert (found.went, found.payments) == (80_700, 40_000)
    words = [line["words"] for line in month_facts.gather(FEBRUARY)["outgoing"]]
    assert payment.code in words[0]
    assert words[1:] == ["", ""]


_KILLED = """
import os, signal, sys
from sqlalchemy import select
from app import create_app
from app.fund.counter import cash_desk
from app.fund.counter import cash_counts
from app.fund.counter import cash_counts
from app.fund.closing import month_ends
from app.fund.ledger import months
from app.kit.db import db, transaction
from app.staff.users import User
where, app = sys.argv[1], create_app()

def die(*said, **more):
    os.kill(os.getpid(), signal.SIGKILL)

{"take": cash_desk, "count": cash_counts, "month": months}[where].audit.record = die
with app.app_context():
    kanya = db.session().scalars(select(User).filter_by(sign_in_name="kanya")).one()
    if where == "take":
        with transaction():
            cash_desk.take(key="k" * 20, satang=50_000, purpose_id=1, by=kanya)
    elif where == "count":
        with transaction():
            cash_counts.close(cash_counts.open_cash_counts()[0].id, pieces={50_000: 1}, cheques=[], by=kanya)
    else:
        first = months.parse(sys.argv[2])
        month_ends.close(first, reasons={name: "เพียงพอแล้ว" for name in sys.argv[3:]}, by=kanya)
"""


def killed(app: Flask, *where: str) -> int:
    """The deed in a process of its own that is killed in the middle, as by kill -9."""
    settings = app.extensions["kueakun"]
    environment = os.environ | {
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(settings.data),
        "KUEAKUN_SECRET_KEY": settings.secret_key,
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": settings.callback_key,
        "KUEAKUN_DATABASE_URL": settings.database_url,
    }
    db.session.remove()
    return subprocess.run(
        [sys.executable, "-c", _KILLED, *where], env=environment, check=False, timeout=120
    ).returncode


def test_kill_9_at_the_counter_and_at_the_months_end_leaves_nothing_half_done(
    portal: Flask, cast: Cast
) -> None:
    assert killed(portal, "take") == -signal.SIGKILL
    assert db.session().scalar(select(func.count()).select_from(BankEvent)) == 0
    payment = taken(cast, key="k" * 20)
    assert payment.number == 1
    receipt = cash_desk.receipt_of(payment)
    assert receipt is not None
    assert receipt.number == 1

    assert killed(portal, "count") == -signal.SIGKILL
    assert [cash_count.closed_at for cash_count in cash_counts.open_cash_counts()] == [None]
    assert closed(cast).counted_satang == 50_000

    last = clock.today().replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    brought_in([(datetime(last.year, last.month, last.day, 9, tzinfo=BANGKOK), 5_000, "", "x")])
    accepted = ("waiting", "gaps-4010000001")
    assert killed(portal, "month", months.written(first), *accepted) == -signal.SIGKILL
    assert months.all_closed() == []
    assert closing(cast, first, **dict.fromkeys(accepted, "เพียงพอแล้ว")).first_on == first


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_lines_brought_in_by_any_pieces_in_any_order_prove_the_same_month(
    sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    many = data.draw(st.integers(2, 8))
    movements: list[tuple[datetime, int, str, str]] = []
    for number in range(many):
        satang = data.draw(st.sampled_from([1_000, 2_000, -500, 700, 300_000]))
        movements.append((at(5 + number // 3, 9 + number % 3), satang, "", f"{number}"))
    cuts = sorted(data.draw(st.sets(st.integers(1, many - 1), max_size=3)))
    pieces = [(start, end) for start, end in zip([0, *cuts], [*cuts, many], strict=True)]
    order = data.draw(st.permutations(pieces))
    folder = tmp_path_factory.mktemp("pieces")
    shutil.copy(sqlite_template, folder / "kueakun.sqlite")
    portal = create_app(settings_for(folder))
    with portal.app_context():
        Cast(portal)
        for start, end in order:
            before = 1_000_000 + sum(movement[1] for movement in movements[:start])
            brought_in(movements[start:end], opening=before)
        found = proved()
        assert found.holds
        assert (found.opening, found.closing) == (
            1_000_000,
            1_000_000 + sum(movement[1] for movement in movements),
        )
        assert found.difference == 0
        assert found.total("came") - found.total("went") == sum(movement[1] for movement in movements)
        assert books.findings() == []
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("made", [0, 2])
def test_a_stated_period_covers_no_day_after_the_file_was_made_or_came_in(
    portal: Flask, cast: Cast, made: int
) -> None:
    today = clock.today()
    first, last = today - timedelta(days=20), today + timedelta(days=3)
    made_on = today - timedelta(days=made)

    def written(on: date) -> str:
        return on.strftime("%d/%m/%Y")

    preamble = [f"Statement period,{written(first)} - {written(last)}"]
    preamble += [f"Print date,{written(made_on)} 08:15"] if made else []
    rows = [
        "Date,Time,Description,Withdrawal,Deposit,Balance",
        f"{written(first)},10:00,Interest,,5.00,2000005.00",
    ]
    bank_hands.import_file(name="a.csv", raw="\n".join([*preamble, *rows]).encode(), by=None)
    (proof,) = continuity.prove(first, last)
    assert proof.gaps == [made_on + timedelta(days=n) for n in range(1, (last - made_on).days + 1)]
