"""Decisions by hand: split, held, undone, approved by another; each once, whoever else presses at that moment."""

from datetime import timedelta

import accounts
import bank_hands
import committee_room as room
import pytest
from asked_payments import pledged
from bank_decided import another_officer, at_once, live_satang, user, waiting
from bank_hands import NOW, confirmation, count, generic, given, item_of, opened, send
from flask import Flask
from people import Cast
from sqlalchemy import func, select, update

from app.fund.bank import decision_approvals
from app.fund.bank.reconciliation import approved_decisions, decisions, outgoing_lines, refunds, undoing
from app.fund.bank.reconciliation.allocations import AllocationPart
from app.fund.bank.reconciliation.refunds import Refund
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.pledges import pledges
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger import books
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.approvals import BANK_DECISIONS, ApprovalRequest
from app.staff.audit import AuditEvent


def test_one_transfer_is_split_over_a_payment_request_a_pledge_and_a_purpose(
    portal: Flask, cast: Cast
) -> None:
    payment_request, pledge = opened(cast, 30_000), pledged(cast, 100_000)
    number = waiting(portal, 100_000)
    parts = [
        AllocationPart(satang=30_000, payment_request_id=payment_request.id),
        AllocationPart(satang=45_000, pledge_id=pledge.id),
        AllocationPart(satang=25_000, purpose_id=cast.purpose("education").id, donor_name="ป้าจันทร์"),
    ]
    with transaction():
        decisions.split(number, parts, by=cast.kanya.user)
    rows = db.session().scalars(select(Donation).order_by(Donation.id)).all()
    assert [(row.satang, row.payment_request_id, row.pledge_id) for row in rows] == [
        (30_000, payment_request.id, None),
        (45_000, None, pledge.id),
        (25_000, None, None),
    ]
    assert rows[1].network_id == pledge.network_id
    assert pledges.received([pledge.id]) == {pledge.id: 45_000}
    assert count(Receipt) == 3
    item = item_of("T1")
    assert (item.state, item.match_reason) == ("posted", "split")


def test_parts_that_are_not_the_whole_are_refused_with_the_difference(portal: Flask, cast: Cast) -> None:
    number, purpose = waiting(portal, 100_000), cast.purpose().id
    for parts, words in (
        ([60_000, 30_000], r"ต่างกัน 100\.00"),
        ([60_000, 50_000], r"ต่างกัน 100\.00"),
        ([100_000], "2 ถึง 50 ส่วน"),
        ([100_000, 0], "มากกว่าศูนย์"),
    ):
        with pytest.raises(BadInput, match=words), transaction():
            decisions.split(
                number,
                [AllocationPart(satang=part, purpose_id=purpose) for part in parts],
                by=cast.kanya.user,
            )
    assert given() == []


def test_several_transfers_fulfil_one_pledge(portal: Flask, cast: Cast) -> None:
    pledge = pledged(cast, 100_000)
    for number, satang in (("T1", 40_000), ("T2", 60_000)):
        event = waiting(portal, satang, number=number)
        with transaction():
            decisions.assign(event, pledge_id=pledge.id, by=cast.kanya.user)
    assert pledges.received([pledge.id]) == {pledge.id: 100_000}


def test_undoing_takes_the_donations_back_and_the_event_waits_with_its_history(
    portal: Flask, cast: Cast
) -> None:
    payment_request = opened(cast, 70_000)
    send(portal, confirmation(payment_request.ref1, 70_000))
    number = item_of("T1").event_id
    with transaction():
        assert undoing.undo(number, reason="ผู้ให้บอกว่าเป็นของอีกรายการ", by=cast.kanya.user)
    item = item_of("T1")
    assert (item.state, item.match_reason, item.decided_at) == ("waiting", "undone", None)
    assert (live_satang(), books.balances()[0].received) == ([], 0)
    assert db.session().get_one(PaymentRequest, payment_request.id).state == PaymentRequestState.OPEN
    assert db.session().scalars(select(Receipt)).one().void_reason == "ผู้ให้บอกว่าเป็นของอีกรายการ"
    noted = db.session().scalars(select(AuditEvent).filter_by(deed="bank.undo")).one()
    assert noted.by_id == cast.kanya.user_id
    assert '"match_reason": "exact_reference"' in noted.details
    other = opened(cast, 80_000)
    with transaction():
        decisions.assign(number, payment_request_id=other.id, by=cast.kanya.user)
    assert live_satang() == [70_000]
    with transaction():
        undoing.undo(number, reason="กลับไปเป็นของเดิม", by=cast.kanya.user)
        decisions.split(
            number,
            [
                AllocationPart(satang=1, payment_request_id=payment_request.id),
                AllocationPart(satang=69_999, payment_request_id=other.id),
            ],
            by=cast.kanya.user,
        )
    assert live_satang() == [1, 69_999]


