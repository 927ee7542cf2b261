"""A form that is sent twice, whichever way, is one deed."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from flask import Flask
from people import Cast
from sqlalchemy import func, select

from app.fund.committee.records import Meeting
from app.kit import clock, deed_keys
from app.kit.db import db
from app.kit.thai import short_date


def _form(cast: Cast) -> dict[str, Any]:
    page = cast.busaba.sign_in().visit("/meetings/new")
    (form,) = [form for form in page.forms() if "held_on" in form["fields"]]
    return {name: value or "" for name, value in form["fields"].items() if name} | {
        "held_on": short_date(clock.today() + timedelta(days=14)),
        "place": "ศาลากลางจังหวัด",
    }


def _meetings() -> int:
    db.session.remove()
    return db.session().scalar(select(func.count()).select_from(Meeting)) or 0


def test_the_same_form_again_leads_to_what_the_first_one_made(portal: Flask, cast: Cast) -> None:
    sent, client = _form(cast), cast.busaba.client
    first, second = (client.post("/meetings/new", data=sent) for _ in range(2))
    assert re.search(r"/meetings/\d+$", first.location)
    assert second.location == first.location
    assert _meetings() == 1


def test_of_two_alike_at_one_moment_one_is_done_and_both_are_led_to_it(portal: Flask, cast: Cast) -> None:
    sent = _form(cast)
    cookie = cast.busaba.client.get_cookie("kueakun")
    assert cookie is not None

    def press(_: int) -> str:
        client = portal.test_client()
        client.set_cookie("kueakun", cookie.value)
        return str(client.post("/meetings/new", data=sent).location)

    with ThreadPoolExecutor(4) as pool:
        places = set(pool.map(press, range(4)))
    assert len(places) == 1
    assert _meetings() == 1


def test_a_form_that_was_refused_may_be_mended_and_sent_again(portal: Flask, cast: Cast) -> None:
    sent, client = _form(cast), cast.busaba.client
    far = sent | {"held_on": short_date(clock.today() + timedelta(days=1000))}
    for _ in range(2):
        assert client.post("/meetings/new", data=far).status_code == 409
    assert client.post("/meetings/new", data=sent).status_code == 302
    assert _meetings() == 1


def test_other_words_in_a_form_that_was_done_are_kept_for_a_fresh_form(portal: Flask, cast: Cast) -> None:
    sent, client = _form(cast), cast.busaba.client
    client.post("/meetings/new", data=sent)
    again = client.post("/meetings/new", data=sent | {"place": "หอประชุมอำเภอ"})
    assert again.status_code == 409
    assert "ส่งและบันทึกไปแล้วครั้งหนึ่ง" in again.get_data(as_text=True)
    assert _meetings() == 1


def test_keys_are_forgotten_when_nobody_can_send_their_forms_any_more(
    sqlite_portal: Flask, cast: Cast, monkeypatch: Any
) -> None:
    cast.busaba.client.post("/meetings/new", data=_form(cast))
    assert deed_keys.clear() == {"deleted": 0}
    later = clock.now() + deed_keys.KEPT + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert deed_keys.clear() == {"deleted": 1}
