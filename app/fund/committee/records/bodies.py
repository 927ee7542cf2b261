"""Bodies as they are kept: who decides, who sits there by which order, and who sat there when a meeting was opened."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Id, UtcDateTime
from app.kit.worded import Worded
from app.province.profile import Quorum
from app.staff.users import User


class Level(Worded):
    """How far a body decides; the sums are the profile's."""

    FULL = "full", "ทั้งคณะ"
    SUB = "sub", "คณะอนุกรรมการ"
    #: Who chairs the fund's committee, or to whom the chair delegated it, alone.
    SOLE = "sole", "ประธานหรือผู้รับมอบหมาย"


class Body(Base):
    """A committee or sub-committee that meets and resolves, with numbers of its own. Its code and name stay (trigger)."""

    __tablename__ = "body"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name_th: Mapped[str] = mapped_column(String(160))
    level: Mapped[str] = mapped_column(String(4), default=Level.FULL)
    #: The share of its members who must be present, or their count where one is set.
    quorum_part: Mapped[int]
    quorum_whole: Mapped[int]
    quorum_count: Mapped[int | None]
    #: On a tie the choice of who chairs counts once more.
    casting_vote: Mapped[bool] = mapped_column(default=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def quorum(self, members: int) -> int:
        """How many of its members must be present."""
        return self.quorum_count or Quorum(self.quorum_part, self.quorum_whole).of(members)

    __table_args__ = (
        CheckConstraint(
            "quorum_part > 0 AND quorum_part <= quorum_whole AND (quorum_count IS NULL OR quorum_count > 0)",
            name="possible_quorum",
        ),
        CheckConstraint("level IN ('full', 'sub', 'sole')", name="known_level"),
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
