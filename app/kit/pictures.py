"""Pictures that strangers send: which kinds are opened, told by their first bytes and never by their name."""

from collections.abc import Callable, Mapping
from io import BytesIO

import filetype
import pillow_heif
from PIL import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

_HEIC = "image/heic"

# Pillow's own limit on pixels is one global for the whole process, raises only above twice its value and is
# looked at only by Image.open. So every kind is opened by its own class, which reads no more than the header, and
# whoever opens it measures it before a pixel is unpacked.
OPENERS: Mapping[str, Callable[[BytesIO], ImageFile.ImageFile]] = {
    "image/jpeg": JpegImageFile,
    "image/png": PngImageFile,
    "image/webp": WebPImageFile,
    _HEIC: pillow_heif.HeifImageFile,
}


def kind(sent: bytes) -> str:
    """The MIME type of what was sent: one that OPENERS has, another, or "" for what is not known at all."""
    # iPhones write HEIC under several brands, of which the general list knows only the first.
    if sent[4:8] == b"ftyp" and pillow_heif.is_supported(sent):
        return _HEIC
    return filetype.guess_mime(sent) or ""
