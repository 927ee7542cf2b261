"""Advisory locks: work that goes on once at a time in the whole database, beside the rows that it locks."""

from enum import IntEnum

from sqlalchemy import func, select

from app.kit.db import db, is_sqlite


class AdvisoryLock(IntEnum):
    """Every number in use. They share one space in a database, so they stand in one list; each is two letters."""

    #: One writer of request codes (AR).
    REQUEST_CODES = 0x4152
    #: Who decides about money that came in (Kb).
    RECONCILIATION = 0x4B62
    #: Who calls a meeting, and so takes its number (Kc).
    MEETING_NUMBERS = 0x4B63
    #: Who resolves, and so takes a resolution's number (Kd).
    RESOLUTION_NUMBERS = 0x4B64
    #: Who publishes an edition (Ke).
    EDITIONS = 0x4B65
    #: Who closes a month (Km). The triggers of `entry` and `closed_month` take the same number.
    MONTHS = 0x4B6D
    #: Tries to sign in under one name (Kp), and from one address (Kq).
    SIGN_IN_NAME = 0x4B70
    SIGN_IN_ADDRESS = 0x4B71
    #: Who chains the audit trail (Ku).
    AUDIT_CHAIN = 0x4B75
    #: Who imports a file into the register (Kv).
    REGISTER_IMPORT = 0x4B76
    #: One writer of pledge codes (PL).
    PLEDGE_CODES = 0x504C


def lock_advisory(number: AdvisoryLock, key: str | None = None) -> None:
    """Wait until nobody else has this lock, of one `key` where one is given, and have it until the transaction ends.

    SQLite has one writer already: there nothing is locked.
    """
    if is_sqlite():
        return
    numbers = (number, func.hashtext(key)) if key is not None else (number,)
    db.session().execute(select(func.pg_advisory_xact_lock(*numbers)))
