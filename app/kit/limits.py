"""Limits: how many pieces of heavy work one process does at a time; whoever comes beyond that is asked to try again."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.kit.errors import Busy


class ConcurrencyLimit:
    """So many do the work `at_once` in this process, so many more wait for `patience` seconds; the rest come again.

    Few may wait: whoever waits keeps one of the server's threads, and other pages need those. Where `each` is given
    nobody who asks has more than so many of all these places.
    """

    def __init__(self, *, at_once: int, waiting: int, patience: float, each: int | None = None) -> None:
        self._most, self._each = at_once + waiting, each or at_once + waiting
        self._places: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._slots = threading.BoundedSemaphore(at_once)
        self._patience = patience

    @contextmanager
    def slot(self, *, refused: str, who: str = "") -> Iterator[None]:
        """Do the work inside in a place of one's own. Raises Busy with the words `refused` when none comes free."""
        with self._counting:
            if self._places.total() >= self._most or self._places[who] >= self._each:
                raise Busy(refused)
            self._places[who] += 1
        try:
            if not self._slots.acquire(timeout=self._patience):
                raise Busy(refused)
            try:
                yield
            finally:
                self._slots.release()
        finally:
            with self._counting:
                self._places[who] -= 1
                # Of those who are gone nothing is kept.
                self._places += Counter()
