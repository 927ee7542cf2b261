"""Leases: who is at work on a row, and from when on another may take it up."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.kit import clock, queue
from app.kit.db import db, transaction
from app.kit.queue import Job


def test_a_row_is_free_before_it_is_taken_after_it_is_given_back_and_when_its_worker_fell_silent(
    portal: Flask,
) -> None:
    with transaction():
        queue.ask("count", key="1")
    free, lapsed = select(Job.id).where(Job.free()), select(Job.id).where(Job.lapsed())

    def seen() -> tuple[bool, bool, bool]:
        job = db.session().scalars(select(Job)).one()
        first = (
            job.is_leased,
            db.session().scalar(free) is not None,
            db.session().scalar(lapsed) is not None,
        )
        db.session().rollback()
        return first

    assert seen() == (False, True, False)
    with transaction() as session:
        session.scalars(select(Job)).one().lease(timedelta(minutes=1))
    assert seen() == (True, False, False)
    with transaction() as session:
        session.scalars(select(Job)).one().leased_until = clock.now() - timedelta(seconds=1)
    assert seen() == (False, True, True)
    with transaction() as session:
        session.scalars(select(Job)).one().give_back()
    assert seen() == (False, True, False)
