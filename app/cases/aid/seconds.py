"""The second person at a handover: where who asked also marks what is given, another is named who was there.

A user of the portal, not a name typed in: an account is one person, who hears of it at once and can say that it is not so.
"""

from sqlalchemy import select

from app.cases.aid import access
from app.cases.aid.records import AidRequest, Delivery, Handover, ItemCost
from app.fund.committee.records import Proposal
from app.fund.spending.records import Payment, PaymentApproval, PaymentOrder
from app.kit import clock, thai
from app.kit.db import db
from app.kit.errors import Refused
from app.province.profile import Profile
from app.staff import audit, notices
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: Of whom a second person is chosen.
PRESENT = (*access.READERS, Role.COMMITTEE, Role.TREASURER)


def askers(request: AidRequest) -> frozenset[int]:
    """Who drew the request up, and who sent it to the fund."""
    sent = select(Proposal.submitted_by_id, Proposal.asked_by_id).where(Proposal.code == request.code)
    rows = db.session().execute(sent).all()
    return frozenset({request.made_by_id, *(person for row in rows for person in row)})


def _paid(request: AidRequest) -> frozenset[int]:
    """Who prepared, approved or wrote down a payment of it, or entered what its things cost."""
    session = db.session()
    orders = (
        select(PaymentOrder.prepared_by_id, PaymentApproval.user_id, Payment.paid_by_id)
        .join(Proposal, Proposal.id == PaymentOrder.proposal_id)
        .outerjoin(PaymentApproval, PaymentApproval.order_id == PaymentOrder.id)
        .outerjoin(Payment, Payment.order_id == PaymentOrder.id)
        .where(Proposal.code == request.code)
    )
    found = {person for row in session.execute(orders) for person in row if person is not None}
    costs = select(ItemCost.entered_by_id).where(ItemCost.request_id == request.id)
    return frozenset(found | set(session.scalars(costs)))


def choices(request: AidRequest) -> list[User]:
    """Who may be named."""
    barred = askers(request) | _paid(request)
    return [user for user in notices.holders(*PRESENT) if user.id not in barred]


def refuse_alone(handover: Handover, by: User) -> None:
    """Raises Refused where who asked marks, and no second person is named, or the province forbids it altogether."""
    asked = askers(handover.request)
    if by.id not in asked:
        return
    if Profile.here().asked_may_hand_over == "never":
        raise Refused("ท่านเป็นผู้ยื่นคำขอนี้ จังหวัดกำหนดให้ผู้อื่นเป็นผู้บันทึกผลการส่งมอบ กรุณาแจ้งเจ้าหน้าที่ท่านอื่น")
    if handover.second_id is None:
        raise Refused(
            "ท่านเป็นผู้ยื่นคำขอนี้ จึงบันทึกผลการส่งมอบคนเดียวไม่ได้ กรุณาระบุผู้ที่อยู่ด้วยอีกหนึ่งคนในหน้าพิธีมอบก่อน หรือให้เจ้าหน้าที่ท่านอื่นบันทึก"
        )
    if handover.second_id in asked:
        raise Refused("ผู้ที่อยู่ด้วยเป็นผู้ยื่นคำขอนี้ด้วย กรุณาให้เจ้าหน้าที่ท่านอื่นบันทึกผลการส่งมอบ")


def name(handover_id: int, *, person_id: int, by: User) -> Handover:
    """This person is there with who hands over. It stays once something was given, and the person hears of it.

    Raises Refused for who asked, paid or entered costs, for who is no user in office, and once what was given stands.
    """
    handover = access.lock_handover(handover_id, by=by)
    put(handover, person_id=person_id, by=by)
    return handover


def put(handover: Handover, *, person_id: int, by: User) -> None:
    """As `name`, of a handover that is held by this transaction."""
    if handover.second_id == person_id:
        return
    request = handover.request
    person = next((user for user in choices(request) if user.id == person_id), None)
    if person is None or person.id == by.id:
        raise Refused(
            "ผู้ที่อยู่ด้วยต้องเป็นผู้ใช้งานระบบท่านอื่น ที่ไม่ได้ยื่นคำขอ เตรียมจ่าย อนุมัติจ่าย หรือบันทึกราคาจริงของเรื่องนี้ กรุณาเลือกจากรายการ"
        )
    given = select(Delivery.id).where(Delivery.handover_id == handover.id, Delivery.quantity > 0)
    if handover.second_id is not None and db.session().scalar(given.limit(1)) is not None:
        raise Refused("พิธีมอบนี้ส่งมอบไปแล้วโดยมีผู้อยู่ด้วยตามที่บันทึก จึงเปลี่ยนไม่ได้")
    handover.second_id, handover.second_named_at, handover.second_named_by_id = (
        person.id,
        clock.now(),
        by.id,
    )
    db.session().flush()
    audit.record(Deed.HANDOVER_SECOND, f"handover:{handover.id}", by=by, person=person.id, code=request.code)
    notices.notify(
        [person],
        title=f"ท่านถูกระบุว่าอยู่ด้วยในพิธีมอบ {request.code}",
        words=f"{by.name} ระบุว่าท่านอยู่ด้วยเมื่อส่งมอบ {request.title} วันที่ {thai.long_date(handover.held_on)} ที่{handover.place} "
        "หากไม่ใช่ กรุณาแจ้งฝ่ายเลขานุการกองทุน",
    )
