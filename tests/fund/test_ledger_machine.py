"""The ledger in random worlds: whatever is tried, the books hold and agree with a model kept by hand."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from ledger_alone import only_its_own_checks
from sqlalchemy import text

from app.fund.ledger import books, entries
from app.fund.ledger.accounts import open_purpose
from app.kit.db import db, is_sqlite, transaction
from app.kit.errors import Refused


@pytest.fixture(autouse=True)
def _the_ledger_alone() -> Iterator[None]:
    with only_its_own_checks():
        yield


_SATANG = st.integers(min_value=1, max_value=1_000_00) | st.integers(min_value=1, max_value=10**15)
_WAY = {
    "receive": ("received", "available", +1),
    "commit": ("available", "committed", -1),
    "release": ("committed", "available", -1),
    "pay": ("committed", "paid", -1),
}


class World(RuleBasedStateMachine):
    """Two purposes and a model of their balances; every deed either happens in both or in neither."""

    made = Bundle("made")

    @initialize()
    def begin(self) -> None:
        self.count = 0
        self.causes: set[str] = set()
        self.reversed: set[int] = set()
        _empty()
        with transaction():
            opened = [open_purpose(code=code, name_th=code).id for code in ("general", "education")]
        self.purposes = opened
        self.model = {
            number: dict.fromkeys(("received", "available", "committed", "paid"), 0) for number in opened
        }

    @rule(
        target=made,
        deed=st.sampled_from(sorted(_WAY)),
        which=st.integers(0, 1),
        satang=_SATANG,
        share=st.sampled_from(["as drawn", "all", "one too many"]),
    )
    def move(self, deed: str, which: int, satang: int, share: str) -> object:
        number = self.purposes[which]
        source, target, sign = _WAY[deed]
        held = self.model[number][source]
        if sign < 0 and share != "as drawn":
            satang = held + (share == "one too many")
        self.count += 1
        cause = f"{deed}:{self.count}"
        allowed = satang > 0 and (sign > 0 or satang <= held)
        with _expected(allowed), transaction():
            entry = getattr(entries, deed)(purpose_id=number, satang=satang, cause=cause, by_id=None)
        if not allowed:
            return multiple()
        self.causes.add(cause)
        self.model[number][source] += sign * satang
        self.model[number][target] += satang
        return (entry, deed, number, satang)

    @rule(one=made)
    def reverse(self, one: tuple[int, str, int, int]) -> None:
        entry, deed, number, satang = one
        source, target, sign = _WAY[deed]
        allowed = entry not in self.reversed and self.model[number][target] >= satang
        with _expected(allowed), transaction():
            entries.reverse(entry, cause=f"reverse:{entry}", by_id=None)
        if allowed:
            self.reversed.add(entry)
            self.model[number][source] -= sign * satang
            self.model[number][target] -= satang

    @rule(one=made)
    def try_the_same_cause_again(self, one: tuple[int, str, int, int]) -> None:
        _entry, _deed, number, satang = one
        cause = sorted(self.causes)[0]
        with _expected(False), transaction():
            entries.receive(purpose_id=number, satang=satang, cause=cause, by_id=None)

    @rule(which=st.integers(0, 1), satang=_SATANG)
    def break_off_in_the_middle(self, which: int, satang: int) -> None:
        class PowerCut(Exception):
            pass

        with pytest.raises(PowerCut), transaction():
            entries.receive(purpose_id=self.purposes[which], satang=satang, cause="donation:lost", by_id=None)
            entries.commit(purpose_id=self.purposes[which], satang=satang, cause="commit:lost", by_id=None)
            raise PowerCut

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        db.session().rollback()
        said = {
            row.purpose.id: {
                "received": row.received,
                "available": row.available,
                "committed": row.committed,
                "paid": row.paid,
            }
            for row in books.balances()
        }
        assert said == self.model

    def teardown(self) -> None:
        db.session().rollback()
        assert books.findings() == []


@contextmanager
def _expected(allowed: bool) -> Iterator[None]:
    if allowed:
        yield
        return
    with pytest.raises(Refused):
        yield


def _empty() -> None:
    """A new world in the same database, in a fraction of the time a new database takes."""
    with transaction() as session:
        if not is_sqlite():
            session.execute(text("TRUNCATE entry, account, purpose RESTART IDENTITY CASCADE"))
            return
        guards = session.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'kept_%'")
        ).all()
        for name, _ in guards:
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text("UPDATE entry SET reverses_id = NULL WHERE 1 = 0"))
        for table in ("entry", "account", "purpose"):
            session.execute(text(f"DELETE FROM {table}"))
        for _, sql in guards:
            session.execute(text(sql))


def test_whatever_is_tried_the_books_hold(portal: Flask) -> None:
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
