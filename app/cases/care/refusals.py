"""Refusals: what a person reads when the database refuses, by the constraint or trigger that does."""

REFUSALS: dict[str, str] = {
    # logbook
    "final_logbook_entry": "Logbook แก้ไขไม่ได้ หากบันทึกผิด โปรดเขียนรายการแก้ไขเพิ่ม",
    "kept_logbook_entry": "Logbook ลบไม่ได้ หากบันทึกผิด โปรดเขียนรายการแก้ไขเพิ่ม",
    "amendment_of_own_help": "แก้มูลค่าได้เฉพาะรายการช่วยเหลือของครัวเรือนเดียวกัน โปรดเปิดหน้านี้ใหม่แล้วลองอีกครั้ง",
}
