"""Rules of order of a body: how it counts, its quorum and its majorities; changed by order, for days to come."""

from datetime import date, timedelta

import committee_room as room
import pytest
from flask import Flask
from people import Cast
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.fund.committee import body_rules, circulations, meetings, seats, votes
from app.fund.committee.body_rules import MATTERS
from app.fund.committee.records import AgendaItem
from app.fund.committee.records.bodies import BodyRules, Majority
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused

TOMORROW = timedelta(days=1)


def _change(
    cast: Cast, *, from_on: date | None = None, order: str = "ศก 9/2569", by: object = None, **said: object
) -> BodyRules:
    asked = {
        "numbering": "calendar",
        "quorum_count": None,
        "majorities": {},
        "casting_vote": True,
        "order_number": order,
        "from_on": from_on or clock.today() + TOMORROW,
        "by": by or cast.busaba.user,
    }
    return body_rules.change(seats.ensure_main().id, **{**asked, **said})  # type: ignore[arg-type]


def test_rules_change_by_order_for_days_to_come_and_a_called_meeting_keeps_its_own(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 100_00)
    kept, day = room.meet(cast), clock.today() + TOMORROW
    with transaction():
        made = _change(cast, quorum_count=3, majorities={"ordinary": "all"})
        assert (made.number, made.majority_of("amend"), made.majority_of()) == (2, "more_than_half", "all")
        body = seats.ensure_main()
        assert (body.quorum(3), body.rules_on(day).quorum(9)) == (2, 3)
        later = meetings.call(held_on=day, place="", by=cast.busaba.user)
        assert (later.rules_id, later.quorum) == (made.id, 3)
    assert room.meeting(kept).quorum == 2
    item = room.table(cast, kept, room.propose(cast, 50_00))
    room.vote(item, "approve", cast.somchai, cast.pranee)
    room.vote(item, "reject", cast.wichai)
    assert room.resolve(item, by=cast.somchai).approves


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"order": " "}, "เลขที่คำสั่ง"),
        ({"from_on": date(2022, 1, 27)}, "วันพรุ่งนี้"),
        ({"numbering": "lunar"}, "จากรายการ"),
        ({"majorities": {"ordinary": "one"}}, "จากรายการ"),
        ({"quorum_count": 0}, "องค์ประชุม"),
        ({"quorum_count": 201}, "องค์ประชุม"),
    ],
)
def test_rules_need_an_order_a_day_to_come_and_a_choice_that_there_is(
    sqlite_portal: Flask, cast: Cast, said: dict[str, object], words: str
) -> None:
    with pytest.raises(BadInput, match=words), transaction():
        _change(cast, **said)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        _change(cast, by=cast.somchai.user)


def test_today_is_no_day_to_come(sqlite_portal: Flask, cast: Cast) -> None:
    with pytest.raises(BadInput, match="วันพรุ่งนี้"), transaction():
        _change(cast, from_on=clock.today())


@pytest.mark.parametrize(
    ("numbering", "day", "code"),
    [
        ("calendar", date(2026, 12, 31), "1/2569"),
        ("calendar", date(2027, 1, 1), "1/2570"),
        ("fiscal", date(2026, 9, 30), "1/2569"),
        ("fiscal", date(2026, 10, 1), "1/2570"),
        ("running", date(2027, 1, 1), "1"),
    ],
)
def test_numbers_begin_with_the_calendar_year_the_fiscal_year_or_never(
    sqlite_portal: Flask, cast: Cast, numbering: str, day: date, code: str
) -> None:
    with transaction():
        rules = _change(cast, numbering=numbering)
        year = rules.year(day)
        number = meetings.next_number(rules.body_id, year)
    assert (f"{number}/{year}" if year else str(number)) == code


def test_numbers_that_run_on_are_cited_without_a_year_for_meetings_and_resolutions(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 100_00)
    with transaction():
        body = seats.ensure_main()
        rules = body.versions[0]
        db.session().add(
            BodyRules(
                body_id=body.id,
                number=2,
                from_on=clock.today() - TOMORROW,
                order_number="ศก 9",
                numbering="running",
                quorum_part=rules.quorum_part,
                quorum_whole=rules.quorum_whole,
                entered_at=clock.now() - 3 * TOMORROW,
            )
        )
    db.session().expire_all()
    codes = []
    for _ in range(2):
        item = room.table(cast, room.meet(cast), room.propose(cast, 20_00))
        room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
        made = room.resolve(item, by=cast.somchai)
        codes.append((made.item.meeting.code, made.code, made.item.meeting.file_code))
    assert codes == [("1", "1", "01"), ("2", "2", "02")]
    assert meetings.by_code("๒").code == "2"
    with transaction():
        meetings.move(
            meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).id,
            to_on=clock.today() + 300 * TOMORROW,
            reason="น้ำท่วม",
            by=cast.busaba.user,
        )


