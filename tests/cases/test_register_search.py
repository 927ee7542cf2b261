"""Finding households: by any part of a name and by place, in the order of Thai names, only what one may see."""

import re

import pytest
from flask import Flask
from people import Cast, Person
from register_world import bring_in, csv, number, row
from sqlalchemy import select, text

from app.cases.register import search_words
from app.cases.register.records import Household, Member
from app.kit.db import db, transaction
from app.kit.texts import canonical


def _village() -> bytes:
    khukhan = {"ตำบล": "330501", "อำเภอ": "ขุขันธ์"}
    return csv(
        row("33010000001", บ้านเลขที่="920", ชื่อ="สมหวัง", นามสกุล="ณ อยุธยา", เลขประจำตัวประชาชน=number(1)),
        row("33010000001", บ้านเลขที่="920", ชื่อ="เอก", นามสกุล="ณ อยุธยา", โรงเรียน="บ้านหนองคู"),
        row("33010000002", บ้านเลขที่="12/3", ชื่อ="แก้ว", นามสกุล="โพธิ์ทอง"),
        row("33010000003", บ้านเลขที่="7", ชื่อ="กบ", นามสกุล="ใจดี"),
        row("33050000004", **khukhan, บ้านเลขที่="921", ชื่อ="หวังดี", นามสกุล="โพธิ์ศรี"),
    )


def _found(person: Person, words: str) -> list[str]:
    """Codes in the order of the list; a single household opens at once."""
    page = person.visit(f"/households?q={words}")
    if page.response.request.path.startswith("/households/"):
        return [page.response.request.path.rsplit("/", 1)[1]]
    return list(dict.fromkeys(re.findall(r"/households/(HH-\d+)\"", page.text)))


@pytest.mark.pages
@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("หวัง", ["HH-000001", "HH-000004"]),
        ("นายสมหวัง ณ อยุธยา", ["HH-000001"]),
        ("ณ อยุธยา", ["HH-000001"]),
        ("โพธิ์", ["HH-000002", "HH-000004"]),
        (" ์โพธิ", []),
        ("920", ["HH-000001"]),
        ("๙๒๐", ["HH-000001"]),
        ("12/3", ["HH-000002"]),
        ("หนองคู", ["HH-000001"]),
        ("เเก้ว", ["HH-000002"]),
        ("hh-000003", ["HH-000003"]),
        ("3305-0000004", ["HH-000004"]),
        ("สม", ["HH-000001"]),
        ("หง", []),
        ("100%", []),
        ("_____", []),
    ],
)
def test_a_household_is_found_by_any_part_of_what_is_known_of_it(
    sqlite_portal: Flask, words: str, codes: list[str]
) -> None:
    bring_in(_village())
    assert sorted(_found(Cast(sqlite_portal).busaba.sign_in(), words)) == codes


def test_the_words_are_found_on_either_database(portal: Flask, cast: Cast) -> None:
    bring_in(_village())
    for words, codes in (("หวัง", {1, 4}), ("สม", {1}), ("หง", set()), ("โพธิ์ แก้ว", {2}), ("", {1, 2, 3, 4})):
        found = select(Household.code).where(search_words.matching(canonical(words)))
        assert set(db.session().scalars(found)) == {f"HH-{code:06d}" for code in codes}, words


@pytest.mark.pages
def test_a_tambon_finds_its_households_and_another_round_too(sqlite_portal: Flask, cast: Cast) -> None:
    bring_in(_village())
    bring_in(csv(row("33010000009", บ้านเลขที่="9", ชื่อ="รอบใหม่")), round_code="TPMAP-2566")
    busaba = cast.busaba.sign_in()
    assert _found(busaba, "รอบใหม่") == ["HH-000005"]
    assert "HH-000005" not in busaba.visit("/register/TPMAP-2565?q=รอบใหม่").words
    home = db.session().scalars(select(Household).filter_by(code="HH-000004")).one()
    place = home.place.partition("ตำบล")[2].partition(" ")[0]
    assert _found(busaba, place) == ["HH-000004"]


@pytest.mark.pages
def test_who_is_found_is_only_whom_one_may_see(sqlite_portal: Flask, cast: Cast) -> None:
    bring_in(_village())
    assert _found(cast.chai.sign_in(), "หวัง") == ["HH-000004"]
    assert _found(cast.malee.sign_in(), "หวัง") == ["HH-000001"]
    for words in ("สมหวัง", "HH-000001", "33010000001", "920"):
        assert _found(cast.chai, words) == []


def test_names_stand_in_the_order_of_a_thai_dictionary(portal: Flask, cast: Cast) -> None:
    names = ("ไก่", "กา", "เก", "ก้าง", "กาง", "โกง", "ขาว", "แขก", "กบ")
    bring_in(csv(*(row(f"330100000{at:02d}", ชื่อ=name, บ้านเลขที่=f"{at}") for at, name in enumerate(names, 1))))
    ordered = select(Household).order_by(Household.name_key, Household.id)
    assert [home.members[0].first_name for home in db.session().scalars(ordered)] == [
        *("กบ", "กา", "กาง", "ก้าง", "เก", "โกง", "ไก่", "ขาว", "แขก"),
    ]


@pytest.mark.pages
def test_the_list_goes_on_after_the_last_name_and_repeats_nobody(sqlite_portal: Flask, cast: Cast) -> None:
    bring_in(csv(*(row(f"330100001{at:02d}", ชื่อ=f"สมใจ{at}", บ้านเลขที่=f"{at}") for at in range(45))))
    page = cast.busaba.sign_in().visit("/households?q=สมใจ")
    codes: list[str] = []
    for _ in range(3):
        codes += dict.fromkeys(re.findall(r"/households/(HH-\d+)\"", page.text))
        assert "จาก 45" not in page.words
        more = re.search(r'href="([^"]*after=[^"]*)"', page.text)
        if more is None:
            break
        page = cast.busaba.visit(more[1].replace("&amp;", "&"))
    assert len(codes) == len(set(codes)) == 45


def test_nobody_is_found_by_what_they_were_called(portal: Flask, cast: Cast) -> None:
    bring_in(_village())
    home = db.session().scalars(select(Household).filter_by(code="HH-000003")).one().id
    with transaction() as session:
        session.add(Member(household_id=home, position=2, first_name="ลูกหลง", last_name="ใจดี"))

    def found(words: str) -> list[int]:
        return list(db.session().scalars(select(Household.id).where(search_words.matching(words))))

    assert found("กบ") == []
    assert search_words.fill() == {"filled": 1}
    assert found("กบ") == found("ลูกหลง") == [home]
    with transaction() as session:
        session.execute(text("UPDATE household SET house_no = '88' WHERE id = :id"), {"id": home})
    assert found("กบ") == []
    search_words.fill()
    assert found("88") == [home]
    assert search_words.fill() == {"filled": 0}
    with transaction() as session:
        session.execute(text("UPDATE member SET school = 'บ้านดอน' WHERE household_id = :id"), {"id": home})
    assert found("กบ") == []


def test_a_file_that_changes_a_household_leaves_it_findable(portal: Flask, cast: Cast) -> None:
    bring_in(csv(row("33010000001", ชื่อ="กบ")))
    bring_in(csv(row("33010000001", ชื่อ="กบ"), row("33010000001", ชื่อ="เขียด")), name="second.csv")
    words = db.session().scalars(select(Household.search_words)).one()
    assert "กบ" in words
    assert "เขียด" in words
    assert search_words.fill() == {"filled": 0}
    assert number(1) not in words
