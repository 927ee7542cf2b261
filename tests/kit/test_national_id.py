"""National and tax IDs: the check digit, the mask, and what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit import national_id
from app.kit.errors import BadInput
from app.kit.thai import thai_digits

#: A busy machine is no fault of the rule under test.
unhurried = settings(deadline=None)

#: Published examples: the identity-card article of Wikipedia and the DBD's notice on juristic numbers.
PERSON = "1234545678781"
COMPANY = "0105536112014"

persons = st.from_regex(r"\A[0-8][0-9]{11}\Z").map(national_id.with_check_digit)


@pytest.mark.parametrize(
    "written",
    [
        PERSON,
        "1-2345-45678-78-1",
        "1 2345 45678 78 1",
        " 1–2345–45678–78–1 ",
        "๑๒๓๔๕๔๕๖๗๘๗๘๑",
        "1234545678781\u200b",
    ],
)
def test_a_national_id_is_read_however_it_is_spaced(written):
    assert national_id.parse(written) == PERSON
    assert national_id.is_valid(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "123454567878",
        "12345456787811",
        "1234545678782",
        "123454567878X",
        "9234545678781",
        "१" * 13,
    ],
)
def test_what_is_not_a_national_id_is_refused_without_repeating_it(written):
    assert not national_id.is_valid(written)
    with pytest.raises(BadInput) as refusal:
        national_id.parse(written)
    assert "โปรด" in refusal.value.words
    assert not written or written not in refusal.value.words


def test_a_person_without_civil_status_has_a_number_that_begins_with_zero():
    assert national_id.parse("0-3300-00000-01-1"[:16] + national_id.with_check_digit("033000000001")[12])


@unhurried
@given(persons, st.integers(min_value=0, max_value=12), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_always_noticed_unless_the_digits_agree_modulo_eleven(number, place, shift):
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    weighted = sum(int(digit) * (13 - i) for i, digit in enumerate(wrong[:12]))
    assert national_id.is_valid(wrong) == (wrong[0] != "9" and (11 - weighted % 11) % 10 == int(wrong[12]))


@unhurried
@given(persons)
def test_a_number_survives_dashes_and_thai_digits(number):
    assert national_id.parse(national_id.dashed(number)) == number
    assert national_id.parse(thai_digits(national_id.dashed(number))) == number


@unhurried
@given(persons)
def test_a_masked_number_shows_its_last_three_digits_and_no_other(number):
    masked = national_id.mask(number)
    assert masked == f"x-xxxx-xxxxx-{number[-3:-1]}-{number[-1]}"
    assert len(masked) == len(national_id.dashed(number))


@pytest.mark.parametrize("show", [national_id.mask, national_id.dashed])
@pytest.mark.parametrize("wrong", ["", "123", "12345456787811", "123454567878x"])
def test_what_has_not_thirteen_digits_is_never_half_masked(show, wrong):
    with pytest.raises(ValueError, match="thirteen"):
        show(wrong)


def test_twelve_digits_call_for_their_thirteenth():
    assert national_id.with_check_digit(PERSON[:12]) == PERSON
    assert national_id.with_check_digit(COMPANY[:12]) == COMPANY
    with pytest.raises(ValueError, match="twelve"):
        national_id.with_check_digit(PERSON)


@pytest.mark.parametrize("written", [PERSON, COMPANY, "0-99-4-000-61772-1", "๐๑๐๕๕๓๖๑๑๒๐๑๔"])
def test_a_tax_id_may_be_a_persons_or_a_juristic_one(written):
    assert national_id.is_valid_tax_id(written)
    assert len(national_id.parse_tax_id(written)) == 13


@pytest.mark.parametrize("written", ["", "0105536112013", "9105536112014", "010553611201"])
def test_what_is_not_a_tax_id_is_refused(written):
    assert not national_id.is_valid_tax_id(written)
    with pytest.raises(BadInput, match="ผู้เสียภาษี"):
        national_id.parse_tax_id(written)
