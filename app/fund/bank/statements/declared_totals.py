"""Declared totals: what a statement file says of itself beside its lines: its account, period, balances, totals and counts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.fund.bank.statements.cell_parsing import NOTHING, moment, signed_satang
from app.fund.bank.statements.layouts import ACCOUNT_KEYS, Layout, Years, foreign_in, key
from app.fund.bank.statements.meanings import is_baht
from app.kit import money, thai
from app.kit.errors import BadInput
from app.kit.sheets import Row

_WHOLE = "จึงไม่นำเข้าทั้งไฟล์"


@dataclass(kw_only=True)
class DeclaredTotals:
    """None where the file does not say. Amounts (satang) and counts each with the number of the row that says so."""

    deposits: tuple[int, int] | None = None
    withdrawals: tuple[int, int] | None = None
    deposit_count: tuple[int, int] | None = None
    withdrawal_count: tuple[int, int] | None = None
    opening: tuple[int, int] | None = None
    ending: tuple[int, int] | None = None
    #: As written; some banks put x for most digits.
    account: str = ""
    from_on: date | None = None
    to_on: date | None = None
    #: The day on which the bank made the file.
    made_on: date | None = None
    #: The first of the file's own sums between the lines that does not agree with them, in words.
    fault: str = ""
    #: Lines that the bank says have not happened: how many, and the first of them with its words.
    passed: int = 0
    passed_words: list[str] = field(default_factory=list)
    #: Lines that moved no money.
    zeros: int = 0
    #: Headings of the columns that nothing is read from.
    unread: list[str] = field(default_factory=list)

    def fail(self, words: str) -> None:
        self.fault = self.fault or words

    def pass_over(self, number: int, state: str) -> None:
        self.passed += 1
        if len(self.passed_words) < _PASSED_SHOWN:
            self.passed_words.append(f"บรรทัดที่ {number} ({state[:30]})")


_PASSED_SHOWN = 8

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
        {
            "beginningbalance", "openingbalance", "balancebroughtforward", "broughtforward", "balancebf", "bf", "bbf", "ยอดยกมา",
            "ยอดคงเหลือยกมา", "ยอดเงินยกมา", "ยกมา", "ยอดยกมาต้นงวด", "ยอดคงเหลือต้นงวด", "ยอดต้นงวด",
        }
    ),
    "ending": frozenset(
        {
            "endingbalance", "closingbalance", "balancecarriedforward", "carriedforward", "balancecf", "cf", "bcf", "ยอดยกไป",
            "ยอดคงเหลือยกไป", "ยอดคงเหลือสิ้นงวด", "ยกไป", "ยอดเงินยกไป", "ยอดปลายงวด", "ยอดคงเหลือปลายงวด",
        }
    ),
}  # fmt: skip
_CURRENCY_LABELS = frozenset(
    {"currency", "ccy", "accountcurrency", "currencycode", "สกุลเงิน", "สกุลเงินบัญชี", "สกุลเงินของบัญชี", "รหัสสกุลเงิน"}
)
_PERIOD_LABELS = frozenset(
    {"statementperiod", "period", "รอบระหว่างวันที่", "ระหว่างวันที่", "ช่วงวันที่", "รอบบัญชี", "งวดวันที่", "วันที่เดินบัญชี"}
)  # fmt: skip
_MADE_LABELS = frozenset(
    {
        "printdate", "printedon", "dateprinted", "reportdate", "issuedate", "dateofissue", "asof", "asat", "createdon",
        "วันที่พิมพ์", "พิมพ์วันที่", "วันที่ออกรายงาน", "วันที่ทำรายงาน", "ออกวันที่", "ข้อมูลณวันที่", "ณวันที่", "วันที่จัดทำ",
    }
)  # fmt: skip
_AS_OF = re.compile(
    r"(?:.*\bas (?:of|at)|(?:.*\b)?(?:print(?:ed)?|generated|issued)(?: (?:on|date))?|.*(?:พิมพ์|ออก|จัดทำ|ณ)\s?(?:วันที่|เมื่อ)|วันที่(?:พิมพ์|ออกรายงาน|จัดทำ))"
    r"\s*:?\s*([0-9๐-๙][0-9๐-๙/.-]{5,9}[0-9๐-๙])(?:[ ,T].{0,20})?",
    re.IGNORECASE,
)
_LABELLED = frozenset().union(*_LABELS.values(), ACCOUNT_KEYS, _CURRENCY_LABELS, _PERIOD_LABELS, _MADE_LABELS)
#: An account's number as banks write it, whole or masked: at least as many signs as the shortest of them has.
_NUMBER = r"[0-9xX*•][0-9xX*• .–-]{4,}[0-9xX*•]"
#: Three, one, five and one: so every Thai bank writes the ten digits of an account, and nothing else is written so.
_THAI_NUMBER = r"[0-9xX*•]{3}-[0-9xX*•]-[0-9xX*•]{5}-[0-9xX*•](?![0-9xX*•-])"
_ALONE = re.compile(rf"(?<![0-9xX*•-]){_THAI_NUMBER}")
_BEGINS = re.compile(rf"{_THAI_NUMBER}|[0-9]{{10,15}}(?![0-9])|{_NUMBER}")
_LABEL_AND_NUMBER = re.compile(
    r"(?:เลขที่บัญชี|บัญชีเลขที่|เลขบัญชี|หมายเลขบัญชี|(?:บัญชี|เงินฝาก)[^0-9|]{0,30}?เลขที่|\bacc(?:oun)?t\b|\ba/c\b)"
    r"(?:(?!name|ชื่อ|type|ประเภท|tel|โทร|balance|ยอด|branch|สาขา|period|วันที่)[^0-9xX*•]){0,40}"
    rf"({_NUMBER})",
    re.IGNORECASE,
)
#: A label alone, whose value stands in the row below.
_ONLY_LABEL = re.compile(
    r"(?:เลขที่บัญชี|บัญชีเลขที่|เลขบัญชี|หมายเลขบัญชี|acc(?:oun)?t\.?\s*(?:no|number|#)|a/c\s*no)", re.IGNORECASE
)
_PERIOD = re.compile(r"(.*[0-9])\s*(?:-|–|ถึง|to)\s+(.*[0-9])", re.IGNORECASE)
_WITH_SATANG = re.compile(r"[0-9,]+\.[0-9]{2}")
_COUNT = re.compile(
    r"([0-9]{1,3}(?:,[0-9]{3})*|[0-9]{1,9})\s*(?:รายการ|items?|transactions?)?", re.IGNORECASE
)
#: Words of a longer text are no label.
_LONGEST_LABEL = 60


def note_top(rows: Sequence[Row], declared: DeclaredTotals) -> None:
    """Take down what the rows above a table state: the account's number wherever it stands among other words."""
    for row in rows:
        note(row, declared)
    declared.account = declared.account or _account_of(rows)
    _refuse_foreign(rows, declared)


