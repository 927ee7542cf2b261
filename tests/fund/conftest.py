"""Portals whose bank stands beside them and is asked."""

from collections.abc import Iterator
from pathlib import Path

import providers
import pytest
from flask import Flask
from people import Cast
from providers import Provider, introduce

from app.fund.bank.providers import inquiries


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Provider]:
    """A bank at work, SCB and Omise in one."""
    folder = tmp_path / "bank"
    folder.mkdir()
    with providers.bank_at_work(folder) as provider:
        yield provider


@pytest.fixture
def asking(portal: Flask, cast: Cast, bank: Provider) -> Flask:
    """A portal that asks SCB."""
    introduce(portal, scb=bank.scb)
    return portal


@pytest.fixture
def taking(portal: Flask, cast: Cast, bank: Provider) -> Flask:
    """A portal that takes charges of Omise, and of no other bank that can be asked."""
    introduce(portal, omise=bank.omise)
    return portal


@pytest.fixture
def silent_bank(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callbacks are asked about, and the bank has not answered yet."""
    monkeypatch.setattr(
        inquiries, "unproven", lambda events: {event.id for event in events if event.source == "scb"}
    )
