"""Omise's webhooks: signed, kept once, asked about, and a donation only when Omise itself bears them out."""

import base64
import dataclasses
import json
import threading
from datetime import timedelta
from pathlib import Path

import bank_hands
import pytest
import time_machine
from bank_hands import count, generic, given, only_item, opened, states
from flask import Flask
from people import Cast
from providers import OTHER_SECRET, WEBHOOK_SECRET, Provider, introduce, webhook, work
from sqlalchemy import select

from app.demo.charges import Charged, event_object, signed
from app.fund.bank.providers import omise
from app.fund.bank.reconciliation import matching, undoing
from app.fund.bank.records import BankEvent, Inquiry, ReconciliationItem
from app.fund.giving.records.donations import Donation
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.settings import read


def test_a_charge_becomes_a_donation_when_omise_itself_says_so(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    payment_request = opened(cast, 150_000)
    payment_request_id, ref1 = payment_request.id, payment_request.ref1
    charged = bank.charges.charge(satang=150_000, ref1=ref1, payer="คุณใจดี")
    assert webhook(taking, event_object(charged)).status_code == 200
    assert (states(), given()) == ({"new": 1}, [])
    assert matching.reconcile_new() == 0
    work()
    assert (states(), given()) == ({"posted": 1}, [150_000])
    donation = db.session().scalars(select(Donation)).one()
    assert donation.payment_request_id == payment_request_id
    kept = db.session().scalars(select(Inquiry)).one()
    assert (kept.satang, kept.fee_satang, kept.net_satang) == (150_000, 2475 + 173, 150_000 - 2475 - 173)
    assert db.session().scalars(select(BankEvent.raw)).one().startswith(b'{"object": "event"')
    page = cast.kanya.sign_in().visit(f"/bank/events/{kept.event_id}")
    assert "ธนาคารยืนยัน" in page.words
    assert "ค่าธรรมเนียม 26.48" in page.words


def test_a_repeat_hears_the_same_and_adds_nothing(taking: Flask, cast: Cast, bank: Provider) -> None:
    charged = bank.charges.charge(satang=150_000, ref1=opened(cast).ref1, payer="ก")
    # Each sending is a new event of Omise about the same charge.
    answers = [webhook(taking, event_object(charged)) for _ in range(3)]
    work()
    answers.append(webhook(taking, event_object(charged)))
    work()
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    assert (count(BankEvent), count(Inquiry), given()) == (1, 1, [150_000])


def test_fifty_equal_webhooks_at_once_are_one_donation(postgres_portal: Flask, bank: Provider) -> None:
    cast = Cast(postgres_portal)
    introduce(postgres_portal, omise=bank.omise)
    body = event_object(bank.charges.charge(satang=150_000, ref1=opened(cast).ref1, payer="ก"))
    headers = signed(body, key=WEBHOOK_SECRET)
    statuses: list[int] = []
    start = threading.Barrier(50)

    def call() -> None:
        start.wait()
        answer = postgres_portal.test_client().post(omise.PATH, data=body, headers=headers)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=call) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert statuses == [200] * 50
    work()
    assert (count(BankEvent), count(ReconciliationItem), given()) == (1, 1, [150_000])


def test_while_secrets_are_changed_both_sign(taking: Flask, cast: Cast, bank: Provider) -> None:
    body = event_object(bank.charges.charge(satang=100, ref1="", payer="ก"))
    new, old = signed(body, key=OTHER_SECRET), signed(body, key=WEBHOOK_SECRET)
    strange = signed(body, key=b"s" * 32)
    for first, other in ((new, old), (strange, old), (new, strange)):
        both = f"{first['Omise-Signature']}, {other['Omise-Signature']}"
        assert webhook(taking, body, headers=new | {"Omise-Signature": both}).status_code == 200


