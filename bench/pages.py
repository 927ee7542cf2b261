"""Pages of a fund that grows: how much longer each takes when every table of money is so many times as long.

    .venv/bin/python bench/pages.py [SMALL] [LARGE]     17,000 and 1,000,000 donations, on PostgreSQL

One donation comes in as in life; the others are copies of its rows, written by plain SQL while the triggers sleep, and
the balances set to what they come to. One JSON line a page: milliseconds of the processor at both sizes, of the portal
and of the database together (the least of nine) and `growth`, of which 1.5 is enough. A processor that is shared is now
fast and now slow, also by its own clock: `fixed` says how much longer a work that never grows took between the calls. Where
it is far from 1, the run says nothing: let the machine come to rest and run it again.
"""

import json
import sys
import time
from pathlib import Path

from flask import Flask
from places import portal
from sqlalchemy import select, text

from app.fund.giving.pledges import pledges
from app.fund.giving.records.networks import Network
from app.kit import clock
from app.kit.db import db, transaction

from help_given import hand_over, paid_request, take_in  # isort: skip  # in the folder of makers, which `places` names
from money import arrives  # isort: skip
from people import Cast  # isort: skip
from portals import as_served  # isort: skip

_TIMES = 9
_AT_ONCE = 50_000
#: One donation every ten minutes, back through the years: a day and a month hold as many in a large fund as in a small one.
_EARLIER = " - n * interval '10 minutes'"
#: Of each table, which columns of the copied row become something of the copy's own; n runs from 1.
_COPIES: dict[str, dict[str, str]] = {
    "bank_event": {
        "id": "id + n",
        "external_id": "'copy-' || n",
        "payer": "'ผู้ให้ ' || n",
        "occurred_at": f"occurred_at{_EARLIER}",
        "received_at": f"received_at{_EARLIER}",
    },
    "reconciliation_item": {"event_id": "event_id + n", "decided_at": f"decided_at{_EARLIER}"},
    "donation": {
        "id": "id + n",
        "donor_name": "'ผู้ให้ ' || n",
        "paid_at": f"paid_at{_EARLIER}",
        "posted_at": f"posted_at{_EARLIER}",
    },
    "allocation": {"id": "id + n", "event_id": "event_id + n", "donation_id": "donation_id + n"},
    "entry": {
        "id": "id + n",
        "donation_id": "donation_id + n",
        "on_date": f"(at{_EARLIER})::date",
        "at": f"at{_EARLIER}",
    },
    "receipt": {
        "id": "id + n",
        "number": "number + n",
        "token": "'copy' || n",
        "donation_id": "donation_id + n",
        "issued_at": f"issued_at{_EARLIER}",
    },
    # Those who look at the pages leave events of their own.
    "audit_event": {"id": "nextval(pg_get_serial_sequence('audit_event', 'id'))", "at": f"at{_EARLIER}"},
    "payment_request": {
        "id": "id + n",
        "code": "'copy' || n",
        "ref1": "'COPY' || n",
        "state": "'expired'",
        "donor_name": "'ผู้ให้ ' || n",
        "opened_at": f"opened_at{_EARLIER}",
        "expires_at": f"expires_at{_EARLIER}",
    },
    # What is promised and asked for grows as well, one for a hundred donations.
    "pledge": {"id": "id + n", "code": "'PL-' || n", "state": "'lapsed'", "lapsed_at": "stated_at"},
    # And what was asked for, decided, paid and handed over to the last of it.
    "aid_request": {"id": "id + n", "code": "'AR-' || n", "title": "'คำขอ ' || n"},
    "aid_line": {"id": "id + n", "request_id": "request_id + n"},
    "handover": {"id": "id + n", "request_id": "request_id + n", "closed_at": "opened_at"},
    "delivery": {
        "id": "id + n",
        "handover_id": "handover_id + n",
        "line_id": "line_id + n",
        "logbook_entry_id": "logbook_entry_id + n",
    },
    "proposal": {"id": "id + n", "code": "'AR-' || n", "state": "'settled'"},
    "resolution": {
        "id": "id + n",
        "number": "number + n",
        "proposal_id": "proposal_id + n",
        "item_id": "item_id + n",
        "motion_id": "motion_id + n",
    },
    "payment_order": {"id": "id + n", "proposal_id": "proposal_id + n"},
    "payment": {
        "id": "id + n",
        "number": "number + n",
        "proposal_id": "proposal_id + n",
        "order_id": "order_id + n",
        "transfer_ref": "transfer_ref || n",
        "paid_at": f"paid_at{_EARLIER}",
        "paid_on": f"(paid_at{_EARLIER})::date",
    },
    "outgoing_match": {"id": "id + n", "event_id": "event_id + n", "payment_id": "payment_id + n"},
}
_SELDOM = dict.fromkeys(
    ("pledge", *list(_COPIES)[list(_COPIES).index("aid_request") :]),
    100,
)
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
        *("/bank?q=ผู้ให้+16999", "/bank?q=ไม่มีใคร", "/pledges", "/pledges?q=PL-150", "/pledges?q=ไม่มีใคร"),
        *("/payments", "/payments/lines", "/payments/vendors"),
        *("/networks", "/messages", "/slips", "/goods", "/stock", "/fund/setup"),
        *("/bank/refunds", "/bank/statements", "/bank/cash-ups", "/bank/months", "/edonation"),
    ),
    "decha": ("/home", "/trail", "/trail?deed=receipt", "/trail?who=kanya", "/approvals"),
    "somchai": ("/home", "/meetings", "/decisions", "/board"),
    "busaba": (
        *(
            "/home",
            "/late",
            "/requests",
            "/requests?q=AR-150",
            "/requests?q=ไม่มีใคร",
            "/handovers",
            "/fund/shares",
        ),
        *("/meetings", "/bodies"),
    ),
    "malee": ("/home", "/requests", "/handovers"),
    "ying": ("/home", "/people"),
    "ton": ("/home", "/pledges", "/networks"),
    "stranger": ("/", "/give"),
}


