"""Bank lines: with which line of the bank each payment left the account, and what other lines of money out were for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, true
from sqlalchemy.orm import aliased

from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.spending import paid_lines
from app.fund.spending.records import STANDS, OutgoingMatch, Payment
from app.fund.spending.records.returns import PaymentReturn
from app.fund.spending.records.withholding import TaxRemittance
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, lock, transaction
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: So many payments are offered for a line.
_MOST_CANDIDATES = 20
_MATCHED = select(OutgoingMatch.event_id).where(OutgoingMatch.event_id == BankEvent.id).exists()


def of(payment_id: int) -> OutgoingMatch | None:
    """The line with which this payment left."""
    return db.session().scalars(select(OutgoingMatch).filter_by(payment_id=payment_id)).one_or_none()


def unmet() -> Select[Payment]:
    """Payments that no line of the bank bears out yet, the oldest first."""
    met = select(OutgoingMatch.id).where(OutgoingMatch.payment_id == Payment.id).exists()
    return select(Payment).where(STANDS, ~met).order_by(Payment.paid_on, Payment.id)


def overdue() -> list[Payment]:
    """Those of them that the bank should have told of by now."""
    last = clock.today() - timedelta(days=Profile.here().spending.bank_line_days)
    return list(db.session().scalars(unmet().where(Payment.paid_on < last)))


def unexplained() -> Select[BankEvent]:
    """Lines of a statement with money out that nobody knows a payment or a reason of, the oldest first."""
    return (
        select(BankEvent)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(
            BankEvent.satang < 0,
            BankEvent.source == "statement",
            ReconciliationItem.match_reason == MatchReason.OUTGOING,
            ~_MATCHED,
        )
        .order_by(BankEvent.occurred_at, BankEvent.id)
    )


def count_unexplained() -> tuple[int, datetime | None]:
    """How many there are, and since when."""
    lines = unexplained().order_by(None).subquery()
    count, first = db.session().execute(select(func.count(), func.min(lines.c.occurred_at))).one()
    return int(count), first


def candidates(lines: Sequence[BankEvent]) -> dict[int, list[Payment]]:
    """For each line's id: payments of which this sum left the bank, that no line bears out yet and that were not made
    after it, the oldest first; in one query for all."""
    left = Payment.satang - Payment.withheld_satang
    nth = func.row_number().over(partition_by=left, order_by=(Payment.paid_on, Payment.id))
    numbered = (
        unmet()
        .with_only_columns(Payment.id, nth.label("nth"))
        .order_by(None)
        .where(left.in_({-line.satang for line in lines}))
        .subquery()
    )
    oldest = (
        select(Payment)
        .join(numbered, numbered.c.id == Payment.id)
        .where(numbered.c.nth <= _MOST_CANDIDATES)
        .order_by(Payment.paid_on, Payment.id)
    )
    several = db.session().scalars(oldest).all() if lines else []
    return {
        line.id: [
            payment
            for payment in several
            if payment.satang - payment.withheld_satang == -line.satang
            and payment.paid_on <= line.occurred_at.astimezone(BANGKOK).date()
        ]
        for line in lines
    }


def link(event_id: int, *, payment_id: int, by: User | None) -> OutgoingMatch:
    """The payment left with this line: the same sum, out of the account. One line makes one payment (database).

    Linking the same again changes nothing. Raises Refused for another sum, a line that is taken and a payment that was voided.
    """
    if by is not None and not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่จับคู่รายการเงินออกได้")
    payment, line = lock(Payment, payment_id), _lock_line(event_id)
    session = db.session()
    taken = session.scalars(select(OutgoingMatch).filter_by(event_id=event_id)).one_or_none()
    if taken is not None and taken.payment_id == payment.id:
        return taken
    if taken is not None or of(payment.id) is not None:
        raise Refused("รายการธนาคารหรือใบสำคัญนี้จับคู่ไปแล้ว กรุณายกเลิกการจับคู่เดิมก่อน")
    if payment.voided_at is not None or line.satang != -payment.net_satang:
        raise Refused(
            f"จับคู่ไม่ได้ เพราะใบสำคัญ {payment.code} ยอดโอน {format_baht(payment.net_satang)} บาท "
            f"รายการธนาคารออก {format_baht(-line.satang)} บาท หรือใบสำคัญยกเลิกไปแล้ว"
        )
    made = _keep(event_id, payment_id=payment.id, by=by)
    audit.record(
        Deed.PAYMENT_MEET,
        f"payment:{payment.id}",
        by=by,
        voucher=payment.code,
        out=event_id,
        satang=payment.net_satang,
    )
    return made


def explain(event_id: int, *, reason: str, by: User) -> OutgoingMatch:
    """The line made no payment of ours: a fee, a transfer between the fund's own accounts."""
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่บอกได้ว่ารายการเงินออกนี้คืออะไร")
    why = visible(reason)
    if not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกว่าเงินออกนี้คืออะไร เช่น ค่าธรรมเนียมธนาคาร ไม่เกิน 300 ตัวอักษร")
    _lock_line(event_id)
    if db.session().scalar(select(OutgoingMatch.id).filter_by(event_id=event_id)) is not None:
        raise Refused("รายการนี้จับคู่หรืออธิบายไว้แล้ว กรุณาเปิดหน้านี้ใหม่")
    made = _keep(event_id, reason=why, by=by)
    audit.record(Deed.PAYMENT_LINE_EXPLAIN, f"bank_event:{event_id}", by=by, reason=why)
    return made


