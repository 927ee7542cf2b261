"""What no file may do: rename, move or remove a person, or let an officer learn who is registered elsewhere."""

import io
import json

import openpyxl
import pytest
from flask import Flask
from people import Cast
from register_world import HEADER, bring_in, csv, number, row, two_districts
from sqlalchemy import func, select, text

from app.cases.register import ids, parsed_file, persons, rounds
from app.cases.register.import_records import RegisterImport
from app.cases.register.records import FailedDimension, Household, Member, RoundHousehold
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.audit import AuditEvent

_WRONG_CHECK = number(9)[:-1] + str((int(number(9)[-1]) + 1) % 10)
_ID = "เลขประจำตัวประชาชน"


def _people() -> list[tuple[str, str, str, bool]]:
    """Everybody of the register: household, name, last three digits, marked as gone."""
    rows = db.session().execute(
        select(Household.code, Member)
        .join(Member, Member.household_id == Household.id)
        .order_by(Household.id, Member.position)
    )
    return [(code, row.name, row.id_tail, row.left) for code, row in rows]


def _last() -> RegisterImport:
    return db.session().scalars(select(RegisterImport).order_by(RegisterImport.id.desc()).limit(1)).one()


def _told() -> dict[int, tuple[str, bool]]:
    """Words and whether it was left out, by line; a line that is told twice fails."""
    found: dict[int, tuple[str, bool]] = {}
    for remark in _last().remarks:
        assert remark["line"] not in found
        found[remark["line"]] = (remark["words"], remark["left_out"])
    return found


def _all() -> str:
    """Everything the register holds of people and homes, to be compared before and after."""
    return str(
        [
            db.session().execute(text(f"SELECT * FROM {table} ORDER BY id")).all()
            for table in ("household", "member")
        ]
    )


# What happens to a row whose number is somebody else's


def test_a_number_of_somebody_else_in_the_same_house_renames_nobody(portal: Flask) -> None:
    bring_in(two_districts())
    before = _people()
    girl = {"ชื่อ": "มะลิ", "คำนำหน้า": "ด.ญ.", "โรงเรียน": "บ้านหนองคู", "ชั้น": "ป.4"}
    bring_in(csv(row(**{_ID: number(2)}), row(**girl, **{_ID: number(1)})), round_code="TPMAP-2566")
    assert _people() == before
    told = _told()
    assert [told[line][1] for line in (2, 3)] == [True, True]
    assert "ไม่เปลี่ยนชื่อใคร" in told[2][0]
    assert not {"สมหมาย", "มะลิ"} & set(str(told))
    assert _last().rows_left_out == 2


@pytest.mark.parametrize("house", ["33010000002", "33050000001", "33010000077"])
def test_a_number_of_somebody_of_another_house_moves_nobody(portal: Flask, house: str) -> None:
    bring_in(two_districts())
    before = _people()
    place = {"อำเภอ": "ขุขันธ์", "ตำบล": "330501"} if house.startswith("3305") else {}
    thief = row(house, ชื่อ="คนอื่น", นามสกุล="ชื่อไม่เหมือน", บ้านเลขที่="778", **place, **{_ID: number(2)})
    other = row("33010000099", ชื่อ="ใหม่", บ้านเลขที่="99")
    counts = bring_in(csv(thief, other), round_code="NEEDY-2566", source="needy")
    assert [person for person in _people() if person[1] != "นายใหม่ ใจดี"] == before
    assert _told()[2] == (
        "เลขประจำตัวประชาชนในแถวนี้มีในทะเบียนแล้วที่ครัวเรือน HH-000001 จึงไม่ย้ายใคร โปรดตรวจเลข "
        "หากย้ายบ้านจริงโปรดแจ้งฝ่ายเลขานุการกองทุน",
        True,
    )
    assert (counts["conflicts"], counts["errors"]) == (1, 0)
    assert db.session().scalar(select(func.count()).select_from(Household)) == 5


