"""A month with a bank that misbehaves, as givers and the bank live it: twins, splits, too much, too little, late, lost."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import accounts
import bank_hands
import slip_pictures
import time_machine
from flask import Flask
from people import Cast
from providers import ACCOUNT, BILLER, Provider, webhook, work
from sqlalchemy import select

from app.demo import messages
from app.demo.charges import Charged, event_object
from app.demo.ledger import BankLine
from app.demo.qr_reader import Asked
from app.fund.bank.inquiry import sweep
from app.fund.bank.providers import callbacks
from app.fund.bank.records import BankEvent, Inquiry, ReconciliationItem
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.slips import claims as slip_claims
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction

KEY = "callback-key-only-for-tests-456789"
PROMPTPAY = "0994000000003"
#: So long after their QR code was shown some people pay.
_LATE = timedelta(days=5)


def bangkok(on: date, hour: int, minute: int = 0) -> datetime:
    """A moment by a clock on a wall in Bangkok."""
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=BANGKOK).astimezone(UTC)


Told = TypeVar("Told")


def garble(lines: Sequence[Told], rng: random.Random, *, lost: int = 10) -> list[Told]:
    """A day's messages as a bad line brings them: `lost` in a hundred never, others twice or thrice, in any order."""
    heard: list[Told] = []
    for line in lines:
        if rng.randrange(100) >= lost:
            heard += [line] * rng.choice((1, 1, 1, 2, 3))
    rng.shuffle(heard)
    return heard


@dataclass
class Month:
    """The giver's side and the bank's side of a month, day by day."""

    portal: Flask
    cast: Cast
    bank: Provider
    rng: random.Random = field(default_factory=lambda: random.Random(2569))
    #: Whose a transfer truly is, by the bank's own number: what the officer learns by phoning.
    truth: dict[str, int] = field(default_factory=dict)
    #: Payments to be made on a later day: payment request, how much is late.
    later: list[tuple[date, int, str, int]] = field(default_factory=list)
    #: Messages that the bank sends days after.
    held_back: list[BankLine] = field(default_factory=list)
    charged: list[Charged] = field(default_factory=list)
    paid_out: int = 0
    did: dict[str, int] = field(default_factory=dict)
    #: How few and how many give on a day.
    givers: tuple[int, int] = (6, 9)
    #: The day after which nothing is lived any more: nobody pays later, and its night does not come.
    last_on: date | None = None

    def hear(self, message: bytes) -> None:
        """The portal is told of a transfer."""
        path = callbacks.PATH + KEY
        told = self.portal.test_client().post(path, data=message, content_type="application/json")
        db.session.rollback()
        assert told.status_code == 200

    def hear_of_charge(self, body: bytes) -> None:
        assert webhook(self.portal, body).status_code == 200

    def show_slip(self, made: PaymentRequest, picture: bytes) -> None:
        """The giver hands in a picture of their slip."""
        with transaction():
            slip_claims.claim(made.id, slip_claims.read(picture))

    def midday(self, on: date, clockwork: time_machine.Traveller) -> None:
        """What else happens on a day, between its donations and the bank's messages."""

    def note(self, what: str) -> None:
        self.did[what] = self.did.get(what, 0) + 1

    def open(self, satang: int, *, by_amount: bool = False) -> PaymentRequest:
        with transaction():
            if by_amount:
                accounts.identified(biller_id=None)
            made = payment_requests.open(satang=satang, purpose_id=self.cast.purpose().id, by=None)
            if by_amount:
                accounts.identified(biller_id=BILLER)
        return made

    def transfer(
        self, payment_request_id: int, ref1: str, satang: int, at: datetime, *, tag: int = 30
    ) -> BankLine:
        asked = Asked("", tag, "กองทุน", ACCOUNT, BILLER if tag == 30 else PROMPTPAY, ref1, "", None)
        line = self.bank.ledger.transfer(
            asked, satang=satang, payer=f"นาย ผู้ให้ที่ {len(self.truth)}", payer_bank="004", at=at
        )
        self.truth[line.transaction_id] = payment_request_id
        return line

    def live(self, on: date, clockwork: time_machine.Traveller) -> None:
        """One day: people give, the bank moves money and tells of it as it pleases."""
        clockwork.move_to(bangkok(on, 8))
        told: list[BankLine] = []
        for place in range(self.rng.randint(*self.givers)):
            moment = bangkok(on, 9, 5 * place)
            clockwork.move_to(moment)
            told += self.one_donation(on, moment)
        for due in [later for later in self.later if later[0] == on]:
            self.later.remove(due)
            told.append(self.transfer(due[1], due[2], due[3], bangkok(on, 13, self.rng.randrange(50))))
            self.note("late")
        self.midday(on, clockwork)
        clockwork.move_to(bangkok(on, 14))
        back = [line for line in told if self.rng.randrange(100) < 8]
        tomorrow, self.held_back = self.held_back, back
        for line in garble([message for message in told if message not in back], self.rng, lost=15) + garble(
            tomorrow, self.rng, lost=0
        ):
            if line.tag == 30:
                self.hear(messages.confirmation(line))
        if on.day % 3 == 0:
            self.charge(on)
        if on.day % 10 == 0:
            self.move(5_25, "ดอกเบี้ย", bangkok(on, 23, 30))
        if on.day % 7 == 0:
            self.pay_out(on)
        clockwork.move_to(bangkok(on, 20))
        work()
        with transaction():
            payment_requests.expire_due()
        if on == self.last_on:
            return
        # The night: the sweep, by its own round.
        clockwork.move_to(bangkok(on + timedelta(days=1), 1, 30))
        assert sweep.queue_nightly_sweep()
        work()

    def one_donation(self, on: date, at: datetime) -> list[BankLine]:
        way = self.rng.choices(
            ("exact", "twins", "split", "over", "under", "late", "amount", "slip", "mistyped", "bare"),
            (50, 5, 5, 4, 4, 5, 10, 4, 3, 3),
        )[0]
        if way == "late" and self.last_on and on + _LATE > self.last_on:
            way = "exact"
        satang = self.rng.choice((100_00, 250_00, 500_00, 1_000_00, 2_565_00)) + self.rng.randrange(100)
        self.note(way)
        made = self.open(satang, by_amount=way in ("amount", "slip"))
        number, ref1, due, tag = made.id, made.ref1, made.due_satang, made.tag
        paid = at + timedelta(minutes=2)
        if way == "late":
            self.later.append((on + _LATE, number, ref1, due))
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
            self.show_slip(made, slip_pictures.of(slip_pictures.bank_slip(line.transaction_id, "004")))
        return [line]

    def move(self, satang: int, words: str, at: datetime) -> BankLine:
        asked = Asked("", 0, "กองทุน", ACCOUNT, "", "", "", None)
        return self.bank.ledger.move(asked, satang=satang, words=words, at=at)

    def charge(self, on: date) -> None:
        made = self.open(300_00)
        charged = self.bank.charges.charge(
            satang=300_00, ref1=made.ref1, payer="คุณใจดี", at=bangkok(on, 14, 5)
        )
        self.charged.append(charged)
        if on.day % 9 == 0:
            # Omise's webhook never comes: only its own list tells of this charge.
            self.note("charge_lost")
            return
        for _ in range(self.rng.choice((1, 2, 3))):
            self.hear_of_charge(event_object(charged))

    def pay_out(self, on: date) -> None:
        net = sum(charge.net for charge in self.charged) - self.paid_out
        if net:
            self.paid_out += net
            self.move(net, "OMISE PAYOUT", bangkok(on, 23, 40))

    def statement(self, first: date, last: date) -> bytes:
        """The bank's file of some days of the fund's account."""
        lines = [line for line in self.bank.ledger.lines() if line.account == ACCOUNT]
        return messages.statement([line for line in lines if first <= line.moment.date() <= last])

    def take_statement(self, first: date, last: date) -> None:
        """The file of some days is brought in; the next one overlaps."""
        raw = self.statement(first, last)
        bank_hands.import_file(name=f"{last}.csv", raw=raw, by=self.cast.kanya.user)
        work()


