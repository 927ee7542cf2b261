"""Boards: what waits for each person on the first page of their day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from app.cases.aid import access, delivery_progress, lateness
from app.cases.aid.records import AidRequest, Handover, RequestState
from app.fund.bank.inquiry import denials
from app.fund.bank.match_reasons import UNDECIDED
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.bank.statements import continuations
from app.fund.committee import sole
from app.fund.committee.proposals import in_state
from app.fund.committee.records import (
    AgendaItem,
    Meeting,
    MeetingState,
    Motion,
    Proposal,
    ProposalState,
    Recusal,
    Resolution,
    Vote,
)
from app.fund.committee.records.bodies import RollEntry
from app.fund.committee.records.circulations import Circulation, MeetingKind, Outcome
from app.fund.committee.seats import SEATS
from app.fund.giving.goods import documents
from app.fund.giving.payment_requests import payees, stops
from app.fund.giving.pledges import due_dates
from app.fund.giving.receipts import issuer, receipts
from app.fund.ledger import books
from app.fund.spending import advances, bank_lines, orders, returns, signatories, sums, voids
from app.fund.spending.records import PaymentOrder
from app.fund.spending.records.returns import PaymentReturn
from app.kit import clock, money, thai
from app.kit.db import db
from app.staff import approvals, notices
from app.staff.notices import Notice
from app.staff.roles import Grant, Role
from app.staff.users import User


@dataclass(frozen=True, slots=True)
class Card:
    """One kind of work of one person."""

    title: str
    words: str
    href: str
    count: int = 0
    unit: str = "รายการ"
    #: Must not wait: books that do not hold, a meeting going on.
    urgent: bool = False
    #: The day from which the oldest of it waits, or on which it is due.
    since: date | None = None
    #: Stood too long with this person: red, and before all else.
    late: bool = False


def work_of(user: User) -> list[Card]:
    """What waits for this person by their roles: what must not wait first, then the oldest. Nothing else."""
    cards = [card for roles, deal in _DEALERS if user.has(*roles) for card in deal(user) if card.count]
    return sorted(
        dict.fromkeys(cards), key=lambda card: (not card.late, not card.urgent, card.since or date.max)
    )


def told_to(user: User) -> list[Notice]:
    """What this person was told and has not acknowledged, the oldest first; nothing of a meeting that is over,
    and no more that an answer is asked for once a circulation has ended."""
    told = notices.unseen(user)
    if not any(notice.until_on for notice in told):
        return told
    over = select(Meeting.id).where(Meeting.state == MeetingState.CLOSED, Meeting.held_on >= clock.today())
    past = {url_for("committee.meeting", number=number) for number in db.session().scalars(over)}
    ended = (
        select(AgendaItem.id)
        .join(Circulation, Circulation.meeting_id == AgendaItem.meeting_id)
        .where(Circulation.outcome != Outcome.OPEN, Circulation.closes_at >= clock.now())
    )
    answered = {url_for("committee.item", item_id=number) for number in db.session().scalars(ended)}
    return [
        notice
        for notice in told
        if notice.href not in past and not (notice.until_on and notice.href in answered)
    ]


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(clock.BANGKOK).date() if moment else None


def _baht(satang: int) -> str:
    return f"{money.format_baht(satang)} บาท"


def _finance(user: User) -> list[Card]:
    count, total, first = (
        db.session()
        .execute(
            select(func.count(), func.sum(BankEvent.satang), func.min(BankEvent.occurred_at))
            .select_from(ReconciliationItem)
            .join(ReconciliationItem.event)
            .where(ReconciliationItem.state.in_(UNDECIDED))
        )
        .one()
    )
    left = sums.left()
    return [
        Card(
            "เงินเข้าที่รอตรวจ",
            _baht(int(total or 0)),
            url_for("bank.queue"),
            count,
            since=_day(first),
        ),
        Card(
            "รอจ่ายตามมติ",
            _baht(sum(satang for satang, _ in left)),
            url_for("spending.payments"),
            len(left),
            since=_day(min((resolved_at for _, resolved_at in left), default=None)),
        ),
        *_denied(),
        *_owed_receipts(),
        *_owed_goods_documents(),
        *_books(user),
    ]


def _to_pay(user: User) -> list[Card]:
    """Payments on their way: what another person prepared, asked to void or said to have come back, and what was approved to be transferred.
    Only what this person may answer."""
    cards = []
    several, wrong, back = orders.open_orders(), voids.waiting(), returns.waiting()
    for title, waiting, unit, anchor in (
        (
            "รอท่านอนุมัติให้จ่าย",
            orders.waiting_for(user, several),
            "รายการ",
            "approve",
        ),
        (
            "อนุมัติแล้ว รอโอนและบันทึก",
            [order for order in several if order.approved_at and user.has(Role.FINANCE)],
            "รายการ",
            "transfer",
        ),
        (
            "รอท่านยืนยันยกเลิกใบสำคัญจ่าย",
            voids.waiting_for(user, wrong),
            "ใบ",
            "void",
        ),
        (
            "รอท่านยืนยันเงินคืนจากการจ่าย",
            returns.waiting_for(user, back),
            "รายการ",
            "return",
        ),
    ):
        if waiting:
            words = _baht(sum(paper.satang for paper in waiting))
            href = url_for("spending.payments", _anchor=anchor)
            # Each list comes the oldest first.
            first = waiting[0]
            if isinstance(first, PaymentReturn):
                since: datetime | None = first.asked_at
            else:
                since = first.prepared_at if isinstance(first, PaymentOrder) else first.void_asked_at
            cards.append(Card(title, words, href, len(waiting), unit, since=_day(since)))
    return cards


def _unmet(_: User) -> list[Card]:
    """Payments that the bank has not told of for too long, and money out that no payment stands behind."""
    late, (count, first) = bank_lines.overdue(), bank_lines.count_unexplained()
    href = url_for("spending.lines")
    return [
        Card(
            "จ่ายแล้ว ธนาคารยังไม่มีรายการ",
            _baht(sum(payment.satang for payment in late)),
            href,
            len(late),
            "ใบ",
            urgent=True,
            since=late[0].paid_on if late else None,
        ),
        Card("เงินออกที่ยังไม่มีใบสำคัญ", "", f"{href}#lines", count, urgent=True, since=_day(first)),
        *(
            Card(
                "เงินยืมทดรองเกินกำหนดล้าง",
                f"{advance.payment.vendor} เหลือ {_baht(advance.left)}",
                url_for("spending.payment", number=advance.payment.id),
                1,
                "ใบ",
                urgent=True,
                since=advance.due_on,
            )
            for advance in advances.open_()
            if advance.is_overdue
        ),
    ]


def _denied() -> list[Card]:
    """Money that a file told of and the bank's own list has not."""
    rows = denials.unresolved()
    words = "ไฟล์ที่นำเข้าบอกว่ามีเงินเข้า แต่รายการของธนาคารเองไม่มี"
    link = url_for("bank.queue", _anchor="denied")
    first = _day(rows[0]["occurred_at"]) if rows else None
    return [Card("ธนาคารไม่มีรายการ", words, link, len(rows), urgent=True, since=first)]


