"""The finance officer's first page: everything that waits, by kind, with what can be done about it."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from flask import render_template, request
from sqlalchemy import Select, func, select

from app.fund.bank import decision_approvals, words
from app.fund.bank.blueprint import bp, import_form
from app.fund.bank.inquiry import denials
from app.fund.bank.match_reasons import UNDECIDED, QueueGroup, ReconciliationState
from app.fund.bank.reconciliation import suggestions
from app.fund.bank.reconciliation.refunds import Refund
from app.fund.bank.records import SOURCES, BankEvent, ReconciliationItem
from app.fund.bank.statements import continuations
from app.fund.giving.goods import documents
from app.fund.giving.receipts import receipts
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.ledger import books
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.paging import links, page_number
from app.staff import approvals
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

#: Cards on a page of one kind, and of each kind where all are shown together.
_ON_A_PAGE, _OF_EACH = 20, 3


@bp.get("/bank")
@opens_to(Role.FINANCE, Role.AUDITOR)
def queue() -> str:
    page = page_number()
    sums = _sums()
    # Everything is shown unless one kind was asked for; a kind that does not exist shows everything.
    chosen = next((group for group in words.GROUPS if group == request.args.get("kind")), None)
    shown = [chosen] if chosen else [group for group in words.GROUPS if group in sums]
    # One kind is paged through; of several the oldest of each are shown, so that the page stays one for a phone.
    alone = len(shown) == 1
    most, skipped = (_ON_A_PAGE, (page - 1) * _ON_A_PAGE) if alone else (_OF_EACH, 0)
    found = {group: _oldest(group, most=most, skipped=skipped) for group in shown}
    ours = [
        item
        for group, items in found.items()
        if group not in (QueueGroup.OTHER_BILLER, QueueGroup.FOREIGN_CURRENCY)
        for item in items
    ]
    return render_template(
        "bank/queue.html",
        **_posted_today(),
        sections=[(group, sums.get(group, (0, 0)), items) for group, items in found.items()],
        alone=alone,
        groups=[(group, *sums[group]) for group in words.GROUPS if group in sums],
        chosen=chosen,
        count=sum(count for count, _ in sums.values()),
        total=sum(satang for _, satang in sums.values()),
        # What is not our money is not offered as a donation: accepting it would only be refused.
        candidates=suggestions.candidates(ours),
        best=suggestions.best,
        accept=words.accept,
        asked=_asked({item.event_id for items in found.values() for item in items}),
        to_confirm=count_to_confirm(),
        denied=denials.unresolved(),
        states=words.STATES,
        owed=receipts.owed()[0],
        goods_owed=documents.count_owed(),
        last_check=books.last_check(),
        form=import_form(),
        pages=links(
            "bank.queue",
            page,
            sums.get(shown[0], (0, 0))[0] if alone else 0,
            _ON_A_PAGE,
            **({"kind": chosen.value} if chosen else {}),
        ),
        sources=SOURCES,
        may_decide=signed_in().has(Role.FINANCE),
    )


def _undecided(selected: Select[Any]) -> Select[Any]:
    """What is asked of undecided items, with their events and the payment requests they point at."""
    return (
        selected.select_from(ReconciliationItem)
        .join(ReconciliationItem.event)
        .outerjoin(PaymentRequest, PaymentRequest.id == ReconciliationItem.payment_request_id)
        .where(ReconciliationItem.state.in_(UNDECIDED))
    )


def _sums() -> dict[str, tuple[int, int]]:
    """How many events of each kind wait, and their satang."""
    of = words.group_of().label("of")
    counted = _undecided(select(of, func.count(), func.coalesce(func.sum(BankEvent.satang), 0))).group_by(of)
    return {kind: (int(count), int(satang)) for kind, count, satang in db.session().execute(counted)}


def _oldest(group: QueueGroup, *, most: int, skipped: int) -> Sequence[ReconciliationItem]:
    waiting = _undecided(select(ReconciliationItem)).where(words.group_of() == group)
    ordered = waiting.order_by(BankEvent.occurred_at, BankEvent.id)
    return db.session().scalars(ordered.limit(most).offset(skipped)).all()


def _posted_today() -> dict[str, Any]:
    """What became donations today: the newest of them, how many and how much."""
    since = datetime.combine(clock.today(), time(), BANGKOK)
    today = ReconciliationItem.state == ReconciliationState.POSTED, ReconciliationItem.decided_at >= since
    session = db.session()
    count, total = session.execute(
        select(func.count(), func.coalesce(func.sum(BankEvent.satang), 0))
        .select_from(ReconciliationItem)
        .join(ReconciliationItem.event)
        .where(*today)
    ).one()
    newest = select(ReconciliationItem).where(*today).order_by(ReconciliationItem.decided_at.desc())
    return {
        "posted": list(session.scalars(newest.limit(_ON_A_PAGE))),
        "posted_count": count,
        "posted_total": int(total),
    }


def _asked(numbers: set[int]) -> set[int]:
    """Which of these events wait for another's approval, or for the answer to a refund."""
    session = db.session()
    hands = select(BankEvent.id).where(BankEvent.id.in_(numbers), decision_approvals.is_open(BankEvent.id))
    back = select(Refund.event_id).where(
        Refund.event_id.in_(numbers), Refund.donation_id.is_(None), Refund.state.in_(("asked", "approved"))
    )
    return set(session.scalars(hands)) | set(session.scalars(back))


def count_to_confirm() -> int:
    """How many decisions and refunds wait for another person's word."""
    return approvals.count_of_finance() + continuations.count_open()
