"""Evidence photos: what a phone sends becomes a small upright JPEG that tells nothing but its picture."""

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import ExifTags, Image, ImageFile

from app.kit import pictures
from app.kit.errors import BadInput

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 64_000_000
MAX_SIDE = 1600
QUALITY = 82

_TOO_MANY_PIXELS = f"ภาพมีขนาดเกิน {MAX_PIXELS // 1_000_000} ล้านพิกเซล กรุณาย่อภาพก่อนส่ง"
_BROKEN = "เปิดภาพนี้ไม่ได้ ไฟล์อาจเสียหายหรือส่งมาไม่ครบ กรุณาส่งใหม่อีกครั้ง"
_KEY = re.compile(r"[0-9a-f]{64}")
#: How the name of a file begins that is not whole yet.
NEW = ".new-"


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A photo that may be kept: JPEG, upright, at most MAX_SIDE on its longer side, without EXIF or GPS.

    `sha256` is that of `content`, in hex: the photo's name in a Store.
    """

    content: bytes
    width: int
    height: int
    sha256: str


def read(sent: bytes) -> PreparedPhoto:
    """The photo in the bytes that someone sent.

    Raises BadInput in Thai words for an empty file, more than MAX_BYTES, another format than JPEG, PNG, WEBP or
    HEIC (by its first bytes, never by its name), more than MAX_PIXELS, or a picture that is broken.
    """
    if not sent:
        raise BadInput("ไฟล์ภาพว่างเปล่า กรุณาเลือกภาพใหม่")
    if len(sent) > MAX_BYTES:
        raise BadInput(f"ภาพใหญ่เกิน {MAX_BYTES // 1024 // 1024} MB กรุณาย่อภาพหรือถ่ายใหม่ด้วยขนาดเล็กลง")
    kind = pictures.kind(sent)
    opener = pictures.OPENERS.get(kind)
    if opener is None:
        raise BadInput("ไฟล์นี้ไม่ใช่ภาพ JPEG, PNG, WEBP หรือ HEIC กรุณาเลือกไฟล์ภาพ")
    # Opening reads only the header, so the size is known before a pixel is unpacked.
    with (
        pictures.opening(broken=_BROKEN, too_many_pixels=_TOO_MANY_PIXELS),
        opener(BytesIO(sent)) as picture,
    ):
        if picture.width * picture.height > pictures.most_pixels(kind, MAX_PIXELS):
            raise BadInput(_TOO_MANY_PIXELS)
        picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
        shrunk = _upright(_shrunk(picture), picture.getexif().get(ExifTags.Base.Orientation))
    out = BytesIO()
    shrunk.save(out, "JPEG", quality=QUALITY, optimize=True)
    content = out.getvalue()
    return PreparedPhoto(content, shrunk.width, shrunk.height, hashlib.sha256(content).hexdigest())


def _shrunk(picture: ImageFile.ImageFile) -> Image.Image:
    """The picture on white, at most MAX_SIDE on its longer side.

    A new picture is made and only pixels go into it: no EXIF, comment, profile or thumbnail can follow. They go a
    strip at a time, shrunk on their way: of 64 million pixels there is room for one copy.
    """
    picture.load()
    width, height = picture.size
    by = max(1, max(width, height) // MAX_SIDE)
    small = Image.new("RGB", (-(-width // by), -(-height // by)), "white")
    for top, strip in pictures.strips(picture, rows_by=by):
        small.paste(_on_white(strip).reduce(by), (0, top // by))
    longer = max(width, height)
    if longer <= MAX_SIDE:
        return small
    size = max(1, round(width * MAX_SIDE / longer)), max(1, round(height * MAX_SIDE / longer))
    return small.resize(size, Image.Resampling.LANCZOS, box=(0, 0, width / by, height / by))


#: Value of EXIF's orientation → how the picture is turned (EXIF 2.32, tag 0x0112).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _upright(picture: Image.Image, orientation: object) -> Image.Image:
    # Pillow's exif_transpose writes the rest of the EXIF anew, which some phones fill with what it cannot write.
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return picture if turn is None else picture.transpose(turn)


def _on_white(strip: Image.Image) -> Image.Image:
    strip = pictures.eight_bits(strip)
    if strip.mode not in ("RGBA", "LA", "PA") and "transparency" not in strip.info:
        return strip.convert("RGB")
    seen, white = strip.convert("RGBA"), Image.new("RGB", strip.size, "white")
    white.paste(seen, mask=seen.getchannel("A"))
    return white


class Store:
    """A folder of contents named by their SHA-256, two levels deep: ab/cd/abcd….

    A content is there whole or not at all, and never changes. Putting it twice keeps it once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Where the content with this key is or would be. Raises BadInput for anything but 64 hex digits."""
        if not _KEY.fullmatch(key):
            raise BadInput("รหัสไฟล์ไม่ถูกต้อง กรุณาเปิดจากหน้ารายการอีกครั้ง")
        return self.folder / key[:2] / key[2:4] / key

    def put(self, content: bytes) -> str:
        """Keep `content`; answers its key once it is safely on the disk, even if the power then fails."""
        key = hashlib.sha256(content).hexdigest()
        path = self.path(key)
        if path.exists():
            return key
        self.write(path, content)
        return key

    def write(self, path: Path, content: bytes) -> None:
        """Have `content` at this path of the folder, whole and safely on the disk, or nothing new at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=NEW, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        for folder in (path.parent, path.parent.parent, self.folder):
            sync(folder)

    def exists(self, key: str) -> bool:
        """Whether the content with this key is kept."""
        return self.path(key).is_file()

    def open(self, key: str) -> BinaryIO:
        """The content, to be read and closed by the caller. Raises FileNotFoundError if it is not kept."""
        return self.path(key).open("rb")


def sync(folder: Path) -> None:
    """Write a folder to the disk: the name of a new file, or that an old one is gone, is safe only then."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
