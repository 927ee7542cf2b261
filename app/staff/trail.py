"""Reading the audit trail: finding in it, saying it in words, and telling whether it is whole."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.kit import lists
from app.kit.db import db
from app.kit.errors import Refused
from app.kit.money import format_baht
from app.staff import audit
from app.staff.audit import AuditEvent, ChainLink
from app.staff.deeds import Deed
from app.staff.detail_words import DETAILS, SUMS
from app.staff.users import User

#: What deeds are about, by `Deed.room`.
ROOMS = {
    "staff": "ผู้ใช้และการเข้าสู่ระบบ",
    "attempt": "ที่ระบบไม่ยอมให้ทำ",
    "approval": "เรื่องที่ต้องมีสองคน",
    "notice": "เรื่องแจ้งให้ทราบ",
    "giving": "การรับเงินผ่าน QR",
    "network": "เครือข่าย",
    "pledge": "การแจ้งความประสงค์สมทบ",
    "payment_request": "การเปิดรับเงิน",
    "donation": "เงินสมทบ",
    "receipt": "ใบเสร็จรับเงิน",
    "issuer": "ข้อมูลผู้ออกใบเสร็จ",
    "account": "บัญชีธนาคารของกองทุน",
    "purpose": "วัตถุประสงค์ของเงิน",
    "bank": "รายการธนาคาร",
    "statement": "รายการเดินบัญชี",
    "proposal": "คำขอใช้เงิน",
    "meeting": "การประชุม",
    "circulation": "มติเวียน",
    "carried": "ยอดยกมาของปีก่อน",
    "paper_book": "สมุดใบเสร็จเล่มเดิม",
    "body": "คณะ",
    "seat": "ที่นั่งกรรมการ",
    "delegation": "การมอบอำนาจ",
    "guideline": "แนวทางการช่วยเหลือและใช้จ่าย",
    "vendor": "ผู้รับเงิน",
    "signatory": "ผู้มีอำนาจลงนาม",
    "minutes": "รายงานการประชุม",
    "agenda_item": "วาระและการลงคะแนน",
    "resolution": "มติ",
    "payment": "การจ่ายเงิน",
    "books": "การตรวจบัญชี",
    "job": "งานเบื้องหลัง",
    "round": "รอบข้อมูลครัวเรือน",
    "register": "การนำเข้าทะเบียน",
    "household": "ครัวเรือน",
    "member": "สมาชิกครัวเรือน",
    "logbook": "สมุดบันทึกครัวเรือน",
    "request": "คำขอความช่วยเหลือ",
    "handover": "พิธีมอบ",
    "delivery": "การส่งมอบ",
    "photo": "ภาพหลักฐาน",
    "solicitation": "หนังสืออนุมัติให้เรี่ยไร",
    "collection": "QR รับสมทบของเครือข่าย",
    "message": "ข้อความถึงเครือข่าย",
    "contact": "ผู้ติดต่อของเครือข่าย",
    "goods": "สิ่งของที่ได้รับ",
    "stock": "คลังสิ่งของ",
    "slip": "สลิป",
    "refund": "การคืนเงิน",
    "counter": "การรับเงินหน้าเคาน์เตอร์",
    "cash_count": "การปิดยอดเงินสดประจำวัน",
    "month": "เดือนบัญชี",
    "edonation": "e-Donation",
    "export": "การส่งออกรายการ",
    "edition": "ฉบับเผยแพร่",
}


@dataclass(frozen=True, slots=True)
class ChainState:
    """How much of the trail is chained, and when the last link was made."""

    events: int
    chained: int
    last_chained_at: datetime | None
    last_hash: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """The outcome of verifying the chain."""

    whole: bool
    words: str


def statement(*, subject: str = "") -> Select[AuditEvent, str, int]:
    """Events with who did them and their link in the chain; of one subject, where that is given."""
    events = (
        select(AuditEvent, User.name, ChainLink.number)
        .outerjoin(User, User.id == AuditEvent.by_id)
        .outerjoin(ChainLink, ChainLink.event_id == AuditEvent.id)
    )
    return events.where(AuditEvent.subject == subject) if subject else events


def matching(words: str) -> ColumnElement[bool]:
    """Events by what a person typed: who did it, by name or sign-in name, or what it was done to, as `kind:id`."""
    if ":" in words:
        return AuditEvent.subject == words
    # Asked for first: by its numbers a database knows how often somebody stands in the trail, and so where to look.
    people = select(User.id).where(lists.contains(words, User.name, User.sign_in_name))
    return AuditEvent.by_id.in_(db.session().scalars(people).all())


def of_room(room: str) -> ColumnElement[bool]:
    return AuditEvent.deed.startswith(f"{room}.", autoescape=True)


def deed_words(deed: str) -> str:
    """The words of a deed; a deed of old days that no code does any more is shown as it is written."""
    try:
        return Deed(deed).words
    except ValueError:
        return deed


def detail(event: AuditEvent) -> list[tuple[str, str]]:
    """The details of an event as pairs of words; a name that has no words is shown as it is written."""
    return [
        (DETAILS.get(name, name), _value(name, value)) for name, value in json.loads(event.details).items()
    ]


def _value(name: str, value: Any) -> str:
    if name in SUMS and isinstance(value, int) and not isinstance(value, bool):
        return format_baht(value)
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def state() -> ChainState:
    """How much is chained, without walking the chain."""
    session = db.session()
    last = session.scalars(select(ChainLink).order_by(ChainLink.number.desc()).limit(1)).one_or_none()
    waiting = session.scalar(select(func.count()).select_from(audit.unchained().subquery())) or 0
    chained = last.number if last else 0
    return ChainState(
        events=chained + waiting,
        chained=chained,
        last_chained_at=last.chained_at if last else None,
        last_hash=last.hash if last else "",
    )


def verified() -> ChainReport:
    """Walk the chain and say what was found; a broken chain is a finding to show, not a refusal."""
    try:
        counts = audit.verify()
    except Refused as broken:
        return ChainReport(whole=False, words=broken.words)
    return ChainReport(
        whole=True,
        words=f"ตรวจครบ {counts['sealed']:,} รายการ ไม่พบการแก้ไข รอผนึก {counts['unsealed']:,} รายการ "
        f"ค่าแฮชสุดท้าย {str(counts['last_hash'])[:16]}",
    )
