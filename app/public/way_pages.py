"""The page on which a giver follows their own money. Its address carries the payment request's secret code."""

from typing import NamedTuple

from flask import Blueprint, abort, render_template, url_for

from app.editions import editions
from app.fund.giving.payment_requests import payment_requests
from app.kit import money, thai
from app.kit.clock import BANGKOK
from app.public import cloth, ways
from app.public.ways import ReachedHandovers, Way
from app.staff.doors import EVERYONE, opens_to

bp = Blueprint("ways", __name__)


class Stop(NamedTuple):
    """Where the money came to, in words, and in which ink it goes on from there; no ink where it has not come yet."""

    title: str
    ink: str
    when: str = ""
    note: str = ""


@bp.get("/give/<code>/way")
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


def _title(way: Way) -> tuple[str, str]:
    """Where the most of it is, in one sentence of two parts, each of which stays whole on its line."""
    given = money.short_baht(way.given)
    if way.returned == way.given:
        return f"{given} บาท", "คืนท่านแล้ว"
    ends = {
        "delivered": "ถึงมือแล้ว",
        "paid": "จ่ายแล้ว รอส่งมอบ",
        "committed": "กันไว้แล้ว รอจ่าย",
        "available": "พร้อมใช้ รอคณะกรรมการ",
    }
    return f"{given} บาทของท่าน", ends[_state(way)]


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
    came = thai.long_date(way.came_at.astimezone(BANGKOK).date())
    stops = [Stop(f"ท่านให้ {_baht(way.given)}", "received", came, f"เพื่อ{way.purpose.name_th}")]
    if way.returned:
        stops.append(Stop(f"คืนท่านแล้ว {_baht(way.returned)}", "received"))
    if way.available:
        stops.append(Stop(f"พร้อมใช้ {_baht(way.available)}", "available", note="รอคณะกรรมการพิจารณา"))
    if way.committed:
        stops.append(
            Stop(f"กันไว้แล้ว {_baht(way.committed)}", "committed", note="คณะกรรมการเห็นชอบแล้ว รอจ่ายหรือรอเผยแพร่")
        )
    stops += [
        Stop(
            f"จ่ายแล้ว {_baht(part.satang)}", "paid", thai.long_date(part.paid_on), f"ใบสำคัญจ่าย {part.voucher}"
        )
        for part in way.parts
    ]
    return [*stops, _handed(way.reached)]


def _handed(reached: ReachedHandovers | None) -> Stop:
    if reached is None or reached.people == 0:
        return Stop("ยังไม่มีการส่งมอบที่เผยแพร่", "", note="เมื่อส่งมอบถึงครบ 5 คน 5 ครัวเรือน จะบอกที่นี่")
    if reached.people is None:
        return Stop("เริ่มส่งมอบแล้ว", "delivered")
    return Stop(
        f"ถึงมือแล้ว {reached.people:,} คน",
        "delivered",
        note=f"ใน {reached.households:,} ครัวเรือน นับรวมเงินของผู้ให้ทุกคนใน{reached.of_th} ไม่ผูกกับใครคนใด เพื่อรักษาความเป็นส่วนตัวของเขา",
    )


def _baht(satang: int) -> str:
    return f"{money.short_baht(satang)} บาท"
