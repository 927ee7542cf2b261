"""Refusals: what a person reads when the database refuses, by the constraint or trigger that does."""

REFUSALS: dict[str, str] = {
    # counter
    "counter_payment_in_open_cash_count": "ปิดยอดเงินรับของวันนี้ไปแล้ว รายการนี้จึงเข้าการปิดยอดนั้นไม่ได้ กรุณากดบันทึกอีกครั้ง ระบบจะเริ่มการปิดยอดรอบใหม่",
    "uq_counter_payment_key": "รับเงินรายการนี้ไว้แล้ว ระบบไม่รับซ้ำ กรุณาเปิดหน้ารับเงินเพื่อดูรายการล่าสุด",
    **dict.fromkeys(
        ("pk_counter_payment_reversal", "uq_counter_payment_reversal_counter_payment_id"),
        "รายการรับเงินนี้ยกเลิกไปแล้ว ไม่ต้องทำซ้ำ",
    ),
    "counter_payment_reversal_in_time": "ปิดยอดของรายการรับเงินนี้ไปแล้ว จึงยกเลิกไม่ได้ หากเป็นเช็คที่เรียกเก็บไม่ได้ ให้บันทึกว่าเช็คคืน หากต้องคืนเงินให้ผู้ให้ ใช้การคืนเงิน",
    "final_cash_count": "ปิดยอดแล้ว แก้ไขไม่ได้ หากพบว่านับผิด ให้บันทึกเหตุผลไว้ในการนำฝากหรือแจ้งผู้ตรวจสอบ",
    "cash_count_counts_its_counter_payments": "มีการรับเงินเพิ่มระหว่างที่ท่านนับ ยังไม่ได้ปิดยอด กรุณาเปิดหน้านี้ใหม่ ดูยอดที่ต้องมี แล้วปิดยอดอีกครั้ง",
    **dict.fromkeys(
        ("allocation_of_undone_counter_payment", "undone_counter_payment_stays_excluded"),
        "รายการรับเงินที่เคาน์เตอร์นี้ยกเลิกไปแล้ว ลงเป็นเงินสมทบอีกไม่ได้",
    ),
    **dict.fromkeys(
        ("uq_cash_count_open", "uq_cash_count_number", "uq_counter_payment_number"),
        "มีผู้รับเงินพร้อมกันที่เคาน์เตอร์ ยังไม่ได้บันทึก กรุณากดบันทึกอีกครั้ง",
    ),
    **dict.fromkeys(
        ("uq_deposit_live_item", "uq_deposit_item_id"),
        "เงินส่วนนี้จับคู่กับการนำฝากอีกรายการไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด",
    ),
    "allocation_of_deposit": "รายการนี้เป็นการนำฝากเงินที่รับจากเคาน์เตอร์ซึ่งลงบัญชีไปแล้ว ลงเป็นเงินสมทบอีกไม่ได้ หากจับคู่ผิด ให้ยกเลิกการจับคู่นำฝากก่อน",
    "deposit_stays_excluded": "รายการนี้จับคู่เป็นการนำฝากเงินจากเคาน์เตอร์แล้ว หากจับคู่ผิด ให้ยกเลิกการจับคู่นำฝากก่อน",
    "deposit_undone_once": "การจับคู่นำฝากนี้ยกเลิกไปแล้ว ไม่ต้องทำซ้ำ",
}
