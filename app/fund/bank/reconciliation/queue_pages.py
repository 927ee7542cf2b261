"""The finance officer's first page: everything that waits, what was decided, and all that the bank ever told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select

from app.fund.bank import decision_approvals, words
from app.fund.bank.blueprint import bp
from app.fund.bank.inquiry import denials
from app.fund.bank.match_reasons import UNDECIDED, QueueGroup, ReconciliationState
from app.fund.bank.reconciliation import owner_search
from app.fund.bank.reconciliation.refunds import Refund
from app.fund.bank.records import SOURCES, BankEvent, ReconciliationItem
from app.fund.bank.statements import continuations
from app.fund.giving.goods import documents
from app.fund.giving.receipts import receipts
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.ledger import books
from app.kit import clock, lists
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.lists import Choice, Column, Days, List, Search
from app.staff import approvals
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

#: The lists of this page, as `?show=` names them; what waits needs no name.
_DECIDED, _ALL = "decided", "all"
_DECIDED_STATES = (
    ReconciliationState.POSTED,
    ReconciliationState.DUPLICATE,
    ReconciliationState.EXCLUDED,
)
_SEARCH = Search("ชื่อผู้โอน อ้างอิง หรือจำนวนเงิน", owner_search.says)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the page: the event, and what it waits for or what became of it."""

    item: ReconciliationItem
    group: QueueGroup
    #: Whether it waits for another's approval, or for the answer to a refund.
    is_asked: bool

    @property
    def event(self) -> BankEvent:
        return self.item.event

    @property
    def mark(self) -> tuple[str, str]:
        """What stands beside it as its state."""
        if self.is_asked:
            return "รออีกท่านยืนยัน", "info"
        if self.item.state in UNDECIDED:
            return self.group.label, self.group.kind
        return words.STATES[self.item.state]


@bp.get("/bank")
@opens_to(Role.FINANCE, Role.AUDITOR)
def queue() -> ResponseReturnValue:
    sums = _sums()
    show = request.args.get("show", "")
    count = sum(count for count, _ in sums.values())
    listing = _decided() if show == _DECIDED else _all() if show == _ALL else _waiting(sums, count)
    kind = request.args.get("kind", "")
    parked = sums.get(QueueGroup.PARKED, (0, 0))[0]
    tabs = [
        (f"รอเจ้าหน้าที่ {count:,}", url_for("bank.queue"), not show and kind != QueueGroup.PARKED),
        (
            f"พักรอข้อมูล {parked:,}",
            url_for("bank.queue", kind=QueueGroup.PARKED.value),
            not show and kind == QueueGroup.PARKED,
        ),
        ("ตัดสินแล้ว", url_for("bank.queue", show=_DECIDED), show == _DECIDED),
        ("ทุกรายการ", url_for("bank.queue", show=_ALL), show == _ALL),
    ]
    return lists.show(
        "bank/queue.html",
        listing,
        **_posted_today(),
        tabs=tabs,
        count=count,
        total=sum(satang for _, satang in sums.values()),
        to_confirm=count_to_confirm(),
        denied=denials.unresolved(),
        states=words.STATES,
        owed=receipts.owed()[0],
        goods_owed=documents.count_owed(),
        last_check=books.last_check(),
        may_decide=signed_in().has(Role.FINANCE),
    )


def _address(line: Line) -> str:
    """Where a row leads: what waits to the working page for whoever may decide, all else to the page of the event."""
    if line.item.state == ReconciliationState.WAITING and not line.is_asked and signed_in().has(Role.FINANCE):
        held = "1" if line.group == QueueGroup.PARKED else None
        return url_for("bank.work", at=line.item.event_id, held=held)
    return url_for("bank.event", number=line.item.event_id)


def _columns(*columns: Column) -> tuple[Column, ...]:
    return (
        Column("ผู้โอน", lambda line: words.said_by(line.event), href=_address),
        Column("จำนวนเงิน (บาท)", lambda line: line.event.satang, "baht"),
        *columns,
        Column("อ้างอิง", lambda line: line.event.ref1),
        Column("สถานะ", lambda line: line.mark, "pill"),
        Column("เหตุ", lambda line: line.item.reason, on="desk"),
        Column("แหล่ง", lambda line: SOURCES[line.event.source], on="sheet"),
        Column("ข้อความธนาคาร", lambda line: line.event.description, on="sheet"),
        Column("เลขที่ของธนาคาร", lambda line: line.event.bank_ref, on="sheet"),
    )


