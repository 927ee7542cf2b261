"""Statement days: what the lines of each day of an account sum up to, and what became of them, in one query."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import RowMapping, bindparam, text

from app.kit.clock import BANGKOK
from app.kit.db import UtcDateTime, db, is_sqlite

_LINES = """
line AS MATERIALIZED (
    SELECT e.id, e.account_id, {day} AS on_day, e.statement_id, e.satang, e.balance_satang AS balance,
        e.occurred_at, e.has_time, {epoch} AS epoch, SUBSTR(e.external_id, 1, 64) AS contents,
        MIN(e.occurred_at) OVER (PARTITION BY e.account_id, {day}, e.statement_id) AS chunk
    FROM bank_event AS e
    WHERE e.source = 'statement' AND e.account_id = :account AND e.occurred_at >= :since AND e.occurred_at < :until
),
told AS (
    SELECT line.*,
        FIRST_VALUE(contents) OVER alike AS first_contents, FIRST_VALUE(statement_id) OVER alike AS first_statement,
        FIRST_VALUE(has_time) OVER alike AS first_has_time, FIRST_VALUE(epoch) OVER alike AS first_epoch
    FROM line WINDOW alike AS (PARTITION BY on_day, satang, balance ORDER BY id)
),
marked AS MATERIALIZED (
    SELECT told.*, CASE WHEN balance IS NOT NULL AND contents <> first_contents
        AND statement_id <> first_statement AND (NOT (has_time AND first_has_time) OR ABS(epoch - first_epoch) <= 120)
        THEN 1 ELSE 0 END AS copy
    FROM told
)"""

_DAYS = (
    "WITH "  # noqa: S608 — text of our own
    + _LINES
    + """,
chained AS (
    SELECT marked.*, LAG(balance) OVER in_order AS balance_before, ROW_NUMBER() OVER in_order AS place,
        COUNT(*) OVER (PARTITION BY on_day) AS count_of_day
    FROM marked WHERE copy = 0
    WINDOW in_order AS (PARTITION BY on_day ORDER BY chunk, statement_id, id)
),
chain AS (
    SELECT on_day, COUNT(*) AS lines,
        SUM(CASE WHEN satang > 0 THEN satang ELSE 0 END) AS came,
        SUM(CASE WHEN satang < 0 THEN -satang ELSE 0 END) AS went,
        SUM(CASE WHEN balance IS NULL THEN 1 ELSE 0 END) AS blind,
        SUM(CASE WHEN place > 1 AND balance_before + satang <> balance THEN 1 ELSE 0 END) AS breaks,
        MAX(CASE WHEN place = 1 THEN balance - satang END) AS opening,
        MAX(CASE WHEN place = count_of_day THEN balance END) AS closing
    FROM chained GROUP BY on_day
),
fate AS (
    SELECT m.on_day, m.satang, m.copy, s.match_reason, s.duplicate_of_id, lead.state AS state, lead.match_reason AS lead_reason,
        COALESCE((SELECT SUM(a.satang) FROM allocation AS a WHERE a.event_id = lead.event_id AND NOT EXISTS (
            SELECT 1 FROM donation_reversal AS r WHERE r.donation_id = a.donation_id AND r.kind = 'undone')), 0) AS posted
    FROM marked AS m JOIN reconciliation_item AS s ON s.event_id = m.id
    JOIN reconciliation_item AS lead ON lead.event_id = COALESCE(s.duplicate_of_id, s.event_id)
),
fates AS (
    SELECT on_day,
        SUM(CASE WHEN satang > 0 THEN posted ELSE 0 END) AS posted,
        SUM(CASE WHEN satang > 0 AND duplicate_of_id IS NOT NULL THEN posted ELSE 0 END) AS by_callback,
        SUM(CASE WHEN satang > 0 AND copy = 0 AND state IN ('new', 'waiting') THEN satang ELSE 0 END) AS waiting,
        SUM(CASE WHEN satang > 0 AND copy = 0 AND state = 'excluded' THEN satang ELSE 0 END) AS ignored,
        SUM(CASE WHEN satang > 0 AND copy = 0 AND state = 'excluded' AND lead_reason = 'deposit' THEN satang ELSE 0 END)
            AS deposits,
        SUM(CASE WHEN satang < 0 AND copy = 0 AND match_reason = 'refund' THEN -satang ELSE 0 END) AS refunds,
        SUM(copy) AS copies
    FROM fate GROUP BY on_day
)
SELECT fates.on_day, COALESCE(lines, 0) AS lines, COALESCE(came, 0) AS came, COALESCE(went, 0) AS went,
    COALESCE(blind, 0) AS blind, COALESCE(breaks, 0) AS breaks, opening, closing,
    posted, by_callback, waiting, ignored, deposits, refunds, copies
FROM fates LEFT JOIN chain ON chain.on_day = fates.on_day ORDER BY fates.on_day"""
)

_IN_ORDER = (
    "WITH "  # noqa: S608 — text of our own
    + _LINES
    + " SELECT satang, balance FROM marked WHERE copy = 0 AND on_day = :on_day ORDER BY chunk, statement_id, id"
)

_UNSTATED = """
SELECT {day} AS on_day, SUM(e.satang) AS unstated, COUNT(*) AS unstated_count
FROM bank_event AS e JOIN reconciliation_item AS s ON s.event_id = e.id
WHERE e.source = 'scb' AND s.state IN ('new', 'waiting', 'posted')
    AND e.occurred_at >= :since AND e.occurred_at < :until AND e.satang > 0
    AND COALESCE(e.account_id, (SELECT f.id FROM fund_account AS f WHERE f.biller_id = e.biller_id)) = :account
    AND NOT EXISTS (SELECT 1 FROM reconciliation_item AS t JOIN bank_event AS b ON b.id = t.event_id
        WHERE t.duplicate_of_id = e.id AND b.source = 'statement')
