"""Decisions on money of the bank, and second hands for them."""

import threading
from collections.abc import Callable

from bank_hands import confirmation, item_of, send
from flask import Flask
from people import give_role
from sqlalchemy import select

from app.fund.giving.records.donations import LIVE
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.roles import Role
from app.staff.users import User


def waiting(portal: Flask, satang: int, *, number: str = "T1", ref1: str = "HELLO") -> int:
    send(portal, confirmation(ref1, satang, number=number))
    return item_of(number).event_id


def live_satang() -> list[int]:
    return sorted(db.session().scalars(select(LIVE.c.satang).where(LIVE.c.satang > 0)))


def another_officer() -> User:
    """Nid keeps money, too."""
    with transaction() as session:
        nid = User(
            sign_in_name="nid", name="น.ส.นิด พรดี", position="", password_hash="x", opened_at=clock.now()
        )
        session.add(nid)
        session.flush()
        give_role(nid.id, Role.FINANCE)
    return nid


def user(number: int | None) -> User:
    return db.session().get_one(User, number)


def at_once(portal: Flask, *deeds: Callable[[], object]) -> list[str]:
    """Every deed at the same moment, each in a transaction of its own; what became of them."""
    start, outcomes = threading.Barrier(len(deeds)), []

    def press(deed: Callable[[], object]) -> None:
        with portal.app_context():
            start.wait()
            try:
                with transaction():
                    deed()
                outcomes.append("done")
            except Refused:
                outcomes.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=press, args=(deed,)) for deed in deeds]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return sorted(outcomes)
