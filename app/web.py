"""The web workers, as a program of its own that `serve` starts: granian, none of whose workers outlives it.

Run by its path, so that the portal itself is first imported inside each worker and nothing of it is shared by a fork.
"""

import ctypes
import multiprocessing
import os
import signal
import sys

from granian.cli import entrypoint

_PR_SET_PDEATHSIG = 1


def run() -> None:
    """Be granian's command line, with workers that end when they are told to while they start, and with it."""
    # Only a fork passes on what is registered here.
    multiprocessing.set_start_method("fork")
    os.umask(0o077)
    parent = os.getpid()

    def begin() -> None:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        # A fork inherits granian's own handlers, which would swallow a word said while the portal is imported.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    os.register_at_fork(after_in_child=begin)
    sys.exit(entrypoint())  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    run()
