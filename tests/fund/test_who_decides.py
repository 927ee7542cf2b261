"""Who decides how much: tiers of the profile, the chair alone, what is urgent, and what is delegated by order."""

import io
from datetime import timedelta

import committee_room as room
import pytest
import time_machine
from flask import Flask
from people import Cast, Person
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app.cases.aid.committee_pages import minutes_paper
from app.fund.committee import agenda, attendance, delegations, guidelines, meetings, proposals, seats, sole
from app.fund.committee.records import AgendaItem, Meeting, Resolution
from app.fund.committee.records.authority import Delegation
from app.fund.committee.records.bodies import Body
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import approvals


def _decide(code: str, by: Person, choice: str = "approve", reason: str = "") -> int:
    with transaction():
        return sole.decide(code, choice=choice, reason=reason, by=by.user).id


def _sub_committee(cast: Cast) -> int:
    """An open meeting of a sub-committee of one."""
    with transaction():
        body_id = seats.open_body(code="sub", name_th="คณะอนุกรรมการ", quorum_count=1, by=cast.busaba.user).id
        seats.seat(
            person_id=cast.pranee.user.id,
            office="chair",
            order_number="ศก 2",
            from_on=clock.today(),
            body_id=body_id,
            by=cast.busaba.user,
        )
        number = meetings.call(held_on=clock.today(), place="", body_id=body_id, by=cast.busaba.user).id
        attendance.note_present(number, member_id=cast.pranee.user.id, by=cast.busaba.user)
        meetings.open_(number, chair_id=cast.pranee.user.id, by=cast.busaba.user)
    return number


def test_a_body_decides_only_within_its_tier_by_rule_and_by_trigger(portal: Flask, cast: Cast) -> None:
    room.give(cast, 50_000_00)
    sub, large = _sub_committee(cast), room.propose(cast, 20_000_01)
    with pytest.raises(Refused, match=r"คณะอนุกรรมการพิจารณาได้ไม่เกิน 20,000\.00 บาท .*ทั้งคณะ \(รอระเบียบจังหวัด\)"):
        room.table(cast, sub, large)
    db.session().rollback()
    item = room.table(cast, sub, room.propose(cast, 20_000_00))
    assert db.session().get_one(AgendaItem, item).ceiling_satang == 20_000_00
    room.vote(item, "approve", cast.pranee)
    assert room.resolve(item, by=cast.busaba).approves
    # Past the rule: tabled as if the body had no ceiling.
    with transaction():
        proposal = sole.by_code(large)
        assert proposal is not None
        forged = agenda.put(room.meeting(sub), proposal, ceiling_satang=None, by=cast.busaba.user).id
    room.vote(forged, "approve", cast.pranee)
    with pytest.raises((Refused, IntegrityError), match=r"วงเงิน|resolution_within_tier"):
        room.resolve(forged, by=cast.busaba)


def test_the_chair_alone_approves_a_small_sum_and_the_next_meeting_hears_of_it(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 5_000_00)
    before = room.meet(cast)
    code = room.propose(cast, 3_000_00)
    made = db.session().get_one(Resolution, _decide(code, cast.somchai))
    assert (made.kind, made.code[:2], made.satang, made.commitments[0].satang) == (
        "approve",
        "1/",
        3_000_00,
        3_000_00,
    )
    assert sum(balance.committed for balance in books.balances()) == 3_000_00
    decided = cast.somchai.sign_in().visit(f"/agenda/{made.item_id}")
    assert "รายงานที่ประชุมครั้งถัดไป" in decided.words
    sitting = db.session().get_one(Meeting, made.item.meeting_id)
    assert (sitting.state, sitting.body.code) == ("closed", "sole")
    pages = cast.pranee.sign_in()
    assert "พิจารณาตามวงเงิน" in pages.visit(f"/meetings/{sitting.id}").main
    assert f'href="/meetings/{sitting.id}"' not in pages.visit("/meetings").text
    assert sitting.called_th == f"ประธานพิจารณาตามวงเงิน ครั้งที่ {sitting.code}"
    assert sole.reported_in(room.meeting(before)) == []
    with transaction():
        meetings.close(before, by=cast.busaba.user)
    following = room.meet(cast)
    assert sole.reported_in(room.meeting(following)) == [made]
    paper = minutes_paper.paper(room.meeting(following), digits="arabic")
    assert code in "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    no = db.session().get_one(
        Resolution, _decide(room.propose(cast, 100_00, by=cast.busaba), cast.somchai, "reject", "ไม่เข้าเกณฑ์")
    )
    assert (no.kind, no.number, no.reason, no.commitments) == ("reject", 2, "ไม่เข้าเกณฑ์", [])


