"""Continuity: each day of each account proved from the bank's running balance, every satang of it accounted for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Date, select, text

from app.fund.closing import money_out, statement_days
from app.fund.giving.records.payment_requests import FundAccount
from app.kit.clock import BANGKOK
from app.kit.db import UtcDateTime, db

#: More runs of lines than this in one day are not put in order; such a day shows as broken.
_MOST_RUNS = 12


@dataclass(slots=True, kw_only=True)
class Day:
    """One day of one account, in satang. `opening + in − out = closing` as the bank's balances say it.

    `posted + waiting + ignored` is what became of the money in: donations, what a person must still decide, what is no
    donation. Of the posted, `by_callback` was told by another source first; of the ignored, `deposits` came from the
    fund's own counter. `difference` is what the balance moved by and nothing explains: zero, or something is missing.
    """

    on: date
    lines: int = 0
    opening: int = 0
    came: int = 0
    went: int = 0
    closing: int = 0
    posted: int = 0
    by_callback: int = 0
    waiting: int = 0
    ignored: int = 0
    deposits: int = 0
    refunds: int = 0
    payments: int = 0
    #: Lines that a second file told again in other words; they are no movement.
    copies: int = 0
    #: Told by a callback on this day, posted or waiting, and on no statement yet.
    unstated: int = 0
    unstated_count: int = 0
    #: Money in, posted or undecided, that only a file tells of which no second person confirmed.
    one_person: int = 0
    one_person_count: int = 0
    #: A statement tells of this day, by a line, by its period or by balances that meet around it.
    covered: bool = False
    #: The running balance jumped by so much since the line before, or the day's lines do not form a chain.
    jump: int = 0
    broken: bool = False
    #: Lines without a balance: their order cannot be proved.
    blind: bool = False

    @property
    def difference(self) -> int:
        return self.closing - self.opening + self.went - self.posted - self.waiting - self.ignored

    @property
    def holds(self) -> bool:
        return self.difference == 0 and not self.jump and not self.broken

    def as_json(self) -> dict[str, Any]:
        """The day for a machine, in satang."""
        return {
            "on": self.on.isoformat(),
            "opening": self.opening,
            "in": self.came,
            "out": self.went,
            "closing": self.closing,
            "posted": self.posted,
            "waiting": self.waiting,
            "ignored": self.ignored,
            "difference": self.difference,
            "posted_by_callback": self.by_callback,
            "deposits": self.deposits,
            "refunds": self.refunds,
            "payments": self.payments,
            "not_on_statement": self.unstated,
            "one_person": self.one_person,
            "lines": self.lines,
            "covered": self.covered,
        }


#: The figures of a day that are always told, under these names.
FIGURES = ("opening", "in", "out", "closing", "posted", "waiting", "ignored", "difference")
_SUMS = ("came", "went", "posted", "by_callback", "waiting", "ignored", "deposits", "refunds")


@dataclass(slots=True, kw_only=True)
class AccountDays:
    """The days asked for of one account, all of them, in order."""

    account: FundAccount
    days: list[Day] = field(default_factory=list)

    @property
    def opening(self) -> int:
        return self.days[0].opening if self.days else 0

    @property
    def closing(self) -> int:
        return self.days[-1].closing if self.days else 0

    @property
    def gaps(self) -> list[date]:
        """Days that no statement covers."""
        return [day.on for day in self.days if not day.covered]

    @property
    def jumps(self) -> list[Day]:
        return [day for day in self.days if day.jump or day.broken]

    @property
    def difference(self) -> int:
        return sum(day.difference for day in self.days)

    @property
    def holds(self) -> bool:
        """Every day by itself: two days that are wrong by the same sum do not make each other right."""
        return all(day.holds for day in self.days)

    def total(self, name: str) -> int:
        return sum(getattr(day, name) for day in self.days)

    def totals(self) -> dict[str, int]:
        return {
            "opening": self.opening,
            **{
                "in" if name == "came" else "out" if name == "went" else name: self.total(name)
                for name in _SUMS
            },
            "payments": self.total("payments"),
            "closing": self.closing,
            "difference": self.difference,
            "unstated": self.total("unstated"),
            "unstated_count": self.total("unstated_count"),
            "one_person": self.total("one_person"),
            "one_person_count": self.total("one_person_count"),
        }


def prove(first: date, last: date, *, accounts: Sequence[FundAccount] | None = None) -> list[AccountDays]:
    """Every day from first to last of each account that was ever opened, proved. Changes nothing."""
    if accounts is None:
        statement = select(FundAccount).where(FundAccount.state != "proposed").order_by(FundAccount.id)
        accounts = list(db.session().scalars(statement))
    return [_prove(account, first, last) for account in accounts]


def bounds() -> tuple[date, date] | None:
    """The days of the first and the last bank event on an account; None before there is any."""
    row = db.session().execute(
        text(
            # Each by itself, so that each is read off an end of the index: asked for together they cost a scan.
            """SELECT (SELECT occurred_at FROM bank_event WHERE account_id IS NOT NULL AND source <> 'withdrawn'
                    ORDER BY occurred_at LIMIT 1) AS first_at,
                (SELECT occurred_at FROM bank_event WHERE account_id IS NOT NULL AND source <> 'withdrawn'
                    ORDER BY occurred_at DESC LIMIT 1) AS last_at"""
        ).columns(first_at=UtcDateTime, last_at=UtcDateTime)
    )
    first_at, last_at = row.one()
    return (first_at.astimezone(BANGKOK).date(), last_at.astimezone(BANGKOK).date()) if first_at else None


def _prove(account: FundAccount, first: date, last: date) -> AccountDays:
    before, after = statement_days.neighbours(account.id, first, last)
    days = [Day(on=first + timedelta(days=n)) for n in range((last - first).days + 1)]
    by_day = {day.on: day for day in days}
    for row in statement_days.sums(account.id, before or first, after or last):
        on = date.fromisoformat(row["on_day"])
        day = by_day.setdefault(on, Day(on=on))
        for name in ("lines", "copies", *_SUMS):
            setattr(day, name, int(row[name] or 0))
        day.blind = bool(row["blind"])
        day.opening, day.closing = row["opening"] or 0, row["closing"] or 0
        if row["breaks"] and not day.blind:
            _rechain(account, day)
    _carry(sorted((day for day in by_day.values()), key=lambda day: day.on), known=bool(before))
    _cover(days, by_day, _periods(account, first, last))
    for row in statement_days.unstated(account.id, first, last):
        day = by_day[date.fromisoformat(row["on_day"])]
        day.unstated, day.unstated_count = int(row["unstated"]), int(row["unstated_count"])
    for row in statement_days.of_one_person(account.id, first, last):
        day = by_day[date.fromisoformat(row["on_day"])]
        day.one_person, day.one_person_count = int(row["one_person"]), int(row["one_person_count"])
    for line in money_out.lines(account, first, last):
        if line.words:
            by_day[line.on].payments += line.satang
    return AccountDays(account=account, days=days)


def _rechain(account: FundAccount, day: Day) -> None:
    """Put the runs of a day's lines, as several files brought them, into the order in which balances follow."""
    lines = statement_days.in_order(account.id, day.on)
    runs = [[lines[0][1] - lines[0][0], lines[0][1]]]
    for (_, balance), (satang, then) in pairwise(lines):
        if balance + satang == then:
            runs[-1][1] = then
        else:
            runs.append([then - satang, then])
    way = next(_ways(runs), None) if len(runs) <= _MOST_RUNS else None
    if way is None:
        day.broken = True
        return
    day.opening, day.closing = way


