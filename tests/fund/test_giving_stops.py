"""Stopping giving: one of four does it at once at every door, two begin it again."""

import pytest
from flask import Flask
from people import PASSWORD, Cast
from sqlalchemy import select, text, update

from app.fund.giving.payment_requests import collections, payment_requests, stops
from app.fund.giving.pledges import pledges
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest, Stop
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import approvals
from app.staff.audit import AuditEvent
from app.staff.users import User


def stop(by: User) -> None:
    with transaction():
        stops.stop(reason="สงสัยว่าบัญชีถูกเปลี่ยน", by=by)


def ask(by: User) -> int:
    with transaction():
        return stops.ask_resume(reason="ตรวจแล้ว บัญชีถูกต้อง", by=by).id


def approve(number: int, by: User) -> None:
    with transaction():
        approvals.approve(number, by=by)


@pytest.mark.parametrize("who", ["busaba", "kanya", "somchai", "ying"])
def test_each_of_the_four_roles_stops_giving_alone(cast: Cast, who: str) -> None:
    stop(getattr(cast, who).user)
    with pytest.raises(Refused, match="หยุดรับเงิน"), transaction():
        payment_requests.open(satang=100, purpose_id=cast.purpose().id, by=None)


@pytest.mark.parametrize("who", ["pranee", "decha", "ton", "malee", "chai"])
def test_nobody_else_stops_giving_or_asks_for_it_again(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="เฉพาะประธาน"):
        stop(getattr(cast, who).user)
    stop(cast.busaba.user)
    with pytest.raises(Refused):
        ask(getattr(cast, who).user)
    getattr(cast, who).sign_in().client.get("/home")


@pytest.mark.pages
def test_no_door_shows_a_payer_a_code_while_giving_is_stopped(portal: Flask, cast: Cast) -> None:
    network = db.session().scalars(select(Network)).one()
    with transaction():
        asked = payment_requests.open(satang=10_000, purpose_id=cast.purpose().id, by=None).code
        pledge = pledges.make(
            network_id=network.id,
            satang=50_000,
            purpose_id=cast.purpose().id,
            expected_on=clock.today(),
            by=cast.ton.user,
        )
        own = payment_requests.open(
            satang=50_000, purpose_id=cast.purpose().id, pledge_id=pledge.id, by=cast.ton.user
        ).code
        wall = collections.open(network_id=network.id, purpose_id=cast.purpose().id, by=cast.ton.user).ref1
    pictures = [
        *(
            f"/give/{code}/{name}"
            for code in (asked, own)
            for name in ("qr.png", "qr.svg", "barcode.svg", "bill.pdf")
        ),
        f"/networks/NET001/give/{wall}.png",
    ]
    ton, visitor = cast.ton.sign_in(), cast.stranger
    poster = f"/networks/NET001/poster.pdf?ref1={wall}"
    for path in pictures:
        visitor.visit(path)
    ton.visit(poster)
    stale = visitor.visit("/give").forms()[0]["fields"]
    stop(cast.kanya.user)
    for path in pictures:
        visitor.visit(path, status=410)
    assert "หยุดรับเงิน" in ton.visit(poster, status=None).words
    for path in ("/give", "/networks/NET001/give", f"/give/{asked}", f"/give/{own}"):
        page = visitor.visit(path)
        assert "หยุดรับเงินผ่าน QR ชั่วคราว" in page.main, path
        assert ".png" not in page.main and "<img" not in page.text.partition("<main")[2], path
        assert not any("amount" in form["fields"] for form in page.forms()), path
    answer = visitor.client.post("/give", data={**{k: v for k, v in stale.items() if v}, "amount": "100"})
    assert answer.status_code == 409
    page = ton.visit("/networks/NET001/collect")
    assert "หยุดรับเงินผ่าน QR ชั่วคราว" in page.main
    assert "poster.pdf" not in page.text
    assert not any("target" in form["fields"] for form in page.forms())
    with pytest.raises(Refused, match="หยุดรับเงิน"), transaction():
        collections.open(network_id=network.id, purpose_id=cast.purpose("education").id, by=cast.ton.user)
    with pytest.raises(Refused, match="หยุดรับเงิน"), transaction():
        payment_requests.open(satang=100, purpose_id=cast.purpose().id, pledge_id=pledge.id, by=cast.ton.user)
    assert len(db.session().scalars(select(PaymentRequest)).all()) == 2

    approve(ask(cast.kanya.user), cast.somchai.user)
    for path in pictures:
        visitor.visit(path)
    assert any("amount" in form["fields"] for form in visitor.visit("/give").forms())


