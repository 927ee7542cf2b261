"""A pool of processes that print: many documents at once, one process for each core, each with the QR code that it carries."""

import ctypes
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeVar

from app.kit import qr

#: How many sheets lie ready for each process, so that none waits while the last ones are put away.
_AHEAD = 24
_PR_SET_PDEATHSIG = 1

Thing = TypeVar("Thing")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document to print. `qr` is drawn, read back, and given to it as `qr.png`."""

    html: str
    title: str
    author: str
    qr: str


def print_one(sheet: Sheet) -> bytes:
    """The sheet as a PDF. Equal sheets give equal bytes on one machine."""
    from app.kit import pdf

    return pdf.render(
        sheet.html,
        title=sheet.title,
        author=sheet.author,
        resources={"qr.png": qr.draw_checked(sheet.qr, scale=8)},
    )


class PrintPool:
    """Processes that print. They start with the first sheet and end with `close`, or with whoever started them."""

    def __init__(self, processes: int = 0) -> None:
        self.processes = processes or len(os.sched_getaffinity(0))
        self._pool: ProcessPoolExecutor | None = None

    def print_all(self, sheets: Iterable[Sheet]) -> Iterator[bytes]:
        """The PDF of each sheet, in their order. Sheets are taken only as fast as they are printed."""
        return self.do_all(print_one, sheets, ahead=_AHEAD)

    def do_all(self, deed: Callable[[Thing], Made], things: Iterable[Thing], *, ahead: int) -> Iterator[Made]:
        """What the processes make of each thing, in order, never more than `ahead` of them waiting for each process."""
        if self._pool is None:
            # Not forked: a fork would share the parent's connections and Pango's font maps.
            self._pool = ProcessPoolExecutor(
                self.processes,
                mp_context=get_context("spawn"),
                initializer=_die_with,
                initargs=(os.getpid(),),
            )
        waiting: deque[Future[Made]] = deque()
        for thing in things:
            waiting.append(self._pool.submit(deed, thing))
            if len(waiting) >= ahead * self.processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def close(self) -> None:
        """End the processes. Another `print_all` starts new ones."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _die_with(parent: int) -> None:
    # A parent that is killed outright cannot end its processes; the kernel does.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
