"""The state of the system: what machines that watch are told, and what the administrator sees and does."""

import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from people import Cast
from sqlalchemy import select

from app.fund.ledger import books
from app.kit import clock, queue
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.queue import ATTEMPTS, Job
from app.rooms import HANDLERS
from app.warroom import system

Usage = namedtuple("Usage", "total used free")


def check(*found: str) -> None:
    with transaction():
        books.note_check(list(found), by="test")


def give_up(kind: str = "thank") -> int:
    """A job that fails as often as it is tried; its number."""

    def broken(**_: object) -> None:
        raise PermissionError("/srv/kueakun/data/นายลับ")

    with transaction():
        queue.ask(kind, key="1", donation_id=1)
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(ATTEMPTS):
            assert queue.work_once({kind: broken})
            time.shift(timedelta(hours=1))
        assert not queue.work_once({kind: broken})
    return db.session().scalars(select(Job.id).order_by(Job.id.desc())).first() or 0


def test_health_is_well_only_while_the_last_check_held(portal: Flask, cast: Cast) -> None:
    client = cast.stranger.client
    assert client.get("/health").status_code == 503
    check()
    well = client.get("/health")
    assert (well.status_code, well.json["ok"]) == (200, True)
    check("บัญชีเลขที่ 7 ติดลบ")
    ill = client.get("/health")
    assert ill.status_code == 503
    assert "7" not in ill.json["words"]
    assert client.get("/health/live").status_code == 200


def test_a_background_that_stopped_a_full_disk_and_a_job_given_up_are_each_said_in_a_word(
    sqlite_portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    check()
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert system.troubles() == ["งานเบื้องหลังหยุด ไม่ได้ตรวจบัญชีมา 16 นาที"]
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 0, 49 * 10**9))
        assert system.troubles() == ["พื้นที่ดิสก์เหลือ 49,000 MB"]
    give_up()
    said = cast.stranger.client.get("/health")
    assert (said.status_code, said.json["words"]) == (503, "งานเบื้องหลังทำไม่สำเร็จ 1 งาน")


def test_a_job_that_fails_is_tried_for_hours_and_the_journal_has_its_kind_and_no_name(
    sqlite_portal: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    began = clock.now()
    number = give_up()
    job = db.session().get_one(Job, number)
    assert (job.state, job.attempts) == ("failed", ATTEMPTS)
    assert job.due_at > began + timedelta(hours=4)
    assert caplog.records[-1].levelname == "ERROR"
    assert "thank" in caplog.text and "PermissionError" in caplog.text and "นายลับ" not in caplog.text


def test_the_administrator_has_a_job_that_was_given_up_done_again_and_nobody_else_may(
    sqlite_portal: Flask, cast: Cast
) -> None:
    check()
    number = give_up()
    ying = cast.ying.sign_in()
    page = ying.visit("/system")
    assert "งานเบื้องหลังทำไม่สำเร็จ 1 งาน" in page.words and system.JOB_WORDS["thank"] in page.words
    # What an error says may hold a name; its kind does not.
    assert "PermissionError" in page.words and "นายลับ" not in page.words
    assert cast.kanya.sign_in().client.get("/system").status_code == 403
    ying.press(page, having=f"/system/jobs/{number}/again")
    assert [job.state for job in db.session().scalars(select(Job))] == ["queued"]
    assert queue.work_once({"thank": lambda **_: None})
    assert system.troubles() == []
    with pytest.raises(Refused, match="ไม่ได้ค้างอยู่แล้ว"), transaction():
        system.ask_again(number, by=cast.ying.user)
    assert [job.state for job in db.session().scalars(select(Job))] == ["done"]


def test_a_job_that_was_asked_for_anew_and_one_that_a_rule_refused_are_no_trouble(
    sqlite_portal: Flask,
) -> None:
    check()
    give_up()
    with transaction():
        queue.ask("thank", key="1", donation_id=1)
    assert system.troubles() == []


def test_every_kind_of_job_has_words() -> None:
    assert system.JOB_WORDS.keys() == HANDLERS.keys()
