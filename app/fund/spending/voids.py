"""Voids: a wrong payment is taken back by two people, as long as no line of the bank says that its money left."""

from collections.abc import Iterable

from sqlalchemy import select

from app.fund.bank.reconciliation import decisions
from app.fund.committee import commitments
from app.fund.committee.records import ProposalState
from app.fund.ledger import entries
from app.fund.ledger.accounts import Account
from app.fund.ledger.entries import Entry, Movement
from app.fund.spending import advances, bank_lines, guards, orders, paid_lines, remittances, returns, sums
from app.fund.spending.orders import APPROVERS
from app.fund.spending.records import Payment
from app.kit import clock, queue
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.kit.thai import short_date
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


def in_the_way(payment: Payment, event_id: int | None = None) -> str:
    """Why this payment cannot be voided by anybody, in Thai; empty when it can. With the line that brought its money
    back it can, though it left."""
    if payment.voided_at is not None:
        return f"ใบสำคัญ {payment.code} ยกเลิกไปแล้ว"
    if event_id is not None and event_id not in {line.id for line in bank_lines.came_back(payment)}:
        return "เงินเข้ารายการนี้ยอดไม่เท่ากัน เข้าก่อนการโอน หรือลงเป็นเงินสมทบไปแล้ว กรุณาเลือกรายการอื่น"
    if any(back.waits for back in returns.of(payment.id)):
        return "มีเงินคืนบางส่วนของใบสำคัญนี้รออีกท่านหนึ่งยืนยัน กรุณายืนยันหรือไม่ยืนยันก่อน"
    if payment.returned_satang:
        return "เงินของใบสำคัญนี้คืนมาแล้วบางส่วน จึงยกเลิกทั้งใบไม่ได้ หากคืนมาอีกให้บันทึกเป็นเงินคืน"
    if advances.clearings(payment.id):
        return "ยกเลิกไม่ได้ เพราะเงินยืมนี้ล้างไปแล้วบางส่วนหรือทั้งหมด"
    if words := remittances.against_voiding(payment):
        return words
    match = bank_lines.of(payment.id)
    line = match.event if match is not None else paid_lines.line_of(payment)
    if line is not None and event_id is None:
        return (
            f"ยกเลิกไม่ได้ เพราะรายการเดินบัญชีวันที่ {short_date(line.occurred_at)} มีเงินออกตามเลขอ้างอิงและยอดนี้แล้ว "
            "เงินออกจากธนาคารไปจริง"
        )
    _, paid = sums.remaining([payment.proposal])[payment.proposal_id]
    return guards.against_voiding(payment.proposal.code, paid - payment.satang)


def ask(payment_id: int, *, reason: str, event_id: int | None = None, by: User) -> Payment:
    """A finance officer asks that a wrong payment be voided; another person confirms it. Asking again changes nothing.

    `event_id` is the line with which the bank or the payee sent the money back.
    Raises Refused when a line of the bank bears its reference and sum, and when what was given would then be worth
    more than what stays paid.
    """
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่ขอยกเลิกใบสำคัญจ่ายได้")
    why = visible(reason)
    if not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ยกเลิก ไม่เกิน 300 ตัวอักษร เช่น ลงผิดเรื่อง หรือโอนไม่สำเร็จ")
    payment = orders.lock_payment(payment_id)
    if payment.void_asked_at is not None and payment.voided_at is None:
        if payment.void_asked_by_id == by.id:
            return payment
        assert payment.void_asked_by is not None
        raise Refused(f"{payment.void_asked_by.name} ขอยกเลิกใบสำคัญนี้ไว้แล้ว รออีกท่านหนึ่งยืนยัน")
    if words := in_the_way(payment, event_id):
        raise Refused(words)
    if event_id is not None and bank_lines.of(payment.id) is None:
        # A voided payment meets no line any more: its money out would stand unexplained for ever.
        bank_lines.meet(payment)
    payment.void_reason, payment.void_asked_at, payment.void_asked_by_id = why, clock.now(), by.id
    payment.void_event_id = event_id
    db.session().flush()
    audit.record(
        Deed.PAYMENT_VOID_ASK,
        f"payment:{payment.id}",
        by=by,
        voucher=payment.code,
        satang=payment.satang,
        reason=why,
    )
    return payment


