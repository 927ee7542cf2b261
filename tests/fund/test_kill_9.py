"""kill -9 in the middle of a deed with money, and the same form sent again: it was done once or not at all, never half."""

import os
import re
import warnings
from collections.abc import Callable
from typing import Any

import bank_lines as bank
import committee_room as room
import pytest
from flask import Flask
from people import PASSWORD, Cast, Person
from sqlalchemy import event, text

from app.fund.ledger import books
from app.fund.spending import orders, voids
from app.kit import deed_keys
from app.kit.db import db, transaction

#: Every so many-th statement that writes is one before which the process dies; the environment asks for each of them.
_STRIDE = int(os.environ.get("KUEAKUN_KILL_EVERY", "3"))
_BEFORE_COMMIT = 7


def _killed(app: Flask, deed: Callable[[], object], *, write: int) -> int:
    """The deed in a process of its own that dies before its n-th statement that writes, at the latest before it commits
    for the first time; with 0, right after that commit. How it ended."""
    db.session.remove()
    # No connection is open that both processes would hold.
    db.engine.dispose()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    seen = [0, 0]

    def before(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen[0] += re.match(r"INSERT|UPDATE|DELETE", statement) is not None
        if seen[1] or seen[0] == write:
            os._exit(9)

    def commit(_connection: Any) -> None:
        if write:
            os._exit(_BEFORE_COMMIT)
        seen[1] = 1

    event.listen(db.engine, "before_cursor_execute", before)
    event.listen(db.engine, "commit", commit)
    deed()
    os._exit(0)


def _whole() -> list[tuple[Any, ...]]:
    """All that these deeds write, in numbers."""
    db.session.remove()
    tables = "resolution commitment entry payment_order payment_approval payment trace advance_clearing audit_event deed_key"
    counts = " UNION ALL ".join(f"SELECT '{name}', COUNT(*) FROM {name}" for name in tables.split())
    voided = "SELECT 'voided', COUNT(*) FROM payment WHERE voided_at IS NOT NULL"
    money = "SELECT kind, balance_satang FROM account ORDER BY id"
    return [
        tuple(row)
        for sql in (f"{counts} UNION ALL {voided}", money)
        for row in db.session().execute(text(sql))
    ]


def _dies_and_is_sent_again(
    app: Flask, who: Person, path: str, action: str, table: str, *, confirmed: bool = False, **typed: Any
) -> None:
    page = who.sign_in().visit(path)
    (form,) = [
        form
        for form in page.forms()
        if form["action"].split("?")[0].endswith(action) and set(typed) <= set(form["fields"])
    ]
    sent = {name: value for name, value in {**form["fields"], **typed}.items() if value is not None}
    if confirmed:  # What was looked at once more, as the page in between sends it.
        sent["confirmed"] = "yes"

    def deed() -> Any:
        return who.client.post(form["action"] or path, data=sent)

    before, write, ended = _whole(), 1, 9
    while ended == 9:
        ended = _killed(app, deed, write=write)
        assert _whole() == before, (
            f"{action} died before its statement {write} that writes, and left something"
        )
        write += _STRIDE
    assert ended == _BEFORE_COMMIT
    assert _killed(app, deed, write=0) in (0, 9)
    answers = [deed().status_code for _ in range(2)]
    assert set(answers) <= {302, 303, 409}, answers
    after, was = dict(_whole()[:11]), dict(before[:11])
    assert after[table] == was[table] + 1, f"{action} was done {after[table] - was[table]} times"


def test_what_dies_in_the_middle_and_is_sent_again_is_done_once(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody does the deed of a key whose process died: nothing to wait for.
    monkeypatch.setattr(deed_keys, "_PATIENCE", 0.0)
    room.give(cast, 1_000_00)
    item = room.table(cast, room.meet(cast), room.propose(cast, 300_00))
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    with transaction():
        room.sign()
        officer = room.vendor("น.ส.บุษบา", number="3010129999", kind="officer")
    _dies_and_is_sent_again(portal, cast.somchai, f"/agenda/{item}", "/resolve", "resolution")
    code = db.session().execute(text("SELECT code FROM proposal")).scalar_one()
    _dies_and_is_sent_again(
        portal,
        cast.kanya,
        f"/payments/new?proposal={code}",
        "/payments/new",
        "payment_order",
        confirmed=True,
        vendor=str(officer),
        satang="100",
    )
    with transaction():
        orders.prepare(proposal_code=code, satang=200_00, vendor_id=officer, by=cast.kanya.user)
    numbers = list(db.session().execute(text("SELECT id FROM payment_order ORDER BY id")).scalars())
    for number in numbers:
        order = f"/payments/orders/{number}"
        if number == numbers[0]:
            _dies_and_is_sent_again(
                portal, cast.somchai, order, "/approve", "payment_approval", password_again=PASSWORD
            )
            _dies_and_is_sent_again(
                portal, cast.kanya, order, "/transfer", "payment", transfer_ref="KTB0000000001"
            )
        else:
            with transaction():
                orders.approve(number, by=cast.somchai.user)
            room.transfer(cast, number)
    cleared, bounced = db.session().execute(text("SELECT id FROM payment ORDER BY id")).scalars()
    _dies_and_is_sent_again(
        portal,
        cast.kanya,
        f"/payments/{cleared}",
        "/clear",
        "advance_clearing",
        paper="ใบเสร็จ 1",
        cleared="40",
    )
    back = bank.line(200_00, description="โอนกลับ")
    with transaction():
        voids.ask(bounced, reason="บัญชีปิด", event_id=back, by=cast.kanya.user)
    _dies_and_is_sent_again(
        portal, cast.somchai, f"/payments/{bounced}", "/void/confirm", "voided", password_again=PASSWORD
    )
    (general, _) = books.balances()
    assert (general.available, general.committed, general.paid) == (700_00, 200_00, 100_00)
