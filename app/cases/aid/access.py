"""Who may ask for aid, hand it over and see it."""

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload

from app.cases.aid.records import AidLine, AidRequest, Handover
from app.cases.registry import households
from app.cases.registry.households import Household
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

    One's own always. The secretariat sees all, the auditor all that was submitted; anyone else who reads requests
    sees what was submitted for households that are all within their own reach.
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
    if not user.has(Role.MENTOR, Role.DISTRICT_OFFICER):
        # What a request is for tells what a household fails; that is only its own secretary's to know.
        grants = [grant for grant in user.grants if grant.role == Role.DIMENSION_SECRETARY]
        if all(grant.dimension for grant in grants):
            statement = statement.where(AidRequest.dimension.in_([grant.dimension for grant in grants]))
    lines = select(AidLine.id).where(AidLine.request_id == AidRequest.id)
    beyond = lines.where(AidLine.household_id.not_in(reachable_households(user)))
    return statement.where(or_(mine, and_(filed, lines.exists(), ~beyond.exists())))


def by_code(code: str, user: User) -> AidRequest | None:
    """The request with this code when this person may see it, else None."""
    return db.session().scalars(visible_to(user).where(AidRequest.code == code)).one_or_none()


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


def held(handover_id: int, *, by: User) -> Handover:
    """The open handover, held for this transaction. Raises Refused when it is over or not this person's."""
    must_be_officer(by)
    ceremony = lock(Handover, handover_id)
    if handover(handover_id, by) is None:
        raise Refused("พิธีมอบนี้อยู่นอกพื้นที่ของท่าน")
    if ceremony.closed_at is not None:
        raise Refused(
            f"พิธีมอบนี้ปิดแล้วเมื่อ {thai.moment_text(ceremony.closed_at)} กรุณาเปิดพิธีมอบใหม่สำหรับรายการที่ยังค้าง"
        )
    return ceremony
