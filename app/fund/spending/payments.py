"""Payments: transfers of what was approved are written down as vouchers, and what is not needed is given back."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.fund.committee import commitments
from app.fund.committee.proposals import state_name
from app.fund.committee.records import Proposal, ProposalState
from app.fund.giving.payment_requests.payees import receiving_account
from app.fund.giving.records.payment_requests import FundAccount
from app.fund.ledger import entries
from app.fund.spending import bank_lines, guards, orders, sums, tracing, vendors, withholding
from app.fund.spending.records import Payment, PaymentOrder, VendorAccount, VoucherBook
from app.fund.spending.refusals import WITH_THE_BANK
from app.fund.spending.sums import remaining
from app.kit import clock, queue
from app.kit.db import db, is_sqlite, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import arabic_digits, fiscal_year_be, short_date
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


def record(order_id: int, *, transfer_ref: str, paid_on: date, by: User) -> Payment:
    """The transfer of an approved payment is written down under the next voucher number, and the money is spent.

    `paid_on` is the day of the transfer in Thailand, not before the approval; the voucher's fiscal year is that of
    the day it enters the books. Which donations paid is traced, and tax withheld certified, in the same transaction. Recording the same transfer again
    changes nothing. Raises Refused before approval, for a payer who asked or voted, and for a transfer written down
    for another payment.
    """
    # As the bank writes it, however it was typed: the same transfer must not pay twice.
    reference = arabic_digits("".join(transfer_ref.split())).upper()
    if not 0 < len(reference) <= 60:
        raise BadInput("ต้องใส่เลขอ้างอิงการโอนของธนาคาร ไม่เกิน 60 ตัวอักษร")
    order = orders.lock_order(order_id)
    proposal, before = order.proposal, order.payment
    if before is not None:
        if before.transfer_ref == reference and before.voided_at is None:
            return before
        raise Refused(f"รายการนี้บันทึกการโอนเป็นใบสำคัญ {before.code} ไปแล้ว ระบบไม่บันทึกซ้ำ")
    _refuse_what_may_not_leave(order, paid_on=paid_on, by=by)
    session, today = db.session(), clock.today()
    payment = Payment(
        fiscal_year_be=fiscal_year_be(today),
        number=_next_number(fiscal_year_be(today)),
        proposal_id=proposal.id,
        order_id=order.id,
        account_id=paying_account().id,
        satang=order.satang,
        withheld_satang=order.withheld_satang,
        vendor=order.vendor,
        vendor_bank=order.vendor_bank,
        vendor_account=order.vendor_account,
        transfer_ref=reference,
        invoice=order.invoice,
        paid_on=paid_on,
        paid_at=clock.now(),
        paid_by_id=by.id,
    )
    session.add(payment)
    session.flush()
    # The entry first: it holds the purpose's accounts, so that no donation found below is taken back meanwhile.
    for step, (purpose_id, satang) in enumerate(commitments.spread(proposal, order.satang), start=1):
        entries.pay(purpose_id=purpose_id, satang=satang, payment_id=payment.id, by_id=by.id, step=step)
        tracing.trace(payment.id, purpose_id=purpose_id, satang=satang)
    withholding.certify(payment, order)
    bank_lines.meet(payment)
    audit.record(
        Deed.PAYMENT_PAY,
        f"payment:{payment.id}",
        by=by,
        voucher=payment.code,
        proposal=proposal.code,
        satang=order.satang,
        vendor=order.vendor,
        reference=reference,
        prepared_by=order.prepared_by.sign_in_name,
        approved_by=", ".join(approval.user.sign_in_name for approval in order.approvals),
        **({"withheld": order.withheld_satang} if order.withheld_satang else {}),
    )
    queue.ask("publish", key="edition")
    return payment


def _refuse_what_may_not_leave(order: PaymentOrder, *, paid_on: date, by: User) -> None:
    if order.withdrawn_at is not None:
        raise Refused("รายการนี้ยกเลิกไปแล้ว จึงบันทึกการโอนไม่ได้ กรุณาเตรียมจ่ายใหม่")
    if order.approved_at is None:
        raise Refused("รายการนี้ยังไม่มีผู้อนุมัติให้จ่าย กรุณารอการอนุมัติก่อนโอนเงิน")
    if words := orders.why_not(order.proposal, by=by) or orders.own_advance(order, by=by):
        raise Refused(words)
    line = orders.file_line(order.id)
    if line is not None and line.result != "paid":
        raise Refused(WITH_THE_BANK)
    account = db.session().get_one(VendorAccount, order.vendor_account_id)
    # What went with a file has left already, into the account that was the vendor's when it was made.
    if line is None and (
        account.vendor.closed_at is not None or vendors.account_of(account.vendor) is not account
    ):
        raise Refused("ผู้รับเงินปิดหรือเปลี่ยนบัญชีไปแล้ว กรุณายกเลิกรายการนี้ แล้วเตรียมจ่ายใหม่เข้าบัญชีปัจจุบัน")
    approved_on, today = order.approved_at.astimezone(clock.BANGKOK).date(), clock.today()
    if not approved_on <= paid_on <= today:
        raise Refused(
            f"วันที่โอนต้องอยู่ระหว่างวันที่อนุมัติให้จ่าย ({short_date(approved_on)}) ถึงวันนี้ ({short_date(today)}) "
            "กรุณาตรวจวันที่อีกครั้ง"
        )


def paying_account() -> FundAccount:
    """The fund's account out of which payments go. Raises Refused while there is none."""
    statement = select(FundAccount).where(FundAccount.state == "open").order_by(FundAccount.id).limit(1)
    found = receiving_account() or db.session().scalars(statement).one_or_none()
    if found is None:
        raise Refused("กองทุนยังไม่มีบัญชีธนาคารที่เปิดใช้ จึงบันทึกการจ่ายไม่ได้")
    return found


