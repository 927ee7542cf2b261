"""Trial balances: what each account held before some days, what moved in them and what it held after, from the entries alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select

from app.fund.ledger import months
from app.fund.ledger.accounts import Account, AccountKind, Purpose
from app.fund.ledger.entries import Entry, Movement
from app.kit import clock, money, thai
from app.kit.db import db
from app.kit.portal import fill
from app.province.profile import Profile

#: The account of money received is told in two lines: what came from before these books is no donation.
OPENING_NAME = "รับแล้ว: ยอดยกมาเมื่อเริ่มบัญชี"
_NAMES = {kind: kind.words for kind in AccountKind} | {AccountKind.RECEIVED: "รับแล้ว: เงินสมทบ"}
HEADER = ("วัตถุประสงค์", "บัญชี", "ยอดต้นงวด", "เดบิต", "เครดิต", "ยอดปลายงวด")


@dataclass(slots=True)
class Line:
    """One account of a purpose, in satang. Money received is credit by nature, everything else debit."""

    name: str
    is_credit: bool
    opening: int = 0
    debit: int = 0
    credit: int = 0

    @property
    def closing(self) -> int:
        moved = self.debit - self.credit
        return self.opening + (-moved if self.is_credit else moved)


@dataclass(frozen=True, slots=True)
class PurposeLines:
    """The accounts of one purpose."""

    purpose: Purpose
    brought: Line
    lines: Mapping[AccountKind, Line]

    @property
    def all(self) -> list[Line]:
        """Received first, what was brought forward before it where there is any."""
        brought = [self.brought] if self.brought.opening or self.brought.credit else []
        return [*brought, *(self.lines[kind] for kind in AccountKind)]


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The books between two days, both included."""

    first_on: date
    last_on: date
    purposes: list[PurposeLines] = field(default_factory=list)

    def total(self, name: str, *, is_credit: bool | None = None) -> int:
        """The sum of one column; of one nature, or of all lines."""
        return sum(
            getattr(line, name)
            for purpose in self.purposes
            for line in purpose.all
            if is_credit is None or line.is_credit == is_credit
        )

    @property
    def holds(self) -> bool:
        """Debits equal credits, in what moved and in what is left."""
        return self.total("debit") == self.total("credit") and self.total(
            "closing", is_credit=True
        ) == self.total("closing", is_credit=False)

    def rows(self) -> list[tuple[str, str, int, int, int, int]]:
        """Purpose, account, opening, debit, credit, closing of each line."""
        return [
            (purpose.purpose.name_th, line.name, line.opening, line.debit, line.credit, line.closing)
            for purpose in self.purposes
            for line in purpose.all
        ]

    def as_facts(self) -> list[dict[str, Any]]:
        """What each purpose carries over, as a certificate keeps it."""
        return [
            {
                "code": row.purpose.code,
                "name": row.purpose.name_th,
                "brought": row.brought.closing,
                **{kind.value: row.lines[kind].closing for kind in AccountKind},
                "opening": {kind.value: row.lines[kind].opening for kind in AccountKind},
            }
            for row in self.purposes
        ]


def between(first_on: date, last_on: date) -> TrialBalance:
    """The trial balance of these days, of every purpose that any money was ever booked for. Changes nothing."""
    before = func.sum(case((Entry.on < first_on, Entry.satang), else_=0))
    within = func.sum(case((Entry.on >= first_on, Entry.satang), else_=0))
    statement = (
        select(Entry.debit_id, Entry.credit_id, Entry.movement, before, within)
        .where(Entry.on <= last_on)
        .group_by(Entry.debit_id, Entry.credit_id, Entry.movement)
    )
    accounts = {account.id: account for account in db.session().scalars(select(Account))}
    found: dict[int, PurposeLines] = {}
    for debit_id, credit_id, movement, earlier, now in db.session().execute(statement):
        for number, is_debit in ((debit_id, True), (credit_id, False)):
            account = accounts[number]
            row = found.setdefault(account.purpose_id, _empty(account.purpose))
            is_opening = movement == Movement.OPEN and account.kind == AccountKind.RECEIVED
            line = row.brought if is_opening else row.lines[AccountKind(account.kind)]
            line.opening += int(earlier) if is_debit != line.is_credit else -int(earlier)
            if is_debit:
                line.debit += int(now)
            else:
                line.credit += int(now)
    return TrialBalance(first_on, last_on, [found[number] for number in sorted(found)])


def _empty(purpose: Purpose) -> PurposeLines:
    lines = {kind: Line(_NAMES[kind], kind == AccountKind.RECEIVED) for kind in AccountKind}
    return PurposeLines(purpose, Line(OPENING_NAME, True), lines)


def of_month(first_on: date) -> TrialBalance:
    """Of a month, up to today where it is not over."""
    return between(first_on, min(months.last_of(first_on), clock.today()))


def of_year(year: int) -> TrialBalance:
    """Of a fiscal year of the Buddhist era, up to today where it is not over."""
    first_on, last_on = thai.fiscal_year_days(year)
    return between(first_on, min(last_on, clock.today()))


def years() -> list[int]:
    """The fiscal years of the books, newest first."""
    first = db.session().scalar(select(func.min(Entry.on))) or clock.today()
    newest = thai.fiscal_year_be(clock.today())
    return list(range(newest, thai.fiscal_year_be(first) - 1, -1))


def paper(balance: TrialBalance, *, title: str, at: datetime) -> bytes:
    """The trial balance on A4, in Thai digits."""
    from app.kit import pdf

    profile = Profile.here()
    html = fill(
        "pdf/trial_balance.html",
        balance=balance,
        profile=profile,
        title=title,
        at=at,
        th=thai.thai_digits,
        baht=lambda satang: thai.thai_digits(money.format_baht(satang)),
    )
    return pdf.render(html, title=f"งบทดลอง {title}", author=profile.fund_th)
