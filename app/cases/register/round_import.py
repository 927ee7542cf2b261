"""The import of a round: one file's households against what the register knows, worked out before anything is written."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from app.cases.register import ids
from app.cases.register.addresses import Address, number_key, place_key
from app.cases.register.bulk import chunks, table_of
from app.cases.register.households import inside
from app.cases.register.import_plan import Plan, PlannedHousehold
from app.cases.register.import_records import Outcome
from app.cases.register.lines import RegisterLine
from app.cases.register.member_matching import MemberMatching, Placed, homes_of
from app.cases.register.parsed_file import ParsedHousehold, RegisterFile, WithheldRow
from app.cases.register.records import FailedDimension, Household, Member, Round, RoundHousehold
from app.kit.db import db

_SAME_HOUSE = "แถวนี้เป็นบ้านเดียวกับอีกครัวเรือนหนึ่งในไฟล์นี้ จึงไม่รู้ว่าเป็นครัวเรือนใด โปรดใส่รหัสบ้าน 11 หลัก"
_SEVERAL_HOUSES = "บ้านเลขที่นี้มีหลายครัวเรือนในทะเบียน จึงไม่รู้ว่าเป็นครัวเรือนใด โปรดใส่รหัสบ้าน 11 หลัก"
_KNOWN_ELSEWHERE = "มีในทะเบียนแล้วที่ครัวเรือน {code} นอกพื้นที่ของผู้นำเข้า"
_ELSEWHERE = "ครัวเรือนนี้อยู่นอกพื้นที่ของท่าน จึงไม่นำเข้า โปรดส่งให้เจ้าหน้าที่อำเภอนั้นหรือฝ่ายเลขานุการ"


class RoundImport:
    """Where a round's households stand, and what a file's would do there.

    `areas` limits it to places that a district officer reaches; None is everywhere. Reads a few whole tables.
    """

    def __init__(self, round_: Round, areas: list[str] | None) -> None:
        self.round = round_
        self.areas = areas
        self.connection = db.session().connection()
        table = table_of(Household).c
        rows = self.connection.execute(
            select(
                *(
                    table.id,
                    table.code,
                    table.key,
                    table.house_code,
                    table.house_no,
                    table.moo,
                    table.village,
                ),
                *(table.district_code, table.subdistrict_code),
            )
        )
        self.known: dict[int, dict[str, Any]] = {row.id: dict(row._mapping) for row in rows}
        self.by_key = {row["key"]: number for number, row in self.known.items()}
        self.by_place: dict[str, list[int]] = {}
        for number, row in self.known.items():
            self.by_place.setdefault(_place_key(row), []).append(number)
        entries = self.connection.execute(
            select(
                RoundHousehold.household_id,
                RoundHousehold.id,
                RoundHousehold.row_hash,
                RoundHousehold.income_satang,
                RoundHousehold.has_undone_rows,
                RoundHousehold.standing,
            ).where(RoundHousehold.round_id == round_.id)
        )
        self.entries = {row.household_id: row for row in entries}
        #: Households of which a newer round has spoken: this one may only fill gaps.
        self.newer = set(
            self.connection.scalars(
                select(RoundHousehold.household_id)
                .join(Round, Round.id == RoundHousehold.round_id)
                .where(Round.as_of > round_.as_of)
                .distinct()
            )
        )

    def closed(self, lines: Sequence[RegisterLine]) -> dict[int, WithheldRow]:
        """Rows whose number or house code stands in the register beyond the importer's areas, by line.

        They are told like a number and a code that are wrong: that one is known elsewhere is not theirs to learn.
        """
        if self.areas is None:
            return {}
        mine = [
            line for line in lines if self._is_mine(line.address.district_code, line.address.subdistrict_code)
        ]
        keys = ids.indexes(line.person.national_id for line in mine if line.person.national_id)
        homes = homes_of(self.connection, set(keys.values()))
        found = {}
        for line in mine:
            house = self.by_key.get(line.address.house_code) if line.address.house_code else None
            if house is not None and not self._is_mine_already(house):
                found[line.number] = WithheldRow(self._known_elsewhere(house))
                continue
            home = homes.get(keys[line.person.national_id]) if line.person.national_id else None
            if home is not None and not self._is_mine_already(home[1]):
                found[line.number] = WithheldRow(self._known_elsewhere(home[1]), member_id=home[0])
        return found

    def _is_mine(self, district_code: str, subdistrict_code: str | None) -> bool:
        return self.areas is None or inside(self.areas, district_code, subdistrict_code)

    def _is_mine_already(self, number: int) -> bool:
        return self._is_mine(self.known[number]["district_code"], self.known[number]["subdistrict_code"])

    def _known_elsewhere(self, number: int) -> str:
        return _KNOWN_ELSEWHERE.format(code=self.known[number]["code"])

    def plan(self, file: RegisterFile, *, is_whole: bool = True) -> Plan:
        """What the file would do, without doing it. `is_whole` says that it lists all households of its villages."""
        self._leave_out_other_areas(file)
        plan = Plan(file)
        found: list[tuple[ParsedHousehold, str, int | None]] = []
        taken: set[int] = set()
        for household in file.households:
            number = self._find(household)
            if number in taken or (number is None and self._is_one_of_several(household)):
                file.leave_out(household, _SAME_HOUSE if number in taken else _SEVERAL_HOUSES)
                continue
            if number is not None:
                taken.add(number)
            entry = self.entries.get(number) if number is not None else None
            fingerprint = household.fingerprint
            if entry is not None and entry.row_hash == fingerprint and not entry.has_undone_rows:
                plan.same.append(household)
                continue
            found.append((household, fingerprint, number))
        matching = MemberMatching(
            self.connection,
            [household for household, _, _ in found],
            known={number for _, _, number in found if number is not None},
            newer=self.newer,
            code_of=lambda number: self.known[number]["code"] if self._is_mine_already(number) else "",
            remark=file.remarks.append,
        )
        failed = self._failed(
            [number for _, _, number in found if number is not None and number in self.entries]
        )
        for household, fingerprint, number in found:
            placed = matching.place(household, number)
            file.remarks += placed.undone
            if number is None and not placed.added:
                # A house in which nobody could be placed is no household: its people wait for a decision.
                file.gone.update(set(household.lines) - placed.conflict_lines)
            plan.households.append(
                self._planned(placed, fingerprint, number, failed.get(number or 0, frozenset()))
            )
            if is_whole and number is not None:
                plan.unnamed += [(number, member) for member in placed.unnamed]
        if is_whole:
            self._find_missing(plan, taken)
        plan.added = sum(len(planned.placed.added) for planned in plan.households)
        plan.alike = _count_alike(self.connection, plan) if self.known else 0
        return plan

    def _planned(
        self, placed: Placed, fingerprint: str, number: int | None, failed: frozenset[str]
    ) -> PlannedHousehold:
        household = placed.household
        entry = self.entries.get(number) if number is not None else None
        income = household.income_satang
        if income is None and entry is not None:
            income = entry.income_satang
        outcome = Outcome.NEW
        if entry is not None:
            outcome = Outcome.SAME if entry.row_hash == fingerprint else Outcome.CHANGED
        if number is None and not placed.added:
            outcome = Outcome.CONFLICT
        before = self.known[number] if number is not None else None
        return PlannedHousehold(
            placed=placed,
            fingerprint=fingerprint,
            number=number,
            outcome=outcome,
            before=before,
            after=self._amended(household, number) if number is not None else None,
            entry=entry,
            income_satang=income,
            failed_before=failed,
            failed_after=(failed - household.passed) | household.failed,
        )

    def _failed(self, numbers: list[int]) -> dict[int, frozenset[str]]:
        """The dimensions that each household fails in this round so far."""
        found: dict[int, set[str]] = {}
        owners = {self.entries[number].id: number for number in numbers}
        for part in chunks(sorted(owners)):
            marks = self.connection.execute(
                select(FailedDimension.round_household_id, FailedDimension.dimension).where(
                    FailedDimension.round_household_id.in_(part)
                )
            )
            for mark in marks:
                found.setdefault(owners[mark.round_household_id], set()).add(mark.dimension)
        return {number: frozenset(codes) for number, codes in found.items()}

    def _find_missing(self, plan: Plan, taken: set[int]) -> None:
        """Households of the villages that the file covers which stood in this round, or else in the newest round of
        the same source before it, and which the file does not name."""
        file = plan.file
        covered = {
            (a.district_code, a.subdistrict_code, a.moo) for a in (home.address for home in file.households)
        }
        covered |= {
            (row["district_code"], row["subdistrict_code"], row["moo"])
            for row in map(self.known.__getitem__, taken)
        }

        def here(numbers: Iterable[int]) -> list[int]:
            rows = ((number, self.known[number]) for number in numbers)
            return [
                number
                for number, row in rows
                if (row["district_code"], row["subdistrict_code"], row["moo"]) in covered
            ]

        expected = here(self.entries) or here(_before(self.connection, self.round))
        plan.expected = len(expected)
        plan.missing = sorted(set(expected) - taken)

    def _find(self, household: ParsedHousehold) -> int | None:
        """The known household that this one is, by house code or else by place."""
        address = household.address
        number = self.by_key.get(household.key)
        if number is None and (places := self.by_place.get(address.place_key)) and len(places) == 1:
            # One of the two files had no house code; two different codes are two houses.
            other = self.known[places[0]]["house_code"]
            number = places[0] if not other or not address.house_code else None
        return number

    def _is_one_of_several(self, household: ParsedHousehold) -> bool:
        """Whether the register has several households at the place, and the file no code to tell which."""
        address = household.address
        return not address.house_code and len(self.by_place.get(address.place_key, ())) > 1

    def _leave_out_other_areas(self, file: RegisterFile) -> None:
        if self.areas is None:
            return
        mine = []
        for household in file.households:
            if self._is_mine(household.address.district_code, household.address.subdistrict_code):
                mine.append(household)
            else:
                file.leave_out(household, _ELSEWHERE)
        file.households = mine

    def _amended(self, household: ParsedHousehold, number: int) -> dict[str, Any] | None:
        """The household's row as the file makes it, or None where it stays. A blank overwrites nothing."""
        row, address = self.known[number], household.address
        stale = number in self.newer
        new = {
            "id": number,
            "code": row["code"],
            "house_no": _kept(row["house_no"], address.house_no, stale or _is_one(row, address)),
            "moo": _kept(row["moo"], address.moo, stale),
            "village": _kept(row["village"], address.village, stale),
            "district_code": _kept(row["district_code"], address.district_code, stale),
            "subdistrict_code": _kept(row["subdistrict_code"], address.subdistrict_code, stale),
            "house_code": row["house_code"] or address.house_code or None,
        }
        if (new["subdistrict_code"] or "")[:4] not in ("", new["district_code"]):
            new["subdistrict_code"] = None
        new["key"] = new["house_code"] or row["key"]
        return new if new != row else None


