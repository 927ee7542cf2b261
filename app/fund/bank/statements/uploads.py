"""Uploads: statement files as they were sent, kept until an officer imports or drops them."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from sqlalchemy import (
    Table,
    delete,
    insert,
    select,
)

from app.fund.bank.records import StagedLine, StatementChunk, StatementUpload, UploadState
from app.kit import clock
from app.kit.db import db, lock, transaction
from app.kit.errors import BadInput, Refused
from app.kit.sheets import safe_file_name
from app.staff import approvals, audit
from app.staff.deeds import Deed
from app.staff.users import User

#: More than any bank writes for a month; a file is read and kept piece by piece.
MOST_BYTES = 200_000_000
#: An upload that nobody decides on is thrown away after this time.
KEPT = timedelta(days=14)
_PIECE = 1 << 18
_LONGEST_NAME = 160


_CHUNKS = cast(Table, StatementChunk.__table__)
_STAGED = cast(Table, StagedLine.__table__)


def keep(
    *,
    name: str,
    file: BinaryIO,
    account_number: str | None = None,
    profile: str | None = None,
    by: User | None,
) -> StatementUpload:
    """Keep a file as it was sent, piece by piece, to be read and looked at. Nothing is known of its contents yet.

    Raises BadInput for a name that holds a path, an empty file and one past MOST_BYTES; then nothing is kept.
    """
    shown = shown_name(name)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if not size:
        raise BadInput("ไฟล์ว่างเปล่า กรุณาดาวน์โหลดรายการเดินบัญชีจากธนาคารใหม่")
    if size > MOST_BYTES:
        raise BadInput(
            f"ไฟล์ใหญ่เกิน {MOST_BYTES // 1_000_000:,} เมกะไบต์ กรุณาขอรายการเดินบัญชีจากธนาคารเป็นช่วงสั้นลงแล้วส่งทีละไฟล์"
        )
    digest = hashlib.sha256()
    with transaction() as session:
        upload = StatementUpload(
            state=UploadState.SENT,
            file_name=shown,
            file_hash="",
            size=size,
            account_asked=(account_number or "")[:40],
            profile_asked=(profile or "")[:40],
            sent_at=clock.now(),
            sent_by_id=by.id if by else None,
        )
        session.add(upload)
        session.flush()
        number = 0
        while piece := file.read(_PIECE):
            digest.update(piece)
            session.execute(insert(_CHUNKS), {"upload_id": upload.id, "number": number, "raw": piece})
            number += 1
        upload.file_hash = digest.hexdigest()
        audit.record(
            Deed.STATEMENT_SEND,
            f"statement_upload:{upload.id}",
            by=by,
            file=shown,
            size=size,
            hash=upload.file_hash,
        )
    return upload


def shown_name(name: str) -> str:
    """A file's name as it is kept and shown. Raises BadInput for one that holds a path."""
    shown = safe_file_name(name)
    suffix = PurePosixPath(shown).suffix[:10]
    return shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - len(suffix)] + suffix


def pieces(upload_id: int) -> Iterator[bytes]:
    """The file as it was sent, piece by piece."""
    number = 0
    while True:
        statement = select(_CHUNKS.c.raw).where(_CHUNKS.c.upload_id == upload_id, _CHUNKS.c.number == number)
        piece = db.session().execute(statement).scalar_one_or_none()
        if piece is None:
            return
        yield piece
        number += 1


@contextmanager
def opened(upload_id: int) -> Iterator[BinaryIO]:
    """The file as it was sent, on disk and to be sought in."""
    with tempfile.TemporaryFile(prefix="kueakun-statement-") as file:
        for piece in pieces(upload_id):
            file.write(piece)
        file.seek(0)
        db.session().rollback()
        yield cast(BinaryIO, file)


def find(upload_id: int) -> StatementUpload:
    """The upload. Raises Refused when it was thrown away or never was."""
    upload = db.session().get(StatementUpload, upload_id) if abs(upload_id) < 2**63 else None
    if upload is None:
        raise Refused("ไม่พบไฟล์นี้ อาจถูกทิ้งไปแล้ว กรุณาเลือกไฟล์ใหม่อีกครั้ง")
    return upload


def drop(upload_id: int, *, by: User | None) -> None:
    """Throw an upload away with its file and lines; nothing of it was brought in. Raises Refused when something was."""
    with transaction():
        upload = lock(StatementUpload, upload_id)
        if upload.state in (UploadState.APPLYING, UploadState.APPLIED):
            raise Refused("ไฟล์นี้นำเข้าแล้ว จึงทิ้งไม่ได้")
        audit.record(Deed.STATEMENT_DROP, f"statement_upload:{upload.id}", by=by, file=upload.file_name)
        throw_away(upload)


def throw_away(upload: StatementUpload) -> None:
    """Inside a transaction."""
    session = db.session()
    if upload.override_request is not None:
        approvals.lapse(upload.override_request)
    session.execute(delete(_STAGED).where(_STAGED.c.upload_id == upload.id))
    session.execute(delete(_CHUNKS).where(_CHUNKS.c.upload_id == upload.id))
    session.delete(upload)
    session.flush()


def drop_forgotten() -> int:
    """Drop uploads that nobody decided on in time, and those that brought nothing new. Returns how many."""
    old = (
        select(StatementUpload.id)
        .where(
            StatementUpload.sent_at < clock.now() - KEPT,
            StatementUpload.statement_id.is_(None),
            StatementUpload.state != UploadState.APPLYING,
        )
        .limit(20)
    )
    numbers = list(db.session().scalars(old))
    for number in numbers:
        with transaction():
            upload = lock(StatementUpload, number)
            if upload.state == UploadState.APPLYING or upload.statement_id is not None:
                continue
            # From here on nobody brings it in any more, while its lines go.
            upload.state, upload.reason = UploadState.REFUSED, "ไม่มีผู้นำเข้าภายในเวลาที่กำหนด กรุณาส่งไฟล์อีกครั้ง"
        drop_lines(number)
        with transaction():
            upload = lock(StatementUpload, number)
            audit.record(Deed.STATEMENT_FORGET, f"statement_upload:{number}", by=None, file=upload.file_name)
            throw_away(upload)
    return len(numbers)


_LINES_AT_ONCE = 5_000


def drop_lines(upload_id: int, *, first: Callable[[], object] = lambda: None) -> None:
    """Forget what was read of an upload, in short transactions, so that nobody waits behind a long file.

    Each begins with `first`, which may end it all by raising.
    """
    while True:
        with transaction() as session:
            first()
            some = (
                select(_STAGED.c.place)
                .where(_STAGED.c.upload_id == upload_id)
                .order_by(_STAGED.c.place)
                .limit(_LINES_AT_ONCE)
            )
            gone = session.execute(
                delete(_STAGED).where(
                    _STAGED.c.upload_id == upload_id, _STAGED.c.place.in_(some.scalar_subquery())
                )
            )
        if not gone.rowcount:  # type: ignore[attr-defined]
            return
