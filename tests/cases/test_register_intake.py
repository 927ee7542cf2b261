"""Intake: what a register file does to the register, and what it must never do."""

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from people import Cast
from register_world import HEADER, bring_in, csv, number, row, two_districts
from sqlalchemy import func, select, text

from app.cases.register import duplicates, ids, intake, rounds
from app.cases.register.commands import register
from app.cases.register.import_records import RegisterImport
from app.cases.register.records import (
    FailedDimension,
    Household,
    Member,
    Round,
    RoundHousehold,
)
from app.kit import national_id
from app.kit.crypto import DecryptionFailed
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.sheets import to_xlsx
from app.staff.audit import AuditEvent


def _count(model: type) -> int:
    return db.session().scalar(select(func.count()).select_from(model)) or 0


def _counts(**some: int) -> dict[str, int]:
    return dict.fromkeys(("new", "changed", "same", "missing", "conflicts", "errors"), 0) | some


def _home(code: str = "33010000001") -> Household:
    return db.session().scalars(select(Household).filter_by(house_code=code)).one()


def _remarks() -> list[dict[str, object]]:
    return db.session().scalars(select(RegisterImport).order_by(RegisterImport.id.desc())).first().remarks


def _failed(home: Household) -> set[str]:
    return set(
        db.session().scalars(
            select(FailedDimension.dimension)
            .join(RoundHousehold, RoundHousehold.id == FailedDimension.round_household_id)
            .where(RoundHousehold.household_id == home.id)
        )
    )


def test_a_file_opens_its_round_and_says_what_it_brought(portal: Flask) -> None:
    assert bring_in(two_districts()) == _counts(new=4)
    opened = db.session().scalars(select(Round)).one()
    assert (opened.code, opened.source, opened.fiscal_year_be) == ("TPMAP-2565", "tpmap", 2565)
    home = _home()
    assert home.code == "HH-000001"
    assert (home.district_code, home.subdistrict_code, home.moo) == ("3301", "330101", "4")
    assert [(member.position, member.name, member.masked_id) for member in home.members] == [
        (1, "นายสมหมาย ใจดี", national_id.mask(number(1))),
        (2, "ด.ญ.มะลิ ใจดี", national_id.mask(number(2))),
    ]
    assert _failed(home) == {"education"}
    assert db.session().scalars(select(RoundHousehold.income_satang)).first() == 3_200_000
    note = db.session().scalars(select(AuditEvent).filter_by(deed="register.import")).one()
    assert json.loads(note.details)["new"] == 4


def test_the_same_file_again_changes_nothing_even_in_another_order(portal: Flask) -> None:
    raw = two_districts()
    bring_in(raw)
    assert bring_in(raw) == _counts(same=4)
    lines = raw.decode().splitlines(keepends=True)
    turned = (lines[0] + "".join(reversed(lines[1:]))).encode()
    assert bring_in(turned)["same"] == 4
    assert _count(Member) == 5


def test_a_household_new_to_another_round_is_new_there_and_not_twice_in_the_register(portal: Flask) -> None:
    bring_in(two_districts())
    assert bring_in(two_districts(), round_code="TPMAP-2566")["new"] == 4
    assert (_count(Household), _count(Member), _count(RoundHousehold)) == (4, 5, 8)


def test_a_blank_never_overwrites_what_is_known(portal: Flask) -> None:
    full = row(เลขประจำตัวประชาชน=number(1), วันเกิด="27/01/2508", โรงเรียน="บ้านหนองคู", ชั้น="ประถมศึกษาปีที่ 4")
    bring_in(csv(full))
    blank = row(หมู่ที่="", บ้านเลขที่="", คำนำหน้า="", รายได้เฉลี่ย="", การศึกษา="")
    assert bring_in(csv(blank))["changed"] == 1
    home = _home()
    assert (home.moo, home.house_no) == ("4", "12/3")
    member = home.members[0]
    assert (member.prefix, member.birth_year_be, member.school, member.grade) == (
        "นาย",
        2508,
        "บ้านหนองคู",
        "ป.4",
    )
    assert ids.decrypt(member.id_encrypted, member_id=member.id) == number(1)
    assert db.session().scalars(select(RoundHousehold.income_satang)).one() == 3_200_000
    assert _failed(home) == {"education"}


