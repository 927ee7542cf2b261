"""Records of care: the lines of a household's logbook. Tables and their words, no rule."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.register.records import Household, Member
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.kit.worded import Worded
from app.staff.users import User


class LogbookKind(Worded):
    HELP = "help", "ได้รับความช่วยเหลือ"
    VISIT = "visit", "เยี่ยมบ้าน"
    NOTE = "note", "บันทึก"
    CORRECTION = "correction", "แก้ไขรายการก่อนหน้า"


class FundingSource(Worded):
    FUND = "fund", "กองทุน"
    FUNCTION = "function", "งบหน่วยงาน (Function)"
    NETWORK = "network", "ภาคีเครือข่าย"
    LAO = "lao", "องค์กรปกครองส่วนท้องถิ่น"
    PRIVATE = "private", "เอกชน/ประชาชน"


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
    #: The help whose value this correction says anew; the newest correction counts.
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("logbook_entry.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    household: Mapped[Household] = relationship()
    member: Mapped[Member | None] = relationship()
    written_by: Mapped[User] = relationship()

    @property
    def kind_name(self) -> str:
        return LogbookKind(self.kind).words

    @property
    def funding_name(self) -> str:
        return FundingSource(self.funding_source).words if self.funding_source else ""

    __table_args__ = (
        CheckConstraint("kind IN ('help', 'visit', 'note', 'correction')", name="known_kind"),
        CheckConstraint("satang >= 0", name="not_negative"),
        Index("ix_logbook_entry_household", "household_id", "on_date"),
    )
