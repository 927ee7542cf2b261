"""The audit trail: written with the deed, never changed, chained."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from people import PASSWORD, Cast
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.fund.giving.records.networks import Network
from app.kit.db import db, is_sqlite, transaction
from app.kit.errors import Refused
from app.rooms import SUBJECTS
from app.staff import audit, people, subjects, trail
from app.staff.audit import AuditEvent, ChainLink
from app.staff.deeds import Deed
from app.staff.detail_words import DETAILS, SUMS
from app.staff.subjects import Description

THAI = re.compile("[ก-๙]")
APP = Path(__file__).parents[2] / "app"


def _happen(cast: Cast, times: int = 5) -> None:
    for number in range(times):
        with transaction():
            audit.record(Deed.PLEDGE_MAKE, f"pledge:{number}", by=cast.ton.user, satang=number * 100)


def _without_triggers(table: str) -> None:
    """What somebody with the database's own password could do."""
    with transaction() as session:
        if is_sqlite():
            for name in (f"final_{table}", f"kept_{table}"):
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def test_a_deed_that_is_taken_back_leaves_no_word_in_the_trail(cast: Cast) -> None:
    class Interrupted(Exception):
        pass

    before = db.session().scalar(select(func.count()).select_from(AuditEvent))
    with pytest.raises(Interrupted), transaction():
        people.employ(sign_in_name="noi", name="น้อย", password=PASSWORD, by=cast.ying.user)
        raise Interrupted
    assert db.session().scalar(select(func.count()).select_from(AuditEvent)) == before


@pytest.mark.parametrize("table", ["audit_event", "chain_link"])
def test_nobody_changes_or_removes_what_was_written(cast: Cast, table: str) -> None:
    _happen(cast)
    with transaction():
        audit.chain()
    column = "details" if table == "audit_event" else "hash"
    for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with pytest.raises((DBAPIError, Refused)), transaction() as session:
            session.execute(text(statement))
    assert audit.verify()["sealed"] == 5


def test_chaining_is_done_in_order_and_only_once(cast: Cast) -> None:
    _happen(cast, 5)
    with transaction():
        assert audit.chain(most=3) == 3
    with transaction():
        assert audit.chain() == 2
    with transaction():
        assert audit.chain() == 0
    links = (
        db.session().execute(select(ChainLink.number, ChainLink.event_id).order_by(ChainLink.number)).all()
    )
    assert [number for number, _ in links] == [1, 2, 3, 4, 5]
    assert [event for _, event in links] == sorted(event for _, event in links)
    counts = audit.verify()
    assert (counts["events"], counts["sealed"], counts["unsealed"]) == (5, 5, 0)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_event SET details = '{\"satang\": 1}' WHERE subject = 'pledge:2'",
        "UPDATE audit_event SET by_id = NULL WHERE subject = 'pledge:2'",
        "UPDATE audit_event SET deed = 'pledge.withdraw' WHERE subject = 'pledge:2'",
        "UPDATE audit_event SET address = '192.0.2.1' WHERE subject = 'pledge:2'",
    ],
)
def test_a_row_changed_behind_the_triggers_is_found(cast: Cast, tampering: str) -> None:
    _happen(cast)
    with transaction():
        audit.chain()
    _without_triggers("audit_event")
    with transaction() as session:
        session.execute(text(tampering))
    with pytest.raises(Refused, match=r"ลำดับ 3$"):
        audit.verify()


def test_a_link_made_to_fit_a_changed_row_breaks_the_next_one(cast: Cast) -> None:
    _happen(cast)
    with transaction():
        audit.chain()
    _without_triggers("audit_event")
    _without_triggers("chain_link")
    with transaction() as session:
        session.execute(text("UPDATE audit_event SET details = '{}' WHERE subject = 'pledge:2'"))
    event = db.session().scalars(select(AuditEvent).filter_by(subject="pledge:2")).one()
    before = db.session().scalars(select(ChainLink.hash).filter_by(number=2)).one()
    forged = audit._link(before, event)
    with transaction() as session:
        session.execute(text("UPDATE chain_link SET hash = :hash WHERE number = 3"), {"hash": forged})
    with pytest.raises(Refused, match=r"ลำดับ 4$"):
        audit.verify()


def test_a_missing_link_is_found(cast: Cast) -> None:
    _happen(cast)
    with transaction():
        audit.chain()
    _without_triggers("chain_link")
    with transaction() as session:
        session.execute(text("DELETE FROM chain_link WHERE number = 2"))
    with pytest.raises(Refused, match=r"ลำดับ 2$"):
        audit.verify()


def test_the_auditor_reads_searches_and_verifies(cast: Cast) -> None:
    _happen(cast, 60)
    with transaction():
        audit.chain()
    cast.decha.sign_in()
    page = cast.decha.visit("/trail")
    assert "เข้าสู่ระบบ" in page.words
    assert 'rel="next"' in page.text
    page = cast.decha.visit("/trail?subject=pledge:7")
    assert page.text.count('scope="row"') == 1
    assert "จำนวนเงิน (บาท): 7.00" in page.words
    assert "นายต้น แสงทอง" in page.words
    assert "เข้าสู่ระบบ" not in cast.decha.visit("/trail?who=ton&deed=pledge").text.split("<tbody")[1]
    assert "ไม่พบรายการ" in cast.decha.visit("/trail?until=1/1/2560").words
    cast.decha.visit("/trail?since=whenever", status=422)
    page = cast.decha.send("/trail", action="/verify")
    assert "ตรวจครบ 60 รายการ ไม่พบการแก้ไข" in page.words