def _account_of(rows: Sequence[Row]) -> str:
    for place, row in enumerate(rows):
        below = rows[place + 1].cells if place + 1 < len(rows) else []
        found = _account_in(row.cells, below)
        if found:
            return found
    shaped = (_ALONE.search(thai.arabic_digits("|".join(row.cells))) for row in rows)
    return next((match[0] for match in shaped if match), "")


def _refuse_foreign(rows: Sequence[Row], declared: DeclaredTotals) -> None:
    """Raises BadInput where another currency stands beside the account's number."""
    for row in rows:
        written = thai.arabic_digits(" ".join(row.cells))
        if declared.account and declared.account in written and (found := foreign_in(written)):
            raise BadInput(f"บรรทัดที่ {row.number}: บัญชีในไฟล์นี้เป็นสกุลเงิน {found} ระบบรับเฉพาะบัญชีเงินบาท {_WHOLE}")


def _account_in(cells: Sequence[str], below: Sequence[str]) -> str:
    """The number behind a label, in the same cell, in one beside it or in the one below it."""
    written = "|".join(" ".join(cell.split()) for cell in cells)
    if match := _LABEL_AND_NUMBER.search(thai.arabic_digits(written)):
        return _number_at(match[1])
    for place, cell in enumerate(cells):
        if _ONLY_LABEL.search(cell) and place < len(below):
            return _number_at(below[place])
    return ""


def _number_at(written: str) -> str:
    """The account's number with which these words begin; empty where they begin with none."""
    found = _BEGINS.match(thai.arabic_digits(written.strip()))
    return found[0].strip() if found else ""


def note(row: Row, declared: DeclaredTotals) -> bool:
    """Take down what a row outside the table states. True when it states anything.

    Raises BadInput for a second account in one file, and for an account in another currency than baht.
    """
    found = False
    for place, cell in enumerate(row.cells):
        if not cell or len(cell) > _LONGEST_LABEL:
            continue
        as_of = _AS_OF.fullmatch(cell.strip())
        if as_of is not None:
            found = _note_made([as_of[1]], declared) or found
            continue
        name = key(cell.split(":")[0])
        if name not in _LABELLED:
            continue
        beside = [cell.partition(":")[2], *row.cells[place + 1 :]]
        if name in ACCOUNT_KEYS:
            # Some banks leave cells empty between a label and its value.
            value = next((cell.strip() for cell in beside if cell.strip()), "")
            number = _number_at(value)
            found = note_account(number, row.number, declared) if number else found
        elif name in _CURRENCY_LABELS:
            found = _note_currency(beside, row.number) or found
        elif name in _MADE_LABELS:
            found = _note_made(beside, declared) or found
        elif name in _PERIOD_LABELS:
            found = _note_period(beside, declared) or found
        else:
            found = _note_amount(name, beside, row.number, declared) or found
    return found


