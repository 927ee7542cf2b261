"""Deposits: what was counted at the counter must reach the bank, and which line of a statement brought it there."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select

from app.fund.bank import decision_approvals, statement_bases
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import UNDECIDED, MatchReason, ReconciliationState
from app.fund.bank.reconciliation.records import Deposit
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.counter.records import CounterPaymentReversal, DepositItem
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.thai import short_date
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: A deposit later than this after the cash count is a person's to recognise.
RECOGNISED_WITHIN = timedelta(days=30)
#: So many cash counts in a row may be taken to the bank in one go and still be recognised.
_MOST_IN_A_ROW = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositPart:
    """Items that may reach the bank together, and what people call them."""

    items: tuple[int, ...]
    satang: int
    #: The day of the latest cash count among them.
    on: date
    words: str


class Undeposited:
    """What was counted and is not yet seen at the bank, read once for any number of bank events."""

    def __init__(self) -> None:
        statement = (
            select(DepositItem)
            .where(
                ~select(Deposit.id)
                .where(Deposit.item_id == DepositItem.id, Deposit.undone_at.is_(None))
                .exists(),
                ~select(CounterPaymentReversal.id)
                .where(CounterPaymentReversal.counter_payment_id == DepositItem.counter_payment_id)
                .exists(),
            )
            .order_by(DepositItem.cash_count_id, DepositItem.id)
        )
        self.items: list[DepositItem] = list(db.session().scalars(statement).unique())
        self.parts: list[DepositPart] = _parts(self.items) if self.items else []

    def parts_for(self, event: BankEvent) -> list[DepositPart]:
        """The parts that an event may have brought to the bank: the same sum, on or after their day."""
        if not self.parts or event.source != "statement" or event.satang <= 0:
            return []
        on = event.occurred_at.astimezone(BANGKOK).date()
        return [
            part
            for part in self.parts
            if part.satang == event.satang and part.on <= on <= part.on + RECOGNISED_WITHIN
        ]

    def drop(self, items: Iterable[int]) -> None:
        """Items that have just been linked."""
        gone = set(items)
        self.items = [item for item in self.items if item.id not in gone]
        self.parts = [part for part in self.parts if not gone & set(part.items)]


def _parts(items: Sequence[DepositItem]) -> list[DepositPart]:
    """Every way in which payments are brought to the bank: a cash count whole, its cash, its cheques together or one by
    one, and the same of several cash counts in a row."""
    by_cash_count: dict[int, list[DepositItem]] = {}
    for item in items:
        by_cash_count.setdefault(item.cash_count_id, []).append(item)
    found: dict[tuple[int, ...], DepositPart] = {}

    def add(some: Sequence[DepositItem], words: str) -> None:
        numbers = tuple(sorted(item.id for item in some))
        if numbers and numbers not in found:
            found[numbers] = DepositPart(
                items=numbers,
                satang=sum(item.satang for item in some),
                on=max(item.cash_count.on for item in some),
                words=words,
            )

    groups = list(by_cash_count.values())
    for place, group in enumerate(groups):
        add(group, _named([group], "ทั้งหมด"))
        add([item for item in group if item.counter_payment_id is None], _named([group], "เงินสด"))
        add([item for item in group if item.counter_payment_id is not None], _named([group], "เช็คทุกฉบับ"))
        for cheque in group:
            if cheque.counter_payment is not None:
                add([cheque], _named([group], f"เช็คเลขที่ {cheque.counter_payment.cheque_number}"))
        for end in range(place + 2, min(place + _MOST_IN_A_ROW, len(groups)) + 1):
            row = groups[place:end]
            together = [item for several in row for item in several]
            add(together, _named(row, "ทั้งหมด"))
            add([item for item in together if item.counter_payment_id is None], _named(row, "เงินสด"))
    return list(found.values())


def _named(groups: Sequence[Sequence[DepositItem]], what: str) -> str:
    first, last = groups[0][0].cash_count, groups[-1][0].cash_count
    if first is last:
        return f"{first.code} วันที่ {short_date(first.on)} ({what})"
    return f"{first.code} ถึง {last.code} ({what})"


def is_deposit(event_id: int) -> bool:
    """Whether a line stands as a deposit of payments."""
    live = select(Deposit.id).where(Deposit.event_id == event_id, Deposit.undone_at.is_(None))
    return db.session().scalars(live.limit(1)).first() is not None


#: What banks write on a line of cash or cheques paid in over their counter or into their machine.
_PAID_IN = re.compile(
    r"ฝากเงินสด|เงินสด|ฝากเช็ค|เช็ค|cash\s*deposit|deposit\s*(?:by\s*)?cash|\bcdm\b|\badm\b|cheque|\bchq\b|\bcsh\b",
    re.IGNORECASE,
)


def says_paid_in(event: BankEvent) -> bool:
    """Whether the bank's own words on a line are those of cash or cheques paid in."""
    return bool(_PAID_IN.search(event.description)) and not event.ref1