def test_a_household_of_which_some_live_elsewhere_is_taken_with_the_others(portal: Flask) -> None:
    bring_in(two_districts())
    house = "33010000077"
    moved = row(house, ชื่อ="มะลิ", คำนำหน้า="ด.ญ.", บ้านเลขที่="77", **{_ID: number(2)})
    counts = bring_in(csv(moved, row(house, ชื่อ="ปู่", บ้านเลขที่="77")), round_code="TPMAP-2566")
    assert (counts["new"], counts["conflicts"], counts["errors"]) == (1, 1, 0)
    assert [person for person in _people() if person[0] == "HH-000005"] == [
        ("HH-000005", "นายปู่ ใจดี", "", False)
    ]
    assert [line for line, (_, out) in _told().items() if out] == [2]


def test_the_same_file_with_a_number_typed_wrong_adds_nobody_and_changes_no_number(portal: Flask) -> None:
    bring_in(two_districts())
    before = _people()
    slip = row(**{_ID: number(31)})
    bring_in(csv(slip, row("33010000002", ชื่อ="ทองใบ", บ้านเลขที่="13")), round_code="TPMAP-2566")
    assert _people() == before
    assert "เลขประจำตัวประชาชนอื่น" in _told()[2][0]
    assert _told()[2][1]


def test_blanks_are_filled_and_what_is_known_is_kept(portal: Flask) -> None:
    bring_in(csv(row(คำนำหน้า="", วันเกิด="2508"), row(ชื่อ="มะลิ", คำนำหน้า="ด.ญ.", ชั้น="ป.4")))
    more = {_ID: number(1), "วันเกิด": "2509", "โรงเรียน": "วัดใหม่"}
    bring_in(
        csv(row(**more | {"วันเกิด": "2508"}), row(ชื่อ="มะลิ", คำนำหน้า="เด็กหญิง", ชั้น="ป.5", โรงเรียน="บ้านหนองคู")),
        round_code="TPMAP-2566",
    )
    head, girl = db.session().scalars(select(Member).order_by(Member.position)).all()
    assert (head.prefix, head.school, head.id_tail) == ("นาย", "วัดใหม่", number(1)[-3:])
    assert ids.decrypt(head.id_encrypted, member_id=head.id) == number(1)
    assert (girl.prefix, girl.grade, girl.school) == ("ด.ญ.", "ป.4", "บ้านหนองคู")
    words, left_out = _told()[3]
    assert "คงไว้ตามเดิม" in words
    assert "ชั้น" in words
    assert not left_out


# Two people of one name, and one person named twice


def test_two_of_one_name_whom_sex_or_year_of_birth_tells_apart_are_two(portal: Flask) -> None:
    child = {"ชื่อ": "บุตร", "นามสกุล": "ทดลอง", "คำนำหน้า": ""}
    file = csv(
        [*row(**child, วันเกิด="05/06/2566"), "ช"],
        [*row(**child, วันเกิด="07/08/2568"), "ญ"],
        header=(*HEADER, "เพศ"),
    )
    bring_in(file)
    people = db.session().scalars(select(Member).order_by(Member.position)).all()
    assert [(person.sex, person.birth_year_be) for person in people] == [("m", 2566), ("f", 2568)]
    assert bring_in(file)["same"] == 1
    bring_in(file, round_code="TPMAP-2566")
    assert db.session().scalar(select(func.count()).select_from(Member)) == 2
    bring_in(csv(row(**child, วันเกิด="1/1/2540")), round_code="TPMAP-2567")
    assert db.session().scalar(select(func.count()).select_from(Member)) == 3
    assert "เพิ่มเป็นอีกคน" in _told()[2][0]


def test_a_name_that_may_be_either_of_two_is_told_and_adds_nobody(portal: Flask) -> None:
    child = {"ชื่อ": "บุตร", "นามสกุล": "ทดลอง", "คำนำหน้า": ""}
    bring_in(csv(row(**child, วันเกิด="2566"), row(**child, วันเกิด="2568"), row(ชื่อ="แม่")))
    bring_in(csv(row(ชื่อ="แม่"), row(**child)), round_code="TPMAP-2566")
    assert db.session().scalar(select(func.count()).select_from(Member)) == 3
    assert "หลายคน" in _told()[3][0]
    assert _told()[3][1]


