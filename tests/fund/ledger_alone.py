"""The ledger by itself: tests that move money without a donation or a resolution behind it ask only the ledger's integrity checks."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.fund.ledger import books


@contextmanager
def only_its_own_proofs() -> Iterator[None]:
    everyone = dict(books._CHECKS)
    own = {name: check for name, check in everyone.items() if check.__module__ == books.__name__}
    assert len(own) >= 3
    expected = set(books._EXPECTED)
    books._CHECKS.clear()
    books._CHECKS.update(own)
    books._EXPECTED.intersection_update(own)
    try:
        yield
    finally:
        books._CHECKS.clear()
        books._CHECKS.update(everyone)
        books._EXPECTED.update(expected)
