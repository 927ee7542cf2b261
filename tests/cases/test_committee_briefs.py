"""What the committee reads of a request: the story, counts, help before and prices; and it learns of no one's name."""

import io
import json
from datetime import timedelta

import pytest
from flask import Flask
from people import Cast
from pypdf import PdfReader
from sqlalchemy import event, select

from app.cases.aid import committee_briefs, committee_facts, interests, pre_checks
from app.cases.aid.committee_pages import pack
from app.cases.aid.requests import AidLine, AidRequest
from app.cases.care import logbook
from app.cases.register.records import Household, Member
from app.fund.committee import agenda, attendance, meetings, proposals, seats
from app.fund.committee.records import AgendaItem
from app.kit import clock, thai
from app.kit.db import db, transaction

pytestmark = pytest.mark.pages


def _file(
    cast: Cast, *, surname: str, number: int = 1, home: int | None = None, story: str = "เด็กสองคนไม่มีชุดลูกเสือ"
) -> int:
    code = f"AR-2569-{number:04d}"
    with transaction() as session:
        if home is None:
            name = str(number)
            household = Household(
                code=f"HH-{name}", key=name, district_code="3301", origin="tpmap", entered_at=clock.now()
            )
            session.add(household)
            session.flush()
            home = household.id
            session.add(Member(household_id=home, position=1, first_name="ใจดี", last_name=surname))
            session.flush()
        member = session.scalars(select(Member).filter_by(household_id=home)).one()
        request = AidRequest(
            code=code,
            title="ชุดลูกเสือ 2 ชุด",
            story=story,
            purpose_code="general",
            dimension="education",
            urgency="urgent",
            district_code="3301",
            made_at=clock.now(),
            made_by_id=cast.malee.user.id,
            snapshot="{}",
        )
        session.add(request)
        session.flush()
        session.add(
            AidLine(
                request_id=request.id,
                household_id=home,
                member_id=member.id,
                item_code="ED-SCT-SCO",
                quantity=2,
                unit_satang=400_00,
            )
        )
        session.flush()
        request.snapshot = json.dumps(
            {
                "people": 2,
                "households": 1,
                "districts": [{"name": "เมืองศรีสะเกษ", "households": 1, "people": 2, "satang": 800_00}],
                "items": [{"name": "ชุดลูกเสือ", "unit": "ชุด", "quantity": 2, "satang": 800_00}],
                "levels": [{"level": "survive", "households": 1}],
                "cases": [{"failed": ["education"]}],
            }
        )
        request.state, request.submitted_at = "submitted", clock.now()
        proposals.submit(
            code=request.code,
            title=request.title,
            satang=800_00,
            purpose_id=cast.purpose().id,
            asked_by_id=cast.malee.user.id,
            by=cast.malee.user,
        )
    return home


@pytest.mark.parametrize(("surname", "concerned"), [("บุญมา", "pranee"), ("ไม่เกี่ยว", "")])
def test_a_member_with_the_surname_of_someone_helped_is_pointed_out(
    portal: Flask, cast: Cast, surname: str, concerned: str
) -> None:
    _file(cast, surname=surname)
    brief = committee_briefs.of(["AR-2569-0001", "AR-2569-0002"])["AR-2569-0001"]
    found = interests.of(["AR-2569-0001"], members=seats.members())["AR-2569-0001"]
    assert found == ({getattr(cast, concerned).user.id: (interests.Interest.KIN,)} if concerned else {})
    who_asked = interests.of(["AR-2569-0001"], members=[cast.malee.user])["AR-2569-0001"]
    assert who_asked == {cast.malee.user.id: (interests.Interest.ASKED, interests.Interest.MENTOR)}
    assert (brief.people, brief.households, brief.story) == (2, 1, "เด็กสองคนไม่มีชุดลูกเสือ")


