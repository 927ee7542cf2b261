"""The page of the outbox: what was sent to whom, what failed, and what may or may not have arrived."""

from datetime import timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.fund.giving import corrections, reminders
from app.fund.giving.blueprint import bp
from app.fund.giving.pledges import status
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import NightlyRun
from app.kit import clock, lists, outbox
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.lists import Choice, Column, Days, List, Search
from app.kit.outbox import Message
from app.settings import Settings
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

#: State → word and kind of its pill.
STATES = {
    "failed": ("ส่งไม่สำเร็จ", "danger"),
    "unsure": ("ไม่แน่ใจว่าถึง", "warning"),
    "queued": ("รอส่ง", "info"),
    "sending": ("กำลังส่ง", "info"),
    "sent": ("ส่งแล้ว", "success"),
}
CHANNELS = {"email": "อีเมล", "line": "LINE"}
_LOOKS_AHEAD = timedelta(days=45)


@bp.get("/messages")
@opens_to(Role.FUND_OFFICER, Role.FINANCE, Role.AUDITOR)
def messages() -> ResponseReturnValue:
    return _page()


@bp.get("/messages/<int:number>")
@opens_to(Role.FUND_OFFICER, Role.FINANCE, Role.AUDITOR)
def message(number: int) -> str:
    found = db.session().get(Message, number) or abort(404)
    return _message_page(found)


@bp.post("/messages/<int:number>/retry")
@opens_to(Role.FUND_OFFICER)
def retry_message(number: int) -> Response | tuple[str, int]:
    if db.session().get(Message, number) is None:
        abort(404)
    try:
        with transaction():
            corrections.send_again(number, by=signed_in())
    except Refused as error:
        return _message_page(db.session().get_one(Message, number), refused=error.words), 409
    flash("จะส่งข้อความนี้อีกครั้งในไม่ช้า", "success")
    return redirect(url_for("giving.message", number=number), code=303)


def _message_page(found: Message, *, refused: str = "") -> str:
    overtaken = found.state == "failed" and corrections.is_overtaken(found)
    return render_template(
        "giving/message.html",
        message=found,
        states=STATES,
        channels=CHANNELS,
        refused=refused,
        overtaken=overtaken,
        acts=signed_in().has(Role.FUND_OFFICER) and found.state == "failed" and not overtaken,
    )


def _page() -> ResponseReturnValue:
    session = db.session()
    configured = _settings().channels
    waiting = session.scalars(select(Message.channel).where(Message.state == "queued").distinct()).all()
    return lists.show(
        "giving/messages.html",
        List(
            select(Message),
            columns=(
                Column(
                    "เรื่อง",
                    lambda message: message.subject,
                    href=lambda message: url_for("giving.message", number=message.id),
                ),
                Column("ถึง", lambda message: message.recipient),
                Column("ช่องทาง", lambda message: CHANNELS[message.channel], on="desk"),
                Column("เมื่อ", lambda message: message.settled_at or message.queued_at, "moment"),
                Column("สถานะ", lambda message: STATES[message.state], "pill"),
            ),
            orders={"id": (Message.id,)},
            search=Search(
                "เรื่อง หรือผู้รับ", lambda words: lists.contains(words, Message.subject, Message.recipient)
            ),
            filters=(
                Choice(
                    "state",
                    "สถานะ",
                    [(state, words) for state, (words, _) in STATES.items()],
                    lambda state: Message.state == state,
                ),
                Days(Message.queued_at),
            ),
            label="ข้อความถึงเครือข่าย",
            empty="ไม่มีข้อความ",
            drawing="calendar",
            file="messages",
        ),
        counts=outbox.count_unsent(),
        configured=[name for name in CHANNELS if name in configured],
        stuck=[CHANNELS[name] for name in waiting if name not in configured],
        nightly_run=session.scalars(
            select(NightlyRun).order_by(NightlyRun.on_date.desc()).limit(1)
        ).one_or_none(),
        unreached=_unreached(),
    )


def _unreached() -> list[Network]:
    """Networks that have something due soon and nobody whom a message reaches."""
    today = clock.today()
    due = {
        due.pledge.network_id: due.pledge.network for due in status.due_between(today, today + _LOOKS_AHEAD)
    }
    people = reminders.reached(list(due))
    return sorted((due[number] for number in due if not people[number]), key=lambda network: network.code)


def _settings() -> Settings:
    return Settings.here()
