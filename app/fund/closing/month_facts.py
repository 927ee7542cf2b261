"""Month facts: everything that a month-end certificate says, gathered from the bank's lines and the books."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, text

from app.fund.bank.inquiry import denials
from app.fund.bank.match_reasons import UNDECIDED, MatchReason
from app.fund.bank.providers import payouts
from app.fund.bank.reconciliation.deposits import Undeposited
from app.fund.bank.records import (
    CONFIRMED,
    COUNTING,
    Allocation,
    BankEvent,
    ReconciliationItem,
    Statement,
    StatementBasis,
    StatementWithdrawal,
)
from app.fund.closing import continuity, money_out
from app.fund.closing.statement_days import midnight
from app.fund.counter.records import CashCount
from app.fund.giving.records.donations import Donation, DonationReversal
from app.fund.giving.records.payment_requests import FundAccount
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger import entries as ledger_entries
from app.fund.ledger import months, trial_balances
from app.fund.ledger.months import ClosedMonth
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.errors import Refused
from app.kit.injected import Injected
from app.kit.thai import fiscal_year_be, month_year
from app.province.banks import bank_name
from app.staff.users import User


def of_account(account_days: continuity.AccountDays, before: ClosedMonth | None) -> dict[str, Any]:
    """The facts of an account from its days of the month, and from the month closed before, ready for JSON; in satang."""
    certified = _certified_closing(account_days.account, before)
    late = _late_net(account_days.account, before) if before and certified is not None else 0
    return {
        "number": account_days.account.number,
        "bank": bank_name(account_days.account.bank_code),
        "name": account_days.account.name,
        **account_days.totals(),
        "lines": account_days.total("lines"),
        "days": sum(1 for day in account_days.days if day.lines),
        "gaps": [on.isoformat() for on in account_days.gaps],
        "blind": [day.on.isoformat() for day in account_days.days if day.blind],
        "broken": [
            {"on": day.on.isoformat(), "jump": day.jump, "difference": day.difference}
            for day in account_days.days
            if not day.holds
        ],
        # What the month before was certified with, what came to it since, and what neither explains.
        "certified": certified,
        "late": late,
        "unexplained": account_days.opening - certified - late if certified is not None else 0,
    }


def _certified_closing(account: FundAccount, before: ClosedMonth | None) -> int | None:
    if before is None:
        return None
    closings = {account["number"]: account["closing"] for account in before.certified["accounts"]}
    return closings.get(account.number)


def _late_net(account: FundAccount, before: ClosedMonth) -> int:
    net = select(func.coalesce(func.sum(BankEvent.satang), 0)).where(
        BankEvent.source == "statement",
        BankEvent.account_id == account.id,
        BankEvent.occurred_at < midnight(before.last_on + timedelta(days=1)),
        BankEvent.received_at > before.closed_at,
    )
    return int(db.session().scalar(net) or 0)


#: Of tax that was withheld of payments: what the fund held of it from a day to a day; nothing where there was none.
HELD_TAX: Injected[Callable[[date, date], Mapping[str, int]]] = Injected("tax withheld and not remitted yet")
#: A fiscal year ends with September.
_LAST_OF_YEAR = 9
#: A list longer than this is cut on the certificate; its count and sum are whole all the same.
LONGEST = 400

_BOOKS = """SELECT COALESCE(SUM(CASE WHEN e.movement = 'receive' THEN e.satang ELSE 0 END), 0) AS received,
    COALESCE(SUM(CASE WHEN e.movement = 'open' THEN e.satang ELSE 0 END), 0) AS opened,
    COALESCE(SUM(CASE WHEN e.movement = 'give_back' THEN e.satang ELSE 0 END), 0) AS returned,
    COALESCE(SUM(CASE WHEN e.movement = 'commit' THEN e.satang ELSE 0 END), 0) AS committed,
    COALESCE(SUM(CASE WHEN e.movement = 'release' THEN e.satang ELSE 0 END), 0)
        AS released,
    COALESCE(SUM(CASE WHEN e.movement = 'pay' THEN e.satang WHEN e.movement IN ('void', 'return') THEN -e.satang
        ELSE 0 END), 0) AS paid
