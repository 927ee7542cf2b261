"""Columns of a register file: where its table begins, and what each of its columns is."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.cases.register.cell_text import clean
from app.kit.errors import BadInput
from app.kit.sheets import Row
from app.kit.thai import arabic_digits
from app.kit.worded import Worded
from app.province.profile import Profile
from app.province.reference import plain
from app.province.sides import Sides

#: Field → names of its column, compared without case, spaces and punctuation. The first one is the template's.
NAMES: dict[str, tuple[str, ...]] = {
    "house_code": (
        "รหัสบ้าน",
        *("รหัสประจำบ้าน", "เลขรหัสประจำบ้าน", "เลขประจำบ้าน", "รหัสบ้าน 11 หลัก"),
        *("house_code", "house_id", "hc", "hcode"),
    ),
    "house_no": (
        "บ้านเลขที่",
        "เลขที่บ้าน",
        "เลขที่",
        "เลขบ้าน",
        "บ.เลขที่",
        "house_no",
        "house_number",
        "hno",
        "address_no",
    ),
    "moo": ("หมู่ที่", "หมู่", "ม.", "ม.ที่", "moo", "mu", "village_no"),
    "village": ("หมู่บ้าน", "ชื่อหมู่บ้าน", "หมู่บ้าน/ชุมชน", "ชุมชน", "บ้าน", "village", "village_name"),
    "village_code": ("รหัสหมู่บ้าน", "village_code", "village_id"),
    "subdistrict": (
        "ตำบล",
        "ชื่อตำบล",
        "ต.",
        "แขวง",
        "tambon",
        "tambol",
        "tumbol",
        "subdistrict",
        "sub_district",
    ),
    "subdistrict_code": (
        "รหัสตำบล",
        *("tambon_code", "tambon_id", "tambol_code", "tambol_id", "tumbol_id"),
        *("subdistrict_code", "subdistrict_id"),
    ),
    "district": ("อำเภอ", "ชื่ออำเภอ", "อ.", "เขต", "amphoe", "amphur", "district"),
    "district_code": (
        "รหัสอำเภอ",
        *("amphoe_code", "amphoe_id", "amphur_code", "amphur_id", "district_code", "district_id"),
    ),
    "province": ("จังหวัด", "ชื่อจังหวัด", "รหัสจังหวัด", "province", "province_code", "province_id", "changwat"),
    "national_id": (
        "เลขประจำตัวประชาชน",
        *("เลขบัตรประชาชน", "เลขบัตรประจำตัวประชาชน", "หมายเลขบัตรประชาชน", "หมายเลขประจำตัวประชาชน"),
        *(
            "เลขประชาชน",
            "เลขประจำตัว 13 หลัก",
            "เลขบัตร",
            "เลขที่บัตรประชาชน",
            "เลขบัตร ปชช.",
            "เลขประจำตัวประชาชน 13 หลัก",
            "เลข ปชช.",
            "เลข 13 หลัก",
            "รหัสประชาชน",
        ),
        *("national_id", "citizen_id", "id_card", "idcard", "pid", "cid", "nid"),
    ),
    "prefix": ("คำนำหน้า", "คำนำหน้าชื่อ", "คำนำหน้านาม", "prefix", "title"),
    "first_name": ("ชื่อ", "ชื่อตัว", "first_name", "fname", "name", "given_name"),
    "last_name": ("นามสกุล", "สกุล", "last_name", "lname", "surname", "family_name"),
    "full_name": (
        "ชื่อ-สกุล",
        *("ชื่อ-นามสกุล", "ชื่อและนามสกุล", "ชื่อตัว-ชื่อสกุล", "ชื่อ นามสกุลนักเรียน", "ชื่อนักเรียน", "รายชื่อ", "รายชื่อนักเรียน"),
        *("ชื่อสมาชิก", "ชื่อ-สกุลสมาชิก", "ชื่อสมาชิกในครัวเรือน", "full_name", "fullname"),
    ),
    "head_name": (
        "หัวหน้าครัวเรือน",
        *("ชื่อหัวหน้าครัวเรือน", "ชื่อ-สกุลหัวหน้าครัวเรือน", "ชื่อ-นามสกุลหัวหน้าครัวเรือน", "หัวหน้าครอบครัว", "ชื่อหัวหน้าครอบครัว"),
        *("เจ้าบ้าน", "ชื่อเจ้าบ้าน", "head", "head_name", "household_head"),
    ),
    "people": ("สมาชิกในครัวเรือน", "รายชื่อสมาชิก", "สมาชิก", "สมาชิกครัวเรือน", "รายชื่อสมาชิกในครัวเรือน", "members"),
    "standing": ("ผลการสำรวจ", "ผลสำรวจ", "สถานะการสำรวจ", "ผลการตรวจสอบ", "การพบตัว", "survey_result"),
    "sex": ("เพศ", "sex", "gender"),
    "birth_date": (
        "วันเกิด",
        "วันเดือนปีเกิด",
        "วัน เดือน ปี เกิด",
        "ว/ด/ป เกิด",
        "ว/ด/ป",
        "ว.ด.ป. เกิด",
        "วดป.เกิด",
        "เกิดวันที่",
        "birth_date",
        "birthday",
        "dob",
    ),
    "birth_year": ("ปีเกิด", "พ.ศ.เกิด", "ปี พ.ศ. เกิด", "birth_year", "yob"),
    "relation": (
        "ความสัมพันธ์",
        *("สถานะ", "สถานะในครัวเรือน", "สถานภาพในครัวเรือน", "ความเกี่ยวพัน", "ความสัมพันธ์กับหัวหน้าครัวเรือน"),
        *("relation", "relationship", "status"),
    ),
    "school": ("โรงเรียน", "ชื่อโรงเรียน", "ชื่อสถานศึกษา", "สถานศึกษา", "school", "school_name"),
    "grade": ("ชั้น", "ระดับชั้น", "ชั้นที่เรียน", "กำลังเรียนชั้น", "ชั้นเรียน", "grade", "class"),
    "income": (
        "รายได้เฉลี่ย",
        *("รายได้เฉลี่ยต่อคนต่อปี", "รายได้เฉลี่ย/คน/ปี", "รายได้เฉลี่ยบาทต่อคนต่อปี", "รายได้ต่อคนต่อปี"),
        *("average_income", "avg_income", "income_per_capita", "income_per_person"),
    ),
    "dimensions": (
        "มิติ",
        *("มิติที่ตก", "มิติที่ตกเกณฑ์", "มิติตกเกณฑ์", "ตกมิติ", "ตกเกณฑ์มิติ"),
        *("ด้าน", "ด้านที่ตก", "ด้านที่ตกเกณฑ์", "ด้านปัญหา", "ปัญหาด้าน", "ประเด็นปัญหา", "สภาพปัญหา"),
        *("dimensions", "dimension", "failed_dimensions", "work_area", "work_areas"),
    ),
}
_FIELD_OF = {plain(name): field_ for field_, names in NAMES.items() for name in names}
#: What the template has, in the order a clerk fills it in.
TEMPLATE = (
    *("รหัสบ้าน", "บ้านเลขที่", "หมู่ที่", "หมู่บ้าน", "ตำบล", "อำเภอ"),
    *("ความสัมพันธ์", "คำนำหน้า", "ชื่อ", "นามสกุล", "เลขประจำตัวประชาชน", "เพศ", "วันเกิด", "โรงเรียน", "ชั้น"),
    "รายได้เฉลี่ย",
)
YES = frozenset(
    {"1", "✓", "✔", "☑", "√", "/", "x", "✗", "ตก", "ตกเกณฑ์", "ไม่ผ่าน", "true", "yes", "y", "ใช่", "มี", "t"}
)
NO = frozenset({"", "0", "-", "–", "ผ่าน", "ไม่ตก", "ไม่ตกเกณฑ์", "false", "no", "n", "ไม่", "ไม่ใช่", "ไม่มี", "f"})
#: A heading that may mean the amount or the mark.
_INCOME = frozenset({"income", "รายได้"})
_SAYS_BAHT = re.compile("บาท|baht|thb|฿", re.IGNORECASE)
_SAYS_MARK = re.compile("ตก|มิติ|ไม่ผ่าน|fail", re.IGNORECASE)
_NOTHING = frozenset({"", "-", "–"})
_BRACKETS = re.compile(r"[(（\[].*?[)）\]]")
_FAILS = re.compile(r"^(?:ตกเกณฑ์|ตก|ไม่ผ่าน|failed|fail)")
#: The heading stands in one of the first rows; above it people write titles.
_ROWS_LOOKED_AT = 40
#: Fields of a person, which a row may have several times over: for the head and for each member.
_OF_PERSON = (
    *("prefix", "first_name", "last_name", "full_name", "national_id", "sex", "birth_date", "birth_year"),
    *("relation", "school", "grade"),
)
#: สมาชิกคนที่ 1, สมาชิก ๒, ชื่อสมาชิกลำดับที่ 3, member_4, บุตรคนที่ 1
_MEMBER = re.compile(
    r"(?:สมาชิก|บุตร|member|person)(?:ในครัวเรือน|ครัวเรือน)?\s*(?:คนที่|ลำดับที่|ที่|no\.?|#|_)?\s*([0-9]{1,2})",
    re.IGNORECASE,
)
_SPOUSE = frozenset({"คู่สมรส", "ชื่อคู่สมรส", "สามี/ภรรยา", "ภรรยา/สามี", "spouse"})
#: What a title above the table, or a row between, says of all rows below it.
_TOLD_ABOVE = {
    "district": re.compile(r"(?:อำเภอ|(?<![ก-๙])อ\.)\s*([ก-๙]+)"),
    "subdistrict": re.compile(r"(?:ตำบล|(?<![ก-๙])ต\.)\s*([ก-๙]+)"),
    "moo": re.compile(r"(?:หมู่ที่|(?<![ก-๙])ม\.)\s*([0-9]{1,3})(?![0-9])"),
    "school": re.compile(r"((?:โรงเรียน|รร\.)\s*[ก-๙]+(?:\s?\([^)]*\))?)"),
    "grade": re.compile(r"ชั้น\s*((?:อนุบาล|ประถมศึกษา|มัธยมศึกษา|อ\.|ป\.|ม\.)\s*(?:ปีที่)?\s*[1-9](?:/[0-9]+)?)"),
}


def template() -> tuple[str, ...]:
    """The headings of an empty file, with a column for each side that this province works by."""
    sides = Profile.here().sides
    # รายได้ alone may be an amount.
    return (
        *TEMPLATE,
        *(f"มิติ{each.name_th}" if each.name_th == "รายได้" else each.name_th for each in sides.offered),
    )


def field_words() -> dict[str, str]:
    """What a person may say that a column is, each with its name."""
    sides = Profile.here().sides
    return {name: NAMES[name][0] for name in NAMES if name not in ("head_name", "people")} | {
        f"dimension:{side.code}": f"ตก{sides.word}{side.name_th} (1/0)" for side in sides.every
    }


def field_named(words: str) -> str:
    """The field that a person means by its English name, or as a heading calls it; empty for none."""
    if words in field_words():
        return words
    if name := _FIELD_OF.get(plain(words)):
        return "full_name" if name == "head_name" else name
    side = Profile.here().sides.named(_FAILS.sub("", words))
    return f"dimension:{side.code}" if side else ""


class Years(Worded):
    """Which era two-digit years of a file are of; asked once for each kind of file."""

    UNKNOWN = "", "ยังไม่ได้บอก"
    BE = "be", "พ.ศ. (10 คือ 2510 หรือ 2553 แล้วแต่อายุที่เป็นไปได้)"
    CE = "ce", "ค.ศ."


class Sheet(NamedTuple):
    """One sheet of a file; a CSV is one without a name."""

    name: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What a person said of a file's columns, by column number from 0; `dimension:health` flags a dimension."""

    columns: Mapping[str, int]
    years: Years = Years.UNKNOWN


