"""What a test reads in a page: whether it parses strictly, its forms and its links."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import html5lib

#: What was found to parse, without its words: whatever has the same tags and attributes parses as well.
_parsed: set[str] = set()
_WORDS = re.compile(r">[^<&]*[^<&\s][^<&]*<")
_VALUES = re.compile(r'="[^"&<>]*"')
_SPACES = re.compile(r"\s+")


def must_parse(text: str) -> None:
    """Raises html5lib's ParseError for a page whose HTML is not what it should be."""
    own = re.search(r"<main\b.*</main>", text, flags=re.DOTALL)
    # Most pages of a person share all but their own part.
    parts = [text]
    if own:
        around = f"{text[: own.start()]}<main></main>{text[own.end() :]}"
        parts = [around, f"<!doctype html><title>-</title>{own.group()}"]
    for part in parts:
        bones = _SPACES.sub(" ", _VALUES.sub('=""', _WORDS.sub(">x<", part)))
        if bones not in _parsed:
            html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(part)
            _parsed.add(bones)


@dataclass
class FoundField:
    """A field of a form as the page has it. `values` are those that a select offers, `chosen` the one it comes with."""

    tag: str
    name: str
    kind: str
    value: str | None
    checked: bool
    values: list[str] = field(default_factory=list)
    chosen: str | None = None


@dataclass
class FoundForm:
    action: str
    method: str
    fields: list[FoundField] = field(default_factory=list)


class _Reader(HTMLParser):
    """Forms and their fields in order. Far quicker than a tree of the page, and forms stand in no other form."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[FoundForm] = []
        self.inside = self.writing = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(FoundForm(told.get("action", ""), told.get("method", "get").lower()))
            self.inside = True
        elif not self.inside:
            return
        elif tag in ("input", "select", "textarea", "button"):
            self.writing = tag == "textarea"
            value = "" if self.writing else told.get("value")
            self.forms[-1].fields.append(
                FoundField(tag, told.get("name", ""), told.get("type", "text"), value, "checked" in told)
            )
        elif tag == "option":
            choice, value = self.forms[-1].fields[-1], told.get("value", "")
            choice.values.append(value)
            if choice.chosen is None or "selected" in told:
                choice.chosen = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self.writing = False

    def handle_data(self, data: str) -> None:
        if self.inside and self.writing:
            written = self.forms[-1].fields[-1]
            # The first line break after the tag is no part of what is written.
            written.value = f"{written.value}{data}" if written.value else data.removeprefix("\n")


def forms_of(text: str) -> list[FoundForm]:
    """All forms of a page, each with the fields that have a name."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    for form in reader.forms:
        form.fields = [found for found in form.fields if found.name]
    return reader.forms
