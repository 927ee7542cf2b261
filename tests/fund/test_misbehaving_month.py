"""A month with a bank that misbehaves: at its end every transfer of the bank's own ledger is a gift once, or explained."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import peers
import pytest
import slip_pictures
import time_machine
from bank_hands import send
from flask import Flask
from peers import BILLER, Peer, introduce, webhook, work
from people import Cast
from portals import with_issuer
from sqlalchemy import func, select

from app.demo import telling
from app.demo.asked import Asked
from app.demo.charges import Charged, event_object
from app.demo.ledger import Line
from app.demo.mischief import garble
from app.fund.bank import continuity, decisions, matching, month_ends, month_facts, refunds, statements, sweep
from app.fund.bank.events import BankEvent, Settlement
from app.fund.bank.inquiries import Inquiry
from app.fund.giving import donations, gifts, slip_claims
from app.fund.giving.donations import Donation, FundAccount
from app.fund.giving.gifts import Gift
from app.fund.giving.receipts import Receipt
from app.fund.ledger import books
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction

FIRST = date(2026, 1, 1)
LAST = date(2026, 1, 31)
ACCOUNT = "4010000001"
PROMPTPAY = "0994000000003"


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Peer]:
    folder = tmp_path / "bank"
    folder.mkdir()
    with peers.bank_at_work(folder) as peer:
        yield peer


def _at(on: date, hour: int, minute: int = 0) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=BANGKOK).astimezone(UTC)


@dataclass
class Month:
    """The giver's side and the bank's side of a month, day by day, and the officer who looks at it each week."""

    portal: Flask
    cast: Cast
    bank: Peer
    rng: random.Random = field(default_factory=lambda: random.Random(2569))
    #: Whose a transfer truly is, by the bank's own number: what the officer learns by phoning.
    truth: dict[str, int] = field(default_factory=dict)
    #: Payments to be made on a later day: donation, how much is late.
    later: list[tuple[date, int, str, int]] = field(default_factory=list)
    #: Messages that the bank sends days after.
    held_back: list[Line] = field(default_factory=list)
    charged: list[Charged] = field(default_factory=list)
    paid_out: int = 0
    did: dict[str, int] = field(default_factory=dict)

    def note(self, what: str) -> None:
        self.did[what] = self.did.get(what, 0) + 1

    def open(self, satang: int, *, by_amount: bool = False) -> Donation:
        with transaction() as session:
            account = session.scalars(select(FundAccount)).one()
            if by_amount:
                account.biller_id = None
                session.flush()
            made = donations.open(satang=satang, purpose_id=self.cast.purpose().id, by=None)
            account.biller_id = BILLER
        return made

    def transfer(self, donation_id: int, ref1: str, satang: int, at: datetime, *, tag: int = 30) -> Line:
        asked = Asked("", tag, "กองทุน", ACCOUNT, BILLER if tag == 30 else PROMPTPAY, ref1, "", None)
        line = self.bank.ledger.transfer(
            asked, satang=satang, payer=f"นาย ผู้ให้ที่ {len(self.truth)}", payer_bank="004", at=at
        )
        self.truth[line.transaction_id] = donation_id
        return line

    def live(self, on: date, clockwork: time_machine.Traveller) -> None:
        """One day: people give, the bank moves money and tells of it as it pleases."""
        clockwork.move_to(_at(on, 8))
        told: list[Line] = []
        for place in range(self.rng.randint(6, 9)):
            moment = _at(on, 9, 5 * place)
            clockwork.move_to(moment)
            told += self.one_gift(on, moment)
        for due in [one for one in self.later if one[0] == on]:
            self.later.remove(due)
            told.append(self.transfer(due[1], due[2], due[3], _at(on, 13, self.rng.randrange(50))))
            self.note("late")
        clockwork.move_to(_at(on, 14))
        back = [line for line in told if self.rng.randrange(100) < 8]
        tomorrow, self.held_back = self.held_back, back
        for line in garble([one for one in told if one not in back], self.rng, lost=15) + garble(
            tomorrow, self.rng, lost=0
        ):
            if line.tag == 30:
                assert send(self.portal, telling.confirmation(line)).status_code == 200
        if on.day % 3 == 0:
            self.charge(on)
        if on.day % 10 == 0:
            self.move(5_25, "ดอกเบี้ย", _at(on, 23, 30))
        if on.day % 7 == 0:
            self.pay_out(on)
        clockwork.move_to(_at(on, 20))
        work()
        with transaction():
            donations.expire_due()
        # The night: the sweep, by its own round.
        clockwork.move_to(_at(on + timedelta(days=1), 1, 30))
        assert sweep.call_the_night()
        work()

    def one_gift(self, on: date, at: datetime) -> list[Line]:
        way = self.rng.choices(
            ("exact", "twins", "split", "over", "under", "late", "amount", "slip", "mistyped", "bare"),
            (50, 5, 5, 4, 4, 5, 10, 4, 3, 3),
        )[0]
        satang = self.rng.choice((100_00, 250_00, 500_00, 1_000_00, 2_565_00)) + self.rng.randrange(100)
        self.note(way)
        made = self.open(satang, by_amount=way in ("amount", "slip"))
        number, ref1, due, tag = made.id, made.ref1, made.due_satang, made.tag
        paid = at + timedelta(minutes=2)
        if way == "late":
            self.later.append((on + timedelta(days=5), number, ref1, due))
            self.did["late"] -= 1
            return []
        if way == "twins":
            return [self.transfer(number, ref1, due, paid + timedelta(seconds=40 * n)) for n in (0, 1)]
        if way == "split":
            return [
                self.transfer(number, ref1, part, paid + timedelta(seconds=40 * n))
                for n, part in enumerate((due // 2, due - due // 2))
            ]
        if way == "mistyped":
            return [self.transfer(number, ref1[:-1] + ("2" if ref1[-1] != "2" else "3"), due, paid)]
        if way == "bare":
            # Cash at the bank's counter: no reference, no message, only a line of the statement.
            return [self.transfer(number, "", due + 3, paid, tag=29)]
        change = {"over": 50_00, "under": -50_00}.get(way, 0)
        line = self.transfer(number, ref1 if tag == 30 else "", due + change, paid, tag=tag)
        if way == "slip":
            slip = slip_pictures.bank_slip(line.transaction_id, "004")
            with transaction():
                slip_claims.claim(number, slip_claims.read(slip_pictures.of(slip)))
        return [line]

    def move(self, satang: int, words: str, at: datetime) -> Line:
        asked = Asked("", 0, "กองทุน", ACCOUNT, "", "", "", None)
        return self.bank.ledger.move(asked, satang=satang, words=words, at=at)

    def charge(self, on: date) -> None:
        made = self.open(300_00)
        charged = self.bank.charges.charge(satang=300_00, ref1=made.ref1, payer="คุณใจดี", at=_at(on, 14, 5))
        self.charged.append(charged)
        if on.day % 9 == 0:
            # Omise's webhook never comes: only its own list tells of this charge.
            self.note("charge_lost")
            return
        for _ in range(self.rng.choice((1, 2, 3))):
            assert webhook(self.portal, event_object(charged)).status_code == 200

    def pay_out(self, on: date) -> None:
        net = sum(one.net for one in self.charged) - self.paid_out
        if net:
            self.paid_out += net
            self.move(net, "OMISE PAYOUT", _at(on, 23, 40))

    def take_statement(self, first: date, last: date) -> None:
        """The file of some days; the next one overlaps."""
        raw = telling.statement(
            [one for one in self.bank.ledger.lines() if first <= one.moment.date() <= last]
        )
        statements.import_file(name=f"{last}.csv", raw=raw, by=self.cast.kanya.user)
        work()

    def clear_queue(self) -> int:
        """The officer takes what waits, first come first served, and decides each by what she learns of it."""
        decided = 0
        while waiting := self._first_waiting():
            settlement, event = waiting, waiting.event
            self.note(f"hand:{settlement.rule}")
            kanya = self.cast.kanya.user
            donation_id = settlement.donation_id or self.truth.get(event.bank_ref)
            with transaction():
                if donation_id is None:
                    decisions.set_aside(event.id, reason="ดอกเบี้ยเงินฝาก", by=kanya)
                elif settlement.rule == "twice" and decided % 2:
                    asked = refunds.ask(
                        event_id=event.id,
                        satang=event.satang,
                        reason="ผู้ให้โอนซ้ำ",
                        payee="นายผู้ให้",
                        payee_bank="004",
                        payee_account="4099900000",
                        by=kanya,
                    )
                    number = asked.id
                else:
                    decisions.assign(event.id, donation_id=donation_id, by=kanya)
                    number = 0
            if donation_id is not None and number:
                self._send_back(number)
            decided += 1
        return decided

    def _first_waiting(self) -> Settlement | None:
        db.session().rollback()
        return (
            db.session()
            .scalars(
                select(Settlement)
                .join(Settlement.event)
                .where(Settlement.state == "waiting", Settlement.rule.not_in(("refund", "unconfirmed")))
                .order_by(BankEvent.occurred_at, BankEvent.id)
                .limit(1)
            )
            .one_or_none()
        )

    def _send_back(self, number: int) -> None:
        with transaction():
            approved = refunds.approve(number, by=self.cast.somchai.user)
            satang, came = approved.satang, approved.event.occurred_at
        assert came < clock.now()
        self.move(-satang, "โอนออก", clock.now())

    def link_refunds(self) -> None:
        """What was sent back stands on the statement by now."""
        found = db.session().scalars(select(refunds.Refund).filter_by(state="approved")).all()
        for number in [one.id for one in found]:
            with transaction() as session:
                for line in refunds.outgoing(session.get_one(refunds.Refund, number))[:1]:
                    refunds.link_outgoing(number, event_id=line.id, by=self.cast.kanya.user)


def test_a_month_of_a_misbehaving_bank_ends_with_nothing_lost_and_nothing_twice(
    portal: Flask, bank: Peer
) -> None:
    with_issuer(portal)
    introduce(portal, scb=bank.scb, omise=bank.omise)
    with time_machine.travel(_at(FIRST, 7), tick=False) as clockwork:
        month = Month(portal, Cast(portal), bank)
        for day in range(31):
            on = FIRST + timedelta(days=day)
            month.live(on, clockwork)
            if on.day % 7 == 0:
                clockwork.move_to(_at(on + timedelta(days=1), 9))
                month.take_statement(on - timedelta(days=9), on)
                month.clear_queue()
                month.link_refunds()
        # The first days of the next month: stragglers, the last statement, what was sent back.
        while month.later:
            month.live(month.later[0][0], clockwork)
        end = clock.today()
        clockwork.move_to(_at(end, 10))
        month.take_statement(LAST - timedelta(days=5), end)
        month.clear_queue()
        clockwork.move_to(_at(end + timedelta(days=1), 10))
        month.take_statement(LAST, end + timedelta(days=1))
        month.clear_queue()
        month.link_refunds()
        # Whatever the bank says again now, in any order, changes nothing.
        before = _standing()
        for line in garble(
            [one for one in bank.ledger.lines() if one.tag == 30 and one.satang > 0], month.rng
        )[:60]:
            assert send(portal, telling.confirmation(line)).status_code == 200
        for charged in month.charged:
            assert webhook(portal, event_object(charged)).status_code == 200
        sweep.run()
        work()
        month.take_statement(FIRST, end + timedelta(days=1))
        assert _standing() == before
        _everything_is_told_once(month)
        _the_books_agree(month, bank.ledger.lines()[-1].moment.date())


def _standing() -> tuple[int, int, int]:
    session = db.session()
    session.rollback()
    events = session.scalar(
        select(func.count()).select_from(BankEvent).where(BankEvent.source != "statement")
    )
    given = session.execute(select(func.count(), func.coalesce(func.sum(Gift.satang), 0))).one()
    return int(events or 0), int(given[0]), int(given[1])


def _everything_is_told_once(month: Month) -> None:
    """Each transfer of the bank's ledger has exactly one event that decides it; the others point at it."""
    session = db.session()
    rows = session.execute(
        select(BankEvent.bank_ref, Settlement.state, Settlement.reason, BankEvent.satang).join(
            Settlement, Settlement.event_id == BankEvent.id
        )
    ).all()
    deciding: dict[str, list[tuple[str, str, int]]] = {}
    for reference, state, reason, satang in rows:
        assert state in ("posted", "same", "aside"), (reference, state, reason)
        if state != "same":
            deciding.setdefault(reference, []).append((state, reason, satang))
    for line in month.bank.ledger.lines():
        assert [satang for _, _, satang in deciding[line.transaction_id]] == [line.satang], line
        state, reason, _ = deciding[line.transaction_id][0]
        assert state == "posted" or reason, line
    for charged in month.charged:
        assert [state for state, _, _ in deciding[charged.id]] == ["posted"]
    told = len(month.bank.ledger.lines()) + len(month.charged)
    assert told == sum(len(one) for one in deciding.values())
    assert told > 220
    for what in ("twins", "split", "over", "under", "late", "amount", "slip", "mistyped", "bare", "exact"):
        assert month.did[what] > 0, f"the month had no {what}"
    raws = session.scalars(select(BankEvent.raw).where(BankEvent.source == "scb")).all()
    assert sum(b"reverseFlag" in raw for raw in raws) > 10, "the sweep had nothing to find"
    assert set(session.scalars(select(Inquiry.outcome))) == {"confirmed"}
    swept = session.scalars(select(BankEvent.raw).where(BankEvent.source == "omise")).all()
    assert sum(not raw.startswith(b'{"object": "event"') for raw in swept) == month.did["charge_lost"] > 2


