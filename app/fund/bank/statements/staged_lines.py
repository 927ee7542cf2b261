"""Staged lines: the lines of an upload as they were read, until they come in as bank events."""

from collections.abc import Callable
from typing import cast

from sqlalchemy import Table, delete, select

from app.fund.bank.records import StagedLine
from app.kit.db import transaction

_LINES_AT_ONCE = 5_000


_STAGED = cast(Table, StagedLine.__table__)


def drop(upload_id: int, *, first: Callable[[], object] = lambda: None) -> None:
    """Forget what was read of an upload, in short transactions, so that nobody waits behind a long file.

    Each begins with `first`, which may end it all by raising.
    """
    while True:
        with transaction() as session:
            first()
            some = (
                select(_STAGED.c.place)
                .where(_STAGED.c.upload_id == upload_id)
                .order_by(_STAGED.c.place)
                .limit(_LINES_AT_ONCE)
            )
            gone = session.execute(
                delete(_STAGED).where(
                    _STAGED.c.upload_id == upload_id, _STAGED.c.place.in_(some.scalar_subquery())
                )
            )
        if not gone.rowcount:  # type: ignore[attr-defined]
            return
