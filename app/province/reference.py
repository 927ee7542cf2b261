"""The reference files that come with the program, read once."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from app.kit import texts

FOLDER = Path(__file__).parent / "data"


@cache
def load(name: str) -> Any:
    """The content of one file of the data folder. Shared: nobody may change what comes back."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def plain(words: str) -> str:
    """`words` as two spellings of one name are compared: canonical, no case, no spaces or signs."""
    text = texts.canonical(words).casefold()
    return "".join(c for c in text if not c.isspace() and c not in "-_/.,()\"'")
