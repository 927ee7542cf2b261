"""Branches of networks: what a treasurer sees and does ends where their own branch ends."""

from datetime import timedelta

import pytest
from people import Cast
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.fund.giving.networks import contacts, networks
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.pledges import pledges, status
from app.fund.giving.records.networks import Contact, Network
from app.fund.giving.records.pledges import Pledge
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import people
from app.staff.roles import Role


def network(code: str) -> Network:
    return db.session().scalars(select(Network).filter_by(code=code)).one()


@pytest.fixture
def tree(cast: Cast) -> Cast:
    """NET001 (Ton's) → D1 in Khukhan → G1, G2; beside it NET002 → D2. Malee is treasurer of D1."""
    with transaction():
        by = cast.busaba.user
        d1 = networks.create(
            code="D1",
            type="otop",
            name="อำเภอหนึ่ง",
            district_code="3305",
            parent_id=network("NET001").id,
            by=by,
        )
        networks.create(code="G1", type="otop", name="กลุ่มหนึ่ง", parent_id=d1.id, by=by)
        networks.create(code="G2", type="otop", name="กลุ่มสอง", parent_id=d1.id, by=by)
        other = networks.create(code="NET002", type="women_fund", name="กองทุนสตรี", by=by)
        networks.create(
            code="D2", type="women_fund", name="สตรีอำเภอ", district_code="3301", parent_id=other.id, by=by
        )
    with transaction():
        people.grant(
            user_id=cast.wichai.user_id or 0, role=Role.TREASURER, network_code="D1", by=cast.ying.user
        )
    return cast


def codes(found: list[Network]) -> list[str]:
    return [network.code for network in found]


def pledge(cast: Cast, code: str, satang: int = 100_000) -> int:
    with transaction():
        return pledges.make(
            network_id=network(code).id,
            satang=satang,
            purpose_id=cast.purpose().id,
            expected_on=clock.today(),
            basis="ประชุมครั้งที่ 1/2565",
            by=cast.busaba.user,
        ).id


def test_a_branch_lies_in_its_parents_district_without_being_told(tree: Cast) -> None:
    assert network("G1").district_code == "3305"
    assert network("G1").path == "/NET001/D1/G1/"
    assert (network("NET001").depth, network("G1").depth) == (0, 2)


def test_a_treasurer_speaks_for_their_branch_and_neither_above_nor_beside_it(tree: Cast) -> None:
    assert codes(networks.spoken_for(tree.wichai.user)) == ["D1", "G1", "G2"]
    assert codes(networks.spoken_for(tree.ton.user)) == ["NET001", "D1", "G1", "G2"]
    assert codes(list(db.session().scalars(networks.visible_to(tree.wichai.user)))) == ["D1", "G1", "G2"]
    assert not networks.speaks_for(tree.wichai.user, network("NET001"))
    assert not networks.speaks_for(tree.wichai.user, network("NET002"))
    assert not networks.speaks_for(tree.ton.user, network("D2"))
    assert networks.speaks_for(tree.ton.user, network("G2"))
    assert not networks.speaks_for(None, network("G2"))


def test_a_code_that_begins_like_another_is_not_in_its_branch(tree: Cast) -> None:
    with transaction():
        networks.create(code="D11", type="otop", name="คล้ายกัน", by=None)
    assert "D11" not in codes(networks.spoken_for(tree.wichai.user))


def test_pledges_sums_and_counts_end_where_the_branch_ends(tree: Cast) -> None:
    above, own, below, beside = (pledge(tree, code) for code in ("NET001", "D1", "G1", "D2"))
    wichai = tree.wichai.user
    assert set(db.session().scalars(pledges.visible_to(wichai)).all()) == {
        db.session().get_one(Pledge, number) for number in (own, below)
    }
    assert status.sums(wichai) == status.PledgeSums(200_000, 0, 200_000)
    assert status.sums(tree.ton.user).pledged == 300_000
    assert status.sums(tree.kanya.user).pledged == 400_000
    for foreign in (above, beside):
        with pytest.raises(Refused, match="เครือข่าย"), transaction():
            pledges.withdraw(foreign, by=tree.wichai.user)
        with pytest.raises(Refused, match="เครือข่าย"), transaction():
            payment_requests.open(
                satang=100, purpose_id=tree.purpose().id, pledge_id=foreign, by=tree.wichai.user
            )
    with transaction():
        pledges.withdraw(below, by=tree.wichai.user)


def test_a_treasurer_pledges_for_a_branch_below_and_for_no_other(tree: Cast) -> None:
    def state(code: str) -> None:
        with transaction():
            pledges.make(
                network_id=network(code).id,
                satang=100,
                purpose_id=tree.purpose().id,
                expected_on=clock.today(),
                by=tree.wichai.user,
            )

    state("G2")
    for code in ("NET001", "NET002", "D2"):
        with pytest.raises(Refused, match="ในนามเครือข่ายนี้ไม่ได้"):
            state(code)


def test_a_branch_in_another_district_is_refused_by_the_rule_and_by_the_database(tree: Cast) -> None:
    with pytest.raises(BadInput, match="อำเภอเดียวกับ"), transaction():
        networks.create(
            code="G3", type="otop", name="ก", district_code="3301", parent_id=network("D1").id, by=None
        )
    with pytest.raises(Refused, match="สายสังกัด"), transaction() as session:
        session.execute(update(Network).where(Network.code == "G1").values(district_code="3301"))
    with pytest.raises(Refused, match="สายสังกัด"), transaction() as session:
        session.execute(update(Network).where(Network.code == "D1").values(district_code="3301"))


