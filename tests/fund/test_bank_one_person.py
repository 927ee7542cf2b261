"""A statement file is one person's word: what it tells counts by a balance that joins, another person, or the bank."""

import io
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from bank_decided import another_officer, at_once
from bank_hands import (
    NOW,
    confirm_files,
    confirmation,
    count,
    generic,
    given,
    item_of,
    opened,
    second_person,
    send,
    states,
)
from click.testing import CliRunner
from flask import Flask
from people import Cast
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.fund.bank.match_reasons import MatchReason
from app.fund.bank.providers import inquiries
from app.fund.bank.reconciliation import approved_decisions, decisions
from app.fund.bank.records import (
    Allocation,
    BankEvent,
    InquiryOutcome,
    ReconciliationItem,
    Statement,
    StatementBasis,
)
from app.fund.bank.statements import continuations, statements
from app.fund.closing import continuity, month_ends, month_facts
from app.fund.closing.commands import bank
from app.fund.giving.donations import donations
from app.fund.ledger import books, months
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff import approvals
from app.staff.users import User

_LARGE = 5_000_000
_HOUR = timedelta(hours=1)


def bring(raw: bytes, by: User | None, name: str = "x.csv") -> dict[str, int]:
    counts = statements.import_file(name=name, raw=raw, by=by)
    db.session.rollback()
    return counts


def rules() -> list[str]:
    rows = select(ReconciliationItem.match_reason).join(ReconciliationItem.event).order_by(BankEvent.id)
    db.session.rollback()
    return list(db.session().scalars(rows))


def kinds() -> list[tuple[int, str]]:
    rows = select(StatementBasis.statement_id, StatementBasis.kind)
    return sorted((number, kind) for number, kind in db.session().execute(rows))


def confirm(number: int, *, by: User) -> None:
    with transaction():
        released = continuations.confirm(number, by=by)
    statements.reconcile_confirmed(released)
    db.session.rollback()


def of(ref1: str) -> ReconciliationItem:
    found = select(ReconciliationItem).join(ReconciliationItem.event).where(BankEvent.ref1 == ref1)
    return db.session().scalars(found).one()


def test_nobody_makes_a_million_out_of_a_text_file(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, 100_000_000)
    raw = generic([(NOW, 100_000_000, payment_request.ref1, "")], balance=False)
    assert bring(raw, cast.kanya.user) == {"new": 1, "known": 0, "posted": 0, "waiting": 1}
    assert (given(), rules()) == ([], ["one_person"])
    with pytest.raises(Refused, match="ท่านเป็นผู้นำไฟล์นี้เข้า"):
        confirm(1, by=cast.kanya.user)
    for other in (cast.busaba, cast.decha, cast.malee):
        with pytest.raises(Refused, match="เจ้าหน้าที่การเงินหรือประธาน"):
            confirm(1, by=other.user)
    # By hand it takes two, too, however small.
    with transaction():
        assert (
            decisions.assign(
                of(payment_request.ref1).event_id, payment_request_id=payment_request.id, by=cast.kanya.user
            )
            is None
        )
    assert given() == []


def test_the_first_file_of_a_fund_counts_when_another_person_confirmed_it_once(
    portal: Flask, cast: Cast
) -> None:
    small, large = opened(cast, 150_000), opened(cast, _LARGE)
    raw = generic(
        [(NOW, 150_000, small.ref1, ""), (NOW + _HOUR, _LARGE, large.ref1, ""), (NOW, 333, "", "?")]
    )
    assert bring(raw, cast.kanya.user)["posted"] == 0
    assert rules() == ["one_person", "one_person", "unmatched"]
    assert [statement["new_lines"] for statement in continuations.waiting()] == [3]
    assert (continuations.count_open(), continuations.count_open(not_by=cast.kanya.user)) == (1, 0)
    confirm(1, by=cast.somchai.user)
    assert given() == [150_000, _LARGE]
    assert continuations.waiting() == []
    with pytest.raises(Refused, match="ยืนยันไฟล์นี้ไปแล้ว"):
        confirm(1, by=another_officer())