FROM entry AS e WHERE e.on_date BETWEEN :first AND :last"""

_ENTRIES = """SELECT COUNT(*) AS count, COALESCE(SUM(e.satang), 0) AS satang
FROM entry AS e WHERE e.on_date BETWEEN :first AND :last"""


def entries(first_on: date, last_on: date) -> dict[str, Any]:
    """What would change if an entry of the month were changed, added or taken away: count, sum and fingerprint."""
    row = db.session().execute(text(_ENTRIES), {"first": first_on, "last": last_on}).mappings().one()
    sums = {name: int(value) for name, value in row.items()}
    return {**sums, "hash": ledger_entries.fingerprint(first_on, last_on)}


def gather(first_on: date) -> dict[str, Any]:
    """The facts of a month as they are now, ready for JSON: amounts in satang, days as ISO dates.

    Of the present month up to today. Raises Refused for a month that is still to come.
    """
    last_on = months.last_of(first_on)
    if first_on > clock.today():
        raise Refused(f"เดือน{month_year(first_on)} ยังมาไม่ถึง ยังไม่มีอะไรให้พิสูจน์")
    proved = continuity.prove(first_on, min(last_on, clock.today()))
    before = _month_before(first_on)
    books = db.session().execute(text(_BOOKS), {"first": first_on, "last": last_on}).mappings().one()
    waiting_count, waiting_satang, waiting = _waiting(last_on)
    denied = _denied(first_on, last_on)
    one_person = _one_person(first_on, last_on)
    withdrawn = _withdrawn(first_on, last_on)
    held_tax = HELD_TAX.get()(first_on, last_on)
    at_omise = payouts.of_month(first_on, last_on, before.certified.get("omise") if before else None)
    return {
        "month": months.written(first_on),
        "first_on": first_on.isoformat(),
        "last_on": last_on.isoformat(),
        "accounts": [of_account(account_days, before) for account_days in proved],
        "waiting_count": waiting_count,
        "waiting_satang": waiting_satang,
        "waiting": waiting,
        "outgoing": _outgoing([account_days.account for account_days in proved], first_on, last_on),
        "late": _late(first_on, last_on),
        "returns": _returns(first_on, last_on),
        "receipts": _receipts(first_on, last_on),
        "voided": _voided(first_on, last_on),
        "cash_counts": _cash_counts(first_on, last_on),
        "undeposited": _undeposited(last_on),
        "books": {name: int(value) for name, value in books.items()},
        "entries": entries(first_on, last_on),
        "before": before.facts_hash if before else "",
        **({"tax": dict(held_tax)} if held_tax else {}),
        **({"omise": at_omise} if at_omise else {}),
        **({"year": _year(last_on)} if last_on.month == _LAST_OF_YEAR else {}),
        **({"denied": denied} if denied else {}),
        **({"one_person": one_person} if one_person else {}),
        **({"withdrawn": withdrawn} if withdrawn else {}),
    }


def written(facts: Mapping[str, Any]) -> str:
    """The facts as they are hashed and kept."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)


def _month_before(first_on: date) -> ClosedMonth | None:
    return months.closed((first_on - timedelta(days=1)).replace(day=1))


def _day(moment: datetime) -> str:
    return moment.astimezone(BANGKOK).date().isoformat()


def _event_facts(event: BankEvent, numbers: dict[int, str]) -> dict[str, Any]:
    return {
        "event": event.id,
        "on": _day(event.occurred_at),
        "account": numbers.get(event.account_id or 0, ""),
        "satang": event.satang,
        "payer": event.payer or event.description[:60],
        "reference": event.ref1 or event.bank_ref,
    }


def _numbers() -> dict[int, str]:
    return {
        account.id: account.number
        for account in db.session().execute(select(FundAccount.id, FundAccount.number))
    }


def _waiting(last_on: date) -> tuple[int, int, list[dict[str, Any]]]:
    """Money in, dated until the month's end, that nobody has decided."""
    undecided = and_(
        ReconciliationItem.state.in_(UNDECIDED),
        BankEvent.satang > 0,
        BankEvent.occurred_at < midnight(last_on + timedelta(days=1)),
    )
    session = db.session()
    counted = select(func.count(), func.coalesce(func.sum(BankEvent.satang), 0))
    count, satang = session.execute(
        counted.select_from(ReconciliationItem)
        .join(BankEvent, BankEvent.id == ReconciliationItem.event_id)
        .where(undecided)
    ).one()
    statement = (
        select(BankEvent, ReconciliationItem.reason)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(undecided)
        .order_by(BankEvent.occurred_at, BankEvent.id)
        .limit(LONGEST)
    )
    numbers = _numbers()
    listed = [
        {**_event_facts(event, numbers), "reason": reason} for event, reason in session.execute(statement)
    ]
    return int(count), int(satang), listed


