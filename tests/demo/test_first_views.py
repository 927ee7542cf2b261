"""What a first view weighs over the wire, with nothing kept from before: page, style sheet, script, typefaces and pictures."""

import re

import pytest
from flask import Flask
from people import Person

from app.demo import cast
from app.staff import signin

_MOST = 100 * 1024


def _weighs(client: object, path: str) -> dict[str, int]:
    """Bytes of a page and of all that a browser fetches for it, as they are sent."""
    accepts = {"Accept-Encoding": "gzip"}
    page = client.get(path)  # type: ignore[attr-defined]
    assert page.status_code == 200, path
    text = page.get_data(as_text=True)
    names = set(re.findall(r'(?:src|srcset)="(/[^"]+)"', text))
    names |= set(re.findall(r'<link rel="(?:icon|preload|stylesheet)" href="([^"]+)"', text))
    weights = {path: len(client.get(path, headers=accepts).data)}  # type: ignore[attr-defined]
    for name in list(names):
        if "app.css" in name:
            style = client.get(name).get_data(as_text=True)  # type: ignore[attr-defined]
            faces = re.findall(r'url\("(fonts/[^"]+)"\)', style)
            names |= {f"/static/{face}" for face in faces}
    for name in {name.replace("&amp;", "&") for name in names}:
        weights[name] = len(client.get(name, headers=accepts).data)  # type: ignore[attr-defined]
    return weights


@pytest.mark.pages
def test_a_first_view_weighs_no_more_than_a_hundred_kilobytes(demo: Flask) -> None:
    settings = demo.extensions["kueakun"]
    # The list of people to sign in as is the demonstration's alone.
    del demo.extensions["demo_accounts"]
    for name, path in (
        ("", "/"),
        ("", "/give"),
        ("", "/sign-in"),
        ("malee", "/home"),
        ("ton", "/home"),
        ("kanya", "/bank"),
    ):
        client = Person(demo).client
        if name:
            token = signin.sign_in(
                sign_in_name=name, password=cast.password(settings, name), address="192.0.2.1"
            )
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = token, True
        weights = _weighs(client, path)
        assert sum(weights.values()) <= _MOST, (path, sorted(weights.items(), key=lambda item: -item[1]))
