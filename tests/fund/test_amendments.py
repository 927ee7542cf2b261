"""Amendments by lines: what they keep is what is promised, ordered and shown; what was prepared or paid of a line stays."""

from collections.abc import Mapping

import committee_room as room
import pytest
from flask import Flask
from people import Cast
from sqlalchemy import text

from app.fund.committee import amendments, commitments, motions, proposals, resolutions, words
from app.fund.committee.proposals import Funding, Line
from app.fund.committee.records import FundingKind, Matter, Proposal
from app.fund.ledger import books
from app.fund.spending import order_lines, orders
from app.fund.spending.records.order_lines import OrderLine
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused

_CODE = "AR-2569-7101"


def _proposal() -> Proposal:
    known = proposals.by_code(_CODE)
    assert known is not None
    return known


def _approved(cast: Cast, *, money: int = 200_00, beside: int = 0) -> tuple[int, int]:
    """Six blankets at 10 baht and two sacks of rice at 20 are approved; the ids of both lines."""
    room.give(cast, money)
    purpose_id = cast.purpose().id
    others = (Funding(beside, kind=FundingKind.NETWORK, source="เครือข่าย"),) if beside else ()
    with transaction():
        proposals.submit(
            code=_CODE,
            title="ของใช้",
            satang=100_00 - beside,
            purpose_id=purpose_id,
            lines=(Line("ผ้าห่ม", 6, 10_00), Line("ข้าวสาร", 2, 20_00)),
            funding=(Funding(100_00 - beside, purpose_id), *others) if beside else (),
            asked_by_id=cast.malee.user.id,
            by=cast.malee.user,
        )
    item = room.table(cast, room.meet(cast), _CODE)
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.somchai)
    blankets, rice = (line.id for line in amendments.standing(_proposal()))
    return blankets, rice


def _propose(cast: Cast, lines: Mapping[int, tuple[int, int]]) -> None:
    with transaction():
        amendments.propose(_CODE, lines=lines, reason="ครัวเรือนย้ายออก", by=cast.busaba.user)


def _amend(cast: Cast, lines: Mapping[int, tuple[int, int]]) -> int:
    """Amended so, with everybody's vote; the item."""
    _propose(cast, lines)
    item = room.put(cast, _CODE, Matter.AMEND)
    room.resolve(item, by=cast.somchai)
    return item


def _split(cast: Cast, number: int, *lines: order_lines.Line) -> None:
    with transaction():
        order_lines.split(number, lines=lines, by=cast.kanya.user)


def test_an_amendment_by_lines_promises_just_what_its_lines_cost(portal: Flask, cast: Cast) -> None:
    blankets, rice = _approved(cast)
    item = _amend(cast, {blankets: (3, 10_00)})
    assert commitments.promised(_proposal().id) == {cast.purpose().id: 30_00}
    assert words.of_lines(room.motion_of(item)) == [
        "ผ้าห่ม 3 เดิมขอ 6 · 30.00 บาท",
        "ข้าวสาร ตัดออก เดิมขอ 2",
    ]
    assert resolutions.lines_approved(_proposal().id) == words.of_lines(room.motion_of(item))
    # More of it, at another price: the line is still the line that was asked for first.
    _amend(cast, {blankets: (7, 11_00)})
    assert [(line.id, line.quantity, line.unit_satang) for line in amendments.standing(_proposal())] == [
        (blankets, 7, 11_00)
    ]
    assert commitments.promised(_proposal().id) == {cast.purpose().id: 77_00}
    assert amendments.are_named(_proposal())
    with pytest.raises(BadInput, match="ไม่อยู่ในคำขอนี้"):
        _propose(cast, {rice: (1, 20_00)})


def test_what_is_no_amendment_by_lines_is_told_why(portal: Flask, cast: Cast) -> None:
    blankets, rice = _approved(cast, beside=30_00)
    for lines, why in (
        ({blankets: (6, 10_00), rice: (2, 20_00)}, "ยังเหมือนเดิม"),
        ({blankets: (-1, 10_00)}, "ศูนย์ขึ้นไป"),
        ({blankets: (1, 0)}, "มากกว่าศูนย์"),
        ({}, "ยกเลิกมติ"),
        ({blankets: (3, 10_00)}, r"ไม่เกินส่วนที่ผู้อื่นจ่าย 30\.00"),
    ):
        with pytest.raises(BadInput, match=why):
            _propose(cast, lines)
    _amend(cast, {blankets: (4, 10_00)})
    assert (_proposal().satang, commitments.promised(_proposal().id)) == (10_00, {cast.purpose().id: 10_00})


