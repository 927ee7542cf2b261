"""Charge lists: Omise's own list of charges, read page by page with nothing believed that contradicts itself.

Paging as in Omise's API reference, "List all charges": GET /charges with `from`, `to` (ISO 8601, over the moment a
charge was made), `limit` (at most 100), `offset` and `order`; the answer is a list object with `total` and `data`.
"""

import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.fund.bank.providers import omise
from app.fund.bank.providers.omise import Charge
from app.kit.errors import BadInput
from app.kit.http import Unreachable

#: Charges asked for on one page: the most that Omise lists.
PAGE = 100
#: A list that says it is longer than this is not read to its end.
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One charge of the list, and its JSON as it came."""

    charge: Charge
    raw: bytes


@dataclass(slots=True)
class ChargeList:
    """What a list said. `is_whole` is False when it broke off, said a charge twice, or has one that cannot be read."""

    listed: list[Listed] = field(default_factory=list)
    asked: int = 0
    is_whole: bool = True


def read(*, since: datetime, until: datetime) -> ChargeList:
    """Every charge that was made in this time, oldest first, each once; what Omise says of one in two ways is left out.

    Asks for no more pages than the first page's total makes necessary. A page without an answer ends the list, which
    is not whole then; what was read before stands.
    """
    found = ChargeList()
    known: dict[str, Listed] = {}
    doubtful: set[str] = set()
    total = offset = 0
    while True:
        found.asked += 1
        try:
            said = _page(since=since, until=until, offset=offset)
        except Unreachable:
            found.is_whole = False
            break
        data, says = said
        # The end of the time asked for is fixed, so the list can neither grow nor shrink while it is read.
        found.is_whole &= offset == 0 or says == total
        total = total or says
        before = len(known)
        for one in data:
            listed = _listed(one)
            if listed is None:
                found.is_whole = False
            elif known.setdefault(listed.charge.id, listed) is not listed:
                found.is_whole = False
                if known[listed.charge.id].raw != listed.raw:
                    doubtful.add(listed.charge.id)
        offset += PAGE
        if len(known) == before or offset >= min(total, MOST):
            break
    found.is_whole &= len(known) == total
    found.listed = [one for one in known.values() if one.charge.id not in doubtful]
    return found


def _page(*, since: datetime, until: datetime, offset: int) -> tuple[list[Any], int]:
    """The entries of one page, and how many Omise says there are in all. Raises Unreachable."""
    asked = {"from": _written(since), "to": _written(until), "limit": PAGE, "offset": offset}
    answer = omise.ask(f"/charges?{urllib.parse.urlencode(asked | {'order': 'chronological'})}")
    said = answer.said()
    if not answer.is_well or said.get("object") != "list":
        raise Unreachable(f"HTTP {answer.status}: no list of charges")
    data, total = said.get("data"), _number(said, "total")
    if not isinstance(data, list) or len(data) > PAGE or total is None:
        raise Unreachable("the list of charges cannot be read")
    if _number(said, "offset") != offset:
        raise Unreachable("another page than was asked for")
    return data, total


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(said: Mapping[str, Any], name: str) -> int | None:
    text = said.get(name)
    return (
        int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10 else None
    )


def _listed(said: Any) -> Listed | None:
    """One entry; None when it is no charge that can be read."""
    if not isinstance(said, dict) or said.get("object") != "charge":
        return None
    try:
        charge = omise.charge_of(said)
    except BadInput:
        return None
    return Listed(charge, json.dumps(said, ensure_ascii=False, sort_keys=True).encode())
