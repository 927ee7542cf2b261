"""Checks of aid: what was asked, bought and delivered agrees with the fund and with the logbooks."""

from app.fund.ledger import books


@books.integrity_check("ผู้ขอความช่วยเหลือที่กองทุนรู้จัก คือผู้ร่างคำขอ")
def asked_by_who_drew_up() -> list[str]:
    return books.violations(
        """SELECT r.code AS code FROM aid_request AS r JOIN proposal AS p ON p.code = r.code
        WHERE p.asked_by_id <> r.made_by_id""",
        "คำขอ {code} กองทุนบันทึกผู้ขอเป็นคนอื่น",
    )


@books.integrity_check("จำนวนที่ส่งมอบไม่เกินที่บันทึกว่าซื้อจริง")
def given_was_bought() -> list[str]:
    return books.violations(
        """SELECT * FROM (SELECT r.code AS code, c.item_code AS item, c.quantity AS bought,
            (SELECT COALESCE(SUM(d.quantity), 0) FROM delivery AS d JOIN aid_line AS l ON l.id = d.line_id
                WHERE l.request_id = c.request_id AND l.item_code = c.item_code
                AND l.unit_satang = c.asked_satang) AS given
        FROM item_cost AS c JOIN aid_request AS r ON r.id = c.request_id
        WHERE NOT EXISTS (SELECT 1 FROM item_cost AS n WHERE n.request_id = c.request_id
            AND n.item_code = c.item_code AND n.asked_satang = c.asked_satang AND n.id > c.id)) AS sums
        WHERE given > bought""",
        "คำขอ {code} ซื้อ {item} {bought} แต่ส่งมอบ {given}",
    )


@books.integrity_check("มูลค่าที่ส่งมอบไม่เกินที่จ่าย ทุกคำขอและรวมทั้งกองทุน")
def delivered_within_paid() -> list[str]:
    return books.violations(
        """SELECT * FROM (SELECT r.code AS code,
            (SELECT SUM(d.quantity * v.unit_satang) FROM delivery AS d JOIN aid_line_value AS v
                ON v.line_id = d.line_id WHERE v.request_id = r.id) AS delivered,
            (SELECT COALESCE(SUM(y.satang - y.returned_satang), 0) FROM payment AS y JOIN proposal AS p ON p.id = y.proposal_id
                WHERE p.code = r.code AND y.voided_at IS NULL) AS paid
        FROM aid_request AS r WHERE EXISTS (SELECT 1 FROM delivery AS d JOIN aid_line AS l ON l.id = d.line_id
            WHERE l.request_id = r.id)) AS sums WHERE delivered > paid""",
        "คำขอ {code} ส่งมอบแล้ว {delivered} สตางค์ แต่จ่ายไป {paid} สตางค์",
    ) + books.violations(
        """SELECT * FROM (SELECT
            (SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d JOIN aid_line_value AS v
                ON v.line_id = d.line_id) AS delivered,
            (SELECT COALESCE(SUM(balance_satang), 0) FROM account WHERE kind = 'paid') AS paid) AS sums
        WHERE delivered > paid""",
        "ส่งมอบแล้วรวม {delivered} สตางค์ แต่จ่ายไปรวม {paid} สตางค์",
    )


@books.integrity_check("ของที่ส่งมอบทุกชิ้นมีบันทึกในสมุดครัวเรือนตามมูลค่า")
def deliveries_are_logged() -> list[str]:
    return books.violations(
        # Of a line and its corrections the newest counts.
        """SELECT d.id AS id FROM delivery AS d JOIN aid_line AS l ON l.id = d.line_id
        JOIN aid_line_value AS v ON v.line_id = l.id
        LEFT JOIN logbook_entry AS g ON g.household_id = l.household_id AND g.id = (SELECT MAX(h.id)
            FROM logbook_entry AS h WHERE h.id = d.logbook_entry_id OR h.amends_id = d.logbook_entry_id)
        WHERE d.outcome <> 'not' AND (g.id IS NULL OR g.satang <> d.quantity * v.unit_satang)""",
        "การส่งมอบเลขที่ {id} ไม่ตรงกับสมุดบันทึกครัวเรือน",
    ) + books.violations(
        """SELECT r.code AS code FROM aid_request AS r WHERE r.state = 'submitted' AND (r.delivered_at IS NULL)
        <> EXISTS (SELECT 1 FROM aid_line AS l WHERE l.request_id = r.id AND l.quantity
            > (SELECT COALESCE(SUM(d.quantity), 0) FROM delivery AS d WHERE d.line_id = l.id))""",
        "คำขอ {code} บอกว่าส่งมอบครบแล้วไม่ตรงกับที่ส่งมอบ",
    )


@books.integrity_check("ความช่วยเหลือที่ทุกครัวเรือนได้รับในแต่ละมิติเท่ากับผลรวมของที่ส่งมอบ")
def help_received_is_what_was_given() -> list[str]:
    return books.violations(
        """SELECT h.code AS code, SUM(s.kept) AS kept, SUM(s.given) AS given FROM (
            SELECT household_id, dimension, satang AS kept, 0 AS given FROM help_received
            UNION ALL SELECT l.household_id, r.dimension, 0, d.quantity * v.unit_satang FROM delivery AS d
            JOIN aid_line AS l ON l.id = d.line_id JOIN aid_request AS r ON r.id = l.request_id
            JOIN aid_line_value AS v ON v.line_id = l.id WHERE d.quantity > 0) AS s
        JOIN household AS h ON h.id = s.household_id
        GROUP BY h.code, s.dimension HAVING SUM(s.kept) <> SUM(s.given)""",
        "ครัวเรือน {code} มียอดความช่วยเหลือ {kept} สตางค์ แต่ที่ส่งมอบรวมได้ {given} สตางค์",
    )


@books.integrity_check("คำขอที่ส่งแล้วเท่ากับที่กองทุนถือ")
def requests_equal_proposals() -> list[str]:
    return books.violations(
        # As it was sent: what the fund was asked for later is a version of its own.
        """SELECT * FROM (SELECT r.code AS code,
            (SELECT COALESCE(SUM(f.satang), 0) FROM proposal AS p JOIN proposal_version AS v
                ON v.proposal_id = p.id AND v.number = 1 JOIN proposal_funding AS f ON f.version_id = v.id
                WHERE p.code = r.code) AS held,
            (SELECT COALESCE(SUM(l.quantity * l.unit_satang), 0) FROM aid_line AS l
                WHERE l.request_id = r.id) AS asked
        FROM aid_request AS r WHERE r.submitted_at IS NOT NULL) AS sums WHERE held <> asked""",
        "คำขอ {code} รวมได้ {asked} สตางค์ แต่กองทุนถือไว้ {held} สตางค์",
    )


CHECKS = (
    requests_equal_proposals,
    asked_by_who_drew_up,
    given_was_bought,
    delivered_within_paid,
    deliveries_are_logged,
    help_received_is_what_was_given,
)
