"""Payments: vouchers and transfers by another hand than the one that asked or approved."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.donations.donations import FundAccount
from app.fund.ledger import books, entries
from app.fund.spending import guards, tracing
from app.fund.spending.meetings import AgendaItem, Resolution, Vote
from app.fund.spending.proposals import Proposal, ProposalState, by_code, state_name
from app.fund.spending.vouchers import next_number
from app.kit import clock, queue
from app.kit.db import Base, Id, Satang, UtcDateTime, db, explain, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import arabic_digits, fiscal_year_be, short_date
from app.province.banks import bank
from app.staff import audit
from app.staff.roles import Role
from app.staff.users import User

explain(
    "uq_payment_transfer_ref",
    "เลขอ้างอิงการโอนนี้บันทึกเป็นการจ่ายไปแล้ว การโอนครั้งเดียวจ่ายสองครั้งไม่ได้ กรุณาตรวจเลขอ้างอิงจากธนาคาร",
)
explain(
    "payer_is_another_hand",
    "ผู้เสนอเรื่องหรือผู้ลงมติเรื่องนี้จ่ายเงินเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินท่านอื่นเป็นผู้จ่าย",
)
explain("payment_within_resolution", "จ่ายเกินมติอนุมัติไม่ได้ กรุณาตรวจยอดที่จ่ายไปแล้วและจำนวนเงินครั้งนี้")
explain("payment_needs_approval", "คำขอนี้ยังไม่ได้รับอนุมัติหรือปิดเรื่องแล้ว จึงจ่ายเงินไม่ได้")
explain("settled_for_less_says_why", "จ่ายน้อยกว่าที่อนุมัติ ต้องบอกเหตุผลก่อนปิดเรื่อง")
explain("final_payment", "ใบสำคัญจ่ายที่บันทึกแล้วแก้ไขไม่ได้")

_ACCOUNT_NUMBER = re.compile(r"[0-9]{9,15}")


class Payment(Base):
    """Money paid to a vendor or recipient for an approved proposal. Final (trigger).

    Triggers refuse a payer who asked for it or voted for it, and more than was approved.
    """

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fiscal_year_be: Mapped[int]
    number: Mapped[int]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_account.id"))
    satang: Mapped[int] = mapped_column(Satang)
    #: Shop, school or office; the payee on the transfer.
    vendor: Mapped[str] = mapped_column(String(160))
    vendor_bank: Mapped[str] = mapped_column(String(3))
    vendor_account: Mapped[str] = mapped_column(String(20))
    #: The bank's reference of the transfer; the same transfer cannot pay twice.
    transfer_ref: Mapped[str] = mapped_column(String(60), unique=True)
    invoice: Mapped[str] = mapped_column(String(60), default="")
    paid_on: Mapped[date]
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=True)

    @property
    def code(self) -> str:
        """As printed: บจ.2569/0007."""
        return f"บจ.{self.fiscal_year_be}/{self.number:04d}"

    __table_args__ = (
        UniqueConstraint("fiscal_year_be", "number"),
        CheckConstraint("satang > 0", name="positive"),
    )


def remaining(proposals: Iterable[Proposal]) -> dict[int, tuple[int, int]]:
    """For each proposal's id: satang that the resolution approved, and satang paid so far."""
    numbers = [proposal.id for proposal in proposals]
    session = db.session()
    approved = session.execute(
        select(Resolution.proposal_id, Resolution.satang).where(
            Resolution.proposal_id.in_(numbers), Resolution.approved
        )
    ).all()
    sums = select(Payment.proposal_id, func.sum(Payment.satang)).where(Payment.proposal_id.in_(numbers))
    paid = {number: int(satang) for number, satang in session.execute(sums.group_by(Payment.proposal_id))}
    return {number: (satang, paid.get(number, 0)) for number, satang in approved}


def paid_for(*codes: str) -> dict[str, int]:
    """Satang paid for each of these proposals, by its code."""
    sums = (
        select(Proposal.code, func.sum(Payment.satang))
        .join(Payment, Payment.proposal_id == Proposal.id)
        .where(Proposal.code.in_(codes))
        .group_by(Proposal.code)
    )
    return {code: int(satang) for code, satang in db.session().execute(sums)}


