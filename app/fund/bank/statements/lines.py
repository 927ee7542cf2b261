"""Lines of a statement in a table: each row read strictly by the layout, one after the other."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache

from app.fund.bank.match_reasons import MatchReason
from app.fund.bank.statements import declared_totals as rows_beside
from app.fund.bank.statements.cell_parsing import (
    NOTHING,
    Side,
    has_two_digit_year,
    moment,
    side_of,
    signed_satang,
    time_of_day,
)
from app.fund.bank.statements.declared_totals import DeclaredTotals, LineSums
from app.fund.bank.statements.layouts import (
    KBIZ,
    Layout,
    UnknownHeader,
    Unreadable,
    Years,
    fingerprint,
    is_foreign,
)
from app.fund.bank.statements.meanings import Happened, happened, is_baht, takes_back
from app.fund.bank.statements.signs import Signs, movement
from app.kit.clock import BANGKOK
from app.kit.errors import BadInput
from app.kit.sheets import Row
from app.province.banks import banks


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One row of a statement that moved money, or declared a balance (`satang` 0)."""

    number: int
    on: date
    at: time | None
    #: Positive: in; negative: out.
    satang: int
    #: The running balance as the bank told it.
    balance: int | None
    description: str
    ref1: str
    ref2: str
    bank_ref: str
    payer: str
    payer_bank: str
    #: What the bank wrote, for whoever doubts.
    cells: tuple[str, ...]
    #: The running balance worked out from an opening balance, where the bank tells none beside each line.
    running: int | None = None
    #: The bank's words joined across the ends of their lines, where a code may stand whole only so.
    joined: tuple[str, ...] = ()
    #: The bank's words, each as it stood on a line of its own.
    parts: tuple[str, ...] = ()
    #: Why a person must look at it whatever its references say; empty where nothing is odd (see `MatchReason`).
    doubt: str = ""
    #: The bank's number and reference of the statement in which it stands; empty where the bank gives none.
    message: tuple[str, str] = ("", "")

    @property
    def occurred_at(self) -> datetime:
        return datetime.combine(self.on, self.at or time(), BANGKOK)


#: K BIZ: "จาก KTB X0452 นาย ผู้โอน++" or "จาก X5264 นาง ผู้โอน++"; X and the last four digits of an account.
_FROM_KBIZ = re.compile(r"จาก (?:(?P<bank>[A-Z]{2,8}) )?X[0-9]{4} (?P<payer>[^+]+?)(?:\+\+.*)?$")
_AMOUNTS = ("deposit", "withdrawal", "amount")
#: What stands at the foot of a page is no word of the line above it.
_FOOT = re.compile(
    r"^(?:หน้า|page)\s*(?:ที่)?\s*[0-9]|\bend of (?:the )?(?:statement|report|page|file)|^(?:จบ|สิ้นสุด)(?:รายงาน|รายการ|เอกสาร|หน้า)|^[*=_–-]{3,}|"
    r"^(?:หมายเหตุ|remarks?|notes?)\s*:|^(?:เอกสาร|รายงาน|ข้อมูล|รายการเดินบัญชี)(?:นี้|ณ| ณ)|^พิมพ์(?:โดย|เมื่อ|วันที่|เอกสาร)|^(?:printed|generated|created|downloaded) |"
    r"\bcomputer[- ]generated|\bthis (?:document|statement|report)\b|^disclaimer|\bwww\.|call cent(?:er|re)|^โทร|^ติดต่อ|^(?:มีต่อ|ต่อหน้า|continued)|"
    r"^กรุณา(?:ตรวจสอบ|ติดต่อ)|^ลงชื่อ|^ผู้(?:จัดทำ|ตรวจสอบ|อนุมัติ)",
    re.IGNORECASE,
)
#: Cells kept with one line; no bank writes so many words on one.
_MOST_CELLS = 200
#: A cell of more letters is a description, no word of its own.
_LONGEST_WORD = 30
_PLAIN = Signs()
#: Days remembered, so that a day written on a thousand rows is read once.
_MOST_DAYS = 1_000


def read_lines(
    rows: Iterator[Row],
    *,
    header: list[str],
    layout: Layout,
    declared: DeclaredTotals,
    signs: Signs = _PLAIN,
) -> Iterator[StatementLine]:
    """The lines below a header in the order of the file; what stands between and below them goes to `declared`.

    A row that has only words belongs to the line above it. Raises BadInput with the row's number for the first date
    or amount that cannot be read.
    """
    table = _Table(header=header, layout=layout, declared=declared, signs=signs)
    for row in rows:
        line = table.take(row)
        if line is not None:
            yield line
    if table.pending is not None:
        yield table.pending


