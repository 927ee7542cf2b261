"""Integrity checks of receipts: no number is missing, every donation that was not reversed whole has its receipt, over what is left of it."""

from sqlalchemy import text

from app.fund.giving.receipts import issuer
from app.fund.ledger import books
from app.kit.db import db
from app.kit.frozen import hash_of, thaw


@books.integrity_check("ใบเสร็จรับเงินเลขต่อเนื่องไม่ขาด และเงินสมทบทุกก้อนมีใบเสร็จ")
def receipts_without_gap() -> list[str]:
    # The book of goods numbers documents of another kind, which are checked where they are.
    # While the issuer's data are incomplete no receipt can be issued; then each donation without one is owed one.
    owed = (
        ""
        if issuer.is_complete()
        else "AND NOT EXISTS (SELECT 1 FROM receipt_due AS d WHERE d.donation_id = g.id)"
    )
    return books.violations(
        """SELECT b.fiscal_year_be AS year, b.book AS book, b.last_number AS last, COUNT(r.id) AS count
        FROM (SELECT c.fiscal_year_be, c.book, c.last_number, COALESCE((SELECT MAX(p.last_number) FROM paper_receipt_book AS p
                WHERE p.fiscal_year_be = c.fiscal_year_be AND c.book = ''), 0) AS before,
                COALESCE((SELECT SUM(q.last_number - q.first_number + 1) FROM retired_numbers AS q
                WHERE q.fiscal_year_be = c.fiscal_year_be AND q.book = c.book), 0) AS retired,
                COALESCE((SELECT MAX(q.last_number) FROM retired_numbers AS q
                WHERE q.fiscal_year_be = c.fiscal_year_be AND q.book = c.book), 0) AS last_retired FROM receipt_book AS c) AS b
        LEFT JOIN receipt AS r ON r.fiscal_year_be = b.fiscal_year_be AND r.book = b.book
        WHERE b.book <> 'K' GROUP BY b.fiscal_year_be, b.book, b.last_number, b.before, b.retired, b.last_retired
        HAVING COUNT(r.id) <> b.last_number - b.before - b.retired
        OR (COALESCE(MAX(r.number), b.before) <> b.last_number AND b.last_retired <> b.last_number)""",
        "ปีงบประมาณ {year} {book} ใช้เลขถึง {last} แต่มีใบเสร็จ {count} ใบ",
    ) + books.violations(
        "SELECT g.id AS id FROM live_donation AS g WHERE g.satang > 0 "  # noqa: S608 — a fixed piece
        f"AND NOT EXISTS (SELECT 1 FROM receipt AS r WHERE r.donation_id = g.id) {owed}",
        "เงินสมทบเลขที่ {id} ไม่มีใบเสร็จรับเงิน",
    )


@books.integrity_check("เนื้อความใบเสร็จรับเงินเป็นอย่างที่ออก และตรงกับเงินสมทบที่ยังคงอยู่")
def receipts_say_what_stands() -> list[str]:
    # A valid receipt is over what is left of its donation; a voided one was over no more than was given.
    from_donations = text(
        "SELECT r.contents, r.contents_hash, r.fiscal_year_be, r.book, r.number, r.voided_at IS NULL, g.satang, "
        "g.given_satang FROM receipt AS r JOIN live_donation AS g ON g.id = r.donation_id"
    )
    found = []
    for contents, kept, year, book, number, valid, stands, given in db.session().execute(from_donations):
        satang = thaw(contents)["satang"]
        if hash_of(contents) != kept or (satang != stands if valid else satang > given):
            found.append(f"ใบเสร็จรับเงิน {year}/{book}{number:06d} เนื้อความไม่ตรงกับที่ออกไว้")
    return found
