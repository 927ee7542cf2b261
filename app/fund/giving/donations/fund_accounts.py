"""Rules of the fund's bank accounts: proposed by a resolution, opened with what the bank issued, closed."""

import re

from sqlalchemy import select

from app.fund.giving.donations.donations import Donation, FundAccount
from app.kit import national_id
from app.kit.db import db, explain, lock
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.kit.thai import arabic_digits
from app.province.banks import Bank, banks
from app.staff import audit
from app.staff.roles import Role
from app.staff.users import User

explain("uq_fund_account_number", "กองทุนมีบัญชีเลขที่นี้อยู่แล้ว กรุณาเปิดหน้าของบัญชีนั้น หรือใช้เลขที่บัญชีอื่น")
explain("uq_fund_account_biller_id", "Biller ID นี้เป็นของบัญชีอื่นของกองทุนแล้ว กรุณาขอ Biller ID ของบัญชีนี้จากธนาคาร")

_NUMBER = re.compile(r"[0-9]{10,15}")
_BILLER = re.compile(r"[0-9]{15}")
_SEPARATORS = re.compile(r"[\s‐-―−-]+")


def choices() -> list[Bank]:
    """The banks at which the fund can have an account: those at work today."""
    return [bank for bank in banks() if bank.status == "active"]


def every() -> list[FundAccount]:
    """All accounts of the fund: the open one first, then those on their way, then the closed."""
    found = db.session().scalars(select(FundAccount).order_by(FundAccount.id))
    return sorted(found, key=lambda account: ("open", "proposed", "closed").index(account.state))


def has_donations(account_id: int) -> bool:
    """Whether a QR code was ever issued for this account, so that its IDs stay as they are."""
    statement = select(Donation.id).where(Donation.account_id == account_id).limit(1)
    return db.session().scalar(statement) is not None


def propose(*, bank_code: str, number: str, name: str, by: User) -> FundAccount:
    """The fund means to receive into this account; networks may pledge, QR codes wait until it is open.

    Raises BadInput for an unknown bank, a number that is not 10 to 15 digits, or a missing name.
    """
    _keeps(by)
    if bank_code not in {bank.code for bank in choices()}:
        raise BadInput("ไม่รู้จักธนาคารนี้ กรุณาเลือกธนาคารจากรายการ")
    digits = _digits(number)
    if not _NUMBER.fullmatch(digits):
        raise BadInput("เลขที่บัญชีต้องมีตัวเลข 10–15 หลัก กรุณาใส่ตามสมุดบัญชี")
    name = visible(name)
    if not 1 <= len(name) <= 160:
        raise BadInput("ชื่อบัญชีต้องมี และยาวไม่เกิน 160 ตัวอักษร")
    account = FundAccount(bank_code=bank_code, number=digits, name=name, state="proposed")
    session = db.session()
    session.add(account)
    session.flush()
    audit.note("account.propose", f"account:{account.id}", by=by, bank=bank_code, number=digits, name=name)
    return account


def open_(account_id: int, *, biller_id: str, promptpay_id: str, by: User, demo: bool = False) -> FundAccount:
    """From now on QR codes pay into this account; it may have been proposed or closed before.

    `biller_id` is the 15 digits of bill payment, `promptpay_id` the 13 of a tax ID; one of them may be empty. Both
    must be an organisation's with the right check digit. In the demonstration (`demo`) it must be wrong instead, so
    that nobody's money can follow an invented QR code. Once a donation refers to the account an ID may be added but
    not changed: QR codes are out. Raises BadInput for IDs that will not do, Refused while another account is open.
    """
    _keeps(by)
    # Two officers opening two accounts wait for each other here, or both would find none open.
    statement = select(FundAccount).order_by(FundAccount.id).with_for_update()
    ours = {one.id: one for one in db.session().scalars(statement.execution_options(populate_existing=True))}
    account = ours.get(account_id)
    if account is None:
        raise Refused("ไม่พบบัญชีนี้ กรุณาเปิดหน้าตั้งค่ากองทุนใหม่")
    taken = next((one for one in ours.values() if one.state == "open"), None)
    if taken is not None:
        raise Refused(f"บัญชีเลขที่ {taken.number} เปิดรับเงินอยู่ กองทุนรับเงินได้ทีละบัญชีเดียว กรุณาปิดบัญชีนั้นก่อน")
    biller, promptpay = _biller(biller_id, demo=demo), _promptpay(promptpay_id, demo=demo)
    if biller is None and promptpay is None:
        raise BadInput("ต้องมี Biller ID หรือหมายเลขพร้อมเพย์อย่างน้อยหนึ่งอย่าง จึงจะออก QR ได้ กรุณาใส่ตามหนังสือของธนาคาร")
    kept = (account.biller_id in (None, biller)) and (account.promptpay_id in (None, promptpay))
    if not kept and has_donations(account.id):
        raise Refused(
            "บัญชีนี้ออก QR ไปแล้ว จึงเปลี่ยน Biller ID หรือหมายเลขพร้อมเพย์เดิมไม่ได้ หากธนาคารออกเลขใหม่ กรุณาเสนอเป็นบัญชีใหม่"
        )
    before = account.state
    account.biller_id, account.promptpay_id, account.state = biller, promptpay, "open"
    db.session().flush()
    audit.note(
        "account.open", f"account:{account.id}", by=by, before=before, biller=biller, promptpay=promptpay
    )
    return account


def close(account_id: int, *, by: User) -> FundAccount:
    """No new QR code pays into this account. It stays in the books, and money for codes already out still counts."""
    _keeps(by)
    account = lock(FundAccount, account_id)
    if account.state == "closed":
        raise Refused("บัญชีนี้ปิดแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    before, account.state = account.state, "closed"
    audit.note("account.close", f"account:{account.id}", by=by, before=before)
    return account


def _keeps(by: User) -> None:
    if not by.has(Role.FUND_OFFICER):
        raise Refused("เฉพาะฝ่ายเลขานุการกองทุนเท่านั้นที่เสนอ เปิด และปิดบัญชีได้ กรุณาแจ้งฝ่ายเลขานุการ")


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