def _before(connection: Connection, round_: Round) -> list[int]:
    """The households of the newest older round of the same source."""
    older = (
        select(Round.id)
        .where(Round.source == round_.source, Round.id != round_.id, Round.as_of <= round_.as_of)
        .order_by(Round.as_of.desc(), Round.id.desc())
        .limit(1)
    )
    statement = select(RoundHousehold.household_id).where(RoundHousehold.round_id.in_(older))
    return list(connection.scalars(statement))


def _count_alike(connection: Connection, plan: Plan) -> int:
    """How many people that would be new have the full name of somebody who lives elsewhere."""
    added = [
        (person.first_name, person.last_name, planned.number)
        for planned in plan.households
        for person in planned.placed.added
        if person.last_name
    ]
    if not added:
        return 0
    members = table_of(Member).c
    homes: dict[tuple[str, str], set[int]] = {}
    for row in connection.execute(select(members.first_name, members.last_name, members.household_id)):
        homes.setdefault((row.first_name, row.last_name), set()).add(row.household_id)
    return sum(bool(homes.get((first, last), set()) - {number}) for first, last, number in added)


def _place_key(row: dict[str, Any]) -> str:
    return place_key(row["district_code"], row["subdistrict_code"], row["moo"], row["house_no"])


def _is_one(row: dict[str, Any], address: Address) -> bool:
    """Whether the number is the one that is known, only spelt in another way."""
    return number_key(row["house_no"]) == number_key(address.house_no)


def _kept(old: Any, new: Any, stale: bool) -> Any:
    """What is known after a file said `new`: a blank never overwrites, and old news only fills gaps."""
    return old if not new or (stale and old) else new
