"""Merging: PDFs put together into one file, and a mark laid over their pages. The pages themselves stay as they are."""

import io
from collections.abc import Sequence
from pathlib import Path

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
)

_MARK = "/KueakunMark"


class Merger:
    """One PDF made of many. A mark that is laid over many pages is in the file once."""

    def __init__(self) -> None:
        self._writer = PdfWriter()
        self._marks: dict[bytes, IndirectObject] = {}

    def add(self, pdf: bytes, *, mark: bytes = b"") -> None:
        """Append a document; `mark` is a PDF of one page that is laid over each of its pages."""
        before = len(self._writer.pages)
        self._writer.append(io.BytesIO(pdf), import_outline=False)
        if mark:
            for page in self._writer.pages[before:]:
                self._lay_over(page, mark)

    def _lay_over(self, page: PageObject, mark: bytes) -> None:
        writer = self._writer
        form = self._marks.get(mark)
        if form is None:
            form = self._marks[mark] = writer._add_object(_as_form(writer, mark))
        resources = page["/Resources"].get_object()
        assert isinstance(resources, DictionaryObject)
        forms = resources.setdefault(NameObject("/XObject"), DictionaryObject()).get_object()
        forms[NameObject(_MARK)] = form
        # What the page leaves turned or scaled must not turn the mark; and the mark is no part of the text.
        before, after = StreamObject(), StreamObject()
        before.set_data(b"q\n")
        after.set_data(b"\nQ /Artifact BMC q %s Do Q EMC\n" % _MARK.encode())
        was = page.raw_get("/Contents")
        parts = list(was.get_object()) if isinstance(was.get_object(), ArrayObject) else [was]
        page[NameObject("/Contents")] = ArrayObject(
            [writer._add_object(before), *parts, writer._add_object(after)]
        )

    def bytes(self) -> bytes:
        """The whole file."""
        out = io.BytesIO()
        self._writer.write(out)
        return out.getvalue()

    def write(self, path: Path) -> None:
        """The whole file, into `path`."""
        with path.open("wb") as out:
            self._writer.write(out)


def merge(documents: Sequence[tuple[bytes, bytes]]) -> bytes:
    """One PDF of several, each with the mark that is laid over it (none when empty), for a process of the print pool."""
    merger = Merger()
    for pdf, mark in documents:
        merger.add(pdf, mark=mark)
    return merger.bytes()


def marked(document: tuple[bytes, bytes]) -> bytes:
    """One document with its mark, as `mark_over`; as it is when the mark is empty."""
    pdf, mark = document
    return mark_over(pdf, mark) if mark else pdf


def mark_over(pdf: bytes, mark: bytes) -> bytes:
    """The document with a mark laid over each page; its title, language and tags are kept."""
    merger = Merger()
    merger._writer = PdfWriter(clone_from=io.BytesIO(pdf))
    for page in merger._writer.pages:
        merger._lay_over(page, mark)
    return merger.bytes()


def _as_form(writer: PdfWriter, mark: bytes) -> StreamObject:
    """The one page of `mark` as a form that pages can draw."""
    page = PdfReader(io.BytesIO(mark)).pages[0]
    contents = page.get_contents()
    form = StreamObject()
    form.set_data(contents.get_data() if contents is not None else b"")
    form[NameObject("/Type")] = NameObject("/XObject")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/BBox")] = page.mediabox.clone(writer)
    resources = page["/Resources"].get_object()
    assert resources is not None
    form[NameObject("/Resources")] = resources.clone(writer)
    return form.flate_encode()
