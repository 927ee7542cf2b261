"""The committee: numbers, quorum, one vote each, recusals, ties, and the money that a resolution promises."""

import io
from datetime import date, timedelta
from functools import partial

import committee_room as room
import pytest
from flask import Flask
from people import Cast, become
from pypdf import PdfReader
from racing import at_once
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from app.fund.committee import agenda, attendance, item_status, meetings, proposals, resolutions, seats
from app.fund.committee.records import AgendaItem, Meeting, ProposalState, Recusal, Vote
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.thai import long_date
from app.staff.roles import Role


def _state(code: str) -> str:
    known = proposals.by_code(code)
    assert known is not None
    return known.state


def _available() -> int:
    return sum(balance.available for balance in books.balances())


def test_meetings_are_numbered_from_one_in_each_buddhist_year(portal: Flask, cast: Cast) -> None:
    with transaction():
        codes = [
            meetings.call(held_on=day, place="ศาลากลาง", by=cast.busaba.user).code
            for day in (date(2026, 1, 5), date(2026, 12, 30), date(2027, 1, 2), date(2026, 11, 1))
        ]
    assert codes == ["1/2569", "2/2569", "1/2570", "3/2569"]


def test_only_the_secretariat_calls_a_meeting(portal: Flask, cast: Cast) -> None:
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        meetings.call(held_on=clock.today(), place="", by=cast.pranee.user)


def test_a_meeting_opens_only_with_its_quorum_and_a_chair_who_is_there(portal: Flask, cast: Cast) -> None:
    with transaction():
        number = meetings.call(held_on=clock.today(), place="ศาลากลาง", by=cast.busaba.user).id
    assert (room.meeting(number).members, room.meeting(number).quorum) == (3, 2)
    with transaction():
        attendance.note_present(number, member_id=cast.pranee.user.id, by=cast.busaba.user)
        attendance.note_present(number, member_id=cast.pranee.user.id, by=cast.busaba.user)
    with pytest.raises(Refused, match="ไม่ครบองค์ประชุม ต้องมีกรรมการ 2 จาก 3 คน"), transaction():
        meetings.open_(number, chair_id=cast.pranee.user.id, by=cast.busaba.user)
    with transaction():
        attendance.note_present(number, member_id=cast.wichai.user.id, by=cast.busaba.user)
    with pytest.raises(Refused, match="ประธานในที่ประชุมต้องเป็นกรรมการที่เข้าประชุม"), transaction():
        meetings.open_(number, chair_id=cast.somchai.user.id, by=cast.busaba.user)
    with transaction():
        meetings.open_(number, chair_id=cast.wichai.user.id, by=cast.busaba.user)
    with pytest.raises(Refused, match="เปิดไปแล้ว"), transaction():
        meetings.open_(number, chair_id=cast.wichai.user.id, by=cast.busaba.user)


def test_only_members_are_noted_present(portal: Flask, cast: Cast) -> None:
    number = room.meet(cast)
    with pytest.raises(Refused, match="ไม่ใช่กรรมการ"), transaction():
        attendance.note_present(number, member_id=cast.kanya.user.id, by=cast.busaba.user)


