"""Snapshots: what the committee is told of a request, frozen when it is sent. It names no one."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from app.cases.aid import lines as lines_
from app.cases.aid import needs
from app.cases.aid.records import AidLine, AidRequest
from app.kit import clock
from app.kit.thai import fiscal_year_be
from app.province.places import district


def take(request: AidRequest, lines: Sequence[AidLine]) -> str:
    """The snapshot as JSON with sorted keys.

    `people`, `households`, `satang`, `usual_satang`; `items`, `districts`, `dimensions`, `levels` as lists with
    counts; `cases` has one row a household: its code, place, failed dimensions, level, people and satang.
    """
    known = needs.of(line.household_id for line in lines)
    sums = lines_.totals(lines)
    cases: dict[int, dict[str, Any]] = {}
    people: dict[int, set[int]] = {}
    for line in lines:
        household, need = line.household, known[line.household_id]
        case = cases.setdefault(
            household.id,
            {
                "household": household.code,
                "district": household.district_code,
                "subdistrict": household.subdistrict_code,
                "failed": list(need.failed),
                "needy": need.is_needy,
                "level": need.level.value if need.level else None,
                "people": 0,
                "satang": 0,
            },
        )
        case["satang"] += line.satang
        if line.member_id:
            people.setdefault(household.id, set()).add(line.member_id)
            case["people"] = len(people[household.id])
    return json.dumps(
        {
            "taken_at": clock.now().isoformat(timespec="seconds"),
            "fiscal_year_be": fiscal_year_be(clock.today()),
            "dimension": request.dimension,
            "people": sums.people,
            "households": sums.households,
            "satang": sums.satang,
            "usual_satang": sums.usual_satang,
            "items": [
                {
                    "code": total.item.code,
                    "name": total.item.name_th,
                    "unit": total.item.unit_th,
                    "quantity": total.quantity,
                    "satang": total.satang,
                    "usual_satang": total.usual_satang,
                }
                for total in lines_.by_item(lines)
            ],
            "districts": _districts(cases),
            "dimensions": _counted("dimension", (code for case in cases.values() for code in case["failed"])),
            "levels": _counted("level", (case["level"] for case in cases.values() if case["level"])),
            "cases": sorted(cases.values(), key=lambda case: str(case["household"])),
        },
        sort_keys=True,
        ensure_ascii=False,
    )


def _districts(cases: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for case in cases.values():
        code = case["district"]
        row = found.setdefault(
            code, {"code": code, "name": district(code).name_th, "households": 0, "people": 0, "satang": 0}
        )
        row["households"] += 1
        row["people"] += case["people"]
        row["satang"] += case["satang"]
    return [found[code] for code in sorted(found)]


def _counted(name: str, codes: Any) -> list[dict[str, Any]]:
    return [{name: code, "households": count} for code, count in sorted(Counter(codes).items())]
