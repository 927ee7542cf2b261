"""Who pays for a request: others pay their part themselves, and the fund commits, pays and counts its own alone."""

import aid_world as world
import committee_room as room
import pytest
from flask import Flask
from people import Cast
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.cases.aid import costs, funding, handovers, requests
from app.cases.aid import lines as lines_
from app.cases.aid.records import AidFunding, AidRequest
from app.fund.committee import agenda, proposals
from app.fund.committee.records import Matter
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused

KIT = world.KIT_SATANG


def _draft(cast: Cast, count: int = 4) -> AidRequest:
    """A draft of Malee's for so many pupils, a kit each."""
    pupils = world.register(count)
    with transaction():
        made = requests.draft(
            title=f"ชุดลูกเสือ {count} ชุด",
            story="",
            purpose_code="general",
            dimension="education",
            urgency="urgent",
            district_code="3301",
            by=cast.malee.user,
        )
        requests.add_lines(
            made.id,
            member_ids=[pupil.id for pupil in pupils],
            item_code=world.KIT,
            quantity=1,
            unit_satang=KIT,
            by=cast.malee.user,
        )
    return db.session().get_one(AidRequest, made.id)


def _beside(cast: Cast, request: AidRequest, satang: int, source: str = "เทศบาลตำบลน้ำคำ") -> None:
    with transaction():
        funding.add(request.id, kind="local_government", source=source, satang=satang, by=cast.malee.user)


def _send(cast: Cast, request: AidRequest) -> str:
    with transaction():
        requests.submit(
            request.id,
            confirmed_satang=sum(line.satang for line in lines_.of(request.id)),
            by=cast.malee.user,
        )
    return request.code


def test_the_fund_is_asked_for_what_others_leave_and_commits_that_alone(portal: Flask, cast: Cast) -> None:
    room.give(cast, 10_000_00)
    room.give(cast, 500_00, purpose="education")
    request = _draft(cast)
    _beside(cast, request, 1_000_00)
    with transaction():
        funding.add(
            request.id,
            kind="fund_purpose",
            purpose_code="education",
            satang=500_00,
            by=cast.malee.user,
        )
    code = _send(cast, request)
    proposal = proposals.by_code(code)
    assert proposal is not None
    assert proposal.satang == 4 * KIT - 1_000_00
    parts = [
        (part.kind, part.purpose.code if part.purpose else part.source, part.satang)
        for part in proposals.newest(proposal).funding
    ]
    assert parts == [
        ("fund_purpose", "general", 4 * KIT - 1_500_00),
        ("fund_purpose", "education", 500_00),
        ("local_government", "เทศบาลตำบลน้ำคำ", 1_000_00),
    ]
    item = room.table(cast, room.meet(cast), code)
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    made = room.resolve(item, by=cast.somchai)
    assert made.satang == 4 * KIT - 1_000_00
    assert sum(balance.committed for balance in books.balances()) == made.satang


def test_what_is_given_is_worth_the_funds_part_of_it(portal: Flask, cast: Cast) -> None:
    room.give(cast, 10_000_00)
    request = _draft(cast, 3)
    _beside(cast, request, 1_000_00)
    code = _send(cast, request)
    ours = 3 * KIT - 1_000_00
    item = room.table(cast, room.meet(cast), code)
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.somchai)
    room.pay(cast, code, ours)
    with transaction():
        ceremony = handovers.open_(
            request_code=code, held_on=clock.today(), place="อำเภอ", by=cast.busaba.user
        )
        assert handovers.mark_rest(ceremony.id, by=cast.busaba.user) == 3
    given = costs.worth(db.session().get_one(AidRequest, request.id))
    # A third of the sum does not come out even: a satang a thing at most is lost, none is gained.
    assert (given.paid, given.paid - given.delivered) == (ours, ours - 3 * (KIT * ours // (3 * KIT)))
    assert 0 <= given.paid - given.delivered < 3


def test_another_sum_keeps_what_others_pay(sqlite_portal: Flask, cast: Cast) -> None:
    room.give(cast, 10_000_00)
    request = _draft(cast)
    _beside(cast, request, 1_000_00)
    code = _send(cast, request)
    item = room.table(cast, room.meet(cast), code)
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.somchai)
    room.revise(cast, code, 2_000_00)
    number = room.meet(cast)
    with transaction():
        item = agenda.table(number, proposal_code=code, matter=Matter.AMEND, by=cast.busaba.user).id
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    assert room.resolve(item, by=cast.somchai).satang == 2_000_00
    proposal = proposals.by_code(code)
    assert proposal is not None
    version = proposals.newest(proposal)
    assert sorted(part.satang for part in version.funding) == [1_000_00, 2_000_00]


@pytest.mark.parametrize("satang", [4 * KIT, 4 * KIT + 1])
def test_others_leave_something_to_the_fund(sqlite_portal: Flask, cast: Cast, satang: int) -> None:
    request = _draft(cast)
    _beside(cast, request, satang)
    with pytest.raises(Refused, match="มากกว่าศูนย์"):
        _send(cast, request)
    with transaction():
        (part,) = funding.of(request.id)
        funding.remove(request.id, funding_id=part.id, by=cast.malee.user)
        funding.remove(request.id, funding_id=part.id, by=cast.malee.user)  # Gone, it stays gone.
    _beside(cast, request, 4 * KIT - 1_00)
    code = _send(cast, request)
    proposal = proposals.by_code(code)
    assert proposal is not None
    assert proposal.satang == 1_00


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "bank", "source": "x"}, "จากรายการ"),
        ({"kind": "network", "source": " "}, "ใครเป็นผู้จ่าย"),
        ({"kind": "network", "source": "x", "satang": 0}, "มากกว่าศูนย์"),
        ({"kind": "fund_purpose", "purpose_code": "general"}, "วัตถุประสงค์หลัก"),
        ({"kind": "fund_purpose", "purpose_code": "nothing"}, "ไม่เปิดรับ"),
    ],
)
def test_a_payer_is_named_and_is_another(
    sqlite_portal: Flask, cast: Cast, said: dict[str, object], words: str
) -> None:
    request = _draft(cast, 1)
    with pytest.raises(Refused, match=words), transaction():
        funding.add(request.id, **{"satang": 1_00, **said}, by=cast.malee.user)  # type: ignore[arg-type]


