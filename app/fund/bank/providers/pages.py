"""Endpoints of the bank's providers: SCB's confirmations and Omise's webhooks, kept first and judged afterwards."""

import hmac
import ipaddress
from typing import Any

from flask import abort, current_app, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.fund.bank.blueprint import bp
from app.fund.bank.providers import callbacks, omise
from app.fund.bank.providers.omise import Forged
from app.fund.bank.reconciliation import matching
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.kit.web import csrf
from app.settings import Settings
from app.staff.doors import EVERYONE, opens_to


def _here() -> Settings:
    return Settings.here()


def _is_from_scb() -> bool:
    """Whether the sender's address is one that the operator named for SCB; where none is named, any is."""
    allowed = _here().scb_addresses
    if not allowed:
        return True
    try:
        sender = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    if isinstance(sender, ipaddress.IPv6Address) and sender.ipv4_mapped is not None:
        sender = sender.ipv4_mapped
    return any(sender in network for network in allowed)


@bp.post(callbacks.PATH + "<key>")
@opens_to(EVERYONE)
def scb_callback(key: str) -> tuple[Any, int]:
    """Keep first, judge afterwards: once the message is kept the bank hears 2xx, whatever becomes of it."""
    if not _is_from_scb():
        # Who is not the bank does not learn whether the key was right, and the log does not either.
        current_app.logger.warning(
            "a bank confirmation from %s was refused by its address", request.remote_addr
        )
        abort(404)
    if not hmac.compare_digest(key.encode(), _here().callback_key.encode()):
        abort(404)
    request.max_content_length = callbacks.MOST_BYTES
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return jsonify(resCode="02", resDesc="message too large"), 413
    try:
        confirmation = callbacks.read(raw)
        with transaction():
            event_id, _ = callbacks.record(raw)
    except BadInput as refused:
        return jsonify(resCode="01", resDesc=refused.words), 400
    except Refused:
        # Nothing was kept: the bank must send it again.
        return jsonify(resCode="03", resDesc="busy, send again"), 503
    _reconcile(event_id)
    return jsonify(resCode="00", resDesc="success", transactionId=confirmation.transaction_id), 200


@bp.post(omise.PATH)
@opens_to(EVERYONE)
def omise_webhook() -> tuple[Any, int]:
    """Keep first, ask Omise afterwards. A repeat hears the same answer; only a signature or message that is none
    hears 4xx."""
    if omise.configured() is None:
        abort(404)
    request.max_content_length = omise.MOST_BYTES
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return jsonify(error="message too large"), 413
    try:
        omise.verify(
            raw,
            stamp=request.headers.get("Omise-Signature-Timestamp", ""),
            signatures=request.headers.get("Omise-Signature", ""),
        )
        with transaction():
            omise.record(raw)
    except Forged as refused:
        current_app.logger.warning(
            "an Omise webhook from %s was refused: %s", request.remote_addr, refused.words
        )
        return jsonify(error=refused.words), 401
    except BadInput as refused:
        return jsonify(error=refused.words), 400
    except Refused:
        return jsonify(error="busy, send again"), 503
    return jsonify(received=True), 200


def _reconcile(event_id: int) -> None:
    try:
        with transaction():
            matching.reconcile(event_id)
    except Refused as refused:
        current_app.logger.warning(
            "bank event %s is kept and will be reconciled by the job: %s", event_id, refused.words
        )


# Providers have no form of ours to send back; the key in the address, or the signature, stands in for it.
csrf.exempt(scb_callback)
csrf.exempt(omise_webhook)