def _lock_line(event_id: int) -> BankEvent:
    """A line, held against the withdrawal of its statement, which holds its lines before it looks what hangs on them.

    Not one that waits for a decision: it may be a donation that the bank took back, and one line is one thing."""
    item = lock(ReconciliationItem, event_id)
    line = item.event
    if line.source == "withdrawn":
        raise Refused("ไฟล์ของรายการนี้ถูกถอนไปแล้ว รายการนี้จึงไม่บอกเงินออกใด กรุณาใช้รายการของไฟล์ที่ถูกต้อง")
    if item.state in (ReconciliationState.NEW, ReconciliationState.WAITING):
        raise Refused("รายการนี้รอเจ้าหน้าที่ตัดสินที่หน้ารายการธนาคาร เช่น ธนาคารเรียกเงินคืน กรุณาตัดสินที่นั่นก่อน")
    return line


def _keep(
    event_id: int, *, payment_id: int | None = None, reason: str = "", by: User | None
) -> OutgoingMatch:
    made = OutgoingMatch(
        event_id=event_id,
        payment_id=payment_id,
        reason=reason,
        matched_at=clock.now(),
        matched_by_id=by.id if by else None,
    )
    session = db.session()
    session.add(made)
    session.flush()
    return made


def unlink(event_id: int, *, by: User) -> None:
    """The line was something else: it and the payment wait for each other again, and tax that it remitted is owed again."""
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่ยกเลิกการจับคู่ได้")
    session, same = db.session(), select(OutgoingMatch).filter_by(event_id=event_id)
    known = session.scalars(same).one_or_none()
    # The payment before the line, as `link` holds them.
    payment = lock(Payment, known.payment_id) if known is not None and known.payment_id else None
    lock(ReconciliationItem, event_id)
    known = session.scalars(same).one_or_none()
    if known is None:
        return
    if payment is not None and payment.voided_at is not None:
        raise Refused("เงินของใบสำคัญนี้กลับเข้าบัญชีแล้ว จึงยกเลิกการจับคู่ไม่ได้")
    if payment is not None and payment.void_event_id is not None:
        # Once it is voided it meets no line any more: its money out would stand unexplained for ever.
        raise Refused("มีผู้ขอยกเลิกใบสำคัญนี้เพราะเงินโอนกลับ จึงยกเลิกการจับคู่ไม่ได้ กรุณายืนยันหรือไม่ยืนยันคำขอนั้นก่อน")
    audit.record(
        Deed.PAYMENT_UNMEET, f"bank_event:{event_id}", by=by, payment=known.payment_id, reason=known.reason
    )
    session.execute(delete(TaxRemittance).filter_by(match_id=known.id))
    session.delete(known)
    session.flush()


