"""Voucher books: payment vouchers (ใบสำคัญจ่าย) are numbered without a gap in each fiscal year."""

from sqlalchemy.dialects import postgresql, sqlite

from app.fund.ledger import books
from app.fund.spending.records import VoucherBook
from app.kit.db import db, is_sqlite, lock


def next_number(year: int) -> int:
    """The next voucher number of a fiscal year. The book is held to the end, so no number is lost or used twice."""
    session = db.session()
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    session.execute(insert(VoucherBook).values(fiscal_year_be=year, last_number=0).on_conflict_do_nothing())
    book = lock(VoucherBook, year)
    book.last_number += 1
    session.flush()
    return book.last_number


@books.integrity_check("เลขใบสำคัญจ่ายเรียงต่อกันไม่ขาด")
def vouchers_run_without_gap() -> list[str]:
    return books.violations(
        """SELECT b.fiscal_year_be AS year, b.last_number AS last FROM voucher_book AS b
        LEFT JOIN payment AS y ON y.fiscal_year_be = b.fiscal_year_be
        GROUP BY b.fiscal_year_be, b.last_number
        HAVING COUNT(y.id) <> b.last_number OR COALESCE(MAX(y.number), 0) <> b.last_number""",
        "ใบสำคัญจ่ายปี {year} ไม่ครบถึงเลขที่ {last}",
    )
