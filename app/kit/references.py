"""Reference codes that people read aloud and type: a letter, a year, seven random characters, a check character."""

import re
from random import Random
from secrets import SystemRandom

from stdnum.iso7064 import mod_37_2

#: Thirty characters: no 0 and O, no 1, I and L, no U.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

_SHAPE = re.compile(rf"F[0-9]{{2}}[{ALPHABET}]{{8}}")
_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_APART = re.compile(r"[\s\-]+")


def make(year_be: int, random: Random | None = None) -> str:
    """A new code such as `F69K7QX3M9P`: `F`, the Buddhist year's last two digits, seven random characters, a check.

    The check character is ISO 7064 MOD 37-2 over all that stands before it, which catches every single wrong
    character and every two neighbours changed about. One draw in five has a check outside the alphabet and is
    drawn again. The caller keeps codes unique.
    """
    source = random or SystemRandom()
    while True:
        body = f"F{year_be % 100:02d}" + "".join(source.choice(ALPHABET) for _ in range(7))
        check = mod_37_2.calc_check_digit(body)
        if check in ALPHABET:
            return body + check


def is_valid(ref1: str) -> bool:
    """Whether this is a code of ours in its canonical form with the right check character."""
    return _SHAPE.fullmatch(ref1) is not None and mod_37_2.is_valid(ref1)


def normalise(text: str) -> str:
    """What a person typed in canonical form: upper case, Arabic digits, no spaces or hyphens. It may still be invalid."""
    return _APART.sub("", text).translate(_ARABIC).upper()