_CAME_AT = Column("เวลาที่เงินเข้า", lambda line: line.event.occurred_at, "moment", sort="at")
_BY_TIME = {"at": (BankEvent.occurred_at, BankEvent.id)}


def _waiting(sums: dict[QueueGroup, tuple[int, int]], count: int) -> List:
    """What waits, the oldest first: the work of the day."""
    kinds = [(group.value, f"{group.label} {sums[group][0]:,}") for group in words.GROUPS if group in sums]
    return List(
        _undecided(select(ReconciliationItem)),
        columns=_columns(_CAME_AT),
        orders=_BY_TIME,
        down=False,
        search=_SEARCH,
        filters=(
            Choice(
                "kind",
                "ประเภท",
                kinds,
                lambda kind: words.group_of() == QueueGroup(kind),
                everything=f"ทั้งหมด {count:,}",
            ),
        ),
        read=_lines,
        empty="ไม่มีเงินเข้าที่ค้างพิจารณา",
        drawing="money",
        label="เงินเข้าที่รอเจ้าหน้าที่",
        file="bank-waiting",
    )


def _decided() -> List:
    """What was decided by the rules or by hand, the newest decision first."""
    decided = select(ReconciliationItem).join(ReconciliationItem.event)
    return List(
        decided.where(ReconciliationItem.state.in_(_DECIDED_STATES)),
        columns=_columns(
            Column("ตัดสินเมื่อ", lambda line: line.item.decided_at, "moment", sort="decided"),
        ),
        orders={"decided": (ReconciliationItem.decided_at, ReconciliationItem.event_id)},
        search=_SEARCH,
        filters=(_of_state(_DECIDED_STATES), Days(ReconciliationItem.decided_at)),
        read=_lines,
        drawing="money",
        label="เงินเข้าที่ตัดสินแล้ว",
        file="bank-decided",
        keep=("show",),
    )


def _all() -> List:
    """All that the bank ever told, money out as well, the newest first."""
    return List(
        select(ReconciliationItem).join(ReconciliationItem.event),
        columns=_columns(_CAME_AT),
        orders=_BY_TIME,
        search=_SEARCH,
        filters=(_of_state(tuple(ReconciliationState)), Days(BankEvent.occurred_at)),
        read=_lines,
        drawing="money",
        label="ทุกรายการของธนาคาร",
        file="bank-events",
        keep=("show",),
    )


def _of_state(states: Sequence[ReconciliationState]) -> Choice:
    options = [(state.value, words.STATES[state][0]) for state in states]
    return Choice("state", "สถานะ", options, lambda state: ReconciliationItem.state == state)


def _lines(items: Sequence[ReconciliationItem]) -> list[Line]:
    """The rows of the page, with what each waits for, in a handful of queries however many there are."""
    waiting = {item.event_id for item in items if item.state in UNDECIDED}
    asked = _asked(waiting) if waiting else set()
    return [
        Line(item=item, group=group, is_asked=item.event_id in asked)
        for item, group in words.with_groups(items)
    ]


def _undecided(selected: Select[Any]) -> Select[Any]:
    """What is asked of undecided items, with their events and the payment requests they point at."""
    return (
        selected.select_from(ReconciliationItem)
        .join(ReconciliationItem.event)
        .outerjoin(PaymentRequest, PaymentRequest.id == ReconciliationItem.payment_request_id)
        .where(ReconciliationItem.state.in_(UNDECIDED))
    )


def _sums() -> dict[QueueGroup, tuple[int, int]]:
    """How many events of each kind wait, and their satang."""
    of = words.group_of().label("of")
    counted = _undecided(select(of, func.count(), func.coalesce(func.sum(BankEvent.satang), 0))).group_by(of)
    return {
        QueueGroup(kind): (int(count), int(satang)) for kind, count, satang in db.session().execute(counted)
    }


def _posted_today() -> dict[str, Any]:
    """How many became donations today, and how much."""
    since = datetime.combine(clock.today(), time(), BANGKOK)
    count, total = (
        db.session()
        .execute(
            select(func.count(), func.coalesce(func.sum(BankEvent.satang), 0))
            .select_from(ReconciliationItem)
            .join(ReconciliationItem.event)
            .where(
                ReconciliationItem.state == ReconciliationState.POSTED, ReconciliationItem.decided_at >= since
            )
        )
        .one()
    )
    return {"posted_count": count, "posted_total": int(total)}


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
