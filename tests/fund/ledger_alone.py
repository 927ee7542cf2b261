"""The ledger by itself: tests that move money without a donation or a resolution behind it ask only the ledger's proofs."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.fund.ledger import books


@contextmanager
def only_its_own_proofs() -> Iterator[None]:
    everyone = dict(books._PROOFS)
    own = {name: proof for name, proof in everyone.items() if proof.__module__ == books.__name__}
    assert len(own) >= 3
    expected = set(books._EXPECTED)
    books._PROOFS.clear()
    books._PROOFS.update(own)
    books._EXPECTED.intersection_update(own)
    try:
        yield
    finally:
        books._PROOFS.clear()
        books._PROOFS.update(everyone)
        books._EXPECTED.update(expected)