def test_a_newer_file_corrects_income_dimensions_and_address_of_a_household_but_no_name(
    portal: Flask,
) -> None:
    bring_in(csv(row(เลขประจำตัวประชาชน=number(1))))
    changed = {"การศึกษา": "0", "สุขภาพ": "✓", "รายได้เฉลี่ย": "33,000", "หมู่ที่": "5"}
    fixed = row(เลขประจำตัวประชาชน=number(1), ชื่อ="สมหมาน", **changed)
    assert bring_in(csv(fixed))["changed"] == 1
    assert [member.first_name for member in _home().members] == ["สมหมาย"]
    assert _failed(_home()) == {"health"}
    assert _home().moo == "5"
    assert db.session().scalars(select(RoundHousehold.income_satang)).one() == 3_300_000


@pytest.mark.parametrize("source", ["tpmap", "thai_qm", "needy"])
def test_whoever_a_newer_list_no_longer_names_stays(portal: Flask, source: str) -> None:
    bring_in(two_districts())
    heads = csv(row(เลขประจำตัวประชาชน=number(1), การศึกษา="0", สุขภาพ="1"))
    bring_in(heads, round_code="NEW-2566", source=source)
    assert [(member.first_name, member.left) for member in _home().members] == [
        ("สมหมาย", False),
        ("มะลิ", False),
    ]
    assert _failed(_home()) == {"education", "health"}


def test_an_older_round_that_comes_late_only_fills_gaps(portal: Flask) -> None:
    with transaction():
        rounds.open_(code="TPMAP-2566", source="tpmap", as_of=date(2022, 12, 1), by=None)
        rounds.open_(code="TPMAP-2564", source="tpmap", as_of=date(2020, 12, 1), by=None)
    bring_in(csv(row(เลขประจำตัวประชาชน=number(1), โรงเรียน="")), round_code="TPMAP-2566")
    old = row(เลขประจำตัวประชาชน=number(1), ชื่อ="เก่า", หมู่ที่="9", โรงเรียน="วัดเก่า")
    bring_in(csv(old), round_code="TPMAP-2564")
    member = _home().members[0]
    assert (member.first_name, member.school, _home().moo) == ("สมหมาย", "วัดเก่า", "4")


def test_a_person_known_elsewhere_is_neither_moved_nor_there_twice(portal: Flask) -> None:
    bring_in(two_districts())
    moved = row("33010000002", บ้านเลขที่="13", ชื่อ="มะลิ", เลขประจำตัวประชาชน=number(2))
    head = row("33010000002", ชื่อ="ทองใบ", บ้านเลขที่="13")
    bring_in(csv(head, moved), round_code="TPMAP-2566")
    assert [member.first_name for member in _home("33010000002").members] == ["ทองใบ"]
    assert [member.first_name for member in _home().members] == ["สมหมาย", "มะลิ"]
    assert _count(Member) == 5
    told = _remarks()
    assert [(remark["line"], remark["left_out"]) for remark in told] == [(3, True)]
    assert "HH-000001 จึงไม่ย้าย" in str(told[0]["words"])


def test_a_house_without_code_is_found_by_its_place_and_learns_its_code(portal: Flask) -> None:
    bring_in(csv(row("", เลขประจำตัวประชาชน=number(1))))
    bring_in(csv(row("33010000001")), round_code="QM-2566", source="thai_qm")
    bring_in(csv(row("")), round_code="NEEDY-2566", source="needy")
    assert _count(Household) == 1
    assert _home().key == "33010000001"
    assert _count(Member) == 1


def test_a_municipal_pseudo_code_belongs_to_its_district(portal: Flask) -> None:
    bring_in(csv(row(ตำบล="330151", อำเภอ="")))
    assert (_home().district_code, _home().subdistrict_code) == ("3301", None)
    assert _remarks()[0]["left_out"] is False


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"อำเภอ": "นิรนาม", "ตำบล": ""}, "อำเภอ"),
        ({"อำเภอ": "", "ตำบล": "240101"}, "นอกจังหวัด"),
        ({"ชื่อ": ""}, "ชื่อ"),
        ({"การศึกษา": "บางที"}, "มิติ"),
        ({"รหัสบ้าน": "3301"}, "รหัสบ้าน"),
    ],
)
def test_a_household_with_a_bad_row_is_left_out_and_told_by_line(
    sqlite_portal: Flask, wrong: dict[str, str], words: str
) -> None:
    good = [row(f"3301000010{n}", ชื่อ=f"ดี{n}", บ้านเลขที่=str(n)) for n in range(3)]
    other = row("33010000099", ชื่อ="ลูก", บ้านเลขที่="77")
    bad = row(**{"รหัสบ้าน": "33010000099", "บ้านเลขที่": "77", "เลขประจำตัวประชาชน": number(8), **wrong})
    counts = bring_in(csv(*good, bad, other) if "รหัสบ้าน" not in wrong else csv(*good, bad))
    assert counts == _counts(new=3, errors=1)
    told = _remarks()
    assert [remark["line"] for remark in told] == [5]
    assert words in str(told[0]["words"])
    assert not {"สมหมาย", "ใจดี"} & set(str(told[0]["words"]).split())
    assert _count(Household) == 3


