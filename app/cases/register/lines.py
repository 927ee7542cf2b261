"""Lines of a register file: what its columns are called, and one row read into an address and a person."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from app.cases.register import addresses, persons
from app.cases.register.addresses import Address
from app.cases.register.cell_text import clean, clean_again
from app.cases.register.persons import Person
from app.kit import clock, money, thai
from app.kit.errors import BadInput
from app.kit.sheets import Row
from app.kit.thai import arabic_digits
from app.province.dimensions import DIMENSIONS, dimension_named, dimensions_named
from app.province.reference import plain

#: Field → names of its column, compared without case, spaces and punctuation. The first one is the template's.
NAMES: dict[str, tuple[str, ...]] = {
    "house_code": (
        "รหัสบ้าน",
        *("รหัสประจำบ้าน", "เลขรหัสประจำบ้าน", "เลขประจำบ้าน", "รหัสบ้าน 11 หลัก"),
        *("house_code", "house_id", "hc", "hcode"),
    ),
    "house_no": ("บ้านเลขที่", "เลขที่บ้าน", "เลขที่", "house_no", "house_number", "hno", "address_no"),
    "moo": ("หมู่ที่", "หมู่", "ม.", "moo", "mu", "village_no"),
    "village": ("หมู่บ้าน", "ชื่อหมู่บ้าน", "หมู่บ้าน/ชุมชน", "ชุมชน", "บ้าน", "village", "village_name"),
    "village_code": ("รหัสหมู่บ้าน", "village_code", "village_id"),
    "subdistrict": ("ตำบล", "ชื่อตำบล", "แขวง", "tambon", "tambol", "tumbol", "subdistrict", "sub_district"),
    "subdistrict_code": (
        "รหัสตำบล",
        *("tambon_code", "tambon_id", "tambol_code", "tambol_id", "tumbol_id"),
        *("subdistrict_code", "subdistrict_id"),
    ),
    "district": ("อำเภอ", "ชื่ออำเภอ", "เขต", "amphoe", "amphur", "district"),
    "district_code": (
        "รหัสอำเภอ",
        *("amphoe_code", "amphoe_id", "amphur_code", "amphur_id", "district_code", "district_id"),
    ),
    "province": ("จังหวัด", "ชื่อจังหวัด", "รหัสจังหวัด", "province", "province_code", "province_id", "changwat"),
    "national_id": (
        "เลขประจำตัวประชาชน",
        *("เลขบัตรประชาชน", "เลขบัตรประจำตัวประชาชน", "หมายเลขบัตรประชาชน", "หมายเลขประจำตัวประชาชน"),
        *("เลขประชาชน", "เลขประจำตัว 13 หลัก", "เลข 13 หลัก", "รหัสประชาชน"),
        *("national_id", "citizen_id", "id_card", "idcard", "pid", "cid", "nid"),
    ),
    "prefix": ("คำนำหน้า", "คำนำหน้าชื่อ", "คำนำหน้านาม", "prefix", "title"),
    "first_name": ("ชื่อ", "ชื่อตัว", "first_name", "fname", "name", "given_name"),
    "last_name": ("นามสกุล", "สกุล", "last_name", "lname", "surname", "family_name"),
    "full_name": (
        "ชื่อ-สกุล",
        *("ชื่อ-นามสกุล", "ชื่อและนามสกุล", "ชื่อตัว-ชื่อสกุล", "ชื่อหัวหน้าครัวเรือน", "ชื่อ-สกุลหัวหน้าครัวเรือน"),
        *("full_name", "fullname"),
    ),
    "sex": ("เพศ", "sex", "gender"),
    "birth_date": ("วันเกิด", "วันเดือนปีเกิด", "วัน เดือน ปี เกิด", "birth_date", "birthday", "dob"),
    "birth_year": ("ปีเกิด", "พ.ศ.เกิด", "ปี พ.ศ. เกิด", "birth_year", "yob"),
    "relation": (
        "ความสัมพันธ์",
        *("สถานะ", "สถานะในครัวเรือน", "สถานภาพในครัวเรือน", "ความเกี่ยวพัน", "ความสัมพันธ์กับหัวหน้าครัวเรือน"),
        *("relation", "relationship", "status"),
    ),
    "school": ("โรงเรียน", "ชื่อโรงเรียน", "สถานศึกษา", "school", "school_name"),
    "grade": ("ชั้น", "ระดับชั้น", "ชั้นเรียน", "grade", "class"),
    "income": (
        "รายได้เฉลี่ย",
        *("รายได้เฉลี่ยต่อคนต่อปี", "รายได้เฉลี่ย/คน/ปี", "รายได้เฉลี่ยบาทต่อคนต่อปี", "รายได้ต่อคนต่อปี"),
        *("average_income", "avg_income", "income_per_capita", "income_per_person"),
    ),
    "dimensions": (
        "มิติ",
        *("มิติที่ตก", "มิติที่ตกเกณฑ์", "มิติตกเกณฑ์", "ตกมิติ", "ตกเกณฑ์มิติ"),
        *("dimensions", "dimension", "failed_dimensions"),
    ),
}
_FIELD_OF = {plain(name): field_ for field_, names in NAMES.items() for name in names}
#: What the template has, in the order a clerk fills it in.
TEMPLATE = (
    *("รหัสบ้าน", "บ้านเลขที่", "หมู่ที่", "หมู่บ้าน", "ตำบล", "อำเภอ"),
    *("ความสัมพันธ์", "คำนำหน้า", "ชื่อ", "นามสกุล", "เลขประจำตัวประชาชน", "เพศ", "วันเกิด", "โรงเรียน", "ชั้น"),
    *("รายได้เฉลี่ย", "สุขภาพ", "ความเป็นอยู่", "การศึกษา", "มิติรายได้", "การเข้าถึงบริการภาครัฐ", "อื่นๆ"),
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
_ROWS_LOOKED_AT = 15


@dataclass(slots=True)
class Headings:
    """Where each field stands (column numbers from 0), and the columns that flag one dimension each."""

    row: int
    columns: dict[str, int] = field(default_factory=dict)
    dimensions: dict[str, int] = field(default_factory=dict)
    #: What a person should know of how a column was read.
    remark: str = ""
    #: Whether any row below fills the column for what stands before a name.
    has_prefixes: bool = False


def find(rows: Sequence[Row]) -> tuple[Headings, Sequence[Row]]:
    """The headings of a file and the rows below them. Raises BadInput naming the columns that are missing."""
    best, where = Headings(0), -1
    for place, row in enumerate(rows[:_ROWS_LOOKED_AT]):
        found = _named(row, rows[place + 1 :])
        if len(found.columns) + len(found.dimensions) > len(best.columns) + len(best.dimensions):
            best, where = found, place
    _require(best.columns)
    return best, rows[where + 1 :]


def _named(row: Row, below: Sequence[Row]) -> Headings:
    found = Headings(row.number)
    bare_income: int | None = None
    for column, text in enumerate(row.cells):
        bare = _BRACKETS.sub("", text)
        name = next((_FIELD_OF[p] for p in (plain(text), plain(bare)) if p in _FIELD_OF), None)
        if name is not None:
            found.columns.setdefault(name, column)
            continue
        dimension = dimension_named(_FAILS.sub("", bare.strip()))
        if dimension is None:
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
        found.dimensions.setdefault(dimension.code, column)
    if bare_income is not None:
        _read_income(found, bare_income, below)
    found.has_prefixes = "prefix" in found.columns and bool(_values(below, found.columns["prefix"]) - {""})
    if "first_name" in found.columns and "last_name" not in found.columns and "full_name" in found.columns:
        # Beside ชื่อตัว, ชื่อสกุล is the surname.
        found.columns["last_name"] = found.columns.pop("full_name")
    return found


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


def _require(columns: Mapping[str, int]) -> None:
    missing = []
    if not {"first_name", "full_name"} & set(columns):
        missing.append("ชื่อ (หรือ ชื่อ-สกุล)")
    if not {"house_code", "house_no"} & set(columns):
        missing.append("รหัสบ้าน (11 หลัก) หรือ บ้านเลขที่")
    places = {"house_code", "village_code", "subdistrict", "subdistrict_code", "district", "district_code"}
    if not places & set(columns):
        missing.append("อำเภอ (ชื่อหรือรหัส 4 หลัก) หรือ รหัสตำบล (6 หลัก)")
    if missing:
        raise BadInput(
            f"ไฟล์นี้ขาดคอลัมน์ {'; '.join(missing)} โปรดใส่หัวคอลัมน์ไว้แถวบนสุดของตาราง หนึ่งแถวต่อสมาชิกหนึ่งคน "
            "หรือใช้แบบไฟล์จากหน้านำเข้าทะเบียน"
        )


_REPEATING = frozenset(
    {"moo", "village", "subdistrict", "district", "province", "prefix", "sex", "relation", "school", "grade"}
)
_THIRD_DECIMAL = re.compile(r"(\.[0-9]{2})[0-9]+$")


class RegisterLine(NamedTuple):
    """One row. `income_satang` is the household's average per person and year."""

    number: int
    address: Address
    person: Person
    income_satang: int | None
    #: Dimensions that the row says are failed, and those it says are passed; of the others it says nothing.
    failed: frozenset[str]
    passed: frozenset[str]
    #: What to tell of a row that is taken all the same.
    remark: str


