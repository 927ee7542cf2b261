"""The counter: money taken once, counted once, and met at the bank once."""

import json
import threading
from datetime import timedelta

import pytest
from counter_takings import a_cheque, a_line_of, brought_in, closed, lines, received, taken
from flask import Flask
from people import Cast
from sqlalchemy import func, select, text

from app.fund.bank.reconciliation import decisions, deposits, matching, outgoing_lines, refunds, undoing
from app.fund.bank.reconciliation.deposits import Undeposited, is_deposit
from app.fund.bank.reconciliation.records import Deposit
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.counter import cash_counts, cash_desk
from app.fund.counter.cash_desk import Cheque
from app.fund.counter.records import CashCount, CounterPayment, CounterPaymentReversal, DepositItem
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.web import token
from app.staff.users import User


def test_cash_is_posted_and_receipted_at_once_in_the_counters_own_book(portal: Flask, cast: Cast) -> None:
    payment = taken(cast, 50_000, donor_name="นางใจ ดี", anonymous=False)
    receipt = cash_desk.receipt_of(payment)
    assert receipt is not None
    assert receipt.book == "C"
    assert receipt.printed["payer"] == "นางใจ ดี"
    assert receipt.printed["channel"] == "เงินสด ณ ที่ทำการกองทุน"
    event = db.session().get_one(BankEvent, payment.event_id)
    assert (event.source, event.external_id, event.satang) == ("counter", payment.code, 50_000)
    assert json.loads(event.raw)["donor_name"] == "นางใจ ดี"
    assert received() == 50_000


def test_a_cheque_is_receipted_subject_to_clearing(portal: Flask, cast: Cast) -> None:
    payment = taken(cast, 80_000, cheque=a_cheque())
    receipt = cash_desk.receipt_of(payment)
    assert receipt is not None
    assert "เลขที่ 1234567" in receipt.printed["channel"]
    assert "เมื่อกองทุนเรียกเก็บเงินตามเช็คได้" in receipt.printed["channel"]


def test_a_form_sent_twice_takes_the_money_once(portal: Flask, cast: Cast) -> None:
    key = token(20)
    first, again = taken(cast, key=key).id, taken(cast, key=key).id
    assert first == again
    assert received() == 50_000
    with pytest.raises(Refused, match="บันทึกรับเงิน 500"):
        taken(cast, 60_000, key=key)


def test_two_tabs_pressed_at_once_take_the_money_once(portal: Flask, cast: Cast) -> None:
    key, by, purpose = token(20), cast.busaba.user_id, cast.purpose().id
    found = []

    def press() -> None:
        with transaction() as session:
            payment = cash_desk.take(key=key, satang=50_000, purpose_id=purpose, by=session.get_one(User, by))
            found.append(payment.id)

    assert at_once(portal, 2, press) == ["done", "done"]
    assert len(found) == 2
    assert len(set(found)) == 1
    assert received() == 50_000


def test_cheques_that_are_none_are_refused(portal: Flask, cast: Cast) -> None:
    today = clock.today()
    for cheque, words in (
        (Cheque(bank="006", number="12", on=today), "เลขที่เช็ค"),
        (Cheque(bank="999", number="1234567", on=today), "ธนาคาร"),
        (Cheque(bank="006", number="1234567", on=today + timedelta(days=1)), "ล่วงหน้า"),
        (Cheque(bank="006", number="1234567", on=today - timedelta(days=181)), "หกเดือน"),
    ):
        with pytest.raises(Refused, match=words):
            taken(cast, cheque=cheque)
    taken(cast, cheque=a_cheque())
    with pytest.raises(Refused, match="รับไว้แล้ว"):
        taken(cast, cheque=a_cheque())


def test_only_finance_and_the_secretary_take_money(portal: Flask, cast: Cast) -> None:
    for person in (cast.malee, cast.decha, cast.ton, cast.ying):
        with pytest.raises(Refused):
            taken(cast, by=person.user)
    assert received() == 0


