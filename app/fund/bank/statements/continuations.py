"""Continuations: whether a statement carries on what the bank is known to have said, and a second person's word for all of it.

Nobody believes a file that one person brought in until something bears it out. What does is kept as a `StatementBasis`:

- FOLLOWS: file B begins at 1,500.00, the balance at which a line of file A ends on the last day known before, and ends where
  the next known line begins; or it has a line of A with the same balance. A itself is not believed yet.
- JOINED: the same, and A is believed. Then B's lines count as well, each up to the profile's sum (`below_satang`).
- CONFIRMED: another person than the sender looked at B and confirmed it. All its lines count, and every file that FOLLOWS it,
  directly or through others, becomes JOINED in the same transaction.

`note` writes the first two when an upload is applied, `confirm` the third. What waited for a second person only (ONE_PERSON)
is then judged again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, RowMapping, Select, Table, and_, func, or_, select, update
from sqlalchemy import cast as sa_cast
from sqlalchemy.orm import aliased

from app.fund.bank import decision_approvals, statement_bases
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import Actor, MatchReason, ReconciliationState, ended_by
from app.fund.bank.records import (
    CONFIRMED,
    COUNTING,
    FOLLOWS,
    JOINED,
    BankEvent,
    ReconciliationItem,
    StagedLine,
    Statement,
    StatementBasis,
    StatementUpload,
    StatementWithdrawal,
    UploadState,
)
from app.fund.giving.records.payment_requests import FundAccount
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.errors import Refused
from app.staff import audit
from app.staff.approvals import FINANCE_APPROVERS as CONFIRMERS
from app.staff.deeds import Deed
from app.staff.users import User

_EVENTS = cast(Table, BankEvent.__table__)
_STAGED = cast(Table, StagedLine.__table__)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Join:
    statement_id: int
    balance: int


def note(statement: Statement, upload: StatementUpload) -> None:
    """Write down which statement this one continues, while its lines are still staged. Inside a transaction that
    has locked the account."""
    for known, kind in ((True, JOINED), (False, FOLLOWS)):
        found = _overlap(upload, known=known) or _continued(upload, known=known)
        if found is not None:
            _write(statement.id, kind, found)
            return


def would_join(upload: StatementUpload) -> bool:
    """Whether the lines of an upload that was read would count without another person, as things stand now."""
    return (_overlap(upload, known=True) or _continued(upload, known=True)) is not None


def _write(statement_id: int, kind: str, found: _Join) -> None:
    session = db.session()
    session.add(
        StatementBasis(
            statement_id=statement_id,
            kind=kind,
            joins_id=found.statement_id,
            balance_satang=found.balance,
            below_satang=statement_bases.below() if kind == JOINED else None,
            at=clock.now(),
        )
    )
    session.flush()


def _known(upload: StatementUpload, *, known: bool) -> list[ColumnElement[bool]]:
    """Lines of the account whose balance the bank told; only those of statements that count, or all."""
    conditions = [
        _EVENTS.c.source == "statement",
        _EVENTS.c.account_id == upload.account_id,
        _EVENTS.c.balance_satang.is_not(None),
    ]
    if known:
        counting = select(StatementBasis.statement_id).where(StatementBasis.kind.in_(COUNTING))
        conditions.append(_EVENTS.c.statement_id.in_(counting))
    return conditions


def _overlap(upload: StatementUpload, *, known: bool) -> _Join | None:
    """Joined by a line that both have, with the same balance; None when there is none."""
    same = and_(_EVENTS.c.external_id == _STAGED.c.external_id, *_known(upload, known=known))
    found = (
        select(_EVENTS.c.statement_id, _EVENTS.c.balance_satang)
        .select_from(_STAGED.join(_EVENTS, same))
        .where(_STAGED.c.upload_id == upload.id)
        .limit(1)
    )
    row = db.session().execute(found).one_or_none()
    return _Join(statement_id=row.statement_id, balance=row.balance_satang) if row else None


def _continued(upload: StatementUpload, *, known: bool) -> _Join | None:
    """The file begins where a known line ended, on the last day known before it, and ends where the next one begins."""
    edges = [_edge(upload, newest=False), _edge(upload, newest=True)]
    if upload.opening_satang is None or None in edges:
        return None
    (first_on, first_balance), (last_on, last_balance) = cast(list[tuple[date, int | None]], edges)
    if first_balance is None or last_balance is None:
        return None
    lines = _known(upload, known=known)
    last_at = _moment(select(func.max(_EVENTS.c.occurred_at)), lines, before=_midnight(first_on + _DAY))
    if last_at is None:
        return None
    met = _on_day(lines, last_at, _EVENTS.c.balance_satang == upload.opening_satang, _EVENTS.c.statement_id)
    next_at = _moment(select(func.min(_EVENTS.c.occurred_at)), lines, since=_midnight(last_on + _DAY))
    if met is None or (
        next_at is not None
        and _on_day(lines, next_at, _EVENTS.c.balance_satang - _EVENTS.c.satang == last_balance, _EVENTS.c.id)
        is None
    ):
        return None
    return _Join(statement_id=met, balance=upload.opening_satang)


def _edge(upload: StatementUpload, *, newest: bool) -> tuple[date, int | None] | None:
    """Day and balance of the oldest or the newest staged line."""
    descending = upload.newest_first != newest
    order = _STAGED.c.place.desc() if descending else _STAGED.c.place
    row = db.session().execute(
        select(_STAGED.c.on_day, _STAGED.c.balance_satang)
        .where(_STAGED.c.upload_id == upload.id)
        .order_by(order)
        .limit(1)
    )
    found = row.one_or_none()
    return (found.on_day, found.balance_satang) if found else None


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), BANGKOK)


def _moment(
    asked: Select[Any],
    lines: Sequence[ColumnElement[bool]],
    *,
    before: datetime | None = None,
    since: datetime | None = None,
) -> datetime | None:
    if before is not None:
        asked = asked.where(_EVENTS.c.occurred_at < before)
    if since is not None:
        asked = asked.where(_EVENTS.c.occurred_at >= since)
    found: datetime | None = db.session().scalar(asked.where(*lines))
    return found


def _on_day(
    lines: Sequence[ColumnElement[bool]], at: datetime, meets: ColumnElement[bool], wanted: Any
) -> int | None:
    """A line of that moment's day that meets the condition."""
    midnight = _midnight(at.astimezone(BANGKOK).date())
    found: int | None = db.session().scalar(
        select(wanted)
        .where(*lines, meets, _EVENTS.c.occurred_at >= midnight, _EVENTS.c.occurred_at < midnight + _DAY)
        .order_by(_EVENTS.c.id.desc())
        .limit(1)
    )
    return found


