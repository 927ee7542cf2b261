"""Money for tests whose matter is not the bank: a donation with the bank event that a donation always has behind it."""

import itertools
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.fund.bank.records import Allocation, BankEvent, ReconciliationItem
from app.fund.giving.donations import donations
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.payment_requests import FundAccount
from app.kit import clock
from app.kit.db import db

_numbers = itertools.count(1)


def arrives(*, satang: int, paid_at: datetime, statement_id: int | None = None, **more: Any) -> Donation:
    """`donations.post` with the same arguments, and the money on the fund's account: told by the bank itself, or the
    first line of a statement. Inside a transaction."""
    session = db.session()
    event = BankEvent(
        source="statement" if statement_id else "scb",
        statement_id=statement_id,
        line_number=1 if statement_id else None,
        external_id=f"money-for-tests-{next(_numbers)}",
        account_id=session.scalar(select(FundAccount.id).order_by(FundAccount.id).limit(1)),
        received_at=clock.now(),
        raw=b"{}",
        raw_hash="0" * 64,
        satang=satang,
        occurred_at=paid_at,
    )
    donation = donations.post(satang=satang, paid_at=paid_at, **more)
    session.add(event)
    session.flush()
    session.add(Allocation(event_id=event.id, donation_id=donation.id, satang=satang))
    session.add(ReconciliationItem(event_id=event.id, state="posted", decided_at=clock.now()))
    session.flush()
    return donation
