"""Pictures that strangers send: which kinds are opened, told by their first bytes and never by their name."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from types import ModuleType
from typing import Any

import filetype
import pillow_heif
from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from app.kit.errors import BadInput, Refused

_log = logging.getLogger(__name__)


class _Whole(ModuleType):
    """Pillow's own module, which takes half a picture for a whole one in no thread at no time.

    WeasyPrint asks for that, in the whole process, while it is imported: evidence photos would be taken as well.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "LOAD_TRUNCATED_IMAGES":
            super().__setattr__(name, value)


ImageFile.__class__ = _Whole

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
    # iPhones write HEIC under several brands, of which the general list knows only the first. AVIF comes in the same
    # box and as "mif1", too; its own brand stands then among those it is compatible with.
    if sent[4:8] == b"ftyp" and not _is_avif(sent) and pillow_heif.is_supported(sent):
        return _HEIC
    return filetype.guess_mime(sent) or ""


def _is_avif(sent: bytes) -> bool:
    # ISO/IEC 14496-12, 4.3: length of the box, "ftyp", the brand, its version, then the brands it is compatible with.
    box = sent[8 : min(int.from_bytes(sent[:4], "big"), 512)]
    brands = [box[:4], *(box[at : at + 4] for at in range(8, len(box), 4))]
    return any(brand in (b"avif", b"avis") for brand in brands) and b"heic" not in brands


@contextmanager
def opening(*, broken: str, too_many_pixels: str) -> Iterator[None]:
    """Open and unpack a picture inside. Raises BadInput with these words for whatever a decoder fails with."""
    try:
        yield
    except Refused:
        raise
    except Image.DecompressionBombError as bomb:
        # The WebP class asks Pillow's own limit as well.
        raise BadInput(too_many_pixels) from bomb
    except Exception as failure:
        _log.info("a picture was not opened: %s", type(failure).__name__)
        raise BadInput(broken) from failure


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


def eight_bits(image: Image.Image) -> Image.Image:
    """The picture with eight bits a channel, scaled. Pillow cuts off what is above 255 when it converts one of sixteen,
    so a grey scan would come out white; the kinds in colour it scales by itself while it unpacks them."""
    clear = image.info.get("transparency")
    if image.mode.startswith("I"):
        scaled = image.point(lambda grey: grey * (1 / 257) + 0.5).convert("L")  # 65535 = 255 × 257
        if isinstance(clear, int):
            scaled.info["transparency"] = clear // 257
        return scaled
    if isinstance(clear, tuple) and max(clear) > 255:
        # The one colour that is transparent is told as the file has it, in sixteen bits.
        image.info["transparency"] = tuple(channel >> 8 for channel in clear)
    return image