def _begin(app: Flask) -> tuple[Cast, dict[str, int]]:
    """A fund with one donation; of each table, the id of the row that is copied."""
    cast = Cast(app)
    take_in(cast, pupils=5)
    hand_over(cast, paid_request(cast, 1, dimension="education"), 1)
    with transaction():
        arrives(satang=10_000, paid_at=clock.now(), purpose_id=cast.purpose().id, by=cast.kanya.user)
        pledges.make(
            network_id=db.session().scalars(select(Network.id)).first() or 0,
            satang=10_000,
            purpose_id=cast.purpose().id,
            expected_on=clock.today(),
            by=cast.ton.user,
        )
    cast.stranger.send("/give", amount="100")
    session = db.session()
    with transaction():
        # The bank told of the payment.
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(
            text(
                "INSERT INTO outgoing_match (event_id, payment_id, reason, matched_at) "
                "SELECT 1, MAX(id), '', now() FROM payment"
            )
        )
    last = {}
    for table, own in _COPIES.items():
        key = next(iter(own)) if "id" not in own else "id"
        last[table] = int(session.scalar(text(f"SELECT MAX({key}) FROM {table}")) or 0)
    return cast, last


def _grow(last: dict[str, int], first: int, most: int) -> None:
    """Copies number `first` to `most` of every row."""
    for begin in range(first, most + 1, _AT_ONCE):
        span = {"a": begin, "b": min(begin + _AT_ONCE - 1, most)}
        with transaction() as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for table, own in _COPIES.items():
                key = "id" if "id" in own else "event_id"
                columns = session.scalars(
                    text(
                        "SELECT column_name FROM information_schema.columns "
                        "WHERE table_name = :t AND table_schema = current_schema()"
                    ),
                    {"t": table},
                ).all()
                named = ", ".join(f'"{column}"' for column in columns)
                values = ", ".join(own.get(column, f'"{column}"') for column in columns)
                session.execute(
                    text(
                        f"INSERT INTO {table} ({named}) SELECT {values} FROM {table}, "
                        "generate_series(CAST(:a AS integer), CAST(:b AS integer)) AS n "
                        f"WHERE {key} = :key AND n % {_SELDOM.get(table, 1)} = 0"
                    ),
                    {**span, "key": last[table]},
                )
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for table, own in _COPIES.items():
            if "id" in own:
                session.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))"
                    )
                )
        # The job that chains events was never behind.
        session.execute(
            text(
                """INSERT INTO chain_link (number, event_id, hash, chained_at) SELECT
                (SELECT COUNT(*) FROM chain_link) + ROW_NUMBER() OVER (ORDER BY id), id, LPAD(id::text, 64, '0'), at
                FROM audit_event WHERE id > (SELECT COALESCE(MAX(event_id), 0) FROM chain_link)"""
            )
        )
        # What was given for the copies, household by household.
        session.execute(
            text(
                """UPDATE help_received AS h SET satang = s.satang FROM (
                SELECT l.household_id, r.dimension, SUM(d.quantity * v.unit_satang) AS satang FROM delivery AS d
                JOIN aid_line AS l ON l.id = d.line_id JOIN aid_request AS r ON r.id = l.request_id
                JOIN aid_line_value AS v ON v.line_id = l.id WHERE d.quantity > 0 GROUP BY 1, 2) AS s
                WHERE s.household_id = h.household_id AND s.dimension = h.dimension"""
            )
        )
        session.execute(text("UPDATE receipt_book SET last_number = :n + 1"), {"n": most})
        session.execute(
            text(
                """UPDATE account AS a SET last_entry_id = e.last, balance_satang = e.satang
                FROM (SELECT id, MAX(entry) AS last, SUM(satang) AS satang FROM (
                    SELECT debit_id AS id, id AS entry, satang FROM entry
                    UNION ALL SELECT credit_id, id, satang FROM entry) AS sides GROUP BY id) AS e WHERE e.id = a.id"""
            )
        )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _used() -> float:
    """What this process and those of the database that serve it have used of the processor, in milliseconds."""
    with db.engine.connect() as connection:
        pids = connection.exec_driver_sql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend'"
        ).scalars()
        backends = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids)
    return time.process_time() * 1_000 + backends / 1e6


