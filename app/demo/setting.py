"""Where each province's demonstration takes place, and what its register is: as its office has told of itself, else as any other's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.province import places


@dataclass(frozen=True, slots=True)
class RegisterRound:
    """The round that the demonstration is filled from."""

    code: str
    name: str
    source: str
    fiscal_year_be: int
    as_of: date
    households: int
    #: People where the source names only those with a need; None where it names whole families.
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """One province. Places stand on invitations and in minutes; sides are those that the story's requests answer."""

    round: RegisterRound
    #: Two letters before the number of an order.
    letters: str
    hall: str
    other_hall: str
    ceremony: str
    #: Where the tailor has a shop.
    tailor: str
    #: A round that is open and whose file has not come.
    awaited: RegisterRound | None = None
    water: str = "living"
    wiring: str = "living"
    #: How often each side fails where no count of a district is at hand.
    usual: Mapping[str, int] = field(
        default_factory=lambda: {"health": 20, "living": 20, "education": 25, "income": 30, "access": 1}
    )


_TPMAP = "TPMAP-2565", "TPMAP ปีงบประมาณ 2565", "tpmap", 2565
_SETTINGS = {
    "33": Setting(
        RegisterRound(*_TPMAP, date(2022, 8, 8), 17_125),
        letters="ศก",
        hall="ห้องประชุมศรีลำดวน ชั้น 1 ศาลากลางจังหวัด",
        other_hall="ห้องประชุมศรีลาวา ชั้น 2 ศาลากลางจังหวัด",
        ceremony="ลานโคปุระ เกาะกลางน้ำห้วยน้ำคำ",
        tailor="88 ถนนขุขันธ์ ตำบลเมืองเหนือ อำเภอเมืองศรีสะเกษ จังหวัดศรีสะเกษ 33000",
    ),
    # Its secretaries' meeting of 24 January 2566 names this round, and TPMAP's of 2566 that it waits for.
    "23": Setting(
        RegisterRound(
            "THAIQM-2566",
            "Thai QM ปีงบประมาณ 2566",
            "thai_qm",
            2566,
            date(2023, 1, 24),
            households=2_255,
            people=2_330,
        ),
        letters="ตร",
        hall="ห้องประชุมสำนักงานพัฒนาชุมชนจังหวัดตราด ศาลากลางจังหวัด ชั้น 2",
        other_hall="ห้องประชุมสำนักงานพัฒนาชุมชนจังหวัดตราด ศาลากลางจังหวัด ชั้น 2",
        ceremony="หน้าศาลากลางจังหวัดตราด",
        tailor="88 ถนนหลักเมือง ตำบลบางพระ อำเภอเมืองตราด จังหวัดตราด 23000",
        awaited=RegisterRound("TPMAP-2566", "TPMAP ปีงบประมาณ 2566", "tpmap", 2566, date(2023, 1, 24), 0),
        water="water",
        wiring="housing",
        usual={
            "health": 18,
            "access": 6,
            "housing": 20,
            "water": 9,
            "education": 12,
            "income": 30,
            "safety": 3,
            "vulnerable": 12,
            "self_unsolvable": 2,
        },
    ),
    "24": Setting(
        RegisterRound(*_TPMAP, date(2022, 3, 29), 6_461),
        letters="ฉช",
        hall="ห้องประชุมศาลากลางจังหวัดฉะเชิงเทรา",
        other_hall="ห้องประชุมสำนักงานพัฒนาชุมชนจังหวัดฉะเชิงเทรา",
        ceremony="หน้าศาลากลางจังหวัดฉะเชิงเทรา",
        tailor="88 ถนนมรุพงษ์ ตำบลหน้าเมือง อำเภอเมืองฉะเชิงเทรา จังหวัดฉะเชิงเทรา 24000",
    ),
}


def of(province_code: str) -> Setting:
    """The setting of a province; of one that has told nothing of itself, at its provincial hall."""
    if province_code in _SETTINGS:
        return _SETTINGS[province_code]
    name = places.province(province_code).name_th
    return Setting(
        RegisterRound(*_TPMAP, date(2022, 8, 8), 5_000),
        letters="สธ",
        hall=f"ห้องประชุมศาลากลางจังหวัด{name}",
        other_hall=f"ห้องประชุมศาลากลางจังหวัด{name}",
        ceremony=f"หน้าศาลากลางจังหวัด{name}",
        tailor=f"88 ตลาดในเมือง จังหวัด{name}",
    )