def test_a_wrong_pair_and_a_wrong_setting_aside_are_undone_too(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, 70_000)
    send(portal, confirmation(payment_request.ref1, 70_000))
    bank_hands.import_file(name="x.csv", raw=generic([(NOW, 70_000, payment_request.ref1, "")]), by=None)
    line = db.session().scalars(select(ReconciliationItem).filter_by(state="duplicate")).one().event_id
    with transaction():
        undoing.undo(line, reason="เป็นคนละก้อน", by=cast.kanya.user)
    assert db.session().get_one(ReconciliationItem, line).state == "waiting"
    with transaction():
        decisions.exclude(line, reason="ดอกเบี้ย", by=cast.kanya.user)
    with transaction():
        undoing.undo(line, reason="ไม่ใช่ดอกเบี้ย", by=cast.kanya.user)
    with pytest.raises(Refused, match="ยังรอการตัดสิน"), transaction():
        undoing.undo(line, reason="อีกครั้ง", by=cast.kanya.user)


def test_money_on_two_accounts_is_never_one_payment(portal: Flask, cast: Cast) -> None:
    number = waiting(portal, 77_700)
    with transaction():
        second = accounts.proposed(bank_code="006", number="6010000009", name="บัญชีที่สอง")
        accounts.opened(second, biller_id=None, promptpay_id="0994000165501")
    brought = generic([(NOW, 77_700, "", "ฝากเงินอีกบัญชี")])
    bank_hands.import_file(name="other.csv", raw=brought, account_number="6010000009", by=None)
    line = db.session().scalars(select(BankEvent.id).filter_by(source="statement")).one()
    with pytest.raises(Refused, match="คนละบัญชี"), transaction():
        decisions.link(line, duplicate_of_id=number, by=cast.kanya.user)


def test_an_event_held_with_a_note_stays_in_the_queue(portal: Flask, cast: Cast) -> None:
    number = waiting(portal, 5_000)
    with transaction():
        decisions.park(number, reason="โทรถามเหรัญญิกแล้ว", by=cast.kanya.user)
    item = item_of("T1")
    assert (item.state, item.match_reason, item.reason) == ("waiting", "parked", "โทรถามเหรัญญิกแล้ว")
    with pytest.raises(BadInput, match="รออะไร"), transaction():
        decisions.park(number, reason="", by=cast.kanya.user)