def test_an_amendment_for_more_needs_the_money_and_says_what_is_missing(portal: Flask, cast: Cast) -> None:
    blankets, rice = _approved(cast, money=120_00)
    _propose(cast, {blankets: (8, 10_00), rice: (3, 20_00)})
    item = room.put(cast, _CODE, Matter.AMEND)
    with pytest.raises(Refused, match=r"พร้อมใช้ 20\.00 บาท ต้องผูกพันอีก 40\.00 บาท ขาด 20\.00 บาท"):
        room.resolve(item, by=cast.somchai)
    room.give(cast, 20_00)
    room.resolve(item, by=cast.somchai)
    assert commitments.promised(_proposal().id) == {cast.purpose().id: 140_00}


def test_another_purpose_may_pay_for_the_same_lines(portal: Flask, cast: Cast) -> None:
    blankets, _ = _approved(cast)
    room.give(cast, 20_00, purpose="education")
    _propose(cast, {blankets: (5, 10_00)})
    item = room.put(cast, _CODE, Matter.AMEND)
    sums = {cast.purpose().id: 30_00, cast.purpose("education").id: 20_00}
    with transaction():
        motions.move(item, kind="amend", parts=sums, reason="ใช้ร่วมกัน", by=cast.somchai.user)
    assert [row.quantity for row in room.motion_of(item).lines] == [5]
    with pytest.raises(BadInput, match="เมื่ออนุมัติบางส่วนเท่านั้น"), transaction():
        motions.move(item, kind="amend", parts=sums, lines={1: 1}, reason="x", by=cast.somchai.user)
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.somchai)
    assert commitments.promised(_proposal().id) == sums


def test_only_what_the_amendment_names_is_paid(portal: Flask, cast: Cast) -> None:
    blankets, rice = _approved(cast)
    _amend(cast, {blankets: (3, 10_00)})
    number = room.prepare(cast, _CODE, 20_00)
    with pytest.raises(Refused, match="แยกรายการของการจ่ายนี้ตามรายการในมติ"), transaction():
        orders.approve(number, by=cast.somchai.user)
    for line, why in (
        (order_lines.Line("ข้าวสาร", 1, 20_00), "เลือกว่าแต่ละรายการเป็นรายการใดในมติ"),
        (order_lines.Line("ข้าวสาร", 1, 20_00, line_id=rice), "ไม่อยู่ในคำขอนี้"),
        (order_lines.Line("ผ้าห่ม", 4, 20_00, line_id=blankets), r"เหลือตามมติ 3 หน่วย 30\.00 บาท"),
    ):
        with pytest.raises(Refused, match=why):
            _split(cast, number, line)
    assert [(line.what, line.quantity, line.satang) for line in order_lines.offered(_proposal())] == [
        ("ผ้าห่ม", 3, 30_00)
    ]
    for _ in range(2):  # What is said again takes the place of what was said before.
        _split(cast, number, order_lines.Line("ผ้าห่ม", 2, 20_00, line_id=blankets))
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    room.transfer(cast, number)
    other = room.prepare(cast, _CODE, 10_00)
    with pytest.raises(Refused, match=r"เหลือตามมติ 1 หน่วย 10\.00 บาท"):
        _split(cast, other, order_lines.Line("ผ้าห่ม", 2, 10_00, line_id=blankets))
    assert books.findings() == []


def test_what_is_prepared_or_paid_of_a_line_is_not_amended_away(portal: Flask, cast: Cast) -> None:
    blankets, rice = _approved(cast)
    number = room.prepare(cast, _CODE, 60_00)
    line = order_lines.Line
    _split(cast, number, line("ผ้าห่ม", 4, 40_00, line_id=blankets), line("ข้าวสาร", 1, 20_00, line_id=rice))
    for lines in (
        {blankets: (3, 20_00), rice: (2, 20_00)},
        {blankets: (5, 7_00), rice: (2, 20_00)},
        {blankets: (6, 10_00)},
    ):
        with pytest.raises(Refused, match="เตรียมจ่ายหรือจ่ายไปแล้ว"):
            _propose(cast, lines)
    # Prepared between the proposal and the vote: the resolution itself is refused.
    _propose(cast, {blankets: (4, 10_00), rice: (1, 20_00)})
    item = room.put(cast, _CODE, Matter.AMEND)
    _split(cast, number, line("ผ้าห่ม", 2, 20_00, line_id=blankets), line("ข้าวสาร", 2, 40_00, line_id=rice))
    with pytest.raises(Refused, match="แก้ไขมติให้รายการใดน้อยกว่าที่เตรียมจ่าย"):
        room.resolve(item, by=cast.somchai)
    with transaction():
        orders.withdraw(number, reason="ผิดรายการ", by=cast.kanya.user)
    room.resolve(item, by=cast.somchai)
    assert commitments.promised(_proposal().id) == {cast.purpose().id: 60_00}


