"""The books: what checks them, when they were checked last, and what they say now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.fund.ledger import expected
from app.fund.ledger.accounts import Account, AccountKind, Purpose
from app.kit import clock
from app.kit.db import Base, Id, UtcDateTime, db
from app.kit.injected import Injected


class BooksCheck(Base):
    """One check of the books: did they hold, and if not, what was found."""

    __tablename__ = "books_check"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    held: Mapped[bool]
    #: Findings in Thai, one a line; empty when the books held.
    findings: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(20), default="job")


@dataclass(frozen=True, slots=True)
class IntegrityCheck:
    """What must hold of the whole books: a Thai sentence that states it, and what finds where it does not."""

    name: str
    #: Answers with findings, one Thai sentence each; none means that it holds. Changes nothing.
    find: Callable[[], list[str]]


#: The integrity checks of all rooms, by name.
CHECKS: Injected[Mapping[str, IntegrityCheck]] = Injected("integrity checks")
_NOT_MADE = "ไม่ได้ตรวจข้อนี้ เพราะส่วนของโปรแกรมที่ตรวจไม่ได้ถูกเปิดใช้ กรุณาแจ้งผู้ดูแลระบบ"


def integrity_check(name: str) -> Callable[[Callable[[], list[str]]], IntegrityCheck]:
    """Name an integrity check. It is made once its room lists it in `app/rooms.py`."""

    def named(find: Callable[[], list[str]]) -> IntegrityCheck:
        return IntegrityCheck(name, find)

    return named


def check() -> dict[str, list[str]]:
    """Run every integrity check. Returns name → findings, empty lists where it holds; changes nothing.

    An integrity check that is expected and was not made is a finding: books that nobody looked at do not hold.
    """
    listed = CHECKS.get()
    names = sorted(expected.INTEGRITY_CHECKS | set(listed))
    return {name: listed[name].find() if name in listed else [_NOT_MADE] for name in names}


def made_of_expected() -> tuple[int, int]:
    """How many integrity checks are made, and how many should be."""
    return len(CHECKS.get()), len(expected.INTEGRITY_CHECKS)


def findings() -> list[str]:
    """All findings of all integrity checks, each with the check's name before it."""
    return [f"{name}: {found}" for name, several in check().items() for found in several]


def note_check(found: list[str], *, by: str) -> None:
    """Keep the outcome of a check, for the health page and the auditor. Inside a transaction."""
    db.session().add(BooksCheck(at=clock.now(), held=not found, findings="\n".join(found), by=by))


def last_check() -> BooksCheck | None:
    return db.session().scalars(select(BooksCheck).order_by(BooksCheck.id.desc()).limit(1)).one_or_none()


def violations(query: str, words: str) -> list[str]:
    """Run a query that must return no row; each row it does return becomes a finding, its columns put into `words`."""
    rows = db.session().execute(text(query)).mappings()
    return [words.format(**row) for row in rows]


@dataclass(frozen=True)
class Balance:
    """What the books say of one purpose, in satang. received = available + committed + paid."""

    purpose: Purpose
    received: int
    available: int
    committed: int
    paid: int


def balances() -> list[Balance]:
    """The balances of every purpose, read from the accounts in one query."""
    sums: dict[int, dict[str, int]] = {}
    purposes: dict[int, Purpose] = {}
    statement = select(Account).order_by(Account.purpose_id).execution_options(populate_existing=True)
    for account in db.session().scalars(statement):
        purposes[account.purpose_id] = account.purpose
        sums.setdefault(account.purpose_id, {})[account.kind] = account.balance_satang
    return [
        Balance(
            purpose=purposes[number],
            received=kinds.get(AccountKind.RECEIVED, 0),
            available=kinds.get(AccountKind.AVAILABLE, 0),
            committed=kinds.get(AccountKind.COMMITTED, 0),
            paid=kinds.get(AccountKind.PAID, 0),
        )
        for number, kinds in sums.items()
    ]
