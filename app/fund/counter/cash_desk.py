"""The counter: cash and cheques taken by the fund's own hand, posted and receipted at once."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.fund.bank import decision_approvals
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.reconciliation import matching, refunds, undoing
from app.fund.bank.records import Allocation, BankEvent, ReconciliationItem
from app.fund.counter import cash_counts
from app.fund.counter.records import (
    BOUNCED,
    CASH,
    CHEQUE,
    VOID,
    CashCount,
    CounterPayment,
    CounterPaymentReversal,
    slip_code,
)
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge
from app.fund.giving.records.receipts import COUNTER, Receipt
from app.fund.ledger.accounts import Purpose
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import arabic_digits, long_date
from app.province.banks import bank, bank_name
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

_KEY = re.compile(r"[0-9a-z]{16,32}")
_CHEQUE_NUMBER = re.compile(r"[0-9]{6,20}")
#: A bank need not honour a cheque six months after its date; one dated ahead is a promise, not money.
_CHEQUE_LIVES = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cheque:
    """What stands on a cheque: the three-digit bank code, its number and its date."""

    bank: str
    number: str
    on: date


def take(
    *,
    key: str,
    satang: int,
    purpose_id: int,
    cheque: Cheque | None = None,
    network_id: int | None = None,
    pledge_id: int | None = None,
    donor_name: str = "",
    anonymous: bool = True,
    by: User,
) -> CounterPayment:
    """Cash, or one cheque, is taken: a bank event of the fund's own counter, the donation, and a receipt of its book.

    `key` came with the form: the same key again answers with the first payment and takes nothing. A cheque is taken
    subject to clearing, and its receipt says so. A pledge brings its own purpose and network. The money belongs to
    the day's cash count. Raises Refused for another sum under the same key, and BadInput for a cheque that cannot be taken.
    """
    if not cash_counts.may_count(by):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือฝ่ายเลขานุการกองทุนรับเงินที่เคาน์เตอร์ได้")
    if not _KEY.fullmatch(key):
        raise BadInput("แบบฟอร์มไม่ครบถ้วน กรุณาเปิดหน้ารับเงินใหม่")
    cheque = _read(cheque) if cheque else None
    lock_reconciliation()
    before = db.session().scalars(select(CounterPayment).filter_by(key=key)).one_or_none()
    if before is not None:
        return _recorded_already(before, satang=satang, cheque=cheque)
    target = _target(purpose_id=purpose_id, network_id=network_id, pledge_id=pledge_id)
    if cheque:
        _refuse_cheque_twice(cheque, satang)
    donor_name = visible(donor_name)[:160]
    cash_count = _open_today()
    number = (db.session().scalar(select(func.max(CounterPayment.number))) or 0) + 1
    item = _recorded(
        slip_code(number),
        satang=satang,
        cheque=cheque,
        details={
            "key": key,
            **target.codes,
            "donor_name": donor_name,
            "anonymous": anonymous,
            "by": by.sign_in_name,
        },
        payer=donor_name or (target.network.name if target.network else ""),
    )
    payment = _written(number, key=key, cash_count=cash_count, item=item, cheque=cheque, by=by)
    _post(item, target, donor_name=donor_name, anonymous=anonymous, by=by)
    audit.record(
        Deed.COUNTER_TAKE,
        f"counter_payment:{payment.id}",
        by=by,
        code=payment.code,
        satang=satang,
        kind=payment.kind,
    )
    return payment


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What money at the counter is for, and of which network and pledge it is."""

    purpose: Purpose
    network: Network | None
    pledge: Pledge | None

    @property
    def codes(self) -> dict[str, object]:
        return {
            "purpose": self.purpose.code,
            "network": self.network.code if self.network else "",
            "pledge": self.pledge.code if self.pledge else "",
        }


def _target(*, purpose_id: int, network_id: int | None, pledge_id: int | None) -> _Target:
    """A pledge brings its own purpose and network. Raises Refused for what is not there, BadInput without a purpose."""
    pledge = _pledge(pledge_id)
    purpose = db.session().get(Purpose, pledge.purpose_id if pledge else purpose_id)
    network = db.session().get(Network, pledge.network_id if pledge else network_id or 0)
    if purpose is None:
        raise BadInput("กรุณาเลือกวัตถุประสงค์ของเงินก้อนนี้")
    if network is None and network_id is not None:
        raise Refused("ไม่พบเครือข่ายนี้ กรุณาเลือกใหม่")
    return _Target(purpose=purpose, network=network, pledge=pledge)


