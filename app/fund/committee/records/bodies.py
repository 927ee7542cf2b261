"""Bodies as they are kept: who decides, who sits there by which order, and who sat there when a meeting was opened."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit import clock
from app.kit.db import Base, Id, UtcDateTime
from app.kit.thai import fiscal_year_be, year_be
from app.kit.worded import Worded
from app.province.profile import Quorum
from app.staff.users import User


class Level(Worded):
    """How far a body decides; the sums are the profile's."""

    FULL = "full", "ทั้งคณะ"
    SUB = "sub", "คณะอนุกรรมการ"
    #: Who chairs the fund's committee, or to whom the chair delegated it, alone.
    SOLE = "sole", "ประธานหรือผู้รับมอบหมาย"


class Numbering(Worded):
    """In which run a body counts its meetings and resolutions."""

    CALENDAR = "calendar", "เริ่มที่ 1 ทุกปีปฏิทิน"
    FISCAL = "fiscal", "เริ่มที่ 1 ทุกปีงบประมาณ"
    RUNNING = "running", "นับต่อเนื่อง ไม่ขึ้นปีใหม่"


class Majority(Worded):
    """How many must say yes to a motion."""

    MORE_THAN_HALF = "more_than_half", "เกินกึ่งหนึ่งของผู้ลงคะแนนและงดออกเสียง"
    TWO_THIRDS = "two_thirds", "สองในสามของกรรมการที่อยู่พิจารณา"
    ALL = "all", "ทุกคนที่อยู่พิจารณา"

    def is_reached(self, *, in_favour: int, against: int, abstained: int, present: int) -> bool:
        """Half is not more than half; two thirds are two thirds; who abstains is no yes."""
        if self is Majority.ALL:
            return in_favour == present > 0
        if self is Majority.TWO_THIRDS:
            return in_favour * 3 >= present * 2 > 0
        return in_favour > against and in_favour * 2 > in_favour + against + abstained


def numbered(number: int, year: int) -> str:
    """A number as it is cited: 3/2569, or 3 where numbers run on."""
    return f"{number}/{year}" if year else str(number)


class Body(Base):
    """A committee or sub-committee that meets and resolves, with numbers of its own. Final (trigger); what changes is its rules."""

    __tablename__ = "body"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name_th: Mapped[str] = mapped_column(String(160))
    level: Mapped[str] = mapped_column(String(4), default=Level.FULL)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)

    versions: Mapped[list["BodyRules"]] = relationship(order_by="BodyRules.number", back_populates="body")

    def rules_on(self, day: date) -> "BodyRules":
        """The rules that it goes by on this day: of those that hold by then, the ones that were written last."""
        return next((rules for rules in reversed(self.versions) if rules.from_on <= day), self.versions[0])

    def quorum(self, members: int) -> int:
        """How many of its members must be present today."""
        return self.rules_on(clock.today()).quorum(members)

    __table_args__ = (CheckConstraint("level IN ('full', 'sub', 'sole')", name="known_level"),)


class BodyRules(Base):
    """How a body counts its meetings, when it may decide, and by how many votes, from a day on. Final (trigger).

    The first are those that it was opened under. Later ones stand in an order and hold for days to come only (trigger);
    a meeting goes by those that held for its day when it was called.
    """

    __tablename__ = "body_rules"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    #: Counts the rules of a body from 1.
    number: Mapped[int]
    from_on: Mapped[date]
    #: The order that says so, as it is cited; empty for the first.
    order_number: Mapped[str] = mapped_column(String(60), default="")
    numbering: Mapped[str] = mapped_column(String(8), default=Numbering.CALENDAR)
    #: The share of its members who must be present, or their count where one is set.
    quorum_part: Mapped[int]
    quorum_whole: Mapped[int]
    quorum_count: Mapped[int | None]
    #: On a tie, where more than half is asked for, the choice of who chairs counts once more.
    casting_vote: Mapped[bool] = mapped_column(default=True)
    #: Who must say yes: to a request and whatever else is not named here, and to each other matter of an agenda.
    majority: Mapped[str] = mapped_column(String(14), default=Majority.MORE_THAN_HALF)
    majority_amend: Mapped[str] = mapped_column(String(14), default=Majority.MORE_THAN_HALF)
    majority_rescind: Mapped[str] = mapped_column(String(14), default=Majority.MORE_THAN_HALF)
    majority_ratify: Mapped[str] = mapped_column(String(14), default=Majority.MORE_THAN_HALF)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    body: Mapped[Body] = relationship(back_populates="versions")

    def quorum(self, members: int) -> int:
        """How many of `members` must be present: never more than there are."""
        if self.quorum_count:
            return max(1, min(self.quorum_count, members))
        return Quorum(self.quorum_part, self.quorum_whole).of(members)

    def year(self, day: date) -> int:
        """The Buddhist-era year whose run this day's numbers belong to; 0 where they run on."""
        if self.numbering == Numbering.RUNNING:
            return 0
        return fiscal_year_be(day) if self.numbering == Numbering.FISCAL else year_be(day)

    def majority_of(self, matter: str = "decide") -> Majority:
        """Who must say yes to this matter of an agenda."""
        return Majority(getattr(self, f"majority_{matter}", self.majority))

    __table_args__ = (
        UniqueConstraint("body_id", "number"),
        CheckConstraint(
            "quorum_part > 0 AND quorum_part <= quorum_whole AND (quorum_count IS NULL OR quorum_count > 0)",
            name="possible_quorum",
        ),
        CheckConstraint("numbering IN ('calendar', 'fiscal', 'running')", name="known_numbering"),
        CheckConstraint("majority IN ('more_than_half', 'two_thirds', 'all')", name="known_majority"),
        *(
            CheckConstraint(
                f"majority_{matter} IN ('more_than_half', 'two_thirds', 'all')",
                name=f"{matter}_by_a_majority",
            )
            for matter in ("amend", "rescind", "ratify")
        ),
        CheckConstraint("number > 0 AND (number = 1 OR order_number <> '')", name="by_order"),
    )


class Office(Worded):
    """What a person is in a body."""

    CHAIR = "chair", "ประธาน"
    VICE_CHAIR = "vice_chair", "รองประธาน"
    MEMBER = "member", "กรรมการ"
    SECRETARY = "secretary", "กรรมการและเลขานุการ"


class Seat(Base):
    """A person sits in a body by an order, from a day until another. Only its end is written later, once (trigger).

    The seat gives the vote; the role gives only the sign-in.
    """

    __tablename__ = "seat"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    office: Mapped[str] = mapped_column(String(12))
    from_on: Mapped[date]
    #: The last day of the term; none while it has no end.
    to_on: Mapped[date | None]
    #: The order that named them, as it is cited.
    order_number: Mapped[str] = mapped_column(String(60))
    seated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    body: Mapped[Body] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[person_id])

    __table_args__ = (
        Index(
            "uq_seat_body_id_person_id",
            "body_id",
            "person_id",
            unique=True,
            sqlite_where=text("to_on IS NULL"),
            postgresql_where=text("to_on IS NULL"),
        ),
        CheckConstraint("office IN ('chair', 'vice_chair', 'member', 'secretary')", name="known_office"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="in_order"),
        CheckConstraint("order_number <> ''", name="by_order"),
    )


class RollEntry(Base):
    """Who sat in the body when a meeting was opened, as they were called then. Final (trigger)."""

    __tablename__ = "meeting_roll"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    office: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[str] = mapped_column(String(160), default="")

    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)
