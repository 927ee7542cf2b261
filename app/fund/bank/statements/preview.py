"""Preview of an upload before it comes in: what of it is new, what is known, what looks odd, and what is missing before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, Table, case, func, literal_column, select

from app.fund.bank.match_reasons import MatchReason
from app.fund.bank.records import BankEvent, StagedLine, Statement, StatementUpload
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, is_sqlite

_EVENTS = cast(Table, BankEvent.__table__)
_STAGED = cast(Table, StagedLine.__table__)
#: An older line is more likely a year misread than a statement of today.
_OLD = timedelta(days=2 * 366)
_ROWS_SHOWN = 8
_ODD_SHOWN = 30

ODD_WORDS = {
    "other_file": "วันและยอดเดียวกับรายการที่รู้แล้วจากไฟล์อื่น แต่เนื้อความต่างกัน",
    "twin": "ซ้ำกันทุกช่องกับอีกบรรทัดในไฟล์นี้",
    "alike": "เหมือนรายการของไฟล์อื่นทุกช่อง และไม่มีอะไรบอกว่าเป็นเงินก้อนเดียวกันหรืออีกก้อน จะรอเจ้าหน้าที่",
    "known_alike": "เหมือนรายการของไฟล์อื่นทุกช่อง ไฟล์ไม่บอกเวลาและยอดคงเหลือ จึงนับว่ารู้แล้ว ไม่นำเข้าซ้ำ",
    "reversal": "กลับรายการหรือคืนเงิน จะรอเจ้าหน้าที่",
    "status": "สถานะที่ระบบไม่รู้จัก จะรอเจ้าหน้าที่",
    "beside": "ช่องอื่นในบรรทัดเดียวกันบอกว่าไม่สำเร็จ เป็นเงินสกุลอื่น หรือเข้าออกสวนทาง จะรอเจ้าหน้าที่",
    "batch": "รวมหลายรายการแต่ไฟล์บอกรายการย่อยไม่ครบ จะรอเจ้าหน้าที่",
    "future": "วันที่ยังมาไม่ถึง",
    "old": "เก่ากว่าสองปี อาจอ่านปีผิด",
}


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What lies between the last line known before and the first of the file. Satang; None where balances agree."""

    known_on: date
    known_satang: int | None
    opening_satang: int | None
    #: Days that no file covers; None where there are none.
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True, kw_only=True)
class Preview:
    new: int
    known: int
    #: How many lines are odd in which way; a line may be odd in more than one.
    odd: dict[str, int]
    odd_lines: int
    #: Each with the staged line's columns, `told` and the kinds of `odd` as flags.
    shown: Sequence[Any]
    shown_odd: Sequence[Any]
    gap: Gap | None


def make(upload: StatementUpload) -> Preview:
    """What an upload that was read would bring. Worked out now, for other files may have come in since it was read."""
    is_known, odd, lines = _judged(upload)
    counted = select(
        func.count(),
        func.coalesce(func.sum(is_known), 0),
        func.coalesce(func.sum(_any(odd)), 0),
        *(func.coalesce(func.sum(flag), 0) for flag in odd.values()),
    ).select_from(lines)
    session = db.session()
    total, known, odd_lines, *kinds = session.execute(counted.where(_STAGED.c.upload_id == upload.id)).one()
    shown = select(
        _STAGED.c.place,
        _STAGED.c.number,
        _STAGED.c.occurred_at,
        _STAGED.c.has_time,
        _STAGED.c.satang,
        _STAGED.c.balance_satang,
        _STAGED.c.ref1,
        _STAGED.c.ref2,
        _STAGED.c.bank_ref,
        _STAGED.c.payer,
        _STAGED.c.payer_bank,
        _STAGED.c.description,
        is_known.label("is_known"),
        *(flag.label(name) for name, flag in odd.items()),
    ).select_from(lines)
    shown = shown.where(_STAGED.c.upload_id == upload.id).order_by(_STAGED.c.place)
    return Preview(
        new=total - known,
        known=known,
        odd=dict(zip(odd, kinds, strict=True)),
        odd_lines=odd_lines,
        shown=session.execute(shown.limit(_ROWS_SHOWN)).all(),
        shown_odd=session.execute(shown.where(_any(odd) == 1).limit(_ODD_SHOWN)).all() if odd_lines else (),
        gap=_gap(upload),
    )


def _any(odd: dict[str, ColumnElement[int]]) -> ColumnElement[int]:
    return case(*((flag == 1, 1) for flag in odd.values()), else_=0)