def test_an_approval_moves_available_money_to_committed(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.propose(cast, 400_00)
    item = room.table(cast, room.meet(cast), code)
    room.vote(item, "approve", cast.somchai, cast.pranee)
    room.vote(item, "reject", cast.wichai)
    decided = room.resolve(item, by=cast.somchai)
    assert (decided.kind, decided.for_votes, decided.against_votes) == ("approve", 2, 1)
    assert (decided.present, decided.quorum, decided.casting_vote) == (3, 2, False)
    assert _state(code) == ProposalState.APPROVED
    (general, _) = books.balances()
    assert (general.available, general.committed) == (600_00, 400_00)


def test_a_rejection_moves_no_money(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.propose(cast, 400_00)
    item = room.table(cast, room.meet(cast), code)
    room.vote(item, "reject", cast.somchai, cast.pranee)
    room.vote(item, "abstain", cast.wichai)
    assert not room.resolve(item, by=cast.busaba).approves
    assert _state(code) == ProposalState.REJECTED
    assert _available() == 1_000_00


def test_one_satang_more_than_is_available_is_refused_by_the_database(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    room.give(cast, 900_00, purpose="education")
    code = room.propose(cast, 100_01)
    item = room.table(cast, room.meet(cast), code)
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    with pytest.raises(Refused, match=r"ขาด 0\.01 บาท .* อนุมัติบางส่วนไม่เกิน 100\.00 บาท หรือเลื่อน"):
        room.resolve(item, by=cast.somchai)
    assert _state(code) == ProposalState.TABLED
    assert resolutions.of_proposal(db.session().get_one(AgendaItem, item).proposal_id) == []
    room.give(cast, 1)
    assert room.resolve(item, by=cast.somchai).approves


def test_the_requester_cannot_vote_and_does_not_count(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    code = room.propose(cast, 50_00, by=cast.pranee)
    item = room.table(cast, room.meet(cast), code)
    with pytest.raises(Refused, match="ท่านเป็นผู้เสนอเรื่องนี้"):
        room.vote(item, "approve", cast.pranee)
    room.vote(item, "approve", cast.somchai, cast.wichai)
    decided = room.resolve(item, by=cast.somchai)
    assert (decided.present, decided.quorum, decided.for_votes) == (2, 1, 2)


def test_who_drew_a_request_up_does_not_vote_on_it_whoever_submits_it(portal: Flask, cast: Cast) -> None:
    with transaction():
        proposals.submit(
            code="AR-2569-9001",
            title="ชุดลูกเสือ",
            satang=50_00,
            purpose_id=cast.purpose().id,
            asked_by_id=cast.pranee.user.id,
            by=cast.malee.user,
        )
    item = room.table(cast, room.meet(cast), "AR-2569-9001")
    with pytest.raises(Refused, match="ท่านเป็นผู้เสนอเรื่องนี้"):
        room.vote(item, "approve", cast.pranee)
    with pytest.raises(Refused, match="ท่านเป็นผู้เสนอเรื่องนี้"), transaction() as session:
        session.add(_vote(item, cast.pranee.user.id))
    room.vote(item, "reject", cast.somchai, cast.wichai)
    decided = room.resolve(item, by=cast.somchai)
    assert (decided.present, decided.quorum) == (2, 1)


def test_who_prepared_a_payment_does_not_vote_on_it_after_changing_office(portal: Flask, cast: Cast) -> None:
    room.give(cast, 200_00)
    code = room.approve(cast, 100_00)
    room.prepare(cast, code, 50_00)
    kanya = cast.kanya.user.id
    with transaction():
        proposals.revise(code, satang=60_00, reason="ราคาเปลี่ยน", by=cast.malee.user)
        become(kanya, Role.COMMITTEE)
        seats.seat(
            person_id=kanya,
            office="member",
            order_number="1/2569",
            from_on=clock.today(),
            by=cast.busaba.user,
        )
    number = room.meet(cast, cast.somchai, cast.pranee, cast.kanya)
    with transaction():
        item = agenda.table(
            number, proposal_code=code, matter="amend", reason="ราคาเปลี่ยน", by=cast.busaba.user
        ).id
    with pytest.raises(Refused, match="ท่านเตรียมจ่าย"):
        room.vote(item, "approve", cast.kanya)
    with pytest.raises(Refused, match="ท่านเตรียมจ่าย"), transaction() as session:
        session.add(_vote(item, kanya))
    room.vote(item, "approve", cast.somchai, cast.pranee)
    assert room.resolve(item, by=cast.somchai).kind == "amend"


def _vote(item: int, member_id: int) -> Vote:
    """A vote as it goes into the database, past the rules."""
    return Vote(
        item_id=item,
        motion_id=room.motion_of(item).id,
        member_id=member_id,
        choice="approve",
        at=clock.now(),
    )


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("pranee", "ท่านเป็นผู้เสนอเรื่องนี้"),
        ("wichai", "ท่านออกจากการพิจารณาเรื่องนี้แล้ว"),
        ("kanya", "ผู้ลงคะแนนต้องเข้าประชุม"),
    ],
)
def test_without_the_rule_the_database_still_refuses_these_votes(
    portal: Flask, cast: Cast, who: str, refusal: str
) -> None:
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00, by=cast.pranee))
    with transaction():
        attendance.recuse(item, member_id=cast.wichai.user.id, by=cast.wichai.user)
    with pytest.raises(Refused, match=refusal), transaction() as session:
        session.add(_vote(item, getattr(cast, who).user.id))


