"""Cloth: a woven band as SVG or as a small picture, the weft of it threads in the ink of where money is. The same threads, the same cloth.

The structure is a four-shaft lozenge as it is woven in the province: an extended point threading and a 2/2 tie-up, so that
two of four ends of the warp lie over each pick. Lengths are in cells of two units, so that no edge falls between pixels.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import NamedTuple

from markupsafe import escape
from PIL import Image, ImageColor

#: The weft on its black ground; one thread that is shown alone is held up to the light.
INKS = {"available": "#4c9a5f", "committed": "#e0a526", "paid": "#b4592e", "delivered": "#1d7382"}
LIT = {"available": "#86dd97", "committed": "#ffd257", "paid": "#ff9a6b", "delivered": "#63d3e4"}
WARP, GOLD, UNDYED, GREY = "#2a211b", "#e0a526", "#5a4a3c", "#7a6a58"

#: The shafts that the ends of the warp hang on, end after end; then again from the first.
_DRAFT = (0, 1, 2, 3, 0, 1, 2, 3, 0, 3, 2, 1, 0, 3, 2, 1)
_SHAFTS = 4
#: The weft as wide as the draft goes on without end; so a tile of undyed weft meets any cloth.
REPEAT = len(_DRAFT)
_SELVEDGE = 2
#: Ends of the warp between the selvedges.
BAND, HEM = 17, 9


class Thread(NamedTuple):
    """One pick after another of the same weft."""

    state: str
    picks: int


def svg(
    threads: Iterable[Thread], *, ends: int = BAND, mark: int | None = None, picks: int = 0, title: str = ""
) -> str:
    """The cloth, woven on with undyed weft to so many picks. `mark`: this thread alone keeps its colour."""
    weft = [
        (_ink(thread.state) if mark is None else LIT[thread.state] if number == mark else GREY)
        for number, thread in enumerate(threads)
        for _ in range(thread.picks)
    ]
    weft += [UNDYED] * (picks - len(weft))
    lines: dict[str, list[str]] = {}
    for pick, ink in enumerate(weft):
        lines.setdefault(ink, []).append(_pick(pick, ends))
    across, down = 2 * max(1, len(weft)), 2 * (ends + 2 * _SELVEDGE)
    paths = "".join(f'<path stroke="{ink}" d="{"".join(line)}"/>' for ink, line in lines.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" width="{across}" height="{down}" '
        f'shape-rendering="crispEdges"><title>{escape(title)}</title><path fill="{WARP}" d="M0 0h{across}v{down}H0z"/>'
        f'<g fill="none" stroke-width="2">{paths}</g>'
        f'<path fill="{GOLD}" d="M0 1h{across}v1H0zM0 {down - 2}h{across}v1H0z"/></svg>'
    )


def png(threads: Iterable[Thread], *, picks: int, ends: int = BAND, own: Thread | None = None) -> bytes:
    """The end of the cloth, exactly so many picks wide, a pixel a cell: for paper, where it may not grow with the fund.

    `own`: one more thread, held up to the light where the weaving goes on, all others grey.
    """
    weft = [_ink(thread.state) for thread in threads for _ in range(thread.picks)]
    if own:
        weft = [*[GREY] * len(weft), *[LIT[own.state]] * own.picks, *[UNDYED] * REPEAT]
    weft = weft[-picks:]
    weft += [UNDYED] * (picks - len(weft))
    inks = [WARP, GOLD, *dict.fromkeys(weft)]
    picture = Image.new("P", (picks, ends + 2 * _SELVEDGE))
    picture.putpalette([part for ink in inks for part in ImageColor.getrgb(ink)[:3]])
    for pick, ink in enumerate(weft):
        picture.putpixel((pick, 0), 1)
        picture.putpixel((pick, picture.height - 1), 1)
        for end in range(ends):
            if _weft_on_top(pick, end, ends):
                picture.putpixel((pick, end + _SELVEDGE), inks.index(ink))
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _ink(state: str) -> str:
    return INKS.get(state, UNDYED)


def _pick(pick: int, ends: int) -> str:
    """Where the weft lies on top in one pick, as strokes down the cloth."""
    strokes: list[list[int]] = []
    for end in range(ends):
        if _weft_on_top(pick, end, ends):
            if strokes and sum(strokes[-1]) == end:
                strokes[-1][1] += 1
            else:
                strokes.append([end, 1])
    return _line(2 * pick + 1, strokes)


def _weft_on_top(pick: int, end: int, ends: int) -> bool:
    return (_shaft(end - ends // 2) - _shaft(pick - REPEAT // 2)) % _SHAFTS >= _SHAFTS // 2


def _line(across: int, strokes: Sequence[Sequence[int]]) -> str:
    at = 0
    parts: list[str] = []
    for first, length in strokes:
        down = 2 * (first + _SELVEDGE)
        parts.append(f"M{across} {down}" if not parts else f"m0 {down - at}")
        parts.append(f"v{2 * length}")
        at = down + 2 * length
    return "".join(parts)


def _shaft(number: int) -> int:
    return _DRAFT[number % REPEAT]
