"""Order lines: an order is split into what it pays and its invoices before anybody approves it; papers say what was short."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from app.fund.committee import amendments
from app.fund.committee.amendments import StandingLine
from app.fund.committee.records import Proposal
from app.fund.spending import orders
from app.fund.spending.records import PaperKind, PaymentOrder, PaymentPaper
from app.fund.spending.records.order_lines import LineShortage, OrderInvoice, OrderLine
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

MOST_LINES, MOST_INVOICES = 30, 10
#: Papers that say what was delivered.
_DELIVERED = (PaperKind.DELIVERY, PaperKind.INSPECTION)


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as it is entered."""

    number: str
    issued_on: date
    satang: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is entered; `invoice` is the number of one of the order's invoices, or empty; `line_id` the line of the
    proposal that it pays, as that was first asked for."""

    what: str
    quantity: int
    satang: int
    invoice: str = ""
    line_id: int | None = None


def of(order_id: int | None) -> list[OrderLine]:
    """What an order pays, in its order; nothing where it was not split."""
    statement = select(OrderLine).filter_by(order_id=order_id).order_by(OrderLine.position)
    return list(db.session().scalars(statement)) if order_id is not None else []


def invoices_of(order_id: int | None) -> list[OrderInvoice]:
    """Its invoices, as they were entered."""
    statement = select(OrderInvoice).filter_by(order_id=order_id).order_by(OrderInvoice.id)
    return list(db.session().scalars(statement)) if order_id is not None else []


def offered(proposal: Proposal) -> list[Line]:
    """What may still be ordered of what was asked for or resolved, to begin with: words of goods, never a person's."""
    return [
        Line(line.title, line.left, line.left_satang, line_id=line.id)
        for line in amendments.standing(proposal)
        if line.left and line.left_satang
    ][:MOST_LINES]


def named(proposal: Proposal) -> list[StandingLine]:
    """The lines over which the committee decided, which an order names; none where it decided over a sum."""
    if not amendments.are_named(proposal):
        return []
    return [line for line in amendments.standing(proposal) if line.quantity]


def why_not_split(order: PaymentOrder, *, by: User) -> str:
    """Why this person may not say what the order pays, in Thai; empty when they may."""
    if not by.has(Role.FINANCE):
        return "เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่แยกรายการได้"
    if order.withdrawn_at is not None or order.approvals:
        return "รายการนี้มีผู้อนุมัติหรือยกเลิกไปแล้ว จึงแยกรายการไม่ได้ หากผิดให้ยกเลิก แล้วเตรียมใหม่"
    return ""


def split(
    order_id: int, *, lines: Sequence[Line], invoices: Sequence[Invoice] = (), by: User
) -> PaymentOrder:
    """The order pays these lines by these invoices, in place of what was said before. Both may be empty.

    Lines add up to the order's sum, and so do invoices; the lines of one invoice to its sum. Raises BadInput for what does
    not add up, Refused once somebody approved and for what the committee did not resolve.
    """
    order, session = orders.lock_order(order_id), db.session()
    session.expire(order, ["approvals"])
    if words := why_not_split(order, by=by):
        raise Refused(words)
    _refuse_what_does_not_add_up(order.satang, lines, invoices)
    session.execute(delete(OrderLine).filter_by(order_id=order.id))
    session.execute(delete(OrderInvoice).filter_by(order_id=order.id))
    _refuse_what_is_not_resolved(order.proposal, lines)
    made = {
        each.number: OrderInvoice(
            order_id=order.id, number=each.number, issued_on=each.issued_on, satang=each.satang
        )
        for each in invoices
    }
    session.add_all(made.values())
    session.flush()
    session.add_all(
        OrderLine(
            order_id=order.id,
            position=position,
            what=visible(line.what),
            quantity=line.quantity,
            satang=line.satang,
            invoice_id=made[line.invoice].id if line.invoice else None,
            line_id=line.line_id,
        )
        for position, line in enumerate(lines, start=1)
    )
    session.flush()
    audit.record(
        Deed.PAYMENT_SPLIT,
        f"payment_order:{order.id}",
        by=by,
        lines=len(lines),
        invoices=", ".join(each.number for each in invoices),
    )
    return order