def test_votes_and_resolutions_are_final_in_the_database(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00))
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.somchai)
    for change in (
        "UPDATE vote SET choice = 'reject'",
        "DELETE FROM vote",
        "UPDATE resolution SET satang = satang + 1",
        "DELETE FROM resolution",
        "DELETE FROM attendance",
    ):
        with pytest.raises((Refused, IntegrityError)), transaction():
            db.session().execute(text(change))


def test_a_vote_can_be_changed_until_the_resolution_and_every_turn_is_kept(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00))
    for choice in ("approve", "reject", "reject"):  # Sent twice, it is one vote.
        room.vote(item, choice, cast.pranee)
    turns = db.session().execute(text("SELECT turn, choice FROM vote ORDER BY turn")).all()
    assert [tuple(turn) for turn in turns] == [(1, "approve"), (2, "reject")]
    with pytest.raises(BadInput):
        room.vote(item, "maybe", cast.wichai)
    room.vote(item, "approve", cast.somchai, cast.wichai)
    decided = room.resolve(item, by=cast.somchai)
    assert (decided.kind, decided.for_votes, decided.against_votes) == ("approve", 2, 1)
    with pytest.raises(Refused, match="มีมติแล้ว"):
        room.vote(item, "approve", cast.pranee)
    with pytest.raises(Refused, match="มีมติแล้ว"), transaction() as session:
        session.add(
            Vote(
                item_id=item,
                motion_id=room.motion_of(item).id,
                member_id=cast.pranee.user.id,
                turn=3,
                choice="approve",
                at=clock.now(),
            )
        )


def test_one_yes_beside_two_abstentions_is_not_carried(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00))
    room.vote(item, "abstain", cast.somchai, cast.pranee)
    room.vote(item, "approve", cast.wichai)
    assert room.resolve(item, by=cast.somchai).kind == "reject"


def test_who_leaves_holds_nothing_up_and_is_not_said_to_be_partial(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    number = room.meet(cast)
    before, after = (room.table(cast, number, room.propose(cast, 20_00)) for _ in range(2))
    room.vote(before, "approve", cast.wichai)
    (row,) = (row for row in item_status.in_the_room(number) if row.member_id == cast.wichai.user.id)
    with pytest.raises(Refused, match="แทนผู้อื่น"), transaction():
        attendance.leave(number, attendance_id=row.id, by=cast.pranee.user)
    for _ in range(2):  # Pressed twice, they left once.
        with transaction():
            attendance.leave(number, attendance_id=row.id, by=cast.wichai.user)
    for item in (before, after):
        room.vote(item, "approve", cast.somchai, cast.pranee)
    counts = [
        (made.present, made.recusals) for made in (room.resolve(i, by=cast.somchai) for i in (before, after))
    ]
    assert counts == [(3, 0), (2, 0)]
    with pytest.raises(Refused, match="ครั้งเดียว"), transaction():
        db.session().execute(text("UPDATE attendance SET left_at = NULL WHERE left_at IS NOT NULL"))
    third = room.table(cast, number, room.propose(cast, 20_00))
    with pytest.raises(Refused, match="ต้องเข้าประชุม"), transaction() as session:
        session.add(
            Vote(
                item_id=third,
                motion_id=room.motion_of(third).id,
                member_id=cast.wichai.user.id,
                choice="approve",
                at=clock.now(),
            )
        )
    with transaction():
        attendance.note_present(number, member_id=cast.wichai.user.id, by=cast.busaba.user)
    assert cast.wichai.user.id in item_status.attending(number)


def test_who_sits_in_for_a_member_makes_up_the_quorum_and_does_not_vote(portal: Flask, cast: Cast) -> None:
    with transaction():
        number = meetings.call(
            held_on=clock.today(), place="", room="ศรีลำดวน", floor="1", by=cast.busaba.user
        ).id
        attendance.note_present(number, member_id=cast.somchai.user.id, by=cast.busaba.user)
        for _ in range(2):
            attendance.note_guest(number, name="นางสาวแขก", position="นักวิชาการ", by=cast.busaba.user)
    with pytest.raises(Refused, match="ขณะนี้บันทึกไว้ 1 คน"), transaction():
        meetings.open_(number, chair_id=cast.somchai.user.id, by=cast.busaba.user)
    with transaction():
        attendance.note_proxy(
            number, for_id=cast.pranee.user.id, name="นายแทน", position="ปลัดจังหวัด", by=cast.busaba.user
        )
    for what in (attendance.note_present, attendance.note_proxy):
        more = {"name": "x", "position": "", "for_id": cast.pranee.user.id}
        given = more if what is attendance.note_proxy else {"member_id": cast.pranee.user.id}
        with pytest.raises(Refused, match="แทน"), transaction():
            what(number, **given, by=cast.busaba.user)  # type: ignore[operator]
    with transaction():
        meetings.open_(number, chair_id=cast.somchai.user.id, by=cast.busaba.user)
    opened = room.meeting(number)
    assert (opened.certified_by_id, opened.certified_present, opened.venue) == (
        cast.busaba.user.id,
        2,
        "ศรีลำดวน ชั้น 1",
    )
    assert item_status.attending(number) == {cast.somchai.user.id}
    assert len(item_status.attended(number)) == 3


def test_a_meeting_is_moved_or_cancelled_for_a_reason_and_its_number_is_nobody_elses(
    portal: Flask, cast: Cast
) -> None:
    code = room.propose(cast, 50_00)
    with transaction():
        called = meetings.call(held_on=clock.today(), place="", by=cast.busaba.user)
        number, first = called.id, called.code
    room.table(cast, number, code)
    with pytest.raises(BadInput, match="เหตุผล"), transaction():
        meetings.cancel(number, reason=" ", by=cast.busaba.user)
    with pytest.raises(Refused, match="ต้องบอกเหตุผล"), transaction():
        room.meeting(number).held_on = clock.today() + timedelta(days=1)
        db.session().flush()
    day = clock.today() - timedelta(days=1)
    with transaction():
        meetings.move(number, to_on=day, reason="ห้องไม่ว่าง", by=cast.busaba.user)
    assert [(moved.to_on, moved.reason) for moved in room.meeting(number).moves] == [(day, "ห้องไม่ว่าง")]
    with transaction():
        meetings.cancel(number, reason="น้ำท่วม", by=cast.busaba.user)
    assert _state(code) == ProposalState.SUBMITTED
    with pytest.raises(Refused, match="ยกเลิกแล้ว"):
        room.table(cast, number, code)
    with pytest.raises(Refused, match="เปลี่ยนสถานะไปแล้ว"), transaction():
        db.session().execute(
            text("UPDATE meeting SET state = 'called', cancelled_at = NULL, cancel_reason = ''")
        )
    with transaction():
        assert meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).code != first


