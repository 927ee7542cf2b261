"""Branches of the money and of the tools that tests take: measured by `./check coverage`, and never fewer than before.

`tests/coverage_floor.json` holds the floors in whole percents, for two runs differ by a branch or two. A figure above its
floor becomes the floor; one below it is an error.
"""

import io
import json
import sys
from pathlib import Path

from coverage import Coverage

FLOORS = Path(__file__).with_name("coverage_floor.json")
PARTS = ("app/fund", "app/kit")


def measured() -> dict[str, int]:
    coverage = Coverage()
    coverage.load()
    return {part: int(coverage.report(include=[f"{part}/*"], file=io.StringIO())) for part in PARTS}


def main() -> int:
    floors: dict[str, int] = json.loads(FLOORS.read_text())
    found = measured()
    for part in PARTS:
        print(f"{part}: {found[part]} % of lines and branches, floor {floors[part]} %")
    if any(found[part] < floors[part] for part in PARTS):
        print("less of it is tried than before", file=sys.stderr)
        return 1
    FLOORS.write_text(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
