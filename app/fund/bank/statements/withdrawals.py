"""Withdrawals: a statement that was brought in by mistake is taken out again by two people.

Its lines leave the bank's proof, its donations are reversed and their receipts voided, and the same lines may come in with
the right file. It stays with its file, its lines and both names, and the month's certificate tells of it.
"""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Select, String, cast, func, or_, select, update

from app.fund.bank import decision_approvals
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.reconciliation import undoing
from app.fund.bank.reconciliation.records import Deposit
from app.fund.bank.reconciliation.refunds import Refund
from app.fund.bank.records import (
    CONFIRMED,
    JOINED,
    BankEvent,
    ReconciliationItem,
    Statement,
    StatementBasis,
    StatementUpload,
    StatementWithdrawal,
    UploadState,
)
from app.fund.giving.donations import donations
from app.fund.giving.records.donations import LIVE, UNDONE, Donation
from app.fund.ledger import months
from app.fund.ledger.accounts import AccountKind, account
from app.fund.spending.records import LIVE_TRACES, OutgoingMatch, Payment
from app.fund.spending.records.returns import PaymentReturn
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.thai import month_year, short_date
from app.staff import approvals, audit
from app.staff.approvals import STATEMENT_WITHDRAWAL, ApprovalRequest
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


def of(statement_id: int) -> StatementWithdrawal | None:
    """That a statement was withdrawn; None while it stands."""
    return db.session().get(StatementWithdrawal, statement_id)


def waiting_for(statement_id: int) -> ApprovalRequest | None:
    """The request to withdraw it that waits."""
    return approvals.waiting_for(STATEMENT_WITHDRAWAL, _subject(statement_id))


def waiting() -> list[ApprovalRequest]:
    """Every request to withdraw a statement that waits, oldest first."""
    return [request for request in approvals.waiting(of_finance=True) if request.kind == STATEMENT_WITHDRAWAL]


def _subject(statement_id: int) -> str:
    return f"statement:{statement_id}"


def _lines(statement_id: int) -> Select[int]:
    return select(BankEvent.id).where(BankEvent.statement_id == statement_id)


def _donations(statement_id: int) -> Sequence[Donation]:
    """The donations that stand on its lines, oldest first."""
    posted = _lines(statement_id).join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
    numbers = posted.where(ReconciliationItem.state == ReconciliationState.POSTED).order_by(BankEvent.id)
    return [
        donation
        for number in db.session().scalars(numbers).all()
        for donation in undoing.live_donations(number)
    ]


def ask(statement_id: int, *, reason: str, by: User) -> ApprovalRequest:
    """Ask that a statement be taken out; another of finance or the chair confirms. Inside a transaction.

    Raises Refused for whatever would keep it in, with what to do first, and BadInput without a reason.
    """
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินขอถอนไฟล์รายการเดินบัญชีได้")
    reason = " ".join(reason.split())
    if not 5 <= len(reason) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ถอนไฟล์นี้ เช่น นำเข้าผิดบัญชี (5–300 ตัวอักษร)")
    statement = lock(Statement, statement_id)
    _refuse_if_it_must_stay(statement)
    standing = _donations(statement_id)
    satang = sum(donation.satang for donation in standing)
    changes = [
        ("ไฟล์", "", statement.file_name),
        ("รายการที่ไม่นับอีก", "", f"{statement.new_lines:,} รายการ"),
        ("เงินสมทบที่กลับรายการ", "", f"{len(standing):,} ก้อน รวม {format_baht(satang)} บาท ใบเสร็จถูกยกเลิก"),
    ]
    return approvals.ask(
        kind=STATEMENT_WITHDRAWAL,
        subject=_subject(statement_id),
        payload={"statement": statement_id},
        changes=changes,
        reason=reason,
        by=by,
    )


def _refuse_if_it_must_stay(statement: Statement) -> None:
    if of(statement.id) is not None:
        raise Refused("ไฟล์นี้ถูกถอนไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล")
    coming = select(StatementUpload.id).where(
        StatementUpload.statement_id == statement.id, StatementUpload.state != UploadState.APPLIED
    )
    if db.session().scalar(coming) is not None:
        raise Refused("ไฟล์นี้ยังนำเข้าไม่ครบ กรุณารอให้ครบก่อน แล้วขอถอนอีกครั้ง")
    _refuse_closed_month(statement.id)
    _refuse_ties(statement.id)
    _refuse_joined(statement.id)
    _refuse_spent(statement.id)


