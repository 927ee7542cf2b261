"""Refusals: what a person reads when the database refuses, by the constraint or trigger that does."""

REFUSALS: dict[str, str] = {
    # editions
    **dict.fromkeys(
        ("edition_in_order", "pk_edition"), "มีการเผยแพร่ฉบับใหม่ไปก่อนแล้วเมื่อสักครู่ ระบบจะรวมข้อมูลนี้ในฉบับถัดไป"
    ),
    # published
    "final_published_help": "สิ่งที่เผยแพร่ไปแล้วแก้ไขย้อนหลังไม่ได้",
}
