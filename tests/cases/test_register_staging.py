"""Staging: a file is read, looked at, then applied whole or dropped; people decide conflicts; a file can be undone."""

import io
import json
import re

import openpyxl
import pytest
from flask import Flask
from people import Cast, Person
from register_world import HEADER, bring_in, csv, number, row, two_districts
from sqlalchemy import func, select, text

from app.cases.register import conflicts, parsed_file, rounds, staging, undoing
from app.cases.register.import_records import (
    ConflictKind,
    ImportState,
    RegisterConflict,
    RegisterImport,
    RegisterImportChange,
    UnnamedMember,
)
from app.cases.register.records import Household, Member, RoundHousehold
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused

_ID = "เลขประจำตัวประชาชน"


def _count(model: type) -> int:
    return db.session().scalar(select(func.count()).select_from(model)) or 0


def _sent(raw: bytes, by: Person, *, code: str = "TPMAP-2565", is_whole: bool = True) -> int:
    """A file of this person, read and waiting to be looked at."""
    assert by.user is not None
    with transaction():
        sent = staging.send(
            name="tpmap.csv", raw=raw, round_code=code, source="tpmap", is_whole=is_whole, by=by.user
        )
        number_ = sent.id
    staging.read(number_)
    return number_


def _import(number_: int) -> RegisterImport:
    return db.session().get_one(RegisterImport, number_, populate_existing=True)


def _all() -> str:
    """Everything the register holds, to be compared before and after."""
    return str(
        [
            db.session().execute(text(f"SELECT * FROM {table} ORDER BY 1")).all()
            for table in ("household", "member", "round_household", "failed_dimension")
        ]
    )


def _conflict() -> RegisterConflict:
    return db.session().scalars(select(RegisterConflict).order_by(RegisterConflict.id.desc())).first()


# From sending to applying


def test_a_file_changes_nothing_until_it_is_applied_and_nothing_when_it_is_dropped(
    portal: Flask, cast: Cast
) -> None:
    first = _sent(two_districts(), cast.busaba)
    assert (_count(Household), _import(first).state, _import(first).new) == (0, "read", 4)
    with transaction():
        staging.drop(first, by=cast.busaba.user)
    assert (_import(first).state, _import(first).file) == ("dropped", None)
    with pytest.raises(Refused, match="ตัดสิน"):
        staging.apply(first, by=cast.busaba.user)
    second = _sent(two_districts(), cast.busaba)
    staging.apply(second, by=cast.busaba.user)
    assert (_count(Household), _import(second).state, _import(second).file) == (4, "applied", None)
    assert _import(second).decided_by_id == cast.busaba.user_id


def test_what_was_looked_at_is_what_is_applied(portal: Flask, cast: Cast) -> None:
    waiting = _sent(csv(row(**{_ID: number(1)}, ชั้น="ป.4")), cast.busaba)
    bring_in(csv(row(**{_ID: number(1)}, ชั้น="ป.5")))
    before = _all()
    staging.apply(waiting, by=cast.busaba.user)
    assert (_all(), _import(waiting).state) == (before, "read")
    assert "เปลี่ยนไป" in _import(waiting).reason
    staging.apply(waiting, by=cast.busaba.user)
    assert _import(waiting).state == "applied"


