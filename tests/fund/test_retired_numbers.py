"""Numbers that a restored portal gives to nobody: they may stand on papers that are out."""

import json

import committee_room as room
import pytest
from flask import Flask
from goods_recorded import records
from people import Cast
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.fund.giving.commands import receipts_
from app.fund.giving.receipts import retired
from app.fund.giving.records.receipts import GOODS, MAIN, Receipt
from app.fund.ledger import books
from app.kit import clock, thai
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused

WHY = "กู้คืนระบบ 28 พ.ย. 2569"
YEAR = thai.fiscal_year_be(clock.today())


def retire(through: int, *, book: str = MAIN, reason: str = WHY) -> None:
    with transaction():
        retired.retire(year_be=YEAR, book=book, through=through, reason=reason)


def numbers() -> list[int]:
    return list(db.session().scalars(select(Receipt.number).order_by(Receipt.number)))


def test_after_a_restore_the_next_receipt_has_a_number_that_no_paper_bears(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    said = portal.test_cli_runner().invoke(
        receipts_, ["retire", "--year", str(YEAR), "--through", "40", "--reason", WHY]
    )
    assert json.loads(said.stdout) == {"year": YEAR, "book": "-", "first": 2, "last": 40}
    assert books.findings() == []
    room.give(cast, 200_00)
    retire(50)
    room.give(cast, 300_00)
    assert numbers() == [1, 41, 51]
    assert books.findings() == []
    for name, forged in (
        ("final_retired_numbers", "UPDATE retired_numbers SET last_number = 400"),
        ("kept_retired_numbers", "DELETE FROM retired_numbers"),
        ("ต่อจากเลขล่าสุด", "INSERT INTO retired_numbers (fiscal_year_be, book, first_number, last_number, reason, retired_at)"
         f" VALUES ({YEAR}, '', 53, 60, 'x', '2026-11-28')"),
    ):  # fmt: skip
        with pytest.raises((Refused, DBAPIError), match=name), transaction() as session:
            session.execute(text(forged))


def test_whoever_holds_a_paper_with_such_a_number_reads_that_it_may_be_genuine(
    sqlite_portal: Flask, cast: Cast
) -> None:
    retire(3)
    page = cast.stranger.send("/receipts/check", number=f"{YEAR}/000002", amount="300")
    assert "อาจเป็นของจริง" in page.words and WHY in page.words
    unknown = cast.stranger.send("/receipts/check", number=f"{YEAR}/000004", amount="300", to_status=404)
    assert "อาจเป็นของจริง" not in unknown.words


def test_documents_of_goods_follow_their_own_retired_numbers(portal: Flask, cast: Cast) -> None:
    retire(7, book=GOODS)
    given = records(cast)
    assert given.number == 8
    assert books.findings() == []


@pytest.mark.parametrize(
    ("through", "changed", "kind", "words"),
    [
        (1, {}, Refused, "ใช้ไปแล้ว เลขถัดไปคือ 2"),
        (10_002, {}, BadInput, "ไม่เกิน 10,000 เลข"),
        (9, {"reason": " "}, BadInput, "บอกเหตุผล"),
        (9, {"book": "X"}, BadInput, "ไม่มีเล่ม X"),
    ],
)
def test_what_cannot_be_retired_is_refused(
    sqlite_portal: Flask, cast: Cast, through: int, changed: dict[str, str], kind: type[Refused], words: str
) -> None:
    room.give(cast, 100_00)
    with pytest.raises(kind, match=words):
        retire(through, **changed)