@dataclass(slots=True)
class Headings:
    """Where each field stands (column numbers from 0), and the columns that flag one dimension each."""

    row: int
    columns: dict[str, int] = field(default_factory=dict)
    dimensions: dict[str, int] = field(default_factory=dict)
    #: Of further people in the same row, each with the fields of a person.
    members: list[dict[str, int]] = field(default_factory=list)
    #: What titles above the table say where it has no column: อำเภอ, ตำบล, โรงเรียน.
    told_above: dict[str, str] = field(default_factory=dict)
    #: The headings as they stand, by column.
    titles: tuple[str, ...] = ()
    sheet: str = ""
    years: Years = Years.UNKNOWN
    #: What a person should know of how a column was read.
    remark: str = ""
    #: Whether any row below fills the column for what stands before a name.
    has_prefixes: bool = False

    @property
    def is_of_pupils(self) -> bool:
        """A list by school: people with their school, and nothing of where they live."""
        return not _HOUSE & set(self.columns) and bool(
            {"school", "grade"} & {*self.columns, *self.told_above}
        )

    @property
    def size(self) -> int:
        return len(self.columns) + len(self.dimensions) + sum(map(len, self.members))

    def as_map(self) -> dict[str, int]:
        """The columns as a person may confirm or change them; see ColumnMap."""
        return {**self.columns, **{f"dimension:{code}": place for code, place in self.dimensions.items()}}

    @property
    def is_complete(self) -> bool:
        return not _missing(self)


