"""Settings: what a live portal will not start without, and what the demonstration makes by itself."""

import dataclasses
import itertools
import json
import os
import secrets
import stat
from pathlib import Path

import pytest

from app.kit.errors import Refused
from app.settings import read

_SECRETS = ("KUEAKUN_SECRET_KEY", "KUEAKUN_ID_KEY", "KUEAKUN_CALLBACK_KEY")


@pytest.fixture
def live(tmp_path: Path) -> dict[str, str]:
    """An environment in which a live portal starts."""
    return {"KUEAKUN_DATA": str(tmp_path), **{name: secrets.token_urlsafe(32) for name in _SECRETS}}


def test_a_live_portal_starts_with_its_three_secrets(live: dict[str, str]) -> None:
    settings = read(live)
    assert not settings.demo
    assert settings.secure_cookies
    assert len(settings.id_key) == 32
    assert settings.database_url == f"sqlite:///{live['KUEAKUN_DATA']}/kueakun.sqlite"


@pytest.mark.parametrize("missing", _SECRETS)
def test_a_live_portal_names_the_secret_that_is_missing(live: dict[str, str], missing: str) -> None:
    del live[missing]
    with pytest.raises(Refused, match=missing) as refused:
        read(live)
    assert "token_urlsafe" in refused.value.words
    assert not any(value in refused.value.words for name, value in live.items() if name in _SECRETS)


@pytest.mark.parametrize("weak", _SECRETS)
@pytest.mark.parametrize("value", ["hunter2", "changeme" * 3, "a" * 64, "abcabcabc" * 8])
def test_a_live_portal_names_the_secret_that_is_weak(live: dict[str, str], weak: str, value: str) -> None:
    with pytest.raises(Refused, match=weak) as refused:
        read({**live, weak: value})
    assert value not in refused.value.words


@pytest.mark.parametrize(("first", "other"), list(itertools.permutations(_SECRETS, 2)))
def test_no_secret_serves_twice(live: dict[str, str], first: str, other: str) -> None:
    with pytest.raises(Refused, match="คนละค่า") as refused:
        read({**live, first: live[other]})
    assert live[other] not in refused.value.words


def test_the_key_of_the_ids_has_exactly_32_bytes(live: dict[str, str]) -> None:
    for value in (secrets.token_urlsafe(31), secrets.token_urlsafe(33), secrets.token_urlsafe(32)[:-1] + "!"):
        with pytest.raises(Refused, match="KUEAKUN_ID_KEY"):
            read({**live, "KUEAKUN_ID_KEY": value})


def test_the_callback_key_can_stand_in_an_address(live: dict[str, str]) -> None:
    with pytest.raises(Refused, match="KUEAKUN_CALLBACK_KEY"):
        read({**live, "KUEAKUN_CALLBACK_KEY": "0123456789abcdefghij/klmnopqrstuvwxyz"})


def test_the_demonstration_is_asked_for_or_stands_where_no_secret_was_given(
    live: dict[str, str], tmp_path: Path
) -> None:
    assert read({"KUEAKUN_DATA": str(tmp_path)}).demo
    assert read({**live, "KUEAKUN_DEMO": "1"}).demo
    with pytest.raises(Refused, match="KUEAKUN_SECRET_KEY"):
        read({"KUEAKUN_DATA": str(tmp_path), "KUEAKUN_DEMO": "0"})


def test_the_demonstration_makes_its_own_secrets_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    first = read({"KUEAKUN_DATA": str(tmp_path / "one")})
    again = read({"KUEAKUN_DATA": str(tmp_path / "one")})
    other = read({"KUEAKUN_DATA": str(tmp_path / "two")})
    assert first == again
    assert first.secret_key != other.secret_key
    assert first.id_key != other.id_key
    assert len({first.secret_key, first.callback_key}) == 2
    assert not first.secure_cookies
    file = tmp_path / "one" / "demo-secrets.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(json.loads(file.read_text())) == set(_SECRETS)
    assert os.listdir(tmp_path / "one") == ["demo-secrets.json"]