def _to_confirm(user: User) -> list[Card]:
    """What one hand decided about money and another has to confirm: only what this person may answer."""
    asked = [
        request.asked_at for request in approvals.waiting(of_finance=True) if request.asked_by_id != user.id
    ]
    count = len(asked) + continuations.count_open(not_by=user)
    words = "ยอดสูง การคืนเงิน และไฟล์ธนาคารที่อีกท่านหนึ่งทำไว้"
    first = _day(min(asked, default=None))
    return [Card("รอท่านยืนยัน", words, url_for("bank.confirmations"), count, "เรื่อง", since=first)]


def _to_approve(user: User) -> list[Card]:
    """What waits for a second person of another role: what this person may approve, else what they asked for."""
    waiting = approvals.waiting(of_finance=False)
    answerable = [approval for approval in waiting if approvals.may_approve(approval, user)]
    mine = [approval for approval in waiting if approval.asked_by_id == user.id]
    href = url_for("staff.approvals")
    cards = []
    stop = stops.current()
    if stop is not None:
        cards.append(
            Card(
                "หยุดรับเงินผ่าน QR อยู่",
                "เปิดอีกครั้งต้องมีสองคน",
                url_for("giving.giving_stop"),
                1,
                "เรื่อง",
                urgent=True,
                since=_day(stop.stopped_at),
            )
        )
    for title, several, urgent in (
        ("รอท่านอนุมัติ", answerable, True),
        ("ที่ท่านขอไว้ รอผู้อนุมัติ", [] if answerable else mine, False),
    ):
        if several:
            titles = " · ".join(dict.fromkeys(approval.title for approval in several))
            first = _day(several[0].asked_at)
            cards.append(Card(title, titles, href, len(several), "เรื่อง", urgent=urgent, since=first))
    return cards


def _owed_receipts() -> list[Card]:
    count, satang = receipts.owed()
    if not count:
        return []
    lacking = issuer.missing()
    words = f"{_baht(satang)} ยังออกไม่ได้เพราะไม่มี{' และ'.join(lacking)}" if lacking else _baht(satang)
    return [Card("เงินสมทบที่ยังไม่มีใบเสร็จ", words, url_for("giving.receipts"), count, "ก้อน", urgent=True)]


