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
from fontTools.pens.ttGlyphPen import TTGlyphPen
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


#: Faces for print: family, weight and where its letters come from. Of Taviraj Thai words are 600 and figures are 700.
FACES = {
    ("Sarabun", 400): "Regular",
    ("Sarabun", 700): "Bold",
    ("Taviraj Thai", 600): "Taviraj-thai-600",
    ("Taviraj Latin", 700): "Taviraj-latin-700",
}
_AA, _NIKHAHIT, _AM = 0x0E32, 0x0E4D, 0x0E33


def _loaded(weight: str) -> TTFont:
    return TTFont(BytesIO(truetype(weight)), recalcTimestamp=False)


def _source(name: str) -> TTFont:
    if name in WEIGHTS:
        return _loaded(name)
    font = TTFont(STATIC / f"{name}.woff2", recalcTimestamp=False)
    font.flavor = None
    return font


@cache
def printing(name: str) -> bytes:
    """A TrueType file for print, by a name of FACES, in which every ำ is a glyph that says so.

    Shaping splits ำ into nikhahit and sara aa, and both halves have other lives: a PDF could not tell ทำ from ทา when text
    is copied or searched, and readers differ in what they make of a glyph that says nothing. So the two are joined again
    into one glyph; where a tone mark stands on the nikhahit, a twin of sara aa says ำ instead. It looks the same.
    """
    font = _source(name)
    if _AM in font.getBestCmap():
        _join_sara_am(font)
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def _join_sara_am(font: TTFont) -> None:
    names, says = font.getBestCmap(), _letters_of(font)
    aa = names[_AA]
    # The typeface joins a nikhahit and a tone mark into one glyph, so what stands before sara aa is one glyph.
    bare = [glyph for glyph, text in says.items() if text == chr(_NIKHAHIT)]
    stacked = [glyph for glyph, text in says.items() if len(text) > 1 and chr(_NIKHAHIT) in text]
    twin = f"{aa}.am"
    joined = {glyph: f"{glyph}.am" for glyph in bare}
    font.setGlyphOrder([*font.getGlyphOrder(), twin, *joined.values()])
    glyf, metrics = font["glyf"], font["hmtx"].metrics
    glyf.glyphOrder = font.getGlyphOrder()
    glyf.glyphs[twin], metrics[twin] = glyf.glyphs[aa], metrics[aa]
    for glyph, whole in joined.items():
        pen = TTGlyphPen(font.getGlyphSet())
        pen.addComponent(glyph, (1, 0, 0, 1, 0, 0))
        pen.addComponent(aa, (1, 0, 0, 1, 0, 0))
        glyf.glyphs[whole] = pen.glyph()
        metrics[whole] = (metrics[aa][0], metrics[glyph][1])
    font["maxp"].numGlyphs = len(font.getGlyphOrder())
    classes = font["GDEF"].table.GlyphClassDef.classDefs
    if aa in classes:
        classes.update(dict.fromkeys((twin, *joined.values()), classes[aa]))
    glyphs = font.getReverseGlyphMap(rebuild=True)
    gsub = font["GSUB"].table
    lookups = gsub.LookupList.Lookup
    join = len(lookups)
    lookups.append(
        builder.buildLookup(
            [builder.buildLigatureSubstSubtable({(glyph, aa): whole for glyph, whole in joined.items()})]
        )
    )
    added = [join]
    if stacked:
        lookups.append(builder.buildLookup([builder.buildSingleSubstSubtable({aa: twin})]))
        lookups.append(builder.buildLookup([_after(stacked, aa, join + 1, glyphs)]))
        added.append(join + 2)
    gsub.LookupList.LookupCount = len(lookups)
    for script in gsub.ScriptList.ScriptRecord:
        if script.ScriptTag == "thai":
            for index in script.Script.DefaultLangSys.FeatureIndex:
                feature = gsub.FeatureList.FeatureRecord[index]
                if feature.FeatureTag == "ccmp":
                    feature.Feature.LookupListIndex.extend(added)
                    feature.Feature.LookupCount = len(feature.Feature.LookupListIndex)


def _after(before: list[str], glyph: str, lookup: int, glyphs: dict[str, int]) -> otTables.ChainContextSubst:
    """The rule that applies a lookup to a glyph where one of `before` stands in front of it."""
    context = otTables.ChainContextSubst()
    context.Format = 3
    context.BacktrackCoverage = [builder.buildCoverage(before, glyphs)]
    context.InputCoverage = [builder.buildCoverage([glyph], glyphs)]
    context.LookAheadCoverage = []
    record = otTables.SubstLookupRecord()
    record.SequenceIndex = 0
    record.LookupListIndex = lookup
    context.SubstLookupRecord = [record]
    context.BacktrackGlyphCount = context.InputGlyphCount = context.SubstCount = 1
    context.LookAheadGlyphCount = 0
    return context


def _letters_of(font: TTFont) -> dict[str, str]:
    """What each glyph says: its letter, or what the glyphs said that a substitution puts it in place of."""
    says: dict[str, str] = {}
    for code, name in sorted(font.getBestCmap().items()):
        says.setdefault(name, chr(code))
    given = frozenset(says)
    for lookup in font["GSUB"].table.LookupList.Lookup if "GSUB" in font else ():
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
    return says


@cache
def letters(name: str) -> dict[int, str]:
    """What each glyph of `printing(name)` says, by glyph number: the text layer of a PDF."""
    font = TTFont(BytesIO(printing(name)))
    says = _letters_of(font)
    for glyph, text in says.items():
        if len(text) > 1 and chr(_NIKHAHIT) in text:
            # Joined with sara aa it is ำ; with a tone mark it is the mark alone, for the twin behind it says ำ.
            says[glyph] = "\u0e33" if chr(_AA) in text else text.replace(chr(_NIKHAHIT), "")
    twin = f"{font.getBestCmap().get(_AA)}.am"
    if twin in font.getGlyphOrder():
        says[twin] = "\u0e33"
    return {font.getGlyphID(glyph): text for glyph, text in says.items()}


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