def test_a_man_with_and_without_his_number_in_one_file_is_one(portal: Flask) -> None:
    bring_in(csv(row(), row(**{_ID: number(4)}), row(สุขภาพ="1")))
    assert _people() == [("HH-000001", "นายสมหมาย ใจดี", number(4)[-3:], False)]


def test_two_numbers_under_one_name_in_one_file_are_two_people(portal: Flask) -> None:
    bring_in(csv(row(**{_ID: number(4)}), row(**{_ID: number(5)})))
    assert [person[2] for person in _people()] == [number(4)[-3:], number(5)[-3:]]


# A household next to a row without a home


def _merged() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["รหัสบ้าน", "บ้านเลขที่", "อำเภอ", "คำนำหน้า", "ชื่อ", "นามสกุล"])
    sheet.append(["33010990003", "3", "เมืองศรีสะเกษ", "นาย", "ทดสอบ", "รวมช่อง"])
    sheet.append([None, None, None, "นาง", "มาลี", "รวมช่อง"])
    for column in "ABC":
        sheet.merge_cells(f"{column}2:{column}3")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_BEFORE = """รหัสบ้าน,บ้านเลขที่,อำเภอ,คำนำหน้า,ชื่อ,นามสกุล
33010990003,3,เมืองศรีสะเกษ,นาย,ทดสอบ,รวมช่อง
33010990003,3,เมืองศรีสะเกษ,นาง,มาลี,รวมช่อง
"""


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_household_beside_a_row_under_merged_cells_loses_nobody(portal: Flask, kind: str) -> None:
    bring_in(_BEFORE.encode())
    before = _people()
    later = _BEFORE.replace("33010990003,3,เมืองศรีสะเกษ,นาง", ",,,นาง").encode()
    bring_in(_merged() if kind == "xlsx" else later, name=f"file.{kind}", round_code="TPMAP-2566")
    assert _people() == before
    assert [person[1:] for person in before] == [("นายทดสอบ รวมช่อง", "", False), ("นางมาลี รวมช่อง", "", False)]
    assert [(line, out) for line, (_, out) in _told().items()] == [(3, False)]
    assert "ครัวเรือนแถวบน" in _told()[3][0]
    assert _last().counts["errors"] == 0


# What the importer reads of it


def test_a_file_with_a_row_left_undone_is_never_called_complete_not_even_the_second_time(
    portal: Flask, cast: Cast
) -> None:
    bring_in(two_districts())
    with transaction():
        rounds.open_(code="TPMAP-2566", source="tpmap", by=None)
    busaba = cast.busaba.sign_in()

    def sends(*rows: list[str]) -> str:
        file = (io.BytesIO(csv(*rows)), "a.csv")
        busaba.send("/register/import", file=file, round_code="TPMAP-2566", source="tpmap")
        path = f"/register/TPMAP-2566/imports/{_last().id}"
        return busaba.send(path, action=f"{path}/apply").words

    thief = row("33010000002", ชื่อ="คนอื่น", บ้านเลขที่="13", **{_ID: number(2)})
    for new, same in ((2, 0), (0, 2)):
        words = sends(row(), thief)
        assert (_last().new, _last().same, _last().rows_left_out) == (new, same, 1)
        assert "นำเข้าไม่ครบทุกแถว" in words
        assert "เรียบร้อย" not in words
        assert "HH-000001" in words
    assert "นำเข้าครบทุกแถวในไฟล์" in sends(row(), row("33010000002", ชื่อ="ทองใบ", บ้านเลขที่="13"))