class UnknownColumns(BadInput):
    """The columns of a file are not known; a person can say what they are. `best` is what could be read of them."""

    def __init__(self, words: str, best: Headings, below: Sequence[Row] = ()) -> None:
        super().__init__(words)
        self.best = best
        self.below = below


def fingerprint(titles: Sequence[str]) -> str:
    """Equal for two tables with the same headings in the same order, however they are spaced: 64 hex digits."""
    names = [plain(title) for title in titles]
    while names and not names[-1]:
        names.pop()
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()


def find(
    sheets: Sequence[Sheet], sides: Sides, mapped: Mapping[str, ColumnMap] | None = None
) -> tuple[Headings, Sequence[Row]]:
    """The headings of a file and the rows below them, from whichever sheet has the fuller table.

    `mapped` is what people said of columns, by the fingerprint of their headings; it goes before what can be guessed.
    Raises UnknownColumns, a BadInput, naming the columns that are missing.
    """
    read = [_in_sheet(sheet, sides, mapped or {}) for sheet in sheets]
    best, below = max(read, key=lambda found: (found[0].is_complete, found[0].size))
    if missing := _missing(best):
        where = f" (แผ่นงาน {best.sheet})" if best.sheet else ""
        raise UnknownColumns(
            f"ไฟล์นี้ขาดคอลัมน์ {'; '.join(missing)}{where} โปรดบอกว่าคอลัมน์ใดคืออะไร หรือใช้แบบไฟล์จากหน้านำเข้าทะเบียน",
            best,
            below,
        )
    if best.sheet and len(sheets) > 1:
        best.remark = " · ".join(filter(None, (f"อ่านแผ่นงาน “{best.sheet}”", best.remark)))
    return best, below