def _refuse_what_is_not_resolved(proposal: Proposal, lines: Sequence[Line]) -> None:
    """Each line is one of the proposal; where the committee decided over lines, one of those, and no more than is left."""
    known = {line.id: line for line in amendments.standing(proposal)}
    if any(line.line_id is not None and line.line_id not in known for line in lines):
        raise BadInput("มีรายการที่ไม่อยู่ในคำขอนี้ กรุณาเปิดหน้านี้ใหม่")
    if not amendments.are_named(proposal):
        return
    if any(line.line_id is None for line in lines):
        raise BadInput("มติกำหนดเป็นรายการ กรุณาเลือกว่าแต่ละรายการเป็นรายการใดในมติ")
    for line in known.values():
        wanted = [each for each in lines if each.line_id == line.id]
        many, satang = sum(each.quantity for each in wanted), sum(each.satang for each in wanted)
        if many > line.left or satang > line.left_satang:
            raise Refused(
                f"“{line.title}” เหลือตามมติ {line.left:,} หน่วย {format_baht(line.left_satang)} บาท "
                f"จึงจ่าย {many:,} หน่วย {format_baht(satang)} บาทไม่ได้ หากต้องการมากกว่านี้ ให้เสนอแก้ไขมติ"
            )


def _refuse_what_does_not_add_up(satang: int, lines: Sequence[Line], invoices: Sequence[Invoice]) -> None:
    if len(lines) > MOST_LINES or len(invoices) > MOST_INVOICES:
        raise BadInput(f"แยกได้ไม่เกิน {MOST_LINES} รายการและ {MOST_INVOICES} ใบแจ้งหนี้ต่อการจ่ายครั้งหนึ่ง")
    if any(not 0 < len(visible(line.what)) <= 160 or line.quantity < 1 or line.satang < 1 for line in lines):
        raise BadInput("ทุกรายการต้องบอกว่าคืออะไร ไม่เกิน 160 ตัวอักษร กี่หน่วย และกี่บาท")
    numbers = [each.number for each in invoices]
    if len(set(numbers)) != len(numbers) or any(
        not 0 < len(each.number) <= 60 or each.satang < 1 for each in invoices
    ):
        raise BadInput("ใบแจ้งหนี้แต่ละใบต้องมีเลขที่ไม่ซ้ำกัน ไม่เกิน 60 ตัวอักษร และจำนวนเงิน")
    if any(line.invoice not in ("", *numbers) for line in lines):
        raise BadInput("กรุณาเลือกใบแจ้งหนี้ของแต่ละรายการจากใบที่ใส่ไว้")
    for name, total in (
        ("รายการ", [line.satang for line in lines]),
        ("ใบแจ้งหนี้", [each.satang for each in invoices]),
    ):
        if total and sum(total) != satang:
            raise BadInput(
                f"{name}รวม {format_baht(sum(total))} บาท ไม่เท่ายอดจ่าย {format_baht(satang)} บาท "
                f"ต่างกัน {format_baht(abs(sum(total) - satang))} บาท"
            )
    for each in invoices:
        parts = [line.satang for line in lines if line.invoice == each.number]
        if parts and sum(parts) != each.satang:
            raise BadInput(
                f"รายการในใบแจ้งหนี้ {each.number} รวม {format_baht(sum(parts))} บาท ไม่เท่า {format_baht(each.satang)} บาทของใบนั้น"
            )


def note_short(paper: PaymentPaper, missing: Mapping[int, int]) -> list[LineShortage]:
    """The paper says how many of each line, by its id, were missing. Raises BadInput for what was not ordered."""
    known = {line.id: line for line in of(paper.order_id)}
    for line_id, quantity in missing.items():
        if line_id not in known or not 0 < quantity <= known[line_id].quantity:
            raise BadInput("จำนวนที่ส่งขาดต้องเป็นของรายการในการจ่ายนี้ และไม่เกินที่สั่ง กรุณาตรวจจำนวนอีกครั้ง")
    made = [
        LineShortage(paper_id=paper.id, line_id=line_id, quantity=quantity)
        for line_id, quantity in missing.items()
    ]
    session = db.session()
    session.add_all(made)
    session.flush()
    return made


def shortages(order_id: int | None) -> list[LineShortage]:
    """What is still missing: what the newest delivery note or inspection of the order says."""
    if order_id is None:
        return []
    newest = (
        select(PaymentPaper.id)
        .where(PaymentPaper.order_id.in_(orders.chain(order_id)), PaymentPaper.kind.in_(_DELIVERED))
        .order_by(PaymentPaper.id.desc())
        .limit(1)
    )
    found = select(LineShortage).where(LineShortage.paper_id == newest.scalar_subquery())
    return list(db.session().scalars(found.order_by(LineShortage.line_id)))


def short_words(missing: Sequence[LineShortage]) -> str:
    """`ชุดลูกเสือ ขาด 2 เรียกคืน 1,504.00 บาท`, one after the other; empty where nothing is missing."""
    return " · ".join(
        f"{each.line.what} ขาด {each.quantity:,} เรียกคืน {format_baht(each.satang)} บาท" for each in missing
    )
