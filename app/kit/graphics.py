"""Geometry of the charts that stand on pages: where each part of a drawing lies. The words are put to it by macros/charts.html.

Widths and heights are true to the sum: nothing is made larger so that it can be seen. Lengths are of the drawing's own units.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Box:
    """A bar of a chart, in the ink of `kind`."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Words:
    """Where the words of a part stand."""

    x: float
    y: float


@dataclass
class Flow:
    """What came in, where it lies and what became of what was paid, in satang; `paid` is delivered and waiting."""

    received: int
    available: int
    committed: int
    delivered: int
    waiting: int
    width: float
    height: float = 0
    ribbons: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    words: dict[str, Words] = field(default_factory=dict)

    @property
    def paid(self) -> int:
        return self.delivered + self.waiting


_DESK = (1150, 220, 18)
_PHONE = (360, 16)
#: Room for a line of words beside a bar, and between two of them.
_LINE, _GAP = 46, 18


def flow_of_heights(*, received: int, available: int, committed: int, delivered: int, waiting: int) -> Flow:
    """The flow for a desk, from left to right: heights are true to the sum."""
    width, high, bar = _DESK
    flow = Flow(received, available, committed, delivered, waiting, width)
    if not received:
        return flow
    scale = high / received
    first, second = width * 0.4, width * 0.66
    down = float(8)
    flow.boxes.append(Box("received", 0, down, bar, high))
    flow.words["received"] = Words(bar + 16, down + max(40.0, available * scale * 0.5))
    left, right = down, down
    for kind, satang in (("available", available), ("committed", committed), ("paid", flow.paid)):
        if not satang:
            continue
        tall = satang * scale
        # What runs on to the right has its words above it.
        top = right + (_LINE if kind == "paid" else max(0.0, (_LINE - tall) / 2))
        flow.ribbons.append((kind, _across(bar, left, first, top, tall)))
        flow.boxes.append(Box(kind, first, top, bar, tall))
        at = top - 14 if kind == "paid" else top + tall / 2 + (0 if tall > 2 * _LINE else 9)
        flow.words[kind] = Words(first + (0 if kind == "paid" else bar + 16), at)
        left += tall
        right = max(top + tall, at + 14) + _GAP
    paid = next((box for box in flow.boxes if box.kind == "paid"), None)
    if paid is not None:
        right = max(right, _lay_handed(flow, paid, second, scale))
    flow.height = round(max(right - _GAP, down + high) + 8)
    return flow


def _lay_handed(flow: Flow, paid: Box, second: float, scale: float) -> float:
    left = right = paid.y
    for kind, satang in (("delivered", flow.delivered), ("waiting", flow.waiting)):
        if not satang:
            continue
        tall = satang * scale
        top = right + max(0.0, (_LINE - _GAP - tall) / 2)
        flow.ribbons.append(
            ("paid" if kind == "waiting" else kind, _across(paid.x + paid.width, left, second, top, tall))
        )
        flow.boxes.append(Box(kind, second, top, paid.width, tall))
        flow.words[kind] = Words(second + paid.width + 16, top + tall / 2 + 9)
        left += tall
        right = max(top + tall, top + tall / 2 + 14) + _GAP
    return right


def flow_of_widths(*, received: int, available: int, committed: int, delivered: int, waiting: int) -> Flow:
    """The flow for a telephone, from above: widths are true to the sum, the words stand beneath it."""
    width, bar = _PHONE
    flow = Flow(received, available, committed, delivered, waiting, width)
    if not received:
        return flow
    parts = [
        (kind, satang)
        for kind, satang in (("available", available), ("committed", committed), ("paid", flow.paid))
        if satang
    ]
    gap = 14
    scale = (width - gap * (len(parts) - 1)) / received
    start = (width - received * scale) / 2
    flow.boxes.append(Box("received", start, 0, received * scale, bar))
    middle, end = 84, 166
    left, across = start, 0.0
    for kind, satang in parts:
        wide = satang * scale
        flow.ribbons.append((kind, _down(bar, left, middle, across, wide)))
        flow.boxes.append(Box(kind, across, middle, wide, bar))
        if kind == "paid":
            _drop_handed(flow, across, middle + bar, end, scale)
        left += wide
        across += wide + gap
    flow.height = end + bar + 2 if flow.paid else middle + bar + 2
    return flow


