"""Shapes in which offices send their lists: each is read as its people meant it, and what was guessed is told by line."""

import datetime
import io

import openpyxl
import pytest
from flask import Flask
from openpyxl.styles import PatternFill
from register_world import HEADER, bring_in, csv, number, row
from sqlalchemy import select

from app.cases.register import parsed_file, persons
from app.cases.register.columns import ColumnMap, UnknownColumns, Years, fingerprint
from app.cases.register.parsed_file import RegisterFile
from app.cases.register.persons import Person
from app.cases.register.records import Household, Member, RoundHousehold
from app.kit.db import db
from app.kit.errors import BadInput

pytestmark = pytest.mark.pages
_TOWN = "โพธิ์,เมืองศรีสะเกษ"


def _read(content: str | bytes, **more: object) -> RegisterFile:
    raw = content.encode() if isinstance(content, str) else content
    return parsed_file.gathered(parsed_file.rows_of(raw, province_code="33", **more))


def _workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _families(file: RegisterFile) -> list[list[str]]:
    return [[person.first_name for person in household.people] for household in file.households]


def _one(**cells: str) -> Person:
    """The only person of a file with one row."""
    return _read(csv(row(**cells))).households[0].people[0]


# Where the table stands, and what its rows are


def test_a_table_on_a_later_sheet_below_titles_under_two_rows_of_headings_is_found() -> None:
    file = _read(
        _workbook(
            ("ปก", [["ทะเบียนครัวเรือนยากจน"], ["อำเภอเมืองศรีสะเกษ"]]),
            (
                "ข้อมูล",
                [
                    ["รายชื่อครัวเรือน ตำบลโพธิ์ อำเภอเมืองศรีสะเกษ ปี 2569"],
                    [],
                    ["ที่", "ที่อยู่", None, "ชื่อ-สกุล", "รายได้ (บาท/คน/ปี)"],
                    [None, "บ้านเลขที่", "หมู่", None, None],
                    [1, "12/3", 4, "นายหนึ่ง ทดลอง", 25000, None, "เงินยืม 9300"],
                    [2, "13", 4, "น.ส สอง ทดลอง", "#REF!", None, 9300],
                    [None, None, None, "รวม 2 ครัวเรือน", 50000],
                    [None, None, None, "ลงชื่อ......ผู้รายงาน"],
                ],
            ),
        )
    )
    assert [(home.address.house_no, home.address.moo) for home in file.households] == [
        ("12/3", "4"),
        ("13", "4"),
    ]
    assert {home.address.district_code for home in file.households} == {"3301"}
    assert all(home.address.subdistrict_code for home in file.households)
    assert [home.income_satang for home in file.households] == [2_500_000, None]
    told = {remark.line: remark for remark in file.all_remarks()}
    assert "ข้อมูล" in told[4].words
    assert [line for line, remark in told.items() if remark.passed] == [7, 8]
    assert file.rows == 2


def test_one_row_for_a_household_with_its_members_in_columns_names_them_all() -> None:
    head = "บ้านเลขที่,หมู่ที่,ตำบล,อำเภอ,หัวหน้าครัวเรือน,เลขบัตรประชาชน,สมาชิกคนที่ 1,เลขบัตรประชาชนสมาชิกคนที่ 1,สมาชิกคนที่ ๒\n"
    file = _read(f"{head}940,9,{_TOWN},นายหนึ่ง กลุ่ม,{number(1)},นางสอง กลุ่ม,{number(2)},ด.ช.สาม กลุ่ม\n")
    people = file.households[0].people
    assert [(person.first_name, person.national_id) for person in people] == [
        ("หนึ่ง", number(1)),
        ("สอง", number(2)),
        ("สาม", ""),
    ]
    assert file.households[0].lines == (2,)
    listed = _read(
        f'บ้านเลขที่,ตำบล,อำเภอ,หัวหน้าครัวเรือน,สมาชิกในครัวเรือน\n5,{_TOWN},นายก ข,"1. นางค ข\n2. ด.ช.ง ข"\n'
    )
    assert _families(listed) == [["ก", "ค", "ง"]]
    counted = _read(f"บ้านเลขที่,ตำบล,อำเภอ,หัวหน้าครัวเรือน,สมาชิก\n5,{_TOWN},นายก ข,4\n")
    assert _families(counted) == [["ก"]]


