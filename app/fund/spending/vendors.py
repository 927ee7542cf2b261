"""Vendors: whom the fund pays, proposed by one person and confirmed by another; a changed account waits a day."""

import re
from datetime import datetime, timedelta

from sqlalchemy import select

from app.fund.bank.reconciliation import names
from app.fund.spending.records import Vendor, VendorAccount, VendorKind
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.kit.thai import arabic_digits, moment_text
from app.province.banks import bank, bank_name
from app.staff import approvals, audit, notices
from app.staff.approvals import ApprovalRequest
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

PROPOSE, CHANGE = "vendor.propose", "vendor.account"
#: Who proposes whom the fund pays.
PROPOSERS = (Role.FINANCE, Role.FUND_OFFICER)
#: A changed account counts so long after it was confirmed: time to notice and to object.
WAIT = timedelta(hours=24)

_ACCOUNT_NUMBER = re.compile(r"[0-9]{9,15}")
_TAX_ID = re.compile(r"[0-9]{13}")


def account_of(vendor: Vendor, *, at: datetime | None = None) -> VendorAccount | None:
    """The account into which the vendor is paid at this moment."""
    moment = at or clock.now()
    return max(
        (account for account in vendor.accounts if account.from_at <= moment),
        key=lambda account: account.id,
        default=None,
    )


def coming(vendor: Vendor) -> VendorAccount | None:
    """The account that was confirmed and waits for its moment."""
    now = clock.now()
    return next((account for account in reversed(vendor.accounts) if account.from_at > now), None)


def payable() -> list[Vendor]:
    """Whom something can be prepared for now, by name."""
    known = select(Vendor).where(Vendor.closed_at.is_(None)).order_by(Vendor.name, Vendor.id)
    return [vendor for vendor in db.session().scalars(known) if account_of(vendor) is not None]


def label(account: VendorAccount) -> str:
    """An account as people name it."""
    return f"{bank_name(account.bank_code)} {account.number}"


def is_own(vendor_account_id: int, by: User) -> bool:
    """Whether this person is the officer whom this account pays in advance."""
    known = select(Vendor.id).join(VendorAccount, VendorAccount.vendor_id == Vendor.id)
    own = known.where(VendorAccount.id == vendor_account_id, Vendor.user_id == by.id)
    return db.session().scalar(own) is not None


def ask_propose(
    *,
    kind: str,
    name: str,
    tax_id: str,
    bank_code: str,
    number: str,
    reason: str,
    user_id: int | None = None,
    by: User,
) -> ApprovalRequest:
    """Ask that the fund may pay somebody new; a second person of another role confirms it. `user_id` says who an officer is
    among those who sign in.

    An officer of a user's name is that user, or their own advance would not be known as their own; of anybody else the second
    person reads whose name it is. Raises BadInput for a name, tax ID or account that cannot be, Refused for an account that a vendor has already.
    """
    _must_propose(by)
    if kind not in [known.value for known in VendorKind]:
        raise BadInput("กรุณาเลือกประเภทของผู้รับเงิน")
    payee, tax = visible(name), re.sub(r"[ -]", "", arabic_digits(tax_id))
    if not 0 < len(payee) <= 160:
        raise BadInput("ต้องใส่ชื่อผู้รับเงินตามบัญชีธนาคาร ไม่เกิน 160 ตัวอักษร")
    if tax and not _TAX_ID.fullmatch(tax):
        raise BadInput("เลขประจำตัวผู้เสียภาษีต้องมี 13 หลัก หากไม่มีให้เว้นว่าง")
    officer = db.session().get(User, user_id) if user_id is not None and abs(user_id) < 2**63 else None
    if user_id is not None and (officer is None or kind != VendorKind.OFFICER):
        raise BadInput("เลือกผู้ใช้ได้เฉพาะผู้รับเงินที่เป็นเจ้าหน้าที่ กรุณาเลือกประเภทหรือผู้ใช้ใหม่")
    namesakes = _users_named(payee)
    if kind == VendorKind.OFFICER and namesakes and officer not in namesakes:
        raise BadInput(
            f"ชื่อนี้ตรงกับผู้ใช้ระบบ {namesakes[0].name} กรุณาเลือกผู้ใช้ของเจ้าหน้าที่ให้ตรงกัน เพราะผู้ยืมไม่มีส่วนในการจ่ายเงินยืมของตน"
        )
    digits = _account(bank_code, number)
    _refuse_known(bank_code, digits)
    return approvals.ask(
        kind=PROPOSE,
        subject=f"vendor:{bank_code}-{digits}",
        payload={"kind": kind, "name": payee, "tax_id": tax, "bank_code": bank_code, "number": digits}
        | {"user_id": str(officer.id) if officer is not None else ""},
        changes=[
            ("ผู้รับเงิน", "", f"{payee} ({VendorKind(kind).words})"),
            *([("ผู้ใช้ของเจ้าหน้าที่", "", officer.name)] if officer is not None else []),
            *([("ชื่อตรงกับผู้ใช้ระบบ", "", user.name) for user in namesakes if officer is None]),
            ("เลขประจำตัวผู้เสียภาษี", "", tax or "–"),
            ("เข้าบัญชี", "", f"{bank_name(bank_code)} {digits}"),
        ],
        reason=reason,
        by=by,
    )


