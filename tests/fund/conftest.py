"""Portals whose bank stands beside them and is asked."""

from collections.abc import Iterator
from pathlib import Path

import peers
import pytest
from flask import Flask
from peers import Peer, introduce
from people import Cast


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Peer]:
    """A bank at work, SCB and Omise in one."""
    folder = tmp_path / "bank"
    folder.mkdir()
    with peers.bank_at_work(folder) as peer:
        yield peer


@pytest.fixture
def asking(portal: Flask, cast: Cast, bank: Peer) -> Flask:
    """A portal that asks SCB."""
    introduce(portal, scb=bank.scb)
    return portal


@pytest.fixture
def taking(portal: Flask, cast: Cast, bank: Peer) -> Flask:
    """A portal that takes charges of Omise, and of no other bank that can be asked."""
    introduce(portal, omise=bank.omise)
    return portal
