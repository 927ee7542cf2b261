"""English names of what stands in data: districts, dimensions, things of the catalogue, banks, and the bodies that a profile names."""

from collections.abc import Mapping
from functools import cache

from app.province import banks, catalogue, dimensions, places
from app.province.profile import Profile, load


def known() -> Mapping[str, str]:
    """Each Thai name that has an English one, in the province that is served. Inside an application context."""
    return of(Profile.here().key)


@cache
def of(profile: str) -> Mapping[str, str]:
    """The same of any profile."""
    here = load(profile)
    found = {item.name_th: item.name_en for item in catalogue.items()}
    found |= {bank.name_th: bank.name_en for bank in banks.banks()}
    found |= {item.unit_th: item.unit_en for item in catalogue.items()}
    for dimension in dimensions.DIMENSIONS:
        found |= {dimension.name_th: dimension.name_en, f"ด้าน{dimension.name_th}": dimension.name_en}
    for side in here.sides.offered:
        found |= {side.name_th: side.name_en}
    for district in places.districts(here.province_code):
        found |= {
            district.name_th: district.name_en,
            f"อำเภอ{district.name_th}": f"{district.name_en} District",
        }
    found[here.province_th] = here.province_en
    return found | dict(here.english)
