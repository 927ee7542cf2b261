"""Donations and receipts: money that came in is in the books once, and on paper under a number without gaps."""

import json
import threading
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from money import arrives
from people import Cast
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from app.fund.giving.donations import donations
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.pledges import pledges
from app.fund.giving.receipts import receipts
from app.fund.giving.records.donations import REFUNDED, Donation, DonationTotal
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.giving.records.pledges import Pledge
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger import books
from app.fund.ledger.entries import Entry
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.queue import Job

#: 01:30 on 1 October 2565 in Bangkok, still 30 September in UTC.
PAID_AT = datetime(2022, 9, 30, 18, 30, tzinfo=UTC)


def given(cast: Cast, satang: int = 10_100, **more: object) -> Donation:
    with transaction():
        return arrives(
            satang=satang,
            paid_at=PAID_AT,
            purpose_id=cast.purpose().id,
            by=None,
            **more,  # type: ignore[arg-type]
        )


def receipt_of(donation: Donation) -> Receipt:
    return db.session().scalars(select(Receipt).filter_by(donation_id=donation.id, voided_at=None)).one()


def test_a_donation_stands_in_the_books_once_under_its_purpose(cast: Cast) -> None:
    donation = given(cast, 123_456)
    entry = db.session().scalars(select(Entry)).one()
    assert (entry.movement, entry.donation_id, entry.step) == ("receive", donation.id, 1)
    assert (entry.satang, entry.by_id) == (123_456, None)
    balance = next(balance for balance in books.balances() if balance.purpose.code == "general")
    assert (balance.received, balance.available) == (123_456, 123_456)
    assert db.session().scalar(select(func.count()).select_from(Job).filter_by(kind="publish")) == 1


def test_a_donation_makes_its_payment_request_received_and_carries_its_name(cast: Cast) -> None:
    with transaction():
        payment_request = payment_requests.open(
            satang=5_000, purpose_id=cast.purpose().id, donor_name=" ป้าจันทร์   ใจดี ", anonymous=True, by=None
        )
    donation = given(
        cast, 5_000, payment_request_id=payment_request.id, anonymous=False, donor_name="MR CHAN"
    )
    assert (donation.donor_name, donation.anonymous) == ("ป้าจันทร์ ใจดี", True)
    payment_request = db.session().get_one(PaymentRequest, payment_request.id)
    assert (
        payment_request.state,
        payment_requests.status_of(payment_request.state, payment_request.expires_at),
    ) == (PaymentRequestState.RECEIVED, "received")


def test_paying_one_qr_twice_is_two_donations(cast: Cast) -> None:
    with transaction():
        payment_request = payment_requests.open(satang=5_000, purpose_id=cast.purpose().id, by=None)
    first = given(cast, 5_000, payment_request_id=payment_request.id)
    second = given(cast, 5_000, payment_request_id=payment_request.id)
    assert first.id != second.id
    assert books.balances()[0].received == 10_000
    assert receipt_of(first).number + 1 == receipt_of(second).number


def test_a_donors_purpose_cannot_be_changed_on_the_way(cast: Cast) -> None:
    with transaction():
        payment_request = payment_requests.open(
            satang=5_000, purpose_id=cast.purpose("education").id, by=None
        )
    with pytest.raises(Refused, match="ผู้ให้ระบุวัตถุประสงค์"):
        given(cast, 5_000, payment_request_id=payment_request.id)
    assert db.session().scalar(select(func.count()).select_from(Donation)) == 0


def test_a_donation_counts_towards_its_pledge(cast: Cast) -> None:
    from asked_payments import pledged

    from app.fund.giving.pledges import pledges

    pledge = pledged(cast, 100_000)
    with transaction():
        payment_request = payment_requests.open(
            satang=40_000, purpose_id=pledge.purpose_id, pledge_id=pledge.id, by=cast.ton.user
        )
    donation = given(cast, 40_000, payment_request_id=payment_request.id)
    assert (donation.pledge_id, donation.network_id) == (pledge.id, pledge.network_id)
    assert pledges.received([pledge.id]) == {pledge.id: 40_000}
    assert pledges.outstanding(db.session().get_one(Pledge, pledge.id)) == 60_000


