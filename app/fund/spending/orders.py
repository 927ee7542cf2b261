"""Orders: every payment, whatever its sum, is prepared by one person and approved by another before the transfer."""

import re
import secrets

from sqlalchemy import select

from app.fund.committee.proposals import by_code, state_name
from app.fund.committee.records import AgendaItem, Proposal, ProposalState, Vote
from app.fund.spending import sums
from app.fund.spending.records import PaymentOrder
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import arabic_digits, moment_text
from app.province.banks import bank
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: Who approves what another person prepared, and confirms that a payment is voided.
APPROVERS = (Role.FINANCE, Role.CHAIR)

_ACCOUNT_NUMBER = re.compile(r"[0-9]{9,15}")


def asked(proposal: Proposal, by: User) -> bool:
    """Whether this person asked for the help: submitted it to the fund, or drew up what was submitted."""
    return by.id in (proposal.submitted_by_id, proposal.asked_by_id)


def voted(proposal: Proposal, by: User) -> bool:
    cast = (
        select(Vote.id)
        .join(AgendaItem, AgendaItem.id == Vote.item_id)
        .where(AgendaItem.proposal_id == proposal.id, Vote.member_id == by.id)
    )
    return db.session().scalars(cast.limit(1)).first() is not None


def why_not(proposal: Proposal, *, by: User) -> str:
    """Why this person may not prepare or make a payment for this proposal, in Thai; empty when they may.

    The one who asked, those who decided and the one who pays are different people.
    """
    if not by.has(Role.FINANCE):
        return "เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่จ่ายเงินได้"
    if asked(proposal, by):
        return "ท่านเป็นผู้เสนอเรื่องนี้ จึงจ่ายเงินเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินท่านอื่นเป็นผู้จ่าย"
    if voted(proposal, by):
        return "ท่านลงคะแนนเรื่องนี้ จึงจ่ายเงินเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินท่านอื่นเป็นผู้จ่าย"
    if proposal.state != ProposalState.APPROVED:
        return f"จ่ายเงินไม่ได้ เพราะคำขอ {proposal.code} มีสถานะ “{state_name(proposal.state)}”"
    return ""


def why_not_approve(order: PaymentOrder, *, by: User) -> str:
    """Why this person may not approve this payment, in Thai; empty when they may. Who voted may."""
    if not by.has(*APPROVERS):
        return "เฉพาะเจ้าหน้าที่การเงินอีกท่านหรือประธานเท่านั้นที่อนุมัติให้จ่ายได้"
    if order.prepared_by_id == by.id:
        return "ท่านเป็นผู้เตรียมรายการนี้ จึงอนุมัติเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหรือประธานอนุมัติ"
    if asked(order.proposal, by):
        return "ท่านเป็นผู้ขอความช่วยเหลือเรื่องนี้ จึงอนุมัติให้จ่ายไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหรือประธานอนุมัติ"
    return ""


def lock_proposal(code: str) -> Proposal:
    """The proposal, locked for this transaction."""
    known = by_code(code)
    if known is None:
        raise Refused(f"ไม่พบคำขอรหัส {code} กรุณาตรวจรหัสอีกครั้ง")
    return lock(Proposal, known.id)


def lock_order(order_id: int) -> PaymentOrder:
    """The order with its proposal locked, so that payments of one proposal come one after the other."""
    known = db.session().get(PaymentOrder, order_id) if abs(order_id) < 2**63 else None
    if known is None:
        raise Refused("ไม่พบรายการเตรียมจ่ายนี้ กรุณาเปิดหน้าจ่ายเงินใหม่")
    lock(Proposal, known.proposal_id)
    return lock(PaymentOrder, order_id)


