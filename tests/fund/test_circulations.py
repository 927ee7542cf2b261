"""Circulated resolutions: one proposal that members decide where they are, closed by their answers and the database's clock."""

import threading
from datetime import timedelta

import committee_room as room
import pytest
from flask import Flask
from people import Cast, Person
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.fund.committee import (
    agenda,
    attendance,
    circulations,
    item_status,
    meetings,
    motions,
    proposals,
    resolutions,
    sole,
    votes,
)
from app.fund.committee.records import AgendaItem, Attendance, Meeting, Proposal, Resolution
from app.fund.committee.records.circulations import Circulation, Outcome
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, moment, transaction
from app.kit.errors import BadInput, Refused
from app.province.profile import Profile
from app.staff import notices
from app.staff.audit import AuditEvent
from app.staff.users import User


def _meeting(item_id: int) -> Meeting:
    return db.session().get_one(AgendaItem, item_id).meeting


def _close(item_id: int, by: Person | None) -> str:
    number = _meeting(item_id).id
    with transaction():
        return circulations.close(number, by=by.user if by else None).outcome


def _state(code: str) -> str:
    db.session().rollback()
    found = proposals.by_code(code)
    assert found is not None
    return found.state


def _resolutions() -> list[Resolution]:
    db.session().rollback()
    return list(db.session().scalars(select(Resolution).order_by(Resolution.id)))


def test_more_than_half_of_all_carry_it_and_the_chair_closes_when_all_have_answered(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 500_00)
    code = room.propose(cast, 400_00)
    item = room.circulate(cast, code)
    meeting = _meeting(item)
    assert (meeting.code, meeting.called_th) == (
        f"1/{meeting.year_be}",
        f"มติเวียนที่ {meeting.code} ของคณะกรรมการบริหารกองทุน",
    )
    told = [note.href for note in notices.unseen(cast.pranee.user)]
    assert told == [f"/agenda/{item}"]
    room.vote(item, "reject", cast.wichai)
    room.vote(item, "approve", cast.wichai, cast.pranee)
    assert circulations.count(item).words == "มีมติเมื่อเห็นชอบ 2 จาก 3 คน · ตอบแล้ว 2 คน"
    with pytest.raises(Refused, match="ตอบแล้ว 2 จาก 3 คน"):
        _close(item, cast.somchai)
    room.vote(item, "abstain", cast.somchai)
    for who, words in (
        (cast.busaba, "ให้ประธานเป็นผู้ปิด"),
        (cast.pranee, "เฉพาะประธานหรือฝ่ายเลขานุการ"),
        (None, "ยังตอบไม่ครบ|ตอบครบ"),
    ):
        if who is None:
            continue
        with pytest.raises(Refused, match=words):
            _close(item, who)
    assert _close(item, cast.somchai) == "carried"
    (made,) = _resolutions()
    assert (made.code, made.kind, made.satang, made.present, made.quorum) == (
        f"1/{meeting.year_be}",
        "approve",
        400_00,
        3,
        2,
    )
    assert (made.for_votes, made.against_votes, made.abstentions) == (2, 0, 1)
    assert (_state(code), sum(row.committed for row in books.balances())) == ("approved", 400_00)
    assert _close(item, cast.somchai) == "carried"
    assert "มติเวียนที่ 1/" in "".join(note.words for note in notices.unseen(cast.malee.user))
    deeds = set(db.session().scalars(select(AuditEvent.deed)))
    assert {"circulation.begin", "circulation.close", "agenda_item.resolve"} <= deeds
    # Its number is not one of meetings, and meetings count on for themselves.
    assert db.session().get_one(Meeting, room.meet(cast)).code == meeting.code


def test_it_closes_itself_by_the_clock_and_says_what_the_answers_decided(portal: Flask, cast: Cast) -> None:
    room.give(cast, 500_00)
    yes, no, neither = (room.propose(cast, 100_00) for _ in range(3))
    items = [room.circulate(cast, code) for code in (yes, no, neither)]
    room.vote(items[0], "approve", cast.pranee, cast.wichai)
    room.vote(items[1], "reject", cast.pranee, cast.wichai)
    room.vote(items[2], "approve", cast.pranee)
    assert circulations.close_due() == 0
    for item in items:
        room.let_the_time_pass(item)
    assert circulations.close_due() == 3
    assert circulations.close_due() == 0
    ends = [db.session().get_one(Circulation, _meeting(item).id) for item in items]
    assert [row.outcome for row in ends] == ["carried", "rejected", "undecided"]
    assert ends[2].reason == "เห็นชอบ 1 ไม่เห็นชอบ 0 จากผู้มีสิทธิตอบ 3 คน ไม่มีฝ่ายใดเกินกึ่งหนึ่ง"
    assert [(made.kind, made.reason) for made in _resolutions()] == [
        ("approve", ""),
        ("reject", "ไม่เห็นชอบ 2 จาก 3 คน"),
    ]
    assert [_state(code) for code in (yes, no, neither)] == ["approved", "rejected", "submitted"]
    assert "คะแนนไม่พอให้มีมติ" in "".join(note.words for note in notices.unseen(cast.malee.user))
    # What was not decided waits for a meeting like any other.
    assert room.table(cast, room.meet(cast), neither)


