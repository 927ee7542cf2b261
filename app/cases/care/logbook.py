"""The logbook: every time help is given the household's logbook says so."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.registry.households import Household
from app.cases.registry.members import Member
from app.kit import clock
from app.kit.db import Base, Id, Satang, UtcDateTime, db
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.users import User


class LogbookEntry(Base):
    """One line of a household's logbook. Final: triggers refuse UPDATE and DELETE; a mistake is answered by a new line."""

    __tablename__ = "logbook_entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    #: When it happened.
    on: Mapped[date] = mapped_column("on_date")
    #: help: the fund helped; visit: someone came by; note: anything else; correction: of an earlier line.
    kind: Mapped[str] = mapped_column(String(10))
    dimension: Mapped[str | None] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    #: Value of the help, where it has one.
    satang: Mapped[int] = mapped_column(Satang, default=0)
    #: fund, function, network, lao, private: whose money it was.
    funding_source: Mapped[str] = mapped_column(String(12), default="")
    #: Code of the aid request that it fulfils, where there is one.
    request_code: Mapped[str | None] = mapped_column(String(16))
    #: Entered in the national TPMAP Logbook too.
    tpmap_ref: Mapped[str] = mapped_column(String(60), default="")
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    household: Mapped[Household] = relationship()
    member: Mapped[Member | None] = relationship()

    __table_args__ = (
        CheckConstraint("kind IN ('help', 'visit', 'note', 'correction')", name="known_kind"),
        CheckConstraint("satang >= 0", name="not_negative"),
        Index("ix_logbook_entry_household", "household_id", "on_date"),
    )


KINDS = ("help", "visit", "note", "correction")
_LONGEST = 4000


def write(
    *,
    household_id: int,
    on: date,
    kind: str,
    words: str,
    by: User,
    member_id: int | None = None,
    dimension: str | None = None,
    satang: int = 0,
    funding_source: str = "",
    request_code: str | None = None,
    tpmap_ref: str = "",
) -> LogbookEntry:
    """The household's logbook says so, for good.

    Raises Refused for a date to come, a person of another household or a household that is not there; BadInput for
    words that are missing or too many. Inside the transaction of what it tells. Source: S1 A44, "ทุกครั้งที่ช่วยเหลือ".
    """
    words = " ".join(words.split())
    if not words:
        raise BadInput("กรุณาเขียนว่าเกิดอะไรขึ้น")
    if len(words) > _LONGEST:
        raise BadInput(f"ข้อความยาวเกิน {_LONGEST:,} ตัวอักษร กรุณาแบ่งเป็นหลายรายการ")
    if kind not in KINDS or satang < 0:
        raise BadInput("ชนิดของรายการในสมุดบันทึกไม่ถูกต้อง")
    if on > clock.today():
        raise Refused("บันทึกวันที่ยังมาไม่ถึงไม่ได้ กรุณาตรวจวันที่")
    session = db.session()
    if session.get(Household, household_id) is None:
        raise Refused("ไม่พบครัวเรือนนี้ในทะเบียน")
    if member_id is not None:
        member = session.get(Member, member_id)
        if member is None or member.household_id != household_id:
            raise Refused("บุคคลนี้ไม่ได้อยู่ในครัวเรือนนี้ กรุณาเลือกใหม่")
    entry = LogbookEntry(
        household_id=household_id,
        member_id=member_id,
        on=on,
        kind=kind,
        dimension=dimension,
        words=words,
        satang=satang,
        funding_source=funding_source,
        request_code=request_code,
        tpmap_ref=tpmap_ref,
        written_at=clock.now(),
        written_by_id=by.id,
    )
    session.add(entry)
    session.flush()
    audit.note(
        "logbook.write",
        f"household:{household_id}",
        by=by,
        entry=entry.id,
        kind=kind,
        satang=satang,
        request=request_code,
    )
    return entry
