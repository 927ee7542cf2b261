"""Orders: every payment, whatever its sum, is prepared by one person and approved by signatories before the transfer."""

from collections.abc import Iterable

from sqlalchemy import select

from app.fund.committee import amendments, resolutions
from app.fund.committee.proposals import by_code, state_name
from app.fund.committee.records import AgendaItem, Proposal, ProposalState, Vote
from app.fund.spending import signatories, sums, vendors, withholding
from app.fund.spending.records import (
    Payment,
    PaymentApproval,
    PaymentOrder,
    TransferFileLine,
    Vendor,
    VendorAccount,
)
from app.fund.spending.records.order_lines import OrderLine
from app.fund.spending.refusals import OWN_ADVANCE
from app.fund.spending.withholding import TaxChoice
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import moment_text
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: Who confirms that a payment is voided, or says no to one that is prepared.
APPROVERS = (Role.FINANCE, Role.CHAIR)


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
    """Why this person may not approve this payment, in Thai; empty when they may. A signatory who voted may."""
    if signatories.of(by) is None:
        return "เฉพาะผู้มีอำนาจลงนามตามคำสั่งแต่งตั้งเท่านั้นที่อนุมัติให้จ่ายได้"
    return _why_not_sign(order, by) or own_advance(order, by=by) or not_by_lines(order)


def not_by_lines(order: PaymentOrder) -> str:
    """What an order lacks of a proposal whose lines the committee resolved, in Thai: it names none of them. Empty otherwise."""
    if not amendments.are_named(order.proposal):
        return ""
    lines = list(db.session().scalars(select(OrderLine.line_id).where(OrderLine.order_id == order.id)))
    if lines and None not in lines:
        return ""
    return "มติกำหนดเป็นรายการ รอเจ้าหน้าที่การเงินแยกรายการของการจ่ายนี้ตามรายการในมติก่อน จึงอนุมัติได้"


def own_advance(order: PaymentOrder | None, *, by: User) -> str:
    """Why the officer who is paid in advance has no part in it, in Thai; empty for everybody else."""
    return OWN_ADVANCE if order is not None and vendors.is_own(order.vendor_account_id, by) else ""


def waiting_for(by: User, several: Iterable[PaymentOrder]) -> list[PaymentOrder]:
    """Those of these orders that this person may approve, in as many queries for ten as for one."""
    found = [order for order in several if order.approved_at is None and not _why_not_sign(order, by)]
    if not found or signatories.of(by) is None:
        return []
    own = own_advances(by)
    return [order for order in found if order.id not in own]


def own_advances(by: User) -> set[int]:
    """Orders that pay this person in advance, by their number; in one query."""
    paid = (
        select(PaymentOrder.id)
        .join(VendorAccount, VendorAccount.id == PaymentOrder.vendor_account_id)
        .join(Vendor, Vendor.id == VendorAccount.vendor_id)
    )
    return set(db.session().scalars(paid.where(Vendor.user_id == by.id)))


def _why_not_sign(order: PaymentOrder, by: User) -> str:
    if order.prepared_by_id == by.id:
        return "ท่านเป็นผู้เตรียมรายการนี้ จึงอนุมัติเองไม่ได้ กรุณาให้ผู้มีอำนาจลงนามท่านอื่นอนุมัติ"
    if asked(order.proposal, by):
        return "ท่านเป็นผู้ขอความช่วยเหลือเรื่องนี้ จึงอนุมัติให้จ่ายไม่ได้ กรุณาให้ผู้มีอำนาจลงนามท่านอื่นอนุมัติ"
    if any(approval.user_id == by.id for approval in order.approvals):
        return "ท่านอนุมัติรายการนี้แล้ว รอผู้มีอำนาจลงนามท่านอื่นอนุมัติด้วย"
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


def lock_payment(payment_id: int) -> Payment:
    """The payment with its proposal locked, as `lock_order`."""
    known = db.session().get(Payment, payment_id) if abs(payment_id) < 2**63 else None
    if known is None:
        raise Refused("ไม่พบใบสำคัญจ่ายนี้ กรุณาเปิดหน้าจ่ายเงินใหม่")
    lock(Proposal, known.proposal_id)
    return lock(Payment, payment_id)


