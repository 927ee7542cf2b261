"""In-kind donations: valued, numbered without a gap, in the store and out of it, and never cash."""

import json
import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from people import Cast
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.fund.giving.goods import goods
from app.fund.giving.networks import networks
from app.fund.giving.pledges import pledges
from app.fund.giving.records.goods import InKindDonation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge
from app.fund.giving.records.receipts import ReceiptBook
from app.fund.ledger import books
from app.fund.ledger.entries import Entry
from app.fund.store import stock
from app.fund.store.records import StockItem, StockMove
from app.kit import clock, thai
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.users import User

PROOF = "ใบรับสิ่งของเลขต่อเนื่องไม่ขาด เนื้อความเป็นอย่างที่ออก และของในคลังตรงกับใบรับ"


def records(cast: Cast, who: str = "busaba", **more: object) -> InKindDonation:
    said: dict[str, object] = {
        "kind": "goods",
        "what": " ข้าวสาร  หอมมะลิ ",
        "quantity": 100,
        "unit": "ถุง",
        "satang": 900_000,
        "valued_from": "market",
        "valuation": "ตลาดสดเมือง ถุงละ 90 บาท",
        "received_on": clock.today(),
        "purpose_id": cast.purpose().id,
        "giver": "นายใจ ดีงาม",
    }
    with transaction():
        return goods.record(**{**said, **more}, by=getattr(cast, who).user)  # type: ignore[arg-type]


def there() -> dict[str, int]:
    items = list(db.session().scalars(select(StockItem)))
    held = stock.on_hand([item.id for item in items])
    return {item.name: held[item.id] for item in items}


def takes(cast: Cast, quantity: int, who: str = "kanya") -> None:
    with transaction() as session:
        stock.take_out(
            session.scalars(select(StockItem.id)).one(),
            quantity=quantity,
            reason="ส่งมอบ",
            reference="AR-2569-0001",
            by=getattr(cast, who).user,
        )


def test_goods_are_numbered_frozen_and_in_the_store_and_no_baht_moves(cast: Cast) -> None:
    first, second = records(cast), records(cast, "kanya", quantity=5)
    assert (first.code.split("/")[1], second.code.split("/")[1]) == ("K-000001", "K-000002")
    assert (first.what, first.recorded["giver"]) == ("ข้าวสาร หอมมะลิ", "นายใจ ดีงาม")
    assert first.genuine
    assert json.loads(first.contents)["words"] == "เก้าพันบาทถ้วน"
    assert there() == {"ข้าวสาร หอมมะลิ": 105}
    assert db.session().scalar(select(func.count()).select_from(Entry)) == 0
    found = goods.by_token(first.token)
    assert found is not None and found.id == first.id
    assert goods.by_token("none") is None


def test_labour_has_a_document_and_no_place_in_the_store(cast: Cast) -> None:
    made = records(cast, kind="labour", what="ช่างไม้", quantity=5, unit="วันแรง", valued_from="word")
    assert made.number == 1
    assert there() == {}


def test_the_store_never_falls_below_nothing_by_rule_or_by_database(cast: Cast) -> None:
    records(cast)
    takes(cast, 60)
    with pytest.raises(Refused, match="40 ถุง"):
        takes(cast, 41)
    with pytest.raises(Refused, match="ไม่พอ"), transaction() as session:
        session.add(
            StockMove(
                item_id=session.scalars(select(StockItem.id)).one(),
                quantity=-41,
                reason="x",
                moved_on=clock.today(),
                at=clock.now(),
                by_id=cast.kanya.user_id or 0,
            )
        )
    takes(cast, 40)
    assert there() == {"ข้าวสาร หอมมะลิ": 0}
    for table in ("stock_move", "stock_item"):
        with pytest.raises(DBAPIError, match=f"final_{table}|kept_{table}"), transaction() as session:
            session.execute(text(f"UPDATE {table} SET id = id + 100"))
        with pytest.raises(DBAPIError, match=f"kept_{table}"), transaction() as session:
            session.execute(text(f"DELETE FROM {table}"))


