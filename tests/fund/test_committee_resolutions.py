"""Resolutions: whole, in part, deferred, amended, rescinded; the money is the sum of deeds."""

from functools import partial

import committee_room as room
import pytest
from flask import Flask
from people import Cast
from racing import at_once
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.fund.committee import (
    agenda,
    commitments,
    meetings,
    motions,
    proposals,
    resolutions,
    words,
)
from app.fund.committee.proposals import Funding, Line
from app.fund.committee.records import (
    AgendaItem,
    Commitment,
    FundingKind,
    Matter,
    Motion,
    Proposal,
    ProposalState,
    ResolutionKind,
    Vote,
)
from app.fund.ledger import books, entries
from app.fund.spending import orders, payments, voids
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import notices


def _proposal(code: str) -> Proposal:
    known = proposals.by_code(code)
    assert known is not None
    return known


def _money(code: str = "general") -> tuple[int, int, int]:
    """Available, committed and paid of a purpose."""
    (found,) = (balance for balance in books.balances() if balance.purpose.code == code)
    return found.available, found.committed, found.paid


def _all_vote(cast: Cast, item: int, choice: str = "approve") -> None:
    room.vote(item, choice, cast.somchai, cast.pranee, cast.wichai)


def test_one_satang_missing_is_no_dead_end(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    code = room.propose(cast, 100_01)
    item = room.table(cast, room.meet(cast), code)
    _all_vote(cast, item)
    with pytest.raises(Refused, match=r"ขาด 0\.01 บาท"):
        room.resolve(item, by=cast.somchai)
    general = cast.purpose().id
    with pytest.raises(Refused, match="เฉพาะประธานในที่ประชุม"), transaction():
        motions.move(item, kind="approve_in_part", parts={general: 1}, reason="x", by=cast.pranee.user)
    with pytest.raises(BadInput, match="น้อยกว่าที่ขอ"), transaction():
        motions.move(item, kind="approve_in_part", parts={general: 100_01}, reason="x", by=cast.somchai.user)
    with pytest.raises(BadInput, match="เหตุผล"), transaction():
        motions.move(item, kind="approve_in_part", parts={general: 100_00}, by=cast.somchai.user)
    for _ in range(2):  # Pressed twice, it is moved once.
        with transaction():
            motions.move(
                item,
                kind="approve_in_part",
                parts={general: 100_00},
                reason="เงินไม่พอ",
                by=cast.somchai.user,
            )
    assert room.motion_of(item).number == 2
    first = select(Motion.id).filter_by(item_id=item, number=1)
    with pytest.raises(Refused, match="ประเด็นที่ลงคะแนนเปลี่ยนไปแล้ว"), transaction() as session:
        session.add(
            Vote(
                item_id=item,
                motion_id=session.scalars(first).one(),
                member_id=cast.pranee.user.id,
                turn=2,
                choice="reject",
                at=clock.now(),
            )
        )
    with pytest.raises(Refused, match="ยังลงคะแนนไม่ครบ"):
        room.resolve(item, by=cast.somchai)
    _all_vote(cast, item)
    decided = room.resolve(item, by=cast.somchai)
    assert (decided.kind, decided.satang, decided.reason) == ("approve_in_part", 100_00, "เงินไม่พอ")
    assert decided.code == f"1/{clock.today().year + 543}"
    assert _money() == (0, 100_00, 0)
    assert _proposal(code).state == ProposalState.APPROVED
    # What is taken back is what was given, not what was asked.
    with transaction() as session:
        meetings.close(session.get_one(AgendaItem, item).meeting_id, by=cast.busaba.user)
    assert room.resolve(room.put(cast, code, Matter.RESCIND), by=cast.somchai).satang == 100_00


def test_another_purpose_pays_beside_the_first(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    room.give(cast, 50_00, purpose="education")
    code = room.propose(cast, 120_00)
    item = room.table(cast, room.meet(cast), code)
    general, education = cast.purpose().id, cast.purpose("education").id
    with transaction():
        motions.move(item, kind="approve", parts={general: 100_00, education: 20_00}, by=cast.somchai.user)
    _all_vote(cast, item)
    decided = room.resolve(item, by=cast.somchai)
    assert [(part.purpose_id, part.satang) for part in decided.commitments] == [
        (general, 100_00),
        (education, 20_00),
    ]
    paid = room.pay(cast, code, 110_00).id
    assert (_money(), _money("education")) == ((0, 0, 100_00), (30_00, 10_00, 10_00))
    with transaction():
        voids.ask(paid, reason="โอนผิด", by=cast.kanya.user)
    with transaction():
        voids.confirm(paid, by=cast.somchai.user)
    assert (_money(), _money("education")) == ((0, 100_00, 0), (30_00, 20_00, 0))
    room.pay(cast, code, 115_00)
    with transaction():
        payments.settle(code, reason="ลดราคา", by=cast.kanya.user)
    assert (_money(), _money("education")) == ((0, 0, 100_00), (35_00, 0, 15_00))


def test_what_is_deferred_waits_again_by_itself_with_its_reason(portal: Flask, cast: Cast) -> None:
    code = room.propose(cast, 100_00)
    item = room.table(cast, room.meet(cast), code)
    defer = {"kind": ResolutionKind.DEFER, "reason": "รอเงินสมทบ", "by": cast.somchai.user}
    for wrong in ({}, {"waits_until": clock.today()}, {"waits_for_money": True, "parts": {1: 1}}):
        with pytest.raises(BadInput), transaction():
            motions.move(item, **defer, **wrong)  # type: ignore[arg-type]
    with transaction():
        motions.move(item, waits_for_money=True, **defer)  # type: ignore[arg-type]
    _all_vote(cast, item)
    assert room.resolve(item, by=cast.somchai).kind == "defer"
    known = _proposal(code)
    assert known.state == ProposalState.SUBMITTED
    assert "จนกว่าเงินจะพอ เพราะรอเงินสมทบ" in resolutions.waiting_words([known.id])[known.id]
    room.give(cast, 100_00)
    again = room.table(cast, room.meet(cast), code)
    _all_vote(cast, again)
    assert room.resolve(again, by=cast.somchai).number == 2
    assert [made.kind for made in resolutions.of_proposal(known.id)] == ["defer", "approve"]
    assert resolutions.waiting_words([known.id]) == {}


def test_a_no_has_a_reason(portal: Flask, cast: Cast) -> None:
    code = room.propose(cast, 100_00)
    item = room.table(cast, room.meet(cast), code)
    _all_vote(cast, item, "reject")
    with pytest.raises(BadInput, match="บันทึกเหตุผล"):
        room.resolve(item, by=cast.somchai, reason=" ")
    assert room.resolve(item, by=cast.somchai, reason="มีหน่วยงานอื่นช่วยแล้ว").reason == "มีหน่วยงานอื่นช่วยแล้ว"
    (told,) = notices.unseen(cast.malee.user)
    assert told.title == f"มติของคำขอ {code}"
    assert "มีมติไม่อนุมัติ เพราะ" in told.words


def test_an_amendment_promises_or_releases_the_difference(portal: Flask, cast: Cast) -> None:
    room.give(cast, 200_00)
    code = room.approve(cast, 100_00)
    with pytest.raises(Refused, match="ยังไม่มีฉบับแก้ไข"):
        room.put(cast, code, Matter.AMEND)
    room.revise(cast, code, 150_00)
    item = room.put(cast, code, Matter.AMEND)
    assert _proposal(code).satang == 100_00
    raised = room.resolve(item, by=cast.somchai)
    assert raised.supersedes is not None
    assert (raised.kind, raised.satang, raised.supersedes.kind) == ("amend", 150_00, "approve")
    assert (_proposal(code).satang, _proposal(code).version, _money()) == (150_00, 2, (50_00, 150_00, 0))
    room.pay(cast, code, 30_00)
    with pytest.raises(Refused, match=r"จ่ายไปแล้ว 30\.00"):
        room.revise(cast, code, 29_99)
    room.revise(cast, code, 69_99)
    short = room.put(cast, code, Matter.AMEND)
    # Prepared since they voted.
    room.prepare(cast, code, 40_00)
    with pytest.raises(Refused, match="เตรียมจ่ายไว้ 40"):
        room.resolve(short, by=cast.somchai)
    with transaction() as session:
        meetings.close(session.get_one(AgendaItem, short).meeting_id, by=cast.busaba.user)
    with pytest.raises(Refused, match="เตรียมจ่ายไว้ 40"):
        room.revise(cast, code, 69_99)
    room.revise(cast, code, 70_00)
    room.resolve(room.put(cast, code, Matter.AMEND), by=cast.somchai)
    assert _money() == (130_00, 40_00, 30_00)
    assert commitments.promised(_proposal(code).id) == {cast.purpose().id: 70_00}


def test_an_amendment_that_is_not_carried_changes_nothing(portal: Flask, cast: Cast) -> None:
    room.give(cast, 200_00)
    code = room.approve(cast, 100_00)
    room.revise(cast, code, 150_00)
    number = room.meet(cast)
    with transaction():
        item = agenda.table(number, proposal_code=code, matter=Matter.AMEND, by=cast.busaba.user).id
    _all_vote(cast, item, "reject")
    assert room.resolve(item, by=cast.somchai).kind == "reject"
    assert (_proposal(code).state, _proposal(code).satang, _money()) == (
        "approved",
        100_00,
        (100_00, 100_00, 0),
    )


def test_a_rescission_gives_back_all_that_was_not_paid(portal: Flask, cast: Cast) -> None:
    room.give(cast, 200_00)
    code = room.approve(cast, 100_00)
    room.pay(cast, code, 30_00)
    order = room.prepare(cast, code, 20_00)
    with pytest.raises(BadInput, match="เหตุผล"):
        room.put(cast, code, Matter.RESCIND, reason=" ")
    item = room.put(cast, code, Matter.RESCIND, reason="ผู้ขายเลิกกิจการ")
    with pytest.raises(Refused, match="เตรียมจ่ายไว้ 20"):
        room.resolve(item, by=cast.somchai)
    with transaction():
        orders.withdraw(order, reason="ยกเลิก", by=cast.kanya.user)
    made = room.resolve(item, by=cast.somchai)
    assert (made.kind, made.satang, made.reason) == ("rescind", 100_00, "ผู้ขายเลิกกิจการ")
    assert (_proposal(code).state, _money()) == (ProposalState.RESCINDED, (170_00, 0, 30_00))
    with pytest.raises(Refused, match="ยกเลิกมติแล้ว"):
        room.pay(cast, code, 1_00)


def test_co_funding_moves_no_money_of_ours(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    with transaction():
        made = proposals.submit(
            code="AR-2569-7001",
            title="บ้านหนึ่งหลัง",
            satang=60_00,
            purpose_id=cast.purpose().id,
            funding=(
                Funding(60_00, cast.purpose().id),
                Funding(40_00, kind=FundingKind.LOCAL_GOVERNMENT, source="อบต.ตัวอย่าง"),
            ),
            lines=(Line("วัสดุก่อสร้าง", 2, 50_00),),
            asked_by_id=cast.malee.user.id,
            by=cast.malee.user,
        )
        version = proposals.newest(made)
        assert [(line.title, line.satang) for line in version.lines] == [("วัสดุก่อสร้าง", 100_00)]
        assert [part.source for part in version.funding] == ["", "อบต.ตัวอย่าง"]
    item = room.table(cast, room.meet(cast), "AR-2569-7001")
    _all_vote(cast, item)
    assert room.resolve(item, by=cast.somchai).satang == 60_00
    assert _money() == (40_00, 60_00, 0)


def test_lines_and_funding_add_up(portal: Flask, cast: Cast) -> None:
    general = cast.purpose().id
    for wrong in (
        {"lines": (Line("ผ้าห่ม", 1, 99_00),)},
        {"funding": (Funding(99_00, general),)},
        {"funding": (Funding(100_00, general), Funding(1, kind=FundingKind.NETWORK, source=" "))},
        {"lines": (Line("ผ้าห่ม 1-2345-67890-12-1", 1, 100_00),)},
    ):
        with pytest.raises(BadInput), transaction():
            proposals.submit(
                code="AR-2569-7002",
                title="ผ้าห่ม",
                satang=100_00,
                purpose_id=general,
                asked_by_id=cast.malee.user.id,
                by=cast.malee.user,
                **wrong,  # type: ignore[arg-type]
            )


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("UPDATE proposal SET satang = satang - 1", "ด้วยฉบับแก้ไขเท่านั้น"),
        ("UPDATE proposal SET version = 2, satang = 15000", "ด้วยมติแก้ไข"),
        ("UPDATE proposal_version SET satang = satang + 1", "เสนอฉบับแก้ไขใหม่"),
        ("DELETE FROM proposal_line", "kept_proposal_line"),
        ("UPDATE proposal_funding SET satang = satang + 1", "เสนอฉบับแก้ไขใหม่"),
        ("UPDATE motion SET reason = 'x'", "ตั้งประเด็นใหม่"),
        ("UPDATE motion_part SET satang = satang + 1", "final_motion_part"),
        ("UPDATE commitment SET satang = satang + 1", "แก้ไขไม่ได้"),
        (
            "INSERT INTO commitment (resolution_id, purpose_id, satang)"
            " SELECT r.id, p.id, 1 FROM resolution AS r, purpose AS p WHERE p.code = 'education'",
            "ไม่เกินจำนวนตามมติ",
        ),
        (
            "INSERT INTO motion (item_id, number, kind, reason, waits_for_money, moved_at, moved_by_id)"
            " SELECT item_id, 2, kind, reason, waits_for_money, moved_at, moved_by_id FROM motion",
            "มีมติแล้ว จึงตั้งประเด็นใหม่ไม่ได้",
        ),
    ],
)
def test_the_database_itself_keeps_what_was_decided(
    portal: Flask, cast: Cast, change: str, refusal: str
) -> None:
    room.give(cast, 200_00)
    code = room.approve(cast, 100_00)
    room.revise(cast, code, 150_00)
    with pytest.raises((Refused, IntegrityError), match=refusal), transaction():
        db.session().execute(text(change))


@pytest.mark.parametrize(
    ("movement", "satang", "refusal"),
    [("release", 30_01, "ยังไม่จ่ายและไม่ได้เตรียมจ่าย"), ("release", 30_00, ""), ("commit", 100_00, "ตรงกับมติ")],
)
def test_the_database_releases_only_what_is_neither_paid_nor_prepared_and_commits_what_was_resolved(
    portal: Flask, cast: Cast, movement: str, satang: int, refusal: str
) -> None:
    room.give(cast, 300_00)
    code = room.approve(cast, 100_00)
    room.pay(cast, code, 50_00)
    room.prepare(cast, code, 20_00)
    number = db.session().scalars(select(Commitment.id)).one()

    def post() -> None:
        with transaction():
            getattr(entries, movement)(
                purpose_id=cast.purpose().id, satang=satang, commitment_id=number, by_id=None, step=2
            )

    if refusal:
        with pytest.raises(Refused, match=refusal):
            post()
    else:
        post()


@pytest.mark.parametrize("state", ["submitted", "tabled"])
def test_the_database_resolves_only_what_is_on_the_table(portal: Flask, cast: Cast, state: str) -> None:
    room.give(cast, 100_00)
    code = room.propose(cast, 50_00)
    item = room.table(cast, room.meet(cast), code)
    _all_vote(cast, item)
    sql = """INSERT INTO resolution (number, year_be, item_id, proposal_id, motion_id, kind, satang, reason,
        waits_for_money, present, quorum, for_votes, against_votes, abstentions, recusals, casting_vote,
        resolved_at, resolved_by_id) SELECT 1, 2569, i.id, i.proposal_id, m.id, 'rescind', 1, 'x', FALSE, 3, 2, 3, 0,
        0, 0, FALSE, m.moved_at, m.moved_by_id FROM agenda_item AS i JOIN motion AS m ON m.item_id = i.id"""
    with pytest.raises((Refused, IntegrityError), match="ไม่ตรงกับเรื่องที่จะลงมติ"), transaction() as session:
        if state == "submitted":
            session.execute(text("UPDATE proposal SET state = 'submitted'"))
            sql = sql.replace("'rescind'", "'approve'")
        session.execute(text(sql))


def test_fifty_votes_and_fifty_resolutions_at_once_are_each_one_deed(postgres_portal: Flask) -> None:
    cast = Cast(postgres_portal)
    room.give(cast, 100_00)
    item = room.table(cast, room.meet(cast), room.propose(cast, 60_00))
    members = [cast.somchai, cast.pranee, cast.wichai] * 17
    votes_at_once = [partial(room.vote, item, "approve", member) for member in members]
    assert at_once(postgres_portal, votes_at_once) == []
    assert db.session().execute(text("SELECT COUNT(*) FROM vote")).scalar_one() == 3
    refused = at_once(postgres_portal, [lambda: room.resolve(item, by=cast.somchai)] * 50)
    assert (len(refused), _money()) == (49, (40_00, 60_00, 0))
    assert all("มีมติแล้ว" in words or "อนุมัติแล้ว" in words for words in refused)


def test_an_approval_in_part_may_take_so_many_of_each_line(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    with transaction():
        proposals.submit(
            code="AR-2569-7003",
            title="ของใช้",
            satang=100_00,
            purpose_id=cast.purpose().id,
            lines=(Line("ผ้าห่ม", 6, 10_00), Line("ข้าวสาร", 2, 20_00)),
            asked_by_id=cast.malee.user.id,
            by=cast.malee.user,
        )
        blankets, rice = (line.id for line in proposals.newest(_proposal("AR-2569-7003")).lines)
    item = room.table(cast, room.meet(cast), "AR-2569-7003")
    part = {"kind": "approve_in_part", "reason": "พอสำหรับสามครัวเรือน", "by": cast.somchai.user}
    for wrong in ({blankets: 7}, {blankets: 6, rice: 2}, {0: 1}):
        with pytest.raises(BadInput), transaction():
            motions.move(item, lines=wrong, **part)  # type: ignore[arg-type]
    with transaction():
        motions.move(item, lines={blankets: 3, rice: 1}, **part)  # type: ignore[arg-type]
    _all_vote(cast, item)
    assert room.resolve(item, by=cast.somchai).satang == 50_00
    assert _money() == (50_00, 50_00, 0)
    assert words.of_lines(room.motion_of(item)) == [
        "ผ้าห่ม 3 จาก 6 · 30.00 บาท",
        "ข้าวสาร 1 จาก 2 · 20.00 บาท",
    ]
    for change in (
        "UPDATE motion_line SET quantity = quantity + 1",
        "DELETE FROM motion_line",
        f"INSERT INTO motion_line (motion_id, line_id, quantity) SELECT motion_id, {rice}, 1 FROM resolution",
    ):
        with pytest.raises(Refused, match="รายการในประเด็นที่ตั้งแล้วแก้ไขไม่ได้"), transaction():
            db.session().execute(text(change))
