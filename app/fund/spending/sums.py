"""Sums: what was approved, what is on its way and what was paid of each proposal, in satang."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from app.fund.committee.records import APPROVING, COMMITTED, Proposal, ProposalState, Resolution
from app.fund.spending.records import STANDS, Payment, PaymentOrder
from app.kit.db import db

#: An order whose money has not left the bank yet.
OPEN = (
    PaymentOrder.withdrawn_at.is_(None)
    & ~select(Payment.id).where(Payment.order_id == PaymentOrder.id).exists()
)


def remaining(several: Iterable[Proposal]) -> dict[int, tuple[int, int]]:
    """For each proposal's id: satang that its resolutions promise less what was released, and satang paid so far.

    A voided payment paid nothing, and what came back was not paid.
    """
    numbers = [proposal.id for proposal in several]
    session = db.session()
    approved = session.execute(
        select(COMMITTED.c.proposal_id, func.sum(COMMITTED.c.satang))
        .where(COMMITTED.c.proposal_id.in_(numbers))
        .group_by(COMMITTED.c.proposal_id)
    ).all()
    sums = select(Payment.proposal_id, func.sum(Payment.kept_satang)).where(
        Payment.proposal_id.in_(numbers), STANDS
    )
    paid = {number: int(satang) for number, satang in session.execute(sums.group_by(Payment.proposal_id))}
    return {number: (int(satang), paid.get(number, 0)) for number, satang in approved}


def prepared(several: Iterable[Proposal]) -> dict[int, int]:
    """For each proposal's id: satang prepared or approved, and not transferred yet."""
    numbers = [proposal.id for proposal in several]
    sums = (
        select(PaymentOrder.proposal_id, func.sum(PaymentOrder.satang))
        .where(PaymentOrder.proposal_id.in_(numbers), OPEN)
        .group_by(PaymentOrder.proposal_id)
    )
    found = {number: int(satang) for number, satang in db.session().execute(sums)}
    return {number: found.get(number, 0) for number in numbers}


def paid_for(*codes: str) -> dict[str, int]:
    """Satang paid for each of these proposals, by its code."""
    sums = (
        select(Proposal.code, func.sum(Payment.kept_satang))
        .join(Payment, Payment.proposal_id == Proposal.id)
        .where(Proposal.code.in_(codes), STANDS)
        .group_by(Proposal.code)
    )
    return {code: int(satang) for code, satang in db.session().execute(sums)}


def left() -> list[tuple[int, datetime]]:
    """What can still be prepared of each proposal that is approved and not settled, in satang, and since when; in one query."""
    promised = (
        select(func.coalesce(func.sum(COMMITTED.c.satang), 0))
        .where(COMMITTED.c.proposal_id == Proposal.id)
        .scalar_subquery()
    )
    paid = (
        select(func.coalesce(func.sum(Payment.kept_satang), 0))
        .where(Payment.proposal_id == Proposal.id, STANDS)
        .scalar_subquery()
    )
    waiting = (
        select(func.coalesce(func.sum(PaymentOrder.satang), 0))
        .where(PaymentOrder.proposal_id == Proposal.id, OPEN)
        .scalar_subquery()
    )
    since = (
        select(func.min(Resolution.resolved_at))
        .where(Resolution.proposal_id == Proposal.id, Resolution.kind.in_(APPROVING))
        .scalar_subquery()
    )
    rest = select(promised - paid - waiting, since).where(Proposal.state == ProposalState.APPROVED)
    return [(int(satang), resolved_at) for satang, resolved_at in db.session().execute(rest) if satang > 0]