@pytest.mark.postgres
def test_many_hands_at_once_take_no_more_than_there_is_and_leave_no_number_out(
    postgres_portal: Flask,
) -> None:
    cast = Cast(postgres_portal)
    records(cast, quantity=10)
    item, keeper, purpose = (
        db.session().scalars(select(StockItem.id)).one(),
        cast.kanya.user_id,
        cast.purpose().id,
    )
    db.session().rollback()
    start = threading.Barrier(8)
    taken: list[int] = []

    def work(number: int) -> None:
        with postgres_portal.app_context():
            start.wait()
            by = db.session().get_one(User, keeper)
            try:
                with transaction():
                    stock.take_out(item, quantity=3, reason="ส่งมอบ", by=by)
                taken.append(number)
            except Refused:
                pass
            with transaction():
                goods.record(
                    kind="labour",
                    what="ช่างไม้",
                    quantity=1,
                    unit="วันแรง",
                    satang=50_000,
                    valued_from="word",
                    received_on=clock.today(),
                    purpose_id=purpose,
                    by=by,
                )
            db.session.remove()

    hands = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(taken) == 3
    assert there() == {"ข้าวสาร หอมมะลิ": 1}
    assert sorted(db.session().scalars(select(InKindDonation.number))) == list(range(1, 10))


def test_nothing_comes_into_the_store_but_from_a_donation(cast: Cast) -> None:
    records(cast)
    with pytest.raises(DBAPIError, match="in_from_donation"), transaction() as session:
        session.add(
            StockMove(
                item_id=session.scalars(select(StockItem.id)).one(),
                quantity=5,
                moved_on=clock.today(),
                at=clock.now(),
                by_id=cast.kanya.user_id or 0,
            )
        )


def test_a_cancelled_document_keeps_its_number_and_its_goods_leave_the_store(cast: Cast) -> None:
    made = records(cast)
    number = made.id
    with transaction():
        goods.void(number, reason="จำนวนผิด", by=cast.busaba.user)
    assert there() == {"ข้าวสาร หอมมะลิ": 0}
    assert records(cast).number == 2
    with pytest.raises(Refused, match="ไปแล้ว"), transaction():
        goods.void(number, reason="อีกครั้ง", by=cast.busaba.user)
    with pytest.raises(Refused, match="ยกเลิกไปแล้ว"), transaction() as session:
        session.execute(text("UPDATE in_kind_donation SET void_reason = 'x' WHERE voided_at IS NOT NULL"))


def test_a_document_whose_goods_have_gone_out_is_not_cancelled(cast: Cast) -> None:
    made = records(cast)
    takes(cast, 1)
    with pytest.raises(Refused, match="เบิกออกไปแล้ว"), transaction():
        goods.void(made.id, reason="จำนวนผิด", by=cast.busaba.user)


@pytest.mark.parametrize("column", ["satang", "number", "quantity", "fiscal_year_be"])
def test_the_database_keeps_documents_as_they_are_and_without_a_gap(cast: Cast, column: str) -> None:
    records(cast)
    with pytest.raises(DBAPIError, match="final_in_kind_donation"), transaction() as session:
        session.execute(text(f"UPDATE in_kind_donation SET {column} = {column} + 1"))
    with pytest.raises(Refused, match="บันทึกสิ่งของพร้อมกัน"), transaction() as session:
        columns = [
            c.name for c in InKindDonation.__table__.columns if c.name not in ("id", "number", "token")
        ]
        listed = ", ".join(columns)
        session.execute(
            text(
                f"INSERT INTO in_kind_donation (number, token, {listed}) SELECT 3, 'x', {listed} FROM in_kind_donation"
            )
        )


