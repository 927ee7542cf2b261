"""Background jobs and the outbox: one table, filled inside the deed's transaction, leased to whoever is free."""

import json
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock
from app.kit.db import BUSY, Base, Id, UtcDateTime, db, is_sqlite, leave_to_the_end, transaction
from app.kit.errors import Refused
from app.kit.leases import Leased

LEASE = timedelta(minutes=5)
ATTEMPTS = 5


class Job(Leased, Base):
    """One thing to do soon, exactly once by its key. A job whose worker died is taken up again after its lease."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    #: Makes asking twice the same as asking once, while the first is not done.
    key: Mapped[str] = mapped_column(String(120))
    arguments: Mapped[str] = mapped_column(Text, default="{}")
    state: Mapped[str] = mapped_column(String(8), default="queued")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    #: For pages: how far, of how much, and what came of it (JSON).
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[str] = mapped_column(Text, default="")
    error: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="known_state"),
        Index(
            "uq_job_pending_key",
            "key",
            unique=True,
            sqlite_where=(state.in_(("queued", "running"))),
            postgresql_where=(state.in_(("queued", "running"))),
        ),
        Index("ix_job_state_due_at", "state", "due_at"),
    )


def ask(kind: str, *, key: str, delay: timedelta = timedelta(0), **arguments: Any) -> None:
    """Have a job done soon. Inside the caller's transaction: no deed without its job, no job without its deed.

    Written as the transaction's last act, and once however often it is asked: deeds that ask for the same job wait
    for each other at its key, and by then they hold all else that they need.
    """
    row = {
        "kind": kind,
        "key": f"{kind}:{key}",
        "arguments": json.dumps(arguments, sort_keys=True, ensure_ascii=False),
        "state": "queued",
        "due_at": clock.now() + delay,
        "attempts": 0,
        "done": 0,
        "total": 0,
        "result": "",
        "error": "",
        "asked_at": clock.now(),
    }
    insert = (sqlite if is_sqlite() else postgresql).insert
    statement = insert(Job).values(**row).on_conflict_do_nothing()
    leave_to_the_end(f"job {kind}:{key}", lambda: db.session().execute(statement))


Handler = Callable[..., Mapping[str, Any] | None]


def work_once(handlers: Mapping[str, Handler]) -> bool:
    """Take one due job and do it. False when there is none. A failing job is tried again, later and later."""
    with transaction() as session:
        now = clock.now()
        statement = (
            select(Job)
            .where(
                Job.kind.in_(tuple(handlers)),
                ((Job.state == "queued") & (Job.due_at <= now)) | ((Job.state == "running") & Job.lapsed()),
            )
            .order_by(Job.due_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        job = session.scalars(statement).one_or_none()
        if job is None:
            return False
        job.state, job.attempts = "running", job.attempts + 1
        job.lease(LEASE)
        number, kind, attempt = job.id, job.kind, job.attempts
        arguments = json.loads(job.arguments)
    try:
        result = handlers[kind](**arguments)
    except Refused as refused:
        # A busy database is no answer to what was asked.
        again = refused.words == BUSY and attempt < ATTEMPTS
        _finish(
            number,
            state="queued" if again else "failed",
            error=refused.words,
            delay=timedelta(seconds=2**attempt) if again else timedelta(0),
        )
    except Exception:  # noqa: BLE001 — the worker outlives any one job; the error is kept and shown, not lost
        again = attempt < ATTEMPTS
        _finish(
            number,
            state="queued" if again else "failed",
            error=traceback.format_exc(limit=8),
            delay=timedelta(seconds=2**attempt),
        )
    else:
        _finish(number, state="done", result=json.dumps(result or {}, ensure_ascii=False))
    return True


def _finish(
    number: int, *, state: str, result: str = "", error: str = "", delay: timedelta = timedelta(0)
) -> None:
    with transaction() as session:
        job = session.get_one(Job, number)
        job.state, job.result, job.error = state, result, error
        job.give_back()
        job.due_at = clock.now() + delay
