"""Words of a bank that are spread over rows, cells or fields, and what can only be read across their breaks."""

import re
from collections.abc import Sequence

#: A code may be parted by two breaks, not by more: each part of a bank's words is longer than a third of a code.
_PARTS = 3
_BEFORE_SPACE = re.compile(r"\s+")


def pieces(written: str) -> list[str]:
    """The lines of one cell or field."""
    return [line for one in written.splitlines() if (line := _BEFORE_SPACE.sub(" ", one).strip())]


def across(parts: Sequence[str]) -> tuple[str, ...]:
    """Neighbouring pieces joined without their breaks: a code that a line's end parts stands whole in one of them."""
    return tuple(
        "".join(parts[place : place + many])
        for many in range(2, _PARTS + 1)
        for place in range(len(parts) - many + 1)
    )
