"""A map of named areas: no scale of shades; an area has its number, or is hatched where the number is kept back."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from app.kit import language

WIDTH = 720
_MARGIN = 12


@dataclass(frozen=True, slots=True)
class Area:
    """One area. `state`: done (has a number), few (kept back), waiting, none."""

    code: str
    name: str
    #: As it stands on the map, where the whole name has no room.
    short: str
    state: str
    number: int | None
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Map:
    width: int
    height: int
    areas: list[Area]

    @property
    def states(self) -> set[str]:
        return {area.state for area in self.areas}


def lay(
    features: Iterable[Mapping[str, Any]],
    numbers: Mapping[str, int | None],
    *,
    waiting: Collection[str] = (),
    shorten: Callable[[str], str] = str,
) -> Map | None:
    """The map of GeoJSON polygons whose properties have `code`, `name_th` and where the name stands.

    A number that is not given is zero; None is one that is withheld. Equirectangular at the middle latitude: right enough
    for a province. None where there is nothing to draw.
    """
    found = list(features)
    if not found:
        return None
    project, height = _projection(found)
    areas = []
    for feature in found:
        about = feature["properties"]
        number = numbers.get(about["code"], 0)
        state = "few" if number is None else "done" if number else "none"
        if state == "none" and about["code"] in waiting:
            state = "waiting"
        x, y = project(about["label_lon"], about["label_lat"])
        name = language.named(about["name_th"])
        short = (name == about["name_th"] and about.get("short_th")) or shorten(name)
        path = _outline(feature["geometry"], project)
        areas.append(Area(about["code"], name, short, state, number, path, x, y))
    return Map(WIDTH, height, areas)


def _rings(geometry: Mapping[str, Any]) -> Iterable[Sequence[Sequence[float]]]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return (ring for part in parts for ring in part)


def _projection(
    features: Sequence[Mapping[str, Any]],
) -> tuple[Callable[[float, float], tuple[int, int]], int]:
    points = [point for feature in features for ring in _rings(feature["geometry"]) for point in ring]
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    narrow = cos(radians((south + north) / 2))
    scale = (WIDTH - 2 * _MARGIN) / ((east - west) * narrow)

    def project(lon: float, lat: float) -> tuple[int, int]:
        return _MARGIN + round((lon - west) * narrow * scale), _MARGIN + round((north - lat) * scale)

    return project, round((north - south) * scale) + 2 * _MARGIN


def _outline(geometry: Mapping[str, Any], project: Callable[[float, float], tuple[int, int]]) -> str:
    # Relative steps in whole units, those of no length left out: a third of the bytes.
    path = []
    for ring in _rings(geometry):
        x, y = project(ring[0][0], ring[0][1])
        path.append(f"M{x} {y}l")
        moves = []
        for point in ring[1:-1]:
            to_x, to_y = project(point[0], point[1])
            if (to_x, to_y) != (x, y):
                moves.append(f"{to_x - x} {to_y - y}")
                x, y = to_x, to_y
        path.append(" ".join(moves) + "z")
    return "".join(path)