class Unreadable(BadInput):
    """A row that cannot be taken. `house` is its house code or place, where that much could be read."""

    def __init__(self, words: str, house: str) -> None:
        super().__init__(words)
        self.house = house


class Reader:
    """Reads the rows below one set of headings, for one province."""

    def __init__(self, headings: Headings, province_code: str) -> None:
        self._columns = [
            (name, column, clean_again if name in _REPEATING else clean)
            for name, column in headings.columns.items()
        ]
        self._dimensions = tuple(headings.dimensions)
        self._marks = tuple(headings.dimensions.values())
        self._last_address: tuple[str | None, ...] = ()
        self._this_year = thai.year_be(clock.today())
        self._last = max(*headings.columns.values(), *self._marks, 0)
        self._province = province_code
        self._has_prefixes = headings.has_prefixes

    def read(self, row: Row) -> RegisterLine | None:
        """The line, or None for a row that says nothing. Raises Unreadable with words that repeat no cell."""
        cells = row.cells
        if len(cells) <= self._last:
            cells = cells + [""] * (self._last + 1 - len(cells))
        fields = {name: tidy(cells[column]) for name, column, tidy in self._columns}
        if not any(fields.values()):
            return None
        house = addresses.house_code_of(fields)
        try:
            # Rows of one household mostly stand together and give one address.
            address_fields = tuple(map(fields.get, addresses.FIELDS))
            if address_fields != self._last_address:
                self._here = addresses.read(fields, self._province)
                self._last_address = address_fields
            address, remark = self._here
            house = house or address.place_key
            person = persons.read(fields, self._this_year, line=row.number, has_prefixes=self._has_prefixes)
            income = _income(fields.get("income", ""))
            marks = tuple(cells[column] for column in self._marks)
            failed, passed = _marked(self._dimensions, marks, fields.get("dimensions", ""))
        except BadInput as error:
            raise Unreadable(error.words, house) from error
        if person.remark:
            remark = f"{remark} · {person.remark}" if remark else person.remark
        return RegisterLine(row.number, address, person, income, failed, passed, remark)


