"""Races: deeds that begin at the same moment, each in a thread with a session of its own."""

import threading
from collections.abc import Callable, Sequence

from flask import Flask

from app.kit.db import db
from app.kit.errors import Refused


def at_once(app: Flask, deeds: Sequence[Callable[[], object]]) -> list[str]:
    """All of them at once. Returns what those that were refused were told; whatever else goes wrong fails the test."""
    db.session.rollback()
    together = threading.Barrier(len(deeds))
    refused: list[str] = []

    def run(deed: Callable[[], object]) -> None:
        with app.app_context():
            together.wait()
            try:
                deed()
            except Refused as error:
                refused.append(error.words)
            db.session.remove()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused
