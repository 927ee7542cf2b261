"""What a statement file says of itself beside its lines: its account, period, balances, totals and counts."""

import re
from dataclasses import dataclass
from datetime import date

from app.fund.bank.statements.cells import moment, signed_satang
from app.fund.bank.statements.layouts import Years, key
from app.kit.errors import BadInput
from app.kit.sheets import Row


@dataclass(kw_only=True)
class Stated:
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
_ACCOUNT_LABELS = frozenset(
    {"accountnumber", "accountno", "เลขที่บัญชี", "เลขบัญชี", "บัญชีเลขที่", "หมายเลขบัญชี", "เลขที่บัญชีเงินฝาก"}
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
_AS_OF = re.compile(r".*\bas of ([0-9][0-9/.-]{5,9}[0-9])", re.IGNORECASE)
_LABELLED = frozenset().union(*_LABELS.values(), _ACCOUNT_LABELS, _PERIOD_LABELS, _MADE_LABELS)
_PERIOD = re.compile(r"(.*[0-9])\s*(?:-|–|ถึง|to)\s+(.*[0-9])", re.IGNORECASE)
_WITH_SATANG = re.compile(r"[0-9,]+\.[0-9]{2}")
_COUNT = re.compile(
    r"([0-9]{1,3}(?:,[0-9]{3})*|[0-9]{1,9})\s*(?:รายการ|items?|transactions?)?", re.IGNORECASE
)
#: Words of a longer text are no label.
_LONGEST_LABEL = 60


def note(row: Row, stated: Stated) -> bool:
    """Take down what a row outside the table states. True when it states anything."""
    found = False
    for place, cell in enumerate(row.cells):
        if not cell or len(cell) > _LONGEST_LABEL:
            continue
        as_of = _AS_OF.fullmatch(cell.strip())
        if as_of is not None:
            found = _note_made([as_of[1]], stated) or found
            continue
        name = key(cell.split(":")[0])
        if name not in _LABELLED:
            continue
        beside = [cell.partition(":")[2], *row.cells[place + 1 :]]
        if name in _ACCOUNT_LABELS:
            # Some banks leave cells empty between a label and its value.
            stated.account = stated.account or next((one.strip() for one in beside if one.strip()), "")
            found = True
        elif name in _MADE_LABELS:
            found = _note_made(beside, stated) or found
        elif name in _PERIOD_LABELS:
            found = _note_period(beside, stated) or found
        else:
            found = _note_amount(name, beside, row.number, stated) or found
    return found


def _note_made(beside: list[str], stated: Stated) -> bool:
    """The day, where one stands beside the label; a time may stand behind it."""
    for cell in beside:
        written = cell.strip().split(" ")[0]
        try:
            stated.made_on = moment(written, Years.FOUR)[0]
        except BadInput:
            continue
        return True
    return False


def _note_period(beside: list[str], stated: Stated) -> bool:
    written = next((match for one in beside if (match := _PERIOD.fullmatch(one.strip()))), None)
    if written is None:
        return False
    try:
        stated.from_on = moment(written[1], Years.FOUR)[0]
        stated.to_on = moment(written[2], Years.FOUR)[0]
    except BadInput:
        # The lines have days of their own; a period that cannot be read is none.
        stated.from_on = stated.to_on = None
        return False
    return True


def _note_amount(name: str, beside: list[str], number: int, stated: Stated) -> bool:
    field = next(field for field, labels in _LABELS.items() if name in labels)
    before: list[str] = []
    for cell in (one.strip() for one in beside):
        if _WITH_SATANG.fullmatch(cell.lstrip("-")):
            setattr(stated, field, (signed_satang(cell), number))
            break
        before.append(cell)
    else:
        return False
    # A count of items may stand before the sum; it has no satang.
    count = next((match for one in before if (match := _COUNT.fullmatch(one))), None)
    if count is not None and field in ("deposits", "withdrawals"):
        setattr(stated, f"{field[:-1]}_count", (int(count[1].replace(",", "")), number))
    return True
