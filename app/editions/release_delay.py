"""Release delay: a figure about people moves only when at least five people and five households moved it.

Editions stay for ever, so the difference of any two of them is published too. Each piece of help waits until it can be counted
with others. For example, with LEAST = 5:

    edition 1  4 people of 4 households got rice                 -> 0 counted, nothing about them anywhere
    edition 2  3 more people of 3 more households                -> 7 counted in the total
               3 of the 7 live in Khukhan, 4 in Mueang           -> no row of a district yet; the total says 7
    edition 3  6 more, all in Khukhan                            -> total 13, Khukhan 9; Mueang's 4 still in the total only:
               13 - 9 = 4 would tell of four, so Khukhan waits, too

`count_in` decides what is counted from an edition on and writes it to `published_help`; `suppress` takes the exact figures and
gives the contents that may be shown. What help is worth is in whole thousands of baht, and only where a price gives away no
count.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from datetime import date, datetime
from typing import Any, TypeAlias, cast

from sqlalchemy import Table, case, func, insert, select, update

from app.editions import aid_totals, recipient_counts, threads
from app.editions.aid_totals import Help, HelpUnit, Measure, TableRows
from app.editions.published import PublishedHelp
from app.editions.recipient_counts import SumDisclosure
from app.editions.sums import SAME_WORTH, thousands
from app.fund.spending.records import Payment
from app.kit.db import db
from app.kit.suppression import LEAST, is_small, suppressed_rows

Contents: TypeAlias = dict[str, Any]
_People: TypeAlias = set[tuple[int, int | None]]

_KEPT: dict[str, None] = {"people": None, "households": None, "satang": None}
_AT_ONCE = 500

#: Flag of a published row → the figure it is counted in, and whether a reader can subtract those figures from a total.
_FIGURES: dict[str, tuple[Callable[[PublishedHelp], tuple[object, ...]], bool]] = {
    "by_district": (lambda row: (row.district,), True),
    "by_dimension": (lambda row: (row.dimension,), True),
    "by_item": (lambda row: (row.item,), True),
    "by_request": (lambda row: (row.request_id,), False),
    "by_district_item": (lambda row: (row.district, row.item), False),
    "by_dimension_item": (lambda row: (row.dimension, row.item), False),
}
#: What a row's worth tells of an item is only about those whom the row counts.
_WITHIN = {"by_district_item": "by_district", "by_dimension_item": "by_dimension"}
_OF_PAYMENTS = ("by_dimension",)


def count_in(rows: TableRows, *, edition: int, until: date, since: datetime | None) -> None:
    """Count what may be counted from this edition on. Inside a transaction.

    First for the total, then for each row of a table; nothing is counted where fewer than LEAST people or households would move
    a figure. Payments count up to the day `until`; true costs entered `since` the last edition change the worth, in satang, of
    what is counted.
    """
    for number, satang in aid_totals.costs_since(since):
        db.session().execute(update(PublishedHelp).where(PublishedHelp.id == number).values(satang=satang))
    for measure in Measure:
        waiting = aid_totals.unpublished(measure, rows, until=until)
        if waiting and _moves_enough(
            {person for unit in waiting for person in unit.people}, _known(measure, waiting)
        ):
            _write(measure, waiting, edition)
            _count_in_rows(measure, edition)


def _known(measure: Measure, units: Iterable[HelpUnit]) -> _People:
    """Those of the same households whom the total counts already."""
    homes = sorted({home for unit in units for home, _ in unit.people})
    return {(row.household_id, row.member_id) for row in _published(measure, homes)}


def _published(measure: Measure, homes: list[int]) -> list[PublishedHelp]:
    found: list[PublishedHelp] = []
    for start in range(0, len(homes), _AT_ONCE):
        found += db.session().scalars(
            select(PublishedHelp)
            .where(
                PublishedHelp.measure == measure.value,
                PublishedHelp.household_id.in_(homes[start : start + _AT_ONCE]),
            )
            .execution_options(populate_existing=True)
        )
    return found


def _change(people: _People, known: _People) -> tuple[int, int]:
    """How many people and households that were not counted yet."""
    heads = {member for _, member in people if member} - {member for _, member in known}
    homes = {home for home, _ in people} - {home for home, _ in known}
    return len(heads), len(homes)


def _moves_enough(people: _People, known: _People) -> bool:
    """Whether a figure may move by these people: LEAST of them, and the figure by none or by LEAST."""
    heads, homes = _change(people, set())
    return heads >= LEAST and homes >= LEAST and not is_small(*_change(people, known))


def _write(measure: Measure, units: list[HelpUnit], edition: int) -> None:
    plain = _plain(units) if measure is Measure.PAID else {}
    table = cast(Table, PublishedHelp.__table__)
    flags = dict.fromkeys(_FIGURES, False)
    rows = []
    for unit in sorted(units, key=lambda unit: unit.id):
        people = sorted(unit.people, key=lambda person: (person[0], person[1] or 0))
        for place, (household, member) in enumerate(people):
            rows.append(
                flags
                | {
                    "measure": measure.value,
                    "unit_id": unit.id,
                    "request_id": unit.request_id,
                    "household_id": household,
                    "member_id": member,
                    "district": unit.district,
                    "dimension": unit.dimension,
                    "item": unit.item,
                    "satang": 0 if place else unit.satang,
                    "edition": edition,
                    # A payment's worth may stand in the row of its dimension where the request's own sum may stand.
                    "by_dimension_item": plain.get(unit.request_code, False),
                }
            )
    db.session().execute(insert(table), rows)


def _plain(units: list[HelpUnit]) -> dict[str, bool]:
    found = recipient_counts.sum_disclosures(sorted({unit.request_code for unit in units}))
    return {code: disclosure is not SumDisclosure.NOT for code, disclosure in found.items()}


def _count_in_rows(measure: Measure, edition: int) -> None:
    """What the total counts joins the rows of the tables, where enough has gathered for the row."""
    flags = _OF_PAYMENTS if measure is Measure.PAID else tuple(_FIGURES)
    waits = ~getattr(PublishedHelp, flags[0])
    for flag in flags[1:]:
        waits |= ~getattr(PublishedHelp, flag)
    homes = select(PublishedHelp.household_id).where(PublishedHelp.measure == measure.value, waits).distinct()
    rows = _published(measure, sorted(db.session().scalars(homes)))
    for flag in flags:
        cell_of, is_subtracted = _FIGURES[flag]
        within = _WITHIN.get(flag)
        waiting: dict[tuple[object, ...], list[PublishedHelp]] = defaultdict(list)
        counted: dict[tuple[object, ...], _People] = defaultdict(set)
        for row in rows:
            if getattr(row, flag):
                counted[cell_of(row)].add((row.household_id, row.member_id))
            elif within is None or getattr(row, within):
                waiting[cell_of(row)].append(row)
        staying = _not_yet_approved(waiting, flag) if measure is Measure.DELIVERED else {}
        for cell in _joining(waiting, counted, staying=staying, edition=edition, is_subtracted=is_subtracted):
            for row in waiting[cell]:
                setattr(row, flag, True)
    db.session().flush()
    db.session().expire_all()


def _not_yet_approved(
    waiting: Mapping[tuple[object, ...], list[PublishedHelp]], flag: str
) -> dict[tuple[object, ...], list[PublishedHelp]]:
    """Takes out of `waiting` what a row would tell as handed over that it does not tell as approved.

    Only rows of districts and dimensions tell of both.
    """
    if flag not in ("by_district", "by_dimension"):
        return {}
    approved = aid_totals.told_as_approved(
        flag, sorted({row.unit_id for rows in waiting.values() for row in rows})
    )
    staying = {}
    for cell, rows in waiting.items():
        staying[cell] = [row for row in rows if row.unit_id not in approved]
        rows[:] = [row for row in rows if row.unit_id in approved]
    return staying


def _joining(
    waiting: Mapping[tuple[object, ...], list[PublishedHelp]],
    counted: Mapping[tuple[object, ...], _People],
    *,
    staying: Mapping[tuple[object, ...], list[PublishedHelp]],
    edition: int,
    is_subtracted: bool,
) -> list[tuple[object, ...]]:
    """The rows that all who wait for them may join; who is `staying` waits on.

    The total less the rows tells how many wait for a row: that must be nobody or LEAST, and move by none or by LEAST
    too. Where it would not, the smallest row that could be told waits with the others.
    """
    change = {cell: _change(_of(rows), counted.get(cell, set())) for cell, rows in waiting.items()}
    joining = [cell for cell, rows in waiting.items() if _moves_enough(_of(rows), counted.get(cell, set()))]
    if not is_subtracted:
        return joining
    joining.sort(key=lambda cell: (change[cell], str(cell)), reverse=True)
    everyone = {cell: [*rows, *staying.get(cell, [])] for cell, rows in waiting.items()}
    before = [
        _change(_of([row for row in rows if row.edition < edition]), counted.get(cell, set()))
        for cell, rows in everyone.items()
    ]
    while joining:
        left = [
            _change(_of(staying.get(cell, [])), counted.get(cell, set()) | _of(waiting[cell]))
            if cell in joining
            else _change(_of(rows), counted.get(cell, set()))
            for cell, rows in everyone.items()
        ]
        for column in (0, 1):
            now, then = sum(cell[column] for cell in left), sum(cell[column] for cell in before)
            if is_small(now, abs(now - then)):
                joining.pop()
                break
        else:
            return joining
    return joining


def _of(rows: Iterable[PublishedHelp]) -> _People:
    return {(row.household_id, row.member_id) for row in rows}


def suppress(
    exact: Mapping[str, Any],
    *,
    before: Mapping[str, Any] | None,
    earlier: Callable[[str], Mapping[str, Any] | None],
    until: date,
) -> Contents:
    """The contents of the next edition: the exact figures, with those about people replaced by what is counted (`count_in`).

    `before` is what the last edition says, None before the first; `earlier` finds the newest edition that counted by a given
    round. A figure that may not be told is None, never 0.
    """
    released: Contents = deepcopy(dict(exact))
    for measure in (Measure.APPROVED, Measure.DELIVERED):
        _suppress_measure(released, exact, before, _Published(measure))
    _suppress_paid(released, before, until)
    _suppress_targets(released, before, earlier)
    _suppress_rounds(released, before)
    released["threads"] = threads.rounded(
        exact["threads"], released["money"], released["delivered"]["satang"]
    )
    disclosures = recipient_counts.sum_disclosures([row["code"] for row in released["resolutions"]])
    for row in released["resolutions"]:
        row["satang"] = _rounded_sum(row["satang"], disclosures[row["code"]])
    return released


def _rounded_sum(satang: int, how: SumDisclosure) -> int | None:
    return None if how is SumDisclosure.NOT else satang if how is SumDisclosure.EXACT else thousands(satang)


class _Published:
    """What editions count of one measure, with the worth that may stand beside it."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self.total = Help(*self._counts().get(None, (0, 0)), satang=0)
        keys = ("district", "dimension", "item")
        statement = select(
            *(getattr(PublishedHelp, name) for name in (*keys, *(f"by_{key}" for key in keys))),
            PublishedHelp.by_district_item,
            PublishedHelp.by_dimension_item,
            func.count(),
            func.sum(PublishedHelp.satang),
        ).where(PublishedHelp.measure == measure.value, PublishedHelp.satang > 0)
        grouped = statement.group_by(*list(statement.selected_columns)[:8])
        self._worth = [
            (
                row[:3],
                dict(zip(keys, row[3:6], strict=True)),
                {"district": row[6], "dimension": row[7]},
                *row[8:],
            )
            for row in db.session().execute(grouped)
        ]
        units: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for (_, _, item), _, _, count, satang in self._worth:
            units[item][0] += int(count)
            units[item][1] += int(satang)
        self._usual = {item: satang // count for item, (count, satang) in units.items()}
        items = self.cut("item")
        self.items = {
            code: Help(*item.counts, satang=self._sum(lambda keys, by: by["item"] and keys[2] == code))  # noqa: B023
            for code, item in items.items()
        }
        hidden = self._by_item(lambda _keys, by, _is_told: not by["item"])
        alike = sum(satang for item, (count, satang) in hidden.items() if self._is_alike(item, count, satang))
        worth = self._sum(lambda _keys, by: by["item"]) + alike
        self.total = Help(*self.total.counts, satang=thousands(worth))

    def _counts(self, column: Any = None, flag: Any = None) -> dict[Any, tuple[int, int]]:
        counts = (
            func.count(PublishedHelp.member_id.distinct()),
            func.count(PublishedHelp.household_id.distinct()),
        )
        statement = select(*counts).where(PublishedHelp.measure == self.measure.value)
        if column is None:
            heads, homes = db.session().execute(statement).one()
            return {None: (heads, homes)}
        grouped = select(column, *counts).where(PublishedHelp.measure == self.measure.value, flag)
        return {code: (heads, homes) for code, heads, homes in db.session().execute(grouped.group_by(column))}

    def cut(self, key: str) -> dict[str, Help]:
        found = self._counts(getattr(PublishedHelp, key), getattr(PublishedHelp, f"by_{key}"))
        return {code: Help(*counts) for code, counts in found.items()}

    def rows(self, key: str) -> dict[str, dict[str, int | None]]:
        """The rows of districts or dimensions, worth in whole thousands of baht; None where prices would tell of few."""
        place = ("district", "dimension").index(key)
        found: dict[str, dict[str, int | None]] = {}
        for code, help_ in self.cut(key).items():
            worth = self._sum(lambda keys, by: by[key] and keys[place] == code)  # noqa: B023
            few = self._by_item(
                lambda keys, by, is_told: by[key] and keys[place] == code and not is_told[key]  # noqa: B023
            )
            shown = all(self._is_alike(item, count, satang) for item, (count, satang) in few.items())
            found[code] = {**help_.shown, "satang": thousands(worth) if shown else None}
        silent = [code for code, row in found.items() if row["satang"] is None]
        if len(silent) == 1 and len(found) > 1:
            # The total less all others would tell the worth of the only one that is kept back.
            other = min(
                (code for code in found if code not in silent),
                key=lambda code: (found[code]["people"] or 0, code),
            )
            found[other]["satang"] = None
        return found

    def _sum(self, take: Callable[[Any, dict[str, bool]], bool]) -> int:
        return sum(int(satang) for keys, by, _, _, satang in self._worth if take(keys, by))

    def _by_item(
        self, take: Callable[[Any, dict[str, bool], dict[str, bool]], bool]
    ) -> dict[str, tuple[int, int]]:
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for keys, by, is_told, count, satang in self._worth:
            if take(keys, by, is_told):
                found[keys[2]][0] += int(count)
                found[keys[2]][1] += int(satang)
        return {item: (count, satang) for item, (count, satang) in found.items()}

    def _is_alike(self, item: str, count: int, satang: int) -> bool:
        """Whether so many of another item would come to the same thousand of baht, so that prices do not tell of it."""
        return any(
            other != item and abs(satang - count * usual) < SAME_WORTH for other, usual in self._usual.items()
        )


def _suppress_measure(
    released: Contents, exact: Mapping[str, Any], before: Mapping[str, Any] | None, published: _Published
) -> None:
    name = published.measure.value
    released[name] = _cell(
        published.total.shown, before[name] if before else None, exact[name], is_first=not before
    )
    tables: dict[str, dict[str, Any]] = {
        "districts": published.rows("district"),
        "dimensions": published.rows("dimension"),
    }
    if published.measure is Measure.DELIVERED:
        tables["items"] = {code: item.shown for code, item in published.items.items()}
    for table, cells in tables.items():
        then = {row["code"]: row[name] for row in before[table] if name in row} if before else {}
        for row in released[table]:
            code = row["code"]
            now = cells.get(code, Help().shown)
            row[name] = _cell(now, then.get(code), row[name], is_first=not before)
        if table == "items":
            # A row that appears would tell of the first who got the item.
            released[table] = [
                row for row in released[table] if row["code"] in then or row[name]["people"] != 0
            ]


def _cell(
    now: dict[str, Any], before: Mapping[str, Any] | None, exact: Mapping[str, Any], *, is_first: bool
) -> dict[str, Any]:
    """What a row says: what editions count, unless that is few more or fewer than the edition before told.

    Only the first edition, which nothing comes before, says of a row that it keeps somebody back; that stays until
    enough have gathered. Worth moves with the people and never by itself, but for a true cost that was less.
    """
    some = bool(now["people"] or now["households"])
    if before is None:
        return _KEPT.copy() if is_first and not some and (exact["people"] or exact["households"]) else now
    if before["people"] is None:
        return now if some else dict(before)
    change = [abs((now[key] or 0) - before[key]) for key in ("people", "households")]
    if not any(change) and None not in (now["satang"], before["satang"]) and now["satang"] < before["satang"]:
        return now
    return dict(before) if is_small(*change) or not any(change) else now


def _suppress_paid(released: Contents, before: Mapping[str, Any] | None, until: date) -> None:
    """Money paid for the requests of a dimension, where it tells of nobody; in whole thousands of baht."""
    paid = {
        dimension: (int(satang), int(silent))
        for dimension, satang, silent in db.session().execute(
            select(
                PublishedHelp.dimension,
                # Counted as it was told; what came back since was not paid.
                func.sum(case((PublishedHelp.satang > 0, aid_totals.kept_of_payment(until)), else_=0)),
                func.count().filter(~PublishedHelp.by_dimension_item),
            )
            .join(Payment, Payment.id == PublishedHelp.unit_id)
            .where(
                PublishedHelp.measure == Measure.PAID.value,
                PublishedHelp.by_dimension,
                # A voided payment paid nothing.
                PublishedHelp.unit_id.in_(aid_totals.booked_payments(until)),
            )
            .group_by(PublishedHelp.dimension)
        )
    }
    then = {row["code"]: row["paid"] for row in before["dimensions"]} if before else {}
    for row in released["dimensions"]:
        satang, silent = paid.get(row["code"], (0, 0))
        unsaid = not satang and (then.get(row["code"], 0) is None or (row["paid"] and not before))
        row["paid"] = None if silent or unsaid else thousands(satang)
        # What waits in this column alone must not make the row say that more was handed over than paid.
        if row["paid"] is not None and row["paid"] < (row["delivered"]["satang"] or 0):
            row["paid"] = None


def _suppress_targets(
    released: Contents,
    before: Mapping[str, Any] | None,
    earlier: Callable[[str], Mapping[str, Any] | None],
) -> None:
    """The households of the base as they were told, while any row of it has changed by a few."""
    base = released["target_round"]
    total = next((row for row in released["rounds"] if row["code"] == base), None)
    if total is None:
        return
    earlier_edition = (
        before if before and before["target_round"] == base else earlier(base) if before else None
    )
    for table in ("districts", "dimensions"):
        counts = {row["code"]: row["target_households"] for row in released[table]}
        back = suppressed_rows({code: (count,) for code, count in counts.items()})
        if table == "districts" and back is None:
            total["households"] = None
        for row in released[table]:
            if row["target_households"] and (back is None or row["code"] in back):
                row["target_households"] = None
    if earlier_edition is None:
        return
    then = {
        (table, row["code"]): row["target_households"]
        for table in ("districts", "dimensions")
        for row in earlier_edition[table]
    }
    now = {
        (table, row["code"]): row["target_households"]
        for table in ("districts", "dimensions")
        for row in released[table]
    }
    counts_then = next((row["households"] for row in earlier_edition["rounds"] if row["code"] == base), None)
    changes = [(now.get(key), then[key]) for key in then] + [(total["households"], counts_then)]
    if any(is_small(abs(a - b)) for a, b in changes if a is not None and b is not None):
        for table in ("districts", "dimensions"):
            for row in released[table]:
                row["target_households"] = then.get((table, row["code"]), row["target_households"])
        total["households"] = counts_then


def _suppress_rounds(released: Contents, before: Mapping[str, Any] | None) -> None:
    """How many households of each round help has reached, by what editions count; few are not told apart."""
    then = {row["code"]: row for row in before["rounds"]} if before else {}
    everyone = released["delivered"]["households"]
    counted = aid_totals.published_households_by_round()
    for row in released["rounds"]:
        old = then.get(row["code"])
        if row["code"] != released["target_round"]:
            row["households"] = _figure(row["households"], old and old["households"])
        helped_households = counted.get(row["code"], 0)
        # Those helped outside the round are told by the difference, so they must not be few either.
        outside = None if everyone is None else everyone - helped_households
        silent = row["households"] is None or outside is None or is_small(helped_households, outside)
        now = None if silent else helped_households
        if old is not None and old["helped_households"] is not None and before is not None:
            last, last_all = old["helped_households"], before["delivered"]["households"]
            moved = 0 if last_all is None or outside is None else abs(outside - (last_all - last))
            if now is None or is_small(abs(now - last), moved):
                now = last
        row["helped_households"] = now


def _figure(count: int, before: int | None) -> int | None:
    if before is None:
        return None if is_small(count) else count
    return before if is_small(count, abs(count - before)) else count