def test_no_network_stands_above_itself(tree: Cast) -> None:
    for below in ("NET001", "D1", "G1"):
        with pytest.raises(Refused, match="สังกัดตัวเอง"), transaction():
            networks.set_parent(
                network("NET001").id, parent_id=network(below).id, district_code=None, by=tree.busaba.user
            )
    top, leaf = network("NET001"), network("G1")
    with pytest.raises(Refused, match="สายสังกัด"), transaction() as session:
        session.execute(
            update(Network)
            .where(Network.id == top.id)
            .values(parent_id=leaf.id, path=f"{leaf.path}{top.code}/")
        )


def test_a_path_that_is_not_the_parents_is_refused_by_the_database(tree: Cast) -> None:
    with pytest.raises(Refused, match="สายสังกัด"), transaction() as session:
        session.execute(update(Network).where(Network.code == "G1").values(path="/G1/"))
    with pytest.raises(Refused, match="สายสังกัด"), transaction() as session:
        session.add(Network(code="X1", path="/X1/", type="otop", name="ก", parent_id=network("D1").id))


def test_a_network_moves_with_all_below_it_and_its_treasurers_see_moves_with_it(tree: Cast) -> None:
    with transaction():
        networks.set_parent(
            network("D1").id, parent_id=network("NET002").id, district_code="3305", by=tree.busaba.user
        )
    assert network("G2").path == "/NET002/D1/G2/"
    assert codes(networks.spoken_for(tree.ton.user)) == ["NET001"]
    assert codes(networks.spoken_for(tree.wichai.user)) == ["D1", "G1", "G2"]
    assert books.check()["สายสังกัดของเครือข่ายต่อกันครบทุกชั้น"] == []
    with pytest.raises(Refused, match="อำเภออื่น"), transaction():
        networks.set_parent(network("D1").id, parent_id=None, district_code="3301", by=tree.busaba.user)
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        networks.set_parent(network("D1").id, parent_id=None, district_code=None, by=tree.wichai.user)


def test_a_person_can_be_a_partner(cast: Cast) -> None:
    with transaction():
        made = networks.create(code="P1", type="person", name="นายใจ ดี", by=cast.busaba.user)
        networks.rename(made.id, name=" นายใจ  ดีงาม ", by=cast.busaba.user)
    assert network("P1").name == "นายใจ ดีงาม"


# Offices


def hold(cast: Cast, code: str = "D1", **more: str) -> Contact:
    said = {"office": "treasurer", "name": "น.ส.ออม ทรัพย์", "phone": "081-234-5678", "email": "om@example.org"}
    with transaction():
        return contacts.add(network(code).id, **{**said, **more}, by=cast.busaba.user)


def test_a_network_has_several_contacts_with_offices_and_keeps_who_was_before(tree: Cast) -> None:
    first, chair = hold(tree), hold(tree, office="chair", name="นายประธาน")
    with transaction():
        contacts.amend(
            first.id, office="treasurer", name="น.ส.ออม ทรัพย์", email="new@example.org", by=tree.wichai.user
        )
        contacts.end(chair.id, by=tree.busaba.user)
    number = network("D1").id
    assert [(contact.office, contact.email) for contact in contacts.of([number])[number]] == [
        ("treasurer", "new@example.org")
    ]
    assert {contact.id for contact in contacts.past(number)} == {first.id, chair.id}
    with pytest.raises(Refused, match="ไปแล้ว"), transaction():
        contacts.end(chair.id, by=tree.busaba.user)
    with pytest.raises(DBAPIError, match="final_network_contact"), transaction() as session:
        session.execute(text("UPDATE network_contact SET email = 'x@example.org' WHERE ended_on IS NULL"))
    with pytest.raises(Refused, match="สิ้นสุดไปแล้ว"), transaction() as session:
        session.execute(text("UPDATE network_contact SET ended_on = NULL, ended_by_id = NULL"))
    with pytest.raises(DBAPIError, match="kept_network_contact"), transaction() as session:
        session.execute(text("DELETE FROM network_contact"))


def test_a_treasurer_writes_contacts_of_their_branch_and_of_no_other(tree: Cast) -> None:
    def write(code: str) -> None:
        with transaction():
            contacts.add(network(code).id, office="secretary", name="ก", by=tree.wichai.user)

    write("G1")
    for code in ("NET001", "D2"):
        with pytest.raises(Refused, match="ฝ่ายเลขานุการ"):
            write(code)


@pytest.mark.pages
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"office": "king"}, "ตำแหน่ง"),
        ({"name": " "}, "ชื่อผู้ติดต่อ"),
        ({"phone": "โทรมานะ"}, "โทรศัพท์"),
        ({"email": "om@"}, "อีเมล"),
        ({"email": "a@b.c, d@e.f"}, "อีเมล"),
        ({"email": "om@\u202egro.elpmaxe"}, "อีเมล"),
        ({"email": "om\x07@example.org"}, "อีเมล"),
        ({"email": "om@example"}, "อีเมล"),
        ({"line_user_id": "somline"}, "LINE"),
    ],
)
def test_a_contact_that_nothing_reaches_is_refused(tree: Cast, wrong: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        hold(tree, **wrong)


def test_nobody_enters_or_leaves_an_office_in_the_future(tree: Cast) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(BadInput, match="วันนี้"), transaction():
        contacts.add(network("D1").id, office="chair", name="ก", since_on=tomorrow, by=tree.busaba.user)
    held = hold(tree)
    with pytest.raises(BadInput, match="วันนี้"), transaction():
        contacts.end(held.id, on=tomorrow, by=tree.busaba.user)
