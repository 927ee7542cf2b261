"""Names in other scripts on paper: Khmer, Lao, Burmese, Chinese, Japanese and Korean beside Thai and Latin.

The fonts come from packages, never from the machine, so that a paper is the same wherever it is printed. A paper embeds only
the letters that stand on it.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import as_file, files
from io import BytesIO

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from app.kit import fonts

#: The package and the folder of each face, the first that has a letter gives it.
_FACES = {
    "Khmer": ("justmytype_intl_sea", "notosanskhmer", "NotoSansKhmer[wdth,wght].ttf"),
    "Lao": ("justmytype_intl_sea", "notosanslao", "NotoSansLao[wdth,wght].ttf"),
    "Burmese": ("justmytype_intl_sea", "notosansmyanmar", "NotoSansMyanmar[wdth,wght].ttf"),
    "Chinese": ("justmytype_intl_cjk", "notosanssc", "NotoSansSC[wght].ttf"),
    "Chinese Traditional": ("justmytype_intl_cjk", "notosanstc", "NotoSansTC[wght].ttf"),
    "Japanese": ("justmytype_intl_cjk", "notosansjp", "NotoSansJP[wght].ttf"),
    "Korean": ("justmytype_intl_cjk", "notosanskr", "NotoSansKR[wght].ttf"),
}
#: The families in the order in which a sheet looks for a letter, after its own.
FAMILIES = tuple(_FACES)
#: A mark that stands on itself, and what is heaped on two Thai marks: no name is written so, and it runs over other lines.
_REPEATED = re.compile("([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0300-\u036f])\\1+")
_HEAPED = re.compile(
    "([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{3})[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0300-\u036f]+"
)
_HEAPED_LATIN = re.compile("([\u0300-\u036f]{2})[\u0300-\u036f]+")


def printable(text: str) -> str:
    """The text as a paper can show it, every letter of it with a glyph.

    Pictures and other signs that no face has are left out and heaped marks are cut; a letter that no face has is told by its
    number, as `[U+05D0]`, because leaving it out would make another name.
    """
    text = _HEAPED_LATIN.sub(r"\1", _HEAPED.sub(r"\1", _REPEATED.sub(r"\1", text)))
    return _foreign().sub(lambda found: _shown(found[0]), text)


def unprintable(text: str) -> str:
    """The letters of the text, each once, that no face has."""
    return "".join(dict.fromkeys(letter for letter in _foreign().findall(text) if len(_shown(letter)) > 1))


def faces(text: str) -> list[tuple[str, bytes]]:
    """Family and TrueType file of each further face that the text needs, with no letters but its own. Equal text, equal bytes."""
    needed: dict[str, set[str]] = {}
    for letter in sorted(set(_foreign().findall(text))):
        if family := _family(letter):
            needed.setdefault(family, set()).add(letter)
    return [(family, _cut(family, needed[family])) for family in FAMILIES if family in needed]


def _shown(letter: str) -> str:
    if _family(letter):
        return letter
    return f"[U+{ord(letter):04X}]" if unicodedata.category(letter)[0] in "LN" else ""


@cache
def _foreign() -> re.Pattern[str]:
    own = TTFont(BytesIO(fonts.printing("Regular"))).getBestCmap()
    return re.compile(f"[^\\s{re.escape(''.join(map(chr, own)))}]")


@cache
def _letters(family: str) -> frozenset[int]:
    with _opened(family) as font:
        return frozenset(font.getBestCmap())


@cache
def _family(letter: str) -> str | None:
    return next((family for family in FAMILIES if ord(letter) in _letters(family)), None)


def _opened(family: str) -> TTFont:
    package, folder, name = _FACES[family]
    with as_file(files(package) / "fonts" / "ofl" / folder / name) as path:
        return TTFont(path, lazy=True, recalcTimestamp=False)


def _cut(family: str, letters: Iterable[str]) -> bytes:
    options = subset.Options()
    options.layout_features = ["*"]
    options.hinting = False
    options.recalc_timestamp = False
    with _opened(family) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[ord(letter) for letter in letters])
        subsetter.subset(font)
        upright = {"wght": 400, "wdth": 100}
        made = instancer.instantiateVariableFont(
            font, {axis.axisTag: upright[axis.axisTag] for axis in font["fvar"].axes}, inplace=True
        )
        out = BytesIO()
        made.save(out)
    return out.getvalue()