def test_a_file_whose_application_was_cut_short_is_applied_once_by_whoever_takes_it_up(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = _sent(two_districts(), cast.busaba)

    def dies(*_args: object, **_more: object) -> None:
        assert _count(Household) == 4
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(staging.intake.audit, "record", dies)
        with pytest.raises(KeyboardInterrupt):
            staging.apply(waiting, by=cast.busaba.user)
    db.session().rollback()
    assert (_count(Household), _import(waiting).state) == (0, "applying")
    staging.carry_out(waiting, by=cast.busaba.user_id)
    staging.carry_out(waiting, by=cast.busaba.user_id)
    assert (_count(Household), _count(Member), _import(waiting).state) == (4, 5, "applied")


def test_who_sent_it_and_the_secretariat_see_a_file_and_nobody_else(portal: Flask, cast: Cast) -> None:
    with transaction():
        rounds.open_(code="TPMAP-2565", source="tpmap", by=None)
    waiting = _sent(two_districts(), cast.chai)
    for person in (cast.malee, cast.kanya):
        with pytest.raises(Refused, match="ไม่พบ"):
            staging.find(waiting, by=person.user)
    staging.apply(waiting, override="ไฟล์ทั้งจังหวัด", by=cast.busaba.user)
    # Applied by the secretariat it still reaches no further than whoever sent it.
    assert {home.district_code for home in db.session().scalars(select(Household))} == {"3305"}


def test_the_file_and_its_rows_are_kept_encrypted(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    bad = row("33010000009", ชื่อ="", บ้านเลขที่="9", **{_ID: number(7)})
    _sent(csv(row(**{_ID: number(1)}), row("33010000008", บ้านเลขที่="8"), bad), cast.busaba)
    folder = sqlite_portal.extensions["kueakun"].data
    kept = b"".join(file.read_bytes() for file in folder.glob("kueakun.sqlite*"))
    assert number(1).encode() not in kept
    assert number(7).encode() not in kept


# What stops a file


def test_a_file_that_names_less_than_half_is_stopped_until_a_reason_is_given(
    portal: Flask, cast: Cast
) -> None:
    bring_in(csv(*(row(f"3301000001{n}", บ้านเลขที่=str(n), ชื่อ=f"คน{n}") for n in range(5))))
    few = csv(row("33010000010", บ้านเลขที่="0", ชื่อ="คน0"))
    with pytest.raises(BadInput, match=r"ไม่มี 4 จาก 5"):
        bring_in(few, round_code="TPMAP-2566", override="")
    waiting = _sent(few, cast.busaba)
    assert (_import(waiting).missing, len(json.loads(_import(waiting).stops))) == (4, 1)
    with pytest.raises(BadInput, match="เหตุผล"):
        staging.apply(waiting, by=cast.busaba.user)
    staging.apply(waiting, override="ตรวจกับต้นทางแล้ว", by=cast.busaba.user)
    standings = db.session().scalars(select(RoundHousehold.standing).order_by(RoundHousehold.id)).all()
    assert standings == ["named", *["unnamed"] * 4]
    assert _count(Household) == 5
    part = _sent(few, cast.busaba, is_whole=False)
    assert (_import(part).missing, _import(part).stops) == (0, "[]")


def test_a_file_that_is_said_to_be_a_part_of_a_list_leaves_everybody_else_as_they_were(
    portal: Flask, cast: Cast
) -> None:
    bring_in(csv(*(row(f"3301000001{n}", บ้านเลขที่=str(n), ชื่อ=f"คน{n}") for n in range(5))))
    assert not staging.sends_parts(round_code="TPMAP-2565", by=cast.busaba.user)
    waiting = _sent(csv(row("33010000010", บ้านเลขที่="0", ชื่อ="คน0", รายได้เฉลี่ย="40000")), cast.busaba)
    assert _import(waiting).missing == 4
    with pytest.raises(Refused, match="ไม่พบ"):
        staging.say_part(waiting, by=cast.chai.user)
    staging.say_part(waiting, by=cast.busaba.user)
    assert (_import(waiting).missing, _import(waiting).stops) == (0, "[]")
    staging.apply(waiting, by=cast.busaba.user)
    standings = db.session().scalars(select(RoundHousehold.standing)).all()
    assert set(standings) == {"named"}
    with pytest.raises(Refused, match="รอตรวจ"):
        staging.say_part(waiting, by=cast.busaba.user)
    assert staging.sends_parts(round_code="TPMAP-2565", by=cast.busaba.user), "remembered"
    assert not staging.sends_parts(round_code="TPMAP-2565", by=cast.chai.user)


@pytest.mark.pages
def test_a_stopped_file_asks_once_whether_it_is_a_part_of_a_list(portal: Flask, cast: Cast) -> None:
    bring_in(csv(*(row(f"3301000001{n}", บ้านเลขที่=str(n), ชื่อ=f"คน{n}") for n in range(5))))
    waiting = _sent(csv(row("33010000010", บ้านเลขที่="0", ชื่อ="คน0", รายได้เฉลี่ย="40000")), cast.busaba)
    busaba = cast.busaba.sign_in()
    path = f"/register/{_import(waiting).round.code}/imports/{waiting}"
    page = busaba.press(busaba.visit(path), having="/part")
    assert "หยุดไว้ก่อน" not in page.words and "/part" not in page.text
    form = busaba.visit(f"/register/{_import(waiting).round.code}/import")
    assert re.search(r'name="is_part"[^>]* checked|checked[^>]* name="is_part"', form.text)


def test_wrong_numbers_and_names_of_others_stop_a_file(portal: Flask) -> None:
    wrong = number(9)[:-1] + str((int(number(9)[-1]) + 1) % 10)
    many = [row(f"3301000001{n}", บ้านเลขที่=str(n), ชื่อ=f"คน{n}", **{_ID: wrong}) for n in range(4)]
    with pytest.raises(BadInput, match="เลขประจำตัวประชาชนไม่ถูกต้อง 4"):
        bring_in(csv(*many), override="")
    good = [row(f"3301000001{n}", บ้านเลขที่=str(n), ชื่อ=f"คน{n}") for n in range(4)]
    bring_in(csv(*good), override="")
    moved = [row(f"3301000002{n}", บ้านเลขที่=f"9{n}", ชื่อ=f"คน{n}") for n in range(4)]
    with pytest.raises(BadInput, match="มีชื่อตรงกับคนในครัวเรือนอื่น"):
        bring_in(csv(*moved), round_code="NEEDY-2566", source="needy", override="")


def test_whom_a_newer_list_no_longer_names_is_noted_until_named_again(portal: Flask) -> None:
    bring_in(two_districts())
    bring_in(csv(row(**{_ID: number(1)})), round_code="TPMAP-2566")
    named = select(Member.first_name).join(UnnamedMember, UnnamedMember.member_id == Member.id)
    assert db.session().scalars(named).all() == ["มะลิ"]
    girl = row(ชื่อ="มะลิ", คำนำหน้า="ด.ญ.", **{_ID: number(2)})
    bring_in(csv(row(**{_ID: number(1)}), girl), round_code="TPMAP-2566")
    assert _count(UnnamedMember) == 0
    assert _count(Member) == 5


# Conflicts


@pytest.mark.parametrize(
    ("cells", "kind", "after"),
    [
        ({"ชื่อ": "ชื่อใหม่", _ID: number(1)}, "other_name", ("นายชื่อใหม่ ใจดี", number(1)[-3:])),
        ({_ID: number(8)}, "other_number", ("นายสมหมาย ใจดี", number(8)[-3:])),
        ({"นามสกุล": "ใจดี (เสียชีวิต)", _ID: number(1)}, "dead", ("นายสมหมาย ใจดี", number(1)[-3:])),
    ],
)
def test_a_person_decides_what_a_file_may_not(
    portal: Flask, cast: Cast, cells: dict[str, str], kind: str, after: tuple[str, str]
) -> None:
    bring_in(two_districts())
    bring_in(csv(row(**cells)), round_code="TPMAP-2566", by=cast.busaba.user)
    conflict = _conflict()
    member = db.session().get_one(Member, conflict.member_id)
    before = (member.name, member.id_tail)
    assert (conflict.kind, before) == (kind, ("นายสมหมาย ใจดี", number(1)[-3:]))
    with pytest.raises(Refused, match="ผู้ส่งไฟล์"), transaction():
        conflicts.decide(conflict.id, decision="take", reason="ตรวจบัตรแล้ว", by=cast.busaba.user)
    with pytest.raises(BadInput, match="เหตุผล"), transaction():
        conflicts.decide(conflict.id, decision="keep", reason="", by=cast.busaba.user)
    from people import give_role

    from app.staff.roles import Role

    with transaction():
        give_role(cast.malee.user_id or 0, Role.DISTRICT_OFFICER, area_code="3301")
    with transaction():
        conflicts.decide(conflict.id, decision="take", reason="ตรวจบัตรแล้ว", by=cast.malee.user)
    db.session().expire_all()
    member = db.session().get_one(Member, conflict.member_id)
    assert (member.name, member.id_tail) == after
    assert member.said_dead == (kind == ConflictKind.DEAD)
    with pytest.raises(Refused, match="ไปแล้ว"), transaction():
        conflicts.decide(conflict.id, decision="keep", reason="เปลี่ยนใจแล้ว", by=cast.busaba.user)
    # Once it is carried out nothing lets the name change again.
    with pytest.raises(Refused, match="เปลี่ยนชื่อ"), transaction() as session:
        session.execute(text(f"UPDATE member SET first_name = 'x' WHERE id = {member.id}"))


def test_only_the_secretariat_moves_somebody_to_another_household(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    moved = row("33010000002", ชื่อ="มะลิ", บ้านเลขที่="13", **{_ID: number(2)})
    bring_in(csv(moved, row("33010000002", ชื่อ="ทองใบ", บ้านเลขที่="13")), round_code="TPMAP-2566")
    conflict = _conflict()
    assert conflict.kind == "other_home"
    assert "take" in conflicts.decisions_of(conflict, by=cast.busaba.user)
    with pytest.raises(Refused):
        conflicts.find(conflict.id, by=cast.chai.user)
    with transaction():
        conflicts.decide(conflict.id, decision="take", reason="ย้ายทะเบียนบ้านแล้ว", by=cast.busaba.user)
    db.session().expire_all()
    member = db.session().get_one(Member, conflict.member_id)
    assert (member.household.house_code if hasattr(member, "household") else "", member.position) != ("", 0)
    assert member.household_id == conflict.household_id


def test_a_conflict_is_asked_once_however_often_the_file_comes(portal: Flask) -> None:
    bring_in(two_districts())
    for _ in range(2):
        bring_in(csv(row(ชื่อ="ชื่อใหม่", **{_ID: number(1)})), round_code="TPMAP-2566")
    assert _count(RegisterConflict) == 1


def test_a_number_known_elsewhere_waits_for_the_secretariat_and_an_officer_learns_nothing(
    portal: Flask, cast: Cast
) -> None:
    bring_in(two_districts())
    khukhan = {"ตำบล": "330501", "อำเภอ": "ขุขันธ์"}
    mine = row("33050000088", **khukhan, บ้านเลขที่="88", ชื่อ="คนอื่น", **{_ID: number(2)})
    with transaction():
        rounds.open_(code="A-2566", source="tpmap", by=None)
    bring_in(csv(mine), round_code="A-2566", by=cast.chai.user)
    assert conflicts.waiting(cast.chai.user)[0] == 0
    count, found = conflicts.waiting(cast.busaba.user)
    assert (count, found[0].kind, conflicts.said_of(found[0]).national_id) == (1, "other_home", number(2))


# Undoing


def test_a_file_is_undone_whole(portal: Flask, cast: Cast) -> None:
    bring_in(csv(row(), row("33010000002", บ้านเลขที่="13")))
    before = _all()
    newer = csv(
        row(หมู่ที่="5", รายได้เฉลี่ย="40000", สุขภาพ="1", **{_ID: number(1)}, โรงเรียน="บ้านหนองคู"),
        row(ชื่อ="มะลิ", คำนำหน้า="ด.ญ."),
        row("33010000003", ชื่อ="ใหม่", บ้านเลขที่="14"),
    )
    bring_in(newer, by=cast.busaba.user)
    assert (_count(Household), _count(Member)) == (3, 4)
    number_ = db.session().scalars(select(func.max(RegisterImport.id))).one()
    with pytest.raises(BadInput, match="เหตุผล"), transaction():
        undoing.undo(number_, reason="", by=cast.busaba.user)
    with transaction():
        undoing.undo(number_, reason="ส่งผิดไฟล์", by=cast.busaba.user)
    assert _all() == before
    assert _import(number_).state == ImportState.UNDONE
    assert db.session().scalars(select(RegisterImportChange).filter_by(import_id=number_)).all() == []
    with pytest.raises(Refused), transaction():
        undoing.undo(number_, reason="ส่งผิดไฟล์", by=cast.busaba.user)


def test_a_file_on_which_something_was_built_is_not_undone(portal: Flask, cast: Cast) -> None:
    bring_in(csv(row()), by=cast.busaba.user)
    bring_in(csv(row(รายได้เฉลี่ย="40000")), by=cast.busaba.user)
    with pytest.raises(Refused, match="ไฟล์ที่นำเข้าทีหลัง"), transaction():
        undoing.undo(1, reason="ส่งผิดไฟล์", by=cast.busaba.user)
    with transaction():
        undoing.undo(2, reason="ส่งผิดไฟล์", by=cast.busaba.user)
        undoing.undo(1, reason="ส่งผิดไฟล์", by=cast.busaba.user)
    assert (_count(Household), _count(Member)) == (0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_import SET state = 'read' WHERE id = 1",
        "UPDATE register_import SET new = 99 WHERE id = 1",
        "UPDATE register_import SET file_hash = 'x' WHERE id = 1",
        "DELETE FROM register_import WHERE id = 1",
        "DELETE FROM register_import_change WHERE import_id = 1",
        "UPDATE register_import_change SET is_new = NOT is_new WHERE import_id = 1",
        "INSERT INTO register_import_change (import_id, what, row_id, is_new, before) VALUES (1, 'member', 99, TRUE, '{}')",
        "DELETE FROM household WHERE id = 1",
        "DELETE FROM member WHERE id = 1",
        "UPDATE register_conflict SET said_hash = 'x' WHERE id = 1",
        "DELETE FROM register_conflict WHERE id = 1",
        "UPDATE register_import_row SET words = 'x'",
        "DELETE FROM register_import_row",
        "INSERT INTO register_import_row (import_id, line, outcome, words, changes, household_code)"
        " SELECT import_id, 99, outcome, words, changes, household_code FROM register_import_row LIMIT 1",
    ],
)
def test_the_database_keeps_what_a_file_did(portal: Flask, statement: str) -> None:
    bring_in(two_districts())
    bring_in(csv(row(ชื่อ="ชื่อใหม่", **{_ID: number(1)})), round_code="TPMAP-2566")
    with pytest.raises(Refused), transaction() as session:
        session.execute(text(statement))


def test_a_map_of_columns_stays_with_the_heading_it_was_made_for(portal: Flask) -> None:
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO register_column_map (header_hash, columns, years, made_at) VALUES ('a', '{}', '', :now)"
            ),
            {"now": clock.now()},
        )
    with pytest.raises(Refused), transaction() as session:
        session.execute(text("UPDATE register_column_map SET header_hash = 'b'"))


