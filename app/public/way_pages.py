"""The page on which a giver follows their own money. Its address carries the payment request's secret code."""

from typing import Literal

from flask import Blueprint, abort, render_template

from app.fund.giving.payment_requests import payment_requests
from app.kit import charts, money, thai
from app.kit.clock import BANGKOK
from app.public import ways
from app.public.ways import ReachedHandovers, Way
from app.staff.doors import EVERYONE, opens_to

bp = Blueprint("ways", __name__)


@bp.get("/give/<code>/way")
@opens_to(EVERYONE)
def way(code: str) -> str:
    payment_request = payment_requests.by_code(code) or abort(404)
    found = ways.of(payment_request)
    return render_template(
        "public/way.html", payment_request=payment_request, way=found, drawn=_drawn(found) if found else None
    )


def _drawn(way: Way) -> object:
    """The way as one drawing: what came, what is promised, what is paid, what reached people."""
    stops = [
        charts.Step(
            f"รับแล้ว {_baht(way.given - way.returned)}",
            thai.long_date(way.came_at.astimezone(BANGKOK).date()),
            "done",
        ),
        charts.Step(
            f"กันไว้แล้ว {_baht(way.committed)}",
            "คณะกรรมการเห็นชอบแล้ว รอจ่ายหรือรอเผยแพร่" if way.committed else "ยังไม่มีส่วนที่รอจ่าย",
            "now" if way.committed else "done" if way.parts else "next",
        ),
        charts.Step(
            f"จ่ายแล้ว {_baht(way.paid)}",
            f"{len(way.parts):,} ครั้ง" if way.parts else "ยังไม่ได้จ่าย",
            "done" if way.parts else "next",
        ),
        charts.Step("ส่งมอบ", *_handed(way.reached)),
    ]
    return charts.steps(stops, label="เส้นทางเงินของท่าน")


def _handed(reached: ReachedHandovers | None) -> tuple[str, Literal["done", "next"]]:
    if reached is None or reached.people == 0:
        return "ยังไม่มีการส่งมอบที่เผยแพร่", "next"
    if reached.people is None:
        return "เริ่มส่งมอบแล้ว", "done"
    return f"ถึงมือ {reached.people:,} คน ({reached.of_th})", "done"


def _baht(satang: int) -> str:
    return f"{money.format_baht(satang)} บาท"
