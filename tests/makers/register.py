"""Register files for tests: households that nobody lives in, with IDs that pass the check and belong to no one."""

import csv
import io
import itertools

from app.kit import national_id
from app.province import places

HEADER = (
    "รหัสบ้าน", "บ้านเลขที่", "หมู่ที่", "ตำบล", "อำเภอ", "เลขประจำตัวประชาชน", "คำนำหน้า", "ชื่อ", "นามสกุล",
    "สถานะในครัวเรือน", "ปีเกิด", "เพศ", "โรงเรียน", "ชั้น", "รายได้เฉลี่ย", "สุขภาพ", "ความเป็นอยู่", "การศึกษา", "รายได้",
)  # fmt: skip

#: Registration offices of a province 00 do not exist, so these numbers belong to nobody.
_people = itertools.count(1)


def person_id() -> str:
    return national_id.with_check_digit(f"300{next(_people):09d}")


def register_file(
    *, pupils: int, district: str, others: dict[str, int] | None = None, houses: str = ""
) -> bytes:
    """A CSV: `pupils` households of one district with a head and a pupil each, failing income; and some elsewhere."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(HEADER)
    counter = itertools.count(1)
    for code, number in {district: pupils, **(others or {})}.items():
        area = places.district(code)
        subdistrict = places.subdistricts(code)[0]
        for _ in range(number):
            n = next(counter)
            house = (
                f"33{code[2:]}{int(houses or 0) * 1000 + n:07d}",
                f"{n}/7",
                "3",
                subdistrict.name_th,
                area.name_th,
            )
            last = f"วงศ์ทดสอบ{n}"
            sheet.writerow(
                [
                    *house,
                    person_id(),
                    "นาง",
                    f"หัวหน้า{n}",
                    last,
                    "หัวหน้าครัวเรือน",
                    "2515",
                    "หญิง",
                    "",
                    "",
                    "32000",
                    "0",
                    "0",
                    "0",
                    "1",
                ]
            )
            sheet.writerow(
                [
                    *house,
                    person_id(),
                    "ด.ญ.",
                    f"นักเรียน{n}",
                    last,
                    "บุตร",
                    "2558",
                    "หญิง",
                    "โรงเรียนบ้านทดสอบ",
                    "ป.5",
                    "32000",
                    "0",
                    "0",
                    "0",
                    "1",
                ]
            )
    return out.getvalue().encode("utf-8-sig")
