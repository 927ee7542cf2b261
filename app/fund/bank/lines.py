"""Lines of a statement file: read strictly, turned oldest first, and proved by the running balance."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import pairwise

from app.fund.bank.layouts import Layout, Years, fingerprint, key
from app.kit import money, thai
from app.kit.clock import BANGKOK
from app.kit.errors import BadInput
from app.kit.sheets import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a statement that moved money, or stated a balance (`satang` 0)."""

    number: int
    on: date
    at: time | None
    #: Positive: in; negative: out.
    satang: int
    balance: int | None
    description: str
    ref1: str
    ref2: str
    bank_ref: str
    payer: str
    payer_bank: str
    cells: tuple[str, ...]

    @property
    def occurred_at(self) -> datetime:
        return datetime.combine(self.on, self.at or time(), BANGKOK)


@dataclass(kw_only=True)
class Stated:
    """What the file says of itself beside its lines; None where it does not say. Each with its row's number."""

    deposits: tuple[int, int] | None = None
    withdrawals: tuple[int, int] | None = None
    opening: tuple[int, int] | None = None
    ending: tuple[int, int] | None = None
    account: str = ""


_LABELS: dict[str, frozenset[str]] = {
    "deposits": frozenset(
        {
            "totaldeposit", "totaldeposits", "totalcredit", "totalcredits", "รวมฝาก", "รวมฝากเงิน", "รวมเงินฝาก", "รวมยอดฝาก",
            "ยอดรวมฝาก", "ยอดรวมเงินฝาก", "รวมรายการฝาก", "ยอดรวมรายการฝาก", "รวมเงินเข้า",
        }
    ),
    "withdrawals": frozenset(
        {
            "totalwithdrawal", "totalwithdrawals", "totaldebit", "totaldebits", "รวมถอน", "รวมถอนเงิน", "รวมเงินถอน", "รวมยอดถอน",
            "ยอดรวมถอน", "ยอดรวมเงินถอน", "รวมรายการถอน", "ยอดรวมรายการถอน", "รวมเงินออก",
        }
    ),
    "opening": frozenset(
        {"beginningbalance", "openingbalance", "balancebroughtforward", "ยอดยกมา", "ยอดคงเหลือยกมา", "ยอดเงินยกมา"}
    ),
    "ending": frozenset(
        {"endingbalance", "closingbalance", "balancecarriedforward", "ยอดยกไป", "ยอดคงเหลือยกไป", "ยอดคงเหลือสิ้นงวด"}
    ),
}  # fmt: skip
_ACCOUNT_LABELS = frozenset({"accountnumber", "accountno", "เลขที่บัญชี", "เลขบัญชี", "บัญชีเลขที่", "หมายเลขบัญชี"})
_CLOCK = re.compile(
    r"(?P<day>.*?)(?:^|[ T]+)(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:\.[0-9]+)?)?"
    r"\s*(?:น\.?)?(?:\+07:?00)?"
)
_TWO_DIGITS = re.compile(r"([0-9]{1,2}[/.-][0-9]{1,2}[/.-])([0-9]{2})")
_SIGNED = re.compile(r"(?P<sign>[+\-−–]?)\s*(?P<figure>.+)")
_WITH_SATANG = re.compile(r"[0-9,]+\.[0-9]{2}")
_IN = frozenset({"c", "cr", "credit", "in", "deposit", "d/p", "เข้า", "ฝาก", "เครดิต", "+"})
_OUT = frozenset({"d", "dr", "debit", "out", "withdrawal", "w/d", "ออก", "ถอน", "เดบิต", "-"})
_NOTHING = frozenset({"", "-", "–", "—"})