def _written(
    number: int, *, key: str, cash_count: CashCount, item: ReconciliationItem, cheque: Cheque | None, by: User
) -> CounterPayment:
    payment = CounterPayment(
        number=number,
        key=key,
        cash_count_id=cash_count.id,
        event_id=item.event_id,
        kind=CHEQUE if cheque else CASH,
        satang=item.event.satang,
        cheque_bank=cheque.bank if cheque else "",
        cheque_number=cheque.number if cheque else "",
        cheque_on=cheque.on if cheque else None,
        taken_at=item.event.occurred_at,
        taken_by_id=by.id,
    )
    db.session().add(payment)
    db.session().flush()
    return payment


def _post(item: ReconciliationItem, target: _Target, *, donor_name: str, anonymous: bool, by: User) -> None:
    matching.post(
        item,
        payment_request=None,
        purpose_id=target.purpose.id,
        network_id=target.network.id if target.network else None,
        pledge_id=target.pledge.id if target.pledge else None,
        donor_name=donor_name,
        anonymous=anonymous,
        book=COUNTER,
        by=by,
    )
    item.match_reason = MatchReason.COUNTER
    item.reason = "รับที่เคาน์เตอร์ของกองทุน"


def _read(cheque: Cheque) -> Cheque:
    number = re.sub(r"[\s-]", "", arabic_digits(cheque.number))
    if not _CHEQUE_NUMBER.fullmatch(number):
        raise BadInput("เลขที่เช็คเป็นตัวเลข 6 ถึง 20 หลัก กรุณาดูที่มุมของเช็ค")
    if bank(cheque.bank) is None:
        raise BadInput("กรุณาเลือกธนาคารตามที่พิมพ์บนเช็ค")
    today = clock.today()
    if cheque.on > today:
        raise Refused("เช็คลงวันที่ล่วงหน้ายังเรียกเก็บเงินไม่ได้ กรุณารับเช็คนี้เมื่อถึงวันที่บนเช็ค")
    if cheque.on < today - _CHEQUE_LIVES:
        raise Refused("เช็คฉบับนี้ลงวันที่เกินหกเดือนแล้ว ธนาคารอาจไม่จ่าย กรุณาขอเช็คฉบับใหม่จากผู้ให้")
    return Cheque(bank=cheque.bank, number=number, on=cheque.on)


def _recorded_already(before: CounterPayment, *, satang: int, cheque: Cheque | None) -> CounterPayment:
    details = (satang, cheque.bank if cheque else "", cheque.number if cheque else "")
    if details != (before.satang, before.cheque_bank, before.cheque_number):
        raise Refused(
            f"แบบฟอร์มนี้บันทึกรับเงิน {format_baht(before.satang)} บาทไปแล้ว ({before.code}) "
            "หากรับเงินอีกก้อน กรุณาเปิดหน้ารับเงินใหม่"
        )
    return before


def _pledge(pledge_id: int | None) -> Pledge | None:
    if pledge_id is None:
        return None
    found = db.session().get(Pledge, pledge_id)
    if found is None:
        raise Refused("ไม่พบคำแจ้งความประสงค์นี้ กรุณาเลือกใหม่")
    return found


def _refuse_cheque_twice(cheque: Cheque, satang: int) -> None:
    again = (
        select(CounterPayment)
        .filter_by(cheque_bank=cheque.bank, cheque_number=cheque.number, cheque_on=cheque.on, satang=satang)
        .where(
            ~select(CounterPaymentReversal.id)
            .where(CounterPaymentReversal.counter_payment_id == CounterPayment.id)
            .exists()
        )
    )
    found = db.session().scalars(again.limit(1)).first()
    if found is not None:
        raise Refused(f"เช็คฉบับนี้รับไว้แล้ว ({found.code}) ระบบไม่รับซ้ำ กรุณาตรวจเลขที่เช็ค")


def _open_today() -> CashCount:
    """Today's open cash count, locked; opened with the first payment after the one before was closed."""
    session = db.session()
    today = clock.today()
    statement = (
        select(CashCount)
        .where(CashCount.on == today, CashCount.closed_at.is_(None))
        .with_for_update(of=CashCount)
    )
    found = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        number = (session.scalar(select(func.max(CashCount.number))) or 0) + 1
        found = CashCount(number=number, on=today, opened_at=clock.now())
        session.add(found)
        session.flush()
    return found