def test_nobody_decides_alone_over_more_over_their_own_or_without_right(portal: Flask, cast: Cast) -> None:
    room.give(cast, 5_000_00)
    small = room.propose(cast, 100_00)
    for code, who, words in (
        (room.propose(cast, 3_000_01), cast.somchai, "เกินวงเงินที่ท่านพิจารณาได้"),
        (room.propose(cast, 100_00, by=cast.somchai), cast.somchai, "ท่านเป็นผู้เสนอ"),
        (small, cast.pranee, "เฉพาะประธานกองทุน"),
        (room.propose(cast, 100_00, purpose="education"), cast.somchai, "เงินไม่พอ"),
    ):
        with pytest.raises(Refused, match=words):
            _decide(code, who)
    with pytest.raises(BadInput, match="เหตุผล"):
        _decide(small, cast.somchai, "reject")
    with transaction():
        sole.send_to_meeting(small, reason="ให้ทั้งคณะเห็น", by=cast.somchai.user)
    with pytest.raises(Refused, match="ส่งเข้าที่ประชุมแล้ว เพราะให้ทั้งคณะเห็น"):
        _decide(small, cast.somchai)
    with pytest.raises(Refused, match="พิจารณาคนเดียวอีกไม่ได้"), transaction():
        sole.mark_urgent(small, reason="รอไม่ได้", by=cast.malee.user)
    near = room.propose(cast, 100_00)
    partial = sole.IS_PARTIAL.instead(lambda code, user: (code, user.id) == (near, cast.somchai.user.id))
    with partial, pytest.raises(Refused, match="อาจมีส่วนได้เสีย"):
        _decide(near, cast.somchai)
    assert room.table(cast, room.meet(cast), small)
    with pytest.raises((Refused, IntegrityError)), transaction():
        db.session().execute(text("UPDATE proposal_way SET reason = 'x'"))
    with pytest.raises((Refused, IntegrityError)), transaction():
        db.session().execute(text("DELETE FROM proposal_way"))


def test_the_database_knows_who_may_decide_alone(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.give(cast, 5_000_00)
    code = room.propose(cast, 100_00)
    right = sole.right_of(cast.somchai.user)
    monkeypatch.setattr(sole, "right_of", lambda by: right)
    with pytest.raises((Refused, IntegrityError), match=r"คนเดียวได้|sole_vote_by_right"):
        _decide(code, cast.pranee)
    with transaction():
        sole.send_to_meeting(code, reason="ให้ทั้งคณะเห็น", by=cast.somchai.user)
    monkeypatch.setattr(sole, "_why_not", lambda *_: "")
    with pytest.raises((Refused, IntegrityError), match=r"คนเดียวได้|sole_vote_by_right"):
        _decide(code, cast.somchai)


def test_what_is_urgent_the_chair_decides_above_the_tier_up_to_the_ceiling(portal: Flask, cast: Cast) -> None:
    room.give(cast, 50_000_00)
    code = room.propose(cast, 20_000_00)
    with pytest.raises(Refused, match=r"ไม่เกิน 20,000\.00 บาท"), transaction():
        sole.mark_urgent(room.propose(cast, 20_000_01), reason="ไฟไหม้", by=cast.malee.user)
    with pytest.raises(BadInput, match="เหตุผล"), transaction():
        sole.mark_urgent(code, reason=" ", by=cast.malee.user)
    with transaction():
        sole.mark_urgent(code, reason="บ้านไฟไหม้คืนนี้", by=cast.malee.user)
    assert [proposal.code for proposal, way in sole.waiting() if way] == [code]
    assert db.session().get_one(Resolution, _decide(code, cast.somchai)).satang == 20_000_00
    with transaction():
        number = meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).id
    (item,) = db.session().scalars(select(AgendaItem).where(AgendaItem.meeting_id == number))
    assert (item.matter, item.proposal.code) == ("ratify", code)
    item_id = item.id
    with transaction():
        for member in (cast.pranee, cast.wichai):
            attendance.note_present(number, member_id=member.user.id, by=cast.busaba.user)
        meetings.open_(number, chair_id=cast.pranee.user.id, by=cast.busaba.user)
    room.pay(cast, code, 20_000_00)
    room.vote(item_id, "approve", cast.pranee, cast.wichai)
    ratified = room.resolve(item_id, by=cast.busaba)
    assert (ratified.kind, ratified.commitments) == ("ratify", [])
    assert ratified.supersedes is not None
    with transaction():
        meetings.close(number, by=cast.busaba.user)
        assert meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).items == []


