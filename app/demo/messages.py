"""How the demonstration bank tells of its transfers: at once by a message, and later on the statement."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.demo.ledger import BankLine
from app.kit import http, promptpay
from app.kit.http import Unreachable
from app.kit.sheets.writing import to_csv

_TIMEOUT = 20
_KINDS = {30: "รับชำระบิล", 29: "รับโอนพร้อมเพย์"}

STATEMENT_HEADER = (
    *("วันที่", "เวลา", "รายละเอียด", "ถอน", "ฝาก", "ยอดคงเหลือ"),
    *("อ้างอิง 1", "อ้างอิง 2", "เลขที่รายการ", "ผู้โอน", "รหัสธนาคารผู้โอน"),
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the portal answered; status 0 when it did not answer at all."""

    status: int
    words: str

    @property
    def is_well(self) -> bool:
        return 200 <= self.status < 300


def confirmation(line: BankLine) -> bytes:
    """SCB's Payment Confirmation for a transfer."""
    return json.dumps(payment(line), ensure_ascii=False).encode()


def payment(line: BankLine) -> dict[str, str]:
    """A transfer by the field names of SCB's Open API, as confirmations and answers to inquiries carry it."""
    return {
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


def send(address: str, message: bytes, headers: Mapping[str, str] | None = None) -> Heard:
    """POST a message to the portal over HTTP, as the bank's server would."""
    sent = {"Content-Type": "application/json", **(headers or {})}
    try:
        answer = http.ask(address, method="POST", headers=sent, body=message, patience=_TIMEOUT)
    except Unreachable as error:
        return Heard(0, str(error))
    return Heard(answer.status, answer.raw[:2000].decode(errors="replace"))


def statement(lines: list[BankLine]) -> bytes:
    """The account's statement as a file to download: every line with its running balance."""
    return to_csv(
        STATEMENT_HEADER,
        (
            [
                line.moment.date(),
                f"{line.moment:%H:%M:%S}",
                line.words or _KINDS.get(line.tag, "ฝากเงินสด"),
                Decimal(-line.satang).scaleb(-2) if line.satang < 0 else None,
                Decimal(line.satang).scaleb(-2) if line.satang > 0 else None,
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