def test_each_row_has_one_outcome(portal: Flask, cast: Cast) -> None:
    with transaction():
        rounds.open_(code="TPMAP-2565", source="tpmap", by=None)
    khukhan = {"ตำบล": "330501", "อำเภอ": "ขุขันธ์"}
    mine = [row(f"3305000000{n}", **khukhan, บ้านเลขที่=str(n), ชื่อ=f"คน{n}") for n in range(3)]
    # Out of the area, and its subdistrict is one that nobody knows: left out, and nothing else.
    elsewhere = row(ตำบล="330151", อำเภอ="")
    # The second row of the house is wrong, so the first, with its own remark, is not taken either.
    pair = [row("33050000009", **{**khukhan, "ตำบล": "ไม่มีจริง"}, บ้านเลขที่="9"), row("33050000009", ชื่อ="")]
    bring_in(csv(*mine, elsewhere, *pair), by=cast.chai.user)
    told = _told()
    assert [(line, out) for line, (_, out) in told.items()] == [(5, True), (7, True)]
    assert "นอกพื้นที่" in told[5][0]
    assert _last().rows_left_out == 3
    assert (_last().new, _last().changed, _last().same, _last().errors) == (3, 0, 0, 2)


# What an officer may not know


def _sent_by_chai(cast: Cast, code: str, wrong: list[str]) -> tuple[object, ...]:
    """The outcome of one file of Chai's (district Khukhan) in a round of its own, with one row that is not right."""
    with transaction():
        rounds.open_(code=code, source="tpmap", by=None)
    khukhan = {"ตำบล": "330501", "อำเภอ": "ขุขันธ์"}
    good = [row(f"3305000007{n}", **khukhan, บ้านเลขที่=f"7{n}", ชื่อ=f"คน{n}") for n in range(3)]
    beside = list(wrong)
    beside[HEADER.index(_ID)], beside[HEADER.index("ชื่อ")] = "", "คู่"
    counts = bring_in(csv(*good, wrong, beside), round_code=code, by=cast.chai.user)
    return counts, _last().remarks, _last().rows_left_out, _last().error_lines


@pytest.mark.pages
@pytest.mark.parametrize("house", ["", "33050000088"])
@pytest.mark.parametrize("name", ["มะลิ", "คนอื่น"])
def test_a_number_known_elsewhere_is_told_to_an_officer_like_a_wrong_one(
    portal: Flask, cast: Cast, house: str, name: str
) -> None:
    bring_in(two_districts())
    place = {"ตำบล": "330501", "อำเภอ": "ขุขันธ์", "บ้านเลขที่": "88", "ชื่อ": name}
    known = _sent_by_chai(cast, "A-2566", row(house, **place, **{_ID: number(2)}))
    page = cast.chai.sign_in().visit(f"/register/A-2566/imports/{_last().id}").words
    rest = _last().province_lines
    secretariat = cast.busaba.sign_in().visit(f"/register/A-2566/imports/{_last().id}").words
    wrong = _sent_by_chai(cast, "B-2566", row(house, **place, **{_ID: _WRONG_CHECK}))
    assert known[1:] == wrong[1:]
    assert known[0]["errors"] == wrong[0]["errors"] == 0
    assert persons.NO_NUMBER in page
    assert "HH-000001" not in page
    assert "นอกพื้นที่" not in page
    assert "HH-000001" in rest
    assert "HH-000001 นอกพื้นที่ของผู้นำเข้า" in secretariat


@pytest.mark.pages
def test_a_house_code_known_elsewhere_is_told_to_an_officer_like_a_wrong_one(
    portal: Flask, cast: Cast
) -> None:
    bring_in(two_districts())
    place = {"ตำบล": "330501", "อำเภอ": "ขุขันธ์", "บ้านเลขที่": "88"}
    before = _people()
    known = _sent_by_chai(cast, "A-2566", row("33010000001", **place))
    wrong = _sent_by_chai(cast, "B-2566", row("3301000000", **place))
    assert known[1:] == wrong[1:]
    assert [person for person in _people() if "คน" not in person[1]] == before