def test_a_row_without_a_house_is_of_the_one_above_only_where_no_row_repeats_its_house() -> None:
    head = "บ้านเลขที่,หมู่,ตำบล,อำเภอ,ชื่อ-สกุล\n"
    merged = f"{head}5,1,{_TOWN},นายก ข\n,,,,นางค ข\n6,1,{_TOWN},นายจ ข\n,1,{_TOWN},นางฉ ข\n"
    assert _families(_read(merged)) == [["ก", "ค"], ["จ", "ฉ"]]
    repeated = f"{head}5,1,{_TOWN},นายก ข\n5,1,{_TOWN},นางค ข\n,1,{_TOWN},ด.ช.ง ข\n6,1,{_TOWN},นายจ ข\n"
    file = _read(repeated)
    assert _families(file) == [["ก", "ค"], ["จ"]]
    assert [(remark.line, remark.left_out) for remark in file.all_remarks()] == [(4, True)]
    # Whoever lives in another village than the house above is not of it.
    elsewhere = f"{head}5,1,{_TOWN},นายก ข\n,2,{_TOWN},นางค ข\n"
    assert _families(_read(elsewhere)) == [["ก"]]


def test_rows_that_are_no_lines_are_passed_and_told_and_a_name_that_begins_alike_is_not() -> None:
    head = "ที่,บ้านเลขที่,หมู่,ตำบล,อำเภอ,ชื่อ-สกุล,รายได้\n"
    file = _read(
        f"{head}1,5,1,{_TOWN},นายรวม ข,1000\n{head}2,6,1,{_TOWN},รวมพร ข,2000\nรวม,,,,,,3000\n,,,,,,3000\n"
        "หมายเหตุ: ข้อมูล ณ วันที่ 1,,,,,,\n,,,,,(.....................),\n,,,,,ตำแหน่ง ผู้ใหญ่บ้าน,\n"
    )
    assert _families(file) == [["รวม"], ["รวมพร"]]
    assert [remark.line for remark in file.all_remarks() if remark.passed] == [3, 5, 6, 8, 9]
    assert not [remark for remark in file.all_remarks() if remark.left_out]


def test_a_title_between_rows_says_where_those_below_it_live() -> None:
    file = _read(
        "บ้านเลขที่,ชื่อ-สกุล\nตำบลโพธิ์ อำเภอเมืองศรีสะเกษ,\n5,นายก ข\nตำบลหญ้าปล้อง อำเภอเมืองศรีสะเกษ,\n5,นายค ข\n"
    )
    assert len({home.address.subdistrict_code for home in file.households}) == 2
    assert _families(file) == [["ก"], ["ค"]]


def test_cells_that_are_only_coloured_have_no_place() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in (["รหัสบ้าน", "อำเภอ", "ชื่อ-สกุล"], ["33010000501", "เมืองศรีสะเกษ", "นายก ข"]):
        sheet.append(cells)
    red = PatternFill("solid", fgColor="ff0000")
    sheet["XFD1048576"].fill, sheet["ZZ4"].fill = red, red

    def saved() -> bytes:
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    assert _families(_read(saved())) == [["ก"]]
    sheet["XFD1048576"] = "x"
    with pytest.raises(BadInput, match="คอลัมน์"):
        _read(saved())


def test_columns_that_nobody_knows_are_read_as_a_person_said_of_headings_like_these() -> None:
    titles = ["เลข", "ผู้รับ", "ที่ตั้ง", "เกิด"]
    content = _workbook(("หนึ่ง", [titles, ["33010000501", "นายก ข", "เมืองศรีสะเกษ", "12/3/10"]]))
    with pytest.raises(UnknownColumns, match="ชื่อ") as unknown:
        _read(content)
    assert list(unknown.value.best.titles) == titles
    said = {"house_code": 0, "full_name": 1, "district": 2, "birth_date": 3}
    for years, year in ((Years.UNKNOWN, None), (Years.BE, 2510), (Years.CE, 2553)):
        file = _read(content, mapped={fingerprint(titles): ColumnMap(said, years)})
        person = file.households[0].people[0]
        assert (person.first_name, person.birth_year_be) == ("ก", year)
        assert file.short_years == (1 if year is None else 0)


# What one cell says wrong puts nobody out


