"""The portal's own mark in its database: whose it is, and whether it is a demonstration."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock
from app.kit.db import Base, UtcDateTime, db
from app.kit.errors import Refused


class Portal(Base):
    """One row: the province this database belongs to. A demonstration never becomes a live portal or the reverse."""

    __tablename__ = "portal"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    province: Mapped[str] = mapped_column(String(24))
    demo: Mapped[bool]
    founded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


def claim(*, province: str, demo: bool) -> None:
    """Mark an empty database, or make sure that a marked one is what the settings say. Inside a transaction."""
    session = db.session()
    mark = session.get(Portal, 1)
    if mark is None:
        session.add(Portal(id=1, province=province, demo=demo, founded_at=clock.now()))
        return
    if mark.demo and not demo:
        raise Refused("ฐานข้อมูลนี้เป็นของระบบสาธิต ใช้เป็นระบบจริงไม่ได้ กรุณาตั้ง KUEAKUN_DATABASE_URL เป็นฐานข้อมูลใหม่")
    if demo and not mark.demo:
        raise Refused(
            "ฐานข้อมูลนี้เป็นของระบบจริง เปิดเป็นระบบสาธิตไม่ได้ กรุณาตั้งค่าลับ KUEAKUN_SECRET_KEY, KUEAKUN_ID_KEY และ KUEAKUN_CALLBACK_KEY"
        )
    if mark.province != province:
        raise Refused(f"ฐานข้อมูลนี้เป็นของจังหวัด {mark.province} ไม่ใช่ {province} กรุณาตรวจ KUEAKUN_PROVINCE")
