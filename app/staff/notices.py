"""Notices: what a person is told on the first page of their day until they say that they have read it."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock, outbox
from app.kit.db import Base, Id, UtcDateTime, db, lock
from app.kit.errors import Refused
from app.settings import Settings
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Grant, Role
from app.staff.users import User


class Notice(Base):
    """One thing told to one person. It stays on their first page until they acknowledge it or its last day is over."""

    __tablename__ = "staff_notice"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    title: Mapped[str] = mapped_column(String(160))
    words: Mapped[str] = mapped_column(String(1000))
    #: A page of this portal, or empty.
    href: Mapped[str] = mapped_column(String(200), default="")
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The last day on which it tells anything, as a meeting's own day; empty where it waits until it is read.
    until_on: Mapped[date | None]

    __table_args__ = (
        Index(
            "ix_staff_notice_unseen",
            "user_id",
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
    )


def holders(*roles: Role) -> list[User]:
    """Everyone who holds one of these roles now."""
    held = select(Grant.user_id).where(Grant.role.in_(roles), Grant.revoked_at.is_(None))
    return list(
        db.session().scalars(
            select(User).where(User.id.in_(held), User.closed_at.is_(None)).order_by(User.id)
        )
    )


def notify(
    people: Iterable[User], *, title: str, words: str, href: str = "", until_on: date | None = None
) -> None:
    """Put it on each one's first page, and write to those whose address the portal knows. Inside a transaction.

    After `until_on` it does not wait any more, read or not.
    """
    session, now = db.session(), clock.now()
    here = Settings.here()
    for user in people:
        notice = Notice(
            user_id=user.id, title=title, words=words[:1000], href=href, told_at=now, until_on=until_on
        )
        session.add(notice)
        session.flush()
        link = f"\n\n{here.public_url.rstrip('/')}{href}" if href else ""
        for channel, recipient in addresses(user):
            outbox.write(
                channel=channel,
                recipient=recipient,
                subject=title,
                body=f"{words}{link}",
                key=f"notice:{notice.id}:{channel}",
            )


def addresses(user: User) -> list[tuple[str, str]]:
    """The ways in which the portal can write to this person."""
    known = ((outbox.EMAIL, user.email), (outbox.LINE, user.line_user_id))
    return [(channel, recipient) for channel, recipient in known if recipient]


def unseen(user: User) -> list[Notice]:
    """What this person has not acknowledged and is not over, the oldest first."""
    statement = select(Notice).where(
        Notice.user_id == user.id,
        Notice.seen_at.is_(None),
        or_(Notice.until_on.is_(None), Notice.until_on >= clock.today()),
    )
    return list(db.session().scalars(statement.order_by(Notice.id)))


def acknowledge(notice_id: int, *, by: User) -> None:
    """The person has read it; it leaves their first page, and the trail says when."""
    found = lock(Notice, notice_id)
    if found.user_id != by.id:
        raise Refused("ไม่พบรายการนี้ในระบบ อาจถูกยกเลิกไปแล้ว")
    if found.seen_at is None:
        found.seen_at = clock.now()
        audit.record(Deed.NOTICE_ACKNOWLEDGE, f"notice:{found.id}", by=by, title=found.title)
