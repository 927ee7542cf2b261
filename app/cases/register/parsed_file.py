"""Parsed file: a register file read whole into households and people, before anything of it is written."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.cases.register import columns, ids, lines, persons
from app.cases.register.addresses import WRONG_HOUSE_CODE, Address
from app.cases.register.columns import ColumnMap, Headings, Sheet, UnknownColumns
from app.cases.register.lines import Passed, Reader, RegisterLine, Unreadable
from app.cases.register.persons import Person
from app.cases.register.records import Standing
from app.kit.errors import BadInput
from app.kit.sheets import Row, read_sheets
from app.province import profile

_TWICE = "เลขประจำตัวประชาชนเดียวกันอยู่ในสองครัวเรือนของไฟล์นี้ โปรดตรวจว่าเป็นของใคร"
_SHARED = "เลขประจำตัวประชาชนเดียวกันใช้กับสองคนในครัวเรือน โปรดตรวจว่าเป็นของใคร"
_AGAIN = "ชื่อนี้อยู่ในแถวที่ {line} แล้ว จึงนับเป็นคนเดียวกัน หากเป็นอีกคนหนึ่งโปรดใส่เลขประจำตัวประชาชน เพศ หรือวันเกิด"
#: A sheet of rows that were mended adds to what was read before, whatever its sender says.
MENDED_SHEET = "แถวที่แก้"
_TOLD_EVERY = 5_000
#: Of a file that is mostly wrong so many lines are named.
_FIRST_TOLD = 10
_TWO_DISTRICTS = "สมาชิกของครัวเรือนเดียวกันอยู่คนละอำเภอ โปรดตรวจที่อยู่"


@dataclass(slots=True)
class ParsedHousehold:
    """One household as the file has it, head first."""

    address: Address
    people: list[Person]
    income_satang: int | None
    failed: frozenset[str]
    passed: frozenset[str]
    #: Rows of the file that speak of it, the first first.
    lines: tuple[int, ...]
    standing: Standing = Standing.NAMED

    @property
    def first_line(self) -> int:
        return self.lines[0]

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
            [sorted(self.failed), sorted(self.passed), self.standing],
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
                    p.school_id,
                    p.dead,
                )
                for p in self.people
            ),
        ]
        return ids.fingerprint(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should know of one line. `left_out` when the row was not taken."""

    line: int
    words: str
    left_out: bool = True
    #: What only those who see the whole province may read of it.
    rest: str = ""
    #: Whether the row is no line of the table.
    passed: bool = False
    #: Whether the row waits for a person's decision.
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class WithheldRow:
    """A row of which something is not its importer's to know. It is reported like one with a wrong house code, and not
    taken; or where `number_only`, like one with a wrong national ID, and taken without it."""

    rest: str
    #: The member whose number it is, where only that is not to be known.
    member_id: int | None = None


