"""What the committee keeps: meetings with their agenda, motions, attendance, recusals, votes, resolutions, commitments."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, column, table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.committee.records.bodies import Body, BodyRules, Level, numbered
from app.fund.committee.records.circulations import Circulation, MeetingKind
from app.fund.committee.records.lines import MotionLine, ProposalLine
from app.fund.committee.records.meeting_moves import MeetingMove
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
    #: The committee took its approval back; what was not paid is available again.
    RESCINDED = "rescinded", "ยกเลิกมติแล้ว", "danger"


class Proposal(Base):
    """A request for money as the fund sees it. Who asked never changes; sum and title are those of its version (trigger).

    It moves only forward (trigger): submitted ⇄ tabled → approved → settled or rescinded, or rejected, or withdrawn."""

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: What people see, on both sides of the wall: AR-2569-0042.
    code: Mapped[str] = mapped_column(String(16), unique=True)
    #: The number of the version that counts.
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    #: The purpose that most of it is asked from; the others stand in its funding.
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    #: What the fund is asked for; what others pay beside it is not in it.
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
            "state IN ('submitted', 'tabled', 'approved', 'rejected', 'withdrawn', 'settled', 'rescinded')",
            name="known_state",
        ),
        # What is open stays few, however much is settled.
        Index("ix_proposal_state", "state", "id"),
    )


class ProposalVersion(Base):
    """What a proposal asks for, as it was written once. Final (trigger); another wish is another version."""

    __tablename__ = "proposal_version"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    #: Counts the versions of a proposal from 1.
    number: Mapped[int]
    #: What the fund is asked for, over all its purposes.
    satang: Mapped[int] = mapped_column(Satang)
    title: Mapped[str] = mapped_column(String(160))
    #: Why it was written anew; empty for the first.
    reason: Mapped[str] = mapped_column(String(300), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    lines: Mapped[list[ProposalLine]] = relationship(order_by="ProposalLine.position")
    funding: Mapped[list["ProposalFunding"]] = relationship(order_by="ProposalFunding.position")

    @property
    def names_lines(self) -> bool:
        """It says what becomes of the lines of a version before; else it asks for a sum or for lines of its own."""
        return any(line.first_id is not None for line in self.lines)

    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        CheckConstraint("satang > 0 AND number > 0", name="positive"),
        CheckConstraint("(number = 1) = (reason = '')", name="reason_of_later"),
    )


class FundingKind(Worded):
    """Who pays a part of what a proposal asks for. Only the first is money of this fund."""

    FUND_PURPOSE = "fund_purpose", "เงินกองทุน"
    AGENCY_BUDGET = "agency_budget", "งบประมาณหน่วยงาน"
    NETWORK = "network", "เครือข่ายสมทบเอง"
    LOCAL_GOVERNMENT = "local_government", "องค์กรปกครองส่วนท้องถิ่น"


class ProposalFunding(Base):
    """A part of what a version costs and who is to pay it. Final (trigger)."""

    __tablename__ = "proposal_funding"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    satang: Mapped[int] = mapped_column(Satang)
    #: Of money of the fund: for what it was given.
    purpose_id: Mapped[int | None] = mapped_column(ForeignKey("purpose.id"))
    #: Of money of others: whose it is.
    source: Mapped[str] = mapped_column(String(160), default="")

    purpose: Mapped[Purpose | None] = relationship(lazy="joined")

    __table_args__ = (
        UniqueConstraint("version_id", "position"),
        UniqueConstraint("version_id", "purpose_id"),
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint(
            "kind IN ('fund_purpose', 'agency_budget', 'network', 'local_government')", name="known_kind"
        ),
        CheckConstraint(
            "(kind = 'fund_purpose') = (purpose_id IS NOT NULL) AND (kind = 'fund_purpose') = (source = '')",
            name="source_of_kind",
        ),
    )


class MeetingState(Worded):
    CALLED = "called", "นัดแล้ว", "info"
    OPEN = "open", "กำลังประชุม", "success"
    CLOSED = "closed", "ปิดแล้ว"
    #: Its number stays its own.
    CANCELLED = "cancelled", "ยกเลิก", "danger"


class VoteChoice(Worded):
    APPROVE = "approve", "เห็นชอบ", "success"
    REJECT = "reject", "ไม่เห็นชอบ", "danger"
    ABSTAIN = "abstain", "งดออกเสียง"


class Meeting(Base):
    """One meeting: ครั้งที่ n/พ.ศ. Its rules are those of its day when it was called; parts 1 and 5 are text, a matter a line.

    One that is circulated, มติเวียนที่ n/พ.ศ., has one item, is open at once, and is answered by members where they are."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    rules_id: Mapped[int] = mapped_column(ForeignKey("body_rules.id"))
    kind: Mapped[str] = mapped_column(String(10), default=MeetingKind.MEETING, server_default="meeting")
    number: Mapped[int]
    #: The Buddhist-era year whose run its number belongs to; 0 where the body's numbers run on.
    year_be: Mapped[int]
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(160), default="")
    room: Mapped[str] = mapped_column(String(80), default="", server_default="")
    floor: Mapped[str] = mapped_column(String(20), default="", server_default="")
    state: Mapped[str] = mapped_column(String(9), default=MeetingState.CALLED)
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
    #: Who certified at the opening that its quorum is there, and how many there were.
    certified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    certified_present: Mapped[int | None]
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    announcements: Mapped[str] = mapped_column(String(4000), default="", server_default="")
    other_business: Mapped[str] = mapped_column(String(4000), default="", server_default="")

    body: Mapped[Body] = relationship(lazy="joined", innerjoin=True)
    rules: Mapped[BodyRules] = relationship(lazy="joined", innerjoin=True)
    moves: Mapped[list[MeetingMove]] = relationship(order_by=MeetingMove.id)
    circulation: Mapped[Circulation | None] = relationship()
    items: Mapped[list["AgendaItem"]] = relationship(back_populates="meeting", order_by="AgendaItem.position")

    @property
    def code(self) -> str:
        return numbered(self.number, self.year_be)

    @property
    def file_code(self) -> str:
        """Its number as a part of a file's name: 2569-03."""
        return f"{self.year_be}-{self.number:02d}" if self.year_be else f"{self.number:02d}"

    @property
    def is_circulated(self) -> bool:
        return self.kind == MeetingKind.CIRCULATED

    @property
    def called_th(self) -> str:
        """Who decides in it, as a notice or a paper says it."""
        if self.is_circulated:
            return f"มติเวียนที่ {self.code} ของ{self.body.name_th}"
        who = {Level.FULL: "ที่ประชุม", Level.SOLE: "ประธานพิจารณาตามวงเงิน "}.get(Level(self.body.level))
        return f"{f'ที่ประชุม{self.body.name_th} ' if who is None else who}ครั้งที่ {self.code}"

    @property
    def venue(self) -> str:
        """Where it is held: room, floor, building."""
        return " ".join(filter(None, (self.room, f"ชั้น {self.floor}" if self.floor else "", self.place)))

    @property
    def sat_on(self) -> date:
        """The day in Thailand on which it was opened; before that, the day it is called for."""
        return self.opened_at.astimezone(clock.BANGKOK).date() if self.opened_at else self.held_on

    __table_args__ = (
        UniqueConstraint("body_id", "kind", "year_be", "number"),
        CheckConstraint("kind IN ('meeting', 'circulated')", name="known_kind"),
        CheckConstraint("number > 0 AND quorum > 0 AND quorum <= members", name="possible"),
        CheckConstraint("state IN ('called', 'open', 'closed', 'cancelled')", name="known_state"),
        CheckConstraint("(state IN ('open', 'closed')) = (opened_at IS NOT NULL)", name="opened_pair"),
        CheckConstraint(
            "(opened_at IS NOT NULL) = (certified_by_id IS NOT NULL)"
            " AND (certified_by_id IS NULL OR certified_present >= quorum)",
            name="quorum_certified",
        ),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL) AND (state = 'cancelled') = (cancel_reason <> '')",
            name="cancelled_pair",
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_pair"),
    )