def _recorded(
    slip: str, *, satang: int, cheque: Cheque | None, details: dict[str, object], payer: str
) -> ReconciliationItem:
    now = clock.now()
    raw = json.dumps(
        {"slip": slip, "satang": str(satang), "at": now.isoformat()}
        | details
        | ({"cheque": f"{cheque.bank} {cheque.number} {cheque.on.isoformat()}"} if cheque else {}),
        ensure_ascii=False,
        sort_keys=True,
    ).encode()
    event = BankEvent(
        source="counter",
        external_id=slip,
        received_at=now,
        raw=raw,
        raw_hash=hashlib.sha256(raw).hexdigest(),
        satang=satang,
        occurred_at=now,
        payer=payer,
        payer_bank=cheque.bank if cheque else "",
        description=channel(cheque),
    )
    session = db.session()
    session.add(event)
    session.flush()
    item = ReconciliationItem(
        event_id=event.id, state=ReconciliationState.NEW, reason="", match_reason=MatchReason.NONE
    )
    session.add(item)
    session.flush()
    return item


def channel(cheque: Cheque | None) -> str:
    """How the money came, as the receipt prints it."""
    if cheque is None:
        return "เงินสด ณ ที่ทำการกองทุน"
    return (
        f"เช็ค{bank_name(cheque.bank)} เลขที่ {cheque.number} ลงวันที่ {long_date(cheque.on)} "
        "ใบเสร็จนี้สมบูรณ์เมื่อกองทุนเรียกเก็บเงินตามเช็คได้ครบถ้วนแล้ว"
    )


def void(counter_payment_id: int, *, reason: str, by: User) -> bool:
    """A payment written down wrongly is undone before its cash count is closed: no donation, and its receipt is void.

    False where the sum needs another's approval first: once that has confirmed, the same deed completes it. Raises Refused
    while its money is asked back, or when it has gone back.
    """
    return _undo(counter_payment_id, VOID, reason=reason, by=by)


def bounce(counter_payment_id: int, *, reason: str, by: User) -> bool:
    """A cheque did not clear: its donation is undone and its receipt void, also after the cash count was closed.

    False where the sum needs another's approval first.
    """
    return _undo(counter_payment_id, BOUNCED, reason=reason, by=by)


def _undo(counter_payment_id: int, kind: str, *, reason: str, by: User) -> bool:
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินยกเลิกรายการรับเงินได้ กรุณาแจ้งเจ้าหน้าที่การเงินของกองทุน")
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ยกเลิก ไม่เกิน 300 ตัวอักษร")
    lock_reconciliation()
    payment = db.session().get(CounterPayment, counter_payment_id)
    if payment is None:
        raise Refused("ไม่พบรายการรับเงินนี้ อาจพิมพ์เลขที่ผิด")
    lock(CashCount, payment.cash_count_id)
    item = lock(ReconciliationItem, payment.event_id)
    decision_approvals.refuse_while_open(payment.event_id)
    if any(refund.state in ("asked", "approved", "paid") for refund in refunds.of_event(payment.event_id)):
        raise Refused("เงินก้อนนี้มีเรื่องคืนเงินอยู่หรือคืนไปแล้ว จึงยกเลิกการรับเงินไม่ได้ กรุณาจบเรื่องคืนเงินก่อน")
    if item.state == ReconciliationState.POSTED:
        if not undoing.undo(payment.event_id, reason=reason, by=by):
            return False
        item = lock(ReconciliationItem, payment.event_id)
    item.state, item.match_reason = ReconciliationState.EXCLUDED, kind
    words = "เช็คเรียกเก็บเงินไม่ได้" if kind == BOUNCED else "ยกเลิกรายการรับเงิน"
    item.reason = f"{words}: {reason}"[:300]
    item.decided_at, item.decided_by_id = clock.now(), by.id
    session = db.session()
    session.flush()
    session.add(
        CounterPaymentReversal(
            counter_payment_id=payment.id, kind=kind, reason=reason, at=clock.now(), by_id=by.id
        )
    )
    session.flush()
    deed = Deed.COUNTER_BOUNCED if kind == BOUNCED else Deed.COUNTER_VOID
    audit.record(deed, f"counter_payment:{payment.id}", by=by, code=payment.code, reason=reason)
    return True


def receipt_of(payment: CounterPayment) -> Receipt | None:
    """The newest receipt of what was taken; None while the fund cannot issue any."""
    statement = (
        select(Receipt)
        .join(Allocation, Allocation.donation_id == Receipt.donation_id)
        .where(Allocation.event_id == payment.event_id)
        .order_by(Receipt.voided_at.is_(None).desc(), Receipt.id.desc())
        .limit(1)
    )
    return db.session().scalars(statement).first()
