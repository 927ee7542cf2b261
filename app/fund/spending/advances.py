"""Advances: money paid to a named officer, cleared by papers of what it bought, within the days that the province sets."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.fund.spending import orders
from app.fund.spending.records import (
    STANDS,
    AdvanceClearing,
    Payment,
    PaymentOrder,
    Vendor,
    VendorAccount,
    VendorKind,
)
from app.fund.spending.records.returns import PaymentReturn
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


@dataclass(frozen=True, slots=True)
class Advance:
    """A payment to an officer, what papers cleared of it, in satang, and the day on which all of it must be cleared or back."""

    payment: Payment
    cleared: int
    due_on: date

    @property
    def left(self) -> int:
        """Paid, less what was paid back, less what was cleared; in satang."""
        return self.payment.kept_satang - self.cleared

    @property
    def is_overdue(self) -> bool:
        return self.left > 0 and self.due_on < clock.today()


_TO_OFFICERS = (
    select(Payment)
    .join(PaymentOrder, PaymentOrder.id == Payment.order_id)
    .join(VendorAccount, VendorAccount.id == PaymentOrder.vendor_account_id)
    .join(Vendor, Vendor.id == VendorAccount.vendor_id)
    .where(Vendor.kind == VendorKind.OFFICER, STANDS)
)
_CLEARED = (
    select(func.coalesce(func.sum(AdvanceClearing.satang), 0))
    .where(AdvanceClearing.payment_id == Payment.id)
    .scalar_subquery()
)


def of(payment_id: int) -> Advance | None:
    """The payment as an advance; None when it was paid to nobody who clears it, or voided."""
    row = db.session().execute(_TO_OFFICERS.add_columns(_CLEARED).where(Payment.id == payment_id)).first()
    return _advance(row[0], row[1]) if row is not None else None


def open_() -> list[Advance]:
    """Advances that are not cleared or paid back in full, those that are due first."""
    rows = _TO_OFFICERS.add_columns(_CLEARED).where(Payment.kept_satang > _CLEARED)
    return [
        _advance(payment, cleared)
        for payment, cleared in db.session().execute(rows.order_by(Payment.paid_on, Payment.id))
    ]


def _advance(payment: Payment, cleared: int) -> Advance:
    days = timedelta(days=Profile.here().spending.advance_days)
    return Advance(payment, int(cleared), payment.paid_on + days)


def clearings(payment_id: int) -> list[AdvanceClearing]:
    """What cleared this advance, in the order in which it came."""
    statement = select(AdvanceClearing).filter_by(payment_id=payment_id).order_by(AdvanceClearing.id)
    return list(db.session().scalars(statement))


def _coming_back(payment_id: int) -> int:
    """Satang of it that came back, as somebody asked and nobody has confirmed."""
    waits = select(func.coalesce(func.sum(PaymentReturn.satang), 0)).where(
        PaymentReturn.payment_id == payment_id,
        PaymentReturn.confirmed_at.is_(None),
        PaymentReturn.declined_at.is_(None),
    )
    return int(db.session().scalar(waits) or 0)


def clear(payment_id: int, *, satang: int, paper: str, by: User) -> AdvanceClearing:
    """So many satang of an advance were spent as a paper says: its number and what was bought. No money moves: the whole
    advance was paid already.

    Raises Refused for what is no advance, for more than is left of it and for who is not of finance; BadInput without a
    paper.
    """
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่บันทึกการล้างเงินยืมได้")
    words = visible(paper)
    if not 0 < len(words) <= 300:
        raise BadInput("กรุณาใส่เลขที่เอกสารและรายการที่ซื้อ ไม่เกิน 300 ตัวอักษร")
    if type(satang) is not int or satang <= 0:
        raise BadInput("จำนวนเงินที่ล้างต้องมากกว่าศูนย์")
    payment, session = lock(Payment, payment_id), db.session()
    if words := orders.own_advance(payment.order, by=by):
        raise Refused(words)
    advance = of(payment.id)
    if advance is None:
        raise Refused("ใบสำคัญนี้ไม่ใช่เงินยืมทดรองที่ยังมีผล จึงไม่มีอะไรให้ล้าง")
    if satang > advance.left:
        raise Refused(f"ล้างเกินเงินยืมที่เหลือไม่ได้ เหลือต้องล้าง {format_baht(advance.left)} บาท")
    if satang > advance.left - (back := _coming_back(payment.id)):
        raise Refused(
            f"มีเงินยืมที่จ่ายคืน {format_baht(back)} บาทรออีกท่านหนึ่งยืนยัน จึงล้างได้ไม่เกิน {format_baht(advance.left - back)} บาท"
        )
    made = AdvanceClearing(
        payment_id=payment.id, satang=satang, paper=words, cleared_at=clock.now(), cleared_by_id=by.id
    )
    session.add(made)
    session.flush()
    audit.record(
        Deed.PAYMENT_CLEAR, f"payment:{payment.id}", by=by, voucher=payment.code, satang=satang, reason=words
    )
    return made