def test_giving_begins_again_by_two_people_only(cast: Cast) -> None:
    stop(cast.kanya.user)
    number = ask(cast.kanya.user)
    with pytest.raises(Refused, match="ท่านเป็นผู้ขอ"):
        approve(number, cast.kanya.user)
    assert stops.current() is not None
    approve(number, cast.busaba.user)
    assert stops.current() is None
    with pytest.raises(Refused, match="ตามปกติ"):
        ask(cast.kanya.user)


def test_an_approval_of_an_earlier_stop_does_not_end_a_later_one(cast: Cast) -> None:
    stop(cast.kanya.user)
    approve(ask(cast.kanya.user), cast.busaba.user)
    used = db.session().scalars(select(Stop)).one().approval_request_id
    stop(cast.ying.user)
    for values in (
        {"ended_at": clock.now(), "approval_request_id": used},
        {"reason": "อื่น"},
    ):
        with pytest.raises(Refused), transaction() as session:
            session.execute(update(Stop).where(Stop.ended_at.is_(None)).values(**values))
    waiting = ask(cast.kanya.user)
    with pytest.raises(Refused, match="สองคน"), transaction() as session:
        session.execute(
            update(Stop)
            .where(Stop.ended_at.is_(None))
            .values(ended_at=clock.now(), approval_request_id=waiting)
        )
    with pytest.raises(Exception, match="kept_giving_stop"), transaction() as session:
        session.execute(text("DELETE FROM giving_stop"))
    assert stops.current() is not None


def test_two_who_stop_at_once_stop_once(cast: Cast) -> None:
    stop(cast.kanya.user)
    with pytest.raises(Refused, match="หยุดรับเงินไว้แล้ว"):
        stop(cast.ying.user)
    with pytest.raises(Refused, match="หยุดรับเงินไว้แล้ว"), transaction() as session:
        session.add(Stop(stopped_at=clock.now(), stopped_by_id=cast.ying.user_id, reason="ก"))
    with pytest.raises(BadInput), transaction():
        stops.stop(reason=" ", by=cast.kanya.user)


def test_a_stop_and_its_end_are_told_and_in_the_trail(cast: Cast) -> None:
    stop(cast.ying.user)
    for who in ("somchai", "kanya", "decha"):
        assert "น.ส.หญิง ดูแล หยุดรับเงินผ่าน QR" in getattr(cast, who).sign_in().visit("/home").main
    assert "หยุดรับเงินผ่าน QR อยู่" in cast.busaba.sign_in().visit("/home").main
    approve(ask(cast.busaba.user), cast.somchai.user)
    assert "เปิดรับเงินผ่าน QR อีกครั้งแล้ว" in cast.decha.visit("/home").main
    found = (
        db.session()
        .scalars(select(AuditEvent.deed).where(AuditEvent.deed.startswith("giving.")).order_by(AuditEvent.id))
        .all()
    )
    assert found == ["giving.stop", "giving.resume"]


@pytest.mark.pages
def test_it_is_stopped_and_begun_again_on_the_page(cast: Cast) -> None:
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/fund/setup")
    assert "/fund/setup/stop" in page.text
    page = kanya.send("/fund/setup/stop", reason="", to_status=422)
    assert stops.current() is None
    page = kanya.send("/fund/setup/stop", reason="สงสัยว่าบัญชีถูกเปลี่ยน")
    assert "หยุดรับเงินผ่าน QR แล้ว" in page.words
    assert "สงสัยว่าบัญชีถูกเปลี่ยน" not in cast.stranger.visit("/give").words
    page = kanya.send("/fund/setup/stop", action="/end", reason="ตรวจแล้ว")
    number = approvals.waiting()[0].id
    assert "ดูคำขอ" in kanya.visit("/fund/setup/stop").main
    page = cast.somchai.sign_in().visit(f"/approvals/{number}")
    page = cast.somchai.press(page, having="password_again", password_again=PASSWORD)
    assert "เปิดรับเงินอีกครั้งแล้ว" in page.words
    assert stops.current() is None
