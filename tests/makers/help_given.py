"""Help in the making: pupils of the register asked for, approved, paid for and given what they need."""

import committee_room as room
from money import arrives
from people import Cast
from register import register_file
from sqlalchemy import select

from app.cases.aid import handovers, requests
from app.cases.aid.records import Delivery, Handover
from app.cases.aid.requests import AidLine, AidRequest
from app.cases.register import intake, rounds
from app.cases.register.records import Household, Member
from app.fund.committee import agenda, attendance, meetings, resolutions, votes
from app.fund.spending import orders, payments
from app.kit import clock
from app.kit.db import transaction

UNIT = 1_025_00


def take_in(cast: Cast, *, pupils: int, others: dict[str, int] | None = None) -> None:
    with transaction():
        intake.import_file(
            raw=register_file(pupils=pupils, district="3301", others=others),
            name="tpmap.csv",
            round_code="TPMAP-2569",
            source="tpmap",
            override="ไฟล์ทดสอบ",
            by=cast.busaba.user,
        )
        rounds.close(code="TPMAP-2569", by=cast.busaba.user)
        rounds.set_public_base(code="TPMAP-2569", by=cast.busaba.user)


def move(households: int) -> None:
    """So many more households of 3301 stand in 3305, as a newer round's file would say."""
    with transaction() as session:
        for home in session.scalars(select(Household).filter_by(district_code="3301").limit(households)):
            home.district_code, home.subdistrict_code = "3305", None


def paid_request(
    cast: Cast, pupils: int, *, dimension: str, purpose: str = "general", money: bool = True
) -> str:
    """So many pupils of the register have been asked for, approved and paid for; the code of the request."""
    code = approved_request(cast, pupils, dimension=dimension, purpose=purpose, money=money)
    pay(cast, code, pupils * UNIT)
    return code


def approved_request(
    cast: Cast, pupils: int, *, dimension: str, purpose: str = "general", money: bool = True
) -> str:
    """So many pupils have been asked for and approved; nothing is paid yet."""
    satang = pupils * UNIT
    with transaction() as session:
        members = session.query(Member.id).filter(Member.school != "").order_by(Member.id).limit(pupils)
        request = requests.draft(
            title="ชุดลูกเสือ",
            story="",
            district_code=None,
            purpose_code=purpose,
            dimension=dimension,
            urgency="medium",
            by=cast.malee.user,
        )
        requests.add_lines(
            request.id,
            member_ids=[number for (number,) in members],
            item_code="ED-SCT-SCO",
            quantity=1,
            unit_satang=UNIT,
            by=cast.malee.user,
        )
        code, number = request.code, request.id
    with transaction():
        requests.submit(number, confirmed_satang=satang, by=cast.malee.user)
        if money:
            arrives(
                satang=satang, paid_at=clock.now(), purpose_id=cast.purpose(purpose).id, by=cast.kanya.user
            )
    resolve(cast, code)
    return code


def resolve(cast: Cast, code: str) -> None:
    """A meeting of three has voted for what was asked, and is closed."""
    with transaction():
        meeting = meetings.call(held_on=clock.today(), place="ศาลากลาง", by=cast.busaba.user).id
        for voter in (cast.somchai, cast.pranee, cast.wichai):
            attendance.note_present(meeting, member_id=voter.user_id or 0, by=cast.busaba.user)
        item = agenda.table(meeting, proposal_code=code, by=cast.busaba.user).id
        meetings.open_(meeting, chair_id=cast.somchai.user_id or 0, by=cast.busaba.user)
    for voter in (cast.somchai, cast.pranee, cast.wichai):
        with transaction():
            votes.vote(item, choice="approve", by=voter.user)
    with transaction():
        resolutions.resolve(item, by=cast.somchai.user)
        meetings.close(meeting, by=cast.busaba.user)


def pay(cast: Cast, code: str, satang: int) -> None:
    with transaction():
        room.sign()
        order = orders.prepare(
            proposal_code=code,
            satang=satang,
            vendor_id=room.vendor(),
            by=cast.kanya.user,
        )
        orders.approve(order.id, by=cast.somchai.user)
        payments.record(order.id, transfer_ref=f"KTB{code}", paid_on=clock.today(), by=cast.kanya.user)


def hand_over(cast: Cast, code: str, count: int) -> None:
    """So many more lines of the request are given."""
    with transaction() as session:
        request = session.query(AidRequest).filter_by(code=code).one().id
        given = select(Delivery.line_id)
        handover = session.query(Handover).filter_by(request_id=request).one_or_none() or handovers.open_(
            request_code=code, held_on=clock.today(), place="ศาลา", by=cast.busaba.user
        )
        lines = session.query(AidLine.id).filter(AidLine.request_id == request, AidLine.id.not_in(given))
        for (line,) in lines.order_by(AidLine.id).limit(count).all():
            handovers.mark(
                handover.id, line_id=line, outcome="given", quantity=1, reason="", by=cast.busaba.user
            )