def may_confirm(statement: Statement, *, by: User) -> bool:
    """Whether this person may be the second one: finance or the chair, and not who sent or brought in the file."""
    sent = select(StatementUpload.sent_by_id).where(StatementUpload.statement_id == statement.id)
    brought = {statement.imported_by_id, db.session().scalar(sent)}
    return by.has(*CONFIRMERS) and by.id not in brought


def confirm(statement_id: int, *, by: User) -> list[int]:
    """Another person looked at the new lines of a statement and their sums, and says that they are the bank's: all of
    them may count. So may the lines below the profile's sum of statements that continue it.

    Returns the statements whose lines are to be reconciled now. Inside a transaction. Raises Refused for who brought it
    in, for anybody but finance and the chair, while lines come in, and when it was confirmed already.
    """
    if not by.has(*CONFIRMERS):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือประธานยืนยันไฟล์ได้")
    session = db.session()
    statement = session.get(Statement, statement_id)
    if statement is None:
        raise Refused("ไม่พบรายการเดินบัญชีนี้ กรุณาเลือกจากรายการไฟล์ที่นำเข้าแล้ว")
    # As an import does, so that a file that comes in meanwhile sees whether this one counts.
    session.execute(select(FundAccount.id).filter_by(id=statement.account_id).with_for_update(key_share=True))
    lock_reconciliation()
    if not may_confirm(statement, by=by):
        raise Refused("ท่านเป็นผู้นำไฟล์นี้เข้า จึงยืนยันเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหนึ่งหรือประธานยืนยัน")
    coming = select(StatementUpload.id).where(
        StatementUpload.statement_id == statement_id, StatementUpload.state == UploadState.APPLYING
    )
    if session.scalar(coming) is not None:
        raise Refused("ไฟล์นี้ยังนำเข้าไม่ครบ กรุณารอสักครู่แล้วเปิดหน้านี้ใหม่")
    if session.get(StatementWithdrawal, statement_id) is not None:
        raise Refused("ไฟล์นี้ถูกถอนไปแล้ว จึงไม่มีอะไรให้ยืนยัน กรุณาเปิดหน้านี้ใหม่เพื่อดูผล")
    if CONFIRMED in statement_bases.of(statement_id):
        raise Refused("มีผู้ยืนยันไฟล์นี้ไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล")
    session.add(StatementBasis(statement_id=statement_id, kind=CONFIRMED, at=clock.now(), by_id=by.id))
    session.flush()
    audit.record(
        Deed.STATEMENT_CONFIRM,
        f"fund_account:{statement.account_id}",
        by=by,
        statement=statement_id,
        file=statement.file_name,
        imported_by=statement.imported_by_id,
    )
    joined = [statement_id]
    for number in joined:
        joined += _join_followers(number)
    for number in joined:
        _release(number)
    return joined


