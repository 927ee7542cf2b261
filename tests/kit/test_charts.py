import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from app.kit import charts
from app.kit.charts import Bar, Step

EVIL = '<script>alert("x")</script>&\'"'


def parsed(markup):
    return ET.fromstring(str(markup))


def every_chart(words=EVIL):
    yield charts.bars([Bar(words, 3, words, target=5)], label=words)
    yield charts.stacked([Bar(words, 3, words, kind="paid")], label=words)
    yield charts.steps([Step(words, words, "done"), Step(words, words, "now"), Step(words)], label=words)


@pytest.mark.parametrize("number", range(3))
def test_words_from_outside_stay_words(number):
    drawn = list(every_chart())[number]
    assert "<script" not in drawn
    assert EVIL in "".join(parsed(drawn).itertext())


@pytest.mark.parametrize("number", range(3))
def test_a_chart_holds_no_style_script_or_handler(number):
    for element in parsed(list(every_chart("ก"))[number]).iter():
        assert element.tag not in {"style", "script", "foreignObject", "image"}
        assert not [
            name for name in element.attrib if name == "style" or name.startswith("on") or "href" in name
        ]


@pytest.mark.parametrize("number", range(3))
def test_a_chart_is_one_picture_that_says_its_name_and_figures(number):
    pictures = [e for e in parsed(list(every_chart("ก๑"))[number]).iter() if e.get("role") == "img"]
    assert len(pictures) == 1
    assert pictures[0].get("aria-label").startswith("ก๑: ก๑")


def test_every_class_a_chart_uses_has_its_rule():
    css = (Path(charts.__file__).parents[1] / "static" / "app.css").read_text(encoding="utf-8")
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", css)) | {"bar", "label", "chart-bars", "chart-stacked"}
    known |= {"chart-steps"}
    for drawn in every_chart("ก"):
        for element in parsed(drawn).iter():
            assert set((element.get("class") or "").split()) <= known


def test_bars_share_one_scale_and_a_target_belongs_to_it():
    drawn = parsed(
        charts.bars([Bar("ก", 50, "50", target=200), Bar("ข", 100, "100"), Bar("ค", 0, "0")], label="x")
    )
    assert [r.get("width") for r in drawn.iter("rect") if "bar" in r.get("class")] == [
        "25.00%",
        "50.00%",
        "0.00%",
    ]
    assert [line.get("x1") for line in drawn.iter("line")] == ["100.00%"]


def test_words_and_figures_that_one_line_of_a_phone_cannot_hold_stand_on_two():
    def lines(*bars: Bar) -> list[str | None]:
        return [
            text.get("y")
            for text in parsed(charts.bars(bars, label="x")).iter()
            if text.get("y") and text.text
        ]

    # Marks above and below take no room: this label is sixteen letters wide, not twenty-one.
    assert lines(Bar("เครือข่ายระดับจังหวัด", 1, "1,234 บาท")) == ["1rem", "1rem"]
    assert lines(Bar("เครือข่ายระดับจังหวัด", 1, "1,234 จาก 422,000 บาท"), Bar("ข", 1, "1")) == [
        "1.0rem",
        "2.25rem",
        "5.25rem",
        "6.5rem",
    ]


def test_bars_of_nothing_at_all_have_no_length():
    drawn = parsed(charts.bars([Bar("ก", 0, "0")], label="x"))
    assert [r.get("width") for r in drawn.iter("rect") if "bar" in r.get("class")] == ["0.00%"]
    assert parsed(charts.bars([], label="ว่าง")).get("aria-label") == "ว่าง"


def test_amounts_beyond_what_a_float_can_hold_are_drawn_right():
    big = 9_007_199_254_740_993
    drawn = parsed(charts.bars([Bar("ก", big, ""), Bar("ข", big // 2, "")], label="x"))
    assert [r.get("width") for r in drawn.iter("rect") if "bar" in r.get("class")] == ["100.00%", "49.99%"]


def test_a_negative_value_cannot_be_drawn():
    with pytest.raises(ValueError, match="ก"):
        charts.bars([Bar("ก", -1, "-1")], label="x")
    with pytest.raises(ValueError, match="less than nothing"):
        charts.stacked([Bar("ก", -1, "-1")], label="x")


def test_parts_follow_each_other_and_fill_the_whole():
    drawn = parsed(
        charts.stacked(
            [
                Bar("คงเหลือ", 50, "50", kind="available"),
                Bar("ผูกพัน", 0, "0", kind="committed"),
                Bar("จ่ายแล้ว", 150, "150", kind="paid"),
            ],
            label="เงินที่ได้รับ",
        )
    )
    parts = [(r.get("x"), r.get("width")) for r in drawn.iter("rect") if r.find("title") is not None]
    assert parts == [("0.00%", "25.00%"), ("25.00%", "75.00%")]
    assert "".join(drawn.itertext()).count("ผูกพัน") == 1


@pytest.mark.parametrize("kind", ["Paid", "a b", 'x"', "", "1a"])
def test_a_kind_that_is_no_class_name_is_refused(kind):
    with pytest.raises(ValueError, match="class name"):
        charts.bars([Bar("ก", 1, "1", kind=kind)], label="x")


def test_a_way_says_its_states_in_words_and_shapes():
    drawn = parsed(
        charts.steps([Step("โอน", "", "done"), Step("อนุมัติ", "", "now"), Step("มอบ")], label="ทางของเงิน")
    )
    assert drawn.get("aria-label") == "ทางของเงิน: โอน เสร็จแล้ว, อนุมัติ กำลังดำเนินการ, มอบ ยังไม่ถึง"
    assert len([p for p in drawn.iter("path") if p.get("class") == "tick"]) == 1
    assert len([c for c in drawn.iter("circle") if c.get("class") == "dot"]) == 1
    assert [line.get("class") for line in drawn.iter("line")] == ["thread done", "thread next"]
