"""Papers of a payment: known by content, kept encrypted, ticked off on the voucher."""

import io

import committee_room as room
import pytest
from flask import Flask
from people import Cast
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import text

from app.fund.spending import papers
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused

_PDF = b"%PDF-1.7\nx\n%%EOF\n"


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out.getvalue()


@pytest.mark.pages
def test_a_paper_is_known_by_what_it_is(portal: Flask) -> None:
    for wrong in (
        b"",
        b"<html>%PDF-1.7",
        b"%PDF-1.7 cut off",
        b"MZ\x90",
        b"%PDF-1.7" + b"x" * papers.MAX_BYTES,
    ):
        with pytest.raises(BadInput):
            papers.read(wrong)
    assert papers.read(_PDF).is_pdf
    drawn = papers.read(_picture())
    assert not drawn.is_pdf and drawn.content.startswith(b"\xff\xd8")


def test_papers_are_kept_for_good_and_an_inspection_names_people(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    number = room.prepare(cast, room.approve(cast, 400_00), 400_00)
    pdf = papers.read(_PDF)
    with pytest.raises(Refused, match="เฉพาะ"), transaction():
        papers.keep(number, kind="delivery", paper=pdf, by=cast.somchai.user)
    for wrong in ({"kind": "x"}, {"kind": "inspection"}, {"kind": "quotation", "short": "ขาด 2 ชุด"}):
        with pytest.raises(BadInput), transaction():
            papers.keep(number, paper=pdf, by=cast.kanya.user, **wrong)
    for _ in range(2):  # Sent twice, it is kept once.
        with transaction():
            kept = papers.keep(number, kind="delivery", paper=pdf, short="เข็มขัด 2 เส้น", by=cast.kanya.user).id
    (paper,) = papers.of(number)
    assert (paper.id, papers.content(paper)) == (kept, _PDF)
    folder = papers.store().folder
    assert all(_PDF not in file.read_bytes() for file in folder.rglob("*") if file.is_file())
    for change in ("UPDATE payment_paper SET short = ''", "DELETE FROM payment_paper"):
        with pytest.raises(Refused, match="แก้ไขหรือลบไม่ได้"), transaction() as session:
            session.execute(text(change))


@pytest.mark.pages
def test_papers_come_by_the_page_and_the_voucher_ticks_them(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    payment = room.pay(cast, room.approve(cast, 400_00), 400_00)
    kanya, address = cast.kanya.sign_in(), f"/payments/orders/{payment.order_id}"
    page = kanya.send(
        address,
        action="/papers",
        kind="inspection",
        paper=(io.BytesIO(_picture()), "anything.exe"),
        inspectors="นายหนึ่ง นางสอง",
        short="เข็มขัด 2 เส้น",
    )
    assert "เก็บเอกสารแล้ว" in page.words and "ส่งขาด เข็มขัด 2 เส้น" in page.words
    wrong = kanya.send(
        address, action="/papers", kind="other", paper=(io.BytesIO(b"MZ"), "x.pdf"), inspectors=""
    )
    assert "ไม่ใช่ภาพ" in wrong.words
    kanya.send(address, action="/papers", kind="quotation", paper=(io.BytesIO(_PDF), "x"), inspectors="")
    picture, pdf = (cast.decha.sign_in().client.get(f"/payments/papers/{number}") for number in (1, 2))
    assert picture.mimetype == "image/jpeg"
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    cast.malee.sign_in().visit("/payments/papers/1", status=403)
    printed = kanya.client.get(f"/payments/{payment.id}/voucher.pdf")
    words = " ".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(printed.data)).pages)
    assert "ใบตรวจรับ" in words and "เข็มขัด 2 เส้น" in words
