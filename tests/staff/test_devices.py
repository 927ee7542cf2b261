"""Known devices: nobody is kept out of the portal by another's wrong tries, and nobody guesses more for it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, Cast
from sqlalchemy import func, select

from app.kit import clock
from app.kit.db import db, transaction
from app.kit.limits import ConcurrencyLimit
from app.staff import devices, people, signin
from app.staff.devices import KnownDevice
from app.staff.signin import SignInAttempt

#: The one address by which the whole province hall leaves.
HALL = "203.0.113.40"
WRONG = "not-the-password-2565"


def attempt(client: FlaskClient, name: str, password: str = WRONG, *, address: str = HALL) -> int:
    """Fill in the sign-in page in this browser. Returns the status."""
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(
        "/sign-in",
        data={"sign_in_name": name, "password": password, "csrf_token": token},
        environ_base={"REMOTE_ADDR": address},
    )
    return int(answer.status_code)


def leave(client: FlaskClient) -> None:
    """Sign out, and keep the browser with its cookies."""
    page = client.get("/people/me").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/sign-out", data={"csrf_token": token})


def known(app: Flask, *names: str, address: str = HALL) -> FlaskClient:
    """A browser in which these people have signed in before, one after the other."""
    client = app.test_client()
    for name in names:
        assert attempt(client, name, PASSWORD, address=address) == 302
        leave(client)
    return client


def flood(app: Flask, *, times: int = signin.TRIES_PER_ADDRESS + 5) -> None:
    """Somebody on the hall's network tries names that there are not."""
    guesser = app.test_client()
    for number in range(times):
        assert attempt(guesser, f"invented{number}") == 422


def test_forty_invented_names_keep_nobody_in_the_hall_out(cast: Cast) -> None:
    office = known(cast.app, "kanya")
    flood(cast.app)
    # On the device that she always uses, and one who has never signed in from anywhere.
    assert attempt(office, "kanya", PASSWORD) == 302
    assert attempt(cast.app.test_client(), "chai", PASSWORD) == 302


def test_one_wrong_try_of_ones_own_keeps_nobody_out_of_a_device_that_is_known(cast: Cast) -> None:
    office = known(cast.app, "kanya")
    flood(cast.app)
    guesser = cast.app.test_client()
    assert attempt(guesser, "kanya") == 422
    # From the address whose counter is full the name that was tried wrongly is tried no more …
    assert attempt(guesser, "kanya", PASSWORD) == 429
    assert attempt(cast.app.test_client(), "kanya", PASSWORD) == 429
    # … but on her own device, and from another address.
    assert attempt(office, "kanya", PASSWORD) == 302
    assert attempt(cast.app.test_client(), "kanya", PASSWORD, address="198.51.100.8") == 302


def test_the_counter_of_a_name_holds_for_the_right_password_but_on_its_own_devices(cast: Cast) -> None:
    office = known(cast.app, "kanya")
    of_another = known(cast.app, "chai")
    for number in range(signin.TRIES_PER_NAME):
        assert attempt(cast.app.test_client(), "kanya", address=f"198.51.100.{number}") == 422
    assert attempt(cast.app.test_client(), "kanya", PASSWORD, address="192.0.2.99") == 429
    # That another has signed in on a device says nothing of her.
    assert attempt(of_another, "kanya", PASSWORD) == 429
    # Nor does the address at which her own device stands.
    assert attempt(cast.app.test_client(), "kanya", PASSWORD) == 429
    assert attempt(office, "kanya", PASSWORD) == 302


def test_guessing_on_a_known_device_is_counted_for_itself(cast: Cast) -> None:
    office = known(cast.app, "kanya")
    for _ in range(signin.TRIES_PER_NAME):
        assert attempt(office, "kanya") == 422
    assert attempt(office, "kanya", PASSWORD) == 429
    # She is not kept out elsewhere by whoever sits at her desk.
    assert attempt(cast.app.test_client(), "kanya", PASSWORD, address="192.0.2.99") == 302
    with time_machine.travel(clock.now() + signin.WINDOW + timedelta(seconds=1)):
        assert attempt(office, "kanya", PASSWORD) == 302


def test_a_device_that_two_people_share_is_known_for_both(cast: Cast) -> None:
    shared = known(cast.app, "kanya", "chai", "kanya")
    for name in ("kanya", "chai", "malee"):
        for number in range(signin.TRIES_PER_NAME):
            assert attempt(cast.app.test_client(), name, address=f"198.51.100.{number}") == 422
    assert attempt(shared, "malee", PASSWORD) == 429
    assert attempt(shared, "kanya", PASSWORD) == 302
    leave(shared)
    assert attempt(shared, "chai", PASSWORD) == 302
    db.session.rollback()
    rows = db.session().scalars(select(KnownDevice)).all()
    assert len(rows) == 2
    assert len({row.token_hash for row in rows}) == 1


def _cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie("kueakun-device")
    assert cookie is not None
    return str(cookie.value)


