"""What is due next: of each pledge of money the first part that has not come, and by when."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.fund.giving.networks import networks
from app.fund.giving.pledges import instalments, pledges
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Instalment, Pledge, PledgeKind, PledgeState
from app.kit import clock
from app.kit.db import db
from app.staff.users import User

#: No treasurer has more pledges open at a time; who had would see those due first.
_MOST = 200


@dataclass(frozen=True, slots=True)
class Due:
    """The first part of a pledge that has not come in full: `number` of `parts`, or the whole pledge where `parts` is 0."""

    pledge: Pledge
    satang: int
    on: date
    number: int = 0
    parts: int = 0

    @property
    def days(self) -> int:
        """How many days are left; fewer than none when it is late."""
        return (self.on - clock.today()).days


def of_branch(user: User) -> list[Due]:
    """What the pledges of this treasurer's branch lack next, the earliest first."""
    stated = (
        select(Pledge)
        .join(Network, Network.id == Pledge.network_id)
        .where(
            Pledge.state == PledgeState.STATED,
            Pledge.kind == PledgeKind.MONEY,
            networks.within(user.network_codes()),
        )
        .options(joinedload(Pledge.purpose), joinedload(Pledge.network))
        .order_by(Pledge.expected_on, Pledge.id)
        .limit(_MOST)
    )
    mine = list(db.session().scalars(stated))
    numbers = [pledge.id for pledge in mine]
    came, parts = pledges.received(numbers), instalments.of(numbers)
    lacking = (of(pledge, parts[pledge.id], came[pledge.id]) for pledge in mine)
    return sorted((due for due in lacking if due), key=lambda due: (due.on, due.pledge.id))


def of(pledge: Pledge, parts: list[Instalment], came: int) -> Due | None:
    """What this pledge lacks next when `came` satang have come for it; None when that is nothing."""
    if came >= pledge.satang:
        return None
    for covered in instalments.covered(parts, came):
        if covered.rest:
            part = covered.instalment
            return Due(pledge, covered.rest, part.due_on, part.number, len(parts))
    return Due(pledge, pledge.satang - came, pledge.expected_on)