def test_what_is_tabled_keeps_the_rules_it_was_tabled_under(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00))
    rules = db.session().get_one(AgendaItem, item).rules
    assert (rules["quorum"], rules["majority"], rules["tier_pending"]) == ([1, 2], "more_than_half", True)
    assert rules["available"]["general"] == 100_00
    with pytest.raises(Refused, match="แก้ไขไม่ได้"), transaction():
        db.session().execute(text("UPDATE agenda_item SET frozen = '{}'"))


def test_one_who_is_not_there_or_no_member_cannot_vote(portal: Flask, cast: Cast) -> None:
    item = room.table(cast, room.meet(cast, cast.somchai, cast.pranee), room.propose(cast, 50_00))
    with pytest.raises(Refused, match="ไม่มีชื่อท่าน"):
        room.vote(item, "approve", cast.wichai)
    with pytest.raises(Refused, match="เฉพาะกรรมการ"):
        room.vote(item, "approve", cast.busaba)


def test_everyone_present_votes_before_the_item_is_resolved(portal: Flask, cast: Cast) -> None:
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00))
    room.vote(item, "reject", cast.somchai, cast.pranee)
    with pytest.raises(Refused, match="รอ นายวิชัย ทองสุข"):
        room.resolve(item, by=cast.somchai)
    with pytest.raises(Refused, match="เฉพาะประธานในที่ประชุม"):
        room.resolve(item, by=cast.pranee)
    with transaction():
        attendance.recuse(item, member_id=cast.wichai.user.id, reason="ออกจากที่ประชุมแล้ว", by=cast.somchai.user)
    decided = room.resolve(item, by=cast.somchai)
    assert (decided.recusals, decided.present, decided.quorum) == (1, 2, 1)


