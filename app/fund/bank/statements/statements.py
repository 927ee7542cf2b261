"""Statements: importing the lines of a bank's file. A file is imported whole or not at all, and importing it again changes nothing."""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any, BinaryIO, cast

from sqlalchemy import ColumnElement, Exists, Select, Table, delete, func, insert, literal, null, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from app.fund.bank.match_reasons import ReconciliationState
from app.fund.bank.reconciliation import matching
from app.fund.bank.records import (
    BankEvent,
    ReconciliationItem,
    StagedLine,
    Statement,
    StatementUpload,
    UploadState,
)
from app.fund.bank.statements import continuations, equal_lines, staging, uploads
from app.fund.giving.records.payment_requests import FundAccount
from app.kit import clock
from app.kit.db import db, is_sqlite, learn, lock, transaction
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

_log = logging.getLogger("kueakun.bank")
_EVENTS = cast(Table, BankEvent.__table__)
_ITEMS = cast(Table, ReconciliationItem.__table__)
_STAGED = cast(Table, StagedLine.__table__)
#: Columns of a staged line that its event has too.
_CARRIED = (
    "external_id", "raw", "raw_hash", "satang", "occurred_at", "has_time", "balance_satang", "ref1", "ref2", "bank_ref",
    "payer", "payer_bank", "description",
)  # fmt: skip
#: Lines that come in within one transaction; a shorter file comes in at once.
_AT_ONCE = 2_000
#: Seconds that one turn of background work may take, so that other work comes round too.
_TURN = 2
_GAP = timedelta(milliseconds=5)
#: So often an import looks whether the background has read its file.
_LOOK = timedelta(milliseconds=200)


def import_file(
    *,
    name: str,
    raw: bytes,
    account_number: str | None = None,
    profile: str | None = None,
    by: User | None,
) -> dict[str, int]:
    """As `import_stream`, of a file that is in memory."""
    return import_stream(name=name, file=BytesIO(raw), account_number=account_number, profile=profile, by=by)


def import_stream(
    *,
    name: str,
    file: BinaryIO,
    account_number: str | None = None,
    profile: str | None = None,
    by: User | None,
) -> dict[str, int]:
    """Bring in the lines of a statement that were never seen, without anybody looking first, and reconcile them.

    Answers with counts of lines: `new` never told before, `known` told before by a statement or a callback, and of
    those brought in now `posted` as donations and `waiting` for the finance officer, or for another person's word on a
    file that continues no balance known. The same file again, or one that overlaps, adds nothing. Reconciling commits in batches; what a crash leaves unreconciled the background job takes up.
    Raises BadInput, nothing imported, for a file, header, date, amount, total or running balance that does not hold.
    """
    upload_id = uploads.keep(name=name, file=file, account_number=account_number, profile=profile, by=by).id
    try:
        _read(upload_id)
        apply(upload_id, by=by)
    except BaseException:
        _discard(upload_id)
        raise
    finish(upload_id)
    return reconcile(upload_id)


def _read(upload_id: int) -> None:
    """Read the file, or wait for the background to end reading it: it takes up whatever was sent, and may be first."""
    while not staging.read(upload_id):
        db.session().rollback()
        if uploads.find(upload_id).state != UploadState.SENT:
            return
        _wait()


def _wait() -> None:
    time.sleep(_LOOK.total_seconds())


def _discard(upload_id: int) -> None:
    """Nobody waits for an upload whose import was refused; one that has begun to come in stays."""
    if uploads.find(upload_id).state in (UploadState.APPLYING, UploadState.APPLIED):
        return
    uploads.drop_lines(upload_id)
    with transaction():
        uploads.throw_away(lock(StatementUpload, upload_id))