def prepare(
    *,
    proposal_code: str,
    satang: int,
    vendor_id: int,
    invoice: str = "",
    tax: TaxChoice | None = None,
    again_of: PaymentOrder | None = None,
    by: User,
) -> PaymentOrder:
    """A payment to a confirmed vendor waits for the approval of signatories. No money has moved.

    `satang` is at most what the resolution leaves after what was paid and what else is prepared; `tax` says what is
    withheld of it, `again_of` which failed transfer it stands for (see `retries`). Raises Refused for a preparer who asked
    or voted, a vendor who is not confirmed, and more than was approved; BadInput for a sum that cannot be.
    """
    proposal = lock_proposal(proposal_code)
    session = db.session()
    if words := why_not(proposal, by=by):
        raise Refused(words)
    if resolutions.is_refused(proposal.id):
        raise Refused(f"ที่ประชุมไม่รับรองมติของคำขอ {proposal.code} จึงเตรียมจ่ายเพิ่มไม่ได้ กรุณาปิดเรื่อง")
    _refuse_more_than_is_left(proposal, satang)
    vendor, account = _payee(vendor_id)
    if vendor.user_id == by.id:
        raise Refused(OWN_ADVANCE)
    rule = Profile.here().spending.signing_of(satang)
    withheld = withholding.computed(tax, satang=satang, vendor=vendor) if tax is not None else None
    order = PaymentOrder(
        proposal_id=proposal.id,
        satang=satang,
        withheld_satang=withheld.satang if withheld is not None else 0,
        vendor_account_id=account.id,
        vendor=vendor.name,
        vendor_bank=account.bank_code,
        vendor_account=account.number,
        invoice=" ".join(invoice.split())[:60],
        signatures=rule.needed,
        signing_group=rule.always,
        prepared_at=clock.now(),
        prepared_by_id=by.id,
        again_of_id=again_of.id if again_of is not None else None,
    )
    session.add(order)
    session.flush()
    if withheld is not None:
        withheld.order_id = order.id
        session.add(withheld)
        session.flush()
    audit.record(
        Deed.PAYMENT_PREPARE,
        f"payment_order:{order.id}",
        by=by,
        proposal=proposal.code,
        satang=satang,
        vendor=vendor.name,
        account=f"{account.bank_code} {account.number}",
        **({"withheld": order.withheld_satang} if withheld is not None else {}),
    )
    return order


def _refuse_more_than_is_left(proposal: Proposal, satang: int) -> None:
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


def approve(order_id: int, *, by: User) -> PaymentOrder:
    """A signatory who neither asked for the help nor prepared the payment approves it; once the rule is met it may leave
    the bank. Approving it again changes nothing."""
    order = lock_order(order_id)
    session = db.session()
    session.expire(order, ["approvals"])
    if order.withdrawn_at is not None:
        raise Refused("รายการนี้ยกเลิกไปแล้ว จึงอนุมัติไม่ได้ กรุณาเปิดหน้าจ่ายเงินใหม่")
    if any(approval.user_id == by.id for approval in order.approvals):
        return order
    if order.approved_at is not None:
        names = " และ ".join(approval.user.name for approval in order.approvals)
        raise Refused(f"{names} อนุมัติรายการนี้ครบแล้วเมื่อ {moment_text(order.approved_at)}")
    if words := why_not_approve(order, by=by):
        raise Refused(words)
    signatory = signatories.of(by)
    assert signatory is not None
    now = clock.now()
    session.add(
        PaymentApproval(
            order_id=order.id, signatory_id=signatory.id, user_id=by.id, on_day=clock.today(), at=now
        )
    )
    session.flush()
    session.expire(order, ["approvals"])
    if signatories.is_met(order.signatures, order.signing_group, order.approvals):
        order.approved_at = now
        session.flush()
    audit.record(
        Deed.PAYMENT_APPROVE,
        f"payment_order:{order.id}",
        by=by,
        proposal=order.proposal.code,
        satang=order.satang,
        vendor=order.vendor,
        prepared_by=order.prepared_by.sign_in_name,
    )
    return order


def withdraw(order_id: int, *, reason: str, by: User) -> PaymentOrder:
    """The payment is not made: a mistake, or the approver says no. Before its transfer is recorded only."""
    if not by.has(*APPROVERS) and signatories.of(by) is None:
        raise Refused("เฉพาะเจ้าหน้าที่การเงิน ประธาน หรือผู้มีอำนาจลงนามเท่านั้นที่ยกเลิกรายการเตรียมจ่ายได้")
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


def _payee(vendor_id: int) -> tuple[Vendor, VendorAccount]:
    vendor = db.session().get(Vendor, vendor_id) if abs(vendor_id) < 2**63 else None
    account = vendors.account_of(vendor) if vendor is not None and vendor.closed_at is None else None
    if vendor is None or account is None:
        raise Refused("ผู้รับเงินรายนี้ยังไม่ได้ยืนยันหรือปิดไปแล้ว กรุณาเลือกผู้รับเงินจากรายการ หรือเสนอผู้รับเงินใหม่")
    return vendor, account


def file_line(order_id: int) -> TransferFileLine | None:
    """Where this payment stands in a transfer file."""
    return db.session().scalars(select(TransferFileLine).filter_by(order_id=order_id)).one_or_none()


def chain(order_id: int) -> list[int]:
    """The order and those that failed before it, in whose place it stands: what is kept of one is kept of all."""
    found, session = [order_id], db.session()
    while (before := session.get_one(PaymentOrder, found[-1]).again_of_id) is not None:
        found.append(before)
    return found


def open_orders() -> list[PaymentOrder]:
    """Orders that wait for their approval or their transfer, those that wait longest first."""
    return list(db.session().scalars(select(PaymentOrder).where(sums.OPEN).order_by(PaymentOrder.id)))
