"""The demonstration's register file: households that nobody lives in, spread as the poverty map of 2561 spreads them."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from app.demo import names, setting
from app.kit import clock, national_id, thai
from app.province import places, reference
from app.province.places import District
from app.province.profile import of_province

_HOME_AND_PERSON = (
    *("รหัสบ้าน", "บ้านเลขที่", "หมู่ที่", "หมู่บ้าน", "รหัสตำบล", "รหัสอำเภอ"),
    *("ความสัมพันธ์", "คำนำหน้า", "ชื่อ", "นามสกุล", "เลขประจำตัวประชาชน", "เพศ", "ปีเกิด", "โรงเรียน", "ชั้น"),
    "รายได้เฉลี่ย",
)
_EVEN_ONE_MORE = 0.18


@dataclass(frozen=True, slots=True)
class _Weight:
    district: District
    homes: int
    fails: tuple[int, ...]


def file(*, province_code: str, households: int, seed: int) -> bytes:
    """A CSV in UTF-8 with one row a person, always the same for the same numbers.

    National IDs pass the check digit and are nobody's: their second and third digits are the province's, and
    there is no province 00. House codes begin with 000, which no registrar has.
    """
    here = setting.of(province_code)
    sides = tuple(here.usual)
    rng = Random(seed)  # noqa: S311 — the same invented people each time, nothing secret
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow((*_HOME_AND_PERSON, *_headings(province_code, sides)))
    weights = _weights(province_code, sides)
    families: list[list[list[str | int]]] = []
    for weight, count in zip(weights, _shares([weight.homes for weight in weights], households), strict=True):
        families += [list(_people(rng, home)) for home in _homes(weight, count, rng, sides)]
    if here.round.people is not None:
        families = _in_need(families, here.round.people - here.round.households, sides)
    for serial, row in enumerate((row for rows in families for row in rows), start=1):
        row[10] = national_id.with_check_digit(f"{1 + serial % 8}00{serial * 7919 % 1_000_000_000:09d}")
        writer.writerow(row)
    return page.getvalue().encode("utf-8-sig")


def _in_need(
    families: Sequence[list[list[str | int]]], pupils: int, sides: Sequence[str]
) -> list[list[list[str | int]]]:
    """The heads, and so many pupils of families that fail on income: a source that names only those with a need."""
    income = len(_HOME_AND_PERSON) + sides.index("income")
    with_pupils = [
        place
        for place, rows in enumerate(families)
        if rows[0][income] == "1" and any(row[14] for row in rows)
    ]
    wanted = min(pupils, len(with_pupils))
    chosen = {with_pupils[place * len(with_pupils) // wanted] for place in range(wanted)}
    return [
        [rows[0], next(row for row in rows if row[14])] if place in chosen else rows[:1]
        for place, rows in enumerate(families)
    ]


def _headings(province_code: str, sides: Sequence[str]) -> Iterator[str]:
    known = of_province(province_code).sides
    for code in sides:
        # รายได้ alone is an amount.
        yield f"{known.word}{known.side(code).name_th}"


def _weights(province_code: str, sides: Sequence[str]) -> list[_Weight]:
    rows: list[dict[str, Any]] = reference.load("sisaket_tpmap_2561.json")["districts"]
    known = {row["code"]: row for row in rows}
    return [
        _Weight(
            district,
            known[district.code]["poor_households_mpi"]
            if district.code in known
            else district.subdistrict_count,
            tuple((known.get(district.code) or setting.of(province_code).usual)[side] for side in sides),
        )
        for district in places.districts(province_code)
    ]


def _shares(weights: Sequence[int], total: int) -> list[int]:
    """`total` cut in whole pieces by weight; what is left over goes to the largest remainders."""
    whole = sum(weights)
    cut = [weight * total // whole for weight in weights]
    remainders = sorted(range(len(weights)), key=lambda place: (-(weights[place] * total % whole), place))
    for place in remainders[: total - sum(cut)]:
        cut[place] += 1
    return cut


def _homes(weight: _Weight, count: int, rng: Random, sides: Sequence[str]) -> Iterator[list[str | int]]:
    """The left and right sides that the rows of one household share: address, and income with dimensions."""
    tambons = places.subdistricts(weight.district.code)
    for number, size in enumerate(_shares([1] * len(tambons), count)):
        tambon = tambons[number]
        for place in range(size):
            moo = place % 12 + 1
            failed = set(rng.choices(sides, weights=weight.fails))
            failed |= {
                dimension for dimension in ("income", "education", "health") if rng.random() < _EVEN_ONE_MORE
            }
            income = (
                rng.randrange(9_000, 38_000, 50) if "income" in failed else rng.randrange(28_000, 70_000, 50)
            )
            yield [
                f"000{int(tambon.code) % 10_000:04d}{place:04d}",
                str(place // 12 + 1) if rng.random() < 0.8 else f"{place // 12 + 1}/{rng.randint(1, 9)}",
                moo,
                names.VILLAGES[(number * 7 + moo) % len(names.VILLAGES)],
                tambon.code,
                weight.district.code,
                f"{income:,}",
                *("1" if side in failed else "0" for side in sides),
            ]


def _people(rng: Random, home: list[str | int]) -> Iterator[list[str | int]]:
    family = rng.choice(names.FAMILY)
    this_year = thai.year_be(clock.today())
    head = rng.randint(34, 76)
    members = [("หัวหน้าครัวเรือน", head, rng.random() < 0.45, family)]
    if rng.random() < 0.6:
        members.append(("คู่สมรส", max(25, head + rng.randint(-6, 4)), not members[0][2], family))
    for _ in range(rng.choice((0, 0, 1, 1, 2, 2, 3)) if head < 66 else rng.choice((0, 1, 1, 2))):
        members.append(("บุตรหลาน", rng.randint(1, 24), rng.random() < 0.5, family))
    if rng.random() < 0.3:
        members.append(
            (
                "บิดามารดา",
                rng.randint(66, 92),
                rng.random() < 0.6,
                rng.choice((family, rng.choice(names.FAMILY))),
            )
        )
    school = rng.choice(names.SCHOOLS)
    for relation, age, female, last_name in members:
        prefix, first_name = names.person(rng, age=age, female=female)
        grade = names.GRADES[age - 7] if 7 <= age <= 15 else ""
        yield [
            *home[:6],
            relation,
            prefix,
            first_name,
            last_name,
            "",
            "หญิง" if female else "ชาย",
            this_year - age,
            f"โรงเรียน{school}" if grade else "",
            grade,
            *home[6:],
        ]
