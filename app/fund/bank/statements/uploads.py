"""Uploads: statement files that were sent and are kept until somebody who has looked at them says what becomes of them."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    delete,
    false,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.fund.bank.statements import staged_lines
from app.fund.bank.statements.staged_lines import StagedLine
from app.kit import clock
from app.kit.db import Base, Id, Satang, UtcDateTime, db, lock, transaction
from app.kit.errors import BadInput, Refused
from app.kit.sheets import safe_file_name
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

#: More than any bank writes for a month; a file is read and kept piece by piece.
MOST_BYTES = 200_000_000
#: An upload that nobody decides on is thrown away after this time.
KEPT = timedelta(days=14)
_PIECE = 1 << 18
_LONGEST_NAME = 160


class UploadState(StrEnum):
    """sent: kept, not yet read. unknown: its header must be mapped. refused: it does not hold. read: waits for a
    person's word. applying: its lines come in. applied: all of them are in."""

    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    READ = "read"
    APPLYING = "applying"
    APPLIED = "applied"


class StatementUpload(Base):
    """One statement file as it was sent, with what reading it found. What has become a statement stays for ever."""

    __tablename__ = "statement_upload"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default=UploadState.SENT)
    file_name: Mapped[str] = mapped_column(String(160))
    file_hash: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    #: As the sender chose; empty to go by the file.
    account_asked: Mapped[str] = mapped_column(String(40), default="")
    profile_asked: Mapped[str] = mapped_column(String(40), default="")
    #: As the file turned out to be.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("fund_account.id"))
    profile: Mapped[str] = mapped_column(String(40), default="")
    newest_first: Mapped[bool] = mapped_column(default=False)
    #: Why it cannot be taken, in Thai.
    reason: Mapped[str] = mapped_column(String(400), default="")
    #: Refused because its balances, totals or counts do not hold; every line of it could be read.
    unproven: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Which of its lines the bank says have not happened, and what else was passed over, in Thai.
    remarks: Mapped[str] = mapped_column(String(400), default="", server_default="")
    #: How many of its lines moved money, and of those how many nobody told before and how many look odd.
    lines: Mapped[int] = mapped_column(default=0)
    new_lines: Mapped[int] = mapped_column(default=0)
    odd_lines: Mapped[int] = mapped_column(default=0)
    in_count: Mapped[int] = mapped_column(default=0)
    in_satang: Mapped[int] = mapped_column(Satang, default=0)
    out_count: Mapped[int] = mapped_column(default=0)
    out_satang: Mapped[int] = mapped_column(Satang, default=0)
    #: The period that the file states, or else that of its lines.
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    #: Before the oldest line and after the newest; empty where the bank tells no balances.
    opening_satang: Mapped[int | None] = mapped_column(Satang)
    closing_satang: Mapped[int | None] = mapped_column(Satang)
    #: For pages: how many lines are read or brought in, of how many (0: not known yet).
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    #: How often somebody has begun to read it: only the newest reading may write.
    reading: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Until then somebody is at work on it.
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"), unique=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint(
            "state IN ('sent', 'unknown', 'refused', 'read', 'applying', 'applied')", name="known_state"
        ),
        CheckConstraint(
            "state IN ('applying', 'applied') OR statement_id IS NULL", name="statement_of_applied"
        ),
        Index("ix_statement_upload_state", "state"),
    )


class StatementChunk(Base):
    """A piece of a file as it was sent; all pieces in order are the file. Those of a statement are final."""

    __tablename__ = "statement_chunk"

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("statement_upload.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    raw: Mapped[bytes] = mapped_column(LargeBinary)


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
        one = select(_CHUNKS.c.raw).where(_CHUNKS.c.upload_id == upload_id, _CHUNKS.c.number == number)
        piece = db.session().execute(one).scalar_one_or_none()
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
    session.execute(delete(_STAGED).where(_STAGED.c.upload_id == upload.id))
    session.execute(delete(_CHUNKS).where(_CHUNKS.c.upload_id == upload.id))
    session.delete(upload)
    session.flush()


def drop_forgotten() -> int:
    """Throw away uploads that nobody decided on in time, and those that brought nothing new. Returns how many."""
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
        staged_lines.drop(number)
        with transaction():
            upload = lock(StatementUpload, number)
            audit.record(Deed.STATEMENT_FORGET, f"statement_upload:{number}", by=None, file=upload.file_name)
            throw_away(upload)
    return len(numbers)
