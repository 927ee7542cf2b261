"""The audit trail: what was done, by whom, written with the deed itself and chained by hash afterwards."""

import hashlib
import json
from datetime import datetime
from typing import Any

from flask import has_request_context, request
from sqlalchemy import ForeignKey, Index, Select, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock
from app.kit.db import Base, Id, UtcDateTime, db, is_sqlite
from app.kit.errors import Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.staff.deeds import Deed
from app.staff.users import User

#: As many characters as an address can have (IPv6 with an IPv4 address in it).
_ADDRESS = 45


class AuditEvent(Base):
    """One deed. Written in the deed's own transaction; triggers refuse UPDATE and DELETE."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Who; empty for the system itself (a bank's callback, a nightly job).
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: What was done: the value of a Deed, as `room.verb`. Old rows may hold one that nobody does any more.
    deed: Mapped[str] = mapped_column(String(48))
    #: On what, as `kind:id`.
    subject: Mapped[str] = mapped_column(String(80))
    #: JSON with sorted keys: amounts, codes, before and after. Never a national ID or a password.
    details: Mapped[str] = mapped_column(Text, default="{}")
    address: Mapped[str] = mapped_column(String(_ADDRESS), default="")

    __table_args__ = (
        Index("ix_audit_event_subject", "subject"),
        # Whose last deeds they were, newest first.
        Index("ix_audit_event_by_id", "by_id", "id"),
        # Those of one room, by how their deeds begin.
        Index("ix_audit_event_deed", "deed", postgresql_ops={"deed": "text_pattern_ops"}),
    )


class ChainLink(Base):
    """The link that chains one event to all before it. Append-only; `number` runs without gaps."""

    __tablename__ = "chain_link"

    number: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"), unique=True)
    #: SHA-256 over the link before it and the event's fields.
    hash: Mapped[str] = mapped_column(String(64))
    chained_at: Mapped[datetime] = mapped_column(UtcDateTime)


def record(deed: Deed, subject: str, *, by: User | None, **details: Any) -> None:
    """Write the deed down, in the transaction of the deed itself. Never pass a national ID, password or token."""
    if not isinstance(deed, Deed):
        # A deed made of text, or put together of parts, would stand in the trail without words.
        raise TypeError(f"{deed!r} is no Deed")
    db.session().add(
        AuditEvent(
            at=clock.now(),
            by_id=by.id if by else None,
            deed=deed,
            subject=subject,
            details=json.dumps(details, sort_keys=True, ensure_ascii=False, default=str),
            address=request_address(),
        )
    )


def request_address() -> str:
    """Where the request that is being answered came from; empty outside of one."""
    # What a proxy that is set up wrongly passes on may be anything: no deed fails for it.
    return (request.remote_addr or "")[:_ADDRESS] if has_request_context() else ""


_FIRST = "0" * 64


def _link(previous: str, event: AuditEvent) -> str:
    fields = [
        event.id,
        event.at.isoformat(timespec="microseconds"),
        event.by_id,
        event.deed,
        event.subject,
        event.details,
        event.address,
    ]
    return hashlib.sha256(
        (previous + json.dumps(fields, ensure_ascii=False, separators=(",", ":"))).encode()
    ).hexdigest()


#: As many events back from the last chained one an event is looked for that took its number before and was
#: committed after it. SQLite has one writer: there numbers are committed in their order.
_LATE = 1_000


def unchained(*, whole: bool = False) -> Select[AuditEvent]:
    """Events that are not chained yet, oldest first.

    They are looked for behind the last chained one only, and a little before it; `whole` walks the whole trail, for
    an event whose transaction stayed open while a thousand others were chained.
    """
    # Asked for first: of a number that it knows a database knows how little lies behind it.
    last = select(ChainLink.event_id).order_by(ChainLink.number.desc()).limit(1)
    chained_to = db.session().scalar(last) or 0
    statement = (
        select(AuditEvent)
        .outerjoin(ChainLink, ChainLink.event_id == AuditEvent.id)
        .where(ChainLink.number.is_(None))
        .order_by(AuditEvent.id)
    )
    if whole:
        return statement
    return statement.where(AuditEvent.id > chained_to - (0 if is_sqlite() else _LATE))


def chain(*, most: int = 5000, whole: bool = False) -> int:
    """Chain events that are not chained yet (`unchained`), oldest first. Returns how many. Runs in a job, so no deed waits.

    Call inside a transaction; a second one at the same moment loses at the unique number and tries later.
    """
    session = db.session()
    # One job chains at a time.
    lock_advisory(AdvisoryLock.AUDIT_CHAIN)
    last = session.scalars(select(ChainLink).order_by(ChainLink.number.desc()).limit(1)).one_or_none()
    number, previous = (last.number, last.hash) if last else (0, _FIRST)
    done = 0
    now = clock.now()
    for event in session.scalars(unchained(whole=whole).limit(most)):
        number, previous, done = number + 1, _link(previous, event), done + 1
        session.add(ChainLink(number=number, event_id=event.id, hash=previous, chained_at=now))
    session.flush()
    return done


def verify() -> dict[str, int | str]:
    """Walk the whole chain. Returns counts and the last hash.

    Raises Refused naming the first broken link: an event changed, removed, or a link out of order.
    """
    session = db.session()
    previous, number = _FIRST, 0
    links = (
        select(ChainLink, AuditEvent)
        .outerjoin(AuditEvent, AuditEvent.id == ChainLink.event_id)
        .order_by(ChainLink.number)
        .execution_options(yield_per=2000)
    )
    with session.execute(links) as rows:
        for link, event in rows:
            number += 1
            if link.number != number or event is None or _link(previous, event) != link.hash:
                raise Refused(f"บันทึกการตรวจสอบถูกแก้ไขหรือขาดหาย พบที่ตราลำดับ {number}")
            previous = link.hash
    events = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    return {"events": events, "sealed": number, "unsealed": events - number, "last_hash": previous}
