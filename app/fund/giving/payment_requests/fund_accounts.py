"""Rules of the fund's bank accounts: proposed, opened with what the bank issued, changed and closed by two people."""

import re

from sqlalchemy import select, update

from app.fund.giving.payment_requests import payees
from app.fund.giving.records.payment_requests import FundAccount, Payee, PaymentRequest
from app.kit import clock, national_id
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.kit.thai import arabic_digits, moment_text
from app.kit.worded import Worded
from app.province.banks import Bank, bank_name, banks
from app.staff import approvals, audit, notices
from app.staff.approvals import ApprovalRequest
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

PROPOSE, OPEN, CLOSE = "account.propose", "account.open", "account.close"
#: Who is told of a change besides the two who made it.
TOLD_ROLES = (Role.CHAIR, Role.FINANCE, Role.AUDITOR)


class AccountStatus(Worded):
    """What an account of the fund is worth now."""

    #: QR codes pay it.
    FORCE = "force", "รับเงินอยู่", "success"
    COMING = "coming", "รอวันเริ่ม", "warning"
    #: Another one has taken its place.
    REPLACED = "replaced", "มีบัญชีอื่นแทนแล้ว"
    PROPOSED = "proposed", "รอธนาคาร", "warning"
    CLOSED = "closed", "ปิดแล้ว"


_NUMBER = re.compile(r"[0-9]{10,15}")
_BILLER = re.compile(r"[0-9]{15}")
_SEPARATORS = re.compile(r"[\s‐-―−-]+")


def choices() -> list[Bank]:
    """The banks at which the fund can have an account: those at work today."""
    return [bank for bank in banks() if bank.status == "active"]


def every() -> list[FundAccount]:
    """All accounts of the fund: the one in force first, then those on their way, then the closed."""
    order = (
        AccountStatus.FORCE,
        AccountStatus.COMING,
        AccountStatus.PROPOSED,
        AccountStatus.REPLACED,
        AccountStatus.CLOSED,
    )
    found = db.session().scalars(select(FundAccount).order_by(FundAccount.id))
    status_of = statuses()
    return sorted(found, key=lambda account: order.index(status_of[account.id]))


def statuses() -> dict[int, AccountStatus]:
    """The status of every account, by its id."""
    now, coming = payees.in_force(), payees.coming()
    found: dict[int, AccountStatus] = {}
    for account in db.session().scalars(select(FundAccount)):
        if account.state != "open":
            found[account.id] = AccountStatus(account.state)
        elif now is not None and now.account_id == account.id:
            found[account.id] = AccountStatus.FORCE
        else:
            is_coming = coming is not None and coming.account_id == account.id
            found[account.id] = AccountStatus.COMING if is_coming else AccountStatus.REPLACED
    return found


def has_payment_requests(account_id: int) -> bool:
    """Whether a QR code was ever issued for this account, so that its IDs stay as they are."""
    statement = select(PaymentRequest.id).where(PaymentRequest.account_id == account_id).limit(1)
    return db.session().scalar(statement) is not None


def ask_propose(*, bank_code: str, number: str, name: str, reason: str, by: User) -> ApprovalRequest:
    """Ask that the fund may mean to receive into this account. Once a second person of another role approves, networks
    may pledge; QR codes wait until it is open.

    Raises BadInput for an unknown bank, a number that is not 10 to 15 digits, or a missing name, Refused for a number
    that the fund has already.
    """
    if bank_code not in {bank.code for bank in choices()}:
        raise BadInput("ไม่รู้จักธนาคารนี้ กรุณาเลือกธนาคารจากรายการ")
    digits = _digits(number)
    if not _NUMBER.fullmatch(digits):
        raise BadInput("เลขที่บัญชีต้องมีตัวเลข 10–15 หลัก กรุณาใส่ตามสมุดบัญชี")
    name = visible(name)
    if not 1 <= len(name) <= 160:
        raise BadInput("ชื่อบัญชีต้องมี และยาวไม่เกิน 160 ตัวอักษร")
    _refuse_known(digits)
    return approvals.ask(
        kind=PROPOSE,
        subject=f"account:{bank_code}-{digits}",
        payload={"bank_code": bank_code, "number": digits, "name": name},
        changes=[
            ("ธนาคาร", "", bank_name(bank_code)),
            ("เลขที่บัญชี", "", digits),
            ("ชื่อบัญชี", "", name),
        ],
        reason=reason,
        by=by,
    )


