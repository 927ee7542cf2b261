"""The bank is asked before what is told in its name counts, and each night for what it did not tell."""

import dataclasses
import io
import ipaddress
import json
import threading
from datetime import timedelta
from typing import Any

import bank_hands
import providers
import pypdf
import pytest
import time_machine
from bank_hands import (
    KEY,
    confirmation,
    count,
    generic,
    given,
    item_of,
    only_item,
    opened,
    send,
    states,
)
from flask import Flask
from people import Cast
from providers import Provider, introduce, work
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.demo import messages
from app.fund.bank.inquiry import inquiry_results, sweep, verification
from app.fund.bank.providers import callbacks, inquiries, scb
from app.fund.bank.reconciliation import decisions, matching, undoing
from app.fund.bank.records import BankEvent, Inquiry
from app.fund.bank.statements import statements
from app.fund.closing import month_ends, month_facts
from app.fund.giving.payment_requests import collections
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import FundAccount
from app.fund.ledger import books, months
from app.kit import clock, queue
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff import approvals


def outcomes() -> list[str]:
    return list(db.session().scalars(select(Inquiry.outcome).order_by(Inquiry.id)))


def test_a_confirmation_counts_only_when_the_bank_bears_it_out(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    payment_request = opened(cast, 150_037)
    line = bank.pays(payment_request.ref1, 150_037)
    answer = send(asking, messages.confirmation(line))
    assert (answer.status_code, answer.get_json()["resCode"]) == (200, "00")
    assert (states(), given()) == ({"new": 1}, [])
    assert matching.reconcile_new() >= 0
    assert given() == [], "nothing counts before the bank was asked"
    work()
    assert (states(), given(), outcomes()) == ({"posted": 1}, [150_037], ["confirmed"])
    kept = db.session().scalars(select(Inquiry)).one()
    assert line.transaction_id in kept.raw.decode()


def test_a_confirmation_that_the_bank_does_not_know_never_becomes_a_donation(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    payment_request = opened(cast)
    with time_machine.travel(clock.now(), tick=True) as clockwork:
        send(asking, confirmation(payment_request.ref1, at=clock.now()))
        work()
        assert (states(), outcomes()) == ({"new": 1}, ["absent"]), "the bank's own books may run behind"
        for _ in range(12):
            clockwork.shift(timedelta(minutes=5))
            work()
        assert only_item().state == "waiting"
        assert only_item().match_reason == "unconfirmed"
        assert "ไม่พบ" in only_item().reason
        before = count(Inquiry)
        clockwork.shift(timedelta(hours=2))
        work()
        assert count(Inquiry) == before, "a bank that said no is not asked for ever"
    assert given() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"satang": 150_100}, "จำนวนเงินของธนาคารคือ 1,501.00"),
        ({"ref1": "WATPA2569"}, "รหัสอ้างอิงของธนาคารคือ WATPA2569"),
    ],
)
def test_a_confirmation_that_says_other_than_the_bank_waits_for_a_person(
    asking: Flask, cast: Cast, bank: Provider, change: dict[str, Any], words: str
) -> None:
    payment_request = opened(cast)
    line = bank.pays(payment_request.ref1, 150_000)
    told = dataclasses.replace(line, **change)
    if "ref1" in change:
        # Told with our reference, paid with another.
        told, wrong = line, dataclasses.replace(line, **change)
        bank.ledger.path.write_text(json.dumps(dataclasses.asdict(wrong)) + "\n")
        finding = scb.payments(biller=line.proxy, on=line.moment.date())[0][0]
        send(asking, messages.confirmation(told))
        event = db.session().scalars(select(BankEvent)).one()
        assert words in inquiry_results.compare(event, finding).words
        verification.follow(event.id, inquiry_results.compare(event, finding))
        db.session.rollback()
    else:
        bank.ledger.path.write_text(json.dumps(dataclasses.asdict(told)) + "\n")
        send(asking, messages.confirmation(line))
        work()
    assert (only_item().state, only_item().match_reason) == ("waiting", "provider_differs")
    assert words in only_item().reason
    assert given() == []


def test_a_payment_that_the_bank_took_back_does_not_count(asking: Flask, cast: Cast, bank: Provider) -> None:
    payment_request = opened(cast)
    line = bank.pays(payment_request.ref1, 150_000)
    send(asking, messages.confirmation(line))
    asked = peers_asked(line)
    bank.ledger.move(asked, satang=-150_000, words="คืนเงิน", reverses=line.transaction_id)
    work()
    assert (only_item().state, only_item().match_reason, given()) == ("waiting", "provider_differs", [])
    assert "คืนเงิน" in only_item().reason


