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


def visible(text: str) -> str:
    """The text in one line with nothing but what people see, in the form NFC: a name, as it is kept and printed.

    Left out are control characters, half surrogates, private letters, marks that turn the direction of writing and
    whatever has no width (Unicode TR 36); white space is folded. Vowels and tone marks stay, and so do emoji. What has
    then no letter, digit or sign of its own is empty.
    """
    kept: list[str] = []
    for letter in _BLANK.sub("", unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))):
        if letter in _OF_EMOJI:
            if kept and (kept[-1] == "\ufe0f" or unicodedata.category(kept[-1]) in ("So", "Sk")):
                kept.append(letter)
        elif letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Co", "Cs"):
            kept.append(letter)
    line = " ".join("".join(kept).split())
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
