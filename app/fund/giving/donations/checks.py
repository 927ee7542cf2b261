"""Integrity checks of donations: each is in the books, each reversal too, and what is left of them is the balance received."""

from app.fund.ledger import books


@books.integrity_check("เงินสมทบทุกก้อนมีรายการบัญชีของตน และรายการรับทุกแถวมีเงินสมทบของตน")
def donations_are_in_the_books() -> list[str]:
    # When every donation has its entry, equal counts mean that none has a second one.
    return books.violations(
        """SELECT g.id AS id FROM donation AS g
        LEFT JOIN entry AS e ON e.donation_id = g.id AND e.movement = 'receive'
        LEFT JOIN account AS d ON d.id = e.debit_id LEFT JOIN account AS c ON c.id = e.credit_id
        WHERE e.id IS NULL OR e.satang <> g.satang OR d.purpose_id <> g.purpose_id
        OR d.kind <> 'available' OR c.kind <> 'received'""",
        "เงินสมทบเลขที่ {id} ไม่มีรายการบัญชีที่ตรงกัน",
    ) + books.violations(
        """SELECT n.entries AS entries, n.donations AS donations FROM (SELECT
        (SELECT COUNT(*) FROM entry WHERE movement = 'receive') AS entries,
        (SELECT COUNT(*) FROM donation) AS donations) AS n WHERE n.entries <> n.donations""",
        "มีรายการรับ {entries} รายการ แต่มีเงินสมทบ {donations} ก้อน",
    )


@books.integrity_check("เงินที่คืนหรือถอนทุกรายการมีรายการบัญชีของตน และไม่เกินเงินสมทบที่เหลือ")
def reversals_are_in_the_books() -> list[str]:
    return (
        books.violations(
            """SELECT r.id AS id FROM donation_reversal AS r JOIN donation AS g ON g.id = r.donation_id
            LEFT JOIN entry AS e ON e.donation_reversal_id = r.id AND e.movement = 'give_back'
            LEFT JOIN account AS d ON d.id = e.debit_id LEFT JOIN account AS c ON c.id = e.credit_id
            WHERE e.id IS NULL OR e.satang <> r.satang OR d.purpose_id <> g.purpose_id
            OR d.kind <> 'received' OR c.kind <> 'available'""",
            "การคืนเงินเลขที่ {id} ไม่มีรายการบัญชีที่ตรงกัน",
        )
        + books.violations(
            """SELECT n.entries AS entries, n.reversals AS reversals FROM (SELECT
            (SELECT COUNT(*) FROM entry WHERE movement = 'give_back') AS entries,
            (SELECT COUNT(*) FROM donation_reversal) AS reversals) AS n WHERE n.entries <> n.reversals""",
            "มีรายการคืน {entries} รายการ แต่มีการคืนเงินสมทบ {reversals} ครั้ง",
        )
        + books.violations(
            """SELECT g.id AS id FROM donation AS g JOIN donation_reversal AS r ON r.donation_id = g.id
            GROUP BY g.id, g.satang HAVING SUM(r.satang) > g.satang
            OR (SUM(CASE r.kind WHEN 'undone' THEN 1 ELSE 0 END) > 0 AND (COUNT(*) > 1 OR SUM(r.satang) <> g.satang))""",
            "เงินสมทบเลขที่ {id} คืนเกินจำนวน หรือถอนการจับคู่ไม่ทั้งก้อน",
        )
    )


@books.integrity_check("เงินสมทบที่ยังอยู่รวมกับยอดยกมาเท่ากับยอดรับแล้วของวัตถุประสงค์")
def standing_donations_are_what_was_received() -> list[str]:
    return books.violations(
        """SELECT p.code AS code, a.balance_satang AS received, COALESCE(b.satang, 0) AS brought,
            COALESCE(SUM(g.satang), 0) AS donations
        FROM purpose AS p JOIN account AS a ON a.purpose_id = p.id AND a.kind = 'received'
        LEFT JOIN opening_balance AS b ON b.purpose_id = p.id LEFT JOIN live_donation AS g ON g.purpose_id = p.id
        GROUP BY p.code, a.balance_satang, b.satang
        HAVING a.balance_satang <> COALESCE(SUM(g.satang), 0) + COALESCE(b.satang, 0)""",
        "วัตถุประสงค์ {code} รับแล้ว {received} สตางค์ แต่ยอดยกมา {brought} กับเงินสมทบที่ยังอยู่ {donations} สตางค์รวมได้ไม่เท่า",
    )


@books.integrity_check("ยอดเงินสมทบของทุกเครือข่ายและความประสงค์เท่ากับผลรวมของเงินสมทบที่ยังอยู่")
def totals_are_what_stands() -> list[str]:
    return books.violations(
        """SELECT n.code AS code, SUM(s.kept) AS kept, SUM(s.stands) AS stands FROM (
            SELECT network_id, COALESCE(pledge_id, 0) AS pledge, satang AS kept, 0 AS stands FROM donation_total
            UNION ALL SELECT COALESCE(g.network_id, p.network_id), COALESCE(g.pledge_id, 0), 0, g.satang
            FROM live_donation AS g LEFT JOIN pledge AS p ON p.id = g.pledge_id
            WHERE g.network_id IS NOT NULL OR g.pledge_id IS NOT NULL) AS s
        JOIN network AS n ON n.id = s.network_id
        GROUP BY n.code, s.pledge HAVING SUM(s.kept) <> SUM(s.stands)""",
        "เครือข่าย {code} มียอดเงินสมทบ {kept} สตางค์ แต่เงินสมทบที่ยังอยู่รวมได้ {stands} สตางค์",
    )


@books.integrity_check("การให้ที่แสดงว่าได้รับแล้วมีเงินสมทบจริง")
def received_payment_requests_have_donations() -> list[str]:
    return books.violations(
        """SELECT d.ref1 AS ref1 FROM payment_request AS d WHERE (d.state = 'received') <> EXISTS (
            SELECT 1 FROM donation AS g WHERE g.payment_request_id = d.id AND NOT EXISTS (
                SELECT 1 FROM donation_reversal AS r WHERE r.donation_id = g.id AND r.kind = 'undone'))""",
        "การให้ {ref1} มีสถานะไม่ตรงกับเงินที่ได้รับ",
    )
