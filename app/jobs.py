"""Background work: what is asked for by deeds, and what runs by the clock. `app/rooms.py` lists it."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from app.kit import queue
from app.kit.db import db
from app.kit.errors import Refused
from app.rooms import HANDLERS, SCHEDULED_JOBS

log = logging.getLogger("kueakun.jobs")


def work(app: Flask, stop: threading.Event) -> None:
    """Do jobs until told to stop. Any number of workers may run: jobs are leased, and scheduled ones are safe to repeat."""
    due = dict.fromkeys(SCHEDULED_JOBS, 0.0)
    while not stop.is_set():
        with app.app_context():
            busy = _guarded(lambda: queue.work_once(HANDLERS))
            for scheduled in SCHEDULED_JOBS:
                if time.monotonic() >= due[scheduled]:
                    due[scheduled] = time.monotonic() + scheduled.seconds
                    _guarded(scheduled.job)
            db.session.remove()
        if not busy:
            stop.wait(0.5)


def _guarded(job: Callable[[], Any]) -> Any:
    try:
        return job()
    except Refused as refused:
        log.warning("job refused: %s", refused.words)
    except Exception:
        log.exception("job failed; it runs again at its time")
    return None
