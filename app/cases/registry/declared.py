"""Declared households: a register file read whole, before anything is written of it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.cases.registry import headings, ids
from app.cases.registry.addresses import Address
from app.cases.registry.lines import Line, Reader, Unreadable
from app.cases.registry.persons import Person
from app.kit.errors import BadInput
from app.kit.sheets import read_rows

_TWICE = "เลขประจำตัวประชาชนเดียวกันอยู่ในสองครัวเรือนของไฟล์นี้ โปรดตรวจว่าเป็นของใคร"
_SHARED = "เลขประจำตัวประชาชนเดียวกันใช้กับสองคนในครัวเรือน โปรดตรวจว่าเป็นของใคร"
_TWO_DISTRICTS = "สมาชิกของครัวเรือนเดียวกันอยู่คนละอำเภอ โปรดตรวจที่อยู่"


@dataclass(slots=True)
class Declared:
    """One household as the file has it, head first."""

    address: Address
    people: list[Person]
    income_satang: int | None
    failed: frozenset[str]
    passed: frozenset[str]
    first_line: int

    @property
    def key(self) -> str:
        return self.address.house_code or self.address.place_key

    @property
    def national_ids(self) -> list[str]:
        return [person.national_id for person in self.people if person.national_id]

    @property
    def fingerprint(self) -> str:
        """Equal for a household of which the file says the same, in whatever order; see ids.fingerprint."""
        address = self.address
        content = [
            [address.house_code, address.house_no, address.moo, address.village],
            [address.district_code, address.subdistrict_code, self.income_satang],
            [sorted(self.failed), sorted(self.passed)],
            sorted(
                (
                    p.first_name,
                    p.last_name,
                    p.prefix,
                    p.national_id,
                    p.birth_year_be or 0,
                    p.sex,
                    p.school,
                    p.grade,
                )
                for p in self.people
            ),
        ]
        return ids.fingerprint(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should know of one line. `left_out` when its household was not taken."""

    line: int
    words: str
    left_out: bool = True


@dataclass(slots=True)
class RegisterFile:
    """What one file says. `rows` counts those that say anything, `bad` those that cannot be taken."""

    households: list[Declared] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    #: Households left out; a row whose household cannot be told counts as one.
    left_out: int = 0
    rows: int = 0
    bad: int = 0

    def leave_out(self, household: Declared, words: str) -> None:
        """Count a household as not taken. The caller takes it off the list."""
        self.remarks.append(Remark(household.first_line, words))
        self.left_out += 1
        self.bad += len(household.people)

    def refuse_if_mostly_bad(self) -> None:
        """Raises BadInput when more than half of the rows cannot be taken: then the columns are wrong, not the rows."""
        if self.bad * 2 <= self.rows:
            return
        first = next(remark for remark in sorted(self.remarks, key=lambda r: r.line) if remark.left_out)
        raise BadInput(
            f"ไฟล์นี้อ่านไม่ได้ {self.bad:,} จาก {self.rows:,} แถว จึงไม่นำเข้าทั้งไฟล์ "
            f"แถวแรกที่ผิดคือแถวที่ {first.line}: {first.words}"
        )


def read(raw: bytes, *, province_code: str) -> RegisterFile:
    """The households that a CSV or XLSX file declares.

    Raises BadInput for a file that is no table, is not safe to open, has no row, lacks essential columns, or
    cannot be read in more than half of its rows.
    """
    found, below = headings.find(list(read_rows(raw)))
    reader = Reader(found, province_code)
    file = RegisterFile()
    lines: list[Line] = []
    bad_houses: set[str] = set()
    for row in below:
        try:
            line = reader.read(row)
        except Unreadable as error:
            file.rows += 1
            file.bad += 1
            file.remarks.append(Remark(row.number, error.words))
            if error.house:
                bad_houses.add(error.house)
            else:
                file.left_out += 1
            continue
        if line is not None:
            file.rows += 1
            lines.append(line)
            if line.remark:
                file.remarks.append(Remark(line.number, line.remark, left_out=False))
    if not file.rows:
        raise BadInput("ไฟล์นี้มีแต่หัวคอลัมน์ ไม่มีแถวข้อมูล โปรดตรวจไฟล์แล้วส่งใหม่")
    groups = _grouped(lines)
    _leave_out_shared_ids(groups, file, bad_houses)
    for key, group in groups.items():
        if bad_houses.isdisjoint({key, *(line.address.place_key for line in group)}):
            _gather(group, file)
    file.left_out += len(bad_houses)
    file.refuse_if_mostly_bad()
    return file