def _delegate(cast: Cast, satang: int = 2_000_00) -> int:
    """The chair's order in favour of Busaba, asked by Ying; the approval's id."""
    paper = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(paper)
    with transaction():
        return delegations.ask(
            to_id=cast.busaba.user.id,
            order_number="ศก 0019/1",
            order_on=clock.today(),
            ceiling_satang=satang,
            from_on=clock.today(),
            to_on=clock.today(),
            paper=paper.getvalue(),
            reason="ประธานไปราชการ",
            by=cast.ying.user,
        ).id


def test_a_delegate_by_an_order_of_two_decides_up_to_its_ceiling_until_it_ends(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 5_000_00)
    with pytest.raises(Refused, match=r"ไม่เกินอำนาจของประธาน คือ 3,000\.00"):
        _delegate(cast, 3_000_01)
    asked, code = _delegate(cast), room.propose(cast, 2_000_00)
    with pytest.raises(Refused, match="เฉพาะประธานกองทุน"):
        _decide(code, cast.busaba)
    with pytest.raises(Refused), transaction():
        approvals.approve(asked, by=cast.busaba.user)
    with transaction():
        approvals.approve(asked, by=cast.somchai.user)
    _decide(code, cast.busaba)
    with pytest.raises(Refused, match="เกินวงเงินที่ท่านพิจารณาได้"):
        _decide(room.propose(cast, 2_000_01), cast.busaba)
    (order,) = delegations.every()
    number = order.id
    for forged in ("ceiling_satang = 300000", "confirmed_by_id = asked_by_id"):
        with pytest.raises((Refused, IntegrityError)), transaction():
            db.session().execute(text(f"UPDATE delegation SET {forged}"))
    with pytest.raises((Refused, IntegrityError)), transaction():
        db.session().execute(text("DELETE FROM delegation"))
    with transaction():
        delegations.end(number, by=cast.somchai.user)
    with pytest.raises(Refused, match="เฉพาะประธานกองทุน"):
        _decide(room.propose(cast, 1_00), cast.busaba)


def test_an_order_is_confirmed_only_by_the_second_person(portal: Flask, cast: Cast) -> None:
    _delegate(cast)
    with pytest.raises((Refused, IntegrityError), match=r"คนละคน|delegation_by_two"), transaction():
        db.session().execute(
            update(Delegation).values(confirmed_at=clock.now(), confirmed_by_id=cast.somchai.user.id)
        )
    # Nor is one entered that seems to be confirmed already.
    columns = [column.name for column in Delegation.__table__.columns if column.name != "id"]
    said = {"confirmed_at": "asked_at", "confirmed_by_id": str(cast.somchai.user.id)}
    chosen = ", ".join(said.get(name, name) for name in columns)
    forged = f"INSERT INTO delegation ({', '.join(columns)}) SELECT {chosen} FROM delegation"
    with pytest.raises((Refused, IntegrityError), match=r"คนละคน|begins_waiting"), transaction():
        db.session().execute(text(forged))


def test_a_level_of_a_body_stays(portal: Flask, cast: Cast) -> None:
    with pytest.raises((Refused, IntegrityError)), transaction():
        db.session().execute(update(Body).values(level="sub"))