def test_a_voided_payment_is_no_donation_and_is_not_expected_in_the_count(portal: Flask, cast: Cast) -> None:
    wrong, right = taken(cast, 70_000).id, taken(cast, 50_000).id
    with transaction():
        assert cash_desk.void(wrong, reason="พิมพ์ยอดผิด", by=cast.kanya.user)
    assert received() == 50_000
    receipt = cash_desk.receipt_of(db.session().get_one(CounterPayment, wrong))
    assert receipt is not None
    assert receipt.voided_at is not None
    assert closed(cast).counted_satang == 50_000
    with pytest.raises(Refused, match="ปิดยอด"), transaction():
        cash_desk.void(right, reason="สายไป", by=cast.kanya.user)
    assert received() == 50_000


def test_a_voided_payment_can_become_no_donation_again(portal: Flask, cast: Cast) -> None:
    payment = taken(cast).id
    with transaction():
        cash_desk.void(payment, reason="พิมพ์ยอดผิด", by=cast.kanya.user)
    event_id = db.session().get_one(CounterPayment, payment).event_id
    with pytest.raises(Refused), transaction():
        decisions.assign(event_id, purpose_id=cast.purpose().id, by=cast.kanya.user)
    with pytest.raises(Refused, match="ยกเลิกไปแล้ว"), transaction():
        undoing.undo(event_id, reason="ลองดู", by=cast.kanya.user)
    assert received() == 0


def test_a_donation_of_the_counter_given_to_the_wrong_purpose_is_matched_anew_and_the_count_stays(
    portal: Flask, cast: Cast
) -> None:
    payment = taken(cast, 50_000)
    event_id, number = payment.event_id, payment.id
    with transaction():
        undoing.undo(event_id, reason="ผิดวัตถุประสงค์", by=cast.kanya.user)
    with transaction():
        decisions.assign(event_id, purpose_id=cast.purpose("education").id, by=cast.kanya.user)
    receipt = cash_desk.receipt_of(db.session().get_one(CounterPayment, number))
    assert receipt is not None
    assert (receipt.book, receipt.number, receipt.printed["purpose"]) == ("C", 2, "การศึกษา")
    assert receipt.printed["channel"] == "เงินสด ณ ที่ทำการกองทุน"
    assert received() == 50_000
    assert closed(cast).difference_satang == 0


def test_a_cheque_that_bounces_after_the_cash_count_is_undone_and_need_not_reach_the_bank(
    portal: Flask, cast: Cast
) -> None:
    cheque = taken(cast, 80_000, cheque=a_cheque()).id
    taken(cast, 20_000)
    closed(cast)
    with transaction():
        cash_desk.bounce(cheque, reason="ลายมือชื่อไม่ตรง", by=cast.kanya.user)
    assert received() == 20_000
    assert [item.satang for item in Undeposited().items] == [20_000]
    with pytest.raises(Refused), transaction():
        cash_desk.bounce(cheque, reason="ซ้ำ", by=cast.kanya.user)


def test_cash_never_bounces(portal: Flask, cast: Cast) -> None:
    payment = taken(cast).id
    with pytest.raises(Refused), transaction():
        cash_desk.bounce(payment, reason="ไม่ใช่เช็ค", by=cast.kanya.user)
    assert received() == 50_000


def test_a_difference_must_be_explained_before_the_day_is_closed(portal: Flask, cast: Cast) -> None:
    taken(cast, 50_000)
    with pytest.raises(BadInput, match="ไม่ตรง"):
        closed(cast, short=2_000)
    assert cash_counts.open_cash_counts()
    cash_count = closed(cast, short=2_000, reason="ทอนเงินผิด ขาด 20 บาท")
    assert (cash_count.expected_satang, cash_count.counted_satang, cash_count.difference_satang) == (
        50_000,
        48_000,
        -2_000,
    )


def test_after_closing_the_next_payment_goes_to_the_next_cash_count(portal: Flask, cast: Cast) -> None:
    taken(cast)
    first = closed(cast).id
    second = taken(cast).cash_count_id
    assert second != first
    with pytest.raises(Refused, match="ปิดยอด"), transaction():
        cash_counts.close(first, pieces={}, cheques=[], by=cast.kanya.user)


