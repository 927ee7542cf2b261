"""QR codes: what is drawn is read back, and what is no picture is refused."""

import io
import random
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib

import pytest
from PIL import Image, ImageFilter

from app.kit import pictures, qr
from app.kit.errors import BadInput, Refused
from app.kit.promptpay import Bill, encode

BILL = encode(Bill(biller="099400000000300", ref1="F69000123K", ref2="NET042", ref3="SCB0001", satang=150000))


def saved(image, kind, **options):
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def opened(png):
    return Image.open(io.BytesIO(png))


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width, height, body=b""):
    """A PNG whose header claims a size, whatever its body holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(body))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "text",
    [
        BILL,
        "|099400000000300\rPLEDGE00001\rNET001\r50000",
        "https://example.org/receipts/aB3-x_9",
        "ทุนแห่งความเกื้อกูลกัน",
        "x" * 512,
        "1",
    ],
)
def test_what_is_drawn_is_read_back(text):
    assert qr.read(qr.draw_png(text)) == [text]
    assert qr.read(qr.draw_checked(text, scale=4)) == [text]


def test_a_drawing_has_four_white_modules_around_it():
    image = opened(qr.draw_png(BILL, scale=10)).convert("L")
    inner = image.point(lambda grey: 255 - grey).getbbox()
    assert inner == (40, 40, image.width - 40, image.height - 40)


def test_a_drawing_that_reads_otherwise_is_not_shown(monkeypatch):
    assert qr.draw_checked(BILL)
    other = qr.draw_png(BILL.replace("F69000123K", "F69000124K"))
    monkeypatch.setattr(qr, "draw_png", lambda text, *, scale: other)
    with pytest.raises(Refused):
        qr.draw_checked(BILL)


def test_the_svg_has_a_title_and_the_same_modules_as_the_png():
    svg = qr.draw_svg(BILL, title='จ่าย <1,500> & "รับ"')
    root = ET.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == 'จ่าย <1,500> & "รับ"'
    assert "style" not in svg
    assert len(svg) < 5000
    ground, modules = root.findall(f"{space}path")
    side = int(root.get("viewBox").split()[2])
    assert ground.get("d") == f"M0 0h{side}v{side}H0z"
    image = Image.new("L", (side, side), "white")
    x = y = 0
    for step, first, second in re.findall(r"([Mmh])(\d+)(?: ([\d.]+))?", modules.get("d")):
        if step == "h":
            for _ in range(int(first)):
                image.putpixel((x, y), 0)
                x += 1
        elif step == "m":
            x += int(first)
        else:
            x, y = int(first), int(float(second))
    drawn = opened(qr.draw_png(BILL, scale=1)).convert("L")
    assert image.tobytes() == drawn.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_types_of_picture_are_read(kind):
    image = opened(qr.draw_png(BILL, scale=6)).convert("RGB")
    assert qr.read(saved(image, kind, quality=40)) == [BILL]


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.rotate(45, expand=True, fillcolor="white"),
        lambda image: image.rotate(180),
        lambda image: image.point(lambda grey: 255 - grey),
        lambda image: image.filter(ImageFilter.GaussianBlur(2)),
        lambda image: image.convert("P"),
        lambda image: image.convert("CMYK").convert("RGB"),
    ],
    ids=["turned", "upside down", "inverted", "blurred", "palette", "colour"],
)
def test_a_picture_treated_badly_is_still_read(change):
    image = opened(qr.draw_png(BILL, scale=6)).convert("L")
    assert qr.read(saved(change(image), "PNG")) == [BILL]


def test_black_modules_on_a_transparent_ground_are_read():
    modules = opened(qr.draw_png(BILL, scale=6)).convert("L")
    image = Image.new("RGBA", modules.size, (0, 0, 0, 0))
    image.putalpha(modules.point(lambda grey: 255 - grey))
    assert qr.read(saved(image, "PNG")) == [BILL]


_MEMORY = """
import resource, sys
from app.kit import qr
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert qr.read(sys.stdin.buffer.read()) == []
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("kind", "side", "options"),
    [
        ("PNG", 5000, {"compress_level": 1}),
        ("WEBP", 3162, {"lossless": True, "method": 0}),
        ("JPEG", 5000, {"progressive": True, "subsampling": 0}),
    ],
)
def test_a_picture_of_the_greatest_size_is_read_in_less_than_two_hundred_megabytes(kind, side, options):
    mode = "RGB" if kind == "JPEG" else "RGBA"
    sent = saved(Image.new(mode, (side, side)), kind, **options)
    told = subprocess.run([sys.executable, "-c", _MEMORY], input=sent, capture_output=True, check=True)
    assert int(told.stdout) < 200


