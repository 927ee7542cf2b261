import hashlib
import io
import random
import struct
import warnings
import zlib

import pillow_heif
import pytest
from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngImageFile

from app.kit import pdf, photos, slips
from app.kit.errors import BadInput

RED, BLUE = (200, 30, 30), (30, 30, 200)


def encoded(picture, kind="JPEG", **more):
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def two_halves(width, height):
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture


def opened(photo):
    return Image.open(io.BytesIO(photo.content))


def close(pixel, colour):
    return all(abs(a - b) < 30 for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg_named_by_its_hash(kind):
    photo = photos.read(encoded(two_halves(80, 60), kind))
    picture = opened(photo)
    assert (picture.format, picture.size) == ("JPEG", (80, 60))
    assert (photo.width, photo.height) == (80, 60)
    assert photo.sha256 == hashlib.sha256(photo.content).hexdigest()


@pytest.mark.parametrize(
    ("size", "small"), [((4000, 3000), (1600, 1200)), ((900, 3200), (450, 1600)), ((1600, 10), (1600, 10))]
)
def test_a_large_picture_is_shrunk_and_a_small_one_left_as_it_is(size, small):
    photo = photos.read(encoded(two_halves(*size)))
    assert (photo.width, photo.height) == small


def test_a_picture_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = photos.read(encoded(two_halves(400, 200), exif=exif))
    picture = opened(photo)
    assert picture.size == (200, 400)
    assert close(picture.getpixel((100, 50)), RED)
    assert close(picture.getpixel((100, 350)), BLUE)


@pytest.mark.parametrize("tag", [0x011A, 0x0128])
def test_a_picture_is_turned_upright_though_its_exif_holds_letters_for_numbers(tag):
    upright, other = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0), struct.pack(">HHI", tag, 2, 4) + b"abcd"
    entries = struct.pack(">H", 2) + b"".join(sorted([upright, other])) + bytes(4)
    exif = b"Exif\0\0MM\0*" + struct.pack(">I", 8) + entries
    assert opened(photos.read(encoded(two_halves(400, 200), exif=exif))).size == (200, 400)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_time_and_camera_are_gone(kind):
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[2] = (15.0, 7.0, 8.0)
    sent = encoded(two_halves(50, 50), kind, exif=exif)
    assert b"SECRETCAMERA" in sent
    photo = photos.read(sent)
    assert b"SECRETCAMERA" not in photo.content
    assert b"Exif" not in photo.content
    assert not opened(photo).getexif()


def test_a_comment_and_a_colour_profile_are_gone():
    photo = photos.read(encoded(two_halves(50, 50), comment=b"SECRETNAME", icc_profile=b"SECRETPROFILE"))
    assert b"SECRET" not in photo.content


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16", "CMYK"])
def test_every_kind_of_pixel_can_be_read(mode):
    picture = Image.new(mode, (20, 10))
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert photos.read(encoded(picture, kind)).width == 20


