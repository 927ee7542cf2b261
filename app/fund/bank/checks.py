"""Checks of the bank: behind every donation stands money that a bank told us of, all of it and once."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from app.fund.bank.match_reasons import ReconciliationState
from app.fund.bank.records import Allocation, Inquiry, InquiryOutcome, ReconciliationItem
from app.fund.giving.records.donations import DonationReversal
from app.fund.ledger import books
from app.kit.db import db


@books.integrity_check("เงินสมทบทุกก้อนมีเงินเข้าธนาคารรองรับเท่ากันพอดี")
def donations_came_from_the_bank() -> list[str]:
    return books.violations(
        """SELECT g.id AS id, g.satang AS satang, COALESCE(SUM(a.satang), 0) AS allocated
        FROM donation AS g LEFT JOIN allocation AS a ON a.donation_id = g.id
        GROUP BY g.id, g.satang HAVING g.satang <> COALESCE(SUM(a.satang), 0)""",
        "เงินสมทบเลขที่ {id} เป็นเงิน {satang} สตางค์ แต่มีเงินเข้าธนาคารรองรับ {allocated} สตางค์",
    )


@books.integrity_check("รายการเงินเข้าที่ลงแล้วกลายเป็นเงินสมทบครบทั้งก้อน รายการอื่นไม่กลายเป็นเงินสมทบ")
def events_became_donations_whole() -> list[str]:
    return books.violations(
        """SELECT e.id AS id, COALESCE(SUM(a.satang), 0) AS allocated
        FROM bank_event AS e JOIN reconciliation_item AS s ON s.event_id = e.id LEFT JOIN allocation AS a ON a.event_id = e.id
        AND NOT EXISTS (SELECT 1 FROM donation_reversal AS r WHERE r.donation_id = a.donation_id AND r.kind = 'undone')
        GROUP BY e.id, e.satang, s.state
        HAVING COALESCE(SUM(a.satang), 0) <> CASE s.state WHEN 'posted' THEN e.satang ELSE 0 END""",
        "รายการเงินเข้าเลขที่ {id} ลงเป็นเงินสมทบ {allocated} สตางค์ ไม่ตรงกับสถานะ",
    )


@books.integrity_check("รายการเงินเข้าทุกรายการมีผลการพิจารณา")
def every_event_has_an_item() -> list[str]:
    return books.violations(
        """SELECT e.id AS id FROM bank_event AS e LEFT JOIN reconciliation_item AS s ON s.event_id = e.id
        WHERE s.event_id IS NULL""",
        "รายการเงินเข้าเลขที่ {id} ไม่มีผลการพิจารณา",
    )


@books.integrity_check("เงินก้อนเดียวที่สองช่องทางแจ้ง จับคู่กันหนึ่งต่อหนึ่งและยอดเท่ากัน")
def pairs_are_true_pairs() -> list[str]:
    return books.violations(
        """SELECT e.id AS id FROM reconciliation_item AS s JOIN bank_event AS e ON e.id = s.event_id
        JOIN bank_event AS f ON f.id = s.duplicate_of_id JOIN reconciliation_item AS t ON t.event_id = f.id
        WHERE e.source = f.source OR e.satang <> f.satang OR t.state = 'duplicate'""",
        "รายการเงินเข้าเลขที่ {id} จับคู่กับรายการที่ไม่ใช่เงินก้อนเดียวกัน",
    ) + books.violations(
        "SELECT duplicate_of_id AS id FROM reconciliation_item WHERE duplicate_of_id IS NOT NULL GROUP BY duplicate_of_id HAVING COUNT(*) > 1",
        "รายการเงินเข้าเลขที่ {id} มีคู่มากกว่าหนึ่ง",
    )


@books.integrity_check("เงินสมทบจากไฟล์รายการเดินบัญชีมีมากกว่าคำบอกของคนเดียว")
def lines_rest_on_more_than_one_person() -> list[str]:
    return books.violations(
        """SELECT e.id AS id FROM bank_event AS e JOIN allocation AS a ON a.event_id = e.id
        WHERE e.source = 'statement'
        AND NOT EXISTS (SELECT 1 FROM donation_reversal AS r WHERE r.donation_id = a.donation_id AND r.kind = 'undone')
        AND NOT EXISTS (SELECT 1 FROM statement_basis AS b WHERE b.statement_id = e.statement_id
            AND b.kind IN ('before', 'joined', 'confirmed')
            AND (b.below_satang IS NULL OR e.satang < b.below_satang))
        AND NOT EXISTS (SELECT 1 FROM approval_request AS h WHERE h.subject = 'bank_event:' || e.id
            AND h.decision = 'approved' AND h.kind IN ('bank.assign', 'bank.split'))
        AND NOT EXISTS (SELECT 1 FROM inquiry AS i WHERE i.outcome = 'confirmed' AND (i.event_id = e.id
            OR i.event_id IN (SELECT t.event_id FROM reconciliation_item AS t WHERE t.duplicate_of_id = e.id)))
        GROUP BY e.id ORDER BY e.id""",
        "รายการธนาคารที่ {id} ลงเป็นเงินสมทบแล้ว แต่มีแต่ในไฟล์ที่คนเดียวนำเข้า",
    )


@books.integrity_check("ไฟล์รายการเดินบัญชีที่นับว่าต่อจากยอดที่รู้ ต่อจากไฟล์ที่นับได้")
def joined_statements_join() -> list[str]:
    return books.violations(
        """SELECT b.statement_id AS id FROM statement_basis AS b JOIN statement AS s ON s.id = b.statement_id
        WHERE b.kind = 'joined' AND (
            NOT EXISTS (SELECT 1 FROM statement_basis AS c WHERE c.statement_id = b.joins_id
                AND c.kind IN ('before', 'joined', 'confirmed'))
            OR NOT EXISTS (SELECT 1 FROM bank_event AS e WHERE e.statement_id = b.joins_id
                AND e.account_id = s.account_id AND e.balance_satang = b.balance_satang))
        UNION SELECT b.statement_id AS id FROM statement_basis AS b JOIN statement AS s ON s.id = b.statement_id
        WHERE b.kind = 'confirmed' AND b.by_id = s.imported_by_id""",
        "รายการเดินบัญชีไฟล์ที่ {id} นับได้โดยไม่มียอดที่ต่อกันหรือผู้ยืนยันคนที่สอง",
    )


@books.integrity_check("รายการเดินบัญชีที่นำเข้าทุกบรรทัดยังอยู่ครบ")
def no_line_is_lost() -> list[str]:
    return books.violations(
        """SELECT s.id AS id, s.new_lines AS said, COUNT(e.id) AS kept FROM statement AS s
        LEFT JOIN bank_event AS e ON e.statement_id = s.id GROUP BY s.id, s.new_lines
        HAVING s.new_lines <> COUNT(e.id)""",
        "รายการเดินบัญชีไฟล์ที่ {id} มีบรรทัดใหม่ {said} บรรทัด แต่อยู่ในระบบ {kept} บรรทัด",
    )


@books.integrity_check("รายการของไฟล์ที่ถอนแล้วไม่เป็นเงินเข้าและไม่พิสูจน์รายการใด")
def withdrawn_lines_say_nothing() -> list[str]:
    return books.violations(
        """SELECT e.id AS id FROM bank_event AS e JOIN reconciliation_item AS s ON s.event_id = e.id
        WHERE e.source = 'withdrawn' AND (s.state <> 'excluded'
            OR NOT EXISTS (SELECT 1 FROM statement_withdrawal AS w WHERE w.statement_id = e.statement_id)
            OR EXISTS (SELECT 1 FROM reconciliation_item AS t WHERE t.duplicate_of_id = e.id))
        UNION SELECT e.id AS id FROM bank_event AS e JOIN statement_withdrawal AS w ON w.statement_id = e.statement_id
        WHERE e.source <> 'withdrawn'
        UNION SELECT b.statement_id AS id FROM statement_basis AS b JOIN statement_withdrawal AS w ON w.statement_id = b.joins_id
        WHERE b.kind = 'joined' AND NOT EXISTS (SELECT 1 FROM statement_basis AS c WHERE c.statement_id = b.statement_id
            AND c.kind IN ('before', 'confirmed'))
            AND NOT EXISTS (SELECT 1 FROM statement_withdrawal AS v WHERE v.statement_id = b.statement_id)""",
        "รายการหรือไฟล์เลขที่ {id} ยังอ้างไฟล์ที่ถอนแล้ว",
    )


@books.integrity_check("ธนาคารไม่ได้คืนเงินของเงินสมทบที่เคยยืนยัน")
def what_was_confirmed_still_is() -> list[str]:
    """A donation whose bank took the money back after it had confirmed it stands until the officer undoes it."""
    later = aliased(Inquiry)
    earlier = aliased(Inquiry)
    taken_back = (
        select(Inquiry.event_id, Inquiry.words)
        .join(ReconciliationItem, ReconciliationItem.event_id == Inquiry.event_id)
        .where(
            Inquiry.outcome == InquiryOutcome.DIFFERS,
            # What went back in part is proved to the satang below.
            func.coalesce(Inquiry.refunded_satang, 0) == 0,
            ReconciliationItem.state == ReconciliationState.POSTED,
            ~exists().where(later.event_id == Inquiry.event_id, later.id > Inquiry.id),
            # Of what an officer took back, a part or all, the books know.
            ~exists().where(
                Allocation.event_id == Inquiry.event_id,
                DonationReversal.donation_id == Allocation.donation_id,
            ),
            exists().where(earlier.event_id == Inquiry.event_id, earlier.outcome == InquiryOutcome.CONFIRMED),
        )
        .order_by(Inquiry.event_id)
    )
    return [f"รายการธนาคารที่ {number}: {words}" for number, words in db.session().execute(taken_back)]


@books.integrity_check("เงินสมทบที่รับผ่าน Omise ไม่เกินที่เหลือหลังคืนผู้ชำระ")
def what_omise_gave_back_stands_no_more() -> list[str]:
    return books.violations(
        """SELECT e.id AS id, i.words AS words FROM bank_event AS e JOIN reconciliation_item AS s ON s.event_id = e.id
        JOIN inquiry AS i ON i.event_id = e.id AND i.refunded_satang > 0 AND i.id = (
            SELECT MAX(j.id) FROM inquiry AS j WHERE j.event_id = e.id AND j.outcome <> 'unreachable')
        WHERE s.state = 'posted' AND e.satang - i.refunded_satang < (
            SELECT COALESCE(SUM(g.satang), 0) FROM allocation AS a JOIN live_donation AS g ON g.id = a.donation_id
            WHERE a.event_id = e.id)
        ORDER BY e.id""",
        "รายการธนาคารที่ {id}: {words} แต่เงินสมทบยังอยู่เกินส่วนที่เหลือ",
    )


@books.integrity_check("การคืนเงินที่อนุมัติแล้วเท่ากับเงินที่ถอนจากเงินสมทบ และเงินที่โอนคืนเท่ากับที่อนุมัติ")
def refunds_are_what_they_say() -> list[str]:
    return (
        books.violations(
            """SELECT r.id AS id FROM refund AS r JOIN donation_reversal AS t ON t.id = r.donation_reversal_id
            WHERE t.donation_id <> r.donation_id OR t.satang <> r.satang OR t.kind <> 'refunded'""",
            "การคืนเงินเรื่องที่ {id} ไม่ตรงกับที่ถอนจากเงินสมทบ",
        )
        + books.violations(
            """SELECT r.id AS id FROM refund AS r JOIN bank_event AS e ON e.id = r.paid_event_id
            JOIN reconciliation_item AS s ON s.event_id = e.id WHERE e.satang <> -r.satang OR s.state <> 'excluded'""",
            "การคืนเงินเรื่องที่ {id} จับคู่กับเงินออกที่ยอดไม่ตรง",
        )
        + books.violations(
            """SELECT r.id AS id FROM refund AS r JOIN reconciliation_item AS s ON s.event_id = r.event_id
            WHERE r.donation_id IS NULL AND r.state <> 'refused' AND s.state = 'posted'""",
            "การคืนเงินเรื่องที่ {id} เป็นเงินที่ลงเป็นเงินสมทบไปแล้ว",
        )
    )


CHECKS = (
    donations_came_from_the_bank,
    events_became_donations_whole,
    every_event_has_an_item,
    pairs_are_true_pairs,
    lines_rest_on_more_than_one_person,
    joined_statements_join,
    no_line_is_lost,
    withdrawn_lines_say_nothing,
    refunds_are_what_they_say,
    what_was_confirmed_still_is,
    what_omise_gave_back_stands_no_more,
)