def apply(upload_id: int, *, by: User | None) -> None:
    """An upload that was read becomes a statement: a short one with all its lines at once, a long one line by line
    from here on by `finish` or in the background.

    Raises Refused when it is not ready, or while another file of the account comes in.
    """
    account_id = uploads.find(upload_id).account_id
    for other in _coming_in(account_id):
        if other != upload_id:
            # Whoever began it may be gone; its lines must be there before these are told from new ones.
            finish(other)
    with transaction() as session:
        upload = lock(StatementUpload, upload_id)
        if upload.state != UploadState.READ or upload.account_id is None:
            raise Refused("ไฟล์นี้ยังอ่านไม่เสร็จหรือนำเข้าไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
        # Imports for one account queue here, so that each sees all lines of the one before. Not a full lock:
        # payment requests and callbacks, which only point at the account, need not wait.
        session.execute(
            select(FundAccount.id).filter_by(id=upload.account_id).with_for_update(key_share=True)
        )
        if _coming_in(upload.account_id):
            raise Refused("กำลังนำเข้าอีกไฟล์ของบัญชีนี้อยู่ กรุณารอสักครู่แล้วกดนำเข้าอีกครั้ง")
        # Other files may have come in since it was read.
        equal_lines.tell_apart(upload)
        upload.new_lines = count_new(upload_id)
        upload.done, upload.total, upload.state = 0, upload.lines, UploadState.APPLYING
        if upload.new_lines:
            statement = Statement(
                account_id=upload.account_id,
                file_name=upload.file_name,
                profile=upload.profile,
                file_hash=upload.file_hash,
                raw=b"",
                imported_at=clock.now(),
                imported_by_id=by.id if by else None,
                lines=upload.lines,
                new_lines=upload.new_lines,
                from_on=upload.from_on,
                to_on=upload.to_on,
                opening_satang=upload.opening_satang,
                closing_satang=upload.closing_satang,
            )
            session.add(statement)
            session.flush()
            upload.statement_id = statement.id
            session.flush()
            continuations.note(statement, upload)
        audit.record(
            Deed.STATEMENT_IMPORT,
            f"fund_account:{upload.account_id}",
            by=by,
            file=upload.file_name,
            lines=upload.lines,
            new=upload.new_lines,
            statement=upload.statement_id,
        )
        if upload.lines <= _AT_ONCE:
            _bring(upload)


def _coming_in(account_id: int | None) -> list[int]:
    """Uploads of the account whose lines are coming in."""
    found = select(StatementUpload.id).where(
        StatementUpload.account_id == account_id, StatementUpload.state == UploadState.APPLYING
    )
    return list(db.session().scalars(found.order_by(StatementUpload.id)))


def count_new(upload_id: int) -> int:
    """How many staged lines are not yet bank events."""
    fresh = select(func.count()).where(_STAGED.c.upload_id == upload_id, ~_is_known())
    return db.session().scalar(fresh) or 0


def _is_known() -> Exists:
    return (
        select(_EVENTS.c.id)
        .where(_EVENTS.c.source == "statement", _EVENTS.c.external_id == _STAGED.c.external_id)
        .exists()
    )


def bring_some(upload_id: int) -> bool:
    """Bring in the next lines of an upload that is being applied. True while there are more. Several workers may do it at once."""
    with transaction():
        upload = lock(StatementUpload, upload_id)
        if upload.state != UploadState.APPLYING:
            return False
        _bring(upload)
        return upload.state == UploadState.APPLYING


def _bring(upload: StatementUpload) -> None:
    """Turn the oldest staged lines into events; inside a transaction that has locked the upload.

    A staged line goes as its event comes, so whatever happens in between, the rest is what is still staged.
    """
    session = db.session()
    order = _STAGED.c.place.desc() if upload.newest_first else _STAGED.c.place
    chosen = (
        select(_STAGED.c.place)
        .where(_STAGED.c.upload_id == upload.id)
        .order_by(order)
        .limit(_AT_ONCE)
        .subquery()
    )
    first, last, many = session.execute(
        select(func.min(chosen.c.place), func.max(chosen.c.place), func.count()).select_from(chosen)
    ).one()
    if many:
        batch = (_STAGED.c.upload_id == upload.id, _STAGED.c.place.between(first, last))
        if upload.statement_id is not None:
            _make_events(upload, *batch, order=order)
        session.execute(delete(_STAGED).where(*batch))
        upload.done += many
    if many < _AT_ONCE:
        upload.state = UploadState.APPLIED
        if upload.total > _AT_ONCE:
            learn("bank_event", "reconciliation_item")


def _make_events(upload: StatementUpload, *batch: ColumnElement[bool], order: ColumnElement[Any]) -> None:
    session = db.session()
    columns: dict[str, ColumnElement[Any]] = {
        "source": literal("statement"),
        "account_id": literal(upload.account_id),
        "statement_id": literal(upload.statement_id),
        "line_number": _STAGED.c.number,
        "received_at": literal(clock.now(), _EVENTS.c.received_at.type),
        "currency": literal("764"),
        "biller_id": literal(""),
    }
    columns.update((name, _STAGED.c[name]) for name in _CARRIED)
    # Numbers are given in order, so those of this batch lie above all that there are.
    last = session.scalar(select(func.coalesce(func.max(_EVENTS.c.id), 0)))
    make = sqlite.insert if is_sqlite() else postgresql.insert
    session.execute(
        make(_EVENTS)
        .from_select(
            list(columns),
            select(*(value.label(name) for name, value in columns.items())).where(*batch).order_by(order),
        )
        # What was told before stays as it was first told.
        .on_conflict_do_nothing(index_elements=["source", "external_id"])
    )
    session.execute(
        insert(_ITEMS).from_select(
            ["event_id", "state", "reason", "match_reason", "duplicate_of_id"],
            select(
                _EVENTS.c.id, literal(ReconciliationState.NEW), literal(""), _STAGED.c.doubt, null()
            ).where(
                _EVENTS.c.id > last,
                _EVENTS.c.statement_id == upload.statement_id,
                _STAGED.c.upload_id == upload.id,
                _STAGED.c.external_id == _EVENTS.c.external_id,
            ),
        )
    )


def finish(upload_id: int) -> None:
    """Import all lines that are left of an upload."""
    while bring_some(upload_id):
        _pause()


def _pause() -> None:
    if is_sqlite():
        # Its writers do not queue but look again every tenth of a second: leave them a gap.
        time.sleep(_GAP.total_seconds())


def advance() -> int:
    """One turn of background work: read files that were sent, import lines. Returns how many uploads it touched. Any number of workers may run it; one that was killed is followed by the next."""
    began, touched = time.monotonic(), 0
    session = db.session()
    for number in list(session.scalars(_in_state(UploadState.APPLYING))):
        touched += 1
        while time.monotonic() - began < _TURN and bring_some(number):
            _pause()
    for number in list(session.scalars(_in_state(UploadState.SENT).where(StatementUpload.free()).limit(1))):
        touched += 1
        try:
            staging.read(number)
        except BadInput as refused:
            _log.info("statement upload %s: %s", number, refused.words)
    return touched


def _in_state(state: UploadState) -> Select[int]:
    return select(StatementUpload.id).where(StatementUpload.state == state).order_by(StatementUpload.id)


def reconcile(upload_id: int) -> dict[str, int]:
    """Reconcile what an upload brought in, and count: see `import_stream`."""
    upload = uploads.find(upload_id)
    fresh, known, statement_id = upload.new_lines, upload.lines - upload.new_lines, upload.statement_id
    if statement_id is None:
        return {"new": 0, "known": known, "posted": 0, "waiting": 0}
    matching.reconcile_statement(statement_id)
    states = states_of(statement_id)
    repeated = states[ReconciliationState.DUPLICATE]
    return {
        "new": fresh - repeated,
        "known": known + repeated,
        "posted": states[ReconciliationState.POSTED],
        "waiting": states[ReconciliationState.WAITING] + states[ReconciliationState.NEW],
    }


def reconcile_confirmed(statement_ids: Sequence[int]) -> None:
    """Reconcile what another person's word on a file let go on, committing in batches."""
    for number in statement_ids:
        matching.reconcile_statement(number)
        # A callback that a line of the file bears out counts by that line.
        line = aliased(ReconciliationItem)
        repeated = (
            select(ReconciliationItem.event_id)
            .join(line, line.duplicate_of_id == ReconciliationItem.event_id)
            .join(BankEvent, BankEvent.id == line.event_id)
            .where(BankEvent.statement_id == number, ReconciliationItem.state == ReconciliationState.NEW)
            .order_by(ReconciliationItem.event_id)
        )
        for event_id in db.session().scalars(repeated).all():
            with transaction():
                matching.reconcile(event_id)


def states_of(statement_id: int) -> Counter[str]:
    """How many of a statement's lines are in which state."""
    counted = (
        select(ReconciliationItem.state, func.count())
        .join(BankEvent, BankEvent.id == ReconciliationItem.event_id)
        .where(BankEvent.statement_id == statement_id)
        .group_by(ReconciliationItem.state)
    )
    return Counter(dict(db.session().execute(counted).all()))
