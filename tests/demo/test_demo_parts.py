"""Every form of every role, each of its fields sent as what it is not: a file for words, words for a file."""

import re
from collections import deque
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException

from app.demo import cast
from app.kit.db import db
from app.staff.audit import AuditEvent

#: Addresses of one kind that one person opens: the first may lack the forms of the second.
_OF_A_KIND = 2


@dataclass
class FoundForm:
    action: str
    #: Name → a value that the page offers.
    words: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


def _forms(tree: Any, path: str) -> list[FoundForm]:
    found = []
    for form in tree.iter("form"):
        if (form.get("method") or "get").lower() != "post":
            continue
        found_form = FoundForm((form.get("action") or path).split("#")[0])
        for part in form.iter():
            name = part.get("name")
            if name and part.get("type") == "file":
                found_form.files.add(name)
            elif name and part.tag in ("input", "select", "textarea", "button"):
                found_form.words.setdefault(name, part.get("value") or part.text or "")
        found.append(found_form)
    return found


class Crawl:
    """One person who follows every link, and every form on the way."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app, self.client = app, client
        self.forms: list[FoundForm] = []

    def kind(self, path: str, method: str) -> str | None:
        """The rule of an address; None for what is no page."""
        try:
            rule, _ = self.app.url_map.bind("localhost").match(
                path.partition("?")[0], method=method, return_rule=True
            )
        except HTTPException:
            return None
        return str(rule.rule)

    def walk(self, *starts: str) -> None:
        waiting, opened = deque(starts), dict[str, set[str]]()
        while waiting:
            path = waiting.popleft()
            kind = self.kind(path, "GET")
            seen = opened.setdefault(kind or "", set())
            if kind is None or path in seen or len(seen) >= _OF_A_KIND or kind.startswith("/static"):
                continue
            seen.add(path)
            answer = self.client.get(path, follow_redirects=True)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            tree = html5lib.parse(answer.get_data(as_text=True), namespaceHTMLElements=False)
            self.forms += _forms(tree, answer.request.path)
            links = (link.get("href", "").split("#")[0] for link in tree.iter("a"))
            waiting.extend(link for link in links if re.match(r"/(?!/)", link))


def _client(demo: Flask, sign_in_name: str) -> FlaskClient:
    client = demo.test_client()
    if sign_in_name:
        page = client.get("/sign-in").get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post("/sign-in/try", data={"csrf_token": token, "account": sign_in_name})
        assert answer.status_code == 302
    return client


def _deeds() -> int:
    db.session.rollback()
    return db.session().scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_every_field_of_every_form_sent_as_what_it_is_not_is_refused_in_words(
    demo: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    # Answered as a served portal answers: a fault is a 500 and not an exception of the test.
    demo.testing = False
    one_of_each = {character.role: character.sign_in_name for character in reversed(cast.CHARACTERS)}
    people = ["", *one_of_each.values()]
    tried: set[tuple[str, str]] = set()
    kinds: set[str] = set()
    for sign_in_name in people:
        client = _client(demo, sign_in_name)
        crawl = Crawl(demo, client)
        crawl.walk("/", "/home", "/give", "/sign-in", "/receipts/check", "/demo/bank")
        deeds = _deeds()
        for form in crawl.forms:
            kind = crawl.kind(form.action, "POST")
            assert kind, f"{form.action} takes no form"
            kinds.add(kind)
            for name in {*form.words, *form.files, "csrf_token", "no_such_field"}:
                if (kind, re.sub(r"[0-9]+", "9", name)) in tried:
                    continue
                tried.add((kind, re.sub(r"[0-9]+", "9", name)))
                caplog.clear()
                wrong: Any = "words" if name in form.files else (BytesIO(b"MZ"), "a.exe")
                answer = client.post(
                    form.action, data={**form.words, name: wrong}, content_type="multipart/form-data"
                )
                assert answer.status_code == 422, f"{name} of {form.action}: {answer.status_code}"
                assert "ยังไม่ได้บันทึกรายการใด" in answer.get_data(as_text=True)
                (line,) = caplog.records
                assert line.exc_info is None
                assert "\n" not in line.getMessage()
        assert _deeds() == deeds
    assert len(kinds) > 60, sorted(kinds)
    assert len(tried) > 250


@pytest.mark.parametrize(
    "body",
    [
        [1, 2],
        "words",
        7,
        None,
        {"sign_in_name": {"a": 1}, "password": ["x"]},
        {"sign_in_name": 7, "password": 8},
    ],
)
def test_a_form_that_comes_as_json_is_an_empty_form(demo: Flask, body: object) -> None:
    demo.testing = False
    for sign_in_name, path in (("", "/sign-in"), ("", "/give"), ("kanya", "/people/me")):
        client = _client(demo, sign_in_name)
        page = client.get(path).get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post(path, json=body, headers={"X-CSRFToken": token})
        assert answer.status_code in (400, 422), path


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Disposition: form-data\r\n\r\nx",
        b"Content-Disposition: form-data; name=\r\n\r\nx",
        b'Content-Disposition: form-data; name=""\r\n\r\nx',
        b'Content-Disposition: form-data; name="sign_in_name"; filename=""\r\n\r\n',
        b"Content-Disposition: form-data; name=\"sign_in_name\"; filename*=UTF-8''a.txt\r\n\r\nx",
        b'Content-Disposition: form-data; name="sign_in_name"\r\nContent-Type: text/plain; charset=utf-99\r\n\r\nx',
        b'Content-Disposition: form-data; name="sign_in_name"\r\n\r\n\xff\xfe\x00',
        b'Content-Disposition: form-data; name="\xff\xfe"\r\n\r\nx',
        b"Content-Disposition: attachment\r\n\r\nx",
        b"X: y\r\n\r\nx",
        b"\r\nx",
        b"",
    ],
)
def test_odd_and_repeated_parts_are_no_fault_of_ours(demo: Flask, part: bytes) -> None:
    demo.testing = False
    client = demo.test_client()
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0].encode()
    parts = [b'Content-Disposition: form-data; name="csrf_token"\r\n\r\n' + token, part, part]
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    # A file that breaks off is let go by the collector: the web framework forgets it.
    for ending in (b"--b--\r\n",) if b"filename" in part else (b"--b--\r\n", b"--b", b""):
        answer = client.post("/sign-in", data=body + ending, content_type="multipart/form-data; boundary=b")
        assert 400 <= answer.status_code < 500, answer.status_code