def _owed_goods_documents() -> list[Card]:
    count = documents.count_owed()
    if not count:
        return []
    lacking = issuer.missing()
    words = f"ยังออกไม่ได้เพราะไม่มี{' และ'.join(lacking)}" if lacking else "ระบบกำลังออกให้"
    return [Card("ใบรับสิ่งของที่ยังไม่ได้ออก", words, url_for("giving.goods"), count, "ใบ", urgent=True)]


def _books(_: User) -> list[Card]:
    """Books that do not hold, or were never checked."""
    last, href = books.last_check(), url_for("books.balances")
    if last is None:
        return [Card("ยังไม่เคยตรวจบัญชี", "", href, 1, "เรื่อง")]
    if last.held:
        return []
    words = f"ตรวจเมื่อ {thai.moment_text(last.at)}"
    return [
        Card("บัญชีไม่ตรง", words, href, len(last.findings.splitlines()), "จุด", urgent=True, since=_day(last.at))
    ]


def _member(user: User) -> list[Card]:
    session = db.session()
    # Of the item of the outermost query, not of any.
    newest = (
        select(func.max(Motion.id))
        .where(Motion.item_id == AgendaItem.id)
        .correlate(AgendaItem)
        .scalar_subquery()
    )
    mine = select(Vote.id).where(Vote.motion_id == newest, Vote.member_id == user.id)
    away = select(Recusal.id).where(Recusal.item_id == AgendaItem.id, Recusal.member_id == user.id)
    sent = select(RollEntry.id).where(RollEntry.meeting_id == Meeting.id, RollEntry.person_id == user.id)
    waiting = session.execute(
        select(Meeting, func.count(AgendaItem.id), func.min(AgendaItem.id))
        .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .join(Proposal, Proposal.id == AgendaItem.proposal_id)
        .outerjoin(Resolution, Resolution.item_id == AgendaItem.id)
        .where(
            Meeting.state == MeetingState.OPEN,
            Proposal.state.in_((ProposalState.TABLED, ProposalState.APPROVED)),
            Proposal.submitted_by_id != user.id,
            or_(Meeting.kind == MeetingKind.MEETING, sent.exists()),
            Resolution.id.is_(None),
            ~mine.exists(),
            ~away.exists(),
        )
        .group_by(Meeting.id)
        .order_by(Meeting.id)
        .options(selectinload(Meeting.circulation))
    ).all()
    return [
        Card(
            f"รอท่านตอบ มติเวียนที่ {meeting.code}"
            if meeting.circulation
            else f"รอท่านลงคะแนน ประชุมครั้งที่ {meeting.code}",
            f"ตอบภายใน {thai.moment_text(meeting.circulation.closes_at)}"
            if meeting.circulation
            else "กำลังประชุม",
            url_for("committee.item", item_id=first),
            count,
            "วาระ",
            urgent=True,
            since=meeting.sat_on,
        )
        for meeting, count, first in waiting
    ]


def _late(user: User) -> list[Card]:
    """Requests that stand too long with this person, or so long that chair and secretariat see them."""
    mine = lateness.with_(user, lateness.late())
    if not mine:
        return []
    oldest = mine[0]
    words = f"{oldest.proposal.code} {oldest.words}"
    return [
        Card(
            "ค้างเกินกำหนด",
            words,
            url_for("warroom.late"),
            len(mine),
            "เรื่อง",
            urgent=True,
            since=_day(oldest.since),
            late=True,
        )
    ]


def _alone(user: User) -> list[Card]:
    """What this person may decide alone, as chair or by delegation."""
    waiting = sole.waiting_for(user)
    urgent = sum(way is not None for _, way in waiting)
    return [
        Card(
            "รอท่านพิจารณาตามวงเงิน",
            f"เร่งด่วน {urgent} เรื่อง" if urgent else _baht(sum(proposal.satang for proposal, _ in waiting)),
            url_for("committee.decisions"),
            len(waiting),
            "คำขอ",
            urgent=urgent > 0,
            since=_day(min((proposal.submitted_at for proposal, _ in waiting), default=None)),
        )
    ]


