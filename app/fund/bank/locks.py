"""The lock of the bank: who decides about money that came in waits for the one who decides now."""

from app.kit.locks import AdvisoryLock, lock_advisory


def lock_reconciliation() -> None:
    """Whoever reconciles waits for who began before: two records of one payment never both find themselves first.

    Receipts are numbered without gaps, so donations queue on the receipt book anyway; waiting here, before any row is
    locked, keeps the queue free of circles. SQLite has one writer already.
    """
    lock_advisory(AdvisoryLock.RECONCILIATION)