@pytest.mark.parametrize("deed", ["assign", "split", "exclude", "link", "undo"])
def test_a_large_sum_needs_anothers_approval(portal: Flask, cast: Cast, deed: str) -> None:
    number, purpose = waiting(portal, 5_000_000), cast.purpose().id
    parts = [AllocationPart(satang=2_500_000, purpose_id=purpose)] * 2
    if deed == "undo":
        with transaction():
            decisions.assign(number, purpose_id=purpose, by=None)
    twin = 0
    if deed == "link":
        brought = generic([(NOW + timedelta(hours=1), 5_000_000, "", "โอนเงิน")])
        bank_hands.import_file(name="twin.csv", raw=brought, by=None)
        twin = db.session().scalars(select(BankEvent.id).filter_by(source="statement")).one()
    with transaction():
        if deed == "assign":
            assert decisions.assign(number, purpose_id=purpose, by=cast.kanya.user) is None
        elif deed == "split":
            assert decisions.split(number, parts, by=cast.kanya.user) == []
        elif deed == "exclude":
            assert decisions.exclude(number, reason="ดอกเบี้ย", by=cast.kanya.user) is False
        elif deed == "link":
            assert decisions.link(number, duplicate_of_id=twin, by=cast.kanya.user) is False
        else:
            assert undoing.undo(number, reason="จับคู่ผิด", by=cast.kanya.user) is False
    before = live_satang()
    assert before == ([5_000_000] if deed == "undo" else [])
    request = (
        db.session().scalars(select(ApprovalRequest).where(ApprovalRequest.kind.in_(BANK_DECISIONS))).one()
    )
    with pytest.raises(Refused, match="ท่านเป็นผู้ตัดสิน"), transaction():
        approved_decisions.confirm(request.id, by=cast.kanya.user)
    for other in (cast.busaba, cast.decha, cast.malee):
        with pytest.raises(Refused, match="เจ้าหน้าที่การเงินหรือประธาน"), transaction():
            approved_decisions.confirm(request.id, by=other.user)
    nid = another_officer()
    with pytest.raises(Refused, match="รออีกท่านหนึ่งยืนยัน"), transaction():
        decisions.exclude(number, reason="ไม่ใช่", by=nid)
    assert live_satang() == before
    with transaction():
        approved_decisions.confirm(request.id, by=cast.somchai.user)
    assert live_satang() == {"assign": [5_000_000], "split": [2_500_000] * 2}.get(deed, [])
    after = {"exclude": "excluded", "link": "duplicate", "undo": "waiting"}.get(deed, "posted")
    item = item_of("T1")
    assert (item.state, item.duplicate_of_id) == (after, twin or None)
    with pytest.raises(Refused, match="ตอบเรื่องนี้ไปแล้ว"), transaction():
        approved_decisions.confirm(request.id, by=cast.somchai.user)
    assert {donation.posted_by_id for donation in db.session().scalars(select(Donation))} <= {
        cast.kanya.user_id,
        None,
    }


def test_whoever_declines_frees_the_event(portal: Flask, cast: Cast) -> None:
    number = waiting(portal, 6_000_000)
    with transaction():
        decisions.assign(number, purpose_id=cast.purpose().id, by=cast.kanya.user)
    request = decision_approvals.open_for(number)
    assert request is not None
    with transaction():
        approved_decisions.refuse(request.id, reason="ผู้โอนเป็นอีกเครือข่าย", by=cast.somchai.user)
    with transaction():
        decisions.park(number, reason="รอคืน", by=cast.kanya.user)
    assert live_satang() == []


def test_one_satang_less_needs_no_approval(portal: Flask, cast: Cast) -> None:
    number = waiting(portal, 4_999_999)
    with transaction():
        decisions.assign(number, purpose_id=cast.purpose().id, by=cast.kanya.user)
    assert live_satang() == [4_999_999]


def asked(cast: Cast, number: int, satang: int, *, donation: int | None = None) -> int:
    with transaction():
        return refunds.ask(
            event_id=number,
            donation_id=donation,
            satang=satang,
            reason="โอนผิดบัญชี",
            payee="นายใจดี มั่นคง",
            payee_bank="004",
            payee_account="123-4-56789-0",
            by=cast.kanya.user,
        ).id


def gone(satang: int, *, name: str = "out.csv", minutes: int = 60) -> int:
    """A line with which money leaves the bank."""
    at = NOW + timedelta(minutes=minutes)
    bank_hands.import_file(name=name, raw=generic([(at, -satang, "", f"โอนออก {name}")]), by=None)
    return (
        db.session()
        .scalars(select(BankEvent.id).where(BankEvent.satang == -satang).order_by(BankEvent.id.desc()))
        .first()
        or 0
    )


