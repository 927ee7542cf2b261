"""Turns: who decides about money that came in waits for the one who decides now."""

from sqlalchemy import func, select

from app.kit.db import db, is_sqlite


def one_at_a_time() -> None:
    """Whoever reconciles waits for who began before: two records of one payment never both find themselves first.

    Receipts are numbered without gaps, so donations queue on the receipt book anyway; waiting here, before any row is
    held, keeps the queue free of circles. SQLite has one writer already.
    """
    if not is_sqlite():
        # 0x4b62 is "Kb".
        db.session().execute(select(func.pg_advisory_xact_lock(0x4B62)))
