"""Signing in and out, and how a session ends."""

import dataclasses
from datetime import timedelta

import pytest
import time_machine
from argon2 import extract_parameters
from flask import Flask
from people import PASSWORD, PORTALS_HASHER, Cast, Person
from sqlalchemy import select

from app import create_app
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused, TooManyTries
from app.staff import people, signin
from app.staff.audit import AuditEvent
from app.staff.signin import SignInAttempt, StaffSession


def _is_in(person: Person) -> bool:
    return bool(person.client.get("/home").status_code == 200)


def _try(app: Flask, name: str, password: str, *, address: str = "192.0.2.7") -> int:
    """Post the sign-in form from an address, as someone who guesses does. Returns the status."""
    client = app.test_client()
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(
        "/sign-in",
        data={"sign_in_name": name, "password": password, "csrf_token": token},
        environ_base={"REMOTE_ADDR": address},
    )
    return int(answer.status_code)


@pytest.mark.pages
def test_the_right_password_opens_the_first_page_of_the_day(cast: Cast) -> None:
    page = cast.malee.send("/sign-in", sign_in_name="  Malee ", password=PASSWORD)
    assert "งานของฉัน" in page.words
    assert "มาลี" in page.words


@pytest.mark.pages
def test_the_finance_officer_begins_at_the_money_that_waits(cast: Cast) -> None:
    page = cast.kanya.send("/sign-in", sign_in_name="kanya", password=PASSWORD)
    assert page.response.request.path == "/bank"


@pytest.mark.pages
def test_a_wrong_password_keeps_the_name_and_never_the_password(cast: Cast) -> None:
    page = cast.malee.send("/sign-in", sign_in_name="malee", password="not-this-one-at-all", to_status=422)
    assert 'value="malee"' in page.text
    assert "not-this-one-at-all" not in page.text
    assert "ไม่ถูกต้อง" in page.words
    assert not _is_in(cast.malee)


@pytest.mark.pages
def test_an_unknown_name_is_answered_with_the_same_words(cast: Cast) -> None:
    known = cast.stranger.send("/sign-in", sign_in_name="malee", password="wrong-wrong-wrong", to_status=422)
    unknown = cast.stranger.send(
        "/sign-in", sign_in_name="nobody", password="wrong-wrong-wrong", to_status=422
    )
    assert known.words.replace("malee", "") == unknown.words.replace("nobody", "")


@pytest.mark.pages
@pytest.mark.parametrize("target", ["/people/me", "/people/me?a=1"])
def test_one_is_taken_on_to_the_page_that_was_asked_for(cast: Cast, target: str) -> None:
    first = cast.malee.visit(target)
    assert first.response.request.path == "/sign-in"
    page = cast.malee.send(first.response.request.full_path, sign_in_name="malee", password=PASSWORD)
    assert page.response.request.full_path.rstrip("?") == target


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "\t//elsewhere.example",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_taken_on_to_another_site(sqlite_portal: Flask, target: str) -> None:
    cast = Cast(sqlite_portal)
    first = cast.malee.client.get("/sign-in", query_string={"next": target})
    assert "elsewhere" not in first.get_data(as_text=True)
    token = first.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"sign_in_name": "malee", "password": PASSWORD, "csrf_token": token, "next": target}
    assert cast.malee.client.post("/sign-in", data=fields).location == "/home"


def test_signing_out_ends_the_session_on_the_server_too(cast: Cast) -> None:
    cast.malee.sign_in()
    stolen = cast.malee.client.get_cookie("kueakun").value
    cast.malee.send("/home", action="/sign-out")
    assert not _is_in(cast.malee)
    thief = cast.stranger
    thief.client.set_cookie("kueakun", stolen)
    assert not _is_in(thief)


