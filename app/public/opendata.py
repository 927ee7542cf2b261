"""Open data: the figures of an edition as a table for spreadsheets and as JSON for programs."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.editions import editions
from app.editions.editions import Edition
from app.fund.committee.records import ResolutionKind
from app.fund.committee.records.bodies import Level
from app.fund.committee.records.circulations import MeetingKind
from app.kit.sheets.writing import Cell, to_csv

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/deed.th"

HEADER = ("table", "code", "name_th", "measure", "value", "unit", "note")
#: Written where a figure is kept back.
KEPT_BACK = "ไม่แสดง: น้อยกว่า 5 หรือใช้คำนวณย้อนกลับได้"

_MONEY = ("pledged", "received", "opening", "opening_paid", "available", "committed", "paid", "satang")
_UNITS = {
    "people": "คน",
    "households": "ครัวเรือน",
    "target_households": "ครัวเรือน",
    "helped_households": "ครัวเรือน",
    "declared_total": "ครัวเรือน",
    "networks": "เครือข่าย",
    "gifts": "รายการ",
}
_THREADS = ("count", "available", "committed", "paid", "delivered")


def as_json(edition: Edition) -> dict[str, Any]:
    """An edition with its proof. Money is in satang; null is a figure that is kept back."""
    return {
        "edition": edition.number,
        "made_at": editions.moment(edition.made_at),
        "hash": edition.hash,
        "previous_hash": editions.before(edition),
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "unit_of_money": "satang",
        "figures": edition.figures,
    }


def as_csv(edition: Edition) -> bytes:
    """One figure a row, in baht; the same figures as the page and the JSON."""
    return to_csv(HEADER, _rows(edition))


def _rows(edition: Edition) -> Iterator[list[Cell]]:
    published = edition.figures
    yield [
        "edition",
        str(edition.number),
        published["province"]["fund_th"],
        "made_at",
        editions.moment(edition.made_at),
        "",
        "",
    ]
    yield ["edition", str(edition.number), "", "hash", edition.hash, "", LICENCE]
    if published.get("money_until"):
        words = "เงินรวมถึงสิ้นวันนี้"
        yield ["edition", str(edition.number), "", "money_until", published["money_until"], "", words]
    yield from _measures("money", "", "ทั้งกองทุน", published["money"])
    for table in ("approved", "delivered"):
        yield from _measures(table, "", "ทั้งจังหวัด", published[table])
    for table in ("purposes", "network_types", "dimensions", "districts", "items", "months", "rounds"):
        for row in published[table]:
            yield from _measures(
                table, row.get("code") or row["month"], row.get("name_th") or row.get("name", ""), row
            )
    for row in published.get("threads", []):
        name = f"การให้ตั้งแต่ {row['least_baht']:,} บาท หรือยังไม่ครบ 5 ครั้งของขนาดที่มากกว่า"
        for state in _THREADS:
            yield ["threads", f"{row['month']}.{row['class']}", name, state, row[state], "ครั้ง", ""]
    for row in published["resolutions"]:
        words = _DECISIONS.get(row.get("kind", ""), "เห็นชอบ" if row["approved"] else "ไม่เห็นชอบ")
        yield [
            "resolutions",
            row["code"],
            row["purpose"],
            "satang",
            _baht(row["satang"]),
            "บาท",
            f"{_BODIES.get(row.get('body', ''), '')}{row['meeting']} {row['on']} {words}"
            + ("" if row["satang"] is not None else f" {KEPT_BACK}"),
        ]


#: Who decided, where it is not the fund's committee; each counts its own meetings.
_BODIES = {level.value: f"{level.words} " for level in Level if level != Level.FULL} | {
    MeetingKind.CIRCULATED.value: f"{MeetingKind.CIRCULATED.words} "
}
#: What was decided, where it is neither yes nor no. Early editions tell no kind.
_DECISIONS = {kind.value: kind.words for kind in ResolutionKind if kind not in ("approve", "reject")}

#: What a measure is, where its name alone may mislead.
_NOTES = {
    ("dimensions", "received"): "ตามวัตถุประสงค์ของผู้ให้ ไม่ใช่เงินที่ใช้กับมิตินี้",
    ("dimensions", "paid"): "จ่ายให้คำขอที่มุ่งแก้มิตินี้ ปัดลงเป็นพันบาท",
}
#: Written where there is no figure yet: a total that the source has not told, targets while no round is the base.
_UNKNOWN = "ยังไม่มีตัวเลข"


def _measures(
    table: str, code: str, name: str, row: Mapping[str, Any], prefix: str = ""
) -> Iterator[list[Cell]]:
    for measure, value in row.items():
        if isinstance(value, Mapping):
            yield from _measures(table, code, name, value, prefix=f"{measure}.")
        elif measure in _MONEY:
            shown = _baht(value)
            note = _NOTES.get((table, measure), "") if not prefix else ""
            yield [
                table,
                code,
                name,
                prefix + measure,
                shown,
                "บาท",
                note if value is not None else KEPT_BACK,
            ]
        elif measure in _UNITS:
            unknown = "" if value is not None else _UNKNOWN if measure == "declared_total" else KEPT_BACK
            yield [table, code, name, prefix + measure, value, _UNITS[measure], unknown]


def _baht(satang: int | None) -> Decimal | None:
    return None if satang is None else Decimal(satang).scaleb(-2)
