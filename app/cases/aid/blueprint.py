"""The blueprint that the pages of requests, handovers and photos stand on."""

from flask import Blueprint, abort

from app.cases.aid import access
from app.cases.aid.records import AidRequest, Handover
from app.staff.doors import signed_in

bp = Blueprint("aid", __name__)


def request_or_404(code: str) -> AidRequest:
    """The request of this address, for a person who may see it; anyone else finds no such page."""
    return access.by_code(code, signed_in()) or abort(404)


def handover_or_404(number: int) -> Handover:
    """The handover of this address, for a person who may see its request."""
    return access.handover(number, signed_in()) or abort(404)