def _users_named(payee: str) -> list[User]:
    """Those who sign in whose name stands in this one, whatever title either has."""
    words, users = names.plain(payee), select(User).where(User.closed_at.is_(None)).order_by(User.id)
    known = [(names.plain(user.name), user) for user in db.session().scalars(users)]
    return [user for name, user in known if " " in name and name in words]


def ask_change(vendor_id: int, *, bank_code: str, number: str, reason: str, by: User) -> ApprovalRequest:
    """Ask that a vendor be paid into another account, from a day after it is confirmed. The old one counts until then."""
    _must_propose(by)
    vendor = _open(vendor_id)
    digits = _account(bank_code, number)
    last = vendor.accounts[-1]
    if (last.bank_code, last.number) == (bank_code, digits):
        raise Refused("บัญชีนี้เป็นบัญชีล่าสุดของผู้รับเงินอยู่แล้ว")
    _refuse_known(bank_code, digits, but=vendor.id)
    return approvals.ask(
        kind=CHANGE,
        subject=f"vendor:{vendor.id}",
        payload={"bank_code": bank_code, "number": digits, "after": last.id},
        changes=[
            ("ผู้รับเงิน", "", vendor.name),
            ("เข้าบัญชี", label(last), f"{bank_name(bank_code)} {digits}"),
            ("เริ่มใช้", "", "24 ชั่วโมงหลังอนุมัติ"),
        ],
        reason=reason,
        by=by,
    )


def close(vendor_id: int, *, reason: str, by: User) -> Vendor:
    """Nothing is prepared or transferred for this vendor any more, at once and for good."""
    if not by.has(*PROPOSERS, Role.CHAIR):
        raise Refused("เฉพาะเจ้าหน้าที่การเงิน ฝ่ายเลขานุการ หรือประธานที่ปิดผู้รับเงินได้")
    why = visible(reason)
    if not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ปิด ไม่เกิน 300 ตัวอักษร")
    vendor = lock(Vendor, vendor_id)
    if vendor.closed_at is not None:
        return vendor
    vendor.closed_at, vendor.closed_by_id, vendor.closed_reason = clock.now(), by.id, why
    db.session().flush()
    audit.record(Deed.VENDOR_CLOSE, f"vendor:{vendor.id}", by=by, reason=why)
    return vendor


def _open(vendor_id: int) -> Vendor:
    vendor = lock(Vendor, vendor_id)
    if vendor.closed_at is not None:
        raise Refused(f"ปิด {vendor.name} ไปแล้ว หากจะจ่ายอีกให้เสนอใหม่")
    return vendor


def _must_propose(by: User) -> None:
    if not by.has(*PROPOSERS):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือฝ่ายเลขานุการที่เสนอผู้รับเงินได้")


def _account(bank_code: str, number: str) -> str:
    known = bank(bank_code)
    if known is None or known.status != "active":
        raise BadInput("ไม่รู้จักธนาคารนี้ กรุณาเลือกธนาคารจากรายการ")
    digits = re.sub(r"[ -]", "", arabic_digits(number))
    if not _ACCOUNT_NUMBER.fullmatch(digits):
        raise BadInput("เลขที่บัญชีผู้รับเงินต้องเป็นตัวเลข 9–15 หลัก กรุณาตรวจกับหน้าสมุดบัญชี")
    return digits


