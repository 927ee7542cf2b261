"""The pages that have English, opened in both languages: by a visitor and by a network's treasurer."""

import re
from collections import Counter
from collections.abc import Set
from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest
from flask import Flask
from people import Person
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from app.demo import cast
from app.fund.ledger.accounts import Purpose
from app.kit import language
from app.kit.db import db
from app.province import english_names
from app.staff import signin

pytestmark = pytest.mark.pages

THAI = re.compile("[\u0e01-\u0e3a\u0e40-\u0e5b]")
_OF_A_KIND = 2
#: What a reader sees or hears of an element besides its text.
_SAID = ("alt", "aria-label", "title", "placeholder")


def _thai_in(tree: Any, has_english: Set[str]) -> list[str]:
    """Thai letters that are not marked as Thai, and marked words that have English."""
    found = []

    def look(element: Any) -> None:
        said = [element.text or "", *(element.get(name) or "" for name in _SAID)]
        # An option may be the name of a network or a person; it cannot be marked.
        if element.get("lang") == "th" or element.tag == "option":
            words = " ".join("".join(element.itertext()).split())
            found.extend({words, words.partition(" ")[2]} & has_english)
        elif element.tag not in ("title", "script", "style"):
            found.extend(text for text in said if THAI.search(text))
            for child in element:
                look(child)
                if THAI.search(child.tail or ""):
                    found.append(child.tail)

    look(tree.find("body"))
    return found


def _walk(app: Flask, client: Any, *starts: str) -> tuple[Counter[str], list[str]]:
    """How many pages of each endpoint with English were opened, and the Thai that stood in them unmarked."""
    waiting, known, opened, left = list(starts), set(), Counter[str](), []
    with app.app_context():
        names = {
            *english_names.known(),
            *db.session().scalars(select(Purpose.name_th).where(Purpose.name_en != "")),
        }
    has_english = names | {thai for thai, _ in language.catalogue("en", "messages")}
    while waiting:
        path = waiting.pop(0)
        try:
            endpoint, _ = app.url_map.bind("localhost").match(urlsplit(path).path, "GET")
        except HTTPException:
            continue
        if path in known or opened[endpoint] >= _OF_A_KIND or not language.has_english(app, endpoint):
            continue
        known.add(path)
        opened[endpoint] += 1
        answer = client.get(path)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        text = answer.get_data(as_text=True)
        waiting += re.findall(r'href="(/[^"#]*)', text.replace("&amp;", "&"))
        tree = html5lib.parse(text, namespaceHTMLElements=False)
        if tree.get("lang") == "en":
            left += [f"{path}: {' '.join(words.split())}" for words in _thai_in(tree, has_english)]
        else:
            assert "%(" not in text, path
            assert '<span lang="th">' not in text, path
    return opened, left


def _treasurer(app: Flask) -> Any:
    client = Person(app).client
    password = cast.password(app.extensions["kueakun"], "ton")
    token = signin.sign_in(sign_in_name="ton", password=password, address="192.0.2.1")
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = token, True
    return client


def test_pages_with_english_have_no_thai_but_names_and_every_one_of_them_opens(demo: Flask) -> None:
    for reader, start in ((Person(demo).client, ("/", "/sign-in", "/give")), (_treasurer(demo), ("/home",))):
        thai, _ = _walk(demo, reader, *start)
        reader.get("/language/en")
        said, left = _walk(demo, reader, *start)
        assert "\n".join(left) == ""
        assert said == thai
