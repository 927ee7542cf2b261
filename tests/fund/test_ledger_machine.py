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
from ledger_alone import only_its_own_checks, sources
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
#: Movement → the keyword of its source, and which balances it raises and lowers.
_WAY: dict[str, tuple[str, dict[str, int]]] = {
    "receive": ("donation_id", {"received": +1, "available": +1}),
    "give_back": ("donation_reversal_id", {"received": -1, "available": -1}),
    "commit": ("commitment_id", {"available": -1, "committed": +1}),
    "release": ("commitment_id", {"committed": -1, "available": +1}),
    "pay": ("payment_id", {"committed": -1, "paid": +1}),
    "void": ("payment_id", {"paid": -1, "committed": +1}),
}
#: What a test posts for: movement, purpose, step.
_Made = tuple[str, int, int]


class World(RuleBasedStateMachine):
    """Two purposes and a model of their balances; every deed either happens in both or in neither."""

    made = Bundle("made")

    @initialize()
    def begin(self) -> None:
        self.step = 0
        _empty()
        with transaction():
            opened = [open_purpose(code=code, name_th=code).id for code in ("general", "education")]
            self.sources = {number: sources(number) for number in opened}
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
        changes = _WAY[deed][1]
        held = min((self.model[number][kind] for kind, sign in changes.items() if sign < 0), default=None)
        if held is not None and share != "as drawn":
            satang = held + (share == "one too many")
        self.step += 1
        allowed = satang > 0 and (held is None or satang <= held)
        with _expected(allowed), transaction():
            self._post(deed, number, satang, self.step)
        if not allowed:
            return multiple()
        for kind, sign in changes.items():
            self.model[number][kind] += sign * satang
        return (deed, number, self.step)

    def _post(self, deed: str, number: int, satang: int, step: int) -> None:
        column = _WAY[deed][0]
        source = {column: getattr(self.sources[number], column)}
        getattr(entries, deed)(purpose_id=number, satang=satang, **source, by_id=None, step=step)

    @rule(before=made, satang=_SATANG)
    def try_the_same_step_again(self, before: _Made, satang: int) -> None:
        deed, number, step = before
        with pytest.raises(Refused, match="ลงบัญชีไปแล้ว"), transaction():
            self._post(deed, number, satang, step)

    @rule(which=st.integers(0, 1), satang=_SATANG)
    def break_off_in_the_middle(self, which: int, satang: int) -> None:
        class PowerCut(Exception):
            pass

        with pytest.raises(PowerCut), transaction():
            self._post("receive", self.purposes[which], satang, 32_000)
            self._post("commit", self.purposes[which], satang, 32_000)
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
        of_the_committee = (
            "commitment resolution motion agenda_item meeting body_rules body proposal_version proposal"
        )
        for table in f"entry payment {of_the_committee} donation_reversal donation account purpose".split():
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