def _refuse_closed_month(statement_id: int) -> None:
    closed = months.all_closed()
    if not closed:
        return
    first = db.session().scalar(
        select(func.min(BankEvent.occurred_at)).where(BankEvent.statement_id == statement_id)
    )
    on = first.astimezone(BANGKOK).date() if first else None
    month = next((month for month in closed if on is not None and on <= month.last_on), None)
    if month is not None:
        raise Refused(
            f"ไฟล์นี้มีรายการของเดือน{month_year(month.last_on)}ซึ่งปิดบัญชีแล้ว จึงถอนทั้งไฟล์ไม่ได้ "
            "กรุณาถอนการตัดสินทีละรายการที่ผิด แล้วบันทึกว่าไม่ใช่เงินสมทบพร้อมเหตุผล"
        )


def _refuse_ties(statement_id: int) -> None:
    """What hangs on single lines is loosened where it was tied, by its own rules."""
    session, lines = db.session(), _lines(statement_id)
    deposit = select(func.count()).select_from(Deposit)
    if session.scalar(deposit.where(Deposit.event_id.in_(lines), Deposit.undone_at.is_(None))):
        raise Refused("ไฟล์นี้มีรายการที่จับคู่กับเงินสดที่กองทุนนำฝาก กรุณาถอนการจับคู่ที่หน้าสรุปยอดเงินสดก่อน")
    paid = select(func.count()).select_from(OutgoingMatch).where(OutgoingMatch.event_id.in_(lines))
    came_back = select(func.count()).select_from(Payment).where(Payment.void_event_id.in_(lines))
    returned = select(func.count()).select_from(PaymentReturn)
    returned = returned.where(PaymentReturn.event_id.in_(lines), PaymentReturn.declined_at.is_(None))
    if session.scalar(returned):
        raise Refused("ไฟล์นี้มีรายการเงินคืนจากการจ่าย จึงถอนทั้งไฟล์ไม่ได้ หากยังรอยืนยันอยู่ ให้ไม่ยืนยันที่หน้าใบสำคัญจ่ายก่อน")
    if session.scalar(paid) or session.scalar(came_back):
        raise Refused("ไฟล์นี้มีรายการเงินออกที่จับคู่หรืออธิบายไว้แล้ว กรุณาถอนที่หน้าเงินออกก่อน แล้วขอถอนไฟล์อีกครั้ง")
    refund = select(func.count()).select_from(Refund).where(Refund.state != "refused")
    if session.scalar(refund.where(or_(Refund.event_id.in_(lines), Refund.paid_event_id.in_(lines)))):
        raise Refused("ไฟล์นี้มีรายการที่อยู่ในเรื่องคืนเงิน กรุณาจบหรือถอนเรื่องคืนเงินที่หน้ารายการนั้นก่อน")
    open_ = lines.where(decision_approvals.is_open(BankEvent.id))
    if session.scalar(select(func.count()).select_from(open_.subquery())):
        raise Refused("ไฟล์นี้มีรายการที่รออีกท่านยืนยันอยู่ กรุณายืนยันหรือไม่ยืนยันเรื่องนั้นก่อน")


def _refuse_joined(statement_id: int) -> None:
    confirmed = select(StatementBasis.statement_id).where(StatementBasis.kind == CONFIRMED)
    withdrawn = select(StatementWithdrawal.statement_id)
    joined = (
        select(Statement.file_name)
        .join(StatementBasis, StatementBasis.statement_id == Statement.id)
        .where(
            StatementBasis.kind == JOINED,
            StatementBasis.joins_id == statement_id,
            Statement.id.not_in(confirmed),
            Statement.id.not_in(withdrawn),
        )
    )
    name = db.session().scalar(joined.order_by(Statement.id).limit(1))
    if name is not None:
        raise Refused(f"ไฟล์ {name} นับได้เพราะยอดต่อจากไฟล์นี้ กรุณาให้อีกท่านยืนยันไฟล์ {name} หรือถอนไฟล์นั้นก่อน")


