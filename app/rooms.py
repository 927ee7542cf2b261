"""The one list: what each room brings to the portal.

Nothing is there because it was imported. A page, a check or whatever else a room makes is part of the portal when it stands
here, and `tests/test_rooms.py` finds what was made and not listed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from flask import Blueprint

from app.cases.aid import costs, deliveries
from app.cases.aid import refusals as aid_refusals
from app.cases.aid import requests as aid_requests
from app.cases.aid import views as aid_views
from app.cases.aid.committee_pages import pages as committee_views
from app.cases.care import pages as care_pages
from app.cases.care import refusals as care_refusals
from app.cases.register import pages as register_pages
from app.cases.register import refusals as register_refusals
from app.editions import editions, figures
from app.editions import refusals as editions_refusals
from app.fund.bank import checks as bank_checks
from app.fund.bank import refusals as bank_refusals
from app.fund.bank import views as bank_views
from app.fund.bank.inquiry import verification
from app.fund.bank.reconciliation import refunds
from app.fund.closing import checks as closing_checks
from app.fund.closing import views as closing_views
from app.fund.committee import committee
from app.fund.committee import refusals as committee_refusals
from app.fund.counter import checks as counter_checks
from app.fund.counter import refusals as counter_refusals
from app.fund.counter import views as counter_views
from app.fund.giving import refusals as giving_refusals
from app.fund.giving import views as giving_views
from app.fund.giving.donations import checks as donation_checks
from app.fund.giving.goods import checks as goods_checks
from app.fund.giving.networks import networks
from app.fund.giving.pledges import instalments
from app.fund.giving.receipts import checks as receipt_checks
from app.fund.ledger import books
from app.fund.ledger import pages as books_pages
from app.fund.ledger import refusals as ledger_refusals
from app.fund.ledger.books import IntegrityCheck
from app.fund.spending import pages as spending_pages
from app.fund.spending import payments, tracing
from app.fund.spending import refusals as spending_refusals
from app.fund.store import pages as store_pages
from app.fund.store import refusals as store_refusals
from app.kit import db, outbox
from app.public import display, way_pages
from app.public import pages as public_pages
from app.staff import pages as staff_pages
from app.staff import refusals as staff_refusals
from app.warroom import pages as warroom_pages

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Room:
    """What a room brings. What it does not name, it does not have."""

    name: str
    pages: tuple[Blueprint, ...] = ()
    #: What must hold of its rows at any moment; every check of the books asks all of them.
    checks: tuple[IntegrityCheck, ...] = ()
    #: What a person reads when the database refuses, by the name of the constraint or trigger that does.
    refusals: Mapping[str, str] = field(default_factory=dict)


KIT = Room(name="kit", refusals=outbox.REFUSALS)

STAFF = Room(name="staff", refusals=staff_refusals.REFUSALS, pages=(staff_pages.bp,))

LEDGER = Room(
    name="ledger",
    refusals=ledger_refusals.REFUSALS,
    pages=(books_pages.bp,),
    checks=(books.balances_equal_entries, books.received_is_accounted_for, books.no_overdraft_no_mixing),
)

STORE = Room(name="store", refusals=store_refusals.REFUSALS, pages=(store_pages.bp,))

GIVING = Room(
    name="giving",
    refusals=giving_refusals.REFUSALS,
    pages=(giving_views.bp,),
    checks=(
        networks.paths_follow_parents,
        instalments.instalments_are_the_pledge,
        donation_checks.donations_are_in_the_books,
        donation_checks.reversals_are_in_the_books,
        donation_checks.standing_donations_are_what_was_received,
        donation_checks.received_payment_requests_have_donations,
        receipt_checks.receipts_without_gap,
        receipt_checks.receipts_say_what_stands,
        goods_checks.goods_are_documents_and_stock,
    ),
)

BANK = Room(
    name="bank",
    refusals=bank_refusals.REFUSALS,
    pages=(bank_views.bp,),
    checks=(
        bank_checks.donations_came_from_the_bank,
        bank_checks.events_became_donations_whole,
        bank_checks.every_event_has_an_item,
        bank_checks.pairs_are_true_pairs,
        bank_checks.lines_rest_on_more_than_one_person,
        bank_checks.joined_statements_join,
        bank_checks.no_line_is_lost,
        refunds.refunds_are_what_they_say,
        verification.what_was_confirmed_still_is,
        verification.what_omise_gave_back_stands_no_more,
    ),
)

COUNTER = Room(
    name="counter",
    refusals=counter_refusals.REFUSALS,
    pages=(counter_views.bp,),
    checks=(
        counter_checks.counter_payments_are_events,
        counter_checks.cash_counts_equal_their_counter_payments,
        counter_checks.deposits_equal_their_lines,
    ),
)

CLOSING = Room(name="closing", pages=(closing_views.bp,), checks=(closing_checks.closed_months_stay_true,))

COMMITTEE = Room(
    name="committee",
    refusals=committee_refusals.REFUSALS,
    checks=(committee.resolutions_commit, committee.resolutions_count_votes),
)

SPENDING = Room(
    name="spending",
    refusals=spending_refusals.REFUSALS,
    pages=(spending_pages.bp,),
    checks=(
        payments.payments_are_booked,
        payments.payments_follow_orders,
        payments.committed_is_approved_less_paid,
        payments.settled_leaves_nothing,
        tracing.payments_are_traced,
        payments.vouchers_run_without_gap,
    ),
)

REGISTER = Room(name="register", refusals=register_refusals.REFUSALS, pages=(register_pages.bp,))

CARE = Room(name="care", refusals=care_refusals.REFUSALS, pages=(care_pages.bp,))

AID = Room(
    name="aid",
    refusals=aid_refusals.REFUSALS,
    pages=(aid_views.bp, committee_views.bp),
    checks=(
        aid_requests.requests_equal_proposals,
        costs.asked_by_who_drew_up,
        costs.given_was_bought,
        costs.delivered_within_paid,
        deliveries.deliveries_are_logged,
    ),
)

EDITIONS = Room(
    name="editions",
    refusals=editions_refusals.REFUSALS,
    checks=(editions.chain_holds, editions.delivered_within_paid, figures.tables_add_up),
)

PUBLIC = Room(name="public", pages=(public_pages.bp, way_pages.bp, display.bp))

WARROOM = Room(name="warroom", pages=(warroom_pages.bp,))

#: In the order of the house, the ground first.
ROOMS: tuple[Room, ...] = (
    KIT,
    STAFF,
    LEDGER,
    STORE,
    GIVING,
    BANK,
    COUNTER,
    CLOSING,
    COMMITTEE,
    SPENDING,
    REGISTER,
    CARE,
    AID,
    EDITIONS,
    PUBLIC,
    WARROOM,
)


def furnish() -> None:
    """Hand each tool its list of what the rooms bring."""
    books.CHECKS.set(_merged({check.name: check for check in room.checks} for room in ROOMS))
    db.REFUSALS.set(_merged(room.refusals for room in ROOMS))


def _merged(lists: Iterable[Mapping[str, T]]) -> dict[str, T]:
    """The lists of all rooms in one. Raises RuntimeError when two rooms bring something of one name."""
    merged: dict[str, T] = {}
    for listed in lists:
        if twice := merged.keys() & listed.keys():
            raise RuntimeError(f"listed by two rooms: {', '.join(sorted(twice))}")
        merged |= listed
    return merged