@pytest.mark.pages
def test_what_omise_did_not_sign_lately_is_refused_and_keeps_nothing(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    body = event_object(bank.charges.charge(satang=100, ref1="", payer="ก"))
    good = signed(body, key=WEBHOOK_SECRET)
    stamp, made = good["Omise-Signature-Timestamp"], good["Omise-Signature"]
    refused = (
        {},
        {"Omise-Signature": made},
        {"Omise-Signature-Timestamp": stamp},
        signed(body, key=b"another secret of 32 bytes, wrong"),
        signed(body + b" ", key=WEBHOOK_SECRET),
        good | {"Omise-Signature-Timestamp": str(int(stamp) + 1)},
        good | {"Omise-Signature-Timestamp": f"{stamp}.0"},
        good | {"Omise-Signature-Timestamp": f" -{stamp}"},
        good | {"Omise-Signature": made.upper()},
        good | {"Omise-Signature": made[:-1]},
        good | {"Omise-Signature": ""},
        good | {"Omise-Signature": ",".join(["0" * 64, "1" * 64, made])},
        signed(body, key=WEBHOOK_SECRET, at=clock.now() - timedelta(seconds=301)),
        signed(body, key=WEBHOOK_SECRET, at=clock.now() + timedelta(seconds=305)),
    )
    for headers in refused:
        assert webhook(taking, body, headers=headers).status_code == 401, headers
    assert count(BankEvent) == 0
    assert webhook(taking, body, headers=good).status_code == 200


def test_a_message_kept_by_somebody_and_sent_again_later_is_refused(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    body = event_object(bank.charges.charge(satang=100, ref1="", payer="ก"))
    headers = signed(body, key=WEBHOOK_SECRET)
    with time_machine.travel(clock.now() + timedelta(seconds=310), tick=True):
        assert webhook(taking, body, headers=headers).status_code == 401
    assert count(BankEvent) == 0


def test_messages_that_tell_of_no_money_are_heard_and_leave_nothing(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    paid = bank.charges.charge(satang=100, ref1="", payer="ก")
    failed = bank.charges.charge(satang=100, ref1="", payer="ก", status="failed")
    dollars = json.loads(event_object(paid))
    dollars["data"]["currency"] = "USD"
    for body in (
        event_object(paid, key="charge.create"),
        event_object(failed),
        json.dumps(dollars).encode(),
        b'{"object": "event", "key": "transfer.create", "data": {"object": "transfer"}}',
    ):
        assert webhook(taking, body).status_code == 200
    assert count(BankEvent) == 0


@pytest.mark.pages
def test_malformed_messages_are_refused_though_signed(taking: Flask, cast: Cast, bank: Provider) -> None:
    whole = json.loads(event_object(bank.charges.charge(satang=100, ref1="", payer="ก")))
    for change in (
        {"id": None},
        {"id": "chrg_../../x"},
        {"id": "chrg_ก"},
        {"amount": None},
        {"amount": "1e3"},
        {"amount": 0},
        {"amount": -5},
        {"amount": 10.5},
        {"amount": 10**20},
        {"amount": True},
        {"paid_at": "yesterday", "created_at": "yesterday"},
        {"paid_at": "2026-01-01T00:00:00", "created_at": None},
        {"refunded_amount": 101},
    ):
        body = json.dumps(whole | {"data": whole["data"] | change}).encode()
        assert webhook(taking, body).status_code == 400, change
    for body in (b"", b"{", b"[]", b'{"object": "event"}', b"\xff", b"[" * 30_000, b'{"object": "charge"}'):
        assert webhook(taking, body).status_code == 400, body[:20]
    assert webhook(taking, b'{"pad": "' + b"x" * 70_000 + b'"}').status_code == 413
    assert count(BankEvent) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"satang": 150_001}, "จำนวนเงินของ Omise คือ 1,500.01"),
        ({"status": "failed"}, "สถานะของ Omise คือ failed"),
        ({"ref1": "WATPA"}, "รหัสอ้างอิงของ Omise คือ WATPA"),
    ],
)
def test_a_charge_that_omise_knows_otherwise_waits(
    taking: Flask, cast: Cast, bank: Provider, change: dict[str, object], words: str
) -> None:
    charged = bank.charges.charge(satang=150_000, ref1=opened(cast).ref1, payer="ก")
    webhook(taking, event_object(charged))
    bank.charges.path.write_text(json.dumps(dataclasses.asdict(charged) | change) + "\n")
    work()
    assert (only_item().state, only_item().match_reason, given()) == ("waiting", "provider_differs", [])
    assert words in only_item().reason


@pytest.mark.parametrize("key", ["refund.create", "charge.reverse"])
def test_a_charge_that_omise_took_back_after_it_was_posted_shows_in_the_books_until_an_officer_does_so_too(
    taking: Flask, cast: Cast, bank: Provider, key: str
) -> None:
    charged = bank.charges.charge(satang=150_000, ref1=opened(cast).ref1, payer="ก")
    webhook(taking, event_object(charged))
    work()
    assert (given(), books.findings()) == ([150_000], [])
    gone = dataclasses.replace(charged, status="reversed")
    bank.charges.path.write_text(json.dumps(dataclasses.asdict(gone)) + "\n")
    said = json.loads(event_object(gone, key=key))
    if key == "refund.create":
        said["data"] = {"object": "refund", "id": "rfnd_test_1", "charge": charged.id, "amount": 150_000}
    bank.down = True
    assert webhook(taking, json.dumps(said).encode()).status_code == 200
    with time_machine.travel(clock.now(), tick=True) as clockwork:
        work()
        assert books.findings() == []
        bank.down = False
        introduce(taking)
        clockwork.shift(timedelta(hours=2))
        work()
        assert ["Omise" in finding for finding in books.findings()] == [True]
    event_id = only_item().event_id
    with transaction():
        undoing.undo(event_id, reason="Omise คืนเงินผู้ชำระแล้ว", by=cast.kanya.user)
    assert books.findings() == []


