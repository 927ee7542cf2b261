from datetime import date

import pytest
from stdnum.th import tin

from app.kit.errors import Refused
from app.province import english_names, places, profile
from app.province.levels import Level, bands_on, level_of


def test_three_provinces_have_a_profile():
    assert profile.names() == ("chachoengsao", "sisaket", "trat")


@pytest.mark.parametrize("name", profile.names())
def test_a_profile_agrees_with_the_list_of_provinces(name):
    loaded = profile.load(name)
    province = places.province(loaded.province_code)
    assert (loaded.province_th, loaded.province_en) == (province.name_th, province.name_en)
    assert loaded.province_th in loaded.fund_th
    assert len(places.districts(loaded.province_code)) == province.district_count
    assert loaded.dimensions
    assert {area.dimension for area in loaded.work_areas} <= {*loaded.dimension_codes, ""}
    assert loaded.tiers[-1].satang is None
    assert tin.is_valid(loaded.issuer.tax_id)
    contact = loaded.contact
    said = [contact.office_th, contact.address_th, contact.hours_th, contact.complaint_th, loaded.motto_th]
    said += [words for area in loaded.work_areas for words in (area.name_th, area.lead_th)]
    assert [words for words in said if words not in english_names.of(name)] == [], (
        "write their English in [english]"
    )


def test_sisaket_works_by_six_dimensions_and_trat_by_nine_sides():
    assert [d.name_th for d in profile.load("sisaket").dimensions][-1] == "อื่นๆ"
    assert len(profile.load("sisaket").dimensions) == 6
    trat = profile.load("trat")
    assert len(trat.work_areas) == 9
    assert [a.code for a in trat.work_areas if a.lead_th == "ท้องถิ่นจังหวัด"] == ["housing", "water"]


@pytest.mark.parametrize("name", ["bangkok", "../sisaket", "", "Sisaket"])
def test_an_unknown_profile_is_refused_with_those_there_are(name):
    with pytest.raises(Refused, match="chachoengsao, sisaket, trat"):
        profile.load(name)


@pytest.mark.parametrize(("members", "needed"), [(1, 1), (2, 1), (7, 4), (8, 4), (15, 8)])
def test_a_quorum_is_at_least_half_of_the_members(members, needed):
    assert profile.load("sisaket").quorum.of(members) == needed


def _load_with_picture_days(days, folder, monkeypatch):
    text = (profile.FOLDER / "trat.toml").read_text(encoding="utf-8")
    assert text.count("slip_picture_days = 90") == 1
    changed = text.replace("slip_picture_days = 90", f"slip_picture_days = {days}")
    (folder / "trat.toml").write_text(changed, encoding="utf-8")
    monkeypatch.setattr(profile, "FOLDER", folder)
    # Not the kept one, nor is this one kept for others.
    return profile.load.__wrapped__("trat")


@pytest.mark.parametrize("days", ["29", "0", "-90", "3651", "90.0", '"90"', "true"])
def test_days_of_keeping_slip_pictures_that_make_no_sense_are_refused(days, tmp_path, monkeypatch):
    with pytest.raises(Refused, match="slip_picture_days") as refused:
        _load_with_picture_days(days, tmp_path, monkeypatch)
    assert "“trat”" in refused.value.words
    assert "30 ถึง 3650" in refused.value.words


@pytest.mark.parametrize("days", [30, 3650])
def test_slip_pictures_may_be_kept_a_month_or_ten_years(days, tmp_path, monkeypatch):
    assert _load_with_picture_days(days, tmp_path, monkeypatch).giving.slip_picture_days == days


def test_a_profile_cannot_be_changed():
    with pytest.raises(AttributeError):
        profile.load("trat").fund_th = "อื่น"


def test_the_secretaries_meet_on_the_third_thursday():
    rhythm = profile.load("sisaket").rhythm("secretaries")
    assert list(rhythm.days(date(2022, 2, 1), date(2022, 4, 30))) == [
        date(2022, 2, 17),
        date(2022, 3, 17),
        date(2022, 4, 21),
    ]


def test_a_weekly_rhythm_falls_on_every_such_day_both_ends_included():
    rhythm = profile.load("trat").rhythm("weekly_report")
    assert list(rhythm.days(date(2023, 1, 27), date(2023, 2, 3))) == [date(2023, 1, 27), date(2023, 2, 3)]


@pytest.mark.parametrize(
    ("satang", "day", "level"),
    [
        (40_000_00, date(2023, 1, 1), Level.SURVIVE),
        (40_000_50, date(2023, 1, 1), Level.SUFFICIENT),
        (100_000_00, date(2022, 9, 30), Level.SUSTAINABLE),
        (100_000_00, date(2022, 10, 1), Level.SUFFICIENT),
        (100_000_01, date(2022, 10, 1), Level.SUSTAINABLE),
        (99_999_99, date(2022, 9, 30), Level.SUFFICIENT),
    ],
)
def test_a_level_is_read_by_the_bands_of_its_day_without_a_gap(satang, day, level):
    assert level_of(satang, day) is level


def test_before_the_first_bands_the_first_hold():
    assert bands_on(date(2019, 1, 1)).version == "2565"
