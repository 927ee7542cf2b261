"""Expiry: pledges that nobody waits for any more, so long after the last day on which they were to come."""

from datetime import date, timedelta

from sqlalchemy import exists, func, or_, select

from app.fund.giving.pledges import pledges
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.pledges import Pledge, PledgeState
from app.kit import clock
from app.kit.db import db
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed


def lapse_due(today: date) -> int:
    """Let lapse what is not given so many days after its last due date, while nothing for it is under way.

    The days are the profile's `lapse_after_days`. Under way is a QR code that can still be paid. What comes later is
    received and shown all the same. Returns how many lapsed. Inside a transaction; doing it again finds nothing.
    """
    profile = Profile.here()
    came, now = pledges.came_in().subquery(), clock.now()
    under_way = exists().where(
        PaymentRequest.pledge_id == Pledge.id,
        PaymentRequest.state == "open",
        or_(
            PaymentRequest.expires_at > now,
            PaymentRequest.reserved_until > now,
        ),
    )
    due = (
        db.session()
        .scalars(
            select(Pledge)
            .outerjoin(came, came.c.pledge_id == Pledge.id)
            .where(
                Pledge.state == PledgeState.STATED,
                Pledge.expected_on < today - timedelta(days=profile.giving.lapse_after_days),
                func.coalesce(came.c.satang, 0) < Pledge.satang,
                ~under_way,
            )
            .order_by(Pledge.id)
            .with_for_update(of=Pledge)
            .execution_options(populate_existing=True)
        )
        .all()
    )
    for pledge in due:
        pledge.state, pledge.lapsed_at = PledgeState.LAPSED, now
        audit.record(Deed.PLEDGE_LAPSE, f"pledge:{pledge.id}", by=None, code=pledge.code)
    return len(due)