def _in_sheet(sheet: Sheet, sides: Sides, mapped: Mapping[str, ColumnMap]) -> tuple[Headings, Sequence[Row]]:
    best, where = Headings(0, sheet=sheet.name), -1
    top = sheet.rows[:_ROWS_LOOKED_AT]
    for place, row in enumerate(top):
        for heads in (row, _over_two_rows(top[place - 1], row) if place else row):
            if (said := mapped.get(fingerprint(heads.cells))) is not None:
                best, where = _as_said(heads, said), place
                break
            found = _named(heads, sheet.rows[place + 1 :], sides)
            if found.size > best.size:
                best, where = found, place
        else:
            continue
        break
    best.sheet = sheet.name
    if not best.titles and top:
        # Nothing known stands there: a person is shown the first row with several cells.
        likely = max(range(len(top)), key=lambda place: sum(map(bool, top[place].cells)))
        best.titles, best.row, where = tuple(top[likely].cells), top[likely].number, likely
    # The first row below may be a title, too: ตำบลโพธิ์ above the households of that subdistrict.
    first = [row for row in sheet.rows[where + 1 : where + 2] if sum(map(bool, row.cells)) == 1]
    for row in (*sheet.rows[: max(where, 0)], *first):
        best.told_above |= told_above(row, best)
    return best, sheet.rows[where + 1 :]


