"""Ratios, not seconds: the thing and its ceiling take turns in one run, and the medians are compared."""

import json
import statistics
import time
from collections.abc import Callable


def rate(work: Callable[[], int]) -> float:
    """Things done a second by one call of `work`, which says how many it did."""
    began = time.perf_counter()
    done = work()
    return done / (time.perf_counter() - began)


def compare(name: str, ours: Callable[[], int], ceiling: Callable[[], int], *, rounds: int = 5) -> None:
    """Let both take turns, after one turn each that is not counted, and print one JSON line."""
    ours(), ceiling()
    pairs = [(rate(ours), rate(ceiling)) for _ in range(rounds)]
    ratios = [mine / bare for mine, bare in pairs]
    print(
        json.dumps(
            {
                "name": name,
                "ours_per_second": round(statistics.median(mine for mine, _ in pairs), 1),
                "ceiling_per_second": round(statistics.median(bare for _, bare in pairs), 1),
                "ratio": round(statistics.median(ratios), 3),
                "ratio_min": round(min(ratios), 3),
                "ratio_max": round(max(ratios), 3),
                "rounds": rounds,
            },
            ensure_ascii=False,
        ),
        flush=True,
    )