def _fixed_work() -> None:
    json.loads(json.dumps([{"name": "ผู้ให้", "number": number} for number in range(5_000)]))


def _timed(cast: Cast) -> dict[tuple[str, str], tuple[float, float]]:
    """Milliseconds of each page, and of the fixed work beside it: of both the least of several."""
    found = {}
    for name, paths in _PAGES.items():
        person = getattr(cast, name)
        if name != "stranger":
            person.sign_in()
        for path in paths:
            took, beside = [], []
            for _ in range(_TIMES):
                began = _used()
                answer = person.client.get(path)
                ended = _used()
                _fixed_work()
                took.append(ended - began)
                beside.append(_used() - ended)
                assert answer.status_code == 200, (name, path, answer.status_code)
            found[name, path] = min(took), min(beside)
    return found


def main() -> None:
    small, large = (int(word) for word in (sys.argv[1:] + ["17000", "1000000"][len(sys.argv) - 1 :])[:2])
    with portal("postgres") as app:
        as_served(app)
        cast, last = _begin(app)
        _grow(last, 1, small)
        before = _timed(cast)
        _grow(last, small + 1, large)
        for page, (after, slow) in _timed(cast).items():
            first, fast = before[page]
            told = {
                "name": f"{page[1]} ({page[0]})",
                "rows": [small, large],
                "ms": [round(first, 1), round(after, 1)],
                "growth": round(after / first, 2),
                "fixed": round(slow / fast, 2),
            }
            print(json.dumps(told, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