def meet(payment: Payment) -> OutgoingMatch | None:
    """Link the payment by itself where one line alone bears its reference and its sum."""
    line = paid_lines.line_of(payment)
    if line is None:
        return None
    item = db.session().get(ReconciliationItem, line.id)
    if item is None or item.state != ReconciliationState.EXCLUDED:
        return None
    known = db.session().scalars(select(OutgoingMatch).filter_by(event_id=line.id)).one_or_none()
    return None if known is not None else link(line.id, payment_id=payment.id, by=None)


def meet_all() -> Mapping[str, Any]:
    """The job: every payment whose line has come in since."""
    met = 0
    for number in db.session().scalars(unmet().with_only_columns(Payment.id)).all():
        with transaction() as session:
            payment = session.get_one(Payment, number)
            met += payment.voided_at is None and of(number) is None and meet(payment) is not None
    return {"met": met}


def came_back(payment: Payment) -> list[BankEvent]:
    """Lines of money in with which this payment may have come back: the same sum since it left, and no donation."""
    other = aliased(Payment)
    used = select(other.id).where(other.void_event_id == BankEvent.id, other.id != payment.id).exists()
    returned = select(PaymentReturn.id).where(
        PaymentReturn.event_id == BankEvent.id, PaymentReturn.declined_at.is_(None)
    )
    same = _in_since(payment).where(BankEvent.satang == payment.net_satang, ~used, ~returned.exists())
    return list(db.session().scalars(same.order_by(BankEvent.occurred_at).limit(20)))


def came_back_in_part(payment: Payment, *, most: int, event_id: int | None = None) -> list[BankEvent]:
    """Lines of money in with which a part of this payment may have come back, the newest first: no more than `most` satang,
    since it left, no donation, and brought back nothing else. With `event_id` that line alone, or none."""
    voided = select(Payment.id).where(Payment.void_event_id == BankEvent.id)
    returned = select(PaymentReturn.id).where(
        PaymentReturn.event_id == BankEvent.id,
        PaymentReturn.payment_id != payment.id if event_id is not None else true(),
        PaymentReturn.declined_at.is_(None),
    )
    lines = _in_since(payment).where(BankEvent.satang.between(1, most), ~voided.exists(), ~returned.exists())
    if event_id is not None:
        lines = lines.where(BankEvent.id == event_id)
    return list(db.session().scalars(lines.order_by(BankEvent.occurred_at.desc()).limit(20)))


def _in_since(payment: Payment) -> Select[BankEvent]:
    """Lines since the payment left that may still be said to be no donation."""
    open_ = (ReconciliationState.NEW, ReconciliationState.WAITING, ReconciliationState.EXCLUDED)
    return (
        select(BankEvent)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(
            BankEvent.source != "withdrawn",
            BankEvent.occurred_at >= datetime.combine(payment.paid_on, time(), BANGKOK),
            ReconciliationItem.state.in_(open_),
        )
    )


def told(event_id: int) -> tuple[str, int | None]:
    """What a line of the bank has to do with payments, in words, with the payment's id: it paid it, or brought it back."""
    session = db.session()
    match = session.scalars(select(OutgoingMatch).filter_by(event_id=event_id)).one_or_none()
    if match is not None:
        return (
            (f"ใบสำคัญจ่าย {match.payment.code} {match.payment.vendor}", match.payment_id)
            if match.payment
            else (
                match.reason,
                None,
            )
        )
    back = session.scalars(select(Payment).filter_by(void_event_id=event_id)).one_or_none()
    if back is not None:
        return f"เงินโอนกลับของใบสำคัญจ่าย {back.code}", back.id
    part = select(PaymentReturn).where(
        PaymentReturn.event_id == event_id, PaymentReturn.declined_at.is_(None)
    )
    returned = session.scalars(part).one_or_none()
    if returned is not None:
        return f"เงินคืนบางส่วนของใบสำคัญจ่าย {returned.payment.code}", returned.payment_id
    return "", None