class AttendanceKind(Worded):
    MEMBER = "member", "ผู้มาประชุม"
    #: Sits in for a member: counts for the quorum of the meeting, and does not vote.
    PROXY = "proxy", "มาประชุมแทน"
    GUEST = "guest", "ผู้เข้าร่วมประชุม"


class Attendance(Base):
    """Somebody in the room from one moment on, until they leave; who comes back has another row.

    Leaving is not recusal: who left does not count for what is voted on afterwards, and holds nothing up."""

    __tablename__ = "attendance"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    kind: Mapped[str] = mapped_column(String(8), default=AttendanceKind.MEMBER, server_default="member")
    #: The member; of a proxy, the member who is stood in for; nobody for a guest.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: Of a proxy or guest, as they are called.
    name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    position: Mapped[str] = mapped_column(String(160), default="", server_default="")
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "uq_attendance_meeting_id_member_id",
            "meeting_id",
            "member_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        CheckConstraint("kind IN ('member', 'proxy', 'guest')", name="known_kind"),
        CheckConstraint(
            "(kind = 'guest') = (member_id IS NULL) AND (kind = 'member') = (name = '')", name="who_it_is"
        ),
        CheckConstraint("left_at IS NULL OR left_at >= noted_at", name="in_order"),
    )


class Matter(Worded):
    """What an item of the agenda is about."""

    DECIDE = "decide", "พิจารณาคำขอ"
    AMEND = "amend", "แก้ไขมติ"
    RESCIND = "rescind", "ยกเลิกมติ"
    RATIFY = "ratify", "รับรองมติ"