def test_a_recused_member_neither_votes_nor_counts(portal: Flask, cast: Cast) -> None:
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00))
    for other in (cast.pranee, cast.busaba):
        with pytest.raises(Refused, match="แทนกรรมการท่านอื่น"), transaction():
            attendance.recuse(item, member_id=cast.wichai.user.id, reason="มีส่วนได้เสีย", by=other.user)
    with transaction():
        attendance.recuse(item, member_id=cast.wichai.user.id, by=cast.wichai.user)
    with pytest.raises(Refused, match="ออกจากการพิจารณา"):
        room.vote(item, "approve", cast.wichai)
    with pytest.raises(Refused, match="เจ้าตัวหรือประธาน"), transaction():
        attendance.readmit(item, member_id=cast.wichai.user.id, by=cast.busaba.user)
    with transaction():
        attendance.readmit(item, member_id=cast.wichai.user.id, by=cast.wichai.user)
    room.vote(item, "reject", cast.wichai)
    with pytest.raises(Refused, match="ลงคะแนนในเรื่องนี้แล้ว"), transaction():
        attendance.recuse(item, member_id=cast.wichai.user.id, by=cast.wichai.user)


def test_the_chair_says_that_a_member_left_only_with_a_reason_and_never_for_their_own_request(
    portal: Flask, cast: Cast
) -> None:
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00))
    with pytest.raises(BadInput, match="บอกเหตุผล"), transaction():
        attendance.recuse(item, member_id=cast.wichai.user.id, reason="  ", by=cast.somchai.user)
    with transaction():
        attendance.recuse(item, member_id=cast.wichai.user.id, reason="ร้านของบุตร", by=cast.somchai.user)
    with pytest.raises(Refused, match="ประธานบันทึกว่า ร้านของบุตร"):
        room.vote(item, "approve", cast.wichai)
    own = room.table(cast, room.meet(cast), room.propose(cast, 50_00, by=cast.somchai))
    with pytest.raises(Refused, match="แทนกรรมการท่านอื่น"), transaction():
        attendance.recuse(own, member_id=cast.wichai.user.id, reason="ขวาง", by=cast.somchai.user)


@pytest.mark.parametrize(
    ("by", "reason", "refusal"),
    [
        ("busaba", "มีส่วนได้เสีย", "เจ้าตัว หรือประธาน"),
        ("pranee", "มีส่วนได้เสีย", "เจ้าตัว หรือประธาน"),
        ("somchai", "", "ต้องบอกเหตุผล"),
    ],
)
def test_without_the_rule_the_database_still_lets_nobody_empty_a_seat(
    portal: Flask, cast: Cast, by: str, reason: str, refusal: str
) -> None:
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00))
    with pytest.raises(Refused, match=refusal), transaction() as session:
        session.add(
            Recusal(
                item_id=item,
                member_id=cast.wichai.user.id,
                noted_at=clock.now(),
                noted_by_id=getattr(cast, by).user.id,
                reason=reason,
            )
        )


def test_a_meeting_is_not_opened_before_its_day_without_a_reason(portal: Flask, cast: Cast) -> None:
    in_two_weeks = clock.today() + timedelta(days=14)
    with transaction():
        number = meetings.call(held_on=in_two_weeks, place="", by=cast.busaba.user).id
        for member in (cast.somchai, cast.pranee, cast.wichai):
            attendance.note_present(number, member_id=member.user.id, by=cast.busaba.user)
    chair = cast.somchai.user.id
    for reason in ("", "   ", "ย" * 301):
        with pytest.raises(BadInput, match="เปิดก่อนวัน"), transaction():
            meetings.open_(number, chair_id=chair, early_reason=reason, by=cast.busaba.user)
    with pytest.raises(Refused, match="ยังไม่ถึงวันประชุม"), transaction() as session:
        session.execute(
            update(Meeting)
            .where(Meeting.id == number)
            .values(state="open", chair_id=chair, opened_at=clock.now())
        )
    with transaction():
        meetings.open_(number, chair_id=chair, early_reason="น้ำท่วมฉุกเฉิน", by=cast.busaba.user)
    met = room.meeting(number)
    assert (met.early_reason, met.sat_on, met.held_on) == ("น้ำท่วมฉุกเฉิน", clock.today(), in_two_weeks)
    minutes = cast.busaba.sign_in().client.get(f"/meetings/{number}/minutes.pdf?digits=arabic")
    said = "".join(PdfReader(io.BytesIO(minutes.data)).pages[0].extract_text().split())
    assert "น้ำท่วมฉุกเฉิน" in said
    assert f"เมื่อวันที่{long_date(clock.today())}".replace(" ", "") in said