class _Table:
    """The rows of a table as they go by: the last line is held until it is known that no words follow below it."""

    def __init__(self, *, header: list[str], layout: Layout, declared: DeclaredTotals, signs: Signs) -> None:
        self._again, self._layout, self._declared, self._signs = fingerprint(header), layout, declared, signs
        self._days: dict[str, tuple[date, time | None]] = {}
        self.pending: StatementLine | None = None
        #: The row below which words still belong to the pending line.
        self._words_until = 0
        self._sums = LineSums(declared)

    def take(self, row: Row) -> StatementLine | None:
        """See a row; the line before it, when this one ends it."""
        day = self._day(row)
        if day is None:
            return None
        line = _line(row, day, self._layout, self._signs, self._declared)
        if line is None:
            self._words_until = 0
            return None
        self._sums.see(line.satang, line.balance)
        before, self.pending, self._words_until = self.pending, line, row.number + 1
        return before

    def _day(self, row: Row) -> tuple[date, time | None] | None:
        """The row's day; None for a row that is no line, whose words or figures are taken down."""
        written = self._layout.cell(row.cells, "date")
        day = self._days.get(written)
        if day is None:
            try:
                day = moment(written, self._layout.years)
            except BadInput as error:
                if self._is_beside(row, written):
                    return None
                words = f"บรรทัดที่ {row.number}: {error.words} จึงไม่นำเข้าทั้งไฟล์"
                if has_two_digit_year(written) and self._layout.years is Years.FOUR:
                    raise UnknownHeader(f"{words} กรุณาบอกครั้งเดียวว่าปีในไฟล์แบบนี้เป็น พ.ศ. หรือ ค.ศ.") from error
                raise Unreadable(words) from error
            if len(self._days) >= _MOST_DAYS:
                self._days.clear()
            self._days[written] = day
        if self._is_carried(row):
            return None
        return day

    def _is_beside(self, row: Row, written: str) -> bool:
        cells, layout = row.cells, self._layout
        if row.number == self._words_until and self.pending is not None and not written:
            words = _words_below(cells, layout)
            if words:
                self.pending = _with_words(self.pending, words)
                self._words_until += 1
                return True
        self._words_until = 0
        if fingerprint(cells) == self._again or self._sums.note(row, layout):
            return True
        return rows_beside.note(row, self._declared) or _is_silent(cells, layout)

    def _is_carried(self, row: Row) -> bool:
        """Whether a row with a day only says what was brought or carried forward, where no balance could say so."""
        silent = all(self._layout.cell(row.cells, name) in NOTHING for name in _AMOUNTS)
        no_balance = self._layout.cell(row.cells, "balance") in NOTHING
        return silent and no_balance and rows_beside.is_forward(row.cells)


def _words_below(cells: list[str], layout: Layout) -> list[str]:
    """The words of a row that has no day and no money and whose words stand where those of lines do; else nothing."""
    taken = {
        place for name in (*_AMOUNTS, "date", "time", "balance") for place in layout.columns.get(name, ())
    }
    first = layout.columns["date"][0]
    filled = [place for place, cell in enumerate(cells) if cell.strip() not in NOTHING]
    if not filled or any(place in taken or place < first for place in filled):
        return []
    words = [line for place in filled for line in pieces(cells[place])]
    if rows_beside.is_label(cells[filled[0]]) or any(_FOOT.search(line) for line in words):
        return []
    return words


def _with_words(line: StatementLine, words: list[str]) -> StatementLine:
    if len(line.cells) > _MOST_CELLS:
        return line
    tidied = [unicodedata.normalize("NFC", word) for word in words]
    return replace(
        line,
        description=" ".join([line.description, *tidied]).strip(),
        joined=(*line.joined, *across([*line.parts[-2:], *tidied])),
        parts=(*line.parts, *tidied),
        cells=(*line.cells, *words),
        doubt=line.doubt
        or (MatchReason.REVERSAL if takes_back(" ".join(tidied)) else "")
        or (MatchReason.CONTRADICTED if any(_contradicts(word, line.satang) for word in tidied) else ""),
    )


def _is_silent(cells: list[str], layout: Layout) -> bool:
    return all(layout.cell(cells, name) in NOTHING for name in (*_AMOUNTS, "balance"))


