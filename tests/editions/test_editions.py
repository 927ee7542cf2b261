"""Editions: numbered without gaps, chained, the same for everyone, and never about one person."""

import ast
import hashlib
import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from money import arrives
from people import Cast
from sqlalchemy import event, text

from app.editions import editions, figures
from app.editions.editions import Edition
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused

VIEWS = Path(__file__).parents[2] / "app/public/pages.py"


def give(cast: Cast, satang: int = 500_00) -> None:
    with transaction():
        arrives(
            satang=satang,
            paid_at=clock.now(),
            purpose_id=cast.purpose().id,
            donor_name="นายลับ ไม่บอกใคร",
            anonymous=True,
            by=cast.kanya.user,
        )


def publish(*, days: int = 0) -> Edition | None:
    """The edition of now, or of so many days later: what comes in today is told tomorrow."""
    with time_machine.travel(clock.now() + timedelta(days=days), tick=False), transaction():
        return editions.publish()


def unguarded(portal: Flask, statement: str) -> None:
    """Change an edition the way only someone with the database's own keys could."""
    with db.engine.connect() as connection:
        if portal.extensions["kueakun"].database_url.startswith("sqlite"):
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("DROP TRIGGER final_edition")
            connection.exec_driver_sql("DROP TRIGGER kept_edition")
            connection.exec_driver_sql(statement)
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execute(text("ALTER TABLE edition DISABLE TRIGGER USER"))
            connection.execute(text(statement))
            connection.commit()
    db.session.rollback()


def test_the_first_edition_says_what_the_books_say(portal: Flask, cast: Cast) -> None:
    give(cast)
    edition = publish(days=1)
    assert edition is not None and edition.number == 1
    said = edition.figures
    assert said["money"] == {
        "pledged": 0,
        "received": 500_00,
        "available": 500_00,
        "committed": 0,
        "paid": 0,
        "gifts": 1,
        "opening": 0,
        "opening_paid": 0,
    }
    assert len(said["districts"]) == 22
    assert figures.agree(said)


def test_nothing_new_makes_no_edition(portal: Flask, cast: Cast) -> None:
    assert publish() is not None
    assert publish() is None
    give(cast)
    assert publish() is None, "today's donation is told tomorrow, with the others of the day"
    second = publish(days=1)
    assert second is not None and second.number == 2
    assert second.figures["money"]["received"] == 500_00
    assert publish(days=1) is None


def test_anyone_can_work_out_the_hash(portal: Flask, cast: Cast) -> None:
    publish()
    give(cast)
    publish(days=1)
    stranger = cast.stranger
    lines = stranger.client.get("/editions/2.txt").data
    told = stranger.client.get("/editions/2.json").json
    assert hashlib.sha256(lines).hexdigest() == told["hash"]
    assert lines.decode().split("\n")[0] == stranger.client.get("/editions/1.json").json["hash"]


@pytest.mark.pages
def test_the_page_of_an_edition_names_its_address_as_it_is_and_not_as_it_was_asked_for(
    portal: Flask, cast: Cast
) -> None:
    publish()
    portal.extensions["kueakun"] = replace(
        portal.extensions["kueakun"], base_url="https://fund.example.go.th"
    )
    page = cast.stranger.client.get("/editions/1", base_url="http://evil.example")
    assert "curl https://fund.example.go.th/editions/1.txt |" in page.get_data(as_text=True)
    assert "evil.example" not in page.get_data(as_text=True)


def test_an_edition_is_final(portal: Flask, cast: Cast) -> None:
    publish()
    for statement in ("UPDATE edition SET hash = 'x'", "DELETE FROM edition"):
        with pytest.raises(Exception, match=r"final_edition|kept_edition"), transaction() as session:
            session.execute(text(statement))
    with pytest.raises(Refused, match="ฉบับถัดไป"), transaction() as session:
        session.add(Edition(number=7, made_at=clock.now(), contents="{}", hash="0" * 64))


def test_a_changed_edition_breaks_the_chain_and_the_books_say_so(portal: Flask, cast: Cast) -> None:
    publish()
    give(cast)
    publish(days=1)
    assert editions.broken() == []
    whole = editions.numbered(1)
    assert whole is not None
    before = whole.contents
    unguarded(portal, "UPDATE edition SET contents = contents || ' ' WHERE number = 1")
    assert editions.broken() == [1]
    assert any("ฉบับที่ 1" in found for found in books.findings())
    assert "ถูกแก้ไข" in cast.stranger.visit("/editions/1").words
    with transaction() as session:
        session.execute(text("UPDATE edition SET contents = :c WHERE number = 1"), {"c": before})


def test_a_removed_edition_breaks_the_chain(portal: Flask, cast: Cast) -> None:
    for day in range(3):
        give(cast)
        publish(days=day)
    kept = editions.numbered(2)
    assert kept is not None
    row = {"n": 2, "m": kept.made_at, "c": kept.contents, "h": kept.hash}
    unguarded(portal, "DELETE FROM edition WHERE number = 2")
    assert editions.broken() == [3]
    with transaction() as session:
        session.execute(text("DROP TRIGGER edition_in_order" + ("" if _sqlite(portal) else " ON edition")))
        session.add(Edition(number=row["n"], made_at=row["m"], contents=row["c"], hash=row["h"]))