def _meetings_ahead(user: User) -> list[Card]:
    ahead = (
        select(Meeting)
        .where(Meeting.state.in_((MeetingState.CALLED, MeetingState.OPEN)))
        .where(Meeting.kind == MeetingKind.MEETING)
        .order_by(Meeting.held_on, Meeting.id)
    )
    return [
        Card(
            f"ประชุมครั้งที่ {meeting.code}",
            meeting.place,
            url_for("committee.meeting", number=meeting.id),
            1,
            "ครั้ง",
            urgent=meeting.held_on == clock.today(),
            since=meeting.held_on,
        )
        for meeting in db.session().scalars(ahead.limit(3))
    ]


def _secretariat(user: User) -> list[Card]:
    waiting = in_state(ProposalState.SUBMITTED)
    total = sum(proposal.satang for proposal in waiting)
    card = Card(
        "คำขอที่รอเข้าวาระ",
        _baht(total),
        url_for("committee.meetings"),
        len(waiting),
        "คำขอ",
        since=_day(min((proposal.submitted_at for proposal in waiting), default=None)),
    )
    # Also what the public pages could not say, for tables that do not add up are no edition.
    cards = [card, *(books for books in _books(user) if books.urgent)]
    if payees.receiving_account() is None:
        cards.append(
            Card("ยังไม่มีบัญชีรับเงิน", "เปิดบัญชีกองทุนก่อนจึงรับเงินได้", url_for("giving.setup"), 1, "เรื่อง", urgent=True)
        )
    return cards


def _later_days(_: User) -> list[Card]:
    """Networks that ask to give later; one after the other, the oldest first."""
    asked = due_dates.unanswered()
    if not asked:
        return []
    oldest = asked[0]
    words = f"{oldest.pledge.network.name} ขอเป็น {thai.short_date(oldest.to_on)}"
    href = url_for("giving.pledge", code=oldest.pledge.code, _anchor="later")
    return [Card("ขอเลื่อนกำหนดสมทบ", words, href, len(asked), "คำขอ", since=_day(oldest.asked_at))]


def _field(user: User) -> list[Card]:
    session = db.session()
    drafts, first = session.execute(
        select(func.count(), func.min(AidRequest.made_at)).where(
            AidRequest.made_by_id == user.id, AidRequest.state == RequestState.DRAFT
        )
    ).one()
    open_ = session.scalars(access.handovers_visible_to(user).where(Handover.closed_at.is_(None))).all()
    done = delivery_progress.of({handover.request_id for handover in open_})
    ready = delivery_progress.awaiting(user)
    cards = [
        Card(
            f"พิธีมอบที่ยังไม่ปิด: {handover.request.title}",
            f"{handover.place} มอบแล้ว {far.done:,} จาก {far.lines:,}",
            url_for("aid.one_handover", number=handover.id),
            far.left or 1,
            since=handover.held_on,
        )
        for handover in open_[:5]
        for far in (done[handover.request_id],)
    ]
    cards.append(
        Card(
            "จ่ายเงินแล้ว รอส่งมอบ",
            "เปิดพิธีมอบได้เลย",
            url_for("aid.handovers"),
            len(ready),
            "คำขอ",
            since=_day(
                min((request.submitted_at for request in ready if request.submitted_at), default=None)
            ),
        )
    )
    cards.append(
        Card(
            "ร่างคำขอของฉัน",
            "ยังไม่ได้ยื่น",
            url_for("aid.requests", show="mine"),
            drafts,
            "ฉบับ",
            since=_day(first),
        )
    )
    return cards


def _administrator(user: User) -> list[Card]:
    held = select(Grant.id).where(Grant.user_id == User.id, Grant.revoked_at.is_(None))
    idle, first = (
        db.session()
        .execute(
            select(func.count(), func.min(User.opened_at)).where(User.closed_at.is_(None), ~held.exists())
        )
        .one()
    )
    return [Card("ผู้ใช้ที่ยังไม่มีบทบาท", "", url_for("staff.people"), idle, "คน", since=_day(first))]


_DEALERS: tuple[tuple[tuple[Role, ...], Callable[[User], list[Card]]], ...] = (
    (approvals.APPROVERS, _to_approve),
    (approvals.FINANCE_APPROVERS, _to_confirm),
    (signatories.HOLDERS, _to_pay),
    (orders.APPROVERS, _unmet),
    ((Role.FINANCE,), _finance),
    ((*SEATS, Role.FINANCE, *access.OFFICERS), _late),
    (SEATS, _member),
    ((*SEATS, Role.FUND_OFFICER), _alone),
    ((*SEATS, Role.FUND_OFFICER), _meetings_ahead),
    ((Role.FUND_OFFICER,), _secretariat),
    ((Role.FUND_OFFICER,), _later_days),
    (access.OFFICERS, _field),
    ((Role.AUDITOR,), _books),
    ((Role.ADMINISTRATOR,), _administrator),
)
