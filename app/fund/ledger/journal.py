"""The journal: entries said in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.fund.ledger.accounts import Account, AccountKind, Purpose
from app.fund.ledger.entries import Entry, Movement
from app.kit import money
from app.kit.injected import Injected
from app.staff.users import User

_WAYS: dict[tuple[str, str], str] = {
    (AccountKind.RECEIVED, AccountKind.AVAILABLE): "เงินเข้าธนาคารแล้ว พร้อมใช้",
    (AccountKind.AVAILABLE, AccountKind.COMMITTED): "กันเงินพร้อมใช้ไว้ตามมติ",
    (AccountKind.COMMITTED, AccountKind.AVAILABLE): "เงินที่กันไว้กลับมาพร้อมใช้",
    (AccountKind.COMMITTED, AccountKind.PAID): "เงินที่กันไว้จ่ายออกจากธนาคาร",
    (AccountKind.PAID, AccountKind.COMMITTED): "เงินที่จ่ายไปกลับมากันไว้",
    (AccountKind.AVAILABLE, AccountKind.RECEIVED): "ยกเลิกการรับเงิน",
}

#: What an entry's source is called where its room says nothing of it.
_SOURCE_NAMES: dict[str, str] = {
    "donation_id": "เงินสมทบเลขที่",
    "donation_reversal_id": "การคืนเงินเลขที่",
    "commitment_id": "เงินผูกพันลำดับที่",
    "payment_id": "การจ่ายลำดับที่",
    "payment_return_id": "เงินคืนลำดับที่",
    "opening_balance_id": "ยอดยกมาลำดับที่",
}

#: Sources of one kind in the words of the room they come from: ids → id: (code, address or "").
Explained = dict[int, tuple[str, str]]
Explain = Callable[[list[int]], Explained]
#: By the column that holds the source. A kind of source that no room explains is told by its number.
EXPLAINERS: Injected[Mapping[str, Explain]] = Injected("explainers of the journal")


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One entry as a person reads it. `code` is what its source is called; `href` its page, where it has one."""

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


#: What `statement` selects: the entry, the kinds of the accounts it leaves and enters, the purpose, who made it.
Row = Any


def statement() -> Select[Entry, str, str, Purpose, str]:
    """Entries with the kinds of their two accounts, their purpose and who made them."""
    debit, credit = aliased(Account), aliased(Account)
    return (
        select(Entry, credit.kind, debit.kind, Purpose, User.name)
        .join(debit, debit.id == Entry.debit_id)
        .join(credit, credit.id == Entry.credit_id)
        .join(Purpose, Purpose.id == debit.purpose_id)
        .outerjoin(User, User.id == Entry.by_id)
    )


def lines(rows: Sequence[Row]) -> list[JournalLine]:
    """Rows of `statement` in words, with one question for all the sources of a kind."""
    asked: dict[str, list[int]] = {}
    for entry, *_ in rows:
        column, number = entry.source
        asked.setdefault(column, []).append(number)
    explainers = EXPLAINERS.get()
    known = {column: explainers[column](ids) for column, ids in asked.items() if column in explainers}
    return [_line(row, known) for row in rows]


def _line(row: Row, known: dict[str, Explained]) -> JournalLine:
    entry, from_kind, to_kind, purpose, by = row
    column, number = entry.source
    code, href = known.get(column, {}).get(number, (f"{_SOURCE_NAMES[column]} {number}", ""))
    is_opening = entry.movement == Movement.OPEN
    way = "เงินที่กองทุนมีก่อนเริ่มบัญชี พร้อมใช้" if is_opening else _WAYS.get((from_kind, to_kind), "")
    return JournalLine(
        id=entry.id,
        on=entry.on,
        movement=Movement(entry.movement).words,
        words=f"{way} {money.format_baht(entry.satang)} บาท",
        code=code,
        href=href,
        purpose=purpose.name_th,
        satang=entry.satang,
        from_kind=from_kind,
        to_kind=to_kind,
        by=by or "ระบบ",
    )
