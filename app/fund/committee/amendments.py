"""Amendments by lines: which of what was approved is kept, in what quantity and at what price; the rest is cut."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.fund.committee import proposals
from app.fund.committee.records import Proposal, ProposalState, ProposalVersion
from app.fund.committee.records.lines import ORDERED_LINE, RESOLVED_LINE, ProposalLine
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.staff.users import User


@dataclass(frozen=True, slots=True)
class StandingLine:
    """A line of what was approved, as it stands now."""

    #: The line as it was first asked for.
    id: int
    title: str
    #: How many the committee approved; what was asked for where it approved a sum.
    quantity: int
    unit_satang: int
    #: What of it is prepared or paid: how many, and satang.
    ordered: int
    ordered_satang: int

    @property
    def satang(self) -> int:
        return self.quantity * self.unit_satang

    @property
    def left(self) -> int:
        """How many of it may still be ordered."""
        return max(0, self.quantity - self.ordered)

    @property
    def left_satang(self) -> int:
        return max(0, self.satang - self.ordered_satang)


def standing(proposal: Proposal) -> list[StandingLine]:
    """The lines of the version that counts, with what was resolved and ordered of each."""
    session = db.session()
    named = {
        line_id: int(quantity)
        for line_id, quantity in session.execute(
            select(RESOLVED_LINE.c.line_id, RESOLVED_LINE.c.quantity).where(
                RESOLVED_LINE.c.proposal_id == proposal.id
            )
        )
    }
    ordered = {
        line_id: (int(quantity), int(satang))
        for line_id, quantity, satang in session.execute(
            select(ORDERED_LINE.c.line_id, ORDERED_LINE.c.quantity, ORDERED_LINE.c.satang).where(
                ORDERED_LINE.c.proposal_id == proposal.id
            )
        )
    }
    counts = (
        select(ProposalLine)
        .join(ProposalVersion, ProposalVersion.id == ProposalLine.version_id)
        .where(ProposalVersion.proposal_id == proposal.id, ProposalVersion.number == proposal.version)
        .order_by(ProposalLine.position)
    )
    return [
        StandingLine(
            line.thing_id,
            line.title,
            named.get(line.thing_id, 0) if named else line.quantity,
            line.unit_satang,
            *ordered.get(line.thing_id, (0, 0)),
        )
        for line in session.scalars(counts)
    ]


def are_named(proposal: Proposal) -> bool:
    """Whether the newest approval or amendment decided over lines: only those are ordered, and no more of them."""
    named = select(RESOLVED_LINE.c.line_id).where(RESOLVED_LINE.c.proposal_id == proposal.id).limit(1)
    return db.session().execute(named).first() is not None


def propose(code: str, *, lines: Mapping[int, tuple[int, int]], reason: str, by: User) -> ProposalVersion:
    """A version that names what becomes of each approved line; it counts when a resolution amends the proposal so.

    `lines` maps a line, as it was first asked for, to how many of it at how many satang each; none, or a line left
    out, is cut. What others pay beside the fund stays. Raises BadInput for what is no amendment, Refused for less than
    is prepared or paid of a line, and as `proposals.revise`.
    """
    known = proposals.by_code(code)
    if known is None:
        raise Refused(f"ไม่พบคำขอรหัส {code} กรุณาตรวจรหัสอีกครั้ง")
    proposal = lock(Proposal, known.id)
    if proposal.state != ProposalState.APPROVED:
        raise Refused(
            f"แก้ไขมติตามรายการได้เฉพาะคำขอที่อนุมัติแล้ว คำขอ {code} มีสถานะ “{proposals.state_name(proposal.state)}”"
        )
    before = {line.id: line for line in standing(proposal)}
    if lines.keys() - before.keys():
        raise BadInput("มีรายการที่ไม่อยู่ในคำขอนี้ กรุณาเปิดหน้านี้ใหม่")
    for number, (quantity, unit_satang) in lines.items():
        if type(quantity) is not int or quantity < 0 or type(unit_satang) is not int or unit_satang <= 0:
            raise BadInput(f"จำนวนของ “{before[number].title}” ต้องเป็นศูนย์ขึ้นไป และราคาต่อหน่วยต้องมากกว่าศูนย์")
    kept = {number: wanted for number, wanted in lines.items() if wanted[0]}
    if kept == {line.id: (line.quantity, line.unit_satang) for line in before.values() if line.quantity}:
        raise BadInput("รายการยังเหมือนเดิมทุกรายการ กรุณาเปลี่ยนจำนวนหรือราคาอย่างน้อยหนึ่งรายการ")
    for line in before.values():
        _refuse_less_than_ordered(line, *kept.get(line.id, (0, 0)))
    whole = sum(quantity * unit_satang for quantity, unit_satang in kept.values())
    beside = sum(part.satang for part in _counting(proposal).funding if part.purpose_id is None)
    if whole <= beside:
        raise BadInput(
            "ไม่เหลือรายการที่กองทุนจ่าย หากไม่ใช้เงินกองทุนเลย กรุณาเสนอให้ยกเลิกมติ"
            if not beside
            else f"รายการรวม {format_baht(whole)} บาท ไม่เกินส่วนที่ผู้อื่นจ่าย {format_baht(beside)} บาท กรุณาเสนอให้ยกเลิกมติแทน"
        )
    return proposals.revise(
        code,
        satang=whole - beside,
        lines=[
            proposals.Line(line.title, *kept[line.id], first_id=line.id)
            for line in before.values()
            if line.id in kept
        ],
        reason=reason,
        by=by,
    )


def _refuse_less_than_ordered(line: StandingLine, quantity: int, unit_satang: int) -> None:
    if quantity < line.ordered or quantity * unit_satang < line.ordered_satang:
        raise Refused(
            f"“{line.title}” เตรียมจ่ายหรือจ่ายไปแล้ว {line.ordered:,} หน่วย {format_baht(line.ordered_satang)} บาท "
            "จึงแก้ไขมติให้น้อยกว่านั้นไม่ได้"
        )


def _counting(proposal: Proposal) -> ProposalVersion:
    return (
        db.session()
        .scalars(select(ProposalVersion).filter_by(proposal_id=proposal.id, number=proposal.version))
        .one()
    )
