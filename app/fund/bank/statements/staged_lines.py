"""Staged lines: the lines of an upload as they were read, until they come in as bank events."""

from collections.abc import Callable
from datetime import date, datetime
from typing import cast

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Table, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Satang, UtcDateTime, transaction

_LINES_AT_ONCE = 5_000


class StagedLine(Base):
    """A line of an upload as it was read and will become a bank event. It goes when the event is there."""

    __tablename__ = "staged_line"

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("statement_upload.id"), primary_key=True, autoincrement=False
    )
    #: Its place in the file among the lines that moved money, from 0.
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Its row in the file, as a spreadsheet program counts.
    number: Mapped[int]
    external_id: Mapped[str] = mapped_column(String(90))
    #: In Bangkok.
    on_day: Mapped[date]
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    has_time: Mapped[bool]
    satang: Mapped[int] = mapped_column(Satang)
    balance_satang: Mapped[int | None] = mapped_column(Satang)
    ref1: Mapped[str] = mapped_column(String(40))
    ref2: Mapped[str] = mapped_column(String(40))
    bank_ref: Mapped[str] = mapped_column(String(60))
    payer: Mapped[str] = mapped_column(String(160))
    payer_bank: Mapped[str] = mapped_column(String(3))
    description: Mapped[str] = mapped_column(String(400))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    raw_hash: Mapped[str] = mapped_column(String(64))
    #: Why a person must look at it (see `match_reasons`); empty where the rules may judge it.
    doubt: Mapped[str] = mapped_column(String(20), default="", server_default="")

    __table_args__ = (Index("ix_staged_line_upload_id_external_id", "upload_id", "external_id"),)


_STAGED = cast(Table, StagedLine.__table__)


def drop(upload_id: int, *, first: Callable[[], object] = lambda: None) -> None:
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
