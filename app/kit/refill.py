"""Refilling: what was typed into a form is put back into the page that has it, whoever wrote that page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import accumulate
from urllib.parse import urljoin, urlsplit

from markupsafe import escape

Attributes = dict[str, str | None]

#: What a person does not type: the page's own word is truer than what was sent.
_NOT_TYPED = frozenset({"hidden", "password", "file", "submit", "button", "image", "reset"})
#: Fields that are fresh in every form: nothing of what a person said.
FRESH = frozenset({"csrf_token", "kept", "deed_key"})


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag where it stands in the page."""

    name: str
    attributes: Attributes
    start: int
    end: int
    #: Of an option: its list.
    within: "_Tag | None" = None


@dataclass(slots=True)
class _Form:
    tag: _Tag
    #: The parts of the page that fold it away.
    folds: list[_Tag]
    controls: list[_Tag] = field(default_factory=list)

    def names(self) -> set[str]:
        return {tag.attributes.get("name") or "" for tag in self.controls} - {""}

    def hidden(self) -> dict[str, str]:
        return {
            tag.attributes.get("name") or "": tag.attributes.get("value") or ""
            for tag in self.controls
            if tag.attributes.get("type") == "hidden"
        }


class _Reader(HTMLParser):
    """The forms of a page and the places of their controls."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._lines = [0, *accumulate(len(line) + 1 for line in page.split("\n"))]
        self.forms: list[_Form] = []
        self._open: _Form | None = None
        self._folds: list[_Tag] = []
        self._list: _Tag | None = None
        self._area: _Tag | None = None
        #: Where the text of each text area begins and ends.
        self.areas: dict[int, tuple[int, int]] = {}
        self.feed(page)
        self.close()

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        start = self._at()
        text = self.get_starttag_text() or ""
        found = _Tag(
            tag, dict(attrs), start, start + len(text), within=self._list if tag == "option" else None
        )
        if tag == "details":
            self._folds.append(found)
        elif tag == "form":
            self._open = _Form(found, list(self._folds))
            self.forms.append(self._open)
        elif tag in ("input", "select", "textarea", "option", "button"):
            form = self._form_of(found)
            if form is not None:
                form.controls.append(found)
            if tag == "select":
                self._list = found
            elif tag == "textarea":
                self._area = found

    def _form_of(self, tag: _Tag) -> _Form | None:
        named = tag.attributes.get("form") or (tag.within and tag.within.attributes.get("form"))
        if named:
            return next((form for form in self.forms if form.tag.attributes.get("id") == named), None)
        return self._open

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "details" and self._folds:
            self._folds.pop()
        elif tag == "select":
            self._list = None
        elif tag == "textarea" and self._area is not None:
            self.areas[self._area.start] = (self._area.end, self._at())
            self._area = None


def fill(
    page: str,
    *,
    address: str,
    action: str,
    typed: Mapping[str, Sequence[str]],
    sent: Mapping[str, Sequence[str]],
    token: str,
    files: Mapping[str, Sequence[str]],
    say_kept: Callable[[Sequence[str]], str],
) -> str | None:
    """The page at `address` with what was `typed` in the form that sends to `action`; None where it has no such form.

    Of several forms that send there, the one whose hidden fields are as they were `sent`. Hidden fields and passwords stay
    the page's own. The form carries `token`, and says beside each control for files which are kept for it.
    """
    reader = _Reader(page)
    form = _chosen(reader.forms, address, action, sent)
    if form is None:
        return None
    changes: list[tuple[int, int, str]] = [
        (form.tag.end, form.tag.end, f'<input type="hidden" name="kept" value="{escape(token)}">')
    ]
    changes += [(tag.start, tag.end, _written(tag, open=None)) for tag in form.folds]
    for tag in form.controls:
        of = tag.within or tag
        name = of.attributes.get("name") or ""
        values = typed.get(name)
        if tag.attributes.get("type") == "file" and files.get(name):
            changes.append((tag.start, tag.end, _written(tag, required=False) + say_kept(files[name])))
        elif typed and tag.name == "input":
            changes += _input(tag, values)
        elif values is not None and tag.name == "textarea":
            start, end = reader.areas[tag.start]
            changes.append((start, end, "\n" + str(escape(values[0]))))
        elif values is not None and tag.name == "option":
            is_chosen = (tag.attributes.get("value") or "") in values
            changes.append((tag.start, tag.end, _written(tag, selected=None if is_chosen else False)))
    return _changed(page, changes)


def _chosen(
    forms: Sequence[_Form], address: str, action: str, sent: Mapping[str, Sequence[str]]
) -> _Form | None:
    def alike(form: _Form) -> tuple[int, int]:
        same = sum(
            1 if value in sent.get(name, ()) else -1
            for name, value in form.hidden().items()
            if name not in FRESH
        )
        return same, len(form.names() & sent.keys())

    def leads_there(form: _Form) -> bool:
        is_post = (form.tag.attributes.get("method") or "").lower() == "post"
        return is_post and urlsplit(urljoin(address, form.tag.attributes.get("action") or "")).path == action

    fitting = [form for form in forms if leads_there(form) and (form.names() - FRESH) & sent.keys()]
    return max(fitting, key=alike, default=None)


def _input(tag: _Tag, values: Sequence[str] | None) -> list[tuple[int, int, str]]:
    kind = (tag.attributes.get("type") or "text").lower()
    if kind in _NOT_TYPED or not tag.attributes.get("name"):
        return []
    if kind in ("checkbox", "radio"):
        is_chosen = (tag.attributes.get("value") or "on") in (values or ())
        return [(tag.start, tag.end, _written(tag, checked=None if is_chosen else False))]
    return [] if values is None else [(tag.start, tag.end, _written(tag, value=values[0]))]


def _written(tag: _Tag, **changes: str | bool | None) -> str:
    """The tag with other attributes: False takes one away, None leaves it without a value."""
    merged = {**tag.attributes, **changes}
    said = "".join(
        f" {name}" if value is None else f' {name}="{escape(value)}"'
        for name, value in merged.items()
        if value is not False
    )
    return f"<{tag.name}{said}>"


def _changed(page: str, changes: Sequence[tuple[int, int, str]]) -> str:
    pieces, at = [], 0
    for start, end, text in sorted(changes):
        pieces += [page[at:start], text]
        at = end
    return "".join([*pieces, page[at:]])
