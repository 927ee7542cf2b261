"""Checks of spending: what was paid was approved, is booked, traced and numbered without a gap."""

from app.fund.ledger import books


@books.integrity_check("ทุกการจ่ายลงบัญชีเท่าใบสำคัญ")
def payments_are_booked() -> list[str]:
    return books.violations(
        """SELECT y.fiscal_year_be AS year, y.number AS number FROM payment AS y
        LEFT JOIN entry AS e ON e.payment_id = y.id AND e.movement = 'pay'
        LEFT JOIN account AS d ON d.id = e.debit_id
        LEFT JOIN entry AS v ON v.payment_id = y.id AND v.movement = 'void' AND v.step = e.step
            AND v.satang = e.satang AND v.debit_id = e.credit_id AND v.credit_id = e.debit_id
        GROUP BY y.id, y.fiscal_year_be, y.number, y.satang, y.voided_at
        HAVING COALESCE(SUM(CASE WHEN d.kind = 'paid' THEN e.satang ELSE 0 END), 0) <> y.satang
            OR COUNT(v.id) <> CASE WHEN y.voided_at IS NULL THEN 0 ELSE COUNT(e.id) END""",
        "ใบสำคัญจ่าย {number}/{year} ไม่ตรงกับบัญชี",
    )


@books.integrity_check("ทุกเงินคืนจากการจ่ายยืนยันโดยสองคน เท่ากับรายการธนาคาร บัญชี และที่มา")
def returns_are_booked() -> list[str]:
    return books.violations(
        """SELECT * FROM (SELECT b.id AS id, b.satang AS satang, b.satang + b.tax_satang AS whole, b.asked_by_id AS asked, b.confirmed_by_id AS confirmed,
            l.satang AS line, i.state AS state,
            (SELECT COALESCE(SUM(e.satang), 0) FROM entry AS e JOIN account AS d ON d.id = e.debit_id
                WHERE e.payment_return_id = b.id AND d.kind = 'committed') AS booked,
            (SELECT COALESCE(SUM(t.satang), 0) FROM trace AS t
                WHERE t.return_id = b.id AND t.payment_id = b.payment_id) AS traced
        FROM payment_return AS b JOIN bank_event AS l ON l.id = b.event_id
        LEFT JOIN reconciliation_item AS i ON i.event_id = b.event_id) AS sums
        WHERE (confirmed IS NULL AND (booked <> 0 OR traced <> 0))
            OR (confirmed IS NOT NULL AND (confirmed = asked OR line <> satang OR state <> 'excluded' OR booked <> whole
                OR traced <> -whole))""",
        "เงินคืนลำดับที่ {id} ไม่ตรงกับรายการธนาคาร บัญชี หรือที่มา",
    ) + books.violations(
        """SELECT * FROM (SELECT y.fiscal_year_be AS year, y.number AS number, y.returned_satang AS kept,
            (SELECT COALESCE(SUM(b.satang + b.tax_satang), 0) FROM payment_return AS b
                WHERE b.payment_id = y.id AND b.confirmed_at IS NOT NULL) AS returned
        FROM payment AS y) AS sums WHERE kept <> returned""",
        "ใบสำคัญจ่าย {number}/{year} ไม่ตรงกับเงินที่คืนมา",
    )


@books.integrity_check("ทุกการจ่ายมีผู้เตรียมและผู้อนุมัติคนละคน ตรงกับที่อนุมัติ")
def payments_follow_orders() -> list[str]:
    # Payments from before orders have none.
    return books.violations(
        """SELECT y.fiscal_year_be AS year, y.number AS number FROM payment AS y
        JOIN payment_order AS o ON o.id = y.order_id
        WHERE o.approved_at IS NULL OR o.withdrawn_at IS NOT NULL
            OR (SELECT COUNT(*) FROM payment_approval AS a WHERE a.order_id = o.id AND a.user_id <> o.prepared_by_id) < o.signatures
            OR (o.signing_group <> '' AND NOT EXISTS (SELECT 1 FROM payment_approval AS a JOIN signatory AS s
                ON s.id = a.signatory_id WHERE a.order_id = o.id AND s.group_code = o.signing_group))
            OR o.satang <> y.satang OR o.withheld_satang <> y.withheld_satang OR o.proposal_id <> y.proposal_id OR o.vendor <> y.vendor
            OR o.vendor_bank <> y.vendor_bank OR o.vendor_account <> y.vendor_account""",
        "ใบสำคัญจ่าย {number}/{year} ไม่ตรงกับรายการที่อนุมัติ",
    )


