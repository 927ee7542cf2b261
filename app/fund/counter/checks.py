"""Checks of the counter: payments, cash counts and deposits agree."""

from app.fund.ledger import books


@books.integrity_check("เงินที่รับที่เคาน์เตอร์ทุกครั้งเป็นเงินเข้าหนึ่งรายการ ยอดเท่ากัน")
def counter_payments_are_events() -> list[str]:
    return books.violations(
        """SELECT e.id AS id FROM bank_event AS e LEFT JOIN counter_payment AS t ON t.event_id = e.id
        WHERE e.source = 'counter' AND (t.id IS NULL OR t.satang <> e.satang)
        UNION ALL SELECT e.id AS id FROM counter_payment AS t JOIN bank_event AS e ON e.id = t.event_id
        WHERE e.source <> 'counter'""",
        "รายการเงินเข้าเลขที่ {id} ไม่ตรงกับการรับเงินที่เคาน์เตอร์",
    )


@books.integrity_check("การปิดยอดเงินรับเท่ากับรายการรับของวันนั้น และสิ่งที่ต้องนำฝากเท่ากับที่นับได้")
def cash_counts_equal_their_counter_payments() -> list[str]:
    return books.violations(
        """SELECT c.number AS number, c.expected_cash_satang + c.expected_cheque_satang AS expected,
            COALESCE(SUM(t.satang), 0) AS taken
        FROM cash_count AS c LEFT JOIN counter_payment AS t ON t.cash_count_id = c.id
            AND NOT EXISTS (SELECT 1 FROM counter_payment_reversal AS u WHERE u.counter_payment_id = t.id AND u.at <= c.closed_at)
        WHERE c.closed_at IS NOT NULL
        GROUP BY c.id, c.number, c.expected_cash_satang, c.expected_cheque_satang
        HAVING c.expected_cash_satang + c.expected_cheque_satang <> COALESCE(SUM(t.satang), 0)""",
        "การปิดยอดเลขที่ {number} คาดไว้ {expected} สตางค์ แต่รายการรับรวม {taken} สตางค์",
    ) + books.violations(
        """SELECT c.number AS number, c.counted_cash_satang + c.counted_cheque_satang AS counted,
            COALESCE(SUM(i.satang), 0) AS items
        FROM cash_count AS c LEFT JOIN deposit_item AS i ON i.cash_count_id = c.id WHERE c.closed_at IS NOT NULL
        GROUP BY c.id, c.number, c.counted_cash_satang, c.counted_cheque_satang
        HAVING c.counted_cash_satang + c.counted_cheque_satang <> COALESCE(SUM(i.satang), 0)""",
        "การปิดยอดเลขที่ {number} นับได้ {counted} สตางค์ แต่ต้องนำฝาก {items} สตางค์",
    )


@books.integrity_check("การนำฝากทุกครั้งเท่ากับเงินที่เข้าธนาคาร และไม่เป็นเงินสมทบอีก")
def deposits_equal_their_lines() -> list[str]:
    return books.violations(
        """SELECT e.id AS id FROM bank_event AS e JOIN reconciliation_item AS s ON s.event_id = e.id
        JOIN deposit AS d ON d.event_id = e.id AND d.undone_at IS NULL JOIN deposit_item AS i ON i.id = d.item_id
        GROUP BY e.id, e.satang, s.state, s.match_reason
        HAVING SUM(i.satang) <> e.satang OR s.state <> 'excluded' OR s.match_reason <> 'deposit'
        UNION ALL SELECT s.event_id AS id FROM reconciliation_item AS s WHERE s.match_reason = 'deposit' AND s.state = 'excluded'
            AND NOT EXISTS (SELECT 1 FROM deposit AS d WHERE d.event_id = s.event_id AND d.undone_at IS NULL)""",
        "รายการเงินเข้าเลขที่ {id} ไม่ตรงกับการนำฝากที่จับคู่ไว้",
    )


CHECKS = (
    counter_payments_are_events,
    cash_counts_equal_their_counter_payments,
    deposits_equal_their_lines,
)
