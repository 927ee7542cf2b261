"""The demonstration bank's own ledger: what really happened to the money, whoever is told of it."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

from app.demo.qr_reader import Asked
from app.kit import clock, money
from app.kit.errors import Refused

#: The most that one transfer may carry, as banks have it for PromptPay.
MOST_SATANG = 2_000_000_00


@dataclass(frozen=True, slots=True)
class BankLine:
    """One movement in the bank's own ledger. `balance` is the payee's account after it; money out is negative."""

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
    #: What the statement calls it, where it is none of the usual.
    words: str = ""
    #: The transfer that the bank took back with this line.
    reverses: str = ""

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


class Ledger:
    """The bank's book: one JSON object a line, in a file of its own that only the bank writes."""

    def __init__(self, data: Path) -> None:
        self.path = data / "demo-bank.jsonl"

    def lines(self) -> list[BankLine]:
        """Every transfer, oldest first."""
        if not self.path.exists():
            return []
        with self.path.open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return list(_lines(file))

    def bills(self, *, biller: str, on: date, ref1: str = "") -> list[tuple[BankLine, bool]]:
        """Payments to a biller on a day in Bangkok, each with whether the bank has taken it back."""
        lines = self.lines()
        taken_back = {line.reverses for line in lines}
        return [
            (line, line.transaction_id in taken_back)
            for line in lines
            if line.tag == 30
            and line.satang > 0
            and not line.words
            and line.proxy == biller
            and line.moment.astimezone(clock.BANGKOK).date() == on
            and ref1 in ("", line.ref1)
        ]

    def find(self, transaction_id: str) -> BankLine | None:
        return next((line for line in self.lines() if line.transaction_id == transaction_id), None)

    def transfer(
        self, asked: Asked, *, satang: int, payer: str, payer_bank: str, at: datetime | None = None
    ) -> BankLine:
        """Money leaves the payer and stands on the payee's account, written to the disk before anyone is told.

        Raises Refused for an amount the bank does not carry or that is not the one asked for.
        """
        if not 0 < satang <= MOST_SATANG:
            raise Refused(f"โอนได้ครั้งละไม่เกิน {money.format_baht(MOST_SATANG)} บาท")
        if asked.satang is not None and satang != asked.satang:
            raise Refused("จำนวนเงินไม่ตรงกับที่ QR กำหนด ธนาคารจึงไม่โอน กรุณาสแกนใหม่")
        return self._write(asked, satang=satang, payer=payer, payer_bank=payer_bank, at=at)

    def move(
        self, asked: Asked, *, satang: int, words: str, at: datetime | None = None, reverses: str = ""
    ) -> BankLine:
        """Money moves without a payer's app: a fee, interest, a payout, a transfer out, one taken back."""
        return self._write(asked, satang=satang, at=at, words=words, reverses=reverses)

    def _write(
        self,
        asked: Asked,
        *,
        satang: int,
        at: datetime | None,
        payer: str = "",
        payer_bank: str = "",
        words: str = "",
        reverses: str = "",
    ) -> BankLine:
        with self._held() as file:
            known = list(_lines(file))
            balance = sum(line.satang for line in known if line.account == asked.account)
            moment = at or max(clock.now(), known[-1].moment if known else clock.now())
            line = BankLine(
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
                payer=" ".join(payer.split())[:60] or ("" if words else "ไม่ระบุชื่อ"),
                payer_bank=payer_bank,
                words=words,
                reverses=reverses,
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


def _lines(file: IO[str]) -> Iterator[BankLine]:
    return (BankLine(**json.loads(text)) for text in file if text.strip())