def read(rows: Sequence[Row], *, header: int, layout: Layout) -> tuple[list[Line], Stated]:
    """The lines of a file that moved money, oldest first, and what the file states of itself.

    Raises BadInput with the row's number for the first date or amount that cannot be read, a running balance that
    breaks or totals that differ: such a file is refused whole.
    """
    stated = Stated()
    for row in rows[:header]:
        _note_stated(row, stated)
    lines = list(_lines(rows[header + 1 :], layout=layout, header=rows[header].cells, stated=stated))
    lines = _oldest_first(lines, stated) if layout.has("balance") else _by_date(lines)
    _prove_totals(lines, stated)
    moving = [line for line in lines if line.satang]
    if moving and all(line.at in (None, time()) for line in moving):
        return [replace(line, at=None) for line in moving], stated
    return moving, stated


def _lines(rows: Sequence[Row], *, layout: Layout, header: list[str], stated: Stated) -> Iterator[Line]:
    again = fingerprint(header)
    days: dict[str, tuple[date, time | None]] = {}
    for row in rows:
        cells = row.cells
        written = layout.cell(cells, "date")
        money_cells = [layout.cell(cells, name) for name in ("deposit", "withdrawal", "amount", "balance")]
        try:
            day = days.get(written) or _moment(written, layout.years)
        except BadInput as error:
            silent = all(cell in _NOTHING for cell in money_cells)
            if _note_stated(row, stated) or silent or fingerprint(cells) == again:
                continue
            raise BadInput(f"บรรทัดที่ {row.number}: {error.words} จึงไม่นำเข้าทั้งไฟล์") from error
        days[written] = day
        yield _line(row, day, layout)


def _line(row: Row, day: tuple[date, time | None], layout: Layout) -> Line:
    def cell(field: str) -> str:
        return " ".join(unicodedata.normalize("NFC", layout.cell(row.cells, field)).split())

    try:
        at = day[1]
        if layout.has("time") and cell("time") not in _NOTHING:
            at = _time(cell("time"))
        satang = _movement(layout, cell)
        balance = signed_satang(cell("balance")) if layout.has("balance") else None
    except BadInput as error:
        raise BadInput(f"บรรทัดที่ {row.number}: {error.words} จึงไม่นำเข้าทั้งไฟล์") from error
    bank = cell("payer_bank")
    return Line(
        number=row.number,
        on=day[0],
        at=at,
        satang=satang,
        balance=balance,
        description=cell("description"),
        ref1=cell("ref1"),
        ref2=cell("ref2"),
        bank_ref=cell("bank_ref"),
        payer=cell("payer"),
        payer_bank=bank if len(bank) == 3 and bank.isascii() and bank.isdigit() else "",
        cells=tuple(row.cells),
    )


def _movement(layout: Layout, cell: Callable[[str], str]) -> int:
    """Satang that the row moved, 0 where it only states a balance."""
    if layout.has("deposit"):
        came = _figure(cell("deposit"))
        # Some banks sign their withdrawals, some do not; both mean money out.
        went = abs(_figure(cell("withdrawal")))
        if came and went:
            raise BadInput("มีทั้งเงินเข้าและเงินออกในบรรทัดเดียว")
        if came < 0:
            raise BadInput("เงินเข้าติดลบไม่ได้")
        if not came and not went and (not layout.has("balance") or cell("balance") in _NOTHING):
            raise BadInput("ไม่มีจำนวนเงิน")
        return came - went
    written = cell("amount")
    if written in _NOTHING:
        if not layout.has("balance") or cell("balance") in _NOTHING:
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


def _figure(written: str) -> int:
    return 0 if written in _NOTHING else signed_satang(written)


def signed_satang(written: str) -> int:
    """Satang of an amount as banks write it: commas, a sign before it or brackets for minus. Nothing is rounded."""
    # Spreadsheets that guard against formulas put an apostrophe before a minus.
    text = written.strip().removeprefix("'")
    minus = text.startswith("(") and text.endswith(")")
    match = _SIGNED.fullmatch(text[1:-1].strip() if minus else text)
    if match is None or (minus and match["sign"]):
        raise BadInput(f"อ่านจำนวนเงิน “{written}” ไม่ได้")
    satang = money.parse_baht(match["figure"], allow_zero=True)
    return -satang if minus or match["sign"] not in ("", "+") else satang