@pytest.mark.pages
def test_a_search_by_number_and_a_page_say_the_same_of_what_is_elsewhere_and_of_nothing(
    portal: Flask, cast: Cast
) -> None:
    bring_in(two_districts())
    chai = cast.chai.sign_in()
    member = db.session().scalars(select(Member.id).order_by(Member.id)).first()
    pairs = [
        ("/households/HH-000001", "/households/HH-999999"),
        ("/households/HH-000001/logbook/new", "/households/HH-999999/logbook/new"),
        (f"/households/HH-000003/members/{member}/reveal", "/households/HH-000003/members/99999/reveal"),
        ("/register/TPMAP-2565/imports/1", "/register/TPMAP-2565/imports/99"),
    ]
    for elsewhere, nothing in pairs:
        assert chai.visit(elsewhere, status=404).main == chai.visit(nothing, status=404).main
    found = [
        chai.send("/register", action="/register/find", national_id=national_id).main
        for national_id in (number(1), number(77))
    ]
    assert found[0] == found[1]
    notes = db.session().scalars(select(AuditEvent).filter_by(deed="member.find_by_id")).all()
    assert [json.loads(note.details) for note in notes] == [{}, {}]


# The database


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE member SET first_name = 'x' WHERE id = 1", "เปลี่ยนชื่อ"),
        ("UPDATE member SET last_name = 'x' WHERE id = 1", "เปลี่ยนชื่อ"),
        ("UPDATE member SET prefix = '' WHERE id = 1", "เปลี่ยนชื่อ"),
        ("UPDATE member SET id_key = NULL, id_encrypted = NULL WHERE id = 1", "เปลี่ยนชื่อ"),
        ("UPDATE member SET household_id = 2 WHERE id = 1", "ย้าย"),
        ('UPDATE member SET "left" = TRUE WHERE id = 1', "ถอน"),
        ("DELETE FROM member WHERE id = 1", "ลบ"),
    ],
)
def test_the_database_refuses_to_rename_move_or_remove_a_person(
    portal: Flask, statement: str, words: str
) -> None:
    bring_in(two_districts())
    with pytest.raises(Refused, match=words), transaction() as session:
        session.execute(text(statement))
    with transaction() as session:
        session.execute(text("UPDATE member SET grade = 'ป.5', prefix = prefix WHERE id = 1"))


# One spelling


_SPELLINGS = [
    ("สำราญ", "สําราญ"),
    ("น้ำใส", "นํ้าใส"),
    ("น้ำใส", "น้ําใส"),
    ("น้ำใส", "นำ้ใส"),
    ("แก้ว", "เเก้ว"),
    ("แก้ว", "แก้้ว"),
    ("ที่รัก", "ท่ีรัก"),
    ("สมใจ", "สม\u200bใจ"),
    ("สมใจ", "\ufeffสมใจ"),
    ("สมใจ", "สม\u00adใจ"),
    ("สมใจ", "สม\u2060ใจ\u200e"),
]


@pytest.mark.parametrize(("name", "again"), _SPELLINGS)
def test_a_name_in_two_spellings_is_one_person_and_found_by_either(
    portal: Flask, cast: Cast, name: str, again: str
) -> None:
    bring_in(csv(row(ชื่อ=again, นามสกุล=again, โรงเรียน=again)))
    bring_in(csv(row(ชื่อ=name, นามสกุล=name)), round_code="TPMAP-2566")
    member = db.session().scalars(select(Member)).one()
    assert (member.first_name, member.last_name, member.school, member.left) == (name, name, name, False)
    assert bring_in(csv(row(ชื่อ=again, นามสกุล=again)), round_code="TPMAP-2566")["same"] == 1
    busaba = cast.busaba.sign_in()
    for words in (name, again, f"นาย{again} {again}"):
        assert "HH-000001" in busaba.visit(f"/register/TPMAP-2565?q={words}").words


# What a column or a cell means


def _read(words: str) -> parsed_file.RegisterFile:
    return parsed_file.read(words.encode(), province_code="33")