def _judged(upload: StatementUpload) -> tuple[ColumnElement[int], dict[str, ColumnElement[int]], Any]:
    """Whether a staged line is told (1 or 0), in which ways it is odd, and the join in which these can be asked."""
    exists = (
        select(_EVENTS.c.id)
        .where(_EVENTS.c.source == "statement", _EVENTS.c.external_id == _STAGED.c.external_id)
        .exists()
    )
    is_known: ColumnElement[int] = case((exists, 1), else_=0)
    elsewhere = _told_elsewhere(upload).subquery()
    same = (elsewhere.c.on_day == _STAGED.c.on_day) & (elsewhere.c.satang == _STAGED.c.satang)
    today = clock.today()
    odd: dict[str, ColumnElement[int]] = {
        "other_file": case((elsewhere.c.satang.is_not(None) & ~exists, 1), else_=0),
        "twin": case(
            (~_STAGED.c.external_id.like("%:0") & (_STAGED.c.doubt != MatchReason.EQUAL_LINE), 1), else_=0
        ),
        "alike": case((_STAGED.c.doubt == MatchReason.EQUAL_LINE, 1), else_=0),
        "known_alike": case((_is_known_alike(upload), 1), else_=0),
        "reversal": case((_STAGED.c.doubt == MatchReason.REVERSAL, 1), else_=0),
        "status": case((_STAGED.c.doubt == MatchReason.UNKNOWN_STATUS, 1), else_=0),
        "beside": case((_STAGED.c.doubt == MatchReason.CONTRADICTED, 1), else_=0),
        "batch": case((_STAGED.c.doubt == MatchReason.BATCH, 1), else_=0),
        "future": case((_STAGED.c.on_day > today, 1), else_=0),
        "old": case((_STAGED.c.on_day < today - _OLD, 1), else_=0),
    }
    return is_known, odd, _STAGED.outerjoin(elsewhere, same)


def _is_known_alike(upload: StatementUpload) -> ColumnElement[bool]:
    """Whether a line without time and balance is only known by its words, which another file told."""
    other_file = (
        select(_EVENTS.c.id)
        .join(Statement, Statement.id == _EVENTS.c.statement_id)
        .where(
            _EVENTS.c.source == "statement",
            _EVENTS.c.external_id == _STAGED.c.external_id,
            Statement.file_hash != upload.file_hash,
        )
        .exists()
    )
    return ~_STAGED.c.has_time & _STAGED.c.balance_satang.is_(None) & other_file


def _told_elsewhere(upload: StatementUpload) -> Any:
    """Days and sums of the account's lines that other files told in other words: those that are not of this file."""
    bounds = select(func.min(_STAGED.c.occurred_at), func.max(_STAGED.c.occurred_at)).where(
        _STAGED.c.upload_id == upload.id
    )
    first, last = db.session().execute(bounds).one()
    own = (
        select(_STAGED.c.place)
        .where(_STAGED.c.upload_id == upload.id, _STAGED.c.external_id == _EVENTS.c.external_id)
        .exists()
    )
    day = timedelta(days=1)
    within = _EVENTS.c.occurred_at.between(first - day, last + day) if first else _EVENTS.c.id.is_(None)
    return (
        select(_event_day().label("on_day"), _EVENTS.c.satang)
        .where(_EVENTS.c.source == "statement", _EVENTS.c.account_id == upload.account_id, within, ~own)
        .distinct()
    )


def _event_day() -> ColumnElement[date]:
    """The day in Bangkok, as each database works it out."""
    if is_sqlite():
        return literal_column("date(bank_event.occurred_at, '+7 hours')", Date)
    return literal_column(
        "CAST(bank_event.occurred_at AT TIME ZONE 'UTC' + INTERVAL '7 hours' AS date)", Date
    )


def _gap(upload: StatementUpload) -> Gap | None:
    order = _STAGED.c.place.desc() if upload.newest_first else _STAGED.c.place
    session = db.session()
    oldest = session.execute(
        select(_STAGED.c.external_id, _STAGED.c.occurred_at, _STAGED.c.on_day)
        .where(_STAGED.c.upload_id == upload.id)
        .order_by(order)
        .limit(1)
    ).one_or_none()
    if oldest is None:
        return None
    known = select(_EVENTS.c.occurred_at, _EVENTS.c.balance_satang).where(
        _EVENTS.c.source == "statement", _EVENTS.c.account_id == upload.account_id
    )
    itself = session.execute(known.where(_EVENTS.c.external_id == oldest.external_id)).first()
    before = known.where(_EVENTS.c.occurred_at < oldest.occurred_at)
    last = session.execute(
        before.order_by(_EVENTS.c.occurred_at.desc(), _EVENTS.c.id.desc()).limit(1)
    ).one_or_none()
    if last is None or itself is not None:
        return None
    known_on = last.occurred_at.astimezone(BANGKOK).date()
    begins = min(upload.from_on or oldest.on_day, oldest.on_day)
    day = timedelta(days=1)
    days = (known_on + day, begins - day) if begins > known_on + day else (None, None)
    differ = None not in (last.balance_satang, upload.opening_satang) and (
        last.balance_satang != upload.opening_satang
    )
    if not differ and days[0] is None:
        return None
    return Gap(
        known_on=known_on,
        known_satang=last.balance_satang if differ else None,
        opening_satang=upload.opening_satang if differ else None,
        from_on=days[0],
        to_on=days[1],
    )
