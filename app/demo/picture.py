"""A drawing in place of a photo of the ceremony."""

import io

from PIL import Image, ImageDraw


def ceremony() -> bytes:
    """A drawing in place of a photo: nobody real is in the demonstration, so nobody can be in its pictures."""
    picture = Image.new("RGB", (1200, 900), "#dfe9ea")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 600, 1200, 900), fill="#8fae7b")
    for place, colour in enumerate(("#6b4f2a", "#2f6b3a", "#6b4f2a", "#2f6b3a", "#6b4f2a")):
        left = 140 + place * 200
        pen.ellipse((left, 330, left + 90, 420), fill="#e3b98f")
        pen.rounded_rectangle((left - 20, 420, left + 110, 690), radius=40, fill=colour)
        pen.rectangle((left + 20, 430, left + 70, 500), fill="#d9a21b")
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()


def bank_book() -> bytes:
    """A drawing in place of a page of a bank book: the paper that the books begin with."""
    picture = Image.new("RGB", (900, 640), "#f7f4ea")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 900, 90), fill="#2f5d62")
    for place in range(9):
        top = 130 + place * 52
        pen.line((50, top + 40, 850, top + 40), fill="#b9b29c", width=2)
        pen.text((70, top + 10), f"{8 + place:02d}/08/65", fill="#333333", font_size=24)
        pen.text((650, top + 10), f"{1_120_000 - place * 82_349.28:,.2f}", fill="#333333", font_size=24)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()
