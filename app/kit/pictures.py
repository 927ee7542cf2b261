"""Pictures that strangers send: which kinds are opened, told by their first bytes and never by their name."""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO

import filetype
import pillow_heif
from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

_HEIC, _WEBP = "image/heic", "image/webp"
#: Unpacked, a WebP takes sixteen bytes a pixel, four times what any other kind takes.
MOST_PIXELS_WEBP = 10_000_000
#: Pixels of one strip: a few megabytes, whatever the picture has.
_STRIP = 1_000_000

# Pillow's own limit on pixels is one global for the whole process, raises only above twice its value and is
# looked at only by Image.open. So every kind is opened by its own class, which reads no more than the header, and
# whoever opens it measures it before a pixel is unpacked.
OPENERS: Mapping[str, Callable[[BytesIO], ImageFile.ImageFile]] = {
    "image/jpeg": JpegImageFile,
    "image/png": PngImageFile,
    _WEBP: WebPImageFile,
    _HEIC: pillow_heif.HeifImageFile,
}


def kind(sent: bytes) -> str:
    """The MIME type of what was sent: one that OPENERS has, another, or "" for what is not known at all."""
    # iPhones write HEIC under several brands, of which the general list knows only the first.
    if sent[4:8] == b"ftyp" and pillow_heif.is_supported(sent):
        return _HEIC
    return filetype.guess_mime(sent) or ""


def most_pixels(kind: str, most: int) -> int:
    """How many pixels a picture of this kind may have where pictures may have `most`."""
    return min(most, MOST_PIXELS_WEBP) if kind == _WEBP else most


def strips(image: Image.Image, *, rows_by: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """The picture from top to bottom in strips, each with its first row, so that what is done to it needs little room.

    Each strip but the last has a multiple of `rows_by` rows.
    """
    rows = max(1, _STRIP // image.width // rows_by) * rows_by
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))