def test_the_database_lets_nobody_take_the_word_of_their_own_file(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    bring_in(csv(row(ชื่อ="ชื่อใหม่", **{_ID: number(1)})), round_code="TPMAP-2566", by=cast.busaba.user)
    with pytest.raises(Refused, match="ผู้ส่งไฟล์"), transaction() as session:
        session.execute(
            text(
                "UPDATE register_conflict SET decision = 'take', reason = 'x', decided_at = '2026-01-01 00:00:00', "
                f"decided_by_id = {cast.busaba.user_id} WHERE id = {_conflict().id}"
            )
        )


# Pages


@pytest.mark.pages
def test_a_fund_officer_looks_at_a_file_before_it_comes_in_and_mends_its_rows(
    portal: Flask, cast: Cast
) -> None:
    busaba = cast.busaba.sign_in()
    bad = row("33010000009", ชื่อ="", บ้านเลขที่="9")
    raw = csv(row(), row("33010000002", บ้านเลขที่="5"), bad)
    page = busaba.send(
        "/register/import", file=(io.BytesIO(raw), "ทะเบียน.csv"), round_code="TPMAP-2565", source="tpmap"
    )
    assert "ทะเบียนยังไม่เปลี่ยน" in page.words
    assert "ใหม่ในรอบนี้ 2" in page.words
    assert "ไม่มีชื่อ" in page.words
    assert _count(Household) == 0
    path = f"/register/TPMAP-2565/imports/{_count(RegisterImport)}"
    page = busaba.send(path, action=f"{path}/apply")
    assert "นำเข้าไม่ครบทุกแถว" in page.words
    assert _count(Household) == 2
    assert "ทะเบียน.csv" in busaba.visit("/register/TPMAP-2565").words
    book = openpyxl.load_workbook(io.BytesIO(busaba.visit(f"{path}/mend.xlsx").response.get_data()))
    rows = [[cell or "" for cell in cells] for cells in book.active.iter_rows(values_only=True)]
    assert rows[0][: len(HEADER)] == list(HEADER)
    assert "แถวที่ 4" in rows[1][len(HEADER)]
    rows[1][HEADER.index("ชื่อ")] = "แก้แล้ว"
    for place, cell in enumerate(rows[1]):
        book.active.cell(2, place + 1, cell)
    out = io.BytesIO()
    book.save(out)
    assert book.active.title == parsed_file.MENDED_SHEET
    busaba.send(
        "/register/import",
        file=(io.BytesIO(out.getvalue()), "mended.xlsx"),
        round_code="TPMAP-2565",
        source="tpmap",
    )
    again = f"/register/TPMAP-2565/imports/{_count(RegisterImport)}"
    assert _import(_count(RegisterImport)).missing == 0
    busaba.send(again, action=f"{again}/apply")
    assert _count(Household) == 3
    page = busaba.send(again, action=f"{again}/undo", reason="ส่งผิดไฟล์")
    assert "เลิกทำแล้ว" in page.words
    assert _count(Household) == 2


@pytest.mark.pages
def test_columns_are_asked_once_and_known_from_then_on(portal: Flask, cast: Cast) -> None:
    busaba = cast.busaba.sign_in()

    def sends(house: str) -> str:
        raw = f"เลข,ผู้รับ,ที่ตั้ง,เกิด\n{house},นายก ข,เมืองศรีสะเกษ,12/3/10\n".encode()
        page = busaba.send(
            "/register/import", file=(io.BytesIO(raw), "a.csv"), round_code="A-2566", source="needy"
        )
        return page.words

    assert "จับคู่คอลัมน์" in sends("33010000501")
    path = f"/register/A-2566/imports/{_count(RegisterImport)}/columns"
    said = {
        "column_0": "house_code",
        "column_1": "full_name",
        "column_2": "district",
        "column_3": "birth_date",
    }
    page = busaba.send(path, **{**said, "column_2": "house_code"}, years="", to_status=422)
    assert "ช่องเดียวกัน" in page.words
    page = busaba.send(path, **said, years="")
    assert "ปีเกิดสองหลัก 1" in page.words
    waiting = f"/register/A-2566/imports/{_count(RegisterImport)}"
    assert "ปีเกิดสองหลัก" not in busaba.send(waiting, action=f"{waiting}/years", years="be").words
    assert "ใหม่ในรอบนี้ 1" in sends("33010000502")


@pytest.mark.pages
def test_a_conflict_stands_side_by_side_and_is_decided_there(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    bring_in(csv(row(ชื่อ="ชื่อใหม่", **{_ID: number(1)})), round_code="TPMAP-2566")
    busaba = cast.busaba.sign_in()
    assert "รอเจ้าหน้าที่ตัดสิน" in busaba.visit("/register").words
    path = f"/register/conflicts/{_conflict().id}"
    assert "ชื่อใหม่" in busaba.visit("/register/conflicts").words
    words = busaba.visit(path).words
    assert "สมหมาย" in words
    assert "ชื่อใหม่" in words
    assert number(1) not in words
    busaba.send(path, decision="take", reason="ตรวจบัตรแล้ว")
    assert db.session().scalars(select(Member.first_name).where(Member.id == 1)).one() == "ชื่อใหม่"
    cast.chai.sign_in().visit(path, status=404)
