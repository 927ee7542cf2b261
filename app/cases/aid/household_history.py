"""A household's history: its requests, what was decided of them, paid and handed over, for the household's timeline."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from app.cases.aid import access
from app.cases.aid.records import AidLine, AidRequest, Delivery, Handover, RequestState
from app.cases.care.timeline import RANKS, Happening, Place
from app.cases.register.records import Household
from app.fund.committee.records import Proposal, Resolution, ResolutionKind
from app.fund.spending.records import STANDS, Payment
from app.kit import money
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.staff.users import User


def tell(home: Household, user: User, before: Place | None, most: int) -> list[Happening]:
    """What the requests for this household that the reader may see came to, newest first."""
    here = select(AidLine.request_id).where(AidLine.household_id == home.id)
    requests = db.session().scalars(access.visible_to(user).where(AidRequest.id.in_(here))).all()
    if not requests:
        return []
    proposals = {
        proposal.id: proposal
        for proposal in db.session().scalars(
            select(Proposal).where(Proposal.code.in_([request.code for request in requests]))
        )
    }
    found = [
        *_requests(requests),
        *_resolutions(proposals),
        *_payments(proposals),
        *_handovers(home, [request.id for request in requests]),
    ]
    found = [happening for happening in found if before is None or happening.place < before]
    return sorted(found, key=lambda happening: happening.place, reverse=True)[:most]


def _day(moment: datetime) -> date:
    return moment.astimezone(BANGKOK).date()


def _requests(requests: Iterable[AidRequest]) -> list[Happening]:
    said = {RequestState.DRAFT: "ร่างคำขอความช่วยเหลือ", RequestState.WITHDRAWN: "ถอนคำขอความช่วยเหลือแล้ว"}
    return [
        Happening(
            Place(_day(request.submitted_at or request.made_at), RANKS["request"], request.id),
            said.get(RequestState(request.state), "ส่งคำขอความช่วยเหลือ"),
            request.title,
            request.code,
            page="aid.one_request",
            key={"code": request.code},
        )
        for request in requests
    ]


def _resolutions(proposals: dict[int, Proposal]) -> list[Happening]:
    rows = db.session().scalars(select(Resolution).where(Resolution.proposal_id.in_(proposals))).unique()
    return [
        Happening(
            Place(_day(resolution.resolved_at), RANKS["resolution"], resolution.id),
            f"มติที่ {resolution.code}",
            ResolutionKind(resolution.kind).words,
            proposals[resolution.proposal_id].code,
            page="committee.meeting",
            key={"number": resolution.item.meeting_id},
        )
        for resolution in rows
    ]


def _payments(proposals: dict[int, Proposal]) -> list[Happening]:
    rows = db.session().scalars(select(Payment).where(Payment.proposal_id.in_(proposals), STANDS)).unique()
    return [
        Happening(
            Place(payment.paid_on, RANKS["payment"], payment.id),
            "จ่ายเงินตามคำขอ",
            f"{money.format_baht(payment.satang)} บาท รวมทุกรายการของคำขอ",
            f"{payment.code} · {payment.proposal.code}",
            page="spending.payment",
            key={"number": payment.id},
        )
        for payment in rows
    ]


def _handovers(home: Household, requests: list[int]) -> list[Happening]:
    rows = db.session().scalars(
        select(Handover).where(
            Handover.request_id.in_(requests),
            Handover.id.in_(
                select(Delivery.handover_id)
                .join(AidLine, AidLine.id == Delivery.line_id)
                .where(AidLine.household_id == home.id)
            ),
        )
    )
    return [
        Happening(
            Place(handover.held_on, RANKS["handover"], handover.id),
            "พิธีมอบ",
            handover.place,
            page="aid.one_handover",
            key={"number": handover.id},
        )
        for handover in rows
    ]
