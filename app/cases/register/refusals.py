"""Refusals: what a person reads when the database refuses, by the constraint or trigger that does."""

_BY_HAND = "โปรดแจ้งฝ่ายเลขานุการกองทุนให้ตรวจกับบัตรประชาชน"

REFUSALS: dict[str, str] = {
    # members
    "member_keeps_name": f"เปลี่ยนชื่อหรือเลขของบุคคลในทะเบียนไม่ได้ เติมได้เฉพาะที่ว่าง {_BY_HAND}",
    "member_stays": f"ย้ายบุคคลไปครัวเรือนอื่นหรือถอนออกจากครัวเรือนไม่ได้ {_BY_HAND}",
    "member_enters_present": f"เพิ่มบุคคลที่ถอนออกจากครัวเรือนแล้วไม่ได้ {_BY_HAND}",
    "kept_member": f"ลบบุคคลออกจากทะเบียนไม่ได้ {_BY_HAND}",
    # rounds
    **dict.fromkeys(
        ("pk_public_base", "public_base_in_order"),
        "มีผู้กำหนดฐานที่เผยแพร่ไปแล้วเมื่อสักครู่ กรุณาเปิดหน้ารอบนี้ใหม่แล้วตรวจอีกครั้ง",
    ),
    "public_base_has_households": "รอบนี้ยังไม่มีครัวเรือน จึงใช้เป็นฐานที่เผยแพร่ไม่ได้ กรุณานำเข้าไฟล์ของรอบนี้ก่อน",
    "final_public_base": "ฐานที่เคยกำหนดแก้ไขย้อนหลังไม่ได้ กรุณากำหนดรอบใหม่เป็นฐาน",
}