def ask_open(
    account_id: int, *, biller_id: str, promptpay_id: str, reason: str, by: User, demo: bool = False
) -> ApprovalRequest:
    """Ask that QR codes pay into this account by these IDs. It may be proposed, closed, or open with fewer IDs.

    Once approved, a payee that is not the last one counts 24 hours later and the old one stays in force until then; the
    fund's first counts at once. `biller_id` is the 15 digits of bill payment, `promptpay_id` the 13 of a tax ID; one
    of them may be empty. Both must be an organisation's with the right check digit. In the demonstration (`demo`) it
    must be wrong instead, so that nobody's money can follow an invented QR code. While the account is open, and once a
    payment request refers to it, an ID may be added but not changed: QR codes are out. Raises BadInput for IDs that will not
    do, Refused for these and when nothing would change.
    """
    account = db.session().get(FundAccount, account_id) if abs(account_id) < 2**63 else None
    if account is None:
        raise Refused("ไม่พบบัญชีนี้ กรุณาเปิดหน้าตั้งค่ากองทุนใหม่")
    biller, promptpay = _biller(biller_id, demo=demo), _promptpay(promptpay_id, demo=demo)
    if biller is None and promptpay is None:
        raise BadInput("ต้องมี Biller ID หรือหมายเลขพร้อมเพย์อย่างน้อยหนึ่งอย่าง จึงจะออก QR ได้ กรุณาใส่ตามหนังสือของธนาคาร")
    _refuse_ids(account, biller, promptpay)
    now, last = payees.in_force(), payees.newest()
    changes = [
        ("QR ใหม่จ่ายเข้า", account_label(now.account) if now else "ยังไม่มีบัญชี", account_label(account)),
        ("Biller ID", (now.biller_id if now else None) or "–", biller or "–"),
        ("หมายเลขพร้อมเพย์", (now.promptpay_id if now else None) or "–", promptpay or "–"),
        ("เริ่มจ่ายเข้าบัญชีนี้", "", _starts(account, biller, promptpay)),
    ]
    return approvals.ask(
        kind=OPEN,
        subject=f"account:{account.id}",
        payload={
            "biller_id": biller,
            "promptpay_id": promptpay,
            "seen": _seen(account),
            "after": last.id if last else None,
        },
        changes=changes,
        reason=reason,
        by=by,
    )


def ask_close(account_id: int, *, reason: str, by: User) -> ApprovalRequest:
    """Ask that no new QR code pays into this account. It stays in the books, and money for codes already out counts."""
    account = lock(FundAccount, account_id)
    if account.state == "closed":
        raise Refused("บัญชีนี้ปิดแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    return approvals.ask(
        kind=CLOSE,
        subject=f"account:{account.id}",
        payload={"seen": _seen(account)},
        changes=[
            ("บัญชี", "", account_label(account)),
            ("สถานะ", statuses()[account.id].words, "ปิด ไม่ออก QR ใหม่เข้าบัญชีนี้"),
        ],
        reason=reason,
        by=by,
    )


def close_replaced() -> int:
    """Close the accounts whose place another one has taken. Returns how many. Inside a transaction."""
    ours, now = _lock_all(), payees.in_force()
    replaced = [ours[number] for number, status in statuses().items() if status == AccountStatus.REPLACED]
    if now is None or now.approval_request_id is None:
        return 0
    done = 0
    for account in replaced:
        if (account.approval_request_id or 0) >= now.approval_request_id:
            continue
        account.state, account.approval_request_id = "closed", now.approval_request_id
        _end(account)
        audit.record(Deed.ACCOUNT_CLOSE, f"account:{account.id}", by=None, replaced_by=now.account_id)
        done += 1
    return done


def account_label(account: FundAccount) -> str:
    """An account as people name it: bank and number."""
    return f"{bank_name(account.bank_code)} {account.number} {account.name}"


def _propose(approval: ApprovalRequest) -> str:
    asked = approval.asked
    _refuse_known(asked["number"])
    account = FundAccount(
        bank_code=asked["bank_code"],
        number=asked["number"],
        name=asked["name"],
        state="proposed",
        approval_request_id=approval.id,
    )
    session = db.session()
    session.add(account)
    session.flush()
    audit.record(
        Deed.ACCOUNT_PROPOSE,
        f"account:{account.id}",
        by=approval.decided_by,
        approval=approval.id,
        bank=account.bank_code,
        number=account.number,
        name=account.name,
    )
    return "เสนอบัญชีแล้ว เมื่อธนาคารออก Biller ID ให้ขอเปิดรับเงินที่หน้าของบัญชี"


