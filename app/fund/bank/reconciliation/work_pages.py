"""The working page: the lines that wait, the one in hand, and whose it may be; one key accepts the likeliest answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, case, func, select, tuple_

from app.fund.bank import decision_approvals, words
from app.fund.bank.blueprint import bp
from app.fund.bank.event_pages import history_of
from app.fund.bank.match_reasons import UNDECIDED, MatchReason, QueueGroup, ReconciliationState
from app.fund.bank.reconciliation import decisions, deposits, latest_decisions, owner_search, suggestions
from app.fund.bank.reconciliation.forms import WorkForm
from app.fund.bank.reconciliation.match_context import could_be_donation
from app.fund.bank.reconciliation.suggestions import Candidate
from app.fund.bank.records import SOURCES, BankEvent, ReconciliationItem
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.ledger.accounts import Purpose
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import moment_text
from app.province.banks import bank_name
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

#: What waits for somebody's word already, or for another person's on its file, is not offered; what was parked is, to
#: whoever asks for it.
_NOT_NOW = (MatchReason.REFUND, MatchReason.ONE_PERSON)
_KEPT = "เก็บไว้แล้ว รออีกท่านหนึ่งยืนยัน"
_NUMBER = re.compile(r"[0-9]{1,18}")
_ITEMS = re.compile(r"[0-9]{1,18}(?:-[0-9]{1,18}){0,999}")
#: Lines in view beside the one in hand: a few that were passed over, and those that come next.
_BEFORE, _AFTER = 3, 14


@dataclass(frozen=True, kw_only=True)
class WorkChoice:
    """One thing that the money can be: the value a form sends, and what the officer reads."""

    value: str
    title: str
    words: str = ""
    figure: str = ""
    #: What speaks for it (true) and against it (false).
    reasons: Sequence[tuple[str, bool]] = ()


def _is_parked() -> bool:
    """Whether the officer goes through what was parked."""
    return request.args.get("held") == "1"


def _searched() -> str:
    """What the lines are searched for; empty where all of them are shown."""
    return visible(request.args.get("q", ""))[:60]


def _mode() -> dict[str, Any]:
    """Arguments that keep to what was parked and to what the lines are searched for."""
    kept = {"held": "1"} if _is_parked() else {}
    return kept | ({"q": _searched()} if _searched() else {})


def _waiting() -> Select[ReconciliationItem]:
    """Events to work on, those that nobody has looked at yet and those parked by an officer, as far as searched for."""
    statement = (
        select(ReconciliationItem)
        .join(ReconciliationItem.event)
        .where(
            ReconciliationItem.state == ReconciliationState.WAITING,
            ReconciliationItem.match_reason.not_in(_NOT_NOW),
            ~decision_approvals.is_open(ReconciliationItem.event_id),
        )
    )
    return statement.where(owner_search.says(_searched())) if _searched() else statement


def _open() -> Select[ReconciliationItem]:
    """Of those that wait the ones the officer goes through, in the order of time."""
    parked = ReconciliationItem.match_reason == MatchReason.PARKED
    return _waiting().where(parked if _is_parked() else ~parked).order_by(BankEvent.occurred_at, BankEvent.id)


def _counts() -> tuple[int, int]:
    """How many wait that nobody has looked at yet, and how many that were parked."""
    parked = case((ReconciliationItem.match_reason == MatchReason.PARKED, 1), else_=0)
    counted = _waiting().with_only_columns(func.count(), func.coalesce(func.sum(parked), 0))
    all_, of_them_parked = db.session().execute(counted).one()
    return int(all_) - int(of_them_parked), int(of_them_parked)


def _place() -> ColumnElement[Any]:
    """Where a line stands in the order of time."""
    return tuple_(BankEvent.occurred_at, BankEvent.id)


def _next(after: int | None) -> ReconciliationItem | None:
    """The next event to work on after this one, in the order of time."""
    statement = _open().limit(1)
    last = db.session().get(BankEvent, after) if after is not None and after < 2**63 else None
    if last is not None:
        statement = statement.where(_place() > (last.occurred_at, last.id))
    return db.session().scalars(statement).first()


def _in_view(item: ReconciliationItem) -> list[tuple[ReconciliationItem, QueueGroup]]:
    """The lines around the one in hand in the order of time, each with its kind."""
    session, here = db.session(), (item.event.occurred_at, item.event.id)
    before = _open().order_by(None).where(_place() < here)
    before = before.order_by(BankEvent.occurred_at.desc(), BankEvent.id.desc()).limit(_BEFORE)
    after = _open().where(_place() > here).limit(_AFTER)
    return words.with_groups([*reversed(session.scalars(before).all()), item, *session.scalars(after)])


def _of_candidate(candidate: Candidate, words_: str) -> WorkChoice:
    return WorkChoice(
        value=candidate.key,
        title=f"{candidate.code} {candidate.whose}".strip(),
        words=words_,
        figure=format_baht(candidate.due),
        reasons=candidate.why,
    )


def _choices(item: ReconciliationItem, group: str) -> tuple[list[WorkChoice], str]:
    """Everything the money may be, likeliest first, and the value that stands out; empty when a person must choose."""
    if not could_be_donation(item.event):
        return [], ""
    of_counter = [
        WorkChoice(
            value=f"deposit:{'-'.join(str(number) for number in part.items)}",
            title="เงินที่เคาน์เตอร์นำฝาก",
            words=f"{part.words} ลงบัญชีไว้แล้วตอนรับเงิน จึงไม่ลงซ้ำ",
        )
        for part in deposits.deposit_of(item.event)
    ]
    likely = suggestions.candidates([item]).get(item.event_id, [])
    twins = suggestions.twins(item.event)
    found = [
        *of_counter,
        *(_of_candidate(candidate, words.accept(group, item, candidate)) for candidate in likely),
        *(_of_twin(twin) for twin in twins),
        *_of_purposes(),
    ]
    best = suggestions.best(likely)
    # Where the same money may have been told before, or two are equally likely, nothing is chosen for the officer.
    return found, best.key if best is not None and not twins and not of_counter else ""


def _of_twin(twin: ReconciliationItem) -> WorkChoice:
    event = twin.event
    return WorkChoice(
        value=f"duplicate:{twin.event_id}",
        title="เป็นเงินก้อนเดียวกับที่อีกช่องทางแจ้ง",
        words=f"{SOURCES[event.source]} {moment_text(event.occurred_at)} {event.ref1 or event.payer}",
    )


def _of_purposes() -> list[WorkChoice]:
    general = select(Purpose).where(Purpose.open).order_by(Purpose.code != "general", Purpose.id).limit(1)
    return [
        WorkChoice(
            value=f"purpose:{purpose.id}",
            title="เงินสมทบของผู้ไม่ประสงค์ออกนาม",
            words=f"ลงเป็นเงินสมทบ{purpose.name_th} เมื่อหาเจ้าของไม่พบ",
        )
        for purpose in db.session().scalars(general)
    ]


def _found(
    sought: str, item: ReconciliationItem, group: str
) -> tuple[list[WorkChoice], Sequence[ReconciliationItem]]:
    """What an officer's own search found for the event: what it can be given to, and other events to look at."""
    if not could_be_donation(item.event):
        return [], owner_search.find(sought, item.event).events
    found = owner_search.find(sought, item.event)
    choices = [
        _of_candidate(candidate, words.accept(group, item, candidate)) for candidate in found.candidates
    ]
    twins = {twin.event_id for twin in suggestions.twins(item.event)}
    return [*choices, *(_of_twin(each) for each in found.events if each.event_id in twins)], found.events