def _over_two_rows(above: Row, row: Row) -> Row:
    """Headings that stand over two rows, as where ที่อยู่ is one cell above บ้านเลขที่ and หมู่ที่."""
    width = max(len(above.cells), len(row.cells))
    upper, lower = (r.cells + [""] * (width - len(r.cells)) for r in (above, row))
    return Row(row.number, [below or over for over, below in zip(upper, lower, strict=True)])


def _as_said(row: Row, said: ColumnMap) -> Headings:
    found = Headings(row.number, titles=tuple(row.cells), years=said.years)
    for name, column in said.columns.items():
        if name.startswith("dimension:"):
            found.dimensions[name.removeprefix("dimension:")] = column
        else:
            found.columns[name] = column
    found.members = _members(row, taken={*found.columns.values(), *found.dimensions.values()})
    _settle_head(found)
    found.has_prefixes = "prefix" in found.columns
    return found


def told_above(row: Row, found: Headings) -> dict[str, str]:
    """What a title says of the rows below it, of fields that have no column of their own."""
    text = clean(" ".join(cell for cell in row.cells if cell))
    told = {}
    for name, pattern in _TOLD_ABOVE.items():
        if name in found.columns or f"{name}_code" in found.columns:
            continue
        if match := pattern.search(text):
            told[name] = match[1]
    return told


def _named(row: Row, below: Sequence[Row], sides: Sides) -> Headings:
    found = Headings(row.number, titles=tuple(row.cells))
    bare_income: int | None = None
    found.members = _members(row, taken=set())
    of_members = {column for member in found.members for column in member.values()}
    for column, text in enumerate(row.cells):
        if column in of_members:
            continue
        bare = _BRACKETS.sub("", text)
        name = next((_FIELD_OF[p] for p in (plain(text), plain(bare)) if p in _FIELD_OF), None)
        if name is not None:
            found.columns.setdefault(name, column)
            continue
        side = sides.named(_FAILS.sub("", bare.strip()))
        if side is None:
            continue
        if plain(bare) in _INCOME:
            if _SAYS_BAHT.search(text):
                found.columns.setdefault("income", column)
                continue
            if not _SAYS_MARK.search(text):
                bare_income = column if bare_income is None else bare_income
                continue
        values = _values(below, column)
        if values - NO and not values & YES:
            # "การศึกษา" with ป.6 below it is schooling, "อื่นๆ" with sentences is remarks: neither flags anything.
            continue
        found.dimensions.setdefault(side.code, column)
    if bare_income is not None:
        _read_income(found, bare_income, below)
    if "people" in found.columns and all(
        arabic_digits(value).isdecimal() for value in _values(below, found.columns["people"]) - _NOTHING
    ):
        # สมาชิก with numbers below it says how many they are.
        del found.columns["people"]
    found.has_prefixes = "prefix" in found.columns and bool(_values(below, found.columns["prefix"]) - {""})
    _settle_head(found)
    if "first_name" in found.columns and "last_name" not in found.columns and "full_name" in found.columns:
        # Beside ชื่อตัว, ชื่อสกุล is the surname.
        found.columns["last_name"] = found.columns.pop("full_name")
    return found