def _the_books_agree(month: Month, end: date) -> None:
    session = db.session()
    assert books.findings() == []
    sent_back = session.scalars(select(refunds.Refund.state)).all()
    assert sent_back
    assert set(sent_back) == {"paid"}
    lines = month.bank.ledger.lines()
    posted = session.scalar(
        select(func.sum(BankEvent.satang))
        .join(Settlement, Settlement.event_id == BankEvent.id)
        .where(Settlement.state == "posted")
    )
    standing = session.scalar(select(func.sum(gifts.LIVE.c.satang)))
    assert standing == posted
    # Gifts are the bank's balance, with what was no gift taken out of it and what Omise still holds put in.
    interest = sum(one.satang for one in lines if one.words == "ดอกเบี้ย")
    held = sum(one.satang for one in month.charged) - month.paid_out
    assert standing == lines[-1].balance - interest + held
    # Every gift has a receipt that checks.
    given = session.scalar(select(func.count()).select_from(Gift)) or 0
    receipts = session.scalars(select(Receipt)).all()
    assert len({one.gift_id for one in receipts}) == given
    for one in receipts[:: max(1, len(receipts) // 12)]:
        assert month.cast.stranger.visit(f"/receipts/{one.token}").status == 200
    # Each day of the account is proved, and the certificate says zero.
    for account in continuity.prove(FIRST, end):
        assert account.holds, [(day.on, day.difference, day.jump) for day in account.days if not day.holds]
        assert account.gaps == []
        assert [day.difference for day in account.days] == [0] * len(account.days)
    facts = month_facts.gather(FIRST)
    assert (facts["waiting_count"], facts["waiting_satang"]) == (0, 0)
    # What Omise holds at the month's end is what it charged and has not paid out, less its fees.
    charged = [
        one for one in month.charged if _at(FIRST, 0) <= datetime.fromisoformat(one.at) < _at(LAST, 23, 59)
    ]
    at = facts["omise"]
    assert (at["count"], at["gross"], at["unsaid_count"]) == (
        len(charged),
        sum(one.satang for one in charged),
        0,
    )
    assert (
        at["held"]
        == at["gross"] - at["fees"] - at["paid_out"]
        == sum(one.net for one in charged) - at["paid_out"]
    )
    assert 0 < at["paid_out"] < at["gross"]
    assert [(one["difference"], one["broken"], one["gaps"]) for one in facts["accounts"]] == [(0, [], [])]
    assert month_ends.draft(FIRST).startswith(b"%PDF")
    assert matching.settle_new() == 0
