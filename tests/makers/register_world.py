"""Register files for the tests of the registry: a few households that nobody lives in."""

from collections.abc import Sequence

from app.cases.register import intake
from app.kit import national_id
from app.kit.db import transaction
from app.kit.sheets import to_csv
from app.province.reference import plain
from app.staff.users import User

HEADER = (
    *("รหัสบ้าน", "บ้านเลขที่", "หมู่ที่", "ตำบล", "อำเภอ", "ความสัมพันธ์", "คำนำหน้า", "ชื่อ", "นามสกุล"),
    *("เลขประจำตัวประชาชน", "วันเกิด", "โรงเรียน", "ชั้น", "รายได้เฉลี่ย", "สุขภาพ", "การศึกษา"),
)


def number(serial: int) -> str:
    """A national ID that passes the check and is nobody's: there is no province 00."""
    return national_id.with_check_digit(f"300{serial:09d}")


def row(house: str = "33010000001", **other: str) -> list[str]:
    """One row, by default of one house in the provincial town."""
    said = {
        "รหัสบ้าน": house,
        "บ้านเลขที่": "12/3",
        "หมู่ที่": "4",
        "ตำบล": "330101",
        "อำเภอ": "เมืองศรีสะเกษ",
        "คำนำหน้า": "นาย",
        "ชื่อ": "สมหมาย",
        "นามสกุล": "ใจดี",
        "รายได้เฉลี่ย": "32000",
        "การศึกษา": "1",
    }
    # Python writes ำ in a keyword as two letters; `plain` makes them one again.
    said = {plain(name): value for name, value in said.items()} | {
        plain(name): value for name, value in other.items()
    }
    return [said.get(plain(name), "") for name in HEADER]


def csv(*rows: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    return to_csv(header, rows)


def bring_in(
    raw: bytes,
    *,
    round_code: str = "TPMAP-2565",
    source: str = "tpmap",
    name: str = "tpmap.csv",
    by: User | None = None,
    override: str = "ไฟล์ทดสอบ",
) -> dict[str, int]:
    """The file is taken in at once, whatever would stop it."""
    with transaction():
        return intake.import_file(
            name=name, raw=raw, round_code=round_code, source=source, by=by, override=override
        )


def two_districts() -> bytes:
    """Two households of the provincial town, the first with a pupil, and two of Khukhan (3305)."""
    khukhan = {"ตำบล": "330501", "อำเภอ": "ขุขันธ์"}
    return csv(
        row(ความสัมพันธ์="หัวหน้าครัวเรือน", เลขประจำตัวประชาชน=number(1)),
        row(ชื่อ="มะลิ", คำนำหน้า="ด.ญ.", เลขประจำตัวประชาชน=number(2), โรงเรียน="บ้านหนองคู", ชั้น="ป.4"),
        row("33010000002", ชื่อ="ทองใบ", บ้านเลขที่="13", การศึกษา="0", สุขภาพ="1"),
        row("33050000001", **khukhan, ชื่อ="บุญมี", เลขประจำตัวประชาชน=number(3)),
        row("33050000002", **khukhan, ชื่อ="คำปุน", บ้านเลขที่="99", สุขภาพ="1", การศึกษา="0"),
    )
