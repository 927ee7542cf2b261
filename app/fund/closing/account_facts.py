"""Account facts: what a month-end certificate says of one account, and whether it meets the month before."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from app.fund.bank.records import BankEvent
from app.fund.closing import continuity
from app.fund.closing.statement_days import midnight
from app.fund.giving.records.payment_requests import FundAccount
from app.fund.ledger.months import ClosedMonth
from app.kit.db import db
from app.province.banks import bank_name


def of(one: continuity.AccountDays, before: ClosedMonth | None) -> dict[str, Any]:
    """The facts of an account from its days of the month, and from the month closed before, ready for JSON; in satang."""
    certified = _certified_closing(one.account, before)
    late = _late_net(one.account, before) if before and certified is not None else 0
    return {
        "number": one.account.number,
        "bank": bank_name(one.account.bank_code),
        "name": one.account.name,
        **one.totals(),
        "lines": one.total("lines"),
        "days": sum(1 for day in one.days if day.lines),
        "gaps": [on.isoformat() for on in one.gaps],
        "blind": [day.on.isoformat() for day in one.days if day.blind],
        "broken": [
            {"on": day.on.isoformat(), "jump": day.jump, "difference": day.difference}
            for day in one.days
            if not day.holds
        ],
        # What the month before was certified with, what came to it since, and what neither explains.
        "certified": certified,
        "late": late,
        "unexplained": one.opening - certified - late if certified is not None else 0,
    }


def _certified_closing(account: FundAccount, before: ClosedMonth | None) -> int | None:
    if before is None:
        return None
    closings = {one["number"]: one["closing"] for one in before.certified["accounts"]}
    return closings.get(account.number)


def _late_net(account: FundAccount, before: ClosedMonth) -> int:
    net = select(func.coalesce(func.sum(BankEvent.satang), 0)).where(
        BankEvent.source == "statement",
        BankEvent.account_id == account.id,
        BankEvent.occurred_at < midnight(before.last_on + timedelta(days=1)),
        BankEvent.received_at > before.closed_at,
    )
    return int(db.session().scalar(net) or 0)
