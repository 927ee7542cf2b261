"""A province with nine areas of work: each is imported, led, listed, asked for and published, and the map gives dimensions."""

from collections.abc import Iterator

import pytest
from aid_world import draft
from flask import Flask
from people import Cast
from register_world import HEADER, bring_in, csv, number, row
from sqlalchemy import select

from app.cases.register import households, listing, rounds
from app.cases.register.records import FailedDimension, Household
from app.editions import figures
from app.kit.db import db, transaction
from app.kit.errors import BadInput
from app.province import catalogue
from app.province.profile import load
from app.staff import people
from app.staff.roles import Role

#: As the province's own letters name them, some with and some without ด้าน.
_SAID = (
    *("ด้านสุขภาพ", "เข้าถึงบริการภาครัฐ", "ความเป็นอยู่/บ้าน/ที่อยู่อาศัย", "น้ำดื่ม/น้ำใช้", "การศึกษา"),
    *("รายได้และอาชีพ", "ความปลอดภัย", "กลุ่มเปราะบาง", "ความเดือดร้อนที่แก้เองไม่ได้"),
)
_AREAS = (
    *("health", "access", "housing", "water", "education", "income", "safety", "vulnerable"),
    "self_unsolvable",
)


@pytest.fixture
def trat(portal: Flask) -> Iterator[Flask]:
    """The portal serves Trat."""
    kept = portal.extensions["profile"]
    portal.extensions["profile"] = load("trat")
    yield portal
    portal.extensions["profile"] = kept


def _home(place: int, **other: str) -> list[str]:
    said = {"ตำบล": "230101", "อำเภอ": "เมืองตราด", "เลขประจำตัวประชาชน": number(place), "การศึกษา": ""}
    return row(f"2301000{place:04d}", **{**said, **other})


def _nine() -> bytes:
    """A Thai QM file of nine households, one for each area."""
    rows = [[*_home(place), said] for place, said in enumerate(_SAID, start=1)]
    return csv(*rows, header=(*HEADER, "ปัญหาด้าน"))


def _thai_qm() -> dict[str, int]:
    return bring_in(_nine(), round_code="THAIQM-2566", source="thai_qm", name="thai-qm.csv")


def test_a_file_that_names_the_areas_loses_no_household(trat: Flask) -> None:
    found = _thai_qm()
    assert (found["new"], found["errors"]) == (9, 0)
    assert set(db.session().scalars(select(FailedDimension.dimension))) == set(_AREAS)


@pytest.mark.pages
def test_the_areas_may_be_columns_that_are_marked_and_the_template_has_them(trat: Flask, cast: Cast) -> None:
    template = cast.busaba.sign_in().visit("/register/template.csv").text
    assert "น้ำดื่ม/น้ำใช้" in template and "กลุ่มเปราะบาง" in template
    marked = csv([*_home(1), "1", "0"], header=(*HEADER, "ด้านน้ำดื่ม/น้ำใช้", "ด้านความปลอดภัย"))
    assert bring_in(marked, round_code="THAIQM-2566", source="thai_qm")["new"] == 1
    assert db.session().scalars(select(FailedDimension.dimension)).all() == ["water"]


def test_who_leads_an_area_sees_its_households_and_what_the_countrys_map_says_of_its_dimension(
    trat: Flask, cast: Cast
) -> None:
    _thai_qm()
    head = (*HEADER, "ความเป็นอยู่")
    bring_in(csv([*_home(20), "1"], header=head), round_code="TPMAP-2566", source="tpmap")
    with transaction():
        wandee = people.employ(
            sign_in_name="wandee",
            name="นางวันดี",
            password="water-for-every-house-7391",
            position="เลขานุการ",
            by=None,
        )
        people.grant(
            user_id=wandee.id, role=Role.DIMENSION_SECRETARY, whole_province=True, dimension="water", by=None
        )
    mine = db.session().scalars(households.visible_to(wandee).order_by(Household.id)).all()
    assert [home.house_code for home in mine] == ["23010000004", "23010000020"]
    assert [side.code for side in listing.choices(wandee).dimensions] == ["water", "living"]
    with pytest.raises(BadInput, match="ไม่ทำงานตามด้านความเป็นอยู่"), transaction():
        people.grant(
            user_id=wandee.id, role=Role.DIMENSION_SECRETARY, whole_province=True, dimension="living", by=None
        )


def test_a_request_answers_an_area_and_the_published_table_has_the_nine(trat: Flask, cast: Cast) -> None:
    _thai_qm()
    with transaction():
        rounds.close(code="THAIQM-2566", by=cast.busaba.user)
        rounds.set_public_base(code="THAIQM-2566", by=cast.busaba.user)
    contents = figures.compute(load("trat"))
    told = {side["code"]: side["target_households"] for side in contents["dimensions"]}
    assert told == {**dict.fromkeys(_AREAS, 1), "other": 0}
    assert figures.disagreements(contents) == []
    assert draft(cast, by=cast.busaba, dimension="water").dimension == "water"
    with pytest.raises(BadInput, match="ไม่รู้จักด้าน"):
        draft(cast, by=cast.busaba, dimension="wells")


def test_what_only_the_countrys_map_says_has_a_row_and_counts_a_household_once(
    trat: Flask, cast: Cast
) -> None:
    head = (*HEADER, "ความเป็นอยู่", "น้ำดื่ม/น้ำใช้")
    bring_in(csv([*_home(1), "1", "1"], header=head), round_code="TPMAP-2566", source="tpmap")
    with transaction():
        rounds.close(code="TPMAP-2566", by=cast.busaba.user)
        rounds.set_public_base(code="TPMAP-2566", by=cast.busaba.user)
    contents = figures.compute(load("trat"))
    rows = {side["code"]: side["target_households"] for side in contents["dimensions"]}
    assert (rows["living"], rows["water"]) == (1, 1)
    found = listing.of_rounds(cast.busaba.user)
    (counted,) = found.values()
    assert counted.by_map["living"] == 1


def test_the_catalogue_gives_an_area_its_own_things() -> None:
    assert "OT-DIS" in {item.code for item in catalogue.items(side="safety")}
    assert {item.work_area for item in catalogue.items(side="water")} == {"water"}


def test_where_the_areas_are_the_dimensions_nothing_is_apart() -> None:
    for name in ("sisaket", "chachoengsao"):
        here = load(name)
        assert [side.code for side in here.sides.offered] == list(here.dimension_codes)
        assert here.sides.only_counted == ()
        assert here.sides.word == "มิติ"
    assert load("sisaket").sides.side("health").lead_th == "สำนักงานสาธารณสุขจังหวัด"
