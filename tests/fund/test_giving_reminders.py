"""Reminders and thanks: what the nightly run writes, once, with the sums of the books."""

import threading
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from money import arrives
from people import Cast
from sqlalchemy import func, select

from app.fund.giving import reminders
from app.fund.giving.donations import donations
from app.fund.giving.networks import contacts
from app.fund.giving.payment_requests import collections, payment_requests
from app.fund.giving.pledges import pledges
from app.fund.giving.pledges.instalments import InstalmentPart
from app.fund.giving.records.networks import Contact, Network
from app.fund.giving.records.pledges import NightlyRun, Pledge, PledgeState
from app.kit import clock, outbox
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.outbox import Message

LINE_USER = "U" + "0123456789abcdef" * 2


def _network() -> Network:
    return db.session().scalars(select(Network).filter_by(code="NET001")).one()


def _reach(cast: Cast, **more: str) -> None:
    said = {"office": "treasurer", "name": "ต้น แสงทอง", "email": "ton@example.org"} | more
    with transaction():
        contacts.add(_network().id, by=cast.busaba.user, **said)


def _pledge(cast: Cast, due_on: date, satang: int = 100_000, parts: Sequence[InstalmentPart] = ()) -> Pledge:
    with transaction():
        return pledges.make(
            network_id=_network().id,
            satang=satang,
            purpose_id=cast.purpose().id,
            expected_on=due_on,
            parts=parts,
            by=cast.ton.user,
        )


def _run(day: date, hour: int = 7) -> dict[str, int]:
    with transaction():
        return dict(reminders.run_nightly(datetime.combine(day, time(hour), BANGKOK)))


def _messages() -> list[Message]:
    db.session.rollback()
    return list(db.session().scalars(select(Message).order_by(Message.id)))


def _given(cast: Cast, satang: int, **more: object) -> int:
    with transaction():
        donation = arrives(
            satang=satang,
            paid_at=clock.now(),
            purpose_id=cast.purpose().id,
            **({"by": cast.kanya.user} | more),
        )
        return donation.id


def _thank(donation_id: int) -> int:
    with transaction():
        return reminders.thank(donation_id)


def test_a_network_is_reminded_seven_days_before_on_the_day_and_a_fortnight_after(cast: Cast) -> None:
    _reach(cast)
    today = clock.today()
    pledge = _pledge(cast, today + timedelta(days=10))
    reminded_on = [day for day in range(40) if _run(today + timedelta(days=day))["reminded"]]
    assert reminded_on == [3, 10, 24]
    before, same, after = _messages()
    assert [message.key.rpartition(":")[0] for message in (before, same, after)] == [
        f"remind:pledge:{pledge.id}:0:{offset}" for offset in (-7, 0, 14)
    ]
    assert pledge.code in before.subject
    assert "ยังค้างทั้งหมด 1,000.00 บาท" in before.body
    assert f"http://127.0.0.1:8000/pledges/{pledge.code}" in before.body
    assert "จะครบกำหนด" in before.subject
    assert "ครบกำหนดวันนี้" in same.subject
    assert "ครบกำหนดแล้วเมื่อ" in after.subject
    assert {message.recipient for message in _messages()} == {"ton@example.org"}


def test_the_sum_is_what_the_books_say_and_a_pledge_that_came_is_left_in_peace(cast: Cast) -> None:
    _reach(cast)
    today = clock.today()
    pledge = _pledge(cast, today + timedelta(days=7))
    full = _pledge(cast, today + timedelta(days=7))
    _given(cast, 30_025, pledge_id=pledge.id, network_id=pledge.network_id)
    _given(cast, 100_000, pledge_id=full.id, network_id=pledge.network_id)
    assert _run(today)["reminded"] == 1
    [message] = [message for message in _messages() if message.key.startswith("remind:")]
    assert "แจ้งไว้ทั้งหมด 1,000.00 บาท" in message.body
    assert "ยังค้างทั้งหมด 699.75 บาท" in message.body


def test_each_instalment_is_reminded_of_by_itself(cast: Cast) -> None:
    _reach(cast)
    today = clock.today()
    parts = [
        InstalmentPart(40_000, today + timedelta(days=7)),
        InstalmentPart(60_000, today + timedelta(days=37)),
    ]
    pledge = _pledge(cast, today, parts=parts)
    _given(cast, 10_000, pledge_id=pledge.id, network_id=pledge.network_id)
    assert _run(today)["reminded"] == 1
    [first] = [message for message in _messages() if message.key.startswith("remind:")]
    assert first.key.startswith(f"remind:pledge:{pledge.id}:1:-7:")
    assert "งวดที่ 1 ยังค้าง 300.00 บาท" in first.body
    assert "ยังค้างทั้งหมด 900.00 บาท" in first.body
    assert _run(today + timedelta(days=30))["reminded"] == 1
    assert _messages()[-1].key.startswith(f"remind:pledge:{pledge.id}:2:-7:")


def test_a_nightly_run_is_done_once_and_never_before_seven(cast: Cast) -> None:
    _reach(cast)
    today = clock.today()
    _pledge(cast, today + timedelta(days=7))
    assert _run(today, hour=6) == {}
    assert _run(today) == {"reminded": 1, "lapsed": 0}
    assert _run(today, hour=23) == {}
    assert db.session().scalars(select(NightlyRun.on_date)).all() == [today]
    assert len(_messages()) == 1