def _open(approval: ApprovalRequest) -> str:
    asked, number = approval.asked, _account_of(approval)
    account = _lock_all()[number]
    biller, promptpay = asked["biller_id"], asked["promptpay_id"]
    last, decided_at = payees.newest(), approval.decided_at
    assert decided_at is not None
    _refuse_other_world(account, asked["seen"])
    if (last.id if last else None) != asked["after"]:
        raise Refused("บัญชีรับเงินเปลี่ยนไปแล้วตั้งแต่มีคำขอนี้ กรุณาไม่อนุมัติ แล้วให้ขอใหม่ตามสถานะล่าสุด")
    _refuse_ids(account, biller, promptpay)
    waits = _waits(account, biller, promptpay)
    from_at = decided_at + payees.WAIT if waits else decided_at
    session = db.session()
    session.add(
        Payee(
            account_id=account.id,
            biller_id=biller,
            promptpay_id=promptpay,
            approval_request_id=approval.id,
            from_at=from_at,
        )
    )
    session.flush()
    before, account.state = account.state, "open"
    account.biller_id, account.promptpay_id, account.approval_request_id = biller, promptpay, approval.id
    session.flush()
    audit.record(
        Deed.ACCOUNT_OPEN,
        f"account:{account.id}",
        by=approval.decided_by,
        approval=approval.id,
        before=before,
        biller=biller,
        promptpay=promptpay,
        from_at=from_at.isoformat(),
    )
    when = f"ตั้งแต่ {moment_text(from_at)}" if waits else "ตั้งแต่บัดนี้"
    _notify(
        approval,
        "บัญชีรับเงินของกองทุนเปลี่ยน" if waits else "เปิดบัญชีรับเงิน",
        f"{when} QR ใหม่จ่ายเข้า {account_label(account)}",
    )
    if not waits:
        close_replaced()
        return "เปิดบัญชีรับเงินแล้ว ตั้งแต่นี้ QR ทุกใบจ่ายเข้าบัญชีนี้"
    return f"อนุมัติแล้ว QR ใหม่จะจ่ายเข้าบัญชีนี้ตั้งแต่ {moment_text(from_at)} ระหว่างนี้ใช้บัญชีเดิม"


def _close(approval: ApprovalRequest) -> str:
    account = _lock_all()[_account_of(approval)]
    _refuse_other_world(account, approval.asked["seen"])
    before, account.state, account.approval_request_id = account.state, "closed", approval.id
    _end(account)
    audit.record(
        Deed.ACCOUNT_CLOSE,
        f"account:{account.id}",
        by=approval.decided_by,
        approval=approval.id,
        before=before,
    )
    _notify(approval, "ปิดบัญชีรับเงิน", f"ไม่ออก QR ใหม่เข้า {account_label(account)}")
    return "ปิดบัญชีแล้ว จะไม่ออก QR ใหม่เข้าบัญชีนี้"


APPROVALS = (
    approvals.ApprovalKind(PROPOSE, title="เสนอบัญชีรับเงิน", carry_out=_propose),
    approvals.ApprovalKind(OPEN, title="เปิดหรือเปลี่ยนบัญชีรับเงิน", carry_out=_open),
    approvals.ApprovalKind(CLOSE, title="ปิดบัญชีรับเงิน", carry_out=_close),
)


def _notify(approval: ApprovalRequest, title: str, words: str) -> None:
    decided = approval.decided_by.name if approval.decided_by else ""
    notices.notify(
        notices.holders(*TOLD_ROLES),
        title=title,
        words=f"{words} ขอโดย {approval.asked_by.name} อนุมัติโดย {decided} เหตุผล: {approval.reason}",
        href=f"/approvals/{approval.id}",
    )


def _end(account: FundAccount) -> None:
    """None of the account's payees is in force any more, nor will be."""
    session = db.session()
    session.execute(
        update(Payee)
        .where(Payee.account_id == account.id, Payee.ended_at.is_(None))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )
    session.flush()


def _lock_all() -> dict[int, FundAccount]:
    """All accounts, locked in order: who changes one waits for who changes another."""
    statement = select(FundAccount).order_by(FundAccount.id).with_for_update()
    return {
        account.id: account
        for account in db.session().scalars(statement.execution_options(populate_existing=True))
    }


def _account_of(approval: ApprovalRequest) -> int:
    return int(approval.subject.partition(":")[2])


def _seen(account: FundAccount) -> list[str | None]:
    return [account.state, account.biller_id, account.promptpay_id]


def _refuse_other_world(account: FundAccount, seen: list[str | None]) -> None:
    if _seen(account) != seen:
        raise Refused("บัญชีนี้เปลี่ยนไปแล้วตั้งแต่มีคำขอนี้ กรุณาไม่อนุมัติ แล้วให้ขอใหม่ตามสถานะล่าสุด")