def why_not_confirm(payment: Payment, *, by: User) -> str:
    """Why this person may not confirm the void, in Thai; empty when they may."""
    if not by.has(*APPROVERS):
        return "เฉพาะเจ้าหน้าที่การเงินอีกท่านหรือประธานเท่านั้นที่ยืนยันการยกเลิกได้"
    if payment.void_asked_by_id == by.id:
        return "ท่านเป็นผู้ขอยกเลิก จึงยืนยันเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหรือประธานยืนยัน"
    return orders.own_advance(payment.order, by=by)


def confirm(payment_id: int, *, by: User) -> Payment:
    """The payment counts as paid no more: its entry is reversed, and its donations are free to pay for something else.

    The money is promised to the proposal again; of a proposal that was settled it is available again. The voucher
    stays under its number. Confirming again changes nothing.
    """
    payment = orders.lock_payment(payment_id)
    if payment.voided_at is not None and payment.voided_by_id == by.id:
        return payment
    if payment.void_asked_by is None:
        raise Refused("ใบสำคัญนี้ยังไม่มีผู้ขอยกเลิก หรือคำขอถูกถอนไปแล้ว กรุณาเปิดหน้านี้ใหม่")
    for words in (in_the_way(payment, payment.void_event_id), why_not_confirm(payment, by=by)):
        if words:
            raise Refused(words)
    if payment.void_event_id is not None:
        decisions.exclude_money_back(
            payment.void_event_id, reason=f"เงินโอนกลับของใบสำคัญจ่าย {payment.code}", by=by
        )
    session, proposal = db.session(), payment.proposal
    for step, (purpose_id, satang) in enumerate(paid_from(payment), start=1):
        entries.void(purpose_id=purpose_id, satang=satang, payment_id=payment.id, by_id=by.id, step=step)
    payment.voided_at, payment.voided_by_id = clock.now(), by.id
    session.flush()
    if proposal.state in (ProposalState.SETTLED, ProposalState.RESCINDED):
        commitments.release_unpaid(proposal.id, by=by)
    audit.record(
        Deed.PAYMENT_VOID,
        f"payment:{payment.id}",
        by=by,
        voucher=payment.code,
        satang=payment.satang,
        asked_by=payment.void_asked_by.sign_in_name,
        reason=payment.void_reason,
    )
    queue.ask("publish", key="edition")
    return payment


def paid_from(payment: Payment) -> list[tuple[int, int]]:
    """What the payment took of each purpose, in satang, in the order in which it did."""
    taken = (
        select(Account.purpose_id, Entry.satang)
        .join(Account, Account.id == Entry.debit_id)
        .where(Entry.payment_id == payment.id, Entry.movement == Movement.PAY.value)
        .order_by(Entry.step)
    )
    return [(number, int(satang)) for number, satang in db.session().execute(taken)]


def waiting_for(by: User, several: Iterable[Payment]) -> list[Payment]:
    """Those of these asked voids that this person may confirm, in as many queries for ten as for one."""
    found = (
        [payment for payment in several if payment.void_asked_by_id != by.id] if by.has(*APPROVERS) else []
    )
    own = orders.own_advances(by) if found else set()
    return [payment for payment in found if payment.order_id not in own]


def decline(payment_id: int, *, by: User) -> Payment:
    """The payment stays: whoever asked takes it back, or another person says no. The trail keeps that it was asked."""
    if not by.has(*APPROVERS):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือประธานเท่านั้นที่ไม่ยืนยันการยกเลิกได้")
    payment = orders.lock_payment(payment_id)
    if payment.voided_at is not None:
        raise Refused(f"ใบสำคัญ {payment.code} ยกเลิกไปแล้ว")
    if payment.void_asked_by is None:
        return payment
    audit.record(
        Deed.PAYMENT_VOID_DECLINE,
        f"payment:{payment.id}",
        by=by,
        voucher=payment.code,
        asked_by=payment.void_asked_by.sign_in_name,
        reason=payment.void_reason,
    )
    payment.void_reason, payment.void_asked_at, payment.void_asked_by_id = "", None, None
    payment.void_event_id = None
    db.session().flush()
    return payment


def waiting() -> list[Payment]:
    """Payments that somebody asked to void, those that wait longest first."""
    statement = select(Payment).where(Payment.void_asked_at.is_not(None), Payment.voided_at.is_(None))
    return list(db.session().scalars(statement.order_by(Payment.void_asked_at)))