def test_a_charge_that_omise_does_not_know_never_counts(taking: Flask, cast: Cast, bank: Provider) -> None:
    invented = Charged("chrg_test_invented", 150_000, opened(cast).ref1, "ก", clock.now().isoformat())
    with time_machine.travel(clock.now(), tick=True) as clockwork:
        webhook(taking, event_object(invented))
        for _ in range(12):
            work()
            clockwork.shift(timedelta(minutes=5))
        assert (only_item().state, only_item().match_reason) == ("waiting", "unconfirmed")
    assert given() == []


@pytest.mark.pages
def test_without_its_settings_there_is_no_such_door(portal: Flask, cast: Cast) -> None:
    assert webhook(portal, b"{}").status_code == 404


def test_a_payout_of_omise_on_the_statement_is_no_second_donation(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    charged = bank.charges.charge(satang=150_000, ref1=opened(cast).ref1, payer="ก")
    webhook(taking, event_object(charged))
    work()
    # However long the tests have run by now, the payout comes after its charge.
    paid_out = clock.now().replace(microsecond=0) + timedelta(minutes=5)
    lines = [
        (paid_out, charged.net, "", "รับโอน OMISE PAYOUT"),
        (paid_out + timedelta(minutes=1), 5_000, "", "นาย Promise Openheart"),
    ]
    bank_hands.import_file(name="s.csv", raw=generic(lines), by=cast.kanya.user)
    payout, other = (
        db.session()
        .scalars(select(ReconciliationItem).join(ReconciliationItem.event).filter(BankEvent.satang == satang))
        .one()
        for satang in (charged.net, 5_000)
    )
    assert (payout.state, payout.match_reason) == ("excluded", "payout")
    assert other.state == "waiting"
    assert given() == [150_000]


def test_a_donation_by_omise_and_one_by_the_bank_are_two(taking: Flask, cast: Cast, bank: Provider) -> None:
    ref1 = opened(cast).ref1
    charged = bank.charges.charge(satang=150_000, ref1=ref1, payer="ก")
    webhook(taking, event_object(charged))
    work()
    line = (clock.now(), 150_000, ref1, "รับชำระบิล")
    bank_hands.import_file(name="s.csv", raw=generic([line]), by=cast.kanya.user)
    assert "duplicate" not in states()


def test_settings_of_omise_are_whole_and_strong(tmp_path: Path) -> None:
    base = {"KUEAKUN_DEMO": "1", "KUEAKUN_DATA": str(tmp_path)}
    secret = base64.b64encode(WEBHOOK_SECRET).decode()
    for more, word in (
        ({"KUEAKUN_OMISE_KEY": "skey"}, "KUEAKUN_OMISE_SECRETS"),
        ({"KUEAKUN_OMISE_KEY": "skey", "KUEAKUN_OMISE_SECRETS": "not base64!"}, "base64"),
        ({"KUEAKUN_OMISE_KEY": "skey", "KUEAKUN_OMISE_SECRETS": "QUJD"}, "16"),
        ({"KUEAKUN_OMISE_KEY": "skey", "KUEAKUN_OMISE_SECRETS": ",".join([secret] * 3)}, "สองค่า"),
        ({"KUEAKUN_SCB_URL": "https://api", "KUEAKUN_SCB_KEY": "k"}, "KUEAKUN_SCB_SECRET"),
        ({"KUEAKUN_SCB_ADDRESSES": "nowhere"}, "CIDR"),
    ):
        with pytest.raises(Refused, match=word):
            read(base | more)
    live = {
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(tmp_path),
        "KUEAKUN_SECRET_KEY": "a-secret-only-for-tests-0123456789",
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": "callback-key-only-for-tests-456789",
    }
    with pytest.raises(Refused, match="https"):
        read(live | {"KUEAKUN_SCB_URL": "http://a", "KUEAKUN_SCB_KEY": "k", "KUEAKUN_SCB_SECRET": "s"})
    known = read(base | {"KUEAKUN_OMISE_KEY": "skey", "KUEAKUN_OMISE_SECRETS": f"{secret}, {secret}"})
    assert known.omise is not None
    assert "skey" not in repr(known)