def _line(
    row: Row, day: tuple[date, time | None], layout: Layout, signs: Signs, declared: DeclaredTotals
) -> StatementLine | None:
    """The line of a row; None for one that the bank says has not happened."""

    def cell(field: str) -> str:
        text = layout.cell(row.cells, field)
        if not text or (text.isascii() and text.isprintable() and " " not in text):
            return text
        return " ".join(unicodedata.normalize("NFC", text).split())

    try:
        state = _state(layout, cell, declared, row.number)
        if state is Happened.NO:
            return None
        on, at = day
        if layout.has("time") and (written := cell("time")) not in NOTHING:
            at, later = time_of_day(written)
            on += later
        moved = movement(layout, row.cells, signs)
        balance = signed_satang(cell("balance")) if layout.has("balance") else None
    except BadInput as error:
        raise Unreadable(f"บรรทัดที่ {row.number}: {error.words} จึงไม่นำเข้าทั้งไฟล์") from error
    description, payer, bank = cell("description"), cell("payer"), cell("payer_bank")
    if layout.name == KBIZ and moved.satang > 0 and (text := _FROM_KBIZ.search(description)):
        payer, bank = text["payer"].strip(), _codes().get(text["bank"] or "KBANK", "")
    if not moved.satang:
        declared.zeros += balance is None or _is_zero(layout, cell)
    doubt = ""
    if state is Happened.UNKNOWN:
        doubt, description = MatchReason.UNKNOWN_STATUS, f"{description} (สถานะ: {cell('status')})".strip()
    elif moved.against or takes_back(description):
        doubt = MatchReason.REVERSAL
    elif _is_contradicted(layout, row.cells, moved.satang):
        doubt = MatchReason.CONTRADICTED
    parts = tuple(
        line
        for place in layout.columns.get("description", ())
        if place < len(row.cells)
        for line in pieces(row.cells[place])
    )
    return StatementLine(
        number=row.number,
        on=on,
        at=at,
        satang=moved.satang,
        balance=balance,
        description=description,
        ref1=cell("ref1"),
        ref2=cell("ref2"),
        bank_ref=cell("bank_ref"),
        payer=payer,
        payer_bank=bank if len(bank) == 3 and bank.isascii() and bank.isdigit() else "",
        cells=tuple(row.cells),
        parts=parts,
        joined=across(parts) if len(parts) > 1 else (),
        doubt=doubt,
    )


def _is_contradicted(layout: Layout, cells: list[str], satang: int) -> bool:
    """Whether a cell that only describes, or that nothing is read from, says by itself that the amount is not so."""
    taken = layout.taken
    return any(_contradicts(cell, satang) for place, cell in enumerate(cells) if place not in taken)


def _contradicts(cell: str, satang: int) -> bool:
    if not cell or len(cell) > _LONGEST_WORD or not satang:
        return False
    return (Side.OUT if satang > 0 else Side.IN) in _meaning(cell.strip())


@lru_cache(maxsize=4_000)
def _meaning(word: str) -> frozenset[Side]:
    """Which side a word says that money moved to; both where it did not move in baht at all, none where it says nothing."""
    if word in NOTHING or any(map(str.isdigit, word)):
        return frozenset()
    if happened(word) is Happened.NO or is_foreign(word):
        return frozenset(Side)
    side = side_of(word)
    return frozenset({side}) if side else frozenset()


def _state(layout: Layout, cell: Callable[[str], str], declared: DeclaredTotals, number: int) -> Happened:
    """Whether the row's money moved, in baht and on the file's account. Raises BadInput for another currency."""
    if layout.has("account") and any(map(str.isdigit, written := cell("account"))):
        rows_beside.note_account(written, number, declared)
    if layout.has("currency") and (written := cell("currency")) not in NOTHING and not is_baht(written):
        raise BadInput(f"สกุลเงิน {written[:20]} ระบบรับเฉพาะเงินบาท")
    if not layout.has("status") or (written := cell("status")) in NOTHING:
        return Happened.YES
    state = happened(written)
    if state is Happened.NO:
        declared.pass_over(number, written)
    return state


def _is_zero(layout: Layout, cell: Callable[[str], str]) -> bool:
    return any(cell(name) not in NOTHING for name in _AMOUNTS)


def _codes() -> dict[str, str]:
    return {bank.letters.upper(): bank.code for bank in banks()}


#: A code may be parted by two breaks, not by more: each part of a bank's words is longer than a third of a code.
_PARTS = 3
_BEFORE_SPACE = re.compile(r"\s+")


def pieces(written: str) -> list[str]:
    """The lines of one cell or field."""
    return [line for row in written.splitlines() if (line := _BEFORE_SPACE.sub(" ", row).strip())]


def across(parts: Sequence[str]) -> tuple[str, ...]:
    """Neighbouring pieces joined without their breaks: a code that a line's end parts stands whole in one of them."""
    return tuple(
        "".join(parts[place : place + many])
        for many in range(2, _PARTS + 1)
        for place in range(len(parts) - many + 1)
    )
