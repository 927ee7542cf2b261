"""Refusals: what a person reads when the database refuses, by the constraint or trigger that does."""

REFUSALS: dict[str, str] = {
    # decision approvals
    **dict.fromkeys(
        ("reconciliation_item_of_open_request", "allocation_of_open_request"),
        "รายการนี้มีผู้ตัดสินไว้แล้ว กำลังรออีกท่านหนึ่งยืนยัน ระหว่างนี้จึงตัดสินเป็นอย่างอื่นไม่ได้",
    ),
    "decision_request_of_its_event": "รายการนี้มีผู้ตัดสินไปแล้วเมื่อสักครู่ กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
    # payouts
    "payout_within_held": "ยอดนี้มากกว่าเงินที่ Omise ถือไว้ให้กองทุน จึงบันทึกเป็นเงินโอนจาก Omise ไม่ได้ กรุณาตรวจกับรายงานของ Omise",
    # refunds
    "uq_refund_whole_event": "รายการนี้มีเรื่องขอคืนเงินอยู่แล้ว กรุณาเปิดหน้านี้ใหม่",
    "uq_refund_paid_event_id": "เงินออกรายการนี้จับคู่กับการคืนเงินเรื่องอื่นแล้ว กรุณาเลือกรายการอื่น",
    **dict.fromkeys(
        ("refund_by_two", "refund_begins_asked"),
        "การคืนเงินต้องมีสองท่าน คือผู้ขอและผู้อนุมัติ กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด",
    ),
    "refund_step_by_step": "มีผู้ตอบเรื่องคืนเงินนี้ไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด",
    # bank
    "allocation_within_event": "ลงเป็นเงินสมทบเกินยอดของรายการธนาคารนี้ไม่ได้ กรุณาตรวจยอดที่ลงไปแล้ว",
    "reconciliation_item_stays": "รายการนี้ลงบัญชีหรือนับรวมกับรายการอื่นไปแล้ว กรุณาถอนการตัดสินเดิมก่อน",
    "pk_statement_basis": "มีผู้ยืนยันไฟล์นี้ไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
    "statement_confirmed_by_another": "ผู้นำไฟล์เข้ายืนยันไฟล์ของตนเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหนึ่งหรือประธานยืนยัน",
    "statement_basis_of_before": "ไฟล์นี้นำเข้าหลังจากมีกติกาให้อีกท่านหนึ่งยืนยัน กรุณาให้อีกท่านหนึ่งยืนยันไฟล์",
    "statement_joined_to_known": "ยอดของไฟล์นี้ไม่ต่อจากยอดที่รู้แล้ว กรุณาให้อีกท่านหนึ่งยืนยันไฟล์",
    "allocation_of_one_person": "รายการนี้มีแต่ในไฟล์ที่คนเดียวนำเข้า จึงยังลงเป็นเงินสมทบไม่ได้ กรุณาให้อีกท่านหนึ่งยืนยันไฟล์หรือยืนยันรายการนี้ก่อน",
    "refunded_within_payment": "ยอดที่คืนไปแล้วเกินยอดที่จ่ายไม่ได้ กรุณาสอบถามผู้ให้บริการรับเงินอีกครั้ง",
    "allocation_of_taken_back": "ธนาคารเรียกเงินก้อนนี้คืน จึงยังลงเป็นเงินสมทบไม่ได้ กรุณาตัดสินรายการเงินออกที่เรียกคืนก่อน",
    "uq_bank_reversal_reverses_id": "เงินก้อนนี้มีรายการที่เรียกคืนอยู่แล้ว กรุณาเปิดหน้านี้ใหม่",
    # statement overrides
    "kept_statement_override": "ไฟล์นี้นำเข้าแล้ว คำยืนยันของสองท่านจึงอยู่คู่กับไฟล์ตลอดไป",
    # withdrawals
    **dict.fromkeys(
        (
            "pk_statement_withdrawal",
            "uq_statement_withdrawal_approval_request_id",
            "statement_withdrawn_by_two",
        ),
        "การถอนไฟล์ต้องมีสองท่าน คือผู้ขอและผู้ยืนยัน กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด",
    ),
    "withdrawal_of_open_months": "ไฟล์นี้มีรายการของเดือนที่ปิดบัญชีแล้ว จึงถอนทั้งไฟล์ไม่ได้ กรุณาถอนการตัดสินทีละรายการ แล้วบันทึกว่าไม่ใช่เงินสมทบ",
    **dict.fromkeys(
        ("allocation_of_withdrawn", "withdrawn_stays_excluded", "statement_joined_to_withdrawn"),
        "ไฟล์ของรายการนี้ถูกถอนแล้ว จึงใช้เป็นหลักฐานของเงินเข้าไม่ได้ กรุณานำเข้าไฟล์ที่ถูกต้องแทน",
    ),
    # profiles
    "uq_statement_profile_name": "มีรูปแบบชื่อนี้แล้ว กรุณาตั้งชื่ออื่น",
    "uq_statement_profile_header_hash": "หัวตารางแบบนี้จับคู่ไว้แล้ว กรุณานำเข้าไฟล์ได้เลย",
}
