"""Tracing: what was brought forward and which donations paid for what, first in first out inside a purpose."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Subquery, cast, func, select

from app.fund.giving.records.donations import LIVE, Donation
from app.fund.giving.records.networks import Network
from app.fund.ledger.opening import OpeningBalance
from app.fund.spending.records import LIVE_TRACES, Trace
from app.kit.db import db
from app.kit.errors import Refused


def trace(payment_id: int, *, purpose_id: int, satang: int) -> list[Trace]:
    """Follow a payment back to what paid for it: what was brought forward, then the oldest donation of its purpose first,
    each to its last satang.

    Call it while the voucher book is held, so that two payments never take the same satang. What was taken
    back or refunded of a donation pays for nothing, and a voided payment took nothing. Raises Refused when the donations do not reach, which means that the books are broken.
    """
    session = db.session()
    traces = _of_opening(payment_id, purpose_id=purpose_id, satang=satang)
    rest = satang - sum(part.satang for part in traces)
    spent = (
        select(LIVE_TRACES.c.donation_id, func.sum(LIVE_TRACES.c.satang).label("satang"))
        .where(LIVE_TRACES.c.donation_id.is_not(None))
        .group_by(LIVE_TRACES.c.donation_id)
        .subquery()
    )
    left = LIVE.c.satang - func.coalesce(spent.c.satang, 0)
    oldest = (
        select(LIVE.c.id, left)
        .outerjoin(spent, spent.c.donation_id == LIVE.c.id)
        .where(LIVE.c.purpose_id == purpose_id, left > 0)
        .order_by(LIVE.c.id)
    )
    with session.execute(oldest.execution_options(yield_per=100)) as donations:
        for donation_id, has in donations if rest else ():
            part = min(rest, int(has))
            traces.append(Trace(payment_id=payment_id, donation_id=donation_id, satang=part))
            rest -= part
            if rest == 0:
                break
    if rest:
        raise Refused("เงินสมทบในวัตถุประสงค์นี้ไม่พอจะสืบที่มาของการจ่าย กรุณาให้ผู้ตรวจสอบตรวจบัญชีก่อนจ่าย")
    session.add_all(traces)
    session.flush()
    return traces


def trace_back(return_id: int, *, payment_id: int, satang: int) -> list[Trace]:
    """What came back of a payment goes back to what paid for it, the last taken first, and may pay for something else.

    Call it while the payment is held. Raises Refused when less was traced, which means that the books are broken.
    """
    session = db.session()
    sources_ = (
        select(Trace.donation_id, Trace.opening_balance_id, func.sum(Trace.satang))
        .where(Trace.payment_id == payment_id)
        .group_by(Trace.donation_id, Trace.opening_balance_id)
        .having(func.sum(Trace.satang) > 0)
        .order_by(func.min(Trace.id).desc())
    )
    traces, rest = [], satang
    for donation_id, opening_balance_id, has in session.execute(sources_):
        part = min(rest, int(has))
        if part == 0:
            break
        traces.append(
            Trace(
                payment_id=payment_id,
                donation_id=donation_id,
                opening_balance_id=opening_balance_id,
                satang=-part,
                return_id=return_id,
            )
        )
        rest -= part
    if rest:
        raise Refused("ที่มาของการจ่ายนี้ไม่พอจะคืน กรุณาให้ผู้ตรวจสอบตรวจบัญชี")
    session.add_all(traces)
    session.flush()
    return traces


def _of_opening(payment_id: int, *, purpose_id: int, satang: int) -> list[Trace]:
    """What is left of the sum brought forward goes before any donation: it was there first."""
    session = db.session()
    brought = session.scalars(select(OpeningBalance).filter_by(purpose_id=purpose_id)).one_or_none()
    if brought is None:
        return []
    used = select(func.coalesce(func.sum(LIVE_TRACES.c.satang), 0)).where(
        LIVE_TRACES.c.opening_balance_id == brought.id
    )
    part = min(satang, brought.satang - int(session.scalar(used) or 0))
    return [Trace(payment_id=payment_id, opening_balance_id=brought.id, satang=part)] if part > 0 else []


def parts_of(which: ColumnElement[bool]) -> Subquery:
    """What each payment still has of each donation, in satang, of the traces that this is true of; without what went back whole."""
    return (
        select(Trace.payment_id, Trace.donation_id, cast(func.sum(Trace.satang), BigInteger).label("satang"))
        .where(which, Trace.donation_id.is_not(None))
        .group_by(Trace.payment_id, Trace.donation_id)
        .having(func.sum(Trace.satang) > 0)
        .subquery()
    )


@dataclass(frozen=True)
class TraceSource:
    """Where a part of a payment came from. `network` is None for a donation of no network and for what was brought forward."""

    network: Network | None
    satang: int
    donations: int
    is_opening: bool = False

    @property
    def name(self) -> str:
        if self.is_opening:
            return "ยอดยกมาเมื่อเริ่มบัญชี"
        return self.network.name if self.network else "ผู้ให้ที่ไม่อยู่ในเครือข่าย"


def sources(payment_id: int) -> list[TraceSource]:
    """Who paid for a payment, by network, the largest part first, less what went back to them; donations of no network
    together, and what was brought forward."""
    parts = parts_of(Trace.payment_id == payment_id)
    statement = (
        select(Donation.network_id, func.sum(parts.c.satang), func.count())
        .join(parts, parts.c.donation_id == Donation.id)
        .group_by(Donation.network_id)
    )
    session = db.session()
    found = [
        TraceSource(session.get(Network, network_id) if network_id else None, int(satang), donations)
        for network_id, satang, donations in session.execute(statement)
    ]
    brought = select(func.sum(Trace.satang)).where(
        Trace.payment_id == payment_id, Trace.opening_balance_id.is_not(None)
    )
    # All that was brought forward may have come back.
    if satang := session.scalar(brought):
        found.append(TraceSource(None, int(satang), 0, is_opening=True))
    return sorted(found, key=lambda source: (-source.satang, source.network.code if source.network else ""))
