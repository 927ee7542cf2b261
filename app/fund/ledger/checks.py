"""Checks of the ledger: balances are the sums of entries, and nothing is overdrawn or mixed."""

from app.fund.ledger import books


@books.integrity_check("ยอดคงเหลือเท่ากับผลรวมของรายการ")
def balances_equal_entries() -> list[str]:
    return books.violations(
        """SELECT a.id AS id, a.balance_satang AS balance, COALESCE(SUM(
            (CASE WHEN e.debit_id = a.id THEN e.satang ELSE -e.satang END)
            * (CASE a.kind WHEN 'received' THEN -1 ELSE 1 END)), 0) AS total
        FROM account AS a LEFT JOIN entry AS e ON a.id IN (e.debit_id, e.credit_id)
        GROUP BY a.id, a.balance_satang
        HAVING a.balance_satang <> COALESCE(SUM(
            (CASE WHEN e.debit_id = a.id THEN e.satang ELSE -e.satang END)
            * (CASE a.kind WHEN 'received' THEN -1 ELSE 1 END)), 0)""",
        "บัญชีเลขที่ {id} แสดง {balance} สตางค์ แต่รายการรวมได้ {total} สตางค์",
    )


@books.integrity_check("รับแล้ว = พร้อมใช้ + ผูกพัน + จ่ายแล้ว ทุกวัตถุประสงค์")
def received_is_accounted_for() -> list[str]:
    return books.violations(
        """SELECT p.code AS code, SUM(CASE a.kind WHEN 'received' THEN a.balance_satang ELSE -a.balance_satang END) AS gap
        FROM account AS a JOIN purpose AS p ON p.id = a.purpose_id GROUP BY p.code
        HAVING SUM(CASE a.kind WHEN 'received' THEN a.balance_satang ELSE -a.balance_satang END) <> 0""",
        "วัตถุประสงค์ {code} ต่างกัน {gap} สตางค์",
    )


@books.integrity_check("ไม่มีบัญชีติดลบ และทุกรายการอยู่ในวัตถุประสงค์เดียวกัน")
def no_overdraft_no_mixing() -> list[str]:
    return books.violations(
        "SELECT id, balance_satang FROM account WHERE balance_satang < 0",
        "บัญชีเลขที่ {id} ติดลบ {balance_satang} สตางค์",
    ) + books.violations(
        """SELECT e.id AS id FROM entry AS e JOIN account AS d ON d.id = e.debit_id
        JOIN account AS c ON c.id = e.credit_id WHERE d.purpose_id <> c.purpose_id""",
        "รายการเลขที่ {id} ข้ามวัตถุประสงค์",
    )


@books.integrity_check("ยอดยกมาลงบัญชีครั้งเดียว เท่าที่สองคนอนุมัติ และไม่ถูกใช้เกิน")
def opening_is_what_was_approved() -> list[str]:
    return (
        books.violations(
            """SELECT p.code AS code, b.satang AS brought, COALESCE(SUM(e.satang), 0) AS booked
            FROM opening_balance AS b JOIN purpose AS p ON p.id = b.purpose_id
            LEFT JOIN entry AS e ON e.opening_balance_id = b.id AND e.movement = 'open'
            LEFT JOIN account AS d ON d.id = e.debit_id
            GROUP BY p.code, b.satang, b.purpose_id
            HAVING b.satang <> COALESCE(SUM(e.satang), 0)
                OR SUM(CASE WHEN d.purpose_id <> b.purpose_id OR d.kind <> 'available' THEN 1 ELSE 0 END) > 0""",
            "ยอดยกมาของ {code} คือ {brought} สตางค์ แต่ลงบัญชี {booked} สตางค์",
        )
        + books.violations(
            """SELECT o.id AS id FROM opening AS o JOIN approval_request AS a ON a.id = o.approval_request_id
            WHERE a.decision <> 'approved' OR a.decision IS NULL OR a.asked_by_id = a.decided_by_id""",
            "ยอดยกมาไม่มีผู้อนุมัติคนที่สอง",
        )
        + books.violations(
            """SELECT p.code AS code FROM opening_balance AS b JOIN purpose AS p ON p.id = b.purpose_id
            JOIN live_trace AS t ON t.opening_balance_id = b.id
            GROUP BY p.code, b.satang HAVING SUM(t.satang) > b.satang""",
            "ยอดยกมาของ {code} ถูกใช้เกินจำนวน",
        )
    )


CHECKS = (
    balances_equal_entries,
    received_is_accounted_for,
    no_overdraft_no_mixing,
    opening_is_what_was_approved,
)
