"""Sole decisions: what the chair, or who the chair delegated it to, decides alone within the smallest tier.

Each is a sitting of one person: one item, one vote, one resolution of a series of its own. The next meeting of the committee
hears of it; what was urgent and above the tier it ratifies.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.fund.committee import agenda, delegations, resolutions, seats, splits
from app.fund.committee.item_status import payers
from app.fund.committee.meetings import next_number
from app.fund.committee.proposals import by_code, state_name
from app.fund.committee.records import (
    AgendaItem,
    Attendance,
    Meeting,
    MeetingState,
    Motion,
    Proposal,
    ProposalState,
    Resolution,
    ResolutionKind,
    Vote,
    VoteChoice,
)
from app.fund.committee.records.authority import ProposalWay, Way
from app.fund.committee.records.bodies import Body, BodyRules, Level, Office, RollEntry
from app.fund.committee.records.circulations import MeetingKind
from app.fund.committee.splits import Split
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.injected import Injected
from app.kit.money import format_baht
from app.kit.texts import visible
from app.province.profile import Profile
from app.staff import audit, notices
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: Whether a person may be partial to a request, by its code. Who stands near a family is not known to the fund.
IS_PARTIAL: Injected[Callable[[str, User], bool]] = Injected("who may be partial to a request")


@dataclass(frozen=True, slots=True)
class Right:
    """By what this person decides alone today, and how much at most."""

    office: Office
    satang: int
    urgent_satang: int
    #: As a page says it.
    words: str


def right_of(by: User) -> Right | None:
    """By what this person decides alone; None when they may not."""
    profile = Profile.here()
    most = profile.ceiling(Level.SOLE) or 0
    if by.has(*seats.SEATS) and chair() == by.id:
        return Right(Office.CHAIR, most, max(most, profile.urgent_satang), "ประธานกองทุน")
    order = delegations.of(by)
    if order is None:
        return None
    # What is urgent above the tier stays with the chair.
    able = min(most, order.ceiling_satang)
    return Right(Office.SECRETARY, able, able, f"ผู้รับมอบหมายตามคำสั่งที่ {order.order_number}")


def chair() -> int | None:
    """The id of who chairs the fund's committee by a seat."""
    return next((held.person_id for held in seats.seated() if held.office == Office.CHAIR), None)


def ways(proposal_ids: list[int]) -> dict[int, ProposalWay]:
    """The newest way of each of these proposals that has any."""
    if not proposal_ids:
        return {}
    rows = select(ProposalWay).where(ProposalWay.proposal_id.in_(proposal_ids)).order_by(ProposalWay.id)
    return {way.proposal_id: way for way in db.session().scalars(rows)}


def most_of(way: str | None) -> int:
    """The most that the chair alone decides of a proposal of this way, in satang."""
    profile = Profile.here()
    if way == Way.MEETING:
        return 0
    urgent = profile.urgent_satang if way == Way.URGENT else 0
    return max(profile.ceiling(Level.SOLE) or 0, urgent)


def waiting() -> list[tuple[Proposal, ProposalWay | None]]:
    """What waits for a decision alone: what is urgent first, then the longest."""
    rows = select(Proposal).where(Proposal.state == ProposalState.SUBMITTED)
    found = list(db.session().scalars(rows.order_by(Proposal.submitted_at, Proposal.id)))
    known = ways([proposal.id for proposal in found])
    pairs = [(proposal, known.get(proposal.id)) for proposal in found]
    able = [
        (proposal, way) for proposal, way in pairs if proposal.satang <= most_of(way.way if way else None)
    ]
    return sorted(able, key=lambda pair: pair[1] is None)


def why_not(proposal: Proposal, by: User) -> str:
    """Why this person may not decide it alone, in Thai; empty when they may."""
    paid = payers([proposal.id]).get(proposal.id, set())
    way, split = ways([proposal.id]).get(proposal.id), splits.of([proposal]).get(proposal.id)
    words = _why_not(proposal, by, right_of(by), way, paid) or _why_not_split(split, right_of(by), way)
    if not words and IS_PARTIAL.get()(proposal.code, by):
        # In a meeting the others decide; alone there is nobody else.
        return "ท่านอาจมีส่วนได้เสียกับเรื่องนี้ จึงพิจารณาคนเดียวไม่ได้ กรุณาส่งเข้าที่ประชุม"
    return words


def waiting_for(by: User) -> list[tuple[Proposal, ProposalWay | None]]:
    """What waits and this person may decide alone, in as many queries for ten as for one."""
    several = waiting()
    right = right_of(by) if several else None
    if right is None:
        return []
    paid = payers([proposal.id for proposal, _ in several])
    beside = splits.of([proposal for proposal, _ in several])
    return [
        (proposal, way)
        for proposal, way in several
        if not _why_not(proposal, by, right, way, paid.get(proposal.id, set()))
        and not _why_not_split(beside.get(proposal.id), right, way)
    ]


