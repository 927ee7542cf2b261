"""What of typed text is kept: all that people see, and nothing that they do not."""

import pytest

from app.kit import texts

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202eนายใจ ดีงาม", "นายใจ ดีงาม"),
        ("\u2066abc\u2069\u200f\u061c", "abc"),
        ("ก\x01ข\x7f\x9f", "กข"),
        ("นาย\u200bใจ\ufeff\u00ad\u2060", "นายใจ"),
        ("  นาย\tใจ\u00a0\n ดี\u2028งาม ", "นาย ใจ ดี งาม"),
        ("e\u0301", "\u00e9"),
        ("a\u200db\ufe0fc\u034f\u3164\U000e0101", "abc"),
        ("\ue000ก\ud800", "ก"),
    ],
    ids=["turned", "isolated", "control", "no width", "white", "composed", "ignorable", "private and half"],
)
def test_what_is_not_seen_is_left_out(typed: str, kept: str) -> None:
    assert texts.visible(typed) == kept


@pytest.mark.parametrize(
    "name",
    [
        "กลุ่มน้ำใจผู้ใหญ่เพื่อพี่น้อง ที่ ๑",
        "นายเกียรติ์ สิทธิ์",
        "บริษัท ก.ข.ค. (1989) จำกัด",
        "Zoë O’Brien",
        f"ทีม {FAMILY} \u2764\ufe0f\u200d\U0001f525",
    ],
)
def test_a_name_that_people_can_read_stays_as_it_is(name: str) -> None:
    assert texts.visible(name) == name
    assert texts.visible(texts.visible(name)) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("สําราญ", "สำราญ"),
        ("นํ้า", "น้ำ"),
        ("น้ํา", "น้ำ"),
        ("นำ้", "น้ำ"),
        ("น้้ำำ", "น้ำ"),
        ("เเก้ว เเละ ใจ", "แก้ว และ ใจ"),
        ("ท่ี", "ที่"),
        ("สิทธ์ิ", "สิทธิ์"),
        ("กุ่", "กุ่"),
        ("แก้้ว", "แก้ว"),
    ],
)
def test_what_looks_the_same_in_thai_is_kept_the_same(typed: str, kept: str) -> None:
    for written in (typed, f"\ufeff{typed[0]}\u200b{typed[1:]}\u00ad", kept):
        assert texts.canonical(written) == texts.visible(written) == kept
    assert texts.canonical(f"{FAMILY[0]} é") == f"{FAMILY[0]} \u00e9"


@pytest.mark.parametrize(
    "nothing", ["", " ", "\u200b", "\u202e\u200d", "\u3164", "\u0e48", "\ufe0f", "\u2800 \u00a0"]
)
def test_what_has_no_letter_of_its_own_is_empty(nothing: str) -> None:
    assert texts.visible(nothing) == ""
