"""The cloth of an edition: one weft thread a donation, in the ink of where that money is. From published figures alone."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, url_for
from sqlalchemy.exc import DBAPIError

from app.editions import editions, threads
from app.kit import cloth
from app.kit.cloth import Thread
from app.kit.db import db
from app.kit.language import gettext
from app.staff.doors import EVERYONE, opens_to

bp = Blueprint("cloth", __name__)

#: Beyond so many threads one stands for ten donations, then for a hundred.
_MOST = 400
#: So many picks are as wide as a page for one person.
_WIDE = 220
#: How the cloth is drawn: its address changes with it, because browsers keep it for good.
_DRAWING = 1
_FOR_GOOD = "public, max-age=31536000, immutable"


def donations_per_thread(published: Mapping[str, Any]) -> int:
    """How many donations one thread of the edition's cloth stands for."""
    most = sum(row["count"] for row in published.get("threads", ()))
    each = 1
    while most > each * _MOST:
        each *= 10
    return each


def weft(published: Mapping[str, Any]) -> list[Thread]:
    """The threads of an edition, month after month; those of a month in an order that tells nothing."""
    each = donations_per_thread(published)
    months: dict[str, list[tuple[int, str]]] = {}
    left = 0
    for row in published.get("threads", ()):
        for state in threads.STATES:
            many, left = divmod(row[state] + left, each)
            months.setdefault(row["month"], []).extend([(row["class"], state)] * many)
    return [
        Thread(state, threads.PICKS[number])
        for month, woven in sorted(months.items())
        for number, state in threads.shuffled(woven, month)
    ]


def thread_like(published: Mapping[str, Any], *, month: str, state: str, satang: int, key: str) -> int | None:
    """A thread that may stand for one donation: of its month, in the ink of where most of it is, no wider than its size.

    Threads stand for no donation of their own, so any of them does, and the same `key` always finds the same. None where
    the edition has none, or where a thread stands for more than one.
    """
    if donations_per_thread(published) > 1:
        return None
    before, own = 0, []
    woven = weft(published)
    for told in sorted({row["month"] for row in published.get("threads", ())}):
        many = sum(row["count"] for row in published["threads"] if row["month"] == told)
        if told == month:
            own = [place for place in range(before, before + many) if woven[place].state == state]
        before += many
    most = _picks(satang)
    widths = {woven[place].picks for place in own if woven[place].picks <= most}
    if not widths:
        return None
    own = [place for place in own if woven[place].picks == max(widths)]
    return own[int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest()) % len(own)]


def _picks(satang: int) -> int:
    """How wide the thread of a donation is, by its own size."""
    return threads.PICKS[max(n for n, baht in enumerate(threads.CLASSES) if satang >= baht * 100)]


def address(number: int | None, *, hem: bool = False) -> str:
    """Where the cloth of an edition is, or of the fund before its first one."""
    return url_for("cloth.hem" if hem else "cloth.band", number=number or 0, v=_DRAWING)


@bp.app_template_global("newest_cloth")
def newest(*, hem: bool = False) -> str:
    """The cloth of the newest edition, for the head of every open page; undyed where the database cannot say."""
    try:
        mark = editions.latest_mark()
    except DBAPIError:
        db.session.rollback()
        mark = None
    return address(mark[0] if mark else None, hem=hem)


#: Cells across a paper: a sheet's width at the height that the style gives its cloth.
_ON_PAPER = 361


@bp.app_template_global("cloth_on_paper")
def on_paper() -> str:
    """The cloth of the day on which a paper is printed, as a data: address; the paper keeps it."""
    return _paper_cloth(editions.latest_mark())


@lru_cache(maxsize=2)
def _paper_cloth(mark: tuple[int, str] | None) -> str:
    edition = editions.numbered(mark[0]) if mark else None
    drawn = cloth.png(weft(edition.figures) if edition else [], picks=_ON_PAPER)
    return f"data:image/png;base64,{b64encode(drawn).decode()}"


#: As high as it is on the sheet, so wide is the piece with the payer's own thread.
_OWN_ON_PAPER = 150


@bp.app_template_global("own_thread_on_paper")
def own_on_paper(satang: int) -> str:
    """The end of the day's cloth in grey and after it the thread of one donation: as wide as its size, in the ink of
    money that came in. Only its payer's receipt shows it, which tells the sum itself."""
    return _paper_thread(editions.latest_mark(), _picks(satang))


@lru_cache(maxsize=2 * len(threads.PICKS))
def _paper_thread(mark: tuple[int, str] | None, picks: int) -> str:
    edition = editions.numbered(mark[0]) if mark else None
    woven = weft(edition.figures) if edition else []
    drawn = cloth.png(woven, picks=_OWN_ON_PAPER, own=Thread("available", picks))
    return f"data:image/png;base64,{b64encode(drawn).decode()}"


@bp.get("/cloth/<int:number>.svg")
@opens_to(EVERYONE)
def band(number: int) -> Response:
    return _drawn(number, ends=cloth.BAND)


@bp.get("/cloth/<int:number>/hem.svg")
@opens_to(EVERYONE)
def hem(number: int) -> Response:
    return _drawn(number, ends=cloth.HEM)


@bp.get("/cloth/<int:number>/<int:thread>.svg")
@opens_to(EVERYONE)
def one_thread(number: int, thread: int) -> Response:
    """The cloth with one thread held up to the light and all others grey; woven on until it is somewhat wide."""
    return _drawn(number, ends=cloth.BAND, mark=thread)


def _drawn(number: int, *, ends: int, mark: int | None = None) -> Response:
    """Editions are final, so whoever has the drawing need not ask again. Number 0 is the undyed weft, as a tile."""
    if number:
        edition = editions.numbered(number) if number < 2**31 else None
        if edition is None:
            abort(404, gettext("ไม่มีฉบับเผยแพร่เลขที่นี้ กรุณาเลือกจากรายการฉบับทั้งหมด"))
        woven = weft(edition.figures)
        if mark is not None and mark >= len(woven):
            abort(404)
        drawing = cloth.svg(
            woven, ends=ends, mark=mark, picks=0 if mark is None else _WIDE, title="ผืนผ้าที่ทอด้วยกัน"
        )
    else:
        drawing = cloth.svg([], ends=ends, picks=cloth.REPEAT, title="ด้ายที่ยังไม่ย้อม")
    response = Response(drawing, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = _FOR_GOOD
    return response
