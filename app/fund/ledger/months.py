"""Months: a month that is closed takes no more entries; what comes late goes into the open one."""

import hashlib
import json
import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, String, Text, select, text
from sqlalchemy.orm import Mapped, defer, mapped_column, relationship

from app.kit import clock, thai
from app.kit.db import Base, Id, UtcDateTime, db
from app.kit.errors import BadInput, Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


class ClosedMonth(Base):
    """A month whose books are closed, with what was certified. Final: triggers refuse UPDATE and DELETE."""

    __tablename__ = "closed_month"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: The first and the last day of the month, in Thailand.
    first_on: Mapped[date] = mapped_column(Date, unique=True)
    last_on: Mapped[date] = mapped_column(Date)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: JSON with sorted keys: what the certificate says.
    facts: Mapped[str] = mapped_column(Text)
    #: SHA-256 of `facts`.
    facts_hash: Mapped[str] = mapped_column(String(64))
    #: The certificate as it was printed (PDF).
    paper: Mapped[bytes] = mapped_column(LargeBinary)

    closed_by: Mapped[User] = relationship()

    @property
    def certified(self) -> dict[str, Any]:
        """What was certified, as it was frozen."""
        return cast(dict[str, Any], json.loads(self.facts))

    @property
    def genuine(self) -> bool:
        """Whether the facts are still those that were hashed; worked out now."""
        return fingerprint(self.facts) == self.facts_hash

    __table_args__ = (CheckConstraint("first_on <= last_on", name="in_order"),)


_WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
#: The years of the Buddhist era that a month may be asked for.
_YEARS_BE = range(2500, 2700)


def parse(written: str) -> date:
    """The first day of a month written as 2569-01, Buddhist era. Raises BadInput, also for the common era."""
    match = _WRITTEN.fullmatch(thai.arabic_digits(written.strip()))
    if match is None:
        raise BadInput(f"อ่านเดือน “{written[:20]}” ไม่ได้ กรุณาใส่ปี พ.ศ. และเดือน เช่น 2569-01")
    year = int(match[1])
    if year not in _YEARS_BE:
        # The year of the common era is told in the other; of any other year nothing sensible can be made.
        meant = year + 543 if year + 543 in _YEARS_BE else thai.year_be(clock.today())
        raise BadInput(f"ปี {year} ไม่ใช่ปี พ.ศ. กรุณาใส่เป็นปี พ.ศ. เช่น {meant}-{match[2]}")
    return date(year - 543, int(match[2]), 1)


def written(first_on: date) -> str:
    """A month as addresses and commands write it: 2569-01."""
    return f"{first_on.year + 543}-{first_on.month:02}"


def choices(chosen: date, *, back: int = 36) -> list[tuple[str, str]]:
    """Months to choose from, as addresses write them and in words: this one first, `back` in all, and the chosen one."""
    offered = [clock.today().replace(day=1)]
    while len(offered) < back:
        offered.append((offered[-1] - timedelta(days=1)).replace(day=1))
    if chosen not in offered:
        offered.append(chosen)
    return [(written(month), thai.month_year(month)) for month in offered]


def last_of(first_on: date) -> date:
    return first_on.replace(day=monthrange(first_on.year, first_on.month)[1])


def after(first_on: date) -> date:
    """The first day of the next month."""
    return last_of(first_on) + timedelta(days=1)


def fingerprint(facts: str) -> str:
    return hashlib.sha256(facts.encode()).hexdigest()


def closed(first_on: date) -> ClosedMonth | None:
    """The closed month that begins on this day."""
    return db.session().scalars(select(ClosedMonth).filter_by(first_on=first_on)).one_or_none()


def all_closed() -> list[ClosedMonth]:
    """Every closed month, newest first, without their papers."""
    statement = select(ClosedMonth).options(defer(ClosedMonth.paper)).order_by(ClosedMonth.first_on.desc())
    return list(db.session().scalars(statement))


def first_open() -> date | None:
    """The first day of the oldest month that is not closed and has entries; after a closed month the one that follows."""
    newest = (
        db.session()
        .scalars(select(ClosedMonth.last_on).order_by(ClosedMonth.last_on.desc()).limit(1))
        .first()
    )
    if newest is not None:
        return newest + timedelta(days=1)
    oldest = (
        db.session().execute(text("SELECT MIN(on_date) AS on_date FROM entry").columns(on_date=Date)).scalar()
    )
    return oldest.replace(day=1) if oldest else None


def lock_books() -> None:
    """Whoever closes a month waits for the one before, and for every entry that is on its way, until the transaction
    ends; entries wait meanwhile and see then what was closed (trigger). SQLite has one writer already.

    Nobody who has made an entry may wait for what the closing locks: the lock of reconciliation is taken before this, never after.
    """
    # The triggers of `entry` and `closed_month` take the same lock.
    lock_advisory(AdvisoryLock.MONTHS)


def close(first_on: date, *, facts: str, paper: bytes, at: datetime, by: User) -> ClosedMonth:
    """A month is closed for good: its books take no more entries, and what was certified is kept as it is.

    `facts` are JSON with sorted keys, `paper` the certificate (PDF), `at` when both were made. Only a month that is
    over, and one after the other. Raises Refused otherwise, and when somebody was faster.
    """
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินปิดบัญชีประจำเดือนได้")
    lock_books()
    if closed(first_on) is not None:
        raise Refused("เดือนนี้ปิดบัญชีไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูใบรับรอง")
    if last_of(first_on) >= clock.today():
        raise Refused(f"เดือน{thai.month_year(first_on)}ยังไม่สิ้นสุด ปิดบัญชีได้ตั้งแต่วันแรกของเดือนถัดไป")
    due = first_open()
    if due is not None and due != first_on and (due < first_on or all_closed()):
        raise Refused(f"ต้องปิดบัญชีทีละเดือนตามลำดับ เดือนที่ต้องปิดก่อนคือ{thai.month_year(due)}")
    month = ClosedMonth(
        first_on=first_on,
        last_on=last_of(first_on),
        closed_at=at,
        closed_by_id=by.id,
        facts=facts,
        facts_hash=fingerprint(facts),
        paper=paper,
    )
    session = db.session()
    session.add(month)
    session.flush()
    audit.record(Deed.MONTH_CLOSE, f"month:{written(first_on)}", by=by, hash=month.facts_hash)
    return month
