"""Parse lease: one reader at a time for an upload's file. A reader whose lease another took over can write nothing more."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from app.fund.bank.records import StatementUpload, UploadState
from app.kit import clock
from app.kit.db import db, lock, transaction

#: Whoever reads an upload says so again with every batch; after this silence somebody else takes it up.
LEASE = timedelta(minutes=2)


class Overtaken(Exception):
    """Somebody else has taken the upload up since, or it was thrown away: this reading ends without a word."""


def take_up(upload_id: int) -> int | None:
    """Begin to read an upload: returns the number of this reading, higher than any before; None while another reads it and once it is a statement."""
    with transaction():
        upload = lock(StatementUpload, upload_id)
        if upload.state in (UploadState.APPLYING, UploadState.APPLIED) or upload.is_leased:
            return None
        upload.state, upload.reason, upload.unproven, upload.done = UploadState.SENT, "", False, 0
        upload.reading += 1
        upload.lease(LEASE)
        return upload.reading


def go_on(upload_id: int, reading: int, **values: Any) -> None:
    """Lock the upload and renew the lease, first in every transaction in which a reading writes.

    However long a reader was silent, it writes nothing after another has begun: then Overtaken is raised.
    """
    ours = (
        update(StatementUpload)
        .where(
            StatementUpload.id == upload_id,
            StatementUpload.reading == reading,
            StatementUpload.state == UploadState.SENT,
        )
        .values(leased_until=clock.now() + LEASE, **values)
    )
    if not db.session().execute(ours).rowcount:  # type: ignore[attr-defined]
        raise Overtaken
