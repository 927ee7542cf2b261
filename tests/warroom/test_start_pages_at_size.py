"""First pages and lists of a fund that has grown: as many statements as on its first day, and none that looks at every
row of a table of money."""

import re
from datetime import timedelta
from typing import Any

import committee_room
from flask import Flask
from money import arrives
from people import Cast
from sqlalchemy import event, select, text

from app.fund.bank.records import Statement, StatementBasis
from app.fund.committee import meetings
from app.fund.giving.pledges import pledges
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import FundAccount
from app.kit import clock
from app.kit.db import db, transaction
from app.staff.users import User

DONATIONS = 20_000
#: Tables that grow with every baht that comes, is promised, goes or is told of.
MONEY = frozenset(
    {
        "allocation",
        "audit_event",
        "chain_link",
        "bank_event",
        "payment_request",
        "entry",
        "donation",
        "donation_reversal",
        "receipt",
        "receipt_document",
        "reconciliation_item",
        "staged_line",
        "trace",
    }
)
#: Of each table, which columns of the copied row become something of the copy's own; n runs from 1.
_COPIES: dict[str, dict[str, str]] = {
    "bank_event": {"id": "id + n", "external_id": "'copy-' || n", "line_number": "1 + n"},
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
    "audit_event": {"id": "id + n"},
    "payment_request": {"id": "id + n", "code": "'copy' || n", "ref1": "'COPY' || n", "state": "'expired'"},
}


#: Who reads which lists.
_LISTS = {
    "kanya": (
        *("/receipts", "/receipts/voided", "/books/entries", "/payments", "/networks", "/messages", "/slips"),
        *("/bank/refunds", "/bank/statements", "/bank/cash-ups", "/goods", "/stock"),
        *("/bank", "/bank/statements/1", "/pledges", "/payments/lines", "/payments/vendors"),
    ),
    "decha": ("/trail", "/approvals"),
    "busaba": ("/meetings", "/requests", "/handovers", "/bodies", "/fund/shares"),
    "ying": ("/people",),
}


def _one_donation(cast: Cast) -> None:
    with transaction() as session:
        told = Statement(
            account_id=session.scalars(select(FundAccount.id)).first(),
            file_name="s.csv",
            profile="x",
            file_hash="0" * 64,
            raw=b"",
            imported_at=clock.now(),
            lines=1 + DONATIONS,
            new_lines=1 + DONATIONS,
        )
        session.add(told)
        session.flush()
        session.add(
            StatementBasis(statement_id=told.id, kind="confirmed", at=clock.now(), by_id=cast.somchai.user.id)
        )
        arrives(
            satang=10_000,
            paid_at=clock.now(),
            statement_id=told.id,
            network_id=session.scalars(select(Network.id)).first(),
            purpose_id=cast.purpose().id,
            by=cast.kanya.user,
        )
    _some(cast, 1, 2)
    cast.stranger.send("/give", amount="100")


def _some(cast: Cast, first: int, last: int) -> None:
    """What does not grow with the donations, so many of each that a list of them may not ask again for each."""
    for number in range(first, last + 1):
        with transaction() as session:
            committee_room.vendor(f"ร้านที่ {number}", number=f"{3_010_000_000 + number}")
            meetings.call(
                held_on=clock.today() + timedelta(days=number), place="ศาลากลาง", by=cast.busaba.user
            )
            pledges.make(
                network_id=session.scalars(select(Network.id)).first() or 0,
                satang=10_000,
                purpose_id=cast.purpose().id,
                expected_on=clock.today(),
                by=cast.ton.user,
            )


def _many_donations() -> None:
    """As many copies of the rows of the one donation; the triggers keep the balances."""
    with transaction() as session:
        session.execute(
            text("UPDATE receipt_book SET last_number = last_number + :most"), {"most": DONATIONS}
        )
        for table, own in _COPIES.items():
            columns = [row[1] for row in session.execute(text(f"PRAGMA table_info({table})"))]
            values = ", ".join(own.get(column, column) for column in columns)
            session.execute(
                text(
                    f"""WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < :most)
                    INSERT INTO {table} ({", ".join(columns)}) SELECT {values}
                    FROM {table} CROSS JOIN copies WHERE {table}.rowid = (SELECT MAX(rowid) FROM {table})"""
                ),
                {"most": DONATIONS},
            )


def _reads_an_end(statement: str, plan: list[str]) -> bool:
    """Whether it takes the first few rows in the order they lie in: such a scan ends where it began."""
    return (
        " LIMIT " in statement
        and " WHERE " not in statement
        and not any("TEMP B-TREE" in row for row in plan)
    )


def _scans(statements: list[tuple[str, Any]]) -> list[str]:
    """The tables of money that a statement would read from one end to the other, each with the statement."""
    found = []
    with db.engine.connect() as connection:
        partial = {
            name
            for name, made in connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
            )
            if made and " WHERE " in made
        }
        for statement, parameters in statements:
            names = {alias: table for table, alias in re.findall(r"\b(\w+) AS (\w+)", statement)}
            plan = [
                row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]
            if _reads_an_end(statement, plan):
                continue
            for step in plan:
                told = re.fullmatch(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?.*", step)
                # What is still open has an index of its own: read whole it is as short as the work that waits.
                if told and names.get(told[1], told[1]) in MONEY and told[2] not in partial:
                    found.append(f"{step}: {statement}")
    return found


def _asked(cast: Cast) -> dict[tuple[str, str], list[tuple[str, Any]]]:
    """The questions of everybody's first page and of every list, by who opened which."""
    found: dict[tuple[str, str], list[tuple[str, Any]]] = {}
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    for user in list(db.session().scalars(select(User.sign_in_name).order_by(User.id))):
        person = getattr(cast, user).sign_in()
        for path in ("/home", *_LISTS.get(user, ())):
            asked.clear()
            person.visit(path)
            found[user, path] = list(asked)
    event.remove(db.engine, "before_cursor_execute", note)
    return found


def test_no_page_asks_more_of_a_large_fund_than_of_a_small_one_or_reads_a_table_of_money_whole(
    sqlite_portal: Flask,
) -> None:
    everything = ("SELECT COUNT(*) FROM donation AS g WHERE g.satang > 0", ())
    query = ("SELECT g.satang FROM donation AS g WHERE g.id = ?", (1,))
    cast = Cast(sqlite_portal)
    _one_donation(cast)
    _asked(cast)  # What is asked once in the life of a program.
    small = {page: len(asked) for page, asked in _asked(cast).items()}
    _many_donations()
    _some(cast, 3, 6)
    large = _asked(cast)
    # The trail asks once for each kind of things that its rows are about, and the copies are about one thing.
    assert {page: len(asked) for page, asked in large.items() if len(asked) > small[page]} == {}
    assert len(_scans([everything, query])) == 1, "a scan must be seen for what it is"
    assert {page: scans for page, asked in large.items() if (scans := _scans(asked))} == {}
