"""A portal for its real server whose clock a test may set: each request is answered at the moment that a file names."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from portals import with_issuer
from providers import introduce

import app
from app.settings import Omise, Scb

#: The variable that names the file; an empty file is the real clock.
FILE = "CLOCK_FOR_TESTS"
#: The variable with the addresses and keys of the bank's providers, as JSON: a live portal knows none without TLS.
PROVIDERS = "PROVIDERS_FOR_TESTS"


def create_app() -> Flask:
    """The portal of the tests, with an issuer whose receipts count. Given a moment, it answers one request at a time."""
    portal = with_issuer(app.create_app())
    known = json.loads(os.environ[PROVIDERS])
    secrets = tuple(bytes.fromhex(secret) for secret in known["secrets"])
    introduce(portal, scb=Scb(*known["scb"]), omise=Omise(*known["omise"], secrets))
    answer, file = portal.wsgi_app, Path(os.environ[FILE])

    def by_that_clock(environ: Any, start_response: Any) -> Any:
        moment = file.read_text()
        if not moment:
            return answer(environ, start_response)
        with time_machine.travel(datetime.fromisoformat(moment), tick=False):
            told = answer(environ, start_response)
            whole = [b"".join(told)]
            told.close()  # type: ignore[attr-defined]
        return whole

    portal.wsgi_app = by_that_clock  # type: ignore[method-assign]
    return portal