def _members(row: Row, *, taken: set[int]) -> list[dict[str, int]]:
    """The fields of each further person of a row, by the number in their headings."""
    members: dict[str, dict[str, int]] = {}
    for column, cell in enumerate(row.cells):
        text = clean(cell)
        if column in taken or not text:
            continue
        match = _MEMBER.search(text)
        if match is None and text not in _SPOUSE:
            continue
        whose = f"{text[match.start()]}{match[1]}" if match else ""
        rest = plain(text[: match.start()] + " " + text[match.end() :]) if match else ""
        name = _FIELD_OF.get(rest, "full_name" if rest in ("", "ชื่อ") else "")
        if name == "first_name" and "last_name" not in members.get(whose, {}):
            name = "first_name" if any("สกุล" in other for other in row.cells) else "full_name"
        if name in _OF_PERSON:
            members.setdefault(whose, {}).setdefault(name, column)
    return [member for member in members.values() if {"first_name", "full_name"} & set(member)]


def _settle_head(found: Headings) -> None:
    """หัวหน้าครัวเรือน is the name of a row's person where no other column is."""
    head = found.columns.pop("head_name", None)
    if head is not None and not {"first_name", "full_name"} & set(found.columns):
        found.columns["full_name"] = head


def _values(below: Sequence[Row], column: int) -> set[str]:
    return {row.cells[column].strip().casefold() for row in below if column < len(row.cells)}


def _read_income(found: Headings, column: int, below: Sequence[Row]) -> None:
    """รายได้ is an amount of money, save where the file marks its dimensions; where only 0 and 1 stand, it is told."""
    values = _values(below, column)
    if not values <= YES | NO:
        found.columns.setdefault("income", column)
        return
    marks = any(_values(below, other) - {""} for other in found.dimensions.values())
    numbers = all(arabic_digits(value).isdecimal() for value in values - _NOTHING)
    if marks or "income" in found.columns or not numbers:
        found.dimensions.setdefault("income", column)
        found.remark = "คอลัมน์ รายได้ อ่านเป็นเครื่องหมายว่าตกมิติรายได้ ไม่ใช่จำนวนเงิน"
    elif values - {""}:
        found.columns["income"] = column
        found.remark = "คอลัมน์ รายได้ อ่านเป็นจำนวนบาทต่อคนต่อปี หากเป็นเครื่องหมายตกมิติ โปรดตั้งชื่อคอลัมน์ว่า มิติรายได้"


_HOUSE = frozenset({"house_code", "house_no"})
_PLACES = frozenset(
    {"house_code", "village_code", "subdistrict", "subdistrict_code", "district", "district_code"}
)


def missing_of(columns: Mapping[str, int]) -> list[str]:
    """What these columns lack to be a register file or a school's list of pupils, in words."""
    return _missing(Headings(0, columns=dict(columns)))


def _missing(found: Headings) -> list[str]:
    missing = []
    if not {"first_name", "full_name"} & set(found.columns):
        missing.append("ชื่อ (หรือ ชื่อ-สกุล)")
    if found.is_of_pupils:
        return missing
    if not _HOUSE & set(found.columns):
        missing.append("รหัสบ้าน (11 หลัก) หรือ บ้านเลขที่")
    if not _PLACES & {*found.columns, *found.told_above}:
        missing.append("อำเภอ (ชื่อหรือรหัส 4 หลัก) หรือ รหัสตำบล (6 หลัก)")
    return missing
