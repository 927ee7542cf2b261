"""Provinces, districts and sub-districts by the codes of the Department of Provincial Administration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, TypeVar

from app.kit.errors import BadInput
from app.kit.language import marked
from app.province import reference

#: Provinces whose shapes are at hand; of the others there is a list instead of a map.
SHAPES = {
    "23": "trat_districts.geojson",
    "24": "chachoengsao_districts.geojson",
    "33": "sisaket_districts.geojson",
}
_ATTRIBUTION = marked("ขอบเขตการปกครอง: Royal Thai Survey Department / OCHA (HDX COD-AB Thailand), CC BY-IGO")

#: Spellings met in letters, news and exports that no list of names has.
PROVINCE_ALIASES = {
    "33": ("ศรีษะเกษ", "ศรีสะเกศ", "ศรีษะเกศ", "สีสะเกด", "Sisaket", "Srisaket", "Si Saket", "ศก"),
    "24": ("แปดริ้ว", "Chacheongsao", "ฉะเชิงเซา"),
    "10": ("กทม", "กรุงเทพ", "Krung Thep"),
    "14": ("อยุธยา", "Ayutthaya"),
    "30": ("โคราช", "Korat"),
}
_PROVINCE_WORDS = ("จังหวัด", "จ.", "province")
_DISTRICT_WORDS = ("กิ่งอำเภอ", "อำเภอ", "อ.", "เขต", "amphoe", "district")
_SUBDISTRICT_WORDS = ("ตำบล", "ต.", "แขวง", "tambon", "subdistrict")


@dataclass(frozen=True, slots=True)
class Province:
    """One of the 77 provinces. `code` has two digits; `letters_th` stands on official letters."""

    code: str
    name_th: str
    name_en: str
    letters_th: str
    district_count: int
    subdistrict_count: int


@dataclass(frozen=True, slots=True)
class District:
    """An amphoe. `code` has four digits and begins with the province's; lon and lat are its middle."""

    code: str
    province_code: str
    name_th: str
    name_en: str
    postal_code: str
    lon: float
    lat: float
    subdistrict_count: int


@dataclass(frozen=True, slots=True)
class Subdistrict:
    """A tambon. `code` has six digits and begins with the district's."""

    code: str
    district_code: str
    province_code: str
    name_th: str
    name_en: str
    postal_code: str


class _Named(Protocol):
    @property
    def name_th(self) -> str: ...
    @property
    def name_en(self) -> str: ...


_PlaceT = TypeVar("_PlaceT", bound=_Named)


@cache
def provinces() -> tuple[Province, ...]:
    """All provinces, by code."""
    rows: list[dict[str, Any]] = reference.load("provinces.json")
    return tuple(
        Province(
            code=row["code"],
            name_th=row["name_th"],
            name_en=row["name_en"],
            letters_th=row["abbr_th"],
            district_count=row["district_count"],
            subdistrict_count=row["subdistrict_count"],
        )
        for row in sorted(rows, key=lambda row: str(row["code"]))
    )


@cache
def _districts() -> dict[str, District]:
    rows: list[dict[str, Any]] = reference.load("districts.json")
    return {
        row["code"]: District(**{name: row[name] for name in District.__slots__})
        for row in sorted(rows, key=lambda row: str(row["code"]))
    }


@cache
def _subdistricts() -> dict[str, Subdistrict]:
    rows: list[dict[str, Any]] = reference.load("subdistricts.json")
    return {
        row["code"]: Subdistrict(**{name: row[name] for name in Subdistrict.__slots__})
        for row in sorted(rows, key=lambda row: str(row["code"]))
    }


def province(code: str) -> Province:
    """The province with this two-digit code. Raises BadInput for a code nobody has."""
    for province in provinces():
        if province.code == code:
            return province
    raise BadInput(f"ไม่รู้จักรหัสจังหวัด “{code}” กรุณาใช้รหัสสองหลักของกรมการปกครอง")


def province_named(name: str) -> Province | None:
    """The province that a person or a file means by `name`, in Thai or English, by alias or letters."""
    wanted = _bare(name, _PROVINCE_WORDS)
    for province in provinces():
        spellings = (
            province.name_th,
            province.name_en,
            province.letters_th,
            *PROVINCE_ALIASES.get(province.code, ()),
        )
        if wanted in {reference.plain(spelling) for spelling in spellings}:
            return province
    return None


@cache
def districts(province_code: str) -> tuple[District, ...]:
    """The districts of a province, by code; empty for a code nobody has."""
    return tuple(district for district in _districts().values() if district.province_code == province_code)


def district(code: str) -> District:
    """The district with this four-digit code. Raises BadInput for a code nobody has."""
    try:
        return _districts()[code]
    except KeyError:
        raise BadInput(f"ไม่รู้จักรหัสอำเภอ “{code}” กรุณาใช้รหัสสี่หลักของกรมการปกครอง") from None


def district_named(province_code: str, name: str) -> District | None:
    """The district of this province meant by `name`; a bare เมือง is the one of the provincial town."""
    found = _named(districts(province_code), _bare(name, _DISTRICT_WORDS))
    if found is None and _bare(name, _DISTRICT_WORDS) in {"เมือง", "mueang", "muang"}:
        return next(iter(districts(province_code)), None)
    return found


@cache
def subdistricts(district_code: str) -> tuple[Subdistrict, ...]:
    """The sub-districts of a district, by code."""
    return tuple(
        subdistrict for subdistrict in _subdistricts().values() if subdistrict.district_code == district_code
    )


def subdistrict(code: str) -> Subdistrict | None:
    """The sub-district with this six-digit code, or None for a code the department does not list."""
    return _subdistricts().get(code)


def subdistrict_named(district_code: str, name: str) -> Subdistrict | None:
    """The sub-district of this district meant by `name`."""
    return _named(subdistricts(district_code), _bare(name, _SUBDISTRICT_WORDS))


def district_of(code: str) -> District | None:
    """The district that holds a sub-district, village or house code of six digits or more.

    Poverty surveys use pseudo-codes for municipal areas (330151), so an unlisted code still belongs to
    the district of its first four digits; None only when those are unknown too.
    """
    return _districts().get(code[:4]) if len(code) >= 4 else None


def attribution(province_code: str) -> str:
    """What stands beside every map drawn from a province's shapes, since their licence asks for it; empty where there is none."""
    return _ATTRIBUTION if province_code in SHAPES else ""


def district_shapes(province_code: str) -> tuple[Mapping[str, Any], ...]:
    """GeoJSON features (polygons, degrees) of the districts, by code; `properties` has code and names."""
    if province_code not in SHAPES:
        return ()
    features: list[dict[str, Any]] = reference.load(SHAPES[province_code])["features"]
    return tuple(sorted(features, key=lambda feature: str(feature["properties"]["code"])))


def _bare(name: str, words: tuple[str, ...]) -> str:
    # A word for the kind of place is taken off the front once, never out of the middle of a name.
    text = name.strip()
    for word in words:
        if text.casefold().startswith(word) and len(text) > len(word):
            text = text[len(word) :]
            break
        if word.isascii() and text.casefold().endswith(" " + word):
            text = text[: -len(word)]
            break
    return reference.plain(text)


def _named(places: Iterable[_PlaceT], wanted: str) -> _PlaceT | None:
    """The place of this Thai name, else of this English one. An English name that two places share means neither of them."""
    there = list(places)
    for place in there:
        if wanted == reference.plain(place.name_th):
            return place
    found = [place for place in there if wanted == reference.plain(place.name_en)]
    return found[0] if len(found) == 1 else None
