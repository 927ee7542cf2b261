"""Splits: small requests of one person from one purpose within some days, which together are more than one decides alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.fund.committee.records import Proposal, ProposalState, Resolution
from app.fund.committee.records.bodies import Body, Level
from app.kit.db import db
from app.kit.money import format_baht
from app.province.profile import Profile

#: Of these the fund may still pay, or has.
_COUNTED = (ProposalState.SUBMITTED, ProposalState.TABLED, ProposalState.APPROVED, ProposalState.SETTLED)


@dataclass(frozen=True, slots=True)
class Split:
    """A request with the others that it is added up with."""

    #: Of the others, the first first; never empty.
    codes: tuple[str, ...]
    #: Of all of them, the request itself included.
    satang: int
    days: int

    @property
    def words(self) -> str:
        """As pages say it to who decides."""
        return (
            f"ผู้ขอรายเดียวกันขอเงินวัตถุประสงค์เดียวกันภายใน {self.days} วัน รวม {len(self.codes) + 1} คำขอ "
            f"เป็นเงิน {format_baht(self.satang)} บาท คือเรื่องนี้กับ {', '.join(self.codes)}"
        )


def of(proposals: Sequence[Proposal]) -> dict[int, Split]:
    """Of these, by id, those that have others beside them within the days of the profile; in one query for ten as for one.

    The fund knows no household: it adds up what one person asked for from one purpose, each within what one decides
    alone. What a meeting decided on is no part of a split, nor what was rejected, withdrawn or rescinded.
    """
    most, days = Profile.here().ceiling(Level.SOLE) or 0, Profile.here().split_days
    small = [proposal for proposal in proposals if 0 < proposal.satang <= most]
    if not small:
        return {}
    span = timedelta(days=days)
    decided = (
        select(Resolution.id)
        .join(Body, Body.id == Resolution.body_id)
        .where(Resolution.proposal_id == Proposal.id, Body.level != Level.SOLE)
    )
    rows = (
        select(Proposal)
        .where(
            Proposal.asked_by_id.in_({proposal.asked_by_id for proposal in small}),
            Proposal.purpose_id.in_({proposal.purpose_id for proposal in small}),
            Proposal.submitted_at >= min(proposal.submitted_at for proposal in small) - span,
            Proposal.submitted_at <= max(proposal.submitted_at for proposal in small) + span,
            Proposal.satang <= most,
            Proposal.state.in_(_COUNTED),
            ~decided.exists(),
        )
        .order_by(Proposal.submitted_at, Proposal.id)
    )
    known = list(db.session().scalars(rows))
    found = {}
    for proposal in small:
        others = [
            other
            for other in known
            if other.id != proposal.id
            and (other.asked_by_id, other.purpose_id) == (proposal.asked_by_id, proposal.purpose_id)
            and abs(other.submitted_at - proposal.submitted_at) <= span
        ]
        if others:
            whole = proposal.satang + sum(other.satang for other in others)
            found[proposal.id] = Split(tuple(other.code for other in others), whole, days)
    return found
