"""The documents: every file, name, command and address that they tell of is there."""

import re
from pathlib import Path

import pytest
from flask import Flask

from app.cli import kueakun

ROOT = Path(__file__).parent.parent
FOLDERS = ("app", "bench", "deploy", "docs", "migrations", "templates", "tests")
PAGES = [page for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if page.name != "glossary.md"]
LINES = [(page, line) for page in PAGES for line in page.read_text("utf-8").splitlines()]
#: What the how-tos build as an example, or leave to the reader to name.
EXAMPLE = re.compile("absence|NAME|NNNN")


def test_every_file_and_name_in_the_documents_is_there() -> None:
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix != ".pyc"]
    files = {f"/{path.relative_to(ROOT).as_posix()}" for path in (*paths, *ROOT.iterdir())}
    texts = {
        path: path.read_text("utf-8") for path in paths if path.suffix in {".py", ".sql", ".toml", ".html"}
    }
    words = set(re.findall(r"\w+", " ".join(texts.values())))
    defined = {
        (path.stem, n) for path, t in texts.items() for n in re.findall(r"^(?:def |class )?(\w+)", t, re.M)
    }
    modules = {path.stem for path in texts if path.is_relative_to(ROOT / "app")} - {"cast"}
    missing: list[tuple[str, str]] = []
    for page, line in LINES:
        links = re.findall(r"\]\(([^)#:]+)\)", line)
        missing += [(page.name, link) for link in links if not (page.parent / link).exists()]
        named = re.findall(rf"(?<![\w./-])(?:{'|'.join(FOLDERS)})/[\w./-]*\w", line)
        missing += [(page.name, path) for path in named if f"/{path}" not in files]
        # A file without its folder stands beneath the folder that the line names, if it names any.
        above = next((f"/{path}/" for path in named if (ROOT / path).is_dir()), "/")
        for name in re.findall(r"`([\w/]+\.(?:py|html|json|sql|sh|toml))[` ]", line):
            there = any(file.endswith(f"/{name}") and file.startswith(above) for file in files)
            missing += [] if there else [(page.name, name)]
        for name in re.findall(r"`([a-zA-Z_]\w*(?:\.(?!py`|sh`|txt`|toml`|json`)\w+)*)(?:\([^`]*\))?`", line):
            first, _, second = name.partition(".")
            there = (first, second) in defined if second and first in modules else {*name.split(".")} <= words
            missing += [] if there else [(page.name, name)]
    assert [told for told in missing if not EXAMPLE.search(told[1])] == []


@pytest.mark.pages
def test_every_command_and_address_in_the_documents_is_there(sqlite_portal: Flask) -> None:
    routes = sqlite_portal.url_map.bind("localhost")
    for _page, line in LINES:
        for room, verb in re.findall(r"\bkueakun ([a-z]+)\b(?: ([a-z]+(?:-[a-z]+)*))?", line):
            assert not verb or verb in getattr(kueakun.commands[room], "commands", [verb]), line
        for address in re.findall(r"`(/[a-z][\w/-]*)`", line):
            elsewhere = address.startswith(("/etc", "/run", "/srv", "/demo")) or EXAMPLE.search(address)
            assert elsewhere or routes.test(address) or routes.test(address, "POST"), line