@dataclass(slots=True)
class RegisterFile:
    """What one file says. `rows` counts those that say anything, `bad` those that cannot be taken."""

    households: list[ParsedHousehold] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    #: Households left out; a row whose household cannot be told counts as one.
    left_out: int = 0
    rows: int = 0
    bad: int = 0
    #: Lines of households that were not taken, also those that are right in themselves.
    gone: set[int] = field(default_factory=set)
    #: People with a national ID, people whose number cannot be one, and years of birth with two digits.
    numbers: int = 0
    wrong_ids: int = 0
    #: People whose number is a member's beyond the importer's area, and that member.
    withheld: list[tuple[Person, int]] = field(default_factory=list)
    short_years: int = 0
    #: Its headings, how its columns were read, and the cells of each row by its number.
    titles: tuple[str, ...] = ()
    columns: dict[str, int] = field(default_factory=dict)
    cells: dict[int, list[str]] = field(default_factory=dict)

    def leave_out(self, household: ParsedHousehold, words: str = "") -> None:
        """Count a household as not taken. The caller takes it off the list and tells why, unless `words` do."""
        if words:
            self.remarks.append(Remark(household.first_line, words))
        self.left_out += 1
        self.bad += len(set(household.lines))
        self.gone.update(household.lines)

    @property
    def undone(self) -> int:
        """How many rows were not taken."""
        return len(self.gone | {remark.line for remark in self.remarks if remark.left_out})

    @property
    def lines_left_out(self) -> set[int]:
        """Rows that cannot be taken, and those of their households. Those that wait for a decision are not among them."""
        return self.gone | {r.line for r in self.remarks if r.left_out and not r.conflict}

    def all_remarks(self) -> list[Remark]:
        """One remark a line, in their order: a row is either taken or left out, and its words say the same."""
        found: dict[int, list[Remark]] = {}
        for remark in self.remarks:
            found.setdefault(remark.line, []).append(remark)
        merged = []
        for line, several in sorted(found.items()):
            out = [remark for remark in several if remark.left_out]
            if not out and line in self.gone:
                continue
            remarks_of_row = out or several
            merged.append(
                Remark(
                    line,
                    " · ".join(dict.fromkeys(remark.words for remark in remarks_of_row)),
                    left_out=bool(out),
                    conflict=any(remark.conflict for remark in out),
                    passed=any(remark.passed for remark in remarks_of_row),
                    rest=" · ".join(dict.fromkeys(remark.rest for remark in remarks_of_row if remark.rest)),
                )
            )
        return merged

    @property
    def is_mostly_bad(self) -> bool:
        """Whether more than half of the rows cannot be taken: then the columns are wrong, not the rows."""
        return self.bad * 2 > self.rows

    def refuse_if_mostly_bad(self) -> None:
        """Raises BadInput with the first lines that are wrong, where most are."""
        if not self.is_mostly_bad:
            return
        wrong = [remark for remark in self.all_remarks() if remark.left_out]
        told = " / ".join(f"แถวที่ {remark.line}: {remark.words}" for remark in wrong[:_FIRST_TOLD])
        raise BadInput(f"ไฟล์นี้อ่านไม่ได้ {self.bad:,} จาก {self.rows:,} แถว จึงไม่นำเข้าทั้งไฟล์ {told}")


@dataclass(slots=True)
class RegisterRows:
    """The rows of a file, read one by one and not yet put together to households."""

    lines: list[RegisterLine] = field(default_factory=list)
    unreadable: list[tuple[int, Unreadable]] = field(default_factory=list)
    #: Rows that are no lines of the table, with why.
    passed: list[tuple[int, str]] = field(default_factory=list)
    headings: Headings = field(default_factory=lambda: Headings(0))
    #: The cells of every row, by its number.
    cells: dict[int, list[str]] = field(default_factory=dict)


def read(raw: bytes, *, province_code: str) -> RegisterFile:
    """The households that a CSV or XLSX file declares.

    Raises BadInput for a file that is no table, is not safe to open, has no row, lacks essential columns, or
    cannot be read in more than half of its rows.
    """
    return gathered(rows_of(raw, province_code=province_code))


def table_of(
    raw: bytes, *, province_code: str, mapped: Mapping[str, ColumnMap] | None = None
) -> tuple[Headings, Sequence[Row]]:
    """The headings of a file and the rows below them. Raises UnknownColumns, whose `best` a person may look at."""
    return columns.find(
        [Sheet(name, list(rows)) for name, rows in read_sheets(raw)],
        profile.of_province(province_code).sides,
        mapped,
    )


