"""Aid requests: who may ask for whom, what is frozen when it is sent, and what the fund never learns."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aid_world import KIT, KIT_SATANG, approve, ceremony, draft, fill, paid, pay, register, submit
from flask import Flask
from people import Cast
from sqlalchemy import select, text

from app.cases.aid import access, handovers, pre_checks, requests, sizes
from app.cases.aid import lines as lines_
from app.cases.aid.records import AidLine, AidRequest, RequestState
from app.cases.register.records import Household, Member
from app.fund.committee import proposals
from app.kit import clock, thai
from app.kit.db import Base, db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.roles import Grant, Role


def _submit(request: AidRequest, satang: int, cast: Cast) -> None:
    with transaction():
        requests.submit(request.id, confirmed_satang=satang, by=cast.malee.user)


def test_sixty_seven_pupils_are_asked_for_at_once_and_the_fund_holds_the_sum(
    portal: Flask, cast: Cast
) -> None:
    pupils = register(67)
    request = draft(cast)
    fill(request, pupils, by=cast.malee)
    _submit(request, 67 * KIT_SATANG, cast)
    proposal = proposals.by_code(request.code)
    assert proposal is not None
    assert (proposal.satang, proposal.title, proposal.purpose.code) == (
        67 * KIT_SATANG,
        "ชุดลูกเสือสามัญ 67 ชุด",
        "general",
    )
    assert request.state == RequestState.SUBMITTED
    snapshot = json.loads(request.snapshot)
    assert (snapshot["people"], snapshot["households"], snapshot["satang"]) == (67, 34, 67 * KIT_SATANG)
    assert snapshot["districts"] == [
        {"code": "3301", "households": 34, "name": "เมืองศรีสะเกษ", "people": 67, "satang": 67 * KIT_SATANG}
    ]
    assert snapshot["levels"] == [{"households": 34, "level": "survive"}]
    assert not [pupil for pupil in pupils if pupil.first_name in request.snapshot]


def test_codes_run_through_the_fiscal_year_without_repeating(portal: Flask, cast: Cast) -> None:
    codes = [draft(cast).code for _ in range(3)]
    year = thai.fiscal_year_be(clock.today())
    assert codes == [f"AR-{year}-000{number}" for number in (1, 2, 3)]


def test_officers_who_draft_at_the_same_moment_get_different_codes(portal: Flask, cast: Cast) -> None:
    malee = cast.malee.user_id

    def three() -> None:
        with portal.app_context():
            for _ in range(3):
                draft(cast)
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(three) for _ in range(4)]:
            done.result()
    db.session.rollback()
    codes = db.session().scalars(select(AidRequest.code).where(AidRequest.made_by_id == malee)).all()
    assert len(set(codes)) == len(codes) == 12


def test_the_tables_of_the_fund_hold_no_name_number_or_house_of_anyone_helped(
    portal: Flask, cast: Cast
) -> None:
    pupils = register(12)
    paid(cast, pupils)
    words: list[str] = []
    for mapper in Base.registry.mappers:
        if mapper.class_.__module__.startswith("app.fund"):
            for row in db.session().execute(select(mapper.local_table)):
                words += [str(value) for value in row]
    dump = "\n".join(words)
    assert "ชุดลูกเสือสามัญ" in dump
    for pupil in pupils:
        household = db.session().get_one(Household, pupil.household_id)
        for secret in (pupil.first_name, pupil.last_name, pupil.name, household.house_no, household.code):
            assert secret not in dump, secret


@pytest.mark.parametrize("which", ["first_name", "last_name"])
def test_a_title_that_names_a_pupil_is_refused_before_the_fund_sees_it(
    portal: Flask, cast: Cast, which: str
) -> None:
    pupils = register(2)
    request = draft(cast, title=f"ชุดลูกเสือให้ {getattr(pupils[1], which)}")
    fill(request, pupils, by=cast.malee)
    with pytest.raises(Refused, match="ซึ่งเป็นชื่อของผู้รับ"):
        _submit(request, 2 * KIT_SATANG, cast)
    assert proposals.by_code(request.code) is None
    assert db.session().get_one(AidRequest, request.id).state == RequestState.DRAFT


def test_a_title_that_names_anyone_of_a_household_to_be_helped_is_refused(portal: Flask, cast: Cast) -> None:
    family = register(2)
    request = draft(cast, dimension="income", title=f"ถุงยังชีพบ้าน{family[1].first_name}")
    fill(request, family[:1], by=cast.malee, item="LV-BAG")
    assert [line.member_id for line in lines_.of(request.id)] == [None]
    with pytest.raises(Refused, match="ซึ่งเป็นชื่อของผู้รับ"):
        _submit(request, KIT_SATANG, cast)
    assert proposals.by_code(request.code) is None


def test_words_of_the_place_and_the_thing_are_no_names(portal: Flask, cast: Cast) -> None:
    pupils = register(2)
    with transaction() as session:
        home = pupils[1].household_id
        session.add(Member(household_id=home, position=3, first_name="ศรี", last_name="สุข"))
        session.flush()
        pupils[0] = session.query(Member).filter_by(first_name="ศรี").one()
    request = draft(cast, title="ชุดลูกเสือสามัญ จังหวัดศรีสะเกษ มิติสุขภาพ")
    fill(request, pupils, by=cast.malee)
    _submit(request, 2 * KIT_SATANG, cast)
    assert request.state == RequestState.SUBMITTED


def test_a_sum_that_changed_since_it_was_shown_is_not_sent(portal: Flask, cast: Cast) -> None:
    pupils = register(3)
    request = draft(cast)
    fill(request, pupils[:2], by=cast.malee)
    shown = 2 * KIT_SATANG
    fill(request, pupils[2:], by=cast.malee)
    with pytest.raises(Refused, match="ยอดรวมเปลี่ยนไปแล้ว"):
        _submit(request, shown, cast)
    assert proposals.by_code(request.code) is None


def test_an_empty_request_is_not_sent(portal: Flask, cast: Cast) -> None:
    with pytest.raises(Refused, match="ยังไม่มีรายการ"):
        _submit(draft(cast), 0, cast)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE aid_line SET quantity = quantity + 1",
        "UPDATE aid_line SET unit_satang = unit_satang - 1",
        "DELETE FROM aid_line",
        "UPDATE aid_request SET title = 'อื่น'",
        "UPDATE aid_request SET story = 'อื่น'",
        "UPDATE aid_request SET snapshot = '{}'",
        "UPDATE aid_request SET state = 'draft'",
    ],
)
def test_the_database_itself_keeps_a_sent_request_as_it_was(portal: Flask, cast: Cast, change: str) -> None:
    request = draft(cast)
    fill(request, register(2), by=cast.malee)
    submit(request, by=cast.malee)
    with pytest.raises(Refused, match="ส่งแล้ว"), transaction() as session:
        session.execute(text(change))


def test_a_sent_request_takes_no_more_lines_by_any_door(portal: Flask, cast: Cast) -> None:
    pupils = register(3)
    request = draft(cast)
    fill(request, pupils[:2], by=cast.malee)
    submit(request, by=cast.malee)
    with pytest.raises(Refused, match="ส่งแล้ว"):
        fill(request, pupils[2:], by=cast.malee)
    with pytest.raises(Refused, match="ส่งแล้ว"), transaction() as session:
        session.add(
            AidLine(
                request_id=request.id,
                household_id=pupils[2].household_id,
                member_id=pupils[2].id,
                item_code=KIT,
                quantity=1,
                unit_satang=1,
                sizes="{}",
            )
        )
        session.flush()


def test_an_officer_asks_only_for_households_of_their_own_area(portal: Flask, cast: Cast) -> None:
    near, far = register(1), register(1, district="3305")
    request = draft(cast)
    with pytest.raises(Refused, match="นอกพื้นที่"):
        fill(request, [*near, *far], by=cast.malee)
    assert lines_.of(request.id) == []
    theirs = draft(cast, by=cast.chai)
    fill(theirs, far, by=cast.chai)
    assert len(lines_.of(theirs.id)) == 1


@pytest.mark.pages
def test_what_is_beyond_an_officer_is_refused_in_the_words_of_what_does_not_exist(
    portal: Flask, cast: Cast
) -> None:
    near = register(1)
    request = paid(cast, near)
    handover, line = ceremony(cast, request), lines_.of(request.id)[0].id
    theirs = draft(cast, by=cast.chai)
    request_id, theirs_id, member = request.id, theirs.id, near[0].id
    kit = {"item_code": KIT, "quantity": 1, "unit_satang": KIT_SATANG}

    def words(deed: Callable[[int], object], request_id: int) -> str:
        with pytest.raises(Refused) as refused, transaction():
            deed(request_id)
        return refused.value.words

    chai = cast.chai.user
    for deed, there in (
        (lambda n: handovers.mark(n, line_id=line, outcome="given", quantity=1, by=chai), handover),
        (lambda n: handovers.close(n, by=chai), handover),
        (lambda n: sizes.record(n, sizes={line: {}}, by=chai), request_id),
        (lambda n: requests.withdraw(n, by=chai), request_id),
        (lambda n: requests.add_lines(n, member_ids=[member], by=chai, **kit), request_id),
        (lambda n: requests.add_lines(theirs_id, member_ids=[n], by=chai, **kit), member),
        (lambda n: requests.remove_line(n, line_id=line, by=chai), request_id),
    ):
        assert words(deed, there) == words(deed, 999_999)
    page = cast.chai.sign_in()
    for elsewhere, nothing in (
        (f"/handovers/{handover}", "/handovers/999999"),
        (f"/requests/{request.code}", "/requests/AR-2570-9999"),
    ):
        assert page.visit(elsewhere, status=404).main == page.visit(nothing, status=404).main


def test_another_officer_neither_sees_nor_changes_a_draft(portal: Flask, cast: Cast) -> None:
    request = draft(cast)
    assert access.by_code(request.code, cast.chai.user) is None
    assert access.by_code(request.code, cast.decha.user) is None
    with pytest.raises(Refused, match="ไม่ใช่ผู้ร่าง"):
        fill(request, register(1, district="3305"), by=cast.chai)
    assert access.by_code(request.code, cast.busaba.user) is not None


def test_who_files_no_requests_drafts_none(portal: Flask, cast: Cast) -> None:
    for person in (cast.kanya, cast.ton, cast.pranee, cast.decha, cast.ying):
        with pytest.raises(Refused, match="ไม่ได้ยื่นคำขอ"):
            draft(cast, by=person)


def test_the_district_sees_what_was_sent_for_its_own_households_alone(portal: Flask, cast: Cast) -> None:
    near, far = register(1), register(1, district="3305")
    both = draft(cast, by=cast.busaba)
    fill(both, [*near, *far], by=cast.busaba)
    submit(both, by=cast.busaba)
    theirs = draft(cast, by=cast.busaba, title="ชุดลูกเสือ 1 ชุด")
    fill(theirs, far, by=cast.busaba)
    submit(theirs, by=cast.busaba)
    assert access.by_code(both.code, cast.chai.user) is None
    assert access.by_code(theirs.code, cast.chai.user) is not None
    assert access.by_code(theirs.code, cast.malee.user) is None
    assert access.by_code(both.code, cast.decha.user) is not None
    for blind in (cast.kanya, cast.pranee, cast.somchai, cast.ton, cast.ying):
        assert access.by_code(theirs.code, blind.user) is None


def _is_secretary_too(cast: Cast) -> None:
    """Malee, a mentor of 3301, is also the secretary for education in the whole province."""
    with transaction() as session:
        session.add(
            Grant(
                user_id=cast.malee.user_id,
                role=Role.DIMENSION_SECRETARY,
                dimension="education",
                granted_at=clock.now(),
            )
        )


def test_a_secretary_who_is_a_mentor_elsewhere_sees_no_other_dimension(portal: Flask, cast: Cast) -> None:
    _is_secretary_too(cast)
    far = register(1, district="3305", failed=("education", "health"))
    codes = {}
    for dimension in ("education", "health"):
        request = draft(cast, by=cast.busaba, dimension=dimension, title="ชุดลูกเสือ 1 ชุด")
        fill(request, far, by=cast.busaba)
        submit(request, by=cast.busaba)
        codes[dimension] = request.code
    assert access.by_code(codes["education"], cast.malee.user) is not None
    assert access.by_code(codes["health"], cast.malee.user) is None


def test_seeing_a_request_for_its_dimension_is_not_handing_it_over(portal: Flask, cast: Cast) -> None:
    _is_secretary_too(cast)
    request = draft(cast, by=cast.busaba, title="ชุดลูกเสือ 1 ชุด")
    fill(request, register(1, district="3305"), by=cast.busaba)
    submit(request, by=cast.busaba)
    approve(cast, request)
    pay(cast, request)
    code, line = request.code, lines_.of(request.id)[0].id
    with pytest.raises(Refused, match="พื้นที่ของท่าน"), transaction():
        handovers.open_(request_code=code, held_on=clock.today(), place="ศาลา", by=cast.malee.user)
    with pytest.raises(Refused, match="นอกพื้นที่"), transaction():
        sizes.record(request.id, sizes={line: {}}, by=cast.malee.user)
    with transaction():
        number = handovers.open_(request_code=code, held_on=clock.today(), place="ศาลา", by=cast.chai.user).id
    with pytest.raises(Refused, match="นอกพื้นที่"), transaction():
        handovers.mark(number, line_id=line, outcome="given", quantity=1, by=cast.malee.user)


def test_a_household_that_fails_nothing_is_helped_only_when_its_community_calls_it_needy(
    portal: Flask, cast: Cast
) -> None:
    request = draft(cast)
    with pytest.raises(Refused, match="ไม่ตกมิติใด"):
        fill(request, register(1, failed=()), by=cast.malee)
    fill(request, register(1, failed=(), origin="needy"), by=cast.malee)
    assert len(lines_.of(request.id)) == 1


def test_the_same_person_and_thing_stand_once_on_a_request(portal: Flask, cast: Cast) -> None:
    pupils = register(2)
    request = draft(cast)
    fill(request, pupils[:1], by=cast.malee)
    with transaction():
        added = requests.add_lines(
            request.id,
            member_ids=[pupil.id for pupil in pupils],
            item_code=KIT,
            quantity=1,
            unit_satang=1,
            by=cast.malee.user,
        )
    assert added == (1, 1)
    with pytest.raises(Refused, match="ในคำขอนี้แล้ว"), transaction():
        requests.add_line(
            request.id,
            household_id=pupils[0].household_id,
            member_id=pupils[0].id,
            item_code=KIT,
            quantity=1,
            unit_satang=1,
            sizes={},
            by=cast.malee.user,
        )


def test_a_thing_for_the_household_is_asked_once_for_two_of_its_people(portal: Flask, cast: Cast) -> None:
    request = draft(cast, dimension="income")
    fill(request, register(2), by=cast.malee, item="LV-BAG")
    assert [(line.member_id, line.quantity) for line in lines_.of(request.id)] == [(None, 1)]


@pytest.mark.pages
@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": 1.5},
        {"unit_satang": 0},
        {"unit_satang": -5},
        {"item_code": "X"},
    ],
)
def test_amounts_and_items_that_cannot_be_are_bad_input(
    portal: Flask, cast: Cast, wrong: dict[str, Any]
) -> None:
    pupils = register(1)
    request = draft(cast)
    given = {"item_code": KIT, "quantity": 1, "unit_satang": 1, **wrong}
    with pytest.raises(BadInput), transaction():
        requests.add_lines(request.id, member_ids=[pupils[0].id], by=cast.malee.user, **given)


def test_someone_of_another_household_is_not_put_on_a_line(portal: Flask, cast: Cast) -> None:
    pupils = register(3)
    request = draft(cast)
    with pytest.raises(Refused, match="ไม่ได้อยู่ในครัวเรือนนี้"), transaction():
        requests.add_line(
            request.id,
            household_id=pupils[0].household_id,
            member_id=pupils[2].id,
            item_code=KIT,
            quantity=1,
            unit_satang=1,
            sizes={},
            by=cast.malee.user,
        )


def test_sizes_are_kept_as_far_as_known_also_after_sending(portal: Flask, cast: Cast) -> None:
    request = draft(cast)
    fill(request, register(2), by=cast.malee)
    line = lines_.of(request.id)[0].id
    with transaction():
        assert (
            sizes.record(request.id, sizes={line: {"hat_cm": "54", "chest_in": ""}}, by=cast.malee.user) == 1
        )
    submit(request, by=cast.malee)
    with transaction():
        sizes.record(request.id, sizes={line: {"hat_cm": "55", "chest_in": "30"}}, by=cast.malee.user)
    assert sizes.of(db.session().get_one(AidLine, line)) == {"chest_in": "30", "hat_cm": "55"}
    for wrong in ({"hat_cm": "99"}, {"wings": "L"}):
        with pytest.raises(BadInput), transaction():
            sizes.record(request.id, sizes={line: wrong}, by=cast.malee.user)
    with pytest.raises(Refused, match="นอกพื้นที่"), transaction():
        sizes.record(request.id, sizes={line: {}}, by=cast.chai.user)


@pytest.mark.pages
def test_help_that_someone_had_or_awaits_already_is_pointed_out_before_sending(
    portal: Flask, cast: Cast
) -> None:
    had, awaits, fresh = register(3)
    first = paid(cast, [had])
    with transaction():
        number = handovers.open_(
            request_code=first.code,
            held_on=clock.today(),
            place="โรงเรียน",
            second_id=cast.decha.user.id,
            by=cast.malee.user,
        ).id
        line = lines_.of(first.id)[0].id
        handovers.mark(number, line_id=line, outcome="given", quantity=1, by=cast.malee.user)
    second = draft(cast)
    fill(second, [awaits], by=cast.malee)
    submit(second, by=cast.malee)
    third = draft(cast)
    fill(third, [had, awaits, fresh], by=cast.malee)
    found = pre_checks.before_filing(third, lines_.of(third.id))
    assert [line.member_id for line in found[0].lines] == [had.id]
    assert "ได้รับของอย่างเดียวกันไปแล้ว" in found[0].words
    assert [line.member_id for line in found[1].lines] == [awaits.id]
    assert "มีคำขออื่น" in found[1].words
    assert any("ขนาดไม่ครบ" in check.words for check in found)


@pytest.mark.pages
def test_another_dimension_and_an_unusual_price_are_pointed_out(portal: Flask, cast: Cast) -> None:
    request = draft(cast, dimension="health")
    with transaction():
        requests.add_lines(
            request.id,
            member_ids=[register(1)[0].id],
            item_code=KIT,
            quantity=1,
            unit_satang=9_000_00,
            by=cast.malee.user,
        )
    words = [check.words for check in pre_checks.before_filing(request, lines_.of(request.id))]
    assert any("ไม่ได้ระบุว่าตกมิติสุขภาพ" in word for word in words)
    assert any("นอกช่วงปกติ" in word for word in words)


def test_a_request_is_taken_back_until_it_is_decided(portal: Flask, cast: Cast) -> None:
    request = draft(cast)
    fill(request, register(1), by=cast.malee)
    submit(request, by=cast.malee)
    with transaction():
        requests.withdraw(request.id, by=cast.malee.user)
    held = proposals.by_code(request.code)
    assert held is not None
    assert (request.state, held.state) == ("withdrawn", "withdrawn")
    with pytest.raises(Refused, match="ถอนไปแล้ว"), transaction():
        requests.withdraw(request.id, by=cast.malee.user)
    decided = draft(cast)
    fill(decided, register(1), by=cast.malee)
    submit(decided, by=cast.malee)
    approve(cast, decided)
    with pytest.raises(Refused, match="อนุมัติแล้ว"), transaction():
        requests.withdraw(decided.id, by=cast.malee.user)
    assert db.session().get_one(AidRequest, decided.id).state == RequestState.SUBMITTED