def test_the_database_itself_keeps_a_closed_cash_count(portal: Flask, cast: Cast) -> None:
    payment = taken(cast)
    number, event_id = payment.cash_count_id, payment.event_id
    closed(cast)
    for deed in (
        f"UPDATE cash_count SET difference_reason = 'x' WHERE id = {number}",
        f"DELETE FROM cash_count WHERE id = {number}",
        f"UPDATE counter_payment SET satang = 1 WHERE event_id = {event_id}",
        "DELETE FROM counter_payment",
        "UPDATE deposit_item SET satang = 1",
    ):
        with pytest.raises(Exception), transaction() as session:  # noqa: B017
            session.execute(text(deed))
    with pytest.raises(Refused, match="ปิดยอด"), transaction() as session:
        session.add(
            CounterPayment(
                number=99,
                key="x" * 20,
                cash_count_id=number,
                event_id=event_id,
                kind="cash",
                satang=1,
                taken_at=clock.now(),
                taken_by_id=cast.kanya.user_id,
            )
        )


def test_two_officers_close_the_same_cash_count_once(portal: Flask, cast: Cast) -> None:
    taken(cast, 50_000)
    number, by = cash_counts.open_cash_counts()[0].id, cast.kanya.user_id
    outcomes = at_once(portal, 2, lambda: _close(number, by, {50_000: 1}))
    assert sorted(outcomes) == ["done", "refused"]
    assert db.session().scalar(select(func.count()).select_from(DepositItem)) == 1


def _close(number: int, by: int | None, pieces: dict[int, int]) -> None:
    with transaction() as session:
        cash_counts.close(number, pieces=pieces, cheques=[], by=session.get_one(User, by))


def at_once(portal: Flask, count: int, *deeds: object) -> list[str]:
    outcomes: list[str] = []
    every = [deed for deed in deeds for _ in range(count)]
    barrier = threading.Barrier(len(every))

    def run(deed: object) -> None:
        with portal.app_context():
            barrier.wait()
            try:
                deed()  # type: ignore[operator]
                outcomes.append("done")
            except Refused:
                outcomes.append("refused")
            finally:
                db.session.remove()

    hands = [threading.Thread(target=run, args=(deed,)) for deed in every]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    db.session.rollback()
    return outcomes


def test_a_payment_that_races_the_cash_count_is_in_it_or_in_the_next(portal: Flask, cast: Cast) -> None:
    purpose, by = cast.purpose().id, cast.kanya.user_id
    for _ in range(4):
        taken(cast, 50_000)
        number = cash_counts.open_cash_counts()[0].id

        def press() -> None:
            with transaction() as session:
                cash_desk.take(key=token(20), satang=10_000, purpose_id=purpose, by=session.get_one(User, by))

        outcomes = at_once(portal, 1, press, lambda number=number: _close(number, by, {50_000: 1}))
        assert outcomes.count("done") >= 1
        db.session.rollback()
        cash_count = db.session().get_one(CashCount, number)
        if cash_count.closed_at is None:
            # The payment was first: the count of before does not fit any more.
            assert cash_counts.expected(number) == (60_000, 0)
            closed(cast, number)
        else:
            assert cash_counts.expected(number) == (50_000, 0)
        for left in cash_counts.open_cash_counts():
            closed(cast, left.id)
        assert books.findings() == []


def test_a_deposit_of_equal_sum_meets_its_cash_count_and_is_no_donation(portal: Flask, cast: Cast) -> None:
    taken(cast, 50_000)
    taken(cast, 30_000)
    closed(cast)
    brought_in((80_000, "ฝากเงินสด CDM"))
    (line,) = lines()
    assert (line.state, line.match_reason) == ("excluded", "deposit")
    assert received() == 80_000
    assert Undeposited().items == []


def test_a_line_that_came_before_the_cash_count_is_met_when_it_is_closed(portal: Flask, cast: Cast) -> None:
    taken(cast, 80_000)
    brought_in((80_000, "ฝากเงินสด"))
    assert lines()[0].state == "waiting"
    closed(cast)
    db.session.rollback()
    assert lines()[0].match_reason == "deposit"


def test_cash_and_cheque_may_reach_the_bank_apart_and_several_cash_counts_together(
    portal: Flask, cast: Cast
) -> None:
    taken(cast, 50_000)
    taken(cast, 80_000, cheque=a_cheque())
    closed(cast)
    taken(cast, 7_000)
    closed(cast)
    brought_in((80_000, "ฝากเช็ค"), (57_000, "ฝากเงินสด"))
    assert [line.match_reason for line in lines()] == ["deposit", "deposit"]
    assert Undeposited().items == []