def test_a_refund_goes_step_by_step_through_two_hands_and_the_bank(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, 70_000)
    send(portal, confirmation(payment_request.ref1, 70_000))
    number, donation = item_of("T1").event_id, db.session().scalars(select(Donation)).one().id
    refund = asked(cast, number, 20_000, donation=donation)
    assert (live_satang(), count(Receipt)) == ([70_000], 1)
    for by, words in ((cast.kanya, "ท่านเป็นผู้ขอ"), (cast.busaba, "เฉพาะเจ้าหน้าที่การเงิน")):
        with pytest.raises(Refused, match=words), transaction():
            refunds.approve(refund, by=by.user)
    with pytest.raises(Refused, match="ยังไม่จบ"), transaction():
        undoing.undo(number, reason="ถอนทั้งก้อน", by=cast.kanya.user)
    with transaction():
        refunds.approve(refund, by=cast.somchai.user)
    assert (live_satang(), books.balances()[0].received) == ([50_000], 50_000)
    printed = [
        (receipt.printed["satang"], receipt.voided_at is None)
        for receipt in db.session().scalars(select(Receipt))
    ]
    assert printed == [(70_000, False), (50_000, True)]
    wrong, right = gone(20_001, name="a.csv"), gone(20_000, name="b.csv")
    with pytest.raises(Refused, match="ยอดไม่เท่ากัน"), transaction():
        outgoing_lines.link(refund, event_id=wrong, by=cast.kanya.user)
    with transaction():
        outgoing_lines.link(refund, event_id=right, by=cast.kanya.user)
    row = db.session().get_one(Refund, refund)
    assert (row.state, row.paid_event_id, row.request.asked_by_id, row.request.decided_by_id) == (
        *("paid", right),
        *(cast.kanya.user_id, cast.somchai.user_id),
    )
    second = asked(cast, number, 20_000, donation=donation)
    with transaction():
        refunds.approve(second, by=cast.somchai.user)
    with pytest.raises(Refused, match="ยอดไม่เท่ากัน"), transaction():
        outgoing_lines.link(second, event_id=right, by=cast.kanya.user)
    with pytest.raises(Refused, match=r"คืนได้ไม่เกิน 300\.00"):
        asked(cast, number, 30_001, donation=donation)
    with transaction():
        undoing.undo(right, reason="จับคู่เงินออกผิด", by=cast.kanya.user)
    assert db.session().get_one(Refund, refund).state == "approved"


def test_money_that_never_became_a_donation_goes_back_whole(portal: Flask, cast: Cast) -> None:
    number = waiting(portal, 33_000)
    with pytest.raises(BadInput, match="ทั้งก้อน"):
        asked(cast, number, 30_000)
    refund = asked(cast, number, 33_000)
    assert (item_of("T1").state, item_of("T1").match_reason) == ("waiting", "refund")
    with pytest.raises(Refused):
        asked(cast, number, 33_000)
    with pytest.raises(Refused, match="ขอคืนเงินอยู่"), transaction():
        decisions.assign(number, purpose_id=cast.purpose().id, by=cast.kanya.user)
    with transaction():
        refunds.approve(refund, by=cast.somchai.user)
    out = gone(33_000)
    with transaction():
        outgoing_lines.link(refund, event_id=out, by=cast.kanya.user)
    assert (item_of("T1").state, item_of("T1").match_reason) == ("excluded", "refund")
    for deed in (
        lambda: decisions.assign(number, purpose_id=cast.purpose().id, by=cast.kanya.user),
        lambda: undoing.undo(number, reason="ถอน", by=cast.kanya.user),
    ):
        with pytest.raises(Refused, match="โอนคืนผู้โอนไปแล้ว"), transaction():
            deed()
    assert live_satang() == []


def test_a_refund_finds_its_line_among_many_payments_of_the_same_sum(portal: Flask, cast: Cast) -> None:
    refund = asked(cast, waiting(portal, 33_000), 33_000)
    with transaction():
        refunds.approve(refund, by=cast.somchai.user)
    # The same day, before it was asked for, and afterwards.
    lines = [gone(33_000, name=f"{n}.csv") for n in range(12)]
    assert lines[-1] in {line.id for line in outgoing_lines.of(db.session().get_one(Refund, refund))}
    with transaction():
        outgoing_lines.link(refund, event_id=lines[-1], by=cast.kanya.user)
    assert db.session().get_one(Refund, refund).state == "paid"


