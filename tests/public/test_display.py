"""How a reader sees the pages: letters and ground that they choose and keep."""

import pytest
from people import Cast, Person

pytestmark = pytest.mark.pages


def _html(person: Person, address: str) -> str:
    return person.visit(address).response.get_data(as_text=True)


def test_a_choice_holds_for_this_reader_on_every_page_and_for_no_other(cast: Cast) -> None:
    reader = cast.stranger
    assert 'data-size="normal" data-theme="system"' in _html(reader, "/")
    reader.send("/display", size="larger", theme="dark", back="/about")
    for address in ("/", "/about", "/give"):
        assert 'data-size="larger" data-theme="dark"' in _html(reader, address)
    assert 'data-size="normal" data-theme="system"' in _html(cast.kanya, "/")


@pytest.mark.parametrize(
    ("back", "then"),
    [("/about", "/about"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil", "/")],
)
def test_the_choice_goes_back_to_the_page_it_was_made_for_and_to_no_other_site(
    cast: Cast, back: str, then: str
) -> None:
    page = cast.stranger.send("/display", size="large", theme="light", back=back)
    assert page.response.request.path == then


def test_a_cookie_that_nobody_set_is_read_as_no_choice(cast: Cast) -> None:
    reader = cast.stranger
    reader.client.set_cookie("display", "huge.<b>")
    assert 'data-size="normal" data-theme="system"' in _html(reader, "/about")