def test_carried_with_too_little_money_it_decides_nothing_and_says_why(portal: Flask, cast: Cast) -> None:
    room.give(cast, 500_00)
    code, other = room.propose(cast, 400_00), room.propose(cast, 200_00)
    item, first = room.circulate(cast, code), room.circulate(cast, other)
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.vote(first, "approve", cast.somchai, cast.pranee, cast.wichai)
    assert _close(first, cast.somchai) == "carried"
    assert _close(item, cast.somchai) == "no_money"
    assert (
        db.session().get_one(Circulation, _meeting(item).id).reason
        == "เงินไม่พอ “ทั่วไป (ตามมติคณะกรรมการ)” ขาด 100.00 บาท"
    )
    assert (_state(code), len(_resolutions())) == ("submitted", 1)


def test_a_vote_after_the_deadline_is_refused_also_before_the_job_has_run(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = room.circulate(cast, room.propose(cast, 100_00))
    room.vote(item, "approve", cast.pranee)
    with transaction():
        attendance.recuse(item, member_id=cast.wichai.user.id, by=cast.wichai.user)
    room.let_the_time_pass(item)
    for late in (
        lambda: votes.vote(item, choice="reject", by=cast.pranee.user),
        lambda: attendance.recuse(item, member_id=cast.somchai.user.id, by=cast.somchai.user),
        lambda: attendance.readmit(item, member_id=cast.wichai.user.id, by=cast.wichai.user),
        lambda: circulations.discuss(item, by=cast.somchai.user),
    ):
        with pytest.raises(Refused, match="หมดเวลาตอบ"), transaction():
            late()
    # Past the rule: the database knows the time.
    monkeypatch.setattr(agenda, "moment", lambda: clock.now() - timedelta(days=1))
    for late in (
        lambda: votes.vote(item, choice="reject", by=cast.pranee.user),
        lambda: attendance.recuse(item, member_id=cast.somchai.user.id, by=cast.somchai.user),
        lambda: attendance.readmit(item, member_id=cast.wichai.user.id, by=cast.wichai.user),
        lambda: circulations.discuss(item, by=cast.somchai.user),
    ):
        with pytest.raises((Refused, IntegrityError), match=r"มติเวียน|_in_time"), transaction():
            late()
    assert len(item_status.of_items(_meeting(item), [db.session().get_one(AgendaItem, item)])[0].votes) == 1


def test_who_asked_does_not_answer_and_who_is_recused_does_not_count(portal: Flask, cast: Cast) -> None:
    room.give(cast, 500_00)
    code = room.propose(cast, 100_00, by=cast.wichai)
    item = room.circulate(cast, code)
    with pytest.raises(Refused, match="ท่านเป็นผู้เสนอ"):
        room.vote(item, "approve", cast.wichai)
    with pytest.raises(Refused, match="บันทึกแทนกรรมการท่านอื่นไม่ได้"), transaction():
        attendance.recuse(item, member_id=cast.pranee.user.id, reason="ญาติ", by=cast.somchai.user)
    with transaction():
        attendance.recuse(item, member_id=cast.pranee.user.id, by=cast.pranee.user)
    assert circulations.count(item).entitled == 1
    room.vote(item, "approve", cast.somchai)
    assert _close(item, cast.somchai) == "carried"
    assert _resolutions()[0].recusals == 1


def test_only_who_was_sent_it_answers(portal: Flask, cast: Cast) -> None:
    item = room.circulate(cast, room.propose(cast, 100_00))
    with pytest.raises(Refused):
        room.vote(item, "approve", cast.decha)
    # Past the rule: somebody is noted as if it had been sent to them.
    number = _meeting(item).id
    with transaction():
        db.session().add(Attendance(meeting_id=number, member_id=cast.busaba.user.id, noted_at=clock.now()))
    with pytest.raises((Refused, IntegrityError), match=r"มติเวียน|answer_in_time"), transaction():
        db.session().execute(
            text(
                "INSERT INTO vote (item_id, motion_id, member_id, turn, choice, at) "
                "SELECT m.item_id, m.id, :who, 1, 'approve', m.moved_at FROM motion AS m WHERE m.item_id = :item"
            ),
            {"who": cast.busaba.user.id, "item": item},
        )


def test_any_one_member_takes_it_to_a_meeting(portal: Flask, cast: Cast) -> None:
    room.give(cast, 500_00)
    code = room.propose(cast, 100_00)
    item = room.circulate(cast, code)
    room.vote(item, "approve", cast.somchai, cast.pranee)
    with pytest.raises(Refused, match="เฉพาะกรรมการที่ได้รับเรื่องเวียน"), transaction():
        circulations.discuss(item, by=cast.busaba.user)
    with transaction():
        ends = circulations.discuss(item, reason="อยากเห็นใบเสนอราคา", by=cast.wichai.user)
        assert (ends.outcome, ends.asked_by_id) == ("discuss", cast.wichai.user.id)
    assert (_state(code), _resolutions()) == ("submitted", [])
    with pytest.raises(Refused, match="ปิดไปแล้ว"):
        room.vote(item, "approve", cast.wichai)
    # Neither is it sent round again, nor decided by the chair alone.
    with pytest.raises(Refused, match="เพราะอยากเห็นใบเสนอราคา จึงเวียนไม่ได้"):
        room.circulate(cast, code)
    with pytest.raises(Refused, match="ส่งเข้าที่ประชุมแล้ว"), transaction():
        sole.decide(code, choice="approve", by=cast.somchai.user)
    assert code not in [proposal.code for proposal in circulations.waiting()]
    assert room.table(cast, room.meet(cast), code)


def test_what_may_not_be_circulated(portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    code = room.propose(cast, 100_00)
    for until, words in ((timedelta(0), "เวลาหลังจากนี้"), (timedelta(days=61), "ไม่เกิน 60 วัน")):
        with pytest.raises(BadInput, match=words):
            room.circulate(cast, code, within=until)
    with pytest.raises(Refused, match="เฉพาะฝ่ายเลขานุการ"), transaction():
        circulations.circulate(code, closes_at=moment() + timedelta(days=1), by=cast.somchai.user)
    monkeypatch.setattr(Profile, "circulates", lambda *_: "forbidden")
    with pytest.raises(Refused, match="ระเบียบไม่ให้คณะกรรมการบริหารกองทุนมีมติโดยการเวียน"):
        room.circulate(cast, code)
    monkeypatch.undo()
    item = room.circulate(cast, code)
    with pytest.raises(Refused, match="อยู่ในวาระประชุม"):
        room.circulate(cast, code)
    number, day = _meeting(item).id, clock.today()
    # It is no meeting: nobody comes or goes, nothing is added or moved, and nobody sums up by hand.
    for deed in (
        lambda: meetings.close(number, by=cast.somchai.user),
        lambda: agenda.table(number, proposal_code=code, by=cast.busaba.user),
        lambda: agenda.take_off(item, by=cast.busaba.user),
        lambda: motions.move(item, kind="defer", reason="รอ", waits_for_money=True, by=cast.somchai.user),
        lambda: resolutions.resolve(item, by=cast.somchai.user),
        lambda: meetings.cancel(number, reason="ไม่ประชุม", by=cast.busaba.user),
        lambda: meetings.move(number, to_on=day + timedelta(days=1), reason="เลื่อน", by=cast.busaba.user),
        lambda: attendance.note_guest(number, name="ก", position="", by=cast.busaba.user),
    ):
        with pytest.raises(Refused), transaction():
            deed()


def test_where_the_province_asks_for_all_one_no_keeps_it_from_being_carried(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.give(cast, 500_00)
    monkeypatch.setattr(Profile, "circulates", lambda *_: "unanimity")
    code, all_of_them = room.propose(cast, 100_00), room.propose(cast, 100_00)
    item, other = room.circulate(cast, code), room.circulate(cast, all_of_them)
    room.vote(item, "approve", cast.pranee, cast.wichai)
    room.vote(item, "reject", cast.somchai)
    assert _close(item, cast.somchai) == "undecided"
    room.vote(other, "approve", cast.pranee, cast.wichai, cast.somchai)
    assert _close(other, cast.somchai) == "carried"
    assert _resolutions()[0].quorum == 3


def test_a_withdrawn_proposal_ends_its_circulation(portal: Flask, cast: Cast) -> None:
    code = room.propose(cast, 100_00)
    item = room.circulate(cast, code)
    with transaction():
        proposals.withdraw(code, by=cast.malee.user)
    assert circulations.close_due() == 1
    assert _meeting(item).circulation.outcome == Outcome.WITHDRAWN  # type: ignore[union-attr]


def test_the_database_ends_it_only_as_was_answered(portal: Flask, cast: Cast) -> None:
    room.give(cast, 500_00)
    item = room.circulate(cast, room.propose(cast, 100_00))
    number = _meeting(item).id
    room.vote(item, "approve", cast.pranee)
    resolution = (
        "INSERT INTO resolution (body_id, number, year_be, item_id, proposal_id, motion_id, kind, satang, reason, present,"
        " quorum, for_votes, against_votes, abstentions, recusals, casting_vote, resolved_at, resolved_by_id, waits_for_money)"
        " SELECT t.body_id, 1, t.year_be, i.id, i.proposal_id, m.id, '{kind}', 10000, 'x', 3, 2, {yes}, 0, 0, 0, FALSE,"
        f" m.moved_at, {cast.busaba.user.id}, FALSE FROM agenda_item AS i JOIN motion AS m ON m.item_id = i.id"
        " JOIN meeting AS t ON t.id = i.meeting_id WHERE i.id = :item"
    )
    another = (
        "INSERT INTO agenda_item (meeting_id, proposal_id, position, matter, version_id, frozen) "
        "SELECT meeting_id, {proposal}, 2, 'decide', {version}, '{{}}' FROM agenda_item WHERE id = :item"
    )
    with transaction():
        second = proposals.by_code(room.propose(cast, 100_00))
        assert second is not None
        version = proposals.newest(second).id
    second = db.session().get_one(Proposal, second.id)
    for statement in (
        # Not all have answered, and there is time left.
        resolution.format(kind="approve", yes=1),
        resolution.format(kind="approve", yes=2),
        resolution.format(kind="reject", yes=1),
        *(
            f"UPDATE circulation SET outcome = '{outcome}', reason = 'x'"
            for outcome in ("carried", "rejected", "undecided", "no_money", "withdrawn")
        ),
        f"UPDATE circulation SET outcome = 'discuss', asked_by_id = {cast.busaba.user.id}",
        "UPDATE circulation SET reason = 'x'",
        "UPDATE circulation SET is_unanimous = TRUE",
        # As it ends it keeps its rule and its deadline.
        f"UPDATE circulation SET outcome = 'discuss', asked_by_id = {cast.pranee.user.id}, is_unanimous = TRUE",
        "DELETE FROM circulation",
        "UPDATE meeting SET state = 'closed', closed_at = opened_at WHERE id = :number",
        "UPDATE meeting SET kind = 'meeting' WHERE id = :number",
        another.format(proposal=second.id, version=version),
        "INSERT INTO motion (item_id, number, kind, reason, moved_at, moved_by_id, waits_for_money) "
        "SELECT item_id, 2, 'approve', '', moved_at, moved_by_id, FALSE FROM motion WHERE item_id = :item",
        "INSERT INTO recusal (item_id, member_id, noted_at, noted_by_id, reason) "
        f"SELECT :item, {cast.wichai.user.id}, called_at, {cast.somchai.user.id}, 'x' FROM meeting WHERE id = :number",
        "INSERT INTO circulation (meeting_id, closes_at, is_unanimous) "
        f"SELECT {room.meet(cast)}, closes_at, FALSE FROM circulation",
    ):
        named = {
            name: value for name, value in (("item", item), ("number", number)) if f":{name}" in statement
        }
        with pytest.raises((Refused, IntegrityError)), transaction():
            db.session().execute(text(statement), named)
    assert (_resolutions(), circulations.count(item).answered) == ([], 1)


def test_the_job_and_the_chair_at_once_make_one_resolution(portal: Flask, cast: Cast) -> None:
    room.give(cast, 500_00)
    item = room.circulate(cast, room.propose(cast, 100_00))
    number, chair = _meeting(item).id, cast.somchai.user.id
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.let_the_time_pass(item)
    db.session.remove()
    start, said = threading.Barrier(4), []

    def press(by_id: int | None) -> None:
        with portal.app_context():
            start.wait()
            if by_id is None:
                said.append(circulations.close_due() in (0, 1))
            else:
                with transaction():
                    by = db.session().get_one(User, by_id)
                    said.append(circulations.close(number, by=by).outcome == "carried")
            db.session.remove()

    several = [threading.Thread(target=press, args=(by,)) for by in (None, chair, None, chair)]
    for thread in several:
        thread.start()
    for thread in several:
        thread.join()
    assert said == [True] * 4
    assert len(_resolutions()) == 1
    assert sum(row.committed for row in books.balances()) == 100_00