def _grouped(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Lines of one household together; a line without a house code joins the only coded house at its address."""
    codes: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.address.house_code:
            codes[line.address.place_key].add(line.address.house_code)
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        place = line.address.place_key
        at_place = codes.get(place, ()) if place else ()
        groups[line.address.house_code or (next(iter(at_place)) if len(at_place) == 1 else place)].append(
            line
        )
    return groups


def _leave_out_shared_ids(groups: dict[str, list[Line]], file: RegisterFile, bad_houses: set[str]) -> None:
    """Of two households that claim one national ID neither is taken: the file cannot say whose it is."""
    claimed: dict[str, tuple[str, Line]] = {}
    told: set[int] = set()
    for key, group in groups.items():
        for line in group:
            number = line.person.national_id
            if not number:
                continue
            other, first = claimed.setdefault(number, (key, line))
            same_name = first.person.first_name == line.person.first_name
            if other == key and same_name:
                continue
            for house, one in ((other, first), (key, line)):
                bad_houses.add(house)
                if one.number not in told:
                    told.add(one.number)
                    file.bad += 1
                    file.remarks.append(Remark(one.number, _SHARED if other == key else _TWICE))


def _gather(group: list[Line], file: RegisterFile) -> None:
    addresses = [line.address for line in group]
    if len({address.district_code for address in addresses}) > 1:
        file.bad += len(group)
        file.left_out += 1
        file.remarks.append(Remark(group[0].number, _TWO_DISTRICTS))
        return
    failed = frozenset().union(*(line.failed for line in group))
    file.households.append(
        Declared(
            address=addresses[0] if len(set(addresses)) == 1 else _merged(addresses),
            people=_people(group),
            income_satang=next((one.income_satang for one in group if one.income_satang is not None), None),
            failed=failed,
            passed=frozenset().union(*(line.passed for line in group)) - failed,
            first_line=group[0].number,
        )
    )


def _merged(addresses: list[Address]) -> Address:
    return Address(
        house_code=next((a.house_code for a in addresses if a.house_code), ""),
        house_no=next((a.house_no for a in addresses if a.house_no), ""),
        moo=next((a.moo for a in addresses if a.moo), ""),
        village=next((a.village for a in addresses if a.village), ""),
        district_code=addresses[0].district_code,
        subdistrict_code=next((a.subdistrict_code for a in addresses if a.subdistrict_code), None),
    )


def _people(group: list[Line]) -> list[Person]:
    """Each person once (some files repeat a person for each dimension), the head first."""
    people: dict[tuple[str, str], Person] = {}
    for line in group:
        person = line.person
        key = (person.national_id, "") if person.national_id else (person.first_name, person.last_name)
        known = people.get(key)
        people[key] = person if known is None else _completed(known, person)
    return sorted(people.values(), key=lambda person: not person.head)


def _completed(known: Person, again: Person) -> Person:
    return known._replace(
        prefix=known.prefix or again.prefix,
        last_name=known.last_name or again.last_name,
        birth_year_be=known.birth_year_be or again.birth_year_be,
        sex=known.sex or again.sex,
        school=known.school or again.school,
        grade=known.grade or again.grade,
        head=known.head or again.head,
    )
