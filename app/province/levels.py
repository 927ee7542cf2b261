"""Levels of a household's life (อยู่รอด พอเพียง ยั่งยืน) by income, in bands that have a first day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Level(StrEnum):
    """How far a household has come."""

    SURVIVE = "survive"
    SUFFICIENT = "sufficient"
    SUSTAINABLE = "sustainable"

    @property
    def name_th(self) -> str:
        return {"survive": "อยู่รอด", "sufficient": "พอเพียง", "sustainable": "ยั่งยืน"}[self.value]


@dataclass(frozen=True, slots=True)
class Bands:
    """Where the levels part, in satang of income per person per year.

    Below `sufficient_from` is survive, below `sustainable_from` sufficient, the rest sustainable: no gap
    between two levels for an income with satang. `version` is kept with every assessment.
    """

    version: str
    from_on: date
    sufficient_from: int
    sustainable_from: int


#: 40,001–99,999 baht was sufficient until the fiscal year 2566, whose first plan reads 40,001–100,000.
BANDS = (
    Bands("2565", date(2021, 10, 1), sufficient_from=40_000_01, sustainable_from=100_000_00),
    Bands("2566", date(2022, 10, 1), sufficient_from=40_000_01, sustainable_from=100_000_01),
)


def bands_on(day: date) -> Bands:
    """The bands in force on a day; before the first, the first."""
    return next((bands for bands in reversed(BANDS) if bands.from_on <= day), BANDS[0])


def level_of(income_satang: int, on: date) -> Level:
    """The level of a household with this income per person per year, by the bands of that day."""
    bands = bands_on(on)
    if income_satang < bands.sufficient_from:
        return Level.SURVIVE
    return Level.SUFFICIENT if income_satang < bands.sustainable_from else Level.SUSTAINABLE
