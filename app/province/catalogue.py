"""What the fund can give: items with unit, planning price, sizes and the evidence that closes them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from app.kit.errors import BadInput
from app.province import reference
from app.province.dimensions import DIMENSIONS, FourT, Urgency


@dataclass(frozen=True, slots=True)
class SizeField:
    """One measure to be asked for, with the sizes that can be had."""

    code: str
    label_th: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemPart:
    """A piece of a uniform. Prices in satang."""

    code: str
    name_th: str
    name_en: str
    levels: tuple[str, ...]
    satang: int
    satang_min: int
    satang_max: int
    sizes: tuple[SizeField, ...]


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One kind of help. `satang` is the price to start planning from; the committee sets its own ceiling.

    `price_source` names where the price is stated; without one it is an estimate. `ask_first_th` is the
    agency that may provide it from its own budget. `evidence` is what must be there before it is closed.
    """

    code: str
    name_th: str
    name_en: str
    category: str
    dimensions: tuple[str, ...]
    work_area: str
    four_t: tuple[FourT, ...]
    urgency: Urgency
    urgencies: tuple[Urgency, ...]
    unit_th: str
    unit_en: str
    satang: int
    satang_min: int
    satang_max: int
    price_source: str | None
    recipient: str
    delivery: str
    ask_first_th: str | None
    scout_level: str | None
    sizes: tuple[SizeField, ...]
    parts: tuple[tuple[ItemPart, int], ...]
    evidence: tuple[str, ...]
    note_th: str | None


def _satang(baht: int) -> int:
    return baht * 100


def _fields(groups: list[str]) -> tuple[SizeField, ...]:
    table = reference.load("aid_catalogue.json")["size_groups"]
    found: dict[str, SizeField] = {}
    for group in groups:
        for field in table[group]:
            found.setdefault(
                field["code"], SizeField(field["code"], field["label_th"], tuple(field["values"]))
            )
    return tuple(found.values())


@cache
def _parts() -> dict[str, ItemPart]:
    return {
        row["code"]: ItemPart(
            code=row["code"],
            name_th=row["name_th"],
            name_en=row["name_en"],
            levels=tuple(row["levels"]),
            satang=_satang(row["baht"]),
            satang_min=_satang(row["baht_min"]),
            satang_max=_satang(row["baht_max"]),
            sizes=_fields([row["size_group"]] if row["size_group"] else []),
        )
        for row in reference.load("aid_catalogue.json")["parts"]
    }


def _item(row: dict[str, Any]) -> CatalogueItem:
    parts = tuple((_parts()[code], quantity) for code, quantity in row["parts"])
    sizes = {field.code: field for part, _ in parts for field in part.sizes}
    sizes |= {field.code: field for field in _fields(row["size_groups"])}
    return CatalogueItem(
        code=row["code"],
        name_th=row["name_th"],
        name_en=row["name_en"],
        category=row["category"],
        dimensions=tuple(row["dimensions"]),
        work_area=row["work_area"],
        four_t=tuple(FourT(value) for value in row["four_t"]),
        urgency=Urgency(row["urgency"]),
        urgencies=tuple(Urgency(value) for value in row["urgencies"]),
        unit_th=row["unit_th"],
        unit_en=row["unit_en"],
        satang=_satang(row["baht"]),
        satang_min=_satang(row["baht_min"]),
        satang_max=_satang(row["baht_max"]),
        price_source=row["price_source"],
        recipient=row["recipient"],
        delivery=row["delivery"],
        ask_first_th=row["ask_first_th"],
        scout_level=row["scout_level"],
        sizes=tuple(sizes.values()),
        parts=parts,
        evidence=tuple(row["evidence"]),
        note_th=row["note_th"],
    )


@cache
def _items() -> dict[str, CatalogueItem]:
    return {row["code"]: _item(row) for row in reference.load("aid_catalogue.json")["items"]}


def items(*, side: str | None = None, category: str | None = None) -> tuple[CatalogueItem, ...]:
    """The catalogue in its own order, narrowed to a dimension, an area of work or a category when one is named."""
    known = {dimension.code for dimension in DIMENSIONS}
    return tuple(
        item
        for item in _items().values()
        if (side is None or side in item.dimensions or (side == item.work_area and side not in known))
        and (category is None or category == item.category)
    )


def item(code: str) -> CatalogueItem:
    """The item with this code. Raises BadInput for an unknown one."""
    try:
        return _items()[code]
    except KeyError:
        raise BadInput(f"ไม่มีรายการ “{code}” ในบัญชีรายการความช่วยเหลือ กรุณาเลือกจากบัญชีรายการ") from None


def label(kind: str, code: str) -> str:
    """The Thai words for a code of the catalogue.

    `kind` is categories, deliveries, recipients, evidence, scout_levels, work_areas or menus. Raises
    KeyError for a kind or code the file does not have.
    """
    words: str = reference.load("aid_catalogue.json")[kind][code]
    return words
