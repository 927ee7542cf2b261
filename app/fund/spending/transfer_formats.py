"""Transfer formats: how a file of payments is written for the bank of the paying account, and how its result is read.

Which bank takes which format, and what the bank calls the columns of its result, is data of the province's profile
(`[transfers.<bank code>]`). Two are known: `csv`, a plain table, and `ktb-ipay`, lines of 498 characters in cp874 as
public implementations of Krungthai's iPay write them. What only the bank can tell stands in docs/operate.md.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date

from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.province.banks import bank_name
from app.province.profile import Profile, TransferRules

_COLUMNS = ("no", "bank", "account", "name", "amount", "reference")
#: Accounts with a digit too many for the field of eleven lose their leading digit: of BAAC and of HSBC.
_TWELVE = ("034", "031")
_KTB, _NINE = "006", "09"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One line: to whom, how much, and the reference by which the bank answers."""

    bank_code: str
    account: str
    name: str
    satang: int
    reference: str


@dataclass(frozen=True, slots=True)
class Sender:
    """The account that pays."""

    bank_code: str
    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the bank says of one line of ours; `satang` where the result tells it."""

    reference: str
    is_paid: bool
    bank_ref: str
    message: str
    satang: int | None


def rules(bank_code: str) -> TransferRules:
    """How the bank of the paying account takes its files."""
    return Profile.here().transfers_of(bank_code)


def write(transfers: list[Transfer], *, sender: Sender, on: date) -> bytes:
    """The file for the sender's bank, for this day. Raises Refused for an account that the format has no room for."""
    chosen = rules(sender.bank_code)
    if chosen.format == "ktb-ipay":
        if not chosen.company_id:
            # Without it the bank takes no file: whoever asks for it hears as well whether this layout is still theirs.
            raise Refused(
                "ยังทำไฟล์โอนของธนาคารกรุงไทยไม่ได้ เพราะยังไม่มีรหัสบริษัท (Company ID) กรุณาขอจากธนาคารพร้อมยืนยันรูปแบบไฟล์ "
                "แล้วใส่ในโปรไฟล์จังหวัด ระหว่างนี้โอนทีละรายการแล้วบันทึกการโอน"
            )
        return _ktb(transfers, sender=sender, on=on, company=chosen.company_id, service=chosen.service)
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(_COLUMNS)
    for place, line in enumerate(transfers, start=1):
        amount = format_baht(line.satang).replace(",", "")
        sheet.writerow((place, line.bank_code, line.account, line.name, amount, line.reference))
    return out.getvalue().encode("utf-8-sig")


def suffix(content: bytes) -> str:
    """How the name of a file ends that was written like this."""
    return "csv" if content.startswith(b"\xef\xbb\xbf") else "txt"


def _ktb(transfers: list[Transfer], *, sender: Sender, on: date, company: str, service: str) -> bytes:
    day, total = f"{on:%d%m%Y}", sum(line.satang for line in transfers)
    head = ("10", "1", "000001", _KTB, f"{len(transfers):07}", f"{total:019}", day, "C", "0" * 8)
    lines = ["".join(head) + _left(company, 16) + " " * (20 + 407)]
    for place, line in enumerate(transfers, start=1):
        fixed = ("10", "2", "000001", line.bank_code, " " * 4, _eleven(line.bank_code, line.account))
        ours = (_KTB, "0" * 4, _eleven(sender.bank_code, sender.account), day, service, "00")
        money = (f"{line.satang:017}", " " * 8, "0" * 10, _left(line.name, 100), _left(sender.name, 100))
        ours_again = (" " * (40 + 18 + 2), _left(line.reference, 18), " " * (2 + 20), f"{place:06}", _NINE)
        lines.append("".join((*fixed, *ours, *money, *ours_again)) + " " * (40 + 20) + "0000" + " " * 34)
    return "".join(f"{line}\r\n" for line in lines).encode("cp874")


def _left(words: str, length: int) -> str:
    """Refused rather than sent with another letter: the bank reads the name of who is paid."""
    try:
        words.encode("cp874")
    except UnicodeEncodeError as error:
        letter = words[error.start]
        raise Refused(
            f"ชื่อ “{words}” มีตัวอักษร “{letter}” ที่ไฟล์ธนาคารเขียนไม่ได้ กรุณาโอนรายการนี้เองแล้วบันทึกการโอน"
        ) from error
    return words[:length].ljust(length)


def _eleven(bank_code: str, account: str) -> str:
    digits = account[1:] if len(account) == 12 and bank_code in _TWELVE else account
    if len(digits) > 11:
        raise Refused(
            f"บัญชี{bank_name(bank_code)} {account} ยาวเกินช่องของไฟล์ธนาคาร กรุณาโอนรายการนี้เองแล้วบันทึกการโอน"
        )
    return digits.rjust(11, "0")


def read(raw: bytes, *, bank_code: str) -> list[Told]:
    """What the bank made of each line, by the columns and words that the profile knows of this bank.

    Raises BadInput for what cannot be read, for a word that is neither paid nor failed, and for a reference told twice.
    """
    known = rules(bank_code)
    try:
        rows = list(csv.DictReader(io.StringIO(_text(raw))))
        told = [_told(row, known) for row in rows]
    except (KeyError, ValueError, csv.Error):
        told = []
    if not told:
        needed = ", ".join(known.columns[name] for name in ("reference", "status", "bank_ref", "message"))
        words = f"{'/'.join(known.paid)} หรือ {'/'.join(known.failed)}"
        raise BadInput(f"อ่านไฟล์ผลการโอนไม่ได้ ต้องเป็น CSV มีคอลัมน์ {needed} และสถานะเป็น {words}")
    if len({row.reference for row in told}) != len(told):
        raise BadInput("ไฟล์ผลการโอนมีเลขอ้างอิงซ้ำ กรุณาตรวจกับธนาคาร")
    return told


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp874")


def _told(row: dict[str, str], known: TransferRules) -> Told:
    """Raises ValueError or KeyError for a row that says nothing sure."""
    cells = {name: visible(row.get(column) or "") for name, column in known.columns.items()}
    status, reference = cells["status"].casefold(), cells["reference"]
    is_paid = status in known.paid
    if not reference or not (is_paid or status in known.failed):
        raise ValueError(status)
    amount = cells.get("amount", "").replace(",", "")
    whole, _, part = amount.partition(".")
    if amount and not (whole.isascii() and whole.isdigit() and len(whole) < 13):
        raise ValueError(amount)
    if len(part) > 2 or (part and not (part.isascii() and part.isdigit())):
        raise ValueError(amount)
    satang = int(whole) * 100 + int(part.ljust(2, "0")) if amount else None
    return Told(reference, is_paid, cells["bank_ref"], cells["message"], satang)
