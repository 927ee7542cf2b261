"""An event that waits for another's approval: no rule, no other source and no other person decides about it meanwhile."""

import bank_hands
import pytest
from bank_decided import at_once, live_satang, user, waiting
from bank_hands import NOW, confirmation, generic, item_of, opened, send
from flask import Flask
from people import PASSWORD, Cast
from sqlalchemy import insert, select, update

from app.fund.bank import decision_approvals
from app.fund.bank.inquiry import verification
from app.fund.bank.inquiry.inquiry_results import InquiryResult
from app.fund.bank.providers import callbacks
from app.fund.bank.reconciliation import answers, approved_decisions, decisions, matching
from app.fund.bank.records import Allocation, BankEvent, InquiryOutcome, ReconciliationItem
from app.fund.giving.records.donations import Donation
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff import approvals
from app.staff.approvals import ApprovalRequest

_LARGE = 5_000_000


def asked(cast: Cast, number: int) -> int:
    """Kanya says what the money is; the request that now waits for another's word."""
    with transaction():
        assert decisions.assign(number, purpose_id=cast.purpose().id, by=cast.kanya.user) is None
    request = decision_approvals.open_for(number)
    assert request is not None
    return request.id


def untouched(number: int) -> bool:
    db.session().rollback()
    request = decision_approvals.open_for(number)
    return request is not None and live_satang() == []


def test_a_slip_handed_in_meanwhile_does_not_decide(portal: Flask, cast: Cast) -> None:
    number = waiting(portal, _LARGE)
    asked(cast, number)
    assert answers.look_again("T1") == 0
    assert untouched(number)
    assert item_of("T1").state == "waiting"


def test_a_statement_line_with_a_reference_follows_the_event_that_is_decided(
    portal: Flask, cast: Cast
) -> None:
    payment_request = opened(cast, _LARGE)
    number = waiting(portal, _LARGE, ref1="")
    with transaction():
        item = db.session().get_one(ReconciliationItem, number)
        item.state, item.match_reason, item.decided_at = "waiting", "unmatched", None
    request = asked(cast, number)
    bank_hands.import_file(name="x.csv", raw=generic([(NOW, _LARGE, payment_request.ref1, "")]), by=None)
    assert untouched(number)
    line = (
        db.session()
        .scalars(select(ReconciliationItem).join(ReconciliationItem.event).filter_by(source="statement"))
        .one()
    )
    assert (line.state, line.duplicate_of_id) == ("duplicate", number)
    with transaction():
        approved_decisions.confirm(request, by=cast.somchai.user)
    assert live_satang() == [_LARGE]


def test_neither_the_banks_answer_nor_its_statement_ends_a_doubt_that_is_being_decided(
    portal: Flask, cast: Cast
) -> None:
    payment_request = opened(cast, _LARGE)
    with transaction():
        number, _ = callbacks.keep(
            callbacks.confirmation_of(confirmation(payment_request.ref1, _LARGE)), raw=b"{}"
        )
        item = db.session().get_one(ReconciliationItem, number)
        item.state, item.match_reason = "waiting", "unconfirmed"
    asked(cast, number)
    verification.follow(number, InquiryResult(outcome=InquiryOutcome.CONFIRMED, raw=b"{}", satang=_LARGE))
    assert untouched(number)
    bank_hands.import_file(name="x.csv", raw=generic([(NOW, _LARGE, payment_request.ref1, "")]), by=None)
    assert untouched(number)
    assert item_of("T1").match_reason == "unconfirmed"
    line = (
        db.session()
        .scalars(select(ReconciliationItem).join(ReconciliationItem.event).filter_by(source="statement"))
        .one()
    )
    assert (line.state, line.duplicate_of_id) == ("duplicate", number)


def test_a_new_event_that_is_decided_by_hand_is_left_by_the_round(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, _LARGE)
    with transaction():
        said = callbacks.confirmation_of(confirmation(payment_request.ref1, _LARGE))
        number, _ = callbacks.keep(said, raw=b"{}")
    request = asked(cast, number)
    assert matching.reconcile_new() == 0
    send(portal, confirmation(payment_request.ref1, _LARGE))
    assert untouched(number)
    with transaction():
        approved_decisions.refuse(request, reason="ระบบจะจับคู่เอง", by=cast.somchai.user)
    assert matching.reconcile_new() == 1
    assert item_of("T1").match_reason == "exact_reference"


def test_asking_and_settling_at_once_end_in_one_of_the_two(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, _LARGE)
    with transaction():
        said = callbacks.confirmation_of(confirmation(payment_request.ref1, _LARGE))
        number, _ = callbacks.keep(said, raw=b"{}")
    kanya, purpose = cast.kanya.user_id, cast.purpose().id
    at_once(
        portal,
        lambda: decisions.assign(number, purpose_id=purpose, by=user(kanya)),
        lambda: matching.reconcile(number),
    )
    item, request = item_of("T1"), decision_approvals.open_for(number)
    assert (item.state == "posted") == (request is None)


@pytest.mark.parametrize("state", ["posted", "duplicate", "excluded", "new"])
def test_the_database_lets_nobody_decide_while_another_is_asked(
    portal: Flask, cast: Cast, state: str
) -> None:
    number, other = waiting(portal, _LARGE), waiting(portal, 700, number="T2")
    asked(cast, number)
    change = {"state": state, "decided_at": clock.now()} | (
        {"duplicate_of_id": other} if state == "duplicate" else {}
    )
    with pytest.raises(Refused, match="รออีกท่านหนึ่งยืนยัน"), transaction() as session:
        session.execute(
            update(ReconciliationItem).where(ReconciliationItem.event_id == number).values(change)
        )
    assert untouched(number)


