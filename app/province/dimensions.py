"""The dimensions of poverty, the urgency tiers and the four T's (ทัศนคติ ทักษะ ทรัพยากร ทางออก)."""

from dataclasses import dataclass
from enum import StrEnum

from app.kit.errors import BadInput


@dataclass(frozen=True, slots=True)
class Dimension:
    """A side of poverty that a household can fail. Which of them a province works by is in its profile.

    `is_tpmap` tells the five that the national map measures from those a province added.
    """

    code: str
    name_th: str
    name_en: str
    aliases: tuple[str, ...]
    is_tpmap: bool


DIMENSIONS = (
    Dimension("health", "สุขภาพ", "Health", ("ด้านสุขภาพ",), True),
    Dimension(
        "living",
        "ความเป็นอยู่",
        "Living conditions",
        ("สภาพความเป็นอยู่", "ที่อยู่อาศัย", "ความเป็นอยู่/บ้าน/ที่อยู่อาศัย", "living standard"),
        True,
    ),
    Dimension("education", "การศึกษา", "Education", (), True),
    Dimension("income", "รายได้", "Income", ("ด้านรายได้และอาชีพ", "รายได้และอาชีพ", "อาชีพ"), True),
    Dimension(
        "access",
        "การเข้าถึงบริการภาครัฐ",
        "Access to public services",
        (
            "การเข้าถึงบริการรัฐ",
            "การเข้าถึงสวัสดิการภาครัฐ",
            "การเข้าถึงสวัสดิการรัฐ",
            "การเข้าถึงบริการ",
            "เข้าถึงบริการภาครัฐ",
            "เข้าถึงบริการรัฐ",
            "accessibility",
            "public service access",
            "access to public service",
        ),
        True,
    ),
    Dimension("other", "อื่นๆ", "Other", ("อื่น", "อื่น ๆ", "อื่นฯ", "others"), False),
)


class Urgency(StrEnum):
    """How soon help is meant to come."""

    URGENT = "urgent"
    MEDIUM = "medium"
    LONG = "long"

    @property
    def name_th(self) -> str:
        return _URGENCY_TH[self]


class FourT(StrEnum):
    """What stands in a household's way, in the four words of the national approach."""

    ATTITUDE = "attitude"
    SKILL = "skill"
    RESOURCE = "resource"
    WAY_OUT = "way_out"

    @property
    def name_th(self) -> str:
        return _FOUR_T_TH[self]


_URGENCY_TH = {
    Urgency.URGENT: "ระยะเร่งด่วน (สงเคราะห์)",
    Urgency.MEDIUM: "ระยะกลาง (อาชีพ รายได้ การศึกษา)",
    Urgency.LONG: "ระยะยาว (ที่ดิน ที่อยู่อาศัย การเข้าถึง)",
}
_FOUR_T_TH = {
    FourT.ATTITUDE: "ทัศนคติ",
    FourT.SKILL: "ทักษะ",
    FourT.RESOURCE: "ทรัพยากร",
    FourT.WAY_OUT: "ทางออก",
}
_BY_CODE = {dimension.code: dimension for dimension in DIMENSIONS}


def dimension(code: str) -> Dimension:
    """The dimension with this code. Raises BadInput for an unknown one."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise BadInput(f"ไม่รู้จักมิติ “{code}” กรุณาใช้ {', '.join(_BY_CODE)}") from None