GROUP BY {day}"""


# Money in that is a donation or undecided, and of which neither another person nor the bank itself said anything.
_ONE_PERSON = """
SELECT {day} AS on_day, SUM(e.satang) AS one_person, COUNT(*) AS one_person_count
FROM bank_event AS e JOIN reconciliation_item AS s ON s.event_id = e.id
WHERE e.source = 'statement' AND e.account_id = :account AND e.satang > 0
    AND e.occurred_at >= :since AND e.occurred_at < :until AND s.state IN ('new', 'waiting', 'posted')
    AND NOT EXISTS (SELECT 1 FROM statement_basis AS b WHERE b.statement_id = e.statement_id AND b.kind = 'confirmed')
    AND NOT EXISTS (SELECT 1 FROM approval_request AS h WHERE h.subject = 'bank_event:' || e.id
        AND h.decision = 'approved' AND h.kind IN ('bank.assign', 'bank.split'))
    AND NOT EXISTS (SELECT 1 FROM reconciliation_item AS t WHERE t.duplicate_of_id = e.id)
GROUP BY {day}"""

_OUT = """SELECT e.id, {day} AS on_day, -e.satang AS satang, e.bank_ref, e.ref1, e.description, s.match_reason, s.state
FROM bank_event AS e JOIN reconciliation_item AS s ON s.event_id = e.id
WHERE e.source = 'statement' AND e.account_id = :account AND e.satang < 0
    AND e.occurred_at >= :since AND e.occurred_at < :until ORDER BY e.occurred_at, e.id"""

# In the order of the index on time: a smallest or largest of them all would read every line of the account.
_NEIGHBOURS = """SELECT (SELECT occurred_at FROM bank_event WHERE source = 'statement' AND account_id = :account
    AND occurred_at < :since ORDER BY occurred_at DESC LIMIT 1) AS before_at,
(SELECT occurred_at FROM bank_event WHERE source = 'statement' AND account_id = :account
    AND occurred_at >= :until ORDER BY occurred_at LIMIT 1) AS after_at"""


def _sql(query: str) -> Any:
    if is_sqlite():
        day, epoch = "DATE(e.occurred_at, '+7 hours')", "CAST(STRFTIME('%s', e.occurred_at) AS INTEGER)"
    else:
        day = "TO_CHAR(e.occurred_at AT TIME ZONE 'Asia/Bangkok', 'YYYY-MM-DD')"
        epoch = "CAST(EXTRACT(EPOCH FROM e.occurred_at) AS BIGINT)"
    filled = text(query.replace("{day}", day).replace("{epoch}", epoch))
    return filled.bindparams(bindparam("since", type_=UtcDateTime), bindparam("until", type_=UtcDateTime))


def midnight(on: date) -> datetime:
    """The first moment of a day in Thailand."""
    return datetime.combine(on, time(), BANGKOK)


def _moments(account_id: int, first: date, last: date) -> dict[str, Any]:
    return {"account": account_id, "since": midnight(first), "until": midnight(last + timedelta(days=1))}


def sums(account_id: int, first: date, last: date) -> Sequence[RowMapping]:
    """One row for each day that has lines: the sums, the fates of the money in, and how well its balances follow."""
    return db.session().execute(_sql(_DAYS), _moments(account_id, first, last)).mappings().all()


def in_order(account_id: int, on: date) -> list[tuple[int, int]]:
    """Satang and balance of each line of one day, file by file."""
    asked = {**_moments(account_id, on, on), "on_day": on.isoformat()}
    return [(satang, balance) for satang, balance in db.session().execute(_sql(_IN_ORDER), asked)]


def unstated(account_id: int, first: date, last: date) -> Sequence[RowMapping]:
    """One row for each day on which a callback told of money that no statement has shown yet."""
    return db.session().execute(_sql(_UNSTATED), _moments(account_id, first, last)).mappings().all()


def of_one_person(account_id: int, first: date, last: date) -> Sequence[RowMapping]:
    """One row for each day on which money rests on one person's file alone."""
    return db.session().execute(_sql(_ONE_PERSON), _moments(account_id, first, last)).mappings().all()


def outgoing(account_id: int, first: date, last: date) -> Sequence[RowMapping]:
    """Every line of money that went out."""
    return db.session().execute(_sql(_OUT), _moments(account_id, first, last)).mappings().all()


def neighbours(account_id: int, first: date, last: date) -> tuple[date | None, date | None]:
    """The nearest days outside that have lines: their balances prove the edges."""
    asked = _sql(_NEIGHBOURS).columns(before_at=UtcDateTime, after_at=UtcDateTime)
    before_at, after_at = db.session().execute(asked, _moments(account_id, first, last)).one()
    return (
        before_at.astimezone(BANGKOK).date() if before_at else None,
        after_at.astimezone(BANGKOK).date() if after_at else None,
    )
