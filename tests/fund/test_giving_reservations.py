"""Amounts reserved for transfers without a reference: one meaning each, held long enough, let go afterwards."""

import hashlib
import json
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import accounts
import pytest
import time_machine
from flask import Flask
from money import arrives
from people import Cast, Page
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from app.fund.giving.payment_requests import amount_reservations, payment_requests, references
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import AmountReservation, PaymentRequest, PaymentRequestState
from app.kit import clock, promptpay
from app.kit import references as codes
from app.kit.db import db, transaction
from app.kit.errors import Refused, TooManyTries

_MAKERS = Path(__file__).parents[1] / "makers"

#: Asks for one figure several times, when told to, in a process of its own.
_ASKER = """
import json, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from portals import settings_for
from app import create_app
from app.fund.giving.payment_requests import payment_requests
from app.kit.db import db, transaction
from app.kit.errors import Refused, TooManyTries
app = create_app(settings_for(Path(sys.argv[2]), sys.argv[3]))
dues = []
with app.app_context():
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(sys.argv[5])):
        try:
            with transaction():
                dues.append(payment_requests.open(satang=88_800, purpose_id=int(sys.argv[4]), by=None).due_satang)
        except Refused as refused:
            dues.append(refused.words)
    db.session.remove()
    db.engine.dispose()
print(json.dumps(dues), flush=True)
"""


@pytest.fixture(autouse=True)
def without_biller(cast: Cast) -> None:
    """The bank has not registered the fund as a biller yet: QR codes are tag 29."""
    accounts.identified(biller_id=None)


def opened(cast: Cast, satang: int = 88_800) -> PaymentRequest:
    with transaction():
        return payment_requests.open(satang=satang, purpose_id=cast.purpose().id, by=None)