def test_no_title_is_cut_out_of_a_name() -> None:
    head = "รหัสบ้าน,บ้านเลขที่,อำเภอ,คำนำหน้า,ชื่อ,นามสกุล\n"
    house = "33010990006,6,เมืองศรีสะเกษ"

    def names(*cells: str) -> list[tuple[str, str]]:
        file = _read(head + "".join(f"{house},{cell},ทดลอง\n" for cell in cells))
        return [(person.prefix, person.first_name) for person in file.households[0].people]

    assert names(",นายิกา") == [("", "นายิกา")]
    assert names(",นางสาวิตรี") == [("นาง", "สาวิตรี")]
    assert names(",นายสมชาย", ",น.ส.สมใจ") == [("นาย", "สมชาย"), ("น.ส.", "สมใจ")]
    assert names(",พระ สมศักดิ์", ",พระพาย", ",จ.ส.อ.สมัย", ",ว่าที่ ร.ต.สมบัติ") == [
        ("พระ", "สมศักดิ์"),
        ("", "พระพาย"),
        ("จ.ส.อ.", "สมัย"),
        ("ว่าที่ ร.ต.", "สมบัติ"),
    ]
    # Where the file keeps titles in their own column, a name beside an empty cell stays whole, and is told.
    assert names("นาย,สมชาย", ",นางนวล", ",น.ส.สมใจ") == [("นาย", "สมชาย"), ("", "นางนวล"), ("น.ส.", "สมใจ")]
    told = _read(f"{head}{house},นาย,สมชาย,ทดลอง\n{house},,นางนวล,ทดลอง\n").all_remarks()
    assert [(remark.line, remark.left_out) for remark in told] == [(3, False)]


@pytest.mark.parametrize(
    ("heading", "cells", "income", "failed", "passed"),
    [
        ("รายได้", ("0", "0"), (0, 0), set(), set()),
        ("รายได้", ("0", "1"), (0, 100), set(), set()),
        ("รายได้", ("๐", "-"), (0, None), set(), set()),
        ("income", ("0", ""), (0, None), set(), set()),
        ("ตกรายได้", ("1", "0"), (None, None), {"income"}, {"income"}),
        ("มิติรายได้", ("1", "0"), (None, None), {"income"}, {"income"}),
        ("รายได้", ("✓", ""), (None, None), {"income"}, set()),
        ("รายได้", ("32000", "0"), (3_200_000, 0), set(), set()),
        ("รายได้ (บาท)", ("0", "1"), (0, 100), set(), set()),
        ("รายได้ (ตก = 1)", ("1", "0"), (None, None), {"income"}, {"income"}),
    ],
)
def test_income_is_money_unless_its_heading_or_its_marks_say_otherwise(
    heading: str,
    cells: tuple[str, str],
    income: tuple[int | None, int | None],
    failed: set[str],
    passed: set[str],
) -> None:
    file = _read(
        f"รหัสบ้าน,บ้านเลขที่,อำเภอ,ชื่อ-สกุล,{heading}\n"
        f"33010990008,8,เมืองศรีสะเกษ,นายศูนย์ ทดลอง,{cells[0]}\n"
        f"33010990009,9,เมืองศรีสะเกษ,นายไม่มี ทดลอง,{cells[1]}\n"
    )
    first, second = file.households
    assert (first.income_satang, second.income_satang) == income
    assert first.failed == failed
    assert second.passed == passed


def test_income_beside_columns_of_marks_is_a_mark_and_either_is_told() -> None:
    head = "รหัสบ้าน,บ้านเลขที่,อำเภอ,ชื่อ-สกุล,รายได้,สุขภาพ\n"
    house = "33010990008,8,เมืองศรีสะเกษ,นายศูนย์ ทดลอง"
    marked, empty = _read(f"{head}{house},1,0\n"), _read(f"{head}{house},1,\n")
    assert (marked.households[0].income_satang, marked.households[0].failed) == (None, {"income"})
    assert (empty.households[0].income_satang, empty.households[0].failed) == (100, set())
    assert "ไม่ใช่จำนวนเงิน" in marked.all_remarks()[0].words
    assert "จำนวนบาท" in empty.all_remarks()[0].words