def test_without_the_rules_the_database_still_keeps_to_the_lines(portal: Flask, cast: Cast) -> None:
    blankets, rice = _approved(cast)
    _amend(cast, {blankets: (3, 10_00)})
    number = room.prepare(cast, _CODE, 30_00)
    for many, satang, line_id in ((4, 30_00, blankets), (3, 30_01, blankets), (1, 20_00, rice), (1, 1, None)):
        with pytest.raises(Refused, match="ต้องเป็นรายการในมติ"), transaction() as session:
            row = {"order_id": number, "position": 1, "what": "ผ้าห่ม", "quantity": many, "satang": satang}
            session.add(OrderLine(**row, line_id=line_id))
    signing = f"""INSERT INTO payment_approval (order_id, signatory_id, user_id, on_day, at)
        SELECT {number}, s.id, s.user_id, CURRENT_DATE, CURRENT_TIMESTAMP FROM signatory AS s
        WHERE s.user_id = {cast.somchai.user.id}"""
    with pytest.raises(Refused, match="แยกรายการของการจ่ายนี้ตามรายการในมติ"), transaction() as session:
        session.execute(text(signing))
    continued = """INSERT INTO proposal_line (version_id, position, title, quantity, unit_satang, first_id)
        SELECT MAX(version_id), 9, 'x', 1, 1, MAX(id) FROM proposal_line"""
    another = (
        "INSERT INTO motion_line (motion_id, line_id, quantity) SELECT motion_id, line_id, 2 FROM motion_line"
    )
    for change, why in ((continued, "ต้องเป็นรายการเดิม"), (another, "แก้ไขไม่ได้")):
        with pytest.raises(Refused, match=why), transaction() as session:
            session.execute(text(change))


@pytest.mark.pages
def test_the_secretariat_names_the_lines_on_a_page_and_finance_pays_by_them(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    blankets, rice = _approved(cast)
    number = room.meet(cast)
    for person in (cast.busaba, cast.kanya):
        person.sign_in()
    assert "เสนอแก้ไขมติตามรายการ" in cast.busaba.visit(f"/meetings/{number}").text
    page = f"/meetings/{number}/amend?proposal={_CODE}"
    assert "มติเดิม 6 หน่วย" in cast.busaba.visit(page).text
    cast.busaba.visit(f"/meetings/{number}/amend?proposal=AR-2569-9999", status=404)
    typed = {f"quantity-{blankets}": "๓", f"unit-{blankets}": "", f"quantity-{rice}": "", "reason": "ย้ายออก"}
    cast.busaba.send(page, to_status=422, **{**typed, f"quantity-{rice}": "สอง"})
    cast.busaba.send(page, to_status=422, **{**typed, "reason": ""})
    cast.busaba.send(page, **typed)
    item = room.meeting(number).items[0].id
    seen = cast.busaba.visit(f"/agenda/{item}").text
    assert "ผ้าห่ม 3 เดิมขอ 6" in seen and "ข้าวสาร ตัดออก" in seen and "คืน 70.00" in seen
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.somchai)
    order = room.prepare(cast, _CODE, 30_00)
    lines = f"/payments/orders/{order}/lines"
    assert "ผ้าห่ม เหลือ 3 หน่วย 30.00 บาท" in cast.kanya.visit(lines).text
    cast.kanya.send(lines, to_status=422, **{"line-0": ""})
    cast.kanya.send(lines)
    assert "ผ้าห่ม 3 เดิมขอ 6" in cast.kanya.visit(f"/payments/orders/{order}").text


def test_a_resolution_is_the_sum_of_its_lines(portal: Flask, cast: Cast) -> None:
    blankets, _ = _approved(cast)
    _propose(cast, {blankets: (3, 10_00)})
    item = room.put(cast, _CODE, Matter.AMEND)
    with pytest.raises(Refused, match="ต้องเท่ากับรายการที่มติกำหนด"), transaction() as session:
        session.execute(
            text(f"""INSERT INTO resolution (body_id, number, year_be, item_id, proposal_id, motion_id, kind, satang,
                reason, supersedes_id, waits_for_money, present, quorum, for_votes, against_votes, abstentions,
                recusals, casting_vote, resolved_at, resolved_by_id) SELECT r.body_id, r.number + 1, r.year_be, {item},
                r.proposal_id, (SELECT id FROM motion WHERE item_id = {item}), 'amend', 31, 'x', r.id, FALSE, r.present,
                r.quorum, 3, 0, 0, 0, FALSE, r.resolved_at, r.resolved_by_id FROM resolution AS r""")
        )
    assert db.session().execute(text("SELECT COUNT(*) FROM resolution")).scalar_one() == 1