def prepare(
    *,
    proposal_code: str,
    satang: int,
    vendor: str,
    vendor_bank: str,
    vendor_account: str,
    invoice: str = "",
    key: str = "",
    by: User,
) -> PaymentOrder:
    """A payment to a vendor or recipient waits for approval by another person. No money has moved.

    `satang` is at most what the resolution leaves after what was paid and what else is prepared. `key` is the form's:
    the same form sent again is the same payment. Raises Refused for a preparer who asked or voted, and for more than
    was approved; BadInput for a payee or sum that cannot be.
    """
    payee, number = _payee(vendor, vendor_bank, vendor_account)
    proposal = lock_proposal(proposal_code)
    session = db.session()
    if key:
        known = session.scalars(select(PaymentOrder).filter_by(key=key)).one_or_none()
        if known is not None and known.prepared_by_id == by.id:
            return known
    if words := why_not(proposal, by=by):
        raise Refused(words)
    if type(satang) is not int or satang <= 0:
        raise BadInput("จำนวนเงินที่จ่ายต้องมากกว่าศูนย์")
    approved, paid = sums.remaining([proposal]).get(proposal.id, (0, 0))
    waiting = sums.prepared([proposal])[proposal.id]
    if paid + waiting + satang > approved:
        also = f" เตรียมไว้แล้ว {format_baht(waiting)} บาท" if waiting else ""
        raise Refused(
            f"จ่ายเกินมติไม่ได้ มติอนุมัติ {format_baht(approved)} บาท จ่ายไปแล้ว {format_baht(paid)} บาท{also} "
            f"จึงจ่ายได้อีกไม่เกิน {format_baht(max(0, approved - paid - waiting))} บาท"
        )
    order = PaymentOrder(
        key=key[:32] or secrets.token_hex(16),
        proposal_id=proposal.id,
        satang=satang,
        vendor=payee,
        vendor_bank=vendor_bank,
        vendor_account=number,
        invoice=" ".join(invoice.split())[:60],
        prepared_at=clock.now(),
        prepared_by_id=by.id,
    )
    session.add(order)
    session.flush()
    audit.record(
        Deed.PAYMENT_PREPARE,
        f"payment_order:{order.id}",
        by=by,
        proposal=proposal.code,
        satang=satang,
        vendor=payee,
        account=f"{vendor_bank} {number}",
    )
    return order


def approve(order_id: int, *, by: User) -> PaymentOrder:
    """The payment may leave the bank: approved by another finance officer or the chair, who neither asked for the help
    nor prepared the payment. Approving it again changes nothing."""
    order = lock_order(order_id)
    if order.withdrawn_at is not None:
        raise Refused("รายการนี้ยกเลิกไปแล้ว จึงอนุมัติไม่ได้ กรุณาเปิดหน้าจ่ายเงินใหม่")
    if order.approved_at is not None:
        if order.approved_by_id == by.id:
            return order
        assert order.approved_by is not None
        raise Refused(f"{order.approved_by.name} อนุมัติรายการนี้ไปแล้วเมื่อ {moment_text(order.approved_at)}")
    if words := why_not_approve(order, by=by):
        raise Refused(words)
    order.approved_at, order.approved_by_id = clock.now(), by.id
    db.session().flush()
    audit.record(
        Deed.PAYMENT_APPROVE,
        f"payment_order:{order.id}",
        by=by,
        proposal=order.proposal.code,
        satang=order.satang,
        vendor=order.vendor,
        prepared_by=order.prepared_by_id,
    )
    return order


def withdraw(order_id: int, *, reason: str, by: User) -> PaymentOrder:
    """The payment is not made: a mistake, or the approver says no. Before its transfer is recorded only."""
    if not by.has(*APPROVERS):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือประธานเท่านั้นที่ยกเลิกรายการเตรียมจ่ายได้")
    why = visible(reason)
    if not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ยกเลิก ไม่เกิน 300 ตัวอักษร")
    order = lock_order(order_id)
    if order.withdrawn_at is not None:
        return order
    if order.payment is not None:
        raise Refused(f"รายการนี้โอนและบันทึกเป็นใบสำคัญ {order.payment.code} ไปแล้ว หากผิดให้ขอยกเลิกใบสำคัญนั้น")
    order.withdrawn_at, order.withdrawn_by_id, order.withdrawn_reason = clock.now(), by.id, why
    db.session().flush()
    audit.record(
        Deed.PAYMENT_WITHDRAW,
        f"payment_order:{order.id}",
        by=by,
        proposal=order.proposal.code,
        satang=order.satang,
        reason=why,
    )
    return order


def _payee(vendor: str, vendor_bank: str, vendor_account: str) -> tuple[str, str]:
    name = visible(vendor)
    if not 0 < len(name) <= 160:
        raise BadInput("ต้องใส่ชื่อผู้รับเงินตามบัญชีธนาคาร ไม่เกิน 160 ตัวอักษร")
    known = bank(vendor_bank)
    if known is None or known.status != "active":
        raise BadInput("ไม่รู้จักธนาคารนี้ กรุณาเลือกธนาคารจากรายการ")
    number = re.sub(r"[ -]", "", arabic_digits(vendor_account))
    if not _ACCOUNT_NUMBER.fullmatch(number):
        raise BadInput("เลขที่บัญชีผู้รับเงินต้องเป็นตัวเลข 9–15 หลัก กรุณาตรวจกับหน้าสมุดบัญชี")
    return name, number


def open_orders() -> list[PaymentOrder]:
    """Orders that wait for their approval or their transfer, those that wait longest first."""
    return list(db.session().scalars(select(PaymentOrder).where(sums.OPEN).order_by(PaymentOrder.id)))
