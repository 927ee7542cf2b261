"""Transfer files: approved payments in one file for the bank, made once; the bank's result file is met line by line.

The file is CSV in UTF-8, one line a payment: no, bank (three digits), account, name, amount in baht with two decimals,
reference. The result is CSV with a header of at least reference, status (`paid` or `failed`), bank_ref and message.
"""

import csv
import hashlib
import io

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.fund.committee.records import AgendaItem, Proposal, ProposalState, Vote
from app.fund.spending import orders, payments, sums
from app.fund.spending.records import PaymentOrder, TransferFile, TransferFileLine, Vendor, VendorAccount
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

MOST_LINES, MOST_BYTES = 500, 1_000_000
_COLUMNS = ("no", "bank", "account", "name", "amount", "reference")
_NEEDED = ("reference", "status", "bank_ref", "message")


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
    )
    return list(db.session().scalars(found.order_by(PaymentOrder.id).limit(MOST_LINES)))


def latest() -> list[TransferFile]:
    """The newest files."""
    return list(db.session().scalars(select(TransferFile).order_by(TransferFile.id.desc()).limit(10)))


def make(*, by: User) -> TransferFile:
    """One file of everything that is ready. No money has moved. Each payment stands in one file for ever (database)."""
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่ทำไฟล์โอนได้")
    session = db.session()
    several = [
        orders.lock_order(order.id) for order in sorted(ready(by), key=lambda order: order.proposal_id)
    ]
    several = [
        order for order in several if orders.file_line(order.id) is None and order.withdrawn_at is None
    ]
    if not several:
        raise Refused("ไม่มีรายการที่อนุมัติแล้วรอโอนที่ท่านโอนได้ กรุณารอการอนุมัติก่อน")
    now = clock.now()
    rows = [
        (place, order, f"K{now:%y%m%d%H%M%S}{order.id:06d}") for place, order in enumerate(several, start=1)
    ]
    content = _written([(place, order, reference) for place, order, reference in rows])
    made = TransferFile(
        satang=sum(order.satang for order in several),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=now,
        made_by_id=by.id,
    )
    session.add(made)
    session.flush()
    session.add_all(
        TransferFileLine(file_id=made.id, order_id=order.id, reference=reference)
        for _, order, reference in rows
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


def _written(rows: list[tuple[int, PaymentOrder, str]]) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(_COLUMNS)
    for place, order, reference in rows:
        amount = format_baht(order.satang).replace(",", "")
        sheet.writerow((place, order.vendor_bank, order.vendor_account, order.vendor, amount, reference))
    return out.getvalue().encode("utf-8-sig")


def take_result(file_id: int, raw: bytes, *, by: User) -> tuple[int, int]:
    """What the bank made of each line: paid lines are written down as vouchers, failed ones are withdrawn, to be prepared
    again. All of it or nothing; the same result again changes nothing. Returns how many were paid and how many failed.

    Raises BadInput for what cannot be read, Refused for a line that stands in no file or was told otherwise before.
    """
    rows = _rows(raw)
    made, session = lock(TransferFile, file_id), db.session()
    lines = {
        line.reference: line for line in session.scalars(select(TransferFileLine).filter_by(file_id=made.id))
    }
    paid = failed = 0
    for row in rows:
        line = lines.get(row["reference"])
        if line is None:
            raise Refused(f"เลขอ้างอิง {row['reference'][:40]} ไม่อยู่ในไฟล์โอนนี้ กรุณาเลือกไฟล์ผลของไฟล์นี้")
        if line.result and line.result != row["status"]:
            raise Refused(f"รายการ {line.reference} ธนาคารเคยบอกผลไว้ต่างจากนี้ กรุณาตรวจกับธนาคาร")
        paid += row["status"] == "paid"
        failed += row["status"] == "failed"
        if line.result:
            continue
        line.result = row["status"]
        session.flush()
        if line.result == "paid":
            payments.record(line.order_id, transfer_ref=row["bank_ref"], paid_on=clock.today(), by=by)
        else:
            orders.withdraw(line.order_id, reason=f"ธนาคารโอนไม่สำเร็จ {row['message']}"[:300], by=by)
    audit.record(
        Deed.PAYMENT_FILE_RESULT, f"transfer_file:{made.id}", by=by, lines=paid + failed, missing=failed
    )
    return paid, failed


def _rows(raw: bytes) -> list[dict[str, str]]:
    if not 0 < len(raw) <= MOST_BYTES:
        raise BadInput("ไฟล์ผลการโอนว่างเปล่าหรือใหญ่เกินไป กรุณาเลือกไฟล์ใหม่")
    try:
        text = raw.decode("utf-8-sig")
        told = [
            {name: visible(row.get(name) or "") for name in _NEEDED}
            for row in csv.DictReader(io.StringIO(text))
        ]
    except (UnicodeDecodeError, csv.Error):
        raise BadInput("อ่านไฟล์ผลการโอนไม่ได้ ต้องเป็น CSV แบบ UTF-8") from None
    if not told or any(not row["reference"] or row["status"] not in ("paid", "failed") for row in told):
        raise BadInput("ไฟล์ผลการโอนต้องมีคอลัมน์ reference, status (paid หรือ failed), bank_ref และ message")
    if len({row["reference"] for row in told}) != len(told):
        raise BadInput("ไฟล์ผลการโอนมีเลขอ้างอิงซ้ำ กรุณาตรวจกับธนาคาร")
    return told
