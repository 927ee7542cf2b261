"""The import of a round: one file's households against what the register knows."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from app.cases.register import ids
from app.cases.register.addresses import Address, number_key, place_key
from app.cases.register.bulk import chunks, fresh_ids, insert_rows, table_of, update_rows
from app.cases.register.households import inside
from app.cases.register.lines import RegisterLine
from app.cases.register.member_matching import MemberMatching, Placed, homes_of
from app.cases.register.parsed_file import ParsedHousehold, RegisterFile, WithheldRow
from app.cases.register.records import FailedDimension, Household, Round, RoundHousehold
from app.kit import clock
from app.kit.db import db

_SAME_HOUSE = "แถวนี้เป็นบ้านเดียวกับอีกครัวเรือนหนึ่งในไฟล์นี้ จึงไม่รู้ว่าเป็นครัวเรือนใด โปรดใส่รหัสบ้าน 11 หลัก"
_SEVERAL_HOUSES = "บ้านเลขที่นี้มีหลายครัวเรือนในทะเบียน จึงไม่รู้ว่าเป็นครัวเรือนใด โปรดใส่รหัสบ้าน 11 หลัก"
_KNOWN_ELSEWHERE = "มีในทะเบียนแล้วที่ครัวเรือน {code} นอกพื้นที่ของผู้นำเข้า"
_ELSEWHERE = "ครัวเรือนนี้อยู่นอกพื้นที่ของท่าน จึงไม่นำเข้า โปรดส่งให้เจ้าหน้าที่อำเภอนั้นหรือฝ่ายเลขานุการ"


class RoundImport:
    """Where a round's households stand, and the way in for a file's.

    `areas` limits it to places that a district officer reaches; None is everywhere. Reads a few whole tables,
    then writes in bulk. Inside a transaction that lets no other import in.
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
                found[line.number] = WithheldRow(self._known_elsewhere(home[1]), number_only=True)
        return found

    def _is_mine(self, district_code: str, subdistrict_code: str | None) -> bool:
        return self.areas is None or inside(self.areas, district_code, subdistrict_code)

    def _is_mine_already(self, number: int) -> bool:
        return self._is_mine(self.known[number]["district_code"], self.known[number]["subdistrict_code"])

    def _known_elsewhere(self, number: int) -> str:
        return _KNOWN_ELSEWHERE.format(code=self.known[number]["code"])

    def take(self, file: RegisterFile) -> Counter[str]:
        """The file's households stand in the round. Counts of new, changed and same; remarks go to the file."""
        self._leave_out_other_areas(file)
        counts: Counter[str] = Counter()
        found: list[tuple[ParsedHousehold, str, int | None]] = []
        taken: set[int] = set()
        for household in file.households:
            number = self._find(household)
            if number in taken or (number is None and self._is_one_of_several(household)):
                file.leave_out(household, _SAME_HOUSE if number in taken else _SEVERAL_HOUSES)
                continue
            fingerprint = household.fingerprint
            if number is not None:
                taken.add(number)
            entry = self.entries.get(number) if number is not None else None
            if entry is not None and entry.row_hash == fingerprint:
                counts["same"] += 1
                if not entry.has_undone_rows:
                    continue
            elif entry is not None:
                counts["changed"] += 1
            found.append((household, fingerprint, number))
        matching = MemberMatching(
            self.connection,
            [household for household, _, _ in found],
            known={number for _, _, number in found if number is not None},
            newer=self.newer,
            code_of=lambda number: self.known[number]["code"] if self._is_mine_already(number) else "",
            remark=file.remarks.append,
        )
        known: list[tuple[Placed, str, int]] = []
        fresh: list[tuple[Placed, str]] = []
        for household, fingerprint, number in found:
            placed = matching.place(household, number)
            file.remarks += placed.undone
            if number is not None:
                known.append((placed, fingerprint, number))
            elif placed.added:
                fresh.append((placed, fingerprint))
            else:
                # A house in which nobody could be placed is no household.
                file.leave_out(household)
        numbers = self._enter([placed.household for placed, _ in fresh])
        numbered = known + [(*row, number) for row, number in zip(fresh, numbers, strict=True)]
        counts["new"] = sum(number not in self.entries for _, _, number in numbered)
        self._amend([(placed.household, number) for placed, _, number in known])
        matching.write([(placed, number) for placed, _, number in numbered])
        self._note_round(numbered)
        return counts

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
        file.refuse_if_mostly_bad()

    def _enter(self, fresh: list[ParsedHousehold]) -> list[int]:
        numbers = fresh_ids(self.connection, Household, len(fresh))
        last = self.connection.scalar(select(Household.code).order_by(Household.id.desc()).limit(1))
        running = int(last.removeprefix("HH-")) if last else 0
        now = clock.now()
        rows = [
            {
                "id": number,
                "code": f"HH-{running + place:06d}",
                "key": household.key,
                "house_code": household.address.house_code or None,
                "house_no": household.address.house_no,
                "moo": household.address.moo,
                "village": household.address.village,
                "district_code": household.address.district_code,
                "subdistrict_code": household.address.subdistrict_code,
                "origin": self.round.source,
                "entered_at": now,
            }
            for place, (household, number) in enumerate(zip(fresh, numbers, strict=True), start=1)
        ]
        insert_rows(self.connection, Household, rows)
        return numbers

    def _amend(self, known: list[tuple[ParsedHousehold, int]]) -> None:
        changes = []
        for household, number in known:
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
            if new != row:
                changes.append(new)
        update_rows(self.connection, Household, changes)

    def _note_round(self, numbered: list[tuple[Placed, str, int]]) -> None:
        """What the round says of each household: income and failed dimensions, blanks leaving what it said before."""
        old_ids = [self.entries[number].id for _, _, number in numbered if number in self.entries]
        failed: dict[int, set[str]] = {}
        for part in chunks(old_ids):
            before = self.connection.execute(
                select(FailedDimension.round_household_id, FailedDimension.dimension).where(
                    FailedDimension.round_household_id.in_(part)
                )
            )
            for mark in before:
                failed.setdefault(mark.round_household_id, set()).add(mark.dimension)
            self.connection.execute(
                delete(table_of(FailedDimension)).where(FailedDimension.round_household_id.in_(part))
            )
        fresh = iter(fresh_ids(self.connection, RoundHousehold, len(numbered) - len(old_ids)))
        inserts, changes, dimensions = [], [], []
        for placed, fingerprint, number in numbered:
            household, entry = placed.household, self.entries.get(number)
            row: dict[str, Any] = {
                "id": entry.id if entry else next(fresh),
                "income_satang": household.income_satang,
                "row_hash": fingerprint,
                "has_undone_rows": bool(placed.undone),
                "standing": household.standing,
            }
            if entry is None:
                inserts.append({**row, "round_id": self.round.id, "household_id": number})
            else:
                if row["income_satang"] is None:
                    row["income_satang"] = entry.income_satang
                changes.append(row)
            now_failed = (failed.get(row["id"], set()) - household.passed) | household.failed
            dimensions += [
                {"round_household_id": row["id"], "dimension": code} for code in sorted(now_failed)
            ]
        insert_rows(self.connection, RoundHousehold, inserts)
        update_rows(self.connection, RoundHousehold, changes)
        insert_rows(self.connection, FailedDimension, dimensions)


def _place_key(row: dict[str, Any]) -> str:
    return place_key(row["district_code"], row["subdistrict_code"], row["moo"], row["house_no"])


def _is_one(row: dict[str, Any], address: Address) -> bool:
    """Whether the number is the one that is known, only spelt in another way."""
    return number_key(row["house_no"]) == number_key(address.house_no)


def _kept(old: Any, new: Any, stale: bool) -> Any:
    """What is known after a file said `new`: a blank never overwrites, and old news only fills gaps."""
    return old if not new or (stale and old) else new