def test_a_session_nobody_uses_ends_and_one_in_use_goes_on(cast: Cast) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False) as moment:
        cast.malee.sign_in()
        cast.chai.sign_in()
        for _ in range(3):
            moment.shift(signin.IDLE - timedelta(minutes=1))
            assert _is_in(cast.malee)
        assert not _is_in(cast.chai)


def test_even_a_session_in_use_ends_after_a_working_day(cast: Cast) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False) as moment:
        cast.malee.sign_in()
        while clock.now() + timedelta(hours=1) <= start + signin.LONGEST:
            moment.shift(timedelta(hours=1))
            assert _is_in(cast.malee)
        moment.shift(timedelta(minutes=1))
        assert not _is_in(cast.malee)


def test_closing_an_account_signs_it_out_at_once(cast: Cast) -> None:
    cast.malee.sign_in()
    with transaction():
        people.close(cast.malee.user_id or 0, by=cast.ying.user)
    assert not _is_in(cast.malee)
    assert _try(cast.app, "malee", PASSWORD) == 422


def test_a_reset_password_ends_the_sessions_of_the_old_one(cast: Cast) -> None:
    cast.malee.sign_in()
    with transaction():
        people.reset_password(cast.malee.user_id or 0, password="a-new-one-of-hers", by=cast.ying.user)
    assert not _is_in(cast.malee)
    assert _try(cast.app, "malee", PASSWORD) == 422
    assert _try(cast.app, "malee", "a-new-one-of-hers") == 302


def test_the_cookie_and_the_database_hold_no_readable_secret(cast: Cast) -> None:
    cast.malee.sign_in()
    row = db.session().scalars(select(StaffSession)).one()
    cookie = cast.malee.client.get_cookie("kueakun")
    assert row.token_hash not in cookie.value
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert PASSWORD not in cast.malee.user.password_hash


def test_a_guess_takes_as_long_as_owasp_asks_whether_or_not_there_is_such_a_name() -> None:
    nobody = extract_parameters(signin._NOBODY)
    assert nobody.memory_cost >= 19 * 1024
    assert nobody.time_cost >= 2
    portals = extract_parameters(PORTALS_HASHER.hash(PASSWORD))
    assert (portals.memory_cost, portals.time_cost) == (nobody.memory_cost, nobody.time_cost)


def test_guessing_at_one_name_is_slowed_down_by_every_process_together(cast: Cast) -> None:
    second = create_app(cast.app.extensions["kueakun"])
    third = create_app(cast.app.extensions["kueakun"])
    for number in range(signin.TRIES_PER_NAME):
        app = (cast.app, second)[number % 2]
        assert _try_in(app, "malee", f"guess-number-{number}", address=f"198.51.100.{number}") == 422
    # The right password no longer helps, at none of the doors, not even from another address.
    for app in (cast.app, second, third):
        assert _try_in(app, "malee", PASSWORD, address="203.0.113.5") == 429
    assert _try_in(third, "chai", PASSWORD, address="203.0.113.5") == 302
    with time_machine.travel(clock.now() + signin.WINDOW + timedelta(seconds=1)):
        assert _try_in(third, "malee", PASSWORD) == 302
    for app in (second, third):
        with app.app_context():
            db.engine.dispose()


def _try_in(app: Flask, name: str, password: str, *, address: str = "192.0.2.7") -> int:
    with app.app_context():
        return _try(app, name, password, address=address)


