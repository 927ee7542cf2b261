"""The state of the system: what is wrong with it, and what an administrator has to know before people notice."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

from sqlalchemy import func, select

from app.fund.ledger import books
from app.kit import clock, queue, schema
from app.kit.db import db
from app.kit.outbox import Message
from app.kit.queue import Job
from app.province.portal import Portal
from app.settings import Settings
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.signin import StaffSession
from app.staff.users import User
from app.warroom import backups

#: The background checks the books every five minutes: later than this it does nothing else either.
_LATE = timedelta(minutes=15)
#: A backup is made each night; an hour more for the night that took longer.
_BACKUP_LATE = timedelta(hours=25)
#: Free space below which writing soon fails: a part of the disk, and bytes.
_FREE_PART, _FREE_BYTES = 0.05, 1_000_000_000
#: So many of the jobs that were given up are shown.
MOST_JOBS = 30

#: What each kind of job does.
JOB_WORDS = {
    "thank": "ส่งข้อความขอบคุณ",
    "correct": "แจ้งแก้ข้อความที่ส่งไปแล้ว",
    "receipt_batch": "พิมพ์ใบเสร็จเป็นชุด",
    "look_again": "จับคู่เงินเข้าที่รออยู่อีกครั้ง",
    "inquire": "ถามธนาคารถึงรายการโอน",
    "sweep": "ขอรายการย้อนหลังจากธนาคาร",
    "register_read": "อ่านไฟล์ทะเบียนครัวเรือน",
    "register_apply": "นำไฟล์ทะเบียนครัวเรือนเข้า",
    "publish": "ออกฉบับเผยแพร่",
}


@dataclass(frozen=True, slots=True)
class State:
    """What the page tells; moments are None where nothing of the kind has happened."""

    troubles: list[str]
    version: str
    schema: str
    checked_at: datetime | None
    waiting: int
    given_up: list[Job]
    free_bytes: int
    disk_bytes: int
    backed_up_at: datetime | None
    sent_at: datetime | None
    sessions: int


def troubles() -> list[str]:
    """What is wrong, a sentence each; nothing in them that a stranger may not read. Raises what the database raises."""
    last = books.last_check()
    given_up = _count_given_up()
    found = []
    if last is None:
        found.append("ยังไม่ได้ตรวจบัญชี")
    elif not last.held:
        found.append("การตรวจบัญชีครั้งล่าสุดไม่ผ่าน")
    if last is not None and clock.now() - last.at > _LATE:
        minutes = int((clock.now() - last.at).total_seconds() // 60)
        found.append(f"งานเบื้องหลังหยุด ไม่ได้ตรวจบัญชีมา {minutes:,} นาที")
    if given_up:
        found.append(f"งานเบื้องหลังทำไม่สำเร็จ {given_up:,} งาน")
    disk = shutil.disk_usage(Settings.here().data)
    if disk.free < max(_FREE_PART * disk.total, _FREE_BYTES):
        found.append(f"พื้นที่ดิสก์เหลือ {disk.free // 1_000_000:,} MB")
    if (age := _backup_age()) is not None and age > _BACKUP_LATE:
        found.append(f"ไม่มีข้อมูลสำรองมา {age.days:,} วัน")
    return found


def _backup_age() -> timedelta | None:
    """How long ago a live portal was backed up, or founded where it never was; None for a demonstration."""
    mark, made = db.session().get(Portal, 1), backups.last()
    if mark is None or mark.demo:
        return None
    return clock.now() - (made.at if made else mark.founded_at)


def state() -> State:
    """All that the administrator's page tells."""
    session = db.session()
    disk = shutil.disk_usage(Settings.here().data)
    last = books.last_check()
    waiting = select(func.count()).select_from(Job).where(Job.state.in_(("queued", "running")))
    return State(
        troubles=troubles(),
        version=version("kueakun"),
        schema=schema.current() or "",
        checked_at=last.at if last else None,
        waiting=session.scalar(waiting) or 0,
        given_up=list(session.scalars(queue.given_up().limit(MOST_JOBS))),
        free_bytes=disk.free,
        disk_bytes=disk.total,
        backed_up_at=backed_up.at if (backed_up := backups.last()) else None,
        sent_at=session.scalar(select(func.max(Message.settled_at)).where(Message.state == "sent")),
        sessions=session.scalar(
            select(func.count()).select_from(StaffSession).where(StaffSession.ended_at.is_(None))
        )
        or 0,
    )


def _count_given_up() -> int:
    return (
        db.session().scalar(select(func.count()).select_from(queue.given_up().order_by(None).subquery())) or 0
    )


def ask_again(job_id: int, *, by: User) -> Job:
    """Have a job that was given up done once more. Raises Refused for one that is not."""
    job = queue.retry(job_id)
    audit.record(Deed.JOB_RETRY, f"job:{job.id}", by=by, kind=job.kind)
    return job
