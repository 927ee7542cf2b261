"""Texts that people typed: what of them may be kept, shown and printed."""

import re
import unicodedata

#: Seen by nobody and needed all the same: they part Thai words and join the parts of emoji.
_BETWEEN = "\u200b\u200c\u200d"
#: What some reader or other takes for the end of a line.
_LINE_ENDS = re.compile("\r\n|[\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029]")
#: What joins and colours the parts of emoji, and is nothing elsewhere.
_OF_EMOJI = "\u200d\ufe0f"
#: Letters and marks by their category, and drawn as nothing (Unicode, Default_Ignorable_Code_Point; a braille blank).
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0e\uffa0\U000e0100-\U000e01ef]"
)

#: Drawn as nothing between letters: joiners, zero-width spaces, soft hyphens, marks of direction.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_SARA_AM = re.compile("ํ([่-๋]*)า")
_AFTER_SARA_AM = re.compile("ำ+([็-๎ำ]*)")
_MARKS_TOGETHER = re.compile("[ัิ-ฺ็-๎]{2,}")
#: Vowels next to the consonant, then tone marks, then what silences or closes it.
_ORDER_OF_MARKS = {mark: place for place, mark in enumerate("\u0e3aัิีึื\u0e38\u0e39็่้๊๋์ํ๎")}
#: What is not in order: looked for first, since nearly every text is.
_SUSPECT = re.compile("เเ|ํ|ำ[็-๎ำ]|[ัิ-ฺ็-๎][ัิ-ฺ็]|[่-๎][่-๋]|[์-๎][์-๎]")


def in_order(text: str) -> str:
    """The text (NFC) with its Thai letters in their one order; whoever reads it sees no difference.

    Sara am is one letter after its tone mark however it was typed, two sara e are sara ae, and marks over one
    consonant stand once each, in the order in which they are read (Unicode 16.2). Other letters stay.
    """
    if not _SUSPECT.search(text):
        return text
    text = _SARA_AM.sub(r"\1ำ", text.replace("เเ", "แ"))
    text = _AFTER_SARA_AM.sub(lambda found: found[1].replace("ำ", "") + "ำ", text)
    text = _MARKS_TOGETHER.sub(_once_in_order, text)
    return _SARA_AM.sub(r"\1ำ", text)


def _once_in_order(found: re.Match[str]) -> str:
    return "".join(sorted(set(found[0]), key=_ORDER_OF_MARKS.__getitem__))


def canonical(text: str) -> str:
    """The one way to write a name: NFC, Thai letters in order, without letters that nobody sees."""
    if text.isascii():
        return text
    return in_order(_UNSEEN.sub("", unicodedata.normalize("NFC", text)))


def visible(text: str) -> str:
    """The text in one line with nothing but what people see, in the form NFC: a name, as it is kept and printed.

    Left out are control characters, half surrogates, private letters, marks that turn the direction of writing and
    whatever has no width (Unicode TR 36); white space is folded. Vowels and tone marks stay, in their one order, and so
    do emoji. What has then no letter, digit or sign of its own is empty.
    """
    kept: list[str] = []
    for letter in _BLANK.sub("", unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))):
        if letter in _OF_EMOJI:
            if kept and (kept[-1] == "\ufe0f" or unicodedata.category(kept[-1]) in ("So", "Sk")):
                kept.append(letter)
        elif letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Co", "Cs"):
            kept.append(letter)
    line = in_order(" ".join("".join(kept).split()))
    return line if any(unicodedata.category(letter)[0] in "LNPS" for letter in line) else ""


def one_line(text: str) -> str:
    """The text in one line, with nothing that ends a line elsewhere, and as `plain` leaves it."""
    return " ".join(plain(text).split())


def plain(text: str) -> str:
    r"""The text without what controls: its lines end with \n, its tabs stay.

    Left out are control characters, half surrogates, and marks that turn the direction of writing or cannot be seen:
    with those a text says something else to people than to machines (Unicode TR 36).
    """
    ended = _LINE_ENDS.sub("\n", text)
    return "".join(letter for letter in ended if letter in "\n\t" or _is_seen(letter))


def _is_seen(letter: str) -> bool:
    return letter in _BETWEEN or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
