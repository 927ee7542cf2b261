"""The Sarabun typeface: its files, and the small WOFF2 copies that the pages are served.

`python -m app.kit.fonts` makes the copies in app/static/fonts/ anew from the installed typeface. They are
kept in the repository, so this runs only when the typeface, the weights or the letters below change.
"""

import sys
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

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
    font = TTFont(BytesIO(truetype(weight)), recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in LETTERS for code in range(first, last + 1)])
    subsetter.subset(font)
    font.flavor = "woff2"
    out = BytesIO()
    font.save(out)
    return out.getvalue()


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
