"""Checks of what was given before the books began: two people brought it in, and it is no more than the money it explains."""

from app.fund.ledger import books


@books.integrity_check("เงินสมทบยกมาไม่เกินยอดยกมากับที่ใช้ไปก่อนหน้า และนำเข้าโดยสองคน")
def carried_within_opening() -> list[str]:
    return books.violations(
        """SELECT p.code AS code, SUM(g.satang) AS told, COALESCE(b.satang + b.spent_satang, 0) AS brought
        FROM carried_gift AS g JOIN purpose AS p ON p.id = g.purpose_id
        LEFT JOIN opening_balance AS b ON b.purpose_id = g.purpose_id WHERE g.kind = 'donation'
        GROUP BY p.code, b.satang, b.spent_satang HAVING SUM(g.satang) > COALESCE(b.satang + b.spent_satang, 0)""",
        "เงินสมทบยกมาของ {code} รวม {told} สตางค์ เกินยอดยกมาและที่ใช้ไป {brought} สตางค์",
    ) + books.violations(
        """SELECT l.id AS id FROM carried_list AS l JOIN approval_request AS a ON a.id = l.approval_request_id
        WHERE a.decision IS NULL OR a.decision <> 'approved' OR a.asked_by_id = a.decided_by_id""",
        "ไฟล์ยกมาที่ {id} ไม่มีผู้อนุมัติคนที่สอง",
    )
