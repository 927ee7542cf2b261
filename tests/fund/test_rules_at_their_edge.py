"""Rules at their edge: the last day, the last satang, the one person too many. Each was found by a mutant that nothing noticed."""

import json
from datetime import date, timedelta

import committee_room as room
import pytest
import time_machine
from accounts import approved
from flask import Flask
from people import Cast

from app.fund.closing import month_facts
from app.fund.committee import proposals
from app.fund.ledger import months
from app.fund.ledger.accounts import open_purpose
from app.fund.spending import orders, signatories
from app.fund.spending.records import Signatory
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused


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
