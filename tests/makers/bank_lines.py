"""Lines of a statement for tests whose matter is what was paid: as they were decided by themselves."""

from sqlalchemy import select

from app.fund.bank.records import BankEvent, ReconciliationItem, Statement
from app.fund.giving.records.payment_requests import FundAccount
from app.kit import clock
from app.kit.db import transaction


def line(satang: int, *, ref: str = "", description: str = "") -> int:
    """A line of a statement, money out below zero, as it was decided by itself; its id."""
    with transaction() as session:
        account = session.scalars(select(FundAccount.id)).first()
        told = Statement(
            account_id=account,
            file_name="s.csv",
            profile="x",
            file_hash=f"{ref}{satang}{description}"[:64],
            raw=b"",
            imported_at=clock.now(),
            lines=1,
            new_lines=1,
        )
        session.add(told)
        session.flush()
        event = BankEvent(
            source="statement",
            statement_id=told.id,
            line_number=1,
            account_id=account,
            external_id=f"line-{ref}-{satang}-{told.id}",
            satang=satang,
            occurred_at=clock.now(),
            received_at=clock.now(),
            raw=b"{}",
            raw_hash="0" * 64,
            bank_ref=ref,
            description=description,
        )
        session.add(event)
        session.flush()
        session.add(
            ReconciliationItem(
                event_id=event.id,
                state="excluded" if satang < 0 else "waiting",
                match_reason="outgoing" if satang < 0 else "unmatched",
                decided_at=clock.now() if satang < 0 else None,
            )
        )
        return event.id
