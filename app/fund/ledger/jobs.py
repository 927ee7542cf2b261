"""Jobs of the ledger."""

import logging
from collections.abc import Mapping
from typing import Any

from app.fund.ledger import books
from app.kit.db import transaction

log = logging.getLogger("kueakun.jobs")


def check_books() -> Mapping[str, Any]:
    """Prove the books and keep the outcome for the health page."""
    # Read first, in a snapshot: proving the books must not keep a bank's message waiting for the write lock.
    found = books.findings()
    with transaction():
        books.note_check(found, by="job")
    for finding in found:
        log.error("books: %s", finding)
    return {"findings": found}
