"""The finance officer's first page: everything that waits, by kind, with what can be done about it."""

from datetime import datetime, time

from flask import render_template, request
from sqlalchemy import func, select

from app.fund.bank import acceptances, refunds, second_hands, suggestions, words
from app.fund.bank.events import BankEvent, Settlement
from app.fund.bank.pages import PAGE, bp, import_form, page_number, pages
from app.fund.bank.refunds import Refund
from app.fund.bank.second_hands import SecondHand
from app.fund.giving import receipts
from app.fund.giving.donations import Donation
from app.fund.ledger import books
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


@bp.get("/bank")
@opens_to(Role.FINANCE, Role.AUDITOR)
def queue() -> str:
    session = db.session()
    page = page_number()
    undecided = Settlement.state.in_(("waiting", "new"))
    of = words.group_of().label("of")
    counted = (
        select(of, func.count(), func.coalesce(func.sum(BankEvent.satang), 0))
        .select_from(Settlement)
        .join(Settlement.event)
        .outerjoin(Donation, Donation.id == Settlement.donation_id)
        .where(undecided)
        .group_by(of)
    )
    sums = {key: (int(count), int(satang)) for key, count, satang in session.execute(counted)}
    # Everything is shown unless one kind was asked for; a kind that does not exist shows everything.
    chosen = words.BY_KEY.get(request.args.get("kind", ""))
    statement = (
        select(Settlement, of)
        .join(Settlement.event)
        .outerjoin(Donation, Donation.id == Settlement.donation_id)
        .where(undecided)
        .order_by(words.order_of(), BankEvent.occurred_at, BankEvent.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    if chosen is not None:
        statement = statement.where(words.group_of() == chosen.key)
    rows = [(one, words.BY_KEY[key]) for one, key in session.execute(statement)]
    shown = sums.get(chosen.key, (0, 0))[0] if chosen else sum(count for count, _ in sums.values())
    since = datetime.combine(clock.today(), time(), BANGKOK)
    today = Settlement.state == "posted", Settlement.decided_at >= since
    posted_count, posted_total = session.execute(
        select(func.count(), func.coalesce(func.sum(BankEvent.satang), 0))
        .select_from(Settlement)
        .join(Settlement.event)
        .where(*today)
    ).one()
    posted = session.scalars(
        select(Settlement).where(*today).order_by(Settlement.decided_at.desc()).limit(PAGE)
    )
    return render_template(
        "bank/queue.html",
        rows=rows,
        groups=[(group, *sums[group.key]) for group in words.GROUPS if group.key in sums],
        chosen=chosen,
        count=sum(count for count, _ in sums.values()),
        total=sum(satang for _, satang in sums.values()),
        # What is not our money is not offered as a gift: accepting it would only be refused.
        candidates=suggestions.candidates([one for one, of in rows if of.key not in ("biller", "currency")]),
        best=suggestions.best,
        accept=words.accept,
        asked=_asked({one.event_id for one, _ in rows}),
        to_confirm=count_to_confirm(),
        owed=receipts.owed()[0],
        posted=list(posted),
        posted_count=posted_count,
        posted_total=int(posted_total),
        last_check=books.last_check(),
        form=import_form(),
        pages=pages("bank.queue", page, shown, **({"kind": chosen.key} if chosen else {})),
        sources=words.SOURCES,
        may_decide=signed_in().has(Role.FINANCE),
    )


def _asked(numbers: set[int]) -> set[int]:
    """Which of these events wait for a second hand, or for the answer to a refund."""
    session = db.session()
    hands = select(SecondHand.event_id).where(SecondHand.event_id.in_(numbers), SecondHand.state == "asked")
    back = select(Refund.event_id).where(
        Refund.event_id.in_(numbers), Refund.gift_id.is_(None), Refund.state.in_(("asked", "approved"))
    )
    return set(session.scalars(hands)) | set(session.scalars(back))


def count_to_confirm() -> int:
    """How many decisions and refunds wait for another person's word."""
    return second_hands.count_open() + refunds.count_asked() + acceptances.count_open()
