"""English: every sentence that a page says has it, and a reader who chose it gets it where there is one."""

import catalogue
import pytest
from people import Cast

from app.kit import english, language

pytestmark = pytest.mark.pages


def _texts() -> dict[str, str]:
    return {str(message.id): str(message.string) for message in catalogue.kept() if message.id}


def test_every_sentence_of_a_page_has_its_english_and_no_other_is_kept() -> None:
    lacking = [message.id for message in catalogue.kept() if message.id and not all(_each(message.string))]
    said = {str(message.id) for message in catalogue.said() if message.id}
    assert said - set(_texts()) == set(), "python tests/makers/catalogue.py adds them; write their English"
    assert lacking == [], "write their English"
    assert set(_texts()) - said == set(), "python tests/makers/catalogue.py takes them out"


def _each(string: object) -> tuple[object, ...]:
    return string if isinstance(string, tuple) else (string,)


def test_what_stands_in_a_sentence_stands_in_its_english() -> None:
    wrong = [
        message.id
        for message in catalogue.kept()
        if message.id
        for text in _each(message.string)
        if catalogue.names(str(text)) - catalogue.names(str(message.id))
    ]
    assert wrong == []


def test_a_reader_who_chose_english_keeps_it_and_what_the_browser_prefers_switches_nothing(
    cast: Cast,
) -> None:
    reader = cast.stranger
    preferring = reader.client.get("/display", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="th"' in preferring
    page = reader.visit("/language/en?back=/display")
    assert page.response.request.path == "/display"
    assert '<html lang="en"' in page.text
    assert "Size of letters" in page.main
    assert "There is no such page" in reader.visit("/nowhere", status=404).main
    reader.send("/display", size="large", theme="dark")
    assert '<html lang="en" data-size="large" data-theme="dark"' in reader.visit("/sign-in").text
    assert '<html lang="th"' in reader.visit("/language/th?back=/sign-in").text


def test_a_page_without_english_stays_thai_and_so_does_what_comes_after(cast: Cast) -> None:
    kanya = cast.kanya.sign_in()
    assert '<html lang="th"' in kanya.visit("/language/en?back=/bank").text
    assert language.spoken() == "th"


def test_fields_refuse_in_the_language_of_their_page(cast: Cast) -> None:
    reader = cast.stranger
    assert "กรุณากรอกช่องนี้" in reader.send("/sign-in", sign_in_name="", to_status=422).main
    reader.visit("/language/en")
    assert "This field is required." in reader.send("/sign-in", sign_in_name="", to_status=422).main


@pytest.mark.parametrize(
    ("satang", "words"),
    [
        (10_150, "one hundred and one baht and fifty satang"),
        (200_000, "two thousand baht"),
        (123_456_700, "one million two hundred and thirty-four thousand five hundred and sixty-seven baht"),
        (5, "five satang"),
    ],
)
def test_a_sum_is_written_in_english_words(satang: int, words: str) -> None:
    assert english.baht_in_words(satang) == words
