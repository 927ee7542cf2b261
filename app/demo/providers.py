"""The demonstration's providers over HTTP: SCB's token and inquiry, and Omise's charges, answered from their own books.

Nothing of the fund's is read here: what these answer is what the bank knows, whatever the portal was told.
"""

import base64
import hashlib
import hmac
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from flask import jsonify, request

from app.demo.charges import Charges, charge_object
from app.demo.ledger import Ledger
from app.demo.messages import payment
from app.demo.pages import bp
from app.kit.web import csrf
from app.settings import Omise, Scb, Settings
from app.staff.doors import EVERYONE, opens_to

_LASTS = 1800
#: Omise lists at most so many charges on a page.
_MOST_LISTED = 100
SCB, OMISE = "/demo/scb", "/demo/omise"


def environment(settings: Settings) -> dict[str, str]:
    """Settings by which a demonstration that is served asks its own bank, so that the real code path runs."""
    here = f"http://{own_host(settings)}:{settings.port}"
    return {
        "KUEAKUN_SCB_URL": here + SCB,
        "KUEAKUN_SCB_KEY": _own(settings, "scb-key"),
        "KUEAKUN_SCB_SECRET": _own(settings, "scb-secret"),
        "KUEAKUN_OMISE_URL": here + OMISE,
        "KUEAKUN_OMISE_KEY": _own(settings, "omise-key"),
        "KUEAKUN_OMISE_SECRETS": base64.b64encode(_own(settings, "omise-webhook").encode()).decode(),
    }


def introduced(settings: Settings) -> Settings:
    """The same demonstration, knowing its own bank: for a command given beside the one that is served."""
    named = environment(settings)
    scb = Scb(named["KUEAKUN_SCB_URL"], named["KUEAKUN_SCB_KEY"], named["KUEAKUN_SCB_SECRET"])
    secret = base64.b64decode(named["KUEAKUN_OMISE_SECRETS"])
    omise = Omise(named["KUEAKUN_OMISE_URL"], named["KUEAKUN_OMISE_KEY"], (secret,))
    return replace(settings, scb=settings.scb or scb, omise=settings.omise or omise)


def own_host(settings: Settings) -> str:
    """The address under which this portal reaches itself."""
    return "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104 — compared, not bound


def _own(settings: Settings, what: str) -> str:
    return hmac.new(settings.secret_key.encode(), f"demo:{what}".encode(), hashlib.sha256).hexdigest()


def _here() -> Settings:
    return Settings.here()


def _token(hour: int) -> str:
    return _own(_here(), f"scb-token:{hour}")


def _is_known(given: str, due: str) -> bool:
    return hmac.compare_digest(given.encode(), due.encode())


def _status(code: int, words: str, status: int) -> tuple[Any, int]:
    return jsonify(status={"code": code, "description": words}), status


@bp.post(SCB + "/v1/oauth/token")
@opens_to(EVERYONE)
def scb_token() -> tuple[Any, int]:
    asked = request.get_json(silent=True)
    asked = asked if isinstance(asked, dict) else {}
    here = _here()
    known = _is_known(str(asked.get("applicationKey", "")), _own(here, "scb-key"))
    known &= _is_known(str(asked.get("applicationSecret", "")), _own(here, "scb-secret"))
    if not known:
        return _status(9300, "Invalid Authorization Credentials", 401)
    hour = int(time.time()) // _LASTS
    fields = {
        "accessToken": _token(hour),
        "tokenType": "Bearer",
        "expiresIn": _LASTS,
        "expiresAt": (hour + 1) * _LASTS,
    }
    return jsonify(status={"code": 1000, "description": "Success"}, data=fields), 200


# The bank's client has no form of ours.
csrf.exempt(scb_token)


@bp.get(SCB + "/v1/payment/billpayment/inquiry")
@opens_to(EVERYONE)
def scb_inquiry() -> tuple[Any, int]:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    hour = int(time.time()) // _LASTS
    if not any(_is_known(given, _token(since)) for since in (hour, hour - 1)):
        return _status(9500, "Invalid Access Token", 401)
    if not request.headers.get("resourceOwnerId") or not request.headers.get("requestUId"):
        return _status(1101, "Missing required headers", 400)
    asked = request.args
    try:
        on = date.fromisoformat(asked.get("transactionDate", ""))
    except ValueError:
        return _status(1102, "Invalid transactionDate", 400)
    if asked.get("eventCode") != "00300100" or not asked.get("billerId"):
        return _status(1101, "Missing required parameters", 400)
    found = Ledger(_here().data).bills(biller=asked["billerId"], on=on, ref1=asked.get("reference1", ""))
    if not found:
        return _status(4101, "Transaction not found", 404)
    listed = [payment(line) | {"reverseFlag": "Y" if is_reversed else "N"} for line, is_reversed in found]
    return jsonify(status={"code": 1000, "description": "Success"}, data=listed), 200


def _knows_omise() -> bool:
    named = request.authorization
    return named is not None and _is_known(named.get("username") or "", _own(_here(), "omise-key"))


_STRANGER = "authentication_failure", "authentication failed", 401


def _omise_error(code: str, words: str, status: int) -> tuple[Any, int]:
    return jsonify(object="error", code=code, message=words), status


@bp.get(OMISE + "/charges")
@opens_to(EVERYONE)
def omise_charges() -> tuple[Any, int]:
    """One page of the list of charges, by the time they were made, as Omise's "List all charges" has it."""
    if not _knows_omise():
        return _omise_error(*_STRANGER)
    asked = request.args
    try:
        since = _moment(asked.get("from", "1970-01-01T00:00:00Z"))
        until = _moment(asked.get("to", "2199-01-01T00:00:00Z"))
        limit, offset = int(asked.get("limit", "20")), int(asked.get("offset", "0"))
    except ValueError:
        return _omise_error("bad_request", "invalid parameters", 400)
    order = asked.get("order", "chronological")
    if (
        not 1 <= limit <= _MOST_LISTED
        or offset < 0
        or order not in ("chronological", "reverse_chronological")
    ):
        return _omise_error("bad_request", "invalid parameters", 400)
    found = Charges(_here().data).listed(since=since, until=until)
    if order != "chronological":
        found.reverse()
    page = [charge_object(charge) for charge in found[offset : offset + limit]]
    fields = {
        "object": "list",
        "from": since.isoformat(),
        "to": until.isoformat(),
        "offset": offset,
        "limit": limit,
        "total": len(found),
        "order": order,
        "location": "/charges",
        "data": page,
    }
    return jsonify(fields), 200


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@bp.get(OMISE + "/charges/<charge_id>")
@opens_to(EVERYONE)
def omise_charge(charge_id: str) -> tuple[Any, int]:
    if not _knows_omise():
        return _omise_error(*_STRANGER)
    charged = Charges(_here().data).find(charge_id)
    if charged is None:
        return _omise_error("not_found", "charge was not found", 404)
    return jsonify(charge_object(charged)), 200