def _denied(first_on: date, last_on: date) -> list[dict[str, Any]]:
    """Lines of the month that a file told of and the bank's own list has not."""
    return [
        {
            "event": denial["id"],
            "on": denial["on_day"].isoformat(),
            "account": denial["number"],
            "satang": denial["satang"],
            "reference": denial["ref1"],
            "posted": denial["state"] == "posted",
            "file": denial["file_name"],
            "by": denial["by_name"] or "",
        }
        for denial in denials.unresolved(first=first_on, last=last_on)
    ][:LONGEST]


def _one_person(first_on: date, last_on: date) -> list[dict[str, Any]]:
    """Files with lines of the month that no second person confirmed, and who brought them in."""
    confirmed = select(StatementBasis.kind).where(
        StatementBasis.statement_id == Statement.id, StatementBasis.kind == CONFIRMED
    )
    lines = select(BankEvent.statement_id).where(
        BankEvent.source == "statement",
        BankEvent.occurred_at >= midnight(first_on),
        BankEvent.occurred_at < midnight(last_on + timedelta(days=1)),
    )
    counting = select(StatementBasis.kind).where(
        StatementBasis.statement_id == Statement.id, StatementBasis.kind.in_(COUNTING)
    )
    rows = (
        select(
            Statement.id,
            Statement.file_name,
            Statement.imported_at,
            User.name.label("by_name"),
            counting.exists().label("counts"),
        )
        .outerjoin(User, User.id == Statement.imported_by_id)
        .where(Statement.id.in_(lines), ~confirmed.exists())
        .order_by(Statement.id)
    )
    return [
        {
            "statement": statement.id,
            "file": statement.file_name,
            "by": statement.by_name or "",
            "on": _day(statement.imported_at),
            "counts": bool(statement.counts),
        }
        for statement in db.session().execute(rows)
    ][:LONGEST]


def _year(last_on: date) -> dict[str, Any]:
    """What a fiscal year ends with, by purpose: what is promised and not paid goes on into the next with its resolutions."""
    year = fiscal_year_be(last_on)
    return {"fiscal_year": year, "purposes": trial_balances.of_year(year).as_facts()}


def _withdrawn(first_on: date, last_on: date) -> list[dict[str, Any]]:
    """Files that two people took out again, of which lines were of the month or which was done in it."""
    since, until = midnight(first_on), midnight(last_on + timedelta(days=1))
    lines = select(BankEvent.statement_id).where(
        BankEvent.source == "withdrawn", BankEvent.occurred_at >= since, BankEvent.occurred_at < until
    )
    done = and_(StatementWithdrawal.at >= since, StatementWithdrawal.at < until)
    rows = (
        select(StatementWithdrawal, Statement.file_name)
        .join(Statement, Statement.id == StatementWithdrawal.statement_id)
        .where(or_(StatementWithdrawal.statement_id.in_(lines), done))
        .order_by(StatementWithdrawal.statement_id)
    )
    return [
        {
            "statement": withdrawal.statement_id,
            "file": file_name,
            "on": _day(withdrawal.at),
            "by": [
                person.name
                for person in (withdrawal.approval.asked_by, withdrawal.approval.decided_by)
                if person
            ],
            "reason": withdrawal.approval.reason,
        }
        for withdrawal, file_name in db.session().execute(rows)
    ][:LONGEST]


def _outgoing(accounts: Iterable[FundAccount], first_on: date, last_on: date) -> list[dict[str, Any]]:
    return [
        {
            "event": line.event_id,
            "on": line.on.isoformat(),
            "account": account.number,
            "satang": line.satang,
            "reference": line.bank_ref,
            "words": line.words or ("คืนเงินให้ผู้โอน" if line.match_reason == MatchReason.REFUND else ""),
            "description": line.description[:80],
        }
        for account in accounts
        for line in money_out.lines(account, first_on, last_on)
    ][:LONGEST]


