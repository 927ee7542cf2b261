"""Lines: one row of a register file read into an address and a person. What cannot be read names no one."""

import re
from functools import lru_cache
from typing import NamedTuple

from app.cases.register import addresses, persons
from app.cases.register.addresses import Address
from app.cases.register.cells import clean, clean_again
from app.cases.register.headings import NO, YES, Headings
from app.cases.register.persons import Person
from app.kit import clock, money, thai
from app.kit.errors import BadInput
from app.kit.sheets import Row
from app.province.dimensions import DIMENSIONS, dimensions_named

_REPEATING = frozenset(
    {"moo", "village", "subdistrict", "district", "province", "prefix", "sex", "relation", "school", "grade"}
)
_THIRD_DECIMAL = re.compile(r"(\.[0-9]{2})[0-9]+$")


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


class Reader:
    """Reads the rows below one set of headings, for one province."""

    def __init__(self, headings: Headings, province_code: str) -> None:
        self._columns = [
            (name, column, clean_again if name in _REPEATING else clean)
            for name, column in headings.columns.items()
        ]
        self._dimensions = tuple(headings.dimensions)
        self._marks = tuple(headings.dimensions.values())
        self._told: tuple[str | None, ...] = ()
        self._this_year = thai.year_be(clock.today())
        self._last = max(*headings.columns.values(), *self._marks, 0)
        self._province = province_code
        self._has_prefixes = headings.has_prefixes

    def read(self, row: Row) -> Line | None:
        """The line, or None for a row that says nothing. Raises Unreadable with words that repeat no cell."""
        cells = row.cells
        if len(cells) <= self._last:
            cells = cells + [""] * (self._last + 1 - len(cells))
        said = {name: tidy(cells[column]) for name, column, tidy in self._columns}
        if not any(said.values()):
            return None
        house = addresses.house_code_of(said)
        try:
            # Rows of one household mostly stand together and give one address.
            told = tuple(map(said.get, addresses.FIELDS))
            if told != self._told:
                self._here = addresses.read(said, self._province)
                self._told = told
            address, remark = self._here
            house = house or address.place_key
            person = persons.read(said, self._this_year, line=row.number, has_prefixes=self._has_prefixes)
            income = _income(said.get("income", ""))
            marks = tuple(cells[column] for column in self._marks)
            failed, passed = _marked(self._dimensions, marks, said.get("dimensions", ""))
        except BadInput as error:
            raise Unreadable(error.words, house) from error
        if person.remark:
            remark = f"{remark} · {person.remark}" if remark else person.remark
        return Line(row.number, address, person, income, failed, passed, remark)


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