def _refuse_known(number: str) -> None:
    if db.session().scalar(select(FundAccount.id).filter_by(number=number)) is not None:
        raise Refused("กองทุนมีบัญชีเลขที่นี้อยู่แล้ว กรุณาเปิดหน้าของบัญชีนั้น หรือใช้เลขที่บัญชีอื่น")


def _refuse_ids(account: FundAccount, biller: str | None, promptpay: str | None) -> None:
    kept = (account.biller_id in (None, biller)) and (account.promptpay_id in (None, promptpay))
    if not kept and has_payment_requests(account.id):
        raise Refused(
            "บัญชีนี้ออก QR ไปแล้ว จึงเปลี่ยน Biller ID หรือหมายเลขพร้อมเพย์เดิมไม่ได้ หากธนาคารออกเลขใหม่ กรุณาเสนอเป็นบัญชีใหม่"
        )
    if not kept and account.state == "open":
        raise Refused("บัญชีนี้เปิดรับเงินอยู่ เพิ่มเลขได้แต่เปลี่ยนเลขเดิมไม่ได้ กรุณาปิดบัญชีก่อน แล้วเปิดใหม่ด้วยเลขที่ถูกต้อง")
    same_biller = select(FundAccount.id).where(FundAccount.biller_id == biller, FundAccount.id != account.id)
    if biller is not None and db.session().scalar(same_biller) is not None:
        raise Refused("Biller ID นี้เป็นของบัญชีอื่นของกองทุนแล้ว กรุณาขอ Biller ID ของบัญชีนี้จากธนาคาร")
    if account.state == "open" and (biller, promptpay) == (account.biller_id, account.promptpay_id):
        status = statuses()[account.id]
        if status in (AccountStatus.FORCE, AccountStatus.COMING):
            raise Refused("บัญชีนี้เปิดรับเงินด้วยเลขเหล่านี้อยู่แล้ว ไม่ต้องขอใหม่")


def _waits(account: FundAccount, biller: str | None, promptpay: str | None) -> bool:
    """Whether it is a new payee: neither the fund's first nor the one that was last."""
    last = payees.newest()
    return last is not None and not last.is_same(account.id, biller, promptpay)


def _starts(account: FundAccount, biller: str | None, promptpay: str | None) -> str:
    if _waits(account, biller, promptpay):
        return "24 ชั่วโมงหลังอนุมัติ ระหว่างนี้ใช้บัญชีเดิมถ้ามี ผู้ให้เห็นประกาศ 30 วัน"
    return "ทันทีที่อนุมัติ"


def _digits(text: str) -> str:
    return _SEPARATORS.sub("", arabic_digits(text))


def _biller(text: str, *, demo: bool) -> str | None:
    digits = _digits(text)
    if not digits:
        return None
    if not _BILLER.fullmatch(digits):
        raise BadInput(
            "Biller ID ต้องมีตัวเลข 15 หลัก คือเลขประจำตัวผู้เสียภาษี 13 หลักต่อด้วยเลข 2 หลักจากธนาคาร กรุณาตรวจกับหนังสือของธนาคาร"
        )
    _check_holder(digits[:13], what="Biller ID ", demo=demo)
    return digits


def _promptpay(text: str, *, demo: bool) -> str | None:
    digits = _digits(text)
    if not digits:
        return None
    if not re.fullmatch(r"[0-9]{13}", digits):
        raise BadInput("หมายเลขพร้อมเพย์ของกองทุนคือเลขประจำตัวผู้เสียภาษี 13 หลัก กรุณาตรวจและใส่ใหม่")
    _check_holder(digits, what="หมายเลขพร้อมเพย์", demo=demo)
    return digits


def _check_holder(tax_id: str, *, what: str, demo: bool) -> None:
    """Raises BadInput unless this is an organisation's tax ID or, in the demonstration, nobody's."""
    if demo:
        if national_id.is_valid_tax_id(tax_id):
            raise BadInput(f"{what}นี้อาจเป็นของจริง ระบบสาธิตรับเฉพาะเลขที่จ่ายเงินไม่ได้ เช่น เลขที่หลักสุดท้ายของ 13 หลักผิด")
        return
    if not national_id.is_valid_tax_id(tax_id):
        raise BadInput(f"{what}ไม่ถูกต้อง หลักตรวจสอบไม่ตรง กรุณาตรวจกับหนังสือของธนาคารทีละตัว")
    # Persons' numbers begin with 1 to 8, organisations' with 0.
    if not tax_id.startswith("0"):
        raise BadInput(f"{what}นี้เป็นเลขของบุคคล เงินกองทุนต้องเข้าบัญชีของหน่วยงานเท่านั้น กรุณาใช้เลขที่ขึ้นต้นด้วย 0")
