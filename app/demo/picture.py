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
