"""What Omise holds: payouts within it, an officer's word on them, and the sum on the page and the certificate."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import bank_hands
import pytest
import time_machine
from bank_hands import generic, given, opened, states
from flask import Flask
from omise_payouts import charged, paid_in
from people import Cast
from providers import Provider, webhook, work
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.demo.charges import Charged, event_object
from app.fund.bank import decision_approvals
from app.fund.bank.inquiry import sweep
from app.fund.bank.providers import inquiries, payouts
from app.fund.bank.reconciliation import approved_decisions, decisions, undoing
from app.fund.bank.records import BankEvent, InquiryOutcome, ReconciliationItem
from app.fund.closing import certificates, month_ends, month_facts
from app.fund.giving.donations import donations
from app.fund.giving.records.donations import REFUNDED, Donation
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused


@pytest.fixture
def midmonth() -> Iterator[None]:
    """Noon of the fifteenth, so that a month neither begins nor ends meanwhile."""
    day = (clock.today() + timedelta(days=31)).replace(day=15)
    with time_machine.travel(datetime(day.year, day.month, 15, 5, tzinfo=UTC), tick=True):
        yield


def test_a_payout_is_set_aside_only_up_to_what_omise_holds(taking: Flask, cast: Cast, bank: Provider) -> None:
    net = charged(taking, cast, bank).net
    first, rest, more = paid_in(cast, 50_000, net - 50_000, 1)
    assert [(item.state, item.match_reason) for item in (first, rest, more)] == [
        ("excluded", "payout"),
        ("excluded", "payout"),
        ("waiting", "payout"),
    ]
    assert "ซึ่งมี 0.00 บาท" in more.reason
    assert payouts.kept_by_omise() == 0
    assert (given(), books.findings()) == ([150_000], [])


def test_one_satang_more_than_omise_holds_waits_whole(taking: Flask, cast: Cast, bank: Provider) -> None:
    net = charged(taking, cast, bank).net
    (line,) = paid_in(cast, net + 1)
    assert (line.state, line.match_reason) == ("waiting", "payout")
    assert "1,473.53 บาทมากกว่า" in line.reason
    assert "1,473.52 บาท" in line.reason
    page = cast.kanya.sign_in().visit(f"/bank/events/{line.event_id}")
    assert "อาจเป็นเงินโอนจาก Omise" in page.words
    assert "เป็นเงินโอนจาก Omise" not in page.words.replace("อาจเป็นเงินโอนจาก Omise", "")


def test_before_any_charge_whoever_calls_himself_omise_waits(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    (line,) = paid_in(cast, 100, words="นาย ใจดี OPN")
    assert (line.state, line.match_reason) == ("waiting", "payout")


def test_a_payout_cannot_be_of_charges_that_came_after_it(taking: Flask, cast: Cast, bank: Provider) -> None:
    made = charged(taking, cast, bank)
    (line,) = paid_in(cast, made.net, at=clock.now() - timedelta(days=1))
    assert line.state == "waiting"


def test_what_went_back_to_its_payer_is_not_there_to_be_paid_out(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    made = charged(taking, cast, bank)
    bank.charges.give_back(made.id, 100_000)
    sweep.run()
    assert payouts.kept_by_omise() == made.net - 100_000
    (line,) = paid_in(cast, made.net)
    assert line.state == "waiting"
    with transaction():
        undoing.undo(_charge_event(made), reason="Omise คืนผู้ชำระ", by=cast.kanya.user)


def _charge_event(made: Charged) -> int:
    return db.session().scalars(select(BankEvent.id).filter_by(external_id=made.id)).one()


def test_a_charge_that_omise_has_not_confirmed_holds_nothing(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    made = bank.charges.charge(satang=150_000, ref1=opened(cast).ref1, payer="ก")
    bank.down = True
    webhook(taking, event_object(made))
    work()
    assert (payouts.kept_by_omise(), states()) == (0, {"new": 1})


def test_a_payout_told_by_a_second_layout_waits_for_a_person(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    charged(taking, cast, bank)
    at = clock.now() + timedelta(minutes=1)
    lines = [(at, 10_000, "", "รับโอน OMISE PAYOUT")]
    bank_hands.import_file(name="a.csv", raw=generic(lines), by=cast.kanya.user)
    other = [(at, 10_000, "", "OMISE PAYOUT BY TRANSFER")]
    bank_hands.import_file(name="b.csv", raw=generic(other), by=cast.kanya.user)
    rules = db.session().execute(
        select(ReconciliationItem.state, ReconciliationItem.match_reason)
        .join(ReconciliationItem.event)
        .filter(BankEvent.source == "statement")
    )
    assert sorted(tuple(row) for row in rules) == [("excluded", "payout"), ("waiting", "other_file")]


def test_an_officer_declares_a_payout_within_what_omise_holds_and_takes_it_back(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    net = charged(taking, cast, bank).net
    fits, too_much = paid_in(cast, net, net + 1, words="รับโอนเงิน บจก. ชำระดี")
    numbers = fits.event_id, too_much.event_id
    kanya = cast.kanya.sign_in()
    assert "เป็นเงินโอนจาก Omise" not in kanya.visit(f"/bank/events/{numbers[1]}").words
    with pytest.raises(Refused, match="มากกว่าเงินที่ Omise ถือไว้"), transaction():
        decisions.declare_payout(numbers[1], by=cast.kanya.user)
    page = kanya.visit(f"/bank/events/{numbers[0]}")
    kanya.press(page, having="payout")
    item = db.session().get_one(ReconciliationItem, numbers[0])
    assert (item.state, item.match_reason, payouts.kept_by_omise()) == ("excluded", "payout", 0)
    kanya.send(f"/bank/events/{numbers[0]}", action="undo", reason="เป็นเงินของผู้อื่น")
    item = db.session().get_one(ReconciliationItem, numbers[0])
    assert (item.state, payouts.kept_by_omise()) == ("waiting", net)
    with pytest.raises(Refused, match="เงินเข้าในรายการเดินบัญชี"), transaction():
        omise = db.session().scalars(select(BankEvent.id).filter_by(source="omise")).one()
        undoing.undo(omise, reason="ทดลอง", by=cast.kanya.user)
        decisions.declare_payout(omise, by=cast.kanya.user)


def test_a_large_payout_declared_by_one_hand_is_set_aside_by_another_while_omise_still_holds_it(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    profile = taking.extensions["profile"]
    large = profile.giving.needs_approval_satang
    net = charged(taking, cast, bank, large * 3).net
    line, rival = (item.event_id for item in paid_in(cast, large, net - large + 1, words="รับโอนเงิน"))
    with transaction():
        assert not decisions.declare_payout(line, by=cast.kanya.user)
    assert payouts.kept_by_omise() == net
    request = decision_approvals.open_for(line)
    assert request is not None
    number = request.id
    with transaction():
        decisions.exclude(rival, reason="เงินของผู้อื่น", by=None)
        assert decisions.declare_payout(rival, by=None)
    with pytest.raises(Refused, match="มากกว่าเงินที่ Omise ถือไว้"), transaction():
        approved_decisions.confirm(number, by=cast.somchai.user)
    with transaction():
        undoing.undo(rival, reason="ไม่ใช่ของ Omise", by=cast.kanya.user)
    with transaction():
        approved_decisions.confirm(number, by=cast.somchai.user)
    item = db.session().get_one(ReconciliationItem, line)
    assert (item.state, item.match_reason, payouts.kept_by_omise()) == ("excluded", "payout", net - large)


def test_the_database_itself_refuses_a_payout_beyond_what_omise_holds(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    net = charged(taking, cast, bank).net
    fits, too_much = (item.event_id for item in paid_in(cast, net, 1, words="รับโอนเงิน"))
    deed = "UPDATE reconciliation_item SET state = 'excluded', match_reason = 'payout', decided_at = '2026-01-01' WHERE event_id = "
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"{deed}{fits}")
    with pytest.raises(IntegrityError, match="payout_within_held"), db.engine.begin() as connection:
        connection.exec_driver_sql(f"{deed}{too_much}")


def test_a_months_money_at_omise_adds_up_on_the_page_and_the_certificate(
    midmonth: None, taking: Flask, cast: Cast, bank: Provider
) -> None:
    first_on = clock.today().replace(day=1)
    assert "omise" not in month_facts.gather(first_on)
    kanya = cast.kanya.sign_in()
    address = f"/bank/months/{first_on.year + 543}-{first_on.month:02}"
    assert "Omise" not in kanya.visit(address).words
    first, other = charged(taking, cast, bank), charged(taking, cast, bank, 30_000)
    bank.charges.give_back(other.id, 5_000)
    sweep.run()
    bank.charges.give_back(other.id, 2_000)
    sweep.run()
    paid_in(cast, first.net)
    fees = first.satang - first.net + other.satang - other.net
    at = month_facts.gather(first_on)["omise"]
    assert at == {
        "opening": 0,
        "gross": 180_000,
        "fees": fees,
        "refunded": 7_000,
        "paid_out": first.net,
        "held": 180_000 - fees - 7_000 - first.net,
        "count": 2,
        "unsaid_count": 0,
        "unsaid": [],
        "certified": None,
        "late": 0,
    }
    assert at["held"] == payouts.kept_by_omise()
    page = kanya.visit(address)
    assert "คงเหลือที่ Omise สิ้นเดือน" in page.words
    assert "ตั้งเบิก" in page.words
    assert "ผลต่าง-" not in page.words
    # A charge is on no statement by itself, and nobody waits for it there.
    assert [account["unstated_count"] for account in month_facts.gather(first_on)["accounts"]] == [0]
    donation_id = db.session().scalars(select(Donation.id).filter_by(satang=30_000)).one()
    with transaction():
        donations.reverse(
            donation_id, satang=7_000, kind=REFUNDED, reason="Omise คืนผู้ชำระ", by=cast.kanya.user
        )
    # The next month begins with what this one ended with, and what came to it since is told.
    after = (first_on + timedelta(days=40)).replace(day=1)
    last = after + timedelta(days=20)
    carried = payouts.of_month(after, last, {"held": at["held"] - 11})
    assert carried is not None
    assert (carried["opening"], carried["late"], carried["held"], carried["gross"]) == (
        at["held"],
        11,
        at["held"],
        0,
    )
    assert payouts.of_month(date(2020, 1, 1), date(2020, 1, 31)) is None


def test_charges_without_a_fee_are_named_and_a_negative_rest_is_a_difference(
    midmonth: None, taking: Flask, cast: Cast, bank: Provider
) -> None:
    made = charged(taking, cast, bank)
    number = _charge_event(made)
    with transaction():
        inquiries.note(number, outcome=InquiryOutcome.CONFIRMED, raw=b"", satang=150_000, refunded_satang=0)
    assert payouts.kept_by_omise() == 150_000
    (line,) = paid_in(cast, 150_000)
    assert line.state == "excluded"
    first_on = clock.today().replace(day=1)
    facts = month_facts.gather(first_on)
    assert (facts["omise"]["unsaid"], facts["omise"]["unsaid_count"], facts["omise"]["held"]) == (
        [made.id],
        1,
        0,
    )
    # Omise says its fee after all, after it has paid out.
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=True):
        assert sweep.run()["confirmed"] == 1
    facts = month_facts.gather(first_on)
    assert facts["omise"]["held"] == -(150_000 - made.net)
    page = cast.kanya.sign_in().visit(f"/bank/months/{first_on.year + 543}-{first_on.month:02}")
    assert "Omise โอนมาเกินกว่าที่ถือไว้" in page.words
    assert [obstacle.kind for obstacle in month_ends.obstacles(facts) if obstacle.kind == "omise"] == [
        "omise"
    ]
    assert certificates.render(facts, at=clock.now(), by="", final=False).startswith(b"%PDF")