def settle(proposal_code: str, *, reason: str = "", by: User) -> Proposal:
    """Nothing more will be paid for the proposal: what is left of the resolution is available again.

    Whoever pays less than was approved says why (`reason`), and has entered before what each thing truly cost, so
    that all that was bought can be given. Raises BadInput without a reason, Refused for what would be stranded.
    """
    if not by.has(Role.FINANCE, Role.FUND_OFFICER):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือฝ่ายเลขานุการกองทุนเท่านั้นที่ปิดเรื่องได้")
    proposal = orders.lock_proposal(proposal_code)
    approved, paid = remaining([proposal]).get(proposal.id, (0, 0))
    if proposal.state != ProposalState.APPROVED:
        raise Refused(f"ปิดเรื่องไม่ได้ เพราะคำขอ {proposal.code} มีสถานะ “{state_name(proposal.state)}”")
    if waiting := sums.prepared([proposal])[proposal.id]:
        raise Refused(
            f"ปิดเรื่องไม่ได้ เพราะยังมีรายการที่เตรียมจ่ายค้างอยู่ {format_baht(waiting)} บาท กรุณาจ่ายหรือยกเลิกรายการนั้นก่อน"
        )
    rest = approved - paid
    why = visible(reason)
    if len(why) > 300 or (rest > 0 and not why):
        raise BadInput("จ่ายน้อยกว่าที่อนุมัติ กรุณาบอกเหตุผลไม่เกิน 300 ตัวอักษร เช่น ผู้ขายลดราคา หรือไม่ซื้อแล้ว")
    if words := guards.against_settling(proposal.code, paid):
        raise Refused(words)
    proposal.state, proposal.settled_reason = ProposalState.SETTLED, why if rest > 0 else ""
    db.session().flush()
    commitments.release_unpaid(proposal.id, by=by)
    audit.record(
        Deed.PROPOSAL_SETTLE,
        f"proposal:{proposal.id}",
        by=by,
        code=proposal.code,
        paid=paid,
        released=rest,
        reason=why,
    )
    queue.ask("publish", key="edition")
    return proposal


def _next_number(year: int) -> int:
    """The next voucher number of a fiscal year. The book is held to the end, so no number is lost or used twice."""
    session = db.session()
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    session.execute(insert(VoucherBook).values(fiscal_year_be=year, last_number=0).on_conflict_do_nothing())
    book = lock(VoucherBook, year)
    book.last_number += 1
    session.flush()
    return book.last_number
