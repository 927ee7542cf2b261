"""The queue: asking for a job, and doing what was asked."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.kit import queue
from app.kit.db import BUSY, db, transaction
from app.kit.errors import Refused
from app.kit.queue import Job


def states() -> list[str]:
    db.session().rollback()
    return list(db.session().scalars(select(Job.state).order_by(Job.id)))


def test_asking_twice_is_one_job_and_asking_after_it_is_done_is_another(portal: Flask) -> None:
    for _ in range(2):
        with transaction():
            queue.ask("sweep", key="yard")
            queue.ask("sweep", key="yard")
    assert states() == ["queued"]
    assert queue.work_once({"sweep": lambda: {"swept": 1}})
    with transaction():
        queue.ask("sweep", key="yard")
    assert states() == ["done", "queued"]


def test_a_deed_that_is_refused_leaves_no_job(portal: Flask) -> None:
    with pytest.raises(Refused), transaction():
        queue.ask("sweep", key="yard")
        raise Refused("ไม่")
    with transaction():
        pass
    assert states() == []


def test_asking_outside_a_transaction_is_a_mistake_that_shows(portal: Flask) -> None:
    with pytest.raises(RuntimeError):
        queue.ask("sweep", key="yard")


def test_a_job_that_fails_is_tried_again_and_another_is_done_meanwhile(portal: Flask) -> None:
    def broken() -> None:
        raise ValueError("broom")

    done: list[str] = []
    handlers: dict[str, Callable[..., None]] = {"sweep": broken, "wash": lambda: done.append("wash")}
    with transaction():
        queue.ask("sweep", key="yard")
        queue.ask("wash", key="yard")
    while queue.work_once(handlers):
        pass
    assert done == ["wash"]
    assert sorted(states()) == ["done", "queued"]
    assert "broom" in db.session().scalars(select(Job.error).filter_by(kind="sweep")).one()


@pytest.mark.postgres
def test_a_job_that_met_a_busy_database_is_tried_again_and_one_that_is_refused_is_not(portal: Flask) -> None:
    def busy() -> None:
        raise Refused(BUSY)

    def refused() -> None:
        raise Refused("ไม่มีสิ่งนี้")

    with transaction():
        queue.ask("sweep", key="yard")
        queue.ask("mow", key="lawn")
    for _ in range(2):
        assert queue.work_once({"sweep": busy, "mow": refused})
    assert sorted(states()) == ["failed", "queued"]


def test_two_deeds_that_ask_for_the_same_job_do_not_wait_in_a_circle(postgres_portal: Flask) -> None:
    # The first asks and goes on to what the second holds; the second asks and is done.
    with transaction() as session:
        session.execute(text("CREATE TABLE chair (id integer PRIMARY KEY, sat integer)"))
        session.execute(text("INSERT INTO chair VALUES (1, 0)"))
    held, asked = threading.Event(), threading.Event()
    refused: list[Exception] = []

    def deed(first: bool) -> None:
        sit = text("UPDATE chair SET sat = sat + 1")
        with postgres_portal.app_context():
            try:
                with transaction() as session:
                    session.execute(text("SET LOCAL lock_timeout = '10s'"))
                    if first:
                        held.wait(10)
                        queue.ask("sweep", key="yard")
                        asked.set()
                        session.execute(sit)
                    else:
                        session.execute(sit)
                        held.set()
                        asked.wait(10)
                        queue.ask("sweep", key="yard")
            except Refused as error:
                refused.append(error)
            db.session.remove()

    threads = [threading.Thread(target=deed, args=(first,)) for first in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    db.session().rollback()
    assert db.session().scalar(text("SELECT sat FROM chair")) == 2
    assert states() == ["queued"]
