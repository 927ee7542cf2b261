"""Where a request stands, who has it and for how long; what is late is told once, and again when it is escalated."""

from datetime import timedelta

import committee_room as room
import pytest
import time_machine
from flask import Flask
from help_given import hand_over, paid_request, take_in
from people import Cast
from sqlalchemy import select, text

from app.cases.aid import lateness
from app.cases.aid.records import AidRequest
from app.fund.committee import proposals
from app.fund.spending import orders, standing
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.notices import Notice


def _stands(code: str) -> tuple[str, int, bool]:
    known = proposals.by_code(code)
    assert known is not None
    now = standing.of([known])[known.id]
    return now.step.value, now.days, now.is_late


def test_a_request_stands_with_one_after_the_other_until_it_is_handed_over(portal: Flask, cast: Cast) -> None:
    room.give(cast, 50_000_00)
    assert _stands(room.propose(cast, 100_00))[0] == "alone"
    code = room.propose(cast, 30_000_00)
    assert _stands(code) == ("agenda", 0, False)
    item = room.table(cast, room.meet(cast), code)
    assert _stands(code)[0] == "vote"
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.somchai)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert _stands(code) == ("prepare", 8, True)
    order = room.prepare(cast, code, 30_000_00)
    assert _stands(code)[0] == "sign"
    with transaction():
        orders.approve(order, by=cast.somchai.user)
    assert _stands(code)[0] == "transfer"
    room.transfer(cast, order)
    assert _stands(code)[0] == "deliver"


def test_what_is_late_is_told_once_to_who_has_it_and_then_to_the_chair(portal: Flask, cast: Cast) -> None:
    room.give(cast, 50_000_00)
    code = room.approve(cast, 30_000_00)

    def told() -> set[str]:
        rows = select(Notice).where(Notice.title.contains(code), Notice.href == "/late")
        names = {cast.kanya.user.id: "kanya", cast.somchai.user.id: "somchai", cast.busaba.user.id: "busaba"}
        return {names[notice.user_id] for notice in db.session().scalars(rows)}

    assert lateness.tell() == {"told": 0}
    start = clock.now()
    with time_machine.travel(start + timedelta(days=8)):
        assert (lateness.tell(), lateness.tell(), told()) == ({"told": 1}, {"told": 0}, {"kanya"})
        kanya = cast.kanya.sign_in()
        assert "ค้างเกินกำหนด" in kanya.visit("/home").words
        assert code in kanya.visit("/late").words
        assert "ค้างเกินกำหนด" not in cast.somchai.sign_in().visit("/home").words
    with time_machine.travel(start + timedelta(days=15)):
        assert (lateness.tell()["told"], told()) == (3, {"kanya", "somchai", "busaba"})
        assert "ค้างเกินกำหนด" in cast.somchai.sign_in().visit("/home").words


def test_what_was_paid_stands_with_whoever_asked_until_the_last_of_it_is_given(
    portal: Flask, cast: Cast
) -> None:
    take_in(cast, pupils=5)
    code = paid_request(cast, 5, dimension="education")
    request = select(AidRequest).filter_by(code=code)
    for forged in ("UPDATE aid_request SET delivered_at = submitted_at", ""):
        hand_over(cast, code, 5 if not forged else 4)
        with time_machine.travel(clock.now() + timedelta(days=31)):
            mine = lateness.with_(cast.malee.user, lateness.late())
            assert [now.step.value for now in mine] == (["deliver"] if forged else [])
        if forged:
            assert lateness.with_(cast.kanya.user, mine) == []
            with pytest.raises(Refused, match="ส่งมอบครบได้ครั้งเดียว"), transaction() as session:
                session.execute(text(forged))
    assert db.session().scalars(request).one().delivered_at is not None
    with pytest.raises(Refused, match="ส่งมอบครบได้ครั้งเดียว"), transaction() as session:
        session.execute(text("UPDATE aid_request SET delivered_at = NULL"))
