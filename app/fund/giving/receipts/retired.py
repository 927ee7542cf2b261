"""Retired numbers: those that may stand on papers which a restored portal knows nothing of. No paper is given them again.

A backup is some hours old when it is put back. Receipts that were issued meanwhile are genuine and out; without this the next giver
would get the same number.
"""

from sqlalchemy import select

from app.fund.giving.receipts import receipts
from app.fund.giving.records.receipts import BOOK_NAMES, RetiredNumbers
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.staff import audit, people
from app.staff.deeds import Deed

#: So many at once: a slip of the finger must not end a year's numbers.
_MOST = 10_000


def retire(*, year_be: int, book: str, through: int, reason: str) -> RetiredNumbers:
    """The numbers of a book after its last one, up to `through`, are given to nobody. Inside a transaction, by the operator.

    Raises BadInput for another book, for no reason and for more than 10,000; Refused where these numbers were given here.
    """
    why = visible(reason)
    if book not in BOOK_NAMES:
        raise BadInput(f"ไม่มีเล่ม {book} กรุณาใช้ {', '.join(name or '- (เล่มหลัก)' for name in BOOK_NAMES)}")
    if not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่เลิกใช้เลขเหล่านี้ ไม่เกิน 300 ตัวอักษร")
    session, counter = db.session(), receipts.lock_book(book, year_be=year_be)
    first = counter.last_number + 1
    if through < first:
        raise Refused(f"เลขถึง {through} ของเล่มนี้ใช้ไปแล้ว เลขถัดไปคือ {first} จึงไม่มีอะไรต้องเลิกใช้")
    if through - first >= _MOST:
        raise BadInput(f"เลิกใช้ได้ครั้งละไม่เกิน {_MOST:,} เลข กรุณาตรวจเลขสุดท้าย ({through})")
    made = RetiredNumbers(
        fiscal_year_be=year_be,
        book=book,
        first_number=first,
        last_number=through,
        reason=why,
        retired_at=clock.now(),
    )
    session.add(made)
    session.flush()
    counter.last_number = through
    session.flush()
    audit.record(
        Deed.RECEIPT_RETIRE,
        f"receipt_book:{year_be}/{book}",
        by=None,
        number=f"{first}–{through}",
        reason=why,
        operator=people.operator(),
    )
    return made


def of_number(typed: str) -> RetiredNumbers | None:
    """The retired numbers among which a number is that somebody typed, its fiscal year included."""
    known = receipts.read_code(typed)
    if known is None or known[0] is None:
        return None
    year, book, number = known
    found = select(RetiredNumbers).where(
        RetiredNumbers.fiscal_year_be == year,
        RetiredNumbers.book == book,
        RetiredNumbers.first_number <= number,
        RetiredNumbers.last_number >= number,
    )
    return db.session().scalars(found).one_or_none()