class AgendaItem(Base):
    """A proposal on the agenda of a meeting, in the version that was tabled."""

    __tablename__ = "agenda_item"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    position: Mapped[int]
    matter: Mapped[str] = mapped_column(String(8), default=Matter.DECIDE)
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"))
    #: JSON, from the moment it was tabled: tier, quorum and majority that it is decided by, the balance of each
    #: purpose, precautions, and what the committee saw. Final (trigger).
    frozen: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    #: The most that the body decided over on that day; none for any amount. What asks for more is not tabled (trigger).
    ceiling_satang: Mapped[int | None] = mapped_column(Satang)

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=True)
    version: Mapped[ProposalVersion] = relationship(lazy="joined", innerjoin=True)

    @property
    def rules(self) -> dict[str, Any]:
        """What was frozen when it was tabled."""
        found: dict[str, Any] = json.loads(self.frozen)
        return found

    @property
    def may_be_decided(self) -> bool:
        """Its proposal stands as the matter needs it: on the agenda, or approved where that is to be changed."""
        if self.matter == Matter.RATIFY:
            # What was urgent may be paid by the time that it is ratified.
            return self.proposal.state in (
                ProposalState.APPROVED,
                ProposalState.SETTLED,
                ProposalState.RESCINDED,
            )
        waits = ProposalState.TABLED if self.matter == Matter.DECIDE else ProposalState.APPROVED
        return self.proposal.state == waits

    __table_args__ = (
        UniqueConstraint("meeting_id", "proposal_id"),
        CheckConstraint("matter IN ('decide', 'amend', 'rescind', 'ratify')", name="known_matter"),
    )


class ResolutionKind(Worded):
    """What the committee decided. A motion bears the same kind, but for a rejection: that is a motion not carried."""

    APPROVE = "approve", "อนุมัติ", "success"
    APPROVE_IN_PART = "approve_in_part", "อนุมัติบางส่วน", "success"
    DEFER = "defer", "เลื่อนการพิจารณา", "warning"
    REJECT = "reject", "ไม่อนุมัติ", "danger"
    AMEND = "amend", "แก้ไขมติ", "info"
    RESCIND = "rescind", "ยกเลิกมติ", "danger"
    RATIFY = "ratify", "รับรองมติ", "success"


class Motion(Base):
    """What the members vote on. The newest of an item counts; another motion asks everybody anew. Final (trigger)."""

    __tablename__ = "motion"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"))
    #: Counts the motions of an item from 1.
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    #: Why not simply what was asked; what the resolution gives as its reason when it is carried.
    reason: Mapped[str] = mapped_column(String(300), default="")
    #: Of a deferral: until this day, or until the money suffices.
    waits_until: Mapped[date | None]
    waits_for_money: Mapped[bool] = mapped_column(default=False)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    parts: Mapped[list["MotionPart"]] = relationship(order_by="MotionPart.id")
    #: Of an approval in part or an amendment by lines; none where a sum was moved.
    lines: Mapped[list[MotionLine]] = relationship(order_by="MotionLine.id")

    @property
    def satang(self) -> int:
        """What it would have approved in all, over all purposes."""
        return sum(part.satang for part in self.parts)

    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint(
            "kind IN ('approve', 'approve_in_part', 'defer', 'amend', 'rescind', 'ratify')", name="known_kind"
        ),
        CheckConstraint("kind IN ('approve', 'ratify') OR reason <> ''", name="reason_given"),
        CheckConstraint(
            "(kind = 'defer') = (waits_until IS NOT NULL OR waits_for_money) "
            "AND NOT (waits_until IS NOT NULL AND waits_for_money)",
            name="deferred_until",
        ),
    )