def _sqlite(portal: Flask) -> bool:
    return bool(portal.extensions["kueakun"].database_url.startswith("sqlite"))


def test_many_publishers_at_once_make_one_edition(portal: Flask, cast: Cast) -> None:
    give(cast)
    start, made, refused = threading.Barrier(6), [], []

    def work() -> None:
        with portal.app_context():
            start.wait()
            try:
                edition = publish()
                made.append(edition.number if edition else None)
            except Refused as error:
                refused.append(error.words)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [number for number in made if number] == [1]
    assert refused == []


def test_the_views_import_no_table_of_fund_or_cases() -> None:
    allowed = {"app.fund.ledger"}
    for node in ast.walk(ast.parse(VIEWS.read_text())):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            assert not name.startswith("app.cases"), name
            assert not name.startswith("app.fund") or name in allowed, name
            assert name not in ("app.editions.figures", "app.editions.aid_totals", "app.editions.targets"), (
                name
            )


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/aid",
        "/aid/districts",
        "/aid/work",
        "/aid/resolutions",
        "/cloth/1.svg",
        "/aid.csv",
        "/aid.json",
        "/editions",
        "/editions/1",
        "/editions/1.txt",
        "/about",
        "/privacy",
    ],
)
def test_a_public_page_touches_no_table_but_editions(sqlite_portal: Flask, path: str) -> None:
    cast = Cast(sqlite_portal)
    give(cast)
    publish()
    db.session.rollback()
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert cast.stranger.client.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    for statement in asked:
        tables = {word.strip('",') for word in statement.split() if word.strip('",') in db_tables()}
        assert tables <= {"edition"}, statement


def db_tables() -> set[str]:
    from app.kit.db import Base

    return set(Base.metadata.tables)


@pytest.mark.pages
def test_pages_may_be_kept_a_moment_and_know_when_they_are_old(portal: Flask, cast: Cast) -> None:
    give(cast)
    publish(days=1)
    client = cast.stranger.client
    first = client.get("/aid")
    assert first.headers["Cache-Control"] == "public, max-age=30"
    again = client.get("/aid", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    give(cast, 700_00)
    publish(days=2)
    newer = client.get("/aid", headers={"If-None-Match": first.headers["ETag"]})
    assert newer.status_code == 200 and "1,200" in newer.text


@pytest.mark.pages
def test_a_page_for_someone_signed_in_is_kept_by_nobody(portal: Flask, cast: Cast) -> None:
    publish()
    cast.kanya.sign_in()
    for path in ("/", "/aid", "/about", "/editions"):
        assert cast.kanya.client.get(path).headers["Cache-Control"] == "no-store"
        assert "กัญญา" not in cast.stranger.visit(path).text


@pytest.mark.pages
def test_before_the_first_edition_the_pages_say_so(portal: Flask, cast: Cast) -> None:
    stranger = cast.stranger
    assert "ฉบับแรก" in stranger.visit("/").words
    assert "ฉบับแรก" in stranger.visit("/aid").words
    assert "ยังไม่มีฉบับเผยแพร่" in stranger.visit("/editions").words
    stranger.visit("/aid.json", status=404)
    stranger.visit("/editions/1", status=404)
    stranger.visit("/editions/99999999999999999999", status=404)


@pytest.mark.pages
def test_all_districts_are_listed_even_when_nothing_happened_there(portal: Flask, cast: Cast) -> None:
    publish()
    words = cast.stranger.visit("/aid/districts").words
    for name in ("ขุขันธ์", "ศิลาลาด", "เมืองศรีสะเกษ", "โพธิ์ศรีสุวรรณ"):
        assert name in words


@pytest.mark.pages
def test_the_page_the_table_and_the_json_say_the_same(portal: Flask, cast: Cast) -> None:
    give(cast, 1_234_56)
    publish(days=1)
    client = cast.stranger.client
    told = client.get("/aid.json").json
    assert told["figures"]["money"]["received"] == 1_234_56
    assert told["licence"] == "CC BY 4.0"
    assert "money,,ทั้งกองทุน,received,1234.56,บาท," in client.get("/aid.csv").data.decode("utf-8-sig")
    assert "1,234.56" in cast.stranger.visit("/aid").words
    assert json.loads(editions.latest().contents) == told["figures"]  # type: ignore[union-attr]


@pytest.mark.pages
def test_no_donor_is_named(portal: Flask, cast: Cast) -> None:
    give(cast)
    publish()
    for path in (
        "/",
        "/aid",
        "/aid/work",
        "/aid/districts",
        "/aid/resolutions",
        "/aid.csv",
        "/aid.json",
        "/editions/1",
        "/editions/1.txt",
    ):
        assert "นายลับ" not in cast.stranger.client.get(path).get_data(as_text=True)
