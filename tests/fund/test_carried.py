"""Donations and pledges of earlier years: a history that two people bring in whole, and never more than the money it explains."""

import io

import opened
import pytest
from flask import Flask
from people import PASSWORD, Cast
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.fund.giving.carried import carried, carried_files
from app.fund.giving.records.carried import CarriedGift
from app.fund.giving.records.networks import Network
from app.fund.ledger import books
from app.fund.ledger.opening import Line
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import approvals

_HEAD = "ประเภท,วันที่,เครือข่าย,ผู้ให้,วัตถุประสงค์,จำนวนเงิน,เลขที่ใบเสร็จเดิม\n"
#: 1,000 brought forward and 250 spent before: donations of up to 1,250 explain it.
_BROUGHT = Line("general", 1_000_00, 250_00)


def _sheet(cast: Cast, *sums: str, kind: str = "เงินสมทบ") -> bytes:
    code = db.session().scalars(select(Network.code).order_by(Network.id).limit(1)).one()
    rows = [
        f"{kind},1/8/2565,{code},,general,{satang},3/{place}" for place, satang in enumerate(sums, start=1)
    ]
    return (_HEAD + "\n".join(rows)).encode()


def _ask(cast: Cast, content: bytes) -> int:
    with transaction():
        return carried.ask(
            carried_files.read(content), name="เดิม.csv", content=content, by=cast.kanya.user
        ).id


def test_a_file_of_earlier_years_is_a_history_and_no_money(portal: Flask, cast: Cast) -> None:
    opened.begin(cast, _BROUGHT)
    content = _sheet(cast, "1000", "250.00")
    number = _ask(cast, content)
    assert db.session().scalar(select(func.count()).select_from(CarriedGift)) == 0
    with pytest.raises(Refused, match="ท่านเป็นผู้ขอ"), transaction():
        approvals.approve(number, by=cast.kanya.user)
    with transaction():
        approvals.approve(number, by=cast.somchai.user)
    network = db.session().scalars(select(Network).order_by(Network.id).limit(1)).one()
    assert carried.sums_of(network.id) == {"donation": 1_250_00}
    assert books.balances()[0].received == 1_000_00
    with pytest.raises(Refused, match="นำเข้าไปแล้ว"):
        _ask(cast, content)
    with pytest.raises(Refused, match=r"เกินยอดยกมา.*0\.00 บาท"):
        _ask(cast, _sheet(cast, "0.01"))
    _ask(cast, _sheet(cast, "900000", kind="แจ้งความประสงค์"))


def test_no_more_is_carried_in_than_was_there_whoever_writes_it(portal: Flask, cast: Cast) -> None:
    with pytest.raises(Refused, match="ต้องตั้งยอดยกมาก่อน"):
        _ask(cast, _sheet(cast, "1"))
    opened.begin(cast, _BROUGHT)
    with pytest.raises(Refused, match="เกินยอดยกมา"):
        _ask(cast, _sheet(cast, "1000", "250.01"))
    number = _ask(cast, _sheet(cast, "1250"))
    with transaction():
        approvals.approve(number, by=cast.somchai.user)
    for name, forged in {
        "เกินยอดยกมา": "INSERT INTO carried_gift (list_id, kind, on_date, donor_name, purpose_id, satang, paper_number, note) "
        "SELECT list_id, kind, on_date, donor_name, purpose_id, 1, '', '' FROM carried_gift",
        "สองคน": "INSERT INTO carried_list (file_name, file_hash, applied_at, approval_request_id) "
        "SELECT 'x', 'x', applied_at, MIN(a.id) FROM carried_list, approval_request AS a WHERE a.kind = 'books.open' GROUP BY 3",
        "final_carried_gift": "UPDATE carried_gift SET satang = 1",
        "kept_carried_gift": "DELETE FROM carried_gift",
        "final_carried_list": "UPDATE carried_list SET file_name = 'y'",
        "kept_carried_list": "DELETE FROM carried_list",
    }.items():
        with pytest.raises((Refused, DBAPIError), match=name), transaction() as session:
            session.execute(text(forged))


@pytest.mark.pages
@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("เงินสมทบ,1/8/2565,ไม่รู้จัก,,general,100,", "แถวที่ 2: ไม่มีเครือข่าย"),
        ("แจ้งความประสงค์,1/8/2565,,,general,100,", "แถวที่ 2: ความประสงค์ต้องมีเครือข่าย"),
        ("อื่น,1/8/2565,,,general,100,", "แถวที่ 2: ประเภทต้องเป็น"),
        ("เงินสมทบ,1/8/2565,,ก,ไม่มี,100,", "แถวที่ 2: ไม่มีวัตถุประสงค์"),
        ("เงินสมทบ,,,ก,general,100,", "แถวที่ 2"),
        ("", "อย่างน้อยหนึ่งแถว"),
    ],
)
def test_a_row_that_is_not_understood_refuses_the_whole_file(
    sqlite_portal: Flask, cast: Cast, row: str, why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        carried_files.read((_HEAD + row).encode())


@pytest.mark.pages
def test_the_page_previews_a_file_and_another_approves_it(sqlite_portal: Flask, cast: Cast) -> None:
    opened.begin(cast, _BROUGHT)
    content = _sheet(cast, "700")
    page = cast.kanya.sign_in().send("/pledges/carried", file=(io.BytesIO(content), "เดิม.csv"))
    assert "รอผู้ถือบทบาทอื่นอนุมัติ" in page.words
    assert "1 รายการ 700.00 บาท" in page.words
    asked = carried.waiting()
    assert asked is not None
    somchai = cast.somchai.sign_in()
    somchai.send(f"/approvals/{asked.id}", password_again=PASSWORD)
    assert "เงินสมทบยกมา" in somchai.visit("/pledges/carried").words
