"""Progress: how far what was asked for has been handed over."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, func, select

from app.cases.aid import access
from app.cases.aid.records import LINE_VALUE, AidLine, AidRequest, Delivery, Handover, RequestState
from app.fund.committee.records import Proposal
from app.fund.spending.records import STANDS, Payment
from app.kit.db import db
from app.staff.users import User


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a request has been handed over. `done` are lines of which nothing is left to give; `satang` is what was
    delivered, at its true cost where that is known."""

    lines: int = 0
    done: int = 0
    asked: int = 0
    delivered: int = 0
    satang: int = 0

    @property
    def left(self) -> int:
        return self.lines - self.done

    @property
    def is_complete(self) -> bool:
        return self.lines > 0 and self.left == 0


def of(request_ids: Collection[int]) -> dict[int, Progress]:
    """The progress of each request, in one query."""
    asked = AidLine.request_id.in_(list(request_ids))
    given = (
        select(Delivery.line_id, func.sum(Delivery.quantity).label("quantity"))
        # Of these requests alone: a sum by line over all deliveries is made whole before it is joined.
        .where(Delivery.line_id.in_(select(AidLine.id).where(asked)))
        .group_by(Delivery.line_id)
        .subquery()
    )
    had = func.coalesce(given.c.quantity, 0)
    rows = db.session().execute(
        select(
            AidLine.request_id,
            func.count(),
            func.sum(case((had >= AidLine.quantity, 1), else_=0)),
            func.sum(AidLine.quantity),
            func.sum(had),
            func.sum(had * LINE_VALUE.c.unit_satang),
        )
        .select_from(AidLine)
        .join(LINE_VALUE, LINE_VALUE.c.line_id == AidLine.id)
        .outerjoin(given, given.c.line_id == AidLine.id)
        .where(asked)
        .group_by(AidLine.request_id)
    )
    found = {row[0]: Progress(*(int(value) for value in row[1:])) for row in rows}
    return {number: found.get(number, Progress()) for number in request_ids}


def awaiting(user: User) -> list[AidRequest]:
    """Requests that the fund has paid for, with something left to give and no handover open."""
    paid = (
        select(Payment.id)
        .join(Proposal, Proposal.id == Payment.proposal_id)
        .where(Proposal.code == AidRequest.code, STANDS, Payment.kept_satang > 0)
    )
    busy = select(Handover.request_id).where(Handover.closed_at.is_(None))
    statement = access.visible_to(user).where(
        AidRequest.state == RequestState.SUBMITTED,
        AidRequest.delivered_at.is_(None),
        paid.exists(),
        AidRequest.id.not_in(busy),
    )
    return list(db.session().scalars(statement))
