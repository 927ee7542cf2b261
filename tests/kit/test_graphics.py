"""Graphics and maps: where the parts of a drawing lie, true to the figures."""

import itertools
import re

import pytest

from app.kit import graphics, maps

SUMS = {"received": 29_203_850, "available": 22_724_350, "committed": 1_440_000, "delivered": 3_200_000}
SUMS["waiting"] = SUMS["received"] - sum(list(SUMS.values())[1:])


def square(code, left, bottom, size=1.0):
    right, top = left + size, bottom + size
    ring = [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]
    about = {"code": code, "name_th": code, "label_lon": left + size / 2, "label_lat": bottom + size / 2}
    return {"properties": about, "geometry": {"type": "Polygon", "coordinates": [ring]}}


@pytest.mark.parametrize(
    ("draw", "side"), [(graphics.flow_of_heights, "height"), (graphics.flow_of_widths, "width")]
)
def test_a_flow_is_true_to_the_baht(draw, side):
    flow = draw(**SUMS)
    boxes = {box.kind: getattr(box, side) for box in flow.boxes}
    for kind in ("available", "committed", "delivered", "waiting"):
        assert boxes[kind] / boxes["received"] == pytest.approx(SUMS[kind] / SUMS["received"])
    assert boxes["paid"] == pytest.approx(boxes["delivered"] + boxes["waiting"])
    assert all(box.x >= 0 and box.x + box.width <= flow.width + 0.01 for box in flow.boxes)
    assert all(box.y + box.height <= flow.height for box in flow.boxes)


@pytest.mark.parametrize("committed", [0, 1, 5_000_000, 29_000_000])
def test_words_of_a_flow_never_lie_upon_each_other(committed):
    rest = SUMS["received"] - committed
    flow = graphics.flow_of_heights(
        received=SUMS["received"],
        available=rest // 2,
        committed=committed,
        delivered=rest - rest // 2 - 1,
        waiting=1,
    )
    for kinds in (("available", "committed", "paid"), ("delivered", "waiting")):
        heights = [flow.words[kind].y for kind in kinds if kind in flow.words]
        assert all(later - earlier >= 26 for earlier, later in itertools.pairwise(heights))


def test_a_fund_without_money_has_an_empty_flow():
    nothing = dict.fromkeys(SUMS, 0)
    assert graphics.flow_of_heights(**nothing).boxes == graphics.flow_of_widths(**nothing).boxes == []


def test_months_stand_on_one_scale():
    first, second = graphics.columns([("ต.ค.", 100, 50), ("พ.ย.", 0, 25)])
    assert (first.received_height, first.paid_height) == (10, 5)
    assert (second.received_height, second.paid_height) == (0, 2.5)


def test_a_shirt_is_one_person_and_beyond_a_hundred_ten():
    drawn = graphics.shirts(delivered=41, waiting=26, wanted=28)
    assert drawn.each == 1
    counts = {kind: path.count("M") for kind, path in drawn.paths.items()}
    assert counts == {"delivered": 41, "scarf": 41, "waiting": 26, "wanted": 28}
    many = graphics.shirts(delivered=419, waiting=200, wanted=5)
    assert many.each == 10
    assert {kind: path.count("M") for kind, path in many.paths.items()} == {
        "delivered": 41,
        "scarf": 41,
        "waiting": 20,
        "wanted": 2,
    }


def test_what_is_withheld_has_no_number_and_what_waits_is_only_where_nothing_is_told():
    areas = maps.lay([square(c, n, 0) for n, c in enumerate("abcd")], {"a": 3, "b": None}, waiting={"a", "c"})
    assert [(area.state, area.number) for area in areas.areas] == [
        ("done", 3),
        ("few", None),
        ("waiting", 0),
        ("none", 0),
    ]


def test_north_is_up_and_a_degree_east_is_narrower_than_a_degree_north():
    drawn = maps.lay([square("a", 104, 59.5)], {})
    assert drawn.height == pytest.approx(2 * drawn.width, rel=0.05)
    moves = [tuple(map(int, step)) for step in re.findall(r"(-?\d+) (-?\d+)", drawn.areas[0].path)]
    assert moves[1][0] > 0 == moves[1][1] and moves[2][1] < 0


def test_holes_and_islands_are_part_of_their_area():
    lake = square("a", 0, 0, 4)
    lake["geometry"]["coordinates"].append([[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]])
    island = square("b", 5, 0)
    island["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [square("", x, 0)["geometry"]["coordinates"] for x in (5, 7)],
    }
    assert [area.path.count("M") for area in maps.lay([lake, island], {}).areas] == [2, 2]
    assert maps.lay([], {}) is None