def test_two_cash_counts_of_one_sum_are_a_persons_to_tell_apart(portal: Flask, cast: Cast) -> None:
    first, second = [(taken(cast, 50_000), closed(cast))[1].id for _ in range(2)]
    brought_in((50_000, "ฝากเงินสด"))
    (line,) = lines()
    assert (line.state, line.match_reason) == ("waiting", "likely_deposit")
    parts = deposits.deposit_of(line.event)
    assert len(parts) == 2
    with transaction():
        deposits.link(line.event_id, items=parts[1].items, by=cast.kanya.user)
    assert {item.cash_count_id for item in Undeposited().items} == {first}
    assert second != first
    with pytest.raises(Refused), transaction():
        deposits.link(lines()[0].event_id, items=parts[0].items, by=cast.kanya.user)


def test_two_lines_of_the_sum_of_one_cash_count_are_a_persons_too(portal: Flask, cast: Cast) -> None:
    taken(cast, 50_000)
    closed(cast)
    brought_in((50_000, "ฝากเงินสด"), (50_000, "ฝากเงินสด"))
    assert [line.match_reason for line in lines()] == ["likely_deposit", "likely_deposit"]


def test_a_transfer_of_the_same_sum_is_no_deposit_by_itself(portal: Flask, cast: Cast) -> None:
    taken(cast, 50_000)
    closed(cast)
    brought_in((50_000, "รับโอนจาก นาย ก"))
    (line,) = lines()
    assert line.state == "waiting"
    assert len(Undeposited().items) == 1
    assert len(deposits.deposit_of(line.event)) == 1


def test_a_deposit_linked_wrongly_is_undone_and_both_wait_again(portal: Flask, cast: Cast) -> None:
    taken(cast, 50_000)
    closed(cast)
    brought_in((50_000, "ฝากเงินสด"))
    event_id = lines()[0].event_id
    with pytest.raises(Refused), transaction():
        decisions.assign(event_id, purpose_id=cast.purpose().id, by=cast.kanya.user)
    with transaction():
        deposits.unlink(event_id, reason="เป็นเงินของผู้อื่น", by=cast.kanya.user)
    assert lines()[0].state == "waiting"
    assert len(Undeposited().items) == 1
    with transaction():
        decisions.assign(event_id, purpose_id=cast.purpose().id, by=cast.kanya.user)
    assert received() == 100_000


def test_the_database_refuses_to_make_a_donation_of_a_deposit(portal: Flask, cast: Cast) -> None:
    taken(cast, 50_000)
    closed(cast)
    brought_in((50_000, "ฝากเงินสด"))
    event_id = lines()[0].event_id
    with pytest.raises(Refused, match="นำฝาก"), transaction() as session:
        matching.post(
            session.get_one(ReconciliationItem, event_id),
            payment_request=None,
            purpose_id=cast.purpose().id,
            by=cast.kanya.user,
        )
    assert received() == 50_000


def asked_back(cast: Cast, event_id: int, satang: int = 50_000) -> int:
    with transaction():
        refund = refunds.ask(
            event_id=event_id,
            satang=satang,
            reason="ผู้โอนขอคืน",
            payee="นาย ก",
            payee_bank="004",
            payee_account="1234567890",
            by=cast.kanya.user,
        )
        return refund.id


def test_money_that_is_asked_back_is_no_deposit(portal: Flask, cast: Cast) -> None:
    taken(cast, 50_000)
    event_id = a_line_of(50_000)
    asked_back(cast, event_id)
    closed(cast)
    items = [item.id for item in Undeposited().items]
    assert len(items) == 1, "the counted money is not yet at the bank"
    assert (lines()[0].state, lines()[0].match_reason) == ("waiting", "refund")
    with pytest.raises(Refused, match="คืน"), transaction():
        deposits.link(event_id, items=items, by=cast.kanya.user)
    assert not is_deposit(event_id)


def test_money_that_went_back_is_no_deposit(portal: Flask, cast: Cast) -> None:
    taken(cast, 50_000)
    event_id = a_line_of(50_000)
    refund_id = asked_back(cast, event_id)
    with transaction():
        refunds.approve(refund_id, by=cast.somchai.user)
    brought_in((-50_000, "โอนออก"), minutes=9)
    out_id = lines()[1].event_id
    with transaction():
        outgoing_lines.link(refund_id, event_id=out_id, by=cast.kanya.user)
    closed(cast)
    items = [item.id for item in Undeposited().items]
    with pytest.raises(Refused, match="คืน"), transaction():
        deposits.link(event_id, items=items, by=cast.kanya.user)


