"""Worded: closed lists of values that people see, each value with its Thai words and the colour of its pill."""

from enum import StrEnum
from typing import Self


class Worded(StrEnum):
    """A base of enums: `WAITING = "waiting", "รออนุมัติ", "warning"`. The one place for the words of a value."""

    words: str
    colour: str

    def __new__(cls, value: str, words: str = "", colour: str = "neutral") -> Self:
        made = str.__new__(cls, value)
        made._value_, made.words, made.colour = value, words, colour
        return made

    @property
    def pill(self) -> tuple[str, str]:
        """Words and colour, as `ui.pill` takes them."""
        return self.words, self.colour
