"""QR codes: drawn as PNG and SVG, and read from pictures that strangers send."""

import io
import re
from xml.sax.saxutils import escape

import qrcode
import zxingcpp
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError

from app.kit import pictures
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext, marked

MAX_BYTES = 8 * 1024 * 1024
#: What the camera of a phone takes by itself; a screenshot has a fifth of it.
MAX_PIXELS = 25_000_000
#: Neither longer nor wider: what looks for codes takes no more, and no phone makes such a picture.
MAX_SIDE = 30_000
QUIET_ZONE = 4

_READS_OTHERWISE = marked("วาด QR แล้วอ่านกลับไม่ตรงกัน จึงไม่แสดง โปรดลองใหม่หรือแจ้งผู้ดูแลระบบ")


def _too_many_pixels() -> str:
    return gettext(
        "ภาพมีจุดมากเกิน %(most)s ล้านจุด (WebP %(webp)s ล้านจุด) หรือยาวเกินไป โปรดย่อภาพหรือส่งภาพหน้าจอแทน",
        most=MAX_PIXELS // 1_000_000,
        webp=pictures.MOST_PIXELS_WEBP // 1_000_000,
    )


def draw_png(text: str, *, scale: int = 10) -> bytes:
    """A black and white PNG of the text, `scale` pixels a module, with its quiet zone."""
    written = io.BytesIO()
    _picture(_modules(text), scale=scale).convert("1").save(written, "PNG", optimize=True)
    return written.getvalue()


def draw_svg(text: str, *, title: str) -> str:
    """An SVG whose modules are one stroke along each row, over a white ground. `title` is what a screen reader says in its stead."""
    rows = _modules(text)
    side = len(rows)
    path = ""
    for y, row in enumerate(rows):
        bits, at = "".join("1" if dark else "0" for dark in row), 0
        for run in re.finditer("1+", bits):
            path += f"m{run.start() - at} 0" if at else f"M{run.start()} {y}.5"
            path += f"h{len(run[0])}"
            at = run.end()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" shape-rendering="crispEdges">'
        f"<title>{escape(title)}</title>"
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path stroke="#000" d="{path}"/></svg>'
    )


def draw_checked(text: str, *, scale: int = 10) -> bytes:
    """`draw_png`, read back and compared before anyone sees it. Raises Refused when it reads otherwise."""
    picture = draw_png(text, scale=scale)
    if read(picture) != [text]:
        raise Refused(_READS_OTHERWISE)
    return picture


def read(picture: bytes) -> list[str]:
    """The texts of the QR codes in a JPEG, PNG, WebP or HEIC, once each; empty when there is none.

    When nothing is found the picture is tried once more at twice its size. Raises BadInput for more than 8 MB,
    more pixels than MAX_PIXELS or its type may have, another type (by its first bytes, not its name) or a broken file.
    """
    image = _open(picture)
    texts = _texts(image)
    if not texts and image.width * image.height * 4 <= MAX_PIXELS:
        texts = _texts(image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC))
    return texts


#: One of the eight masks of the standard. Trying all of them for the finest took four fifths of the drawing; every
#: reader takes any, and each code is read back.
_MASK = 3


def _modules(text: str) -> list[list[bool]]:
    """The code's modules with its quiet zone, read back and compared. Raises Refused when they read otherwise."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=_MASK)
    code.add_data(text)
    try:
        code.make()
    except (DataOverflowError, ValueError) as too_long:
        raise BadInput(gettext("ข้อความยาวเกินกว่าจะใส่ใน QR ได้")) from too_long
    rows: list[list[bool]] = code.get_matrix()
    if _texts(_picture(rows, scale=2)) != [text]:
        raise Refused(_READS_OTHERWISE)
    return rows


def _picture(rows: list[list[bool]], *, scale: int) -> Image.Image:
    side = len(rows)
    picture = Image.frombytes("L", (side, side), bytes(0 if dark else 255 for row in rows for dark in row))
    return picture.resize((side * scale, side * scale), Image.Resampling.NEAREST)


def _open(picture: bytes) -> Image.Image:
    """The picture in grey, on white where it was transparent."""
    if len(picture) > MAX_BYTES:
        raise BadInput(gettext("ไฟล์ภาพใหญ่เกิน 8 MB โปรดย่อภาพก่อน"))
    kind = pictures.kind(picture)
    opener = pictures.OPENERS.get(kind)
    if opener is None:
        raise BadInput(gettext("ไฟล์นี้ไม่ใช่ภาพ JPEG, PNG, WebP หรือ HEIC โปรดส่งภาพชนิดใดชนิดหนึ่งนี้"))
    with pictures.opening(
        broken=gettext("ไฟล์ภาพเสียหายหรือไม่ครบ โปรดส่งใหม่"), too_many_pixels=_too_many_pixels()
    ):
        image = opener(io.BytesIO(picture))
        if image.width * image.height > pictures.most_pixels(kind, MAX_PIXELS) or max(image.size) > MAX_SIDE:
            raise BadInput(_too_many_pixels())
        image.draft("L", image.size)
        return _grey(image)


def _grey(image: Image.Image) -> Image.Image:
    """In grey a strip at a time: a second copy in colour would be four times as large as all that is looked at."""
    image.load()
    is_clear = "A" in image.getbands() or "transparency" in image.info
    if image.mode == "L" and not is_clear:
        return image
    grey = Image.new("L", image.size, 255)
    for top, piece in pictures.strips(image):
        strip = pictures.eight_bits(piece)
        if is_clear:
            seen = strip if strip.mode in ("RGBA", "LA") else strip.convert("RGBA")
            grey.paste(seen.convert("L"), (0, top), seen.getchannel("A"))
        else:
            grey.paste(strip.convert("L"), (0, top))
    return grey


def _texts(image: Image.Image) -> list[str]:
    codes = zxingcpp.read_barcodes(
        image,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return list(dict.fromkeys(code.text for code in codes))
