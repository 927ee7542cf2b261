"""Plan of an import: what one file would do to the register, worked out before anything of it is written."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.cases.register import ids
from app.cases.register.addresses import Address
from app.cases.register.import_records import Outcome
from app.cases.register.member_matching import FILLED, Placed
from app.cases.register.parsed_file import ParsedHousehold, RegisterFile
from app.kit.money import format_baht
from app.province import places
from app.province.profile import Profile

#: Fields of a household that a newer file may change, with their names on pages.
_ADDRESS = {
    "house_code": "รหัสบ้าน",
    "house_no": "บ้านเลขที่",
    "moo": "หมู่ที่",
    "village": "หมู่บ้าน",
    "district_code": "อำเภอ",
    "subdistrict_code": "ตำบล",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a household or a member: its name on pages, and its value before and after in words."""

    label: str
    before: str
    after: str


@dataclass(slots=True)
class PlannedHousehold:
    """What becomes of one household of the file. `number` is the known household that it is, None for a new one."""

    placed: Placed
    fingerprint: str
    number: int | None
    outcome: Outcome
    #: The household's row as it is, and as the file would make it where that differs.
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    #: Its entry in the round, where it has one.
    entry: Any
    income_satang: int | None
    failed_before: frozenset[str]
    failed_after: frozenset[str]

    @property
    def household(self) -> ParsedHousehold:
        return self.placed.household

    @property
    def changes(self) -> list[Change]:
        """Field by field what the register has and would have. Of a household that is new, nothing."""
        found = []
        if self.before and self.after:
            for name, label in _ADDRESS.items():
                before, after = _words(name, self.before[name]), _words(name, self.after[name])
                if before != after:
                    found.append(Change(label, before, after))
        if self.entry is not None:
            income = self.entry.income_satang
            if income != self.income_satang:
                found.append(Change("รายได้เฉลี่ย", _baht(income), _baht(self.income_satang)))
            if self.failed_before != self.failed_after:
                found.append(Change("มิติที่ตก", _named(self.failed_before), _named(self.failed_after)))
        for was, filled in self.placed.filled:
            who = f"{was['prefix']}{was['first_name']}"
            found += [
                Change(f"{label} ({who})", str(was[name] or "–"), str(filled[name]))
                for name, label in FILLED.items()
                if was[name] != filled[name]
            ]
            if "number" in filled:
                found.append(Change(f"เลขประจำตัวประชาชน ({who})", "–", f"ลงท้าย {filled['id_tail']}"))
        if self.number is not None:
            found += [
                Change("เพิ่มสมาชิก", "–", f"{person.prefix}{person.first_name} {person.last_name}".strip())
                for person in self.placed.added
            ]
        return found


@dataclass(slots=True)
class Plan:
    """What one file would do. Each row of the file has one outcome."""

    file: RegisterFile
    households: list[PlannedHousehold] = field(default_factory=list)
    #: Lines of households of which the round knows the same already.
    same: list[ParsedHousehold] = field(default_factory=list)
    #: Households that stood here before and that the file does not name; and how many stood here.
    missing: list[int] = field(default_factory=list)
    expected: int = 0
    #: People of named households whom the file does not name: household and member.
    unnamed: list[tuple[int, int]] = field(default_factory=list)
    #: How many people that would be new have the name of somebody elsewhere.
    alike: int = 0
    added: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Households new in the round, changed, same and missing; rows in conflict; households that cannot be read."""
        outcomes = Counter(planned.outcome for planned in self.households)
        return {
            "new": outcomes[Outcome.NEW],
            "changed": outcomes[Outcome.CHANGED],
            "same": outcomes[Outcome.SAME] + len(self.same),
            "missing": len(self.missing),
            "conflicts": len({line for planned in self.households for line in planned.placed.conflict_lines}),
            "errors": self.file.left_out,
        }

    def outcomes(self) -> dict[int, Outcome]:
        """The outcome of every row of the file, by its line."""
        found: dict[int, Outcome] = {}
        for household in self.same:
            found |= dict.fromkeys(household.lines, Outcome.SAME)
        for planned in self.households:
            found |= dict.fromkeys(planned.household.lines, planned.outcome)
            found |= dict.fromkeys(planned.placed.conflict_lines, Outcome.CONFLICT)
        for remark in self.file.remarks:
            if remark.passed:
                found[remark.line] = Outcome.PASSED
        found |= dict.fromkeys(self.file.lines_left_out, Outcome.UNREADABLE)
        return found

    def by_subdistrict(self) -> dict[str, Counter[str]]:
        """Households of each subdistrict (or district, where the file has none) by outcome."""
        found: dict[str, Counter[str]] = {}
        rows: Iterable[tuple[Address, Outcome]] = (
            *((household.address, Outcome.SAME) for household in self.same),
            *((planned.household.address, planned.outcome) for planned in self.households),
        )
        for address, outcome in rows:
            area = address.subdistrict_code or address.district_code
            found.setdefault(area, Counter())[outcome] += 1
        return found

    @property
    def digest(self) -> str:
        """Equal for two plans that do the same: what a person looked at is what is done."""
        content = [
            sorted((line, outcome) for line, outcome in self.outcomes().items()),
            [
                [planned.number, [(change.label, change.before, change.after) for change in planned.changes]]
                for planned in self.households
            ],
            sorted(self.missing),
        ]
        return ids.fingerprint(json.dumps(content, ensure_ascii=False).encode())


def _words(name: str, value: str | None) -> str:
    if not value:
        return "–"
    if name == "district_code":
        return places.district(value).name_th
    if name == "subdistrict_code":
        place = places.subdistrict(value)
        return place.name_th if place else value
    return value


def _baht(satang: int | None) -> str:
    return "–" if satang is None else f"{format_baht(satang)} บาท"


def _named(codes: frozenset[str]) -> str:
    return ", ".join(Profile.here().sides.side(code).name_th for code in sorted(codes)) or "–"