def test_a_transparent_picture_of_the_greatest_size_takes_little_more_than_its_own_memory():
    sent = saved(Image.new("RGBA", (5000, 5000)), "PNG", compress_level=1)
    told = subprocess.run([sys.executable, "-c", _MEMORY], input=sent, capture_output=True, check=True)
    assert int(told.stdout) < 1.5 * 5000 * 5000 * 4 / 1024 / 1024


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "1"])
def test_a_code_that_lies_across_two_strips_is_read_in_every_mode(mode, monkeypatch):
    monkeypatch.setattr(pictures, "_STRIP", 7_000)
    image = opened(qr.draw_png(BILL, scale=6)).convert("L").convert(mode)
    assert qr.read(saved(image, "PNG")) == [BILL]


def test_a_code_too_small_to_read_is_tried_at_twice_its_size(monkeypatch):
    image = opened(qr.draw_png(BILL, scale=4)).convert("L")
    seen = []
    texts = qr._texts

    def only_large(picture):
        seen.append(picture.size)
        return texts(picture) if len(seen) > 1 else []

    monkeypatch.setattr(qr, "_texts", only_large)
    assert qr.read(saved(image, "PNG")) == [BILL]
    assert seen == [image.size, (image.width * 2, image.height * 2)]


def test_a_picture_without_a_code_has_no_texts():
    assert qr.read(saved(Image.new("RGB", (200, 200), "white"), "JPEG")) == []


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"hello",
        b"%PDF-1.7 not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\x03\x04" + b"\0" * 100,
        saved(Image.new("L", (20, 20)), "GIF"),
        saved(Image.new("L", (20, 20)), "BMP"),
        saved(Image.new("L", (20, 20)), "TIFF"),
    ],
    ids=["empty", "text", "pdf", "svg", "zip", "gif", "bmp", "tiff"],
)
def test_what_is_not_one_of_the_three_types_is_refused(file):
    with pytest.raises(BadInput, match="ไม่ใช่ภาพ"):
        qr.read(file)


def test_a_picture_of_too_many_bytes_is_refused(monkeypatch):
    picture = qr.draw_png(BILL)
    monkeypatch.setattr(qr, "MAX_BYTES", len(picture))
    assert qr.read(picture) == [BILL]
    with pytest.raises(BadInput, match="8 MB"):
        qr.read(picture + b"\0")


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked():
    limit = Image.MAX_IMAGE_PIXELS
    for side in (7000, 60000):
        with pytest.raises(BadInput, match="25 ล้านจุด"):
            qr.read(png_of(side, side))
    assert limit == Image.MAX_IMAGE_PIXELS
    assert qr.read(png_of(30, 30, (b"\0" + b"\xff" * 30) * 30)) == []


@pytest.mark.parametrize("size", [(65_500, 4), (4, 70_000), (30_001, 1)])
def test_a_picture_longer_than_what_looks_for_codes_takes_is_refused(size):
    file = io.BytesIO()
    Image.new("L", size, 255).save(file, "PNG")
    with pytest.raises(BadInput, match="ยาวเกินไป"):
        qr.read(file.getvalue())


def test_a_webp_that_claims_a_vast_canvas_is_refused():
    frame = saved(Image.new("RGBA", (64, 64)), "WEBP", exif=b"Exif\0\0x")
    size = frame.index(b"VP8X") + 12
    vast = frame[:size] + (16000).to_bytes(3, "little") * 2 + frame[size + 6 :]
    with pytest.raises(BadInput, match="25 ล้านจุด"):
        qr.read(vast)


def test_the_limit_of_pixels_holds_for_every_type(monkeypatch):
    image = Image.new("L", (64, 64), "white")
    for kind in ("JPEG", "PNG", "WEBP"):
        picture = saved(image, kind)
        monkeypatch.setattr(qr, "MAX_PIXELS", 64 * 64)
        assert qr.read(picture) == []
        monkeypatch.setattr(qr, "MAX_PIXELS", 64 * 64 - 1)
        with pytest.raises(BadInput, match="จุดมากเกิน"):
            qr.read(picture)


def test_a_webp_may_have_fewer_pixels_because_it_unpacks_to_more():
    assert qr.read(saved(Image.new("L", (4000, 2400)), "WEBP")) == []
    assert qr.read(saved(Image.new("L", (4000, 2600)), "PNG")) == []
    with pytest.raises(BadInput, match="WebP 10 ล้านจุด"):
        qr.read(saved(Image.new("L", (4000, 2600)), "WEBP"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_cut_short_or_gnawed_is_refused_or_read_and_nothing_worse(kind):
    whole = saved(opened(qr.draw_png(BILL, scale=2)).convert("RGB"), kind)
    chance = random.Random(7)
    refused = 0
    for _ in range(150):
        gnawed = bytearray(whole[: chance.randrange(12, len(whole))] if chance.random() < 0.5 else whole)
        for _ in range(chance.randrange(8)):
            gnawed[chance.randrange(8, len(gnawed))] = chance.randrange(256)
        try:
            qr.read(bytes(gnawed))
        except BadInput:
            refused += 1
    assert refused


def test_a_text_too_long_for_a_code_is_refused():
    with pytest.raises(BadInput, match="ยาวเกิน"):
        qr.draw_png("x" * 3000)
