"""Paper books: receipts that were written by hand before, registered with their last numbers by two people.

Numbers of the portal begin after them, so no number is on two papers; whoever checks an old number is told where to ask.
"""

import re
from typing import Any

from sqlalchemy import select

from app.fund.giving.receipts import receipts
from app.fund.giving.records.receipts import MAIN, PaperReceiptBook, Receipt, RetiredNumbers
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.kit.thai import arabic_digits
from app.staff import approvals, audit
from app.staff.approvals import ApprovalKind, ApprovalRequest
from app.staff.deeds import Deed
from app.staff.users import User

REGISTER = "paper_book.register"
_YEARS_BE = range(2500, 2700)
_MOST = 999_999
_TYPED = re.compile(r"([0-9A-Zก-ฮ.\-]{1,20})/([0-9]{1,6})")


def every() -> list[PaperReceiptBook]:
    """The books that are registered, newest year first."""
    order = (PaperReceiptBook.fiscal_year_be.desc(), PaperReceiptBook.volume, PaperReceiptBook.id)
    return list(db.session().scalars(select(PaperReceiptBook).order_by(*order)))


def waiting() -> list[ApprovalRequest]:
    """Books that wait for their second person, oldest first."""
    return [request for request in approvals.waiting(of_finance=False) if request.kind == REGISTER]


def ask(
    *,
    fiscal_year_be: int,
    volume: str,
    first_number: int,
    last_number: int,
    ask_at: str,
    reason: str,
    by: User,
) -> ApprovalRequest:
    """Ask that a book be registered; a second person of another role approves. Inside a transaction.

    Raises BadInput for numbers or words that will not do, Refused once a receipt of that year is issued here.
    """
    volume, ask_at = "".join(arabic_digits(visible(volume)).split()).upper(), visible(ask_at)
    if fiscal_year_be not in _YEARS_BE:
        raise BadInput("ปีงบประมาณต้องเป็นปี พ.ศ. เช่น 2565")
    if not 1 <= first_number <= last_number <= _MOST:
        raise BadInput("เลขที่แรกต้องไม่เกินเลขที่สุดท้ายที่ใช้ และไม่เกิน 999,999 กรุณาดูจากต้นขั้ว")
    if len(volume) > 20 or not 3 <= len(ask_at) <= 200:
        raise BadInput("กรุณาบอกเล่มที่ไม่เกิน 20 ตัวอักษร และที่สอบถาม 3–200 ตัวอักษร เช่น ฝ่ายการเงิน โทร. 045 …")
    _refuse_issued(fiscal_year_be)
    return approvals.ask(
        kind=REGISTER,
        subject=f"paper_book:{fiscal_year_be}/{volume}",
        payload={
            "fiscal_year_be": fiscal_year_be,
            "volume": volume,
            "first_number": first_number,
            "last_number": last_number,
            "ask_at": ask_at,
        },
        changes=[
            ("ปีงบประมาณ", "", str(fiscal_year_be)),
            ("เล่มที่", "", volume or "ไม่มี"),
            ("เลขที่ที่ใช้แล้ว", "", f"{first_number:,}–{last_number:,}"),
            ("สอบถามที่", "", ask_at),
        ],
        reason=reason,
        by=by,
    )


def _refuse_issued(fiscal_year_be: int) -> None:
    issued, retired = (
        select(table.id).filter_by(fiscal_year_be=fiscal_year_be, book=MAIN)
        for table in (Receipt, RetiredNumbers)
    )
    if db.session().scalar(issued.limit(1)) is not None or db.session().scalar(retired.limit(1)) is not None:
        raise Refused(
            f"ปีงบประมาณ {fiscal_year_be} ออกใบเสร็จในระบบไปแล้ว เลขจะซ้อนกัน จึงลงทะเบียนเล่มกระดาษของปีนี้ไม่ได้ "
            "กรุณาเก็บต้นขั้วไว้ให้ตรวจที่กองทุน"
        )


def _carry_out(approval: ApprovalRequest) -> str:
    asked: dict[str, Any] = approval.asked
    year, last = asked["fiscal_year_be"], asked["last_number"]
    # Whoever issues the first receipt of that year waits for this row, and begins after its number.
    session, book = db.session(), receipts.lock_book(year_be=year)
    _refuse_issued(year)
    made = PaperReceiptBook(**asked, registered_at=clock.now(), approval_request_id=approval.id)
    session.add(made)
    session.flush()
    book.last_number = max(book.last_number, last)
    session.flush()
    audit.record(
        Deed.PAPER_BOOK_REGISTER,
        f"paper_book:{year}/{made.volume}",
        by=approval.decided_by,
        asked_by=approval.asked_by.sign_in_name,
        first=made.first_number,
        number=last,
    )
    return f"ลงทะเบียนแล้ว ใบเสร็จของระบบในปีงบประมาณ {year} เริ่มที่เลขที่ {book.last_number + 1:06d}"


APPROVALS = (ApprovalKind(REGISTER, "ลงทะเบียนใบเสร็จเล่มกระดาษ", _carry_out),)


def of_number(typed: str) -> PaperReceiptBook | None:
    """The paper book that a number is of: `2565/45` by its year, or `3/45` by its volume; None for any other."""
    found = _TYPED.fullmatch("".join(arabic_digits(typed).split()).upper())
    if found is None:
        return None
    number = int(found[2])
    known = select(PaperReceiptBook).where(
        PaperReceiptBook.first_number <= number, PaperReceiptBook.last_number >= number
    )
    is_year = found[1].isascii() and found[1].isdigit() and int(found[1]) in _YEARS_BE
    known = known.where(
        PaperReceiptBook.fiscal_year_be == int(found[1]) if is_year else PaperReceiptBook.volume == found[1]
    )
    return db.session().scalars(known.order_by(PaperReceiptBook.id.desc()).limit(1)).one_or_none()
