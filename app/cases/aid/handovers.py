"""Handovers: the ceremony where help changes hands. Each line given writes the logbook of its household."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.cases.aid import access, costs, delivery_progress, seconds
from app.cases.aid import lines as lines_
from app.cases.aid.records import (
    AidLine,
    AidRequest,
    Delivery,
    DeliveryOutcome,
    Handover,
    Photo,
    Recipient,
)
from app.cases.care import logbook
from app.fund.spending import sums
from app.kit import clock, queue, texts, thai
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.province import catalogue
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

#: How far ahead a ceremony may be set.
_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One line's place on the roster: how much was given before this handover, and what happened at it."""

    line: AidLine
    before: int
    delivery: Delivery | None

    @property
    def left(self) -> int:
        """How many could be given at this handover when it began."""
        return self.line.quantity - self.before

    @property
    def recipient(self) -> Recipient:
        """Who is shown: once marked, for ever who was shown at the mark."""
        return self.delivery.recipient if self.delivery else self.line.recipient


def roster(handover: Handover) -> list[RosterLine]:
    """Every line that this handover is about: what was still to be given, and what has been marked at it."""
    session = db.session()
    marked = {
        delivery.line_id: delivery
        for delivery in session.scalars(
            select(Delivery).where(Delivery.handover_id == handover.id).options(joinedload(Delivery.photo))
        )
    }
    sums = session.execute(
        select(Delivery.line_id, func.sum(Delivery.quantity))
        .join(AidLine, AidLine.id == Delivery.line_id)
        .where(AidLine.request_id == handover.request_id, Delivery.handover_id != handover.id)
        .group_by(Delivery.line_id)
    )
    elsewhere = {line_id: int(quantity) for line_id, quantity in sums}
    places = [
        RosterLine(line, elsewhere.get(line.id, 0), marked.get(line.id))
        for line in lines_.of(handover.request_id)
    ]
    if handover.closed_at is not None:
        return [place for place in places if place.delivery]
    return [place for place in places if place.delivery or place.left > 0]


def of_request(request_id: int) -> dict[int, list[Delivery]]:
    """Everything marked on a request's lines, oldest first, by line."""
    found: dict[int, list[Delivery]] = {}
    statement = (
        select(Delivery)
        .join(AidLine, AidLine.id == Delivery.line_id)
        .where(AidLine.request_id == request_id)
        .options(joinedload(Delivery.handover, innerjoin=True))
        .order_by(Delivery.id)
    )
    for delivery in db.session().scalars(statement):
        found.setdefault(delivery.line_id, []).append(delivery)
    return found


def last_photo(handover: Handover, *, by: User) -> Photo | None:
    """The newest photo that this person put to a line of this handover, to be used for the next line too."""
    statement = (
        select(Photo)
        .join(Delivery, Delivery.photo_id == Photo.id)
        .where(Delivery.handover_id == handover.id, Photo.taken_by_id == by.id)
        .order_by(Photo.id.desc())
        .limit(1)
    )
    return db.session().scalars(statement).first()


def mark(
    handover_id: int,
    *,
    line_id: int,
    outcome: str,
    quantity: int,
    reason: str = "",
    taken_by: str = "",
    photo_id: int | None = None,
    by: User,
) -> Delivery:
    """One line is given, given in part, or not given, once at this handover.

    Given means all that is left of the line. In part means some of it, or a set with a piece missing; it and
    "not" need a reason. What is given writes the household's logbook in the same transaction, at what it truly cost
    where that is known. Raises Refused when someone marked the line a moment before, telling who; before the day; for
    more than is left; for more than was bought or than the fund has paid, telling how much is missing; for who
    entered what the things cost; and for who asked, while no second person is named who was there.
    """
    handover = access.lock_handover(handover_id, by=by)
    line = _line(handover, line_id)
    marked = _mark(handover, line, outcome, quantity, None, reason, taken_by, photo_id, by)
    _complete(handover.request)
    return marked


