"""Proofs of the bank: behind every gift stands money that a bank told us of, all of it and once."""

from app.fund.ledger import books


@books.proof("เงินสมทบทุกก้อนมีเงินเข้าธนาคารรองรับเท่ากันพอดี")
def _gifts_came_from_the_bank() -> list[str]:
    return books.violations(
        """SELECT g.id AS id, g.satang AS satang, COALESCE(SUM(a.satang), 0) AS allocated
        FROM gift AS g LEFT JOIN allocation AS a ON a.gift_id = g.id
        GROUP BY g.id, g.satang HAVING g.satang <> COALESCE(SUM(a.satang), 0)""",
        "เงินสมทบเลขที่ {id} เป็นเงิน {satang} สตางค์ แต่มีเงินเข้าธนาคารรองรับ {allocated} สตางค์",
    )


@books.proof("รายการเงินเข้าที่ลงแล้วกลายเป็นเงินสมทบครบทั้งก้อน รายการอื่นไม่กลายเป็นเงินสมทบ")
def _events_became_gifts_whole() -> list[str]:
    return books.violations(
        """SELECT e.id AS id, COALESCE(SUM(a.satang), 0) AS allocated
        FROM bank_event AS e JOIN settlement AS s ON s.event_id = e.id LEFT JOIN allocation AS a ON a.event_id = e.id
        AND NOT EXISTS (SELECT 1 FROM gift_return AS r WHERE r.gift_id = a.gift_id AND r.kind = 'undo')
        GROUP BY e.id, e.satang, s.state
        HAVING COALESCE(SUM(a.satang), 0) <> CASE s.state WHEN 'posted' THEN e.satang ELSE 0 END""",
        "รายการเงินเข้าเลขที่ {id} ลงเป็นเงินสมทบ {allocated} สตางค์ ไม่ตรงกับสถานะ",
    )


@books.proof("รายการเงินเข้าทุกรายการมีผลการพิจารณา")
def _every_event_has_a_settlement() -> list[str]:
    return books.violations(
        """SELECT e.id AS id FROM bank_event AS e LEFT JOIN settlement AS s ON s.event_id = e.id
        WHERE s.event_id IS NULL""",
        "รายการเงินเข้าเลขที่ {id} ไม่มีผลการพิจารณา",
    )


@books.proof("เงินก้อนเดียวที่สองช่องทางแจ้ง จับคู่กันหนึ่งต่อหนึ่งและยอดเท่ากัน")
def _pairs_are_true_pairs() -> list[str]:
    return books.violations(
        """SELECT e.id AS id FROM settlement AS s JOIN bank_event AS e ON e.id = s.event_id
        JOIN bank_event AS f ON f.id = s.same_as_id JOIN settlement AS t ON t.event_id = f.id
        WHERE e.source = f.source OR e.satang <> f.satang OR t.state = 'same'""",
        "รายการเงินเข้าเลขที่ {id} จับคู่กับรายการที่ไม่ใช่เงินก้อนเดียวกัน",
    ) + books.violations(
        "SELECT same_as_id AS id FROM settlement WHERE same_as_id IS NOT NULL GROUP BY same_as_id HAVING COUNT(*) > 1",
        "รายการเงินเข้าเลขที่ {id} มีคู่มากกว่าหนึ่ง",
    )
