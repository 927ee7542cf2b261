"""Cards: the picture of a QR code that a giver saves, saying by itself whose it is, how much, what for, until when."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from app.kit import qr
from app.kit.errors import Refused
from app.kit.language import gettext

_WIDTH, _MARGIN = 1080, 60
_INK, _MUTED, _GROUND, _BAND = "#241c17", "#5f5245", "#ffffff", "#241c17"
#: Thai has no spaces between words. A line may break before a letter that begins a cluster, never before a mark or a
#: vowel that hangs on the letter before it, nor behind a vowel that is written before its letter.
_CLUSTER = re.compile(
    r"[เแโใไ]?[^\u0e30-\u0e3a\u0e45\u0e46\u0e47-\u0e4e][\u0e30-\u0e3a\u0e45\u0e46\u0e47-\u0e4e]*|."
)


@lru_cache(maxsize=64)
def draw(payload: str, *, head: str, lines: tuple[tuple[str, str], ...]) -> bytes:
    """A PNG: `head` in a band, the QR code of `payload`, and under it `lines`, each a style and its words.

    Styles: amount, strong, plain, small. Read back before anyone gets it: raises Refused when the QR code in the
    finished picture reads otherwise than `payload`.
    """
    modules = Image.open(BytesIO(qr.draw_png(payload, scale=1))).convert("RGB")
    # Whole pixels to a module, or bank apps meet a blurred code.
    side = modules.width * ((_WIDTH - 2 * _MARGIN) // modules.width)
    code = modules.resize((side, side), Image.Resampling.NEAREST)
    headed = _set("strong", head)
    below = [(face, style, row) for style, words in lines for face, row in _set(style, words)]
    band = 2 * 36 + sum(_height(face) for face, _ in headed)
    height = band + code.height + sum(_height(face) for face, _, _ in below) + _MARGIN
    card = Image.new("RGB", (_WIDTH, height), _GROUND)
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, _WIDTH, band - 1), fill=_BAND)
    at = 36
    for face, row in headed:
        pen.text((_WIDTH // 2, at), row, font=face, fill="#ffffff", anchor="ma")
        at += _height(face)
    card.paste(code, ((_WIDTH - code.width) // 2, band))
    at = band + code.height
    for face, style, row in below:
        pen.text((_WIDTH // 2, at), row, font=face, fill=_MUTED if style == "small" else _INK, anchor="ma")
        at += _height(face)
    written = BytesIO()
    card.save(written, "PNG", optimize=True)
    picture = written.getvalue()
    if qr.read(picture) != [payload]:
        raise Refused(gettext("วาดรูป QR แล้วอ่านกลับไม่ตรงกัน จึงไม่ให้บันทึก กรุณาสแกน QR บนหน้าเว็บแทน"))
    return picture


_STYLES = {"amount": ("Bold", 84), "strong": ("Bold", 46), "plain": ("Regular", 40), "small": ("Regular", 34)}


#: Words without a space in them are made smaller to so much of their size, at least, before they are broken.
_SMALLEST_PERCENT = 70


def _set(style: str, words: str) -> list[tuple[ImageFont.FreeTypeFont, str]]:
    """The words in rows, each with its typeface: as small as keeps words whole, where that is not too small."""
    weight, size = _STYLES[style]
    sizes = range(size, size * _SMALLEST_PERCENT // 100 - 1, -2)
    whole = (
        face
        for face in (_face(weight, points) for points in sizes)
        if all(face.getlength(word) <= _WIDTH - 2 * _MARGIN for word in words.split())
    )
    face = next(whole, _face(weight, size))
    return [(face, row) for row in _rows(words, face)]


@cache
def _face(weight: str, size: int) -> ImageFont.FreeTypeFont:
    from app.kit import fonts

    return ImageFont.truetype(BytesIO(fonts.truetype(weight)), size)


def _height(face: ImageFont.FreeTypeFont) -> int:
    ascent, descent = face.getmetrics()
    return ascent + descent


def _rows(words: str, face: ImageFont.FreeTypeFont) -> Iterator[str]:
    """The words in rows that fit: broken at spaces, and inside a word only when it is longer than a row."""
    row = ""
    for part in _parts(words.split(), face):
        longer = f"{row} {part.lstrip()}".strip() if part.startswith(" ") or not row else row + part
        if row and face.getlength(longer) > _WIDTH - 2 * _MARGIN:
            yield row
            row = part.strip()
        else:
            row = longer
    if row:
        yield row


def _parts(words: Sequence[str], face: ImageFont.FreeTypeFont) -> Iterator[str]:
    for word in words:
        if face.getlength(word) <= _WIDTH - 2 * _MARGIN:
            yield f" {word}"
        else:
            for number, cluster in enumerate(_CLUSTER.findall(word)):
                yield cluster if number else f" {cluster}"
