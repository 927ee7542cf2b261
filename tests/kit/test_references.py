"""Reference codes: every slip of the hand is caught."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import references
from app.kit.references import ALPHABET, is_valid, make, normalise

codes = st.builds(lambda year, seed: make(year, random.Random(seed)), st.integers(2565, 2699), st.integers())


def test_the_alphabet_has_no_letters_that_look_alike():
    assert len(set(ALPHABET)) == 30
    assert not set(ALPHABET) & set("0O1ILU")


def test_a_code_names_its_year_and_fits_a_banks_reference():
    code = make(2569, random.Random(1))
    assert code.startswith("F69")
    assert len(code) == 11
    assert set(code[3:]) <= set(ALPHABET)
    assert is_valid(code)


def test_codes_of_the_system_s_chance_do_not_repeat():
    assert len({make(2569) for _ in range(500)}) == 500


@given(codes)
def test_every_code_that_is_made_is_valid(code):
    assert is_valid(code)


@given(codes)
def test_every_single_wrong_character_is_caught(code):
    for at in range(len(code)):
        for other in set(string.printable + "๐๑") - {code[at]}:
            assert not is_valid(code[:at] + other + code[at + 1 :])


@given(codes)
def test_every_two_neighbours_changed_about_are_caught(code):
    for at in range(len(code) - 1):
        if code[at] != code[at + 1]:
            assert not is_valid(code[:at] + code[at + 1] + code[at] + code[at + 2 :])


@pytest.mark.parametrize("kept", range(10))
def test_a_short_or_long_code_is_not_valid(kept):
    code = make(2569, random.Random(2))
    assert not is_valid(code[: kept + 1])
    assert not is_valid(code + code[kept])


def test_the_check_is_the_standards_and_not_only_the_shape(monkeypatch):
    code = make(2569, random.Random(3))
    wrong = code[:-1] + next(letter for letter in ALPHABET if letter != code[-1])
    assert references._SHAPE.fullmatch(wrong)
    assert not is_valid(wrong)


@given(codes)
def test_what_people_type_is_made_canonical(code):
    thai = code.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert normalise(f" {thai[:3]}-{thai[3:7].lower()} {thai[7:]}\n") == code
    assert normalise(code) == code