def _why_not_split(split: Split | None, right: Right | None, way: ProposalWay | None) -> str:
    """Together they are the committee's, each alone would not be; what is urgent is decided, and told to the meeting."""
    if right is None or way is not None or split is None or split.satang <= right.satang:
        return ""
    return (
        f"{split.words} เกินวงเงินที่ท่านพิจารณาได้ คือ {format_baht(right.satang)} บาท กรุณาส่งเข้าที่ประชุมพิจารณาพร้อมกัน"
    )


def _why_not(
    proposal: Proposal, by: User, right: Right | None, way: ProposalWay | None, paid: set[int]
) -> str:
    if right is None:
        return "เฉพาะประธานกองทุน หรือผู้ที่ประธานมอบหมายตามคำสั่ง เท่านั้นที่พิจารณาตามวงเงินนี้ได้"
    if proposal.state != ProposalState.SUBMITTED:
        return f"คำขอ {proposal.code} มีสถานะ “{state_name(proposal.state)}” แล้ว จึงพิจารณาตามวงเงินไม่ได้"
    if by.id in (proposal.submitted_by_id, proposal.asked_by_id):
        return "ท่านเป็นผู้เสนอเรื่องนี้ จึงพิจารณาเองไม่ได้ กรุณาส่งเข้าที่ประชุม"
    if by.id in paid:
        return "ท่านเตรียมจ่ายหรือบันทึกการจ่ายของเรื่องนี้ จึงพิจารณาไม่ได้ กรุณาส่งเข้าที่ประชุม"
    if way is not None and way.way == Way.MEETING:
        return f"เรื่องนี้ส่งเข้าที่ประชุมแล้ว เพราะ{way.reason}"
    if way is not None and way.asked_by_id == by.id:
        return "ท่านเป็นผู้ขอให้พิจารณาเร่งด่วน จึงพิจารณาเองไม่ได้ กรุณาส่งเข้าที่ประชุม"
    most = right.urgent_satang if way is not None else right.satang
    if proposal.satang > most:
        return (
            f"คำขอนี้ {format_baht(proposal.satang)} บาท เกินวงเงินที่ท่านพิจารณาได้ คือ {format_baht(most)} บาท "
            "กรุณาส่งเข้าที่ประชุม"
        )
    return ""


def decide(code: str, *, choice: VoteChoice | str, reason: str = "", by: User) -> Resolution:
    """The chair, or the delegate, approves what was asked, or rejects it for a `reason`. Final, as any resolution.

    Raises Refused for who has no such right, who asked or paid, for more than their ceiling, alone or with what the same person
    asked for beside it and is not urgent, and while the money does not suffice.
    """
    if choice not in (VoteChoice.APPROVE, VoteChoice.REJECT):
        raise BadInput("กรุณาเลือก อนุมัติ หรือไม่อนุมัติ")
    body = seats.ensure_sole()
    known = by_code(code)
    if known is None:
        raise Refused(f"ไม่พบคำขอรหัส {code} กรุณาตรวจรหัสอีกครั้ง")
    rules = body.rules_on(clock.today())
    number = next_number(body.id, rules.year(clock.today()))
    proposal = lock(Proposal, known.id)
    if words := why_not(proposal, by):
        raise Refused(words)
    right, way = right_of(by), ways([proposal.id]).get(proposal.id)
    assert right is not None
    sitting = _sitting(rules, number, right, by)
    most = right.urgent_satang if way is not None else right.satang
    item = agenda.put(sitting, proposal, ceiling_satang=most, by=by)
    _refuse_what_is_missing(item, choice)
    motion_id = db.session().scalars(select(Motion.id).where(Motion.item_id == item.id)).one()
    cast = Vote(
        item_id=item.id, motion_id=motion_id, member_id=by.id, choice=VoteChoice(choice), at=clock.now()
    )
    db.session().add(cast)
    db.session().flush()
    made = resolutions.resolve(item.id, reason=reason, by=by)
    sitting.state, sitting.closed_at = MeetingState.CLOSED, clock.now()
    db.session().flush()
    return made


def _sitting(rules: BodyRules, number: int, right: Right, by: User) -> Meeting:
    """One person sits, here and now; that is all of the quorum."""
    now = clock.now()
    made = Meeting(
        body_id=rules.body_id,
        rules_id=rules.id,
        number=number,
        year_be=rules.year(clock.today()),
        held_on=clock.today(),
        state=MeetingState.OPEN,
        members=1,
        quorum=1,
        called_at=now,
        called_by_id=by.id,
        chair_id=by.id,
        opened_at=now,
        certified_by_id=by.id,
        certified_present=1,
    )
    session = db.session()
    session.add(made)
    session.flush()
    session.add(Attendance(meeting_id=made.id, member_id=by.id, noted_at=now))
    roll = RollEntry(
        meeting_id=made.id, person_id=by.id, office=right.office, name=by.name, position=right.words
    )
    session.add(roll)
    session.flush()
    return made


def _refuse_what_is_missing(item: AgendaItem, choice: str) -> None:
    available = {balance.purpose.id: balance.available for balance in books.balances()}
    lacks = [
        f"“{part.purpose.name_th}” ขาด {format_baht(part.satang - available.get(part.purpose.id, 0))} บาท"
        for part in item.version.funding
        if part.purpose is not None and part.satang > available.get(part.purpose.id, 0)
    ]
    if lacks and choice == VoteChoice.APPROVE:
        raise Refused(f"เงินไม่พอ {' และ '.join(lacks)} กรุณาส่งเข้าที่ประชุม เพื่ออนุมัติบางส่วนหรือเลื่อนจนเงินพอ")


