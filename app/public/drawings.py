"""Drawings of an edition's figures: what open pages show before they say it. Nothing here reads more than the edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.kit import graphics, language, maps
from app.kit.graphics import Column, Flow, Shirts
from app.kit.maps import Map
from app.kit.suppression import is_small
from app.province import places
from app.province.profile import Profile

Figures = Mapping[str, Any]


def flows(published: Figures) -> tuple[Flow, Flow]:
    """Where the money is, for a desk and for a telephone. What was handed over is told in whole thousands of baht."""
    money = published["money"]
    delivered = min(published["delivered"]["satang"] or 0, money["paid"])
    sums = {
        "received": money["received"],
        "available": money["available"],
        "committed": money["committed"],
        "delivered": delivered,
        "waiting": money["paid"] - delivered,
    }
    return graphics.flow_of_heights(**sums), graphics.flow_of_widths(**sums)


def months(published: Figures) -> list[Column]:
    """What came in and what was paid in the newest months."""
    return graphics.columns(
        [
            (language.short_months()[int(row["month"][5:]) - 1], row["received"], row.get("paid", 0))
            for row in published["months"]
        ]
    )


def district_map(published: Figures) -> Map | None:
    """The districts with the people whom help has reached; hatched where help that was resolved has reached nobody yet."""
    province, here = published["province"], Profile.here()
    shapes = places.district_shapes(province["code"])
    rows = published["districts"]
    return maps.lay(
        shapes,
        {row["code"]: row["delivered"]["people"] for row in rows},
        waiting={row["code"] for row in rows if row["approved"]["people"] and not row["delivered"]["people"]},
        shorten=lambda name: name.removesuffix(province["name_th"]).removesuffix(here.province_en).strip(),
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """Of the people whom the committee resolved to help: who has it, whose help is paid, and whose is not paid yet.

    The last two are None where a reader would be told of few people.
    """

    people: int
    delivered: int
    waiting: int | None
    wanted: int | None
    shirts: Shirts

    @property
    def left(self) -> int:
        return self.people - self.delivered


def reached(published: Figures) -> Reached | None:
    """None while either number is kept back, and while nobody was to be helped."""
    people, delivered = published["approved"]["people"], published["delivered"]["people"]
    if not people or delivered is None or delivered > people:
        return None
    left = people - delivered
    waiting = min(left, sum(_paid_for(row) for row in published["dimensions"]))
    if is_small(waiting, left - waiting):
        drawn = graphics.shirts(delivered=delivered, wanted=left)
        return Reached(people, delivered, None, None, drawn)
    drawn = graphics.shirts(delivered=delivered, waiting=waiting, wanted=left - waiting)
    return Reached(people, delivered, waiting, left - waiting, drawn)


def _paid_for(row: Figures) -> int:
    """People of a dimension who wait for what was paid for: all of it was, as far as the edition tells."""
    approved, delivered = row["approved"], row["delivered"]
    if None in (approved["people"], approved["satang"], delivered["people"], row["paid"]):
        return 0
    if not approved["satang"] or row["paid"] < approved["satang"]:
        return 0
    return int(max(0, approved["people"] - delivered["people"]))


def shares(row: Figures, longest: int) -> list[tuple[str, str, str]]:
    """Where the money of one purpose is, in a bar on one scale with the others."""
    return graphics.shares([(kind, row[kind]) for kind in ("paid", "committed", "available")], longest)
