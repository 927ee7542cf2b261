"""Item status: who may vote on an item of the agenda, who has voted, and who is still missing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.fund.committee.records import (
    AgendaItem,
    Attendance,
    AttendanceKind,
    Meeting,
    Motion,
    Recusal,
    Resolution,
    Vote,
    VoteChoice,
)
from app.fund.committee.seats import of_meeting
from app.fund.spending.records import Payment, PaymentOrder
from app.kit.db import db


@dataclass(frozen=True)
class ItemStatus:
    """One item as it is now. People are ids of users.

    Whoever asked for the money, prepared or made a payment of it, or left the room counts neither as present nor as a
    member for this item.
    """

    item: AgendaItem
    requester_id: int
    #: Whoever prepared or wrote down a payment of this proposal.
    payers: frozenset[int]
    recused: frozenset[int]
    #: Of those whom the chair said to be out of the room: why.
    reasons: dict[int, str]
    #: Members who attend and may vote on this item.
    present: frozenset[int]
    #: Of these, who is in the room now: who voted and left afterwards is not.
    here: frozenset[int]
    #: How many must be present for this item.
    needed: int
    #: What is voted on: the newest motion, and the votes on it.
    motion: Motion
    votes: tuple[Vote, ...]
    resolution: Resolution | None

    @property
    def asked(self) -> frozenset[int]:
        """Who submitted the proposal, and who drew it up."""
        return frozenset((self.item.proposal.submitted_by_id, self.item.proposal.asked_by_id))

    @property
    def voted(self) -> frozenset[int]:
        return frozenset(vote.member_id for vote in self.votes)

    @property
    def missing(self) -> frozenset[int]:
        return self.present - self.voted

    def count(self, choice: VoteChoice) -> int:
        return sum(vote.choice == choice for vote in self.votes)

    def choice_of(self, member_id: int | None) -> VoteChoice | None:
        return next((VoteChoice(vote.choice) for vote in self.votes if vote.member_id == member_id), None)


def attending(meeting_id: int) -> frozenset[int]:
    """The ids of the members who are in the room."""
    return frozenset(
        row.member_id
        for row in in_the_room(meeting_id)
        if row.kind == AttendanceKind.MEMBER and row.member_id is not None
    )


def attended(meeting_id: int) -> list[Attendance]:
    """All who came, those included who left, in the order in which they came."""
    statement = select(Attendance).where(Attendance.meeting_id == meeting_id)
    return list(db.session().scalars(statement.order_by(Attendance.id)))


def in_the_room(meeting_id: int) -> list[Attendance]:
    """Members, proxies and guests who came and have not left, in the order in which they came."""
    statement = select(Attendance).where(Attendance.meeting_id == meeting_id, Attendance.left_at.is_(None))
    return list(db.session().scalars(statement.order_by(Attendance.id)))


def payers(proposal_ids: list[int]) -> dict[int, set[int]]:
    """Who prepared or wrote down payments of these proposals, by the proposal's id."""
    orders = (
        select(PaymentOrder.proposal_id, PaymentOrder.prepared_by_id, Payment.paid_by_id)
        .outerjoin(Payment, Payment.order_id == PaymentOrder.id)
        .where(PaymentOrder.proposal_id.in_(proposal_ids), PaymentOrder.withdrawn_at.is_(None))
    )
    found: dict[int, set[int]] = defaultdict(set)
    for proposal_id, *people in db.session().execute(orders):
        found[proposal_id].update(person for person in people if person is not None)
    return found


def of_items(meeting: Meeting, items: Iterable[AgendaItem]) -> list[ItemStatus]:
    """The status of each of these items of one meeting, in as many queries for ten items as for one."""
    session = db.session()
    several = list(items)
    numbers = [item.id for item in several]
    seats = of_meeting(meeting.id, meeting.body_id)
    here = attending(meeting.id)
    recused: dict[int, dict[int, str]] = defaultdict(dict)
    for recusal in session.scalars(select(Recusal).where(Recusal.item_id.in_(numbers))):
        recused[recusal.item_id][recusal.member_id] = recusal.reason
    motions = {
        motion.item_id: motion
        for motion in session.scalars(
            select(Motion)
            .where(Motion.item_id.in_(numbers))
            .order_by(Motion.number)
            .options(selectinload(Motion.parts), selectinload(Motion.lines))
        )
    }
    # Of the turns of a member the last counts.
    votes: dict[int, dict[int, Vote]] = defaultdict(dict)
    for vote in session.scalars(select(Vote).where(Vote.item_id.in_(numbers)).order_by(Vote.turn, Vote.id)):
        if vote.motion_id == motions[vote.item_id].id:
            votes[vote.item_id][vote.member_id] = vote
    resolutions = {
        found.item_id: found
        for found in session.scalars(
            select(Resolution)
            .where(Resolution.item_id.in_(numbers))
            .options(selectinload(Resolution.supersedes))
        )
    }
    paid = payers([item.proposal_id for item in several])
    found = []
    for item in several:
        requester_id = item.proposal.submitted_by_id
        left = frozenset(recused[item.id])
        asked = {requester_id, item.proposal.asked_by_id}
        hands = frozenset(paid[item.proposal_id])
        excluded = left | ((asked | hands) & (seats | here))
        found.append(
            ItemStatus(
                item=item,
                requester_id=requester_id,
                payers=hands,
                recused=left,
                reasons={member: why for member, why in recused[item.id].items() if why},
                # Who voted and left afterwards was there for it.
                present=(here - excluded) | votes[item.id].keys(),
                here=here - excluded,
                needed=meeting.rules.quorum(max(1, meeting.members - len(excluded))),
                motion=motions[item.id],
                votes=tuple(votes[item.id].values()),
                resolution=resolutions.get(item.id),
            )
        )
    return found