def mark_rest(handover_id: int, *, photo_id: int | None = None, by: User) -> int:
    """Every line not yet marked is given in full, each with its own row and logbook entry. Returns how many."""
    handover = access.lock_handover(handover_id, by=by)
    rest = [place for place in roster(handover) if place.delivery is None]
    if not rest:
        raise Refused("ทุกรายการของพิธีมอบนี้ทำเครื่องหมายครบแล้ว")
    units = costs.units_of(handover.request_id)
    worth = {place.line.id: place.left * units[place.line.id] for place in rest}
    wanted: Counter[tuple[str, int]] = Counter()
    for place in rest:
        wanted[place.line.item_code, place.line.unit_satang] += place.left
    costs.may_be_given(handover.request, wanted, by=by)
    costs.must_be_paid(handover.request, sum(worth.values()), f"ที่เหลือ {len(rest):,} รายการ")
    for place in rest:
        line = place.line
        _mark(handover, line, DeliveryOutcome.GIVEN, place.left, worth[line.id], "", "", photo_id, by)
    _complete(handover.request)
    return len(rest)


def _complete(request: AidRequest) -> None:
    """Once nothing is left to give, the request says so: lists of what waits need not look at it any more."""
    if request.delivered_at is None and delivery_progress.of([request.id])[request.id].is_complete:
        request.delivered_at = clock.now()
        db.session().flush()


def _line(handover: Handover, line_id: int) -> AidLine:
    line = db.session().get(AidLine, line_id)
    if line is None or line.request_id != handover.request_id:
        raise Refused("รายการนี้ไม่ได้อยู่ในคำขอของพิธีมอบนี้ กรุณาเปิดพิธีมอบของคำขอนั้น")
    return line


def _worth(handover: Handover, line: AidLine, quantity: int, by: User) -> int:
    """What this much of a line is worth, in satang. Raises Refused unless it was bought and is paid for."""
    satang = quantity * costs.unit_of(line.id)
    if satang:
        costs.may_be_given(handover.request, {(line.item_code, line.unit_satang): quantity}, by=by)
        costs.must_be_paid(handover.request, satang, "รายการนี้")
    return satang


def _mark(
    handover: Handover,
    line: AidLine,
    outcome: str,
    quantity: int,
    #: What it is worth when that is known to be paid for; None to see now.
    paid_satang: int | None,
    reason: str,
    taken_by: str,
    photo_id: int | None,
    by: User,
) -> Delivery:
    if handover.held_on > clock.today():
        raise Refused(f"พิธีมอบนี้กำหนดวันที่ {thai.long_date(handover.held_on)} บันทึกผลได้ตั้งแต่วันนั้นเป็นต้นไป")
    session = db.session()
    if quantity:
        seconds.refuse_alone(handover, by)
    _not_marked(handover, line)
    had = session.scalar(select(func.sum(Delivery.quantity)).where(Delivery.line_id == line.id)) or 0
    why, who = texts.visible(reason), texts.visible(taken_by)
    _possible(line, outcome, quantity, line.quantity - int(had), why, who)
    _usable(photo_id, handover, by)
    satang = _worth(handover, line, quantity, by) if paid_satang is None else paid_satang
    entry_id = (
        None
        if outcome == DeliveryOutcome.NOT
        else _write_logbook(handover, line, quantity, satang, why, who, by)
    )
    shown = line.recipient
    delivery = Delivery(
        handover_id=handover.id,
        line_id=line.id,
        outcome=DeliveryOutcome(outcome),
        quantity=quantity,
        reason=why,
        taken_by=who,
        photo_id=photo_id,
        logbook_entry_id=entry_id,
        marked_at=clock.now(),
        marked_by_id=by.id,
        shown_name=shown.name,
        shown_grade=shown.grade,
        shown_school=shown.school,
        shown_household=shown.household_code,
    )
    session.add(delivery)
    session.flush()
    audit.record(
        Deed.DELIVERY_MARK,
        f"delivery:{delivery.id}",
        by=by,
        handover=handover.id,
        line=line.id,
        outcome=delivery.outcome,
        quantity=quantity,
        satang=satang,
        photo=photo_id,
    )
    queue.ask("publish", key="edition")
    return delivery


