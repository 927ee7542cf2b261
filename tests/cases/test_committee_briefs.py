"""Briefs: the committee reads counts and the story, and learns of no one's name."""

import json

import pytest
from flask import Flask
from people import Cast

from app.cases.aid import committee_briefs
from app.cases.aid.requests import AidLine, AidRequest
from app.cases.register.records import Household, Member
from app.fund.committee import agenda, attendance, meetings, proposals, seats
from app.kit import clock
from app.kit.db import db, transaction

pytestmark = pytest.mark.pages


def _file(cast: Cast, *, surname: str) -> None:
    with transaction() as session:
        household = Household(
            code="HH-1", key="1", district_code="3301", origin="tpmap", entered_at=clock.now()
        )
        session.add(household)
        session.flush()
        member = Member(household_id=household.id, position=1, first_name="ใจดี", last_name=surname)
        request = AidRequest(
            code="AR-2569-0001",
            title="ชุดลูกเสือ 2 ชุด",
            story="เด็กสองคนไม่มีชุดลูกเสือ",
            purpose_code="general",
            dimension="education",
            urgency="urgent",
            district_code="3301",
            made_at=clock.now(),
            made_by_id=cast.malee.user.id,
            snapshot="{}",
        )
        session.add_all([member, request])
        session.flush()
        session.add(
            AidLine(
                request_id=request.id,
                household_id=household.id,
                member_id=member.id,
                item_code="scout",
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


@pytest.mark.parametrize(("surname", "concerned"), [("บุญมา", "pranee"), ("ไม่เกี่ยว", "")])
def test_a_member_with_the_surname_of_someone_helped_is_pointed_out(
    portal: Flask, cast: Cast, surname: str, concerned: str
) -> None:
    _file(cast, surname=surname)
    brief = committee_briefs.of(["AR-2569-0001", "AR-2569-0002"], members=seats.members())["AR-2569-0001"]
    assert brief.concerned == ({getattr(cast, concerned).user.id} if concerned else frozenset())
    assert (brief.people, brief.households, brief.story) == (2, 1, "เด็กสองคนไม่มีชุดลูกเสือ")


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