@pytest.mark.parametrize(
    ("cell", "year", "words"),
    [
        ("24543", 2510, ""),
        ("12 มี.ค. 88", 2488, ""),
        ("๑๒ มีนาคม ๒๕๑๐", 2510, ""),
        ("12/3/10", None, "สองหลัก"),
        ("31/02/2510", None, "อ่านวันเกิดไม่ได้"),
        ("1 ม.ค. 2999", None, "เกิด"),
        ("01/01/2350", None, "เกิด"),
    ],
)
def test_a_day_of_birth_is_read_or_left_empty_and_told(cell: str, year: int | None, words: str) -> None:
    person = _one(วันเกิด=cell)
    assert person.birth_year_be == year
    assert words in person.remark
    assert bool(words) == bool(person.remark)


def test_days_that_a_workbook_keeps_as_days_are_read_in_either_era() -> None:
    header = ["รหัสบ้าน", "อำเภอ", "ชื่อ-สกุล", "วันเกิด"]
    days = [datetime.date(1967, 3, 12), datetime.date(2510, 3, 12), 24543]
    rows = [[f"3301000050{n}", "เมืองศรีสะเกษ", f"นายคน{n} ข", day] for n, day in enumerate(days)]
    file = _read(_workbook(("หนึ่ง", [header, *rows])))
    assert [home.people[0].birth_year_be for home in file.households] == [2510, 2510, 2510]


@pytest.mark.parametrize(
    ("cell", "kept", "school_id", "words"),
    [
        (number(1), number(1), "", ""),
        (f"{number(1)}.0", number(1), "", ""),
        (number(1)[:-1] + str((int(number(1)[-1]) + 1) % 10), "", "", "ไม่มีเลข"),
        (number(1)[:-1], "", "", "ไม่มีเลข"),
        ("1.33011E+12", "", "", "E+"),
        ("G123456789012", "", "G123456789012", "รหัสนักเรียน"),
        ("x-xxxx-xxxxx-12-3", "", "", ""),
    ],
)
def test_a_number_that_is_none_leaves_its_person_without_one_and_is_told(
    cell: str, kept: str, school_id: str, words: str
) -> None:
    person = _one(เลขประจำตัวประชาชน=cell)
    assert (person.first_name, person.national_id, person.school_id) == ("สมหมาย", kept, school_id)
    assert words in person.remark
    assert bool(words) == bool(person.remark)


def test_an_income_and_a_house_number_that_cannot_be_read_are_left_empty_and_told() -> None:
    for cells in (
        {"รายได้เฉลี่ย": "-5"},
        {"บ้านเลขที่": "12-มี.ค."},
        {"บ้านเลขที่": "Mar-12"},
        {"บ้านเลขที่": "12/3/2569"},
    ):
        file = _read(csv(row(**cells)))
        assert [(remark.line, remark.left_out) for remark in file.all_remarks()] == [(2, False)]
        home = file.households[0]
        assert home.income_satang is None or not home.address.house_no
    # Without a code a house whose number became a day cannot be told from others.
    assert _read(csv(row("", บ้านเลขที่="12-มี.ค."))).households == []


def test_an_unknown_subdistrict_belongs_to_its_district_with_a_remark() -> None:
    for cell in ("330151", "ทม.ศรีสะเกษ", "999999"):
        file = _read(csv(row(ตำบล=cell)))
        assert (file.households[0].address.district_code, file.households[0].address.subdistrict_code) == (
            "3301",
            None,
        )
        assert [remark.left_out for remark in file.all_remarks()] == [False]