def test_a_refused_refund_leaves_the_money_where_it_was(portal: Flask, cast: Cast) -> None:
    refund = asked(cast, waiting(portal, 33_000), 33_000)
    with transaction():
        refunds.refuse(refund, reason="ผู้โอนยืนยันว่าให้", by=cast.somchai.user)
    assert (item_of("T1").state, item_of("T1").match_reason) == ("waiting", "refund_refused")
    with transaction():
        decisions.assign(item_of("T1").event_id, purpose_id=cast.purpose().id, by=cast.kanya.user)
    assert live_satang() == [33_000]


def test_two_officers_at_once_do_each_thing_once(portal: Flask, cast: Cast) -> None:
    purpose, kanya, somchai = cast.purpose().id, cast.kanya.user_id, cast.somchai.user_id
    first = waiting(portal, 10_000)
    assert at_once(
        portal,
        *[lambda: decisions.assign(first, purpose_id=purpose, by=user(kanya))] * 3,
    ) == ["done", "refused", "refused"]
    assert at_once(
        portal,
        *[lambda: undoing.undo(first, reason="ผิดรายการ", by=user(kanya))] * 3,
    ) == ["done", "refused", "refused"]
    with transaction():
        decisions.assign(first, purpose_id=purpose, by=None)
    donation = db.session().scalars(select(func.max(Donation.id))).one()
    refund = asked(cast, first, 10_000, donation=donation)
    assert at_once(
        portal,
        *[lambda: refunds.approve(refund, by=user(somchai))] * 3,
    ) == ["done", "refused", "refused"]
    second = waiting(portal, 7_000_000, number="T2")
    asking = lambda: decisions.assign(second, purpose_id=purpose, by=user(kanya))  # noqa: E731
    assert at_once(portal, asking, asking) == ["done", "refused"]
    request = (
        db.session().scalars(select(ApprovalRequest).where(ApprovalRequest.kind.in_(BANK_DECISIONS))).one().id
    )
    answers = [
        lambda: approved_decisions.confirm(request, by=user(somchai)),
        lambda: approved_decisions.refuse(request, reason="ไม่ใช่", by=user(somchai)),
    ]
    assert at_once(portal, *answers) == ["done", "refused"]
    assert live_satang() in ([], [7_000_000])


@pytest.mark.parametrize("state", ["approved", "refused", "paid"])
def test_the_database_moves_no_refund_without_the_answer_of_another(
    portal: Flask, cast: Cast, state: str
) -> None:
    refund = asked(cast, waiting(portal, 70_000), 70_000)
    with pytest.raises(Refused), transaction() as session:
        session.execute(update(Refund).where(Refund.id == refund).values(state=state))
    assert db.session().get_one(Refund, refund, populate_existing=True).state == "asked"


def test_a_refund_that_races_a_payment_never_takes_the_same_money(portal: Flask, cast: Cast) -> None:
    """Whoever comes second sees what the first took: the payment finds other donations, the refund is refused in words."""
    for number in ("T1", "T2"):
        event = waiting(portal, 1_000_000, number=number)
        with transaction():
            decisions.assign(event, purpose_id=cast.purpose().id, by=None)
    first = db.session().scalars(select(func.min(Donation.id))).one()
    code = room.approve(cast, 1_200_000)
    refund = asked(cast, item_of("T1").event_id, 800_000, donation=first)
    kanya, somchai = cast.kanya, cast.somchai.user_id
    paid: list[str] = []

    def pay() -> None:
        room.pay(cast, code, 1_200_000, by=kanya)
        paid.append("paid")

    outcomes = at_once(portal, pay, lambda: refunds.approve(refund, by=user(somchai)))
    assert paid == ["paid"]
    assert outcomes in (["done", "done"], ["done", "refused"])
    assert books.findings() == []