def test_two_households_that_claim_one_id_are_both_left_out(portal: Flask) -> None:
    same = {"เลขประจำตัวประชาชน": number(5)}
    good = [row(f"3301000010{n}", ชื่อ=f"ดี{n}", บ้านเลขที่=str(n)) for n in range(3)]
    counts = bring_in(csv(row(**same), row("33010000002", **same, บ้านเลขที่="5"), *good))
    assert (counts["new"], counts["errors"]) == (3, 2)
    assert {remark["line"] for remark in _remarks()} == {2, 3}


def test_a_file_that_is_mostly_bad_is_refused_whole(portal: Flask) -> None:
    bad = [row(f"3301000010{n}", ชื่อ="", บ้านเลขที่=str(n)) for n in range(3)]
    with pytest.raises(BadInput, match=r"3 จาก 5.*แถวที่ 4.*แถวที่ 5.*แถวที่ 6"):
        bring_in(csv(row(), row("33010000002", บ้านเลขที่="5"), *bad), override="")
    assert (_count(Household), _count(Round), _count(RegisterImport)) == (0, 0, 0)


@pytest.mark.pages
def test_missing_columns_are_named(portal: Flask) -> None:
    with pytest.raises(BadInput, match=r"รหัสบ้าน.*อำเภอ"):
        bring_in(csv(["สมหมาย", "ใจดี"], header=("ชื่อ", "นามสกุล")))
    with pytest.raises(BadInput, match="ไม่มีแถวข้อมูล"):
        bring_in(csv())


@pytest.mark.pages
def test_headings_in_english_below_a_title_and_a_list_of_dimensions_are_understood(portal: Flask) -> None:
    raw = to_xlsx(
        ["รายชื่อครัวเรือน"],
        [
            ["HC", "district", "Tambon", "full_name", "CID", "birth_year", "income", "dimensions", "sex"],
            ["33010000001", "3301", "", "นางสาวดวงใจ แสงทอง", number(1), 1990, 25000, "การศึกษา, รายได้", ""],
        ],
    )
    bring_in(raw, name="list.xlsx")
    member = _home().members[0]
    assert (member.prefix, member.first_name, member.last_name) == ("นางสาว", "ดวงใจ", "แสงทอง")
    assert (member.sex, member.birth_year_be) == ("f", 2533)
    assert _failed(_home()) == {"education", "income"}
    assert db.session().scalars(select(RoundHousehold.income_satang)).one() == 2_500_000


@pytest.mark.pages
def test_a_column_named_income_is_the_dimension_where_it_holds_marks(portal: Flask) -> None:
    bring_in(csv([*row(), "1"], header=(*HEADER, "รายได้")))
    assert _failed(_home()) == {"education", "income"}
    assert db.session().scalars(select(RoundHousehold.income_satang)).one() == 3_200_000


def test_a_round_keeps_to_its_source(portal: Flask) -> None:
    bring_in(two_districts())
    with pytest.raises(Refused, match="TPMAP"):
        bring_in(two_districts(), source="needy")


@pytest.mark.parametrize("name", ["../../etc/tpmap.csv", "C:\\ข้อมูล\\tpmap.csv", "a/b.csv", ""])
def test_a_path_in_a_file_name_is_refused(sqlite_portal: Flask, name: str) -> None:
    with pytest.raises(BadInput):
        bring_in(two_districts(), name=name)
    assert _count(Household) == 0


