"""Pages of partners: branches and offices, pledging by instalments and on behalf, the board of shares."""

from datetime import timedelta

import pytest
from money import arrives
from people import Cast
from sqlalchemy import select

from app.fund.giving.networks import contacts, networks
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.pledges import pledges
from app.fund.giving.pledges.status import PledgeSums
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge
from app.fund.giving.reports import shares
from app.kit import clock, thai
from app.kit.db import db, transaction

pytestmark = pytest.mark.pages


def number_of(code: str) -> int:
    return db.session().scalars(select(Network.id).filter_by(code=code)).one()


def found(code: str, name: str, parent: str = "", district: str = "") -> None:
    with transaction():
        networks.create(
            code=code,
            type="village_fund",
            name=name,
            district_code=district or None,
            parent_id=number_of(parent) if parent else None,
            by=None,
        )


@pytest.fixture
def tree(cast: Cast) -> Cast:
    found("D1", "OTOP ขุขันธ์", "NET001", "3305")
    found("G1", "กลุ่มทอผ้า", "D1")
    found("NET002", "กองทุนสตรีลับตา")
    return cast


def test_an_officer_founds_a_branch_gives_it_a_chair_and_moves_it(tree: Cast) -> None:
    busaba = tree.busaba.sign_in()
    page = busaba.send(
        "/fund/setup", network_code="G2", network_name="กลุ่มจักสาน", network_type="person", parent_code="d1"
    )
    assert "กลุ่มจักสาน" in busaba.visit("/networks").words
    here = "/fund/setup/networks/G2"
    page = busaba.visit(here)
    assert "อำเภอขุขันธ์" in page.words
    assert "บุคคล" in page.words
    page = busaba.send(
        here,
        action="/offices",
        office="chair",
        name="นางประธาน ดี",
        phone="081-234-5678",
        email="chair@example.org",
    )
    assert "chair@example.org" in page.words
    held = contacts.of([number_of("G2")])[number_of("G2")][0].id
    page = busaba.send(f"{here}/offices/{held}", email="ใหม่", to_status=422)
    assert 'value="ใหม่"' in page.text
    page = busaba.send(f"{here}/offices/{held}", email="new@example.org")
    assert "new@example.org" in page.words
    assert "ประวัติผู้ติดต่อ" in page.words
    busaba.visit(f"{here}/offices/{held}", status=404)
    held = contacts.of([number_of("G2")])[number_of("G2")][0].id
    busaba.press(busaba.visit(here), having=f"/offices/{held}/end")
    assert contacts.of([number_of("G2")])[number_of("G2")] == []
    page = busaba.send(here, action="/place", parent_code="G2", to_status=409)
    assert "สังกัดตัวเอง" in page.words
    page = busaba.send(here, action="/place", parent_code="NIX", to_status=422)
    assert "ไม่มีเครือข่ายรหัส NIX" in page.words
    busaba.send(
        here, action="/place", parent_code="NET002", district_code="3301", network_name="กลุ่มจักสานเมือง"
    )
    moved = db.session().scalars(select(Network).filter_by(code="G2")).one()
    assert (moved.path, moved.district_code, moved.name) == ("/NET002/G2/", "3301", "กลุ่มจักสานเมือง")


def test_a_treasurer_looks_after_the_contacts_of_their_branch_and_sees_no_other(tree: Cast) -> None:
    ton = tree.ton.sign_in()
    page = ton.visit("/networks")
    assert "กลุ่มทอผ้า" in page.words
    assert "ลับตา" not in page.words
    assert "ลับตา" not in ton.visit("/networks?q=ลับตา").words
    page = ton.send("/fund/setup/networks/G1", action="/offices", office="treasurer", name="นายออม")
    assert "นายออม" in page.words
    assert "/place" not in page.text and "/close" not in page.text
    for path in ("", "/offices/1"):
        ton.visit(f"/fund/setup/networks/NET002{path}", status=404)
    ton.visit("/fund/setup", status=403)
    assert "ลับตา" in tree.decha.sign_in().visit("/networks").words
    page = tree.decha.visit("/fund/setup/networks/G1")
    assert "นายออม" in page.words
    assert "/offices" not in page.text


def test_a_drop_down_offers_a_treasurer_their_branch_only(tree: Cast) -> None:
    page = tree.ton.sign_in().visit("/pledges/new")
    assert "กลุ่มทอผ้า" in page.words
    assert "ลับตา" not in page.words
    assert "หนังสือหรือการประชุม" not in page.words
    tree.ton.send(
        "/pledges/new", network=str(number_of("NET002")), amount="5", expected_on="27/01/2570", to_status=422
    )
    tree.ton.send("/pledges/new", network=str(number_of("G1")), amount="5", expected_on="27/01/2570")
    assert db.session().scalars(select(Pledge.network_id)).one() == number_of("G1")


