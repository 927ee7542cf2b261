"""Payment requests: references and amounts that mean one intention to give and no other."""

import threading
from datetime import timedelta

import accounts
import pytest
from asked_payments import pledged
from flask import Flask
from money import arrives
from people import Cast
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from app.fund.giving.payment_requests import payloads, payment_requests
from app.fund.giving.pledges import pledges
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.ledger.entries import Entry
from app.kit import clock, promptpay, references
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused


@pytest.fixture
def without_biller(cast: Cast) -> None:
    """The bank has not registered the fund as a biller yet: QR codes are tag 29."""
    accounts.identified(biller_id=None)


def opened(cast: Cast, satang: int = 150_000, **more: object) -> PaymentRequest:
    with transaction():
        return payment_requests.open(satang=satang, purpose_id=cast.purpose().id, by=None, **more)  # type: ignore[arg-type]


def test_a_qr_with_a_biller_id_carries_our_biller_reference_and_amount(cast: Cast) -> None:
    payment_request = opened(cast, 150_037)
    seen = promptpay.decode(payment_request.payload)
    assert isinstance(seen, promptpay.Bill)
    assert (seen.biller, seen.ref1, seen.ref2) == ("099400000000300", payment_request.ref1, "PUBLIC")
    assert (seen.satang, seen.point_of_initiation) == (150_037, "12")
    assert (payment_request.tag, payment_request.wish_satang, payment_request.due_satang) == (
        30,
        150_037,
        150_037,
    )
    assert references.is_valid(payment_request.ref1)


def test_opening_a_payment_request_posts_nothing(cast: Cast) -> None:
    opened(cast)
    assert db.session().scalar(select(func.count()).select_from(Entry)) == 0


def test_a_network_pays_its_pledge_with_its_own_code_as_the_second_reference(cast: Cast) -> None:
    pledge = pledged(cast)
    with transaction():
        payment_request = payment_requests.open(
            satang=400_000, purpose_id=pledge.purpose_id, pledge_id=pledge.id, by=cast.ton.user
        )
    assert (payment_request.ref2, payment_request.pledge_id, payment_request.network_id) == (
        "NET001",
        pledge.id,
        pledge.network_id,
    )
    assert "0306NET001" in payment_request.payload


def test_a_pledge_is_not_paid_beyond_what_is_outstanding(cast: Cast) -> None:
    pledge = pledged(cast, 500_000)
    with pytest.raises(Refused, match="ยังค้าง"), transaction():
        payment_requests.open(
            satang=500_001, purpose_id=pledge.purpose_id, pledge_id=pledge.id, by=cast.ton.user
        )
    with transaction():
        assert (
            payment_requests.open(
                satang=500_000, purpose_id=pledge.purpose_id, pledge_id=pledge.id, by=cast.ton.user
            ).due_satang
            == 500_000
        )


def test_only_who_speaks_for_the_network_pays_its_pledge(cast: Cast) -> None:
    pledge = pledged(cast)
    for who in (None, cast.malee.user, cast.kanya.user):
        with pytest.raises(Refused, match="เครือข่าย"), transaction():
            payment_requests.open(satang=100, purpose_id=pledge.purpose_id, pledge_id=pledge.id, by=who)


def test_a_withdrawn_pledge_is_not_paid(cast: Cast) -> None:
    pledge = pledged(cast)
    with transaction():
        pledges.withdraw(pledge.id, by=cast.ton.user)
    with pytest.raises(Refused, match="ถอน"), transaction():
        payment_requests.open(satang=100, purpose_id=pledge.purpose_id, pledge_id=pledge.id, by=cast.ton.user)


def test_without_an_open_account_there_is_no_qr_but_pledges_are_welcome(cast: Cast) -> None:
    accounts.shut()
    assert pledged(cast).code.startswith("PL-")
    with pytest.raises(Refused, match="ยังไม่เปิดบัญชี"):
        opened(cast)


def test_a_closed_purpose_takes_no_new_donations(cast: Cast) -> None:
    with transaction():
        cast.purpose().open = False
    with pytest.raises(Refused, match="วัตถุประสงค์"):
        opened(cast)


@pytest.mark.pages
@pytest.mark.parametrize(("satang", "kind"), [(0, BadInput), (-1, BadInput), (10**12, Refused)])
def test_an_amount_no_qr_can_carry_is_refused(cast: Cast, satang: int, kind: type[Refused]) -> None:
    with pytest.raises(kind):
        opened(cast, satang)


def test_a_payload_that_reads_otherwise_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    right = promptpay.encode

    def one_satang_off(bill: promptpay.Bill) -> str:
        return right(promptpay.Bill(biller=bill.biller, ref1=bill.ref1, ref2=bill.ref2, satang=101))

    monkeypatch.setattr(promptpay, "encode", one_satang_off)
    with pytest.raises(Refused, match="ไม่ตรง"):
        payloads.of_bill(biller="099400000000300", ref1="F69ABC", ref2="PUBLIC", satang=100)


def test_references_are_found_however_they_are_typed(cast: Cast) -> None:
    payment_request = opened(cast)
    typed = f" {payment_request.ref1[:3].lower()}-{payment_request.ref1[3:].lower()} "
    found = payment_requests.by_ref1(typed)
    assert found is not None
    assert found.id == payment_request.id
    assert payment_requests.by_ref1("F69AAAAAAAA") is None
    assert payment_requests.by_ref1("ไม่ใช่รหัส") is None