def test_a_payer_bears_no_name_of_whom_is_helped_and_none_comes_twice(
    sqlite_portal: Flask, cast: Cast
) -> None:
    request = _draft(cast, 2)
    name = lines_.of(request.id)[0].member
    assert name is not None
    _beside(cast, request, 1_00, source=f"คุณ{name.first_name}")
    with pytest.raises(Refused, match="ชื่อผู้ร่วมจ่าย"):
        _send(cast, request)
    for number in range(2):
        part = {"kind": "fund_purpose", "purpose_code": "education", "satang": 1_00}
        if number:
            with pytest.raises(Refused, match="แล้ว"), transaction():
                funding.add(request.id, **part, by=cast.malee.user)  # type: ignore[arg-type]
        else:
            with transaction():
                funding.add(request.id, **part, by=cast.malee.user)  # type: ignore[arg-type]
    with transaction():
        for _ in range(funding.MOST - 2):
            funding.add(request.id, kind="network", source="ผ้าป่า", satang=1, by=cast.malee.user)
    with pytest.raises(Refused, match="ไม่เกิน 8"), transaction():
        funding.add(request.id, kind="network", source="ผ้าป่า", satang=1, by=cast.malee.user)
    with pytest.raises((BadInput, Refused)), transaction():
        funding.add(request.id, kind="network", source="ผ้าป่า", satang=1, by=cast.kanya.user)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE aid_funding SET satang = satang + 1",
        "DELETE FROM aid_funding",
        "INSERT INTO aid_funding (request_id, kind, source, satang) SELECT id, 'network', 'x', 1 FROM aid_request",
        "UPDATE aid_line SET fund_satang = 1",
    ],
)
def test_who_pays_is_fixed_once_the_request_is_sent(portal: Flask, cast: Cast, sql: str) -> None:
    request = _draft(cast, 1)
    _beside(cast, request, 25_00)
    _send(cast, request)
    with pytest.raises((Refused, IntegrityError), match="ส่งแล้ว"), transaction() as session:
        session.execute(text(sql))


@pytest.mark.pages
def test_who_pays_is_added_and_taken_off_on_its_step_and_seen_to_the_minutes(
    sqlite_portal: Flask, cast: Cast
) -> None:
    room.give(cast, 10_000_00)
    request = _draft(cast)
    code, malee = request.code, cast.malee.sign_in()
    path = f"/requests/{code}/funding"
    malee.send(path, kind="network", satang="100", to_status=422)
    for satang in ("100", "250.50"):
        page = malee.send(path, kind="network", source="กองทุนหมู่บ้าน", satang=satang)
    assert "กองทุนหมู่บ้าน (เครือข่ายสมทบเอง)" in page.words
    first = db.session().query(AidFunding).order_by(AidFunding.id).first()
    assert first is not None
    page = malee.send(path, action=f"/funding/{first.id}/remove")
    assert "3,849.50" in page.words and "250.50" in page.words and "ขอจากกองทุน" in page.words
    page = malee.send(f"/requests/{code}/confirm", confirmed_satang=str(4 * KIT))
    assert "กองทุนหมู่บ้าน (เครือข่ายสมทบเอง) 250.50 บาท" in page.words
    assert "ส่งแล้ว" in malee.visit(path).words or code in malee.visit(path).words
    number = room.meet(cast)
    item = room.table(cast, number, code)
    pranee = cast.pranee.sign_in()
    told = "กองทุนหมู่บ้าน จ่ายส่วนของตนเอง 250.50 บาท"
    assert told in pranee.visit(f"/agenda/{item}").words
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.somchai)
    assert told in pranee.visit(f"/agenda/{item}").words
    minutes = pranee.client.get(f"/meetings/{number}/minutes.pdf?digits=arabic")
    assert minutes.status_code == 200
