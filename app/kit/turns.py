"""Turns: heavy work of which a process does little at once, however many ask for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.kit.errors import Busy


class Turns:
    """So many do the work `at_once` in this process, so many more wait for `patience` seconds; the rest come again.

    Few may wait: whoever waits keeps one of the server's threads, and other pages need those.
    """

    def __init__(self, *, at_once: int, waiting: int, patience: float) -> None:
        self._room = threading.BoundedSemaphore(at_once + waiting)
        self._turns = threading.BoundedSemaphore(at_once)
        self._patience = patience

    @contextmanager
    def take(self, *, refused: str) -> Iterator[None]:
        """Do the work inside when it is one's turn. Raises Busy with the words `refused` when it does not come."""
        if not self._room.acquire(blocking=False):
            raise Busy(refused)
        try:
            if not self._turns.acquire(timeout=self._patience):
                raise Busy(refused)
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._room.release()
