"""Members of a network give under its standing code: from the wall to the books, the pledge and the day's message."""

from datetime import datetime, time, timedelta

import bank_hands
from bank_hands import NOW, confirmation, generic, send
from flask import Flask
from people import Cast
from sqlalchemy import func, select

from app.fund.bank.reconciliation import matching
from app.fund.giving import reminders
from app.fund.giving.networks import contacts
from app.fund.giving.payment_requests import collections
from app.fund.giving.pledges import pledges
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger import books
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.outbox import Message


def test_members_pay_what_they_choose_and_each_baht_counts_once_to_their_networks_pledge(
    portal: Flask, cast: Cast
) -> None:
    network = db.session().scalars(select(Network).filter_by(code="NET001")).one()
    with transaction():
        pledge = pledges.make(
            network_id=network.id,
            satang=100_000,
            purpose_id=cast.purpose().id,
            expected_on=clock.today() + timedelta(days=30),
            by=cast.ton.user,
        )
        contacts.add(network.id, office="treasurer", name="ต้น", email="ton@example.org", by=cast.busaba.user)
        collection = collections.open(
            network_id=network.id, purpose_id=pledge.purpose_id, pledge_id=pledge.id, by=cast.ton.user
        )
    ref1 = collection.ref1
    paid = [(2_000, NOW), (2_000, NOW + timedelta(minutes=3)), (15_050, NOW + timedelta(minutes=9))]
    for number, (satang, at) in enumerate(paid):
        for _ in range(2):
            sent = confirmation(ref1, satang, number=f"M{number}", at=at, billPaymentRef2="NET001")
            assert send(portal, sent).status_code == 200
    matching.reconcile_new()
    with_statement = generic([(at, satang, ref1, "โอนเข้า") for satang, at in paid])
    bank_hands.import_file(name="s.csv", raw=with_statement, by=cast.kanya.user)
    matching.reconcile_new()
    db.session.rollback()

    donations = db.session().scalars(select(Donation).order_by(Donation.id)).all()
    assert [
        (donation.satang, donation.network_id, donation.pledge_id, donation.payment_request_id)
        for donation in donations
    ] == [(satang, network.id, pledge.id, None) for satang, _ in paid]
    assert pledges.received([pledge.id]) == {pledge.id: 19_050}
    assert db.session().scalar(select(func.count()).select_from(Receipt)) == 3
    assert books.findings() == []

    with transaction():
        assert [reminders.thank(donation.id) for donation in donations] == [0, 0, 0]
        tomorrow = datetime.combine(clock.today() + timedelta(days=1), time(7), BANGKOK)
        assert reminders.run_nightly(tomorrow)["reminded"] == 1
    message = db.session().scalars(select(Message)).one()
    assert "3 ครั้ง รวม 190.50 บาท" in message.body
