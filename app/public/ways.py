"""Ways: what became of one donation, and of all that a network and its branches gave, from the fund's books and the newest
edition. No person and no household is in it.

A payment is told of when an edition has told of its day, and only when the sum of its request may be spoken of (see
recipient_counts). Until then, and for ever where few were helped, it stands with what is promised: that way the giver learns
neither earlier nor more than the public. Handovers are those of the requests that these payments paid for.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from app.editions import aid_totals, editions, figures, recipient_counts
from app.editions.editions import Edition
from app.editions.recipient_counts import SumDisclosure
from app.fund.committee.records import Proposal
from app.fund.giving.records.donations import LIVE, Donation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.ledger.accounts import Purpose
from app.fund.spending.records import LIVE_TRACES, Payment
from app.kit import clock
from app.kit.db import db
from app.kit.language import gettext


@dataclass(frozen=True, slots=True)
class PaymentShare:
    """So much of the donation went into one payment."""

    paid_on: date
    voucher: str
    satang: int
    request_code: str
    purpose_id: int


@dataclass(frozen=True, slots=True)
class ReachedHandovers:
    """Handovers of the requests that this donation's payments paid for, as far as editions count them."""

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
    parts: list[PaymentShare]
    reached: ReachedHandovers | None

    @property
    def paid(self) -> int:
        return sum(part.satang for part in self.parts)


def of(payment_request: PaymentRequest) -> Way | None:
    """The way of a donation; None before any money came.

    Paid is what payments took of its donations (first in, first out inside the purpose). What resolutions hold of the
    purpose is laid on its donations in the same order, so committed is what the next payments will take of this one.
    """
    session = db.session()
    rows = session.execute(
        select(Donation.id, Donation.paid_at, LIVE.c.given_satang, LIVE.c.satang)
        .join(LIVE, LIVE.c.id == Donation.id)
        .where(Donation.payment_request_id == payment_request.id)
        .order_by(Donation.id)
    ).all()
    if not rows:
        return None
    edition = editions.latest()
    until = _told_until(edition)
    held = figures.committed_until(payment_request.purpose_id, until)
    published = LIVE_TRACES.c.payment_id.in_(aid_totals.booked_payments(until))
    committed = left = taken = 0
    for number, _, _, stands in rows:
        traced = _traced(LIVE_TRACES.c.donation_id == number, published)
        taken += traced
        own = int(stands) - traced
        before = _left_before(number, published, purpose_id=payment_request.purpose_id)
        committed += max(0, min(own, held - before))
        left += own
    parts = (
        _parts(Donation.payment_request_id == payment_request.id, until=until) if edition is not None else []
    )
    untold = taken - sum(part.satang for part in parts)
    given = sum(int(row[2]) for row in rows)
    return Way(
        purpose=payment_request.purpose,
        came_at=rows[0][1],
        given=given,
        returned=given - sum(int(row[3]) for row in rows),
        committed=committed + untold,
        available=left - committed,
        parts=parts,
        reached=_reached(parts, edition) if edition is not None and parts else None,
    )


@dataclass(frozen=True, slots=True)
class PurposeShare:
    """What a network gave for one purpose: what stands after refunds, and what of it payments took; and what resolutions
    hold of the whole purpose, of which the oldest money is used first. All in satang."""

    purpose: Purpose
    given: int
    paid: int
    held: int

    @property
    def waits(self) -> int:
        return self.given - self.paid


@dataclass(frozen=True, slots=True)
class NetworkWay:
    """The way of all that a network and its branches gave. The newest payments first, at most `MOST_PARTS` of them."""

    purposes: list[PurposeShare]
    parts: list[PaymentShare]


#: More payments than a page shows.
MOST_PARTS = 30


def of_network(network: Network) -> NetworkWay:
    """What became of the money of a network and its branches, told under the same rule as each single donation."""
    session = db.session()
    branch = select(Network.id).where(Network.path.startswith(network.path, autoescape=True))
    until = _told_until(edition := editions.latest())
    parts = _parts(Donation.network_id.in_(branch), until=until) if edition is not None else []
    gave = (
        select(Purpose, func.sum(LIVE.c.satang))
        .join(LIVE, LIVE.c.purpose_id == Purpose.id)
        .where(LIVE.c.network_id.in_(branch))
        .group_by(Purpose.id)
        .order_by(Purpose.id)
    )
    purposes = [
        PurposeShare(
            purpose,
            int(satang),
            sum(part.satang for part in parts if part.purpose_id == purpose.id),
            figures.committed_until(purpose.id, until),
        )
        for purpose, satang in session.execute(gave).all()
    ]
    return NetworkWay(purposes, parts[::-1][:MOST_PARTS])


def _told_until(edition: Edition | None) -> date:
    """The day up to whose end the giver is told of payments and resolutions: that of the newest edition."""
    published = edition.figures.get("money_until") if edition is not None else None
    return date.fromisoformat(published) if published else clock.today() - timedelta(days=1)


def _traced(*conditions: ColumnElement[bool]) -> int:
    return int(
        db.session().scalar(select(func.coalesce(func.sum(LIVE_TRACES.c.satang), 0)).where(*conditions)) or 0
    )


def _left_before(donation_id: int, published: ColumnElement[bool], *, purpose_id: int) -> int:
    """What no payment that may be told of has taken of the donations that payments take before this one."""
    earlier = select(LIVE.c.id).where(LIVE.c.purpose_id == purpose_id, LIVE.c.id < donation_id)
    stands = select(func.coalesce(func.sum(LIVE.c.satang), 0)).where(
        LIVE.c.purpose_id == purpose_id, LIVE.c.id < donation_id
    )
    return int(db.session().scalar(stands) or 0) - _traced(LIVE_TRACES.c.donation_id.in_(earlier), published)


def _parts(given: ColumnElement[bool], *, until: date) -> list[PaymentShare]:
    """What payments of up to the end of a day took of some donations, of those whose request may be spoken of."""
    taken = (
        select(LIVE_TRACES.c.payment_id, Donation.purpose_id, func.sum(LIVE_TRACES.c.satang).label("satang"))
        .join(Donation, Donation.id == LIVE_TRACES.c.donation_id)
        .where(given, LIVE_TRACES.c.payment_id.in_(aid_totals.booked_payments(until)))
        .group_by(LIVE_TRACES.c.payment_id, Donation.purpose_id)
        .having(func.sum(LIVE_TRACES.c.satang) > 0)
        .subquery()
    )
    rows = (
        db.session()
        .execute(
            select(Payment, Proposal.code, taken.c.purpose_id, taken.c.satang)
            .join(taken, taken.c.payment_id == Payment.id)
            .join(Proposal, Proposal.id == Payment.proposal_id)
            .order_by(Payment.id)
        )
        .all()
    )
    disclosures = recipient_counts.sum_disclosures([code for _, code, _, _ in rows])
    return [
        PaymentShare(payment.paid_on, payment.code, int(satang), code, purpose_id)
        for payment, code, purpose_id, satang in rows
        if disclosures[code] is not SumDisclosure.NOT
    ]


def _reached(parts: list[PaymentShare], edition: Edition) -> ReachedHandovers:
    """Trace → payment → request → its deliveries, whatever purpose the money was given for."""
    codes = sorted({part.request_code for part in parts})
    found = aid_totals.reached_by_requests(codes)
    of_th = (
        gettext("สิ่งที่เงินของท่านร่วมจ่าย")
        if len(codes) == 1
        else gettext("สิ่งที่เงินของท่านร่วมจ่าย %(requests)s คำขอ", requests=len(codes))
    )
    return ReachedHandovers(edition.number, of_th, found.people, found.households)
