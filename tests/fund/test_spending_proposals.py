"""Proposals: asked once, taken back in time, and never changed."""

import pytest
from flask import Flask
from people import Cast
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.fund.committee import proposals
from app.fund.committee.records import ProposalState
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused


def _submit(
    cast: Cast, *, code: str = "AR-2569-0001", satang: int = 100_00, title: str = "ชุดลูกเสือ 4 ชุด"
) -> None:
    with transaction():
        proposals.submit(
            code=code,
            title=title,
            satang=satang,
            purpose_id=cast.purpose().id,
            asked_by_id=cast.malee.user.id,
            by=cast.malee.user,
        )


def test_a_proposal_is_submitted_once_under_its_code(portal: Flask, cast: Cast) -> None:
    _submit(cast)
    with pytest.raises(Refused, match="ไม่รับซ้ำ"):
        _submit(cast, satang=200_00)
    known = proposals.by_code("AR-2569-0001")
    assert known is not None
    assert (known.satang, known.state) == (100_00, ProposalState.SUBMITTED)
    assert proposals.by_code("AR-2569-0002") is None


def test_codes_titles_and_sums_that_cannot_be_kept_are_refused(portal: Flask, cast: Cast) -> None:
    for wrong in (
        {"code": "42"},
        {"title": "  "},
        {"title": "ช่วย 1-2345-67890-12-1"},
        {"title": "ช่วย ๑๒๓๔๕๖๗๘๙๐๑๒๑"},
        {"satang": 0},
        {"satang": -5},
    ):
        with pytest.raises(BadInput):
            _submit(cast, **wrong)  # type: ignore[arg-type]
    assert proposals.in_state(ProposalState.SUBMITTED) == []


def test_a_closed_purpose_takes_no_proposal(portal: Flask, cast: Cast) -> None:
    with transaction():
        cast.purpose().open = False
    with pytest.raises(Refused, match="ไม่เปิดรับ"):
        _submit(cast)


def test_only_the_requester_or_the_secretariat_withdraws(portal: Flask, cast: Cast) -> None:
    _submit(cast, code="AR-2569-0001")
    _submit(cast, code="AR-2569-0002")
    with pytest.raises(Refused, match="ไม่ใช่ผู้เสนอ"), transaction():
        proposals.withdraw("AR-2569-0001", by=cast.kanya.user)
    with transaction():
        proposals.withdraw("AR-2569-0001", by=cast.malee.user)
        proposals.withdraw("AR-2569-0002", by=cast.busaba.user)
    assert [p.code for p in proposals.in_state(ProposalState.WITHDRAWN)] == ["AR-2569-0001", "AR-2569-0002"]
    with pytest.raises(Refused, match="ถอนแล้ว"), transaction():
        proposals.withdraw("AR-2569-0001", by=cast.malee.user)
    with pytest.raises(Refused, match="ไม่พบคำขอ"), transaction():
        proposals.withdraw("AR-2569-0009", by=cast.malee.user)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("UPDATE proposal SET satang = satang + 1", "ด้วยฉบับแก้ไขเท่านั้น"),
        ("UPDATE proposal SET asked_by_id = (SELECT MIN(id) FROM user_account)", "หลังเสนอแล้วไม่ได้"),
        ("UPDATE proposal SET state = 'approved'", "เปลี่ยนสถานะไปแล้ว"),
        # Two rules refuse it: nothing was approved, and nothing was paid. Which speaks first is the database's choice.
        ("UPDATE proposal SET state = 'settled'", "เปลี่ยนสถานะไปแล้ว|จ่ายน้อยกว่าที่อนุมัติ"),
        ("DELETE FROM proposal", "kept_proposal"),
    ],
)
def test_the_database_itself_refuses_to_change_or_skip(
    portal: Flask, cast: Cast, change: str, refusal: str
) -> None:
    _submit(cast)
    with pytest.raises((Refused, IntegrityError), match=refusal), transaction():
        db.session().execute(text(change))