def deposit_of(event: BankEvent, undeposited: Undeposited | None = None) -> list[DepositPart]:
    """What of the counter's payments this event may be the deposit of, by its sum; empty for most events."""
    return (undeposited or Undeposited()).parts_for(event)


def recognise_deposit(line: ReconciliationItem, undeposited: Undeposited) -> bool:
    """Decide a line that reads as money paid in and has the sum of payments. True when it is decided.

    The only part with that sum, when no other line could be its deposit, links itself; anything else is a person's.
    Inside a transaction that has locked the line.
    """
    event = line.event
    found = undeposited.parts_for(event)
    if not found or not says_paid_in(event):
        return False
    rivals = [line for line in _lines_alike(event) if says_paid_in(line)]
    if len(found) == 1 and not rivals:
        _link(line, found[0].items, words=found[0].words, by=None)
        undeposited.drop(found[0].items)
        return True
    several = f"เงินรับ {len(found)} ชุด" if len(found) > 1 else f"{found[0].words} ซึ่งอีกรายการหนึ่งมียอดเท่ากัน"
    line.state, line.match_reason = ReconciliationState.WAITING, MatchReason.LIKELY_DEPOSIT
    line.reason = f"น่าจะเป็นการนำฝาก{several} กรุณาเลือกว่าเป็นชุดใด"[:300]
    return True


def _lines_alike(event: BankEvent) -> list[BankEvent]:
    """Other undecided lines of the same sum within the time in which a deposit is recognised."""
    statement = (
        select(BankEvent)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(
            BankEvent.source == "statement",
            BankEvent.satang == event.satang,
            BankEvent.id != event.id,
            BankEvent.occurred_at.between(
                event.occurred_at - RECOGNISED_WITHIN, event.occurred_at + RECOGNISED_WITHIN
            ),
            ReconciliationItem.state.in_(UNDECIDED),
        )
        .limit(20)
    )
    return list(db.session().scalars(statement))


def link(event_id: int, *, items: Sequence[int], by: User) -> bool:
    """The line is the deposit of these items: the same money, so no donation.

    From the profile's sum on it is kept for another's approval instead, and False is returned. Raises Refused unless their
    sum is the line's, when one of them is at the bank already, and while the line is asked back, has gone back or
    waits for another's approval.
    """
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินจับคู่การนำฝากได้")
    lock_reconciliation()
    line = lock(ReconciliationItem, event_id)
    if line.state not in (
        ReconciliationState.NEW,
        ReconciliationState.WAITING,
        ReconciliationState.EXCLUDED,
    ) or is_deposit(event_id):
        raise Refused("รายการนี้มีผู้ตัดสินไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล")
    if line.match_reason == MatchReason.REFUND:
        raise Refused("รายการนี้มีเรื่องคืนเงินอยู่หรือคืนไปแล้ว จึงไม่ใช่เงินนำฝาก กรุณาดูเรื่องคืนเงินก่อน")
    decision_approvals.refuse_while_open(event_id)
    codes = _of_this_sum(line.event, items)
    if decision_approvals.is_needed(line.event, by=by):
        reason = f"เป็นการนำฝากเงินที่รับจากเคาน์เตอร์ {codes}"
        arguments = {"reason": reason, "items": sorted(set(items))}
        changes = [("เหตุผล", "", reason)]
        decision_approvals.ask(decision_approvals.EXCLUDE, line.event, arguments, changes=changes, by=by)
        return False
    _link(line, sorted(set(items)), words=codes, by=by)
    return True


def link_confirmed(line: ReconciliationItem, items: Sequence[int], *, by: User) -> None:
    """What `link` kept is done in the requester's name, now that another has approved it. Raises Refused as it does.

    Inside a transaction that has locked the line.
    """
    _link(line, items, words=_of_this_sum(line.event, items), by=by)


