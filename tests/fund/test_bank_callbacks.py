"""The bank's callback: kept once, answered the same each time, turned into a donation only when nothing is in doubt."""

import json
import threading
from datetime import timedelta

import bank_hands
import pytest
from bank_hands import (
    KEY,
    NOW,
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
from sqlalchemy import select

from app.fund.bank.providers import callbacks
from app.fund.bank.reconciliation import decisions, matching
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.payment_requests import collections
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.giving.records.slips import Slip, SlipClaim
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.audit import AuditEvent


def test_an_exact_reference_and_amount_post_by_themselves(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, 150_037)
    answer = send(portal, confirmation(payment_request.ref1, 150_037))
    assert (answer.status_code, answer.get_json()) == (
        200,
        {"resCode": "00", "resDesc": "success", "transactionId": "T1"},
    )
    item = only_item()
    assert (item.state, item.match_reason, item.payment_request_id) == (
        "posted",
        "exact_reference",
        payment_request.id,
    )
    donation = db.session().scalars(select(Donation)).one()
    assert (donation.satang, donation.payment_request_id, donation.paid_at) == (
        150_037,
        payment_request.id,
        NOW,
    )
    assert db.session().get_one(PaymentRequest, payment_request.id).state == PaymentRequestState.RECEIVED


def test_the_raw_message_is_kept_as_it_came(portal: Flask, cast: Cast) -> None:
    raw = json.dumps(confirmation("X"), ensure_ascii=False, indent=3).encode()
    send(portal, raw)
    assert db.session().scalars(select(BankEvent.raw)).one() == raw


def test_the_same_callback_twice_is_one_donation_and_the_same_answer(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    answers = [send(portal, confirmation(payment_request.ref1)) for _ in range(2)]
    assert answers[0].data == answers[1].data
    assert {answer.status_code for answer in answers} == {200}
    assert (count(BankEvent), given()) == (1, [150_000])


def test_a_second_transfer_of_the_same_qr_is_kept_and_a_person_says_what_it_is(
    portal: Flask, cast: Cast
) -> None:
    payment_request = opened(cast)
    send(portal, confirmation(payment_request.ref1, number="T1"))
    send(portal, confirmation(payment_request.ref1, number="T2"))
    again = item_of("T2")
    assert (again.state, again.match_reason, again.payment_request_id) == (
        "waiting",
        "paid_twice",
        payment_request.id,
    )
    assert given() == [150_000]
    with transaction():
        decisions.assign(again.event_id, payment_request_id=payment_request.id, by=None)
    assert given() == [150_000, 150_000]


def test_the_same_id_with_other_contents_keeps_the_first_and_is_noted(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    send(portal, confirmation(payment_request.ref1))
    answer = send(portal, confirmation(payment_request.ref1, 990_000))
    assert answer.status_code == 200
    assert given() == [150_000]
    noted = db.session().scalars(select(AuditEvent).filter_by(deed="bank.callback_differs")).one()
    assert json.loads(noted.details)["now"]["satang"] == "990000"


@pytest.mark.parametrize(
    ("change", "match_reason"),
    [
        ({"payeeProxyId": "099400000000399"}, "other_biller"),
        ({"payeeProxyId": None, "payeeProxyType": None}, "other_biller"),
        ({"billPaymentRef1": "F69ZZZZZZZZ"}, "misspelt_reference"),
        ({"billPaymentRef1": "HELLO"}, "unmatched"),
        ({"billPaymentRef1": None}, "amount_only"),
        ({"currencyCode": "840"}, "foreign_currency"),
        ({"amount": "1500.01"}, "wrong_amount"),
        ({"amount": "1"}, "wrong_amount"),
    ],
)
def test_what_is_in_doubt_is_kept_and_waits_with_a_reason(
    portal: Flask, cast: Cast, change: dict[str, str | None], match_reason: str
) -> None:
    payment_request = opened(cast)
    answer = send(portal, confirmation(payment_request.ref1, at=clock.now(), **change))
    assert answer.status_code == 200
    item = only_item()
    assert (item.state, item.match_reason) == ("waiting", match_reason)
    assert item.reason
    assert given() == []


def test_money_for_a_payment_request_that_expired_before_it_was_paid_waits(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    with transaction() as session:
        expired = session.get_one(PaymentRequest, payment_request.id)
        expired.state, expired.expires_at = PaymentRequestState.EXPIRED, clock.now() - timedelta(hours=1)
    send(portal, confirmation(payment_request.ref1, at=clock.now()))
    assert (only_item().state, only_item().match_reason) == ("waiting", "late")


def test_money_paid_in_time_but_told_late_posts(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    with transaction() as session:
        session.get_one(PaymentRequest, payment_request.id).state = PaymentRequestState.EXPIRED
    send(portal, confirmation(payment_request.ref1))
    assert (only_item().match_reason, given()) == ("exact_reference", [150_000])


def test_a_cancelled_payment_request_takes_nothing_by_itself(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    with transaction() as session:
        session.get_one(PaymentRequest, payment_request.id).state = PaymentRequestState.CANCELLED
    send(portal, confirmation(payment_request.ref1))
    assert only_item().match_reason == "late"


_MALFORMED = (b"", b"{", b"[]", b'"T1"', b"null", b"\xff\xfe", b"[" * 30_000, b'{"transactionId": NaN}')


@pytest.mark.pages
def test_malformed_json_is_refused_with_a_word_and_keeps_nothing(portal: Flask, cast: Cast) -> None:
    for raw in _MALFORMED:
        answer = send(portal, raw)
        assert answer.status_code == 400, raw
        assert answer.get_json()["resCode"] != "00"
    assert count(BankEvent) == 0


_UNREADABLE: tuple[dict[str, object], ...] = (
    {"transactionId": None},
    {"transactionId": ""},
    {"transactionId": "  "},
    {"transactionId": {"a": 1}},
    {"transactionId": True},
    {"transactionId": "T\u0000"},
    {"transactionId": "T" * 61},
    {"amount": None},
    {"amount": "0.00"},
    {"amount": "-5.00"},
    {"amount": "nan"},
    {"amount": "1e3"},
    {"amount": "1.005"},
    {"amount": "1,500.00"},
    {"amount": "๑๕๐๐"},
    {"amount": True},
    {"amount": "99999999999.00"},
    {"transactionDateandTime": None},
    {"transactionDateandTime": "yesterday"},
    {"transactionDateandTime": "2026-13-40T00:00:00+07:00"},
    {"transactionDateandTime": "0001-01-01T00:00:00+07:00"},
    {"transactionDateandTime": 20260708},
)


@pytest.mark.pages
def test_an_unreadable_id_amount_or_time_is_refused_and_keeps_nothing(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    for change in _UNREADABLE:
        message = {
            name: value
            for name, value in (confirmation(payment_request.ref1) | change).items()
            if value is not None
        }
        assert send(portal, message).status_code == 400, change
    assert count(BankEvent) == 0


@pytest.mark.pages
def test_an_amount_written_as_a_number_is_read_without_a_binary_fraction(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, 1_999)
    raw = json.dumps(confirmation(payment_request.ref1)).replace('"1500.00"', "19.99").encode()
    send(portal, raw)
    assert given() == [1_999]


_ODD: tuple[dict[str, object], ...] = (
    {"payerName": "ก\u0000ข\ud800"},
    {"payerName": "ก" * 5000},
    {"billPaymentRef1": "R" * 500},
    {"currencyCode": {"a": []}},
    {"payeeProxyId": ["x"]},
    {"sendingBankCode": "๐๐๔"},
)


def test_odd_fields_lose_nothing(portal: Flask, cast: Cast) -> None:
    for number, change in enumerate(_ODD):
        answer = send(portal, json.dumps(confirmation("X", number=f"T{number}") | change).encode())
        assert answer.status_code == 200, change
    assert states() == {"waiting": len(_ODD)}


@pytest.mark.pages
def test_an_over_long_message_is_refused(portal: Flask, cast: Cast) -> None:
    message = confirmation("X", payerName="ก" * 70_000)
    assert send(portal, message).status_code == 413
    assert count(BankEvent) == 0


@pytest.mark.pages
def test_a_wrong_key_finds_nothing(portal: Flask, cast: Cast) -> None:
    for key in ("wrong", KEY[:-1], KEY + "x", "กุญแจ"):
        assert send(portal, confirmation("X"), key=key).status_code == 404
    assert portal.test_client().get(callbacks.PATH + KEY).status_code == 405
    assert count(BankEvent) == 0


def test_when_settling_fails_the_event_stays_and_the_job_takes_it(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_request = opened(cast)

    def busy(event_id: int) -> None:
        raise Refused("busy")

    with monkeypatch.context() as broken:
        broken.setattr(matching, "reconcile", busy)
        assert send(portal, confirmation(payment_request.ref1)).status_code == 200
    assert (states(), given()) == ({"new": 1}, [])
    assert matching.reconcile_new() == 1
    assert (states(), given()) == ({"posted": 1}, [150_000])
    assert matching.reconcile_new() == 0


def test_a_fault_of_ours_is_logged_without_the_banks_key(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(raw: bytes) -> tuple[int, bool]:
        raise RuntimeError("stumbled")

    monkeypatch.setattr(callbacks, "record", stumble)
    monkeypatch.setitem(portal.config, "PROPAGATE_EXCEPTIONS", False)
    answer = send(portal, confirmation("F69000123K", 5_000))
    assert answer.status_code == 500
    assert "stumbled" in caplog.text
    assert callbacks.PATH in caplog.text
    assert KEY not in caplog.text


def test_when_nothing_could_be_kept_the_bank_is_asked_to_send_again(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(raw: bytes) -> tuple[int, bool]:
        raise Refused("busy")

    monkeypatch.setattr(callbacks, "record", busy)
    assert send(portal, confirmation("X")).status_code == 503


def test_one_event_that_the_books_refuse_waits_and_holds_up_no_other(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    poor, fine = opened(cast, 100), opened(cast, 200)
    with transaction():
        for number, payment_request in enumerate((poor, fine)):
            callbacks.record(
                json.dumps(
                    confirmation(payment_request.ref1, payment_request.due_satang, number=f"T{number}")
                ).encode()
            )
    real = matching.donations.post

    def post(**given: object) -> Donation:
        if given["satang"] == 100:
            raise Refused("ปฏิเสธ")
        return real(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(matching.donations, "post", post)
    assert matching.reconcile_new() == 2
    assert given() == [200]
    assert (item_of("T0").state, item_of("T0").reason) == ("waiting", "ปฏิเสธ")


@pytest.mark.postgres
def test_an_event_that_a_fault_of_ours_stumbles_over_waits_and_holds_up_no_other(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = opened(cast, 10_000), opened(cast, 20_000)
    with transaction():
        for number, payment_request in enumerate((first, second)):
            callbacks.record(
                json.dumps(
                    confirmation(payment_request.ref1, payment_request.due_satang, number=f"T{number}")
                ).encode()
            )
    judge = matching.match_rules.judge

    def stumble(event: BankEvent, evidence: object) -> object:
        if event.satang == 10_000:
            raise ZeroDivisionError("a fault of ours")
        return judge(event, evidence)  # type: ignore[arg-type]

    monkeypatch.setattr(matching.match_rules, "judge", stumble)
    assert matching.reconcile_new() == 2
    assert given() == [20_000]
    waiting = db.session().scalars(select(ReconciliationItem).filter_by(state="waiting")).one()
    assert waiting.match_reason == "fault"
    assert waiting.event.satang == 10_000


def test_fifty_equal_callbacks_at_once_are_one_event_one_donation_and_one_answer(
    postgres_portal: Flask,
) -> None:
    payment_request = opened(Cast(postgres_portal))
    raw = json.dumps(confirmation(payment_request.ref1)).encode()
    answers: list[tuple[int, bytes]] = []
    start = threading.Barrier(50)

    def call() -> None:
        start.wait()
        answer = postgres_portal.test_client().post(callbacks.PATH + KEY, data=raw)
        answers.append((answer.status_code, answer.data))

    threads = [threading.Thread(target=call) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert len(answers) == 50
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1
    assert (count(BankEvent), count(ReconciliationItem), given()) == (1, 1, [150_000])


def test_settling_many_leaves_other_writers_a_gap(
    sqlite_portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cast(sqlite_portal)
    with transaction():
        for number in range(120):
            callbacks.record(json.dumps(confirmation("X", number=f"T{number}")).encode())
    gaps: list[float] = []
    monkeypatch.setattr(matching.time, "sleep", gaps.append)
    assert matching.reconcile_new() == 120
    # Never so many at once that a bank would wait a second for its answer, and room after each batch.
    assert len(gaps) >= 3
    assert min(gaps) > 0


@pytest.mark.usefixtures("silent_bank")
@pytest.mark.parametrize("line_ref", [True, False])
@pytest.mark.parametrize("line_first", [True, False])
def test_a_line_of_the_statement_bears_a_callback_out(
    portal: Flask, cast: Cast, line_ref: bool, line_first: bool
) -> None:
    payment_request = opened(cast)
    raw = generic([(NOW + timedelta(seconds=20), 150_000, payment_request.ref1 if line_ref else "", "รับโอน")])
    if line_first:
        bank_hands.import_file(name="x.csv", raw=raw, by=None)
        send(portal, confirmation(payment_request.ref1, at=NOW))
    else:
        send(portal, confirmation(payment_request.ref1, at=NOW))
        assert matching.reconcile_new() == 0
        assert (states(), given()) == ({"new": 1}, [])
        bank_hands.import_file(name="x.csv", raw=raw, by=None)
    assert (states(), given()) == ({"posted": 1, "duplicate": 1}, [150_000])


@pytest.mark.usefixtures("silent_bank")
def test_a_callback_that_nobody_bears_out_posts_nothing(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    send(portal, confirmation(payment_request.ref1))
    raw = generic([(NOW, 150_001, payment_request.ref1, "ยอดอื่น")])
    bank_hands.import_file(name="x.csv", raw=raw, by=None)
    assert (states(), given()) == ({"new": 1, "waiting": 1}, [])


def claimed(payment_request: PaymentRequest, trans_ref: str) -> None:
    """The giver has handed in a slip with this reference."""
    with transaction() as session:
        slip = session.scalars(select(Slip).filter_by(trans_ref=trans_ref)).one_or_none()
        if slip is None:
            slip = Slip(sending_bank="004", trans_ref=trans_ref, first_seen_at=NOW)
            session.add(slip)
            session.flush()
        kept = {"picture_hash": "0" * 64, "sent_hash": "0" * 64, "crc_padded": False}
        session.add(SlipClaim(slip_id=slip.id, payment_request_id=payment_request.id, claimed_at=NOW, **kept))


def test_a_slip_whose_transfer_the_bank_tells_posts_and_two_claims_of_one_wait(
    portal: Flask, cast: Cast
) -> None:
    first, second, third = opened(cast), opened(cast), opened(cast, 200_000)
    claimed(first, "T1")
    claimed(first, "T2")
    claimed(second, "T2")
    claimed(third, "T3")
    for number, satang in (("T1", 150_000), ("T2", 150_000), ("T3", 199_999), ("t1", 150_000)):
        send(portal, confirmation("", satang, number=number, at=clock.now()))
    told = {number: (item_of(number).state, item_of(number).match_reason) for number in ("T1", "T2", "T3")}
    assert told == {
        "T1": ("posted", "slip"),
        "T2": ("waiting", "several_slips"),
        "T3": ("waiting", "slip_differs"),
    }
    # The reference's case counts: this is another transfer, which no slip names.
    assert item_of("t1").match_reason == "amount_only"
    assert db.session().scalars(select(Donation.payment_request_id)).one() == first.id


def test_a_networks_standing_reference_posts_whatever_the_amount(portal: Flask, cast: Cast) -> None:
    with transaction() as session:
        network = session.scalars(select(Network)).one()
        wall = collections.open(network_id=network.id, purpose_id=cast.purpose().id, by=cast.busaba.user)
    for number, satang in (("T1", 1), ("T2", 99_900), ("T3", 99_900)):
        send(portal, confirmation(wall.ref1, satang, number=number))
    assert given() == [1, 99_900, 99_900]
    assert set(db.session().scalars(select(Donation.network_id))) == {network.id}
    assert set(db.session().scalars(select(ReconciliationItem.match_reason))) == {"standing_qr"}
