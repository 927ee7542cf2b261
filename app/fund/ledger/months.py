"""Months: a month that is closed takes no more entries; what comes late goes into the open one."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Id, UtcDateTime, explain

explain("entry_in_open_month", "เดือนนี้ปิดบัญชีแล้ว ลงรายการย้อนหลังไม่ได้ รายการที่มาช้าให้ลงในเดือนที่ยังเปิดอยู่")
explain("uq_closed_month_first_on", "เดือนนี้ปิดบัญชีไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูใบรับรอง")


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

    __table_args__ = (CheckConstraint("first_on <= last_on", name="in_order"),)
