"""Reading rules: how much that names families one person may look at in a day, by role, and which hours are night."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.kit.errors import Refused

#: The role that a profile gives to all whom it does not name.
OTHERS = "others"
#: Ceilings of a day, by what is counted and by role, where a profile does not say otherwise.
USUAL: Mapping[str, Mapping[str, int]] = {
    "households": {OTHERS: 100, "mentor": 60, "district_officer": 200, "fund_officer": 300, "auditor": 300},
    "whole_ids": {OTHERS: 0, "mentor": 10, "district_officer": 20, "fund_officer": 20},
    "photos": {OTHERS: 300, "fund_officer": 600, "auditor": 600},
    "slips": {OTHERS: 300},
    "statements": {OTHERS: 50},
    "exports": {OTHERS: 20, "mentor": 3, "district_officer": 10, "finance": 60, "auditor": 60},
}


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """Ceilings of a day and the hours of night, in Bangkok's time."""

    ceilings: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: USUAL)
    #: From this hour to that one.
    night: tuple[int, int] = (20, 6)

    @staticmethod
    def read(words: Mapping[str, Any]) -> "ReadingRules":
        """What `[reading]` of a profile says. Raises Refused for what it cannot say."""
        first, last = words.get("night", (20, 6))
        ceilings = {kind: {**by_role, **words.get(kind, {})} for kind, by_role in USUAL.items()}
        if unknown := set(words) - set(USUAL) - {"night"}:
            raise Refused(
                f"ไม่รู้จัก {', '.join(sorted(unknown))} ใน [reading] กรุณาใช้ night หรือ {', '.join(USUAL)}"
            )
        numbers = [number for by_role in ceilings.values() for number in by_role.values()]
        if any(type(number) is not int or number < 0 for number in numbers):
            raise Refused("เพดานต่อวันใน [reading] ต้องเป็นจำนวนเต็มไม่ติดลบ")
        if not (0 <= first <= 24 and 0 <= last <= 24):
            raise Refused("ชั่วโมงกลางคืนใน [reading] ต้องอยู่ระหว่าง 0 ถึง 24")
        return ReadingRules(ceilings, (first, last))

    def most(self, kind: str, roles: Collection[str]) -> int:
        """The ceiling of whoever holds these roles: the highest among them."""
        by_role = self.ceilings[kind]
        return max((by_role.get(role, by_role[OTHERS]) for role in roles), default=0)

    def is_night(self, hour: int) -> bool:
        first, last = self.night
        return first <= hour or hour < last if first > last else first <= hour < last
