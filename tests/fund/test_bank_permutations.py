"""Any order, repetition and interleaving of callbacks, lines, slips and the officer's decisions ends in the same books.

A small world of transfers is drawn, with what the fund should make of each. Everything that tells of them is then told
in a drawn order, some of it twice and some never, with an officer who decides rightly whenever something waits.
"""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import accounts
import bank_hands
import pytest
from bank_hands import NOW, confirmation
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import Cast
from sqlalchemy import select

from app.fund.bank.providers import callbacks, inquiries
from app.fund.bank.reconciliation import answers, decisions, matching
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.payment_requests import collections, payment_requests
from app.fund.giving.records.donations import LIVE
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.slips import Slip, SlipClaim
from app.fund.ledger import books
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.money import format_baht
from app.kit.sheets import to_csv

_worlds = itertools.count(1)

#: payment request, network, purpose: what a donation is for.
Target = tuple[int | None, int | None, int]


@dataclass
class Transfer:
    """One payment as it truly was: what it is for, and how the bank tells of it."""

    name: str
    at: datetime
    satang: int
    ref1: str
    target: Target
    called: bool
    slip_for: int | None = None


@dataclass
class World:
    transfers: list[Transfer] = field(default_factory=list)
    line_refs: bool = True
    line_times: bool = True
    #: The bank is asked about callbacks and never answers: only its statement bears them out.
    doubted: bool = False

    def of(self, event: BankEvent) -> Transfer:
        name = event.external_id if event.source == "scb" else event.description
        return next(transfer for transfer in self.transfers if transfer.name == name)


def _opened(purpose_id: int, satang: int, *, tag: int) -> PaymentRequest:
    """A payment request by bill payment, or by a reserved amount as while the account has no Biller ID."""
    with transaction():
        if tag == 29:
            accounts.identified(biller_id=None)
        payment_request = payment_requests.open(satang=satang, purpose_id=purpose_id, by=None)
        if tag == 29:
            accounts.identified(biller_id="099400000000300")
    return payment_request


def _world(draw: st.DataObject, cast: Cast, wall: tuple[str, int, int]) -> World:
    """`wall` is a network's standing reference: its code, its network and its purpose."""
    number = next(_worlds)
    start = NOW + timedelta(minutes=number)
    world = World(line_refs=draw.draw(st.booleans()), line_times=draw.draw(st.booleans()))
    world.doubted = draw.draw(st.booleans())
    purpose = cast.purpose().id
    kinds = draw.draw(
        st.lists(
            st.sampled_from(["exact", "twice", "over", "under", "reserved", "slip", "wall", "wall_twice"]),
            min_size=2,
            max_size=4,
        )
    )
    for place, kind in enumerate(kinds):
        satang = number * 100_000 + place * 1_000 + 500
        called = draw.draw(st.booleans())
        at = start + timedelta(seconds=7 * place)

        def paid(
            satang: int,
            ref1: str,
            target: Target,
            *,
            after: int = 0,
            slip: int | None = None,
            tell: bool = called,
        ) -> None:
            name = f"W{number}N{len(world.transfers)}"
            moment = at + timedelta(seconds=after)  # noqa: B023 — called in this round of the loop only
            world.transfers.append(Transfer(name, moment, satang, ref1, target, tell, slip))

        if kind.startswith("wall"):
            target: Target = (None, wall[1], wall[2])
            paid(satang, wall[0], target)
            if kind == "wall_twice":
                paid(satang, wall[0], target, after=draw.draw(st.sampled_from([30, 400])))
            continue
        payment_request = _opened(purpose, satang, tag=29 if kind == "reserved" else 30)
        target = (payment_request.id, payment_request.network_id, purpose)
        due = payment_request.due_satang
        if kind == "reserved":
            paid(due, "", target, slip=draw.draw(st.sampled_from([None, payment_request.id])), tell=False)
            continue
        paid(due + {"over": 7, "under": -7}.get(kind, 0), payment_request.ref1, target)
        if kind == "twice":
            paid(due, payment_request.ref1, target, after=draw.draw(st.sampled_from([30, 400])))
        if kind == "slip":
            world.transfers[-1].slip_for = payment_request.id
    return world


def _call(transfer: Transfer) -> None:
    said = confirmation(transfer.ref1, transfer.satang, number=transfer.name, at=transfer.at)
    with transaction():
        event_id, _ = callbacks.record(json.dumps(said).encode())
    with transaction():
        matching.reconcile(event_id)


def _bring_in(world: World, some: list[Transfer]) -> None:
    rows = []
    for movement in sorted(some, key=lambda each: each.at):
        local = (movement.at + timedelta(seconds=3)).astimezone(BANGKOK)
        row = [local.strftime("%d/%m/%Y"), format_baht(movement.satang), movement.name, f"R{movement.name}"]
        row += [local.strftime("%H:%M:%S")] if world.line_times else []
        rows.append(row + ([movement.ref1] if world.line_refs else []))
    header = ["วันที่", "จำนวนเงิน", "รายละเอียด", "เลขที่รายการ"]
    header += (["เวลา"] if world.line_times else []) + (["อ้างอิง 1"] if world.line_refs else [])
    bank_hands.import_file(name="x.csv", raw=to_csv(header, rows), by=None)


