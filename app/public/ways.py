"""Ways: what became of one donation, from the fund's books and the newest edition. No person and no household is in it.

A payment is told of when an edition has told of the money, and only when it helped enough households that its voucher
and day single out none. Until then, and for ever where they are few, it stands with what is promised: that way the
giver learns neither earlier nor more than the public.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select

from app.fund.giving.donations.donations import Donation
from app.fund.giving.gifts import LIVE, Gift
from app.fund.ledger.accounts import Kind, Purpose, account
from app.fund.spending.payments import Payment
from app.fund.spending.tracing import STANDING
from app.kit.db import db
from app.kit.suppression import is_small
from app.public import behind, editions
from app.public.editions import Edition


@dataclass(frozen=True, slots=True)
class Part:
    """So much of the donation went into one payment."""

    paid_on: date
    voucher: str
    satang: int


@dataclass(frozen=True, slots=True)
class Reached:
    """What the newest edition tells of handovers on this side of the work; people None where it keeps them back."""

    edition: int
    of_th: str
    people: int | None
    households: int | None


@dataclass(frozen=True, slots=True)
class Way:
    """A donation's way so far. given = returned + paid + committed + available, in satang.

    Committed is what resolutions hold and what was paid and is not told of payment by payment.
    """

    purpose: Purpose
    came_at: datetime
    given: int
    returned: int
    committed: int
    available: int
    parts: list[Part]
    reached: Reached | None

    @property
    def paid(self) -> int:
        return sum(part.satang for part in self.parts)


def of(donation: Donation) -> Way | None:
    """The way of a donation; None before any money came.

    Paid is what payments took of its gifts (first in, first out inside the purpose). What resolutions hold of the
    purpose is laid on its gifts in the same order, so committed is what the next payments will take of this one.
    """
    session = db.session()
    rows = session.execute(
        select(Gift.id, Gift.paid_at, LIVE.c.given_satang, LIVE.c.satang)
        .join(LIVE, LIVE.c.id == Gift.id)
        .where(Gift.donation_id == donation.id)
        .order_by(Gift.id)
    ).all()
    if not rows:
        return None
    held = account(Kind.COMMITTED, purpose_id=donation.purpose_id).balance_satang
    committed = left = taken = 0
    for number, _, _, stands in rows:
        traced = _traced(STANDING.c.gift_id == number)
        taken += traced
        own = int(stands) - traced
        before = _left_before(number, purpose_id=donation.purpose_id)
        committed += max(0, min(own, held - before))
        left += own
    edition = editions.latest()
    parts = _parts(donation.id, until=edition.made_at) if edition is not None else []
    untold = taken - sum(part.satang for part in parts)
    given = sum(int(row[2]) for row in rows)
    return Way(
        purpose=donation.purpose,
        came_at=rows[0][1],
        given=given,
        returned=given - sum(int(row[3]) for row in rows),
        committed=committed + untold,
        available=left - committed,
        parts=parts,
        reached=_reached(donation.purpose, edition) if edition is not None and parts else None,
    )


def _traced(condition: ColumnElement[bool]) -> int:
    traced = select(func.coalesce(func.sum(STANDING.c.satang), 0)).where(condition)
    return int(db.session().scalar(traced) or 0)


def _left_before(gift_id: int, *, purpose_id: int) -> int:
    """What no payment has taken yet of the gifts that payments take before this one."""
    earlier = select(LIVE.c.id).where(LIVE.c.purpose_id == purpose_id, LIVE.c.id < gift_id)
    stands = select(func.coalesce(func.sum(LIVE.c.satang), 0)).where(
        LIVE.c.purpose_id == purpose_id, LIVE.c.id < gift_id
    )
    return int(db.session().scalar(stands) or 0) - _traced(STANDING.c.gift_id.in_(earlier))


def _parts(donation_id: int, *, until: datetime) -> list[Part]:
    """What payments of before this moment took, of those that helped no few households."""
    taken = (
        select(Payment.id, func.sum(STANDING.c.satang))
        .join(STANDING, STANDING.c.payment_id == Payment.id)
        .join(Gift, Gift.id == STANDING.c.gift_id)
        .where(Gift.donation_id == donation_id, Payment.paid_at <= until)
        .group_by(Payment.id)
        .order_by(Payment.id)
    )
    session = db.session()
    rows = [
        (session.get_one(Payment, number), int(satang)) for number, satang in session.execute(taken).all()
    ]
    households = behind.households([payment.proposal.code for payment, _ in rows])
    return [
        Part(payment.paid_on, payment.code, satang)
        for payment, satang in rows
        if not is_small(households[payment.proposal.code])
    ]


def _reached(purpose: Purpose, edition: Edition) -> Reached:
    """Handovers as everyone may know them: of the purpose's dimension, of all help for a purpose of none."""
    said = edition.figures
    for row in said["dimensions"]:
        if purpose.dimension is not None and row["code"] == purpose.dimension:
            cell, name = row["delivered"], row["name_th"]
            break
    else:
        cell, name = said["delivered"], "ทุกด้าน"
    return Reached(edition.number, name, cell["people"], cell["households"])
