"""Integrity checks of in-kind donations: no number is missing, documents say what was recorded, and the store holds what came."""

from sqlalchemy import select

from app.fund.giving.records.goods import InKindDonation, InKindReceiptDocument, InKindReceiptDue
from app.fund.ledger import books
from app.kit.db import db
from app.kit.frozen import hash_of, thaw


@books.integrity_check("ใบรับสิ่งของเลขต่อเนื่องไม่ขาด เนื้อความเป็นอย่างที่ออก และของในคลังตรงกับใบรับ")
def goods_are_documents_and_stock() -> list[str]:
    gaps = books.violations(
        """SELECT b.fiscal_year_be AS year, b.last_number AS last, COUNT(g.id) AS count
        FROM (SELECT c.fiscal_year_be, c.last_number, COALESCE((SELECT SUM(q.last_number - q.first_number + 1) FROM retired_numbers AS q
                WHERE q.fiscal_year_be = c.fiscal_year_be AND q.book = 'K'), 0) AS retired FROM receipt_book AS c WHERE c.book = 'K') AS b
        LEFT JOIN in_kind_donation AS g ON g.fiscal_year_be = b.fiscal_year_be
        GROUP BY b.fiscal_year_be, b.last_number, b.retired HAVING COUNT(g.id) <> b.last_number - b.retired""",
        "ปีงบประมาณ {year} ใช้เลขใบรับสิ่งของถึง {last} แต่มี {count} ใบ",
    )
    moves = books.violations(
        """SELECT g.number AS number, g.fiscal_year_be AS year FROM in_kind_donation AS g
        WHERE COALESCE((SELECT SUM(m.quantity) FROM stock_move AS m WHERE m.in_kind_donation_id = g.id), 0)
        <> CASE WHEN g.kind = 'goods' AND g.voided_at IS NULL THEN g.quantity ELSE 0 END""",
        "ใบรับสิ่งของ {year}/K-{number} ไม่ตรงกับที่เข้าคลัง",
    )
    below = books.violations(
        """SELECT i.name AS name FROM stock_item AS i JOIN stock_move AS m ON m.item_id = i.id
        GROUP BY i.id, i.name HAVING SUM(m.quantity) < 0""",
        "ของในคลังติดลบ: {name}",
    )
    return gaps + moves + below + _documents_that_say_another_thing()


def _documents_that_say_another_thing() -> list[str]:
    rows = db.session().execute(
        select(
            InKindDonation.fiscal_year_be,
            InKindDonation.number,
            InKindDonation.contents,
            InKindDonation.contents_hash,
            InKindDonation.satang,
            InKindReceiptDue.since,
            InKindReceiptDocument.contents,
            InKindReceiptDocument.contents_hash,
        )
        .outerjoin(InKindReceiptDue, InKindReceiptDue.in_kind_donation_id == InKindDonation.id)
        .outerjoin(InKindReceiptDocument, InKindReceiptDocument.in_kind_donation_id == InKindDonation.id)
    )
    found = []
    for year, number, contents, kept, satang, due, printed, printed_hash in rows:
        known = thaw(contents)
        # Without an issuer a document is owed, and said to be; a document that was never made hides nothing.
        holds = (
            hash_of(contents) == kept and known["satang"] == satang and ("issuer" in known) == (due is None)
        )
        if holds and printed is not None:
            holds = hash_of(printed) == printed_hash and _is_of(known, thaw(printed), due is not None)
        if not holds:
            found.append(f"ใบรับสิ่งของ {year}/K-{number:06d} เนื้อความไม่ตรงกับที่ออกไว้")
    return found


def _is_of(known: dict[str, object], printed: dict[str, object], was_owed: bool) -> bool:
    """Whether the document says what was recorded and, where it was owed, nothing more but its issuer and its day."""
    if not was_owed:
        return known == printed
    return {key: printed.get(key) for key in known} == known
