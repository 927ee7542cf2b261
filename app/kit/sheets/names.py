"""File names that are safe to keep, show and send."""

import re
import unicodedata
from pathlib import PurePosixPath

from app.kit.errors import BadInput

#: Bytes, not letters: file systems allow 255, and a Thai letter takes three.
_LONGEST = 240
_LONGEST_SUFFIX = 10
_PATH = re.compile(r"[/\\\x00]|^[A-Za-z]:|^\.{1,2}$")
#: Reserved by Windows, or able to break a header line.
_AWKWARD = re.compile(r"[<>:\"|?*';%]")


def safe_file_name(name: str) -> str:
    """The name without control and direction marks and with "_" for what file systems reserve.

    Raises BadInput for an empty name and for one that holds a path: nothing honest sends one.
    """
    plain = unicodedata.normalize("NFC", name)
    if _PATH.search(plain.strip()):
        raise BadInput("ชื่อไฟล์มีเส้นทางโฟลเดอร์อยู่ด้วย โปรดเปลี่ยนชื่อไฟล์ให้เหลือเฉพาะชื่อแล้วส่งใหม่")
    shown = "".join(
        letter for letter in plain if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )
    kept = _AWKWARD.sub("_", " ".join(shown.split())).strip(" .")
    if not kept:
        raise BadInput("ไฟล์ไม่มีชื่อ โปรดตั้งชื่อไฟล์แล้วส่งใหม่")
    suffix = PurePosixPath(kept).suffix
    if len(suffix) > _LONGEST_SUFFIX:
        suffix = ""
    stem = kept.removesuffix(suffix).encode()[: _LONGEST - len(suffix.encode())]
    return stem.decode(errors="ignore").rstrip(" .") + suffix