def test_a_file_that_joins_posts_its_small_lines_and_its_large_ones_wait(portal: Flask, cast: Cast) -> None:
    bring(generic([(NOW - _HOUR, 1_000, "", "?")]), cast.kanya.user)
    confirm(1, by=cast.somchai.user)
    small, large, edge = opened(cast, 150_000), opened(cast, _LARGE), opened(cast, _LARGE - 1)
    more = [(NOW, 150_000, small.ref1, ""), (NOW, _LARGE, large.ref1, ""), (NOW, _LARGE - 1, edge.ref1, "")]
    assert bring(generic(more, opening=1_001_000), cast.kanya.user)["posted"] == 2
    assert given() == [150_000, _LARGE - 1]
    assert of(large.ref1).match_reason == "one_person"
    assert kinds() == [(1, "confirmed"), (2, "joined")]
    with pytest.raises(Refused, match="ท่านเป็นผู้นำไฟล์นี้เข้า"):
        confirm(2, by=cast.kanya.user)
    confirm(2, by=another_officer())
    assert given() == [150_000, _LARGE - 1, _LARGE]


@pytest.mark.parametrize(
    ("opening", "balance", "joins"),
    [(1_001_000, True, True), (1_001_001, True, False), (1_000_000, True, False), (1_001_000, False, False)],
)
def test_only_a_balance_that_is_known_is_joined(
    portal: Flask, cast: Cast, opening: int, balance: bool, joins: bool
) -> None:
    bring(generic([(NOW - _HOUR, 1_000, "", "?")]), None)
    confirm(1, by=cast.kanya.user)
    payment_request = opened(cast)
    raw = generic([(NOW, 150_000, payment_request.ref1, "")], opening=opening, balance=balance)
    assert bring(raw, None)["posted"] == (1 if joins else 0)


def test_a_file_that_overlaps_joins_and_one_that_goes_past_what_is_known_after_it_does_not(
    portal: Flask, cast: Cast
) -> None:
    day = timedelta(days=1)
    early = [(NOW - 5 * day, 1_000, "", "a"), (NOW - 4 * day, 2_000, "", "b")]
    bring(generic(early), None)
    confirm(1, by=cast.kanya.user)
    overlap = [*early[1:], (NOW - day, 3_000, "", "c")]
    bring(generic(overlap, opening=1_001_000), None)
    assert kinds() == [(1, "confirmed"), (2, "joined")]
    # Between the two nothing is missing, so no file can put something there.
    payment_request = opened(cast)
    forged = [(NOW - 2 * day, 150_000, payment_request.ref1, "")]
    assert bring(generic(forged, opening=1_003_000), None)["posted"] == 0
    assert (3, "joined") not in kinds()


def test_what_follows_a_file_counts_from_when_that_one_does(portal: Flask, cast: Cast) -> None:
    first, second, large = opened(cast, 150_000), opened(cast, 160_000), opened(cast, _LARGE)
    bring(generic([(NOW, 150_000, first.ref1, "")]), cast.kanya.user)
    later = [(NOW + _HOUR, 160_000, second.ref1, ""), (NOW + _HOUR, _LARGE, large.ref1, "")]
    bring(generic(later, opening=1_150_000), cast.kanya.user)
    assert (given(), kinds()) == ([], [(2, "follows")])
    confirm(1, by=cast.somchai.user)
    assert given() == [150_000, 160_000]
    assert kinds() == [(1, "confirmed"), (2, "follows"), (2, "joined")]
    assert of(large.ref1).match_reason == "one_person"


def test_the_banks_own_word_posts_what_waits_for_another_person(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, _LARGE)
    bring(generic([(NOW, _LARGE, payment_request.ref1, "")]), cast.kanya.user)
    send(portal, confirmation(payment_request.ref1, _LARGE, at=NOW))
    assert (states(), given()) == ({"posted": 1, "duplicate": 1}, [_LARGE])
    assert item_of("T1").state == "posted"


@pytest.mark.usefixtures("silent_bank")
def test_a_file_of_one_person_bears_no_callback_out(portal: Flask, cast: Cast) -> None:
    for first in (True, False):
        payment_request = opened(cast, 150_000 + first)
        satang = payment_request.due_satang
        raw = generic([(NOW, satang, payment_request.ref1, "")])
        if first:
            bring(raw, cast.kanya.user, name="1.csv")
        send(portal, confirmation(payment_request.ref1, satang, number=f"T{first}", at=NOW))
        if not first:
            bring(raw, cast.kanya.user, name="2.csv")
    assert given() == []
    confirm_files()
    assert given() == [150_000, 150_001]


