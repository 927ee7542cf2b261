"""Settings of the portals that tests and benchmarks open."""

import contextvars
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from app.province.profile import Profile
from app.settings import Settings, read

#: Well formed, and the fund's of the tests.
TAX_ID = "0994000000006"


def settings_for(folder: Path, url: str = "") -> Settings:
    """A live portal's settings with strong secrets (the demonstration has tests of its own)."""
    environment = {
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(folder),
        "KUEAKUN_SECRET_KEY": "a-secret-only-for-tests-0123456789",
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": "callback-key-only-for-tests-456789",
        "KUEAKUN_SECURE_COOKIES": "0",
    }
    if url:
        environment["KUEAKUN_DATABASE_URL"] = url
    return read(environment)


def free_port() -> int:
    """A port that nobody listens on just now; two test workers must never be given the same fixed one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def with_issuer(app: Flask, **issuer: str) -> Flask:
    """The portal with an issuer whose receipts count: the profiles as delivered have no tax ID of their own."""
    profile: Profile = app.extensions["profile"]
    app.extensions["profile"] = replace(
        profile, issuer=replace(profile.issuer, **{"tax_id": TAX_ID, **issuer})
    )
    return app


def as_served(app: Flask) -> None:
    """Answer every request as a server would, outside the test's own context: who is signed in, the token of the
    form and the database session of one request are not seen by the next."""
    answer = app.wsgi_app

    def whole(environ: Any, start_response: Any) -> list[bytes]:
        told = answer(environ, start_response)
        try:
            return [b"".join(told)]
        finally:
            if hasattr(told, "close"):
                told.close()

    def alone(environ: Any, start_response: Any) -> Any:
        # To the last byte: an answer that is still being written belongs to its request.
        return contextvars.Context().run(whole, environ, start_response)

    app.wsgi_app = alone  # type: ignore[method-assign]
