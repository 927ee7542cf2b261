"""Another province's office writes its profile: what is wrong is told before anything is served."""

import json
import tomllib
from dataclasses import replace

import pytest
from click.testing import CliRunner
from portals import settings_for

from app import create_app
from app.kit.errors import Refused
from app.province import profile, profile_check
from app.province.commands import province


def _of_trat():
    return tomllib.loads((profile.FOLDER / "trat.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", profile.names())
def test_the_profiles_that_ship_can_be_served(name):
    assert profile_check.faults_of_file(profile.FOLDER / f"{name}.toml") == []


def _without(key):
    def change(words):
        del words[key]

    return change


def _with(key, value, *, under=None, row=None):
    def change(words):
        where = words if under is None else words[under] if row is None else words[under][row]
        where[key] = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_without("fund_th"), "ขาด fund_th"),
        (_with("fund_name", "x"), "ไม่รู้จัก fund_name"),
        (_with("visit_every_days", "60"), "visit_every_days ต้องเป็นจำนวนเต็ม"),
        (_with("visit_every_days", 0), "visit_every_days ต้องเป็นจำนวนวันตั้งแต่ 1"),
        (_with("dimensions", ["happiness"]), "ไม่รู้จักมิติ “happiness”"),
        (_with("dimensions", ["health", "health"]), "dimensions มี “health” ซ้ำกัน"),
        (_with("phone", 1300, under="contact"), "[contact] phone ต้องเป็นคำ"),
        (_with("large_satang", "5", under="spending"), "[spending] large_satang ต้องเป็นจำนวนเต็ม"),
        (_with("signing", "4 of 3", under="spending"), "4 of 3"),
        (_with("lead", "x", under="work_areas", row=1), "[[work_areas]] แถวที่ 2 ไม่รู้จัก lead"),
        (_with("dimension", "other", under="work_areas", row=0), "มิติ “other” ที่จังหวัดนี้ไม่ใช้"),
        (_with("dimension", "", under="work_areas", row=5), "มิติ “income” ไม่มีด้านใดดูแล"),
        (_with("code", "water", under="work_areas", row=0), "work_areas มี “water” ซ้ำกัน"),
        (_with("code", "public_service_access", under="work_areas", row=1), "ไม่เกิน 16 ตัว"),
        (_with("code", "living", under="work_areas", row=0), "“living” มีรหัสของมิติหนึ่ง"),
        (_with("aliases", ["น้ำดื่ม"], under="work_areas", row=6), "ใช้ชื่อเดียวกันในไฟล์: “น้ำดื่ม”"),
        (_with("aliases", ["รายได้"], under="work_areas", row=0), "ใช้ชื่อ “รายได้” ของมิติ “income”"),
        (_with("numerator", 3, under="quorum"), "[quorum] 3/2"),
        (_with("price_ceilings", {"ED-XXX": 100}), "ไม่มีรายการ “ED-XXX”"),
        (_with("price_ceilings", {"ED-SCT-SCO": "100"}), "ED-SCT-SCO ต้องเป็นจำนวนสตางค์"),
        (_with("circulation", {"whole": "forbidden"}), "[circulation] ไม่รู้จัก whole"),
        (_with("circulation", {"full": "sometimes"}), "sometimes"),
        (_with("satang", 100, under="tiers", row=0), "ขั้นสุดท้าย"),
        (_with("weekday", 7, under="rhythms", row=0), "weekday เป็น 0 (จันทร์)"),
        (_with("tax_id", "0000000000002", under="issuer"), "tax_id “0000000000002”"),
        (_with("province_code", "78"), "รหัสจังหวัด “78”"),
        (_with("province_code", "32"), "รหัสจังหวัด 32 คือ “สุรินทร์”"),
        (_with("ทุนแห่งความเกื้อกูลกัน", "", under="english"), "ขาดคำอังกฤษของ “ทุนแห่งความเกื้อกูลกัน”"),
    ],
)
def test_each_fault_is_told_in_words(change, told):
    words = _of_trat()
    change(words)
    assert [each for each in profile_check.faults("trat", words) if told in each] != []


def _of_surin(folder, more=""):
    """Surin's profile, written by following the how-to: Trat's with its names and code changed."""
    text = (profile.FOLDER / "trat.toml").read_text(encoding="utf-8")
    for trat, surin in (("ตราด", "สุรินทร์"), ("Trat", "Surin"), ('"23"', '"32"')):
        text = text.replace(trat, surin)
    file = folder / "surin.toml"
    file.write_text(more + text, encoding="utf-8")
    return file


def test_the_command_tells_what_is_wrong_and_what_is_still_to_fill_in(tmp_path):
    wrong = CliRunner().invoke(province, ["check", str(_of_surin(tmp_path, "slogan = 'x'\n"))])
    assert wrong.exit_code == 2
    assert json.loads(wrong.output)["faults"] == ["ไม่รู้จัก slogan กรุณาลบออกหรือตรวจตัวสะกด"]
    right = CliRunner().invoke(province, ["check", str(_of_surin(tmp_path))])
    told = json.loads(right.output)
    assert (right.exit_code, told["faults"]) == (0, [])
    assert (told["districts"], told["subdistricts"], told["map"]) == (17, 159, False)
    assert "issuer.tax_id" in told["to_fill_in"]


def test_a_file_that_is_no_profile_is_told_so(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("a = = 1", encoding="utf-8")
    assert "อ่านเป็น TOML ไม่ได้" in profile_check.faults_of_file(broken)[0]
    broken.write_bytes("fund_th = 'กองทุน'".encode("cp874"))
    assert "UTF-8" in profile_check.faults_of_file(broken)[0]


def test_a_portal_does_not_start_with_a_faulty_profile(tmp_path, monkeypatch):
    _of_surin(tmp_path, "slogan = 'x'\n")
    monkeypatch.setattr(profile, "FOLDER", tmp_path)
    with pytest.raises(Refused, match="แก้ 1 เรื่อง: ไม่รู้จัก slogan"):
        create_app(replace(settings_for(tmp_path / "data"), province="surin"))
