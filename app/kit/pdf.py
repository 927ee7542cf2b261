"""HTML to PDF with Thai that prints, copies and is read aloud rightly, and without a network.

Imported where a document is made: WeasyPrint takes a quarter of a second, which every command would wait for.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path
from threading import Lock
from typing import Any

import pydyf
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from app.kit import fonts, scripts

#: Page sizes, type and the parts that documents share: body classes a4, a4-landscape and a5.
STYLE = Path(__file__).parents[1] / "static" / "pdf.css"
#: What every document may show without being given it.
EMBLEM = Path(__file__).parents[1] / "static" / "emblem.svg"

_BASE = "https://document.invalid/"
_FACE = '@font-face {{ font-family: "{}"; font-weight: {}; src: url("{}.ttf") }}'
#: By how a PDF calls a family, a face of it: all weights of a family number their glyphs alike.
_SAYS = {family.replace(" ", "-").encode(): name for (family, _weight), name in fonts.FACES.items()}
_BFCHAR = re.compile(rb"<([0-9a-f]{4})> <[0-9a-f]*>")
# Pango's font maps are not made for several threads; a page takes some 60 ms, so they wait for each other.
_one_at_a_time = Lock()


class _InMemory(URLFetcher):  # type: ignore[misc]
    """Serves what it was given and data: addresses; anything else stops the document."""

    def __init__(self, resources: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        self._resources = {"emblem.svg": EMBLEM.read_bytes(), **resources}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        name = url.removeprefix(_BASE)
        if name in self._resources:
            kind = guess_type(name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, self._resources[name], {"Content-Type": kind})
        return super().fetch(url, headers)


@dataclass(frozen=True, slots=True)
class _Press:
    """What every document shares: the fonts made known to Pango and the style that is parsed once."""

    faces: FontConfiguration
    styles: tuple[CSS, ...]


_presses: list[_Press] = []


def _press() -> _Press:
    if not _presses:
        _presses.append(_new_press(()))
    return _presses[0]


def _new_press(more: Iterable[tuple[str, bytes]]) -> _Press:
    faces = FontConfiguration()
    named = [(family, weight, name, fonts.printing(name)) for (family, weight), name in fonts.FACES.items()]
    named += [(family, 400, family.replace(" ", "-"), font) for family, font in more]
    files = _InMemory({f"{name}.ttf": font for _family, _weight, name, font in named})
    texts = ["".join(_FACE.format(family, weight, name) for family, weight, name, _font in named)]
    texts.append(STYLE.read_text(encoding="utf-8"))
    return _Press(
        faces,
        tuple(CSS(string=text, font_config=faces, url_fetcher=files, base_url=_BASE) for text in texts),
    )


def render(
    html: str,
    *,
    title: str,
    author: str,
    css: str = "",
    resources: Mapping[str, bytes] | None = None,
    lang: str = "th",
) -> bytes:
    """The document as a tagged PDF. Equal input gives equal bytes on one machine.

    `resources` are the pictures it names by relative address (`<img src="qr.svg">`). Nothing else is
    ever fetched: a document that asks for another address raises ValueError, because a receipt without
    its QR code must not leave the house. Every letter on it has a glyph (`scripts.printable`).
    """
    html = scripts.printable(html)
    more = scripts.faces(html)
    files = _InMemory(resources or {})
    with _one_at_a_time:
        # Faces of other scripts are cut for this document alone, so they are not kept with the others.
        press = _new_press(more) if more else _press()
        try:
            styles = [*press.styles]
            if css:
                styles.append(CSS(string=css, font_config=press.faces, url_fetcher=files, base_url=_BASE))
            document = HTML(string=html, base_url=_BASE, url_fetcher=files).render(
                font_config=press.faces, stylesheets=styles, pdf_tags=True
            )
        except FatalURLFetchingError as error:
            raise ValueError(f"the document asks for what it was not given: {error}") from error
        document.metadata.title = title
        document.metadata.authors = [author]
        document.metadata.lang = lang
        document.metadata.generator = None
        pdf: bytes = document.write_pdf(finisher=_say_what_is_written, pdf_tags=True)
        return pdf


def _say_what_is_written(document: Any, pdf: pydyf.PDF) -> None:
    # WeasyPrint gives a glyph the text of the first place where it stood. In Thai that is wrong for the
    # halves of ำ and whatever shares a cluster with them, so the typeface's own table is put instead.
    for thing in pdf.objects:
        name = _bytes(thing.get("BaseFont")) if isinstance(thing, pydyf.Dictionary) else b""
        face = next((face for family, face in _SAYS.items() if b"+" + family in name), None)
        if face is not None and (reference := thing.get("ToUnicode")) is not None:
            says = fonts.letters(face)
            stream = pdf.objects[int(_bytes(reference).split()[0])]
            stream.stream = [_corrected(line, says) for line in stream.stream]


def _corrected(line: Any, says: Mapping[int, str]) -> Any:
    found = _BFCHAR.fullmatch(line) if isinstance(line, bytes) else None
    glyph = int(found[1], 16) if found else -1
    if found is None or glyph not in says:
        return line
    return b"<%s> <%s>" % (found[1], says[glyph].encode("utf-16-be").hex().encode())


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value or "").encode()
