"""The fund in random worlds: whoever tries whatever in any order, no satang is lost and no hard pair of hands is one person.

`KUEAKUN_MACHINE=500` tries so many worlds, each time others; `./check` the same few.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import bank_lines as bank
import committee_room as room
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from people import Cast, Person, become, give_role, take_a_seat
from sqlalchemy import text

from app.fund.committee import agenda, attendance, circulations, meetings, motions, proposals, sole
from app.fund.committee.proposals import Funding
from app.fund.committee.records import Matter, ResolutionKind, VoteChoice
from app.fund.giving.donations import donations
from app.fund.giving.pledges import pledges
from app.fund.giving.records.donations import REFUNDED, UNDONE
from app.fund.giving.records.networks import Network
from app.fund.ledger import books
from app.fund.spending import (
    advances,
    bank_lines,
    orders,
    payments,
    remittances,
    returns,
    transfers,
    voids,
)
from app.fund.spending.records import Payment
from app.fund.spending.records.withholding import TaxForm
from app.fund.spending.withholding import RATES, TaxChoice
from app.kit import clock
from app.kit.db import db, is_sqlite, transaction
from app.kit.errors import Refused
from app.staff.roles import Role

_WORLDS = int(os.environ.get("KUEAKUN_MACHINE", "0"))
_PEOPLE = ("kanya", "somchai", "pranee", "wichai", "malee", "ton", "busaba", "chai", "decha")
_OFFICES = (Role.FINANCE, Role.FUND_OFFICER, Role.COMMITTEE, Role.CHAIR)
_pick = st.integers(0, 30)
_who = st.sampled_from(_PEOPLE)
_satang = st.integers(1, 60_00)


def _mostly(*names: str) -> st.SearchStrategy[str]:
    """Whoever may do it by their office, and now and then anybody."""
    return st.sampled_from((*(names * (24 // len(names))), *_PEOPLE))


_how_much = st.sampled_from(("all", "some", "some", "one too many"))


#: Name of a vendor → their account, kind and tax ID. Tax is withheld of those that have one.
_VENDORS = {
    "ร้านศรีสะเกษศึกษาภัณฑ์": ("3010123456", "shop", ""),
    "น.ส.บุษบา": ("3010129999", "officer", ""),
    "บริษัทรับจ้าง จำกัด": ("3010127777", "shop", "0105536112014"),
    "นายช่าง": ("3010128888", "shop", "3330100000009"),
}
_to = st.sampled_from((*_VENDORS, "น.ส.บุษบา", "น.ส.บุษบา", "บริษัทรับจ้าง จำกัด"))


def _vendor(name: str) -> int:
    number, kind, tax_id = _VENDORS[name]
    return room.vendor(name, number=number, kind=kind, tax_id=tax_id)


_ANSWERS = ("approve", "approve", "approve", "reject", "abstain", "recuse", "discuss")


class Fund(RuleBasedStateMachine):
    """Every rule is one deed of one person, whoever it is; what is refused changed nothing, and only rules refuse."""

    cast: ClassVar[Cast]
    fresh: ClassVar[Callable[[], None]]
    #: How often each deed was done and refused.
    told: ClassVar[Counter[tuple[str, str]]] = Counter()
    why: ClassVar[Counter[tuple[str, str]]] = Counter()

    @initialize(satang=st.integers(100_00, 300_00))
    def begin(self, satang: int) -> None:
        type(self).fresh()
        self.codes: list[str] = []
        self.meetings: list[int] = []
        self.items: list[int] = []
        self.circulated: list[int] = []
        self.orders: list[int] = []
        self.payments: list[int] = []
        self.lines: list[int] = []
        self.returns: list[int] = []
        self.gifts = [room.give(self.cast, satang), room.give(self.cast, satang, purpose="education")]
        # On PostgreSQL the committee may be another than at first.
        with suppress(Refused):
            self.codes.append(room.approve(self.cast, satang // 2))

    def _do(self, name: str, deed: Callable[[], Any], *, kept: list[Any] | None = None) -> bool:
        before = self._books()
        try:
            with transaction():
                made = deed()
        except Refused as said:
            if _WORLDS:
                self.why[name, said.words[:70]] += 1
            self.told[name, "refused"] += 1
            assert self._books() == before, f"{name} was refused, and money moved"
            return False
        self.told[name, "done"] += 1
        if kept is not None and made not in kept:
            kept.append(made)
        return True

    def _books(self) -> list[tuple[int, ...]]:
        db.session().rollback()
        return [(row.received, row.available, row.committed, row.paid) for row in books.balances()]

    def _person(self, name: str) -> Person:
        return getattr(self.cast, name)

    def _purpose(self, which: bool) -> int:
        return self.cast.purpose("education" if which else "general").id

    # Money comes in and goes back.

    @rule(satang=_satang, which=st.booleans())
    def give(self, satang: int, which: bool) -> None:
        self.gifts.append(room.give(self.cast, satang, purpose="education" if which else "general"))

    @rule(satang=_satang, which=st.booleans(), who=_mostly("ton"))
    def pledge(self, satang: int, which: bool, who: str) -> None:
        before = self._books()
        network = db.session().query(Network.id).limit(1).scalar()
        self._do(
            "pledge",
            lambda: pledges.make(
                network_id=network,
                satang=satang,
                purpose_id=self._purpose(which),
                expected_on=clock.today(),
                by=self._person(who).user,
            ),
        )
        assert self._books() == before, "a promise moved money"

    @rule(at=_pick, satang=_satang, kind=st.sampled_from((UNDONE, REFUNDED)))
    def take_a_gift_back(self, at: int, satang: int, kind: str) -> None:
        number = self.gifts[at % len(self.gifts)]
        self._do(
            "take back",
            lambda: donations.reverse(
                number, satang=satang, kind=kind, reason="ผิดพลาด", by=self.cast.kanya.user
            ),
        )

    # Offices change hands: the same person may have asked, voted or paid before.

    @rule(who=_who, role=st.sampled_from(_OFFICES))
    def change_office(self, who: str, role: Role) -> None:
        if who in ("busaba", "somchai", "kanya", "decha"):  # Somebody has to stay to approve of the others.
            return
        person = self._person(who)

        def deed() -> None:
            become(person.user.id, role)
            if role in (Role.COMMITTEE, Role.CHAIR):
                take_a_seat(person.user.id, role)
            room.sign()

        self._do("change office", deed)

    # The committee.

    @rule(who=_who, other=_who, satang=_satang, which=st.booleans(), share=st.integers(0, 99))
    def ask(self, who: str, other: str, satang: int, which: bool, share: int) -> None:
        part = satang * share // 100
        funding = [Funding(satang - part, self._purpose(which))]
        if part:
            funding.append(Funding(part, self._purpose(not which)))
        code = f"AR-2569-{next(room._numbers):04d}"
        self._do(
            "ask",
            lambda: (
                proposals.submit(
                    code=code,
                    title="ชุดนักเรียน",
                    satang=satang,
                    purpose_id=self._purpose(which),
                    funding=funding,
                    asked_by_id=self._person(other).user.id,
                    by=self._person(who).user,
                ).code
            ),
            kept=self.codes,
        )

    @rule(at=_pick, who=_mostly("busaba"), satang=_satang)
    def revise(self, at: int, who: str, satang: int) -> None:
        if self.codes:
            code = self.codes[at % len(self.codes)]
            self._do(
                "revise",
                lambda: proposals.revise(code, satang=satang, reason="ราคาเปลี่ยน", by=self._person(who).user),
            )

    @rule(at=_pick, who=_mostly("busaba", "kanya"), word=st.sampled_from(("withdraw", "settle")))
    def end_a_proposal(self, at: int, who: str, word: str) -> None:
        if not self.codes:
            return
        code, by = self.codes[at % len(self.codes)], self._person(who)
        if word == "withdraw":
            self._do(word, lambda: proposals.withdraw(code, by=by.user))
        elif at % 3 == 0:
            self._do(word, lambda: payments.settle(code, reason="ไม่ซื้อแล้ว", by=by.user))

    @rule(chair=_mostly("somchai", "pranee"), others=st.sets(_who, min_size=1, max_size=4))
    def meet(self, chair: str, others: set[str]) -> None:
        here = {
            self._person(name).user_id: self._person(name) for name in (chair, "somchai", *sorted(others))
        }
        self._do(
            "meet",
            lambda: room.meet(self.cast, *here.values(), chair=self._person(chair)),
            kept=self.meetings,
        )

    @rule(
        meeting=_pick,
        at=_pick,
        matter=st.sampled_from(list(Matter)),
        who=_who,
    )
    def table(self, meeting: int, at: int, matter: Matter, who: str) -> None:
        if self.meetings and self.codes:
            number, code = (
                self.meetings[-1 - meeting % 2 % len(self.meetings)],
                self.codes[at % len(self.codes)],
            )
            by = self.cast.busaba if who != "decha" else self.cast.decha
            self._do(
                "table",
                lambda: (
                    agenda.table(number, proposal_code=code, matter=matter, reason="เลิกกิจการ", by=by.user).id
                ),
                kept=self.items,
            )

    @rule(at=_pick, who=_mostly("busaba", "somchai"), part=_satang, which=st.booleans(), defer=st.booleans())
    def move(self, at: int, who: str, part: int, which: bool, defer: bool) -> None:
        if self.items:
            item = self.items[-1 - at % 3 % len(self.items)]
            self._do(
                "move",
                lambda: motions.move(
                    item,
                    kind=ResolutionKind.DEFER if defer else ResolutionKind.APPROVE_IN_PART,
                    parts={} if defer else {self._purpose(which): part},
                    reason="รอก่อน",
                    waits_for_money=defer,
                    by=self._person(who).user,
                ),
            )

    @rule(at=_pick, who=_mostly("somchai", "pranee", "wichai"), choice=st.sampled_from(list(VoteChoice)))
    def vote(self, at: int, who: str, choice: VoteChoice) -> None:
        if self.items:
            item = self.items[-1 - at % 3 % len(self.items)]
            self._do("vote", lambda: room.vote(item, choice, self._person(who)))

    @rule(at=_pick, who=_mostly("somchai", "pranee", "wichai"), by=_mostly("somchai"), back=st.booleans())
    def leave_the_item(self, at: int, who: str, by: str, back: bool) -> None:
        if self.items:
            item = self.items[-1 - at % 3 % len(self.items)]
            member, says = self._person(who).user_id, self._person(by)
            if back:
                self._do("readmit", lambda: attendance.readmit(item, member_id=member, by=says.user))
            else:
                self._do(
                    "recuse", lambda: attendance.recuse(item, member_id=member, reason="ญาติ", by=says.user)
                )

    @rule(at=_pick, who=_who, choice=st.sampled_from(("approve", "approve", "approve", "reject")))
    def decide(self, at: int, who: str, choice: str) -> None:
        """All who may vote the same, and somebody sums up."""
        if not self.items:
            return
        item = self.items[-1 - at % 3 % len(self.items)]
        for name in _PEOPLE:
            self._do("vote", lambda name=name: room.vote(item, choice, self._person(name)))
        by = self.cast.busaba if who != "decha" else self.cast.decha
        self._do("resolve", lambda: room.resolve(item, by=by).id)

    @rule(
        satang=_satang,
        who=_who,
        which=st.booleans(),
        matter=st.sampled_from((Matter.DECIDE, Matter.DECIDE, Matter.AMEND, Matter.RESCIND)),
        at=_pick,
        now=st.booleans(),
    )
    def put_before_a_meeting_of_its_own(
        self, satang: int, who: str, which: bool, matter: Matter, at: int, now: bool
    ) -> None:
        if matter == Matter.DECIDE:
            self.ask(who, who, satang, which, at % 3 * 40)
            code = self.codes[-1]
        elif self.codes:
            code = self.codes[at % len(self.codes)]
            if matter == Matter.AMEND:
                self.revise(at, "busaba", satang)
        else:
            return
        everybody = {self._person(name).user_id: self._person(name) for name in _PEOPLE}
        seated = [everybody[number] for number in self._seated() if number in everybody]
        if not self._do("meet", lambda: room.meet(self.cast, *seated), kept=self.meetings):
            return
        if (
            self._do(
                "table",
                lambda: (
                    agenda.table(
                        self.meetings[-1],
                        proposal_code=code,
                        matter=matter,
                        reason="เลิก",
                        by=self.cast.busaba.user,
                    ).id
                ),
                kept=self.items,
            )
            and now
        ):
            self.decide(0, who, "approve")

    def _seated(self) -> list[int]:
        rows = db.session().execute(text("SELECT person_id FROM seat WHERE to_on IS NULL ORDER BY id"))
        return [number for (number,) in rows]

    @rule(
        at=_pick,
        who=_mostly("somchai"),
        word=st.sampled_from(("approve", "approve", "reject", "urgent", "meeting")),
    )
    def decide_alone(self, at: int, who: str, word: str) -> None:
        if not self.codes:
            return
        code, by = self.codes[-1 - at % 4 % len(self.codes)], self._person(who)
        if word in ("approve", "reject"):
            self._do(f"alone {word}", lambda: sole.decide(code, choice=word, reason="ไม่จำเป็น", by=by.user))
        elif word == "urgent":
            self._do(word, lambda: sole.mark_urgent(code, reason="น้ำท่วม", by=by.user))
        else:
            self._do("leave it", lambda: sole.send_to_meeting(code, reason="ควรหารือ", by=by.user))

    @rule(
        at=_pick,
        who=_mostly("busaba"),
        answers=st.lists(st.tuples(_who, st.sampled_from(_ANSWERS)), max_size=4),
        ends=st.sampled_from(("all", "all", "late", "now", "waits")),
    )
    def circulate(self, at: int, who: str, answers: list[tuple[str, str]], ends: str) -> None:
        """Something is sent round, members answer, and it is closed by the chair or by the clock, or goes on."""
        if at % 3:
            self.ask("malee", "malee", 10_00 + at, at % 2 == 0, 0)
        sent = False
        if self.codes:
            code = self.codes[-1 - at % 5 // 3 % len(self.codes)]
            until = clock.now() + timedelta(days=7)
            sent = self._do(
                "circulate",
                lambda: circulations.circulate(code, closes_at=until, by=self._person(who).user).items[0].id,
                kept=self.circulated,
            )
        if not self.circulated:
            return
        item = self.circulated[-1 if sent else -1 - at % 2 % len(self.circulated)]
        for name, word in answers:
            self._answer(item, self._person(name), word)
        if ends == "all":
            for name in _PEOPLE:
                self._answer(item, self._person(name), "approve")
        number, outcome = db.session().execute(text(_CIRCULATED), {"item": item}).one()
        if ends == "late" and outcome == "open":
            room.let_the_time_pass(item)
            self._do("clock", circulations.close_due)
        elif ends != "waits":
            self._do("close it", lambda: circulations.close(number, by=self.cast.somchai.user))

    def _answer(self, item: int, by: Person, word: str) -> None:
        if word == "discuss":
            self._do(word, lambda: circulations.discuss(item, by=by.user))
        elif word == "recuse":
            self._do(word, lambda: attendance.recuse(item, member_id=by.user_id, by=by.user))
        else:
            self._do("answer", lambda: room.vote(item, word, by))

    @rule(at=_pick, choice=st.sampled_from(("approve", "reject", "reject")))
    def ratify(self, at: int, choice: str) -> None:
        """A meeting that ratifies, or refuses to ratify, all that has come to it."""
        everybody = {self._person(name).user_id: self._person(name) for name in _PEOPLE}
        seated = [everybody[number] for number in self._seated() if number in everybody]
        if not self._do("meet", lambda: room.meet(self.cast, *seated), kept=self.meetings):
            return
        rows = db.session().execute(text(_RATIFIED), {"meeting": self.meetings[-1]}).scalars().all()
        self.items.extend(number for number in rows if number not in self.items)
        for item in rows:
            for name in _PEOPLE:
                self._do("vote", lambda item=item, name=name: room.vote(item, choice, self._person(name)))
            self._do(f"ratify {choice}", lambda item=item: room.resolve(item, by=self.cast.busaba).id)

    @rule(who=_mostly("busaba"))
    def end_a_meeting(self, who: str) -> None:
        if self.meetings:
            number = self.meetings[-1]
            self._do("close", lambda: meetings.close(number, by=self._person(who).user))

    # Money goes out and comes back.

    def _left(self, code: str, satang: int, how: str) -> int:
        left = db.session().execute(text(_LEFT), {"code": code}).scalar_one()
        return int({"all": left, "some": satang}.get(how, left + 1))

    @rule(at=_pick, who=_mostly("kanya"), satang=_satang, how=_how_much, to=_to)
    def prepare(self, at: int, who: str, satang: int, how: str, to: str) -> None:
        if not self.codes:
            return
        # Mostly one of which there is something to pay.
        approved = [code for code in self.codes if self._left(code, 0, "all")]
        several = approved if at % 8 and approved else self.codes
        code = several[at % len(several)]

        tax = None
        if _VENDORS[to][2] or at % 9 == 8:
            # Now and then the sum bears value added tax, of which none is withheld.
            base = satang * 100 // 107 if at % 4 == 3 and how == "some" else 0
            tax = TaxChoice(list(RATES)[at % len(RATES)], "ศรีสะเกษ", base, list(TaxForm)[at % 2])

        def deed() -> int:
            return orders.prepare(
                proposal_code=code,
                satang=self._left(code, satang, how) or satang,
                vendor_id=_vendor(to),
                tax=tax,
                by=self._person(who).user,
            ).id

        self._do("prepare with tax" if tax else "prepare", deed, kept=self.orders)

    @rule(at=_pick, who=_mostly("somchai", "busaba"))
    def approve(self, at: int, who: str) -> None:
        if self.orders:
            number = self.orders[-1 - at % 3 % len(self.orders)]
            self._do("approve", lambda: orders.approve(number, by=self._person(who).user))

    @rule(at=_pick, who=_mostly("kanya"))
    def withdraw(self, at: int, who: str) -> None:
        if self.orders:
            number = self.orders[at % len(self.orders)]
            self._do(
                "withdraw order", lambda: orders.withdraw(number, reason="ผิด", by=self._person(who).user)
            )

    @rule(at=_pick, who=_mostly("kanya"), ref=st.integers(1, 40))
    def pay(self, at: int, who: str, ref: int) -> None:
        if self.orders:
            number = self.orders[-1 - at % 3 % len(self.orders)]
            self._do(
                "pay",
                lambda: (
                    payments.record(
                        number, transfer_ref=f"KTB{ref}", paid_on=clock.today(), by=self._person(who).user
                    ).id
                ),
                kept=self.payments,
            )

    @rule(at=_pick, satang=_satang, how=_how_much, to=_to, ref=st.integers(41, 90))
    def pay_by_all_hands(self, at: int, satang: int, how: str, to: str, ref: int) -> None:
        self.prepare(at, "kanya", satang, how, to)
        for name in ("somchai", "busaba"):
            self.approve(0, name)
        self.pay(0, "kanya", ref)

    @rule(who=_mostly("kanya"), outcome=st.sampled_from(("paid", "failed", "half")))
    def pay_by_file(self, who: str, outcome: str) -> None:
        made: list[Any] = []
        if not self._do("file", lambda: transfers.make(by=self._person(who).user), kept=made):
            return
        rows = ["reference,status,bank_ref,message"]
        for at, line in enumerate(db.session().execute(text(_LINES), {"file": made[0].id}).scalars()):
            status = ("paid", "failed")[at % 2] if outcome == "half" else outcome
            rows.append(f"{line},{status},BF{line},บัญชีปิด")
        raw, number = "\n".join(rows).encode(), made[0].id
        for _ in range(2):
            self._do("file result", lambda: transfers.take_result(number, raw, by=self._person(who).user))
        paid = db.session().execute(text("SELECT id FROM payment ORDER BY id")).scalars()
        self.payments.extend(found for found in paid if found not in self.payments)

    @rule(
        at=_pick,
        word=st.sampled_from(("left", "came back", "came back", "link", "unlink")),
        who=_mostly("kanya"),
    )
    def the_bank_tells(self, at: int, word: str, who: str) -> None:
        if not self.payments:
            return
        number = self.payments[-1 - at % 3 % len(self.payments)]
        satang, ref = db.session().execute(text(_LEFT_THE_BANK), {"id": number}).one()
        if word in ("left", "came back"):
            self.lines.append(
                bank.line(-satang if word == "left" else satang, ref=ref if word == "left" else "9")
            )
        elif self.lines:
            line = self.lines[at % len(self.lines)]
            by = self._person(who)
            if word == "link":
                self._do(word, lambda: bank_lines.link(line, payment_id=number, by=by.user))
            else:
                self._do(word, lambda: bank_lines.unlink(line, by=by.user))

    @rule(at=_pick, who=_mostly("kanya"), satang=_satang, how=_how_much, form=st.sampled_from(list(TaxForm)))
    def remit(self, at: int, who: str, satang: int, how: str, form: TaxForm) -> None:
        """A line of the bank remits tax that is owed, all of it or a part, or too much; where none is, some is withheld first."""
        if not remittances.owed():
            self.pay_by_all_hands(at, satang, "some", "บริษัทรับจ้าง จำกัด", 91 + at)
        owed = remittances.owed()
        month = owed[at % len(owed)] if owed else None
        first_on, form = (month.first_on, month.form) if month else (clock.today().replace(day=1), form)
        left = month.owed if month else 0
        sent = {"all": left, "some": satang % left + 1 if left else 1}.get(how, left + 1) or satang
        self.lines.append(bank.line(-sent, ref="RD"))
        self._do(
            "remit",
            lambda: remittances.remit(
                self.lines[-1], first_on=first_on, form=form, by=self._person(who).user
            ),
        )

    @rule(at=_pick, who=_mostly("kanya"), line=_pick, bounced=st.booleans())
    def ask_to_void(self, at: int, who: str, line: int, bounced: bool) -> None:
        if self.payments:
            number = self.payments[-1 - at % 3 % len(self.payments)]
            back = self.lines[line % len(self.lines)] if bounced and self.lines else None
            self._do(
                "void asked",
                lambda: voids.ask(number, reason="โอนไม่สำเร็จ", event_id=back, by=self._person(who).user),
            )

    @rule(at=_pick, who=_mostly("somchai"), word=st.sampled_from(("confirm", "confirm", "decline")))
    def void(self, at: int, who: str, word: str) -> None:
        if self.payments:
            number = self.payments[-1 - at % 3 % len(self.payments)]
            deed = voids.confirm if word == "confirm" else voids.decline
            self._do(f"void {word}", lambda: deed(number, by=self._person(who).user))

    @rule(at=_pick)
    def bounce(self, at: int) -> None:
        """The bank sends a payment back, and two people say so."""
        if not self.payments:
            return
        self.the_bank_tells(at, "left", "kanya")
        self.the_bank_tells(at, "came back", "kanya")
        self.ask_to_void(at, "kanya", len(self.lines) - 1, True)
        self.void(at, "somchai", "confirm")

    @rule(at=_pick, who=_mostly("kanya"), satang=_satang, line=_pick, fresh=st.booleans(), how=_how_much)
    def ask_for_a_return(self, at: int, who: str, satang: int, line: int, fresh: bool, how: str) -> None:
        """A part of a payment came back or all that is left of it, or somebody says so of a line that may be anything."""
        if self.payments:
            number = self.payments[-1 - at % 3 % len(self.payments)]
            if fresh or not self.lines:
                left = returns.most(db.session().get_one(Payment, number))
                came = {"all": left, "some": satang}.get(how, left + 1) or satang
                self.lines.append(bank.line(came, ref="8"))
            event = self.lines[-1 if fresh else line % len(self.lines)]
            self._do(
                "return asked",
                lambda: returns.ask(number, reason="ลดราคา", event_id=event, by=self._person(who).user).id,
                kept=self.returns,
            )

    @rule(at=_pick, who=_mostly("somchai"), word=st.sampled_from(("confirm", "confirm", "decline")))
    def end_a_return(self, at: int, who: str, word: str) -> None:
        if self.returns:
            number = self.returns[-1 - at % 3 % len(self.returns)]
            deed = returns.confirm if word == "confirm" else returns.decline
            self._do(f"return {word}", lambda: deed(number, by=self._person(who).user))

    @rule(at=_pick, satang=_satang, how=_how_much)
    def return_by_two(self, at: int, satang: int, how: str) -> None:
        self.ask_for_a_return(at, "kanya", satang, 0, True, how)
        self.end_a_return(0, "somchai", "confirm")

    @rule(at=_pick, who=_mostly("kanya"), satang=_satang)
    def clear(self, at: int, who: str, satang: int) -> None:
        if at % 2:
            self.pay_by_all_hands(at, satang, "some", "น.ส.บุษบา", 130 + at)
        if self.payments:
            number = self.payments[-1 - at % 3 % len(self.payments)]
            self._do(
                "clear",
                lambda: advances.clear(number, satang=satang, paper="ใบเสร็จ", by=self._person(who).user),
            )

    # What must hold after each of them.

    @invariant()
    def nothing_is_lost_and_nobody_acts_alone(self) -> None:
        if not hasattr(self, "gifts"):
            return
        db.session().rollback()
        for row in books.balances():
            assert min(row.received, row.available, row.committed, row.paid) >= 0
            assert row.received == row.available + row.committed + row.paid
        for law, query in _LAWS.items():
            broken = db.session().execute(text(query)).all()
            assert broken == [], f"{law}: {broken}"

    def teardown(self) -> None:
        db.session().rollback()
        assert books.findings() == []
        withheld, remitted = db.session().execute(text(_TAX)).one()
        assert sum(month.owed for month in remittances.by_month()) == withheld - remitted
        today = clock.today()
        assert remittances.held(today.replace(day=1), today).get("owed", 0) == withheld - remitted


_CIRCULATED = """SELECT c.meeting_id, c.outcome FROM circulation AS c JOIN agenda_item AS i ON i.meeting_id = c.meeting_id
    WHERE i.id = :item"""
_RATIFIED = "SELECT id FROM agenda_item WHERE meeting_id = :meeting AND matter = 'ratify' ORDER BY id"
_LEFT = """SELECT COALESCE((SELECT SUM(c.satang) FROM committed_part AS c WHERE c.proposal_id = p.id), 0)
    - COALESCE((SELECT SUM(o.satang - COALESCE(y.returned_satang, 0)) FROM payment_order AS o LEFT JOIN payment AS y ON y.order_id = o.id
        WHERE o.proposal_id = p.id AND o.withdrawn_at IS NULL AND y.voided_at IS NULL), 0)
    FROM proposal AS p WHERE p.code = :code"""
_LEFT_THE_BANK = "SELECT satang - withheld_satang, transfer_ref FROM payment WHERE id = :id"
_LINES = "SELECT reference FROM transfer_file_line WHERE file_id = :file ORDER BY order_id"
_VOTED = "SELECT i.proposal_id, v.member_id FROM vote AS v JOIN agenda_item AS i ON i.id = v.item_id"
_ORDERED = """SELECT o.proposal_id, o.prepared_by_id AS prepared, y.paid_by_id AS paid, a.user_id AS approved,
    p.submitted_by_id AS submitted, p.asked_by_id AS asked, y.void_asked_by_id AS void_asked, y.voided_by_id AS voided
    FROM payment_order AS o JOIN proposal AS p ON p.id = o.proposal_id
    LEFT JOIN payment AS y ON y.order_id = o.id LEFT JOIN payment_approval AS a ON a.order_id = o.id
    WHERE o.withdrawn_at IS NULL"""
_TAX = """SELECT (SELECT COALESCE(SUM(c.satang), 0) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
        WHERE y.voided_at IS NULL AND y.returned_satang < y.satang), (SELECT COALESCE(SUM(satang), 0) FROM tax_remittance)"""
#: Law → a query that finds nothing where it holds.
_LAWS = {
    "paid − returned, and what is on its way ≤ Σ commitments less releases ≤ Σ resolved": """
        SELECT * FROM (SELECT p.code, p.state,
            COALESCE((SELECT SUM(c.satang) FROM committed_part AS c WHERE c.proposal_id = p.id), 0) AS promised,
            COALESCE((SELECT SUM(o.satang - COALESCE(y.returned_satang, 0))
                FROM payment_order AS o LEFT JOIN payment AS y ON y.order_id = o.id
                WHERE o.proposal_id = p.id AND o.withdrawn_at IS NULL AND y.voided_at IS NULL), 0) AS ordered,
            COALESCE((SELECT SUM(y.satang - y.returned_satang) FROM payment AS y
                WHERE y.proposal_id = p.id AND y.voided_at IS NULL), 0) AS paid,
            COALESCE((SELECT r.satang FROM resolution AS r WHERE r.proposal_id = p.id
                AND r.kind IN ('approve', 'approve_in_part', 'amend') ORDER BY r.id DESC LIMIT 1), 0) AS resolved,
            (SELECT COUNT(*) FROM resolution AS r
                WHERE r.proposal_id = p.id AND r.kind = 'reject' AND r.supersedes_id IS NOT NULL) AS refused
            FROM proposal AS p) AS sums
        WHERE ordered > promised OR paid > promised OR promised > resolved
            OR (state = 'approved' AND promised <> resolved AND refused = 0)
            OR (state IN ('settled', 'rescinded') AND promised <> paid)
            OR (state NOT IN ('approved', 'settled', 'rescinded') AND promised <> 0)""",
    "Σ traced = Σ paid − returned": """
        SELECT * FROM (SELECT (SELECT COALESCE(SUM(satang), 0) FROM live_trace) AS traced,
            (SELECT COALESCE(SUM(satang), 0) FROM payment WHERE voided_at IS NULL)
                - (SELECT COALESCE(SUM(satang + tax_satang), 0) FROM payment_return WHERE confirmed_at IS NOT NULL) AS paid,
            (SELECT SUM(balance_satang) FROM account WHERE kind = 'paid') AS booked) AS sums
        WHERE traced <> paid OR paid <> booked""",
    "each traced gift is at least what was traced to it": """
        SELECT g.id FROM live_donation AS g JOIN live_trace AS t ON t.donation_id = g.id
        GROUP BY g.id, g.satang HAVING SUM(t.satang) > g.satang""",
    "what came back and what was cleared is no more than left the bank": """
        SELECT * FROM (SELECT y.id, y.satang - y.withheld_satang AS paid, y.voided_at AS voided,
            (SELECT COALESCE(SUM(b.satang), 0) FROM payment_return AS b
                WHERE b.payment_id = y.id AND b.confirmed_at IS NOT NULL) AS returned,
            (SELECT COALESCE(SUM(c.satang), 0) FROM advance_clearing AS c WHERE c.payment_id = y.id) AS cleared
            FROM payment AS y) AS sums
        WHERE returned + cleared > paid OR (voided IS NOT NULL AND returned + cleared > 0)""",
    "the tax of a month and form that is remitted was withheld of payments that stand": """
        SELECT r.first_on, r.form FROM tax_remittance AS r GROUP BY r.first_on, r.form HAVING SUM(r.satang)
            > (SELECT COALESCE(SUM(c.satang), 0) FROM tax_certificate AS c JOIN payment AS y ON y.id = c.payment_id
                WHERE y.voided_at IS NULL AND y.returned_satang < y.satang AND c.first_on = r.first_on AND c.form = r.form)""",
    "what a payment withholds is what its preparer computed, and its certificate says the same": """
        SELECT o.id FROM payment_order AS o LEFT JOIN withholding AS w ON w.order_id = o.id
            LEFT JOIN payment AS y ON y.order_id = o.id LEFT JOIN tax_certificate AS c ON c.payment_id = y.id
        WHERE o.withheld_satang <> COALESCE(w.satang, 0) OR o.withheld_satang >= o.satang
            OR (y.id IS NOT NULL AND (y.withheld_satang <> o.withheld_satang OR COALESCE(c.satang, 0) <> o.withheld_satang))""",
    "the bank carries what was paid less its tax, and the whole of a remittance": """
        SELECT e.id FROM outgoing_match AS m JOIN bank_event AS e ON e.id = m.event_id
            LEFT JOIN payment AS y ON y.id = m.payment_id LEFT JOIN tax_remittance AS r ON r.match_id = m.id
        WHERE -e.satang <> COALESCE(y.satang - y.withheld_satang, r.satang, -e.satang)""",
    "what came back is the sum of its line, and one line brings back once": """
        SELECT e.id FROM bank_event AS e JOIN (SELECT event_id, satang FROM payment_return WHERE confirmed_at IS NOT NULL
            UNION ALL SELECT void_event_id, satang - withheld_satang FROM payment WHERE voided_at IS NOT NULL) AS b ON b.event_id = e.id
        GROUP BY e.id, e.satang HAVING COUNT(*) > 1 OR MAX(b.satang) <> e.satang""",
    "no source got back more than it gave": """
        SELECT payment_id FROM trace GROUP BY payment_id, donation_id, opening_balance_id HAVING SUM(satang) < 0""",
    "who asked did not vote": f"""
        SELECT p.code FROM proposal AS p JOIN ({_VOTED}) AS v ON v.proposal_id = p.id
        WHERE v.member_id IN (p.submitted_by_id, p.asked_by_id)""",
    "who asked neither prepared nor approved nor paid; who prepared did not approve": f"""
        SELECT * FROM ({_ORDERED}) AS o WHERE prepared IN (submitted, asked) OR approved IN (submitted, asked)
            OR paid IN (submitted, asked) OR prepared = approved""",
    "who voted neither prepared nor paid": f"""
        SELECT * FROM ({_ORDERED}) AS o JOIN ({_VOTED}) AS v ON v.proposal_id = o.proposal_id
        WHERE v.member_id IN (o.prepared, o.paid)""",
    "a return is confirmed by two": "SELECT id FROM payment_return WHERE asked_by_id = confirmed_by_id",
    "a payment is voided by two": f"SELECT * FROM ({_ORDERED}) AS o WHERE void_asked = voided",
    "a circulation resolves as more than half of all who may answer said, and only then": """
        SELECT k.item_id FROM circulated_count AS k JOIN circulation AS c ON c.meeting_id = k.meeting_id
        LEFT JOIN resolution AS r ON r.item_id = k.item_id
        WHERE (r.id IS NULL) <> (c.outcome NOT IN ('carried', 'rejected'))
            OR (c.outcome = 'carried' AND r.for_votes * 2 <= k.entitled)
            OR (c.outcome = 'rejected' AND r.against_votes * 2 <= k.entitled)
            OR (c.outcome <> 'open') <> ((SELECT m.state FROM meeting AS m WHERE m.id = k.meeting_id) = 'closed')""",
    "a member has one vote that counts": """
        SELECT motion_id, member_id, turn FROM vote GROUP BY motion_id, member_id, turn HAVING COUNT(*) > 1""",
}


def _ready(cast: Cast) -> None:
    with transaction():
        give_role(cast.chai.user.id, Role.TREASURER, network_code="NET001")
        room.sign(cast.busaba)
        for name in _VENDORS:
            _vendor(name)


def test_whatever_is_tried_no_satang_is_lost_and_nobody_acts_alone(
    portal: Flask, cast: Cast, tmp_path: Path
) -> None:
    _ready(cast)
    _try(cast, tmp_path, _WORLDS or (10 if is_sqlite() else 1))


def _try(cast: Cast, folder: Path, worlds: int) -> None:
    kept = folder / "ready.sqlite"

    def fresh() -> None:
        """The same world again: SQLite's is a file; on PostgreSQL the next world goes on where this one ended."""
        db.session.remove()
        if is_sqlite():
            db.engine.dispose()
            shutil.copy(kept, folder / "kueakun.sqlite")

    if is_sqlite():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql(f"VACUUM INTO '{kept}'")
            connection.exec_driver_sql("BEGIN")
    Fund.cast, Fund.fresh = cast, staticmethod(fresh)
    run_state_machine_as_test(
        Fund,
        settings=settings(
            max_examples=worlds,
            stateful_step_count=100 if _WORLDS else 50,
            deadline=None,
            database=None,
            derandomize=not _WORLDS,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if _WORLDS:
        for deed in sorted({name for name, _ in Fund.told}):
            print(f"{deed:20} done {Fund.told[deed, 'done']:6} refused {Fund.told[deed, 'refused']:6}")
        for (deed, words), times in Fund.why.most_common(60):
            print(times, deed, words)
    never = {name for name, _ in Fund.told} - {name for name, how in Fund.told if how == "done"}
    expected = {"resolve", "pay", "void confirm", "return confirm", "clear", "prepare", "approve", "remit"}
    assert never & (expected | {"circulate", "answer"}) == set()
