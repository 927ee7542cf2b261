"""What a person may not see: every page is opened by others, and none tells of a household that is not theirs."""

import itertools
import re
from collections.abc import Iterator

import pytest
from aid_world import ceremony, draft, jpeg, paid, register
from flask import Flask
from people import Cast, Person, give_role
from sqlalchemy import func, select, text
from werkzeug.routing import Rule

from app.cases.aid import evidence, handovers
from app.cases.aid.records import Handover, Photo
from app.cases.care import logbook
from app.cases.register import households, search_words
from app.cases.register.records import Household, Member
from app.kit import clock
from app.kit.db import db, transaction
from app.staff.doors import STAFF, who_may_enter
from app.staff.reads import ReadEvent
from app.staff.roles import Grant, Role

pytestmark = pytest.mark.pages

#: What makes the portal run or writes files of its own: nothing of it is about a household.
_APART = ("static", "public.", "demo.")


class _Hidden:
    """A household of the provincial town with everything that can hang on one: a request, a payment, a handover, a photo."""

    def __init__(self, cast: Cast) -> None:
        members = register(2, failed=("education",))
        self.member: Member = members[0]
        home = db.session().get_one(Household, self.member.household_id)
        with transaction() as session:
            session.get_one(Household, home.id).house_code = "33019990001"
        search_words.fill()
        request = paid(cast, members)
        number = ceremony(cast, request)
        picture = evidence.read(jpeg())
        with transaction():
            photo = evidence.keep(picture, by=cast.malee.user).id
            handovers.mark_rest(number, photo_id=photo, by=cast.malee.user)
            logbook.write(
                household_id=home.id, on=clock.today(), kind="visit", words="บ้านพังทั้งหลัง", by=cast.malee.user
            )
        self.draft = draft(cast, title="ร่างที่ยังไม่ส่ง").code
        self.code = db.session().get_one(Household, home.id).code
        self.request = db.session().scalars(select(Handover)).one().request.code
        names = [(member.first_name, member.last_name) for member in db.session().scalars(select(Member))]
        self.words = {self.code, "33019990001", "บ้านพังทั้งหลัง", home.house_no, *itertools.chain(*names)}

    def addresses(self, rule: Rule) -> Iterator[str]:
        """The page with every code and every first number that it could be asked for."""
        texts = [self.code, self.request, self.draft, "TPMAP-2565"]
        choices = [
            [str(number) for number in (1, 2, self.member.id)]
            if type(converter).__name__ == "IntegerConverter"
            else texts
            if argument == "code"
            else ["xlsx", "1"]
            for argument, converter in rule._converters.items()
        ]
        for values in itertools.product(*choices):
            address = rule.rule
            for value in values:
                address = re.sub(r"<[^>]+>", value, address, count=1)
            yield address


def _pages(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(_APART)
    ]


def _told(person: Person, address: str, hidden: _Hidden) -> set[str]:
    answer = person.client.get(address)
    text = answer.get_data(as_text=True) if "text" in (answer.mimetype or "") else ""
    asked = {word for word in hidden.words if word in address or f'value="{word}"' in text}
    return {word for word in hidden.words if word in text} - asked


_OTHERS: dict[str, tuple[Role, dict[str, str]]] = {
    "another district's officer": (Role.DISTRICT_OFFICER, {"area_code": "3305"}),
    "another district's mentor": (Role.MENTOR, {"area_code": "3305"}),
    "another tambon's mentor": (Role.MENTOR, {"area_code": "330102"}),
    "another dimension's secretary": (Role.DIMENSION_SECRETARY, {"dimension": "health"}),
}


def _stranger_to_it(cast: Cast, who: str) -> Person:
    role, scope = _OTHERS[who]
    with transaction() as session:
        held = select(Grant).where(Grant.user_id == cast.chai.user_id, Grant.revoked_at.is_(None))
        for grant in session.scalars(held):
            grant.revoked_at = clock.now()
        session.flush()
        give_role(cast.chai.user_id or 0, role, **scope)
    return cast.chai.sign_in()


def test_no_page_tells_of_a_household_that_is_not_ones_own(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    hidden = _Hidden(cast)
    for who in _OTHERS:
        person = _stranger_to_it(cast, who)
        opened = 0
        for rule in _pages(sqlite_portal):
            allowed = who_may_enter(sqlite_portal, rule.endpoint) or frozenset()
            roles = (role for role in allowed if isinstance(role, Role))
            if STAFF not in allowed and not person.user.has(*roles):
                continue
            for address in hidden.addresses(rule):
                assert _told(person, address, hidden) == set(), f"{who}: {address}"
                opened += 1
        assert opened > 20
        for word in sorted(hidden.words):
            for address in (f"/households?q={word}", f"/register/TPMAP-2565?q={word}", f"/requests?q={word}"):
                assert _told(person, address, hidden) == set(), f"{who}: {address}"
        assert f"/households/{hidden.code}" not in person.visit(f"/households?q={hidden.code}").text


def test_the_same_walk_finds_the_household_for_whom_it_is(sqlite_portal: Flask, cast: Cast) -> None:
    """That the walk could find it: what is looked for stands on the pages of the household's own mentor."""
    hidden = _Hidden(cast)
    malee = cast.malee.sign_in()
    told = set()
    for rule in _pages(sqlite_portal):
        if rule.endpoint.startswith(("register.", "care.", "aid.")):
            for address in hidden.addresses(rule):
                told |= _told(malee, address, hidden)
    assert hidden.words - {hidden.code} <= told | {hidden.code}


def test_a_photo_and_a_request_of_others_are_refused_like_what_is_not_there(
    sqlite_portal: Flask, cast: Cast
) -> None:
    hidden = _Hidden(cast)
    chai = cast.chai.sign_in()
    photo = db.session().scalar(select(Photo.id))
    pairs = (
        (f"/photos/{photo}.jpg", "/photos/999.jpg"),
        (f"/requests/{hidden.request}", "/requests/AR-2569-9999"),
        ("/handovers/1", "/handovers/999"),
        (f"/households/{hidden.code}", "/households/HH-999999"),
    )
    for theirs, nothing in pairs:
        assert chai.visit(theirs, status=404).main == chai.visit(nothing, status=404).main
    refused = select(func.count()).select_from(ReadEvent).where(ReadEvent.is_refused)
    assert db.session().scalar(refused) == 4


def test_whose_term_is_over_sees_nothing_although_nobody_has_ended_it_yet(
    sqlite_portal: Flask, cast: Cast
) -> None:
    register(2)
    seen = households.visible_to(cast.malee.user).with_only_columns(func.count(Household.id))
    assert db.session().scalar(seen) == 1
    with transaction() as session:
        session.execute(text("DROP TRIGGER final_role_grant"))
        session.execute(text("UPDATE role_grant SET ends_on = '2026-01-01' WHERE role = 'mentor'"))
    seen = households.visible_to(cast.malee.user).with_only_columns(func.count(Household.id))
    assert db.session().scalar(seen) == 0