def _refuse_known(bank_code: str, number: str, *, but: int = 0) -> None:
    same = (
        select(Vendor)
        .join(VendorAccount, VendorAccount.vendor_id == Vendor.id)
        .where(
            VendorAccount.bank_code == bank_code,
            VendorAccount.number == number,
            Vendor.closed_at.is_(None),
            Vendor.id != but,
        )
    )
    known = db.session().scalars(same.limit(1)).first()
    if known is not None:
        raise Refused(f"บัญชีนี้เป็นของ {known.name} อยู่แล้ว กรุณาใช้ผู้รับเงินรายนั้น")


def _confirm(approval: ApprovalRequest) -> str:
    asked = approval.asked
    _refuse_known(asked["bank_code"], asked["number"])
    assert approval.decided_at is not None
    session, user_id = db.session(), int(asked.get("user_id") or 0) or None
    if user_id is not None and user_id == approval.decided_by_id:
        raise Refused("ท่านเป็นผู้รับเงินยืมรายนี้ จึงยืนยันเองไม่ได้ กรุณาให้ท่านอื่นยืนยัน")
    vendor = Vendor(
        user_id=user_id,
        kind=asked["kind"],
        name=asked["name"],
        tax_id=asked["tax_id"],
        approval_request_id=approval.id,
        confirmed_at=approval.decided_at,
    )
    session.add(vendor)
    session.flush()
    _keep(vendor, approval, from_at=approval.decided_at)
    audit.record(
        Deed.VENDOR_CONFIRM,
        f"vendor:{vendor.id}",
        by=approval.decided_by,
        approval=approval.id,
        name=vendor.name,
        account=f"{asked['bank_code']} {asked['number']}",
    )
    return f"ยืนยันแล้ว เตรียมจ่ายให้ {vendor.name} ได้"


def _change(approval: ApprovalRequest) -> str:
    asked = approval.asked
    vendor = _open(int(approval.subject.partition(":")[2]))
    if vendor.accounts[-1].id != asked["after"]:
        raise Refused("บัญชีของผู้รับเงินเปลี่ยนไปแล้วตั้งแต่มีคำขอนี้ กรุณาไม่อนุมัติ แล้วให้ขอใหม่")
    assert approval.decided_at is not None
    made = _keep(vendor, approval, from_at=approval.decided_at + WAIT)
    audit.record(
        Deed.VENDOR_ACCOUNT,
        f"vendor:{vendor.id}",
        by=approval.decided_by,
        approval=approval.id,
        account=f"{made.bank_code} {made.number}",
        from_at=made.from_at.isoformat(),
    )
    notices.notify(
        notices.holders(Role.CHAIR, Role.AUDITOR),
        title="บัญชีของผู้รับเงินเปลี่ยน",
        words=f"{vendor.name} จะรับเงินเข้า {label(made)} ตั้งแต่ {moment_text(made.from_at)} "
        f"ขอโดย {approval.asked_by.name} เหตุผล: {approval.reason}",
        href=f"/payments/vendors/{vendor.id}",
    )
    return f"ยืนยันแล้ว จ่ายเข้าบัญชีใหม่ได้ตั้งแต่ {moment_text(made.from_at)}"


def _keep(vendor: Vendor, approval: ApprovalRequest, *, from_at: datetime) -> VendorAccount:
    asked, session = approval.asked, db.session()
    made = VendorAccount(
        vendor_id=vendor.id,
        bank_code=asked["bank_code"],
        number=asked["number"],
        approval_request_id=approval.id,
        from_at=from_at,
    )
    session.add(made)
    session.flush()
    session.expire(vendor, ["accounts"])
    return made


APPROVALS = (
    approvals.ApprovalKind(PROPOSE, title="เพิ่มผู้รับเงิน", carry_out=_confirm),
    approvals.ApprovalKind(CHANGE, title="เปลี่ยนบัญชีของผู้รับเงิน", carry_out=_change),
)
