"""The demonstration bank: reads a QR as a payer's app would, keeps its own ledger, and tells the portal as a bank does."""

import fcntl
import json
import os
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO

from sqlalchemy import select

from app.fund.giving.donations import FundAccount
from app.kit import clock, money, promptpay, qr
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.promptpay import Barcode, Bill, PayloadError, Transfer
from app.kit.sheets.writing import to_csv

#: Bank of the demonstration's payers when nobody chose one.
USUAL_BANK = "004"
#: The most that one transfer may carry, as banks have it for PromptPay.
MOST_SATANG = 2_000_000_00
_TIMEOUT = 20

STATEMENT_HEADER = (
    *("วันที่", "เวลา", "รายละเอียด", "ถอน", "ฝาก", "ยอดคงเหลือ"),
    *("อ้างอิง 1", "อ้างอิง 2", "เลขที่รายการ", "ผู้โอน", "รหัสธนาคารผู้โอน"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a QR asks for, as a bank's app shows it. `satang` None: the payer types the amount."""

    payload: str
    tag: int
    payee: str
    account: str
    #: Biller ID of a bill, PromptPay ID of a transfer.
    proxy: str
    ref1: str
    ref2: str
    satang: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One transfer in the bank's own ledger. `balance` is the payee's account after it."""

    transaction_id: str
    at: str
    satang: int
    balance: int
    tag: int
    payee: str
    account: str
    proxy: str
    ref1: str
    ref2: str
    payer: str
    payer_bank: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the portal answered; status 0 when it did not answer at all."""

    status: int
    words: str

    @property
    def is_well(self) -> bool:
        return 200 <= self.status < 300


def look(picture: bytes) -> Asked:
    """What the payment QR in a picture asks for. Raises BadInput when there is none, or more than one."""
    found = []
    for text in qr.read(picture):
        try:
            found.append((text, promptpay.read(text)))
        except PayloadError:
            continue
    if not found:
        raise BadInput("ไม่พบ QR สำหรับชำระเงินในภาพนี้ กรุณาใช้ภาพ QR ที่บันทึกจากหน้าร่วมสมทบ")
    if len(found) > 1:
        raise BadInput("ภาพนี้มี QR ชำระเงินมากกว่าหนึ่ง กรุณาใช้ภาพที่มีเพียงหนึ่งเดียว")
    return _asked(*found[0])


def read_payload(payload: str) -> Asked:
    """What a payment QR's text asks for. Raises BadInput for any other text."""
    try:
        return _asked(payload, promptpay.read(payload))
    except PayloadError as error:
        raise BadInput(f"QR นี้ไม่ใช่ QR ชำระเงินที่ถูกต้อง: {error}") from error


def _asked(payload: str, payment: Transfer | Bill | Barcode) -> Asked:
    if isinstance(payment, Transfer):
        account = _payee(FundAccount.promptpay_id == payment.proxy)
        return Asked(payload, 29, account.name, account.number, payment.proxy, "", "", payment.satang)
    account = _payee(FundAccount.biller_id == payment.biller)
    return Asked(
        payload,
        30,
        account.name,
        account.number,
        payment.biller,
        payment.ref1,
        payment.ref2 or "",
        payment.satang,
    )


def _payee(known_by: object) -> FundAccount:
    account = db.session().scalars(select(FundAccount).where(known_by)).one_or_none()  # type: ignore[arg-type]
    if account is None:
        raise Refused("ธนาคารสาธิตไม่รู้จักผู้รับเงินของ QR นี้ จึงโอนไม่ได้ (รู้จักเฉพาะกองทุนในระบบสาธิตนี้)")
    return account


class Ledger:
    """The bank's book: one JSON object a line, in a file of its own that only the bank writes."""

    def __init__(self, data: Path) -> None:
        self.path = data / "demo-bank.jsonl"

    def lines(self) -> list[Line]:
        """Every transfer, oldest first."""
        if not self.path.exists():
            return []
        with self.path.open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return list(_lines(file))

    def find(self, transaction_id: str) -> Line | None:
        return next((line for line in self.lines() if line.transaction_id == transaction_id), None)

    def transfer(
        self, asked: Asked, *, satang: int, payer: str, payer_bank: str, at: datetime | None = None
    ) -> Line:
        """Money leaves the payer and stands on the payee's account, written to the disk before anyone is told.

        Raises Refused for an amount the bank does not carry or that is not the one asked for.
        """
        if not 0 < satang <= MOST_SATANG:
            raise Refused(f"โอนได้ครั้งละไม่เกิน {money.format_baht(MOST_SATANG)} บาท")
        if asked.satang is not None and satang != asked.satang:
            raise Refused("จำนวนเงินไม่ตรงกับที่ QR กำหนด ธนาคารจึงไม่โอน กรุณาสแกนใหม่")
        with self._held() as file:
            known = list(_lines(file))
            balance = sum(line.satang for line in known if line.account == asked.account)
            moment = at or max(clock.now(), known[-1].moment if known else clock.now())
            line = Line(
                transaction_id=f"{moment.astimezone(clock.BANGKOK):%Y%m%d}{secrets.token_hex(8).upper()}",
                at=moment.astimezone(clock.BANGKOK).isoformat(timespec="seconds"),
                satang=satang,
                balance=balance + satang,
                tag=asked.tag,
                payee=asked.payee,
                account=asked.account,
                proxy=asked.proxy,
                ref1=asked.ref1,
                ref2=asked.ref2,
                payer=" ".join(payer.split())[:60] or "ไม่ระบุชื่อ",
                payer_bank=payer_bank,
            )
            file.write(json.dumps(asdict(line), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return line

    def forget(self) -> None:
        """Start an empty book, as a demonstration that is loaded afresh does."""
        self.path.unlink(missing_ok=True)

    @contextmanager
    def _held(self) -> Iterator[IO[str]]:
        with self.path.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            yield file


def _lines(file: IO[str]) -> Iterator[Line]:
    return (Line(**json.loads(text)) for text in file if text.strip())


def confirmation(line: Line) -> bytes:
    """SCB's Payment Confirmation for a transfer, by the field names of its Open API."""
    said = {
        "transactionId": line.transaction_id,
        "amount": promptpay.format_amount(line.satang),
        "transactionDateandTime": line.at,
        "currencyCode": "764",
        "transactionType": "Domestic Transfers",
        "sendingBankCode": line.payer_bank,
        "receivingBankCode": "014",
        "payerName": line.payer,
        "payerProxyType": "ACCOUNT",
        "payerProxyId": "xxx-x-x0000-x",
        "payerAccountNumber": "xxx-x-x0000-x",
        "payeeName": line.payee,
        "payeeProxyType": "BILLERID",
        "payeeProxyId": line.proxy,
        "payeeAccountNumber": line.account,
        "billPaymentRef1": line.ref1,
        "billPaymentRef2": line.ref2,
        "channelCode": "PMH",
    }
    return json.dumps(said, ensure_ascii=False).encode()


def tell(address: str, message: bytes) -> Heard:
    """POST a confirmation to the portal's callback address over HTTP, as the bank's server would."""
    asking = urllib.request.Request(  # noqa: S310 — the address is the portal's own, http by construction
        address, data=message, headers={"Content-Type": "application/json"}, method="POST"
    )
    # No proxy of the surroundings stands between the portal and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(asking, timeout=_TIMEOUT) as answer:
            return Heard(answer.status, answer.read(2000).decode(errors="replace"))
    except urllib.error.HTTPError as error:
        return Heard(error.code, error.read(2000).decode(errors="replace"))
    except OSError as error:
        return Heard(0, str(error))


def statement(lines: list[Line]) -> bytes:
    """The account's statement as a file to download: every line with its running balance."""
    return to_csv(
        STATEMENT_HEADER,
        (
            [
                line.moment.date(),
                f"{line.moment:%H:%M:%S}",
                "รับชำระบิล" if line.tag == 30 else "รับโอนพร้อมเพย์",
                None,
                Decimal(line.satang).scaleb(-2),
                Decimal(line.balance).scaleb(-2),
                line.ref1,
                line.ref2,
                line.transaction_id,
                line.payer,
                line.payer_bank,
            ]
            for line in lines
        ),
    )
