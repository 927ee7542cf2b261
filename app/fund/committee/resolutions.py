"""Resolutions: what the committee decided, by the count of its votes, and the money that follows from it."""

from sqlalchemy import func, select

from app.fund.committee import commitments, meetings, motions, words
from app.fund.committee.agenda import open_item
from app.fund.committee.item_status import ItemStatus
from app.fund.committee.meetings import may_lead
from app.fund.committee.records import (
    APPROVING,
    Matter,
    Meeting,
    Proposal,
    ProposalState,
    Resolution,
    ResolutionKind,
    VoteChoice,
)
from app.fund.committee.records.bodies import Majority
from app.kit import clock, queue
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import sort_key
from app.staff import audit, notices
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


def resolve(item_id: int, *, reason: str = "", by: User) -> Resolution:
    """The committee's decision on the newest motion, by `outcome`. Final.

    On a tie the chair's own choice decides (Administrative Procedure Act B.E. 2539, s. 82); a tie without one is
    not carried. A motion not carried rejects what was asked, for a `reason`. The money follows in the same
    transaction: one satang more than is available, and it says how much is missing. Raises Refused without quorum,
    and while someone present has not voted, by name.
    """
    meeting, now = open_item(item_id)
    if not may_lead(meeting, by):
        raise Refused("เฉพาะประธานในที่ประชุมหรือฝ่ายเลขานุการเท่านั้นที่สรุปมติได้")
    meetings.refuse_circulated(meeting)
    _refuse_too_early(now)
    is_carried, casting = outcome(meeting, now)
    if is_carried and now.motion.kind in (ResolutionKind.APPROVE, ResolutionKind.APPROVE_IN_PART):
        _refuse_what_is_missing(now)
    return record(
        meeting,
        now,
        kind=ResolutionKind(now.motion.kind) if is_carried else ResolutionKind.REJECT,
        reason=now.motion.reason if is_carried else _why_not_carried(now, reason),
        present=len(now.present),
        needed=now.needed,
        casting=casting,
        by=by,
    )


def record(
    meeting: Meeting,
    now: ItemStatus,
    *,
    kind: ResolutionKind,
    reason: str,
    present: int,
    needed: int,
    casting: bool = False,
    by: User,
) -> Resolution:
    """The resolution of this kind stands, with its number and its count, and what follows from it is done and told.

    Whoever calls it has counted. `present` are those whose answer counts, `needed` how many of them it takes.
    """
    proposal = lock(Proposal, now.item.proposal_id)
    before = last_approving(proposal.id)
    is_carried, matter = kind != ResolutionKind.REJECT, now.item.matter
    # A motion not carried leaves what was decided as it is, but for a ratification that is refused.
    is_of_before = matter == Matter.RATIFY or (is_carried and matter != Matter.DECIDE)
    resolution = Resolution(
        body_id=meeting.body_id,
        number=_next_number(meeting),
        year_be=_year(meeting),
        item_id=now.item.id,
        proposal_id=proposal.id,
        motion_id=now.motion.id,
        kind=kind,
        satang=_satang(now, before),
        reason=reason,
        supersedes_id=before.id if before and is_of_before else None,
        waits_until=now.motion.waits_until if is_carried else None,
        waits_for_money=now.motion.waits_for_money and is_carried,
        present=present,
        quorum=needed,
        for_votes=now.count(VoteChoice.APPROVE),
        against_votes=now.count(VoteChoice.REJECT),
        abstentions=now.count(VoteChoice.ABSTAIN),
        recusals=len(now.recused),
        casting_vote=casting,
        resolved_at=clock.now(),
        resolved_by_id=by.id,
    )
    db.session().add(resolution)
    db.session().flush()
    _follow(resolution, now, proposal, by=by)
    audit.record(
        Deed.AGENDA_ITEM_RESOLVE,
        f"agenda_item:{now.item.id}",
        by=by,
        proposal=proposal.code,
        resolution=resolution.code,
        kind=kind,
        satang=resolution.satang,
        votes=[resolution.for_votes, resolution.against_votes, resolution.abstentions],
        reason=reason,
    )
    _tell(resolution, proposal, meeting, by=by)
    queue.ask("publish", key="edition")
    return resolution


