"""The bank's room as the portal sees it: every page, proof and answer of it joins by being read here."""

from app.fund.bank import (
    answers,
    cash_ups,
    counter_proofs,
    counter_views,
    deciding_views,
    draft_views,
    event_views,
    month_views,
    peer_views,
    proofs,
    queue_views,
    refund_views,
    split_views,
    statement_views,
    work_views,
)
from app.fund.bank.pages import bp

__all__ = ["bp"]

# Proofs join every check of the books.
assert proofs
assert counter_proofs
# Givers' slips are answered.
assert answers
assert cash_ups
# Pages join the blueprint.
assert queue_views
assert work_views
assert event_views
assert deciding_views
assert split_views
assert refund_views
assert statement_views
assert draft_views
assert peer_views
assert counter_views
assert month_views