def test_a_guideline_is_adopted_by_the_votes_of_a_meeting_and_shown_beside_what_it_governs(
    portal: Flask, cast: Cast
) -> None:
    number = room.meet(cast)
    with transaction():
        first = guidelines.table(number, title="หลักเกณฑ์", words="ช่วยคนจนก่อน", by=cast.busaba.user).id
    for who in (cast.somchai, cast.pranee):
        with transaction():
            guidelines.vote(first, choice="approve", by=who.user)
    with pytest.raises(Refused, match="ลงคะแนนไม่ครบ"), transaction():
        guidelines.resolve(first, by=cast.somchai.user)
    with transaction():
        guidelines.vote(first, choice="reject", by=cast.wichai.user)
    for forged in ("for_votes = 3, against_votes = 0", "for_votes = 2, against_votes = 0"):
        with pytest.raises((Refused, IntegrityError)), transaction():
            db.session().execute(
                text(
                    f"UPDATE guideline SET is_adopted = TRUE, abstentions = 0, {forged}, decided_at = tabled_at, decided_by_id = 1"
                )
            )
    with transaction():
        assert guidelines.resolve(first, by=cast.somchai.user).is_adopted
    pranee = cast.pranee.sign_in()
    for path, words in (
        (f"/guidelines/{first}", "รับรองให้ใช้"),
        ("/guidelines", "ใช้อยู่"),
        (f"/meetings/{number}", "หลักเกณฑ์ (ฉบับที่ 1)"),
        ("/delegations", "ยังไม่มีคำสั่งมอบอำนาจ"),
        ("/decisions", "รอระเบียบจังหวัด"),
        (f"/decisions/{room.propose(cast, 100_00)}", "เฉพาะประธานกองทุน"),
    ):
        assert words in pranee.visit(path).words
    with pytest.raises(Refused, match="มีมติแล้ว"), transaction():
        guidelines.vote(first, choice="reject", by=cast.somchai.user)
    for forged in (
        "UPDATE guideline SET words = 'x'",
        "DELETE FROM guideline_vote",
        "DELETE FROM guideline",
        "UPDATE guideline_vote SET choice = 'reject'",
        "INSERT INTO guideline_vote (id, guideline_id, member_id, turn, choice, at) SELECT 99, 1, 1, 1, 'reject', decided_at FROM guideline",
    ):
        with pytest.raises((Refused, IntegrityError)), transaction():
            db.session().execute(text(forged))
    held = guidelines.in_force()
    assert held is not None
    assert held.decided_at is not None
    assert guidelines.held_at([held.tabled_at, held.decided_at]) == {
        held.tabled_at: None,
        held.decided_at: held,
    }


def _why(code: str, by: Person) -> str:
    """Why this person may not decide the request alone."""
    found = proposals.by_code(code)
    assert found is not None
    return sole.why_not(found, by.user)


def test_small_requests_of_one_person_from_one_purpose_are_added_up_before_one_decides_alone(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 50_000_00)
    first, even = room.propose(cast, 1_500_00), room.propose(cast, 1_500_00)
    other = room.propose(cast, 1_00, by=cast.busaba)
    elsewhere = room.propose(cast, 1_00, purpose="education")
    # Together they are just the tier.
    assert [_why(code, cast.somchai) for code in (first, even, other, elsewhere)] == ["", "", "", ""]
    more = room.propose(cast, 1)
    for code in (first, even, more):
        with pytest.raises(Refused, match=r"ภายใน 30 วัน รวม 3 คำขอ เป็นเงิน 3,000\.01 บาท .*ที่ประชุม"):
            _decide(code, cast.somchai)
    assert [found.code for found, _ in sole.waiting_for(cast.somchai.user)] == [other, elsewhere]
    with transaction():
        sole.mark_urgent(more, reason="บ้านไฟไหม้คืนนี้", by=cast.malee.user)
    number = _decide(more, cast.somchai)
    assert db.session().get_one(Resolution, number).item.rules["beside"] == [first, even]
    # What the meeting decided is no part of it any more: what is left is within the tier.
    meeting = room.meet(cast)
    item = room.table(cast, meeting, even)
    assert db.session().get_one(AgendaItem, item).rules["beside"] == [first, more]
    assert "รวม 3 คำขอ" in _why(first, cast.somchai)
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.somchai)
    _decide(first, cast.somchai)


@pytest.mark.parametrize(("days", "is_split"), [(30, True), (31, False)])
def test_what_was_asked_for_days_before_is_added_up_to_the_day_of_the_profile(
    sqlite_portal: Flask, cast: Cast, days: int, is_split: bool
) -> None:
    now = clock.now()
    with time_machine.travel(now - timedelta(days), tick=False):
        room.propose(cast, 2_000_00)
    with time_machine.travel(now, tick=False):
        code = room.propose(cast, 2_000_00)
    assert ("30 วัน" in _why(code, cast.somchai)) is is_split


@pytest.mark.pages
def test_a_split_is_told_to_who_decides_alone_and_to_the_committee(sqlite_portal: Flask, cast: Cast) -> None:
    first, second = room.propose(cast, 2_000_00), room.propose(cast, 1_500_00)
    somchai = cast.somchai.sign_in()
    words = somchai.visit(f"/decisions/{first}").words
    assert "อาจเป็นคำขอที่แบ่งย่อย" in words and second in words
    item = room.table(cast, room.meet(cast), first)
    assert f"คือ {second}" in somchai.visit(f"/agenda/{item}").words
