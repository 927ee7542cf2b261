"""Lines of the bank: each payment is met by its own, and money that came back is paid again."""

from datetime import timedelta
from typing import Any

import committee_room as room
import pytest
import time_machine
from bank_lines import line as _line
from flask import Flask
from people import PASSWORD, Cast
from sqlalchemy import delete, event, select, text
from sqlalchemy.exc import IntegrityError

from app.fund.bank.reconciliation import decisions
from app.fund.bank.records import Allocation, BankEvent, ReconciliationItem
from app.fund.ledger import books
from app.fund.spending import bank_lines, voids
from app.fund.spending.records import OutgoingMatch, Payment
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.warroom import boards


def test_reference_and_sum_meet_by_themselves_and_the_rest_by_an_officer(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    early = _line(-100_00, ref="KTB1")
    first = room.pay(cast, code, 100_00, ref="KTB1")
    match = bank_lines.of(first.id)
    assert match is not None and (match.event_id, match.matched_by_id) == (early, None)
    second = room.pay(cast, code, 150_00, ref="KTB2")
    other, late = _line(-150_00, ref="9"), _line(-7_00, description="ค่าธรรมเนียม")
    assert bank_lines.meet_all() == {"met": 0}
    told = db.session().get_one(BankEvent, other)
    assert [payment.id for payment in bank_lines.candidates([told])[other]] == [second.id]
    for wrong, by in ((late, cast.kanya), (other, cast.somchai)):
        with pytest.raises(Refused, match=r"จับคู่ไม่ได้|เฉพาะเจ้าหน้าที่การเงิน"), transaction():
            bank_lines.link(wrong, payment_id=second.id, by=by.user)
    for _ in range(2):
        with transaction():
            bank_lines.link(other, payment_id=second.id, by=cast.kanya.user)
    with pytest.raises(BadInput), transaction():
        bank_lines.explain(late, reason=" ", by=cast.kanya.user)
    with transaction():
        bank_lines.explain(late, reason="ค่าธรรมเนียมธนาคาร", by=cast.kanya.user)
    assert bank_lines.count_unexplained()[0] == 0
    with transaction():
        bank_lines.unlink(other, by=cast.kanya.user)
    assert bank_lines.count_unexplained()[0] == 1
    third = _line(-150_00, ref="ktb 2")
    assert bank_lines.meet_all() == {"met": 1}
    match = bank_lines.of(second.id)
    assert match is not None and match.event_id == third


def test_a_line_that_waits_for_a_decision_is_no_payment_and_no_fee(portal: Flask, cast: Cast) -> None:
    """The bank may have taken a donation back with it: what it was is decided once."""
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    taken = _line(-400_00, ref="KTB1", description="REVERSAL")
    with transaction() as session:
        item = session.get_one(ReconciliationItem, taken)
        item.state, item.match_reason, item.decided_at = "waiting", "reversal", None
    payment = room.pay(cast, code, 400_00, ref="KTB1")
    assert bank_lines.of(payment.id) is None
    assert bank_lines.meet_all() == {"met": 0}

    def past_the_rule() -> None:
        row = {"event_id": taken, "matched_at": clock.now(), "matched_by_id": cast.kanya.user.id}
        db.session().add(OutgoingMatch(reason="ค่าธรรมเนียม", **row))

    for words, deed in (
        ("รอเจ้าหน้าที่ตัดสิน", lambda: bank_lines.link(taken, payment_id=payment.id, by=cast.kanya.user)),
        ("รอเจ้าหน้าที่ตัดสิน", lambda: bank_lines.explain(taken, reason="ค่าธรรมเนียม", by=cast.kanya.user)),
        ("รายการยังรอตัดสิน", past_the_rule),
    ):
        with pytest.raises(Refused, match=words), transaction():
            deed()


def _unmatched_past_the_rule(event_id: int) -> None:
    db.session().execute(delete(OutgoingMatch).filter_by(event_id=event_id))


def test_a_transfer_that_bounced_is_paid_again(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    out = _line(-400_00, ref="KTB1")
    payment = room.pay(cast, code, 400_00, ref="KTB1")
    with pytest.raises(Refused, match="มีเงินออกตามเลขอ้างอิง"), transaction():
        voids.ask(payment.id, reason="บัญชีปิด", by=cast.kanya.user)
    stranger, back = _line(399_00), _line(400_00, description="โอนกลับ")
    with pytest.raises(Refused, match="ยอดไม่เท่ากัน"), transaction():
        voids.ask(payment.id, reason="บัญชีปิด", event_id=stranger, by=cast.kanya.user)
    with transaction():
        voids.ask(payment.id, reason="บัญชีปิด", event_id=back, by=cast.kanya.user)
    for refused, deed in (
        ("ยืนยันหรือไม่ยืนยันคำขอนั้นก่อน", lambda: bank_lines.unlink(out, by=cast.kanya.user)),
        ("มีผู้ขอยกเลิกเพราะเงินโอนกลับ", lambda: _unmatched_past_the_rule(out)),
    ):
        with pytest.raises((Refused, IntegrityError), match=refused), transaction():
            deed()
    with transaction():
        voids.confirm(payment.id, by=cast.somchai.user)
    item = db.session().get_one(ReconciliationItem, back)
    assert (item.state, payment.code in item.reason) == ("excluded", True)
    with pytest.raises(Refused, match="กลับเข้าบัญชีแล้ว"), transaction():
        bank_lines.unlink(out, by=cast.kanya.user)
    given = select(Allocation.donation_id).order_by(Allocation.id).limit(1)
    with pytest.raises(Refused, match="เงินโอนกลับของการจ่าย"), transaction() as session:
        session.add(Allocation(event_id=back, donation_id=session.scalars(given).one(), satang=400_00))
    again = room.pay(cast, code, 400_00, ref="KTB2")
    assert again.number == 2
    assert bank_lines.told(back)[1] == payment.id
    (general, _) = books.balances()
    assert (general.available, general.committed, general.paid) == (600_00, 0, 400_00)
    assert books.findings() == []
    # The statement brings both lines at once: the line of money out meets its payment before that is void.
    left, returned = _line(-400_00, ref="KTB2"), _line(400_00, description="โอนกลับอีก")
    with transaction():
        voids.ask(again.id, reason="บัญชีปิด", event_id=returned, by=cast.kanya.user)
    assert (bank_lines.told(left)[1], bank_lines.count_unexplained()[0]) == (again.id, 0)


@pytest.mark.parametrize(
    "past", ["voided without", "other sum", "not decided", "unlinked", "twice", "changed"]
)
def test_without_the_rules_the_database_still_guards_the_lines(portal: Flask, cast: Cast, past: str) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    out = _line(-400_00, ref="9")
    payment = room.pay(cast, code, 400_00, ref="KTB1")
    with transaction():
        bank_lines.link(out, payment_id=payment.id, by=cast.kanya.user)
    back = _line(399_00 if past == "other sum" else 400_00)
    if past in ("unlinked", "other sum"):
        with transaction():
            decisions.exclude_money_back(back, reason="โอนกลับ", by=cast.kanya.user)
    refusals = r"เงินออกจากธนาคารไปจริง|ยอดเท่าใบสำคัญ|กลับเข้าบัญชีแล้ว|แก้ไขไม่ได้|ยอดไม่เท่ากัน"
    with pytest.raises(Refused, match=refusals), transaction() as session:
        if past == "changed":
            session.execute(text("UPDATE outgoing_match SET matched_by_id = NULL"))
        if past == "twice":
            session.add(OutgoingMatch(event_id=back, payment_id=payment.id, matched_at=clock.now()))
            session.flush()
        known = session.get_one(Payment, payment.id)
        known.void_reason, known.void_asked_at, known.void_asked_by_id = "x", clock.now(), cast.kanya.user.id
        known.void_event_id = None if past == "voided without" else back
        session.flush()
        known.voided_at, known.voided_by_id = clock.now(), cast.somchai.user.id
        session.flush()
        if past == "unlinked":
            session.execute(text("DELETE FROM outgoing_match"))


def test_what_has_not_met_for_too_long_stands_in_red_on_the_first_page(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    room.pay(cast, room.approve(cast, 400_00), 400_00)
    _line(-7_00, description="ค่าธรรมเนียม")

    def urgent() -> set[str]:
        with portal.test_request_context():
            return {card.title for card in boards.work_of(cast.somchai.user) if card.urgent}

    assert "เงินออกที่ยังไม่มีใบสำคัญ" in urgent()
    assert "จ่ายแล้ว ธนาคารยังไม่มีรายการ" not in urgent()
    with time_machine.travel(clock.now() + timedelta(days=5)):
        assert "จ่ายแล้ว ธนาคารยังไม่มีรายการ" in urgent()


@pytest.mark.pages
def test_the_page_links_explains_and_undoes_and_each_end_leads_to_the_other(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 1_000_00)
    payment = room.pay(cast, room.approve(cast, 400_00), 400_00)
    out, fee = _line(-400_00), _line(-7_00, description="ค่าธรรมเนียม")
    kanya = cast.kanya.sign_in()
    assert "ไม่มีใบสำคัญ" in kanya.visit("/payments/lines").words
    for number in ("9" * 30, "9" * 5000):
        told = kanya.send("/payments/lines", action=f"/{out}/link", payment=number, to_status=422).words
        assert "กรุณาเลือกใบสำคัญจ่าย" in told
    assert "จับคู่กับรายการธนาคารแล้ว" in kanya.send("/payments/lines", action=f"/{out}/link").words
    assert "บันทึกแล้ว" in kanya.send("/payments/lines", action=f"/{fee}/explain", reason="ค่าธรรมเนียม").words
    assert f"/bank/events/{out}" in kanya.visit(f"/payments/{payment.id}").text
    assert f"/payments/{payment.id}" in kanya.visit(f"/bank/events/{out}").text
    back = _line(400_00)
    kanya.send(f"/payments/{payment.id}", action="/void", reason="บัญชีปิด", event=str(back))
    page = cast.somchai.sign_in().send(f"/payments/{payment.id}", action="/confirm", password_again=PASSWORD)
    assert "ใบสำคัญนี้ยกเลิกแล้ว" in page.words
    assert "ยกเลิกการจับคู่แล้ว" in kanya.send("/payments/lines", action=f"/{fee}/undo").words


@pytest.mark.pages
def test_the_page_asks_as_often_for_many_lines_as_for_one(portal: Flask, cast: Cast) -> None:
    room.give(cast, 10_000_00)
    kanya = cast.kanya.sign_in()

    def another(satang: int) -> int:
        room.pay(cast, room.approve(cast, satang), satang)
        _line(-satang)
        seen: list[str] = []

        def note(*details: Any) -> None:
            seen.append(details[2])

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            words = kanya.visit("/payments/lines").words
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert "จับคู่กับ" in words
        return len(seen)

    assert another(100_00) == another(200_00) == another(300_00)