def test_help_before_is_counted_by_year_and_the_same_asked_twice_is_pointed_out(
    portal: Flask, cast: Cast
) -> None:
    home = _file(cast, surname="ไม่เกี่ยว")
    _file(cast, surname="ไม่เกี่ยว", number=2, home=home)
    this_year, _ = thai.fiscal_year_days(thai.fiscal_year_be(clock.today()))
    with transaction():
        for on, satang in ((this_year, 500_00), (this_year - timedelta(days=1), 300_00)):
            logbook.write(
                household_id=home,
                on=on,
                kind="help",
                words="ข้าวสาร",
                satang=satang,
                funding_source="network",
                by=cast.malee.user,
            )
    facts = committee_facts.of(["AR-2569-0001"], on=clock.today())["AR-2569-0001"]
    assert (facts.this_year.households, facts.this_year.satang) == (1, 500_00)
    assert facts.earlier.words == "1 ครัวเรือน รวม 300.00 บาท"
    assert facts.findings[0] == f"1 {pre_checks.ASKED_ALREADY}"
    assert facts.levels_in_words == "อยู่รอด 1 ครัวเรือน"
    assert [(price.quantity, price.satang, price.bought) for price in facts.prices] == [(2, 400_00, None)]
    assert facts.proofs_in_words == "หลักฐาน มีแล้ว 2 จาก 3"
    proposal = proposals.by_code("AR-2569-0001")
    assert proposal
    frozen = json.dumps({"seen": {"facts": committee_facts.as_kept(facts)}})
    tabled = AgendaItem(proposal=proposal, frozen=frozen)
    assert committee_facts.of_items([tabled], on=this_year) == {"AR-2569-0001": facts}


def test_the_pack_has_a_page_an_item_names_nobody_and_asks_as_much_for_thirty_as_for_three(
    sqlite_portal: Flask,
) -> None:
    cast = Cast(sqlite_portal)

    def table(count: int) -> str:
        with transaction():
            meeting = meetings.call(held_on=clock.today(), place="", by=cast.busaba.user)
            number_of_it, code = meeting.id, meeting.code
        for number in range(count * 100, count * 101):
            _file(cast, surname="ลับเฉพาะ", number=number, story="เรื่องยาวมาก " * 300)
            with transaction():
                agenda.table(number_of_it, proposal_code=f"AR-2569-{number:04d}", by=cast.busaba.user)
        return code

    def asked(code: str) -> int:
        statements: list[str] = []
        db.session.remove()
        found = meetings.by_code(code)

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        page = pack.html(found)
        event.remove(db.engine, "before_cursor_execute", note)
        assert "ลับเฉพาะ" not in page
        assert "ใจดี" not in page
        return len(statements)

    few = table(3)
    first = asked(few)
    number = meetings.by_code(few).id
    printed = cast.pranee.sign_in().client.get(f"/meetings/{number}/pack.pdf").data
    pages = PdfReader(io.BytesIO(printed)).pages
    assert [f"วาระ {place} จาก 3" in page.extract_text() for place, page in enumerate(pages, 1)] == [True] * 3
    assert asked(table(30)) == first


def test_the_meeting_page_tells_the_story_and_no_name(portal: Flask, cast: Cast) -> None:
    _file(cast, surname="บุญมา")
    with transaction():
        number = meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).id
        for member in (cast.somchai, cast.pranee):
            attendance.note_present(number, member_id=member.user.id, by=cast.busaba.user)
        meetings.open_(number, chair_id=cast.somchai.user.id, by=cast.busaba.user)
        item = agenda.table(number, proposal_code="AR-2569-0001", by=cast.busaba.user).id
    db.session.rollback()
    page = cast.pranee.sign_in().visit(f"/agenda/{item}")
    for words in ("เด็กสองคนไม่มีชุดลูกเสือ", "2 คน ใน 1 ครัวเรือน", "เมืองศรีสะเกษ", "ท่านอาจมีส่วนได้เสีย"):
        assert words in page.words
    assert "ใจดี" not in page.words
    assert "ท่านอาจมีส่วนได้เสีย" not in cast.somchai.sign_in().visit(f"/agenda/{item}").words
