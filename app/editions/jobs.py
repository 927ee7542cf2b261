"""Jobs of the editions."""

from collections.abc import Mapping
from typing import Any

from app.editions import editions
from app.fund.ledger import books
from app.kit.db import transaction


def publish() -> Mapping[str, Any]:
    """Publish what is new since the last edition."""
    try:
        with transaction():
            edition = editions.publish()
    except editions.DoesNotAddUp:
        # The first page of those who keep the books says so at once, not only after the next check.
        with transaction():
            books.note_check(books.findings(), by="publish")
        raise
    return {"edition": edition.number if edition else None}
