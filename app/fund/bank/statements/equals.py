"""Equals: lines that are in everything like a line of another file, told apart from those that are that line.

A line whose file proves its balance is known by it: with another balance it is another payment, and certainly so where
the files follow each other. Where balances run round to the same figures they tell nothing (see `rounds`). Of lines without time and balance nothing tells but what else stands in both files.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Table, exists, func, or_, select, update

from app.fund.bank.match_reasons import MatchReason
from app.fund.bank.records import BankEvent, StagedLine, Statement, StatementUpload
from app.fund.bank.statements.recurring_balances import CLOSING, RecurringBalances, base
from app.kit.db import db

_EVENTS = cast(Table, BankEvent.__table__)
_STAGED = cast(Table, StagedLine.__table__)
#: In the name of a line: the balance follows that its file proves.
_PROVED = "%:=%"
_CONTENTS = 64


def tell_apart(upload: StatementUpload) -> None:
    """Give the upload's lines that are like known ones their own names where they are other payments, and mark those
    of which nothing says so. Inside a transaction that holds the upload; safe to repeat when other files came in."""
    numbers = dict[str, int]()
    covered = dict[tuple[int, Any], bool]()
    marks = list[tuple[Any, str, str]]()
    places = set[int]()
    found = RecurringBalances(upload)
    for one in found.lines():
        places.add(one.line.place)
        if not one.is_known:
            name = _next_name(upload, one.line, numbers)
            marks.append((one.line, name, MatchReason.EQUAL_LINE if one.is_known is None else ""))
    for line, told in _candidates(upload):
        if line.place in places:
            continue
        if ":=" in line.external_id:
            if not _follows(upload, told) and not found.is_another(line):
                marks.append((line, line.external_id, MatchReason.EQUAL_LINE))
            continue
        itself = next((one for one in told if one.told_id == line.external_id), None)
        if itself is None:
            # Told by its balance in a file that proves it, while this one proves nothing.
            if any(":=" in one.told_id for one in told):
                marks.append((line, line.external_id, MatchReason.EQUAL_LINE))
            continue
        if any(one.file_hash == upload.file_hash for one in told):
            continue
        follows = upload.opening_satang is not None and _follows(upload, told)
        place = itself.statement_id, line.occurred_at
        if not follows and place not in covered:
            covered[place] = _is_covered(upload, *place)
        if follows or not covered[place]:
            marks.append((line, _next_name(upload, line, numbers), "" if follows else MatchReason.EQUAL_LINE))
    for line, name, doubt in marks:
        db.session().execute(
            update(_STAGED)
            .where(_STAGED.c.upload_id == upload.id, _STAGED.c.place == line.place)
            .values(external_id=name, doubt=line.doubt or doubt)
        )


def _candidates(upload: StatementUpload) -> Iterator[tuple[Any, Sequence[Any]]]:
    """The upload's lines that are like a line of another file without being known by its name or by time and balance,
    each with what told the like of it."""
    within = select(func.min(_STAGED.c.occurred_at), func.max(_STAGED.c.occurred_at)).where(
        _STAGED.c.upload_id == upload.id
    )
    first, last = db.session().execute(within).one()
    if first is None:
        return
    told = (
        select(
            func.substr(_EVENTS.c.external_id, 1, _CONTENTS).label("contents"),
            _EVENTS.c.external_id.label("told_id"),
            _EVENTS.c.statement_id,
            Statement.opening_satang,
            CLOSING.label("closing_satang"),
            Statement.file_hash,
        )
        .join(Statement, Statement.id == _EVENTS.c.statement_id)
        .outerjoin(StatementUpload, StatementUpload.statement_id == Statement.id)
        .where(
            _EVENTS.c.source == "statement",
            _EVENTS.c.account_id == upload.account_id,
            _EVENTS.c.occurred_at.between(first, last),
        )
        .cte("told")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    known = exists().where(_EVENTS.c.source == "statement", _EVENTS.c.external_id == _STAGED.c.external_id)
    proved = _STAGED.c.external_id.like(_PROVED)
    blind = ~proved & _STAGED.c.balance_satang.is_(None) & ~_STAGED.c.has_time
    found = (
        select(
            _STAGED.c.place,
            _STAGED.c.number,
            _STAGED.c.external_id,
            _STAGED.c.occurred_at,
            _STAGED.c.doubt,
            told.c.told_id,
            told.c.statement_id,
            told.c.opening_satang,
            told.c.closing_satang,
            told.c.file_hash,
        )
        .join(told, told.c.contents == func.substr(_STAGED.c.external_id, 1, _CONTENTS))
        .where(_STAGED.c.upload_id == upload.id, or_(proved & ~known, blind))
        .order_by(_STAGED.c.place)
    )
    rows = db.session().execute(found.execution_options(yield_per=1_000))
    for _, group in groupby(rows, key=lambda row: row.place):
        several = list(group)
        yield several[0], several


def _follows(upload: StatementUpload, told: Sequence[Any]) -> bool:
    """Whether the balances say that the upload's file follows or precedes those that told the like of a line."""
    opening, closing = upload.opening_satang, upload.closing_satang
    if opening is None or any(one.opening_satang in (None, opening) for one in told):
        return False
    if any(opening == one.closing_satang or closing == one.opening_satang for one in told):
        return True
    # Or follows a third one that came after them.
    after = min(one.statement_id for one in told)
    follows = select(Statement.id).where(
        Statement.account_id == upload.account_id, Statement.id > after, Statement.closing_satang == opening
    )
    return db.session().scalar(follows.limit(1)) is not None


def _is_covered(upload: StatementUpload, statement_id: int, day: Any) -> bool:
    """Whether the upload has every line of that day that the other file has: then it is the same day told again."""
    itself = exists().where(_STAGED.c.upload_id == upload.id, _STAGED.c.external_id == _EVENTS.c.external_id)
    missing = select(_EVENTS.c.id).where(
        _EVENTS.c.statement_id == statement_id, _EVENTS.c.occurred_at == day, ~itself
    )
    return db.session().scalar(missing.limit(1)) is None


def _next_name(upload: StatementUpload, line: Any, numbers: dict[str, int]) -> str:
    """The name of one more line with these contents, and with this balance where its file proves it."""
    contents = base(line.external_id)
    if contents not in numbers:
        session = db.session()
        names: list[str] = []
        for table, ours in (
            (_EVENTS, _EVENTS.c.source == "statement"),
            (_STAGED, _STAGED.c.upload_id == upload.id),
        ):
            alike = func.substr(table.c.external_id, 1, len(contents) + 1) == f"{contents}:"
            names += session.scalars(
                select(table.c.external_id).where(table.c.occurred_at == line.occurred_at, ours, alike)
            )
        numbers[contents] = max(int(one.rpartition(":")[2]) for one in names if base(one) == contents)
    numbers[contents] += 1
    return f"{contents}:{numbers[contents]}"
