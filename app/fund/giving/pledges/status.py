"""Status of pledges: what was pledged, what came and what is still to come, computed each time and never stored."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from app.fund.giving.pledges import instalments, pledges
from app.fund.giving.records.pledges import Instalment, Pledge, PledgeKind, PledgeState
from app.kit.db import db
from app.kit.language import marked
from app.kit.worded import Worded
from app.staff.users import User


class PledgeStatus(Worded):
    """What has come of a pledge."""

    STATED = "stated", marked("แจ้งไว้"), "info"
    PARTLY = "partly", marked("ได้รับบางส่วน"), "info"
    FULFILLED = "fulfilled", marked("ครบแล้ว"), "success"
    LAPSED = "lapsed", marked("พ้นกำหนด")
    WITHDRAWN = "withdrawn", marked("ถอนแล้ว")


_came = pledges.came_in().subquery()
_got = func.coalesce(_came.c.satang, 0)


def of(pledge: Pledge, received: int) -> PledgeStatus:
    """The status of this pledge when `received` satang have come for it.

    One that lapsed and was then given in full is fulfilled: what counts is what came.
    """
    if pledge.state == PledgeState.WITHDRAWN:
        return PledgeStatus.WITHDRAWN
    if received >= pledge.satang:
        return PledgeStatus.FULFILLED
    if pledge.state == PledgeState.LAPSED:
        return PledgeStatus.LAPSED
    return PledgeStatus.PARTLY if received else PledgeStatus.STATED


def _has(wanted: PledgeStatus) -> ColumnElement[bool]:
    """The same as `of`, as a condition on pledges joined to what came."""
    short = _got < Pledge.satang
    if wanted == PledgeStatus.WITHDRAWN:
        return Pledge.state == PledgeState.WITHDRAWN
    if wanted == PledgeStatus.FULFILLED:
        return and_(Pledge.state != PledgeState.WITHDRAWN, ~short)
    if wanted == PledgeStatus.LAPSED:
        return and_(Pledge.state == PledgeState.LAPSED, short)
    return and_(
        Pledge.state == PledgeState.STATED, short, _got > 0 if wanted == PledgeStatus.PARTLY else _got == 0
    )


def visible_to(user: User, wanted: PledgeStatus | None = None) -> Select[Pledge]:
    """The pledges this person may see, newest first; only those of the status `wanted` when it is given."""
    statement = pledges.visible_to(user).outerjoin(_came, _came.c.pledge_id == Pledge.id)
    return statement if wanted is None else statement.where(_has(wanted))


def is_of(wanted: PledgeStatus) -> ColumnElement[bool]:
    """The condition on pledges that they are of this status."""
    found = select(Pledge.id).outerjoin(_came, _came.c.pledge_id == Pledge.id).where(_has(wanted))
    return Pledge.id.in_(found)


@dataclass(frozen=True, slots=True)
class PledgeSums:
    """Pledges together, in satang. Withdrawn and lapsed ones count only with what they brought."""

    pledged: int = 0
    received: int = 0
    outstanding: int = 0


def sums(user: User, *, in_kind: bool = False) -> PledgeSums:
    """What the pledges of money that this person sees come to, or those in kind at their estimated value."""
    stated = Pledge.state == PledgeState.STATED
    pledged, received, rest = (
        db.session()
        .execute(
            select(
                func.sum(case((stated, Pledge.satang), else_=0)),
                func.sum(_got),
                func.sum(case((stated & (Pledge.satang > _got), Pledge.satang - _got), else_=0)),
            )
            .select_from(Pledge)
            .outerjoin(_came, _came.c.pledge_id == Pledge.id)
            .where(pledges.seen_by(user), (Pledge.kind != PledgeKind.MONEY) == in_kind)
        )
        .one()
    )
    return PledgeSums(int(pledged or 0), int(received or 0), int(rest or 0))


@dataclass(frozen=True, slots=True)
class Due:
    """What is expected by a day: an instalment, or a pledge that comes whole; `satang` is what is not here yet."""

    pledge: Pledge
    instalment: Instalment | None
    due_on: date
    satang: int


def due_between(first: date, last: date) -> list[Due]:
    """What is due from `first` to `last`, both included, and has not come yet, by day. Of every network, in kind too.

    What came covers the oldest instalment first. Withdrawn and lapsed pledges are not due any more.
    """
    by_part = select(Instalment.pledge_id).where(Instalment.due_on.between(first, last))
    rows = list(
        db.session().scalars(
            select(Pledge)
            .outerjoin(_came, _came.c.pledge_id == Pledge.id)
            .where(
                Pledge.state == PledgeState.STATED,
                _got < Pledge.satang,
                or_(Pledge.expected_on.between(first, last), Pledge.id.in_(by_part)),
            )
        )
    )
    numbers = [pledge.id for pledge in rows]
    came, parts = pledges.received(numbers), instalments.of(numbers)
    found = []
    for pledge in rows:
        if not parts[pledge.id]:
            found.append(Due(pledge, None, pledge.expected_on, pledge.satang - came[pledge.id]))
        for part in instalments.covered(parts[pledge.id], came[pledge.id]):
            if part.rest and first <= part.instalment.due_on <= last:
                found.append(Due(pledge, part.instalment, part.instalment.due_on, part.rest))
    return sorted(found, key=lambda due: (due.due_on, due.pledge.id))