@books.integrity_check("เงินผูกพัน = มติอนุมัติ − จ่ายแล้ว − คืนเป็นพร้อมใช้ ทุกวัตถุประสงค์")
def committed_is_approved_less_paid() -> list[str]:
    return books.violations(
        """SELECT * FROM (SELECT p.code AS code, a.balance_satang AS balance,
            (SELECT COALESCE(SUM(c.satang), 0) FROM commitment AS c WHERE c.purpose_id = p.id)
            - (SELECT COALESCE(SUM(CASE WHEN e.movement IN ('void', 'return') THEN -e.satang ELSE e.satang END), 0)
                FROM entry AS e JOIN account AS c ON c.purpose_id = p.id AND c.kind = 'committed'
                WHERE (e.movement IN ('pay', 'release') AND e.credit_id = c.id)
                OR (e.movement IN ('void', 'return') AND e.debit_id = c.id)) AS due
        FROM account AS a JOIN purpose AS p ON p.id = a.purpose_id WHERE a.kind = 'committed') AS sums
        WHERE balance <> due""",
        "วัตถุประสงค์ {code} ผูกพัน {balance} สตางค์ แต่ตามมติต้องเป็น {due} สตางค์",
    )


@books.integrity_check("จ่ายไม่เกินที่ผูกพันไว้ ทุกคำขอและทุกวัตถุประสงค์ คำขอที่ปิดเรื่องแล้วไม่มีเงินผูกพันค้าง")
def paid_within_committed() -> list[str]:
    return books.violations(
        """SELECT p.code AS code, u.code AS purpose, SUM(parts.promised) AS promised, SUM(parts.paid) AS paid
        FROM (SELECT proposal_id, purpose_id, satang AS promised, 0 AS paid FROM committed_part
            UNION ALL SELECT y.proposal_id, d.purpose_id, 0,
                CASE e.movement WHEN 'pay' THEN e.satang ELSE -e.satang END
            FROM entry AS e JOIN payment AS y ON y.id = e.payment_id JOIN account AS d ON d.id = e.debit_id
            UNION ALL SELECT y.proposal_id, d.purpose_id, 0, -e.satang
            FROM entry AS e JOIN payment_return AS b ON b.id = e.payment_return_id
            JOIN payment AS y ON y.id = b.payment_id JOIN account AS d ON d.id = e.debit_id) AS parts
        JOIN proposal AS p ON p.id = parts.proposal_id JOIN purpose AS u ON u.id = parts.purpose_id
        GROUP BY p.id, p.code, p.state, u.code
        HAVING SUM(parts.paid) > SUM(parts.promised)
            OR (p.state <> 'approved' AND SUM(parts.paid) <> SUM(parts.promised))""",
        "คำขอ {code} วัตถุประสงค์ {purpose} ผูกพัน {promised} สตางค์ จ่าย {paid} สตางค์",
    )


@books.integrity_check("ทุกการจ่ายที่จับคู่กับธนาคารยอดเท่ากัน และเงินยืมทดรองล้างไม่เกินที่ยืม")
def lines_and_clearings_agree() -> list[str]:
    return books.violations(
        """SELECT y.fiscal_year_be AS year, y.number AS number FROM outgoing_match AS m JOIN payment AS y ON y.id = m.payment_id
        JOIN bank_event AS b ON b.id = m.event_id WHERE b.satang <> y.withheld_satang - y.satang""",
        "ใบสำคัญจ่าย {number}/{year} ไม่เท่ากับรายการธนาคาร",
    ) + books.violations(
        """SELECT y.fiscal_year_be AS year, y.number AS number FROM payment AS y JOIN advance_clearing AS c ON c.payment_id = y.id
        GROUP BY y.id, y.fiscal_year_be, y.number, y.satang, y.returned_satang, y.voided_at
        HAVING SUM(c.satang) + y.returned_satang > y.satang OR y.voided_at IS NOT NULL""",
        "เงินยืมตามใบสำคัญจ่าย {number}/{year} ล้างและคืนเกินที่ยืม",
    )


@books.integrity_check("ภาษีที่หักไว้ทุกการจ่ายมีหนังสือรับรอง และนำส่งไม่เกินที่ค้าง ทุกเดือนและทุกแบบ")
def tax_owed() -> list[str]:
    return (
        books.violations(
            """SELECT y.fiscal_year_be AS year, y.number AS number FROM payment AS y
        LEFT JOIN tax_certificate AS c ON c.payment_id = y.id LEFT JOIN withholding AS w ON w.order_id = y.order_id
        WHERE y.withheld_satang <> COALESCE(c.satang, 0) OR y.withheld_satang <> COALESCE(w.satang, 0)""",
            "ใบสำคัญจ่าย {number}/{year} ภาษีที่หักไม่ตรงกับหนังสือรับรอง",
        )
        + books.violations(
            """SELECT r.first_on AS month, r.form AS form FROM tax_remittance AS r GROUP BY r.first_on, r.form
        HAVING SUM(r.satang) > (SELECT COALESCE(SUM(c.satang), 0) FROM tax_certificate AS c
            JOIN payment AS y ON y.id = c.payment_id
            WHERE c.first_on = r.first_on AND c.form = r.form AND y.voided_at IS NULL AND y.returned_satang < y.satang)""",
            "นำส่งภาษี {form} ของเดือน {month} เกินที่หักไว้",
        )
        + books.violations(
            """SELECT first_on AS month, form FROM (
            SELECT c.first_on AS first_on, c.form AS form, 1 AS payments, c.satang AS withheld, 0 AS remitted
            FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
            WHERE y.voided_at IS NULL AND y.returned_satang < y.satang
            UNION ALL SELECT first_on, form, 0, 0, satang FROM tax_remittance
            UNION ALL SELECT first_on, form, -payments, -withheld_satang, -remitted_satang FROM withheld_month) AS parts
        GROUP BY first_on, form HAVING SUM(payments) <> 0 OR SUM(withheld) <> 0 OR SUM(remitted) <> 0""",
            "ภาษี {form} ของเดือน {month} รวมไว้ไม่ตรงกับหนังสือรับรองและการนำส่ง",
        )
    )