def _claim(transfer: Transfer) -> None:
    with transaction() as session:
        slip = session.scalars(select(Slip).filter_by(trans_ref=f"R{transfer.name}")).one_or_none()
        if slip is None:
            slip = Slip(sending_bank="004", trans_ref=f"R{transfer.name}", first_seen_at=NOW)
            session.add(slip)
            session.flush()
            session.add(
                SlipClaim(
                    slip_id=slip.id,
                    payment_request_id=transfer.slip_for,
                    claimed_at=NOW,
                    picture_hash="0" * 64,
                    sent_hash="0" * 64,
                    crc_padded=False,
                )
            )
    answers.look_again(f"R{transfer.name}")


def _events(world: World, *states: str) -> list[ReconciliationItem]:
    """The items of this world's events, oldest first."""
    mine = {transfer.name for transfer in world.transfers}
    told = BankEvent.external_id.in_(mine) | BankEvent.description.in_(mine)
    statement = select(ReconciliationItem).join(ReconciliationItem.event).where(told).order_by(BankEvent.id)
    return [item for item in db.session().scalars(statement) if not states or item.state in states]


def _decide(world: World) -> bool:
    """The officer, who knows what happened, decides the first event that waits. False when nothing does."""
    db.session.rollback()
    waiting = _events(world, "waiting")
    if not waiting:
        return False
    item = waiting[0]
    true = world.of(item.event)
    alike = [t for t in world.transfers if (t.target, t.satang) == (true.target, true.satang)]
    names = {t.name for t in alike}
    posted = [s for s in _events(world, "posted") if world.of(s.event).name in names]
    pointed = {s.duplicate_of_id for s in _events(world, "duplicate")}
    free = [s for s in posted if s.event.source != item.event.source and s.event_id not in pointed]
    free = [] if item.event_id in pointed else free
    own = next((s for s in free if world.of(s.event).name == true.name), None)
    with transaction():
        if own is not None:
            decisions.link(item.event_id, duplicate_of_id=own.event_id, by=None)
        elif len(posted) < len(alike):
            payment_request_id, network_id, purpose_id = true.target
            decisions.assign(
                item.event_id,
                payment_request_id=payment_request_id,
                network_id=network_id,
                purpose_id=purpose_id,
                by=None,
            )
        elif free:
            decisions.link(item.event_id, duplicate_of_id=free[0].event_id, by=None)
        else:
            decisions.exclude(item.event_id, reason="แจ้งซ้ำ", by=None)
    return True


def _steps(draw: st.DataObject, world: World) -> Iterator[Any]:
    """Everything that tells of the world, in a drawn order: each at least once, with the officer in between."""
    middle = draw.draw(st.integers(0, len(world.transfers)))
    whole = list(world.transfers)
    files = [whole] if draw.draw(st.booleans()) else [whole[:middle], whole]
    steps: list[Any] = [("file", some) for some in files if some]
    steps += [("call", transfer) for transfer in world.transfers if transfer.called]
    steps += [("slip", transfer) for transfer in world.transfers if transfer.slip_for]
    steps += draw.draw(st.lists(st.sampled_from(steps), max_size=2))
    steps += [("decide", None)] * draw.draw(st.integers(0, 3))
    yield from draw.draw(st.permutations(steps))


@pytest.fixture
def wall(portal: Flask, cast: Cast) -> tuple[str, int, int]:
    with transaction():
        from app.fund.giving.records.networks import Network

        network = db.session().scalars(select(Network)).one()
        made = collections.open(network_id=network.id, purpose_id=cast.purpose().id, by=cast.busaba.user)
    return made.ref1, made.network_id, made.purpose_id


@settings(max_examples=14, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(draw=st.data())
def test_any_order_of_records_and_decisions_ends_in_the_same_books(
    draw: st.DataObject,
    portal: Flask,
    cast: Cast,
    wall: tuple[str, int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inquiries, "unproven", lambda events: set())
    db.session.rollback()
    before = sum(balance.received for balance in books.balances())
    already = _standing()
    world = _world(draw, cast, wall)
    if world.doubted:
        monkeypatch.setattr(
            inquiries, "unproven", lambda events: {event.id for event in events if event.source == "scb"}
        )
    for kind, what in _steps(draw, world):
        if kind == "file":
            _bring_in(world, what)
        elif kind == "call":
            _call(what)
        elif kind == "slip":
            _claim(what)
        else:
            _decide(world)
    matching.reconcile_new()
    with transaction():
        for event in _events(world, "new"):
            # The bank was asked long enough.
            event.state, event.match_reason = "waiting", "unconfirmed"
    for _ in range(100):
        if not _decide(world):
            break
    db.session.rollback()
    true = Counter((*transfer.target, transfer.satang) for transfer in world.transfers)
    assert _standing() - already == true
    assert sum(balance.received for balance in books.balances()) - before == sum(
        transfer.satang for transfer in world.transfers
    )
    assert not _events(world, "waiting", "new")


def _standing() -> Counter[tuple[int | None, int | None, int, int]]:
    rows = db.session().execute(
        select(LIVE.c.payment_request_id, LIVE.c.network_id, LIVE.c.purpose_id, LIVE.c.satang).where(
            LIVE.c.satang > 0
        )
    )
    return Counter(tuple(row) for row in rows)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching.time, "sleep", lambda seconds: None)
