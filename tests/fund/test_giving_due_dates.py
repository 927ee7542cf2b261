"""A network asks to give a part of its pledge later; the fund's officer answers once."""

from datetime import timedelta

import pytest
from people import Cast
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.fund.giving.pledges import due_dates, instalments, pledges
from app.fund.giving.pledges.instalments import InstalmentPart
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.audit import AuditEvent

DAY = timedelta(days=1)


def pledged(cast: Cast, *days: int) -> Pledge:
    parts = [InstalmentPart(30_000, clock.today() + day * DAY) for day in days]
    with transaction():
        return pledges.make(
            network_id=db.session().scalars(select(Network.id)).one(),
            satang=30_000 * max(1, len(days)),
            purpose_id=cast.purpose().id,
            expected_on=None if parts else clock.today(),
            parts=parts,
            by=cast.ton.user,
        )


def asks(
    cast: Cast, pledge: Pledge, number: int, day: int, who: str = "ton", reason: str = "รอขายข้าว"
) -> int:
    with transaction():
        return due_dates.ask(
            pledge.id,
            number=number,
            to_on=clock.today() + day * DAY,
            reason=reason,
            by=getattr(cast, who).user,
        ).id


def days_of(pledge: Pledge) -> list[int]:
    return [(part.due_on - clock.today()).days for part in instalments.of([pledge.id])[pledge.id]]


def test_an_accepted_request_moves_the_day_of_the_part_and_of_the_pledge_and_the_trail_says_so(
    cast: Cast,
) -> None:
    pledge = pledged(cast, 5, 35)
    asked = asks(cast, pledge, 2, 60)
    assert [waits.id for waits in due_dates.unanswered()] == [asked]
    assert days_of(pledge) == [5, 35], "asking moves nothing"
    with transaction():
        due_dates.accept(asked, by=cast.busaba.user)
    db.session().expire_all()
    assert days_of(pledge) == [5, 60]
    assert pledge.expected_on == clock.today() + 60 * DAY
    assert not due_dates.unanswered()
    trail = db.session().scalars(select(AuditEvent.deed).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert trail == ["pledge.due.accept", "pledge.due.ask"]
    with pytest.raises(Refused, match="ตอบไปแล้ว"), transaction():
        due_dates.decline(asked, answer="ช้าไป", by=cast.busaba.user)


def test_a_declined_request_leaves_the_day_and_says_why_and_another_may_be_asked(cast: Cast) -> None:
    pledge = pledged(cast)
    asked = asks(cast, pledge, due_dates.WHOLE, 10)
    with pytest.raises(Refused, match="รอกองทุนตอบ"):
        asks(cast, pledge, due_dates.WHOLE, 20)
    with pytest.raises(BadInput, match="เหตุผล"), transaction():
        due_dates.decline(asked, answer=" ", by=cast.busaba.user)
    with transaction():
        due_dates.decline(asked, answer="พิธีมอบอยู่ก่อนวันนั้น", by=cast.busaba.user)
    db.session().expire_all()
    assert pledge.expected_on == clock.today()
    again = asks(cast, pledge, due_dates.WHOLE, 8)
    with transaction():
        due_dates.accept(again, by=cast.busaba.user)
    db.session().expire_all()
    assert pledge.expected_on == clock.today() + 8 * DAY


def test_only_the_networks_own_ask_for_a_later_day_before_the_next_part_and_only_the_officer_answers(
    cast: Cast,
) -> None:
    pledge = pledged(cast, 5, 35)
    for number, day, who, reason, words in (
        (1, 10, "busaba", "x", "เหรัญญิก"),
        (1, 10, "ton", " ", "เหตุผล"),
        (1, 5, "ton", "x", "หลังวันที่แจ้งไว้"),
        (1, 35, "ton", "x", "งวดถัดไป"),
        (2, 5000, "ton", "x", "สิบปี"),
        (3, 90, "ton", "x", "ไม่ต้องเลื่อน"),
    ):
        with pytest.raises(Refused, match=words):
            asks(cast, pledge, number, day, who, reason)
    asked = asks(cast, pledge, 1, 10)
    for who in (cast.ton, cast.kanya):
        with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
            due_dates.accept(asked, by=who.user)
    with transaction():
        pledges.withdraw(pledge.id, by=cast.ton.user)
    with pytest.raises(Refused, match="สิ้นสุดแล้ว"), transaction():
        due_dates.accept(asked, by=cast.busaba.user)


def test_the_database_moves_no_day_without_an_accepted_request_and_keeps_every_request(cast: Cast) -> None:
    pledge = pledged(cast, 5, 35)
    asked = asks(cast, pledge, 1, 10)
    moved = f"UPDATE instalment SET due_on = '{clock.today() + 10 * DAY}' WHERE number = 1"
    for statement, name in (
        (moved, "final_instalment"),
        ("UPDATE due_date_request SET to_on = '2040-01-01'", "ตอบไปแล้ว"),
        ("DELETE FROM due_date_request", "kept_due_date_request"),
        (
            f"UPDATE due_date_request SET accepted = true, decided_at = asked_at, decided_by_id = {cast.ton.user_id}",
            "two_people",
        ),
    ):
        with pytest.raises((DBAPIError, Refused), match=name), transaction() as session:
            session.execute(text(statement))
    with transaction():
        due_dates.accept(asked, by=cast.busaba.user)
    with (
        pytest.raises((DBAPIError, Refused), match="ตอบไปแล้ว"),
        transaction() as session,
    ):
        session.execute(text("UPDATE due_date_request SET answer = 'x'"))


@pytest.mark.pages
def test_the_treasurer_asks_on_the_pledges_page_and_the_officer_finds_it_at_home(cast: Cast) -> None:
    pledge = pledged(cast, 5, 35)
    page, ton, busaba = f"/pledges/{pledge.code}", cast.ton.sign_in(), cast.busaba.sign_in()
    ton.visit(page)
    ton.send(page, action="/later", number="1", to_on="", reason="รอขายข้าว", to_status=422)
    day = clock.today() + 10 * DAY
    ton.send(page, action="/later", number="1", to_on=f"{day.day}/{day.month}/{day.year}", reason="รอขายข้าว")
    assert "รอกองทุนตอบ" in ton.visit(page).main
    assert f'href="{page}#later"' in busaba.visit("/home").text
    assert "รอขายข้าว" in busaba.visit(page).main
    number = due_dates.of(pledge.id)[0].id
    busaba.send(page, action=f"/later/{number}/decline", answer="", to_status=422)
    busaba.send(page, action=f"/later/{number}/accept")
    assert "ให้เลื่อน" in ton.visit(page).main
    assert f"{page}#later" not in busaba.visit("/home").text
