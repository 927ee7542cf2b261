"""SCB's Open API as a client: what the bank itself says about payments to a biller of ours.

Addresses, headers and fields as in SCB Open API "OAuth" and "Payment Transaction Inquiry" (Thai QR tag 30).
"""

import json
import threading
import urllib.parse
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.fund.bank.providers import callbacks
from app.fund.bank.providers.callbacks import Confirmation
from app.kit import http, portal
from app.kit.errors import BadInput
from app.kit.http import HttpResponse, Unreachable, Until
from app.kit.promptpay import format_amount
from app.settings import Scb, Settings

#: Thai QR tag 30, the customer scans.
EVENT = "00300100"
_WELL = "1000"
#: A token is not used in its last minute: it must not die on the way.
_MARGIN = 60
_TAKEN_BACK = ("Y", "TRUE", "1")


class Refusal(Exception):
    """The bank answered that it does not answer such a question; `words` is its code and description."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class ScbPayment:
    """One payment as the bank knows it."""

    confirmation: Confirmation
    #: The bank has reversed it: the money is not there.
    is_reversed: bool
    #: This payment's part of the answer, as JSON in UTF-8.
    raw: bytes


@dataclass
class _Token:
    """The bank's access token, one for each process, asked anew shortly before it ends."""

    text: str = field(default="", repr=False)
    ends: Until = field(default_factory=Until)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


def payments(
    *, biller: str, on: date, ref1: str = "", satang: int | None = None
) -> tuple[list[ScbPayment], bytes]:
    """Payments to a biller on a day in Bangkok, all or those with a reference and amount, and the answer's bytes.

    An empty list: the bank knows of none. Raises Unreachable, or Refusal when the bank will not answer this question.
    """
    asked = {"eventCode": EVENT, "transactionDate": on.isoformat(), "billerId": biller}
    asked |= {"reference1": ref1} if ref1 else {}
    asked |= {"amount": format_amount(satang)} if satang is not None else {}
    answer = _get("/v1/payment/billpayment/inquiry?" + urllib.parse.urlencode(asked))
    if answer.status == 404:
        return [], answer.raw
    reply = answer.json()
    code, words = _status(reply)
    if answer.status in (400, 422):
        raise Refusal(f"{code} {words}".strip())
    if not answer.is_well or code != _WELL:
        raise Unreachable(f"HTTP {answer.status}: {code} {words}".strip())
    listed = reply.get("data")
    listed = [listed] if isinstance(listed, dict) else listed
    if listed is not None and not isinstance(listed, list):
        raise Unreachable("the answer has no list of payments")
    return [_found(entry) for entry in listed or ()], answer.raw


def _found(reply: Any) -> ScbPayment:
    if not isinstance(reply, dict):
        raise Unreachable("a payment in the answer is no JSON object")
    try:
        read = callbacks.confirmation_of(reply)
    except BadInput as error:
        raise Unreachable(f"a payment in the answer cannot be read: {error.words}") from error
    taken_back = str(reply.get("reverseFlag", "")).strip().upper() in _TAKEN_BACK
    return ScbPayment(read, taken_back, json.dumps(reply, ensure_ascii=False, sort_keys=True).encode())


def _status(reply: Mapping[str, Any]) -> tuple[str, str]:
    status = reply.get("status")
    if not isinstance(status, dict):
        return "", ""
    return str(status.get("code", "")), str(status.get("description", ""))[:120]


def _get(path: str) -> HttpResponse:
    """One question with the token; a token that the bank no longer knows is asked anew, once."""
    here = _bank()
    answer = http.ask(here.url + path, headers=_headers(here) | {"authorization": f"Bearer {_token(here)}"})
    if answer.status == 401:
        _forget()
        answer = http.ask(
            here.url + path, headers=_headers(here) | {"authorization": f"Bearer {_token(here)}"}
        )
    return answer


def _bank() -> Scb:
    here = Settings.here()
    if here.scb is None:
        raise Unreachable("SCB is not configured")
    return here.scb


def _headers(here: Scb) -> dict[str, str]:
    return {
        "resourceOwnerId": here.key,
        "requestUId": str(uuid.uuid4()),
        "accept-language": "EN",
        "content-type": "application/json",
    }


def _kept() -> _Token:
    kept: _Token = portal.kept().setdefault("scb_token", _Token())
    return kept


def _forget() -> None:
    kept = _kept()
    with kept.lock:
        kept.text = ""


def _token(here: Scb) -> str:
    kept = _kept()
    with kept.lock:
        if kept.text and kept.ends.is_ahead:
            return kept.text
        asked = json.dumps({"applicationKey": here.key, "applicationSecret": here.secret}).encode()
        answer = http.ask(here.url + "/v1/oauth/token", method="POST", headers=_headers(here), body=asked)
        reply = answer.json()
        code, words = _status(reply)
        token_fields = reply.get("data")
        text = token_fields.get("accessToken") if isinstance(token_fields, dict) else None
        if not answer.is_well or code != _WELL or not isinstance(text, str) or not _is_token(text):
            raise Unreachable(f"no token: HTTP {answer.status} {code} {words}".strip())
        lasts = str(token_fields.get("expiresIn", "")) if isinstance(token_fields, dict) else ""
        seconds = int(lasts) if lasts.isascii() and lasts.isdigit() and len(lasts) < 7 else 0
        kept.text, kept.ends = text, Until(max(0, seconds - _MARGIN))
        return kept.text


def _is_token(text: str) -> bool:
    return 0 < len(text) <= 4096 and text.isascii() and text.isprintable() and " " not in text
