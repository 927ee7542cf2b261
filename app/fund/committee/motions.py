"""Motions: what the members are asked to vote on. Another motion asks everybody anew."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from app.fund.committee import commitments
from app.fund.committee.agenda import open_item
from app.fund.committee.item_status import ItemStatus
from app.fund.committee.meetings import may_lead, refuse_circulated
from app.fund.committee.records import (
    APPROVING,
    AgendaItem,
    Matter,
    Meeting,
    Motion,
    MotionPart,
    ResolutionKind,
)
from app.fund.committee.records.lines import MotionLine
from app.fund.ledger import books
from app.fund.ledger.accounts import Purpose
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

#: Which motions an item takes, by its matter. A rejection is a motion that is not carried.
KINDS: dict[Matter, tuple[ResolutionKind, ...]] = {
    Matter.DECIDE: (ResolutionKind.APPROVE, ResolutionKind.APPROVE_IN_PART, ResolutionKind.DEFER),
    Matter.AMEND: (ResolutionKind.AMEND,),
    Matter.RESCIND: (ResolutionKind.RESCIND,),
    Matter.RATIFY: (ResolutionKind.RATIFY,),
}


def move(
    item_id: int,
    *,
    kind: ResolutionKind | str,
    parts: Mapping[int, int] | None = None,
    lines: Mapping[int, int] | None = None,
    reason: str = "",
    waits_until: date | None = None,
    waits_for_money: bool = False,
    by: User,
) -> Motion:
    """The members vote on this instead; votes on what was moved before count no more.

    `parts` are satang by purpose: whole for an approval, less for one in part, which any open purposes may pay
    together. By `lines`, quantities by the line's id, an approval in part comes to what they cost less what others pay
    beside the fund: the first purpose takes what the next leave of it. An amendment by lines names those of its version,
    whichever purposes pay. A deferral waits until a day or until the money
    suffices. All but an approval give a `reason`. Moving the same again changes nothing. Raises BadInput for what is no
    motion, Refused for who neither chairs nor writes.
    """
    meeting, now = _open(item_id)
    if not may_lead(meeting, by) or by.id in now.asked:
        raise Refused("เฉพาะประธานในที่ประชุมหรือฝ่ายเลขานุการที่ไม่ได้เสนอเรื่องนี้เท่านั้นที่ตั้งประเด็นให้ลงคะแนนได้")
    item, why = now.item, visible(reason)
    if kind not in KINDS[Matter(item.matter)]:
        raise BadInput("ตั้งประเด็นนี้ในวาระนี้ไม่ได้ กรุณาเลือกจากรายการ")
    sums, chosen = _taken(item, ResolutionKind(kind), parts or {}, lines or {})
    _possible(item, ResolutionKind(kind), sums, why)
    if kind == ResolutionKind.DEFER:
        _until(waits_until, waits_for_money)
    motion = Motion(
        item_id=item_id,
        number=now.motion.number + 1,
        kind=ResolutionKind(kind),
        reason=why if kind not in (ResolutionKind.APPROVE, ResolutionKind.RATIFY) else "",
        waits_until=waits_until if kind == ResolutionKind.DEFER else None,
        waits_for_money=waits_for_money and kind == ResolutionKind.DEFER,
        moved_at=clock.now(),
        moved_by_id=by.id,
    )
    if _same(now.motion, motion, sums, chosen):
        return now.motion
    motion.parts = [MotionPart(purpose_id=number, satang=satang) for number, satang in sorted(sums.items())]
    motion.lines = [MotionLine(line_id=number, quantity=many) for number, many in sorted(chosen.items())]
    db.session().add(motion)
    db.session().flush()
    audit.record(
        Deed.AGENDA_ITEM_MOVE,
        f"agenda_item:{item_id}",
        by=by,
        proposal=item.proposal.code,
        motion=motion.number,
        kind=motion.kind,
        parts=[[number, satang] for number, satang in sorted(sums.items())],
        lines=[[number, many] for number, many in sorted(chosen.items())],
        reason=why,
    )
    return motion


def _open(item_id: int) -> tuple[Meeting, ItemStatus]:
    """The item as `open_item` has it; what is circulated asks one thing only."""
    meeting, now = open_item(item_id)
    refuse_circulated(meeting)
    return meeting, now


def _until(day: date | None, for_money: bool) -> None:
    if (day is None) != for_money:
        raise BadInput("เลื่อนไปถึงเมื่อใด กรุณาใส่วัน หรือเลือก “จนกว่าเงินจะพอ” อย่างใดอย่างหนึ่ง")
    if day is not None and day <= clock.today():
        raise BadInput("วันที่เลื่อนไปต้องเป็นวันหลังจากวันนี้")


def _taken(
    item: AgendaItem, kind: ResolutionKind, parts: Mapping[int, int], lines: Mapping[int, int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Satang by purpose and quantities by line that the motion takes."""
    chosen = {line_id: quantity for line_id, quantity in lines.items() if quantity}
    if chosen:
        return _of_lines(item, kind, chosen, parts or {item.proposal.purpose_id: 0}), chosen
    if kind == ResolutionKind.AMEND and item.version.names_lines:
        chosen = {line.id: line.quantity for line in item.version.lines}
    return {purpose_id: satang for purpose_id, satang in parts.items() if satang}, chosen


