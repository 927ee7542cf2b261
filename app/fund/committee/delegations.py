"""Delegations: the chair's small tier in the hands of a person, by an order with a ceiling, asked by one and confirmed by another."""

import hashlib
from datetime import date

from sqlalchemy import select

from app.fund.committee import seats
from app.fund.committee.minutes import checked_pdf
from app.fund.committee.records.authority import Delegation
from app.fund.committee.records.bodies import Level, Office, Seat
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import short_date
from app.province.profile import Profile
from app.staff import approvals, audit
from app.staff.approvals import ApprovalRequest
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

ORDER = "delegation.order"
#: To whom the chair may delegate: the secretariat, or a member of the committee such as a deputy.
HOLDERS = (Role.FUND_OFFICER, Role.COMMITTEE)


def of(user: User) -> Delegation | None:
    """By which order this person decides in the chair's place today; None without any."""
    if user.closed_at is not None or not user.has(*HOLDERS):
        return None
    rows = select(Delegation).where(Delegation.to_id == user.id).order_by(Delegation.id.desc())
    return next((order for order in db.session().scalars(rows) if in_force(order)), None)


def every() -> list[Delegation]:
    """All there ever were, the newest first."""
    return list(db.session().scalars(select(Delegation).order_by(Delegation.id.desc())))


def in_force(order: Delegation) -> bool:
    """It was confirmed, nobody ended it, its days are here, and who gave it still chairs."""
    return (
        order.confirmed_at is not None
        and order.ended_at is None
        and order.from_on <= clock.today() <= order.to_on
        and any(held.person_id == order.from_id and held.office == Office.CHAIR for held in seats.seated())
    )


def ask(
    *,
    to_id: int,
    order_number: str,
    order_on: date,
    ceiling_satang: int,
    from_on: date,
    to_on: date,
    paper: bytes,
    reason: str,
    by: User,
) -> ApprovalRequest:
    """Ask that an order of the chair be entered: to whom, up to how much, for which days, and its paper.

    Another of another role confirms it; neither is the person. Raises Refused where nobody chairs, for a person who holds no such
    office and for more than the chair alone may decide; BadInput without a number, a paper or days that can be.
    """
    head = _chair()
    user = db.session().get(User, to_id)
    if user is None or user.closed_at is not None or not user.has(*HOLDERS) or user.id == head.person_id:
        raise Refused("มอบอำนาจได้เฉพาะฝ่ายเลขานุการหรือกรรมการกองทุนที่ไม่ใช่ประธาน")
    number, most = visible(order_number), Profile.here().ceiling(Level.SOLE) or 0
    if not 0 < len(number) <= 60:
        raise BadInput("กรุณาใส่เลขที่คำสั่งมอบอำนาจ เช่น ศก 0019/123")
    if not 0 < ceiling_satang <= most:
        raise Refused(f"วงเงินที่มอบต้องมากกว่าศูนย์และไม่เกินอำนาจของประธาน คือ {format_baht(most)} บาท")
    if to_on < max(from_on, clock.today()) or order_on > from_on:
        raise BadInput("วันสิ้นสุดต้องไม่ก่อนวันเริ่มและวันนี้ และคำสั่งต้องออกไม่หลังวันเริ่ม")
    checked_pdf(paper)
    made = Delegation(
        order_number=number,
        order_on=order_on,
        from_id=head.person_id,
        to_id=user.id,
        ceiling_satang=ceiling_satang,
        from_on=from_on,
        to_on=to_on,
        paper=paper,
        paper_sha256=hashlib.sha256(paper).hexdigest(),
        asked_at=clock.now(),
        asked_by_id=by.id,
    )
    db.session().add(made)
    db.session().flush()
    return approvals.ask(
        kind=ORDER,
        subject=f"delegation:{made.id}",
        payload={"delegation": made.id, "order": number, "paper": made.paper_sha256},
        changes=[
            ("ผู้มอบ", "", head.person.name),
            ("ผู้รับมอบ", "", user.name),
            ("ตามคำสั่ง", "", f"{number} ลงวันที่ {short_date(order_on)}"),
            ("วงเงิน", "", f"ครั้งละไม่เกิน {format_baht(ceiling_satang)} บาท"),
            ("ใช้ได้", "", f"{short_date(from_on)} ถึง {short_date(to_on)}"),
        ],
        reason=reason,
        by=by,
        concerned_id=user.id,
    )


def _chair() -> Seat:
    head = next((held for held in seats.seated() if held.office == Office.CHAIR), None)
    if head is None:
        raise Refused("ยังไม่มีประธานในคณะกรรมการ กรุณาบันทึกประธานตามคำสั่งแต่งตั้งก่อน")
    return head


def _confirm(approval: ApprovalRequest) -> str:
    found = lock(Delegation, approval.asked["delegation"])
    if of(found.to_person) is not None:
        raise Refused(f"{found.to_person.name} มีคำสั่งมอบอำนาจที่ใช้อยู่แล้ว กรุณาสิ้นสุดของเดิมก่อน")
    found.confirmed_at, found.confirmed_by_id = clock.now(), approval.decided_by_id
    db.session().flush()
    audit.record(
        Deed.DELEGATION_ORDER,
        f"delegation:{found.id}",
        by=approval.decided_by,
        approval=approval.id,
        name=found.to_person.name,
        order=found.order_number,
        satang=found.ceiling_satang,
    )
    return (
        f"{found.to_person.name} พิจารณาแทนประธานได้ตามคำสั่ง ครั้งละไม่เกิน {format_baht(found.ceiling_satang)} บาท"
    )


def end(delegation_id: int, *, by: User) -> Delegation:
    """The person decides no more, from this moment. The chair or the secretariat, at once: it takes no two to be careful."""
    if not by.has(Role.CHAIR, Role.FUND_OFFICER):
        raise Refused("เฉพาะประธานหรือฝ่ายเลขานุการเท่านั้นที่สิ้นสุดการมอบอำนาจได้")
    found = lock(Delegation, delegation_id)
    if found.ended_at is None:
        found.ended_at, found.ended_by_id = clock.now(), by.id
        db.session().flush()
        audit.record(Deed.DELEGATION_END, f"delegation:{found.id}", by=by, name=found.to_person.name)
    return found


APPROVALS = (approvals.ApprovalKind(ORDER, title="มอบอำนาจอนุมัติตามคำสั่ง", carry_out=_confirm),)
