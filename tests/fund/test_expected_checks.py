"""The integrity checks of the books: all that are expected are made, and one that is missing is told."""

from people import Cast

from app.fund.ledger import books, expected


def test_every_check_that_is_expected_is_made_and_none_is_forgotten(cast: Cast) -> None:
    assert set(books.CHECKS.get()) == expected.INTEGRITY_CHECKS
    assert books.made_of_expected() == (len(expected.INTEGRITY_CHECKS),) * 2


def test_a_check_that_goes_missing_is_a_finding(cast: Cast) -> None:
    gone = "เงินสมทบทุกก้อนมีเงินเข้าธนาคารรองรับเท่ากันพอดี"
    others = {name: check for name, check in books.CHECKS.get().items() if name != gone}
    with books.CHECKS.instead(others):
        page = cast.kanya.sign_in().send("/books", action="/books/check")
        assert "บัญชีไม่ตรง 1 จุด" in page.words
        assert (
            f"ตรวจ {len(expected.INTEGRITY_CHECKS) - 1} จาก {len(expected.INTEGRITY_CHECKS)} ข้อ" in page.words
        )
        assert f"{gone}: ไม่ได้ตรวจข้อนี้" in page.words
    assert books.findings() == []