def _of_lines(
    item: AgendaItem, kind: ResolutionKind, chosen: Mapping[int, int], parts: Mapping[int, int]
) -> dict[int, int]:
    """Satang by purpose that the chosen quantities cost the fund."""
    if kind != ResolutionKind.APPROVE_IN_PART:
        raise BadInput(
            "เลือกรายการและจำนวนที่นี่ได้เมื่ออนุมัติบางส่วนเท่านั้น กรุณาเว้นช่องจำนวนว่างไว้ การแก้ไขมติเป็นไปตามรายการที่เสนอแก้ไข"
        )
    asked = {line.id: line for line in item.version.lines}
    for number, many in chosen.items():
        if number not in asked or type(many) is not int or not 0 < many <= asked[number].quantity:
            raise BadInput("จำนวนของแต่ละรายการต้องไม่เกินที่ขอ กรุณาตรวจจำนวนอีกครั้ง")
    beside = sum(part.satang for part in item.version.funding if part.purpose_id is None)
    whole = sum(many * asked[number].unit_satang for number, many in chosen.items()) - beside
    first, *others = parts
    sums = {number: parts[number] for number in others if parts[number]}
    sums[first] = whole - sum(sums.values())
    if sums[first] < 0 or whole <= 0:
        raise BadInput("รายการที่เลือกรวมกันน้อยกว่าเงินร่วมหรือเงินที่ผู้อื่นจ่าย กรุณาเพิ่มจำนวน หรือลดเงินร่วม")
    return {number: satang for number, satang in sums.items() if satang}


def _same(before: Motion, motion: Motion, sums: Mapping[int, int], chosen: Mapping[int, int]) -> bool:
    fields = ("kind", "reason", "waits_until", "waits_for_money")
    return (
        all(getattr(before, field) == getattr(motion, field) for field in fields)
        and {part.purpose_id: part.satang for part in before.parts} == dict(sums)
        and {line.line_id: line.quantity for line in before.lines} == dict(chosen)
    )


def _possible(item: AgendaItem, kind: ResolutionKind, sums: Mapping[int, int], why: str) -> None:
    if kind not in (ResolutionKind.APPROVE, ResolutionKind.RATIFY) and not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกเหตุผล ไม่เกิน 300 ตัวอักษร เหตุผลจะพิมพ์ในรายงานการประชุมและบอกผู้ขอ")
    if kind in (ResolutionKind.DEFER, ResolutionKind.RESCIND, ResolutionKind.RATIFY):
        if sums:
            raise BadInput("ประเด็นนี้ไม่มีจำนวนเงิน")
        return
    asked, total = item.version.satang, sum(sums.values())
    if any(type(satang) is not int or satang < 0 for satang in sums.values()):
        raise BadInput("จำนวนเงินต้องไม่ติดลบ")
    if kind == ResolutionKind.APPROVE_IN_PART and not 0 < total < asked:
        raise BadInput(f"อนุมัติบางส่วนต้องมากกว่าศูนย์และน้อยกว่าที่ขอ คือ {format_baht(asked)} บาท")
    if kind in (ResolutionKind.APPROVE, ResolutionKind.AMEND) and total != asked:
        raise BadInput(f"จำนวนเงินทุกวัตถุประสงค์รวมกันต้องเท่ากับที่ขอ คือ {format_baht(asked)} บาท")
    open_ones = select(Purpose.id).where(Purpose.id.in_(list(sums)), Purpose.open)
    if set(db.session().scalars(open_ones)) != set(sums):
        raise Refused("มีวัตถุประสงค์ที่ไม่เปิดให้ใช้ กรุณาเลือกวัตถุประสงค์อื่น")


def missing(now: ItemStatus) -> dict[int, int]:
    """Satang that each purpose lacks for the motion, by the purpose's id; empty when the money suffices."""
    if now.motion.kind not in APPROVING:
        return {}
    available = {balance.purpose.id: balance.available for balance in books.balances()}
    lacks = {number: satang - available.get(number, 0) for number, satang in takes(now).items()}
    return {number: satang for number, satang in lacks.items() if satang > 0}


def takes(now: ItemStatus) -> dict[int, int]:
    """Satang that the motion, once carried, takes of what is available, by purpose; below zero what it gives back."""
    sums = {part.purpose_id: part.satang for part in now.motion.parts}
    if now.motion.kind == ResolutionKind.AMEND and now.resolution is None:
        for number, satang in commitments.promised(now.item.proposal_id).items():
            sums[number] = sums.get(number, 0) - satang
    return sums
