"""The first page of the day, and the governor's board."""

import re
from datetime import timedelta

import pytest
from people import Cast
from sqlalchemy import event

from app.fund.committee import agenda, attendance, meetings, proposals, votes
from app.fund.giving.pledges import pledges
from app.fund.giving.pledges.instalments import InstalmentPart
from app.fund.ledger.books import BooksCheck
from app.kit import clock
from app.kit.db import db, transaction
from app.staff import navigation
from app.warroom import boards, governor

pytestmark = pytest.mark.pages

_EVERYONE = ("kanya", "somchai", "pranee", "malee", "ton", "busaba", "decha", "ying", "chai")


@pytest.mark.parametrize("name", _EVERYONE)
def test_every_place_of_a_first_page_and_of_its_menu_is_open_and_bears_the_name_it_is_called_by(
    cast: Cast, name: str
) -> None:
    person = getattr(cast, name).sign_in()
    person.visit("/home")
    with cast.app.test_request_context("/home"):
        cards = boards.work_of(person.user)
        menu = navigation.items(person.user)
    assert len(menu) <= navigation.MOST
    for card in cards:
        person.visit(card.href)
    for place in (inner for item in menu for inner in item.places or (item,)):
        text = re.sub(r'<span class="nb">([^<]*)</span>', r"\1", person.visit(place.href).text)
        assert f"<h1>{place.label}</h1>" in text and f"<title>{place.label} " in text, place.href


def test_the_treasurer_is_told_what_was_pledged_and_has_not_come(cast: Cast) -> None:
    network = cast.ton.user.network_codes()
    assert network == ["NET001"]
    page = cast.ton.sign_in().visit("/home")
    assert "ยังไม่ต้องจ่ายวันนี้" in page.words
    with transaction():
        pledges.make(
            network_id=1,
            satang=500_00,
            purpose_id=cast.purpose().id,
            expected_on=clock.today() + timedelta(days=7),
            by=cast.ton.user,
        )
    page = cast.ton.visit("/home")
    assert "500 บาท" in page.words and "อีก 7 วัน" in page.words
    # One press leads to the code, and a second press to the same one.
    paying = cast.ton.send("/home", action="/pay")
    assert "สแกนเพื่อจ่าย" in paying.words
    again = cast.ton.send("/home", action="/pay")
    assert again.response.request.path == paying.response.request.path
    with transaction():
        pledges.make(
            network_id=1,
            satang=200_00,
            purpose_id=cast.purpose().id,
            parts=[
                InstalmentPart(100_00, clock.today() - timedelta(days=1)),
                InstalmentPart(100_00, clock.today() + timedelta(days=30)),
            ],
            by=cast.ton.user,
        )
    words = cast.ton.visit("/home").words
    assert "งวดที่ 1 จาก 2" in words and "เลยมา 1 วัน" in words


def test_the_secretary_is_told_of_proposals_without_an_agenda(cast: Cast) -> None:
    with transaction():
        proposals.submit(
            code="AR-2565-0001",
            title="ชุดลูกเสือ",
            satang=70_00,
            purpose_id=cast.purpose().id,
            asked_by_id=cast.malee.user.id,
            by=cast.malee.user,
        )
    page = cast.busaba.sign_in().visit("/home")
    assert "คำขอที่รอเข้าวาระ 70.00 บาท 1 คำขอ" in page.words


def test_a_member_is_told_of_the_items_that_wait_for_their_vote_and_no_longer(cast: Cast) -> None:
    with transaction():
        proposals.submit(
            code="AR-2565-0001",
            title="ชุดลูกเสือ",
            satang=70_00,
            purpose_id=cast.purpose().id,
            asked_by_id=cast.malee.user.id,
            by=cast.malee.user,
        )
    with transaction():
        meeting = meetings.call(held_on=clock.today(), place="ศาลากลาง", by=cast.busaba.user)
        item = agenda.table(meeting.id, proposal_code="AR-2565-0001", by=cast.busaba.user)
        numbers = meeting.id, item.id
    page = cast.pranee.sign_in().visit("/home")
    assert "รอท่านลงคะแนน" not in page.words, "nobody votes before the meeting is opened"
    assert "ศาลากลาง" in page.words
    with transaction():
        for member in (cast.somchai, cast.pranee):
            attendance.note_present(numbers[0], member_id=member.user_id or 0, by=cast.busaba.user)
    with transaction():
        meetings.open_(numbers[0], chair_id=cast.somchai.user_id or 0, by=cast.busaba.user)
    assert "1 วาระ" in cast.pranee.visit("/home").words
    with transaction():
        votes.vote(numbers[1], choice="approve", by=cast.pranee.user)
    assert "รอท่านลงคะแนน" not in cast.pranee.visit("/home").words
    assert "1 วาระ" in cast.somchai.sign_in().visit("/home").words
    assert "นัดประชุมครั้งที่" in cast.pranee.visit("/home").words
    with transaction():
        meetings.close(numbers[0], by=cast.somchai.user)
    assert "ประชุมครั้งที่" not in cast.pranee.visit("/home").words, "a meeting that is over waits for nobody"


def test_books_that_do_not_hold_come_first(cast: Cast) -> None:
    with transaction() as session:
        session.add(BooksCheck(at=clock.now(), held=False, findings="หนึ่ง\nสอง", by="job"))
    for person in (cast.kanya, cast.decha):
        person.sign_in()
        with cast.app.test_request_context():
            first = boards.work_of(person.user)[0]
        assert (first.title, first.count, first.urgent) == ("บัญชีไม่ตรง", 2, True)
        assert "บัญชีไม่ตรง" in person.visit("/home").words


@pytest.mark.parametrize("name", _EVERYONE)
def test_the_first_page_asks_the_database_a_handful_of_questions(cast: Cast, name: str) -> None:
    person = getattr(cast, name).sign_in()
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    person.client.get("/home")
    event.remove(db.engine, "before_cursor_execute", note)
    assert 0 < len(asked) <= 22, asked


def test_the_board_shows_the_money_and_every_district(cast: Cast) -> None:
    page = cast.somchai.sign_in().visit("/board")
    assert "รับแล้ว 0.00 บาท" in page.words
    assert "ขุขันธ์" in page.words
    assert page.text.count('<path class="area ') == 22
    for person in (cast.malee, cast.ton, cast.chai):
        person.sign_in().visit("/board", status=403)


def test_a_small_district_of_the_board_is_not_told_by_the_total(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(governor, "_by_district", lambda: {"3301": 3, "3305": 8, "3310": 40})
    with cast.app.test_request_context():
        board = governor.board()
    shown = {count for _, count in board.districts}
    assert board.households == 51
    assert shown == {None, 0, 40}, "the next smallest is kept back with the small one"
    words = cast.somchai.sign_in().visit("/board").words
    assert "รวม 51 ครัวเรือน" in words and "ไม่แสดง" in words


def test_a_total_that_tells_of_few_is_not_on_the_board(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(governor, "_by_district", lambda: {"3301": 1, "3305": 2})
    with cast.app.test_request_context():
        board = governor.board()
    assert board.households is None
    assert {count for _, count in board.districts} == {None, 0}
    assert "รวม 3 ครัวเรือน" not in cast.somchai.sign_in().visit("/board").words
