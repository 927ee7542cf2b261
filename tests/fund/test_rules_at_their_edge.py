"""Rules at their edge: the last day, the last satang, the one person too many. Each was found by a mutant that nothing noticed."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import bank_lines as bank
import committee_room as room
import opened
import pytest
import time_machine
from accounts import approved
from flask import Flask
from people import Cast

from app.fund.bank.records import BankEvent
from app.fund.closing import month_facts
from app.fund.committee import attendance, delegations, item_status, meetings, motions, proposals, seats
from app.fund.committee.records import AgendaItem
from app.fund.committee.records.authority import Delegation
from app.fund.ledger import entries, months, opening_files, trial_balances
from app.fund.ledger.accounts import open_purpose
from app.fund.ledger.opening import Line
from app.fund.spending import order_lines, orders, remittances, signatories
from app.fund.spending.records import Payment, Signatory
from app.fund.spending.records.withholding import TaxForm
from app.fund.spending.remittances import TaxMonth
from app.fund.spending.withholding import TaxChoice
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused


def test_a_month_is_closed_from_the_first_day_of_the_next_and_none_is_left_out(
    sqlite_portal: Flask, cast: Cast
) -> None:
    def close(first_on: date) -> None:
        entries = month_facts.entries(first_on, months.last_of(first_on))
        with transaction():
            months.close(
                first_on,
                facts=json.dumps({"entries": entries}),
                paper=b"%PDF",
                at=clock.now(),
                by=cast.kanya.user,
            )

    with time_machine.travel("2026-01-31T05:00:00+00:00"), pytest.raises(Refused, match="ยังไม่สิ้นสุด"):
        close(date(2026, 1, 1))
    with time_machine.travel("2026-04-01T05:00:00+00:00"):
        close(date(2026, 1, 1))
        with pytest.raises(Refused, match="ทีละเดือนตามลำดับ"):
            close(date(2026, 3, 1))
        close(date(2026, 2, 1))


def test_a_prepared_payment_is_withdrawn_by_whoever_may_answer_for_it_and_before_its_transfer(
    sqlite_portal: Flask, cast: Cast
) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    number = room.prepare(cast, code, 100_00)
    with pytest.raises(Refused, match="เท่านั้นที่ยกเลิกรายการเตรียมจ่ายได้"), transaction():
        orders.withdraw(number, reason="ผิด", by=cast.malee.user)
    with pytest.raises(BadInput), transaction():
        orders.withdraw(number, reason=" ", by=cast.kanya.user)
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    room.transfer(cast, number)
    with pytest.raises(Refused, match="ไปแล้ว หากผิดให้ขอยกเลิกใบสำคัญนั้น"), transaction():
        orders.withdraw(number, reason="ผิด", by=cast.kanya.user)
    for nobody in (2**63, -(2**63)):
        with pytest.raises(Refused, match="ยังไม่ได้ยืนยัน"), transaction():
            orders.prepare(proposal_code=code, satang=1, vendor_id=nobody, by=cast.kanya.user)


def test_a_signatory_signs_from_the_first_to_the_last_day_of_the_order(
    sqlite_portal: Flask, cast: Cast
) -> None:
    today = clock.today()
    with transaction() as session:
        approval = approved("signatory.name", f"signatory:{cast.somchai.user.id}", group="chair")
        session.add(
            Signatory(
                user_id=cast.somchai.user.id,
                group_code="chair",
                appointed_by="คำสั่งจังหวัดที่ 1/2569",
                from_on=today,
                to_on=today + timedelta(days=10),
                approval_request_id=approval.id,
            )
        )
    for days, signs in ((-1, False), (0, True), (10, True), (11, False)):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            db.session().rollback()
            assert [signatories.in_force(named) for named in signatories.every()] == [signs], days
            assert signatories.count() == signs
            assert (signatories.of(cast.somchai.user) is not None) == signs


def test_a_proposal_is_revised_by_who_made_it_or_the_secretariat(sqlite_portal: Flask, cast: Cast) -> None:
    code = room.propose(cast, 100_00)
    with pytest.raises(Refused, match="ท่านไม่ใช่ผู้เสนอ"), transaction():
        proposals.revise(code, satang=50_00, reason="ถูกลง", by=cast.chai.user)
    with transaction():
        proposals.revise(code, satang=50_00, reason="ถูกลง", by=cast.busaba.user)


def test_a_new_purpose_is_open(sqlite_portal: Flask, cast: Cast) -> None:
    with transaction():
        assert open_purpose(code="health", name_th="สุขภาพ").open


def test_items_stand_on_the_agenda_in_the_order_in_which_they_came(sqlite_portal: Flask, cast: Cast) -> None:
    number = room.meet(cast)
    items = [room.table(cast, number, room.propose(cast, 10_00)) for _ in range(3)]
    assert [db.session().get_one(AgendaItem, item).position for item in items] == [1, 2, 3]
    with pytest.raises(Refused, match="ไม่พบคำขอรหัส AR-2569-9999"):
        room.table(cast, number, "AR-2569-9999")


def test_the_secretariat_notes_that_a_guest_left_an_open_meeting_and_no_member(
    sqlite_portal: Flask, cast: Cast
) -> None:
    number = room.meet(cast)
    with transaction():
        guest = attendance.note_guest(number, name="นายแขก", position="ผู้เชี่ยวชาญ", by=cast.busaba.user).id
    with transaction():
        assert attendance.leave(number, attendance_id=guest, by=cast.busaba.user).left_at is not None
    member = next(row.id for row in item_status.in_the_room(number) if row.member_id == cast.pranee.user.id)
    with pytest.raises(Refused, match="เฉพาะประธานในที่ประชุม"), transaction():
        attendance.leave(number, attendance_id=member, by=cast.busaba.user)


def test_nothing_is_no_entry(sqlite_portal: Flask, cast: Cast) -> None:
    with pytest.raises(Refused, match="ต้องมากกว่าศูนย์"), transaction():
        entries.receive(purpose_id=cast.purpose().id, satang=0, donation_id=1, by_id=None)


def test_the_books_begin_in_the_fiscal_year_of_their_first_entry(sqlite_portal: Flask, cast: Cast) -> None:
    with time_machine.travel("2024-10-05T05:00:00+00:00"):
        room.give(cast, 1_00)
    with time_machine.travel("2026-09-30T05:00:00+00:00"):
        assert trial_balances.years() == [2569, 2568]
    with time_machine.travel("2026-10-01T05:00:00+00:00"):
        assert trial_balances.years() == [2570, 2569, 2568]


def test_an_opening_file_may_say_that_nothing_was_spent_yet(sqlite_portal: Flask, cast: Cast) -> None:
    read = opening_files.read("วัตถุประสงค์,ยอดคงเหลือ,ณ วันที่,รับมาแล้ว\ngeneral,100,1/8/2565,100\n".encode())
    assert [(line.satang, line.spent_satang) for line in read.lines] == [(100_00, 0)]


@pytest.mark.parametrize(("office", "order"), [("king", "ศก 2"), ("member", " ")])
def test_a_seat_has_an_office_and_an_order(sqlite_portal: Flask, cast: Cast, office: str, order: str) -> None:
    with pytest.raises(BadInput), transaction():
        seats.seat(
            person_id=cast.pranee.user.id,
            office=office,
            order_number=order,
            from_on=clock.today(),
            by=cast.busaba.user,
        )


def test_what_is_deferred_to_a_day_does_not_wait_for_money(sqlite_portal: Flask, cast: Cast) -> None:
    item = room.table(cast, room.meet(cast), room.propose(cast, 10_00))
    with transaction():
        moved = motions.move(
            item,
            kind="defer",
            reason="รอก่อน",
            waits_until=clock.today() + timedelta(days=1),
            by=cast.somchai.user,
        )
        assert not moved.waits_for_money


def test_one_may_be_the_quorum_of_a_body_and_nobody_may_not(sqlite_portal: Flask, cast: Cast) -> None:
    with transaction():
        assert (
            seats.open_body(code="few", name_th="คณะย่อย", quorum_count=1, by=cast.busaba.user).quorum(3) == 1
        )
    with pytest.raises(BadInput), transaction():
        seats.open_body(code="none", name_th="คณะย่อย", quorum_count=0, by=cast.busaba.user)


def test_a_meeting_is_not_moved_into_another_year(sqlite_portal: Flask, cast: Cast) -> None:
    today = clock.today()
    with transaction():
        number = meetings.call(held_on=today, place="", by=cast.busaba.user).id
    with pytest.raises(Refused, match="เลื่อนข้ามปีไม่ได้"), transaction():
        meetings.move(number, to_on=date(today.year + 1, 1, 5), reason="น้ำท่วม", by=cast.busaba.user)


def test_a_proposal_on_an_agenda_is_revised_no_more(sqlite_portal: Flask, cast: Cast) -> None:
    code = room.propose(cast, 100_00)
    room.table(cast, room.meet(cast, cast.somchai, cast.pranee, cast.wichai), code)
    with pytest.raises(Refused, match=f"เสนอฉบับแก้ไขของคำขอ {code} ไม่ได้"), transaction():
        proposals.revise(code, satang=50_00, reason="ถูกลง", by=cast.busaba.user)


@pytest.mark.parametrize("satang", [0, -1, 100.0, True])
def test_a_proposal_asks_for_whole_satang_above_nothing(
    sqlite_portal: Flask, cast: Cast, satang: float
) -> None:
    code = room.propose(cast, 100_00)
    with pytest.raises(BadInput, match="จำนวนเงินที่ขอต้องมากกว่าศูนย์"), transaction():
        proposals.revise(code, satang=satang, reason="ถูกลง", by=cast.busaba.user)  # type: ignore[arg-type]


def test_a_withdrawn_payment_is_approved_no_more(sqlite_portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    number = room.prepare(cast, room.approve(cast, 400_00), 100_00)
    with transaction():
        orders.withdraw(number, reason="ผิดร้าน", by=cast.kanya.user)
    with pytest.raises(Refused, match="รายการนี้ยกเลิกไปแล้ว"), transaction():
        orders.approve(number, by=cast.somchai.user)


def test_a_purpose_of_which_half_was_spent_may_open_the_books(sqlite_portal: Flask, cast: Cast) -> None:
    assert opened.ask(cast, Line("general", 100_00, 100_00)) > 0


def test_a_month_long_ago_is_among_the_choices_once_it_is_chosen(sqlite_portal: Flask) -> None:
    ago = date(2022, 8, 1)
    assert months.choices(ago)[-1] == ("2565-08", "สิงหาคม 2565")
    this = clock.today().replace(day=1)
    assert [code for code, _ in months.choices(this)].count(months.written(this)) == 1


def test_a_line_may_remit_the_tax_of_a_month_from_its_first_day_and_no_more_than_is_owed() -> None:
    month = TaxMonth(date(2026, 11, 1), TaxForm.PND53, 1, 30_00, 10_00)
    # Seventeen hours of the first day in Bangkok are the last of October in Greenwich.
    for satang, at, is_offered in (
        (-20_00, datetime(2026, 10, 31, 17, tzinfo=UTC), True),
        (-20_00, datetime(2026, 10, 31, 16, 59, tzinfo=UTC), False),
        (-20_01, datetime(2026, 11, 1, tzinfo=UTC), False),
    ):
        line = BankEvent(satang=satang, occurred_at=at)
        assert (remittances.offered(line, [month]) == [month]) is is_offered, (satang, at)


def test_a_payment_is_voided_as_long_as_what_was_remitted_was_withheld_of_others(
    sqlite_portal: Flask, cast: Cast
) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)

    def paid(satang: int) -> Payment:
        vendor = room.vendor("บริษัทรับจ้าง จำกัด", number="3010127777", tax_id="0105536112014")
        tax = TaxChoice("rent", "ศรีสะเกษ")
        made = orders.prepare(
            proposal_code=code, satang=satang, vendor_id=vendor, tax=tax, by=cast.kanya.user
        )
        orders.approve(made.id, by=cast.somchai.user)
        return room.transfer(cast, made.id)

    with transaction():
        room.sign()
        wrong, _ = paid(100_00), paid(60_00)
        remittances.remit(
            bank.line(-3_00), first_on=clock.today().replace(day=1), form="pnd53", by=cast.kanya.user
        )
    assert remittances.against_voiding(wrong) == ""
    with transaction():
        remittances.remit(
            bank.line(-1), first_on=clock.today().replace(day=1), form="pnd53", by=cast.kanya.user
        )
    assert "นำส่งภาษีที่หัก" in remittances.against_voiding(wrong)


def test_an_order_is_split_into_thirty_lines_of_something_and_no_more(
    sqlite_portal: Flask, cast: Cast
) -> None:
    room.give(cast, 1_000_00)
    number = room.prepare(cast, room.approve(cast, 400_00), 31)
    pencil, bill = order_lines.Line("ดินสอ", 1, 1), order_lines.Invoice("", clock.today(), 1)
    bills = [replace(bill, number=str(each)) for each in range(9)]
    with transaction():
        order_lines.split(number, lines=[pencil] * 29 + [replace(pencil, satang=2)], by=cast.kanya.user)
    assert len(order_lines.of(number)) == 30
    for lines, invoices in (
        ([pencil] * 31, []),
        ([replace(pencil, quantity=0, satang=31)], []),
        ([replace(pencil, satang=0), replace(pencil, satang=31)], []),
        ([replace(pencil, satang=30)], []),
        ([], [*bills, replace(bill, number="9"), replace(bill, number="10", satang=21)]),
        ([], [replace(bill, number="1", satang=31), replace(bill, number="2", satang=0)]),
        ([], [replace(bill, number="1", satang=15), replace(bill, number="1", satang=16)]),
        ([], [replace(bill, number="x" * 61, satang=31)]),
    ):
        with pytest.raises(BadInput), transaction():
            order_lines.split(number, lines=lines, invoices=invoices, by=cast.kanya.user)
    with transaction():
        tens = [*bills, replace(bill, number="9", satang=22)]
        order_lines.split(number, lines=(), invoices=tens, by=cast.kanya.user)
    assert len(order_lines.invoices_of(number)) == 10


def test_an_order_of_the_chair_holds_from_its_first_to_its_last_day_while_its_giver_chairs(
    sqlite_portal: Flask, cast: Cast
) -> None:
    today = clock.today()
    order = Delegation(
        from_id=cast.somchai.user.id,
        confirmed_at=clock.now(),
        from_on=today,
        to_on=today + timedelta(days=1),
    )
    for days, holds in ((-1, False), (0, True), (1, True), (2, False)):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            db.session().rollback()
            assert delegations.in_force(order) is holds, days
    order.from_id = cast.pranee.user.id
    assert not delegations.in_force(order)


@pytest.mark.parametrize(
    ("ordered", "begins", "ends", "satang", "words"),
    [
        (0, 0, -1, 1, "วันสิ้นสุด"),
        (1, 0, 1, 1, "วันสิ้นสุด"),
        (1, 2, 1, 1, "วันสิ้นสุด"),
        (0, 0, 0, 0, "วงเงินที่มอบ"),
    ],
)
def test_an_order_of_the_chair_is_not_entered_for_days_or_a_sum_that_cannot_be(
    sqlite_portal: Flask, cast: Cast, ordered: int, begins: int, ends: int, satang: int, words: str
) -> None:
    days = [clock.today() + timedelta(days=each) for each in (ordered, begins, ends)]
    with pytest.raises(Refused, match=words), transaction():
        delegations.ask(
            to_id=cast.busaba.user.id,
            order_number="ศก 1",
            order_on=days[0],
            ceiling_satang=satang,
            from_on=days[1],
            to_on=days[2],
            paper=b"%PDF",
            reason="ไปราชการ",
            by=cast.ying.user,
        )
