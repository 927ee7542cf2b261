"""Phrases that no line of a title breaks."""

import pytest
from markupsafe import Markup

from app.kit import phrases

whole = phrases.keeper(["จังหวัดศรีสะเกษ"])


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("ชุดลูกเสือ–เนตรนารี 67 คน", ["ลูกเสือ", "เนตรนารี", "67 คน"]),
        (
            "กองทุนขจัดความยากจนและลดความเหลื่อมล้ำจังหวัดศรีสะเกษ",
            ["กองทุนขจัดความยากจน", "และลดความเหลื่อมล้ำ", "จังหวัดศรีสะเกษ"],
        ),
        ("ประชุม 11 ธันวาคม 2569 เวลา 13.30 น.", ["11 ธันวาคม 2569", "13.30 น."]),
        ("แก้ไขคำขอ AR-2570-0005", ["AR-2570-0005"]),
    ],
)
def test_names_and_figures_with_their_unit_stay_in_one_piece(title: str, kept: list[str]) -> None:
    html = whole(title)
    assert [piece.split("</span>")[0] for piece in html.split('<span class="nb">')[1:]] == kept
    assert Markup(html).striptags() == title


def test_what_was_typed_is_escaped_and_tags_are_left_alone() -> None:
    assert whole("<b>ลูกเสือ") == '&lt;b&gt;<span class="nb">ลูกเสือ</span>'
    assert whole(Markup('<span title="ลูกเสือ">x</span>')) == '<span title="ลูกเสือ">x</span>'
