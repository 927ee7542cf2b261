"""Throttling: how often one address or one person has done a thing lately, counted for all processes together."""

import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock
from app.kit.db import Base, Id, UtcDateTime, db
from app.kit.errors import TooManyTries

#: At most so many old hits are cleared away by each new one.
_CLEARED_AT_ONCE = 100


class ThrottleHit(Base):
    """One time that somebody did a thing that is slowed down; cleared when its window has passed."""

    __tablename__ = "throttle_hit"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    what: Mapped[str] = mapped_column(String(24))
    #: An address, of IPv6 the network of one customer, or `user:id`.
    who: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_throttle_hit_what_who_at", "what", "who", "at"),)


def count(what: str, who: str, *, most: int, within: timedelta, refused: str) -> int:
    """Write down one more time that `who` does `what`, and return its number. Raises TooManyTries with the words
    `refused` when it was done `most` times `within` the time just past.

    Inside a transaction: the deed's own, or one before it when tries that fail are to count too.
    """
    session = db.session()
    now, who = clock.now(), household(who)
    recent = select(func.count()).where(
        ThrottleHit.what == what, ThrottleHit.who == who, ThrottleHit.at > now - within
    )
    if (session.scalar(recent) or 0) >= most:
        raise TooManyTries(refused)
    hit = ThrottleHit(what=what, who=who, at=now)
    session.add(hit)
    session.flush()
    # Rows that another deed is clearing are passed over: nobody waits here, so no two deeds wait in a circle.
    old = (
        select(ThrottleHit.id)
        .where(ThrottleHit.what == what, ThrottleHit.at < now - within)
        .limit(_CLEARED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        delete(ThrottleHit).where(ThrottleHit.id.in_(old)).execution_options(synchronize_session=False)
    )
    return hit.id


def uncount(number: int) -> None:
    """That time does not count after all: what was tried was right. Inside a transaction."""
    db.session().execute(
        delete(ThrottleHit).where(ThrottleHit.id == number).execution_options(synchronize_session=False)
    )


def household(who: str) -> str:
    """Whom an address counts for. Whoever has an IPv6 address has 2^64 of them (RFC 6177): they count as one.

    Of what is no address only the first 45 characters count: as many as an address can have.
    """
    try:
        address = ipaddress.ip_address(who.partition("%")[0])
    except ValueError:
        return who[:45]
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
