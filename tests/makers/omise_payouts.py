"""Charges at Omise and payouts of them."""

from datetime import datetime, timedelta

import bank_hands
from bank_hands import generic, opened
from flask import Flask
from people import Cast
from providers import Provider, webhook, work
from sqlalchemy import select

from app.demo.charges import Charged, event_object
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.kit import clock
from app.kit.db import db


def charged(portal: Flask, cast: Cast, bank: Provider, satang: int = 150_000) -> Charged:
    made = bank.charges.charge(satang=satang, ref1=opened(cast, satang).ref1, payer="ก")
    webhook(portal, event_object(made))
    work()
    return made


def paid_in(
    cast: Cast, *sums: int, at: datetime | None = None, words: str = "รับโอน OMISE PAYOUT"
) -> list[ReconciliationItem]:
    """Lines of one statement, a minute apart, and what became of each."""
    first = at or clock.now() + timedelta(minutes=1)
    lines = [(first + timedelta(minutes=place), satang, "", words) for place, satang in enumerate(sums)]
    bank_hands.import_file(name=f"{first.isoformat()}.csv", raw=generic(lines), by=cast.kanya.user)
    found = select(ReconciliationItem).join(ReconciliationItem.event).where(BankEvent.source == "statement")
    return list(db.session().scalars(found.order_by(BankEvent.id)))[-len(sums) :]
