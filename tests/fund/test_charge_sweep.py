"""Omise is asked each night for its own list of charges, and what went back of a charge waits for a person."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bank_hands import count, given, item_of, only_item, opened, states
from flask import Flask
from people import Cast
from providers import Provider, introduce, webhook, work
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.demo.charges import charge_object, event_object
from app.fund.bank.inquiry import charge_sweep, sweep
from app.fund.bank.providers import omise
from app.fund.bank.reconciliation import decisions, refunds
from app.fund.bank.reconciliation.allocations import AllocationPart
from app.fund.bank.records import BankEvent, Inquiry
from app.fund.giving.donations import donations
from app.fund.giving.records.donations import LIVE, REFUNDED, Donation
from app.fund.ledger import books
from app.kit import clock, queue
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.http import HttpResponse, Unreachable
from app.staff.audit import AuditEvent


def test_a_charge_whose_webhook_was_lost_is_a_donation_by_the_sweep_and_the_late_webhook_adds_nothing(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    first, other = opened(cast, 150_000), opened(cast, 20_000)
    payment_request_id = first.id
    lost = bank.charges.charge(satang=150_000, ref1=first.ref1, payer="คุณใจดี")
    told = bank.charges.charge(satang=20_000, ref1=other.ref1, payer="ข")
    webhook(taking, event_object(told))
    work()
    assert given() == [20_000]
    found = sweep.run()["peers"]["omise"]
    assert (found["asked"], found["payments"], found["new"], found["known"]) == (1, 2, 1, 1)
    assert (found["unreachable"], found["missing"], given()) == (0, 0, [20_000, 150_000])
    item = item_of(lost.id)
    assert (item.state, item.match_reason, item.payment_request_id) == (
        "posted",
        "exact_reference",
        payment_request_id,
    )
    kept = db.session().scalars(select(Inquiry).filter_by(event_id=item.event_id)).one()
    assert (kept.outcome, kept.fee_satang, kept.net_satang) == (
        "confirmed",
        lost.fee + lost.fee_vat,
        lost.net,
    )
    swept = {
        name: getattr(item.event, name) for name in ("ref1", "payer", "bank_ref", "occurred_at", "account_id")
    }
    assert webhook(taking, event_object(lost)).status_code == 200
    work()
    assert (count(BankEvent), given()) == (2, [20_000, 150_000])
    assert swept["payer"] == "คุณใจดี"
    assert swept["account_id"] == item_of(told.id).event.account_id
    before = count(Inquiry)
    assert sweep.run()["peers"]["omise"]["new"] == 0
    assert count(Inquiry) == before, "the same answer is written down once"


def test_charges_that_nobody_paid_are_passed_over(taking: Flask, cast: Cast, bank: Provider) -> None:
    for status in ("failed", "expired", "pending"):
        bank.charges.charge(satang=150_000, ref1=opened(cast).ref1, payer="ก", status=status)
    found = sweep.run()
    assert (found["payments"], found["new"], count(BankEvent)) == (0, 0, 0)


def test_the_sweep_of_charges_looks_back_three_days_and_a_day_in_which_they_may_be_paid(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    for back in range(7):
        at = clock.now() - timedelta(days=back)
        bank.charges.charge(satang=10_000 + back, ref1=opened(cast).ref1, payer="ก", at=at)
    assert sweep.run()["new"] == 5
    assert sweep.run(days=6)["new"] == 2


def test_a_long_list_is_read_page_by_page_to_its_end(
    taking: Flask, cast: Cast, bank: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charge_sweep, "PAGE", 3)
    for number in range(7):
        bank.charges.charge(satang=10_000 + number, ref1="", payer="ก")
    found = sweep.run()["peers"]["omise"]
    assert (found["asked"], found["payments"], found["new"], found["unreachable"]) == (3, 7, 7, 0)


def test_an_omise_that_is_down_is_counted_and_asked_again_in_an_hour(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    bank.charges.charge(satang=150_000, ref1=opened(cast).ref1, payer="ก")
    bank.down = True
    found = sweep.sweep_nightly()
    assert (found["unreachable"], found["missing"], count(BankEvent)) == (1, 0, 0)
    again = db.session().scalars(select(queue.Job).filter_by(kind="sweep")).one()
    assert again.due_at > clock.now() + timedelta(minutes=50)
    bank.down = False
    assert (sweep.run()["unreachable"], given()) == (0, [150_000])


def test_each_bank_is_swept_though_the_other_is_silent_and_counted_for_itself(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    ref1, other = opened(cast, 150_000).ref1, opened(cast, 20_000).ref1
    bank.charges.charge(satang=150_000, ref1=ref1, payer="ก")
    bank.pays(other, 20_000)
    introduce(taking, scb=bank.scb, omise=None)
    found = sweep.run()
    assert (list(found["peers"]), found["new"], given()) == (["scb"], 1, [20_000])
    db.session.rollback()
    introduce(taking, omise=bank.omise, scb=type(bank.scb)("http://127.0.0.1:9", "k", "s"))
    found = sweep.run()
    assert found["peers"]["scb"]["unreachable"] == 4
    assert found["peers"]["omise"]["unreachable"] == 0
    assert (found["unreachable"], found["new"], given()) == (4, 1, [20_000, 150_000])
    noted = db.session().execute(select(AuditEvent.subject, AuditEvent.details).filter_by(deed="bank.sweep"))
    assert [(subject, json.loads(details)["new"]) for subject, details in noted] == [
        ("bank:scb", 1),
        ("bank:scb", 0),
        ("bank:omise", 1),
    ]


def test_the_night_sweeps_omise_alone_too(taking: Flask, cast: Cast, bank: Provider) -> None:
    bank.charges.charge(satang=150_000, ref1=opened(cast).ref1, payer="ก")
    night = (clock.now() + timedelta(days=1)).astimezone(clock.BANGKOK).replace(hour=1, minute=30)
    with time_machine.travel(night, tick=True):
        assert sweep.queue_nightly_sweep()
        work()
        assert given() == [150_000]


def test_a_charge_of_ours_that_omises_list_has_not_is_missing(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    at = clock.now() - timedelta(days=1)
    charged = bank.charges.charge(satang=150_000, ref1=opened(cast).ref1, payer="ก", at=at)
    webhook(taking, event_object(charged))
    work()
    assert sweep.run()["missing"] == 0
    bank.charges.forget()
    assert sweep.run()["peers"]["omise"]["missing"] == 1


def _page(
    charges: list[dict[str, Any]], *, offset: int = 0, total: int | None = None, **more: Any
) -> HttpResponse:
    said = {
        "object": "list",
        "offset": offset,
        "limit": 100,
        "total": len(charges) if total is None else total,
    }
    return HttpResponse(200, json.dumps(said | {"data": charges} | more).encode())


def _lying(bank: Provider, monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[str]:
    """From now on Omise answers to the list as `answer(offset, charge objects)` says."""
    asked: list[str] = []
    charges = [charge_object(bank.charges.charge(satang=10_000 + n, ref1="", payer="ก")) for n in range(3)]

    def lie(path: str) -> HttpResponse:
        asked.append(path)
        offset = int(path.partition("offset=")[2].partition("&")[0])
        told = answer(offset, charges)
        if told is None:
            raise Unreachable("down")
        return told  # type: ignore[no-any-return]

    monkeypatch.setattr(omise, "ask", lie)
    return asked


@pytest.mark.pages
@pytest.mark.parametrize(
    ("answer", "most_asked", "taken"),
    [
        # A page that repeats for ever.
        (lambda offset, all_: _page(all_, offset=offset, total=1_000_000), 2, 3),
        # The same charge twice, in the same words and in others.
        (lambda offset, all_: _page([*all_, all_[0]], offset=offset), 1, 3),
        (lambda offset, all_: _page([*all_, all_[0] | {"amount": 5}], offset=offset), 1, 2),
        # Fewer and more than it says.
        (lambda offset, all_: _page(all_ if not offset else [], offset=offset, total=150), 2, 3),
        (lambda offset, all_: _page(all_, offset=offset, total=2), 1, 3),
        # Another page than was asked for, no list, a charge that cannot be read, silence half-way.
        (lambda offset, all_: _page(all_, offset=offset + 100), 1, 0),
        (lambda offset, all_: _page(all_, offset=offset, object="charge"), 1, 0),
        (lambda offset, all_: _page(all_, offset=offset, data="none"), 1, 0),
        (lambda offset, all_: HttpResponse(200, b"<html>login</html>"), 1, 0),
        (lambda offset, all_: HttpResponse(401, b'{"object": "error"}'), 1, 0),
        (lambda offset, all_: _page([*all_[:2], all_[2] | {"amount": -5}], offset=offset), 1, 2),
        (lambda offset, all_: None if offset else _page(all_, offset=0, total=250), 2, 3),
    ],
)
def test_a_list_that_lies_neither_loops_nor_counts_as_whole(
    taking: Flask,
    cast: Cast,
    bank: Provider,
    monkeypatch: pytest.MonkeyPatch,
    answer: Any,
    most_asked: int,
    taken: int,
) -> None:
    asked = _lying(bank, monkeypatch, answer)
    found = sweep.run()["peers"]["omise"]
    assert (len(asked), found["asked"]) == (most_asked, most_asked)
    assert (found["unreachable"], found["new"], found["missing"]) == (1, taken, 0)


def test_a_list_without_end_is_asked_for_so_many_pages_and_no_more(
    taking: Flask, cast: Cast, bank: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charge_sweep, "MOST", 500)

    def endless(offset: int, all_: list[dict[str, Any]]) -> HttpResponse:
        return _page(
            [all_[0] | {"id": f"chrg_{offset}_{n}", "paid": False} for n in range(100)],
            offset=offset,
            total=10**8,
        )

    asked = _lying(bank, monkeypatch, endless)
    assert sweep.run()["unreachable"] == 1
    assert len(asked) == 5


@pytest.mark.parametrize("way", ["webhook", "sweep"])
def test_a_charge_refunded_in_part_before_it_was_told_waits_and_becomes_what_remains(
    taking: Flask, cast: Cast, bank: Provider, way: str
) -> None:
    payment_request = opened(cast, 100_000)
    payment_request_id, reference = payment_request.id, payment_request.ref1
    charged = bank.charges.charge(satang=100_000, ref1=reference, payer="ก")
    back = bank.charges.give_back(charged.id, 30_000)
    if way == "webhook":
        assert webhook(taking, event_object(back)).status_code == 200
    else:
        assert sweep.run()["reversed"] == 1
    work()
    waits = only_item()
    assert (waits.state, waits.match_reason, given()) == ("waiting", "sent_back", [])
    assert "ชำระ 1,000.00 บาท Omise คืนผู้ชำระไปแล้ว 300.00 บาท เหลือ 700.00 บาท" in waits.reason
    number = waits.event_id
    parts = [AllocationPart(satang=half, payment_request_id=payment_request_id) for half in (50_000, 50_000)]
    with pytest.raises(Refused, match="แบ่งไม่ได้"), transaction():
        decisions.split(number, parts, by=cast.kanya.user)
    with pytest.raises(Refused, match="คืนผู้ชำระไปแล้ว"), transaction():
        _ask_back(number, 100_000, cast)
    kanya = cast.kanya.sign_in()
    assert "คืนผู้ชำระไปแล้ว" in kanya.visit("/bank").words
    page = kanya.visit(f"/bank/events/{number}")
    assert "จะเหลือในบัญชีและใบเสร็จ 700.00 บาท" in page.words
    assert "แบ่งเป็นหลายส่วน" not in page.words
    assert "ขอคืนเงิน" not in page.words
    kanya.send(f"/bank/events/{number}", action="assign", reference=reference)
    assert (only_item().state, given(), _standing()) == ("posted", [100_000], 70_000)
    assert only_item().payment_request_id == payment_request_id
    assert books.findings() == []
    # More goes back later: the books say so until the officer follows.
    bank.charges.give_back(charged.id, 20_000)
    assert sweep.run()["differs"] == 1
    assert ["เหลือ 500.00" in finding for finding in books.findings()] == [True]
    donation_id = db.session().scalars(select(Donation.id)).one()
    with transaction():
        donations.reverse(
            donation_id, satang=19_999, kind=REFUNDED, reason="Omise คืนผู้ชำระอีก", by=cast.kanya.user
        )
    assert len(books.findings()) == 1
    with transaction():
        donations.reverse(donation_id, satang=1, kind=REFUNDED, reason="Omise คืนผู้ชำระอีก", by=cast.kanya.user)
    assert books.findings() == []


def _ask_back(number: int, satang: int, cast: Cast) -> None:
    refunds.ask(
        event_id=number,
        satang=satang,
        reason="ขอคืน",
        payee="นายผู้ให้",
        payee_bank="004",
        payee_account="4099900000",
        by=cast.kanya.user,
    )


@pytest.mark.parametrize("way", ["refunded", "reversed", "webhook"])
def test_a_charge_that_went_back_whole_before_it_was_told_is_set_aside_and_never_a_donation(
    taking: Flask, cast: Cast, bank: Provider, way: str
) -> None:
    payment_request = opened(cast, 100_000)
    payment_request_id = payment_request.id
    charged = bank.charges.charge(
        satang=100_000,
        ref1=payment_request.ref1,
        payer="ก",
        status="successful" if way == "refunded" else "reversed",
    )
    if way == "refunded":
        bank.charges.give_back(charged.id, 100_000)
    if way == "webhook":
        assert webhook(taking, event_object(charged, key="charge.reverse")).status_code == 200
        work()
    else:
        assert sweep.run()["reversed"] == 1
    waits = only_item()
    number = waits.event_id
    assert (waits.state, waits.match_reason) == ("waiting", "sent_back")
    assert waits.reason.endswith("Omise คืนผู้ชำระไปแล้วทั้งหมด")
    assert "จับคู่กับรหัสนี้" not in cast.kanya.sign_in().visit(f"/bank/events/{number}").words
    with pytest.raises(Refused, match="บันทึกว่าไม่ใช่เงินสมทบพร้อมเหตุผล"), transaction():
        decisions.assign(number, payment_request_id=payment_request_id, by=cast.kanya.user)
    with transaction():
        decisions.exclude(number, reason="Omise คืนผู้ชำระแล้ว", by=cast.kanya.user)
    assert (given(), books.findings(), states()) == ([], [], {"excluded": 1})


def test_a_charge_told_whole_and_refunded_in_part_before_omise_was_asked_becomes_what_remains(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    charged = bank.charges.charge(satang=100_000, ref1=opened(cast, 100_000).ref1, payer="ก")
    purpose_id = cast.purpose().id
    webhook(taking, event_object(charged))
    bank.charges.give_back(charged.id, 40_000)
    work()
    number = only_item().event_id
    with pytest.raises(Refused, match="เจ้าหน้าที่การเงิน"), transaction():
        decisions.assign(number, purpose_id=purpose_id, by=None)
    with transaction():
        decisions.assign(number, purpose_id=purpose_id, donor_name="นายผู้ให้", by=cast.kanya.user)
    assert (_standing(), books.findings()) == (60_000, [])


def _standing() -> int:
    return int(db.session().scalar(select(func.sum(LIVE.c.satang))) or 0)


def test_what_went_back_is_never_more_than_what_was_paid(taking: Flask, cast: Cast, bank: Provider) -> None:
    charged = bank.charges.charge(satang=100_000, ref1=opened(cast).ref1, payer="ก")
    webhook(taking, event_object(charged))
    event_id = only_item().event_id
    for back in (-1, 100_001):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO inquiry (event_id, asked_at, outcome, raw, satang, refunded_satang, words)"
                f" VALUES ({event_id}, '2026-01-01 00:00:00+00:00', 'differs', '', 100000, {back}, '')"
            )
