"""Statement lines a second: the whole import (read, check, bring in) against parsing and inserting the same rows bare.

The ceiling parses the same CSV, changes days and amounts and inserts the rows into a table like the events' with
executemany in one transaction; it checks nothing, keeps no file, and knows no line again. Settling is timed by itself,
on the first lines only: each is judged against the books. Ratios are of one run, both taking turns.

    python bench/statements.py [LINES] [SETTLED]     100,000 and 2,000 lines unless said otherwise
"""

import csv
import json
import sqlite3
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import psycopg
from flask import Flask
from measure import compare
from places import portal
from sqlalchemy import select

from app.fund.bank.reconciliation import matching
from app.fund.bank.records import StatementUpload
from app.fund.bank.statements import staging, statements, uploads
from app.kit.db import db

LINES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
SETTLED = int(sys.argv[2]) if len(sys.argv) > 2 else 2_000
ROUNDS = 3
START = datetime(2026, 1, 1, 9)


def _write(path: Path, turn: int, many: int) -> None:
    """A file of lines that no other turn has, with running balances."""
    balance = turn * 10**12
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("วันที่,เวลา,ถอนเงิน,ฝากเงิน,ยอดคงเหลือ,รายการ,ผู้โอน\n")
        for n in range(many):
            at, satang = START + timedelta(seconds=n), 100 + n % 900
            balance += satang
            file.write(
                f'{at:%d/%m/%Y},{at:%H:%M:%S},,{satang // 100}.{satang % 100:02d},"{balance // 100:,}.{balance % 100:02d}",'
                f"รับโอนจากบัญชีต่างธนาคาร ครั้งที่ {turn} ลำดับ {n},นาย ใจดี ม***\n"
            )


def _written(path: Path, turn: int) -> Path:
    _write(path, turn, LINES)
    return path


def run(database: str, folder: Path) -> None:
    spent: dict[str, float] = {}
    with portal(database) as app:
        from people import Cast

        Cast(app)

        def timed(what: str, began: float) -> None:
            spent[what] = time.perf_counter() - began

        def bring(file: BinaryIO) -> int:
            began = time.perf_counter()
            upload_id = uploads.keep(name="bench.csv", file=file, by=None).id
            timed("keep", began)
            began = time.perf_counter()
            staging.read(upload_id)
            timed("read and check", began)
            began = time.perf_counter()
            statements.apply(upload_id, by=None)
            statements.finish(upload_id)
            timed("bring in", began)
            return upload_id

        # Written beforehand: one for the turn that is not counted, and one for each round.
        files = iter([_written(folder / f"ours-{turn}.csv", turn) for turn in range(1, ROUNDS + 2)])

        def ours() -> int:
            with next(files).open("rb") as file:
                bring(file)
            return LINES

        compare(
            f"statement import, {LINES:,} lines, {database}", ours, _bare(app, database, folder), rounds=3
        )
        shares = {what: round(LINES / seconds) for what, seconds in spent.items()}
        print(json.dumps({"name": f"lines a second by part, {database}", **shares}), flush=True)
        _settle(database, folder, ROUNDS + 2, bring)


def _settle(database: str, folder: Path, turn: int, bring) -> None:
    path = folder / "settled.csv"
    _write(path, turn, SETTLED)
    with path.open("rb") as file:
        upload_id = bring(file)
    statement_id = db.session().scalar(
        select(StatementUpload.statement_id).where(StatementUpload.id == upload_id)
    )
    began = time.perf_counter()
    done = matching.reconcile_statement(statement_id)
    seconds = time.perf_counter() - began
    print(
        json.dumps({"name": f"settling lines that wait, {database}", "per_second": round(done / seconds)}),
        flush=True,
    )


_TABLE = """CREATE TABLE bare_line (id {key}, external_id VARCHAR(90) NOT NULL UNIQUE, occurred_at VARCHAR(32) NOT NULL,
 satang BIGINT NOT NULL, balance BIGINT, payer VARCHAR(160), description VARCHAR(400), raw TEXT)"""
_INSERT = "INSERT INTO bare_line (external_id, occurred_at, satang, balance, payer, description, raw) VALUES "


def _bare(app: Flask, database: str, folder: Path):
    url = app.extensions["kueakun"].database_url
    if database == "sqlite":
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        key, marks = "INTEGER PRIMARY KEY", "(?, ?, ?, ?, ?, ?, ?)"
    else:
        connection = psycopg.connect(url.replace("+psycopg", ""))
        key, marks = "BIGSERIAL PRIMARY KEY", "(%s, %s, %s, %s, %s, %s, %s)"
    cursor = connection.cursor()
    cursor.execute(_TABLE.format(key=key))
    connection.commit()
    turns = iter(range(1, ROUNDS + 2))

    def bare() -> int:
        turn = next(turns)
        with (folder / f"ours-{turn}.csv").open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            next(rows)
            cursor.executemany(_INSERT + marks, [_changed(turn, n, row) for n, row in enumerate(rows)])
        connection.commit()
        return LINES

    return bare


def _changed(turn: int, number: int, row: list[str]) -> tuple[object, ...]:
    at = datetime.strptime(f"{row[0]} {row[1]}", "%d/%m/%Y %H:%M:%S")
    satang, balance = (int(cell.replace(",", "").replace(".", "")) for cell in (row[3], row[4]))
    return f"{turn}:{number}", at.isoformat(), satang, balance, row[6], row[5], ",".join(row)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kueakun-bench-") as name:
        for database in ("sqlite", "postgres"):
            run(database, Path(name))


if __name__ == "__main__":
    main()
