"""Signs: whether a file writes money out as a negative number, decided once for the whole file.

A column "Withdrawal" may hold 90.00 or -90.00. When nearly all rows hold 90.00 and one holds -90.00, that one takes a withdrawal
back; read row by row it would count as one more withdrawal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.fund.bank.statements.cell_parsing import NOTHING, Side, amount, figure, side_of
from app.fund.bank.statements.layouts import Layout
from app.kit.errors import BadInput
from app.kit.sheets import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """How a file writes money out: as a negative number (`out_is_negative`) or as a plain figure in a column that says so."""

    out_is_negative: bool = False


@dataclass(frozen=True, slots=True)
class RowMovement:
    """What a row moved, and whether its sign is against the file's rule: then it takes something back."""

    satang: int
    against: bool = False


def movement(layout: Layout, cells: list[str], signs: Signs) -> RowMovement:
    """Satang that a row moved, 0 where it only states a balance. Raises BadInput where it does not say."""
    if layout.has("deposit"):
        return _by_columns(layout, cells, signs)
    written = layout.cell(cells, "amount")
    if written in NOTHING:
        if not _has_balance(layout, cells):
            raise BadInput("ไม่มีจำนวนเงิน")
        return RowMovement(0)
    satang, mark = amount(written)
    direction = layout.cell(cells, "direction")
    if layout.has("direction") and (direction or not mark):
        side = side_of(direction)
        if side is None:
            raise BadInput(f"ไม่รู้ว่า “{direction}” คือเงินเข้าหรือเงินออก")
        if mark not in (None, side):
            raise BadInput(f"จำนวนเงิน “{written}” กับ “{direction}” ขัดกันว่าเงินเข้าหรือเงินออก")
        mark = side
    if mark is None:
        return RowMovement(satang)
    if mark is Side.IN:
        # A credit below zero takes a credit back.
        return RowMovement(satang, against=satang < 0)
    return _out(satang, signs)


def _by_columns(layout: Layout, cells: list[str], signs: Signs) -> RowMovement:
    came, came_mark = _figure(layout.cell(cells, "deposit"))
    went, went_mark = _figure(layout.cell(cells, "withdrawal"))
    if came and went:
        raise BadInput("มีทั้งเงินเข้าและเงินออกในบรรทัดเดียว")
    if not came and not went:
        written = layout.cell(cells, "deposit") in NOTHING and layout.cell(cells, "withdrawal") in NOTHING
        if written and not _has_balance(layout, cells):
            raise BadInput("ไม่มีจำนวนเงิน")
        return RowMovement(0)
    if came:
        back = came_mark is Side.OUT
        return RowMovement(-abs(came) if back else came, against=back or came < 0)
    if went_mark is Side.IN:
        return RowMovement(abs(went), against=True)
    if went_mark is Side.OUT:
        return RowMovement(-abs(went))
    return _out(went, signs)


def _out(satang: int, signs: Signs) -> RowMovement:
    if signs.out_is_negative:
        return RowMovement(satang, against=satang > 0)
    return RowMovement(-satang, against=satang < 0)


def _figure(written: str) -> tuple[int, Side | None]:
    return (0, None) if written in NOTHING else amount(written)


def _has_balance(layout: Layout, cells: list[str]) -> bool:
    return layout.has("balance") and layout.cell(cells, "balance") not in NOTHING


def of(rows: Iterable[Row], layout: Layout) -> Signs | None:
    """The file's rule, by its rows below the header: None where it breaks its own rule and only its balances, or the
    greater number of rows, can say which of them does."""
    plain, negative = _counted(rows, layout)
    if plain and negative:
        return None
    return Signs(out_is_negative=bool(negative))


def _counted(rows: Iterable[Row], layout: Layout) -> tuple[int, int]:
    plain = negative = 0
    for cells in (row.cells for row in rows):
        satang = _marked_out(layout, cells)
        plain, negative = plain + (satang > 0), negative + (satang < 0)
    return plain, negative


def _marked_out(layout: Layout, cells: list[str]) -> int:
    """The figure of a row that a column or a mark calls money out, with the sign as written; else 0."""
    try:
        if layout.has("deposit"):
            satang, mark = _figure(layout.cell(cells, "withdrawal"))
            return satang if mark is None else 0
        satang, mark = _figure(layout.cell(cells, "amount"))
        side = side_of(layout.cell(cells, "direction")) or mark
        return satang if side is Side.OUT else 0
    except BadInput:
        return 0


def decided(rows: Iterable[Row], layout: Layout) -> Signs:
    """The rule of a file that breaks its own: the one by which its balances follow, else that of most of its rows."""
    plain = negative = 0
    choices = {False: _Follows(), True: _Follows()}
    for cells in (row.cells for row in rows):
        satang = _marked_out(layout, cells)
        plain, negative = plain + (satang > 0), negative + (satang < 0)
        for out_is_negative, follows in choices.items():
            follows.see(_step(layout, cells, Signs(out_is_negative=out_is_negative)))
    fitting = [choice for choice, follows in choices.items() if follows.holds]
    if len(fitting) == 1:
        return Signs(out_is_negative=fitting[0])
    return Signs(out_is_negative=negative > plain)


def _step(layout: Layout, cells: list[str], signs: Signs) -> tuple[int, int] | None:
    if not _has_balance(layout, cells) or layout.cell(cells, "date") in NOTHING:
        return None
    try:
        return movement(layout, cells, signs).satang, figure(layout.cell(cells, "balance"))
    except BadInput:
        return None


class _Follows:
    """Whether the balances follow from each other, oldest first or newest first."""

    def __init__(self) -> None:
        self._last: tuple[int, int] | None = None
        self._down = self._up = True

    def see(self, step: tuple[int, int] | None) -> None:
        if step is None:
            return
        if self._last is not None:
            self._down = self._down and self._last[1] + step[0] == step[1]
            self._up = self._up and step[1] + self._last[0] == self._last[1]
        self._last = step

    @property
    def holds(self) -> bool:
        return self._last is not None and (self._down or self._up)


def needed(layout: Layout) -> bool:
    """Whether a layout has a column or a mark that calls money out what may be written with a sign besides."""
    return layout.has("withdrawal") or layout.has("amount")


def below(rows: Iterator[Row], number: int) -> Iterator[Row]:
    """The rows below the one with this number."""
    return (row for row in rows if row.number > number)
