"""Documents for names that never break: one sheet, nothing beyond its edge, the code on it."""

import io
from datetime import date

import pypdf
import pypdfium2
import pytest
from counter_takings import taken
from flask import render_template
from goods_recorded import records
from people import Cast

from app.fund.giving.goods import documents as goods_documents
from app.fund.giving.receipts import issuer, receipts
from app.fund.giving.records.receipts import Receipt
from app.fund.giving.reports import yearly
from app.kit import pdf as kit_pdf
from app.kit.db import db, transaction

pytestmark = pytest.mark.pages

LONG = ("A" * 118, "W" * 160, "ก" * 160, "นายใจ" + "x" * 155)


def is_whole(pdf: bytes) -> bool:
    """Whether it is one sheet with empty margins to the left and the right."""
    (sheet,) = pypdfium2.PdfDocument(pdf)
    grey = sheet.render(scale=1).to_pil().convert("L")
    margin = 20
    sides = ((0, 0, margin, grey.height), (grey.width - margin, 0, grey.width, grey.height))
    return all(grey.crop(side).getextrema()[0] > 200 for side in sides)


@pytest.mark.parametrize("name", LONG, ids=["A", "W", "Thai", "mixed"])
def test_a_long_name_stays_on_the_one_sheet_of_a_receipt(cast: Cast, name: str) -> None:
    taken(cast, donor_name=name, anonymous=False)
    receipt = db.session().query(Receipt).one()
    pdf = receipts.pdf(receipt)
    assert name[:20] in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace("\n", "")
    assert is_whole(pdf)
    assert "ได้รับเงินจาก" in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.parametrize("name", LONG, ids=["A", "W", "Thai", "mixed"])
def test_a_long_name_stays_on_the_one_sheet_for_goods(cast: Cast, name: str) -> None:
    donation = records(cast, giver=name)
    with transaction():
        kind, pdf = goods_documents.hand_out(donation, by=cast.busaba.user)
    assert kind == "original"
    assert is_whole(pdf)


def test_a_long_name_stays_within_the_sheet_of_a_yearly_statement(cast: Cast) -> None:
    line = yearly.YearlyLine(
        paid_on=date(2026, 1, 1),
        receipt_code="2569/000001",
        receipt_token="t",
        purpose="x" * 120,
        network="W" * 160,
        satang=100,
    )
    statement = yearly.YearlyStatement(
        whose=LONG[1],
        kind=yearly.FISCAL,
        year_be=2569,
        first_on=date(2026, 1, 1),
        last_on=date(2026, 12, 31),
        lines=(line,),
    )
    html = render_template(
        "pdf/yearly.html", statement=statement, issuer=issuer.issuer(), made_on=date(2026, 1, 2)
    )
    assert is_whole(kit_pdf.render(html, title="x", author="x"))