def test_two_processes_that_ask_for_one_figure_at_once_get_different_amounts(
    portal: Flask, cast: Cast
) -> None:
    settings = portal.extensions["kueakun"]
    url = "" if settings.database_url.startswith("sqlite") else settings.database_url
    purpose_id, each = cast.purpose().id, 12
    db.session.remove()
    arguments = [str(_MAKERS), str(settings.data), url, str(purpose_id), str(each)]
    askers = [
        subprocess.Popen(
            [sys.executable, "-c", _ASKER, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_MAKERS.parents[1],
        )
        for _ in range(2)
    ]
    try:
        for asker in askers:
            assert asker.stdout is not None
            assert asker.stdout.readline() == "ready\n"
        for asker in askers:
            assert asker.stdin is not None
            asker.stdin.write("go\n")
            asker.stdin.flush()
        dues = [due for asker in askers for due in json.loads(asker.communicate(timeout=120)[0])]
    finally:
        for asker in askers:
            asker.kill()
            asker.communicate()
    assert sorted(dues) == list(range(88_801 - 2 * each, 88_801))


def test_a_figure_has_room_for_a_hundred_and_then_says_what_to_do(cast: Cast) -> None:
    dues = {opened(cast).due_satang for _ in range(100)}
    assert dues == set(range(88_701, 88_801))
    before = db.session().scalar(select(func.count()).select_from(PaymentRequest))
    with pytest.raises(Refused, match="เปลี่ยนจำนวนเงินเล็กน้อย") as refused:
        opened(cast)
    assert "หนึ่งบาท" in refused.value.words
    assert db.session().scalar(select(func.count()).select_from(PaymentRequest)) == before
    # A neighbouring figure is free, and a giver who wishes less meets the amounts that are taken.
    assert opened(cast, 88_900).due_satang == 88_900
    with pytest.raises(Refused):
        opened(cast, 88_800)
    assert opened(cast, 88_799).due_satang == 88_700


def test_another_account_has_its_own_amounts(cast: Cast) -> None:
    first = opened(cast)
    with transaction():
        new = accounts.proposed(bank_code="006", number="9990000001", name="ใหม่")
        accounts.opened(new, biller_id=None, promptpay_id="0994000165501")
    second = opened(cast)
    assert first.account_id != second.account_id
    assert second.due_satang == first.due_satang


def test_a_hold_outlives_the_code_by_three_days_at_least(cast: Cast) -> None:
    assert timedelta(hours=72) <= payment_requests.GRACE
    payment_request = opened(cast)
    assert payment_request.reserved_until is not None
    assert payment_request.reserved_until - payment_request.expires_at >= timedelta(hours=72)


def test_an_amount_is_reserved_until_its_last_moment_and_free_after_it(cast: Cast) -> None:
    payment_request = opened(cast)
    assert payment_request.reserved_until is not None
    with time_machine.travel(payment_request.reserved_until - timedelta(seconds=5), tick=False):
        with transaction():
            assert payment_requests.expire_due() == 0
        again = db.session().get_one(PaymentRequest, payment_request.id)
        assert payment_requests.status_of(again.state, again.expires_at) == "expired"
        assert opened(cast).due_satang == 88_799
    with time_machine.travel(payment_request.reserved_until + timedelta(seconds=5), tick=False):
        with transaction():
            assert payment_requests.expire_due() == 1
        again = opened(cast)
        assert again.due_satang == 88_800
        assert again.ref1 != payment_request.ref1


@pytest.mark.parametrize("state", [PaymentRequestState.RECEIVED, PaymentRequestState.CANCELLED])
def test_an_amount_that_was_paid_or_given_up_stays_taken_through_its_hold(cast: Cast, state: str) -> None:
    payment_request = opened(cast)
    with transaction() as session:
        if state == PaymentRequestState.RECEIVED:
            arrives(
                satang=88_800,
                paid_at=clock.now(),
                purpose_id=payment_request.purpose_id,
                payment_request_id=payment_request.id,
                by=None,
            )
        else:
            session.execute(
                update(PaymentRequest).where(PaymentRequest.id == payment_request.id).values(state=state)
            )
    assert opened(cast).due_satang == 88_799


def test_a_bill_needs_no_amount_of_its_own(cast: Cast) -> None:
    accounts.identified(biller_id="099400000000300")
    dues = [opened(cast) for _ in range(3)]
    assert [request.due_satang for request in dues] == [88_800] * 3
    assert [request.reserved_until for request in dues] == [None] * 3


@pytest.mark.pages
def test_a_reserved_amount_is_what_its_code_asks_for(cast: Cast) -> None:
    opened(cast)
    second = opened(cast)
    seen = promptpay.decode(second.payload)
    assert isinstance(seen, promptpay.Transfer)
    assert (seen.satang, second.wish_satang) == (88_799, 88_800)
    words = cast.stranger.visit(f"/give/{second.code}").words
    assert "ยอดต่างจากที่ท่านใส่ 1 สตางค์" in words


# Who reserves them


def asked(cast: Cast, address: str, satang: int = 88_800, *, to_status: int = 200) -> Page:
    """Ask for a QR code at /give from an address, as a browser does."""
    visitor = cast.stranger
    token = visitor.visit("/give").text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = visitor.client.post(
        "/give",
        data={"amount": f"{satang / 100:.2f}", "purpose": "general", "csrf_token": token},
        environ_base={"REMOTE_ADDR": address},
        follow_redirects=True,
    )
    db.session.rollback()
    assert answer.status_code == to_status
    return Page(answer, "/give")


def from_there(cast: Cast, address: str, satang: int = 88_800) -> PaymentRequest:
    with transaction():
        return payment_requests.open(
            satang=satang, purpose_id=cast.purpose().id, by=None, visitor_address=address
        )


def held() -> int:
    db.session.rollback()
    return db.session().scalar(select(func.count()).select_from(AmountReservation)) or 0


def test_one_address_cannot_hold_all_amounts_of_a_figure_and_others_still_give(cast: Cast) -> None:
    assert amount_reservations.MOST < 100
    for number in range(amount_reservations.MOST):
        # Whatever the figure is.
        from_there(cast, "198.51.100.7", 88_800 + number % 2 * 100_000)
    before = db.session().scalar(select(func.count()).select_from(PaymentRequest))
    page = asked(cast, "198.51.100.7", to_status=429)
    assert f"ครบ {amount_reservations.MOST} รายการ" in page.words
    assert "เน็ตมือถือ" in page.words
    assert 'value="888.00"' in page.text
    assert db.session().scalar(select(func.count()).select_from(PaymentRequest)) == before
    assert "รหัสอ้างอิง" in asked(cast, "198.51.100.8").words
    # What a network's own treasurer pays is theirs, wherever they sit.
    with transaction():
        network = db.session().scalars(select(Network)).one()
        payment_requests.open(
            satang=88_800, purpose_id=cast.purpose().id, network_id=network.id, by=cast.ton.user
        )


def test_the_addresses_of_one_ipv6_customer_hold_together(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amount_reservations, "MOST", 2)
    from_there(cast, "2001:db8:1:2::1")
    from_there(cast, "2001:db8:1:2:ffff::9")
    with pytest.raises(TooManyTries):
        from_there(cast, "2001:db8:1:2:abcd::3")
    from_there(cast, "2001:db8:1:3::1")


def test_what_was_paid_or_is_free_again_counts_no_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amount_reservations, "MOST", 1)
    first = from_there(cast, "198.51.100.7")
    with pytest.raises(TooManyTries):
        from_there(cast, "198.51.100.7")
    with transaction():
        arrives(
            satang=first.due_satang,
            paid_at=clock.now(),
            purpose_id=first.purpose_id,
            payment_request_id=first.id,
            by=None,
        )
    second = from_there(cast, "198.51.100.7")
    assert second.reserved_until is not None
    with time_machine.travel(second.reserved_until - timedelta(seconds=5), tick=False):
        with pytest.raises(TooManyTries):
            from_there(cast, "198.51.100.7")
        assert held() == 2
    with time_machine.travel(second.reserved_until + timedelta(seconds=5), tick=False):
        from_there(cast, "198.51.100.7")
        with transaction():
            payment_requests.expire_due()
        assert held() == 1


