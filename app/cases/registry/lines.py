"""Lines: one row of a register file read into an address and a person. What cannot be read names no one."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from app.cases.registry.headings import NO, YES, Headings
from app.kit import clock, money, national_id, thai
from app.kit.errors import BadInput
from app.kit.sheets import Row
from app.province import places
from app.province.dimensions import DIMENSIONS, dimensions_named


class Address(NamedTuple):
    """Where a household is. `subdistrict_code` is None for a municipal pseudo-code or an unknown name."""

    house_code: str
    house_no: str
    moo: str
    village: str
    district_code: str
    subdistrict_code: str | None

    @property
    def place_key(self) -> str:
        """What makes it the same house where no house code is given; empty without a house number."""
        return place_key(self.district_code, self.subdistrict_code, self.moo, self.house_no)


def place_key(district_code: str, subdistrict_code: str | None, moo: str, house_no: str) -> str:
    """See Address.place_key."""
    return f"{district_code}:{subdistrict_code or ''}:{moo}:{house_no.casefold()}" if house_no else ""


class Person(NamedTuple):
    """A member as the file has them; empty where it says nothing."""

    prefix: str
    first_name: str
    last_name: str
    national_id: str
    birth_year_be: int | None
    sex: str
    school: str
    grade: str
    head: bool


class Line(NamedTuple):
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


_PREFIXES = {
    "m": ("นาย", "เด็กชาย", "ด.ช.", "ดช.", "mr.", "mr"),
    "f": ("นางสาว", "น.ส.", "นส.", "นาง", "เด็กหญิง", "ด.ญ.", "ดญ.", "mrs.", "mrs", "miss", "ms."),
}
_SEX_OF = {prefix: sex for sex, prefixes in _PREFIXES.items() for prefix in prefixes}
_BY_LENGTH = sorted(_SEX_OF, key=len, reverse=True)
_MEN = frozenset({"ชาย", "ช", "m", "male", "1"})
_WOMEN = frozenset({"หญิง", "ญ", "f", "female", "2"})
_HEADS = ("หัวหน้า", "เจ้าบ้าน", "head")
_NOTHING = frozenset({"", "-", "–", "—", "n/a", "null", "none", "ไม่มี", "ไม่ระบุ"})

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"(?:0{1,2}[/.-]0{1,2}[/.-])?([0-9]{4})")
#: Thai digits, joiners, and white space other than one space between words.
_UNTIDY = re.compile(r"[๐-๙\u200b]|\s\s|[^\S ]")
_MOO = re.compile(r"[0-9]{1,3}")
_SCHOOL_YEAR = re.compile(r"(อนุบาล|อ|ประถมศึกษา|ประถม|ป|มัธยมศึกษา|มัธยม|ม)\.?\s*(?:ปีที่|ชั้นปีที่)?\s*([1-9])")
_THIRD_DECIMAL = re.compile(r"(\.[0-9]{2})[0-9]+$")
_OLDEST = 130


class Reader:
    """Reads the rows below one set of headings, for one province."""

    def __init__(self, headings: Headings, province_code: str) -> None:
        self._columns = [
            (name, column, _clean_again if name in _REPEATING else _clean)
            for name, column in headings.columns.items()
        ]
        self._dimensions = tuple(headings.dimensions)
        self._marks = tuple(headings.dimensions.values())
        self._told: tuple[str, ...] = ()
        self._this_year = thai.year_be(clock.today())
        self._last = max(*headings.columns.values(), *self._marks, 0)
        self._province = province_code

    def read(self, row: Row) -> Line | None:
        """The line, or None for a row that says nothing. Raises Unreadable with words that repeat no cell."""
        cells = row.cells
        if len(cells) <= self._last:
            cells = cells + [""] * (self._last + 1 - len(cells))
        said = {name: clean(cells[column]) for name, column, clean in self._columns}
        if not any(said.values()):
            return None
        house = _house_code(said)
        try:
            # Rows of one household mostly stand together and give one address.
            told = tuple(said.get(name, "") for name in _ADDRESS)
            if told != self._told:
                self._here = _address(said, self._province)
                self._told = told
            address, remark = self._here
            house = house or address.place_key
            person = _person(said, self._this_year)
            income = _income(said.get("income", ""))
            marks = tuple(cells[column] for column in self._marks)
            failed, passed = _marked(self._dimensions, marks, said.get("dimensions", ""))
        except BadInput as error:
            raise Unreadable(error.words, house) from error
        return Line(row.number, address, person, income, failed, passed, remark)


_ALL = frozenset(one.code for one in DIMENSIONS)


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
            return frozenset(one.code for one in dimensions_named(text))
        except BadInput:
            continue
    raise BadInput("ไม่รู้จักชื่อมิติในช่องมิติ โปรดใส่ชื่อมิติคั่นด้วยจุลภาค เช่น การศึกษา, รายได้")


def _clean(cell: str) -> str:
    """The cell with single spaces, Arabic digits and composed letters; empty for what means nothing."""
    text = cell.strip()
    if not text:
        return ""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if _UNTIDY.search(text):
        text = " ".join(thai.arabic_digits(text.replace("\u200b", "")).split())
    # An apostrophe in front is how spreadsheets are told to keep digits as text.
    text = text.removeprefix("'")
    return "" if len(text) < 8 and text.casefold() in _NOTHING else text


#: For columns that say the same again and again; never for names and numbers, which should not linger in memory.
_clean_again = lru_cache(maxsize=4096)(_clean)
_ADDRESS = (
    *("house_code", "house_no", "moo", "village", "village_code"),
    *("subdistrict", "subdistrict_code", "district", "district_code", "province"),
)
_REPEATING = frozenset(
    {"moo", "village", "subdistrict", "district", "province", "prefix", "sex", "relation", "school", "grade"}
)


def _fitting(text: str, most: int, what: str) -> str:
    if len(text) > most:
        raise BadInput(f"{what}ยาวเกิน {most} ตัวอักษร โปรดตรวจว่าข้อมูลอยู่ตรงคอลัมน์")
    return text


def _house_code(said: Mapping[str, str]) -> str:
    code = said.get("house_code", "").replace("-", "").replace(" ", "")
    return code if len(code) == 11 and code.isascii() and code.isdigit() else ""


def _address(said: Mapping[str, str], province: str) -> tuple[Address, str]:
    house_code = _house_code(said)
    if said.get("house_code") and not house_code:
        raise BadInput("รหัสบ้านต้องเป็นตัวเลข 11 หลัก โปรดตรวจว่าโปรแกรมตารางไม่ได้ย่อเลข (เช่น 3.3E+10)")
    house_no = said.get("house_no", "").replace(" ", "")
    if _DAY.fullmatch(house_no):
        raise BadInput("บ้านเลขที่ถูกโปรแกรมตารางเปลี่ยนเป็นวันที่ โปรดจัดคอลัมน์เป็นข้อความแล้วใส่ใหม่")
    if not house_code and not house_no:
        raise BadInput("ไม่มีทั้งรหัสบ้านและบ้านเลขที่ จึงไม่รู้ว่าเป็นครัวเรือนใด โปรดใส่อย่างใดอย่างหนึ่ง")
    village_code = said.get("village_code", "")
    district, subdistrict, remark = _place(
        province,
        said.get("province", ""),
        said.get("district_code", "") or said.get("district", ""),
        said.get("subdistrict_code", "") or said.get("subdistrict", "") or village_code[:6],
        house_code[:4],
    )
    moo = _MOO.search(said.get("moo", "") or (village_code[6:8] if len(village_code) >= 8 else ""))
    address = Address(
        house_code=house_code,
        house_no=_fitting(house_no, 20, "บ้านเลขที่"),
        moo=(moo[0].lstrip("0") if moo else ""),
        village=_fitting(said.get("village", ""), 80, "ชื่อหมู่บ้าน"),
        district_code=district,
        subdistrict_code=subdistrict,
    )
    return address, remark


@lru_cache(maxsize=4096)
def _place(
    province: str, province_words: str, district_words: str, subdistrict_words: str, registrar: str
) -> tuple[str, str | None, str]:
    """Codes of district and subdistrict, and a remark where the subdistrict could not be kept."""
    if province_words and not _is_here(province_words, province):
        raise BadInput("ครัวเรือนนี้อยู่นอกจังหวัด จึงไม่นำเข้า โปรดตรวจช่องจังหวัด")
    district = _district(province, district_words) if district_words else None
    if subdistrict_words.isascii() and subdistrict_words.isdigit():
        by_code = places.district_of(subdistrict_words)
        if by_code is None:
            raise BadInput("ไม่รู้จักรหัสตำบล และสี่หลักแรกไม่ใช่รหัสอำเภอ โปรดตรวจรหัสตำบล 6 หลัก")
        if by_code.province_code != province:
            raise BadInput("รหัสตำบลอยู่นอกจังหวัด จึงไม่นำเข้า โปรดตรวจรหัสตำบล")
        if district is not None and district != by_code.code:
            raise BadInput("ตำบลกับอำเภอในแถวนี้ไม่ตรงกัน โปรดตรวจทั้งสองช่อง")
        listed = places.subdistrict(subdistrict_words[:6])
        if listed is None:
            return by_code.code, None, "รหัสตำบลไม่อยู่ในบัญชีของกรมการปกครอง จัดไว้ที่อำเภอโดยไม่ระบุตำบล"
        return by_code.code, listed.code, ""
    if district is None and subdistrict_words:
        homes = [
            found.code
            for one in places.districts(province)
            if (found := places.subdistrict_named(one.code, subdistrict_words))
        ]
        if len(homes) == 1:
            return homes[0][:4], homes[0], ""
    if district is None and registrar:
        # The first four digits of a house code are its registrar's: the district's, save in municipalities.
        by_code = places.district_of(registrar)
        district = by_code.code if by_code and by_code.province_code == province else None
    if district is None:
        raise BadInput("ไม่รู้ว่าอยู่อำเภอใด โปรดใส่ชื่ออำเภอ รหัสอำเภอ 4 หลัก หรือรหัสตำบล 6 หลัก")
    if not subdistrict_words:
        return district, None, ""
    named = places.subdistrict_named(district, subdistrict_words)
    if named is None:
        return district, None, "ไม่รู้จักชื่อตำบลในอำเภอนี้ จัดไว้ที่อำเภอโดยไม่ระบุตำบล"
    return district, named.code, ""


def _is_here(words: str, province: str) -> bool:
    if words.isdigit():
        return words == province
    named = places.province_named(words)
    return named is not None and named.code == province


def _district(province: str, words: str) -> str:
    if words.isascii() and words.isdigit():
        found = places.district_of(words) if len(words) == 4 else None
        if found is None:
            raise BadInput("ไม่รู้จักรหัสอำเภอ โปรดใส่รหัส 4 หลักของกรมการปกครองหรือชื่ออำเภอ")
    else:
        found = places.district_named(province, words)
        if found is None:
            raise BadInput("ไม่รู้จักชื่ออำเภอในจังหวัดนี้ โปรดตรวจตัวสะกดหรือใส่รหัส 4 หลัก")
    if found.province_code != province:
        raise BadInput("รหัสอำเภออยู่นอกจังหวัด จึงไม่นำเข้า โปรดตรวจรหัสอำเภอ")
    return found.code


def _person(said: Mapping[str, str], this_year: int) -> Person:
    prefix, first, last = _name(said)
    if not first:
        raise BadInput("ไม่มีชื่อ โปรดใส่ชื่อของสมาชิก")
    return Person(
        prefix=_fitting(prefix, 20, "คำนำหน้า"),
        first_name=_fitting(first, 80, "ชื่อ"),
        last_name=_fitting(last, 80, "นามสกุล"),
        national_id=_national_id(said.get("national_id", "")),
        birth_year_be=_birth_year(said.get("birth_date", "") or said.get("birth_year", ""), this_year),
        sex=_sex(said.get("sex", ""), prefix),
        school=_fitting(said.get("school", ""), 120, "ชื่อโรงเรียน"),
        grade=_fitting(_grade(said.get("grade", "")), 20, "ชั้นเรียน"),
        head=said.get("relation", "").casefold().startswith(_HEADS),
    )


def _name(said: Mapping[str, str]) -> tuple[str, str, str]:
    prefix, last = said.get("prefix", ""), said.get("last_name", "")
    first = said.get("first_name", "") or said.get("full_name", "")
    if not prefix:
        lower = first.casefold()
        prefix = next((p for p in _BY_LENGTH if lower.startswith(p) and len(first) > len(p) + 1), "")
        first = first[len(prefix) :].strip()
    if not last:
        first, _, last = first.partition(" ")
    return prefix, first, last.strip()


def _national_id(text: str) -> str:
    if not text:
        return ""
    if not text.isdigit() and ("x" in text.casefold() or "*" in text):
        # Some exports already mask the number; a masked one is no number.
        return ""
    if "E+" in text or "e+" in text:
        raise BadInput("เลขประจำตัวประชาชนถูกโปรแกรมตารางย่อเป็น E+ โปรดจัดคอลัมน์เป็นข้อความแล้วใส่ใหม่")
    return national_id.parse(text)


@lru_cache(maxsize=8192)
def _birth_year(text: str, this_year: int) -> int | None:
    if not text:
        return None
    if match := _YEAR.fullmatch(text):
        # A year alone, or 00/00/2480 as the civil registry writes a day that nobody knows.
        year = int(match[1]) if int(match[1]) > 2400 else int(match[1]) + 543
    else:
        try:
            year = thai.year_be(thai.parse_date(text.split(" ")[0] if _DAY.match(text) else text))
        except BadInput:
            raise BadInput("อ่านวันเกิดไม่ได้ โปรดใส่ปีเป็นสี่หลัก เช่น 27/01/2508") from None
    if not this_year - _OLDEST <= year <= this_year:
        raise BadInput("ปีเกิดเป็นไปไม่ได้ โปรดตรวจปี พ.ศ.")
    return year


def _sex(text: str, prefix: str) -> str:
    word = text.casefold().strip(".")
    if word in _MEN:
        return "m"
    if word in _WOMEN:
        return "f"
    return _SEX_OF.get(prefix.casefold(), "")


@lru_cache(maxsize=512)
def _grade(text: str) -> str:
    """ป.1 … ม.6, อ.1 … however the school year is written; other words stay as they are."""
    match = _SCHOOL_YEAR.fullmatch(text)
    return f"{match[1][0]}.{match[2]}" if match else text


@lru_cache(maxsize=8192)
def _income(text: str) -> int | None:
    """Satang. An average may come with many decimals; what lies below a satang is cut, never rounded up."""
    if not text:
        return None
    try:
        return money.parse_baht(_THIRD_DECIMAL.sub(r"\1", text), allow_zero=True)
    except BadInput:
        raise BadInput("อ่านรายได้เฉลี่ยไม่ได้ โปรดใส่จำนวนบาทต่อคนต่อปี เช่น 32,500") from None