def _not_marked(handover: Handover, line: AidLine) -> None:
    session = db.session()
    before = session.scalars(
        select(Delivery).where(Delivery.handover_id == handover.id, Delivery.line_id == line.id)
    ).one_or_none()
    if before is not None:
        who = session.get_one(User, before.marked_by_id).name
        outcome_name = DeliveryOutcome(before.outcome).words
        raise Refused(
            f"{who} บันทึกรายการนี้ว่า “{outcome_name}” ไปแล้วเมื่อ {thai.moment_text(before.marked_at)} ระบบจึงไม่บันทึกซ้ำ"
        )


def _possible(line: AidLine, outcome: str, quantity: int, left: int, why: str, who: str) -> None:
    unit = catalogue.item(line.item_code).unit_th
    if outcome not in tuple(DeliveryOutcome):
        raise BadInput("กรุณาเลือกว่าได้รับครบ ได้บางส่วน หรือไม่ได้รับ")
    if len(why) > 200 or len(who) > 120:
        raise BadInput("เหตุผลยาวได้ไม่เกิน 200 ตัวอักษร และชื่อผู้รับแทนไม่เกิน 120 ตัวอักษร")
    if outcome != DeliveryOutcome.NOT and left == 0:
        raise Refused("รายการนี้ส่งมอบครบไปแล้วในพิธีมอบอื่น กรุณาโหลดหน้านี้ใหม่")
    if quantity > left:
        raise Refused(f"ส่งมอบได้ไม่เกิน {left} {unit} ที่ยังค้างอยู่ (ระบุมา {quantity})")
    if outcome == DeliveryOutcome.GIVEN and quantity != left:
        raise BadInput(f"ยังค้างอยู่ {left} {unit} หากได้ไม่ครบ กรุณาเลือก “ได้บางส่วน” และบอกเหตุผล")
    if outcome == DeliveryOutcome.PARTLY and quantity < 1:
        raise BadInput(f"กรุณาระบุว่าได้กี่{unit} หากไม่ได้เลย กรุณาเลือก “ไม่ได้รับ”")
    if outcome == DeliveryOutcome.NOT and quantity != 0:
        raise BadInput("ไม่ได้รับ ต้องมีจำนวนเป็นศูนย์")
    if outcome != DeliveryOutcome.GIVEN and not why:
        raise BadInput("กรุณาบอกเหตุผลว่าทำไมจึงไม่ได้รับครบ เช่น ขาดรองเท้า หรือ ไม่มาในวันงาน")


def _usable(photo_id: int | None, handover: Handover, by: User) -> None:
    if photo_id is None:
        return
    session = db.session()
    photo = session.get(Photo, photo_id)
    used = select(Delivery.id).where(Delivery.photo_id == photo_id, Delivery.handover_id == handover.id)
    if photo is None or (photo.taken_by_id != by.id and session.scalars(used.limit(1)).first() is None):
        raise Refused("ไม่พบภาพนี้ในพิธีมอบ กรุณาถ่ายหรือเลือกภาพใหม่")


def _write_logbook(
    handover: Handover, line: AidLine, quantity: int, satang: int, why: str, who: str, by: User
) -> int:
    item = catalogue.item(line.item_code)
    words = f"ได้รับ{item.name_th} {quantity} {item.unit_th} ในพิธีมอบที่{handover.place}"
    if why:
        words += f" ({why})"
    if who:
        words += f" ผู้รับแทน: {who}"
    if handover.second is not None:
        words += f" ต่อหน้า {handover.second.name}"
    if line.fund_satang:
        words += " (มูลค่าเฉพาะส่วนที่กองทุนจ่าย มีผู้ร่วมจ่าย)"
    # Who has moved house since is still helped as part of the household that was asked for.
    still_there = line.member is not None and line.member.household_id == line.household_id
    entry = logbook.write(
        household_id=line.household_id,
        member_id=line.member_id if still_there else None,
        on=handover.held_on,
        kind="help",
        dimension=line.request.dimension,
        words=words,
        satang=satang,
        funding_source="fund",
        request_code=line.request.code,
        by=by,
    )
    db.session().flush()
    return entry.id


def open_(
    *, request_code: str, held_on: date, place: str, second_id: int | None = None, by: User
) -> Handover:
    """A handover of what is still to be given of one request; `second_id` is who else will be there, where that is known.

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
    if second_id is not None:
        seconds.put(handover, person_id=second_id, by=by)
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