_ALL = frozenset(dimension.code for dimension in DIMENSIONS)


@lru_cache(maxsize=1024)
def _marked(
    codes: tuple[str, ...], marks: tuple[str, ...], listed: str
) -> tuple[frozenset[str], frozenset[str]]:
    """Which dimensions one row says are failed and which passed, by its marks and its list."""
    failed, passed = set(), set()
    for code, cell in zip(codes, marks, strict=True):
        mark = cell.strip().casefold()
        if mark in YES:
            failed.add(code)
        elif mark not in NO:
            raise BadInput("อ่านช่องมิติไม่ได้ โปรดใส่ 1 เมื่อตกเกณฑ์ และ 0 เมื่อไม่ตก")
        elif mark:
            passed.add(code)
    if listed:
        named = _listed(listed)
        failed |= named
        passed |= _ALL - named
    return frozenset(failed), frozenset(passed - failed)


def _listed(words: str) -> frozenset[str]:
    if words.casefold() in NO:
        return frozenset()
    for text in (words, re.sub(r"\s*(?:/|\+|และ|\s)\s*", ",", words)):
        try:
            return frozenset(dimension.code for dimension in dimensions_named(text))
        except BadInput:
            continue
    raise BadInput("ไม่รู้จักชื่อมิติในช่องมิติ โปรดใส่ชื่อมิติคั่นด้วยจุลภาค เช่น การศึกษา, รายได้")


@lru_cache(maxsize=8192)
def _income(text: str) -> int | None:
    """Satang. An average may come with many decimals; what lies below a satang is cut, never rounded up."""
    if not text:
        return None
    try:
        return money.parse_baht(_THIRD_DECIMAL.sub(r"\1", text), allow_zero=True)
    except BadInput:
        raise BadInput("อ่านรายได้เฉลี่ยไม่ได้ โปรดใส่จำนวนบาทต่อคนต่อปี เช่น 32,500") from None
