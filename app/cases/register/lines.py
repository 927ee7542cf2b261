"""Lines of a register file: one row read into an address and the people it names."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from app.cases.register import addresses, columns, persons
from app.cases.register.addresses import Address
from app.cases.register.cell_text import clean, clean_again
from app.cases.register.columns import NO, YES, Headings
from app.cases.register.persons import Person
from app.cases.register.records import Standing
from app.kit import clock, money, thai
from app.kit.errors import BadInput
from app.kit.sheets import Row
from app.province import profile
from app.province.reference import plain
from app.province.sides import Sides

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
    standing: Standing


class Unreadable(BadInput):
    """A row that cannot be taken. `house` is its house code or place, where that much could be read."""

    def __init__(self, words: str, house: str) -> None:
        super().__init__(words)
        self.house = house


#: A row that is no line of the table: sums, signatures, remarks, page numbers. Only where it has neither house nor number.
_NOTE = re.compile(
    r"^[(*\s]*(?:รวม\s*(?:$|[0-9:=(]|ครัวเรือน|จำนวน|ทั้ง|ยอด|เป็นเงิน)|ยอดรวม|ทั้งสิ้น|(?:grand |sub ?)?total\b|หมายเหตุ|ลงชื่อ|ลงนาม"
    r"|ผู้(?:รายงาน|จัดทำ|ตรวจสอบ|รับรอง|ให้ข้อมูล|สำรวจ|บันทึก|อนุมัติ)|ตำแหน่ง|ที่มา\b|แหล่งข้อมูล|ข้อมูล\s*ณ|หน้า(?:ที่)?\s*[0-9]|page\s*[0-9]"
    r"|\(?\s*[.…_]{3,})",
    re.IGNORECASE,
)
_NOTE_WORDS = "แถวนี้ไม่ใช่ข้อมูลครัวเรือน (เช่น รวม ลงชื่อ หมายเหตุ) จึงข้ามไป"
_HEADINGS_AGAIN = "แถวนี้เป็นหัวตารางซ้ำ จึงข้ามไป"
_NOBODY = "แถวนี้ไม่มีทั้งบ้านและชื่อ จึงข้ามไป"
_SECTION = "แถวนี้เป็นหัวข้อของแถวถัดไป อ่านเป็นที่อยู่หรือชั้นของแถวเหล่านั้น"
BELONGS_ABOVE = "ช่องบ้านว่าง (ช่องผสานหรือเว้นไว้) จึงนับเป็นสมาชิกของครัวเรือนแถวบน"
_HOUSE = ("house_code", "house_no")
_PLACE_FIELDS = tuple(name for name in addresses.FIELDS if name not in _HOUSE)
_LISTED = re.compile(r"\s*(?:[\n;,]|(?<![0-9])[0-9]{1,2}[.)](?![0-9]))\s*")


class Passed(NamedTuple):
    """A row that is no line of the table, and why."""

    words: str


class Reader:
    """Reads the rows below one set of headings, for one province. `repeats` says that the file writes its house on
    every row, so that a row without one has lost it and belongs to nobody."""

    def __init__(self, headings: Headings, province_code: str, *, repeats: bool = False) -> None:
        self._headings = headings
        self._columns = [
            (name, column, clean_again if name in _REPEATING else clean)
            for name, column in headings.columns.items()
        ]
        self._told_above = {
            name: value for name, value in headings.told_above.items() if name not in headings.columns
        }
        self._sides = profile.of_province(province_code).sides
        self._dimensions = tuple(headings.dimensions)
        self._marks = tuple(headings.dimensions.values())
        self._last_address: tuple[str | None, ...] = ()
        self._this_year = thai.year_be(clock.today())
        of_members = [column for member in headings.members for column in member.values()]
        self._last = max(*headings.columns.values(), *self._marks, *of_members, 0)
        self._province = province_code
        self._repeats = repeats
        self._titles = {plain(title) for title in headings.titles if title.strip()}
        self._above: dict[str, str] = {}
        self._is_of_pupils = headings.is_of_pupils

    def read(self, row: Row) -> list[RegisterLine] | Passed | None:
        """The lines of a row, one for each person it names; Passed for one that is no line; None for one that says
        nothing. Raises Unreadable with words that repeat no cell."""
        cells = row.cells
        if len(cells) <= self._last:
            cells = cells + [""] * (self._last + 1 - len(cells))
        fields = {name: tidy(cells[column]) for name, column, tidy in self._columns}
        if self._take_section(row):
            return Passed(_SECTION)
        if not any(fields.values()) and not self._members_said(cells):
            return None
        if passed := self._passed(row, fields):
            return passed
        remark = self._from_above(fields)
        fields = {**self._told_above, **fields} if self._told_above else fields
        house = addresses.house_code_of(fields)
        try:
            # Rows of one household mostly stand together and give one address.
            address_fields = tuple(map(fields.get, addresses.FIELDS))
            if address_fields != self._last_address:
                self._here = self._address(fields)
                self._last_address = address_fields
            address, told = self._here
            house = house or address.place_key
            remark = " · ".join(filter(None, (remark, told)))
            people = self._people(fields, cells, row.number)
            income, unread = _income_or_remark(fields.get("income", ""))
            marks = tuple(cells[column] for column in self._marks)
            failed, passed_dimensions = _marked(
                self._sides, self._dimensions, marks, fields.get("dimensions", "")
            )
        except BadInput as error:
            raise Unreadable(error.words, house) from error
        return [
            RegisterLine(
                *(row.number, address, person, income, failed, passed_dimensions),
                " · ".join(
                    filter(None, (remark if not place else "", unread if not place else "", person.remark))
                ),
                _standing(fields.get("standing", "")),
            )
            for place, person in enumerate(people)
        ]

    def _address(self, fields: Mapping[str, str]) -> tuple[Address, str]:
        if not self._is_of_pupils:
            return addresses.read(fields, self._province)
        try:
            return addresses.read(fields, self._province, house_needed=False)
        except BadInput:
            # A school's list need not say where anybody lives.
            return addresses.NOWHERE, ""

    def _people(self, fields: Mapping[str, str], cells: Sequence[str], line: int) -> list[Person]:
        has_prefixes, years = self._headings.has_prefixes, self._headings.years
        read = partial(
            persons.read, this_year=self._this_year, line=line, has_prefixes=has_prefixes, years=years
        )
        people = [read(fields)]
        if self._headings.members and not people[0].head:
            people[0] = people[0]._replace(head=True)
        for member in self._headings.members:
            said = {name: clean(cells[column]) for name, column in member.items()}
            if said.get("first_name") or said.get("full_name"):
                people.append(read(said))
        if listed := fields.get("people"):
            for name in _LISTED.split(cells[self._headings.columns["people"]]):
                if (tidy := clean(name)) and tidy != fields.get("full_name"):
                    people.append(read({"full_name": tidy}))
            people[0] = people[0]._replace(head=bool(listed))
        return people

    def _members_said(self, cells: Sequence[str]) -> bool:
        return any(clean(cells[column]) for member in self._headings.members for column in member.values())

    def _passed(self, row: Row, fields: Mapping[str, str]) -> Passed | None:
        """Why a row is no line of the table, or None for one that may be."""
        if any(fields.get(name) for name in (*_HOUSE, "national_id")):
            same = sum(plain(cell) in self._titles for cell in row.cells if cell.strip())
            return Passed(_HEADINGS_AGAIN) if same >= 3 else None
        if any(_NOTE.match(clean(cell)) for cell in row.cells if cell):
            return Passed(_NOTE_WORDS)
        named = fields.get("first_name") or fields.get("full_name")
        return None if named else Passed(_NOBODY)

    def _take_section(self, row: Row) -> bool:
        """Whether the row is one cell that says where the rows below it belong; they are read so from now on."""
        if sum(map(bool, row.cells)) != 1:
            return False
        told = columns.told_above(row, self._headings)
        text = clean("".join(row.cells))
        if not told or not text.startswith(("อำเภอ", "อ.", "ตำบล", "ต.", "หมู่", "ม.", "โรงเรียน", "รร.", "ชั้น")):
            return False
        self._told_above |= told
        return True

    def _from_above(self, fields: dict[str, str]) -> str:
        """A row without a house is of the household above it, where no row of the file repeats its house; in words."""
        if any(fields.get(name) for name in _HOUSE):
            self._above = {name: fields[name] for name in addresses.FIELDS if fields.get(name)}
            return ""
        if self._repeats or not self._above or self._is_of_pupils:
            return ""
        said = {name: fields[name] for name in _PLACE_FIELDS if fields.get(name)}
        if any(self._above.get(name) != value for name, value in said.items()):
            return ""
        fields.update(self._above)
        return BELONGS_ABOVE


def repeats_houses(headings: Headings, rows: Sequence[Row]) -> bool:
    """Whether two rows that follow each other ever write the same house, each in full."""
    places = [headings.columns[name] for name in _HOUSE if name in headings.columns]
    before: tuple[str, ...] = ()
    for row in rows:
        here = tuple(row.cells[column].strip() if column < len(row.cells) else "" for column in places)
        if any(here) and here == before:
            return True
        before = here
    return False


@lru_cache(maxsize=256)
def _standing(words: str) -> Standing:
    """As a survey's column says it; other words say nothing."""
    if "ไม่พบ" in words or "not found" in words.casefold():
        return Standing.NOT_FOUND
    return Standing.ADDED if "เพิ่ม" in words or "added" in words.casefold() else Standing.NAMED