def told_once(month: Month) -> None:
    """Each transfer of the bank's ledger has exactly one event that decides it; the others point at it."""
    session = db.session()
    rows = session.execute(
        select(BankEvent.bank_ref, ReconciliationItem.state, ReconciliationItem.reason, BankEvent.satang)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(BankEvent.source != "counter")
    ).all()
    deciding: dict[str, list[tuple[str, str, int]]] = {}
    for reference, state, reason, satang in rows:
        assert state in ("posted", "duplicate", "excluded"), (reference, state, reason)
        if state != "duplicate":
            deciding.setdefault(reference, []).append((state, reason, satang))
    for line in month.bank.ledger.lines():
        assert [satang for _, _, satang in deciding[line.transaction_id]] == [line.satang], line
        state, reason, _ = deciding[line.transaction_id][0]
        assert state == "posted" or reason, line
    for charged in month.charged:
        assert [state for state, _, _ in deciding[charged.id]] == ["posted"]
    told = len(month.bank.ledger.lines()) + len(month.charged)
    assert told == sum(len(value) for value in deciding.values())
    assert told > 30 * month.givers[0]
    for what in ("twins", "split", "over", "under", "late", "amount", "slip", "mistyped", "bare", "exact"):
        assert month.did[what] > 0, f"the month had no {what}"
    raws = session.scalars(select(BankEvent.raw).where(BankEvent.source == "scb")).all()
    assert sum(b"reverseFlag" in raw for raw in raws) > 10, "the sweep had nothing to find"
    assert set(session.scalars(select(Inquiry.outcome))) == {"confirmed"}
    swept = session.scalars(select(BankEvent.raw).where(BankEvent.source == "omise")).all()
    assert sum(not raw.startswith(b'{"object": "event"') for raw in swept) == month.did["charge_lost"] > 2
