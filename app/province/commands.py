"""Commands about what differs from province to province."""

import json
import sys
from pathlib import Path

import click

from app.province import places, profile, profile_check


@click.group()
def province() -> None:
    """What differs from province to province."""


@province.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Say what is wrong with a province's profile. Exit 2 when it cannot be served; needs no database."""
    found = profile_check.faults_of_file(file)
    told: dict[str, object] = {"file": str(file), "faults": found}
    if not found:
        here = profile.of_file(file)
        told |= {
            "province": here.province_th,
            "districts": len(places.districts(here.province_code)),
            "subdistricts": places.province(here.province_code).subdistrict_count,
            "map": here.province_code in places.SHAPES,
            "dimensions": list(here.dimension_codes),
            "work_areas": {area.code: area.dimension for area in here.work_areas},
            "work_by": [side.code for side in here.sides.offered],
            "to_fill_in": profile_check.placeholders(here),
        }
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    if found:
        sys.exit(2)