def test_on_its_day_a_meeting_needs_no_reason_and_keeps_none(portal: Flask, cast: Cast) -> None:
    with transaction():
        number = meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).id
        for member in (cast.somchai, cast.pranee, cast.wichai):
            attendance.note_present(number, member_id=member.user.id, by=cast.busaba.user)
        meetings.open_(number, chair_id=cast.somchai.user.id, early_reason="ไม่จำเป็น", by=cast.busaba.user)
    assert room.meeting(number).early_reason == ""


@pytest.mark.parametrize("days", [-401, 401, 20_000])
def test_a_meeting_is_not_called_for_a_day_in_another_age(portal: Flask, cast: Cast, days: int) -> None:
    with pytest.raises(BadInput, match="400 วัน"), transaction():
        meetings.call(held_on=clock.today() + timedelta(days=days), place="", by=cast.busaba.user)


def test_an_item_without_its_own_quorum_is_not_resolved(portal: Flask, cast: Cast) -> None:
    item = room.table(cast, room.meet(cast, cast.somchai, cast.pranee), room.propose(cast, 50_00))
    for member in (cast.somchai, cast.pranee):
        with transaction():
            attendance.recuse(item, member_id=member.user.id, by=member.user)
    with pytest.raises(Refused, match="ไม่ครบองค์ประชุมสำหรับเรื่องนี้ ต้องมี 1 คน ขณะนี้มี 0 คน"):
        room.resolve(item, by=cast.busaba)


def test_members_who_come_one_after_the_other_are_no_quorum(portal: Flask, cast: Cast) -> None:
    number = room.meet(cast, cast.somchai, cast.pranee)
    item = room.table(cast, number, room.propose(cast, 50_00))
    (row,) = (row for row in item_status.in_the_room(number) if row.member_id == cast.pranee.user.id)
    room.vote(item, "approve", cast.pranee)
    with transaction():
        attendance.leave(number, attendance_id=row.id, by=cast.pranee.user)
    with pytest.raises(Refused, match="ต้องมี 2 คน ขณะนี้อยู่ในห้อง 1 คน"):
        room.vote(item, "approve", cast.somchai)
    with pytest.raises(Refused, match="ยังลงคะแนนไม่ครบ"):
        room.resolve(item, by=cast.somchai)
    with transaction():
        attendance.note_present(number, member_id=cast.wichai.user.id, by=cast.busaba.user)
    room.vote(item, "approve", cast.somchai, cast.wichai)


@pytest.mark.parametrize(("chairs", "carried"), [("approve", True), ("reject", False)])
def test_on_a_tie_the_chairs_own_choice_decides(
    portal: Flask, cast: Cast, chairs: str, carried: bool
) -> None:
    room.give(cast, 100_00)
    item = room.table(cast, room.meet(cast, cast.somchai, cast.pranee), room.propose(cast, 50_00))
    room.vote(item, chairs, cast.somchai)
    room.vote(item, "reject" if carried else "approve", cast.pranee)
    decided = room.resolve(item, by=cast.somchai)
    assert (decided.approves, decided.casting_vote) == (carried, True)


def test_a_tie_without_the_chairs_choice_is_not_carried(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00))
    room.vote(item, "abstain", cast.somchai)
    room.vote(item, "approve", cast.pranee)
    room.vote(item, "reject", cast.wichai)
    decided = room.resolve(item, by=cast.somchai)
    assert (decided.approves, decided.casting_vote, decided.abstentions) == (False, False, 1)


def test_a_proposal_stands_on_one_agenda_at_a_time(portal: Flask, cast: Cast) -> None:
    code = room.propose(cast, 50_00)
    first, second = room.meet(cast), room.meet(cast)
    item = room.table(cast, first, code)
    with pytest.raises(Refused, match="อยู่ในวาระประชุม"):
        room.table(cast, second, code)
    with transaction():
        agenda.take_off(item, by=cast.busaba.user)
    room.table(cast, second, code)