def test_a_week_of_silence_is_made_up_for_with_one_word_for_each_pledge(cast: Cast) -> None:
    _reach(cast)
    today = clock.today()
    pledge = _pledge(cast, today + timedelta(days=10))
    _run(today)
    assert _run(today + timedelta(days=10))["reminded"] == 1
    assert [message.key.rpartition(":")[0] for message in _messages()] == [f"remind:pledge:{pledge.id}:0:0"]


def test_two_workers_in_one_nightly_run_write_each_message_once(portal: Flask, cast: Cast) -> None:
    _reach(cast)
    today = clock.today()
    for _ in range(3):
        _pledge(cast, today + timedelta(days=7))
    db.session.remove()
    together = threading.Barrier(2)
    did: list[int] = []

    def work() -> None:
        with portal.app_context():
            together.wait()
            did.append(_run(today).get("reminded", 0))
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(did) == [0, 3]
    assert len(_messages()) == 3


def test_what_is_long_overdue_lapses_in_the_nightly_run(cast: Cast) -> None:
    _reach(cast)
    today = clock.today()
    pledge = _pledge(cast, today)
    assert _run(today + timedelta(days=91))["lapsed"] == 1
    assert db.session().get_one(Pledge, pledge.id).state == PledgeState.LAPSED


def test_a_message_goes_to_each_address_once_by_line_where_that_is_configured(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _reach(cast, line_user_id=LINE_USER)
    _reach(cast, office="chair", name="บุญมี ใจดี")
    _reach(cast, office="secretary", name="ไม่มี อะไร", email="")
    number = _network().id
    assert [(person.channel, person.address) for person in reminders.reached([number])[number]] == [
        ("email", "ton@example.org")
    ]
    with_line = type("Line", (), {"channels": {"line": None, "email": None}})()
    monkeypatch.setattr(reminders, "_settings", lambda: with_line)
    assert [(person.channel, person.address) for person in reminders.reached([number])[number]] == [
        ("email", "ton@example.org"),
        ("line", LINE_USER),
    ]


def test_a_treasurer_is_thanked_with_the_receipt_as_soon_as_the_money_is_there(cast: Cast) -> None:
    _reach(cast)
    pledge = _pledge(cast, clock.today())
    with transaction():
        payment_request = payment_requests.open(
            satang=40_000, purpose_id=pledge.purpose_id, pledge_id=pledge.id, by=cast.ton.user
        )
    donation_id = _given(cast, 40_000, payment_request_id=payment_request.id, by=None)
    assert (_thank(donation_id), _thank(donation_id)) == (1, 0)
    [message] = _messages()
    assert message.key.startswith("thanks:receipt:")
    assert f"ได้รับเงินสมทบ 400.00 บาท ตามความประสงค์ {pledge.code}" == message.subject
    assert "ยังค้าง 600.00 บาท" in message.body
    assert "ใบเสร็จรับเงินเลขที่" in message.body
    assert "/receipts/" in message.body


def test_money_that_went_back_is_not_thanked_for(cast: Cast) -> None:
    _reach(cast)
    pledge = _pledge(cast, clock.today())
    donation_id = _given(cast, 40_000, pledge_id=pledge.id, network_id=pledge.network_id)
    with transaction():
        donations.reverse(donation_id, satang=40_000, kind="refunded", reason="ผู้ให้ขอคืน", by=cast.kanya.user)
    assert _thank(donation_id) == 0
    assert _messages() == []


def test_a_donation_for_no_pledge_thanks_nobody(cast: Cast) -> None:
    _reach(cast)
    assert _thank(_given(cast, 5_000)) == 0
    assert _thank(999_999) == 0


def test_what_members_give_is_told_of_once_a_day_all_together(cast: Cast) -> None:
    _reach(cast)
    number = _network().id
    with transaction():
        collection = collections.open(network_id=number, purpose_id=cast.purpose().id, by=cast.ton.user)
    for satang in (2_000, 3_050, 10_000):
        donation_id = _given(cast, satang, network_id=collection.network_id, by=None)
        assert _thank(donation_id) == 0
    today = clock.today()
    assert _run(today)["reminded"] == 0, "the day is not over"
    assert _run(today + timedelta(days=1))["reminded"] == 1
    [message] = _messages()
    assert message.key.startswith(f"day:network:{number}:{today}:")
    assert "3 ครั้ง รวม 150.50 บาท" in message.body
    assert "http://127.0.0.1:8000/networks/NET001/give" in message.body


def test_an_address_that_no_header_may_carry_stops_nobody_elses_message(cast: Cast) -> None:
    with transaction() as session:  # a row from before such an address was refused
        session.add(
            Contact(
                network_id=_network().id,
                office="treasurer",
                name="ต้น แสงทอง",
                email="ton\x01@example.org",
                written_at=clock.now(),
                written_by_id=cast.busaba.user.id,
            )
        )
    _reach(cast, office="chair", name="บุญมี", email="chair@example.org")
    today = clock.today()
    _pledge(cast, today + timedelta(days=7))
    assert _run(today)["reminded"] == 1
    assert [message.recipient for message in _messages()] == ["chair@example.org"]


def test_a_network_that_nothing_reaches_stops_no_other(cast: Cast) -> None:
    today = clock.today()
    _pledge(cast, today + timedelta(days=7))
    assert _run(today) == {"reminded": 0, "lapsed": 0}
    assert db.session().scalar(select(func.count()).select_from(Message)) == 0
    assert outbox.count() == dict.fromkeys(("queued", "sending", "sent", "failed", "unsure"), 0)