def test_the_database_makes_no_donation_of_what_waits_for_a_approval_request(
    portal: Flask, cast: Cast
) -> None:
    number, other = waiting(portal, _LARGE), waiting(portal, 700, number="T2")
    with transaction():
        decisions.assign(other, purpose_id=cast.purpose().id, by=cast.kanya.user)
    donation = db.session().scalars(select(Donation.id)).one()
    asked(cast, number)
    with pytest.raises(Refused, match="รออีกท่านหนึ่งยืนยัน"), transaction() as session:
        session.execute(insert(Allocation).values(event_id=number, donation_id=donation, satang=700))


@pytest.mark.parametrize(("deed", "large"), [("assign", 700), ("undo", _LARGE)])
def test_the_database_keeps_no_request_about_what_is_decided_otherwise(
    portal: Flask, cast: Cast, deed: str, large: int
) -> None:
    """A request to make a donation of what is one, and to undo what is none."""
    number = waiting(portal, large)
    if deed == "assign":
        with transaction():
            decisions.assign(number, purpose_id=cast.purpose().id, by=cast.kanya.user)
    row = {
        "kind": f"bank.{deed}",
        "subject": f"bank_event:{number}",
        "payload": "{}",
        "changes": "[]",
        "reason": "",
        "asked_at": clock.now(),
        "asked_by_id": cast.kanya.user_id,
        "asked_role": "finance",
        "answer": "",
    }
    with pytest.raises(Refused, match="ตัดสินไปแล้ว"), transaction() as session:
        session.execute(insert(ApprovalRequest).values(row))


@pytest.mark.pages
def test_the_bank_page_tells_whoever_approves_what_is_asked(portal: Flask, cast: Cast) -> None:
    number, other = waiting(portal, _LARGE), waiting(portal, _LARGE, number="T2")
    brought = generic([(NOW, _LARGE, "", "โอนเงิน")])
    with transaction():
        decisions.exclude(other, reason="เงินของอีกหน่วยงาน", by=cast.kanya.user)
    bank_hands.import_file(name="x.csv", raw=brought, by=None)
    line = db.session().scalars(select(BankEvent.id).filter_by(source="statement")).one()
    with transaction():
        decisions.link(line, duplicate_of_id=number, by=cast.kanya.user)
    cast.somchai.sign_in()
    page = cast.somchai.visit("/bank/confirmations")
    assert "ไม่ใช่เงินสมทบ" in page.main
    assert "เหตุผล เงินของอีกหน่วยงาน" in page.main
    assert "เงินก้อนเดียวกับที่ธนาคารแจ้งโอนทันทีแจ้ง" in page.main


def test_what_waits_for_finance_stands_in_the_one_queue_for_those_who_may_see_it(
    portal: Flask, cast: Cast
) -> None:
    number = waiting(portal, _LARGE)
    request = asked(cast, number)
    for reader in (cast.somchai, cast.decha, cast.kanya):
        assert "50,000.00 บาท" in reader.sign_in().visit("/approvals").main
        assert "50,000.00 บาท" in reader.visit(f"/approvals/{request}").main
    for other in (cast.busaba, cast.ying):
        assert "50,000.00 บาท" not in other.sign_in().visit("/approvals").main
        other.visit(f"/approvals/{request}", status=403)
    page = cast.somchai.sign_in().send(f"/approvals/{request}", action="/approve", password_again=PASSWORD)
    assert "มีผลตามที่ตัดสินไว้" in page.words
    assert live_satang() == [_LARGE]


def test_the_asker_takes_a_decision_back_on_the_one_page(portal: Flask, cast: Cast) -> None:
    number = waiting(portal, _LARGE)
    request = asked(cast, number)
    cast.kanya.sign_in().send(f"/approvals/{request}", action="/withdraw")
    assert (approval_request(request).status, decision_approvals.open_for(number)) == ("withdrawn", None)
    assert live_satang() == []


@pytest.mark.parametrize(
    ("who", "role"), [("kanya", "finance"), ("busaba", "fund_officer"), ("kanya", "chair")]
)
def test_the_database_lets_only_another_of_finance_or_the_chair_approve(
    portal: Flask, cast: Cast, who: str, role: str
) -> None:
    request = asked(cast, waiting(portal, _LARGE))
    approved = {
        "decision": "approved",
        "decided_at": clock.now(),
        "decided_by_id": getattr(cast, who).user_id,
        "decided_role": role,
    }
    with pytest.raises(Refused), transaction() as session:
        session.execute(update(ApprovalRequest).where(ApprovalRequest.id == request).values(approved))
    assert approval_request(request).status == "waiting"


def test_one_thing_at_a_time_is_asked_about_an_event_whatever_it_is(portal: Flask, cast: Cast) -> None:
    number = waiting(portal, _LARGE)
    asked(cast, number)
    with pytest.raises(Refused, match=r"ไว้แล้ว|ไปก่อนแล้ว"), transaction():
        approvals.ask(
            kind=decision_approvals.EXCLUDE,
            subject=f"bank_event:{number}",
            payload={"satang": _LARGE, "arguments": {"reason": "ดอกเบี้ย"}},
            changes=[],
            reason="",
            by=cast.kanya.user,
        )


def approval_request(number: int) -> ApprovalRequest:
    return db.session().get_one(ApprovalRequest, number, populate_existing=True)
