"""Returns: a part of a payment that came back, or the rest of an advance, is taken into the books by two people and the line of
the bank that brought it."""

from collections.abc import Iterable, Iterator

from sqlalchemy import func, select

from app.fund.bank.reconciliation import decisions
from app.fund.bank.records import ReconciliationItem
from app.fund.committee import commitments
from app.fund.committee.records import ProposalState
from app.fund.ledger import entries
from app.fund.ledger.accounts import Account
from app.fund.ledger.entries import Entry, Movement
from app.fund.spending import advances, bank_lines, guards, orders, remittances, sums, tracing
from app.fund.spending.orders import APPROVERS
from app.fund.spending.records import Payment
from app.fund.spending.records.returns import PaymentReturn
from app.kit import clock, queue
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


def of(payment_id: int) -> list[PaymentReturn]:
    """What came back of a payment or may have, in the order in which it was asked; without what was declined."""
    known = select(PaymentReturn).where(
        PaymentReturn.payment_id == payment_id, PaymentReturn.declined_at.is_(None)
    )
    return list(db.session().scalars(known.order_by(PaymentReturn.id)))


def waiting() -> list[PaymentReturn]:
    """Returns that somebody asked for, those that wait longest first."""
    known = select(PaymentReturn).where(
        PaymentReturn.confirmed_at.is_(None), PaymentReturn.declined_at.is_(None)
    )
    return list(db.session().scalars(known.order_by(PaymentReturn.asked_at)))


def most(payment: Payment) -> int:
    """What may still come back of a payment, in satang: what left the bank, less what came back and what papers cleared of an
    advance."""
    left = payment.net_satang - payment.returned_satang
    return max(0, left - sum(cleared.satang for cleared in advances.clearings(payment.id)))


def in_the_way(payment: Payment, event_id: int) -> str:
    """Why the line cannot bring back a part of this payment, whoever asks, in Thai; empty when it can."""
    if payment.voided_at is not None:
        return f"ใบสำคัญ {payment.code} ยกเลิกไปแล้ว เงินทั้งก้อนไม่นับว่าจ่าย"
    if payment.void_asked_at is not None:
        return f"มีผู้ขอยกเลิกใบสำคัญ {payment.code} ทั้งใบไว้ กรุณายืนยันหรือไม่ยืนยันคำขอนั้นก่อน"
    left = most(payment)
    lines = bank_lines.came_back_in_part(payment, most=left, event_id=event_id)
    if not lines:
        return (
            f"เงินเข้ารายการนี้มากกว่าที่คืนได้ ({format_baht(left)} บาท) เข้าก่อนการโอน ใช้คืนเงินใบสำคัญอื่น "
            "หรือลงเป็นเงินสมทบไปแล้ว กรุณาเลือกรายการอื่น"
        )
    _, paid = sums.remaining([payment.proposal])[payment.proposal_id]
    gone = lines[0].satang + remittances.given_back(payment, lines[0].satang)
    return guards.against_voiding(payment.proposal.code, paid - gone)


def ask(payment_id: int, *, reason: str, event_id: int, by: User) -> PaymentReturn:
    """A finance officer says that the line brought back a part of the payment, as much as its sum; another person confirms it.

    Asking the same again changes nothing. Raises Refused for a line that cannot have brought it back, for more than is left of
    the payment, while its void or another return of it waits, and when what was given would then be worth more than what
    stays paid; BadInput without a reason.
    """
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่บันทึกเงินคืนจากการจ่ายได้")
    why = visible(reason)
    if not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ได้เงินคืน ไม่เกิน 300 ตัวอักษร เช่น ของส่งไม่ครบ หรือเงินยืมเหลือ")
    payment, session = orders.lock_payment(payment_id), db.session()
    for known in of(payment.id):
        if known.waits:
            if (known.asked_by_id, known.event_id) == (by.id, event_id):
                return known
            raise Refused(
                f"{known.asked_by.name} บันทึกเงินคืน {format_baht(known.satang)} บาทของใบสำคัญนี้ไว้แล้ว "
                "กรุณารออีกท่านหนึ่งยืนยันก่อน"
            )
    event = lock(ReconciliationItem, event_id).event
    if words := in_the_way(payment, event_id):
        raise Refused(words)
    made = PaymentReturn(
        payment_id=payment.id,
        satang=event.satang,
        event_id=event_id,
        reason=why,
        asked_at=clock.now(),
        asked_by_id=by.id,
    )
    session.add(made)
    session.flush()
    audit.record(
        Deed.PAYMENT_RETURN_ASK,
        f"payment:{payment.id}",
        by=by,
        voucher=payment.code,
        satang=made.satang,
        reason=why,
    )
    return made


def why_not_confirm(asked: PaymentReturn, *, by: User) -> str:
    """Why this person may not confirm the return, in Thai; empty when they may."""
    if not by.has(*APPROVERS):
        return "เฉพาะเจ้าหน้าที่การเงินอีกท่านหรือประธานเท่านั้นที่ยืนยันเงินคืนได้"
    if asked.asked_by_id == by.id:
        return "ท่านเป็นผู้บันทึกเงินคืน จึงยืนยันเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหรือประธานยืนยัน"
    return orders.own_advance(asked.payment.order, by=by)


