"""Retries: what the bank could not transfer is prepared anew for the same vendor in one press, and goes out in a further file."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.fund.committee.records import Proposal, ProposalState
from app.fund.spending import order_lines, orders, sums, vendors, withholding
from app.fund.spending.order_lines import Invoice, Line
from app.fund.spending.records import Payment, PaymentOrder, TransferFileLine, Vendor, VendorAccount
from app.fund.spending.withholding import TaxChoice
from app.kit.db import db
from app.kit.errors import Refused
from app.kit.thai import moment_text
from app.staff import approvals
from app.staff.users import User

#: So many are shown, those that failed first first.
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Failed:
    """A payment that the bank could not transfer, with the order that stands in its place, where there is one already."""

    order: PaymentOrder
    again: PaymentOrder | None
    #: What it waits for, in Thai.
    words: str
    may_prepare: bool


def failed() -> list[Failed]:
    """Payments that the bank could not transfer and that were not paid since, the oldest first.

    Those whose money was prepared otherwise meanwhile are none: nothing of their resolution is left for them.
    """
    session = db.session()
    known = list(session.scalars(_waiting().limit(_SHOWN)))
    again = {
        order.again_of_id: order
        for order in session.scalars(
            select(PaymentOrder).where(
                PaymentOrder.again_of_id.in_([order.id for order in known]),
                PaymentOrder.withdrawn_at.is_(None),
            )
        )
    }
    proposals = [order.proposal for order in known]
    left, prepared = sums.remaining(proposals), sums.prepared(proposals)
    found = []
    for order in known:
        standing = again.get(order.id)
        if standing is not None:
            found.append(Failed(order, standing, _step(standing), False))
            continue
        approved, paid = left.get(order.proposal_id, (0, 0))
        if order.satang <= approved - paid - prepared[order.proposal_id]:
            why = why_not_again(order)
            found.append(Failed(order, None, why or _ready(order), not why))
    return found


def _waiting() -> Select[PaymentOrder]:
    later, line = aliased(PaymentOrder), aliased(TransferFileLine)
    paid = select(Payment.id).where(Payment.order_id == later.id).exists()
    failed_too = select(line.id).where(line.order_id == later.id, line.result == "failed").exists()
    taken_over = select(later.id).where(later.again_of_id == PaymentOrder.id, paid | failed_too).exists()
    return (
        select(PaymentOrder)
        .join(TransferFileLine, TransferFileLine.order_id == PaymentOrder.id)
        .join(Proposal, Proposal.id == PaymentOrder.proposal_id)
        .where(TransferFileLine.result == "failed", Proposal.state == ProposalState.APPROVED, ~taken_over)
        .order_by(PaymentOrder.id)
    )


def _step(order: PaymentOrder) -> str:
    if order.approved_at is None:
        return "เตรียมใหม่แล้ว รอผู้มีอำนาจลงนามอนุมัติ"
    line = orders.file_line(order.id)
    return f"อยู่ในไฟล์ที่ {line.file_id} รอผลจากธนาคาร" if line is not None else "อนุมัติแล้ว รอทำไฟล์โอน"


def _vendor(order: PaymentOrder) -> Vendor:
    return db.session().get_one(VendorAccount, order.vendor_account_id).vendor


def _ready(order: PaymentOrder) -> str:
    account = vendors.account_of(_vendor(order))
    assert account is not None
    if account.id == order.vendor_account_id:
        return "เตรียมใหม่ได้ เข้าบัญชีเดิม ถ้าธนาคารแจ้งว่าบัญชีผิด ให้เปลี่ยนบัญชีของผู้รับเงินก่อน"
    return f"เตรียมใหม่ได้ เข้าบัญชีใหม่ {vendors.label(account)}"


def why_not_again(order: PaymentOrder) -> str:
    """What the payment waits for before it can be prepared anew, in Thai; empty when it can."""
    vendor = _vendor(order)
    if vendor.closed_at is not None or vendors.account_of(vendor) is None:
        return "ปิดผู้รับเงินไปแล้ว กรุณาเสนอผู้รับเงินใหม่ แล้วเตรียมจ่ายตามปกติ"
    if (account := vendors.coming(vendor)) is not None:
        return f"รอบัญชีใหม่ของผู้รับเงิน ใช้ได้ตั้งแต่ {moment_text(account.from_at)}"
    if approvals.waiting_for(vendors.CHANGE, f"vendor:{vendor.id}") is not None:
        return "รออีกท่านหนึ่งยืนยันบัญชีใหม่ของผู้รับเงิน"
    return ""


def prepare_again(order_id: int, *, by: User) -> PaymentOrder:
    """A payment that the bank could not transfer is prepared anew: the same sum, tax and lines, into the account that is the
    vendor's now. Pressing it twice changes nothing.

    Raises Refused for what did not fail, for what waits for an account, and for whoever may not prepare it.
    """
    order, session = orders.lock_order(order_id), db.session()
    line = orders.file_line(order.id)
    if line is None or line.result != "failed":
        raise Refused("เตรียมใหม่ได้เฉพาะรายการที่ธนาคารบอกว่าโอนไม่สำเร็จ")
    standing = select(PaymentOrder).filter_by(again_of_id=order.id).where(PaymentOrder.withdrawn_at.is_(None))
    if (known := session.scalars(standing).one_or_none()) is not None:
        return known
    if words := why_not_again(order):
        raise Refused(words)
    withheld, lines = withholding.of(order.id), order_lines.of(order.id)
    made = orders.prepare(
        proposal_code=order.proposal.code,
        satang=order.satang,
        vendor_id=_vendor(order).id,
        invoice=order.invoice,
        tax=TaxChoice(withheld.kind, withheld.address, withheld.base_satang, withheld.form)
        if withheld
        else None,
        again_of=order,
        by=by,
    )
    invoices = order_lines.invoices_of(order.id)
    if lines or invoices:
        order_lines.split(
            made.id,
            lines=[
                Line(
                    each.what,
                    each.quantity,
                    each.satang,
                    each.invoice.number if each.invoice else "",
                    each.line_id,
                )
                for each in lines
            ],
            invoices=[Invoice(each.number, each.issued_on, each.satang) for each in invoices],
            by=by,
        )
    return made