def test_the_total_of_a_network_moves_with_its_donations_and_the_books_notice_when_it_does_not(
    cast: Cast,
) -> None:
    network_id = db.session().scalars(select(Network.id).filter_by(code="NET001")).one()
    with transaction():
        pledge = pledges.make(
            network_id=network_id,
            satang=10_000,
            purpose_id=cast.purpose().id,
            expected_on=clock.today(),
            basis="ประชุม",
            by=cast.busaba.user,
        )
    pledged, free = given(cast, 5_000, pledge_id=pledge.id), given(cast, 700, network_id=network_id)
    given(cast, 900)
    with transaction():
        donations.reverse(pledged.id, satang=2_000, kind=REFUNDED, reason="ทดสอบ", by=cast.kanya.user)
    session = db.session()
    totals = select(DonationTotal.pledge_id, DonationTotal.satang).where(
        DonationTotal.network_id == network_id
    )
    assert set(session.execute(totals)) == {(pledge.id, 3_000), (None, 700)}
    assert free.network_id == network_id
    assert books.findings() == []
    session.execute(update(DonationTotal).values(satang=DonationTotal.satang + 1))
    assert sum("NET001 มียอดเงินสมทบ" in found for found in books.findings()) == 2
    session.rollback()


def test_a_receipt_says_the_sum_in_words_and_the_day_it_is_in_bangkok(cast: Cast) -> None:
    receipt = receipt_of(
        given(cast, 10_100, donor_name="นายใจ ดีงาม", anonymous=False, source_words="พร้อมเพย์")
    )
    printed = receipt.printed
    assert printed["words"] == "หนึ่งร้อยเอ็ดบาทถ้วน"
    assert printed["paid_on"] == "2022-10-01"
    assert printed["issued_on"] == clock.today().isoformat()
    assert (printed["payer"], printed["channel"], printed["satang"]) == ("นายใจ ดีงาม", "พร้อมเพย์", 10_100)
    assert receipt.genuine
    assert list(json.loads(receipt.contents)) == sorted(printed)


def test_receipts_are_numbered_by_fiscal_year(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2022, 9, 30))
    codes = [receipt_of(given(cast)).code, receipt_of(given(cast)).code]
    monkeypatch.setattr(clock, "today", lambda: date(2022, 10, 1))
    codes.append(receipt_of(given(cast)).code)
    assert codes == ["2565/000001", "2565/000002", "2566/000001"]


def test_the_receipt_of_an_anonymous_payer_says_that_it_is_of_one(cast: Cast) -> None:
    named = receipt_of(given(cast, donor_name="นายใจ ดีงาม", anonymous=False))
    hidden = receipt_of(given(cast, donor_name="นางเร้น ลับตา", anonymous=True))
    assert (named.printed["anonymous"], hidden.printed["anonymous"]) == (False, True)
    assert hidden.printed["payer"] == "นางเร้น ลับตา"


def test_a_voided_receipt_keeps_its_number_and_can_be_replaced_once(cast: Cast) -> None:
    donation = given(cast, source_words="เคาน์เตอร์")
    first = receipt_of(donation)
    with transaction():
        receipts.void(first.id, reason="พิมพ์ชื่อผิด", by=cast.kanya.user)
    with transaction():
        second = receipts.reissue(first.id, by=cast.kanya.user)
    assert (first.number, second.number) == (1, 2)
    assert (second.printed["replaces"], second.printed["channel"]) == (first.code, "เคาน์เตอร์")
    with pytest.raises(Refused, match="อยู่แล้ว"), transaction():
        receipts.reissue(first.id, by=cast.kanya.user)
    assert receipt_of(given(cast)).number == 3


def test_only_finance_voids_and_only_once(cast: Cast) -> None:
    receipt = receipt_of(given(cast))
    for who in (cast.busaba.user, cast.ton.user, None):
        with pytest.raises(Refused, match="การเงิน"), transaction():
            receipts.void(receipt.id, reason="ลองดู", by=who)
    with pytest.raises(Refused, match="เหตุผล"), transaction():
        receipts.void(receipt.id, reason="  ", by=cast.kanya.user)
    with transaction():
        receipts.void(receipt.id, reason="ออกผิด", by=cast.kanya.user)
    with pytest.raises(Refused, match="ไปแล้ว"), transaction():
        receipts.void(receipt.id, reason="ออกผิด", by=cast.kanya.user)


