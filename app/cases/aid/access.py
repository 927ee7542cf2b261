"""Who may ask for aid, hand it over and see it."""

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import joinedload

from app.cases.aid.records import AidLine, AidRequest, Handover
from app.cases.register import households
from app.cases.register.records import Household
from app.kit import thai
from app.kit.db import db, lock
from app.kit.errors import Refused
from app.staff.roles import Role
from app.staff.users import User

#: Who asks for aid and hands it over.
OFFICERS = (Role.MENTOR, Role.DISTRICT_OFFICER, Role.FUND_OFFICER)
#: Who may read requests with the names in them. The committee has pages of its own, without names.
READERS = (*OFFICERS, Role.DIMENSION_SECRETARY, Role.AUDITOR)


def workable_households(user: User) -> Select[int]:
    """Ids of the households that this person may ask help for and hand it to."""
    return select(Household.id).where(households.may_work_on(user))


def reachable_households(user: User) -> Select[int]:
    """Ids of the households this person may see."""
    return households.visible_to(user).with_only_columns(Household.id).order_by(None)


def visible_to(user: User) -> Select[AidRequest]:
    """The requests this person may see, newest first.

    One's own always. The secretariat sees all, the auditor all that was submitted. An area's officers see what was
    submitted for households that are all theirs to work on; a dimension's secretary what is for that dimension and
    for households that are all within reach: what a request is for tells what a household fails.
    """
    statement = select(AidRequest).order_by(AidRequest.id.desc())
    mine = AidRequest.made_by_id == user.id
    if not user.has(*READERS):
        return statement.where(mine)
    filed = AidRequest.submitted_at.is_not(None)
    if user.has(Role.FUND_OFFICER):
        return statement
    if user.has(Role.AUDITOR):
        return statement.where(or_(mine, filed))
    conditions = [_all_among(workable_households(user))]
    secretary = [grant.dimension for grant in user.grants if grant.role == Role.DIMENSION_SECRETARY]
    if secretary:
        own = AidRequest.dimension.in_(secretary) if all(secretary) else true()
        conditions.append(and_(own, _all_among(reachable_households(user))))
    return statement.where(or_(mine, and_(filed, or_(*conditions))))


def may_hand_over(request: AidRequest, user: User) -> bool:
    """Whether this officer measures and hands over what the request asks for: seeing it for a dimension is not enough."""
    if request.made_by_id == user.id or user.has(Role.FUND_OFFICER):
        return True
    theirs = select(AidRequest.id).where(AidRequest.id == request.id, _all_among(workable_households(user)))
    return db.session().scalar(theirs) is not None


def _all_among(homes: Select[int]) -> ColumnElement[bool]:
    """That a request has lines, all of them for these households."""
    lines = select(AidLine.id).where(AidLine.request_id == AidRequest.id)
    return and_(lines.exists(), ~lines.where(AidLine.household_id.not_in(homes)).exists())


def by_code(code: str, user: User) -> AidRequest | None:
    """The request with this code when this person may see it, else None."""
    return db.session().scalars(visible_to(user).where(AidRequest.code == code)).one_or_none()


def lock_request(request_id: int, *, unseen: str, by: User) -> AidRequest:
    """The request, locked for this transaction. Raises Refused (`unseen`) when there is none that this person sees."""
    seen = visible_to(by).with_only_columns(AidRequest.id).order_by(None).where(AidRequest.id == request_id)
    if db.session().scalar(seen) is None:
        raise Refused(unseen)
    return lock(AidRequest, request_id)


def must_be_officer(user: User) -> None:
    """Raises Refused for a person who neither files requests nor hands help over."""
    if not user.has(*OFFICERS):
        raise Refused("บทบาทของท่านไม่ได้ยื่นคำขอหรือส่งมอบความช่วยเหลือ กรุณาแจ้งพี่เลี้ยงหรือเจ้าหน้าที่อำเภอของพื้นที่")


def handovers_visible_to(user: User) -> Select[Handover]:
    """The handovers of the requests this person may see, newest first."""
    requests = visible_to(user).with_only_columns(AidRequest.id).order_by(None)
    return (
        select(Handover)
        .where(Handover.request_id.in_(requests))
        .options(joinedload(Handover.request, innerjoin=True))
        .order_by(Handover.held_on.desc(), Handover.id.desc())
    )


def handover(number: int, user: User) -> Handover | None:
    """The handover when this person may see it, else None."""
    return db.session().scalars(handovers_visible_to(user).where(Handover.id == number)).one_or_none()


def lock_handover(handover_id: int, *, by: User) -> Handover:
    """The open handover, locked for this transaction.

    Raises Refused when it is over, and in one sentence when it is not this person's or does not exist.
    """
    must_be_officer(by)
    unseen = Refused("ไม่พบพิธีมอบนี้ หรืออยู่นอกพื้นที่ของท่าน")
    if handover(handover_id, by) is None:
        raise unseen
    ceremony = lock(Handover, handover_id)
    if not may_hand_over(ceremony.request, by):
        raise unseen
    if ceremony.closed_at is not None:
        raise Refused(
            f"พิธีมอบนี้ปิดแล้วเมื่อ {thai.moment_text(ceremony.closed_at)} กรุณาเปิดพิธีมอบใหม่สำหรับรายการที่ยังค้าง"
        )
    return ceremony
