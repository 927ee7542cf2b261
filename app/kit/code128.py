"""Code 128 barcodes, drawn as PNG and SVG, each read back before anyone sees it."""

import io
import re
from xml.sax.saxutils import escape

import zxingcpp
from PIL import Image

from app.kit.errors import BadInput, Refused

#: White on both sides, in modules: ten times the narrowest bar, as ISO/IEC 15417 asks.
QUIET_ZONE = 10
#: How high the bars stand, in modules: 15 % of a long barcode's length, at which a hand scanner need not be level.
_HEIGHT = 64


def draw_png(text: str, *, scale: int = 3) -> bytes:
    """A black and white PNG of the text, `scale` pixels to the narrowest bar, with its quiet zone.

    Raises BadInput for a text that Code 128 cannot hold, Refused when the drawing reads otherwise.
    """
    row = _modules(text)
    picture = Image.frombytes("L", (len(row), 1), bytes(0 if dark else 255 for dark in row))
    picture = picture.resize((len(row) * scale, _HEIGHT * scale), Image.Resampling.NEAREST)
    if read(picture) != [text]:
        raise Refused("วาดบาร์โค้ดแล้วอ่านกลับไม่ตรงกัน จึงไม่แสดง โปรดลองใหม่หรือแจ้งผู้ดูแลระบบ")
    written = io.BytesIO()
    picture.convert("1").save(written, "PNG", optimize=True)
    return written.getvalue()


def draw_svg(text: str, *, title: str) -> str:
    """An SVG of the bars that `draw_png` draws and reads back. `title` is what a screen reader says in its stead."""
    draw_png(text)
    row = _modules(text)
    bits = "".join("1" if dark else "0" for dark in row)
    path = "".join(
        f"M{bar.start()} 0h{len(bar[0])}v{_HEIGHT}H{bar.start()}z" for bar in re.finditer("1+", bits)
    )
    # Stretched or shrunk along its length only as a whole: the bars keep their ratio and their height.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(row)} {_HEIGHT}" role="img" shape-rendering="crispEdges">'
        f"<title>{escape(title)}</title>"
        f'<path fill="#fff" d="M0 0h{len(row)}v{_HEIGHT}H0z"/><path d="{path}"/></svg>'
    )


def read(picture: Image.Image) -> list[str]:
    """The texts of the Code 128 barcodes in a picture, with their control characters as they are."""
    found = zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Code128),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return [code.text for code in found]


def _modules(text: str) -> list[bool]:
    if not text.isascii():
        raise BadInput("บาร์โค้ดใส่ได้เฉพาะตัวอักษรอังกฤษและตัวเลข")
    try:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    except ValueError as refused:
        raise BadInput("ข้อความนี้ใส่ในบาร์โค้ดไม่ได้ อาจยาวเกินไปหรือว่างเปล่า") from refused
    drawn = Image.fromarray(code.to_image(scale=1, add_quiet_zones=False))
    white = [False] * QUIET_ZONE
    return [*white, *(level == 0 for level in drawn.crop((0, 0, drawn.width, 1)).tobytes()), *white]