@lru_cache(maxsize=1024)
def _marked(
    sides: Sides, codes: tuple[str, ...], marks: tuple[str, ...], listed: str
) -> tuple[frozenset[str], frozenset[str]]:
    """Which sides one row says are failed and which passed, by its marks and its list."""
    failed, passed = set(), set()
    for code, cell in zip(codes, marks, strict=True):
        mark = cell.strip().casefold()
        if mark in YES:
            failed.add(code)
        elif mark not in NO:
            raise BadInput(f"อ่านช่อง{sides.word}ไม่ได้ โปรดใส่ 1 เมื่อตกเกณฑ์ และ 0 เมื่อไม่ตก")
        elif mark:
            passed.add(code)
    if listed:
        named = _listed(sides, listed)
        failed |= named
        passed |= {side.code for side in sides.every} - named
    return frozenset(failed), frozenset(passed - failed)


def _listed(sides: Sides, words: str) -> frozenset[str]:
    if words.casefold() in NO:
        return frozenset()
    for text in (words, re.sub(r"\s*(?:/|\+|และ|\s)\s*", ",", words)):
        try:
            return sides.all_named(text)
        except BadInput:
            continue
    examples = ", ".join(side.name_th for side in sides.offered if side.code in ("education", "income"))
    raise BadInput(f"ไม่รู้จักชื่อ{sides.word}ในช่อง{sides.word} โปรดใส่ชื่อ{sides.word}คั่นด้วยจุลภาค เช่น {examples}")


@lru_cache(maxsize=8192)
def _income_or_remark(text: str) -> tuple[int | None, str]:
    """Satang, or why there is none. What lies below a satang is cut, never rounded up: an average may have many decimals."""
    if not text:
        return None, ""
    try:
        return money.parse_baht(_THIRD_DECIMAL.sub(r"\1", text), allow_zero=True), ""
    except BadInput:
        return None, "อ่านรายได้เฉลี่ยไม่ได้ จึงเว้นไว้ โปรดใส่จำนวนบาทต่อคนต่อปี เช่น 32,500"
