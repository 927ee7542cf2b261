"""Lists: what the address asks for, the rows after the last one shown, and the sheet of what was found."""

import html
import io
from typing import Any

import openpyxl
import pytest
from flask import Flask
from people import Cast
from sqlalchemy import select

from app.kit import lists
from app.kit.db import transaction
from app.kit.lists import Choice, Column, Days, List, Search
from app.staff import audit
from app.staff.audit import AuditEvent
from app.staff.deeds import Deed

_LIST = List(
    select(AuditEvent),
    columns=(
        Column("เรื่อง", lambda event: event.deed, sort="deed"),
        Column("เมื่อ", lambda event: event.at, "moment", sort="at"),
        Column("ลำดับ", lambda event: event.id, "count", on="sheet"),
    ),
    orders={
        "at": (AuditEvent.at, AuditEvent.id),
        "deed": (AuditEvent.deed, AuditEvent.id),
    },
    search=Search("เรื่อง", lambda words: lists.contains(words, AuditEvent.deed)),
    filters=(
        Choice("who", "ใคร", [("none", "ระบบ")], lambda _: AuditEvent.by_id.is_(None)),
        Days(AuditEvent.at),
    ),
    per=3,
    file="trail",
)


@pytest.fixture
def trail(cast: Cast) -> Flask:
    """Nine deeds of two kinds, several in one moment."""
    with transaction():
        for number in range(9):
            deed = Deed.BOOKS_CHECK if number % 2 else Deed.RECEIPT_ISSUE
            audit.record(deed, f"books:{number}", by=cast.kanya.user)
    return cast.app


def _found(app: Flask, query: str = "") -> lists.Found:
    with app.test_request_context(f"/trail?{query}"):
        from flask import request

        assert request.endpoint == "staff.trail"
        return lists.find(_LIST)


def test_each_row_comes_once_whatever_the_order(trail: Flask) -> None:
    everything = {event.id for event in _rows(trail, "sort=at")}
    assert len(everything) > 6
    for order in ("at", "-at", "deed", "-deed"):
        seen = [event.id for event in _rows(trail, f"sort={order}")]
        assert set(seen) == everything
        assert len(seen) == len(everything)
    deeds = [event.deed for event in _rows(trail, "sort=deed")]
    assert deeds == [event.deed for event in _rows(trail, "sort=-deed")][::-1]


def _rows(app: Flask, query: str) -> list[Any]:
    rows: list[Any] = []
    for _ in range(100):
        found = _found(app, query)
        rows += found.rows
        if not found.more:
            return rows
        query = found.more.split("?", 1)[1]
    raise AssertionError("the list never ends")


@pytest.mark.parametrize(
    "query",
    [
        *("after=x", "after=[]", "after=[1,2]", 'after=["2026-01-01",1]', "after={}", f"after=[{'[' * 9000}"),
        *(
            "sort=nothing",
            "who=everybody",
            "q=%00x"[:2],
            "since=2569-99-99",
            'after=["2026-01-01T00:00%2B00:00",1e99]',
        ),
    ],
)
@pytest.mark.pages
def test_an_address_that_means_nothing_shows_the_beginning(trail: Flask, query: str) -> None:
    assert [event.id for event in _found(trail, query).rows] == [event.id for event in _found(trail).rows]


@pytest.mark.pages
def test_what_was_asked_stays_in_the_addresses_of_the_next_rows_and_of_the_heads(trail: Flask) -> None:
    found = _found(trail, "q=books&since=1/1/2560&sort=-deed&other=1")
    assert found.rows
    assert all("books" in event.deed for event in found.rows)
    with trail.test_request_context("/trail?since=1/1/2560"):
        turned, other = (found.sort_address(column) for column in _LIST.columns[:2])
    for address in (found.more, found.sheet, other):
        assert "q=books" in address
        assert "since=1" in address
        assert "other" not in address
    assert "sort=deed" in turned, "pressed again it turns round"
    assert found.sorted_as(_LIST.columns[0]) == "descending"
    assert found.narrowed == 1
    assert _found(trail, "q=%25").rows == [], "a sign of the database's own is a letter like others"


@pytest.mark.pages
def test_the_sheet_holds_all_that_was_found_and_no_more_than_anybody_reads(
    trail: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "_BATCH", 2)
    with trail.test_request_context("/trail?q=books"):
        answer = lists.sheet(_LIST)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("เรื่อง", "เมื่อ", "ลำดับ")
    assert len(rows) - 1 == len(_rows(trail, "q=books")) > 3
    monkeypatch.setattr(lists, "_SHEET_ROWS", 2)
    with (
        trail.test_request_context("/trail?q=books"),
        pytest.raises(lists.Refused, match="มากกว่า 2 รายการ"),
    ):
        lists.sheet(_LIST)


@pytest.mark.pages
def test_a_column_has_a_name_also_where_none_is_shown() -> None:
    with pytest.raises(ValueError, match="needs a name"):
        Column("", lambda event: event.deed, "act")


def test_a_list_is_searched_without_javascript_and_its_download_is_a_link(cast: Cast) -> None:
    page = cast.kanya.sign_in().visit("/books/entries?q=7&movement=receive")
    form = page.text.split('role="search"')[1].split("</form>")[0]
    assert 'name="q" value="7"' in form
    assert '<option value="receive" selected>' in form
    assert 'href="/books/entries"' in html.unescape(page.text)
    assert "ไม่พบรายการตามที่ค้น" in page.words


@pytest.mark.parametrize(
    ("typed", "satang"), [("1,000", 100000), ("20.5", 2050), ("0.99", 99), ("x", None), (".5", None)]
)
def test_a_sum_is_found_as_it_is_typed(typed: str, satang: int | None) -> None:
    assert lists.satang(typed) == satang
