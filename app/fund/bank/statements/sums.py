"""Sums between the lines of a statement: totals, and balances brought and carried forward, checked where they stand."""

import re

from app.fund.bank.statements import declared_totals as rows_beside
from app.fund.bank.statements.cell_parsing import NOTHING, signed_satang
from app.fund.bank.statements.declared_totals import DeclaredTotals
from app.fund.bank.statements.layouts import Layout, key
from app.kit import money
from app.kit.errors import BadInput
from app.kit.sheets import Row

_TOTALS = frozenset(
    {
        "total", "totals", "grandtotal", "subtotal", "sum", "summary", "totalamount", "pagetotal", "totalthispage", "รวม", "รวมทั้งสิ้น", "รวมทั้งหมด",
        "รวมเงิน", "รวมยอด", "ยอดรวม", "ยอดรวมทั้งสิ้น", "ยอดรวมทั้งหมด", "รวมหน้านี้", "รวมแต่ละหน้า", "รวมหน้า", "ผลรวม", "รวมสุทธิ", "รวมรายการ", "จำนวนรวม",
        "รวมtotal", "รวมทั้งสิ้นtotal", "รวมทั้งสิ้นgrandtotal",
    }
)  # fmt: skip
#: What the name of a row of sums begins with, whatever follows.
_SUMMING = ("รวม", "ยอดรวม", "total", "grandtotal", "subtotal", "sum")
_COUNTED = re.compile(r"[0-9,]+\s*(?:รายการ|items?|transactions?|records?)?|รายการ$", re.IGNORECASE)


class Sums:
    """What the lines seen so far sum up to: since the beginning and since the last row of sums."""

    def __init__(self, declared: DeclaredTotals) -> None:
        self._declared = declared
        self._all, self._since = [0, 0], [0, 0]
        #: The balance after the last line, and before it.
        self._balances: tuple[int, int] | None = None

    def see(self, satang: int, balance: int | None) -> None:
        side = 0 if satang > 0 else 1
        self._all[side] += abs(satang)
        self._since[side] += abs(satang)
        if balance is not None:
            self._balances = balance, balance - satang

    def note(self, row: Row, layout: Layout) -> bool:
        """Take a row of sums down; True when it was one. What does not agree is the file's fault, told at its end."""
        label = next((cell for cell in row.cells if cell.strip()), "")
        if rows_beside.is_forward(row.cells) and layout.cell(row.cells, "balance") not in NOTHING:
            return self._forward(row, layout)
        name = key(_COUNTED.sub("", label))
        if name not in _TOTALS and not (name.startswith(_SUMMING) and self._agrees(row, layout)):
            return False
        for side, field, words in ((0, "deposit", "เงินเข้า"), (1, "withdrawal", "เงินออก")):
            written = _satang(layout.cell(row.cells, field))
            if written is not None and abs(written) not in (self._all[side], self._since[side]):
                self._declared.fail(
                    f"บรรทัดที่ {row.number}: ยอดรวม{words}ที่ไฟล์แจ้งคือ {money.format_baht(abs(written))} บาท "
                    f"แต่รวมรายการได้ {money.format_baht(self._all[side])} บาท"
                )
        self._since = [0, 0]
        return True

    def _agrees(self, row: Row, layout: Layout) -> bool:
        """Whether all that a row tells are the sums of the lines: then it is one of sums, however it is called."""
        told = [
            (side, abs(written))
            for side, field in ((0, "deposit"), (1, "withdrawal"))
            if (written := _satang(layout.cell(row.cells, field))) is not None
        ]
        return any(satang for _, satang in told) and all(
            satang in (self._all[side], self._since[side]) for side, satang in told
        )

    def _forward(self, row: Row, layout: Layout) -> bool:
        balance = _satang(layout.cell(row.cells, "balance"))
        if balance is None:
            return False
        if self._balances is None:
            # Before the first line there is nothing yet that it must agree with.
            rows_beside.note_forward(row.cells, balance, row.number, self._declared)
        elif balance not in self._balances:
            self._declared.fail(
                f"บรรทัดที่ {row.number}: ยอดยกมาหรือยกไปที่ไฟล์แจ้งคือ {money.format_baht(balance)} บาท "
                f"แต่ยอดคงเหลือของบรรทัดก่อนหน้าคือ {money.format_baht(self._balances[0])} บาท"
            )
        return True


def _satang(written: str) -> int | None:
    if written in NOTHING:
        return None
    try:
        return signed_satang(written)
    except BadInput:
        return None