class MotionPart(Base):
    """What a motion takes from one purpose: of an approval the sum, of an amendment the new sum. Final (trigger)."""

    __tablename__ = "motion_part"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"))
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    satang: Mapped[int] = mapped_column(Satang)

    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("motion_id", "purpose_id"),
        CheckConstraint("satang > 0", name="positive"),
    )


class Recusal(Base):
    """A member who leaves the room for an item; not counted towards its quorum.

    By the member's own word, or by that of who chairs the meeting, with a reason (triggers)."""

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
    """One member's vote on one motion. Final (trigger): who thinks again before the resolution votes in another turn.

    A trigger refuses the vote of the one who asked.
    """

    __tablename__ = "vote"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: Counts a member's votes on a motion from 1; the last counts.
    turn: Mapped[int] = mapped_column(default=1, server_default="1")
    choice: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("motion_id", "member_id", "turn"),
        CheckConstraint("choice IN ('approve', 'reject', 'abstain')", name="known_choice"),
    )


class Resolution(Base):
    """What a body decided on an item, with the count that decided it. Final (trigger).

    What a proposal may spend is the sum of its resolutions' commitments less what of them was released.
    """

    __tablename__ = "resolution"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    number: Mapped[int]
    #: The Buddhist-era year whose run its number belongs to; 0 where the body's numbers run on.
    year_be: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), unique=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    #: The motion that was carried, or was not.
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    #: The sum it decided over: what it approves, rejects, defers or takes back.
    satang: Mapped[int] = mapped_column(Satang)
    reason: Mapped[str] = mapped_column(String(300), default="")
    #: The earlier resolution that it changes, takes back, ratifies or, as a rejection, refuses to ratify.
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("resolution.id"))
    #: Of a deferral: until this day, or until the money suffices.
    waits_until: Mapped[date | None]
    waits_for_money: Mapped[bool] = mapped_column(default=False)
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
    motion: Mapped[Motion] = relationship()
    supersedes: Mapped["Resolution | None"] = relationship(
        remote_side="Resolution.id", foreign_keys=[supersedes_id]
    )
    commitments: Mapped[list["Commitment"]] = relationship(order_by="Commitment.id")

    @property
    def code(self) -> str:
        """As it is cited: มติที่ 3/2569."""
        return numbered(self.number, self.year_be)

    @property
    def approves(self) -> bool:
        """Money was promised by it."""
        return self.kind in APPROVING

    @property
    def refuses_to_ratify(self) -> bool:
        return self.kind == ResolutionKind.REJECT and self.supersedes_id is not None

    __table_args__ = (
        UniqueConstraint("body_id", "year_be", "number"),
        CheckConstraint("present >= quorum", name="quorum_met"),
        CheckConstraint("satang > 0 AND number > 0", name="positive"),
        CheckConstraint(
            "kind IN ('approve', 'approve_in_part', 'defer', 'reject', 'amend', 'rescind', 'ratify')",
            name="known_kind",
        ),
        CheckConstraint("kind IN ('approve', 'ratify') OR reason <> ''", name="reason_given"),
        CheckConstraint(
            "kind = 'reject' OR (kind IN ('amend', 'rescind', 'ratify')) = (supersedes_id IS NOT NULL)",
            name="supersedes_pair",
        ),
        CheckConstraint(
            "(kind = 'defer') = (waits_until IS NOT NULL OR waits_for_money) "
            "AND NOT (waits_until IS NOT NULL AND waits_for_money)",
            name="deferred_until",
        ),
    )


#: Kinds of resolutions that promise money.
APPROVING = (ResolutionKind.APPROVE, ResolutionKind.APPROVE_IN_PART, ResolutionKind.AMEND)


class Commitment(Base):
    """Money of one purpose that one resolution promises. Final (trigger); the ledger keeps what of it was released."""

    __tablename__ = "commitment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resolution_id: Mapped[int] = mapped_column(ForeignKey("resolution.id"))
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    satang: Mapped[int] = mapped_column(Satang)

    resolution: Mapped[Resolution] = relationship(back_populates="commitments")
    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("resolution_id", "purpose_id"),
        CheckConstraint("satang > 0", name="positive"),
    )


#: Each entry of a commitment, what was released of it below zero: together what a proposal may spend (a view).
COMMITTED = table(
    "committed_part", *map(column, ("proposal_id", "purpose_id", "commitment_id", "satang", "on_date"))
)
