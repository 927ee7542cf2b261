"""Balance check of a statement: in which order its lines happened, proved by running balance, totals and counts."""

from datetime import date, datetime, time, timedelta

from app.fund.bank.statements.declared_totals import DeclaredTotals
from app.fund.bank.statements.lines import StatementLine
from app.kit import money
from app.kit.errors import BadInput

#: Clocks of a bank's machines differ by so much.
_SAME_TIME = timedelta(minutes=5)
_WHOLE = "จึงไม่นำเข้าทั้งไฟล์"


class Unproven(BadInput):
    """Every line of the file could be read, and they do not hold together."""


class BalanceCheck:
    """Sees the lines of a file once, in the order of the file, and keeps no more of them than two.

    Banks write oldest first or newest first. Both orders are tried as the lines go by; the one in which every balance
    follows from the one before is the file's.
    """

    def __init__(self, declared: DeclaredTotals, *, balances: bool, word: str = "บรรทัดที่") -> None:
        self._declared, self._balances, self._word = declared, balances, word
        self._first: StatementLine | None = None
        self._last: StatementLine | None = None
        #: The row where the balances first break, read downwards and read upwards.
        self._broken_down: int | None = None
        self._broken_up: int | None = None
        self.in_count = self.in_satang = self.out_count = self.out_satang = 0
        self.first_on: date | None = None
        self.last_on: date | None = None
        #: Whether some line has a time, and whether all of these are midnight: then the bank gave none.
        self.has_times = False
        self.only_midnight = True

    def see(self, line: StatementLine) -> None:
        before, self._last = self._last, line
        if before is None:
            self._first = line
        elif self._balances:
            if _after(before) + line.satang != _after(line):
                self._broken_down = self._broken_down or line.number
            if _after(line) + before.satang != _after(before):
                self._broken_up = before.number
        if not line.satang:
            return
        if line.satang > 0:
            self.in_count, self.in_satang = self.in_count + 1, self.in_satang + line.satang
        else:
            self.out_count, self.out_satang = self.out_count + 1, self.out_satang - line.satang
        self.first_on = line.on if self.first_on is None or line.on < self.first_on else self.first_on
        self.last_on = line.on if self.last_on is None or line.on > self.last_on else self.last_on
        if line.at is not None:
            self.has_times = True
            self.only_midnight = self.only_midnight and line.at == time()

    def prove(self) -> bool:
        """Whether the file is newest first. Raises Unproven with a row's number where the file does not hold."""
        if self._declared.fault:
            raise Unproven(f"{self._declared.fault} {_WHOLE} กรุณาขอไฟล์ใหม่จากธนาคารโดยไม่แก้ไข")
        if self._first is None or self._last is None:
            self._prove_totals(None)
            return False
        newest_first = self.unproved()
        if self._balances:
            newest_first = self._proved(newest_first)
        self._prove_totals(self._first if newest_first else self._last)
        return newest_first

    def unproved(self) -> bool:
        """Whether a file that proves nothing is newest first, by its days and times alone."""
        return (
            self._first is not None and self._last is not None and _moment(self._first) > _moment(self._last)
        )

    def _tells_order(self) -> bool:
        """Whether the days of the first and the last line, or their times, say which of them came first."""
        first, last = self._first, self._last
        if first is None or last is None:
            return False
        if first.on != last.on:
            return True
        timed = first.at is not None and last.at is not None
        return timed and abs(_moment(first) - _moment(last)) > _SAME_TIME

    def balances(self, *, newest_first: bool) -> tuple[int | None, int | None]:
        """Satang before the oldest line and after the newest; None where the file has no balances."""
        oldest, newest = (self._last, self._first) if newest_first else (self._first, self._last)
        if not self._balances or oldest is None or newest is None:
            opening, ending = self._declared.opening, self._declared.ending
            return opening[0] if opening else None, ending[0] if ending else None
        return _after(oldest) - oldest.satang, _after(newest)

    def _proved(self, newest_first: bool) -> bool:
        expected, other = self._broken(newest_first), self._broken(not newest_first)
        if expected is None:
            return newest_first
        # Two lines always follow from each other in one of two orders: what their days and times say is never turned round.
        if other is None and not self._tells_order():
            return not newest_first
        raise Unproven(
            f"{self._word} {expected}: ยอดคงเหลือไม่ต่อเนื่องจากรายการก่อนหน้า {_WHOLE} กรุณาขอไฟล์ใหม่จากธนาคารโดยไม่แก้ไข"
        )

    def _broken(self, newest_first: bool) -> int | None:
        """The row where prev + in − out = balance first fails in that order; None when the balances hold."""
        oldest = self._last if newest_first else self._first
        assert oldest is not None
        opening = self._declared.opening
        if opening is not None and _after(oldest) != opening[0] + oldest.satang:
            return oldest.number
        return self._broken_up if newest_first else self._broken_down

    def _prove_totals(self, newest: StatementLine | None) -> None:
        ending = newest.balance if newest is not None and self._balances else None
        if newest is not None and self._balances and ending is None:
            ending = newest.running
        declared = self._declared
        for words, declared_value, counted in (
            ("ยอดรวมเงินเข้า", declared.deposits, self.in_satang),
            ("ยอดรวมเงินออก", declared.withdrawals, self.out_satang),
            ("ยอดยกไป", declared.ending, ending),
        ):
            if declared_value is not None and counted is not None and abs(declared_value[0]) != abs(counted):
                raise Unproven(
                    f"{self._word} {declared_value[1]}: {words}ที่ไฟล์แจ้งคือ {money.format_baht(declared_value[0])} บาท แต่รวมรายการได้ "
                    f"{money.format_baht(counted)} บาท {_WHOLE} กรุณาขอไฟล์ใหม่จากธนาคาร"
                )
        for words, declared_value, counted in (
            ("จำนวนรายการเงินเข้า", declared.deposit_count, self.in_count),
            ("จำนวนรายการเงินออก", declared.withdrawal_count, self.out_count),
        ):
            if declared_value is not None and declared_value[0] != counted:
                raise Unproven(
                    f"{self._word} {declared_value[1]}: {words}ที่ไฟล์แจ้งคือ {declared_value[0]:,} แต่นับได้ {counted:,} {_WHOLE} "
                    "กรุณาขอไฟล์ใหม่จากธนาคาร"
                )


def _after(line: StatementLine) -> int:
    """The balance after a line, told by the bank or worked out."""
    balance = line.running if line.balance is None else line.balance
    assert balance is not None
    return balance


def _moment(line: StatementLine) -> datetime:
    return line.occurred_at