def _drop_handed(flow: Flow, across: float, top: float, end: float, scale: float) -> None:
    wide = flow.delivered * scale
    # Apart as far as there is room, so that two parts are seen to be two.
    apart = min(18.0, across) if flow.delivered and flow.waiting else 0.0
    if flow.delivered:
        flow.ribbons.append(("delivered", _down(top, across, end, across - apart, wide)))
        flow.boxes.append(Box("delivered", across - apart, end, wide, 16))
    if flow.waiting:
        flow.ribbons.append(("paid", _down(top, across + wide, end, across + wide, flow.waiting * scale)))
        flow.boxes.append(Box("waiting", across + wide, end, flow.waiting * scale, 16))


def _across(x: float, y: float, to_x: float, to_y: float, tall: float) -> str:
    half = (x + to_x) / 2
    return (
        f"M{x:.1f} {y:.1f}C{half:.1f} {y:.1f} {half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}v{tall:.1f}"
        f"C{half:.1f} {to_y + tall:.1f} {half:.1f} {y + tall:.1f} {x:.1f} {y + tall:.1f}z"
    )


def _down(y: float, x: float, to_y: float, to_x: float, wide: float) -> str:
    half = (y + to_y) / 2
    return (
        f"M{x:.1f} {y:.1f}C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}h{wide:.1f}"
        f"C{to_x + wide:.1f} {half:.1f} {x + wide:.1f} {half:.1f} {x + wide:.1f} {y:.1f}z"
    )


@dataclass(frozen=True, slots=True)
class Column:
    """A month: what came in and what was paid, in satang. Across in hundredths of the width, heights in rem."""

    name: str
    received: int
    paid: int
    x: float
    width: float
    received_height: float
    paid_height: float


#: The tallest column, in rem; and how many months have room on a telephone.
_TALL, MONTHS_SHOWN = 10.0, 6


def columns(months: Sequence[tuple[str, int, int]]) -> list[Column]:
    """The newest months side by side, two columns each on one scale."""
    shown = months[-MONTHS_SHOWN:]
    top = max((sum_ for _, received, paid in shown for sum_ in (received, paid)), default=0) or 1
    step = 100 / MONTHS_SHOWN
    return [
        Column(
            name,
            received,
            paid,
            round(place * step + step * 0.1, 2),
            round(step * 0.37, 2),
            round(received / top * _TALL, 2),
            round(paid / top * _TALL, 2),
        )
        for place, (name, received, paid) in enumerate(shown)
    ]


#: A shirt of 28 × 27 units, drawn from where its collar begins; and the scarf in it.
_SHIRT = "l-6 3-3 7 4 2 2-3v15h16v-15l2 3 4-2-3-7-6-3c-1 2.6-2.5 4-5 4s-4-1.4-5-4z"
_SCARF = "c1 2.6 2.5 4 5 4s4-1.4 5-4l1 .6-6 10.5-6-10.5z"
_ACROSS, _DOWN = 30, 33
_MOST_SHIRTS = 100


@dataclass(frozen=True, slots=True)
class Shirts:
    """One shirt for `each` people: filled when they have it, an outline while it waits, dotted while it is wanted."""

    each: int
    width: int
    height: int
    #: kind → the path of all its shirts; kinds are delivered, scarf, waiting, wanted.
    paths: dict[str, str]


def shirts(*, delivered: int, waiting: int = 0, wanted: int = 0, across: int = 12) -> Shirts:
    """Up to a hundred people one by one; beyond that a shirt is ten of them, then a hundred."""
    each = 1
    while delivered + waiting + wanted > _MOST_SHIRTS * each:
        each *= 10
    # What is not a whole shirt yet is not drawn as one that was handed over.
    done = delivered // each
    done_and_waiting = (delivered + waiting) // each
    total = -(-(delivered + waiting + wanted) // each)
    paths: dict[str, str] = {}
    for place in range(total):
        kind = "delivered" if place < done else "waiting" if place < done_and_waiting else "wanted"
        x, y = place % across * _ACROSS + 10, place // across * _DOWN + 5
        paths[kind] = paths.get(kind, "") + f"M{x} {y}{_SHIRT}"
        if kind == "delivered":
            paths["scarf"] = paths.get("scarf", "") + f"M{x} {y}{_SCARF}"
    return Shirts(each, across * _ACROSS, max(1, -(-total // across)) * _DOWN, paths)


def shares(parts: Sequence[tuple[str, int]], whole: int) -> list[tuple[str, str, str]]:
    """Where each part of a sum lies in a bar as long as `whole`: (kind, x, width), in hundredths of the bar."""
    found = []
    before = 0
    for kind, part in parts:
        if part:
            found.append((kind, _share(before, whole), _share(part, whole)))
        before += part
    return found


def _share(part: int, whole: int) -> str:
    hundredths = part * 10_000 // whole if whole else 0
    return f"{hundredths // 100}.{hundredths % 100:02}%"