@pytest.mark.parametrize(
    ("majority", "counts", "is_carried"),
    [
        # in favour, against, abstained
        ("more_than_half", (2, 1, 1), False),
        ("more_than_half", (3, 1, 1), True),
        ("more_than_half", (0, 0, 0), False),
        ("two_thirds", (2, 1, 0), True),
        ("two_thirds", (3, 1, 1), False),
        ("two_thirds", (4, 1, 1), True),
        ("all", (3, 0, 0), True),
        ("all", (3, 0, 1), False),
        ("all", (0, 0, 0), False),
    ],
)
def test_a_majority_is_reached_at_its_edge(
    majority: str, counts: tuple[int, int, int], is_carried: bool
) -> None:
    yes, no, neither = counts
    assert (
        Majority(majority).is_reached(in_favour=yes, against=no, abstained=neither, present=sum(counts))
        is is_carried
    )


def _by(cast: Cast, majority: str) -> None:
    """The committee's rules of order ask for this majority from yesterday on."""
    with transaction() as session:
        body = seats.ensure_main()
        session.add(
            BodyRules(
                body_id=body.id,
                number=2,
                from_on=clock.today() - TOMORROW,
                order_number="ศก 9",
                quorum_part=1,
                quorum_whole=2,
                majority=majority,
                entered_at=clock.now() - 3 * TOMORROW,
            )
        )
    db.session().expire_all()


@pytest.mark.parametrize(
    ("majority", "choices", "approves"),
    [
        ("two_thirds", ("approve", "approve", "abstain"), True),
        ("two_thirds", ("approve", "reject", "abstain"), False),
        ("all", ("approve", "approve", "abstain"), False),
        ("all", ("approve", "approve", "approve"), True),
    ],
)
def test_a_body_decides_by_its_own_majority_and_the_database_by_no_other(
    portal: Flask, cast: Cast, majority: str, choices: tuple[str, ...], approves: bool
) -> None:
    room.give(cast, 100_00)
    _by(cast, majority)
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00))
    for member, choice in zip((cast.somchai, cast.pranee, cast.wichai), choices, strict=True):
        room.vote(item, choice, member)
    with pytest.raises((Refused, IntegrityError), match="ผลของมติ"), transaction() as session:
        session.execute(text(_RESOLVED), _counts(item, choices, "reject" if approves else "approve"))
    assert room.resolve(item, by=cast.somchai).approves is approves


@pytest.mark.parametrize(("majority", "outcome"), [("two_thirds", "carried"), ("all", "undecided")])
def test_what_circulates_is_decided_by_the_majority_of_its_body(
    portal: Flask, cast: Cast, majority: str, outcome: str
) -> None:
    room.give(cast, 100_00)
    _by(cast, majority)
    item = room.circulate(cast, room.propose(cast, 50_00))
    room.vote(item, "approve", cast.somchai, cast.pranee)
    room.vote(item, "reject", cast.wichai)
    assert circulations.count(item).needed == (2 if majority == "two_thirds" else 3)
    meeting = db.session().get_one(AgendaItem, item).meeting_id
    with transaction():
        assert circulations.close(meeting, by=cast.somchai.user).outcome == outcome


_RESOLVED = """INSERT INTO resolution (body_id, number, year_be, item_id, proposal_id, motion_id, kind, satang, reason,
    waits_for_money, present, quorum, for_votes, against_votes, abstentions, recusals, casting_vote, resolved_at,
    resolved_by_id) SELECT t.body_id, 1, t.year_be, i.id, i.proposal_id, m.id, :kind, 5000, 'x', FALSE, :present, 2, :yes,
    :no, :neither, 0, FALSE, m.moved_at, m.moved_by_id
    FROM agenda_item AS i JOIN motion AS m ON m.item_id = i.id JOIN meeting AS t ON t.id = i.meeting_id WHERE i.id = :item"""


def _counts(item: int, choices: tuple[str, ...], kind: str) -> dict[str, object]:
    return {
        "item": item,
        "kind": kind,
        "present": len(choices),
        "yes": choices.count("approve"),
        "no": choices.count("reject"),
        "neither": choices.count("abstain"),
    }


