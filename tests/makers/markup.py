"""What a test reads in a page: whether it parses strictly, its forms and its links."""

import hashlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import html5lib

_WORDS = re.compile(r">[^<&]*[^<&\s][^<&]*<")
_VALUES = re.compile(r'="[^"&<>]*"')
_SPACES = re.compile(r"\s+")


class _Parsed:
    """What was found to parse, without its words: whatever has the same tags and attributes parses as well.

    The workers of a run tell each other in a file that each adds to; parsing strictly takes longer than making the page.
    """

    def __init__(self) -> None:
        self.file: Path | None = None
        self._known: set[bytes] = set()
        self._read = 0

    @staticmethod
    def _mark(bones: str) -> bytes:
        return hashlib.blake2b(bones.encode(), digest_size=16).hexdigest().encode()

    def __contains__(self, bones: str) -> bool:
        mark = self._mark(bones)
        if mark not in self._known and self.file and self.file.exists():
            with self.file.open("rb") as told:
                told.seek(self._read)
                whole = told.read()
            marks = whole.split(b"\n")[:-1]
            self._read += sum(len(each) + 1 for each in marks)
            self._known.update(marks)
        return mark in self._known

    def add(self, bones: str) -> None:
        mark = self._mark(bones)
        self._known.add(mark)
        if self.file:
            # In one write: those of several workers never mix.
            with self.file.open("ab", buffering=0) as telling:
                telling.write(mark + b"\n")


parsed = _Parsed()


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
        if bones not in parsed:
            html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(part)
            parsed.add(bones)


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
