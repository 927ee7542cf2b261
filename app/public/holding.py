"""Holding: help that changed by few people stays as it was told, so that no two editions of a day tell of one person."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, TypeAlias

from app.kit.suppression import is_small

#: One figure of a row, people with their households and satang or households alone, by the code of its row.
_Cells: TypeAlias = dict[str, Any]

#: (table, measure) of what counts people, and whether the rows have a total that an edition shows.
_MEASURES = (
    ("districts", "approved", True),
    ("districts", "delivered", True),
    ("districts", "target_households", True),
    ("dimensions", "approved", True),
    ("dimensions", "delivered", True),
    ("dimensions", "target_households", False),
    ("items", "delivered", True),
    ("rounds", "helped_households", False),
)


def hold(said: Mapping[str, Any], earlier: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What an edition may say after the `earlier` ones of its day, newest first.

    A row whose people or households differ by a few from those last told that day is told again as it was then.
    Figures that are kept back stay so, and totals are exact: `_companion` sees that they do not tell of one held row.
    What is held is nowhere said, for that would tell which row has changed.
    """
    shown = deepcopy(dict(said))
    past = _Past(earlier)
    for table, measure, has_total in _MEASURES:
        now = _cells(said, table, measure)
        then = past.told(table, measure, {code for code in now if _counts(now[code]) is not None}, said)
        held = {code for code in then if is_small(*_change(now[code], then[code]))}
        hidden: set[str] = set()
        if has_total and len(held) == 1 and all(_counts(cell) is not None for cell in now.values()):
            companion = _companion(now, then, *held)
            if companion is None:
                if table == "districts" and measure in said:
                    # One district has it all, so that its total is a row of few under another name.
                    shown[measure] = then[next(iter(held))]
            elif companion in then and _some(then[companion]):
                held.add(companion)
            else:
                hidden = {*held, companion}
        for row in shown[table]:
            if row["code"] in hidden:
                row[measure] = _kept_back(row[measure])
            elif row["code"] in held:
                row[measure] = then[row["code"]]
    return shown


class _Past:
    """The earlier editions of the day, read no further back than is needed."""

    def __init__(self, earlier: Iterable[Mapping[str, Any]]) -> None:
        self._rest = iter(earlier)
        self._read: list[Mapping[str, Any]] = []

    def told(self, table: str, measure: str, codes: set[str], said: Mapping[str, Any]) -> _Cells:
        """What was last told of each row, if anything was."""
        found: _Cells = {}
        for one in self._newest_first():
            if measure == "target_households" and one["target_round"] != said["target_round"]:
                break
            for code, cell in _cells(one, table, measure).items():
                if code in codes and code not in found and _counts(cell) is not None:
                    found[code] = cell
            if len(found) == len(codes):
                break
        return found

    def _newest_first(self) -> Iterable[Mapping[str, Any]]:
        yield from self._read
        for one in self._rest:
            self._read.append(one)
            yield one


def _companion(now: _Cells, then: _Cells, held: str) -> str | None:
    """The row to go with the only one that is held, so that the total does not tell it; None when all others are empty.

    Best is one that was told and has changed the least, most often not at all; else one that is new.
    """
    told = [code for code in then if code != held and _some(then[code])]
    if told:
        return min(told, key=lambda code: (*_change(now[code], then[code]), now[code] != then[code], code))
    new = [code for code in now if code != held and _some(now[code])]
    return min(new, key=lambda code: (_counts(now[code]), code), default=None)


def _cells(contents: Mapping[str, Any], table: str, measure: str) -> _Cells:
    return {row["code"]: row[measure] for row in contents[table]}


def _counts(cell: Any) -> tuple[int, ...] | None:
    if isinstance(cell, Mapping):
        return None if cell["people"] is None else (cell["people"], cell["households"])
    return None if cell is None else (cell,)


def _change(now: Any, then: Any) -> list[int]:
    return [abs(new - old) for new, old in zip(_counts(now) or (), _counts(then) or (), strict=True)]


def _some(cell: Any) -> bool:
    return any(_counts(cell) or ())


def _kept_back(cell: Any) -> Any:
    return dict.fromkeys(cell) if isinstance(cell, Mapping) else None