def _tell(made: Resolution, proposal: Proposal, meeting: Meeting, *, by: User) -> None:
    """Whoever asked hears what was decided and why, at once: a no above all."""
    asked = {proposal.submitted_by_id, proposal.asked_by_id} - {by.id}
    why = f" เพราะ{made.reason}" if made.reason else ""
    told = f"{proposal.title}: {meeting.called_th} มีมติ{words.of_resolution(made)}{why}"
    if made.refuses_to_ratify:
        told = f"{told} · {_left_of(proposal)}"
        notices.notify(
            [person for person in notices.holders(Role.FINANCE, Role.FUND_OFFICER) if person.id not in asked],
            title=f"ที่ประชุมไม่รับรองมติของคำขอ {proposal.code}",
            words=told,
            href=f"/agenda/{made.item_id}",
        )
    notices.notify(
        db.session().scalars(select(User).where(User.id.in_(asked)).order_by(User.id)).all(),
        title=f"มติของคำขอ {proposal.code}",
        words=told,
        href=f"/requests/{proposal.code}",
    )


def _left_of(proposal: Proposal) -> str:
    """What of a proposal that was stopped is paid or on its way."""
    gone, waiting = sum(commitments.paid(proposal.id).values()), commitments.ordered(proposal.id)
    words = f"จ่ายไปแล้ว {format_baht(gone)} บาท"
    if waiting:
        return f"{words} เตรียมจ่ายไว้ {format_baht(waiting)} บาท ให้เจ้าหน้าที่การเงินจ่ายหรือยกเลิกแล้วปิดเรื่อง"
    return words


def _why_not_carried(now: ItemStatus, reason: str) -> str:
    why = visible(reason)
    if now.motion.kind == ResolutionKind.DEFER:
        raise Refused("ที่ประชุมไม่เห็นชอบให้เลื่อน กรุณาตั้งประเด็นใหม่ให้ลงคะแนน เช่น อนุมัติ หรืออนุมัติบางส่วน")
    if not 0 < len(why) <= 300:
        raise BadInput("ที่ประชุมไม่อนุมัติ กรุณาบันทึกเหตุผล ไม่เกิน 300 ตัวอักษร เหตุผลจะบอกผู้ขอ")
    return why


def outcome(meeting: Meeting, now: ItemStatus) -> tuple[bool, bool]:
    """Whether the motion is carried by the votes that there are, and whether the chair's own choice decided a tie.

    The rules of the meeting's body say how many must say yes to this matter. Where it is more than half, the chair's
    choice counts once more on a tie.
    """
    majority = meeting.rules.majority_of(now.item.matter)
    in_favour, against = now.count(VoteChoice.APPROVE), now.count(VoteChoice.REJECT)
    chairs = now.choice_of(meeting.chair_id)
    casting = (
        meeting.rules.casting_vote
        and majority == Majority.MORE_THAN_HALF
        and in_favour == against
        and chairs in (VoteChoice.APPROVE, VoteChoice.REJECT)
    )
    if casting:
        in_favour += chairs == VoteChoice.APPROVE
        against += chairs == VoteChoice.REJECT
    abstained = now.count(VoteChoice.ABSTAIN)
    is_carried = majority.is_reached(
        in_favour=in_favour, against=against, abstained=abstained, present=len(now.present)
    )
    return is_carried, casting


def _refuse_too_early(now: ItemStatus) -> None:
    if len(now.present) < now.needed:
        raise Refused(
            f"ลงมติไม่ได้ เพราะไม่ครบองค์ประชุมสำหรับเรื่องนี้ ต้องมี {now.needed} คน ขณะนี้มี {len(now.present)} คน"
        )
    if now.missing:
        people = db.session().scalars(select(User).where(User.id.in_(now.missing)))
        names = sorted((member.name for member in people), key=sort_key)
        raise Refused(
            f"ยังลงคะแนนไม่ครบ รอ {', '.join(names)} หากไม่อยู่ในห้องประชุมแล้ว ให้ประธานบันทึกว่าออกจากการพิจารณาเรื่องนี้"
        )


def lacking(now: ItemStatus) -> str:
    """What each purpose lacks for the motion, in words; empty when the money suffices."""
    names = {part.purpose_id: part.purpose.name_th for part in now.motion.parts}
    return " และ ".join(
        f"“{names[number]}” ขาด {format_baht(satang)} บาท" for number, satang in motions.missing(now).items()
    )


def _refuse_what_is_missing(now: ItemStatus) -> None:
    told = lacking(now)
    if not told:
        return
    able = now.motion.satang - sum(motions.missing(now).values())
    part = f"อนุมัติบางส่วนไม่เกิน {format_baht(able)} บาท หรือ" if able > 0 else ""
    raise Refused(f"เงินไม่พอ {told} ท่านตั้งประเด็นใหม่ได้: {part}เลื่อนจนกว่าเงินจะพอ หรือใช้เงินวัตถุประสงค์อื่นร่วมด้วย")


def _satang(now: ItemStatus, before: Resolution | None) -> int:
    if now.motion.parts:
        return now.motion.satang
    if now.item.matter == Matter.RESCIND and before is not None:
        return sum(commitments.promised(now.item.proposal_id).values()) or before.satang
    return now.item.version.satang


