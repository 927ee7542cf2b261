"""Guidelines as they are kept: the fund's rules of help and spending in versions, each adopted by votes in a meeting."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.committee.records import Meeting
from app.kit.db import Base, Id, UtcDateTime


class Guideline(Base):
    """A version of the guideline, on the agenda of one meeting. Only what that meeting decided is written later, once (trigger).

    The counts are those of its votes, and it is adopted only when they carry it (trigger, check).
    """

    __tablename__ = "guideline"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(160))
    words: Mapped[str] = mapped_column(Text, default="")
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    #: Of the words and the PDF together.
    sha256: Mapped[str] = mapped_column(String(64))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    tabled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tabled_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    is_adopted: Mapped[bool | None]
    for_votes: Mapped[int | None]
    against_votes: Mapped[int | None]
    abstentions: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    meeting: Mapped[Meeting] = relationship(lazy="joined", innerjoin=True)

    @property
    def name(self) -> str:
        """As it is cited."""
        return f"{self.title} (ฉบับที่ {self.number})"

    __table_args__ = (
        CheckConstraint("words <> '' OR pdf IS NOT NULL", name="says_something"),
        CheckConstraint(
            "(is_adopted IS NULL) = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)"
            " AND (decided_at IS NULL) = (for_votes IS NULL) AND (decided_at IS NULL) = (against_votes IS NULL)"
            " AND (decided_at IS NULL) = (abstentions IS NULL)",
            name="decided_whole",
        ),
        CheckConstraint(
            "NOT is_adopted OR (for_votes > against_votes"
            " AND for_votes * 2 > for_votes + against_votes + abstentions)",
            name="carried",
        ),
    )


class GuidelineVote(Base):
    """A member's vote on a version; the last turn counts. Final, and only by who is in the open meeting (triggers)."""

    __tablename__ = "guideline_vote"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guideline_id: Mapped[int] = mapped_column(ForeignKey("guideline.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    turn: Mapped[int]
    choice: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("guideline_id", "member_id", "turn"),
        CheckConstraint("choice IN ('approve', 'reject', 'abstain')", name="known_choice"),
    )