def test_what_a_meeting_did_not_decide_waits_for_the_next(portal: Flask, cast: Cast) -> None:
    code = room.propose(cast, 50_00)
    first = room.meet(cast)
    item = room.table(cast, first, code)
    room.vote(item, "reject", cast.pranee)
    with pytest.raises(Refused, match="ลงคะแนนในเรื่องนี้แล้ว"), transaction():
        agenda.take_off(item, by=cast.busaba.user)
    with transaction():
        meetings.close(first, by=cast.busaba.user)
    assert _state(code) == ProposalState.SUBMITTED
    with pytest.raises(Refused, match="ปิดแล้ว"):
        room.table(cast, first, code)
    with pytest.raises(Refused, match="ปิดไปแล้ว"):
        room.vote(item, "approve", cast.somchai)
    again = room.table(cast, room.meet(cast), code)
    room.vote(again, "reject", cast.pranee)


def test_a_proposal_withdrawn_at_the_table_is_not_decided(portal: Flask, cast: Cast) -> None:
    code = room.propose(cast, 50_00)
    item = room.table(cast, room.meet(cast), code)
    with transaction():
        proposals.withdraw(code, by=cast.malee.user)
    with pytest.raises(Refused, match="ถอนแล้ว"):
        room.vote(item, "approve", cast.pranee)


def test_a_decided_proposal_is_not_withdrawn(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    code = room.approve(cast, 50_00)
    with pytest.raises(Refused, match="อนุมัติแล้ว"), transaction():
        proposals.withdraw(code, by=cast.malee.user)


def test_attendance_noted_by_mistake_is_taken_back_unless_they_voted(portal: Flask, cast: Cast) -> None:
    number = room.meet(cast)
    item = room.table(cast, number, room.propose(cast, 50_00))
    room.vote(item, "approve", cast.pranee)
    with transaction():
        attendance.note_absent(
            number, member_id=cast.wichai.user.id, reason="ทำเครื่องหมายผิดคน", by=cast.somchai.user
        )
    with pytest.raises(Refused, match="ลงคะแนนแล้ว"), transaction():
        attendance.note_absent(number, member_id=cast.pranee.user.id, reason="ออกไป", by=cast.somchai.user)
    with pytest.raises(Refused, match="ประธานในที่ประชุม"), transaction():
        attendance.note_absent(number, member_id=cast.somchai.user.id, by=cast.busaba.user)
    assert item_status.attending(number) == {cast.somchai.user.id, cast.pranee.user.id}


def test_once_a_meeting_is_open_nobody_but_its_chair_empties_a_seat_by_noting_an_absence(
    portal: Flask, cast: Cast
) -> None:
    with transaction():
        called = meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).id
        for member in (cast.somchai, cast.pranee):
            attendance.note_present(called, member_id=member.user.id, by=cast.busaba.user)
        attendance.note_absent(called, member_id=cast.pranee.user.id, by=cast.busaba.user)
    number = room.meet(cast)
    before = item_status.attending(number)
    with pytest.raises(Refused, match="เฉพาะประธานในที่ประชุม"), transaction():
        attendance.note_absent(number, member_id=cast.wichai.user.id, reason="ออกจากห้อง", by=cast.busaba.user)
    page = cast.busaba.sign_in().send(
        f"/meetings/{number}",
        action="/attendance",
        to_status=409,
        present=sorted(before - {cast.wichai.user.id}),
    )
    assert "เฉพาะประธานในที่ประชุม" in page.words
    with pytest.raises(BadInput, match="บอกเหตุผล"), transaction():
        attendance.note_absent(number, member_id=cast.wichai.user.id, reason="  ", by=cast.somchai.user)
    assert item_status.attending(number) == before


def test_once_a_meeting_is_open_nobody_but_its_chair_says_that_another_member_left(
    portal: Flask, cast: Cast
) -> None:
    number = room.meet(cast)
    (row,) = (row for row in item_status.in_the_room(number) if row.member_id == cast.wichai.user.id)
    with pytest.raises(Refused, match="เฉพาะประธานในที่ประชุม"), transaction():
        attendance.leave(number, attendance_id=row.id, by=cast.busaba.user)
    assert cast.wichai.user.id in item_status.attending(number)
    with transaction():
        attendance.leave(number, attendance_id=row.id, by=cast.somchai.user)
    assert cast.wichai.user.id not in item_status.attending(number)


