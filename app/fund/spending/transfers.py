"""Transfer files: approved payments in one file for the bank, made once; the bank's result file is met line by line.

How the file is written and its result read is a matter of the bank: see `transfer_formats`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.fund.bank.records import BankEvent
from app.fund.committee.records import AgendaItem, Proposal, ProposalState, Vote
from app.fund.ledger import books
from app.fund.spending import orders, payments, sums, transfer_formats
from app.fund.spending.records import PaymentOrder, TransferFile, TransferFileLine, Vendor, VendorAccount
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

MOST_LINES, MOST_BYTES = 500, 1_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a result told: lines paid and failed, and lines of no payment of the file with what is wrong in each."""

    paid: int
    failed: int
    unmet: Sequence[tuple[transfer_formats.Told, str]] = ()


class Unmet(Refused):
    """Lines of a result that match no payment of the file: a person looks at them before the others are taken."""

    def __init__(self, lines: Sequence[tuple[transfer_formats.Told, str]]) -> None:
        super().__init__(
            f"ไฟล์ผลมี {len(lines)} รายการที่ไม่ตรงกับไฟล์โอนนี้ ยังไม่บันทึกอะไร กรุณาตรวจกับธนาคาร ถ้ารู้แล้วว่าคืออะไร "
            "เลือกไฟล์เดิมแล้วเลือกให้ข้ามรายการเหล่านี้"
        )
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the fund has beside what a file takes out, in satang. `bank` as the newest line with a balance tells it."""

    committed: int
    available: int
    bank: int | None
    bank_at: datetime | None


def holdings() -> Holdings:
    """What the books promise and have free, and what the bank's newest balance of the paying account is."""
    balances = books.balances()
    newest = (
        db.session()
        .execute(
            select(BankEvent.balance_satang, BankEvent.occurred_at)
            .where(BankEvent.source == "statement", BankEvent.balance_satang.is_not(None))
            .where(BankEvent.account_id == payments.paying_account().id)
            .order_by(BankEvent.occurred_at.desc(), BankEvent.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return Holdings(
        committed=sum(each.committed for each in balances),
        available=sum(each.available for each in balances),
        bank=newest.balance_satang if newest else None,
        bank_at=newest.occurred_at if newest else None,
    )


def ready(by: User) -> list[PaymentOrder]:
    """Approved payments that stand in no file yet and may go to the bank, of those that this person may pay."""
    in_file = select(TransferFileLine.id).where(TransferFileLine.order_id == PaymentOrder.id).exists()
    voted = (
        select(Vote.id)
        .join(AgendaItem, AgendaItem.id == Vote.item_id)
        .where(AgendaItem.proposal_id == PaymentOrder.proposal_id, Vote.member_id == by.id)
    ).exists()
    later = aliased(VendorAccount)
    replaced = (
        select(later.id)
        .where(later.vendor_id == VendorAccount.vendor_id, later.id > VendorAccount.id)
        .where(later.from_at <= clock.now())
    ).exists()
    found = (
        select(PaymentOrder)
        .join(Proposal, Proposal.id == PaymentOrder.proposal_id)
        .join(VendorAccount, VendorAccount.id == PaymentOrder.vendor_account_id)
        .join(Vendor, Vendor.id == VendorAccount.vendor_id)
        .where(sums.OPEN, PaymentOrder.approved_at.is_not(None), ~in_file)
        .where(Proposal.state == ProposalState.APPROVED, Vendor.closed_at.is_(None), ~replaced)
        .where(Proposal.submitted_by_id != by.id, Proposal.asked_by_id != by.id, ~voted)
        .where(Vendor.user_id.is_distinct_from(by.id))
    )
    return list(db.session().scalars(found.order_by(PaymentOrder.id).limit(MOST_LINES)))


def make(*, again: bool = False, by: User) -> TransferFile:
    """One file of everything that is ready, or only of what failed before (`again`). No money has moved. Each payment stands in one file for ever (database)."""
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่ทำไฟล์โอนได้")
    session = db.session()
    several = [
        orders.lock_order(order.id)
        for order in sorted(ready(by), key=lambda order: order.proposal_id)
        if order.again_of_id is not None or not again
    ]
    several = [
        order for order in several if orders.file_line(order.id) is None and order.withdrawn_at is None
    ]
    if not several:
        raise Refused("ไม่มีรายการที่อนุมัติแล้วรอโอนที่ท่านโอนได้ กรุณารอการอนุมัติก่อน")
    now, account = clock.now(), payments.paying_account()
    rows = [(order, f"K{now:%y%m%d}{order.id:08d}") for order in several]
    content = transfer_formats.write(
        [
            transfer_formats.Transfer(
                order.vendor_bank, order.vendor_account, order.vendor, order.net_satang, reference
            )
            for order, reference in rows
        ],
        sender=transfer_formats.Sender(account.bank_code, account.number, account.name),
        on=clock.today(),
    )
    made = TransferFile(
        satang=sum(order.net_satang for order in several),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=now,
        made_by_id=by.id,
    )
    session.add(made)
    session.flush()
    session.add_all(
        TransferFileLine(file_id=made.id, order_id=order.id, reference=reference) for order, reference in rows
    )
    session.flush()
    audit.record(
        Deed.PAYMENT_FILE,
        f"transfer_file:{made.id}",
        by=by,
        lines=len(rows),
        satang=made.satang,
        hash=made.sha256,
    )
    return made


def take_result(file_id: int, raw: bytes, *, by: User, skip: bool = False) -> Outcome:
    """What the bank made of each line: paid lines are written down as vouchers, failed ones are withdrawn, to be prepared
    again. All of it or nothing; the same result again changes nothing.

    Raises BadInput for what cannot be read, Unmet for lines that match no payment of this file unless they are to be
    skipped, Refused for a line that was told otherwise before.
    """
    if not 0 < len(raw) <= MOST_BYTES:
        raise BadInput("ไฟล์ผลการโอนว่างเปล่าหรือใหญ่เกินไป กรุณาเลือกไฟล์ใหม่")
    rows = transfer_formats.read(raw, bank_code=payments.paying_account().bank_code)
    made, session = lock(TransferFile, file_id), db.session()
    lines = {
        line.reference: line for line in session.scalars(select(TransferFileLine).filter_by(file_id=made.id))
    }
    unmet = [(row, why) for row in rows if (why := _why_unmet(row, lines.get(row.reference)))]
    if unmet and not skip:
        raise Unmet(unmet)
    strange = {row.reference for row, _ in unmet}
    met = [row for row in rows if row.reference not in strange]
    is_new = [_meet(lines[row.reference], row, by=by) for row in met]
    failed = sum(not row.is_paid for row in met)
    if any(is_new):
        audit.record(
            Deed.PAYMENT_FILE_RESULT,
            f"transfer_file:{made.id}",
            by=by,
            lines=len(met),
            missing=failed,
            skipped=len(unmet),
        )
    return Outcome(len(met) - failed, failed, unmet)


def _why_unmet(row: transfer_formats.Told, line: TransferFileLine | None) -> str:
    """What is wrong with a line of the result; empty where it is of this file and of the same sum."""
    if line is None:
        return "ไม่มีเลขอ้างอิงนี้ในไฟล์โอน"
    if row.satang is not None and row.satang != line.order.net_satang:
        return f"ยอดในไฟล์โอนคือ {format_baht(line.order.net_satang)} บาท"
    return ""


def _meet(line: TransferFileLine, row: transfer_formats.Told, *, by: User) -> bool:
    """Whether this was new. Raises Refused where the bank told otherwise before."""
    result = "paid" if row.is_paid else "failed"
    if line.result and line.result != result:
        raise Refused(f"รายการ {line.reference} ธนาคารเคยบอกผลไว้ต่างจากนี้ กรุณาตรวจกับธนาคาร")
    if line.result:
        return False
    line.result = result
    db.session().flush()
    if row.is_paid:
        payments.record(line.order_id, transfer_ref=row.bank_ref, paid_on=clock.today(), by=by)
    else:
        orders.withdraw(line.order_id, reason=f"ธนาคารโอนไม่สำเร็จ {row.message}"[:300], by=by)
    return True
