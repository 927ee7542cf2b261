"""Refusals: what a person reads when the database refuses, by the constraint or trigger that does."""

REFUSALS: dict[str, str] = {
    # accounts
    "account_moves_by_entry": "ยอดของบัญชีเปลี่ยนได้ด้วยรายการบัญชีเท่านั้น ยังไม่ได้บันทึก กรุณาแจ้งผู้ดูแลระบบ",
    "account_opens_at_zero": "บัญชีใหม่เปิดได้ที่ยอดศูนย์เท่านั้น ยังไม่ได้บันทึก กรุณาแจ้งผู้ดูแลระบบ",
    # entries
    **dict.fromkeys(
        (
            "uq_entry_donation_id_movement_step",
            "uq_entry_donation_reversal_id_movement_step",
            "uq_entry_commitment_id_movement_step",
            "uq_entry_payment_id_movement_step",
            "uq_entry_payment_return_id_movement_step",
            "uq_entry_opening_balance_id_movement_step",
        ),
        "รายการนี้ลงบัญชีไปแล้ว ระบบไม่ลงซ้ำ กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด",
    ),
    "ck_account_not_overdrawn": "เงินคงเหลือในวัตถุประสงค์นี้ไม่พอสำหรับรายการนี้ กรุณาตรวจยอดพร้อมใช้ แล้วลดจำนวนเงินหรือรอเงินสมทบเพิ่ม",
    # the opening
    **dict.fromkeys(
        ("pk_opening", "opening.id", "opening_pkey", "uq_opening_balance_purpose_id"),
        "บัญชีกองทุนเริ่มด้วยยอดยกมาไปแล้ว ตั้งได้ครั้งเดียว กรุณาเปิดหน้ายอดยกมาเพื่อดูที่บันทึกไว้",
    ),
    "opening_by_two": "ยอดยกมาต้องมีสองคน กรุณาให้คนหนึ่งขอที่หน้ายอดยกมา แล้วให้อีกคนหนึ่งอนุมัติ",
    "opening_begins_the_books": "บัญชีลงรายการเดือนก่อนหน้าไปแล้ว ยอดยกมาลงได้ก่อนหรือในเดือนแรกของบัญชีเท่านั้น กรุณานำเข้ารายการเดินบัญชีของช่วงก่อนหน้าแทน",
    "opening_counts_once": "มีเงินสมทบที่โอนก่อนหรือในวันของยอดยกมาลงบัญชีอยู่แล้ว เงินก้อนนั้นจะนับสองครั้ง กรุณาใส่ยอด ณ วันก่อนเงินก้อนแรก หรือถอนเงินก้อนนั้นก่อน",
    "opening_balance_as_approved": "ยอดยกมาไม่ตรงกับที่สองคนอนุมัติ ยังไม่ได้บันทึก กรุณาแจ้งผู้ดูแลระบบ",
    "entry_as_brought_forward": "ยอดยกมาไม่ตรงกับที่สองคนอนุมัติ ยังไม่ได้บันทึก กรุณาแจ้งผู้ดูแลระบบ",
    "trace_within_opening": "ยอดยกมาของวัตถุประสงค์นี้ถูกใช้ไปแล้ว ยังไม่ได้บันทึก กรุณาลองอีกครั้ง",
    "allocation_after_opening": "เงินก้อนนี้เข้าก่อนหรือในวันของยอดยกมา จึงอยู่ในยอดยกมาแล้ว ลงเป็นเงินสมทบอีกไม่ได้ กรุณาบันทึกว่าไม่ใช่เงินสมทบใหม่",
    # months
    "closed_after_its_entries": "มีรายการของเดือนนี้ที่กำลังลงบัญชีอยู่ ยังไม่ได้ปิดเดือน กรุณาลองอีกครั้ง",
    "entry_in_open_month": "เดือนนี้ปิดบัญชีแล้ว ลงรายการย้อนหลังไม่ได้ รายการที่มาช้าให้ลงในเดือนที่ยังเปิดอยู่",
    "uq_closed_month_first_on": "เดือนนี้ปิดบัญชีไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูใบรับรอง",
}
