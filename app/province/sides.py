"""The sides of need that a province works by: its work areas, each mapped to a dimension or to none, or its dimensions themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kit.errors import BadInput
from app.province.dimensions import DIMENSIONS, Dimension, dimension
from app.province.reference import plain

#: What stands before a name in files and letters, and says nothing.
_BEFORE = ("มิติด้าน", "มิติ", "ด้าน")


@dataclass(frozen=True, slots=True)
class WorkArea:
    """A side of the work with the agency that leads it and the dimension that it belongs to; empty for none."""

    code: str
    name_th: str
    lead_th: str
    dimension: str
    #: Other names that files have for it.
    aliases: tuple[str, ...] = ()

    @staticmethod
    def read(words: Mapping[str, Any]) -> "WorkArea":
        said = {name: words[name] for name in ("code", "name_th", "lead_th", "dimension")}
        return WorkArea(**said, aliases=tuple(words.get("aliases", ())))


@dataclass(frozen=True, slots=True)
class Side:
    """What a household lacks and a request answers, with who leads the work on it."""

    code: str
    #: Without มิติ or ด้าน before it.
    name_th: str
    name_en: str
    lead_th: str = ""
    #: The dimension by which the country counts it; empty for a side that the country has no dimension for.
    dimension: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """All sides of one province. A work area of its own and a dimension have different codes, so that what a file says
    only by dimension stays apart from what another says by area."""

    #: What forms offer, secretaries hold and tables list, in the province's own order.
    offered: tuple[Side, ...]
    #: The province's dimensions that are no side of its own: only files of the country's map speak of them.
    only_counted: tuple[Side, ...]
    #: Dimensions that the province does not work by; a file may name them all the same.
    beyond: tuple[Side, ...]
    #: มิติ, or ด้าน where the areas are the province's own.
    word: str
    #: Names as files write them, bare, each with its code.
    spellings: Mapping[str, str]

    @staticmethod
    def of(codes: Sequence[str], areas: Sequence[WorkArea], english: Mapping[str, str]) -> "Sides":
        """The areas where some are no dimension; else the dimensions, each with the agency that leads its area."""
        own = any(area.code != area.dimension for area in areas)
        leads = {area.code: area.lead_th for area in areas}
        by_dimension = {code: _of_dimension(code, leads.get(code, "")) for code in codes}
        of_areas = tuple(_of_area(area, english) for area in areas)
        offered = of_areas if own else tuple(by_dimension.values())
        mine = {side.code for side in offered}
        spelled = {words: each.code for each in DIMENSIONS for words in spellings(each)}
        for area in areas if own else ():
            for words in (area.code, area.name_th, *area.aliases):
                spelled[bare(words)] = area.code
        return Sides(
            offered=offered,
            only_counted=tuple(side for code, side in by_dimension.items() if code not in mine),
            beyond=tuple(
                _of_dimension(each.code, "") for each in DIMENSIONS if each.code not in mine | set(codes)
            ),
            word="ด้าน" if own else "มิติ",
            spellings=spelled,
        )

    @property
    def own(self) -> bool:
        """Whether the province has areas of its own beside the dimensions."""
        return self.word == "ด้าน"

    @property
    def listed(self) -> tuple[Side, ...]:
        """What lists and tables may have a row for."""
        return self.offered + self.only_counted

    @property
    def every(self) -> tuple[Side, ...]:
        """What a register file may name."""
        return self.listed + self.beyond

    def side(self, code: str) -> Side:
        """The side with this code. Raises BadInput for an unknown one."""
        for side in self.every:
            if side.code == code:
                return side
        raise BadInput(f"ไม่รู้จัก{self.word} “{code}” กรุณาใช้ {', '.join(side.code for side in self.offered)}")

    def offer(self, code: str) -> Side:
        """The same, of those that this province works by. Raises BadInput for another."""
        side = self.side(code)
        if side not in self.offered:
            raise BadInput(
                f"จังหวัดนี้ไม่ทำงานตาม{self.word}{side.name_th} กรุณาเลือกจาก {', '.join(each.name_th for each in self.offered)}"
            )
        return side

    def answered_by(self, code: str) -> frozenset[str]:
        """The codes that a register may have for what this side answers: its own; for an area also its dimension, where
        that is no side of its own; for such a dimension all of its areas."""
        if any(side.code == code for side in self.only_counted):
            return frozenset({code, *(side.code for side in self.offered if side.dimension == code)})
        counted = {side.code for side in self.only_counted}
        return frozenset(
            {code, *(side.dimension for side in self.offered if side.code == code)} & ({code} | counted)
        )

    def named(self, words: str) -> Side | None:
        """The side that a file means by `words`, with or without มิติ or ด้าน before it."""
        code = self.spellings.get(bare(words))
        return self.side(code) if code else None

    def all_named(self, cell: str) -> frozenset[str]:
        """The codes of all sides in one cell. Raises BadInput when a part of it is none, so that a row is corrected and not halved."""
        found = set()
        for part in cell.replace(";", ",").replace("|", ",").replace("\n", ",").split(","):
            if not part.strip():
                continue
            named = self.named(part)
            if named is None:
                raise BadInput(
                    f"ไม่รู้จัก{self.word} “{part.strip()}” กรุณาแก้เป็น {' '.join(side.name_th for side in self.offered)}"
                )
            found.add(named.code)
        return frozenset(found)


def _of_area(area: WorkArea, english: Mapping[str, str]) -> Side:
    name = area.name_th.removeprefix("ด้าน")
    of_dimension = {each.name_th: each.name_en for each in DIMENSIONS}
    in_english = english.get(area.name_th) or of_dimension.get(name, name)
    return Side(area.code, name, in_english, area.lead_th, area.dimension)


def _of_dimension(code: str, lead_th: str) -> Side:
    known = dimension(code)
    return Side(code, known.name_th, known.name_en, lead_th, code)


def spellings(dimension: Dimension) -> set[str]:
    """The bare names that files have for a dimension."""
    return {
        bare(words) for words in (dimension.code, dimension.name_th, dimension.name_en, *dimension.aliases)
    }


def bare(words: str) -> str:
    """`words` as two spellings of one name are compared, without มิติ or ด้าน before it."""
    wanted = plain(words)
    return next((wanted.removeprefix(word) for word in _BEFORE if wanted.startswith(word)), wanted)