def test_a_chair_whose_own_request_waits_notes_nobody_absent(portal: Flask, cast: Cast) -> None:
    number = room.meet(cast)
    room.table(cast, number, room.propose(cast, 50_00, by=cast.somchai))
    with pytest.raises(Refused, match="ไม่ได้เสนอเรื่อง"), transaction():
        attendance.note_absent(number, member_id=cast.wichai.user.id, reason="ออกไป", by=cast.somchai.user)


def test_fifty_approvals_racing_for_the_last_hundred_baht_promise_exactly_what_fits(
    postgres_portal: Flask,
) -> None:
    cast = Cast(postgres_portal)
    room.give(cast, 100_00)
    items = []
    with transaction():
        for _ in range(10):
            meeting = room.meet(cast, cast.somchai, cast.pranee)
            for _ in range(5):
                items.append(room.table(cast, meeting, room.propose(cast, 15_00)))
                room.vote(items[-1], "approve", cast.somchai, cast.pranee)
    refused = at_once(postgres_portal, [partial(room.resolve, item, by=cast.somchai) for item in items])
    assert len(refused) == 44
    assert all("ไม่พอ" in words for words in refused)
    (general, _) = books.balances()
    assert (general.available, general.committed) == (10_00, 90_00)


def test_the_seat_gives_the_vote_and_the_role_only_the_sign_in(portal: Flask, cast: Cast) -> None:
    with transaction():
        (held,) = (row for row in seats.seated() if row.person_id == cast.wichai.user.id)
        seats.end(held.id, to_on=held.from_on, by=cast.busaba.user)
        seats.end(held.id, to_on=clock.today(), by=cast.busaba.user)  # Ended once, it stays ended.
    assert [member.id for member in seats.members()] == [cast.pranee.user.id, cast.somchai.user.id]
    with pytest.raises(Refused, match="ไม่ใช่กรรมการ"):
        room.meet(cast)
    with pytest.raises(Refused, match="บันทึกตนเองไม่ได้"), transaction():
        seats.seat(
            person_id=cast.wichai.user.id,
            office="member",
            order_number="ศก 2",
            from_on=clock.today(),
            by=cast.wichai.user,
        )
    with pytest.raises(Refused, match="ยังไม่มีบทบาทกรรมการ"), transaction():
        seats.seat(
            person_id=cast.malee.user.id,
            office="member",
            order_number="ศก 2",
            from_on=clock.today(),
            by=cast.busaba.user,
        )
    with pytest.raises(Refused, match="ครั้งเดียว"), transaction():
        db.session().execute(text("UPDATE seat SET to_on = '2030-01-01' WHERE to_on IS NOT NULL"))


def test_each_body_numbers_its_own_meetings_and_resolutions_and_its_roll_stays(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 100_00)
    with transaction():
        body = seats.open_body(
            code="sub-education", name_th="คณะอนุกรรมการ", quorum_count=1, by=cast.busaba.user
        )
        body_id = body.id
        seats.seat(
            person_id=cast.pranee.user.id,
            office="chair",
            order_number="ศก 2",
            from_on=clock.today(),
            body_id=body_id,
            by=cast.busaba.user,
        )
    first = room.meet(cast)
    with transaction():
        other = meetings.call(held_on=clock.today(), place="", body_id=body_id, by=cast.busaba.user)
        number, code = other.id, other.code
        assert (other.members, other.quorum) == (1, 1)
        attendance.note_present(number, member_id=cast.pranee.user.id, by=cast.busaba.user)
        meetings.open_(number, chair_id=cast.pranee.user.id, by=cast.busaba.user)
    assert room.meeting(first).code == code
    with pytest.raises(Refused, match="ไม่ใช่กรรมการ"), transaction():
        attendance.note_present(number, member_id=cast.wichai.user.id, by=cast.busaba.user)
    made = []
    for meeting_id, who in ((first, (cast.somchai, cast.pranee, cast.wichai)), (number, (cast.pranee,))):
        item = room.table(cast, meeting_id, room.propose(cast, 20_00))
        room.vote(item, "approve", *who)
        made.append(room.resolve(item, by=cast.busaba).code)
    assert made[0] == made[1]
    with transaction():
        (held,) = seats.seated(body_id)
        seats.end(held.id, to_on=held.from_on, by=cast.busaba.user)
    assert [entry.person_id for entry in seats.roll(number)] == [cast.pranee.user.id]
    with pytest.raises((Refused, IntegrityError)), transaction():
        db.session().execute(text("DELETE FROM meeting_roll"))