def test_a_valid_receipt_is_not_issued_again(cast: Cast) -> None:
    donation = given(cast)
    with pytest.raises(Refused, match="อยู่แล้ว"), transaction():
        receipts.issue(db.session().get_one(Donation, donation.id), by=cast.kanya.user)
    with pytest.raises(Refused, match="ยังใช้ได้"), transaction():
        receipts.reissue(receipt_of(donation).id, by=cast.kanya.user)


@pytest.mark.parametrize("column", ["contents", "number", "contents_hash", "token"])
def test_the_database_refuses_to_change_a_receipt(cast: Cast, column: str) -> None:
    given(cast)
    value = 7 if column == "number" else "{}"
    with pytest.raises(Exception, match="final_receipt"), transaction() as session:
        session.execute(update(Receipt).values({column: value}))


def test_the_database_refuses_a_gap(cast: Cast) -> None:
    first = receipt_of(given(cast))
    with transaction():
        receipts.void(first.id, reason="ออกผิด", by=cast.kanya.user)
    with pytest.raises(Refused, match="ออกใบเสร็จรับเงินพร้อมกัน"), transaction() as session:
        session.add(
            Receipt(
                fiscal_year_be=first.fiscal_year_be,
                number=3,
                token="t",
                donation_id=first.donation_id,
                issued_at=clock.now(),
                contents="{}",
                contents_hash="",
            )
        )


def _holes(change: str) -> list[str]:
    """What the books find while `change` stands; it is taken back afterwards."""
    session = db.session()
    session.rollback()
    session.execute(text(change))
    found = books.findings()
    session.rollback()
    return found


def test_the_books_notice_a_donation_that_no_entry_carries(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    donation = given(cast)
    with transaction() as session:
        session.execute(text("DROP TRIGGER final_donation"))
        session.execute(text("DROP TRIGGER kept_donation"))
        session.execute(text("DROP TRIGGER final_receipt"))
        session.execute(text("DROP TRIGGER receipt_voided_once"))
        session.execute(text("DROP TRIGGER kept_receipt"))
    assert books.findings() == []
    found = _holes("UPDATE donation SET satang = satang + 1")
    assert any("ไม่มีรายการบัญชีที่ตรงกัน" in finding for finding in found)
    assert any("เนื้อความไม่ตรง" in finding for finding in found)
    found = _holes(
        "INSERT INTO donation (purpose_id, satang, donor_name, anonymous, paid_at, posted_at) "
        f"SELECT purpose_id, satang, '', 1, paid_at, posted_at FROM donation WHERE id = {donation.id}"
    )
    assert any("ไม่มีใบเสร็จ" in finding for finding in found)
    assert any("มีรายการรับ 1 รายการ แต่มีเงินสมทบ 2 ก้อน" in finding for finding in found)
    found = _holes("UPDATE receipt SET contents = REPLACE(contents, 'paid_on', 'paid_in')")
    assert any("เนื้อความไม่ตรง" in finding for finding in found)
    assert any("แต่มีใบเสร็จ 0 ใบ" in finding for finding in _holes("DELETE FROM receipt"))


def test_the_books_notice_a_payment_request_that_claims_money_it_never_got(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    with transaction():
        payment_requests.open(satang=5_000, purpose_id=cast.purpose().id, by=None)
    found = _holes("UPDATE payment_request SET state = 'received', received_at = opened_at")
    assert any("สถานะไม่ตรง" in finding for finding in found)


@pytest.mark.postgres
def test_twenty_donations_at_once_get_receipts_without_gap(postgres_portal: Flask) -> None:
    purpose_ids = [Cast(postgres_portal).purpose(code).id for code in ("general", "education")]
    failed: list[str] = []
    start = threading.Barrier(20)

    def post(number: int) -> None:
        with postgres_portal.app_context():
            start.wait()
            try:
                with transaction():
                    arrives(
                        satang=100 + number, paid_at=clock.now(), purpose_id=purpose_ids[number % 2], by=None
                    )
            except (Refused, DBAPIError) as error:
                failed.append(repr(error))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=post, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    numbers = db.session().scalars(select(Receipt.number).order_by(Receipt.number)).all()
    assert list(numbers) == list(range(1, 21))
