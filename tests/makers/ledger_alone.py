"""The ledger by itself: its own integrity checks only, and bare sources for tests that move money without the rules above."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from sqlalchemy import insert, text

from app import rooms
from app.fund.ledger import books, expected
from app.kit import clock
from app.kit.db import Base, db, is_sqlite

_numbers = itertools.count(1)


@contextmanager
def only_its_own_checks() -> Iterator[None]:
    own = {check.name: check for check in rooms.LEDGER.checks}
    assert len(own) >= 3
    with books.CHECKS.instead(own), patch.object(expected, "INTEGRITY_CHECKS", frozenset(own)):
        yield


@dataclass(frozen=True)
class Sources:
    """Ids of a row of each kind that an entry can be made for."""

    donation_id: int
    donation_reversal_id: int
    commitment_id: int
    payment_id: int


def sources(purpose_id: int) -> Sources:
    """A donation, its reversal, a commitment and a payment as bare rows, nothing of them in the books. In a transaction."""
    _without_rules_above()
    number, now = next(_numbers), clock.now()
    user = _row(
        "user_account",
        sign_in_name=f"source-{number}",
        name="ผู้ทดสอบ",
        position="",
        password_hash="x",
        password_is_temporary=False,
        opened_at=now,
    )
    donation = _row(
        "donation",
        purpose_id=purpose_id,
        satang=100,
        donor_name="",
        anonymous=False,
        paid_at=now,
        posted_at=now,
    )
    reversal = _row(
        "donation_reversal", donation_id=donation, kind="undone", satang=100, reason="x", at=now, by_id=user
    )
    proposal = _row(
        "proposal",
        code=f"SRC-{number}",
        purpose_id=purpose_id,
        satang=100,
        title="x",
        state="approved",
        submitted_at=now,
        submitted_by_id=user,
        asked_by_id=user,
    )
    with without_guards_of("resolution"), without_guards_of("commitment"):
        commitment = _commitment(number, proposal, user, purpose_id)
    with without_guards_of("fund_account"):
        account = _row("fund_account", bank_code="006", number=f"src-{number}", name="x", state="open")
    with without_guards_of("payment"):
        payment = _row(
            "payment",
            fiscal_year_be=2500,
            number=number,
            proposal_id=proposal,
            account_id=account,
            satang=100,
            vendor="x",
            vendor_bank="006",
            vendor_account="1",
            transfer_ref=f"SRC{number}",
            invoice="",
            paid_on=clock.today(),
            paid_at=now,
            paid_by_id=user,
        )
    return Sources(donation, reversal, commitment, payment)


def _commitment(number: int, proposal: int, user: int, purpose_id: int) -> int:
    now = clock.now()
    version = _row(
        "proposal_version",
        proposal_id=proposal,
        number=1,
        satang=100,
        title="x",
        made_at=now,
        made_by_id=user,
    )
    body = _row("body", code=f"src-{number}", name_th="x", opened_at=now)
    rules = _row(
        "body_rules",
        body_id=body,
        number=1,
        from_on=clock.today(),
        quorum_part=1,
        quorum_whole=2,
        entered_at=now,
    )
    meeting = _row(
        "meeting",
        body_id=body,
        rules_id=rules,
        number=number,
        year_be=2500,
        held_on=clock.today(),
        members=1,
        quorum=1,
        called_at=now,
        called_by_id=user,
    )
    item = _row("agenda_item", meeting_id=meeting, proposal_id=proposal, position=1, version_id=version)
    motion = _row("motion", item_id=item, number=1, kind="approve", moved_at=now, moved_by_id=user)
    resolution = _row(
        "resolution",
        body_id=body,
        number=number,
        year_be=2500,
        item_id=item,
        proposal_id=proposal,
        motion_id=motion,
        kind="approve",
        satang=100,
        present=1,
        quorum=1,
        for_votes=0,
        against_votes=0,
        abstentions=0,
        recusals=0,
        resolved_at=now,
        resolved_by_id=user,
    )
    return _row("commitment", resolution_id=resolution, purpose_id=purpose_id, satang=100)


def _without_rules_above() -> None:
    """What a room above the ledger asks of its entries does not stand in this test's portal."""
    for name in ("commit_as_resolved", "release_keeps_paid"):
        on = "" if is_sqlite() else " ON entry"
        db.session().execute(text(f"DROP TRIGGER IF EXISTS {name}{on}"))


def _row(table: str, **values: Any) -> int:
    made = Base.metadata.tables[table]
    return int(db.session().execute(insert(made).values(values).returning(made.c.id)).scalar_one())


@contextmanager
def without_guards_of(table: str) -> Iterator[None]:
    session = db.session()
    if not is_sqlite():
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield
        session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        return
    guards = session.execute(
        text(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY rowid"
        ),
        {"table": table},
    ).all()
    for name, _ in guards:
        session.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _, sql in guards:
        session.connection().exec_driver_sql(sql)
