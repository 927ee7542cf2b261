"""The pages on which givers follow their money: one gift, by the secret code in its address, and all that a network gave."""

from typing import NamedTuple

from flask import Blueprint, abort, render_template, url_for

from app.editions import editions
from app.fund.giving.networks import networks
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.records.networks import Network
from app.kit import language, money
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.language import gettext, in_english
from app.public import cloth, ways
from app.public.ways import ReachedHandovers, Way
from app.staff.doors import EVERYONE, opens_to, signed_in
from app.staff.roles import Role

bp = Blueprint("ways", __name__)


class Stop(NamedTuple):
    """Where the money came to, in words, and in which ink it goes on from there; no ink where it has not come yet."""

    title: str
    ink: str
    when: str = ""
    note: str = ""


@bp.get("/give/<code>/way")
@in_english
@opens_to(EVERYONE)
def way(code: str) -> str:
    payment_request = payment_requests.by_code(code) or abort(404)
    found = ways.of(payment_request)
    return render_template(
        "public/way.html",
        payment_request=payment_request,
        way=found,
        stops=_stops(found) if found else [],
        title=_title(found) if found else (),
        thread=_thread(found, code) if found else None,
    )


@bp.get("/networks/<code>/way", endpoint="network")
@in_english
@opens_to(Role.TREASURER, *networks.OVERSEERS)
def network_way(code: str) -> str:
    seen = networks.visible_to(signed_in()).where(Network.code == code)
    found = db.session().scalars(seen).one_or_none() or abort(404)
    return render_template("public/network_way.html", network=found, way=ways.of_network(found))


def _title(way: Way) -> tuple[str, str]:
    """Where the most of it is, in one sentence of two parts, each of which stays whole on its line."""
    given = money.short_baht(way.given)
    if way.returned == way.given:
        return gettext("%(sum)s บาท", sum=given), gettext("คืนท่านแล้ว")
    ends = {
        "delivered": gettext("ถึงมือแล้ว"),
        "paid": gettext("จ่ายแล้ว รอส่งมอบ"),
        "committed": gettext("กันไว้แล้ว รอจ่าย"),
        "available": gettext("พร้อมใช้ รอคณะกรรมการ"),
    }
    return gettext("%(sum)s บาทของท่าน", sum=given), ends[_state(way)]


def _state(way: Way) -> str:
    reached = way.reached is not None and way.reached.people != 0
    sums = {
        "delivered" if reached else "paid": way.paid,
        "committed": way.committed,
        "available": way.available,
    }
    return max(sums, key=lambda state: sums[state])


def _thread(way: Way, code: str) -> str | None:
    """The address of the newest cloth with one thread in colour."""
    edition = editions.latest()
    if edition is None or way.returned == way.given:
        return None
    month = f"{way.came_at.astimezone(BANGKOK):%Y-%m}"
    place = cloth.thread_like(
        edition.figures, month=month, state=_state(way), satang=way.given - way.returned, key=code
    )
    return None if place is None else url_for("cloth.one_thread", number=edition.number, thread=place)


def _stops(way: Way) -> list[Stop]:
    came = language.long_date(way.came_at.astimezone(BANGKOK).date())
    what_for = gettext("ให้เพื่อ %(purpose)s", purpose=language.thai_words(way.purpose.name))
    stops = [Stop(gettext("ท่านให้ %(sum)s บาท", sum=_baht(way.given)), "received", came, what_for)]
    if way.returned:
        stops.append(Stop(gettext("คืนท่านแล้ว %(sum)s บาท", sum=_baht(way.returned)), "received"))
    if way.available:
        stops.append(
            Stop(
                gettext("พร้อมใช้ %(sum)s บาท", sum=_baht(way.available)),
                "available",
                note=gettext("รอคณะกรรมการพิจารณา"),
            )
        )
    if way.committed:
        stops.append(
            Stop(
                gettext("กันไว้แล้ว %(sum)s บาท", sum=_baht(way.committed)),
                "committed",
                note=gettext("คณะกรรมการเห็นชอบแล้ว รอจ่ายหรือรอเผยแพร่"),
            )
        )
    stops += [
        Stop(
            gettext("จ่ายแล้ว %(sum)s บาท", sum=_baht(part.satang)),
            "paid",
            language.long_date(part.paid_on),
            gettext("ใบสำคัญจ่าย %(voucher)s", voucher=part.voucher),
        )
        for part in way.parts
    ]
    return [*stops, _handed(way.reached)]


def _handed(reached: ReachedHandovers | None) -> Stop:
    if reached is None or reached.people == 0:
        return Stop(gettext("ยังไม่มีการส่งมอบที่เผยแพร่"), "", note=gettext("เมื่อส่งมอบถึงครบ 5 คน 5 ครัวเรือน จะบอกที่นี่"))
    if reached.people is None:
        return Stop(gettext("เริ่มส่งมอบแล้ว"), "delivered")
    return Stop(
        gettext("ถึงมือแล้ว %(people)s คน", people=format(reached.people, ",")),
        "delivered",
        note=gettext(
            "ใน %(households)s ครัวเรือน นับรวมเงินของผู้ให้ทุกคนใน%(of)s ไม่ผูกกับใครคนใด เพื่อรักษาความเป็นส่วนตัวของเขา",
            households=format(reached.households, ","),
            of=language.translated(reached.of_th),
        ),
    )


def _baht(satang: int) -> str:
    return money.short_baht(satang)
