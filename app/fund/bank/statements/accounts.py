"""Which of the fund's accounts a statement file speaks of."""

import re

from sqlalchemy import select

from app.fund.bank.statements.declared_totals import DeclaredTotals
from app.fund.giving.records.payment_requests import FundAccount
from app.kit.db import db
from app.kit.errors import BadInput

_MASK = frozenset("xX*•")
#: So many last digits at least tell one account from another.
_FEWEST_SHOWN = 4


def digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def account_of_file(number: str | None, declared: DeclaredTotals) -> FundAccount:
    """The account that is named, else the one that the file names, else the only one. A masked number names one
    when it fits no other.

    Raises BadInput for an account that is not the fund's or not the file's, and where several could be meant.
    """
    ours = list(db.session().scalars(select(FundAccount).order_by(FundAccount.id)))
    in_file = _meant(declared.account, ours)
    if declared.account and not in_file:
        raise BadInput(
            f"ไฟล์นี้เป็นของบัญชี {declared.account[:40]} ซึ่งไม่ใช่บัญชีของกองทุน จึงไม่นำเข้า กรุณาตรวจว่าเลือกไฟล์ถูก"
        )
    if number is not None:
        named = next((account for account in ours if digits(account.number) == digits(number)), None)
        if named is None:
            raise BadInput(f"ไม่มีบัญชีเลขที่ {number} ในกองทุน กรุณาตรวจเลขที่บัญชี")
        if in_file and named not in in_file:
            shown = in_file[0].number if len(in_file) == 1 else declared.account
            raise BadInput(f"ไฟล์นี้เป็นของบัญชี {shown} ไม่ใช่ {named.number} จึงไม่นำเข้า กรุณาเลือกบัญชีให้ตรงกับไฟล์")
        return named
    usable = in_file or [account for account in ours if account.state != "proposed"]
    if len(usable) == 1:
        return usable[0]
    if not usable:
        raise BadInput("กองทุนยังไม่มีบัญชีธนาคารที่เปิดแล้ว จึงยังนำเข้ารายการเดินบัญชีไม่ได้")
    raise BadInput(f"กองทุนมีหลายบัญชี กรุณาระบุเลขที่บัญชี: {', '.join(account.number for account in usable)}")


def _meant(written: str, ours: list[FundAccount]) -> list[FundAccount]:
    """The fund's accounts that may be written so: one by its whole number, perhaps several by a masked one."""
    return (
        [account for account in ours if _fits(written, digits(account.number), account.bank_code)]
        if written
        else []
    )


def _fits(written: str, number: str, bank: str) -> bool:
    """Whether a number, whole or with x for some of its digits, is this one.

    Noughts before it, lost or added, make no other number, nor does the bank's code; what only ends like it is another.
    """
    plain = "".join(
        "." if letter in _MASK else letter for letter in written if letter in _MASK or letter.isdigit()
    )
    if "." not in plain:
        return bool(plain) and plain.lstrip("0") in (number.lstrip("0"), f"{bank}{number}".lstrip("0"))
    if re.fullmatch(plain, number) is not None:
        return True
    # A few signs may stand for all the digits that are not shown.
    tail = plain.rpartition(".")[2]
    return (
        len(plain) < len(number) and plain[0] == "." and len(tail) >= _FEWEST_SHOWN and number.endswith(tail)
    )
