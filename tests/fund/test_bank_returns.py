"""Taking donations back: what was undone or refunded counts nowhere any more, and what is spent or promised stays."""

from datetime import UTC, datetime

import committee_room as room
import pytest
from asked_payments import pledged
from flask import Flask
from money import arrives
from people import Cast
from sqlalchemy import select

from app.fund.bank.records import Allocation, ReconciliationItem
from app.fund.giving.donations import donations
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.pledges import pledges
from app.fund.giving.receipts.receipts import remaining_satang
from app.fund.giving.records.donations import REFUNDED, UNDONE, Donation, DonationReversal
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger import books
from app.fund.ledger.entries import Entry
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused

PAID_AT = datetime(2022, 9, 30, 18, 30, tzinfo=UTC)


def given(cast: Cast, satang: int = 10_000, **more: object) -> Donation:
    with transaction():
        return arrives(
            satang=satang,
            paid_at=PAID_AT,
            by=None,
            **{"purpose_id": cast.purpose().id, **more},  # type: ignore[arg-type]
        )


def back(cast: Cast, donation: Donation, satang: int, kind: str = REFUNDED) -> None:
    with transaction():
        donations.reverse(donation.id, satang=satang, kind=kind, reason="ผู้ให้ขอคืน", by=cast.kanya.user)
    db.session.rollback()


def receipts_of(donation: Donation) -> list[tuple[int, bool]]:
    rows = db.session().scalars(select(Receipt).filter_by(donation_id=donation.id).order_by(Receipt.id))
    return [(row.printed["satang"], row.voided_at is None) for row in rows]


def test_a_refund_of_a_part_leaves_the_rest_in_the_books_and_on_a_new_receipt(cast: Cast) -> None:
    donation = given(cast)
    back(cast, donation, 3_000)
    assert books.balances()[0].received == 7_000
    assert remaining_satang(donation.id) == 7_000
    assert receipts_of(donation) == [(10_000, False), (7_000, True)]
    entry = db.session().scalars(select(Entry).where(Entry.movement == "give_back")).one()
    assert (entry.satang, entry.by_id) == (3_000, cast.kanya.user_id)
    back(cast, donation, 7_000)
    assert books.balances()[0].received == 0
    assert receipts_of(donation) == [(10_000, False), (7_000, False)]


def test_no_more_goes_back_than_is_left(cast: Cast) -> None:
    donation = given(cast)
    back(cast, donation, 6_000)
    with pytest.raises(Refused, match=r"เหลือ 40\.00 บาท"):
        back(cast, donation, 4_001)
    with pytest.raises(Refused, match="คืนผู้ให้หรือถอนไปแล้ว"):
        back(cast, donation, 4_000, UNDONE)
    with pytest.raises(BadInput):
        back(cast, donation, 0)


def test_a_part_of_a_donation_cannot_be_undone(cast: Cast) -> None:
    donation = given(cast)
    with pytest.raises(BadInput, match="ทั้งก้อน"):
        back(cast, donation, 4_000, UNDONE)


def test_money_that_a_resolution_holds_or_a_payment_used_does_not_go_back(portal: Flask, cast: Cast) -> None:
    donation = given(cast, 500_000)
    code = room.approve(cast, 400_000)
    with pytest.raises(Refused, match=r"พร้อมใช้ 1,000\.00"):
        back(cast, donation, 100_001)
    room.pay(cast, code, 300_000)
    given(cast, 500_000)
    with pytest.raises(Refused, match=r"จ่ายช่วยเหลือไปแล้ว 3,000\.00 บาท จึงคืนได้ไม่เกิน 2,000\.00"):
        back(cast, donation, 200_001)
    assert donations.reversible(donation) == 200_000
    back(cast, donation, 200_000)
    assert donations.reversible(donation) == 0


def test_what_was_undone_counts_for_no_pledge_and_no_payment_request(cast: Cast) -> None:
    pledge = pledged(cast, 100_000)
    with transaction():
        payment_request = payment_requests.open(
            satang=40_000, purpose_id=pledge.purpose_id, pledge_id=pledge.id, by=cast.ton.user
        )
    first = given(cast, 40_000, payment_request_id=payment_request.id, purpose_id=pledge.purpose_id)
    second = given(cast, 40_000, payment_request_id=payment_request.id, purpose_id=pledge.purpose_id)
    assert pledges.received([pledge.id]) == {pledge.id: 80_000}
    back(cast, first, 40_000, UNDONE)
    assert pledges.received([pledge.id]) == {pledge.id: 40_000}
    assert db.session().get_one(PaymentRequest, payment_request.id).state == PaymentRequestState.RECEIVED
    back(cast, second, 40_000, UNDONE)
    assert pledges.received([pledge.id]) == {pledge.id: 0}
    assert db.session().get_one(PaymentRequest, payment_request.id).state == PaymentRequestState.OPEN
    with transaction():
        for donation in (first, second):
            # The money itself is still on the account: its event is undecided again.
            number = (
                db.session().scalars(select(Allocation.event_id).filter_by(donation_id=donation.id)).one()
            )
            db.session().get_one(ReconciliationItem, number).state = "waiting"


def test_a_return_without_its_entry_does_not_pass_the_books(cast: Cast) -> None:
    donation = given(cast)
    with transaction() as session:
        session.add(
            DonationReversal(
                donation_id=donation.id,
                kind=REFUNDED,
                satang=1,
                reason="x",
                at=PAID_AT,
                by_id=cast.kanya.user_id,
            )
        )
        session.flush()
        assert len(books.findings()) >= 2
        session.rollback()


def test_a_return_needs_a_reason(cast: Cast) -> None:
    donation = given(cast)
    with pytest.raises(BadInput, match="เหตุผล"), transaction():
        donations.reverse(donation.id, satang=1, kind=REFUNDED, reason=" ", by=cast.kanya.user)
    assert remaining_satang(donation.id) == donation.satang
