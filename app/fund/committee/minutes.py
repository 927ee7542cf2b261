"""Minutes: a draft until a later meeting endorses them; from then on the same bytes for ever, and beside them the signed scan."""

import hashlib
from io import BytesIO

from sqlalchemy import select

from app.fund.committee.meetings import leaders_only, refuse_circulated, secretariat_only
from app.fund.committee.records import Meeting, MeetingState
from app.fund.committee.records.circulations import MeetingKind
from app.fund.committee.records.papers import Minutes
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

#: Bytes of a scan that is kept.
MOST_SCANNED = 12 * 1024 * 1024


def of(meeting_id: int) -> Minutes | None:
    """The endorsed minutes of a meeting; None while they are a draft."""
    return db.session().get(Minutes, meeting_id)


def waiting(meeting: Meeting) -> list[Meeting]:
    """Meetings that were closed before this one began and whose minutes nobody has endorsed yet, oldest first."""
    statement = (
        select(Meeting)
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .where(Meeting.state == MeetingState.CLOSED, Meeting.id != meeting.id, Minutes.meeting_id.is_(None))
        .where(Meeting.body_id == meeting.body_id, Meeting.kind == MeetingKind.MEETING)
        .where(Meeting.closed_at < (meeting.opened_at or clock.now()))
        .order_by(Meeting.closed_at, Meeting.id)
    )
    return list(db.session().scalars(statement))


def endorse(meeting_id: int, *, in_id: int, corrections: str, pdf: bytes, by: User) -> Minutes:
    """The meeting `in_id`, which is open, endorses the minutes of an earlier one, as they are or with what it corrects.

    `pdf` is what the members had before them, `corrections` printed in it; it is kept byte for byte. Raises Refused for
    a meeting that is not closed, for minutes that were endorsed before, and where no later meeting is open.
    """
    leaders_only(by, deed="บันทึกการรับรองรายงานการประชุม")
    meeting, later = lock(Meeting, meeting_id), lock(Meeting, in_id)
    if of(meeting_id) is not None:
        raise Refused(f"รายงานการประชุมครั้งที่ {meeting.code} รับรองไปแล้ว จึงแก้ไขไม่ได้")
    refuse_circulated(meeting)
    if meeting.state != MeetingState.CLOSED:
        raise Refused(f"การประชุมครั้งที่ {meeting.code} ยังไม่เลิก จึงรับรองรายงานไม่ได้")
    refuse_circulated(later)
    if later.state != MeetingState.OPEN or later.id == meeting.id or later.body_id != meeting.body_id:
        raise Refused("รับรองรายงานได้ในการประชุมครั้งถัดไปขณะกำลังประชุมเท่านั้น กรุณาเริ่มประชุมก่อน")
    words = checked(corrections)
    made = Minutes(
        meeting_id=meeting.id,
        endorsed_in_id=later.id,
        corrections=words,
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        endorsed_at=clock.now(),
        endorsed_by_id=by.id,
    )
    session = db.session()
    session.add(made)
    session.flush()
    audit.record(
        Deed.MINUTES_ENDORSE,
        f"meeting:{meeting.id}",
        by=by,
        number=later.code,
        corrected=bool(words),
        hash=made.sha256,
    )
    return made


def checked(corrections: str) -> str:
    """What is corrected, as it is printed. Raises BadInput when it is too long."""
    words = "\n".join(line.strip() for line in corrections.splitlines() if line.strip())
    if len(words) > 2000:
        raise BadInput("ข้อแก้ไขยาวเกิน 2,000 ตัวอักษร กรุณาเขียนเฉพาะข้อความที่แก้")
    return words


def keep_scan(meeting_id: int, *, content: bytes, by: User) -> Minutes:
    """The signed paper, scanned, is kept beside the endorsed minutes, once; where they differ the signed one prevails."""
    secretariat_only(by, deed="เก็บฉบับลงนาม")
    made = lock(Minutes, meeting_id) if of(meeting_id) else None
    if made is None:
        raise Refused("เก็บฉบับลงนามได้เมื่อที่ประชุมรับรองรายงานแล้ว")
    if made.scan is not None:
        raise Refused("มีฉบับลงนามอยู่แล้ว จึงเปลี่ยนไม่ได้")
    checked_pdf(content)
    made.scan, made.scan_sha256 = content, hashlib.sha256(content).hexdigest()
    made.scanned_at, made.scanned_by_id = clock.now(), by.id
    db.session().flush()
    audit.record(Deed.MINUTES_SCAN, f"meeting:{meeting_id}", by=by, hash=made.scan_sha256)
    return made


def checked_pdf(content: bytes) -> None:
    """Raises BadInput for a file that is no PDF of a page or more, or too large to keep."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    if len(content) > MOST_SCANNED:
        raise BadInput("ไฟล์ใหญ่เกิน 12 MB กรุณาสแกนใหม่ให้เล็กลง")
    try:
        pages = len(PdfReader(BytesIO(content)).pages) if content.startswith(b"%PDF-") else 0
    except (PyPdfError, ValueError, KeyError, RecursionError):
        pages = 0
    if not pages:
        raise BadInput("ไฟล์นี้เปิดไม่ได้ กรุณาสแกนฉบับลงนามเป็น PDF แล้วส่งใหม่")
