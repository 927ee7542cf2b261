"""Thai dates both ways, fiscal years, digits and alphabetical order."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit import clock, thai
from app.kit.errors import BadInput

#: A busy machine is no fault of the rule under test.
unhurried = settings(deadline=None)

FOUNDING = date(2022, 1, 27)

dates = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))


@pytest.mark.parametrize(
    "written",
    [
        "27 มกราคม 2565",
        "27  มกราคม   2565",
        " 27 มกราคม 2565 ",
        "27\u00a0มกราคม\u200b 2565",
        "๒๗ มกราคม ๒๕๖๕",
        "27 มกราคม พ.ศ. 2565",
        "27 มกราคม พ.ศ.2565",
        "27 มกราคม ค.ศ. 2022",
        "27 มกราคม 2022",
        "วันที่ 27 มกราคม 2565",
        "วันพฤหัสบดีที่ 27 มกราคม 2565",
        "27 ม.ค. 65",
        "27 ม.ค.65",
        "27ม.ค.65",
        "27 ม.ค. 2565",
        "27 ม. ค. 65",
        "27 มค 65",
        "27 มกราคม 65",
        "27/01/2565",
        "27/1/2565",
        "27-01-2565",
        "27.01.2565",
        "๒๗/๐๑/๒๕๖๕",
        "27/01/2022",
        "2565-01-27",
        "2022-01-27",
    ],
)
def test_the_founding_day_is_read_however_it_is_written(written):
    assert thai.parse_date(written) == FOUNDING


def test_the_order_of_29_march_as_the_province_wrote_it_is_read():
    assert thai.parse_date("29 มี.ค.65") == date(2022, 3, 29)


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("", "ยังไม่ได้ใส่"),
        ("  ", "ยังไม่ได้ใส่"),
        ("วันที่", "ยังไม่ได้ใส่"),
        ("31 ก.พ. 65", "กุมภาพันธ์ 2565 มีวันที่ 1 ถึง 28"),
        ("29 กุมภาพันธ์ 2565", "1 ถึง 28"),
        ("30 ก.พ. 2567", "1 ถึง 29"),
        ("0 มกราคม 2565", "1 ถึง 31"),
        ("31/04/2565", "เมษายน"),
        ("27/13/2565", "เดือนมีได้"),
        ("2565-00-10", "เดือนมีได้"),
        ("27/01/65", "ปีสี่หลัก"),
        ("27 มกรา 2565", "มกรา"),
        ("27 พ.ศ. 2565", "ไม่รู้จักชื่อเดือน"),
        ("27 มกราคม 2365", "ปี 2365"),
        ("27 มกราคม 1565", "ปี 1565"),
        ("27 มกราคม พ.ศ. 2022", "ปี 2022"),
        ("27 มกราคม ค.ศ. 2565", "ปี 2565"),
        ("27/01-2565", "อ่านวันที่ไม่ได้"),
        ("27 มกราคม", "อ่านวันที่ไม่ได้"),
        ("27 มกราคม 565", "อ่านวันที่ไม่ได้"),
        ("พรุ่งนี้", "อ่านวันที่ไม่ได้"),
        ("27 มกราคม 2565 13.30 น.", "อ่านวันที่ไม่ได้"),
        ("9" * 10_000, "อ่านวันที่ไม่ได้"),
    ],
)
def test_nonsense_is_refused_with_what_to_do(written, advice):
    with pytest.raises(BadInput) as refusal:
        thai.parse_date(written)
    assert advice in refusal.value.words
    assert "โปรด" in refusal.value.words


@pytest.mark.parametrize(
    "written",
    ["27/11/69", "27-11-69", "๒๗/๑๑/๖๙", "27/11/2569", "27 พ.ย. 69", "27 พฤศจิกายน 2569", "2026-11-27"],
)
def test_a_day_near_the_one_that_is_known_is_read_with_two_digits_as_well(written):
    assert thai.parse_date(written, near=FOUNDING) == date(2026, 11, 27)


@pytest.mark.parametrize("written", ["27/11/26", "27 พ.ย. 26", "27/11/12"])
def test_two_digits_that_could_be_the_common_era_are_asked_about_and_never_guessed(written):
    with pytest.raises(BadInput, match=r"อาจเป็น พ\.ศ\. 25\d\d หรือ ค\.ศ\. 20\d\d โปรดใส่ปีสี่หลัก"):
        thai.parse_date(written, near=FOUNDING)
    assert thai.parse_date("27 พ.ย. พ.ศ. 26", near=FOUNDING) == date(1983, 11, 27)


def test_the_leap_day_of_2567_exists():
    assert thai.parse_date("29 ก.พ. 67") == date(2024, 2, 29)


@unhurried
@given(dates)
def test_every_date_survives_being_written_and_read(day):
    assert thai.parse_date(thai.long_date(day)) == day
    assert thai.parse_date(thai.thai_digits(thai.long_date(day))) == day
    assert thai.parse_date(day.isoformat()) == day


@unhurried
@given(st.dates(min_value=date(1957, 1, 1), max_value=date(2056, 12, 31)))
def test_every_short_date_of_the_2500s_survives_being_written_and_read(day):
    assert thai.parse_date(thai.short_date(day)) == day


@unhurried
@given(st.text(max_size=40))
def test_any_text_is_either_a_date_or_refused(text):
    try:
        assert isinstance(thai.parse_date(text), date)
    except BadInput as refusal:
        assert refusal.words


def test_dates_are_written_as_letters_and_tables_write_them():
    assert thai.long_date(FOUNDING) == "27 มกราคม 2565"
    assert thai.short_date(FOUNDING) == "27 ม.ค. 65"
    assert thai.short_date(date(2056, 12, 1)) == "1 ธ.ค. 99"
    assert thai.month_year(FOUNDING) == "มกราคม 2565"


def test_a_moment_is_shown_in_the_hours_of_bangkok():
    late = datetime(2022, 1, 26, 18, 5, tzinfo=UTC)
    assert thai.time_text(late) == "01.05\u00a0น."
    assert thai.long_date(late) == "27 มกราคม 2565"
    assert thai.moment_text(late) == "27 ม.ค. 65 01.05\u00a0น."
    assert thai.time_text(datetime(2022, 1, 27, 13, 30, tzinfo=clock.BANGKOK)) == "13.30\u00a0น."


@pytest.mark.parametrize("show", [thai.time_text, thai.long_date, thai.short_date, thai.fiscal_year_be])
def test_a_moment_without_a_time_zone_is_never_guessed_at(show):
    with pytest.raises(ValueError, match="time zone"):
        show(datetime(2022, 1, 27, 13, 30))


def test_the_fiscal_year_turns_on_the_first_of_october():
    assert thai.fiscal_year_be(date(2026, 9, 30)) == 2569
    assert thai.fiscal_year_be(date(2026, 10, 1)) == 2570
    assert thai.fiscal_year_be(date(2026, 12, 31)) == 2570
    assert thai.fiscal_year_be(date(2027, 9, 30)) == 2570


def test_the_fiscal_year_turns_at_midnight_in_bangkok_not_in_greenwich():
    assert thai.fiscal_year_be(datetime(2026, 9, 30, 16, 59, tzinfo=UTC)) == 2569
    assert thai.fiscal_year_be(datetime(2026, 9, 30, 17, 0, tzinfo=UTC)) == 2570


def test_a_fiscal_year_has_its_first_and_last_day():
    assert thai.fiscal_year_days(2570) == (date(2026, 10, 1), date(2027, 9, 30))


@unhurried
@given(dates)
def test_every_day_lies_inside_its_own_fiscal_year(day):
    year = thai.fiscal_year_be(day)
    first, last = thai.fiscal_year_days(year)
    assert first <= day <= last


def test_years_go_between_the_eras():
    assert thai.to_ce(2565) == 2022
    assert thai.to_ce(2022) == 2022
    assert thai.year_be(FOUNDING) == 2565


def test_digits_turn_thai_and_back():
    assert thai.thai_digits("ศก 0017/2565") == "ศก ๐๐๑๗/๒๕๖๕"
    assert thai.thai_digits(67) == "๖๗"
    assert thai.arabic_digits("ศก ๐๐๑๗/๒๕๖๕") == "ศก 0017/2565"


#: Provinces as the Royal Society's list orders them.
IN_ORDER = [
    "กระบี่",
    "กรุงเทพมหานคร",
    "กาญจนบุรี",
    "กาฬสินธุ์",
    "กำแพงเพชร",
    "ขอนแก่น",
    "จันทบุรี",
    "ฉะเชิงเทรา",
    "ชลบุรี",
    "ชัยนาท",
    "ชัยภูมิ",
    "ชุมพร",
    "เชียงราย",
    "เชียงใหม่",
    "ตรัง",
    "ตราด",
    "ตาก",
    "นครนายก",
    "นครปฐม",
    "นครพนม",
    "นครราชสีมา",
    "นครศรีธรรมราช",
    "นครสวรรค์",
    "นนทบุรี",
    "นราธิวาส",
    "น่าน",
    "บึงกาฬ",
    "บุรีรัมย์",
    "ปทุมธานี",
    "ประจวบคีรีขันธ์",
    "ปราจีนบุรี",
    "ปัตตานี",
    "พระนครศรีอยุธยา",
    "พะเยา",
    "พังงา",
    "พัทลุง",
    "พิจิตร",
    "พิษณุโลก",
    "เพชรบุรี",
    "เพชรบูรณ์",
    "แพร่",
    "ภูเก็ต",
    "มหาสารคาม",
    "มุกดาหาร",
    "แม่ฮ่องสอน",
    "ยโสธร",
    "ยะลา",
    "ร้อยเอ็ด",
    "ระนอง",
    "ระยอง",
    "ราชบุรี",
    "ลพบุรี",
    "ลำปาง",
    "ลำพูน",
    "เลย",
    "ศรีสะเกษ",
    "สกลนคร",
    "สงขลา",
    "สตูล",
    "สมุทรปราการ",
    "สมุทรสงคราม",
    "สมุทรสาคร",
    "สระแก้ว",
    "สระบุรี",
    "สิงห์บุรี",
    "สุโขทัย",
    "สุพรรณบุรี",
    "สุราษฎร์ธานี",
    "สุรินทร์",
    "หนองคาย",
    "หนองบัวลำภู",
    "อ่างทอง",
    "อำนาจเจริญ",
    "อุดรธานี",
    "อุตรดิตถ์",
    "อุทัยธานี",
    "อุบลราชธานี",
]


def test_all_77_provinces_sort_as_a_thai_list_orders_them():
    shuffled = IN_ORDER.copy()
    Random(7).shuffle(shuffled)
    assert len(shuffled) == 77
    assert sorted(shuffled, key=thai.sort_key) == IN_ORDER


def test_tone_marks_decide_only_between_words_otherwise_equal():
    words = ["ขา", "ข่า", "ข้า", "ขาก", "เขา", "เข่า", "เข้า", "แข", "ไข", "ไข่", "ไข้"]
    shuffled = words.copy()
    Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=thai.sort_key) == words


def test_two_spellings_of_sara_am_sort_together():
    assert thai.sort_key("กํา") == thai.sort_key("กำ")


def test_the_date_in_bangkok_runs_ahead_of_greenwich():
    with time_machine.travel(datetime(2026, 9, 30, 17, 0, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 10, 1)
        assert clock.now() == datetime(2026, 9, 30, 17, 0, tzinfo=UTC)
        assert clock.now().utcoffset() == timedelta(0)


def test_the_twelve_months_follow_each_other():
    firsts = [thai.parse_date(f"1 {month} 2565") for month in thai.MONTHS]
    assert firsts == [thai.parse_date(f"1 {month} 65") for month in thai.SHORT_MONTHS]
    assert all(later.month == earlier.month + 1 for earlier, later in pairwise(firsts))