def _join_followers(statement_id: int) -> list[int]:
    """Statements that continue one that counts now count as if they had come in after it."""
    counting = select(StatementBasis.statement_id).where(StatementBasis.kind.in_(COUNTING))
    rows = db.session().scalars(
        select(StatementBasis)
        .where(
            StatementBasis.kind == FOLLOWS,
            StatementBasis.joins_id == statement_id,
            StatementBasis.statement_id.not_in(counting),
        )
        .order_by(StatementBasis.statement_id)
    )
    found = []
    for basis in rows.all():
        assert basis.balance_satang is not None
        _write(basis.statement_id, JOINED, _Join(statement_id=statement_id, balance=basis.balance_satang))
        found.append(basis.statement_id)
    return found


def _release(statement_id: int) -> None:
    """What waited for another person only is judged anew: lines, and callbacks that a line of them bears out."""
    counting = select(BankEvent.id).where(
        BankEvent.statement_id == statement_id,
        statement_bases.counts(BankEvent.statement_id, BankEvent.satang),
    )
    session = db.session()
    session.execute(
        update(ReconciliationItem)
        .where(
            ReconciliationItem.state == ReconciliationState.WAITING,
            ReconciliationItem.match_reason == MatchReason.ONE_PERSON,
            ReconciliationItem.event_id.in_(counting),
            ~decision_approvals.is_open(ReconciliationItem.event_id),
        )
        .values(
            state=ReconciliationState.NEW, match_reason=MatchReason.NONE, reason="", payment_request_id=None
        )
        .execution_options(synchronize_session="fetch")
    )
    line = aliased(ReconciliationItem)
    leading = select(line.duplicate_of_id).where(
        line.event_id.in_(counting), line.duplicate_of_id.is_not(None)
    )
    session.execute(
        update(ReconciliationItem)
        .where(
            ReconciliationItem.state == ReconciliationState.WAITING,
            ReconciliationItem.match_reason.in_(ended_by(Actor.STATEMENT)),
            ReconciliationItem.event_id.in_(leading),
            ~decision_approvals.is_open(ReconciliationItem.event_id),
        )
        .values(state=ReconciliationState.NEW, match_reason=MatchReason.NONE, reason="")
        .execution_options(synchronize_session="fetch")
    )


def _wait() -> ColumnElement[bool]:
    """For queries over Statement: lines of it wait for a second person's word on the whole file."""
    counting = select(StatementBasis.kind).where(
        StatementBasis.statement_id == Statement.id, StatementBasis.kind.in_(COUNTING)
    )
    line = aliased(BankEvent)
    waits = (
        select(ReconciliationItem.event_id)
        .join(line, line.id == ReconciliationItem.event_id)
        .where(
            ReconciliationItem.state == ReconciliationState.WAITING,
            ReconciliationItem.match_reason == MatchReason.ONE_PERSON,
            line.statement_id == Statement.id,
        )
    )
    return and_(statement_bases.stands(), or_(~counting.exists(), waits.exists()))


def is_to_confirm(statement_id: int) -> bool:
    """Whether another person's word on the statement as a whole is wanted."""
    return db.session().scalar(select(Statement.id).where(Statement.id == statement_id, _wait())) is not None


def count_waiting(statement_id: int) -> int:
    """How many lines of the statement would be reconciled by that word."""
    waiting = (
        select(func.count())
        .select_from(ReconciliationItem)
        .join(BankEvent, BankEvent.id == ReconciliationItem.event_id)
        .where(
            BankEvent.statement_id == statement_id,
            ReconciliationItem.state == ReconciliationState.WAITING,
            ReconciliationItem.match_reason == MatchReason.ONE_PERSON,
        )
    )
    return db.session().scalar(waiting) or 0


def waiting() -> Sequence[RowMapping]:
    """Every statement that is to be confirmed, oldest first: its columns but for the file, the account, who sent and
    who brought it in, and how much came in by its new lines."""
    by = aliased(User)
    satang = (
        select(sa_cast(func.coalesce(func.sum(BankEvent.satang), 0), BigInteger))
        .where(BankEvent.statement_id == Statement.id, BankEvent.satang > 0)
        .scalar_subquery()
    )
    rows = (
        select(
            Statement.id,
            Statement.file_name,
            Statement.imported_at,
            Statement.imported_by_id,
            Statement.new_lines,
            StatementUpload.sent_by_id,
            by.name.label("by_name"),
            FundAccount.number,
            satang.label("satang"),
        )
        .join(FundAccount, FundAccount.id == Statement.account_id)
        .outerjoin(StatementUpload, StatementUpload.statement_id == Statement.id)
        .outerjoin(by, by.id == Statement.imported_by_id)
        .where(_wait())
        .order_by(Statement.id)
    )
    return db.session().execute(rows).mappings().all()


def count_open(*, not_by: User | None = None) -> int:
    """How many statements are to be confirmed; without those that this person sent or brought in."""
    counted = (
        select(func.count())
        .select_from(Statement)
        .outerjoin(StatementUpload, StatementUpload.statement_id == Statement.id)
        .where(_wait())
    )
    if not_by is not None:
        for person in (Statement.imported_by_id, StatementUpload.sent_by_id):
            counted = counted.where(or_(person.is_(None), person != not_by.id))
    return db.session().scalar(counted) or 0
