"""Postings a second: one ledger entry in its own transaction, against the bare driver doing the same statement.

Both run the same triggers (balances moved and guarded by the database), so the ratio is the price of our own code.
"""

import itertools
import sqlite3

import psycopg
from flask import Flask
from measure import compare
from places import portal

from app.fund.giving.records.donations import Donation
from app.fund.ledger import entries
from app.fund.ledger.accounts import AccountKind, account, open_purpose
from app.kit import clock
from app.kit.db import db, transaction

_numbers = itertools.count(1)
BATCH = {"sqlite": 300, "postgres": 300}
COLUMNS = "(debit_id, credit_id, satang, movement, donation_id, step, on_date, at)"


def run(database: str) -> None:
    with portal(database) as app:
        with transaction():
            number = open_purpose(code="general", name_th="ทั่วไป").id
            donation = Donation(
                purpose_id=number, satang=1, donor_name="", paid_at=clock.now(), posted_at=clock.now()
            )
            db.session.add(donation)
            db.session.flush()
            donation_id = donation.id
        debit = account(AccountKind.AVAILABLE, purpose_id=number).id
        credit = account(AccountKind.RECEIVED, purpose_id=number).id
        db.session.rollback()

        def ours() -> int:
            for _ in range(BATCH[database]):
                with transaction():
                    entries.receive(
                        purpose_id=number,
                        satang=100,
                        donation_id=donation_id,
                        by_id=None,
                        step=next(_numbers),
                    )
            return BATCH[database]

        compare(f"postings, {database}", ours, _bare(app, database, debit, credit, donation_id))


def _bare(app: Flask, database: str, debit: int, credit: int, donation_id: int):
    url = app.extensions["kueakun"].database_url
    if database == "sqlite":
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")

        def bare() -> int:
            for _ in range(BATCH[database]):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(
                    f"INSERT INTO entry {COLUMNS} VALUES (?, ?, ?, 'receive', ?, ?, ?, ?)",
                    (
                        debit,
                        credit,
                        100,
                        donation_id,
                        next(_numbers),
                        clock.today().isoformat(),
                        clock.now().isoformat(),
                    ),
                )
                connection.execute("COMMIT")
            return BATCH[database]

        return bare
    raw = psycopg.connect(url.replace("+psycopg", ""))

    def bare_postgres() -> int:
        for _ in range(BATCH[database]):
            raw.execute(
                f"INSERT INTO entry {COLUMNS} VALUES (%s, %s, %s, 'receive', %s, %s, %s, %s)",
                (debit, credit, 100, donation_id, next(_numbers), clock.today(), clock.now()),
            )
            raw.commit()
        return BATCH[database]

    return bare_postgres


if __name__ == "__main__":
    for kind in ("sqlite", "postgres"):
        run(kind)
