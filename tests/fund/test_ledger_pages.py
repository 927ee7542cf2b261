"""The pages of the books: balances, entries, the check, the download."""

import csv
import html
import io
from collections.abc import Iterator

import committee_room as room
import pytest
from ledger_alone import only_its_own_checks
from money import arrives
from people import Cast
from sqlalchemy import select

from app.fund.ledger import journal
from app.fund.ledger.books import BooksCheck
from app.fund.ledger.entries import Entry
from app.kit import clock
from app.kit.db import db, transaction
from app.staff.audit import AuditEvent

pytestmark = pytest.mark.pages


@pytest.fixture(autouse=True)
def _the_ledger_alone() -> Iterator[None]:
    with only_its_own_checks():
        yield


def _money_moves(cast: Cast, donations: int = 1) -> list[int]:
    """Donations of 100 baht, of which 60 are promised; their ids."""
    purpose_id = cast.purpose("education").id
    with transaction():
        posted = [
            arrives(satang=100_00, paid_at=clock.now(), purpose_id=purpose_id, by=cast.kanya.user).id
            for _ in range(donations)
        ]
    room.approve(cast, 60_00, purpose="education")
    return posted


def test_the_balances_are_shown_whole_and_by_purpose(cast: Cast) -> None:
    _money_moves(cast)
    page = cast.kanya.sign_in().visit("/books")
    assert "รับแล้ว 100.00 บาท" in page.words
    assert "พร้อมใช้ 40.00 ผูกพัน มีมติแล้ว ยังไม่จ่าย 60.00 จ่ายแล้ว 0.00" in page.words
    assert "การศึกษา" in page.words


def test_who_may_read_the_books(cast: Cast) -> None:
    for person in (cast.kanya, cast.decha, cast.somchai, cast.pranee, cast.busaba):
        person.sign_in().visit("/books")
        person.visit("/books/entries")
    for person in (cast.malee, cast.ton, cast.chai, cast.ying):
        person.sign_in().visit("/books", status=403)
        person.visit("/books/entries", status=403)
        person.visit("/books/entries.csv", status=403)


def test_an_entry_is_said_in_words(cast: Cast) -> None:
    _money_moves(cast)
    page = cast.decha.sign_in().visit("/books/entries")
    assert "เงินเข้าธนาคารแล้ว พร้อมใช้ 100.00 บาท" in page.words
    assert "กันเงินพร้อมใช้ไว้ตามมติ 60.00 บาท" in page.words
    assert "น.ส.กัญญา พรดี" in page.words


def test_a_room_above_says_what_its_sources_are_called(cast: Cast) -> None:
    asked: list[list[int]] = []

    def explain(numbers: list[int]) -> journal.Explained:
        asked.append(numbers)
        return {number: (f"ใบที่ {number}", f"/somewhere/{number}") for number in numbers}

    posted = _money_moves(cast, donations=3)
    with journal.EXPLAINERS.instead({"donation_id": explain}):
        page = cast.decha.sign_in().visit("/books/entries")
    assert f'<a href="/somewhere/{posted[1]}">ใบที่ {posted[1]}</a>' in page.text
    assert len(asked) == 1, "one question for all rows of the page"


def test_entries_are_narrowed_and_go_on_and_what_was_asked_stays(cast: Cast) -> None:
    posted = _money_moves(cast, donations=25)
    page = cast.kanya.sign_in().visit("/books/entries?movement=receive&purpose=education")
    assert page.text.count('scope="row"') == 20
    more = html.unescape(page.text.split('rel="next" href="')[1].split('"')[0])
    assert "movement=receive" in more
    rest = cast.kanya.visit(more)
    assert rest.text.count('scope="row"') == 5
    assert 'rel="next"' not in rest.text
    first = db.session().scalars(select(Entry.id).where(Entry.donation_id == posted[0])).one()
    assert f"{first:,}" in rest.words
    assert cast.kanya.visit(f"/books/entries?q={first}").text.count('scope="row"') == 1
    assert cast.kanya.visit("/books/entries?q=60").text.count('scope="row"') == 1, "a sum in baht"
    assert "ไม่พบรายการ" in cast.kanya.visit("/books/entries?purpose=general").words
    assert "ไม่พบรายการ" in cast.kanya.visit("/books/entries?until=1/1/2560").words
    today = clock.today().isoformat()
    assert 'rel="next"' in cast.kanya.visit(f"/books/entries?since={today}&until={today}").text
    cast.kanya.visit("/books/entries?since=whenever", status=422)


def test_the_download_holds_what_the_page_shows_and_no_formula(cast: Cast) -> None:
    _money_moves(cast)
    with transaction() as session:
        session.get_one(type(cast.purpose("education")), cast.purpose("education").id).name_th = "=1+1"
    answer = cast.decha.sign_in().client.get("/books/entries.csv?movement=receive")
    assert answer.mimetype == "text/csv"
    today = clock.today()
    assert f"entries-{today.year + 543}{today:%m%d}.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert len(rows) == 2
    said = dict(zip(rows[0], rows[1], strict=True))
    assert said["จำนวนเงิน (บาท)"] == "100.00"
    assert said["วัตถุประสงค์"] == "'=1+1"
    assert cast.decha.client.get("/books/entries.csv?since=whenever").status_code == 422


def test_the_finance_officer_checks_the_books_and_the_outcome_is_kept(cast: Cast) -> None:
    page = cast.kanya.sign_in().send("/books", action="/books/check")
    assert "ข้อ บัญชีตรงทุกข้อ" in page.words
    (kept,) = db.session().scalars(select(BooksCheck)).all()
    assert (kept.held, kept.by) == (True, "page")
    assert "books.check" in list(db.session().scalars(select(AuditEvent.deed)))


def test_findings_are_shown_to_whoever_reads_the_books(cast: Cast) -> None:
    with transaction() as session:
        session.add(BooksCheck(at=clock.now(), held=False, findings="บัญชีเลขที่ 3 ติดลบ", by="job"))
    page = cast.somchai.sign_in().visit("/books")
    assert "บัญชีไม่ตรง" in page.words
    assert "บัญชีเลขที่ 3 ติดลบ" in page.words
    assert not [form for form in page.forms() if "check" in form["action"]]