def _note_made(beside: list[str], declared: DeclaredTotals) -> bool:
    """The day, where one stands beside the label; a time may stand behind it."""
    for cell in beside:
        written = cell.strip().split(" ")[0]
        try:
            declared.made_on = moment(written, Years.FOUR)[0]
        except BadInput:
            continue
        return True
    return False


def is_label(written: str) -> bool:
    """Whether a cell only names what stands beside it."""
    name = key(written.split(":")[0])
    return name in _LABELLED


def is_forward(cells: Sequence[str]) -> bool:
    """Whether a row says what was brought or carried forward."""
    return any(_forward_of(cell) for cell in cells if cell)


def _forward_of(cell: str) -> str:
    name = key(cell.split(":")[0]) if len(cell) <= _LONGEST_LABEL else ""
    return next((which for which in ("opening", "ending") if name in _LABELS[which]), "")


def note_forward(cells: Sequence[str], satang: int, number: int, declared: DeclaredTotals) -> None:
    """Take down the balance brought or carried forward. The first that is brought is the file's."""
    which = next(balance for cell in cells if (balance := _forward_of(cell)))
    if getattr(declared, which) is None:
        setattr(declared, which, (satang, number))


def note_account(number: str, row: int, declared: DeclaredTotals) -> bool:
    """The file is of this account. Raises BadInput where it said another one before."""
    if declared.account and _plain(declared.account) != _plain(number):
        raise BadInput(
            f"บรรทัดที่ {row}: ไฟล์นี้มีมากกว่าหนึ่งบัญชี ({declared.account} และ {number}) {_WHOLE} กรุณาขอไฟล์แยกบัญชีจากธนาคาร"
        )
    declared.account = number
    return True


def _plain(number: str) -> str:
    return re.sub(r"[^0-9x*•]", "", number.casefold())


def _note_currency(beside: list[str], row: int) -> bool:
    written = next((cell.strip() for cell in beside if cell.strip()), "")
    if not written:
        return False
    if not is_baht(written):
        raise BadInput(f"บรรทัดที่ {row}: บัญชีในไฟล์นี้เป็นสกุลเงิน {written[:20]} ระบบรับเฉพาะบัญชีเงินบาท {_WHOLE}")
    return True


def _note_period(beside: list[str], declared: DeclaredTotals) -> bool:
    written = next((match for cell in beside if (match := _PERIOD.fullmatch(cell.strip()))), None)
    if written is None:
        return False
    try:
        declared.from_on = moment(written[1], Years.FOUR)[0]
        declared.to_on = moment(written[2], Years.FOUR)[0]
    except BadInput:
        # The lines have days of their own; a period that cannot be read is none.
        declared.from_on = declared.to_on = None
        return False
    return True


def _note_amount(name: str, beside: list[str], number: int, declared: DeclaredTotals) -> bool:
    field = next(field for field, labels in _LABELS.items() if name in labels)
    before: list[str] = []
    for cell in (cell.strip() for cell in beside):
        if _WITH_SATANG.fullmatch(cell.lstrip("-")):
            setattr(declared, field, (signed_satang(cell), number))
            break
        before.append(cell)
    else:
        return False
    # A count of items may stand before the sum; it has no satang.
    count = next((match for cell in before if (match := _COUNT.fullmatch(cell))), None)
    if count is not None and field in ("deposits", "withdrawals"):
        setattr(declared, f"{field[:-1]}_count", (int(count[1].replace(",", "")), number))
    return True


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


class LineSums:
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
        if is_forward(row.cells) and layout.cell(row.cells, "balance") not in NOTHING:
            return self._forward(row, layout)
        name = key(_COUNTED.sub("", label))
        if name not in _TOTALS and not (name.startswith(_SUMMING) and self._agrees(row, layout)):
            return False
        for side, column, words in ((0, "deposit", "เงินเข้า"), (1, "withdrawal", "เงินออก")):
            written = _satang(layout.cell(row.cells, column))
            if written is not None and abs(written) not in (self._all[side], self._since[side]):
                self._declared.fail(
                    f"บรรทัดที่ {row.number}: ยอดรวม{words}ที่ไฟล์แจ้งคือ {money.format_baht(abs(written))} บาท "
                    f"แต่รวมรายการได้ {money.format_baht(self._all[side])} บาท"
                )
        self._since = [0, 0]
        return True

    def _agrees(self, row: Row, layout: Layout) -> bool:
        """Whether all that a row tells are the sums of the lines: then it is one of sums, however it is called."""
        sums = [
            (side, abs(written))
            for side, field in ((0, "deposit"), (1, "withdrawal"))
            if (written := _satang(layout.cell(row.cells, field))) is not None
        ]
        return any(satang for _, satang in sums) and all(
            satang in (self._all[side], self._since[side]) for side, satang in sums
        )

    def _forward(self, row: Row, layout: Layout) -> bool:
        balance = _satang(layout.cell(row.cells, "balance"))
        if balance is None:
            return False
        if self._balances is None:
            # Before the first line there is nothing yet that it must agree with.
            note_forward(row.cells, balance, row.number, self._declared)
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