def test_a_treasurer_pledges_in_equal_instalments_and_sees_which_are_covered(cast: Cast) -> None:
    ton = cast.ton.sign_in()
    page = ton.send("/pledges/new", amount="1,000", expected_on="31/01/2570", split="3")
    assert "31 ม.ค. 70" in page.words and "28 ก.พ. 70" in page.words and "31 มี.ค. 70" in page.words
    assert "334" in page.words
    made = db.session().scalars(select(Pledge)).one()
    with transaction():
        arrives(satang=400_00, paid_at=clock.now(), purpose_id=made.purpose_id, pledge_id=made.id, by=None)
    page = ton.visit(f"/pledges/{made.code}")
    assert "ครบแล้ว" in page.words and "ได้รับบางส่วน" in page.words
    # What is asked for first is what is missing of the oldest instalment.
    assert 'value="266"' in page.text


def test_instalments_of_ones_own_must_be_the_whole_and_keep_what_was_typed(cast: Cast) -> None:
    ton = cast.ton.sign_in()
    rows = {
        "part_amounts-0": "600",
        "part_days-0": "1 ก.พ. 2570",
        "part_amounts-1": "300",
        "part_days-1": "1 มี.ค. 2570",
    }
    page = ton.send("/pledges/new", amount="1,000", to_status=409, **rows)
    assert "900.00" in page.words
    assert 'value="600"' in page.text
    ton.send("/pledges/new", amount="1,000", to_status=422, **{**rows, "part_days-1": ""})
    page = ton.send("/pledges/new", amount="1,000", **{**rows, "part_amounts-1": "400"})
    assert db.session().scalars(select(Pledge)).one().expected_on.isoformat() == "2027-03-01"
    ton.send("/pledges/new", amount="1,000", to_status=422)


def test_what_is_wrong_in_one_instalment_is_said_above_the_form_too(cast: Cast) -> None:
    rows = {
        "part_amounts-0": "600",
        "part_days-0": "",
        "part_amounts-1": "300.123",
        "part_days-1": "31 ก.พ. 2570",
    }
    page = cast.ton.sign_in().send("/pledges/new", amount="900", to_status=422, **rows)
    said = page.text.partition('class="error-list"')[2].partition("</ul>")[0]
    assert '#part_days-0">งวดที่ 1 ภายในวันที่: กรุณาใส่ทั้งจำนวนเงินและวันที่ของงวดนี้' in said
    assert '#part_amounts-1">งวดที่ 2 จำนวนเงิน: สตางค์มีได้ไม่เกินสองตำแหน่ง' in said
    assert '#part_days-1">งวดที่ 2 ภายในวันที่: เดือนกุมภาพันธ์ 2570' in said
    page = cast.ton.sign_in().send("/pledges/new", amount="900", to_status=422, **{"part_amounts-0": "900"})
    assert '#part_days-0">งวดที่ 1 ภายในวันที่: กรุณาใส่ทั้ง' in page.text.partition('class="error-list"')[2]


def test_a_pledge_for_a_year_that_was_mistyped_is_not_taken(cast: Cast) -> None:
    ton = cast.ton.sign_in()
    page = ton.send("/pledges/new", amount="900", expected_on="1 ม.ค. 2690", to_status=409)
    assert "ไม่เกินสิบปี" in page.words and 'value="1 ม.ค. 2690"' in page.text
    ton.send("/pledges/new", amount="900", expected_on=thai.long_date(clock.today() + timedelta(days=3640)))


def test_an_officer_pledges_on_behalf_with_the_meeting_it_rests_on(cast: Cast) -> None:
    busaba = cast.busaba.sign_in()
    asked = {"network": str(number_of("NET001")), "amount": "500", "expected_on": "27/01/2570"}
    page = busaba.send("/pledges/new", to_status=409, **asked)
    assert "แทนเครือข่าย" in page.words
    page = busaba.send("/pledges/new", basis="ประชุมครั้งที่ 3/2569", **asked)
    assert "ประชุมครั้งที่ 3/2569" in page.words


def test_labour_is_pledged_on_the_same_page(cast: Cast) -> None:
    page = cast.ton.sign_in().send(
        "/pledges/new",
        kind="labour",
        what="ช่างไม้",
        quantity="๕",
        unit="วันแรง",
        amount="2,500",
        expected_on="27/01/2570",
    )
    assert "ช่างไม้ 5 วันแรง" in page.words
    assert "/pay" not in page.text
    assert "ช่างไม้ 5 วันแรง" in cast.ton.visit("/pledges").words