def test_a_lost_number_or_move_is_found(cast: Cast) -> None:
    records(cast)
    with transaction() as session:
        session.scalars(select(ReceiptBook).filter_by(book="K")).one().last_number = 2
    assert "ถึง 2" in "".join(books.check()[PROOF])
    with transaction() as session:
        session.scalars(select(ReceiptBook).filter_by(book="K")).one().last_number = 1
    assert books.check()[PROOF] == []


@pytest.mark.pages
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": "money"}, "สิ่งของหรือแรงงาน"),
        ({"what": " "}, "ได้รับอะไร"),
        ({"unit": ""}, "หน่วยใด"),
        ({"quantity": 0}, "จำนวนเท่าใด"),
        ({"quantity": 2**31}, "จำนวนเท่าใด"),
        ({"satang": 0}, "มูลค่า"),
        ({"valued_from": "hope"}, "ประเมินจากอะไร"),
        ({"purpose_id": None}, "วัตถุประสงค์"),
        ({"network_id": 99}, "เครือข่าย"),
        ({"received_on": date(2500, 1, 1)}, "ไม่เกินวันนี้"),
    ],
)
def test_an_in_kind_donation_says_what_how_many_and_what_its_value_rests_on(
    cast: Cast, wrong: dict[str, object], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        records(cast, **wrong)


@pytest.mark.parametrize("who", ["ton", "decha", "malee", "somchai"])
def test_only_keepers_record_take_out_and_cancel(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"):
        records(cast, who)
    made = records(cast)
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"):
        takes(cast, 1, who)
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        goods.void(made.id, reason="x", by=getattr(cast, who).user)


def promised(cast: Cast) -> Pledge:
    with transaction() as session:
        return pledges.make(
            network_id=session.scalars(select(Network.id).filter_by(code="NET001")).one(),
            kind="goods",
            what="ข้าวสาร",
            quantity=10,
            unit="กระสอบ",
            satang=1_000_000,
            purpose_id=cast.purpose("education").id,
            expected_on=clock.today(),
            by=cast.ton.user,
        )


def test_what_comes_for_a_pledge_is_of_its_network_purpose_and_unit(cast: Cast) -> None:
    made = records(cast, pledge_id=promised(cast).id, what="อย่างอื่น", unit="ถุง", giver="")
    assert (made.what, made.unit) == ("ข้าวสาร", "กระสอบ")
    assert made.network is not None and made.network.code == "NET001"
    assert made.purpose.code == "education"
    assert made.recorded["giver"] == "เครือข่าย OTOP จังหวัดศรีสะเกษ"
    with pytest.raises(Refused, match="ไม่ใช่การให้ประเภทนี้"):
        records(cast, pledge_id=made.pledge_id, kind="labour")


def test_the_database_refuses_goods_for_another_networks_pledge(cast: Cast) -> None:
    number = promised(cast).id
    records(cast)
    with pytest.raises(Refused, match="ไม่ใช่ของเครือข่ายนี้"), transaction() as session:
        columns = [
            c.name
            for c in InKindDonation.__table__.columns
            if c.name not in ("id", "number", "token", "pledge_id")
        ]
        listed = ", ".join(columns)
        session.execute(
            text(
                f"INSERT INTO in_kind_donation (number, token, pledge_id, {listed}) "
                f"SELECT 2, 'x', {number}, {listed} FROM in_kind_donation"
            )
        )


def test_nothing_leaves_the_store_on_a_day_before_it_came(cast: Cast) -> None:
    came = clock.today() - timedelta(days=3)
    records(cast, received_on=came)
    number = db.session().scalars(select(StockItem.id)).one()
    asked = {"quantity": "5", "reason": "ส่งมอบ", "moved_on": thai.long_date(came - timedelta(days=1))}
    page = cast.kanya.sign_in().send(f"/stock/{number}", action="/out", to_status=422, **asked)
    assert f"เข้าคลังครั้งแรกเมื่อ {thai.long_date(came)}" in page.main and 'value="5"' in page.text
    cast.kanya.send(f"/stock/{number}", action="/out", **{**asked, "moved_on": thai.long_date(came)})
    assert there() == {"ข้าวสาร หอมมะลิ": 95}


# Pages


@pytest.mark.pages
def test_an_officer_records_rice_takes_some_out_and_reads_the_stock_card(cast: Cast) -> None:
    busaba = cast.busaba.sign_in()
    code = promised(cast).code
    page = busaba.visit(f"/pledges/{code}")
    assert "ข้าวสาร 10 กระสอบ" in page.words
    assert f"/goods/new?pledge={code}" in page.text
    page = busaba.send(
        f"/goods/new?pledge={code}",
        quantity="๔",
        amount="3,600",
        valuation="ใบเสร็จร้านเลขที่ 12",
        valued_from="receipt",
    )
    assert "ข้าวสาร 4 กระสอบ" in page.words
    assert "ใบเสร็จร้านเลขที่ 12" in page.words
    document = busaba.press(busaba.visit("/goods/1"), having="/print").response
    assert document.mimetype == "application/pdf"
    assert document.headers["Cache-Control"] == "no-store"
    page = busaba.visit(f"/pledges/{code}")
    assert "ได้รับแล้ว 4 กระสอบ" in page.words
    assert "ให้แล้ว 4,000 จากที่แจ้งไว้ 10,000 บาท" in page.main and "6,000.00" in page.main
    assert "K-000001" in busaba.visit("/goods").words
    page = busaba.visit("/stock")
    assert "ข้าวสาร" in page.words
    page = busaba.send("/stock/1", quantity="3", reason="ส่งมอบ", reference="AR-2569-0001")
    assert "คงเหลือ 1 กระสอบ" in page.words
    assert "AR-2569-0001" in page.main, page.main
    page = busaba.send("/stock/1", quantity="2", reason="ส่งมอบ", to_status=409)
    assert 'value="2"' in page.text
    busaba.send("/goods/1", reason="ผิด", to_status=409)
    decha = cast.decha.sign_in()
    assert '/out"' not in decha.visit("/stock/1").text
    assert "/void" not in decha.visit("/goods/1").text


@pytest.mark.pages
def test_what_was_typed_stays_when_an_in_kind_donation_is_refused(cast: Cast) -> None:
    page = cast.kanya.sign_in().send(
        "/goods/new", what="ผ้าห่ม", quantity="สิบ", amount="500", unit="ผืน", to_status=422
    )
    assert 'value="สิบ"' in page.text
    assert 'value="ผ้าห่ม"' in page.text
    page = cast.kanya.send(
        "/goods/new", what="ผ้าห่ม", quantity="10", amount="500", unit="ผืน", network_code="NIX", to_status=422
    )
    assert "ไม่มีเครือข่ายรหัส NIX" in page.words
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    cast.kanya.send(
        "/goods/new", what="ผ้าห่ม", quantity="10", amount="500", unit="ผืน", received_on=tomorrow, to_status=422
    )


@pytest.mark.pages
def test_a_treasurer_sees_the_in_kind_donations_of_their_branch_only(cast: Cast) -> None:
    with transaction():
        other = networks.create(code="NET002", type="women_fund", name="กองทุนสตรี", by=None).id
        below = networks.create(
            code="D1",
            type="otop",
            name="อำเภอหนึ่ง",
            parent_id=db.session().scalars(select(Network.id).filter_by(code="NET001")).one(),
            by=None,
        ).id
    mine, foreign, nobody = (records(cast, network_id=number).id for number in (below, other, None))
    ton = cast.ton.sign_in()
    page = ton.visit("/goods")
    assert f"/goods/{mine}" in page.text
    for number in (foreign, nobody):
        assert f"/goods/{number}" not in page.text.replace("/goods/new", "")
        ton.visit(f"/goods/{number}", status=404)
    ton.visit("/stock", status=403)
    ton.visit("/goods/new", status=403)
    cast.malee.sign_in().visit("/goods", status=403)
