"""Pages of a fund that grows: how much longer each takes when every table of money is so many times as long.

    .venv/bin/python bench/pages.py [SMALL] [LARGE]     17,000 and 1,000,000 donations, on PostgreSQL

One donation comes in as in life; the others are copies of its rows, written by plain SQL with every trigger at work.
One JSON line a page: milliseconds at both sizes (the fastest of nine, in process: whatever else the machine does only
adds to it) and `growth`, of which 1.5 is enough.
"""

import json
import sys
import time

from flask import Flask
from places import portal
from sqlalchemy import text

from app.kit import clock
from app.kit.db import db, transaction

from money import arrives  # isort: skip  # in the folder of makers, which `places` names
from people import Cast  # isort: skip
from portals import as_served  # isort: skip

_TIMES = 9
_AT_ONCE = 50_000
#: Of each table, which columns of the copied row become something of the copy's own; n runs from 1.
_COPIES: dict[str, dict[str, str]] = {
    "bank_event": {"id": "id + n", "external_id": "'copy-' || n"},
    "reconciliation_item": {"event_id": "event_id + n"},
    "donation": {"id": "id + n"},
    "allocation": {"id": "id + n", "event_id": "event_id + n", "donation_id": "donation_id + n"},
    "entry": {"id": "id + n", "donation_id": "donation_id + n"},
    "receipt": {
        "id": "id + n",
        "number": "number + n",
        "token": "'copy' || n",
        "donation_id": "donation_id + n",
    },
    # Those who look at the pages leave events of their own.
    "audit_event": {"id": "nextval(pg_get_serial_sequence('audit_event', 'id'))"},
    "payment_request": {"id": "id + n", "code": "'copy' || n", "ref1": "'COPY' || n", "state": "'expired'"},
}
_PAGES = {
    "kanya": (
        *("/home", "/bank", "/receipts", "/receipts?number=2500/000009", "/receipts?number=ไม่มีใคร"),
        *(
            "/receipts/voided",
            "/books",
            "/books/entries",
            "/books/entries?sort=on",
            "/books/entries?movement=void",
        ),
        *("/pledges", "/payments", "/networks", "/messages", "/slips", "/goods", "/stock", "/fund/setup"),
        *("/bank/refunds", "/bank/statements", "/bank/cash-ups", "/bank/months", "/edonation"),
    ),
    "decha": ("/home", "/trail", "/trail?deed=receipt", "/trail?who=kanya", "/approvals"),
    "somchai": ("/home", "/meetings", "/board"),
    "busaba": ("/home", "/requests", "/handovers", "/fund/shares"),
    "ying": ("/home", "/people"),
    "ton": ("/home", "/pledges", "/networks"),
    "stranger": ("/", "/give"),
}


def _begin(app: Flask) -> tuple[Cast, dict[str, int]]:
    """A fund with one donation; of each table, the id of the row that is copied."""
    cast = Cast(app)
    with transaction():
        arrives(satang=10_000, paid_at=clock.now(), purpose_id=cast.purpose().id, by=cast.kanya.user)
    cast.stranger.send("/give", amount="100")
    session = db.session()
    last = {}
    for table, own in _COPIES.items():
        key = next(iter(own)) if "id" not in own else "id"
        last[table] = int(session.scalar(text(f"SELECT MAX({key}) FROM {table}")) or 0)
    return cast, last


def _grow(last: dict[str, int], first: int, most: int) -> None:
    """Copies number `first` to `most` of every row."""
    for begin in range(first, most + 1, _AT_ONCE):
        end = min(begin + _AT_ONCE - 1, most)
        with transaction() as session:
            session.execute(text("UPDATE receipt_book SET last_number = :n + 1"), {"n": end})
            for table, own in _COPIES.items():
                key = "id" if "id" in own else "event_id"
                columns = list(
                    session.scalars(
                        text(
                            "SELECT column_name FROM information_schema.columns "
                            "WHERE table_name = :t AND table_schema = current_schema()"
                        ),
                        {"t": table},
                    )
                )
                named = ", ".join(f'"{column}"' for column in columns)
                values = ", ".join(own.get(column, f'"{column}"') for column in columns)
                session.execute(
                    text(
                        f"INSERT INTO {table} ({named}) SELECT {values} FROM {table}, "
                        f"generate_series(CAST(:a AS integer), CAST(:b AS integer)) AS n WHERE {key} = :key"
                    ),
                    {"a": begin, "b": end, "key": last[table]},
                )
                if key == "id":
                    session.execute(
                        text(
                            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))"
                        )
                    )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _timed(cast: Cast) -> dict[tuple[str, str], float]:
    """Milliseconds of each page, the fastest of several."""
    found = {}
    for name, paths in _PAGES.items():
        person = getattr(cast, name)
        if name != "stranger":
            person.sign_in()
        for path in paths:
            took = []
            for _ in range(_TIMES):
                began = time.perf_counter()
                answer = person.client.get(path)
                took.append(time.perf_counter() - began)
                assert answer.status_code == 200, (name, path, answer.status_code)
            found[name, path] = min(took) * 1_000
    return found


def main() -> None:
    small, large = (int(word) for word in (sys.argv[1:] + ["17000", "1000000"][len(sys.argv) - 1 :])[:2])
    with portal("postgres") as app:
        as_served(app)
        cast, last = _begin(app)
        _grow(last, 1, small)
        before = _timed(cast)
        _grow(last, small + 1, large)
        for page, after in _timed(cast).items():
            told = {
                "name": f"{page[1]} ({page[0]})",
                "rows": [small, large],
                "ms": [round(before[page], 1), round(after, 1)],
                "growth": round(after / before[page], 2),
            }
            print(json.dumps(told, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
