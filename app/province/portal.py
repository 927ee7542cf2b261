"""The portal's own mark in its database: whose it is, whether it is a demonstration, and which key opens what it holds."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock, crypto
from app.kit.db import Base, UtcDateTime, db
from app.kit.errors import Refused


class Portal(Base):
    """One row: the province this database belongs to. A demonstration never becomes a live portal or the reverse."""

    __tablename__ = "portal"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    province: Mapped[str] = mapped_column(String(24))
    demo: Mapped[bool]
    founded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: What KUEAKUN_ID_KEY makes of a fixed text (HMAC-SHA256): another key makes something else of it.
    key_check: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


def claim(*, province: str, demo: bool, id_key: bytes) -> None:
    """Mark an empty database, or make sure that a marked one is what the settings say. Inside a transaction."""
    session = db.session()
    mark = session.get(Portal, 1)
    if mark is None:
        check = check_of(id_key)
        session.add(Portal(id=1, province=province, demo=demo, founded_at=clock.now(), key_check=check))
        return
    if mark.demo and not demo:
        raise Refused("ฐานข้อมูลนี้เป็นของระบบสาธิต ใช้เป็นระบบจริงไม่ได้ กรุณาตั้ง KUEAKUN_DATABASE_URL เป็นฐานข้อมูลใหม่")
    if demo and not mark.demo:
        raise Refused(
            "ฐานข้อมูลนี้เป็นของระบบจริง เปิดเป็นระบบสาธิตไม่ได้ กรุณาตั้งค่าลับ KUEAKUN_SECRET_KEY, KUEAKUN_ID_KEY และ KUEAKUN_CALLBACK_KEY"
        )
    if mark.province != province:
        raise Refused(f"ฐานข้อมูลนี้เป็นของจังหวัด {mark.province} ไม่ใช่ {province} กรุณาตรวจ KUEAKUN_PROVINCE")
    refuse_other_key(id_key)


def refuse_other_key(id_key: bytes) -> None:
    """Refuse a key other than the one under which this database keeps its secrets: what it wrote would be lost to the right
    one, and what lies there would be taken for changed. A database that is not marked yet takes any."""
    kept = db.session().scalar(select(Portal.key_check))
    if kept is not None and not crypto.same(kept, check_of(id_key)):
        raise Refused(
            "KUEAKUN_ID_KEY ไม่ใช่กุญแจของฐานข้อมูลนี้ จึงไม่เปิดระบบ เพราะเลขประจำตัวและรูปที่เก็บไว้จะอ่านไม่ได้และถูกเขียนทับ "
            "กรุณาใช้กุญแจเดิมที่เก็บแยกจากข้อมูลสำรอง"
        )


def check_of(id_key: bytes) -> bytes:
    """What this key makes of a fixed text: tells keys apart and says nothing of any."""
    return crypto.blind_index("kueakun", key=id_key, context="portal.key_check")