def _follow(resolution: Resolution, now: ItemStatus, proposal: Proposal, *, by: User) -> None:
    """The proposal and its money as the resolution says."""
    kind = ResolutionKind(resolution.kind)
    sums = {part.purpose_id: part.satang for part in now.motion.parts}
    if kind in (ResolutionKind.APPROVE, ResolutionKind.APPROVE_IN_PART):
        proposal.state = ProposalState.APPROVED
        db.session().flush()
        commitments.promise(resolution, sums, by=by)
    elif kind == ResolutionKind.DEFER:
        proposal.state = ProposalState.SUBMITTED
    elif kind == ResolutionKind.REJECT and now.item.matter == Matter.DECIDE:
        proposal.state = ProposalState.REJECTED
    elif resolution.refuses_to_ratify and proposal.state == ProposalState.APPROVED:
        _stop(proposal, by=by)
    elif kind == ResolutionKind.AMEND:
        version = now.item.version
        proposal.version, proposal.satang, proposal.title = version.number, version.satang, version.title
        db.session().flush()
        commitments.amend(resolution, sums, by=by)
    elif kind == ResolutionKind.RESCIND:
        if waiting := commitments.ordered(proposal.id):
            raise Refused(
                f"ยกเลิกมติไม่ได้ เพราะเตรียมจ่ายไว้ {format_baht(waiting)} บาท ให้เจ้าหน้าที่การเงินยกเลิกหรือจ่ายรายการนั้นก่อน"
            )
        commitments.release_unpaid(proposal.id, by=by)
        proposal.state = ProposalState.RESCINDED
    db.session().flush()


def _stop(proposal: Proposal, *, by: User) -> None:
    """What was decided outside a meeting is not ratified: all that is neither paid nor prepared is available again.

    What was paid stays paid. While a payment is prepared the proposal stays as it is, to be paid or settled; another is
    not prepared any more (trigger).
    """
    waiting = commitments.ordered(proposal.id)
    commitments.release_unpaid(proposal.id, keeping=waiting, by=by)
    if not waiting:
        proposal.state = ProposalState.RESCINDED


def _next_number(meeting: Meeting) -> int:
    """The body's next number in the run of the day on which the meeting sat; one at a time."""
    lock_advisory(AdvisoryLock.RESOLUTION_NUMBERS)
    last = select(func.max(Resolution.number)).where(
        Resolution.body_id == meeting.body_id, Resolution.year_be == _year(meeting)
    )
    return (db.session().scalar(last) or 0) + 1


def _year(meeting: Meeting) -> int:
    """The year of the body that the resolution counts in: when the members sat, or when the circulation closes."""
    return meeting.rules.year(clock.today() if meeting.is_circulated else meeting.sat_on)


def last_approving(proposal_id: int) -> Resolution | None:
    """The newest resolution that promised money to a proposal; None when none did."""
    statement = select(Resolution).where(
        Resolution.proposal_id == proposal_id, Resolution.kind.in_(APPROVING)
    )
    return db.session().scalars(statement.order_by(Resolution.id.desc()).limit(1)).one_or_none()


def is_refused(proposal_id: int) -> bool:
    """Whether a meeting refused to ratify what promised the proposal its money: nothing more is prepared for it."""
    before = last_approving(proposal_id)
    refused = select(Resolution.id).where(
        Resolution.supersedes_id == (before.id if before else 0), Resolution.kind == ResolutionKind.REJECT
    )
    return db.session().scalars(refused.limit(1)).first() is not None


def lines_approved(proposal_id: int) -> list[str]:
    """What the last approval took of each line, in words; none where it was of a sum, whole, or is not there."""
    made = last_approving(proposal_id)
    return words.of_lines(made.motion) if made else []


def of_proposal(proposal_id: int) -> list[Resolution]:
    """All that the committee resolved on a proposal, the first first."""
    statement = select(Resolution).where(Resolution.proposal_id == proposal_id).order_by(Resolution.id)
    return list(db.session().scalars(statement))


def waiting_words(proposal_ids: list[int]) -> dict[int, str]:
    """Of proposals that the committee deferred: why they wait and until when, by the proposal's id."""
    newest = select(func.max(Resolution.id)).where(Resolution.proposal_id.in_(proposal_ids))
    rows = select(Resolution).where(
        Resolution.id.in_(newest.group_by(Resolution.proposal_id)), Resolution.kind == ResolutionKind.DEFER
    )
    return {
        made.proposal_id: f"{words.of_resolution(made)} เพราะ{made.reason} (มติที่ {made.code})"
        for made in db.session().scalars(rows)
    }
