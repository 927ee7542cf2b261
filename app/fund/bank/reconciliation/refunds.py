"""Refunds: money that goes back to its giver, asked by one hand and approved by another."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.bank import decision_approvals
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.providers import inquiries
from app.fund.bank.records import Allocation, BankEvent, ReconciliationItem
from app.fund.giving.donations import donations
from app.fund.giving.records.donations import REFUNDED, Donation
from app.kit.db import Base, Id, Satang, UtcDateTime, db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import arabic_digits
from app.kit.worded import Worded
from app.province import banks
from app.staff import approvals
from app.staff.approvals import REFUND, ApprovalRequest, Deeds
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: Who approves: another finance officer or the chair. The secretariat enters pledges and is asked by givers for their
#: money; who hears the wish must not also release it, and the committee's resolutions are about help, not refunds.
APPROVERS = approvals.FINANCE_APPROVERS


class RefundState(Worded):
    """What became of the question whether money goes back."""

    ASKED = "asked", "รออนุมัติ", "warning"
    APPROVED = "approved", "อนุมัติแล้ว รอโอนคืน", "info"
    PAID = "paid", "โอนคืนแล้ว", "success"
    REFUSED = "refused", "ไม่อนุมัติ"


STATES = {state.value: state.pill for state in RefundState}


class Refund(Base):
    """One refund: of a donation or a part of it, or of a payment that never became a donation. What was asked never changes."""

    __tablename__ = "refund"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: The money as it came in.
    event_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"), index=True)
    #: Empty when the money never became a donation: then the whole event goes back.
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), index=True)
    satang: Mapped[int] = mapped_column(Satang)
    reason: Mapped[str] = mapped_column(String(300))
    payee: Mapped[str] = mapped_column(String(160))
    payee_bank: Mapped[str] = mapped_column(String(3))
    payee_account: Mapped[str] = mapped_column(String(20))
    #: Who asked and who answered. Empty only until it is asked, in the transaction that does so.
    approval_request_id: Mapped[int | None] = mapped_column(ForeignKey("approval_request.id"), unique=True)
    #: asked → approved → paid, or asked → refused, as the request was answered (trigger).
    state: Mapped[str] = mapped_column(String(10), default="asked")
    #: What it took back of the donation, from approval on.
    donation_reversal_id: Mapped[int | None] = mapped_column(ForeignKey("donation_reversal.id"), unique=True)
    #: The line of the bank with which the money left.
    paid_event_id: Mapped[int | None] = mapped_column(ForeignKey("bank_event.id"), unique=True)
    linked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    linked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    event: Mapped[BankEvent] = relationship(foreign_keys=[event_id])
    donation: Mapped[Donation | None] = relationship()
    request: Mapped[ApprovalRequest] = relationship(lazy="joined")
    linked_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[linked_by_id])

    __table_args__ = (
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint("state IN ('asked', 'approved', 'paid', 'refused')", name="known_state"),
        CheckConstraint("state = 'asked' OR approval_request_id IS NOT NULL", name="answered_request"),
        CheckConstraint(
            "(donation_reversal_id IS NOT NULL) = (donation_id IS NOT NULL AND state IN ('approved', 'paid'))",
            name="reversal_pair",
        ),
        CheckConstraint(
            "(state = 'paid') = (paid_event_id IS NOT NULL) AND (state = 'paid') = (linked_at IS NOT NULL) "
            "AND (state = 'paid') = (linked_by_id IS NOT NULL)",
            name="paid_triple",
        ),
        Index(
            "uq_refund_whole_event",
            "event_id",
            unique=True,
            sqlite_where=text("donation_id IS NULL AND state <> 'refused'"),
            postgresql_where=text("donation_id IS NULL AND state <> 'refused'"),
        ),
    )

    @property
    def asked_by(self) -> User:
        return self.request.asked_by

    @property
    def asked_at(self) -> datetime:
        return self.request.asked_at

    @property
    def answered_by(self) -> User | None:
        return self.request.decided_by

    @property
    def answered_at(self) -> datetime | None:
        return self.request.decided_at

    @property
    def answer(self) -> str:
        """Why it was refused."""
        return self.request.answer


def must_be(by: User, *roles: Role) -> None:
    """Raises Refused for whoever has none of these roles."""
    if not by.has(*roles):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินขอคืนเงินได้ และเจ้าหน้าที่การเงินอีกท่านหรือประธานเป็นผู้อนุมัติ")


def _reason(text_: str) -> str:
    reason = " ".join(text_.split())
    if not 3 <= len(reason) <= 300:
        raise BadInput("กรุณาบอกเหตุผล ไม่เกิน 300 ตัวอักษร")
    return reason


def _payee(payee: str, bank: str, account: str) -> tuple[str, str]:
    name, number = visible(payee), "".join(arabic_digits(account).replace("-", "").split())
    if not 1 <= len(name) <= 160:
        raise BadInput("กรุณากรอกชื่อบัญชีที่จะโอนคืน")
    if not (number.isascii() and number.isdigit() and 8 <= len(number) <= 20):
        raise BadInput("เลขที่บัญชีหรือพร้อมเพย์ที่จะโอนคืนต้องเป็นตัวเลข 8–20 หลัก")
    if not (bank.isascii() and bank.isdigit() and len(bank) == 3):
        raise BadInput(f"ไม่รู้จักธนาคารรหัส {bank} กรุณาเลือกจากรายการ")
    return name, number


def ask(
    *,
    event_id: int,
    donation_id: int | None = None,
    satang: int,
    reason: str,
    payee: str,
    payee_bank: str,
    payee_account: str,
    by: User,
) -> Refund:
    """Ask for money to go back: `satang` of a donation that this event became, or the whole event when it is no donation.

    Nothing is posted yet. Raises Refused for more than is left of the donation unspent and not asked back already, and for
    an event that has become donations when none is named.
    """
    must_be(by, Role.FINANCE)
    reason, (name, number) = _reason(reason), _payee(payee, payee_bank, payee_account)
    lock_reconciliation()
    item = lock(ReconciliationItem, event_id)
    decision_approvals.refuse_while_open(event_id)
    if donation_id is None:
        _may_go_back_whole(item, satang)
        item.state, item.match_reason = ReconciliationState.WAITING, MatchReason.REFUND
        item.reason = f"ขอคืนผู้โอน: {reason}"[:300]
        item.decided_at = item.decided_by_id = None
    else:
        _may_go_back(event_id, donation_id, satang)
    refund = Refund(
        event_id=event_id,
        donation_id=donation_id,
        satang=satang,
        reason=reason,
        payee=name,
        payee_bank=payee_bank,
        payee_account=number,
    )
    session = db.session()
    session.add(refund)
    session.flush()
    refund.approval_request_id = approvals.ask(
        kind=REFUND,
        # Of one payment several parts may be asked back at once: each is a matter of its own.
        subject=f"refund:{refund.id}",
        payload={"about": f"bank_event:{event_id}", "refund": refund.id, "satang": satang},
        changes=[
            ("คืนเงิน", "", f"{format_baht(satang)} บาท"),
            ("โอนคืนให้", "", f"{name} {banks.bank_name(payee_bank)} {number}"),
        ],
        reason=reason,
        by=by,
    ).id
    session.flush()
    return refund


def _may_go_back_whole(item: ReconciliationItem, satang: int) -> None:
    event = item.event
    if event.satang <= 0 or item.state not in (
        ReconciliationState.WAITING,
        ReconciliationState.EXCLUDED,
        ReconciliationState.NEW,
    ):
        raise Refused("รายการนี้ลงเป็นเงินสมทบแล้ว หรือไม่ใช่เงินเข้า กรุณาเลือกเงินสมทบก้อนที่จะคืน")
    if inquiries.sent_back(event.id):
        raise Refused(
            "เงินก้อนนี้ Omise คืนผู้ชำระไปแล้ว กรุณาลงส่วนที่เหลือเป็นเงินสมทบก่อน จึงขอคืนส่วนนั้นได้ หรือบันทึกว่าไม่ใช่เงินสมทบพร้อมเหตุผล"
        )
    if satang != event.satang:
        raise BadInput(f"เงินที่ยังไม่ได้ลงเป็นเงินสมทบต้องคืนทั้งก้อน {format_baht(event.satang)} บาท")


def _may_go_back(event_id: int, donation_id: int, satang: int) -> None:
    session = db.session()
    stood = session.scalars(
        select(Allocation.id).filter_by(event_id=event_id, donation_id=donation_id)
    ).first()
    donation = session.get(Donation, donation_id)
    if stood is None or donation is None:
        raise Refused("เงินสมทบก้อนนี้ไม่ได้มาจากรายการนี้ กรุณาเลือกใหม่")
    asked = select(func.coalesce(func.sum(Refund.satang), 0)).filter_by(
        donation_id=donation_id, state="asked"
    )
    free = donations.reversible(donation) - int(session.execute(asked).scalar_one())
    if satang <= 0:
        raise BadInput("จำนวนเงินต้องมากกว่าศูนย์")
    if satang > free:
        raise Refused(
            f"คืนได้ไม่เกิน {format_baht(max(0, free))} บาท ส่วนที่เหลือจ่ายช่วยเหลือ ผูกพันตามมติ คืน หรือขอคืนไปแล้ว"
        )


def lock_refund(refund_id: int, *, state: str) -> Refund:
    """The refund, locked. Raises Refused when it is in another state by now."""
    lock_reconciliation()
    refund = lock(Refund, refund_id)
    if refund.state != state:
        raise Refused(f"เรื่องคืนเงินนี้{STATES[refund.state][0]} กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    return refund


def _asked(refund_id: int) -> int:
    """The request of a refund that waits. Raises Refused when it is in another state by now."""
    refund = db.session().get(Refund, refund_id) if abs(refund_id) < 2**63 else None
    if refund is None:
        raise Refused("ไม่พบเรื่องคืนเงินนี้ กรุณาเปิดหน้าการคืนเงินใหม่")
    if refund.state != "asked":
        raise Refused(f"เรื่องคืนเงินนี้{STATES[refund.state][0]} กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    return refund.request.id


def approve(refund_id: int, *, by: User) -> Refund:
    """The refund is approved by another person than asked for it. From now on the money is the fund's no more.

    Of a donation it is taken out of the books and its receipt is voided, for a part reissued. Raises Refused for the requester,
    and when the money was spent or promised in the meantime, or a payment that is no donation went back by its gateway.
    """
    must_be(by, *APPROVERS)
    approvals.approve(_asked(refund_id), by=by)
    return db.session().get_one(Refund, refund_id)


def _of_request(request: ApprovalRequest) -> Refund:
    return lock(Refund, request.asked["refund"])


def _carry_out(request: ApprovalRequest) -> str:
    refund, by = _of_request(request), request.decided_by
    assert by is not None
    if refund.donation_id is None and inquiries.sent_back(refund.event_id):
        raise Refused(
            "หลังจากขอคืน Omise คืนเงินก้อนนี้ให้ผู้ชำระไปแล้ว จึงอนุมัติให้คืนซ้ำไม่ได้ กรุณาไม่อนุมัติเรื่องนี้ แล้วตัดสินรายการใหม่"
        )
    done = ""
    if refund.donation_id is not None:
        back = donations.reverse(
            refund.donation_id, satang=refund.satang, kind=REFUNDED, reason=refund.reason, by=by
        )
        refund.donation_reversal_id = back.id
        done = "ยกเลิกใบเสร็จเดิมและตัดยอดออกจากบัญชีกองทุนแล้ว "
    refund.state = "approved"
    db.session().flush()
    return f"อนุมัติแล้ว {done}เหลือโอนคืนและจับคู่กับรายการเดินบัญชี"


def refuse(refund_id: int, *, reason: str, by: User) -> Refund:
    """The refund is not made; an event that was to go back whole waits again. The requester may take it back so, too."""
    must_be(by, *APPROVERS)
    reason = _reason(reason)
    approvals.decline(_asked(refund_id), reason=reason, by=by)
    return db.session().get_one(Refund, refund_id)


def _leave(request: ApprovalRequest) -> None:
    refund = _of_request(request)
    refund.state = "refused"
    if refund.donation_id is None:
        item = lock(ReconciliationItem, refund.event_id)
        words = f"ไม่อนุมัติการคืนเงิน: {request.answer}" if request.answer else "ผู้ขอถอนเรื่องคืนเงิน"
        item.match_reason, item.reason = MatchReason.REFUND_REFUSED, words[:300]
    db.session().flush()


APPROVALS = (
    approvals.ApprovalKind(
        REFUND,
        title=lambda request: f"คืนเงิน {format_baht(request.asked['satang'])} บาท",
        carry_out=_carry_out,
        leave=_leave,
        lock_first=lock_reconciliation,
        deeds=Deeds(
            ask=Deed.REFUND_ASK,
            approve=Deed.REFUND_APPROVE,
            decline=Deed.REFUND_REFUSE,
            withdraw=Deed.REFUND_REFUSE,
        ),
        not_own="ท่านเป็นผู้ขอคืนเงินนี้ จึงอนุมัติเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหรือประธานอนุมัติ",
    ),
)


def open_for(event_id: int) -> Sequence[Refund]:
    """Refunds of this event that are asked for or approved, and not yet seen leaving the bank."""
    statement = select(Refund).where(Refund.event_id == event_id, Refund.state.in_(("asked", "approved")))
    return db.session().scalars(statement.order_by(Refund.id)).all()


def of_event(event_id: int) -> Sequence[Refund]:
    """Every refund of this event, and the one that this outgoing line paid, oldest first."""
    mine = (Refund.event_id == event_id) | (Refund.paid_event_id == event_id)
    return db.session().scalars(select(Refund).where(mine).order_by(Refund.id)).all()


def bank_choices() -> list[tuple[str, str]]:
    """Banks a refund can go to, by code."""
    return [(bank.code, bank.name_th) for bank in banks.banks() if bank.status == "active"]