def _moment(written: str, years: Years) -> tuple[date, time | None]:
    """The day, and the time where the cell has one."""
    text = thai.arabic_digits(" ".join(written.split()))
    match = _CLOCK.fullmatch(text)
    if match is None or not match["day"]:
        return _day(text, years), None
    return _day(match["day"], years), _clock(match)


def _day(text: str, years: Years) -> date:
    two = _TWO_DIGITS.fullmatch(text)
    if two and years is not Years.FOUR:
        text = f"{two[1]}{'25' if years is Years.TWO_BE else '20'}{two[2]}"
    return thai.parse_date(text)


def _time(written: str) -> time:
    match = _CLOCK.fullmatch(thai.arabic_digits(written))
    if match is None:
        raise BadInput(f"อ่านเวลา “{written}” ไม่ได้")
    return _clock(match)


def _clock(match: re.Match[str]) -> time:
    try:
        return time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    except ValueError as error:
        raise BadInput(f"ไม่มีเวลา {match['hour']}:{match['minute']}") from error


def _note_stated(row: Row, stated: Stated) -> bool:
    """Take down totals, balances and the account number that a row outside the table states. True when it does."""
    found = False
    for place, cell in enumerate(row.cells):
        name = key(cell.split(":")[0])
        if name in _ACCOUNT_LABELS:
            beside = " ".join([cell.partition(":")[2], *row.cells[place + 1 : place + 3]])
            stated.account = stated.account or beside.strip()
            found = True
        for field, labels in _LABELS.items():
            if name in labels:
                amounts = [
                    one for one in row.cells[place + 1 :] if _WITH_SATANG.fullmatch(one.strip().lstrip("-"))
                ]
                if amounts:
                    # A count of items may stand before the sum, but it has no satang.
                    setattr(stated, field, (signed_satang(amounts[0]), row.number))
                    found = True
    return found


def _oldest_first(lines: list[Line], stated: Stated) -> list[Line]:
    """The lines in the order in which they happened: the one in which every balance follows from the one before."""
    turned = lines[::-1]
    first, second = (
        (turned, lines) if lines and lines[0].occurred_at > lines[-1].occurred_at else (lines, turned)
    )
    broken = _broken(first, stated)
    if broken is None:
        return first
    if _broken(second, stated) is None:
        return second
    raise BadInput(
        f"บรรทัดที่ {broken}: ยอดคงเหลือไม่ต่อเนื่องจากรายการก่อนหน้า จึงไม่นำเข้าทั้งไฟล์ กรุณาขอไฟล์ใหม่จากธนาคารโดยไม่แก้ไข"
    )


def _broken(lines: list[Line], stated: Stated) -> int | None:
    """The row where prev + in − out = balance first fails; None when the chain holds."""
    if lines and stated.opening is not None and lines[0].balance != stated.opening[0] + lines[0].satang:
        return lines[0].number
    for before, line in pairwise(lines):
        assert before.balance is not None
        if before.balance + line.satang != line.balance:
            return line.number
    return None


def _by_date(lines: list[Line]) -> list[Line]:
    return lines[::-1] if lines and lines[0].occurred_at > lines[-1].occurred_at else lines


def _prove_totals(lines: list[Line], stated: Stated) -> None:
    came = sum(line.satang for line in lines if line.satang > 0)
    went = -sum(line.satang for line in lines if line.satang < 0)
    ending = lines[-1].balance if lines else None
    for words, said, counted in (
        ("ยอดรวมเงินเข้า", stated.deposits, came),
        ("ยอดรวมเงินออก", stated.withdrawals, went),
        ("ยอดยกไป", stated.ending, ending),
    ):
        if said is not None and counted is not None and abs(said[0]) != abs(counted):
            raise BadInput(
                f"บรรทัดที่ {said[1]}: {words}ที่ไฟล์แจ้งคือ {money.format_baht(said[0])} บาท แต่รวมรายการได้ "
                f"{money.format_baht(counted)} บาท จึงไม่นำเข้าทั้งไฟล์ กรุณาขอไฟล์ใหม่จากธนาคาร"
            )