def test_without_a_biller_id_equal_wishes_get_different_amounts(cast: Cast, without_biller: None) -> None:
    dues = [opened(cast, 100_000).due_satang for _ in range(5)]
    assert dues == [100_000, 99_999, 99_998, 99_997, 99_996]


def test_a_transfer_qr_pays_the_funds_tax_id(cast: Cast, without_biller: None) -> None:
    payment_request = opened(cast, 100_000)
    seen = promptpay.decode(payment_request.payload)
    assert isinstance(seen, promptpay.Transfer)
    assert (seen.proxy, seen.satang, payment_request.tag) == ("0994000000003", 100_000, 29)
    assert payment_request.reserved_until == payment_request.expires_at + payment_requests.GRACE


@pytest.mark.pages
def test_no_transfer_qr_is_shown_on_which_two_writers_differ(
    cast: Cast, without_biller: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = promptpay.encode(
        promptpay.Transfer(proxy_type=promptpay.ProxyType.NATID, proxy="0994000000014", satang=100_000)
    )
    monkeypatch.setattr(promptpay.second_writer._package, "generate_payload", lambda *_: another)
    page = cast.stranger.send("/give", amount="1000", to_status=409)
    assert "ไม่แสดง" in page.words
    assert db.session().scalars(select(PaymentRequest)).all() == []


def test_when_every_amount_is_taken_the_asker_is_told_to_change_it(cast: Cast, without_biller: None) -> None:
    with transaction():
        for _ in range(100):
            payment_requests.open(satang=50_000, purpose_id=cast.purpose().id, by=None)
    with pytest.raises(Refused, match="เปลี่ยนจำนวน"):
        opened(cast, 50_000)
    assert opened(cast, 50_100).due_satang == 50_100


def test_the_reserved_amount_never_falls_below_one_satang(cast: Cast, without_biller: None) -> None:
    assert [opened(cast, 2).due_satang, opened(cast, 2).due_satang] == [2, 1]
    with pytest.raises(Refused):
        opened(cast, 2)


def test_an_amount_stays_taken_while_a_late_statement_may_tell_of_it(
    cast: Cast, without_biller: None
) -> None:
    first = opened(cast, 70_000)
    with transaction():
        arrives(
            satang=70_000,
            paid_at=clock.now(),
            purpose_id=first.purpose_id,
            payment_request_id=first.id,
            by=None,
        )
    assert opened(cast, 70_000).due_satang == 69_999
    with transaction() as session:
        session.execute(update(PaymentRequest).values(reserved_until=clock.now() - timedelta(seconds=1)))
    assert opened(cast, 70_000).due_satang == 70_000


def test_the_database_itself_refuses_two_open_payment_requests_of_one_amount(
    cast: Cast, without_biller: None
) -> None:
    first = opened(cast, 70_000)
    columns = {
        name: getattr(first, name)
        for name in PaymentRequest.__table__.columns.keys()  # noqa: SIM118 — a collection of columns, not a dict
        if name != "id"
    }
    with pytest.raises(Refused, match="จองยอด"), transaction() as session:
        session.add(PaymentRequest(**{**columns, "code": "another", "ref1": "ANOTHER"}))


def test_a_bill_expires_at_once_and_a_transfer_after_its_hold(cast: Cast) -> None:
    bill = opened(cast)
    accounts.identified(biller_id=None)
    transfer = opened(cast, 30_000)
    with transaction():
        assert payment_requests.expire_due() == 0
    past = clock.now() - timedelta(minutes=1)
    with transaction() as session:
        session.execute(update(PaymentRequest).values(expires_at=past))
    with transaction():
        assert payment_requests.expire_due() == 1
    session = db.session()
    bill, transfer = session.get_one(PaymentRequest, bill.id), session.get_one(PaymentRequest, transfer.id)
    assert (bill.state, payment_requests.status_of(bill.state, bill.expires_at)) == (
        PaymentRequestState.EXPIRED,
        "expired",
    )
    assert (transfer.state, payment_requests.status_of(transfer.state, transfer.expires_at)) == (
        PaymentRequestState.OPEN,
        "expired",
    )
    with transaction() as session:
        session.execute(update(PaymentRequest).where(PaymentRequest.tag == 29).values(reserved_until=past))
    with transaction():
        assert payment_requests.expire_due() == 1
    assert db.session().get_one(PaymentRequest, transfer.id).state == PaymentRequestState.EXPIRED


@pytest.mark.postgres
def test_twenty_askers_at_once_get_twenty_amounts(postgres_portal: Flask) -> None:
    cast = Cast(postgres_portal)
    purpose_id = cast.purpose().id
    accounts.identified(biller_id=None)
    dues: list[int] = []
    start = threading.Barrier(20)

    def ask() -> None:
        with postgres_portal.app_context():
            start.wait()
            try:
                with transaction():
                    dues.append(
                        payment_requests.open(satang=88_800, purpose_id=purpose_id, by=None).due_satang
                    )
            except (Refused, DBAPIError) as error:
                dues.append(repr(error))  # type: ignore[arg-type]
            finally:
                db.session.remove()

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(dues) == list(range(88_781, 88_801))
