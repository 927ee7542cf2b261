"""Ratifications: what was decided outside a meeting comes to the next one by itself, and what follows when that refuses."""

from datetime import timedelta

import committee_room as room
import pytest
from flask import Flask
from people import Cast
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.cases.aid.committee_pages import minutes_paper
from app.fund.committee import circulations, meetings, ratifications, seats, sole, words
from app.fund.committee.records import AgendaItem, Proposal, Resolution
from app.fund.ledger import books
from app.fund.spending import orders, payments
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.thai import arabic_digits
from app.staff import notices


def _circulated(cast: Cast, satang: int, purpose: str = "general") -> str:
    """A proposal that the members approved by circulation; its code."""
    code = room.propose(cast, satang, purpose=purpose)
    item = room.circulate(cast, code)
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    number = db.session().get_one(AgendaItem, item).meeting_id
    with transaction():
        assert circulations.close(number, by=cast.somchai.user).outcome == "carried"
    return code


def _urgent(cast: Cast, satang: int) -> str:
    """What the chair approved alone, above the tier; its code."""
    code = room.propose(cast, satang)
    with transaction():
        sole.mark_urgent(code, reason="ไฟไหม้", by=cast.malee.user)
    with transaction():
        sole.decide(code, choice="approve", by=cast.somchai.user)
    return code


def _refuse(cast: Cast) -> Resolution:
    """The next meeting refuses to ratify what has come to it."""
    number = room.meet(cast)
    (item,) = db.session().scalars(select(AgendaItem.id).where(AgendaItem.meeting_id == number))
    room.vote(item, "reject", cast.somchai, cast.pranee, cast.wichai)
    return room.resolve(item, by=cast.busaba, reason="ควรเปรียบเทียบราคา")


def _state(code: str) -> str:
    db.session().rollback()
    return db.session().scalars(select(Proposal.state).where(Proposal.code == code)).one()


def _money() -> tuple[int, int, int]:
    rows = books.balances()
    return (
        sum(row.available for row in rows),
        sum(row.committed for row in rows),
        sum(row.paid for row in rows),
    )


def test_what_was_circulated_comes_to_the_next_meeting_of_its_body_and_its_minutes_tell_it(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 1_000_00)
    code = _circulated(cast, 400_00)
    (due,) = ratifications.due(seats.ensure_main())
    assert ratifications.words_of(due) == (
        f"มติเวียนที่ {due.item.meeting.code} ของคณะกรรมการบริหารกองทุน (มติที่ {due.code}) อนุมัติ 400.00 บาท"
        " เห็นชอบ 3 ไม่เห็นชอบ 0 งดออกเสียง 0"
    )
    # Of a meeting that is not held it waits for the next.
    with transaction():
        number = meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).id
        assert ratifications.due(seats.ensure_main()) == []
    with transaction():
        meetings.cancel(number, reason="น้ำท่วม", by=cast.busaba.user)
    number = room.meet(cast)
    (item,) = db.session().scalars(select(AgendaItem).where(AgendaItem.meeting_id == number))
    assert (item.matter, item.proposal.code) == ("ratify", code)
    made = ratifications.of_item(item)
    assert made is not None
    item_id = item.id
    room.vote(item_id, "approve", cast.somchai, cast.pranee, cast.wichai)
    ratified = room.resolve(item_id, by=cast.busaba)
    assert words.of_resolution(ratified) == f"รับรองมติที่ {made.code}"
    answer = ratifications.answer_to(made)
    assert answer is not None
    assert answer.id == ratified.id
    with transaction():
        meetings.close(number, by=cast.busaba.user)
        assert meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).items == []


@pytest.mark.parametrize("decided", [_circulated, _urgent])
def test_a_refused_ratification_releases_what_is_not_paid_and_stops_the_proposal(
    portal: Flask, cast: Cast, decided: object
) -> None:
    room.give(cast, 20_000_00)
    assert callable(decided)
    code = decided(cast, 10_000_00)
    room.pay(cast, code, 4_000_00)
    before = _money()
    made = _refuse(cast)
    assert (made.kind, made.refuses_to_ratify, made.commitments) == ("reject", True, [])
    assert words.of_resolution(made).startswith("ไม่รับรองมติที่ 1/")
    assert _money() == (before[0] + 6_000_00, 0, 4_000_00)
    assert _state(code) == "rescinded"
    told = "".join(note.words for note in notices.unseen(cast.malee.user))
    assert "จ่ายไปแล้ว 4,000.00 บาท" in told
    assert "ที่ประชุมไม่รับรองมติของคำขอ" in "".join(note.title for note in notices.unseen(cast.kanya.user))
    with pytest.raises(Refused, match="ยกเลิกมติแล้ว"):
        room.prepare(cast, code, 1_00)
    with transaction():
        assert ratifications.due(seats.ensure_main()) == []