def _refuse_spent(statement_id: int) -> None:
    standing = _donations(statement_id)
    session = db.session()
    needed: Counter[int] = Counter()
    for donation in standing:
        needed[donation.purpose_id] += donation.satang
        spent = session.scalar(
            select(func.coalesce(func.sum(LIVE_TRACES.c.satang), 0)).where(
                LIVE_TRACES.c.donation_id == donation.id
            )
        )
        left = session.scalar(select(LIVE.c.satang).where(LIVE.c.id == donation.id))
        if spent or left != donation.satang:
            on = short_date(donation.paid_at.astimezone(BANGKOK).date())
            gone = "จ่ายช่วยเหลือไปแล้ว" if spent else "คืนผู้ให้ไปแล้วบางส่วน"
            raise Refused(
                f"เงินสมทบ {format_baht(donation.satang)} บาท วันที่ {on} จากไฟล์นี้{gone} จึงถอนไฟล์ไม่ได้ "
                "กรุณาให้สองคนยกเลิกการจ่ายก่อน หรือหาเงินมาแทนแล้วถอนทีละรายการ"
            )
    for purpose_id, satang in needed.items():
        held = account(AccountKind.AVAILABLE, purpose_id=purpose_id)
        if satang > held.balance_satang:
            raise Refused(
                f"เงินจากไฟล์นี้ผูกพันตามมติไปแล้ว “{held.purpose.name_th}” เหลือพร้อมใช้ {format_baht(held.balance_satang)} บาท "
                f"แต่ต้องกลับรายการ {format_baht(satang)} บาท กรุณาให้คณะกรรมการคืนเงินที่ผูกพันก่อน"
            )


def _carry_out(request: ApprovalRequest) -> str:
    """Reverse what the lines became, leave none of them to be decided, and let none of them be the bank's word."""
    statement = lock(Statement, int(request.asked["statement"]))
    # Whoever ties a line to a payment or a refund meanwhile holds it, and is waited for.
    held = select(ReconciliationItem.event_id).where(ReconciliationItem.event_id.in_(_lines(statement.id)))
    db.session().execute(held.order_by(ReconciliationItem.event_id).with_for_update()).all()
    _refuse_if_it_must_stay(statement)
    session, by = db.session(), request.asked_by
    reason = f"ถอนไฟล์ {statement.file_name}: {request.reason}"[:300]
    reversed_ = _donations(statement.id)
    for donation in reversed_:
        donations.reverse(donation.id, satang=donation.satang, kind=UNDONE, reason=reason, by=by)
    _set_aside(_lines(statement.id), reason, by=by)
    session.add(
        StatementWithdrawal(statement_id=statement.id, at=clock.now(), approval_request_id=request.id)
    )
    session.flush()
    # The contents stay in the name; the rest of it makes room for the same line in the right file.
    contents = func.substr(BankEvent.external_id, 1, 64)
    session.execute(
        update(BankEvent)
        .where(BankEvent.statement_id == statement.id)
        .values(source="withdrawn", external_id=contents + "~" + cast(BankEvent.id, String))
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    audit.record(
        Deed.STATEMENT_WITHDRAW,
        _subject(statement.id),
        by=request.decided_by,
        asked_by=by.sign_in_name,
        lines=statement.new_lines,
        donations=[donation.id for donation in reversed_],
        reason=request.reason,
    )
    return f"ถอนไฟล์แล้ว กลับรายการเงินสมทบ {len(reversed_):,} ก้อน รายการของไฟล์นี้ไม่นับในการพิสูจน์ยอดอีก"


def _set_aside(lines: Select[int], reason: str, *, by: User) -> None:
    """What was decided about these lines is undone, and each is excluded; what stood aside for one waits anew."""
    session = db.session()
    items, now = update(ReconciliationItem).execution_options(synchronize_session=False), clock.now()
    loose = {"state": ReconciliationState.WAITING, "decided_at": None, "decided_by_id": None}
    # What another source told as well, and was kept only as this file's double, is to be decided anew.
    session.execute(
        items.where(ReconciliationItem.duplicate_of_id.in_(lines)).values(
            **loose,
            duplicate_of_id=None,
            match_reason=MatchReason.UNDONE,
            reason="ไฟล์ที่บอกเงินก้อนนี้ก่อนถูกถอน กรุณาตัดสินใหม่",
        )
    )
    mine = ReconciliationItem.event_id.in_(lines)
    session.execute(
        items.where(
            mine, ReconciliationItem.state.in_([ReconciliationState.POSTED, ReconciliationState.DUPLICATE])
        ).values(**loose, duplicate_of_id=None)
    )
    session.execute(
        items.where(mine).values(
            state=ReconciliationState.EXCLUDED,
            match_reason=MatchReason.WITHDRAWN,
            reason=reason,
            payment_request_id=None,
            decided_at=now,
            decided_by_id=by.id,
        )
    )


APPROVALS = (
    approvals.ApprovalKind(
        STATEMENT_WITHDRAWAL,
        title="ขอถอนไฟล์รายการเดินบัญชีที่นำเข้าผิด",
        carry_out=_carry_out,
        # Whoever closes a month or decides about money that came in waits here, before any row is locked.
        lock_first=lock_reconciliation,
        not_own="ท่านเป็นผู้ขอถอนไฟล์นี้ จึงยืนยันเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหนึ่งหรือประธานยืนยัน",
    ),
)
