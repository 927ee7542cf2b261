"""Jobs of the staff's room."""

from collections.abc import Mapping
from typing import Any

from app.kit import outbox
from app.kit.db import transaction
from app.settings import Settings
from app.staff import approvals, audit, people, resets


def chain() -> Mapping[str, Any]:
    """Chain what the trail has recorded since the last link."""
    with transaction():
        return {"chained": audit.chain()}


def chain_late() -> Mapping[str, Any]:
    """Chain also what came late, out of order."""
    with transaction():
        return {"chained": audit.chain(whole=True)}


def lapse_approvals() -> Mapping[str, Any]:
    """Let requests go that nobody answered in time."""
    with transaction():
        return {"lapsed": approvals.lapse_due()}


def end_terms() -> Mapping[str, Any]:
    """End the roles whose last day is over."""
    with transaction():
        return {"ended": people.end_terms()}


def send_messages() -> Mapping[str, Any]:
    """Send what is due through the channels that are configured."""
    settings = Settings.here()
    return outbox.send_due(settings.channels, fill=resets.fill)