def test_the_database_takes_no_count_but_that_of_the_votes(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    item = room.table(cast, room.meet(cast), room.propose(cast, 50_00))
    room.vote(item, "reject", cast.somchai, cast.pranee, cast.wichai)
    with pytest.raises((Refused, IntegrityError), match="คะแนนของมติ"), transaction() as session:
        session.execute(text(_RESOLVED), _counts(item, ("approve",) * 3, "approve"))


def test_a_recusal_lowers_a_quorum_of_all_to_those_who_are_left(sqlite_portal: Flask, cast: Cast) -> None:
    with transaction():
        _change(cast, quorum_count=3)
        rules = seats.ensure_main().versions[-1]
    assert (rules.quorum(3), rules.quorum(2), rules.quorum(9)) == (3, 2, 3)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE body SET name_th = 'x'",
        "UPDATE body_rules SET quorum_part = 2",
        "UPDATE body_rules SET majority = 'all'",
        "DELETE FROM body_rules",
        "UPDATE meeting SET quorum = 1",
        "UPDATE meeting SET rules_id = rules_id + 1",
        "UPDATE meeting SET chair_id = called_by_id",
        "UPDATE meeting SET certified_present = 2",
        "INSERT INTO body_rules (body_id, number, from_on, order_number, numbering, quorum_part, quorum_whole, casting_vote,"
        " majority, majority_amend, majority_rescind, majority_ratify, entered_at) SELECT body_id, 2, from_on, 'x', numbering,"
        " quorum_part, quorum_whole, casting_vote, majority, majority, majority, majority, entered_at FROM body_rules",
        "INSERT INTO meeting (body_id, rules_id, number, year_be, held_on, place, state, members, quorum, called_at, called_by_id,"
        " early_reason) SELECT body_id, rules_id, 2, year_be, held_on, place, 'called', 3, 1, called_at, called_by_id, ''"
        " FROM meeting",
    ],
)
def test_the_database_keeps_rules_of_order_and_what_a_meeting_was_called_under(
    portal: Flask, cast: Cast, sql: str
) -> None:
    room.meet(cast)
    with pytest.raises((Refused, IntegrityError)), transaction() as session:
        session.execute(text(sql))


def test_votes_are_still_taken_under_the_rules_of_before(sqlite_portal: Flask, cast: Cast) -> None:
    number = room.meet(cast)
    with transaction():
        _change(cast, majorities=dict.fromkeys(MATTERS, "all"))
    item = room.table(cast, number, room.propose(cast, 50_00))
    with transaction():
        votes.vote(item, choice="reject", by=cast.somchai.user)
    assert room.meeting(number).rules.majority_of("rescind") == "more_than_half"


@pytest.mark.pages
def test_the_secretariat_changes_rules_on_their_page_and_members_read_them(
    sqlite_portal: Flask, cast: Cast
) -> None:
    busaba, pranee = cast.busaba.sign_in(), cast.pranee.sign_in()
    with transaction():
        number = seats.ensure_main().id
    page = busaba.visit(f"/bodies/{number}/rules")
    assert "เริ่มที่ 1 ทุกปีปฏิทิน" in page.words
    said = {
        "numbering": "fiscal",
        "ordinary": "two_thirds",
        "amend": "two_thirds",
        "rescind": "all",
        "ratify": "more_than_half",
        "casting_vote": "y",
        "from_on": (clock.today() + TOMORROW).isoformat(),
    }
    page = busaba.send(f"/bodies/{number}/rules", **said, to_status=422)
    assert "กรุณาใส่เลขที่คำสั่ง" in page.words
    busaba.send(f"/bodies/{number}/rules", **said, order_number="ศก 9/2569")
    words = pranee.visit(f"/bodies/{number}/rules").words
    assert "ยังไม่ถึงวันใช้" in words and "ตามคำสั่งที่ ศก 9/2569" in words and "ทุกคนที่อยู่พิจารณา" in words
    assert "ระเบียบการประชุมใหม่" in pranee.visit("/home").words
    assert "/rules" not in "".join(form["action"] for form in pranee.visit(f"/bodies/{number}/rules").forms())
    del said["from_on"]
    busaba.send("/bodies", action="/bodies", code="sub-a", name_th="คณะย่อย", quorum_count="2", **said)
    with transaction():
        (opened,) = (body for body in seats.bodies() if body.code == "sub-a")
        assert (opened.quorum(9), opened.versions[0].numbering) == (2, "fiscal")
        assert opened.versions[0].majority_of("rescind") == "all"
