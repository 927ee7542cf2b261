"""What the committee keeps: proposals, meetings with their agenda, attendance, recusals, votes and resolutions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.ledger.accounts import Purpose
from app.kit import clock
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.kit.worded import Worded


class ProposalState(Worded):
    SUBMITTED = "submitted", "รอเข้าวาระ", "warning"
    TABLED = "tabled", "อยู่ในวาระประชุม", "warning"
    APPROVED = "approved", "อนุมัติแล้ว", "info"
    REJECTED = "rejected", "ไม่อนุมัติ", "danger"
    WITHDRAWN = "withdrawn", "ถอนแล้ว"
    #: Everything that was to be paid has been paid and the rest released.
    SETTLED = "settled", "ปิดเรื่องแล้ว", "info"


class Proposal(Base):
    """A request for money as the fund sees it. Amount, purpose and who asked never change after submission (trigger).

    It moves only forward (trigger): submitted ⇄ tabled → approved → settled, or rejected, or withdrawn.
    """

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: What people see, on both sides of the wall: AR-2569-0042.
    code: Mapped[str] = mapped_column(String(16), unique=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    satang: Mapped[int] = mapped_column(Satang)
    #: Generic words about goods, such as "ชุดลูกเสือ-เนตรนารี 67 ชุด".
    title: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(12), default=ProposalState.SUBMITTED)
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: Who drew up what was submitted; neither of the two pays for it.
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: Why less was paid than was approved; empty until then, and where all was paid.
    settled_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")

    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint(
            "state IN ('submitted', 'tabled', 'approved', 'rejected', 'withdrawn', 'settled')",
            name="known_state",
        ),
    )


class MeetingState(Worded):
    CALLED = "called", "นัดแล้ว", "info"
    OPEN = "open", "กำลังประชุม", "success"
    CLOSED = "closed", "ปิดแล้ว"


class VoteChoice(Worded):
    APPROVE = "approve", "เห็นชอบ", "success"
    REJECT = "reject", "ไม่เห็นชอบ", "danger"
    ABSTAIN = "abstain", "งดออกเสียง"


class Meeting(Base):
    """One meeting of the committee: ครั้งที่ n/พ.ศ. The rules it decides by are kept from the moment it is called."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int]
    year_be: Mapped[int]
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(160), default="")
    state: Mapped[str] = mapped_column(String(8), default=MeetingState.CALLED)
    #: Members of the committee when the meeting was called, and how many of them make it valid.
    members: Mapped[int]
    quorum: Mapped[int]
    called_at: Mapped[datetime] = mapped_column(UtcDateTime)
    called_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: Who chairs; when the governor delegates, the person delegated.
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why it was opened before the day it was called for; printed in its minutes. Required then (trigger).
    early_reason: Mapped[str] = mapped_column(String(300), default="")

    items: Mapped[list["AgendaItem"]] = relationship(back_populates="meeting", order_by="AgendaItem.position")

    @property
    def code(self) -> str:
        return f"{self.number}/{self.year_be}"

    @property
    def sat_on(self) -> date:
        """The day in Thailand on which it was opened; before that, the day it is called for."""
        return self.opened_at.astimezone(clock.BANGKOK).date() if self.opened_at else self.held_on

    __table_args__ = (
        UniqueConstraint("year_be", "number"),
        CheckConstraint("number > 0 AND quorum > 0 AND quorum <= members", name="possible"),
        CheckConstraint("state IN ('called', 'open', 'closed')", name="known_state"),
        CheckConstraint("state = 'called' OR opened_at IS NOT NULL", name="opened_pair"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_pair"),
    )


class Attendance(Base):
    """A member who is present."""

    __tablename__ = "attendance"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("meeting_id", "member_id"),)


class AgendaItem(Base):
    """A proposal on the agenda of a meeting."""

    __tablename__ = "agenda_item"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    position: Mapped[int]

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("meeting_id", "proposal_id"),)


class Recusal(Base):
    """A member who leaves the room for an item; not counted towards its quorum.

    By the member's own word, or by that of who chairs the meeting, with a reason (triggers).
    """

    __tablename__ = "recusal"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: What the chair gave as the reason; empty when the member said it.
    reason: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (UniqueConstraint("item_id", "member_id"),)


class Vote(Base):
    """One member's vote on one item. Final (trigger); a trigger refuses the vote of the one who asked."""

    __tablename__ = "vote"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    choice: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("item_id", "member_id"),
        CheckConstraint("choice IN ('approve', 'reject', 'abstain')", name="known_choice"),
    )


class Resolution(Base):
    """What the committee decided on an item, with the count that decided it. Final (trigger)."""

    __tablename__ = "resolution"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), unique=True)
    #: A proposal is decided once.
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    approved: Mapped[bool]
    satang: Mapped[int] = mapped_column(Satang)
    present: Mapped[int]
    quorum: Mapped[int]
    for_votes: Mapped[int]
    against_votes: Mapped[int]
    abstentions: Mapped[int]
    recusals: Mapped[int]
    #: The chair's extra vote decided a tie.
    casting_vote: Mapped[bool] = mapped_column(default=False)
    resolved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    item: Mapped[AgendaItem] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("present >= quorum", name="quorum_met"),
        CheckConstraint("satang > 0", name="positive"),
    )
