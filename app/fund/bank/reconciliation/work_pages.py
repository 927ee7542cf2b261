"""The working page: one event after another, the likeliest answer chosen already, one key to accept it."""

import re
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select, tuple_

from app.fund.bank import decision_approvals, words
from app.fund.bank.blueprint import bp
from app.fund.bank.match_reasons import UNDECIDED, MatchReason, ReconciliationState
from app.fund.bank.reconciliation import decisions, suggestions
from app.fund.bank.reconciliation.forms import WorkForm
from app.fund.bank.reconciliation.match_context import could_be_donation
from app.fund.bank.records import SOURCES, BankEvent, ReconciliationItem
from app.fund.counter import deposits
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.ledger.accounts import Purpose
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.thai import moment_text
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

#: What waits for somebody's word already, or for another person's on its file, is not offered; what was parked is, to
#: whoever asks for it.
_NOT_NOW = (MatchReason.PARKED, MatchReason.REFUND, MatchReason.ONE_PERSON)
_KEPT = "เก็บไว้แล้ว รออีกท่านหนึ่งยืนยัน"
_NUMBER = re.compile(r"[0-9]{1,18}")
_ITEMS = re.compile(r"[0-9]{1,18}(?:-[0-9]{1,18}){0,999}")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One thing that the money can be: the value a form sends, and what the officer reads."""

    value: str
    title: str
    words: str


def _open(*, parked: bool) -> Select[ReconciliationItem]:
    """Events to work on in the order of time: those that nobody has looked at yet, or those parked by an officer."""
    return (
        select(ReconciliationItem)
        .join(ReconciliationItem.event)
        .where(
            ReconciliationItem.state == ReconciliationState.WAITING,
            ReconciliationItem.match_reason == MatchReason.PARKED
            if parked
            else ReconciliationItem.match_reason.not_in(_NOT_NOW),
            ~decision_approvals.is_open(ReconciliationItem.event_id),
        )
        .order_by(BankEvent.occurred_at, BankEvent.id)
    )


def _count(*, parked: bool) -> int:
    return (
        db.session().scalar(select(func.count()).select_from(_open(parked=parked).order_by(None).subquery()))
        or 0
    )


def _is_parked() -> bool:
    """Whether the officer goes through what was parked."""
    return request.args.get("held") == "1"


def _mode() -> dict[str, Any]:
    """Arguments that keep to what was parked."""
    return {"held": "1"} if _is_parked() else {}


def _next(after: int | None) -> ReconciliationItem | None:
    """The next event to work on after this one, in the order of time."""
    statement = _open(parked=_is_parked()).limit(1)
    last = db.session().get(BankEvent, after) if after is not None and after < 2**63 else None
    if last is not None:
        statement = statement.where(
            tuple_(BankEvent.occurred_at, BankEvent.id) > tuple_(last.occurred_at, last.id)
        )
    return db.session().scalars(statement).first()


def _choices(item: ReconciliationItem) -> tuple[list[Choice], str]:
    """Everything the money may be, likeliest first, and the value that stands out; empty when a person must choose."""
    if not could_be_donation(item.event):
        return [], ""
    of_counter = [
        Choice(
            value=f"deposit:{'-'.join(str(number) for number in part.items)}",
            title="เงินที่เคาน์เตอร์นำฝาก",
            words=f"{part.words} ลงบัญชีไว้แล้วตอนรับเงิน จึงไม่ลงซ้ำ",
        )
        for part in deposits.deposit_of(item.event)
    ]
    likely = suggestions.candidates([item]).get(item.event_id, [])
    pointed = db.session().get(PaymentRequest, item.payment_request_id) if item.payment_request_id else None
    group = words.group(item, pointed.due_satang if pointed else None)
    found = of_counter + [
        Choice(
            value=candidate.key,
            title=f"{candidate.code} {candidate.whose}".strip(),
            words=f"{words.accept(group, item, candidate)} · {' · '.join(candidate.reasons)}",
        )
        for candidate in likely
    ]
    twins = suggestions.twins(item.event)
    found += [
        Choice(
            value=f"duplicate:{twin.event_id}",
            title="เป็นเงินก้อนเดียวกับที่อีกช่องทางแจ้ง",
            words=f"{SOURCES[twin.event.source]} {moment_text(twin.event.occurred_at)} {twin.event.ref1 or twin.event.payer}",
        )
        for twin in twins
    ]
    general = select(Purpose).where(Purpose.open).order_by(Purpose.code != "general", Purpose.id).limit(1)
    for purpose in db.session().scalars(general):
        found.append(
            Choice(
                value=f"purpose:{purpose.id}",
                title="เงินสมทบของผู้ไม่ประสงค์ออกนาม",
                words=f"ลงเป็นเงินสมทบ{purpose.name_th} เมื่อหาเจ้าของไม่พบ",
            )
        )
    best = suggestions.best(likely)
    # Where the same money may have been told before, or two are equally likely, nothing is chosen for the officer.
    return found, best.key if best is not None and not twins and not of_counter else ""


@bp.get("/bank/work")
@opens_to(Role.FINANCE)
def work() -> str:
    after = request.args.get("after", type=int)
    number = request.args.get("at", type=int)
    item = db.session().get(ReconciliationItem, number) if number is not None and 0 < number < 2**63 else None
    if item is None or item.state not in (ReconciliationState.WAITING, ReconciliationState.EXCLUDED):
        item = _next(after)
    return _page(item, after=after)


def _page(
    item: ReconciliationItem | None,
    *,
    after: int | None = None,
    refused: str = "",
    form: WorkForm | None = None,
) -> str:
    session = db.session()
    parked = _is_parked()
    done = session.get(ReconciliationItem, after) if after is not None and 0 < after < 2**63 else None
    choices, best = _choices(item) if item is not None else ([], "")
    if form is None:
        form = WorkForm(formdata=None, choice=best)
    form.offer([(choice.value, choice.title) for choice in choices])
    pointed = (
        session.get(PaymentRequest, item.payment_request_id) if item and item.payment_request_id else None
    )
    return render_template(
        "bank/work.html",
        item=item,
        event=item.event if item else None,
        group=words.group(item, pointed.due_satang if pointed else None) if item else None,
        choices=choices,
        # A note that was refused says nothing of what is chosen.
        chosen=best if form.choice.data is None else form.choice.data,
        form=form,
        left=_count(parked=parked),
        parked=parked,
        mode=_mode(),
        way={"back": "held" if parked else "work"},
        parked_count=0 if parked else _count(parked=True),
        done=done if done is not None and done.state not in UNDECIDED else None,
        passed=done if done is not None and done.state in UNDECIDED else None,
        states=words.STATES,
        sources=SOURCES,
        refused=refused,
    )


@bp.post("/bank/work/<int:number>")
@opens_to(Role.FINANCE)
def work_on(number: int) -> ResponseReturnValue:
    item = db.session().get(ReconciliationItem, number)
    if item is None:
        abort(404)
    form = WorkForm()
    form.offer([])
    if not form.validate_on_submit():
        return _page(item, form=form), 422
    try:
        with transaction():
            message = _do(number, form, by=signed_in())
    except Refused as refused:
        item = db.session().get_one(ReconciliationItem, number)
        return _page(item, refused=refused.words, form=form), 409
    flash(message, "success")
    return redirect(url_for("bank.work", after=number, **_mode()))


def _do(number: int, form: WorkForm, *, by: User) -> str:
    reason = form.reason.data or ""
    if form.deed.data == "park":
        # Held without a note, it still says why it waits.
        known = db.session().get_one(ReconciliationItem, number).reason
        decisions.park(number, reason=reason or known or "ยังไม่ทราบว่าเป็นของใคร", by=by)
        return "พักรอข้อมูลแล้ว"
    if form.deed.data == "exclude":
        return "บันทึกว่าไม่ใช่เงินสมทบแล้ว" if decisions.exclude(number, reason=reason, by=by) else _KEPT
    kind, _, key = (form.choice.data or "").partition(":")
    if kind == "deposit" and _ITEMS.fullmatch(key):
        linked = deposits.link(number, items=[int(number) for number in key.split("-")], by=by)
        return "จับคู่กับเงินที่เคาน์เตอร์นำฝากแล้ว" if linked else _KEPT
    if not _NUMBER.fullmatch(key) or kind not in ("payment_request", "pledge", "duplicate", "purpose"):
        raise Refused("กรุณาเลือกก่อนว่าเงินก้อนนี้เป็นของรายการใด หรือกดข้าม")
    if kind == "duplicate":
        linked = decisions.link(number, duplicate_of_id=int(key), by=by)
        return "บันทึกแล้วว่าเป็นเงินก้อนเดียวกัน" if linked else _KEPT
    donation = decisions.assign(
        number,
        payment_request_id=int(key) if kind == "payment_request" else None,
        pledge_id=int(key) if kind == "pledge" else None,
        purpose_id=int(key) if kind == "purpose" else None,
        by=by,
    )
    return "ลงเป็นเงินสมทบแล้ว" if donation else _KEPT