def test_a_small_line_by_hand_takes_two_while_its_file_does_not_count(portal: Flask, cast: Cast) -> None:
    bring(generic([(NOW, 700, "", "?")]), cast.kanya.user)
    number = db.session().scalars(select(BankEvent.id)).one()
    with transaction():
        assert decisions.assign(number, purpose_id=cast.purpose().id, by=cast.kanya.user) is None
    with transaction():
        approved_decisions.confirm(approvals.waiting(of_finance=True)[0].id, by=second_person())
    assert given() == [700]


def _post_past_the_rules(cast: Cast, event_id: int) -> None:
    event = db.session().get_one(BankEvent, event_id)
    donation = donations.post(
        satang=event.satang,
        paid_at=event.occurred_at,
        purpose_id=cast.purpose().id,
        donor_name="",
        anonymous=True,
        by=None,
        source_words="",
    )
    db.session().add(Allocation(event_id=event_id, donation_id=donation.id, satang=event.satang))
    item = db.session().get_one(ReconciliationItem, event_id)
    item.state, item.decided_at = "posted", event.occurred_at
    db.session().flush()


def test_the_database_refuses_a_donation_that_only_one_person_tells_of(portal: Flask, cast: Cast) -> None:
    bring(generic([(NOW - _HOUR, 700, "", "?")]), cast.kanya.user)
    event_id = db.session().scalars(select(BankEvent.id)).one()
    with pytest.raises(Refused, match="คนเดียวนำเข้า"), transaction():
        _post_past_the_rules(cast, event_id)
    with transaction():
        inquiries.note(event_id, outcome=InquiryOutcome.CONFIRMED, raw=b"", satang=700)
    with transaction():
        _post_past_the_rules(cast, event_id)
    # Of a file that joins, the same from the profile's sum on.
    confirm(1, by=cast.somchai.user)
    bring(generic([(NOW, _LARGE, "", "?")], opening=1_000_700), cast.kanya.user)
    large = db.session().scalars(select(BankEvent.id).where(BankEvent.satang == _LARGE)).one()
    with pytest.raises(Refused, match="คนเดียวนำเข้า"), transaction():
        _post_past_the_rules(cast, large)


def test_the_database_refuses_a_basis_that_is_none(portal: Flask, cast: Cast) -> None:
    bring(generic([(NOW - _HOUR, 700, "", "?")]), cast.kanya.user)
    bring(generic([(NOW, 100, "", "?")], opening=5_000), cast.kanya.user)
    confirm(1, by=cast.somchai.user)
    at = {"at": NOW}
    for said, words in (
        ({"kind": "confirmed", "by_id": cast.kanya.user_id}, "ยืนยันไฟล์ของตนเองไม่ได้"),
        ({"kind": "joined", "joins_id": 1, "balance_satang": 5_000, "below_satang": 9}, "ไม่ต่อจากยอดที่รู้แล้ว"),
        ({"kind": "joined", "joins_id": 2, "balance_satang": 5_100, "below_satang": 9}, "ไม่ต่อจากยอดที่รู้แล้ว"),
        ({"kind": "before"}, "มีกติกา"),
    ):
        more: dict[str, Any] = at | said
        with pytest.raises(Refused, match=words), transaction() as session:
            session.add(StatementBasis(statement_id=2, **more))
            session.flush()
    for changed in ("DELETE FROM statement_basis", "UPDATE statement_basis SET kind = 'before'"):
        name = "kept_statement_basis" if changed.startswith("DELETE") else "final_statement_basis"
        with pytest.raises(IntegrityError, match=name), db.session().begin_nested():
            db.session().execute(text(changed))
        db.session.rollback()