def test_settings_never_change_and_never_show_a_secret(live: dict[str, str]) -> None:
    settings = read(live)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.demo = True  # type: ignore[misc]
    shown = repr(settings)
    assert not any(live[name] in shown for name in _SECRETS)
    assert repr(settings.id_key) not in shown


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////tmp/x.sqlite", "sqlite:////tmp/x.sqlite"),
    ],
)
def test_every_usual_way_to_write_a_database_is_understood(
    live: dict[str, str], given: str, used: str
) -> None:
    assert read({**live, "KUEAKUN_DATABASE_URL": given}).database_url == used


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KUEAKUN_DATABASE_URL", "mysql://u@h/d"),
        ("KUEAKUN_DEMO", "maybe"),
        ("KUEAKUN_SECURE_COOKIES", "perhaps"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80a"),
        ("PORT", "๘๐๐๐"),
        ("PORT", "-1"),
        ("WORKERS", "0"),
        ("WORKERS", "many"),
        ("KUEAKUN_PROXIES", "all"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(live: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(Refused, match=name):
        read({**live, name: value})


def test_what_is_chosen_is_used(live: dict[str, str]) -> None:
    chosen = {"HOST": "0.0.0.0", "PORT": "9000", "WORKERS": "3", "KUEAKUN_PROVINCE": "trat"}
    settings = read(
        {**live, **chosen, "KUEAKUN_BASE_URL": "https://fund.example/", "KUEAKUN_SECURE_COOKIES": "0"}
    )
    assert (settings.host, settings.port, settings.workers, settings.province) == ("0.0.0.0", 9000, 3, "trat")
    assert settings.public_url == "https://fund.example"
    assert not settings.secure_cookies
    assert read(live).public_url == "http://127.0.0.1:8000"
    assert read({**live, "HOST": "::1"}).public_url == "http://[::1]:8000"


def test_without_settings_there_is_no_way_to_people(live: dict[str, str]) -> None:
    assert read(live).channels == {}


def test_mail_needs_a_host_and_a_sender_and_takes_the_port_of_its_security(live: dict[str, str]) -> None:
    mail = {"KUEAKUN_SMTP_HOST": "mail.example.org", "KUEAKUN_SMTP_FROM": "กองทุน <fund@example.org>"}
    found = read(live | mail).mail
    assert found is not None
    assert (found.host, found.port, found.security, found.user) == ("mail.example.org", 587, "starttls", "")
    for security, port in (("tls", 465), ("plain", 25)):
        found = read(live | mail | {"KUEAKUN_SMTP_SECURITY": security}).mail
        assert found is not None
        assert found.port == port
    assert list(read(live | mail).channels) == ["email"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"KUEAKUN_SMTP_FROM": ""}, "KUEAKUN_SMTP_FROM"),
        ({"KUEAKUN_SMTP_FROM": "not an address"}, "KUEAKUN_SMTP_FROM"),
        ({"KUEAKUN_SMTP_SECURITY": "ssl3"}, "KUEAKUN_SMTP_SECURITY"),
        ({"KUEAKUN_SMTP_PORT": "99999"}, "KUEAKUN_SMTP_PORT"),
        ({"KUEAKUN_SMTP_USER": "fund"}, "KUEAKUN_SMTP_PASSWORD"),
        (
            {"KUEAKUN_SMTP_USER": "a", "KUEAKUN_SMTP_PASSWORD": "b", "KUEAKUN_SMTP_SECURITY": "plain"},
            "ไม่เข้ารหัส",
        ),
    ],
)
def test_mail_that_cannot_work_is_refused_at_the_start(
    live: dict[str, str], more: dict[str, str], words: str
) -> None:
    mail = {"KUEAKUN_SMTP_HOST": "mail.example.org", "KUEAKUN_SMTP_FROM": "fund@example.org"}
    with pytest.raises(Refused, match=words):
        read(live | mail | more)


def test_line_goes_to_line_over_https_and_no_secret_is_printed(live: dict[str, str]) -> None:
    found = read(live | {"KUEAKUN_LINE_TOKEN": "token-of-the-channel"})
    assert found.line is not None
    assert found.line.base == "https://api.line.me"
    assert "token-of-the-channel" not in repr(found)
    with pytest.raises(Refused, match="KUEAKUN_LINE_URL"):
        read(live | {"KUEAKUN_LINE_TOKEN": "t", "KUEAKUN_LINE_URL": "http://api.line.me"})