@books.integrity_check("เลขใบสำคัญจ่ายเรียงต่อกันไม่ขาด")
def vouchers_run_without_gap() -> list[str]:
    return books.violations(
        """SELECT b.fiscal_year_be AS year, b.last_number AS last FROM voucher_book AS b
        LEFT JOIN payment AS y ON y.fiscal_year_be = b.fiscal_year_be
        GROUP BY b.fiscal_year_be, b.last_number
        HAVING COUNT(y.id) <> b.last_number OR COALESCE(MAX(y.number), 0) <> b.last_number""",
        "ใบสำคัญจ่ายปี {year} ไม่ครบถึงเลขที่ {last}",
    )


@books.integrity_check("ทุกการจ่ายสืบได้ถึงเงินสมทบหรือยอดยกมา ครบทุกสตางค์ ในวัตถุประสงค์เดียวกัน")
def payments_are_traced() -> list[str]:
    return (
        books.violations(
            """SELECT y.id AS id FROM payment AS y LEFT JOIN trace AS t ON t.payment_id = y.id
            GROUP BY y.id, y.satang, y.returned_satang
            HAVING COALESCE(SUM(t.satang), 0) <> y.satang - y.returned_satang""",
            "การจ่ายเลขที่ {id} สืบที่มาไม่ครบ",
        )
        + books.violations(
            """SELECT g.id AS id FROM live_donation AS g JOIN live_trace AS t ON t.donation_id = g.id
            GROUP BY g.id, g.satang HAVING SUM(t.satang) > g.satang""",
            "เงินสมทบเลขที่ {id} ถูกใช้เกินจำนวน",
        )
        + books.violations(
            """SELECT t.payment_id AS id FROM trace AS t GROUP BY t.payment_id, t.donation_id, t.opening_balance_id
            HAVING SUM(t.satang) < 0""",
            "การจ่ายเลขที่ {id} คืนที่มาเกินที่โยงไว้",
        )
        + books.violations(
            """SELECT t.id AS id FROM trace AS t JOIN donation AS g ON g.id = t.donation_id
            WHERE NOT EXISTS (SELECT 1 FROM entry AS e JOIN account AS d ON d.id = e.debit_id
                WHERE e.payment_id = t.payment_id AND e.movement = 'pay' AND d.purpose_id = g.purpose_id)""",
            "ที่มาเลขที่ {id} ข้ามวัตถุประสงค์",
        )
        + books.violations(
            """SELECT t.id AS id FROM trace AS t JOIN opening_balance AS b ON b.id = t.opening_balance_id
            JOIN payment AS y ON y.id = t.payment_id JOIN proposal AS p ON p.id = y.proposal_id
            WHERE p.purpose_id <> b.purpose_id""",
            "ที่มาเลขที่ {id} ข้ามวัตถุประสงค์",
        )
    )


@books.integrity_check("เงินที่สืบที่มาได้ = เงินที่จ่ายแล้ว ทุกวัตถุประสงค์")
def traced_is_paid() -> list[str]:
    # Each payment may be whole and its purposes still be crossed: the sum of a purpose tells.
    return books.violations(
        """SELECT * FROM (SELECT p.code AS code, a.balance_satang AS paid,
            (SELECT COALESCE(SUM(t.satang), 0) FROM live_trace AS t
                LEFT JOIN donation AS g ON g.id = t.donation_id
                LEFT JOIN opening_balance AS b ON b.id = t.opening_balance_id
                WHERE COALESCE(g.purpose_id, b.purpose_id) = p.id) AS traced
        FROM account AS a JOIN purpose AS p ON p.id = a.purpose_id WHERE a.kind = 'paid') AS sums
        WHERE paid <> traced""",
        "วัตถุประสงค์ {code} จ่ายแล้ว {paid} สตางค์ แต่สืบที่มาได้ {traced} สตางค์",
    )
