"""Tiers: which body decides over how much, by the profile; pending until the province's regulation has a number."""

from collections.abc import Mapping
from typing import Any

from app.fund.committee.records.bodies import Body, Level
from app.kit.errors import Refused
from app.kit.money import format_baht
from app.province.profile import Profile


def ceiling(body: Body) -> int | None:
    """The most that this body decides over, in satang; None for any amount."""
    return Profile.here().ceiling(body.level)


def standing() -> str:
    """What the tiers stand in: the regulation with its number, or that it is awaited."""
    number = Profile.here().tiers_regulation
    return f"ตาม{number}" if number else "รอระเบียบจังหวัด"


def words(satang: int) -> str:
    """Who decides over so much, and by which regulation."""
    return f"{Profile.here().tier(satang).by_th} ({standing()})"


def as_frozen(rules: Mapping[str, Any]) -> str:
    """Who decides, and by which regulation, as it stood when an item was tabled; empty where nothing was kept."""
    number = rules.get("tier_regulation")
    return f"{rules['tier']} ({f'ตาม{number}' if number else 'รอระเบียบจังหวัด'})" if rules.get("tier") else ""


def rows() -> list[tuple[str, str]]:
    """The tiers as a page shows them: up to how much, and who."""
    tiers = Profile.here().tiers
    return [
        (
            f"ไม่เกิน {format_baht(tier.satang)} บาท"
            if tier.satang
            else "เกินกว่านั้น"
            if len(tiers) > 1
            else "ทุกวงเงิน",
            tier.by_th,
        )
        for tier in tiers
    ]


def refuse_above(body: Body, satang: int) -> None:
    """Raises Refused for more than this body decides over, and says who does."""
    most = ceiling(body)
    if most is None or satang <= most:
        return
    who = body.name_th if body.level != Level.SOLE else Level.SOLE.words
    own = f"{who}พิจารณาได้ไม่เกิน {format_baht(most)} บาท" if most else f"{who}ยังไม่มีวงเงินอนุมัติ"
    raise Refused(f"คำขอนี้ {format_baht(satang)} บาท แต่{own} ผู้มีอำนาจคือ {words(satang)} กรุณาบรรจุในวาระของคณะนั้น")
