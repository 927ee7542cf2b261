"""Baht read from forms and written for people, never through a float."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit import money
from app.kit.errors import BadInput
from app.kit.money import MOST_SATANG, baht_in_words, format_baht, parse_baht, short_baht
from app.kit.thai import thai_digits

#: A busy machine is no fault of the rule under test.
unhurried = settings(deadline=None)


@pytest.mark.parametrize(
    ("typed", "satang"),
    [
        ("1", 100),
        ("0.01", 1),
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("12,345,678.90", 1234567890),
        ("๑,๒๓๔.๕๐", 123450),
        ("  500  ", 50000),
        ("\u00a0500\u200b", 50000),
        ("฿500", 50000),
        ("฿ 1,500.25", 150025),
        ("500 บาท", 50000),
        ("๕๐๐บาท", 50000),
        ("500฿", 50000),
        ("999,999,999,999.99", MOST_SATANG),
    ],
)
def test_what_a_person_types_as_baht_becomes_satang(typed, satang):
    assert parse_baht(typed) == satang


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "ยังไม่ได้ใส่"),
        ("   ", "ยังไม่ได้ใส่"),
        ("บาท", "ยังไม่ได้ใส่"),
        ("1.234", "สองตำแหน่ง"),
        ("1,234.567", "สองตำแหน่ง"),
        ("-5", "เครื่องหมาย"),
        ("+5", "เครื่องหมาย"),
        ("−5", "เครื่องหมาย"),
        ("1,23", "จุลภาค"),
        ("12,34,567", "จุลภาค"),
        ("1234,567", "จุลภาค"),
        ("1,234,", "จุลภาค"),
        (",123", "จุลภาค"),
        ("nan", "อ่านจำนวนเงินไม่ได้"),
        ("inf", "อ่านจำนวนเงินไม่ได้"),
        ("1e3", "อ่านจำนวนเงินไม่ได้"),
        ("1_000", "อ่านจำนวนเงินไม่ได้"),
        ("0x10", "อ่านจำนวนเงินไม่ได้"),
        ("5.", "อ่านจำนวนเงินไม่ได้"),
        (".5", "อ่านจำนวนเงินไม่ได้"),
        ("1 000", "อ่านจำนวนเงินไม่ได้"),
        ("฿500บาท", "อ่านจำนวนเงินไม่ได้"),
        ("１２３", "อ่านจำนวนเงินไม่ได้"),
        ("५००", "อ่านจำนวนเงินไม่ได้"),
        ("9" * 5000, "อ่านจำนวนเงินไม่ได้"),
        ("1000000000000", "มากเกินไป"),
        ("0", "ศูนย์"),
        ("0.00", "ศูนย์"),
    ],
)
def test_what_is_not_a_sum_of_baht_is_refused_with_advice(typed, advice):
    with pytest.raises(BadInput) as refusal:
        parse_baht(typed)
    assert advice in refusal.value.words
    assert "โปรด" in refusal.value.words


def test_zero_is_taken_only_where_the_form_says_so():
    assert parse_baht("0.00", allow_zero=True) == 0
    with pytest.raises(BadInput):
        parse_baht("", allow_zero=True)


@unhurried
@given(st.integers(min_value=1, max_value=MOST_SATANG))
def test_every_sum_survives_being_written_and_read(satang):
    assert parse_baht(format_baht(satang)) == satang
    assert parse_baht(format_baht(satang, always_decimals=False)) == satang
    assert parse_baht(thai_digits(format_baht(satang)) + " บาท") == satang


@unhurried
@given(st.text(max_size=80))
def test_any_text_is_either_a_positive_sum_or_refused(text):
    try:
        assert 0 < parse_baht(text) <= MOST_SATANG
    except BadInput as refusal:
        assert refusal.words


@pytest.mark.parametrize(
    ("satang", "figures", "shorter"),
    [
        (0, "0.00", "0"),
        (5, "0.05", "0.05"),
        (123450, "1,234.50", "1,234.50"),
        (123400, "1,234.00", "1,234"),
        (-123450, "-1,234.50", "-1,234.50"),
        (-5, "-0.05", "-0.05"),
        (9_007_199_254_740_993, "90,071,992,547,409.93", "90,071,992,547,409.93"),
    ],
)
def test_baht_in_figures_group_thousands_and_keep_every_satang(satang, figures, shorter):
    assert format_baht(satang) == figures
    assert format_baht(satang, always_decimals=False) == shorter


@pytest.mark.parametrize(
    ("satang", "shown"),
    [
        (99_999_999, "999,999.99"),
        (100_000_000, "1 ล้าน"),
        (123_456_789, "1.23 ล้าน"),
        (150_000_000, "1.5 ล้าน"),
        (105_000_000, "1.05 ล้าน"),
        (199_999_999, "1.99 ล้าน"),
        (123_456_789_012_345, "1,234,567.89 ล้าน"),
        (-123_456_789, "-1.23 ล้าน"),
        (50_000, "500"),
    ],
)
def test_big_figures_are_cut_and_never_rounded_up(satang, shown):
    assert short_baht(satang) == shown


@pytest.mark.parametrize(
    ("satang", "words"),
    [
        (0, "ศูนย์บาทถ้วน"),
        (1, "หนึ่งสตางค์"),
        (25, "ยี่สิบห้าสตางค์"),
        (67, "หกสิบเจ็ดสตางค์"),
        (101, "หนึ่งบาทหนึ่งสตางค์"),
        (100, "หนึ่งบาทถ้วน"),
        (1000, "สิบบาทถ้วน"),
        (1100, "สิบเอ็ดบาทถ้วน"),
        (1111, "สิบเอ็ดบาทสิบเอ็ดสตางค์"),
        (2000, "ยี่สิบบาทถ้วน"),
        (2100, "ยี่สิบเอ็ดบาทถ้วน"),
        (10100, "หนึ่งร้อยเอ็ดบาทถ้วน"),
        (11000, "หนึ่งร้อยสิบบาทถ้วน"),
        (12100, "หนึ่งร้อยยี่สิบเอ็ดบาทถ้วน"),
        (31710, "สามร้อยสิบเจ็ดบาทสิบสตางค์"),
        (100_100, "หนึ่งพันเอ็ดบาทถ้วน"),
        (250_100, "สองพันห้าร้อยเอ็ดบาทถ้วน"),
        (6314789, "หกหมื่นสามพันหนึ่งร้อยสี่สิบเจ็ดบาทแปดสิบเก้าสตางค์"),
        (100_000_000, "หนึ่งล้านบาทถ้วน"),
        (100_000_100, "หนึ่งล้านเอ็ดบาทถ้วน"),
        (1_100_000_150, "สิบเอ็ดล้านเอ็ดบาทห้าสิบสตางค์"),
        (50_174_122_100, "ห้าร้อยเอ็ดล้านเจ็ดแสนสี่หมื่นหนึ่งพันสองร้อยยี่สิบเอ็ดบาทถ้วน"),
        (100_000_000_000_000, "หนึ่งล้านล้านบาทถ้วน"),
        (200_000_000_000_099, "สองล้านล้านบาทเก้าสิบเก้าสตางค์"),
        (100_000_100_000_100, "หนึ่งล้านเอ็ดล้านเอ็ดบาทถ้วน"),
        (-10100, "ลบหนึ่งร้อยเอ็ดบาทถ้วน"),
        (-1, "ลบหนึ่งสตางค์"),
    ],
)
def test_baht_in_words_as_the_royal_society_reads_them(satang, words):
    assert baht_in_words(satang) == words


@unhurried
@given(st.integers(min_value=0, max_value=10**17), st.integers(min_value=0, max_value=10**17))
def test_two_sums_never_share_their_words(satang, other):
    assert (baht_in_words(satang) == baht_in_words(other)) == (satang == other)


def test_the_file_of_money_knows_no_float_and_no_division_that_makes_one():
    tree = ast.parse(Path(money.__file__).read_text())
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Div), "a division makes floats"
        assert not (isinstance(node, ast.Name) and node.id in {"float", "round"})
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
