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
            "uq_entry_proposal_id_movement_step",
            "uq_entry_payment_id_movement_step",
        ),
        "รายการนี้ลงบัญชีไปแล้ว ระบบไม่ลงซ้ำ กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด",
    ),
    "ck_account_not_overdrawn": "เงินคงเหลือในวัตถุประสงค์นี้ไม่พอสำหรับรายการนี้ กรุณาตรวจยอดพร้อมใช้ แล้วลดจำนวนเงินหรือรอเงินสมทบเพิ่ม",
    # months
    "closed_after_its_entries": "มีรายการของเดือนนี้ที่กำลังลงบัญชีอยู่ ยังไม่ได้ปิดเดือน กรุณาลองอีกครั้ง",
    "entry_in_open_month": "เดือนนี้ปิดบัญชีแล้ว ลงรายการย้อนหลังไม่ได้ รายการที่มาช้าให้ลงในเดือนที่ยังเปิดอยู่",
    "uq_closed_month_first_on": "เดือนนี้ปิดบัญชีไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูใบรับรอง",
}
