"""The demonstration bank as a provider of a portal under test: another portal's process, as far as the portal can see."""

import base64
import dataclasses
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, request
from portals import free_port
from werkzeug.serving import make_server

from app import create_app
from app.demo import providers
from app.demo.charges import Charges, event_object, signed
from app.demo.ledger import BankLine, Ledger
from app.demo.qr_reader import Asked
from app.fund.bank.providers import omise
from app.kit import queue
from app.kit.db import db
from app.rooms import HANDLERS
from app.settings import Omise, Scb, read

BILLER = "099400000000300"
ACCOUNT = "4010000001"
WEBHOOK_SECRET = b"webhook-secret-only-for-tests-01"
OTHER_SECRET = b"webhook-secret-only-for-tests-02"


@dataclasses.dataclass
class Provider:
    """A bank with its own book, behind a socket. `down` makes it answer 503 to everything."""

    ledger: Ledger
    charges: Charges
    scb: Scb
    omise: Omise
    asked: list[str]
    down: bool = False

    def pays(self, ref1: str, satang: int, *, biller: str = BILLER, **more: Any) -> BankLine:
        """A payment in the bank's book that nobody was told of yet."""
        bill = Asked("", 30, "กองทุน", ACCOUNT, biller, ref1, "PUBLIC", None)
        return self.ledger.transfer(
            bill, satang=satang, payer=more.pop("payer", "นาย ใจดี ม***"), payer_bank="004", **more
        )


@contextmanager
def bank_at_work(folder: Path) -> Iterator[Provider]:
    port = free_port()
    settings = read({"KUEAKUN_DEMO": "1", "KUEAKUN_DATA": str(folder), "PORT": str(port)})
    app = create_app(settings)
    named = providers.environment(settings)
    named["KUEAKUN_OMISE_SECRETS"] = ",".join(
        base64.b64encode(secret).decode() for secret in (WEBHOOK_SECRET, OTHER_SECRET)
    )
    known = read({"KUEAKUN_DEMO": "1", "KUEAKUN_DATA": str(folder), **named})
    assert known.scb is not None
    assert known.omise is not None
    provider = Provider(Ledger(folder), Charges(folder), known.scb, known.omise, [])

    def note() -> tuple[str, int] | None:
        provider.asked.append(request.full_path)
        return ("down", 503) if provider.down else None

    app.before_request_funcs.setdefault(None, []).insert(0, note)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


def introduce(portal: Flask, **known: Any) -> None:
    """From now on the portal's settings say this of its providers."""
    portal.extensions["kueakun"] = dataclasses.replace(portal.extensions["kueakun"], **known)
    for name in ("scb_token", "scb_rests_until", "omise_rests_until"):
        portal.extensions.pop(name, None)


def work(most: int = 10_000) -> int:
    """Do every job that is due. Returns how many."""
    done = 0
    while done < most and queue.work_once(HANDLERS):
        done += 1
    db.session.rollback()
    return done


def webhook(
    portal: Flask, body: bytes, *, key: bytes = WEBHOOK_SECRET, headers: dict[str, str] | None = None
) -> Any:
    answer = portal.test_client().post(
        omise.PATH,
        data=body,
        content_type="application/json",
        headers=signed(body, key=key) if headers is None else headers,
    )
    db.session.rollback()
    return answer


__all__ = [
    "BILLER",
    "OTHER_SECRET",
    "WEBHOOK_SECRET",
    "Provider",
    "bank_at_work",
    "event_object",
    "introduce",
    "webhook",
    "work",
]
