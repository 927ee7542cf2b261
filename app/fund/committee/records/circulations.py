"""Circulated resolutions as they are kept: until when members answer one proposal between meetings, and how that ended."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, column, table
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, UtcDateTime
from app.kit.worded import Worded


class MeetingKind(Worded):
    """How a body comes together; the numbers of each kind run for themselves."""

    MEETING = "meeting", "ประชุม"
    #: One item on paper, which every member answers where they are.
    CIRCULATED = "circulated", "มติเวียน"


class Outcome(Worded):
    """How a circulation ended; the answers say it, and nobody types it."""

    OPEN = "open", "กำลังเวียน", "info"
    CARRIED = "carried", "มีมติแล้ว", "success"
    REJECTED = "rejected", "มติไม่อนุมัติ", "danger"
    #: Neither yes nor no has what the rule asks for: a meeting decides.
    UNDECIDED = "undecided", "คะแนนไม่พอให้มีมติ รอเข้าที่ประชุม", "warning"
    #: Carried by the answers, with more than the fund had when it closed.
    NO_MONEY = "no_money", "เงินไม่พอ รอเข้าที่ประชุม", "warning"
    #: A member asked that a meeting discuss it.
    DISCUSS = "discuss", "กรรมการขอให้นำเข้าที่ประชุม", "warning"
    #: Its proposal was withdrawn meanwhile.
    WITHDRAWN = "withdrawn", "ผู้เสนอถอนเรื่อง"


class Circulation(Base):
    """Until when a meeting of the kind "circulated" is answered, and by which rule. It ends once, as was answered (triggers).

    By the database's clock: a vote or a recusal after `closes_at` is refused, whether anybody closed it or not.
    """

    __tablename__ = "circulation"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True, autoincrement=False)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: All who are entitled say yes, instead of more than half of them.
    is_unanimous: Mapped[bool]
    outcome: Mapped[str] = mapped_column(String(9), default=Outcome.OPEN, server_default="open")
    #: Why there is no resolution, or what a member gave as the reason for a meeting.
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: The member who asked that a meeting discuss it.
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint(
            "outcome IN ('open', 'carried', 'rejected', 'undecided', 'no_money', 'discuss', 'withdrawn')",
            name="known_outcome",
        ),
        CheckConstraint("(outcome = 'discuss') = (asked_by_id IS NOT NULL)", name="asked_pair"),
        CheckConstraint("outcome NOT IN ('undecided', 'no_money') OR reason <> ''", name="reason_given"),
    )


#: Of each circulated item who may answer, and what was answered (a view).
CIRCULATED_COUNT = table(
    "circulated_count",
    *map(
        column,
        (
            "item_id",
            "meeting_id",
            "is_unanimous",
            "needed",
            "entitled",
            "answered",
            "in_favour",
            "against",
            "carries",
            "rejects",
        ),
    ),
)
