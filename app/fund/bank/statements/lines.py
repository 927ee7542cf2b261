"""Lines of a statement in a table: each row read strictly by the layout, one after the other."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from app.fund.bank.statements import stated as rows_beside
from app.fund.bank.statements.cells import NOTHING, figure, moment, signed_satang, time_of_day
from app.fund.bank.statements.layouts import KBIZ, Layout, fingerprint
from app.fund.bank.statements.stated import Stated
from app.kit.clock import BANGKOK
from app.kit.errors import BadInput
from app.kit.sheets import Row
from app.province.banks import banks


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a statement that moved money, or stated a balance (`satang` 0)."""

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

    @property
    def occurred_at(self) -> datetime:
        return datetime.combine(self.on, self.at or time(), BANGKOK)


_IN = frozenset({"c", "cr", "credit", "in", "deposit", "d/p", "เข้า", "ฝาก", "เครดิต", "+"})
_OUT = frozenset({"d", "dr", "debit", "out", "withdrawal", "w/d", "ออก", "ถอน", "เดบิต", "-"})
#: K BIZ: "จาก KTB X0452 นาย ผู้โอน++" or "จาก X5264 นาง ผู้โอน++"; X and the last four digits of an account.
_FROM_KBIZ = re.compile(r"จาก (?:(?P<bank>[A-Z]{2,8}) )?X[0-9]{4} (?P<payer>[^+]+?)(?:\+\+.*)?$")
#: Days remembered, so that a day written on a thousand rows is read once.
_MOST_DAYS = 1_000


def read_lines(rows: Iterator[Row], *, header: list[str], layout: Layout, stated: Stated) -> Iterator[Line]:
    """The lines below a header in the order of the file; what stands between and below them goes to `stated`.

    Raises BadInput with the row's number for the first date or amount that cannot be read.
    """
    again = fingerprint(header)
    days: dict[str, tuple[date, time | None]] = {}
    for row in rows:
        cells = row.cells
        written = layout.cell(cells, "date")
        day = days.get(written)
        if day is None:
            try:
                day = moment(written, layout.years)
            except BadInput as error:
                if rows_beside.note(row, stated) or _is_silent(cells, layout) or fingerprint(cells) == again:
                    continue
                raise BadInput(f"บรรทัดที่ {row.number}: {error.words} จึงไม่นำเข้าทั้งไฟล์") from error
            if len(days) >= _MOST_DAYS:
                days.clear()
            days[written] = day
        yield _line(row, day, layout)


def _is_silent(cells: list[str], layout: Layout) -> bool:
    return all(layout.cell(cells, name) in NOTHING for name in ("deposit", "withdrawal", "amount", "balance"))


def _line(row: Row, day: tuple[date, time | None], layout: Layout) -> Line:
    def cell(field: str) -> str:
        told = layout.cell(row.cells, field)
        if not told or (told.isascii() and told.isprintable() and " " not in told):
            return told
        return " ".join(unicodedata.normalize("NFC", told).split())

    try:
        at = day[1]
        if layout.has("time") and (written := cell("time")) not in NOTHING:
            at = time_of_day(written)
        satang = _movement(layout, cell)
        balance = signed_satang(cell("balance")) if layout.has("balance") else None
    except BadInput as error:
        raise BadInput(f"บรรทัดที่ {row.number}: {error.words} จึงไม่นำเข้าทั้งไฟล์") from error
    description, payer, bank = cell("description"), cell("payer"), cell("payer_bank")
    if layout.name == KBIZ and satang > 0 and (told := _FROM_KBIZ.search(description)):
        payer, bank = told["payer"].strip(), _codes().get(told["bank"] or "KBANK", "")
    return Line(
        number=row.number,
        on=day[0],
        at=at,
        satang=satang,
        balance=balance,
        description=description,
        ref1=cell("ref1"),
        ref2=cell("ref2"),
        bank_ref=cell("bank_ref"),
        payer=payer,
        payer_bank=bank if len(bank) == 3 and bank.isascii() and bank.isdigit() else "",
        cells=tuple(row.cells),
    )


def _codes() -> dict[str, str]:
    return {bank.letters.upper(): bank.code for bank in banks()}


def _movement(layout: Layout, cell: Callable[[str], str]) -> int:
    """Satang that the row moved, 0 where it only states a balance."""
    if layout.has("deposit"):
        came = figure(cell("deposit"))
        # Some banks sign their withdrawals, some do not; both mean money out.
        went = abs(figure(cell("withdrawal")))
        if came and went:
            raise BadInput("มีทั้งเงินเข้าและเงินออกในบรรทัดเดียว")
        if came < 0:
            raise BadInput("เงินเข้าติดลบไม่ได้")
        if not came and not went and (not layout.has("balance") or cell("balance") in NOTHING):
            raise BadInput("ไม่มีจำนวนเงิน")
        return came - went
    written = cell("amount")
    if written in NOTHING:
        if not layout.has("balance") or cell("balance") in NOTHING:
            raise BadInput("ไม่มีจำนวนเงิน")
        return 0
    satang = signed_satang(written)
    if not layout.has("direction"):
        return satang
    side = cell("direction").casefold().rstrip(".")
    if side in _IN:
        return abs(satang)
    if side in _OUT:
        return -abs(satang)
    raise BadInput(f"ไม่รู้ว่า “{cell('direction')}” คือเงินเข้าหรือเงินออก")