def rows_of(
    raw: bytes,
    *,
    province_code: str,
    mapped: Mapping[str, ColumnMap] | None = None,
    tell: Callable[[int], None] = lambda _rows: None,
) -> RegisterRows:
    """The rows of a file. `mapped` is what people said of its columns; `tell` hears every so often how many were read.

    Raises BadInput for one that is no table or has no row, UnknownColumns for one that lacks essential columns.
    """
    found, below = table_of(raw, province_code=province_code, mapped=mapped)
    if found.is_of_pupils:
        raise UnknownColumns(
            "ไฟล์นี้เป็นรายชื่อนักเรียนที่ไม่มีบ้าน จึงยังไม่รู้ว่าอยู่ครัวเรือนใด โปรดเพิ่มบ้านเลขที่ ตำบล และอำเภอ", found
        )
    reader = Reader(found, province_code, repeats=lines.repeats_houses(found, below))
    rows = RegisterRows(headings=found)
    for number, row in enumerate(below, start=1):
        if number % _TOLD_EVERY == 0:
            tell(number)
        try:
            read = reader.read(row)
        except Unreadable as error:
            rows.unreadable.append((row.number, error))
            rows.cells[row.number] = row.cells
            continue
        if isinstance(read, Passed):
            rows.passed.append((row.number, read.words))
        elif read is not None:
            rows.lines += read
            rows.cells[row.number] = row.cells
    if not rows.lines and not rows.unreadable:
        raise BadInput("ไฟล์นี้มีแต่หัวคอลัมน์ ไม่มีแถวข้อมูล โปรดตรวจไฟล์แล้วส่งใหม่")
    return rows


def gathered(
    rows: RegisterRows,
    closed: Callable[[Sequence[RegisterLine]], Mapping[int, WithheldRow]] = lambda _lines: {},
) -> RegisterFile:
    """The rows put together to households. `closed` tells, by line, rows that count as ones that cannot be read.

    Raises BadInput when more than half of the rows cannot be taken.
    """
    file = RegisterFile(rows=len(rows.cells))
    shut = closed(rows.lines)
    bad_houses: set[str] = set()
    wrong = [(number, error.words, error.house, "") for number, error in rows.unreadable]
    wrong += [
        (number, WRONG_HOUSE_CODE, "", withheld.rest)
        for number, withheld in shut.items()
        if withheld.member_id is None
    ]
    for number, words, house, rest in wrong:
        file.bad += 1
        file.remarks.append(Remark(number, words, rest=rest))
        if house:
            bad_houses.add(house)
        else:
            file.left_out += 1
    lines = [_without_number(line, shut, file) for line in rows.lines if _is_taken(line, shut)]
    if rows.headings.remark:
        file.remarks.append(Remark(rows.headings.row, rows.headings.remark, left_out=False))
    file.remarks += [
        Remark(
            line.number,
            line.remark,
            left_out=False,
            rest=shut[line.number].rest if line.number in shut else "",
        )
        for line in lines
        if line.remark
    ]
    file.remarks += [Remark(number, words, left_out=False, passed=True) for number, words in rows.passed]
    file.wrong_ids = sum(line.person.wrong_id for line in lines)
    file.numbers = sum(bool(line.person.national_id) for line in lines)
    file.titles, file.columns = rows.headings.titles, rows.headings.as_map()
    file.cells = rows.cells
    file.short_years = sum(line.person.short_year for line in lines)
    groups = _grouped(lines)
    _leave_out_shared_ids(groups, file, bad_houses)
    for key, group in groups.items():
        if bad_houses.isdisjoint({key, *(line.address.place_key for line in group)}):
            _gather(group, file)
        else:
            file.gone.update(line.number for line in group)
    file.left_out += len(bad_houses)
    return file


def _is_taken(line: RegisterLine, shut: Mapping[int, WithheldRow]) -> bool:
    return line.number not in shut or shut[line.number].member_id is not None


def _without_number(line: RegisterLine, shut: Mapping[int, WithheldRow], file: RegisterFile) -> RegisterLine:
    """The line as it would be if its number were none, where it is not for its importer to know whose it is."""
    if line.number not in shut or not line.person.national_id:
        return line
    if (member_id := shut[line.number].member_id) is not None:
        file.withheld.append((line.person, member_id))
    person = line.person._replace(national_id="", wrong_id=True)
    return line._replace(person=person, remark=" · ".join(filter(None, (line.remark, persons.NO_NUMBER))))


