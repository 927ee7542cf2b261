import pytest

from app.kit.errors import BadInput
from app.province import banks, catalogue, places
from app.province.dimensions import DIMENSIONS
from app.province.profile import load


def test_sisaket_has_22_districts_and_206_subdistricts_in_code_order():
    districts = places.districts("33")
    assert [d.code for d in districts] == [f"33{n:02}" for n in range(1, 23)]
    assert sum(len(places.subdistricts(d.code)) for d in districts) == 206


def test_what_each_of_the_77_provinces_says_of_itself_is_what_is_listed():
    assert len(places.provinces()) == 77
    for province in places.provinces():
        districts = places.districts(province.code)
        assert len(districts) == province.district_count
        for district in districts:
            assert len(places.subdistricts(district.code)) == district.subdistrict_count
        assert sum(district.subdistrict_count for district in districts) == province.subdistrict_count
    assert sum(province.district_count for province in places.provinces()) == 928
    assert sum(province.subdistrict_count for province in places.provinces()) == 7_436


def test_a_province_whose_boundaries_are_not_known_has_no_map():
    assert places.district_shapes("10") == ()


@pytest.mark.parametrize(
    "name", ["ศรีสะเกษ", "จังหวัดศรีษะเกษ", "จ.ศรีสะเกษ", " Sisaket ", "Si Sa Ket", "SI SA KET PROVINCE", "ศก"]
)
def test_a_province_is_known_by_the_spellings_people_use(name):
    found = places.province_named(name)
    assert found is not None
    assert found.code == "33"


def test_a_name_that_means_no_province_means_none():
    assert places.province_named("ศรี") is None
    assert places.province_named("") is None


@pytest.mark.parametrize(
    "name", ["ขุนหาญ", "อำเภอขุนหาญ", "อ. ขุนหาญ", "Khun Han", "Amphoe Khun Han", "khun han district"]
)
def test_a_district_is_known_with_and_without_the_word_for_it(name):
    found = places.district_named("33", name)
    assert found is not None
    assert found.code == "3308"


def test_the_bare_word_for_town_means_the_district_of_the_provincial_town():
    assert places.district_named("33", "เมือง") == places.district("3301")
    assert places.district_named("23", "อำเภอเมือง") == places.district("2301")
    assert places.district_named("33", "เมืองจันทร์") == places.district("3318")


def test_every_place_is_found_by_its_own_names():
    for province in places.provinces():
        for district in places.districts(province.code):
            assert places.district_named(province.code, district.name_th) == district
            assert places.district_named(province.code, district.name_en) in (district, None)
            for subdistrict in places.subdistricts(district.code):
                assert places.subdistrict_named(district.code, subdistrict.name_th) == subdistrict
                assert places.subdistrict(subdistrict.code) == subdistrict


def test_an_english_name_that_two_districts_share_means_neither_of_them():
    # บางไทร and บางซ้าย of Phra Nakhon Si Ayutthaya.
    assert places.district("1404").name_en == places.district("1413").name_en == "Bang Sai"
    assert places.district_named("14", "Bang Sai") is None
    assert places.district_named("14", "บางไทร") == places.district("1404")


def test_a_sara_am_typed_as_two_letters_is_the_same_name():
    assert places.district_named("33", "น\u0e49\u0e4d\u0e32เกลี้ยง") == places.district("3315")
    assert places.subdistrict_named("3301", "ตำบลน\u0e49\u0e33คำ") == places.subdistrict_named("3301", "น้ำคำ")
    assert places.subdistrict_named("3301", "น้ำคำ") is not None


def test_a_pseudo_code_of_a_municipality_belongs_to_the_district_of_its_first_four_digits():
    assert places.subdistrict("330151") is None
    assert places.district_of("330151") == places.district("3301")
    assert places.district_of("33045101") == places.district("3304")
    assert places.district_of("339901") is None
    assert places.district_of("33") is None


def test_unknown_codes_are_refused_kindly():
    with pytest.raises(BadInput, match="9999"):
        places.district("9999")
    with pytest.raises(BadInput, match="00"):
        places.province("00")


@pytest.mark.parametrize("code", sorted(places.SHAPES))
def test_every_district_has_one_closed_shape(code):
    shapes = places.district_shapes(code)
    assert [s["properties"]["code"] for s in shapes] == [d.code for d in places.districts(code)]
    for shape in shapes:
        kind, rings = shape["geometry"]["type"], shape["geometry"]["coordinates"]
        for ring in [ring for part in rings for ring in part] if kind == "MultiPolygon" else rings:
            assert ring[0] == ring[-1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("รายได้", "income"),
        ("มิติด้านการเข้าถึงสวัสดิการภาครัฐ", "access"),
        ("มิติการเข้าถึงบริการรัฐ", "access"),
        ("accessibility", "access"),
        ("ด้านรายได้และอาชีพ", "income"),
        ("มิติอื่น ๆ", "other"),
        ("Health", "health"),
        (" ความเป็น อยู่ ", "living"),
    ],
)
def test_a_dimension_is_known_by_the_names_that_files_use(words, code):
    found = load("sisaket").sides.named(words)
    assert found is not None
    assert found.code == code


def test_five_of_the_six_dimensions_are_those_of_the_national_map():
    assert [d.code for d in DIMENSIONS if not d.is_tpmap] == ["other"]
    assert len(DIMENSIONS) == 6


def test_several_dimensions_in_one_cell_are_each_known():
    named = load("sisaket").sides.all_named
    assert named("รายได้; สุขภาพ | รายได้") == {"health", "income"}
    assert named(" ") == frozenset()
    with pytest.raises(BadInput, match="ความสุข"):
        named("รายได้, ความสุข")


def test_the_catalogue_is_whole():
    items = catalogue.items()
    assert len(items) == 73
    assert len({item.code for item in items}) == 73
    known = {d.code for d in DIMENSIONS}
    for item in items:
        assert 0 <= item.satang_min <= item.satang <= item.satang_max
        assert item.urgency in item.urgencies
        assert item.dimensions
        assert set(item.dimensions) <= known
        assert item.evidence
        for kind, codes in (
            ("categories", [item.category]),
            ("deliveries", [item.delivery]),
            ("recipients", [item.recipient]),
            ("work_areas", [item.work_area]),
            ("evidence", item.evidence),
        ):
            assert all(catalogue.label(kind, code) for code in codes)


def test_a_scout_kit_costs_the_sum_of_its_parts_and_asks_for_their_sizes():
    kits = [kit for kit in catalogue.items() if kit.scout_level]
    assert [kit.code for kit in kits] == [
        "ED-SCT-CUB",
        "ED-SCT-SCO",
        "ED-SCT-SEN",
        "ED-SCT-GUI",
        "ED-SCT-SGU",
    ]
    for kit in kits:
        assert kit.satang == sum(part.satang * quantity for part, quantity in kit.parts)
    guide = catalogue.item("ED-SCT-GUI")
    assert guide.satang == 1_025_00
    assert [field.code for field in guide.sizes] == [
        "hat_cm",
        "chest_in",
        "waist_in",
        "skirt_in",
        "belt",
        "sock",
    ]


def test_an_item_nobody_listed_is_refused():
    with pytest.raises(BadInput, match="XX-1"):
        catalogue.item("XX-1")


def test_a_bank_is_named_by_its_code_and_an_unknown_one_shown_as_it_is():
    assert banks.bank_name("014") == "ธนาคารไทยพาณิชย์"
    assert banks.bank_name("999") == "ธนาคารรหัส 999"
    assert [bank.code for bank in banks.banks()] == sorted(bank.code for bank in banks.banks())