def send_to_meeting(code: str, *, reason: str, by: User) -> ProposalWay:
    """The chair or the delegate leaves it to the committee, for a `reason`; nobody decides it alone any more."""
    if right_of(by) is None and not by.has(Role.FUND_OFFICER):
        raise Refused("เฉพาะประธาน ผู้รับมอบหมาย หรือฝ่ายเลขานุการเท่านั้นที่ส่งเรื่องเข้าที่ประชุมได้")
    return _way(code, Way.MEETING, reason, by=by)


def mark_urgent(code: str, *, reason: str, by: User) -> ProposalWay:
    """Whoever asked, or the secretariat, asks the chair to decide at once, for a `reason`; the next meeting ratifies it."""
    known = by_code(code)
    if known is None or not (
        by.id in (known.submitted_by_id, known.asked_by_id) or by.has(Role.FUND_OFFICER)
    ):
        raise Refused("เฉพาะผู้เสนอคำขอหรือฝ่ายเลขานุการเท่านั้นที่ขอพิจารณาเร่งด่วนได้")
    most = Profile.here().urgent_satang
    if known.satang > most:
        raise Refused(
            f"ขอพิจารณาเร่งด่วนได้ไม่เกิน {format_baht(most)} บาท คำขอนี้ {format_baht(known.satang)} บาท กรุณารอที่ประชุม"
            if most
            else "จังหวัดนี้ยังไม่กำหนดวงเงินเร่งด่วน กรุณารอที่ประชุม"
        )
    made = _way(code, Way.URGENT, reason, by=by)
    head = db.session().get(User, chair() or 0)
    notices.notify(
        [head] if head is not None else [],
        title=f"ขอพิจารณาเร่งด่วน {code}",
        words=f"{known.title} {format_baht(known.satang)} บาท เพราะ{made.reason}",
        href=f"/decisions/{code}",
    )
    return made


def _way(code: str, way: Way, reason: str, *, by: User) -> ProposalWay:
    known = by_code(code)
    if known is None:
        raise Refused(f"ไม่พบคำขอรหัส {code} กรุณาตรวจรหัสอีกครั้ง")
    proposal, why = lock(Proposal, known.id), visible(reason)
    if proposal.state != ProposalState.SUBMITTED:
        raise Refused(f"คำขอ {code} มีสถานะ “{state_name(proposal.state)}” แล้ว จึง{way.words}ไม่ได้")
    if not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกเหตุผล ไม่เกิน 300 ตัวอักษร")
    before = ways([proposal.id]).get(proposal.id)
    if before is not None and before.way == way:
        return before
    if before is not None and before.way == Way.MEETING:
        raise Refused(f"เรื่องนี้ส่งเข้าที่ประชุมแล้ว เพราะ{before.reason} จึงขอให้พิจารณาคนเดียวอีกไม่ได้")
    made = ProposalWay(proposal_id=proposal.id, way=way, reason=why, asked_at=clock.now(), asked_by_id=by.id)
    db.session().add(made)
    db.session().flush()
    audit.record(Deed.PROPOSAL_WAY, f"proposal:{proposal.id}", by=by, code=code, way=way.value, reason=why)
    return made


def decided(*, since: datetime | None = None, until: datetime | None = None) -> list[Resolution]:
    """What was decided alone, the newest first."""
    rows = select(Resolution).join(Body, Body.id == Resolution.body_id).where(Body.level == Level.SOLE)
    if since is not None:
        rows = rows.where(Resolution.resolved_at >= since)
    if until is not None:
        rows = rows.where(Resolution.resolved_at < until)
    return list(db.session().scalars(rows.order_by(Resolution.id.desc())))


def reported_in(meeting: Meeting) -> list[Resolution]:
    """What was decided outside a meeting since the body met before, and it is not asked to ratify: it stands in this meeting
    for its information, the oldest first. Of the fund's committee what was decided alone, of any body what it rejected by
    circulation.
    """
    began = meeting.opened_at or clock.now()
    before = select(func.max(Meeting.opened_at)).where(
        Meeting.body_id == meeting.body_id,
        Meeting.kind == MeetingKind.MEETING,
        Meeting.id != meeting.id,
        Meeting.opened_at < began,
    )
    since = db.session().scalar(before)
    rejected = (
        select(Resolution)
        .join(AgendaItem, AgendaItem.id == Resolution.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(Meeting.kind == MeetingKind.CIRCULATED, Meeting.body_id == meeting.body_id)
        .where(Resolution.kind == ResolutionKind.REJECT, Resolution.resolved_at < began)
    )
    if since is not None:
        rejected = rejected.where(Resolution.resolved_at >= since)
    alone = decided(since=since, until=began) if meeting.body.code == seats.MAIN else []
    return sorted([*db.session().scalars(rejected), *alone], key=lambda made: made.id)
