"""The demonstration's Omise: charges of its own, kept apart from the bank's ledger, and its signed messages."""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.kit import clock

#: What Omise keeps of a charge, per ten thousand, and the tax on that, per hundred.
_FEE, _VAT = 165, 7


@dataclass(frozen=True, slots=True)
class Charged:
    """One charge: its giver has paid, and Omise holds the money until it pays out."""

    id: str
    satang: int
    ref1: str
    payer: str
    at: str
    status: str = "successful"
    #: What Omise gave back to the payer.
    refunded: int = 0

    @property
    def fee(self) -> int:
        return 0 if self.status == "reversed" else self.satang * _FEE // 10_000

    @property
    def fee_vat(self) -> int:
        return self.fee * _VAT // 100

    @property
    def net(self) -> int:
        return self.satang - self.fee - self.fee_vat


class Charges:
    """Omise's book: one JSON object a line, in a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "demo-omise.jsonl"

    def every(self) -> list[Charged]:
        if not self.path.exists():
            return []
        with self.path.open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return [Charged(**json.loads(text)) for text in file if text.strip()]

    def find(self, charge_id: str) -> Charged | None:
        return next((charge for charge in self.every() if charge.id == charge_id), None)

    def charge(
        self, *, satang: int, ref1: str, payer: str, at: datetime | None = None, status: str = "successful"
    ) -> Charged:
        """A giver pays by Omise; written to the disk before anyone is told."""
        moment = (at or clock.now()).astimezone(UTC).replace(microsecond=0)
        made = Charged(
            f"chrg_test_{secrets.token_hex(10)}",
            satang,
            ref1,
            " ".join(payer.split())[:60],
            moment.isoformat(),
            status,
        )
        with self.path.open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(asdict(made), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return made

    def listed(self, *, since: datetime, until: datetime) -> list[Charged]:
        """Charges made in this time, oldest first."""
        within = (charge for charge in self.every() if since <= datetime.fromisoformat(charge.at) <= until)
        return sorted(within, key=lambda charge: (charge.at, charge.id))

    def give_back(self, charge_id: str, satang: int) -> Charged:
        """Omise sends so much of a charge back to its payer."""
        with self.path.open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            every = [Charged(**json.loads(text)) for text in file if text.strip()]
            now = {charge.id: charge for charge in every}
            back = now[charge_id] = replace(now[charge_id], refunded=now[charge_id].refunded + satang)
            file.seek(0)
            file.truncate()
            file.writelines(json.dumps(asdict(charge), ensure_ascii=False) + "\n" for charge in now.values())
            file.flush()
            os.fsync(file.fileno())
        return back

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def charge_object(charged: Charged) -> dict[str, Any]:
    """A charge by Omise's field names."""
    well = charged.status == "successful"
    return {
        "object": "charge",
        "id": charged.id,
        "livemode": False,
        "amount": charged.satang,
        "currency": "THB",
        "fee": charged.fee,
        "fee_vat": charged.fee_vat,
        "net": charged.net,
        "refunded_amount": charged.refunded,
        "reversed": charged.status == "reversed",
        "status": charged.status,
        "paid": well,
        "paid_at": charged.at if well else None,
        "created_at": charged.at,
        "metadata": {"ref1": charged.ref1},
        "source": {"object": "source", "type": "promptpay", "name": charged.payer},
    }


def event_object(charged: Charged, *, key: str = "charge.complete") -> bytes:
    """The webhook's body for a charge."""
    charge = {
        "object": "event",
        "id": f"evnt_test_{secrets.token_hex(10)}",
        "key": key,
        "created_at": charged.at,
        "data": charge_object(charged),
    }
    return json.dumps(charge, ensure_ascii=False).encode()


def signed(body: bytes, *, key: bytes, at: datetime | None = None) -> dict[str, str]:
    """The headers that Omise signs a message with."""
    stamp = str(int((at or clock.now()).timestamp()))
    made = hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Omise-Signature": made, "Omise-Signature-Timestamp": stamp}
