"""Trat and Chachoengsao have demonstrations of their own: their rounds, sides of work, places and books that hold."""

import csv
import io
from collections import Counter
from pathlib import Path

import demonstration
import pytest
from sqlalchemy import func, select

from app import create_app
from app.cases.aid.records import AidLine, AidRequest
from app.cases.register.records import FailedDimension, Member, Round
from app.demo import province, register
from app.editions import editions
from app.fund.committee.records import Meeting
from app.fund.ledger import books
from app.kit import schema
from app.kit.db import db
from app.province import places
from app.province.profile import load

_OF_TRAT, _OF_CHACHOENGSAO = ("THAIQM-2566", 2_255), ("TPMAP-2565", 6_461)


def test_thai_qm_of_trat_names_2255_households_and_2330_people_in_seven_districts() -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(
                register.file(province_code="23", households=2_255, seed=province.SEED).decode("utf-8-sig")
            )
        )
    )
    assert len(rows) == 2_330
    assert len({row["รหัสบ้าน"] for row in rows}) == 2_255
    assert len(Counter(row["รหัสอำเภอ"] for row in rows)) == 7
    marked = [f"ด้าน{side.name_th}" for side in load("trat").sides.offered]
    assert all(any(row[heading] == "1" for row in rows) for heading in marked)


@pytest.mark.parametrize(("name", "declared"), [("trat", _OF_TRAT), ("chachoengsao", _OF_CHACHOENGSAO)])
def test_the_demonstration_is_the_provinces_own(name: str, declared: tuple[str, int], tmp_path: Path) -> None:
    here = load(name)
    app = create_app(demonstration.settings(tmp_path, KUEAKUN_PROVINCE=name))
    with app.app_context():
        schema.upgrade()
        province.load(households=700)
        session = db.session()
        code, total = declared
        assert session.scalars(select(Round.declared_total).filter_by(code=code)).one() == total
        uniforms = session.scalars(select(AidRequest).where(AidRequest.title.contains("67"))).one()
        assert len(session.scalars(select(AidLine.id).filter_by(request_id=uniforms.id)).all()) == 67
        failed = set(session.scalars(select(FailedDimension.dimension)))
        assert failed == {side.code for side in here.sides.offered}
        assert set(session.scalars(select(AidRequest.dimension))) <= failed
        places_met = " ".join(session.scalars(select(Meeting.place)))
        assert "ศรีลำดวน" not in places_met
        assert session.scalar(select(func.count()).select_from(Member)) or 0
        latest = editions.latest()
        assert latest is not None
        assert len(latest.figures["districts"]) == len(places.districts(here.province_code))
        told = [row["code"] for row in latest.figures["dimensions"]]
        assert told[:-1] == [side.code for side in here.sides.offered]
        assert books.findings() == []
        db.session.remove()
        db.engine.dispose()