def test_what_waits_for_approval_is_no_deposit_meanwhile(portal: Flask, cast: Cast) -> None:
    large = 20_000_000
    taken(cast, large)
    event_id = a_line_of(large)
    with transaction():
        asked = decisions.assign(event_id, purpose_id=cast.purpose().id, by=cast.kanya.user)
    assert asked is None
    closed(cast)
    items = [item.id for item in Undeposited().items]
    assert len(items) == 1
    with pytest.raises(Refused, match="รออีกท่านหนึ่งยืนยัน"), transaction():
        deposits.link(event_id, items=items, by=cast.kanya.user)


def test_what_an_officer_unlinked_or_held_is_not_linked_again_by_rule(portal: Flask, cast: Cast) -> None:
    taken(cast, 50_000)
    closed(cast)
    brought_in((50_000, "ฝากเงินสด"))
    event_id = lines()[0].event_id
    with transaction():
        deposits.unlink(event_id, reason="เป็นเงินของผู้อื่น", by=cast.kanya.user)
    taken(cast, 70_000)
    closed(cast)
    assert not is_deposit(event_id), "the officer said that it is not"
    brought_in((30_000, "ฝากเงินสด"), minutes=9)
    with transaction():
        decisions.park(lines()[1].event_id, reason="โทรถามผู้โอนแล้ว", by=cast.kanya.user)
    taken(cast, 30_000)
    closed(cast)
    assert (lines()[1].state, lines()[1].match_reason) == ("waiting", "parked")


def test_a_cheque_whose_money_is_asked_back_does_not_bounce_meanwhile(portal: Flask, cast: Cast) -> None:
    payment = taken(cast, 50_000, cheque=a_cheque())
    counter_payment_id, event_id = payment.id, payment.event_id
    with transaction():
        undoing.undo(event_id, reason="ลงผิดวัตถุประสงค์", by=cast.kanya.user)
    refund_id = asked_back(cast, event_id)
    with pytest.raises(Refused, match="คืนเงิน"), transaction():
        cash_desk.bounce(counter_payment_id, reason="เงินในบัญชีไม่พอ", by=cast.kanya.user)
    with transaction():
        refunds.refuse(refund_id, reason="เช็คเด้ง", by=cast.kanya.user)
    with transaction():
        assert cash_desk.bounce(counter_payment_id, reason="เงินในบัญชีไม่พอ", by=cast.kanya.user)
    with pytest.raises(Refused):
        asked_back(cast, event_id)


def test_items_of_another_sum_are_not_linked(portal: Flask, cast: Cast) -> None:
    taken(cast, 50_000)
    closed(cast)
    brought_in((49_000, "ฝากเงินสด"))
    items = [item.id for item in Undeposited().items]
    with pytest.raises(Refused, match="ไม่เท่ากับ"), transaction():
        deposits.link(lines()[0].event_id, items=items, by=cast.kanya.user)


def test_proofs_see_a_cash_count_that_lies(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    taken(cast, 50_000)
    closed(cast)
    with transaction() as session:
        session.execute(text("DROP TRIGGER final_deposit_item"))
        session.execute(text("UPDATE deposit_item SET satang = 49000"))
    assert any("นับได้ 50000" in finding for finding in books.findings())
    with transaction() as session:
        session.execute(text("UPDATE deposit_item SET satang = 50000"))
    assert books.findings() == []


def test_nothing_is_kept_of_a_payment_that_was_cut_off(portal: Flask, cast: Cast) -> None:
    key, purpose, person = token(20), cast.purpose().id, cast.busaba.user
    with pytest.raises(RuntimeError), transaction():
        cash_desk.take(key=key, satang=50_000, purpose_id=purpose, by=person)
        raise RuntimeError("the lights went out")
    db.session.rollback()
    for model in (BankEvent, CounterPayment, CashCount, Donation, Receipt, CounterPaymentReversal, Deposit):
        assert db.session().scalar(select(func.count()).select_from(model)) == 0
    assert taken(cast, key=key).number == 1