def test_guessing_from_one_address_at_many_names_is_slowed_down(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    with transaction() as session:
        session.add_all(
            SignInAttempt(sign_in_name=name, address="192.0.2.9", at=clock.now(), succeeded=False)
            for name in ("malee", *(f"name{n}" for n in range(signin.TRIES_PER_ADDRESS)))
        )
    assert _try(cast.app, "malee", PASSWORD, address="192.0.2.9") == 429
    # Whose name was not tried wrongly is not kept out by whoever shares the address.
    assert _try(cast.app, "chai", PASSWORD, address="192.0.2.9") == 302
    assert _try(cast.app, "malee", PASSWORD, address="192.0.2.10") == 302


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "198.51.100.9")])
def test_a_forwarded_address_is_believed_only_from_a_proxy_of_our_own(
    sqlite_portal: Flask, proxies: int, seen: str
) -> None:
    Cast(sqlite_portal)
    settings = dataclasses.replace(sqlite_portal.extensions["kueakun"], proxies=proxies)
    app = create_app(settings)
    client = app.test_client()
    headers = {"X-Forwarded-For": "203.0.113.1, 198.51.100.9"}
    with app.app_context():
        page = client.get("/sign-in", headers=headers).get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        fields = {"sign_in_name": "malee", "password": "wrong-wrong-wrong", "csrf_token": token}
        assert client.post("/sign-in", data=fields, headers=headers).status_code == 422
        db.engine.dispose()
    db.session().rollback()
    assert db.session().scalars(select(SignInAttempt.address)).one() == seen


def test_the_addresses_of_one_ipv6_customer_count_as_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signin, "TRIES_PER_ADDRESS", 3)
    for number, name in enumerate(("guess1", "guess2", "malee")):
        assert _try(cast.app, name, "wrong-wrong", address=f"2001:db8:1:2:{number:x}::9") == 422
    assert _try(cast.app, "malee", PASSWORD, address="2001:db8:1:2:ffff::1") == 429
    assert _try(cast.app, "malee", PASSWORD, address="2001:db8:1:3::1") == 302
    db.session().rollback()
    assert set(db.session().scalars(select(SignInAttempt.address))) == {
        "2001:db8:1:2::/64",
        "2001:db8:1:3::/64",
    }


def test_an_ipv4_address_counts_the_same_however_it_is_written(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signin, "TRIES_PER_ADDRESS", 1)
    assert _try(cast.app, "malee", "wrong-wrong", address="::ffff:192.0.2.7") == 422
    assert _try(cast.app, "malee", PASSWORD, address="192.0.2.7") == 429
    assert _try(cast.app, "malee", PASSWORD, address="192.0.2.8") == 302


@pytest.mark.pages
def test_what_stands_in_place_of_an_address_may_be_of_any_length(cast: Cast) -> None:
    assert _try(cast.app, "malee", "wrong-wrong-wrong", address="unknown" * 40) == 422


def test_a_short_password_is_refused(sqlite_portal: Flask) -> None:
    with pytest.raises(Refused, match="10"):
        signin.hash_password("123456789")


@pytest.mark.pages
def test_a_password_does_not_hold_the_name_that_it_opens(cast: Cast) -> None:
    cast.malee.sign_in()
    fresh = "khao-Malee-2565"
    page = cast.malee.send("/people/me", current=PASSWORD, fresh=fresh, again=fresh, to_status=422)
    assert "ชื่อผู้ใช้" in page.main
    assert fresh not in page.text
    with pytest.raises(Refused, match="ชื่อผู้ใช้"), transaction():
        people.employ(
            sign_in_name="Somying", name="น.ส.สมหญิง", password="somying-2565", temporary=False, by=None
        )


def test_one_changes_ones_own_password_and_stays_signed_in_only_here(cast: Cast) -> None:
    cast.malee.sign_in()
    elsewhere = Person(cast.app, cast.malee.user_id, "malee").sign_in()
    page = cast.malee.send(
        "/people/me", current="not-her-password", fresh="khao-hom-2565", again="khao-hom-2565", to_status=422
    )
    assert "ไม่ถูกต้อง" in page.words
    cast.malee.send(
        "/people/me", current=PASSWORD, fresh="khao-hom-2565", again="khao-hom-2566", to_status=422
    )
    assert _is_in(elsewhere)
    cast.malee.send("/people/me", current=PASSWORD, fresh="khao-hom-2565", again="khao-hom-2565")
    assert _is_in(cast.malee)
    assert not _is_in(elsewhere)
    assert _try(cast.app, "malee", "khao-hom-2565") == 302


