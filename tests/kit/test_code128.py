"""Code 128: what a teller's scanner reads is what was meant."""

import io
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.kit import code128
from app.kit.errors import BadInput, Refused
from app.kit.promptpay import Barcode, decode_barcode, encode_barcode

BILL = "|099400000000300\rF69K7QX3M9P\rPUBLIC\r150037"
SPACE = "{http://www.w3.org/2000/svg}"


def opened(png):
    return Image.open(io.BytesIO(png))


def drawn_from(svg):
    """The picture that a browser makes of the SVG, three pixels to a module."""
    root = ET.fromstring(svg)
    width, height = (int(number) for number in root.get("viewBox").split()[2:])
    picture = Image.new("L", (width, height), "white")
    bars = root.findall(f"{SPACE}path")[1].get("d")
    seen = re.findall(r"M(\d+) 0h(\d+)v(\d+)H(\d+)z", bars)
    assert "".join(f"M{a} 0h{b}v{c}H{d}z" for a, b, c, d in seen) == bars
    for left, wide, high, back in seen:
        assert (int(high), back) == (height, left)
        picture.paste("black", (int(left), 0, int(left) + int(wide), height))
    return picture.resize((width * 3, height * 3), Image.Resampling.NEAREST)


def test_the_carriage_returns_of_a_bill_are_kept():
    assert code128.read(opened(code128.draw_png(BILL))) == [BILL]
    assert code128.read(drawn_from(code128.draw_svg(BILL, title="x"))) == [BILL]


def test_ten_modules_on_either_side_are_white():
    picture = opened(code128.draw_png(BILL, scale=2)).convert("L")
    left, _, right, _ = picture.point(lambda grey: 255 - grey).getbbox()
    assert (left, right) == (20, picture.width - 20)


def test_the_svg_says_in_words_what_it_is():
    svg = code128.draw_svg(BILL, title="จ่าย <1,500.37> & รับ")
    assert ET.fromstring(svg).find(f"{SPACE}title").text == "จ่าย <1,500.37> & รับ"
    assert "style" not in svg


def test_a_drawing_that_reads_otherwise_is_not_shown(monkeypatch):
    other = code128._modules(BILL.replace("150037", "150038"))
    monkeypatch.setattr(code128, "_modules", lambda text: other)
    for draw in (lambda: code128.draw_png(BILL), lambda: code128.draw_svg(BILL, title="x")):
        with pytest.raises(Refused, match="อ่านกลับไม่ตรง"):
            draw()


@pytest.mark.parametrize("text", ["", "ก", "é", "A" * 400])
def test_what_bars_cannot_hold_is_refused(text):
    with pytest.raises(BadInput):
        code128.draw_png(text)


REFERENCE = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=20)


@given(
    biller=st.text("0123456789", min_size=15, max_size=15),
    ref1=REFERENCE,
    ref2=REFERENCE | st.none(),
    satang=st.integers(1, 999_999_999_999) | st.none(),
)
@settings(deadline=None, max_examples=60)
def test_every_bill_is_drawn_and_read_back(biller, ref1, ref2, satang):
    barcode = Barcode(biller=biller, ref1=ref1, ref2=ref2, satang=satang)
    (seen,) = code128.read(opened(code128.draw_png(encode_barcode(barcode))))
    assert decode_barcode(seen) == barcode