def test_a_broken_chain_is_shown_to_the_auditor(cast: Cast) -> None:
    _happen(cast)
    with transaction():
        audit.chain()
    _without_triggers("audit_event")
    with transaction() as session:
        session.execute(text("UPDATE audit_event SET details = '{}' WHERE subject = 'pledge:2'"))
    page = cast.decha.sign_in().send("/trail", action="/verify")
    assert "ถูกแก้ไขหรือขาดหาย" in page.words


@pytest.mark.pages
def test_the_trail_opens_only_to_auditor_and_administrator(cast: Cast) -> None:
    for person in (cast.kanya, cast.somchai, cast.malee, cast.ton, cast.busaba, cast.chai):
        person.sign_in().visit("/trail", status=403)
    cast.ying.sign_in().visit("/trail")


@pytest.mark.pages
def test_a_page_remembers_where_a_deed_came_from(cast: Cast) -> None:
    cast.malee.send("/sign-in", sign_in_name="malee", password=PASSWORD)
    event = db.session().scalars(select(AuditEvent).filter_by(deed="staff.sign_in")).one()
    assert event.address == "127.0.0.1"
    assert event.by_id == cast.malee.user_id
    assert not re.search("krathin", event.details)


def test_every_deed_has_words_of_its_own_and_a_room_to_look_it_up_in() -> None:
    assert [deed.value for deed in Deed if not THAI.search(deed.words)] == []
    assert len({deed.words for deed in Deed}) == len(Deed)
    assert {deed.room for deed in Deed} <= set(trail.ROOMS)
    assert trail.deed_words(Deed.BANK_DECISION_APPROVE.value) == "ยืนยันการตัดสิน"
    assert trail.deed_words("something.done_no_more") == "something.done_no_more"


def test_every_deed_is_done_somewhere() -> None:
    code = "".join(source.read_text() for source in APP.rglob("*.py") if source.name != "deeds.py")
    assert {deed.name for deed in Deed} - set(re.findall(r"\bDeed\.(\w+)", code)) == set()


@pytest.mark.pages
def test_a_subject_is_told_as_people_know_it_with_a_link_for_whoever_may_open_its_page(
    portal: Flask, cast: Cast
) -> None:
    network = db.session().scalars(select(Network).order_by(Network.id)).first()
    assert network
    asked = [f"user:{cast.ton.user_id}", f"network:{network.id}", "bank_event:21", "pledge:999999", "slips"]
    with transaction():
        for subject in asked:
            audit.record(Deed.PLEDGE_MAKE, subject, by=cast.ton.user)
    page = cast.decha.sign_in().visit("/trail")
    for words in ("ผู้ใช้ นายต้น แสงทอง", f"เครือข่าย {network.name}", "รายการธนาคาร 21", "ความประสงค์สมทบ 999999"):
        assert words in page.words
    assert not re.search("user:[0-9]|bank_event:[0-9]", page.words)
    assert f'href="/people/{cast.ton.user_id}"' in page.text
    with portal.test_request_context():
        told = subjects.describe(
            [*asked, "household:-", "else:1", "bank_event:x", "month:2569-01"], reader=cast.decha.user
        )
        # The administrator reads the trail and not the bank's events.
        closed = subjects.describe(["bank_event:21"], reader=cast.ying.user)
    assert closed == {"bank_event:21": Description("รายการธนาคาร 21")}
    assert told["bank_event:21"].href == "/bank/events/21"
    assert told[f"user:{cast.ton.user_id}"].href == f"/people/{cast.ton.user_id}"
    assert told["pledge:999999"].href == told["bank_event:x"].href == told["slips"].href == ""
    assert (told["household:-"].words, told["else:1"].words) == ("ครัวเรือน", "else:1")


@cache
def _recorded() -> list[ast.Call]:
    """Every place of the code where a deed is written down."""
    texts = (path.read_text() for path in APP.rglob("*.py"))
    return [
        node
        for text in texts
        if "audit.record(" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func) == "audit.record"
    ]


@pytest.mark.pages
def test_everything_that_a_deed_is_done_to_has_a_noun_and_every_page_of_it_is_there(portal: Flask) -> None:
    written: set[str] = set()
    for call in _recorded():
        written |= set(re.findall(r"^f?['\"]([a-z_]+)", ast.unparse(call.args[1])))
    assert len(written) > 30
    assert written <= set(SUBJECTS)
    assert {kind.page for kind in SUBJECTS.values() if kind.page} <= set(portal.view_functions)


def test_no_deed_is_put_together_of_text(portal: Flask, cast: Cast) -> None:
    verb = "state"
    with pytest.raises(TypeError, match="no Deed"), transaction():
        audit.record(f"pledge.{verb}", "pledge:1", by=cast.ton.user)  # type: ignore[arg-type]


def test_no_deed_fails_for_an_address_that_a_proxy_made_too_long(portal: Flask, cast: Cast) -> None:
    for number, address in enumerate(("x" * 300, "2001:db8:85a3:8d3:1319:8a2e:255.255.255.255", "")):
        with portal.test_request_context(environ_base={"REMOTE_ADDR": address}), transaction():
            audit.record(Deed.PLEDGE_MAKE, f"pledge:{number}", by=cast.ton.user)
    events = select(AuditEvent.address).filter_by(deed="pledge.make").order_by(AuditEvent.id)
    assert list(db.session().scalars(events)) == ["x" * 45, "2001:db8:85a3:8d3:1319:8a2e:255.255.255.255", ""]
    with transaction():
        audit.chain()
    assert audit.verify()["unsealed"] == 0


def test_every_fact_that_a_deed_is_written_down_with_has_words() -> None:
    names = {keyword.arg for call in _recorded() for keyword in call.keywords} - {None, "by"}
    assert len(names) > 80
    assert not names - DETAILS.keys()
    assert DETAILS.keys() >= SUMS