def test_a_donation_whose_bank_takes_the_money_back_later_shows_in_the_books_until_it_is_undone(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    payment_request = opened(cast)
    line = bank.pays(payment_request.ref1, 150_000)
    send(asking, messages.confirmation(line))
    work()
    assert given() == [150_000]
    assert books.findings() == []
    bank.ledger.move(peers_asked(line), satang=-150_000, words="คืนเงิน", reverses=line.transaction_id)
    found = sweep.run()
    assert (found["differs"], found["reversed"]) == (1, 1)
    assert len(books.findings()) == 1
    assert "คืนเงิน" in books.findings()[0]
    event_id = item_of(line.transaction_id).event_id
    with transaction():
        undoing.undo(event_id, reason="ธนาคารคืนเงินให้ผู้โอนแล้ว", by=cast.kanya.user)
    assert books.findings() == []


def peers_asked(line: Any) -> Any:
    from app.demo.qr_reader import Asked

    return Asked("", 30, line.payee, line.account, line.proxy, line.ref1, line.ref2, None)


def test_a_bank_that_is_down_for_hours_loses_nothing(asking: Flask, cast: Cast, bank: Provider) -> None:
    payment_request = opened(cast)
    bank.down = True
    with time_machine.travel(clock.now(), tick=True) as clockwork:
        line = bank.pays(payment_request.ref1, 150_000)
        send(asking, messages.confirmation(line))
        for _ in range(30):
            work()
            clockwork.shift(timedelta(minutes=10))
            asking.extensions.pop("scb_rests_until", None)
        assert states() == {"new": 1}
        assert set(outcomes()) == {"unreachable"}
        assert len(outcomes()) < 25, "it is asked more and more seldom"
        bank.down = False
        clockwork.shift(timedelta(hours=2))
        work()
        assert (states(), given()) == ({"posted": 1}, [150_000])


def test_one_silent_bank_is_not_asked_about_every_event(asking: Flask, cast: Cast, bank: Provider) -> None:
    bank.down = True
    for number in range(10):
        send(asking, confirmation(opened(cast).ref1, number=f"T{number}", at=clock.now()))
    assert len(bank.asked) == 0
    work()
    assert len(bank.asked) == 1
    assert len(outcomes()) == 1
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        for _ in range(3):
            assert verification.ask_about_unasked() == 0, "each has its job already"
    jobs = select(func.count()).select_from(queue.Job).where(queue.Job.state == "queued")
    assert db.session().scalar(jobs.where(queue.Job.kind == "inquire")) == 10


def test_after_days_without_an_answer_the_officer_is_told(asking: Flask, cast: Cast, bank: Provider) -> None:
    bank.down = True
    with time_machine.travel(clock.now(), tick=True) as clockwork:
        send(asking, confirmation(opened(cast).ref1, at=clock.now()))
        work()
        clockwork.shift(timedelta(days=4, hours=2))
        asking.extensions.pop("scb_rests_until", None)
        work()
        assert (only_item().state, only_item().match_reason) == ("waiting", "unconfirmed")
        # The bank comes back, and the sweep still finds what was told: the doubt is lifted.


def test_a_doubt_is_lifted_when_the_bank_bears_the_payment_out_later(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    payment_request = opened(cast)
    with time_machine.travel(clock.now(), tick=True) as clockwork:
        line = bank.pays(payment_request.ref1, 150_000)
        kept = bank.ledger.path.read_text()
        bank.ledger.forget()
        send(asking, messages.confirmation(line))
        for _ in range(12):
            work()
            clockwork.shift(timedelta(minutes=5))
        assert only_item().match_reason == "unconfirmed"
        bank.ledger.path.write_text(kept)
        found = sweep.run()
        assert (found["new"], found["confirmed"]) == (0, 1)
        assert (states(), given()) == ({"posted": 1}, [150_000])
        assert sweep.run()["confirmed"] == 0, "the same answer is written down once"


def test_a_lost_confirmation_is_found_by_the_sweep_and_one_that_comes_late_adds_nothing(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    first, other = opened(cast, 10_000), opened(cast, 20_000)
    lost, told = bank.pays(first.ref1, 10_000), bank.pays(other.ref1, 20_000)
    send(asking, messages.confirmation(told))
    work()
    assert given() == [20_000]
    found = sweep.run()
    assert (found["payments"], found["new"], found["known"], found["unreachable"]) == (2, 1, 1, 0)
    assert given() == [10_000, 20_000]
    send(asking, messages.confirmation(lost))
    work()
    assert (count(BankEvent), given()) == (2, [10_000, 20_000])
    assert sweep.run()["new"] == 0


def test_the_sweep_looks_back_three_days_and_no_farther(asking: Flask, cast: Cast, bank: Provider) -> None:
    payment_requests = [opened(cast, 10_000 + back) for back in range(5)]
    for back, payment_request in enumerate(payment_requests[::-1]):
        at = clock.now() - timedelta(days=4 - back)
        bank.pays(payment_request.ref1, payment_request.due_satang, at=at)
    found = sweep.run()
    assert (found["asked"], found["new"]) == (4, 4)
    assert sweep.run(days=5)["new"] == 1


def test_a_bank_that_answers_only_for_a_reference_is_asked_for_each_in_play(
    asking: Flask, cast: Cast, bank: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid, _unpaid = opened(cast, 10_000), opened(cast, 20_000)
    bank.pays(paid.ref1, 10_000)
    real = scb.payments

    def strict(*, biller: str, on: Any, ref1: str = "", satang: int | None = None) -> Any:
        if not ref1:
            raise scb.Refusal("1101 Missing required parameters")
        return real(biller=biller, on=on, ref1=ref1, satang=satang)

    monkeypatch.setattr(scb, "payments", strict)
    found = sweep.run(days=0)
    assert (found["asked"], found["new"], given()) == (3, 1, [10_000])


def test_such_a_bank_is_asked_for_the_standing_references_of_networks_too(
    asking: Flask, cast: Cast, bank: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = db.session().scalars(select(Network).filter_by(code="NET001")).one()
    with transaction():
        collection = collections.open(network_id=network.id, purpose_id=cast.purpose().id, by=cast.ton.user)
    bank.pays(collection.ref1, 12_345)
    real = scb.payments

    def strict(*, biller: str, on: Any, ref1: str = "", satang: int | None = None) -> Any:
        if not ref1:
            raise scb.Refusal("1101 Missing required parameters")
        return real(biller=biller, on=on, ref1=ref1, satang=satang)

    monkeypatch.setattr(scb, "payments", strict)
    assert sweep.run(days=0)["new"] == 1
    assert given() == [12_345]


def test_a_sweep_of_a_bank_that_is_down_says_so_and_comes_again(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    bank.down = True
    assert sweep.sweep_nightly()["unreachable"] == 4
    again = db.session().scalars(select(queue.Job).filter_by(kind="sweep")).one()
    assert again.due_at > clock.now() + timedelta(minutes=50)


def test_the_night_asks_for_one_sweep_however_many_come_round(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    night = clock.now().astimezone(clock.BANGKOK).replace(hour=1, minute=30)
    with time_machine.travel(night, tick=True) as clockwork:
        for _ in range(3):
            sweep.queue_nightly_sweep()
        work()
        sweep.queue_nightly_sweep()
        assert len(db.session().scalars(select(queue.Job).filter_by(kind="sweep")).all()) == 1
        clockwork.shift(timedelta(hours=24))
        sweep.queue_nightly_sweep()
        assert len(db.session().scalars(select(queue.Job).filter_by(kind="sweep")).all()) == 2


def test_without_its_settings_no_bank_is_asked(portal: Flask, cast: Cast) -> None:
    with pytest.raises(Refused, match="KUEAKUN_SCB_URL"):
        sweep.run()
    assert sweep.queue_nightly_sweep() == {}
    assert verification.ask_about_unasked() == 0
    send(portal, confirmation(opened(cast).ref1))
    assert given() == [150_000]
    assert db.session().scalars(select(queue.Job).filter_by(kind="inquire")).all() == []


def test_what_was_told_before_the_bank_could_be_asked_is_asked_about(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    payment_request = opened(cast)
    line = bank.pays(payment_request.ref1, 150_000)
    with time_machine.travel(clock.now(), tick=True) as clockwork:
        introduce(asking, scb=None)
        with transaction():
            callbacks.record(messages.confirmation(line))
        introduce(asking, scb=bank.scb)
        assert work() == 0
        clockwork.shift(timedelta(minutes=5))
        assert verification.ask_about_unasked() == 1
        assert verification.ask_about_unasked() in (0, 1)
        work()
        assert given() == [150_000]


def test_the_token_is_kept_and_asked_anew_when_the_bank_forgets_it(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    for _ in range(3):
        scb.payments(biller=providers.BILLER, on=clock.today())
    assert sum("/oauth/token" in question for question in bank.asked) == 1
    asking.extensions["scb_token"].text = "forgotten"
    assert scb.payments(biller=providers.BILLER, on=clock.today()) is not None
    assert sum("/oauth/token" in question for question in bank.asked) == 2


def test_answers_to_inquiries_are_final(asking: Flask, cast: Cast, bank: Provider) -> None:
    send(asking, confirmation(opened(cast).ref1, at=clock.now()))
    work()
    for statement in ("UPDATE inquiry SET outcome = 'confirmed'", "DELETE FROM inquiry"):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.exec_driver_sql(statement)


def test_a_confirmation_to_an_account_number_cannot_be_asked_about_and_waits(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    number = db.session().scalars(select(FundAccount.number)).one()
    send(
        asking,
        confirmation(
            opened(cast).ref1, payeeProxyType="ACCOUNT", payeeProxyId=None, payeeAccountNumber=number
        ),
    )
    work()
    assert (only_item().state, only_item().match_reason, given()) == ("waiting", "unconfirmed", [])


def test_a_forged_confirmation_for_a_stranger_waits_without_asking(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    send(asking, confirmation("X", payeeProxyId="099400000000399"))
    work()
    assert (only_item().match_reason, bank.asked) == ("other_biller", [])


@pytest.mark.pages
def test_only_the_addresses_named_for_the_bank_may_send(
    portal: Flask, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    introduce(portal, scb_addresses=(ipaddress.ip_network("203.0.113.0/24"),))
    client = portal.test_client()
    raw = json.dumps(confirmation(opened(cast).ref1)).encode()
    for address, status in (("198.51.100.7", 404), ("203.0.113.9", 200), ("::ffff:203.0.113.9", 200)):
        answer = client.post(callbacks.PATH + KEY, data=raw, environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == status
        assert KEY not in answer.get_data(as_text=True)
    # A header that anybody can write opens nothing while no proxy of ours stands in front.
    answer = client.post(
        callbacks.PATH + KEY,
        data=raw,
        environ_base={"REMOTE_ADDR": "198.51.100.7"},
        headers={"X-Forwarded-For": "203.0.113.9"},
    )
    assert answer.status_code == 404
    assert "198.51.100.7" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>login</html>",
        b"[]",
        b'{"status": {"code": 1000}, "data": "none"}',
        b'{"status": {"code": 1000}, "data": [{"transactionId": "T1"}]}',
        b'{"status": {"code": 5000, "description": "sorry"}}',
        b'{"status": {"code": 1000, "code": 1000}, "data": []}',
        b'{"a": ' + b"[" * 50_000,
    ],
)
def test_an_answer_that_cannot_be_read_proves_nothing(
    sqlite_portal: Flask, bank: Provider, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    cast = Cast(sqlite_portal)
    introduce(sqlite_portal, scb=bank.scb)
    send(sqlite_portal, confirmation(opened(cast).ref1, at=clock.now()))
    monkeypatch.setattr(scb, "_get", lambda path: scb.HttpResponse(200, answer))
    work()
    assert (outcomes(), states(), given()) == (["unreachable"], {"new": 1}, [])


def test_many_workers_ask_and_post_once(postgres_portal: Flask, bank: Provider) -> None:
    cast = Cast(postgres_portal)
    introduce(postgres_portal, scb=bank.scb)
    payment_request = opened(cast)
    line = bank.pays(payment_request.ref1, 150_000)
    send(postgres_portal, messages.confirmation(line))
    event_id = item_of(line.transaction_id).event_id
    db.session.rollback()

    def ask() -> None:
        with postgres_portal.app_context():
            verification.ask(event_id)
            db.session.remove()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert given() == [150_000]
    assert inquiries.of(event_id)


def _two_days_ago() -> Any:
    """Time, so far back that a payment request opened then may be paid the next day."""
    return time_machine.travel(clock.now() - timedelta(days=2), tick=True)


def test_the_sweep_contradicts_a_line_under_our_reference_that_the_banks_list_lacks(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    with _two_days_ago():
        forged, true = opened(cast).ref1, opened(cast, 170_000).ref1
    at = clock.now().astimezone(BANGKOK).replace(hour=10, minute=0, second=0, microsecond=0)
    at -= timedelta(days=1)
    bank.pays(true, 170_000, at=at)
    raw = generic([(at, 150_000, forged, "รับชำระ"), (at, 170_000, true, "รับชำระ")])
    bank_hands.import_file(name="x.csv", raw=raw, by=cast.kanya.user)
    assert given() == [150_000, 170_000]
    found = sweep.run()
    assert (found["contradicted"], found["missing"]) == (1, 0)
    assert found["peers"]["scb"]["contradicted"] == 1
    assert sweep.run()["contradicted"] == 1
    asked = select(func.count()).select_from(Inquiry).where(Inquiry.outcome == "absent")
    assert db.session().scalar(asked) == 1, "the same answer is written down once"
    # In red on the first page and the certificate, by day; the donation is before finance.
    page = cast.kanya.sign_in().visit("/bank")
    assert "ธนาคารไม่มีรายการเหล่านี้" in page.words
    assert f"1,500.00 บาท {forged}" in page.words and "กัญญา" in page.words
    assert true not in page.words.split("ธนาคารไม่มีรายการเหล่านี้")[1].split("รอเจ้าหน้าที่")[0]
    assert "ธนาคารไม่มีรายการ" in cast.kanya.visit("/home").words
    month = months.written(at.date().replace(day=1))
    for words in (f"1,500.00 บาท {forged}", "ลงเป็นเงินสมทบแล้ว", "x.csv"):
        assert words in cast.kanya.visit(f"/bank/months/{month}").words.replace("</a>", "")
    said = month_facts.gather(at.date().replace(day=1))
    assert [(line["satang"], line["posted"]) for line in said["denied"]] == [(150_000, True)]
    assert "denied" in {obstacle.kind for obstacle in month_ends.obstacles(said)}
    paper = pypdf.PdfReader(io.BytesIO(month_ends.draft(at.date().replace(day=1))))
    assert forged in "".join(page.extract_text() for page in paper.pages)
    event_id = db.session().scalars(select(BankEvent.id).where(BankEvent.ref1 == forged)).one()
    with transaction():
        undoing.undo(event_id, reason="ธนาคารไม่มีเงินก้อนนี้", by=cast.kanya.user)
    with transaction():
        decisions.exclude(event_id, reason="ไม่ใช่เงินจริง", by=cast.kanya.user)
    assert "ธนาคารไม่มีรายการเหล่านี้" not in cast.kanya.visit("/bank").words
    assert sweep.run()["contradicted"] == 0


def test_a_line_that_the_banks_list_lacks_is_not_posted_and_is_when_the_list_has_it_later(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    with _two_days_ago():
        payment_request = opened(cast)
    number, ref1 = payment_request.id, payment_request.ref1
    at = clock.now().astimezone(BANGKOK).replace(hour=10, minute=0, second=0, microsecond=0)
    at -= timedelta(days=1)
    raw = generic([(at, 150_000, ref1, "รับชำระ")])
    statements.import_file(name="x.csv", raw=raw, by=cast.kanya.user)
    assert sweep.run()["contradicted"] == 1
    assert only_item().match_reason == "denied"
    bank_hands.confirm_files()
    assert (given(), only_item().match_reason) == ([], "denied")
    # By hand it takes two.
    with transaction():
        event_id = only_item().event_id
        assert decisions.assign(event_id, payment_request_id=number, by=cast.kanya.user) is None
        approvals.decline(approvals.waiting(of_finance=True)[0].id, reason="", by=cast.kanya.user)
    bank.pays(ref1, 150_000, at=at)
    assert sweep.run()["contradicted"] == 0
    assert given() == [150_000]


def test_a_day_for_which_the_bank_did_not_answer_and_today_contradict_nothing(
    asking: Flask, cast: Cast, bank: Provider
) -> None:
    with _two_days_ago():
        first, other = opened(cast), opened(cast, 170_000)
    now = clock.now().replace(microsecond=0)
    yesterday = now.astimezone(BANGKOK).replace(hour=10, minute=0, second=0) - timedelta(days=1)
    raw = generic([(yesterday, 150_000, first.ref1, ""), (now, 170_000, other.ref1, "")])
    bank_hands.import_file(name="x.csv", raw=raw, by=cast.kanya.user)
    bank.down = True
    assert sweep.run()["contradicted"] == 0
    bank.down = False
    asking.extensions.pop("scb_rests_until", None)
    assert sweep.run()["contradicted"] == 1


@pytest.mark.parametrize("hours", [-11, 15])
def test_a_payment_booked_on_the_day_before_or_after_is_not_contradicted(
    asking: Flask, cast: Cast, bank: Provider, hours: int
) -> None:
    with time_machine.travel(clock.now() - timedelta(days=4), tick=True):
        payment_request = opened(cast)
    at = clock.now().astimezone(BANGKOK).replace(hour=10, minute=0, second=0, microsecond=0)
    at -= timedelta(days=2)
    bank.pays(payment_request.ref1, 150_000, at=at + timedelta(hours=hours))
    raw = generic([(at, 150_000, payment_request.ref1, "รับชำระ")])
    bank_hands.import_file(name="x.csv", raw=raw, by=cast.kanya.user)
    assert sweep.run()["contradicted"] == 0
