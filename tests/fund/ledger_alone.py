"""The ledger by itself: tests that move money without a donation or a resolution behind it ask only the ledger's integrity checks."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from app import rooms
from app.fund.ledger import books, expected


@contextmanager
def only_its_own_checks() -> Iterator[None]:
    own = {check.name: check for check in rooms.LEDGER.checks}
    assert len(own) >= 3
    with books.CHECKS.instead(own), patch.object(expected, "INTEGRITY_CHECKS", frozenset(own)):
        yield
