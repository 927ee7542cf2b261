"""Treasury: what a network's treasurer sees first: what to pay by when, what was given, and its receipts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.fund.giving.networks import networks
from app.fund.giving.pledges import due, status
from app.fund.giving.pledges.due import Due
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.receipts import Receipt
from app.kit.db import db
from app.staff.users import User

#: So many of the latest receipts; the others stand in the yearly statement.
_LATEST = 5


@dataclass(frozen=True, slots=True)
class Treasury:
    """`due` the earliest first; `came` the latest donations of the branch, each with its valid receipt or none."""

    due: list[Due]
    sums: status.PledgeSums
    came: Sequence[tuple[Donation, Receipt | None]]
    #: The networks whose money she follows.
    codes: list[str]


def of(user: User) -> Treasury | None:
    """The treasury of a treasurer's branch; None for who is no treasurer."""
    if not user.network_codes():
        return None
    session = db.session()
    branch = session.scalars(select(Network.id).where(networks.within(user.network_codes()))).all()
    latest = (
        select(Donation, Receipt)
        .outerjoin(Receipt, (Receipt.donation_id == Donation.id) & Receipt.voided_at.is_(None))
        .where(Donation.network_id.in_(branch))
        .order_by(Donation.id.desc())
        .limit(_LATEST)
    )
    came = [(donation, receipt) for donation, receipt in session.execute(latest)]
    return Treasury(due.of_branch(user), status.sums(user), came, user.network_codes())