def test_an_income_of_nothing_lifts_no_dimension_that_was_failed(portal: Flask) -> None:
    head = "รหัสบ้าน,บ้านเลขที่,อำเภอ,ชื่อ-สกุล,"
    house = "33010990008,8,เมืองศรีสะเกษ,นายศูนย์ ทดลอง,"
    bring_in(f"{head}มิติ\n{house}รายได้\n".encode())
    bring_in(f"{head}รายได้\n{house}0\n".encode())
    failed = select(FailedDimension.dimension).join(
        RoundHousehold, RoundHousehold.id == FailedDimension.round_household_id
    )
    assert db.session().scalars(failed).all() == ["income"]
    assert db.session().scalars(select(RoundHousehold.income_satang)).one() == 0


def test_a_house_written_in_other_words_is_the_same_house(portal: Flask) -> None:
    head = "บ้านเลขที่,หมู่ที่,ตำบล,อำเภอ,ชื่อ,นามสกุล\n"
    rest = "เมืองเหนือ,เมืองศรีสะเกษ,เอก,ทดลอง\n"
    for place, written in enumerate(
        (
            "12/3,1",
            "บ้านเลขที่ 12/3,1",
            "12/3 หมู่ 1 บ้านโนนม่วง,",
            "เลขที่ 12/3,1",
            "12/3 ม.1,",
            "12/3 หมู่ที่ 1,1",
            "012/3,01",
            "12-3,1",
            "๑๒/๓,๑",
            "12／3,1",
        )
    ):
        bring_in(f"{head}{written},{rest}".encode(), round_code=f"R{place}-2566")
    assert db.session().scalar(select(func.count()).select_from(Household)) == 1
    assert db.session().scalars(select(Household.house_no)).one() == "12/3"
    assert len(_people()) == 1
    assert len(_read(f"{head}12/3,1,{rest}บ้านเลขที่ 12/3,1,{rest}012/3 ม.1,,{rest}").households) == 1
    bring_in(f"{head}12/31,1,{rest}12/3,2,{rest}".encode(), round_code="OTHER-2566")
    assert db.session().scalar(select(func.count()).select_from(Household)) == 3


def test_a_house_number_that_a_spreadsheet_made_a_day_is_told() -> None:
    head = "บ้านเลขที่,ตำบล,อำเภอ,ชื่อ,นามสกุล\n"
    rest = "เมืองเหนือ,เมืองศรีสะเกษ,เอก,ทดลอง\n"
    good = "".join(f"{n},{rest}" for n in range(1, 6))
    file = _read(f"{head}12-มี.ค.,{rest}Mar-12,{rest}12/3/2569,{rest}12-Mar,{rest}{good}")
    assert [remark.line for remark in file.all_remarks() if "วันที่" in remark.words] == [2, 3, 4, 5]
    assert len(file.households) == 5


def test_a_number_kept_as_a_text_formula_is_read() -> None:
    file = _read(
        'รหัสบ้าน,บ้านเลขที่,อำเภอ,ชื่อ,นามสกุล,เลขประจำตัวประชาชน\n33010990001,1,เมืองศรีสะเกษ,หนึ่ง,ทดลอง,"=""1103700012346"""\n'
    )
    assert file.households[0].people[0].national_id == "1103700012346"


def test_nobody_enters_the_register_as_one_who_has_left(portal: Flask) -> None:
    bring_in(two_districts())
    entering = """INSERT INTO member (household_id, position, prefix, first_name, last_name, id_tail, sex, school, grade,
        "left") SELECT household_id, 90, prefix, first_name, last_name, '', sex, school, grade, TRUE FROM member
        WHERE id = 1"""
    with pytest.raises(Refused, match="ถอนออกจากครัวเรือนแล้ว"), transaction() as session:
        session.execute(text(entering))
