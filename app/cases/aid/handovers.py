"""Handovers: the ceremony where help changes hands, line by line; each line given writes the household's logbook."""

from datetime import date, timedelta

from sqlalchemy import select

from app.cases.aid import access, delivery_progress
from app.cases.aid.deliveries import mark, mark_rest
from app.cases.aid.records import OUTCOME_NAMES, AidRequest, Delivery, Handover, Outcome
from app.fund.spending import sums
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

__all__ = ["OUTCOME_NAMES", "Delivery", "Handover", "Outcome", "close", "mark", "mark_rest", "open_"]


_AHEAD = timedelta(days=366)


def open_(*, request_code: str, held_on: date, place: str, by: User) -> Handover:
    """A handover of what is still to be given of one request.

    Raises Refused until the fund has paid something for it, when nothing is left, and for a request beyond this
    person's reach; BadInput for a place or day that cannot be.
    """
    access.must_be_officer(by)
    seen = access.by_code(request_code, by)
    if seen is None or not access.may_hand_over(seen, by):
        raise Refused(f"ไม่พบคำขอ {request_code} ในพื้นที่ของท่าน")
    request = lock(AidRequest, seen.id)
    where = " ".join(place.split())
    if not 0 < len(where) <= 160:
        raise BadInput("สถานที่ต้องมี 1–160 ตัวอักษร")
    if held_on > clock.today() + _AHEAD:
        raise BadInput("วันส่งมอบไกลเกินหนึ่งปี กรุณาตรวจปี พ.ศ. อีกครั้ง")
    session = db.session()
    if not sums.paid_for(request.code):
        raise Refused("กองทุนยังไม่ได้จ่ายเงินสำหรับคำขอนี้ จึงยังเปิดพิธีมอบไม่ได้ กรุณารอการจ่ายเงินก่อน")
    if not delivery_progress.of([request.id])[request.id].left:
        raise Refused(f"คำขอ {request.code} ส่งมอบครบทุกรายการแล้ว")
    known = select(Handover).filter_by(request_id=request.id, held_on=held_on, place=where, closed_at=None)
    if session.scalars(known.limit(1)).first() is not None:
        raise Refused("มีพิธีมอบของคำขอนี้ วันและสถานที่เดียวกันเปิดอยู่แล้ว กรุณาเปิดจากหน้ารายการส่งมอบ")
    handover = Handover(
        request_id=request.id, held_on=held_on, place=where, opened_at=clock.now(), opened_by_id=by.id
    )
    session.add(handover)
    session.flush()
    audit.record(
        Deed.HANDOVER_OPEN, f"handover:{handover.id}", by=by, code=request.code, held_on=held_on, place=where
    )
    return handover


def close(handover_id: int, *, by: User) -> Handover:
    """The ceremony is over. What was not marked or not given can be given at a later one."""
    handover = access.lock_handover(handover_id, by=by)
    handover.closed_at = clock.now()
    db.session().flush()
    audit.record(Deed.HANDOVER_CLOSE, f"handover:{handover.id}", by=by)
    return handover
