"""Thresholds: what of a file is so unlike a register that it stops, until a person says why it is right."""

from app.cases.register.import_plan import Plan

#: Fewer than these of anything prove nothing.
_FEWEST = 3
#: One in so many numbers that cannot be one: a column was shifted or typed anew.
_WRONG_IDS_IN = 10
#: One in so many new people with the name of somebody who lives elsewhere: the list may be the register itself, with other houses.
_ALIKE_IN = 3


def stops(plan: Plan) -> list[str]:
    """What stops the file, in words; nothing for one that may be applied as it is."""
    found, file = [], plan.file
    if file.is_mostly_bad:
        found.append(f"อ่านไม่ได้ {file.bad:,} จาก {file.rows:,} แถว คอลัมน์อาจไม่ตรง โปรดจับคู่คอลัมน์หรือแก้ไฟล์")
    numbers = file.numbers + file.wrong_ids
    if file.wrong_ids >= _FEWEST and file.wrong_ids * _WRONG_IDS_IN > numbers:
        found.append(f"เลขประจำตัวประชาชนไม่ถูกต้อง {file.wrong_ids:,} จาก {numbers:,} คน")
    if plan.expected >= _FEWEST and len(plan.missing) * 2 > plan.expected:
        found.append(f"ไฟล์ไม่มี {len(plan.missing):,} จาก {plan.expected:,} ครัวเรือนที่เคยมีในหมู่บ้านเดียวกัน")
    if plan.alike >= _FEWEST and plan.alike * _ALIKE_IN > plan.added:
        found.append(
            f"คนที่จะเพิ่ม {plan.alike:,} จาก {plan.added:,} คนมีชื่อตรงกับคนในครัวเรือนอื่นของทะเบียน อาจเป็นคนเดียวกัน"
        )
    return found