def test_what_is_transparent_becomes_white():
    picture = opened(photos.read(encoded(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")))
    assert close(picture.getpixel((10, 10)), (255, 255, 255))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7\n",
        b"GIF89a\x01\x00\x01\x00",
        b"\xff\xd8\xff\xe0" + b"\x00" * 200,
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 50,
        b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    ],
)
def test_what_is_no_picture_is_refused(sent):
    with pytest.raises(BadInput):
        photos.read(sent)


def test_a_picture_that_came_only_half_is_refused_also_where_pdfs_are_made():
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    assert pdf.render
    noise = Image.effect_noise((300, 300), 90)
    sent = encoded(noise)
    with pytest.raises(BadInput, match="เสียหาย"):
        photos.read(sent[: len(sent) // 2])


def png(width, height, colour_type, rows, *extra):
    """A PNG of sixteen bits a channel: what Pillow itself cannot write in colour."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0))
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            head,
            *(chunk(kind, body) for kind, body in extra),
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))),
            chunk(b"IEND", b""),
        ]
    )


#: PNG's colour type → how many of its channels are colour, and whether the last one tells how clear a pixel is.
SIXTEEN_BITS = {0: (1, False), 2: (3, False), 4: (1, True), 6: (3, True)}


@pytest.mark.parametrize("colour_type", SIXTEEN_BITS)
def test_sixteen_bits_a_channel_are_scaled_to_eight(colour_type):
    colours, clear = SIXTEEN_BITS[colour_type]
    pixels = [(value * 257,) * colours + (65535,) * clear for value in range(256)]
    row = b"".join(struct.pack(f">{len(pixel)}H", *pixel) for pixel in pixels)
    picture = opened(photos.read(png(256, 40, colour_type, [row] * 40))).convert("L")
    assert all(abs(picture.getpixel((value, 20)) - value) < 6 for value in range(256))


@pytest.mark.parametrize("colour_type", [0, 2])
def test_the_clear_colour_of_sixteen_bits_becomes_white_and_no_other(colour_type):
    colours = SIXTEEN_BITS[colour_type][0]
    clear, grey = struct.pack(">H", 0x1234) * colours, struct.pack(">H", 0x8080) * colours
    sent = png(32, 32, colour_type, [clear * 16 + grey * 16] * 32, (b"tRNS", clear))
    picture = opened(photos.read(sent))
    assert close(picture.getpixel((4, 16)), (255, 255, 255))
    assert close(picture.getpixel((28, 16)), (128, 128, 128))


@pytest.mark.parametrize(("mode", "channels"), [("RGB;16", 3), ("L;16", 1)])
def test_a_heic_of_more_than_eight_bits_is_scaled_too(mode, channels):
    row = b"".join(struct.pack(f"<{channels}H", *(value * 257,) * channels) for value in range(256))
    written = io.BytesIO()
    pillow_heif.from_bytes(mode, (256, 64), row * 64).save(written, quality=95)
    picture = opened(photos.read(written.getvalue())).convert("L")
    assert all(abs(picture.getpixel((value, 32)) - value) < 9 for value in range(0, 256, 5))


def avif(brand=b"avif", others=(b"avif", b"mif1", b"miaf")):
    written = io.BytesIO()
    two_halves(64, 64).save(written, "AVIF")
    whole = written.getvalue()
    box = brand + bytes(4) + b"".join(others)
    return struct.pack(">I", len(box) + 8) + b"ftyp" + box + whole[int.from_bytes(whole[:4], "big") :]


@pytest.mark.parametrize(
    "sent",
    [
        avif(),
        avif(b"mif1", (b"mif1", b"avif", b"miaf")),
        avif(b"avis", (b"avis", b"msf1")),
        # Said to be what it is not: only the decoder finds out.
        avif(b"mif1", (b"mif1", b"miaf")),
        avif(b"heic", (b"mif1", b"heic")),
        avif(b"msf1", (b"msf1", b"hevc")),
    ],
    ids=["avif", "mif1", "avis", "mif1 alone", "as heic", "as a sequence"],
)
def test_an_avif_under_whatever_brand_is_refused_in_words(sent):
    for reader in (photos.read, slips.find):
        with pytest.raises(BadInput, match="ภาพ"):
            reader(sent)


@pytest.mark.parametrize(
    "failure", [RuntimeError, MemoryError, NotImplementedError, OverflowError, AttributeError, zlib.error]
)
def test_a_picture_is_refused_in_words_whatever_its_decoder_fails_with(failure, monkeypatch):
    def fail(*_args):
        raise failure("as the C library says it")

    sent = encoded(two_halves(20, 20), "PNG")
    monkeypatch.setattr(PngImageFile, "load", fail)
    for reader in (photos.read, slips.find):
        with pytest.raises(BadInput, match="เสียหาย"):
            reader(sent)


@pytest.mark.parametrize(
    "sent",
    [
        png(0, 4, 0, [b""] * 4),
        png(4, 0, 0, []),
        png(0, 0, 2, []),
        encoded(two_halves(8, 8)).replace(struct.pack(">HH", 8, 8), bytes(4)),
        b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(18),
    ],
    ids=["no width", "no height", "neither", "jpeg", "webp"],
)
def test_a_picture_of_no_size_is_refused(sent):
    for reader in (photos.read, slips.find):
        with pytest.raises(BadInput):
            reader(sent)


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1"])
def test_a_picture_of_an_apple_phone_is_kept_as_jpeg_without_its_place(brand):
    exif = Image.Exif()
    exif[0x010F] = "secret-maker"
    written = io.BytesIO()
    pillow_heif.from_pillow(two_halves(400, 200)).save(written, quality=90, exif=exif.tobytes())
    sent = written.getvalue()
    assert sent[8:12] == b"heic"
    assert b"secret-maker" in sent
    photo = photos.read(sent[:8] + brand + sent[12:])
    kept = Image.open(io.BytesIO(photo.content))
    assert (kept.format, kept.size) == ("JPEG", (400, 200))
    assert b"secret-maker" not in photo.content


def test_a_heic_that_is_cut_short_or_gnawed_is_refused_or_kept_and_nothing_worse():
    written = io.BytesIO()
    pillow_heif.from_pillow(two_halves(400, 200)).save(written, quality=90)
    whole = written.getvalue()
    chance = random.Random(7)
    refused = 0
    for _ in range(120):
        gnawed = bytearray(whole[: chance.randrange(12, len(whole))] if chance.random() < 0.5 else whole)
        for _ in range(chance.randrange(8)):
            gnawed[chance.randrange(8, len(gnawed))] = chance.randrange(256)
        try:
            photos.read(bytes(gnawed))
        except BadInput:
            refused += 1
    assert refused


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    sent = encoded(two_halves(50, 50))
    monkeypatch.setattr(photos, "MAX_BYTES", len(sent))
    assert photos.read(sent)
    with pytest.raises(BadInput, match="MB"):
        photos.read(sent + b"\x00")


def bomb(width, height):
    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [8_001, 12_000, 20_000, 60_000])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(side):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(BadInput, match="พิกเซล"):
            photos.read(bomb(side, side))


def test_a_webp_of_too_many_pixels_is_refused_like_any_other():
    side = (16_000 - 1).to_bytes(3, "little")
    head = b"VP8X" + struct.pack("<I", 10) + bytes(4) + side + side
    with pytest.raises(BadInput, match="พิกเซล"):
        photos.read(b"RIFF" + struct.pack("<I", len(head) + 4) + b"WEBP" + head)


def test_a_large_picture_is_shrunk_before_it_is_copied(monkeypatch):
    turned = []
    turn = photos._upright
    monkeypatch.setattr(photos, "_upright", lambda image, way: turned.append(image.size) or turn(image, way))
    photos.read(encoded(Image.new("RGBA", (4000, 3000)), "PNG"))
    assert turned == [(photos.MAX_SIDE, photos.MAX_SIDE * 3 // 4)]


def test_the_limit_of_pixels_is_our_own_and_nothing_else_in_the_program_changes(monkeypatch):
    before = Image.MAX_IMAGE_PIXELS
    monkeypatch.setattr(photos, "MAX_PIXELS", 2500)
    assert photos.read(encoded(two_halves(50, 50)))
    with pytest.raises(BadInput, match="พิกเซล"):
        photos.read(encoded(two_halves(51, 50)))
    assert before == Image.MAX_IMAGE_PIXELS


def test_a_store_gives_back_what_was_put(tmp_path):
    store = photos.Store(tmp_path / "new")
    key = store.put(b"one")
    assert key == hashlib.sha256(b"one").hexdigest()
    assert store.exists(key)
    with store.open(key) as file:
        assert file.read() == b"one"
    assert store.path(key).relative_to(tmp_path / "new").parts == (key[:2], key[2:4], key)


def test_putting_twice_keeps_one_and_leaves_nothing_half_written(tmp_path):
    store = photos.Store(tmp_path)
    assert store.put(b"one") == store.put(b"one")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [
        hashlib.sha256(b"one").hexdigest()
    ]


def test_a_write_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    store = photos.Store(tmp_path)

    def broken(_):
        raise OSError("disk full")

    monkeypatch.setattr(photos.os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        store.put(b"one")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not store.exists(hashlib.sha256(b"one").hexdigest())


@pytest.mark.parametrize(
    "key", ["", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n", "a" * 65, "/" * 64]
)
def test_a_key_that_is_no_hash_is_refused(tmp_path, key):
    store = photos.Store(tmp_path)
    for deed in (store.exists, store.open, store.path):
        with pytest.raises(BadInput):
            deed(key)


def test_what_is_not_kept_is_not_found(tmp_path):
    store = photos.Store(tmp_path)
    assert not store.exists("a" * 64)
    with pytest.raises(FileNotFoundError):
        store.open("a" * 64)