def test_a_workbook_that_would_swell_is_refused(sqlite_portal: Flask) -> None:
    swollen = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(to_xlsx(HEADER, [row()]))) as good,
        zipfile.ZipFile(swollen, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for entry in good.infolist():
            content = good.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                content = content.replace(b"</worksheet>", b" " * 300_000_000 + b"</worksheet>")
            bad.writestr(entry.filename, content)
    with pytest.raises(BadInput, match="ใหญ่ผิดปกติ"):
        bring_in(swollen.getvalue(), name="bomb.xlsx")
    assert _count(Household) == 0


def test_ids_are_not_to_be_read_from_the_database_or_opened_at_another_member(portal: Flask) -> None:
    bring_in(two_districts())
    first, second = _home().members
    stored = [
        db.session().execute(text(f"SELECT * FROM {table}")).all()
        for table in ("member", "household", "register_import", "round_household", "audit_event")
    ]
    for serial in (1, 2, 3):
        assert number(serial) not in str(stored)
        assert number(serial)[:10] not in str(stored)
    assert ids.decrypt(first.id_encrypted, member_id=first.id) == number(1)
    with pytest.raises(DecryptionFailed):
        ids.decrypt(first.id_encrypted, member_id=second.id)


def test_at_rest_no_byte_of_the_file_holds_an_id(sqlite_portal: Flask) -> None:
    bring_in(two_districts())
    folder: Path = sqlite_portal.extensions["kueakun"].data
    kept = b"".join(file.read_bytes() for file in folder.glob("kueakun.sqlite*"))
    assert "สมหมาย".encode() in kept
    assert number(1).encode() not in kept
    assert number(1)[:10].encode() not in kept


def test_a_district_officer_brings_in_only_their_own_area(portal: Flask, cast: Cast) -> None:
    with transaction():
        rounds.open_(code="TPMAP-2565", source="tpmap", by=cast.busaba.user)
    with pytest.raises(Refused, match="เลขานุการ"):
        bring_in(two_districts(), round_code="NEW-2566", by=cast.chai.user)
    with pytest.raises(BadInput, match="นอกพื้นที่"):
        bring_in(csv(row()), by=cast.chai.user, override="")
    khukhan = {"ตำบล": "330501", "อำเภอ": "ขุขันธ์"}
    mine = [row(f"3305000000{n}", **khukhan, บ้านเลขที่=str(n), ชื่อ=f"คน{n}") for n in range(3)]
    assert bring_in(csv(row(), *mine), by=cast.chai.user) == _counts(new=3, errors=1)


def test_a_district_officer_cannot_pull_a_person_out_of_another_district(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    khukhan = {"ตำบล": "330501", "อำเภอ": "ขุขันธ์"}
    mine = [row(f"3305000000{n}", **khukhan, บ้านเลขที่=str(n), ชื่อ=f"คน{n}") for n in range(3)]
    mine[0][HEADER.index("เลขประจำตัวประชาชน")] = number(1)
    bring_in(csv(*mine), by=cast.chai.user)
    assert [member.first_name for member in _home().members] == ["สมหมาย", "มะลิ"]
    assert [member.id_tail for member in _home("33050000000").members] == [""]


def test_mentors_and_finance_bring_in_nothing(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    for person in (cast.malee, cast.kanya, cast.decha, cast.ying):
        with pytest.raises(Refused, match="หน้าที่"):
            bring_in(two_districts(), by=person.user)


def test_an_import_that_fails_half_way_leaves_nothing(portal: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_more: object) -> None:
        assert _count(Member) == 5
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(intake.audit, "record", fail)
    bring = intake.import_file
    with pytest.raises(RuntimeError), transaction():
        with monkeypatch.context() as quiet:
            quiet.setattr(rounds.audit, "record", lambda *_a, **_k: None)
            rounds.open_(code="TPMAP-2565", source="tpmap", by=None)
        bring(name="a.csv", raw=two_districts(), round_code="TPMAP-2565", source="tpmap", by=None)
    assert [_count(model) for model in (Round, Household, Member, RoundHousehold)] == [0, 0, 0, 0]


_KILLED = """
import os, signal, sys
from pathlib import Path
from app import create_app
from app.cases.register import intake
from app.kit.db import transaction
app = create_app()
with app.app_context(), transaction():
    intake.queue.ask = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
    intake.import_file(name="a.csv", raw=Path(sys.argv[1]).read_bytes(), round_code="R-2565", source="tpmap", by=None)
"""


def test_an_import_that_is_killed_leaves_nothing(portal: Flask, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_bytes(two_districts())
    settings = portal.extensions["kueakun"]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(settings.data),
        "KUEAKUN_DATABASE_URL": settings.database_url.replace("postgresql+psycopg://", "postgresql://"),
        "KUEAKUN_SECRET_KEY": settings.secret_key,
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": settings.callback_key,
    }
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, file], env=environment, capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert [_count(model) for model in (Round, Household, Member)] == [0, 0, 0]
    assert bring_in(two_districts())["new"] == 4


def test_the_command_looks_first_and_changes_something_only_when_told(portal: Flask, tmp_path: Path) -> None:
    file = tmp_path / "ทะเบียน.csv"
    file.write_bytes(two_districts())
    ask = ["import", str(file), "--round", "TPMAP-2565", "--source", "tpmap"]

    def run(*arguments: str) -> dict[str, int]:
        told: dict[str, int] = json.loads(
            CliRunner().invoke(register, list(arguments), catch_exceptions=False).stdout
        )
        return told

    assert run(*ask) == _counts(new=4)
    assert [_count(model) for model in (Round, Household, Member, RegisterImport, AuditEvent)] == [0] * 5
    assert run(*ask, "--apply") == _counts(new=4)
    assert run(*ask) == _counts(same=4)
    newer = tmp_path / "newer.csv"
    newer.write_bytes(
        csv(row(เลขประจำตัวประชาชน=number(1), รายได้เฉลี่ย="40000"), row("33010000003", บ้านเลขที่="14", ชื่อ="ใหม่"))
    )
    told = run("import", str(newer), "--round", "TPMAP-2566", "--source", "tpmap", "--apply")
    assert told == _counts(new=2, missing=1)
    found = run("diff", "TPMAP-2565", "TPMAP-2566", "--json")
    assert {name: found[name] for name in ("new", "missing", "changed", "same")} == {
        "new": 1,
        "missing": 3,
        "changed": 1,
        "same": 0,
    }
    assert run("duplicates", "--json")["pairs"] == 0
    file.write_bytes(b"\x89PNG\r\n\x1a\n not a table")
    refused = CliRunner().invoke(register, ask)
    assert isinstance(refused.exception, BadInput)
    missing = CliRunner().invoke(register, ["import", str(file) + "x", *ask[2:]])
    assert isinstance(missing.exception, BadInput)


@pytest.mark.pages
def test_the_command_reads_columns_as_its_map_says(portal: Flask, tmp_path: Path) -> None:
    file, said = tmp_path / "a.csv", tmp_path / "map.json"
    file.write_bytes("เลข,ผู้รับ,ที่ตั้ง,เกิด\n33010000501,นายก ข,เมืองศรีสะเกษ,12/3/10\n".encode())
    said.write_text(
        json.dumps(
            {
                "columns": {"รหัสบ้าน": "เลข", "full_name": 2, "ที่ตั้ง": "district", "birth_date": "เกิด"},
                "years": "be",
            }
        )
    )
    ask = ["import", str(file), "--round", "A-2566", "--source", "needy", "--apply"]
    assert isinstance(CliRunner().invoke(register, ask).exception, BadInput)
    CliRunner().invoke(register, [*ask, "--map", str(said)], catch_exceptions=False)
    assert [(m.first_name, m.birth_year_be) for m in db.session().scalars(select(Member))] == [("ก", 2510)]
    said.write_text('{"columns": {"รหัสบ้าน": "ไม่มี"}}')
    assert isinstance(CliRunner().invoke(register, [*ask, "--map", str(said)]).exception, BadInput)


@pytest.mark.pages
def test_who_may_stand_in_the_register_twice_is_found_and_two_numbers_are_two_people(portal: Flask) -> None:
    def twice(house: str, **cells: str) -> None:
        bring_in(csv(row(house, บ้านเลขที่=house[-2:], **cells)), round_code="NEEDY-2566", source="needy")

    twice("33010000011", เลขประจำตัวประชาชน=number(1))
    twice("33010000012")
    twice("33010000013", ตำบล="330102")
    assert [(pair.first, pair.second) for pair in duplicates.scan()] == [("HH-000001/1", "HH-000002/1")]
    twice("33010000014", เลขประจำตัวประชาชน=number(2))
    assert len(duplicates.scan()) == 2


@pytest.mark.pages
def test_two_households_that_may_be_one_stand_side_by_side_for_the_officer_of_their_area_alone(
    portal: Flask, cast: Cast
) -> None:
    for house, place in (("33010000011", "330101"), ("33010000012", "330101"), ("33010000013", "330102")):
        bring_in(csv(row(house, บ้านเลขที่=house[-2:], ตำบล=place)), round_code="NEEDY-2566", source="needy")
    cast.busaba.sign_in()
    page = cast.busaba.visit("/register/duplicates").text
    assert "คู่ที่ 1 จาก 1" in page and "HH-000001" in page and "HH-000002" in page
    assert "HH-000003" not in page
    cast.chai.sign_in()
    page = cast.chai.visit("/register/duplicates").text
    assert "HH-000001" not in page and "ไม่มีครัวเรือนที่อาจซ้ำ" in page
    cast.kanya.sign_in()
    cast.kanya.visit("/register/duplicates", status=403)