def _of_this_sum(event: BankEvent, items: Sequence[int]) -> str:
    """The cash counts of these items, when their sum is the line's and none of them is at the bank yet."""
    chosen = [item for item in Undeposited().items if item.id in set(items)]
    if len(chosen) != len(set(items)) or not chosen:
        raise Refused("เงินบางส่วนที่เลือกจับคู่กับการนำฝากอื่นไปแล้วหรือยกเลิกไปแล้ว กรุณาเปิดหน้านี้ใหม่แล้วเลือกอีกครั้ง")
    if event.source != "statement" or sum(item.satang for item in chosen) != event.satang:
        raise Refused("ยอดของชุดที่เลือกไม่เท่ากับยอดที่เข้าธนาคาร กรุณาเลือกใหม่ให้เท่ากัน")
    return " ".join(sorted({item.cash_count.code for item in chosen}))


def _link(line: ReconciliationItem, items: Sequence[int], *, words: str, by: User | None) -> None:
    now = clock.now()
    session = db.session()
    session.add_all(
        Deposit(item_id=number, event_id=line.event_id, at=now, by_id=by.id if by else None)
        for number in items
    )
    line.state, line.match_reason = ReconciliationState.EXCLUDED, MatchReason.DEPOSIT
    line.reason = f"นำฝากเงินที่รับจากเคาน์เตอร์ {words} ลงบัญชีไว้แล้วตอนรับเงิน"[:300]
    line.decided_at, line.decided_by_id = now, by.id if by else None
    session.flush()
    audit.record(Deed.CASH_COUNT_DEPOSIT, f"bank_event:{line.event_id}", by=by, items=list(items))


def unlink(event_id: int, *, reason: str, by: User) -> None:
    """The line was not the deposit after all: it waits again, and its items wait for their deposit."""
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินยกเลิกการจับคู่นำฝากได้")
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ยกเลิกการจับคู่ ไม่เกิน 300 ตัวอักษร")
    lock_reconciliation()
    line = lock(ReconciliationItem, event_id)
    live = select(Deposit).where(Deposit.event_id == event_id, Deposit.undone_at.is_(None))
    found = list(db.session().scalars(live.with_for_update(of=Deposit)).unique())
    if not found:
        raise Refused("รายการนี้ไม่ได้จับคู่เป็นการนำฝากอยู่ กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    now = clock.now()
    for deposit in found:
        deposit.undone_at, deposit.undone_by_id, deposit.undo_reason = now, by.id, reason
    db.session().flush()
    line.state, line.match_reason = ReconciliationState.WAITING, MatchReason.LIKELY_DEPOSIT
    line.reason = f"ยกเลิกการจับคู่นำฝาก: {reason}"[:300]
    line.decided_at = line.decided_by_id = None
    audit.record(Deed.CASH_COUNT_UNDO_DEPOSIT, f"bank_event:{event_id}", by=by, reason=reason)


def waiting_lines(undeposited: Undeposited) -> list[BankEvent]:
    """Undecided lines of a sum that payments have, oldest first."""
    return (
        [item.event for item in db.session().scalars(_waiting(undeposited)).unique()]
        if undeposited.items
        else []
    )


def _waiting(undeposited: Undeposited) -> Select[ReconciliationItem]:
    first = min(item.cash_count.on for item in undeposited.items)
    return (
        select(ReconciliationItem)
        .join(ReconciliationItem.event)
        .where(
            ReconciliationItem.state == ReconciliationState.WAITING,
            BankEvent.source == "statement",
            BankEvent.satang.in_({part.satang for part in undeposited.parts}),
            BankEvent.occurred_at >= datetime.combine(first, time(), BANGKOK),
        )
        .order_by(BankEvent.occurred_at, BankEvent.id)
    )


def match_waiting(undeposited: Undeposited | None = None) -> int:
    """Link lines that came before their cash count was closed. Returns how many. Inside a transaction.

    What a person parked, unlinked or asked back stays as that person left it.
    """
    left = undeposited or Undeposited()
    if not left.items:
        return 0
    unlinked = select(Deposit.id).where(Deposit.event_id == BankEvent.id, Deposit.undone_at.is_not(None))
    waiting = (
        _waiting(left)
        .where(
            ReconciliationItem.match_reason.not_in([reason for reason in MatchReason if reason.by_officer]),
            statement_bases.counts(BankEvent.statement_id, BankEvent.satang),
            ~decision_approvals.is_open(ReconciliationItem.event_id),
            ~unlinked.exists(),
        )
        .with_for_update(of=ReconciliationItem)
    )
    met = [item for item in db.session().scalars(waiting).unique() if recognise_deposit(item, left)]
    return sum(item.state == ReconciliationState.EXCLUDED for item in met)