def _late(first_on: date, last_on: date) -> list[dict[str, Any]]:
    """What came to, or was posted for, a month that was closed by then, in the days of this month."""
    since, until = midnight(first_on), midnight(last_on + timedelta(days=1))
    closed = [month for month in months.all_closed() if month.last_on < first_on]
    if not closed:
        return []
    arrived = and_(BankEvent.received_at >= since, BankEvent.received_at < until)
    posted_at = (
        select(func.max(Donation.posted_at))
        .join(Allocation, Allocation.donation_id == Donation.id)
        .where(Allocation.event_id == BankEvent.id, Donation.posted_at >= since, Donation.posted_at < until)
        .correlate(BankEvent)
        .scalar_subquery()
    )
    posted = select(Allocation.event_id).join(Donation, Donation.id == Allocation.donation_id)
    recent = BankEvent.id.in_(posted.where(Donation.posted_at >= since, Donation.posted_at < until))
    statement = (
        select(BankEvent, ReconciliationItem.state, posted_at)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(BankEvent.occurred_at < since, BankEvent.source != "withdrawn", or_(arrived, recent))
        .order_by(BankEvent.occurred_at, BankEvent.id)
    )
    numbers = _numbers()
    found = []
    for event, state, posted_on in db.session().execute(statement):
        on = event.occurred_at.astimezone(BANGKOK).date()
        month = next((month for month in closed if month.first_on <= on <= month.last_on), None)
        if month is None or not (
            event.received_at > month.closed_at or (posted_on is not None and posted_on > month.closed_at)
        ):
            continue
        found.append(
            {
                **_event_facts(event, numbers),
                "month": months.written(month.first_on),
                "received_on": _day(event.received_at),
                "posted_on": _day(posted_on) if posted_on else "",
                "state": state,
            }
        )
    return found[:LONGEST]


def _returns(first_on: date, last_on: date) -> list[dict[str, Any]]:
    """Money that was given back or taken out of the books again in the month."""
    statement = (
        select(DonationReversal)
        .where(
            DonationReversal.at >= midnight(first_on),
            DonationReversal.at < midnight(last_on + timedelta(days=1)),
        )
        .order_by(DonationReversal.id)
    )
    return [
        {
            "kind": reversal.kind,
            "on": _day(reversal.at),
            "satang": reversal.satang,
            "reason": reversal.reason,
            "donation": reversal.donation_id,
        }
        for reversal in db.session().scalars(statement)
    ][:LONGEST]


def _receipts(first_on: date, last_on: date) -> list[dict[str, Any]]:
    """From which number to which each book issued in the month."""
    statement = (
        select(
            Receipt.fiscal_year_be,
            Receipt.book,
            func.min(Receipt.number),
            func.max(Receipt.number),
            func.count(),
        )
        .where(
            Receipt.issued_at >= midnight(first_on), Receipt.issued_at < midnight(last_on + timedelta(days=1))
        )
        .group_by(Receipt.fiscal_year_be, Receipt.book)
        .order_by(Receipt.fiscal_year_be, Receipt.book)
    )
    return [
        {
            "first": Receipt(fiscal_year_be=year, book=book, number=first).code,
            "last": Receipt(fiscal_year_be=year, book=book, number=last).code,
            "count": count,
        }
        for year, book, first, last, count in db.session().execute(statement)
    ]


def _voided(first_on: date, last_on: date) -> list[dict[str, Any]]:
    statement = (
        select(Receipt)
        .where(
            Receipt.voided_at >= midnight(first_on), Receipt.voided_at < midnight(last_on + timedelta(days=1))
        )
        .order_by(Receipt.id)
    )
    return [
        {"code": receipt.code, "on": _day(receipt.voided_at), "reason": receipt.void_reason or ""}
        for receipt in db.session().scalars(statement)
        if receipt.voided_at
    ][:LONGEST]


def _cash_counts(first_on: date, last_on: date) -> list[dict[str, Any]]:
    statement = (
        select(CashCount).where(CashCount.on.between(first_on, last_on)).order_by(CashCount.on, CashCount.id)
    )
    return [
        {
            "code": cash_count.code,
            "on": cash_count.on.isoformat(),
            "closed": cash_count.closed_at is not None,
            "expected": cash_count.expected_satang,
            "counted": cash_count.counted_satang,
            "reason": cash_count.difference_reason,
        }
        for cash_count in db.session().scalars(statement)
    ]


def _undeposited(last_on: date) -> list[dict[str, Any]]:
    """What was counted until the month's end and no statement shows at the bank."""
    sums: dict[str, dict[str, Any]] = {}
    for item in Undeposited().items:
        if item.cash_count.on <= last_on:
            left = sums.setdefault(
                item.cash_count.code,
                {"code": item.cash_count.code, "on": item.cash_count.on.isoformat(), "satang": 0},
            )
            left["satang"] += item.satang
    return list(sums.values())