def _ways(runs: list[list[int]]) -> Iterator[tuple[int, int]]:
    """Opening and closing of each order in which every run begins where the one before ended."""

    def follow(at: int, left: list[list[int]]) -> Iterator[int]:
        if not left:
            yield at
        for place, (opening, closing) in enumerate(left):
            if opening == at:
                yield from follow(closing, left[:place] + left[place + 1 :])

    for place, (opening, closing) in enumerate(runs):
        for end in follow(closing, runs[:place] + runs[place + 1 :]):
            yield opening, end


def _carry(days: Sequence[Day], *, known: bool) -> None:
    """Give every day the closing of the day before as its opening, and note where the bank's own balance jumps."""
    balance: int | None = None
    for day in days:
        if day.lines == 0:
            day.opening = day.closing = balance or 0
            continue
        if day.blind:
            day.opening = balance or 0
            day.closing = day.opening + day.came - day.went
        elif balance is None:
            pass
        else:
            day.jump = day.opening - balance
            day.opening = balance
        balance = day.closing
    first = next((day for day in days if day.lines), None)
    if first is not None and not known:
        # Before its first line the account held what that line began with.
        for day in days:
            if day is first:
                break
            day.opening = day.closing = first.opening


def _periods(account: FundAccount, first: date, last: date) -> list[tuple[date, date]]:
    """What statements say that they tell of; never a day after the one on which they came in."""
    query = text(
        """SELECT from_on, to_on, imported_at FROM statement WHERE account_id = :account AND from_on <= :last AND to_on >= :first
            AND NOT EXISTS (SELECT 1 FROM statement_withdrawal AS w WHERE w.statement_id = statement.id)"""
    ).columns(from_on=Date, to_on=Date, imported_at=UtcDateTime)
    rows = db.session().execute(query, {"account": account.id, "first": first, "last": last})
    return [(since, min(until, at.astimezone(BANGKOK).date())) for since, until, at in rows]


def _cover(days: Sequence[Day], by_day: Mapping[date, Day], periods: Sequence[tuple[date, date]]) -> None:
    """A day is covered by a line, by the period of a statement, or by balances that meet on both sides of it."""
    for day in days:
        day.covered = bool(day.lines) or any(since <= day.on <= until for since, until in periods)
    for since, until in pairwise(sorted(on for on, day in by_day.items() if day.lines)):
        between = [day for day in days if since < day.on < until]
        if by_day[until].jump:
            # Something is missing in between, whatever period a file states.
            for day in between:
                day.covered = False
        elif not by_day[until].blind and not by_day[since].blind:
            for day in between:
                day.covered = True


def as_json(proved: Sequence[AccountDays]) -> dict[str, Any]:
    """What was proved, for a machine: per account and day, in satang. Days on which nothing happened and nothing is
    missing are left out."""
    return {
        "holds": all(account_days.holds for account_days in proved),
        "difference": sum(abs(day.difference) for account_days in proved for day in account_days.days),
        "accounts": [
            {
                "account": account_days.account.number,
                "bank": account_days.account.bank_code,
                "holds": account_days.holds,
                **account_days.totals(),
                "gaps": [on.isoformat() for on in account_days.gaps],
                "days": [
                    day.as_json()
                    for day in account_days.days
                    if day.lines or day.unstated or not day.holds or not day.covered
                ],
            }
            for account_days in proved
        ],
    }
