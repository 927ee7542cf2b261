"""Names: how alike a payer, as a bank writes them (titles, masks, capitals), is to a name that the fund knows."""

import re
from difflib import SequenceMatcher

from app.kit import texts

#: Before a name, longest first; a bank writes them with or without a space.
_TITLES = (
    *("นางสาว", "น.ส.", "น.ส", "นส.", "นาย", "นาง", "ด.ช.", "ด.ญ.", "เด็กชาย", "เด็กหญิง", "ว่าที่ร้อยตรี"),
    *(
        "บริษัท",
        "บจก.",
        "บมจ.",
        "หจก.",
        "ห้างหุ้นส่วนจำกัด",
        "มูลนิธิ",
        "สมาคม",
        "miss",
        "mrs.",
        "mrs",
        "mr.",
        "mr",
        "ms.",
        "ms",
    ),
)
_ENDINGS = re.compile(r"(?:จำกัด|\(มหาชน\)|มหาชน|co\.?,? ?ltd\.?)\s*$")
_LEANING = re.compile("[ะ-ฺๅ็-๎]")
_MASK = re.compile(r"[*xX•]+$|\*+")
_LEAST_LETTERS = 3
#: From here two words are one, spelt a little differently.
_SAME_WORD = 85


def plain(name: str) -> str:
    """A name for comparing: one way of writing each letter, no title, no legal ending, single spaces."""
    text = " ".join(texts.canonical(name).casefold().split())
    for title in sorted(_TITLES, key=len, reverse=True):
        rest = text.removeprefix(title)
        # นายิกา is a name: no name begins with a vowel or mark that leans on the letter before it.
        if rest != text and len(rest) > 1 and not _LEANING.match(rest):
            text = rest.strip()
            break
    return " ".join(_ENDINGS.sub("", text).split())


def likeness(payer: str, name: str) -> int:
    """From 0 to 100. A masked part (ใ***) is like every part that begins so, but never makes a whole likeness alone."""
    of_payer, other = plain(payer), plain(name)
    if len(of_payer) < _LEAST_LETTERS or len(other) < _LEAST_LETTERS:
        return 0
    if of_payer == other:
        return 100
    if "*" in of_payer:
        return _masked(of_payer.split(), other.split())
    if min(len(of_payer), len(other)) >= 6 and (of_payer in other or other in of_payer):
        return 90
    return _alike(of_payer.replace(" ", ""), other.replace(" ", ""))


def _alike(first: str, other: str) -> int:
    return round(SequenceMatcher(None, first, other).ratio() * 100)


def _masked(parts: list[str], known: list[str]) -> int:
    """Every part that is written out must be there, every masked one begin as the part in its place."""
    open_letters = 0
    if len(known) < len(parts):
        return 0
    for part, whole in zip(parts, known, strict=False):
        seen = _MASK.split(part, maxsplit=1)[0] if "*" in part else part
        if "*" in part:
            if not whole.startswith(seen):
                return 0
        elif _alike(part, whole) < _SAME_WORD:
            return 0
        open_letters += len(seen)
    return 90 if open_letters > _LEAST_LETTERS else 0