def why_not(proposal: Proposal, *, by: User) -> str:
    """Why this person may not pay for this proposal, in Thai; empty when they may.

    The one who asked, those who decided and the one who pays are different people.
    """
    if not by.has(Role.FINANCE):
        return "เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่จ่ายเงินได้"
    if proposal.submitted_by_id == by.id:
        return "ท่านเป็นผู้เสนอเรื่องนี้ จึงจ่ายเงินเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินท่านอื่นเป็นผู้จ่าย"
    voted = (
        select(Vote.id)
        .join(AgendaItem, AgendaItem.id == Vote.item_id)
        .where(AgendaItem.proposal_id == proposal.id, Vote.member_id == by.id)
    )
    if db.session().scalars(voted.limit(1)).first() is not None:
        return "ท่านลงมติเรื่องนี้ จึงจ่ายเงินเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินท่านอื่นเป็นผู้จ่าย"
    if proposal.state != ProposalState.APPROVED:
        return f"จ่ายเงินไม่ได้ เพราะคำขอ {proposal.code} มีสถานะ “{state_name(proposal.state)}”"
    return ""


def _approved(code: str) -> tuple[Proposal, int, int]:
    """The proposal, held, with what was approved and what was paid of it, in satang."""
    known = by_code(code)
    if known is None:
        raise Refused(f"ไม่พบคำขอรหัส {code} กรุณาตรวจรหัสอีกครั้ง")
    proposal = lock(Proposal, known.id)
    approved, paid = remaining([proposal]).get(proposal.id, (0, 0))
    return proposal, approved, paid


def pay(
    *,
    proposal_code: str,
    satang: int,
    vendor: str,
    vendor_bank: str,
    vendor_account: str,
    transfer_ref: str,
    paid_on: date,
    invoice: str = "",
    by: User,
) -> Payment:
    """A transfer to a vendor or recipient is written down under the next voucher number, and the money is spent.

    `satang` is at most what the resolution left. `paid_on` is the day of the transfer in Thailand, not before the
    resolution; the voucher's fiscal year is that of the day it enters the books. Which gifts paid is traced in the
    same transaction. Raises Refused for a payer who asked or voted, for a transfer written down before, and for
    more than was approved.
    """
    payee, number = _payee(vendor, vendor_bank, vendor_account)
    # As the bank writes it, however it was typed: the same transfer must not pay twice.
    reference = arabic_digits("".join(transfer_ref.split())).upper()
    if not 0 < len(reference) <= 60:
        raise BadInput("ต้องใส่เลขอ้างอิงการโอนของธนาคาร ไม่เกิน 60 ตัวอักษร")
    proposal, approved, paid = _approved(proposal_code)
    if words := why_not(proposal, by=by):
        raise Refused(words)
    if type(satang) is not int or satang <= 0:
        raise BadInput("จำนวนเงินที่จ่ายต้องมากกว่าศูนย์")
    if paid + satang > approved:
        raise Refused(
            f"จ่ายเกินมติไม่ได้ มติอนุมัติ {format_baht(approved)} บาท จ่ายไปแล้ว {format_baht(paid)} บาท "
            f"จึงจ่ายได้อีกไม่เกิน {format_baht(approved - paid)} บาท"
        )
    session = db.session()
    resolved_at = session.scalars(select(Resolution.resolved_at).filter_by(proposal_id=proposal.id)).one()
    resolved_on = resolved_at.astimezone(clock.BANGKOK).date()
    today = clock.today()
    if not resolved_on <= paid_on <= today:
        raise Refused(
            f"วันที่โอนต้องอยู่ระหว่างวันที่มีมติ ({short_date(resolved_on)}) ถึงวันนี้ ({short_date(today)}) กรุณาตรวจวันที่อีกครั้ง"
        )
    payment = Payment(
        fiscal_year_be=fiscal_year_be(today),
        number=next_number(fiscal_year_be(today)),
        proposal_id=proposal.id,
        account_id=_account().id,
        satang=satang,
        vendor=payee,
        vendor_bank=vendor_bank,
        vendor_account=number,
        transfer_ref=reference,
        invoice=" ".join(invoice.split())[:60],
        paid_on=paid_on,
        paid_at=clock.now(),
        paid_by_id=by.id,
    )
    session.add(payment)
    session.flush()
    # The entry first: it holds the purpose's accounts, so that no gift found below is taken back meanwhile.
    entries.pay(purpose_id=proposal.purpose_id, satang=satang, cause=f"pay:{payment.id}", by_id=by.id)
    tracing.trace(payment.id, purpose_id=proposal.purpose_id, satang=satang)
    audit.note(
        "payment.pay",
        f"payment:{payment.id}",
        by=by,
        voucher=payment.code,
        proposal=proposal.code,
        satang=satang,
        vendor=payee,
        reference=reference,
    )
    queue.ask("publish", key="edition")
    return payment


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


