"""Which language a page is in: the Thai that stands in the code, or the English of `translations/`.

A Thai sentence is its own key. Whoever writes a page wraps it, `_("ให้เพื่อ")`; what has no English text stays Thai.
Rules may say what they refuse through here as well: nothing of this knows of a request. What is kept or sent is Thai. docs/how-to/translate.md says more.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from markupsafe import Markup, escape

from app.kit import english, thai
from app.kit.injected import Injected

#: Of names that stand in data, and so in no catalogue, the English ones: of places, dimensions, things, bodies.
NAMES: Injected[Callable[[], Mapping[str, str]]] = Injected("English of names")
CATALOGUES = Path(__file__).parents[2] / "translations"
#: What a reader may choose, each by its own name.
LANGUAGES = {"th": "ไทย", "en": "English"}

View = TypeVar("View", bound=Callable[..., Any])

#: A letter or vowel of Thai; the sign of the baht is everybody's.
_THAI = re.compile("[\u0e01-\u0e3a\u0e40-\u0e5b]")

_spoken: ContextVar[str] = ContextVar("language", default="th")


def spoken() -> str:
    """The language of what is being written: "th", unless a page in English is."""
    return _spoken.get()


def use(code: str) -> None:
    """Go on in a language."""
    _spoken.set(code if code in LANGUAGES else "th")


@contextmanager
def in_thai() -> Iterator[None]:
    """Write something in Thai, whatever its reader's pages are in: what is kept or sent."""
    before = _spoken.set("th")
    try:
        yield
    finally:
        _spoken.reset(before)


def in_english(view: View) -> View:
    """Declare that a view's page has its English: readers who chose it get it. All other pages are Thai."""
    view.in_english = True  # type: ignore[attr-defined]
    return view


def has_english(app: Flask, endpoint: str | None) -> bool:
    """Whether a page has its English; what no page was found for is answered in it."""
    return endpoint is None or hasattr(app.view_functions.get(endpoint), "in_english")


def marked(text: str) -> str:
    """A sentence that is said later, by `gettext(…)` of what holds it: here it is only found for the catalogue."""
    return text


def gettext(text: str, **values: object) -> str:
    """The sentence in the language that is spoken, with what stands in it as %(name)s."""
    found = _english().get((text, 0), text) if spoken() == "en" else text
    return found % values if values else found


def translated(text: str) -> str:
    """Words that a page was given, a name or others, in its language: what has no English stays as it is."""
    return text if isinstance(text, Markup) else named(gettext(str(text)))


def ngettext(one_of_it: str, several: str, number: int, **values: object) -> str:
    """The same for what is counted, which stands in it as %(num)s: in Thai it reads alike whatever the number."""
    return form_of(one_of_it, several, number) % {"num": number, **values}


def form_of(one_of_it: str, several: str, number: int) -> str:
    """The sentence for so many, with its places still empty."""
    if spoken() == "th":
        return several
    return _english().get((one_of_it, 0 if number == 1 else 1), several)


@cache
def _english() -> dict[tuple[str, int], str]:
    return catalogue("en", "messages")


@cache
def form_words(code: str) -> dict[tuple[str, int], str]:
    """What WTForms says of a field, by its English: it has no Thai of its own."""
    return catalogue("th", "wtforms") if code == "th" else {}


def catalogue(code: str, domain: str) -> dict[tuple[str, int], str]:
    """What a catalogue says for each sentence and number: 0 for it alone and for one of it, 1 for several."""
    # Read when first asked for: who reads Thai waits for nothing.
    from babel.messages.pofile import read_po

    texts_of: dict[tuple[str, int], str] = {}
    with (CATALOGUES / code / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        for message in read_po(file, locale=code):
            texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
            key = message.id if isinstance(message.id, str) else message.id[0]
            texts_of.update({(key, number): text for number, text in enumerate(texts) if key and text})
    return texts_of


def named(name: str) -> str:
    """A name in the language of the page; what has no English one stays Thai."""
    return NAMES.get()().get(name, name) if spoken() == "en" and _THAI.search(name) else name


def thai_words(text: str) -> str | Markup:
    """A name on a page: in English its English one; without one it stays Thai, marked for who has it read aloud."""
    if not isinstance(text, Markup):
        text = named(str(text))
    if spoken() == "th" or not _THAI.search(text):
        return text
    return Markup('<span lang="th">') + escape(text) + Markup("</span>")


def short_date(on: date) -> str:
    """`27 พ.ย. 69` or `27 Nov 2026`."""
    return english.short_date(on) if spoken() == "en" else thai.short_date(on)


def long_date(on: date) -> str:
    """`27 พฤศจิกายน 2569` or `27 November 2026`."""
    return english.long_date(on) if spoken() == "en" else thai.long_date(on)


def day_in_words(on: date) -> str:
    """`วันศุกร์ที่ 27 พฤศจิกายน 2569` or `Friday 27 November 2026`."""
    return f"{on:%A} {english.long_date(on)}" if spoken() == "en" else thai.day_in_words(on)


def month_year(on: date) -> str:
    """`พฤศจิกายน 2569` or `November 2026`."""
    return english.month_year(on) if spoken() == "en" else thai.month_year(on)


def short_months() -> tuple[str, ...]:
    """The twelve months as a chart writes them."""
    return english.SHORT_MONTHS if spoken() == "en" else thai.SHORT_MONTHS


def moment_text(at: datetime) -> str:
    """`27 ม.ค. 65 13.30 น.` or `27 Jan 2022 13:30`."""
    return f"{short_date(at)} {time_text(at)}"


def time_text(at: datetime) -> str:
    """`13.30 น.` or `13:30`."""
    return english.time_text(at) if spoken() == "en" else thai.time_text(at)