def waiting_for(by: User, several: Iterable[PaymentReturn]) -> list[PaymentReturn]:
    """Those of these returns that this person may confirm, in as many queries for ten as for one."""
    found = [asked for asked in several if asked.asked_by_id != by.id] if by.has(*APPROVERS) else []
    own = orders.own_advances(by) if found else set()
    return [asked for asked in found if asked.payment.order_id not in own]


def confirm(return_id: int, *, by: User) -> PaymentReturn:
    """So much of the payment counts as paid no more, and its newest donations are free to pay for something else.

    The money is promised to the proposal again, by purpose last in first out; of a proposal that was settled or rescinded
    it is available again. Where all that the vendor was given came back before the tax of its month was remitted, the tax
    withheld comes back with it and its certificate counts no more. Confirming again changes nothing. Raises Refused for who asked, for a return that was declined, and
    where what was given would be worth more than what stays paid.
    """
    asked = _lock_return(return_id)
    payment, session = asked.payment, db.session()
    if asked.confirmed_by_id == by.id:
        return asked
    if not asked.waits:
        raise Refused("เงินคืนรายการนี้ยืนยันหรือไม่ยืนยันไปแล้ว กรุณาเปิดหน้านี้ใหม่")
    for words in (why_not_confirm(asked, by=by), in_the_way(payment, asked.event_id)):
        if words:
            raise Refused(words)
    decisions.exclude_money_back(asked.event_id, reason=f"เงินคืนบางส่วนของใบสำคัญจ่าย {payment.code}", by=by)
    tax = remittances.given_back(payment, asked.satang)
    shares = list(_shares(payment, asked.satang + tax))
    asked.confirmed_at, asked.confirmed_by_id, asked.tax_satang = clock.now(), by.id, tax
    session.flush()
    session.refresh(payment)
    for step, (purpose_id, satang) in enumerate(shares, start=1):
        entries.take_back(
            purpose_id=purpose_id, satang=satang, payment_return_id=asked.id, by_id=by.id, step=step
        )
    tracing.trace_back(asked.id, payment_id=payment.id, satang=asked.whole_satang)
    if payment.proposal.state in (ProposalState.SETTLED, ProposalState.RESCINDED):
        commitments.release_unpaid(payment.proposal_id, by=by)
    audit.record(
        Deed.PAYMENT_RETURN,
        f"payment:{payment.id}",
        by=by,
        voucher=payment.code,
        satang=asked.satang,
        asked_by=asked.asked_by.sign_in_name,
        reason=asked.reason,
        **({"withheld": tax} if tax else {}),
    )
    queue.ask("publish", key="edition")
    return asked


def decline(return_id: int, *, by: User) -> PaymentReturn:
    """It was no return: whoever asked takes it back, or another person says no. The line may bring back something else."""
    if not by.has(*APPROVERS):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือประธานเท่านั้นที่ไม่ยืนยันเงินคืนได้")
    asked = _lock_return(return_id)
    if asked.confirmed_at is not None:
        raise Refused("เงินคืนรายการนี้ยืนยันไปแล้ว จึงถอนไม่ได้")
    if asked.declined_at is not None:
        return asked
    asked.declined_at, asked.declined_by_id = clock.now(), by.id
    db.session().flush()
    audit.record(
        Deed.PAYMENT_RETURN_DECLINE,
        f"payment:{asked.payment_id}",
        by=by,
        voucher=asked.payment.code,
        satang=asked.satang,
        asked_by=asked.asked_by.sign_in_name,
        reason=asked.reason,
    )
    return asked


def _lock_return(return_id: int) -> PaymentReturn:
    known = db.session().get(PaymentReturn, return_id) if abs(return_id) < 2**63 else None
    if known is None:
        raise Refused("ไม่พบเงินคืนรายการนี้ กรุณาเปิดหน้าใบสำคัญจ่ายใหม่")
    orders.lock_payment(known.payment_id)
    return lock(PaymentReturn, return_id)


def _shares(payment: Payment, satang: int) -> Iterator[tuple[int, int]]:
    """How a return falls on the purposes that the payment took from: what was taken last comes back first. Purpose, satang."""
    held = select(Account.purpose_id, func.sum(Entry.satang)).join(Account, Account.id == Entry.debit_id)
    returned = (
        held.join(PaymentReturn, PaymentReturn.id == Entry.payment_return_id)
        .where(PaymentReturn.payment_id == payment.id)
        .group_by(Account.purpose_id)
    )
    back = {number: int(gone) for number, gone in db.session().execute(returned)}
    taken = held.where(Entry.payment_id == payment.id, Entry.movement == Movement.PAY.value)
    last_first = taken.group_by(Account.purpose_id).order_by(func.max(Entry.step).desc())
    rest = satang
    for purpose_id, took in db.session().execute(last_first):
        share = min(rest, int(took) - back.get(purpose_id, 0))
        if share > 0:
            yield purpose_id, share
            rest -= share
    if rest:
        raise Refused("เงินที่จ่ายไปไม่พอจะคืน กรุณาให้ผู้ตรวจสอบตรวจบัญชี")