def _account() -> FundAccount:
    statement = select(FundAccount).where(FundAccount.state == "open").order_by(FundAccount.id).limit(1)
    found = db.session().scalars(statement).one_or_none()
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
    proposal, approved, paid = _approved(proposal_code)
    if proposal.state != ProposalState.APPROVED:
        raise Refused(f"ปิดเรื่องไม่ได้ เพราะคำขอ {proposal.code} มีสถานะ “{state_name(proposal.state)}”")
    rest = approved - paid
    why = visible(reason)
    if len(why) > 300 or (rest > 0 and not why):
        raise BadInput("จ่ายน้อยกว่าที่อนุมัติ กรุณาบอกเหตุผลไม่เกิน 300 ตัวอักษร เช่น ผู้ขายลดราคา หรือไม่ซื้อแล้ว")
    if words := guards.against_settling(proposal.code, paid):
        raise Refused(words)
    if rest > 0:
        entries.release(
            purpose_id=proposal.purpose_id, satang=rest, cause=f"release:{proposal.id}", by_id=by.id
        )
    proposal.state, proposal.settled_reason = ProposalState.SETTLED, why if rest > 0 else ""
    db.session().flush()
    audit.note(
        "proposal.settle",
        f"proposal:{proposal.id}",
        by=by,
        code=proposal.code,
        paid=paid,
        released=rest,
        reason=why,
    )
    queue.ask("publish", key="edition")
    return proposal


@books.proof("ทุกการจ่ายลงบัญชีเท่าใบสำคัญ")
def _payments_are_booked() -> list[str]:
    return books.violations(
        """SELECT y.fiscal_year_be AS year, y.number AS number FROM payment AS y
        JOIN proposal AS p ON p.id = y.proposal_id
        LEFT JOIN entry AS e ON e.cause = 'pay:' || CAST(y.id AS VARCHAR(20))
        LEFT JOIN account AS d ON d.id = e.debit_id
        WHERE e.id IS NULL OR e.satang <> y.satang OR d.kind <> 'paid' OR d.purpose_id <> p.purpose_id""",
        "ใบสำคัญจ่าย {number}/{year} ไม่ตรงกับบัญชี",
    )


@books.proof("เงินผูกพัน = มติอนุมัติ − จ่ายแล้ว − คืนเป็นพร้อมใช้ ทุกวัตถุประสงค์")
def _committed_is_approved_less_paid() -> list[str]:
    return books.violations(
        """SELECT * FROM (SELECT p.code AS code, a.balance_satang AS balance,
            (SELECT COALESCE(SUM(r.satang), 0) FROM resolution AS r JOIN proposal AS q ON q.id = r.proposal_id
                WHERE r.approved AND q.purpose_id = p.id)
            - (SELECT COALESCE(SUM(y.satang), 0) FROM payment AS y JOIN proposal AS q ON q.id = y.proposal_id
                WHERE q.purpose_id = p.id)
            - (SELECT COALESCE(SUM(e.satang), 0) FROM entry AS e JOIN proposal AS q
                ON e.cause = 'release:' || CAST(q.id AS VARCHAR(20)) WHERE q.purpose_id = p.id) AS due
        FROM account AS a JOIN purpose AS p ON p.id = a.purpose_id WHERE a.kind = 'committed') AS sums
        WHERE balance <> due""",
        "วัตถุประสงค์ {code} ผูกพัน {balance} สตางค์ แต่ตามมติต้องเป็น {due} สตางค์",
    )


@books.proof("คำขอที่ปิดเรื่องแล้วไม่มีเงินผูกพันค้าง")
def _settled_leaves_nothing() -> list[str]:
    return books.violations(
        """SELECT * FROM (SELECT p.code AS code, p.satang
            - (SELECT COALESCE(SUM(y.satang), 0) FROM payment AS y WHERE y.proposal_id = p.id)
            - COALESCE((SELECT e.satang FROM entry AS e
                WHERE e.cause = 'release:' || CAST(p.id AS VARCHAR(20))), 0) AS rest
        FROM proposal AS p WHERE p.state = 'settled') AS sums WHERE rest <> 0""",
        "คำขอ {code} ปิดเรื่องแล้วแต่เหลือ {rest} สตางค์",
    )