def test_the_list_is_filtered_by_status(cast: Cast) -> None:
    with transaction():
        for satang in (111_00, 222_00):
            pledges.make(
                network_id=number_of("NET001"),
                satang=satang,
                purpose_id=cast.purpose().id,
                expected_on=clock.today(),
                by=cast.ton.user,
            )
    first = db.session().scalars(select(Pledge).order_by(Pledge.id)).first()
    assert first is not None
    with transaction():
        arrives(satang=111_00, paid_at=clock.now(), purpose_id=first.purpose_id, pledge_id=first.id, by=None)
    for person in (cast.ton.sign_in(), cast.kanya.sign_in()):
        page = person.visit("/pledges?standing=fulfilled")
        assert "PL-" in page.main and "222" not in page.main.split("สถานะ", 1)[1]
        assert "ไม่พบรายการตามที่ค้น" in person.visit("/pledges?standing=lapsed").words
        assert "222" in person.visit("/pledges?standing=nonsense").main


def test_the_board_shows_each_network_and_district_beside_what_came_and_ranks_nobody(tree: Cast) -> None:
    with transaction():
        pledges.make(
            network_id=number_of("D1"),
            satang=1_000_00,
            purpose_id=tree.purpose().id,
            expected_on=clock.today(),
            by=tree.ton.user,
        )
    made = db.session().scalars(select(Pledge)).one()
    with transaction():
        arrives(satang=300_00, paid_at=clock.now(), purpose_id=made.purpose_id, pledge_id=made.id, by=None)
        arrives(
            satang=50_00, paid_at=clock.now(), purpose_id=made.purpose_id, network_id=number_of("G1"), by=None
        )
    every = db.session().scalars(select(Network)).all()
    told = {share.network.code: share.money for share in shares.of(every)}
    assert told["D1"] == PledgeSums(1_000_00, 300_00, 700_00)
    assert told["G1"] == PledgeSums(0, 50_00, 0)
    assert told["NET002"] == PledgeSums()
    districts = shares.by_district()
    assert districts["3305"][0] == PledgeSums(1_000_00, 350_00, 700_00)
    page = tree.busaba.sign_in().visit("/fund/shares")
    assert "อำเภอขุขันธ์" in page.words
    assert "<svg" in page.text
    # Districts without a promise or a donation are named in one sentence, not in rows of noughts.
    named, silent = page.main.split("ยังไม่มีเครือข่ายใดแจ้งหรือให้:")
    assert silent.startswith(" เครือข่ายระดับจังหวัด รายเครือข่าย") and "เครือข่ายระดับจังหวัด" not in named
    for word in ("อันดับที่", "มากที่สุด", "น้อยที่สุด", "ล่าช้า"):
        assert word not in page.words
    assert "กลุ่มทอผ้า" in tree.busaba.visit("/fund/shares?district=3305").words
    assert "กลุ่มทอผ้า" not in tree.busaba.visit("/fund/shares?district=province").main.split("รายเครือข่าย")[1]
    for outsider in (tree.ton, tree.malee, tree.somchai):
        outsider.sign_in().visit("/fund/shares", status=403)


def test_a_network_of_another_branch_tells_a_treasurer_nothing_on_any_page(tree: Cast) -> None:
    with transaction():
        pledges.make(
            network_id=number_of("NET002"),
            satang=987_654_00,
            purpose_id=tree.purpose().id,
            expected_on=clock.today(),
            basis="ประชุม",
            by=tree.busaba.user,
        )
    ton = tree.ton.sign_in()
    for path in ("/pledges", "/pledges?standing=stated", "/networks", "/goods", "/"):
        page = ton.visit(path)
        assert "987,654" not in page.text
        assert "ลับตา" not in page.text


def test_the_page_of_a_pledge_leads_to_codes_of_its_network_and_never_to_a_members_own(tree: Cast) -> None:
    with transaction():
        pledge = pledges.make(
            network_id=number_of("NET001"),
            satang=100_000,
            purpose_id=tree.purpose().id,
            expected_on=clock.today(),
            by=tree.ton.user,
        )
        asked = {"satang": 5_000, "purpose_id": pledge.purpose_id, "pledge_id": pledge.id}
        own = payment_requests.open(by=tree.ton.user, **asked).code  # type: ignore[arg-type]
        members = payment_requests.open(
            by=None,
            network_id=pledge.network_id,
            donor_name="นางบุญ ลับตา",
            **asked,  # type: ignore[arg-type]
        ).code
        here = f"/pledges/{pledge.code}"
    for reader in (tree.ton, tree.busaba, tree.kanya):
        page = reader.sign_in().visit(here)
        assert f"/give/{own}" in page.text
        assert members not in page.text
