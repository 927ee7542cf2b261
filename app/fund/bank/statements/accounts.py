"""Which of the fund's accounts a statement file speaks of."""

import re

from sqlalchemy import select

from app.fund.bank.statements.stated import Stated
from app.fund.giving.donations.donations import FundAccount
from app.kit.db import db
from app.kit.errors import BadInput

_MASK = frozenset("xX*•")


def digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def spoken_of(number: str | None, stated: Stated) -> FundAccount:
    """The account that is named, else the one that the file names, else the only one. A masked number names one
    when it fits no other.

    Raises BadInput for an account that is not the fund's or not the file's, and where several could be meant.
    """
    ours = list(db.session().scalars(select(FundAccount).order_by(FundAccount.id)))
    by_number = {digits(one.number): one for one in ours}
    in_file = _meant(stated.account, by_number)
    if number is not None:
        named = by_number.get(digits(number))
        if named is None:
            raise BadInput(f"ไม่มีบัญชีเลขที่ {number} ในกองทุน กรุณาตรวจเลขที่บัญชี")
        other = in_file is not None and in_file.id != named.id
        if other or (_is_masked(stated.account) and not _fits(stated.account, digits(named.number))):
            shown = in_file.number if in_file is not None else stated.account
            raise BadInput(f"ไฟล์นี้เป็นของบัญชี {shown} ไม่ใช่ {named.number} จึงไม่นำเข้า กรุณาเลือกบัญชีให้ตรงกับไฟล์")
        return named
    if in_file is not None:
        return in_file
    usable = [one for one in ours if one.state != "proposed"]
    if len(usable) == 1 and (
        not _is_masked(stated.account) or _fits(stated.account, digits(usable[0].number))
    ):
        return usable[0]
    if not usable:
        raise BadInput("กองทุนยังไม่มีบัญชีธนาคารที่เปิดแล้ว จึงยังนำเข้ารายการเดินบัญชีไม่ได้")
    if len(usable) == 1:
        raise BadInput(f"ไฟล์นี้เป็นของบัญชี {stated.account} ซึ่งไม่ใช่บัญชีของกองทุน กรุณาตรวจว่าเลือกไฟล์ถูก")
    raise BadInput(f"กองทุนมีหลายบัญชี กรุณาระบุเลขที่บัญชี: {', '.join(one.number for one in usable)}")


def _meant(written: str, by_number: dict[str, FundAccount]) -> FundAccount | None:
    if not _is_masked(written):
        return by_number.get(digits(written)) if digits(written) else None
    found = [one for number, one in by_number.items() if _fits(written, number)]
    return found[0] if len(found) == 1 else None


def _is_masked(written: str) -> bool:
    return any(letter in _MASK for letter in written) and bool(digits(written))


def _fits(written: str, number: str) -> bool:
    """Whether a number with x for some of its digits may be this one."""
    plain = "".join(
        "." if letter in _MASK else letter for letter in written if letter in _MASK or letter.isdigit()
    )
    return re.fullmatch(plain, number) is not None