# Names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ว่าที่ ร.ต.สมชาย ใจดี", ("ว่าที่ ร.ต.", "สมชาย", "ใจดี", "")),
        ("ว่าที่ร้อยตรีหญิงสมศรี ใจดี", ("ว่าที่ ร้อยตรีหญิง", "สมศรี", "ใจดี", "f")),
        ("ว่าที่ ร.ต. หญิง สมใจ ใจดี", ("ว่าที่ ร.ต. หญิง", "สมใจ", "ใจดี", "f")),
        ("จ.ส.อ.สมัย ณ อยุธยา", ("จ.ส.อ.", "สมัย", "ณ อยุธยา", "")),
        ("สิบเอกสมบัติ ใจดี", ("สิบเอก", "สมบัติ", "ใจดี", "")),
        ("พลเอก สมพงษ์ ใจดี", ("พลเอก", "สมพงษ์", "ใจดี", "")),
        ("นายแพทย์สมชาติ ใจดี", ("นายแพทย์", "สมชาติ", "ใจดี", "m")),
        ("ผศ.ดร.สมหมาย ใจดี", ("ผศ.ดร.", "สมหมาย", "ใจดี", "")),
        ("พระสมศักดิ์ ใจดี", ("พระ", "สมศักดิ์", "ใจดี", "m")),
        ("พระ สมชาย ใจดี", ("พระ", "สมชาย", "ใจดี", "m")),
        ("พระมหาสมปอง ใจดี", ("พระมหา", "สมปอง", "ใจดี", "m")),
        ("แม่ชีบุญ ใจดี", ("แม่ชี", "บุญ", "ใจดี", "f")),
        ("นาง สาว สมใจ ใจดี", ("นางสาว", "สมใจ", "ใจดี", "f")),
        ("ด.ญ สมจิต ใจดี", ("ด.ญ.", "สมจิต", "ใจดี", "f")),
        ("น.ส.นางน้อย ใจดี", ("น.ส.", "นางน้อย", "ใจดี", "f")),
        ("นางเเก้ว ใจดี", ("นาง", "แก้ว", "ใจดี", "f")),
        ("นายกิิตติ ใจดี", ("นาย", "กิตติ", "ใจดี", "m")),
        # These only begin like a title.
        ("นายิกา ใจดี", ("", "นายิกา", "ใจดี", "")),
        ("พระพาย ใจดี", ("", "พระพาย", "ใจดี", "")),
        ("ดรุณี ใจดี", ("", "ดรุณี", "ใจดี", "")),
        ("นายตายตัว ใจดี", ("นาย", "ตายตัว", "ใจดี", "m")),
    ],
)
def test_titles_and_ranks_stand_apart_from_names(written: str, name: tuple[str, str, str, str]) -> None:
    person = persons.read({"full_name": parsed_file.lines.clean(written)}, 2569)
    assert (person.prefix, person.first_name, person.last_name, person.sex) == name
    assert not person.remark


def test_who_died_is_told_kept_out_of_the_name_and_not_offered_for_help(portal: Flask) -> None:
    for written in ("ใจดี (เสียชีวิต)", "ใจดี เสียชีวิตแล้ว", "ใจดี (ตาย)"):
        person = _one(นามสกุล=written)
        assert (person.last_name, person.dead) == ("ใจดี", True)
        assert "เสียชีวิต" in person.remark
    assert not _one(นามสกุล="ตายไม่ได้").dead
    bring_in(csv(row(นามสกุล="ใจดี (เสียชีวิต)")))
    assert [(member.last_name, member.said_dead) for member in db.session().scalars(select(Member))] == [
        ("ใจดี", True)
    ]


def test_a_name_without_a_surname_is_taken_and_told() -> None:
    person = persons.read({"full_name": "เด็กหญิงสมใจทดลองจิต"}, 2569)
    assert (person.prefix, person.first_name, person.last_name) == ("เด็กหญิง", "สมใจทดลองจิต", "")
    assert "ไม่มีนามสกุล" in person.remark


def test_one_name_twice_is_one_and_told_and_two_grades_make_two() -> None:
    pupil = {"ชื่อ": "บุตร", "คำนำหน้า": ""}
    file = _read(csv(row(), row(**pupil), row(**pupil)))
    assert _families(file) == [["สมหมาย", "บุตร"]]
    assert [(remark.line, remark.left_out) for remark in file.all_remarks()] == [(4, False)]
    assert _families(_read(csv(row(**pupil, ชั้น="ป.1"), row(**pupil, ชั้น="ป.4")))) == [["บุตร", "บุตร"]]


def test_what_a_survey_found_of_a_household_is_kept_as_its_standing(portal: Flask) -> None:
    found = ["พบ", "ไม่พบตามที่อยู่", "เพิ่มจากการสำรวจ", ""]
    rows = [[*row(f"3301000005{n}", บ้านเลขที่=str(n)), words] for n, words in enumerate(found)]
    bring_in(csv(*rows, header=(*HEADER, "ผลการสำรวจ")))
    standings = db.session().scalars(
        select(RoundHousehold.standing)
        .join(Household, Household.id == RoundHousehold.household_id)
        .order_by(Household.id)
    )
    assert list(standings) == ["named", "not_found", "added", "named"]
