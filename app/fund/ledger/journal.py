"""The journal: entries searched and said in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.fund.ledger.accounts import Account, Kind, Purpose
from app.fund.ledger.entries import Entry
from app.kit import money
from app.staff.users import User

#: First word of a cause → what kind of movement it is.
MOVEMENTS: dict[str, str] = {
    "donation": "รับเงินสมทบ",
    "commit": "ผูกพันตามมติ",
    "pay": "จ่ายเงิน",
    "void": "ยกเลิกการจ่าย",
    "release": "คืนเงินที่ผูกพันไว้",
    "void_release": "คืนเงินของการจ่ายที่ยกเลิก",
    "donation_reversal": "คืนหรือกลับรายการรับ",
    "reverse": "กลับรายการ",
}
_WAYS: dict[tuple[str, str], str] = {
    (Kind.RECEIVED, Kind.AVAILABLE): "เงินเข้าธนาคารแล้ว พร้อมใช้",
    (Kind.AVAILABLE, Kind.COMMITTED): "กันเงินพร้อมใช้ไว้ตามมติ",
    (Kind.COMMITTED, Kind.AVAILABLE): "เงินที่กันไว้กลับมาพร้อมใช้",
    (Kind.COMMITTED, Kind.PAID): "เงินที่กันไว้จ่ายออกจากธนาคาร",
    (Kind.PAID, Kind.COMMITTED): "ยกเลิกการจ่าย เงินกลับมากันไว้",
    (Kind.AVAILABLE, Kind.RECEIVED): "ยกเลิกการรับเงิน",
}

#: What a cause of a kind refers to, in the words of the room it comes from: ids → id: (code, address or "").
Explained = dict[int, tuple[str, str]]
Explain = Callable[[list[int]], Explained]
_EXPLAINERS: dict[str, Explain] = {}


def explains(kind: str) -> Callable[[Explain], Explain]:
    """Let the room that a cause comes from say what people call it and where its page is."""

    def add(one: Explain) -> Explain:
        _EXPLAINERS[kind] = one
        return one

    return add


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a person reads it. `code` is what its cause is called; `href` its page, where it has one."""

    id: int
    on: date
    movement: str
    words: str
    code: str
    href: str
    purpose: str
    satang: int
    from_kind: str
    to_kind: str
    by: str


#: What `search` selects: the entry, the kinds of the accounts it leaves and enters, the purpose, who made it.
Row = Any


def search(
    *,
    purpose_code: str = "",
    movement: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Select[Entry, str, str, Purpose, str]:
    """Entries with the kinds of their two accounts, their purpose and who made them, newest first."""
    debit, credit = aliased(Account), aliased(Account)
    statement = (
        select(Entry, credit.kind, debit.kind, Purpose, User.name)
        .join(debit, debit.id == Entry.debit_id)
        .join(credit, credit.id == Entry.credit_id)
        .join(Purpose, Purpose.id == debit.purpose_id)
        .outerjoin(User, User.id == Entry.by_id)
        .order_by(Entry.id.desc())
    )
    if purpose_code:
        statement = statement.where(Purpose.code == purpose_code)
    if movement in MOVEMENTS:
        statement = statement.where(Entry.cause.startswith(f"{movement}:", autoescape=True))
    if since:
        statement = statement.where(Entry.on >= since)
    if until:
        statement = statement.where(Entry.on <= until)
    return statement


def lines(rows: Sequence[Row]) -> list[Line]:
    """Rows of `search` in words, with one question to each room for all the causes that came from it."""
    asked: dict[str, list[int]] = {}
    for entry, *_ in rows:
        kind, number = _cause(entry)
        asked.setdefault(kind, []).append(number)
    known = {kind: _EXPLAINERS[kind](numbers) for kind, numbers in asked.items() if kind in _EXPLAINERS}
    return [_line(row, known) for row in rows]


def _line(row: Row, known: dict[str, Explained]) -> Line:
    entry, from_kind, to_kind, purpose, by = row
    kind, number = _cause(entry)
    code, href = known.get(kind, {}).get(number, (entry.cause, ""))
    if kind == "reverse":
        code = f"รายการที่ {number}"
    return Line(
        id=entry.id,
        on=entry.on,
        movement=MOVEMENTS.get(kind, kind),
        words=f"{_WAYS.get((from_kind, to_kind), '')} {money.format_baht(entry.satang)} บาท",
        code=code,
        href=href,
        purpose=purpose.name_th,
        satang=entry.satang,
        from_kind=from_kind,
        to_kind=to_kind,
        by=by or "ระบบ",
    )


def _cause(entry: Entry) -> tuple[str, int]:
    kind, _, number = entry.cause.partition(":")
    return kind, int(number) if number.isdigit() else 0
