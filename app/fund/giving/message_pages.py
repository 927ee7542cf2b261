"""The page of the outbox: what was sent to whom, what failed, and what may or may not have arrived."""

from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.fund.giving import corrections, reminders
from app.fund.giving.blueprint import bp
from app.fund.giving.pledges import status
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import NightlyRun
from app.kit import clock, outbox
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.outbox import Message
from app.kit.paging import PER_PAGE, links, page_number
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
def messages() -> str:
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


def _page() -> str:
    session, page = db.session(), page_number()
    wanted = request.args.get("state", "")
    listed = select(Message).order_by(Message.queued_at.desc(), Message.id.desc())
    if wanted in STATES:
        listed = listed.where(Message.state == wanted)
    total = session.scalar(select(func.count()).select_from(listed.subquery())) or 0
    counts = outbox.count()
    configured = _settings().channels
    waiting = session.scalars(select(Message.channel).where(Message.state == "queued").distinct()).all()
    return render_template(
        "giving/messages.html",
        messages=session.scalars(listed.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all(),
        counts=counts,
        wanted=wanted if wanted in STATES else "",
        states=STATES,
        channels=CHANNELS,
        configured=[name for name in CHANNELS if name in configured],
        stuck=[CHANNELS[name] for name in waiting if name not in configured],
        nightly_run=session.scalars(
            select(NightlyRun).order_by(NightlyRun.on_date.desc()).limit(1)
        ).one_or_none(),
        unreached=_unreached(),
        pager=links("giving.messages", page, total, **({"state": wanted} if wanted else {})),
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