def _facts(event: BankEvent) -> list[tuple[str, str]]:
    """What the bank said, in the order in which an officer asks."""
    bank = bank_name(event.payer_bank) if event.payer_bank else ""
    told = [
        ("จาก", " · ".join(part for part in (event.payer, bank) if part) or "ธนาคารไม่บอกชื่อผู้โอน"),
        ("อ้างอิง", " · ".join(part for part in (event.ref1, event.ref2) if part) or "ไม่มี"),
        ("ข้อความธนาคาร", event.description if event.source == "statement" else ""),
        ("เลขที่ของธนาคาร", event.bank_ref),
        ("แหล่ง", SOURCES[event.source]),
    ]
    return [(term, said) for term, said in told if said]


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
    open_count, parked_count = _counts()
    done = session.get(ReconciliationItem, after) if after is not None and 0 < after < 2**63 else None
    in_view = _in_view(item) if item is not None else []
    latest = latest_decisions.latest_of(signed_in())
    return render_template(
        "bank/work.html",
        **(_in_hand(item, form) if item is not None else {"item": None}),
        in_view=in_view,
        previous=next((line for (line, _), (this, _) in pairwise(in_view) if this is item), None),
        left=parked_count if parked else open_count,
        open_count=open_count,
        parked=parked,
        parked_count=parked_count,
        mode=_mode(),
        searched=_searched(),
        way={"back": "held" if parked else "work"},
        passed=done if done is not None and done.state in UNDECIDED else None,
        latest=latest,
        said_before=dict.fromkeys(
            decision.reason for decision in latest if decision.item.state == ReconciliationState.EXCLUDED
        ),
        states=words.STATES,
        said_by=words.said_by,
        line_note=words.line_note,
        refused=refused,
    )


def _in_hand(item: ReconciliationItem, form: WorkForm | None) -> dict[str, Any]:
    """The line in hand: what the bank said, whose it may be, and what was looked for."""
    pointed = db.session().get(PaymentRequest, item.payment_request_id) if item.payment_request_id else None
    group = words.group(item, pointed.due_satang if pointed else None)
    sought = visible(request.args.get("find", ""))[:60]
    choices, best = _choices(item, group) if not sought else ([], "")
    found, others = _found(sought, item, group) if sought else ([], ())
    if form is None:
        form = WorkForm(formdata=None, choice=best)
    form.offer([(choice.value, choice.title) for choice in choices])
    return {
        "item": item,
        "event": item.event,
        "group": group,
        "facts": _facts(item.event),
        "history": history_of(item.event_id),
        "choices": choices or found,
        "others": others,
        "sought": sought,
        # A note that was refused says nothing of what is chosen.
        "chosen": best if form.choice.data is None else form.choice.data,
        "form": form,
    }


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
