"""The reference files that come with the program, read once."""

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


@cache
def load(name: str) -> Any:
    """The content of one file of the data folder. Shared: nobody may change what comes back."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def plain(words: str) -> str:
    """`words` as two spellings of one name are compared: composed, no case, no spaces or joiners.

    Sara am typed as nikhahit and sara aa is the same letter to a reader, so it is the same here.
    """
    text = unicodedata.normalize("NFC", words).replace("\u0e4d\u0e32", "\u0e33").casefold()
    return "".join(c for c in text if not c.isspace() and c not in "\u200b\u200c\u200d\ufeff-_/.,()\"'")