def test_the_cookie_of_a_device_changes_with_each_sign_in_and_a_copy_is_worth_nothing(cast: Cast) -> None:
    office = known(cast.app, "kanya")
    stolen = _cookie(office)
    assert attempt(office, "kanya", PASSWORD) == 302
    assert _cookie(office) != stolen
    for number in range(signin.TRIES_PER_NAME):
        assert attempt(cast.app.test_client(), "kanya", address=f"198.51.100.{number}") == 422
    thief = cast.app.test_client()
    for written in (stolen, _cookie(office).swapcase(), "anything", ""):
        thief.set_cookie("kueakun-device", written)
        assert attempt(thief, "kanya", PASSWORD) == 429


def test_the_cookie_of_a_device_opens_nothing_and_tells_nothing(cast: Cast) -> None:
    office = known(cast.app, "kanya")
    assert office.get("/home").status_code == 302
    cookie = office.get_cookie("kueakun-device")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.max_age == int(devices.KEPT.total_seconds())
    assert "kanya" not in cookie.value
    db.session.rollback()
    assert db.session().scalars(select(KnownDevice.token_hash)).one() not in cookie.value


def test_over_https_the_cookie_of_a_device_goes_over_nothing_else(cast: Cast) -> None:
    cast.app.config.update(SESSION_COOKIE_NAME="__Host-kueakun", SESSION_COOKIE_SECURE=True)
    client = cast.app.test_client()
    page = client.get("/sign-in", base_url="https://fund.example").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(
        "/sign-in",
        data={"sign_in_name": "kanya", "password": PASSWORD, "csrf_token": token},
        base_url="https://fund.example",
    )
    written = SimpleCookie()
    for header in answer.headers.getlist("Set-Cookie"):
        written.load(header)
    kept = written["__Host-kueakun-device"]
    assert kept["secure"]
    assert kept["path"] == "/"
    assert not kept["domain"]


def test_a_wrong_password_makes_no_device_known(cast: Cast) -> None:
    client = cast.app.test_client()
    assert attempt(client, "kanya") == 422
    assert client.get_cookie("kueakun-device") is None
    assert db.session().scalar(select(func.count()).select_from(KnownDevice)) == 0


@pytest.mark.parametrize("deed", ["close", "reset", "end"])
def test_whoever_is_signed_out_everywhere_is_known_nowhere(cast: Cast, deed: str) -> None:
    office = known(cast.app, "malee", "chai")
    user_id = cast.malee.user_id or 0
    with transaction():
        if deed == "close":
            people.close(user_id, by=cast.ying.user)
        elif deed == "reset":
            people.reset_password(user_id, password="a-new-one-of-hers", by=cast.ying.user)
        else:
            people.end_sessions(user_id, by=cast.ying.user)
    assert devices.people_of(_cookie(office)).keys() == {"chai"}


def test_a_device_on_which_nobody_signs_in_for_long_is_known_no_more(cast: Cast) -> None:
    office = known(cast.app, "kanya")
    kept = _cookie(office)
    with time_machine.travel(clock.now() + devices.KEPT + timedelta(days=1)):
        assert devices.people_of(kept) == {}
        db.session.rollback()
        known(cast.app, "chai")
        assert db.session().scalar(select(func.count()).select_from(KnownDevice)) == 1


def test_a_hundred_tries_at_once_are_no_more_than_six(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []

    def counted(_stored: str, password: str) -> bool:
        checked.append(password)
        return False

    monkeypatch.setattr(signin, "matches", counted)
    monkeypatch.setattr(signin, "CHECKING", ConcurrencyLimit(at_once=30, waiting=0, patience=1))
    start = threading.Barrier(15)

    def guess(number: int) -> int:
        start.wait(30)
        with cast.app.app_context():
            return attempt(cast.app.test_client(), "kanya", f"guess-{number}", address=f"198.51.100.{number}")

    with ThreadPoolExecutor(15) as pool:
        statuses = list(pool.map(guess, range(15)))
    assert len(checked) == signin.TRIES_PER_NAME
    assert sorted(statuses) == [422] * signin.TRIES_PER_NAME + [429] * (15 - signin.TRIES_PER_NAME)


def test_while_others_passwords_are_checked_one_comes_again_and_nothing_is_counted(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = known(cast.app, "kanya")
    monkeypatch.setattr(signin, "CHECKING", ConcurrencyLimit(at_once=1, waiting=1, patience=0, each=1))
    stranger = cast.app.test_client()
    with signin.CHECKING.slot(refused="x", who=HALL):
        for _ in range(signin.TRIES_PER_NAME + 1):
            assert attempt(stranger, "chai", PASSWORD) == 503
        # On a device of one's own nobody is waited for.
        assert attempt(office, "kanya", PASSWORD) == 302
    assert attempt(stranger, "chai", PASSWORD) == 302
    db.session.rollback()
    wrong = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.succeeded.is_(False))
    assert db.session().scalar(wrong) == 0
