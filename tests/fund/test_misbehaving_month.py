"""A month with a bank that misbehaves: at its end every transfer of the bank's own ledger is a donation once, or explained."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import time_machine
from bank_hands import send
from flask import Flask
from misbehaving import Month, bangkok, garble, told_once
from people import Cast
from portals import with_issuer
from providers import Provider, introduce, webhook, work
from sqlalchemy import func, select

from app.demo import messages
from app.demo.charges import event_object
from app.fund.bank.inquiry import sweep
from app.fund.bank.reconciliation import decisions, matching, outgoing_lines, refunds
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.closing import continuity, month_ends, month_facts
from app.fund.giving.records.donations import LIVE, Donation
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction

FIRST = date(2026, 1, 1)
LAST = date(2026, 1, 31)


@dataclass
class Watched(Month):
    """The month, and the officer who looks at it each week."""

    def clear_queue(self) -> int:
        """The officer takes what waits, first come first served, and decides each by what she learns of it."""
        decided = 0
        while waiting := self._first_waiting():
            item, event = waiting, waiting.event
            self.note(f"hand:{item.match_reason}")
            kanya = self.cast.kanya.user
            payment_request_id = item.payment_request_id or self.truth.get(event.bank_ref)
            with transaction():
                if payment_request_id is None:
                    decisions.exclude(event.id, reason="ดอกเบี้ยเงินฝาก", by=kanya)
                elif item.match_reason == "paid_twice" and decided % 2:
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
                    decisions.assign(event.id, payment_request_id=payment_request_id, by=kanya)
                    number = 0
            if payment_request_id is not None and number:
                self._send_back(number)
            decided += 1
        return decided

    def _first_waiting(self) -> ReconciliationItem | None:
        db.session().rollback()
        return (
            db.session()
            .scalars(
                select(ReconciliationItem)
                .join(ReconciliationItem.event)
                .where(
                    ReconciliationItem.state == "waiting",
                    ReconciliationItem.match_reason.not_in(("refund", "unconfirmed")),
                )
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
        for number in [request.id for request in found]:
            with transaction() as session:
                for line in outgoing_lines.of(session.get_one(refunds.Refund, number))[:1]:
                    outgoing_lines.link(number, event_id=line.id, by=self.cast.kanya.user)


def test_a_month_of_a_misbehaving_bank_ends_with_nothing_lost_and_nothing_twice(
    postgres_portal: Flask, bank: Provider
) -> None:
    """On SQLite the portal that is served lives such a month: tests/browser/test_browser_month.py."""
    portal = with_issuer(postgres_portal)
    introduce(portal, scb=bank.scb, omise=bank.omise)
    with time_machine.travel(bangkok(FIRST, 7), tick=False) as clockwork:
        month = Watched(portal, Cast(portal), bank, givers=(4, 6))
        for day in range(31):
            on = FIRST + timedelta(days=day)
            month.live(on, clockwork)
            if on.day % 7 == 0:
                clockwork.move_to(bangkok(on + timedelta(days=1), 9))
                month.take_statement(on - timedelta(days=9), on)
                month.clear_queue()
                month.link_refunds()
        # The first days of the next month: stragglers, the last statement, what was sent back.
        while month.later:
            month.live(month.later[0][0], clockwork)
        end = clock.today()
        clockwork.move_to(bangkok(end, 10))
        month.take_statement(LAST - timedelta(days=5), end)
        month.clear_queue()
        clockwork.move_to(bangkok(end + timedelta(days=1), 10))
        month.take_statement(LAST, end + timedelta(days=1))
        month.clear_queue()
        month.link_refunds()
        # Whatever the bank says again now, in any order, changes nothing.
        before = _standing()
        for line in garble(
            [line for line in bank.ledger.lines() if line.tag == 30 and line.satang > 0], month.rng
        )[:60]:
            assert send(portal, messages.confirmation(line)).status_code == 200
        for charged in month.charged:
            assert webhook(portal, event_object(charged)).status_code == 200
        sweep.run()
        work()
        month.take_statement(FIRST, end + timedelta(days=1))
        assert _standing() == before
        told_once(month)
        _the_books_agree(month, bank.ledger.lines()[-1].moment.date())


def _standing() -> tuple[int, int, int]:
    session = db.session()
    session.rollback()
    events = session.scalar(
        select(func.count()).select_from(BankEvent).where(BankEvent.source != "statement")
    )
    given = session.execute(select(func.count(), func.coalesce(func.sum(Donation.satang), 0))).one()
    return int(events or 0), int(given[0]), int(given[1])


def _the_books_agree(month: Watched, end: date) -> None:
    session = db.session()
    assert books.findings() == []
    sent_back = session.scalars(select(refunds.Refund.state)).all()
    assert sent_back
    assert set(sent_back) == {"paid"}
    lines = month.bank.ledger.lines()
    posted = session.scalar(
        select(func.sum(BankEvent.satang))
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(ReconciliationItem.state == "posted")
    )
    live_satang = session.scalar(select(func.sum(LIVE.c.satang)))
    assert live_satang == posted
    # Donations are the bank's balance, with what was no donation taken out of it and what Omise still holds put in.
    interest = sum(line.satang for line in lines if line.words == "ดอกเบี้ย")
    held = sum(charge.satang for charge in month.charged) - month.paid_out
    assert live_satang == lines[-1].balance - interest + held
    # Every donation has a receipt that checks.
    given = session.scalar(select(func.count()).select_from(Donation)) or 0
    receipts = session.scalars(select(Receipt)).all()
    assert len({receipt.donation_id for receipt in receipts}) == given
    for receipt in receipts[:: max(1, len(receipts) // 12)]:
        assert month.cast.stranger.visit(f"/receipts/{receipt.token}").status == 200
    # Each day of the account is proved, and the certificate says zero.
    for account in continuity.prove(FIRST, end):
        assert account.holds, [(day.on, day.difference, day.jump) for day in account.days if not day.holds]
        assert account.gaps == []
        assert [day.difference for day in account.days] == [0] * len(account.days)
    facts = month_facts.gather(FIRST)
    assert (facts["waiting_count"], facts["waiting_satang"]) == (0, 0)
    # What Omise holds at the month's end is what it charged and has not paid out, less its fees.
    charged = [
        charge
        for charge in month.charged
        if bangkok(FIRST, 0) <= datetime.fromisoformat(charge.at) < bangkok(LAST, 23, 59)
    ]
    at = facts["omise"]
    assert (at["count"], at["gross"], at["unsaid_count"]) == (
        len(charged),
        sum(charge.satang for charge in charged),
        0,
    )
    assert (
        at["held"]
        == at["gross"] - at["fees"] - at["paid_out"]
        == sum(charge.net for charge in charged) - at["paid_out"]
    )
    assert 0 < at["paid_out"] < at["gross"]
    assert [(account["difference"], account["broken"], account["gaps"]) for account in facts["accounts"]] == [
        (0, [], [])
    ]
    assert month_ends.draft(FIRST).startswith(b"%PDF")
    assert matching.reconcile_new() == 0
