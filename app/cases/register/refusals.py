"""Refusals: what a person reads when the database refuses, by the constraint or trigger that does."""

_BY_HAND = "โปรดแจ้งฝ่ายเลขานุการกองทุนให้ตรวจกับบัตรประชาชน"

REFUSALS: dict[str, str] = {
    # members
    "member_keeps_name": f"เปลี่ยนชื่อหรือเลขของบุคคลในทะเบียนไม่ได้ เติมได้เฉพาะที่ว่าง {_BY_HAND}",
    "member_stays": f"ย้ายบุคคลไปครัวเรือนอื่นหรือถอนออกจากครัวเรือนไม่ได้ {_BY_HAND}",
    "member_enters_present": f"เพิ่มบุคคลที่ถอนออกจากครัวเรือนแล้วไม่ได้ {_BY_HAND}",
    "kept_member": f"ลบบุคคลออกจากทะเบียนไม่ได้ {_BY_HAND}",
    "kept_household": "ลบครัวเรือนออกจากทะเบียนไม่ได้ เว้นแต่เลิกทำไฟล์ที่เพิ่มครัวเรือนนั้น",
    # files on their way
    "register_import_in_steps": "ไฟล์นี้มีผู้ตัดสินไปแล้ว โปรดเปิดหน้านี้ใหม่",
    "ck_register_import_stops_passed_with_reason": "ไฟล์นี้ถูกหยุดไว้ โปรดบอกเหตุผลที่ให้นำเข้าทั้งที่เป็นเช่นนั้น",
    **dict.fromkeys(
        (
            *(
                "final_register_import",
                "kept_register_import",
                "final_register_import_row",
                "kept_register_import_row",
            ),
            *(
                "register_import_row_before_decision",
                "final_register_import_change",
                "register_import_change_as_applied",
            ),
            *("kept_register_import_change", "final_register_column_map"),
        ),
        "สิ่งที่ไฟล์ทำกับทะเบียนแก้ย้อนหลังไม่ได้ เลิกทำทั้งไฟล์ได้จากหน้าของไฟล์",
    ),
    "register_conflict_decided_once": "มีผู้ตัดสินแถวนี้ไปแล้ว โปรดเปิดหน้านี้ใหม่",
    "conflict_taken_by_another": "ผู้ส่งไฟล์แก้บุคคลด้วยไฟล์ของตนเองไม่ได้ โปรดให้เจ้าหน้าที่อีกท่านหนึ่งตัดสิน",
    "kept_register_conflict": "ลบแถวที่ขัดแย้งไม่ได้ โปรดตัดสิน",
    **dict.fromkeys(
        (
            "closed_round_stays",
            "closed_round_takes_no_household",
            "closed_round_keeps_households",
            "closed_round_loses_no_household",
        ),
        "รอบนี้ปิดแล้ว สิ่งที่รอบบอกไว้แก้ไม่ได้ โปรดเปิดรอบใหม่",
    ),
    # rounds
    **dict.fromkeys(
        ("pk_public_base", "public_base_in_order"),
        "มีผู้กำหนดฐานที่เผยแพร่ไปแล้วเมื่อสักครู่ กรุณาเปิดหน้ารอบนี้ใหม่แล้วตรวจอีกครั้ง",
    ),
    "public_base_is_closed": "รอบนี้ยังไม่ปิด ตัวเลขยังเปลี่ยนได้ จึงใช้เป็นฐานที่เผยแพร่ไม่ได้ กรุณาปิดรอบก่อน",
    "final_public_base": "ฐานที่เคยกำหนดแก้ไขย้อนหลังไม่ได้ กรุณากำหนดรอบใหม่เป็นฐาน",
}
