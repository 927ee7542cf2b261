"""Reads: who looked at what names families or givers' papers, and how much of it one person may look at in a day.

A row a read, apart from the audit trail: reading changes nothing, there is much of it, and each row has to be quick. Rows are
final, and the sums of each person's day are kept by a trigger with every row.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import Base, Id, UtcDateTime, db, is_sqlite, transaction
from app.kit.errors import Refused
from app.kit.worded import Worded
from app.province.profile import Profile
from app.staff.audit import request_address
from app.staff.roles import Role
from app.staff.users import User

_LONGEST_REASON = 200
#: What is usual for a person is what they did in so long.
_WEEKS = timedelta(days=28)


class ReadKind(Worded):
    """What was looked at. Its value is the column of `ReadingDay` that counts it."""

    HOUSEHOLD = "households", "หน้าครัวเรือน"
    WHOLE_ID = "whole_ids", "เลขประจำตัวประชาชนเต็ม"
    PHOTO = "photos", "ภาพหลักฐาน"
    SLIP = "slips", "ภาพสลิป"
    STATEMENT = "statements", "ไฟล์รายการเดินบัญชี"
    EXPORT = "exports", "ไฟล์ที่ส่งออก"


#: How what is counted is called in a sentence.
_UNITS = {
    ReadKind.HOUSEHOLD: "เปิดดูครัวเรือน",
    ReadKind.WHOLE_ID: "ดูเลขประจำตัวประชาชนเต็มของบุคคล",
    ReadKind.PHOTO: "เปิดดูภาพหลักฐาน",
    ReadKind.SLIP: "เปิดดูภาพสลิป",
    ReadKind.STATEMENT: "เปิดไฟล์รายการเดินบัญชี",
    ReadKind.EXPORT: "ส่งออกไฟล์",
}


class CeilingReached(Refused):
    """The person has looked at as much as their role may in one day."""


class ReadEvent(Base):
    """One time that a person looked at one thing, or asked for one that is not theirs to see. Final (triggers)."""

    __tablename__ = "read_event"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The day in Bangkok.
    on: Mapped[date] = mapped_column("on_date")
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(12))
    #: What, as `kind:id`; what was asked for and not shown is kept as it was asked for.
    subject: Mapped[str] = mapped_column(String(80))
    #: Why, where a reason is asked for.
    reason: Mapped[str] = mapped_column(String(_LONGEST_REASON), default="")
    #: The first time that day that this person looked at it: what ceilings count.
    is_first: Mapped[bool]
    #: It was not shown: it is not theirs, there is no such thing, or the day's ceiling was reached.
    is_refused: Mapped[bool]
    #: Between the hours that the profile calls night.
    is_at_night: Mapped[bool]
    address: Mapped[str] = mapped_column(String(45), default="")

    __table_args__ = (
        CheckConstraint(
            "kind IN ('households', 'whole_ids', 'photos', 'slips', 'statements', 'exports')",
            name="known_kind",
        ),
        CheckConstraint("NOT (is_first AND is_refused)", name="seen_or_refused"),
        Index("ix_read_event_by_id", "by_id", "id"),
        Index("ix_read_event_subject", "subject", "id"),
        Index(
            "uq_read_event_first",
            "by_id",
            "on_date",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("is_first"),
            postgresql_where=text("is_first"),
        ),
    )


class ReadingDay(Base):
    """What one person looked at on one day: how many different things of each kind. Kept by a trigger; never falls (trigger)."""

    __tablename__ = "reading_day"

    on: Mapped[date] = mapped_column("on_date", primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    households: Mapped[int] = mapped_column(default=0, server_default="0")
    whole_ids: Mapped[int] = mapped_column(default=0, server_default="0")
    photos: Mapped[int] = mapped_column(default=0, server_default="0")
    slips: Mapped[int] = mapped_column(default=0, server_default="0")
    statements: Mapped[int] = mapped_column(default=0, server_default="0")
    exports: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Reads of any kind, repeated ones too.
    reads: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Of them at night.
    at_night: Mapped[int] = mapped_column(default=0, server_default="0")
    #: What was asked for and not shown.
    refused: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        Index("ix_reading_day_by_id", "by_id", "on_date"),
        Index("ix_reading_day_most", "on_date", "households", "by_id"),
    )


def note(kind: ReadKind, subject: str, *, by: User, reason: str = "") -> None:
    """Write down that `by` is about to see it. Commits by itself; nothing that the page read before is kept.

    Raises CeilingReached, which is written down too, when that is more than the role may see in one day.
    """
    try:
        with transaction() as session:
            if not is_sqlite():
                # The page need not wait for the disk: what a crash of the whole server could lose is part of a second.
                session.execute(text("SET LOCAL synchronous_commit TO off"))
            record(kind, subject, by=by, reason=reason)
    except CeilingReached:
        note_refused(kind, subject, by=by)
        raise


def note_refused(kind: ReadKind, subject: str, *, by: User) -> None:
    """Write down that `by` asked for what is not theirs to see, or is not there. Commits by itself."""
    with transaction():
        _insert(kind, subject, by=by, reason="", is_first=False, is_refused=True)


def record(kind: ReadKind, subject: str, *, by: User, reason: str = "") -> None:
    """`by` sees it, and the day's sums say so. Raises CeilingReached past the ceiling of the role. Inside a transaction."""
    if not _insert(kind, subject, by=by, reason=reason, is_first=True, is_refused=False):
        _insert(kind, subject, by=by, reason=reason, is_first=False, is_refused=False)
        return
    most = ceiling(kind, by)
    # The sum's row is held since the trigger wrote it: of several windows none gets past.
    if read_today(kind, by) > most:
        raise CeilingReached(
            f"วันนี้ท่าน{_UNITS[kind]}ครบ {most:,} รายการตามเพดานต่อวันของบทบาทแล้ว ยังไม่ได้เปิด"
            f" พรุ่งนี้เปิดต่อได้ หากงานรอไม่ได้ กรุณาติดต่อ{_whom_to_ask(by)}"
        )