def test_two_people_who_confirm_at_once_confirm_once(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    bring(generic([(NOW, 150_000, payment_request.ref1, "")]), cast.kanya.user)
    people = [cast.somchai.user_id, another_officer().id]
    outcomes = at_once(
        portal,
        *(
            lambda person=person: continuations.confirm(1, by=db.session().get_one(User, person))
            for person in people
        ),
    )
    assert sorted(outcomes) == ["done", "refused"]
    statements.reconcile_confirmed([1])
    assert given() == [150_000]


def test_the_command_brings_a_file_in_and_it_waits_unless_it_joins(
    portal: Flask, cast: Cast, tmp_path: Any
) -> None:
    payment_request, other = opened(cast, 150_000), opened(cast, 160_000)
    path = tmp_path / "a.csv"
    path.write_bytes(generic([(NOW, 150_000, payment_request.ref1, "")]))
    done = CliRunner().invoke(bank, ["import", str(path)])
    assert '"new": 1, "known": 0, "posted": 0, "waiting": 1' in done.output
    confirm(1, by=cast.kanya.user)
    assert given() == [150_000]
    path.write_bytes(generic([(NOW + _HOUR, 160_000, other.ref1, "")], opening=1_150_000))
    done = CliRunner().invoke(bank, ["import", str(path)])
    assert '"new": 1, "known": 0, "posted": 1, "waiting": 0' in done.output
    assert count(Statement) == 2
    assert not any(books.check().values())
    assert MatchReason.ONE_PERSON not in rules()


def test_the_check_of_the_books_finds_a_donation_that_only_one_person_tells_of(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    bring(generic([(NOW, 150_000, "", "?")]), cast.kanya.user)
    with transaction() as session:
        session.execute(text("DROP TRIGGER allocation_of_one_person"))
        _post_past_the_rules(cast, session.scalars(select(BankEvent.id)).one())
    assert any("คนเดียว" in words for found in books.check().values() for words in found)
    confirm(1, by=cast.somchai.user)
    assert not any(books.check().values())


def test_the_proof_and_the_certificate_count_what_rests_on_one_persons_file(
    portal: Flask, cast: Cast
) -> None:
    first, second, told = opened(cast, 150_000), opened(cast, 160_000), opened(cast, 170_000)
    # A second, not an hour: the month is proved up to today, also late in the evening.
    today, later = NOW.astimezone(BANGKOK).date(), NOW + timedelta(seconds=1)
    bring(generic([(NOW, 150_000, first.ref1, "")]), cast.kanya.user)
    day = continuity.prove(today, today)[0].days[0]
    assert (day.one_person, day.one_person_count) == (150_000, 1)
    confirm(1, by=cast.somchai.user)
    send(portal, confirmation(told.ref1, 170_000, at=later))
    more = [(later, 160_000, second.ref1, ""), (later, 170_000, told.ref1, "")]
    bring(generic(more, opening=1_150_000), cast.kanya.user)
    assert given() == [150_000, 160_000, 170_000]
    month = today.replace(day=1)
    facts = month_facts.gather(month)
    account = facts["accounts"][0]
    assert (account["one_person"], account["one_person_count"]) == (160_000, 1)
    assert [(line["statement"], line["by"], line["counts"]) for line in facts["one_person"]] == [
        (2, "น.ส.กัญญา พรดี", True)
    ]
    assert not [
        obstacle for obstacle in month_ends.obstacles(facts) if obstacle.kind.startswith("unconfirmed")
    ]
    paper = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(month_ends.draft(month))).pages
    )
    assert "๑,๖๐๐.๐๐" in paper and "น.ส.กัญญา" in paper
    page = cast.decha.sign_in().visit(f"/bank/proof?month={months.written(month)}")
    assert "1 รายการ 1,600.00 บาท" in page.words
    assert "มีแต่ในไฟล์ที่คนเดียวนำเข้า" in cast.decha.visit(f"/bank/months/{months.written(month)}").words


def test_a_month_is_closed_over_a_file_that_nobody_confirmed_only_with_a_reason(
    portal: Flask, cast: Cast
) -> None:
    bring(generic([(NOW, 700, "", "?")]), cast.kanya.user)
    facts = month_facts.gather(NOW.astimezone(BANGKOK).date().replace(day=1))
    (found,) = [obstacle for obstacle in month_ends.obstacles(facts) if obstacle.kind == "unconfirmed-1"]
    assert not found.hard and "กัญญา" in found.words


@pytest.mark.pages
def test_a_giver_is_not_told_that_the_bank_speaks_where_only_a_file_of_one_person_does(
    portal: Flask, cast: Cast
) -> None:
    payment_request = opened(cast, _LARGE)
    bring(generic([(NOW, _LARGE, payment_request.ref1, "donation")], balance=False), by=cast.kanya.user)
    assert rules() == ["one_person"]
    page = cast.stranger.visit(f"/give/{payment_request.code}")
    assert "กำลังตรวจเงินเข้า" in page.main and "ไม่ต้องจ่ายซ้ำ" in page.main
    assert "ธนาคารแจ้งเงินเข้า" not in page.text and "เงินของท่านมาถึงแล้ว" not in page.text
    other = opened(cast, _LARGE)
    bring(generic([(NOW, _LARGE - 100, other.ref1, "donation")], balance=False), by=cast.kanya.user)
    confirm_files()
    assert "ธนาคารแจ้งเงินเข้า" in cast.stranger.visit(f"/give/{other.code}").main
