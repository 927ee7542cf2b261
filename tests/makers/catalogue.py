"""The catalogue of English beside what the pages say: what it lacks, and what nobody says any more.

`python tests/makers/catalogue.py` writes it anew, with an empty text for each sentence that is new and without those that
are said no more; the test that fails says which they are.
"""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None}
_HEAD = r"""# English of the pages. The key is the Thai that stands in them.
msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
_MARKED = re.compile(r"\b(?:_|n?gettext|marked)\(")


def said() -> Catalog:
    """Every sentence that is wrapped in a page, a form or a rule, in the order of the files."""
    found = Catalog(locale="en")
    files = [("jinja2.ext:babel_extract", path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    files += [("python", path) for path in sorted((ROOT / "app").rglob("*.py"))]
    for method, path in files:
        if _MARKED.search(path.read_text(encoding="utf-8")):
            options = {"trimmed": "false", "silent": "false", "newstyle_gettext": "true"}
            for _, sentence, _, _ in extract_from_file(method, path, _KEYWORDS, options=options):
                found.add(sentence)
    return found


def kept() -> Catalog:
    """What the file holds."""
    with PATH.open("rb") as file:
        return read_po(file, locale="en")


def names(sentence: str) -> set[str]:
    """What a sentence has places for."""
    return set(re.findall(r"%\((\w+)\)s", sentence))


def write() -> None:
    """The file anew: the texts that it had, for the sentences that are said now."""
    before = kept() if PATH.exists() else Catalog(locale="en")
    now = Catalog(locale="en")
    for message in said():
        if message.id:
            old = before.get(message.id)
            now.add(message.id, string=old.string if old is not None else None)
    with PATH.open("wb") as file:
        file.write(_HEAD.encode())
        write_po(file, now, width=0, omit_header=True)


if __name__ == "__main__":
    write()
