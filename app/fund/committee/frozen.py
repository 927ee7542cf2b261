"""Frozen: the rules and facts that an item of the agenda is decided by, from the moment it is tabled."""

import json
from collections.abc import Callable
from typing import Any

from app.fund.committee import splits
from app.fund.committee.records import Matter, Meeting, Proposal, ProposalVersion
from app.fund.ledger import books
from app.kit import clock
from app.kit.injected import Injected
from app.province.profile import Profile

#: What the committee is shown of a proposal beside its sum, by its code; counts and words, and nobody's name.
SEEN: Injected[Callable[[str], dict[str, Any]]] = Injected("what the committee sees of a proposal")


def at_tabling(meeting: Meeting, proposal: Proposal, version: ProposalVersion, matter: Matter) -> str:
    """JSON with sorted keys: `tier`, whether it is pending and by which regulation, the body's `rules` by number and order with
    their `quorum` and `majority`, the codes `beside` it that may be a split, `available` by purpose, `seen`."""
    profile = Profile.here()
    tier = profile.tier(version.satang)
    rules, split = meeting.rules, splits.of([proposal]).get(proposal.id)
    return json.dumps(
        {
            "at": clock.now().isoformat(timespec="seconds"),
            "tier": tier.by_th,
            "tier_pending": not profile.tiers_regulation,
            "tier_regulation": profile.tiers_regulation,
            "body": meeting.body.code,
            "rules": rules.number,
            "rules_order": rules.order_number,
            "quorum": rules.quorum_count or [rules.quorum_part, rules.quorum_whole],
            "majority": rules.majority_of(matter),
            "beside": list(split.codes) if split else [],
            "available": {balance.purpose.code: balance.available for balance in books.balances()},
            "seen": SEEN.get()(proposal.code),
        },
        sort_keys=True,
        ensure_ascii=False,
    )
