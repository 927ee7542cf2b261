"""The face of the portal: one style sheet of tokens, one family of parts, each shown in the gallery."""

import re
from pathlib import Path

from app.kit import web

ROOT = Path(__file__).parents[1]

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "app" / "static"
CSS = (STATIC / "app.css").read_text(encoding="utf-8")
#: Parts that only other parts are made of.
INNER = {
    "icon_of",
    "picture",
    "error_items",
    "is_choice_list",
    "errors_of",
    "label_of",
    "control",
    "attributes",
}
INNER |= {"list_ask", "list_rows", "list_ends", "list_value", "list_choice", "linked"}
INNER |= {"table_row", "keyed", "key_hint", "understood", "hand"}
INNER |= {"hatch", "flow_boxes", "flow_words", "flow_key", "map_hatches", "money_word"}

#: The classes that lay a page out, as the family of parts names them.
LAYOUT = (
    (TEMPLATES / "_macros.html")
    .read_text(encoding="utf-8")
    .partition("LAYOUT CLASSES")[2]
    .partition("-#}")[0]
)


def _pages() -> list[Path]:
    return [path for path in TEMPLATES.rglob("*.html") if "pdf" not in path.parts]


def test_colours_are_written_in_the_tokens_alone() -> None:
    rules = re.sub(r":root(?:\[[^{]*|:not[^{]*)? ?\{.*?\n\s*\}", "", CSS, flags=re.DOTALL)
    rules = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", rules, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", rules) == []


def test_every_token_that_is_used_is_defined() -> None:
    defined = set(re.findall(r"(--[a-z0-9-]+):", CSS))
    assert set(re.findall(r"var\((--[a-z0-9-]+)\)", CSS)) - defined == set()


def test_every_class_of_a_page_has_its_rule() -> None:
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", CSS))
    unknown = set()
    for path in _pages():
        still = re.sub(
            r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        # And what a condition adds: class="field{{ " wrong" if f.errors }}".
        added = re.findall(r'\{\{ "([a-z -]+)" (?:if|~)', path.read_text(encoding="utf-8"))
        for words in [*re.findall(r'class="([^"]*)"', still), *(words for words in added if words[0] == " ")]:
            unknown |= {
                (path.name, name) for name in words.split() if name not in known and not name.endswith("-")
            }
    assert unknown == set()


def test_no_page_makes_a_part_of_its_own() -> None:
    # What papers and the frame of all pages are made of is theirs.
    made = {
        path.relative_to(TEMPLATES).as_posix()
        for path in _pages()
        if re.search(r"\{%-? *macro\b", path.read_text(encoding="utf-8"))
        and path.parent != TEMPLATES
        and path.relative_to(TEMPLATES).parts[0] != "macros"
    }
    assert made == set()


def test_what_parts_say_of_records_is_made_of_the_parts_alone() -> None:
    """The macros of one trade, in a folder of macros/, stand in no gallery: what is to be seen of them comes from one that does."""
    arranged = set(re.findall(r"\.([a-z-]+)", LAYOUT))
    strange = {
        (path.name, name)
        for path in (TEMPLATES / "macros").glob("*/*.html")
        for words in re.findall(r'class="([^"{]*)"', path.read_text(encoding="utf-8"))
        for name in words.split()
        if name not in arranged
    }
    assert strange == set()


def test_every_part_is_shown_in_the_gallery() -> None:
    parts = {
        name
        for path in (TEMPLATES / "macros").glob("*.html")
        for name in re.findall(r"\{%- macro (\w+)\(", path.read_text(encoding="utf-8"))
    }
    shown = set(
        re.findall(r"\bui\.(\w+)\(", (TEMPLATES / "demo" / "components.html").read_text(encoding="utf-8"))
    )
    assert parts - INNER - shown == set()


def test_the_style_sheet_names_its_typefaces_by_their_content() -> None:
    named = re.findall(r'url\("(fonts/[\w-]+\.woff2)\?v=(\w+)"\)', CSS)
    assert len(named) == CSS.count("@font-face")
    assert [(name, web.fingerprint(str(STATIC), name)) for name, _ in named] == named


def test_the_dark_that_is_chosen_is_the_dark_of_the_device() -> None:
    device = re.search(r"prefers-color-scheme: dark\) \{\s*:root[^{]*\{(.*?)\}", CSS, re.DOTALL)
    chosen = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', CSS, re.DOTALL)
    assert device and chosen
    assert device.group(1).split() == chosen.group(1).split()


def test_no_line_of_a_template_is_longer_than_is_read_at_once() -> None:
    lines = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in TEMPLATES.rglob("*.html")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 160
    ]
    assert lines == []


def test_every_form_that_is_sent_bears_the_keys_that_make_it_one_deed() -> None:
    without = []
    for path in TEMPLATES.rglob("*.html"):
        page = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for form in re.findall(r'<form\b[^>]*method="(?:post|\{\{ method \}\})".*?</form>', page, re.DOTALL):
            if "form_keys()" not in form:
                without.append(str(path.relative_to(TEMPLATES)))
        assert 'name="csrf_token"' not in page
    assert without == []
