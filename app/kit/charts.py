"""Charts drawn on the server as SVG: no script, no inline style, sharp on every screen.

Lengths across are percentages and lengths down are rem, so a chart fills the width it gets and its text
stays as large as the reader's. Colours are classes; app.css gives them from its tokens. Each
chart is one picture to a screen reader and says all its figures; the page still owes a table beside it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import category

from markupsafe import Markup

_CLASS = re.compile(r"[a-z][a-z0-9-]*")
_ON_ONE_LINE = 27


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart. `value` gives the length, `shown` the words; `kind` is a class for the colour."""

    label: str
    value: int
    shown: str
    target: int | None = None
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Step:
    """One step on a way, with a second line of words beneath it."""

    label: str
    note: str = ""
    state: Literal["done", "now", "next"] = "next"


def bars(rows: Sequence[Bar], *, label: str, target_label: str = "เป้าหมาย") -> Markup:
    """Horizontal bars on one scale, each under its words; a target is a line across its bar.

    `label` says what the chart is. Raises ValueError for a negative value: a bar cannot show it.
    """
    top = max((number for row in rows for number in (row.value, row.target or 0)), default=0)
    # On a narrow phone one line holds no more than this; then all figures stand on a line of their own.
    more = 1.25 if any(_width(row.label) + _width(row.shown) > _ON_ONE_LINE for row in rows) else 0
    drawn = []
    for place, row in enumerate(rows):
        if row.value < 0 or (row.target or 0) < 0:
            raise ValueError(f"a bar cannot be shorter than nothing: {row.label}")
        down = place * (3 + more)
        drawn.append(_text(row.label, x="0", y=f"{down + 1}rem"))
        down += more
        drawn.append(_text(row.shown, x="100%", y=f"{down + 1}rem", kind="value"))
        drawn.append(_rect("track", down + 1.5, "100%", 0.9))
        drawn.append(_rect(f"bar {_kind(row.kind)}", down + 1.5, _share(row.value, top), 0.9))
        if row.target is not None:
            across = _share(row.target, top)
            drawn.append(
                Markup('<line class="target" x1="{0}" x2="{0}" y1="{1}rem" y2="{2}rem"/>').format(
                    across, down + 1.3, down + 2.6
                )
            )
    texts = [
        f"{row.label} {row.shown}" + (f" ({target_label} {row.target:,})" if row.target is not None else "")
        for row in rows
    ]
    return _picture("chart-bars", label, texts, drawn, height=f"{max(1, len(rows)) * (3 + more)}rem")


def stacked(parts: Sequence[Bar], *, label: str) -> Markup:
    """One bar cut into its parts, with a line of words for each: what became of the money received.

    Parts are drawn in the order given and together are the whole bar. Raises ValueError for a negative one.
    """
    if any(part.value < 0 for part in parts):
        raise ValueError("a part cannot be less than nothing")
    whole = sum(part.value for part in parts)
    drawn = [_rect("track", 0.25, "100%", 1.5)]
    before = 0
    for part in parts:
        if part.value:
            drawn.append(
                Markup(
                    '<rect class="part {}" x="{}" y="0.25rem" width="{}" height="1.5rem"><title>{}</title></rect>'
                ).format(
                    _kind(part.kind),
                    _share(before, whole),
                    _share(part.value, whole),
                    f"{part.label} {part.shown}",
                )
            )
        before += part.value
    for place, part in enumerate(parts):
        down = 2.5 + place * 1.75
        drawn.append(
            Markup('<rect class="part {}" x="0" y="{}rem" width="1rem" height="1rem" rx="2"/>').format(
                _kind(part.kind), down
            )
        )
        drawn.append(_text(part.label, x="1.5rem", y=f"{down + 0.85}rem"))
        drawn.append(_text(part.shown, x="100%", y=f"{down + 0.85}rem", kind="value"))
    texts = [f"{part.label} {part.shown}" for part in parts]
    return _picture("chart-stacked", label, texts, drawn, height=f"{2.5 + len(parts) * 1.75}rem")


def steps(way: Sequence[Step], *, label: str, words: Mapping[str, str] | None = None) -> Markup:
    """A way drawn downwards, as a donation goes from promise to handover: what is done, where it is, what waits.

    The state is told by shape as well as colour, and in `words` (done, now, next) to who cannot see it.
    """
    words = words or {"done": "เสร็จแล้ว", "now": "กำลังดำเนินการ", "next": "ยังไม่ถึง"}
    drawn = [
        Markup('<line class="thread {}" x1="1rem" x2="1rem" y1="{}rem" y2="{}rem"/>').format(
            "next" if after.state == "next" else "done", place * 3.5 + 1, place * 3.5 + 4.5
        )
        for place, after in enumerate(way[1:])
    ]
    for place, step in enumerate(way):
        middle = place * 3.5 + 1
        drawn.append(
            Markup('<circle class="stop {}" cx="1rem" cy="{}rem" r="0.7rem"/>').format(step.state, middle)
        )
        if step.state == "done":
            drawn.append(
                Markup(
                    '<svg x="0.55rem" y="{}rem" width="0.9rem" height="0.9rem" viewBox="0 0 12 12">'
                    '<path class="tick" d="M2 6.5 5 9.5 10 3"/></svg>'
                ).format(middle - 0.45)
            )
        elif step.state == "now":
            drawn.append(Markup('<circle class="dot" cx="1rem" cy="{}rem" r="0.3rem"/>').format(middle))
        drawn.append(_text(step.label, x="2.5rem", y=f"{middle + 0.3}rem", kind=f"stop-label {step.state}"))
        if step.note:
            drawn.append(_text(step.note, x="2.5rem", y=f"{middle + 1.6}rem", kind="note"))
    texts = [" ".join(filter(None, (step.label, step.note, words[step.state]))) for step in way]
    return _picture("chart-steps", label, texts, drawn, height=f"{max(1, len(way)) * 3.5}rem")


def _share(part: int, whole: int) -> str:
    """`part` of `whole` as a percentage with two decimals, in whole numbers all the way."""
    hundredths = part * 10_000 // whole if whole else 0
    return f"{hundredths // 100}.{hundredths % 100:02}%"


def _width(text: str) -> int:
    """How many letters stand side by side: Thai vowels and tone marks above and below take no room."""
    return sum(category(letter) != "Mn" for letter in text)


def _kind(name: str) -> str:
    if not _CLASS.fullmatch(name):
        raise ValueError(f"not a class name: {name!r}")
    return name


def _text(words: str, *, x: str, y: str, kind: str = "label") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, x, y, words)


def _rect(kind: str, y: float, width: str, height: float) -> Markup:
    return Markup('<rect class="{}" x="0" y="{}rem" width="{}" height="{}rem" rx="3"/>').format(
        kind, y, width, height
    )


def _aloud(label: str, texts: Sequence[str]) -> str:
    return f"{label}: {', '.join(texts)}" if texts else label


def _picture(kind: str, label: str, texts: Sequence[str], drawn: Sequence[Markup], *, height: str) -> Markup:
    return Markup(
        '<svg class="chart {}" role="img" aria-label="{}" width="100%" height="{}">{}</svg>'
    ).format(kind, _aloud(label, texts), height, Markup("").join(drawn))