def test_whoever_finds_a_browser_open_cannot_guess_the_password_without_end(cast: Cast) -> None:
    cast.malee.sign_in()
    wrong = {"fresh": "khao-hom-2565", "again": "khao-hom-2565"}
    for number in range(signin.TRIES_PER_NAME):
        cast.malee.send("/people/me", current=f"guess-{number}", to_status=422, **wrong)
    page = cast.malee.send("/people/me", current=PASSWORD, to_status=429, **wrong)
    assert "รอ 15 นาที" in page.main
    # Another's are not counted with these.
    cast.chai.sign_in().send("/people/me", current=PASSWORD, **wrong)
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        cast.malee.send("/people/me", current=PASSWORD, **wrong)


def test_the_password_asked_again_counts_the_wrong_tries_alone_and_each_person_s_own(cast: Cast) -> None:
    for _ in range(signin.TRIES_PER_NAME + 2):
        signin.confirm_password(PASSWORD, by=cast.malee.user)
    for number in range(signin.TRIES_PER_NAME):
        with pytest.raises(Refused, match="รหัสผ่านไม่ถูกต้อง"):
            signin.confirm_password(f"guess-{number}", by=cast.malee.user)
    with pytest.raises(TooManyTries, match="15 นาที"):
        signin.confirm_password(PASSWORD, by=cast.malee.user)
    signin.confirm_password(PASSWORD, by=cast.chai.user)
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        signin.confirm_password(PASSWORD, by=cast.malee.user)
    noted = select(AuditEvent.by_id).filter_by(deed="staff.wrong_password")
    assert set(db.session().scalars(noted)) == {cast.malee.user_id}


def test_a_wrong_password_counts_even_when_the_deed_that_asked_for_it_is_undone(cast: Cast) -> None:
    with pytest.raises(RuntimeError), transaction():
        signin.confirm_password("guess", by=cast.malee.user)


@pytest.mark.pages
def test_a_form_that_stayed_open_over_a_sign_out_leads_to_the_sign_in(cast: Cast) -> None:
    malee = cast.malee.sign_in()
    kept = malee.visit("/people/me").forms()[-1]
    sent = {**kept["fields"], "csrf_token": "of-another-time"}
    still_in = malee.client.post(kept["action"], data=sent)
    assert still_in.status_code == 400
    assert "ออกจากระบบไปแล้ว" not in still_in.get_data(as_text=True)
    malee.client.post("/sign-out", data={"csrf_token": kept["fields"]["csrf_token"]})
    answer = malee.client.post(kept["action"], data=kept["fields"])
    assert answer.status_code == 400
    words = answer.get_data(as_text=True)
    assert "ออกจากระบบไปแล้ว" in words
    assert 'href="/sign-in"' in words


def test_the_demonstration_offers_its_accounts_and_a_live_portal_none(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    assert "บัญชีสำหรับทดลอง" not in cast.stranger.visit("/sign-in").words
    row = {"role": "mentor", "sign_in_name": "malee", "name": "น.ส.มาลี ศรีจันทร์", "password": PASSWORD}
    sqlite_portal.extensions["demo_accounts"] = lambda: [row]
    visitor = cast.stranger
    assert "ทีมพี่เลี้ยง" in visitor.visit("/sign-in").words
    page = visitor.visit("/sign-in")
    assert PASSWORD not in page.text
    (form,) = [form for form in page.forms() if form["fields"].get("account") == "malee"]
    answer = visitor.client.post(form["action"], data=form["fields"], follow_redirects=True)
    assert "งานของฉัน" in answer.get_data(as_text=True)
    strangers = {"csrf_token": form["fields"]["csrf_token"], "account": "kanya"}
    assert cast.stranger.client.post("/sign-in/try", data=strangers).status_code in (400, 404)