def test_no_address_is_kept_that_anybody_could_read_or_try_out(portal: Flask, cast: Cast) -> None:
    from_there(cast, "198.51.100.7")
    (reservation,) = db.session().scalars(select(AmountReservation))
    assert len(reservation.address_hash) == 32
    assert b"198.51" not in reservation.address_hash
    assert reservation.address_hash != hashlib.sha256(b"198.51.100.7").digest()


def test_a_bill_holds_no_amount_and_tells_of_no_address(cast: Cast) -> None:
    accounts.identified(biller_id="099400000000300")
    from_there(cast, "198.51.100.7")
    assert held() == 0


@pytest.mark.pages
def test_when_all_amounts_of_a_figure_are_taken_a_giver_reads_which_one_is_free(cast: Cast) -> None:
    for number in range(100):
        from_there(cast, f"198.51.100.{number}")
    from_there(cast, "203.0.113.1", 88_900)
    page = asked(cast, "203.0.113.2", to_status=409)
    assert "เพิ่มหรือลดหนึ่งบาท" in page.words
    assert "ยอด 890.00 บาทยังว่าง" in page.words
    assert 'value="888.00"' in page.text
    assert "890.00" in asked(cast, "203.0.113.2", 89_000).words


def test_two_who_ask_at_once_from_one_address_do_not_both_get_the_last_place(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amount_reservations, "MOST", 1)
    purpose_id, start, outcomes = cast.purpose().id, threading.Barrier(6), []

    def ask() -> None:
        with portal.app_context():
            start.wait()
            try:
                with transaction():
                    payment_requests.open(
                        satang=88_800, purpose_id=purpose_id, by=None, visitor_address="198.51.100.7"
                    )
                outcomes.append("held")
            except TooManyTries:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["held", *["refused"] * 5]


# References


def test_a_reference_once_given_is_never_given_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first = opened(cast)
    with transaction() as session:
        session.execute(update(PaymentRequest).values(state=PaymentRequestState.CANCELLED))
    drawn = iter([first.ref1, first.ref1, "F69K7QX3M9P"])
    monkeypatch.setattr(references.references, "make", lambda year: next(drawn))
    assert opened(cast, 100).ref1 == "F69K7QX3M9P"


def test_no_payment_request_is_ever_deleted_so_its_reference_stays_taken(cast: Cast) -> None:
    payment_request = opened(cast)
    with pytest.raises(DBAPIError, match="kept_payment_request"):
        db.session().execute(text("DELETE FROM payment_request"))
    db.session().rollback()
    columns = {
        name: getattr(payment_request, name)
        for name in PaymentRequest.__table__.columns.keys()  # noqa: SIM118 — a collection of columns, not a dict
        if name not in ("id", "due_satang", "code")
    }
    with pytest.raises(Refused), transaction() as session:
        session.add(PaymentRequest(**columns, due_satang=77, code="another"))


@pytest.mark.pages
def test_a_reference_has_no_letters_that_look_alike_and_its_check_catches_every_slip(cast: Cast) -> None:
    for ref1 in (opened(cast, 5_000 + n).ref1 for n in range(20)):
        assert not set(ref1[3:]) & set("01ILOU")
        assert len(ref1) <= 20
        for at in range(3, len(ref1)):
            for other in codes.ALPHABET:
                if other != ref1[at]:
                    assert not codes.is_valid(ref1[:at] + other + ref1[at + 1 :])
            if at + 1 < len(ref1) and ref1[at] != ref1[at + 1]:
                assert not codes.is_valid(ref1[:at] + ref1[at + 1] + ref1[at] + ref1[at + 2 :])
