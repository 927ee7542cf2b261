"""The Sarabun typeface: for pages as small WOFF2 copies, for print with every glyph's letters known.

`python -m app.kit.fonts` makes the copies in app/static/fonts/ anew from the installed typeface. They are
kept in the repository, so this runs only when the typeface, the weights or the letters below change.
"""

import sys
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.otlLib import builder
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables

WEIGHTS = {"Regular": 400, "Bold": 700}
STATIC = Path(__file__).parents[1] / "static" / "fonts"

#: Ranges of code points a page may need: Latin, Thai, and the punctuation, arrows and signs around them.
LETTERS = (
    (0x0020, 0x007E),
    (0x00A0, 0x00FF),
    (0x0E00, 0x0E7F),
    (0x200B, 0x200D),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x2030, 0x2030),
    (0x2039, 0x203A),
    (0x20AC, 0x20AC),
    (0x2122, 0x2122),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2248),
    (0x2260, 0x2260),
    (0x2264, 0x2265),
    (0x25CC, 0x25CC),
    (0x2713, 0x2713),
)


def truetype(weight: str) -> bytes:
    """The whole TrueType file of a weight ("Regular", "Bold", …)."""
    return (files("fontpkg_sarabun") / "files" / f"Sarabun-{weight}.ttf").read_bytes()


def licence() -> bytes:
    """The SIL Open Font License the typeface is under; it has to stand beside every copy."""
    return (files("fontpkg_sarabun") / "LICENSE").read_bytes()


def web(weight: str) -> bytes:
    """A WOFF2 of one weight with only LETTERS in it and all the positioning of Thai marks kept.

    The same typeface gives the same bytes.
    """
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["*"]
    options.hinting = False
    options.recalc_timestamp = False
    options.name_IDs = ["*"]
    font = _loaded(weight)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in LETTERS for code in range(first, last + 1)])
    subsetter.subset(font)
    font.flavor = "woff2"
    out = BytesIO()
    font.save(out)
    return out.getvalue()


#: The glyph of sara aa, and its twin that stands for the second half of a sara am.
_AA, _AM = "uni0E32", "uni0E32.am"
_NIKHAHIT = ("uni0E4D", "uni0E4D.narrow")
_STACKED = "uni0E4D0E4"  # a nikhahit with a tone mark above it


def _loaded(weight: str) -> TTFont:
    return TTFont(BytesIO(truetype(weight)), recalcTimestamp=False)


@cache
def printing(weight: str) -> bytes:
    """A TrueType file for print in which the half of a sara am is a glyph of its own.

    Shaping splits ำ into nikhahit and sara aa, and both halves have other lives: a PDF could not tell
    ทำ from ทา when text is copied or searched. A twin of sara aa, put in by a substitution after a
    nikhahit (with a tone mark on it or not), carries that knowledge through. It looks the same.
    """
    font = _loaded(weight)
    order = font.getGlyphOrder()
    font.setGlyphOrder([*order, _AM])
    font["glyf"].glyphs[_AM] = font["glyf"].glyphs[_AA]
    font["glyf"].glyphOrder = font.getGlyphOrder()
    font["hmtx"].metrics[_AM] = font["hmtx"].metrics[_AA]
    font["maxp"].numGlyphs = len(font.getGlyphOrder())
    classes = font["GDEF"].table.GlyphClassDef.classDefs
    if _AA in classes:
        classes[_AM] = classes[_AA]
    gsub = font["GSUB"].table
    lookups = gsub.LookupList.Lookup
    to_twin = len(lookups)
    # The typeface joins a nikhahit and a tone mark into one glyph, so what stands before is one glyph.
    before = [name for name in order if name in _NIKHAHIT or name.startswith(_STACKED)]
    glyphs = font.getReverseGlyphMap(rebuild=True)
    context = otTables.ChainContextSubst()
    context.Format = 3
    context.BacktrackCoverage = [builder.buildCoverage(before, glyphs)]
    context.InputCoverage = [builder.buildCoverage([_AA], glyphs)]
    context.LookAheadCoverage = []
    record = otTables.SubstLookupRecord()
    record.SequenceIndex = 0
    record.LookupListIndex = to_twin
    context.SubstLookupRecord = [record]
    context.BacktrackGlyphCount = context.InputGlyphCount = context.SubstCount = 1
    context.LookAheadGlyphCount = 0
    lookups.append(builder.buildLookup([builder.buildSingleSubstSubtable({_AA: _AM})]))
    lookups.append(builder.buildLookup([context]))
    gsub.LookupList.LookupCount = len(lookups)
    for script in gsub.ScriptList.ScriptRecord:
        if script.ScriptTag == "thai":
            for index in script.Script.DefaultLangSys.FeatureIndex:
                feature = gsub.FeatureList.FeatureRecord[index]
                if feature.FeatureTag == "ccmp":
                    feature.Feature.LookupListIndex.append(to_twin + 1)
                    feature.Feature.LookupCount = len(feature.Feature.LookupListIndex)
    out = BytesIO()
    font.save(out)
    return out.getvalue()


@cache
def letters(weight: str) -> dict[int, str]:
    """What each glyph of `printing(weight)` says, by glyph number: the text layer of a PDF.

    A glyph that a substitution puts in place of others says what those said. A nikhahit says nothing,
    for the twin of sara aa behind it says the whole ำ, in the place where a reader writes it.
    """
    font = TTFont(BytesIO(printing(weight)))
    says: dict[str, str] = {}
    for code, name in sorted(font.getBestCmap().items()):
        says.setdefault(name, chr(code))
    given = frozenset(says)
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            if lookup.LookupType == 1:
                for name, other in table.mapping.items():
                    if other not in given and name in says:
                        says.setdefault(other, says[name])
            elif lookup.LookupType == 4:
                for first, ligatures in table.ligatures.items():
                    for ligature in ligatures:
                        names = [first, *ligature.Component]
                        if ligature.LigGlyph not in given and all(name in says for name in names):
                            says.setdefault(ligature.LigGlyph, "".join(says[name] for name in names))
    says[_AM] = "\u0e33"
    for name in _NIKHAHIT:
        says[name] = ""
    for name, text in says.items():
        if name.startswith(_STACKED):
            says[name] = text.replace("\u0e4d", "")
    return {font.getGlyphID(name): text for name, text in says.items()}


def write(folder: Path = STATIC) -> list[Path]:
    """Write the web fonts and their licence into `folder`; answers the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {f"Sarabun-{weight}.woff2": web(weight) for weight in WEIGHTS} | {"OFL.txt": licence()}
    for name, content in written.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in written]


if __name__ == "__main__":
    for path in write():
        sys.stdout.write(f"{path} {path.stat().st_size}\n")
