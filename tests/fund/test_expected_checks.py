"""The integrity checks of the books: all that are expected are made, and one that is missing is told."""

import pytest
from people import Cast

from app.fund.ledger import books, expected


def test_every_check_that_is_expected_is_made_and_none_is_forgotten(cast: Cast) -> None:
    assert set(books._CHECKS) == expected.INTEGRITY_CHECKS
    assert books.made_of_expected() == (42, 42)


def test_a_check_that_goes_missing_is_a_finding(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = "เงินสมทบทุกก้อนมีเงินเข้าธนาคารรองรับเท่ากันพอดี"
    with monkeypatch.context() as broken:
        broken.delitem(books._CHECKS, gone)
        page = cast.kanya.sign_in().send("/books", action="/books/check")
        assert "บัญชีไม่ตรง 1 จุด" in page.words
        assert "ตรวจ 41 จาก 42 ข้อ" in page.words
        assert f"{gone}: ไม่ได้ตรวจข้อนี้" in page.words
    assert books.findings() == []


def test_a_check_that_nobody_expects_is_refused_when_its_room_is_loaded(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="not expected"):
        books.integrity_check("ข้อที่ไม่มีใครรู้จัก")
