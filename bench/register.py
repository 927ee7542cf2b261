"""Households imported a second: the whole rule (read, check, encrypt, compare, write) against the bare driver.

The ceiling writes the same number of rows, already made, into the same tables with executemany in one transaction.
"""

import itertools
import sqlite3

import psycopg
from flask import Flask
from measure import compare
from places import portal

from app.cases.register import intake
from app.kit import national_id
from app.kit.db import transaction
from app.province import places

HOUSEHOLDS, MEMBERS = 2000, 3
_numbers = itertools.count(1)
_people = itertools.count(1)

HEADER = "รหัสบ้าน,บ้านเลขที่,หมู่ที่,ตำบล,อำเภอ,เลขประจำตัวประชาชน,คำนำหน้า,ชื่อ,นามสกุล,ปีเกิด,รายได้,สุขภาพ"


def _file() -> bytes:
    district = places.districts("33")[0]
    subdistrict = places.subdistricts(district.code)[0]
    lines = [HEADER]
    for _ in range(HOUSEHOLDS):
        house = next(_numbers)
        for _ in range(MEMBERS):
            person = national_id.with_check_digit(f"300{next(_people):09d}")
            lines.append(
                f"33{house:09d},{house},1,{subdistrict.name_th},{district.name_th},{person},นาย,ทดสอบ,วัดผล,2520,38000,1"
            )
    return "\n".join(lines).encode()


def run(database: str) -> None:
    with portal(database) as app:

        def ours() -> int:
            raw = _file()
            with transaction():
                counts = intake.import_file(
                    name="bench.csv",
                    raw=raw,
                    round_code="BENCH-2569",
                    source="tpmap",
                    by=None,
                    override="invented people of one name",
                )
            assert counts["new"] == HOUSEHOLDS, counts
            return HOUSEHOLDS

        ours()
        compare(f"register import, {database}", ours, _bare(app, database), rounds=3)


STATEMENTS = {
    "household": "INSERT INTO household (id, code, key, house_code, house_no, moo, village, district_code,"
    " subdistrict_code, origin, entered_at) VALUES (?, ?, ?, ?, '1', '1', '', '3301', '330101', 'tpmap', ?)",
    "member": "INSERT INTO member (id, household_id, position, prefix, first_name, last_name, id_tail, id_encrypted, id_key,"
    " birth_year_be, sex, school, grade, \"left\") VALUES (?, ?, ?, 'นาย', 'ทดสอบ', 'วัดผล', '123', ?, ?, 2520, 'm', '', '', ?)",
    "round_household": "INSERT INTO round_household (id, round_id, household_id, income_satang, row_hash)"
    " VALUES (?, 1, ?, 3800000, ?)",
    "failed_dimension": "INSERT INTO failed_dimension (round_household_id, dimension) VALUES (?, 'health')",
}


def _bare(app: Flask, database: str):
    url = app.extensions["kueakun"].database_url
    counter = itertools.count(-1, -1)
    if database == "sqlite":
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        cursor = connection.cursor()
        statements = STATEMENTS
    else:
        connection = psycopg.connect(url.replace("+psycopg", ""))
        cursor = connection.cursor()
        statements = {name: text.replace("?", "%s") for name, text in STATEMENTS.items()}

    def bare() -> int:
        rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in STATEMENTS}
        for _ in range(HOUSEHOLDS):
            n = next(counter)
            rows["household"].append((n, f"A{n}", f"A{n}", f"{n:011d}", "2026-11-21 00:00:00"))
            rows["round_household"].append((n, n, f"{n:064d}"))
            rows["failed_dimension"].append((n,))
            for place in range(MEMBERS):
                key = f"{n * 10 - place:032d}".encode()
                rows["member"].append((n * 10 - place, n, place + 1, b"\0" * 41, key, False))
        for name, text in statements.items():
            cursor.executemany(text, rows[name])
        connection.commit()
        return HOUSEHOLDS

    return bare


if __name__ == "__main__":
    for kind in ("sqlite", "postgres"):
        run(kind)