def _grouped(lines: Iterable[RegisterLine]) -> dict[str, list[RegisterLine]]:
    """Lines of one household together; a line without a house code joins the only coded house at its address."""
    codes: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.address.house_code:
            codes[line.address.place_key].add(line.address.house_code)
    groups: dict[str, list[RegisterLine]] = defaultdict(list)
    for line in lines:
        place = line.address.place_key
        at_place = codes.get(place, ()) if place else ()
        groups[line.address.house_code or (next(iter(at_place)) if len(at_place) == 1 else place)].append(
            line
        )
    return groups


def _leave_out_shared_ids(
    groups: dict[str, list[RegisterLine]], file: RegisterFile, bad_houses: set[str]
) -> None:
    """Of two households that claim one national ID neither is taken: the file cannot say whose it is."""
    claimed: dict[str, tuple[str, RegisterLine]] = {}
    remarked: set[int] = set()
    for key, group in groups.items():
        for line in group:
            number = line.person.national_id
            if not number:
                continue
            other, first = claimed.setdefault(number, (key, line))
            if first is line:
                continue
            if other == key and persons.same_name(first.person[:3], line.person[:3]):
                continue
            for house, claim in ((other, first), (key, line)):
                bad_houses.add(house)
                if claim.number not in remarked:
                    remarked.add(claim.number)
                    file.bad += 1
                    file.remarks.append(Remark(claim.number, _SHARED if other == key else _TWICE))


def _gather(group: list[RegisterLine], file: RegisterFile) -> None:
    addresses = [line.address for line in group]
    if len({address.district_code for address in addresses}) > 1:
        file.bad += len(group)
        file.left_out += 1
        file.gone.update(line.number for line in group)
        file.remarks.append(Remark(group[0].number, _TWO_DISTRICTS))
        return
    failed = frozenset().union(*(line.failed for line in group))
    file.households.append(
        ParsedHousehold(
            address=addresses[0] if len(set(addresses)) == 1 else _merged(addresses),
            people=_people(group, file),
            income_satang=next(
                (line.income_satang for line in group if line.income_satang is not None), None
            ),
            failed=failed,
            passed=frozenset().union(*(line.passed for line in group)) - failed,
            lines=tuple(dict.fromkeys(line.number for line in group)),
            standing=max((line.standing for line in group), key=lambda standing: standing != Standing.NAMED),
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


def _people(group: list[RegisterLine], file: RegisterFile) -> list[Person]:
    """Each person once (some files repeat a person for each dimension), the head first.

    Who has no number is one of those named before when the name is the same and neither sex nor year of birth says
    otherwise.
    """
    by_number: dict[str, Person] = {}
    nameless: list[Person] = []
    for person in (line.person for line in group):
        if person.national_id:
            before = by_number.get(person.national_id)
            by_number[person.national_id] = person if before is None else _completed(before, person)
        else:
            nameless.append(person)
    people = list(by_number.values())
    for person in nameless:
        alike = [
            place
            for place, known in enumerate(people)
            if persons.same_name(known[:3], person[:3])
            and not person.contradicts(known.sex, known.birth_year_be)
            and not (known.grade and person.grade and known.grade != person.grade)
        ]
        exact = [place for place in alike if people[place].last_name == person.last_name]
        if len(alike) == 1 or len(exact) == 1:
            place = (exact or alike)[0]
            if not people[place].national_id:
                words = _AGAIN.format(line=people[place].lines[0])
                file.remarks.append(Remark(person.lines[0], words, left_out=False))
            people[place] = _completed(people[place], person)
        else:
            people.append(person)
    return sorted(people, key=lambda person: (not person.head, person.lines))


def _completed(known: Person, again: Person) -> Person:
    if known.first_name != again.first_name:
        # One of the two keeps the title within the name: to take it over would say it twice.
        again = again._replace(prefix="", last_name="")
    return known._replace(
        prefix=known.prefix or again.prefix,
        last_name=known.last_name or again.last_name,
        birth_year_be=known.birth_year_be or again.birth_year_be,
        sex=known.sex or again.sex,
        school=known.school or again.school,
        grade=known.grade or again.grade,
        head=known.head or again.head,
        school_id=known.school_id or again.school_id,
        dead=known.dead or again.dead,
        lines=tuple(sorted({*known.lines, *again.lines})),
    )