def file_subject(name: str) -> str:
    """A file that is handed out now: each is a thing of its own for the day's ceiling."""
    return f"export:{name}-{clock.now():%y%m%d%H%M%S%f}"


def ceiling(kind: ReadKind, user: User) -> int:
    """How many different things of this kind the person may see in one day: the most that any of their roles may."""
    return Profile.here().reading.most(kind, {grant.role for grant in user.holding(*Role)})


def read_today(kind: ReadKind, user: User) -> int:
    """How many different things of this kind the person has seen today."""
    column = getattr(ReadingDay, kind.value)
    found = select(column).where(ReadingDay.on == clock.today(), ReadingDay.by_id == user.id)
    return db.session().scalar(found) or 0


def _whom_to_ask(user: User) -> str:
    if user.has(Role.FUND_OFFICER, Role.AUDITOR, Role.FINANCE):
        return "ประธานกรรมการกองทุน"
    return "ฝ่ายเลขานุการกองทุนให้เปิดดูแทน"


def _insert(kind: ReadKind, subject: str, *, by: User, reason: str, is_first: bool, is_refused: bool) -> bool:
    """Whether the row was put in: a second first time of the day is not."""
    now = clock.now()
    row = {
        "at": now,
        "on_date": clock.today(),
        "by_id": by.id,
        "kind": kind.value,
        "subject": subject[:80],
        "reason": reason,
        "is_first": is_first,
        "is_refused": is_refused,
        "is_at_night": Profile.here().reading.is_night(now.astimezone(BANGKOK).hour),
        "address": request_address(),
    }
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    statement = insert(ReadEvent.__table__).values(row)  # type: ignore[arg-type]
    if is_first:
        statement = statement.on_conflict_do_nothing(
            index_elements=["by_id", "on_date", "kind", "subject"], index_where=text("is_first")
        )
    return db.session().execute(statement.returning(ReadEvent.__table__.c.id)).first() is not None


def usual(days: Collection[tuple[int, date]]) -> dict[tuple[int, date], int]:
    """How many households each person opens on a day on which they open any, in the four weeks before each of their days."""
    if not days:
        return {}
    rows = db.session().execute(
        select(ReadingDay.by_id, ReadingDay.on, ReadingDay.households).where(
            ReadingDay.by_id.in_({person for person, _ in days}),
            ReadingDay.on >= min(on for _, on in days) - _WEEKS,
            ReadingDay.on < max(on for _, on in days),
            ReadingDay.households > 0,
        )
    )
    opened: dict[int, list[tuple[date, int]]] = {}
    for person, on, households in rows:
        opened.setdefault(person, []).append((on, households))
    found = {}
    for person, day in days:
        before = [count for on, count in opened.get(person, ()) if day - _WEEKS <= on < day]
        found[person, day] = round(sum(before) / len(before)) if before else 0
    return found