def test_what_is_prepared_when_ratification_is_refused_is_paid_or_withdrawn_and_nothing_more(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.give(cast, 1_000_00)
    code = _circulated(cast, 500_00)
    order = room.prepare(cast, code, 200_00)
    _refuse(cast)
    assert (_state(code), _money()) == ("approved", (800_00, 200_00, 0))
    with transaction():
        orders.withdraw(order, reason="ไม่ซื้อแล้ว", by=cast.kanya.user)
    with pytest.raises(Refused, match="ไม่รับรองมติ"):
        room.prepare(cast, code, 100_00)
    # Past the rule.
    monkeypatch.setattr("app.fund.committee.resolutions.is_refused", lambda _: False)
    with pytest.raises((Refused, IntegrityError), match=r"ไม่รับรองมติ|order_after_refusal"):
        room.prepare(cast, code, 100_00)
    with transaction():
        payments.settle(code, reason="ที่ประชุมไม่รับรอง", by=cast.kanya.user)
    assert (_state(code), _money()) == ("settled", (1_000_00, 0, 0))


def test_a_prepared_payment_is_made_all_the_same(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = _circulated(cast, 500_00)
    order = room.prepare(cast, code, 200_00)
    with transaction():
        orders.approve(order, by=cast.somchai.user)
    _refuse(cast)
    room.transfer(cast, order)
    assert _money() == (800_00, 0, 200_00)


def test_what_two_purposes_pay_is_released_but_for_what_is_prepared(portal: Flask, cast: Cast) -> None:
    from app.fund.committee import proposals
    from app.fund.committee.proposals import Funding

    room.give(cast, 500_00)
    room.give(cast, 500_00, purpose="education")
    first, second = cast.purpose("general").id, cast.purpose("education").id
    with transaction():
        proposals.submit(
            code="AR-2569-9001",
            title="ชุดนักเรียน",
            satang=600_00,
            purpose_id=first,
            funding=[Funding(300_00, first), Funding(300_00, second)],
            asked_by_id=cast.malee.user.id,
            by=cast.malee.user,
        )
    item = room.circulate(cast, "AR-2569-9001")
    room.vote(item, "approve", cast.somchai, cast.pranee)
    room.let_the_time_pass(item)
    assert circulations.close_due() == 1
    order = room.prepare(cast, "AR-2569-9001", 400_00)
    _refuse(cast)
    assert {row.purpose.code: row.committed for row in books.balances() if row.committed} == {
        "general": 300_00,
        "education": 100_00,
    }
    with transaction():
        orders.approve(order, by=cast.somchai.user)
    room.transfer(cast, order)


def test_what_was_rejected_by_circulation_the_next_meeting_hears_of(portal: Flask, cast: Cast) -> None:
    before = room.meet(cast)
    item = room.circulate(cast, room.propose(cast, 100_00))
    room.vote(item, "reject", cast.somchai, cast.pranee)
    room.let_the_time_pass(item)
    assert circulations.close_due() == 1
    assert sole.reported_in(room.meeting(before)) == []
    with transaction():
        meetings.close(before, by=cast.busaba.user)
    following = room.meeting(room.meet(cast))
    assert following.items == []
    assert [made.item_id for made in sole.reported_in(following)] == [item]


@pytest.mark.pages
def test_the_minutes_and_the_invitation_name_it_in_the_third_part(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []
    monkeypatch.setattr("app.kit.pdf.render", lambda html, **_: printed.append(html) or b"%PDF-")
    room.give(cast, 1_000_00)
    code = _circulated(cast, 400_00)
    with transaction():
        number = meetings.call(held_on=clock.today() + timedelta(days=1), place="", by=cast.busaba.user).id
    minutes_paper.invitation(room.meeting(number))
    with transaction():
        meetings.cancel(number, reason="น้ำท่วม", by=cast.busaba.user)
    number = room.meet(cast)
    (item,) = db.session().scalars(select(AgendaItem.id).where(AgendaItem.meeting_id == number))
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.busaba)
    minutes_paper.paper(room.meeting(number), digits="arabic")
    for html in map(arabic_digits, printed):
        third = html[html.index("ระเบียบวาระที่ 3 ") : html.index("ระเบียบวาระที่ 4 ")]
        assert code in third
        assert "มติเวียนที่ 1/" in third
        assert code not in html[html.index("ระเบียบวาระที่ 4 ") :]
    assert f"รับรองมติที่ 1/{clock.today().year + 543}" in printed[-1]


def test_a_ratification_is_refused_only_by_a_resolution_of_its_kind(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 100_00)
    with pytest.raises((Refused, IntegrityError)), transaction():
        db.session().execute(text("UPDATE resolution SET supersedes_id = id"))
    assert _state(code) == "approved"
