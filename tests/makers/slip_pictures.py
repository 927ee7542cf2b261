"""Pictures of slips for tests, as a bank's app draws them."""

import io

import pillow_heif
from PIL import Image, ImageDraw

from app.kit import qr, slips
from app.kit.slips import ScannedSlip, TrueMoneySlip


def drawn(*texts: str, turned: int = 0) -> Image.Image:
    """A slip of 1080 × 1620 with these QR codes along its foot."""
    slip = Image.new("RGB", (1080, 1620), "#eaf3f1")
    pen = ImageDraw.Draw(slip)
    pen.rectangle((0, 0, 1080, 220), fill="#0b5c4b")
    at = 40
    for text in texts:
        code = Image.open(io.BytesIO(qr.draw_png(text, scale=5))).convert("RGB")
        slip.paste(code, (at, 1620 - code.height - 40))
        at += code.width + 30
    return slip.rotate(turned, expand=True, fillcolor="black") if turned else slip


def saved(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    written = io.BytesIO()
    if kind == "HEIC":
        pillow_heif.from_pillow(picture).save(written, quality=60)
    else:
        picture.save(written, kind, **options)
    return written.getvalue()


def of(
    slip: ScannedSlip | TrueMoneySlip, *, beside: tuple[str, ...] = (), kind: str = "JPEG", turned: int = 0
) -> bytes:
    return saved(drawn(slips.encode(slip), *beside, turned=turned), kind)


def bank_slip(trans_ref: str = "20260708ABCdEfGhIjK123456", bank: str = "014") -> ScannedSlip:
    return ScannedSlip(sending_bank=bank, trans_ref=trans_ref)
