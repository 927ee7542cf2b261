"""What did not go as it was asked: approved in part, deferred, rescinded; a transfer that bounced, a refund of a part."""

from collections.abc import Sequence

from sqlalchemy import select

from app.demo import paying
from app.demo.ledger import Ledger
from app.demo.qr_reader import Asked, read_payload
from app.fund.bank.records import BankEvent
from app.fund.committee import agenda, attendance, meetings, motions, proposals, resolutions, votes
from app.fund.committee.records import Matter, ResolutionKind
from app.fund.spending import order_lines, orders, payments, returns, voids
from app.fund.spending.order_lines import Line
from app.fund.spending.records import Payment
from app.kit import clock
from app.kit.db import db, transaction
from app.staff import people
from app.staff.users import User

#: How the bank's statement calls the two lines; the vendor's price came down by so much.
_BOUNCED, _REFUNDED = "โอนกลับ บัญชีปลายทางปิด", "รับโอนจากร้านค้า"
REFUND = 400_00
TRANSFERS = ("DEMO000000000002", "DEMO000000000003", "DEMO000000000004")


def decide(part: str, deferred: str, rescinded: str, *, hall: str) -> None:
    """In one meeting a request is approved for some of what it asks, one waits until the money suffices, one is approved; in
    the next the last one is taken back."""
    who = people.named
    first = _meet(hall)
    items = {
        code: agenda.table(first, proposal_code=code, by=who("busaba")).id
        for code in (part, deferred, rescinded)
    }
    _open(first)
    line = agenda.open_item(items[part])[1].item.version.lines[0]
    motions.move(
        items[part],
        kind=ResolutionKind.APPROVE_IN_PART,
        lines={line.id: line.quantity - 2},
        reason="สองครัวเรือนได้รับจากเทศบาลแล้ว",
        by=who("somchai"),
    )
    motions.move(
        items[deferred],
        kind=ResolutionKind.DEFER,
        reason="รอเงินสมทบด้านรายได้ให้พอก่อน",
        waits_for_money=True,
        by=who("somchai"),
    )
    for item_id in items.values():
        _carry(item_id)
    meetings.close(first, by=who("busaba"))
    second = _meet(hall)
    item = agenda.table(
        second,
        proposal_code=rescinded,
        matter=Matter.RESCIND,
        reason="ครัวเรือนย้ายออกนอกจังหวัด",
        by=who("busaba"),
    )
    _open(second)
    _carry(item.id)
    meetings.close(second, by=who("busaba"))


def _members() -> Sequence[User]:
    return [people.named(name) for name in ("somchai", "pranee", "wichai", "sompong", "nittaya")]


def _meet(hall: str) -> int:
    called = meetings.call(held_on=clock.today(), place=hall, by=people.named("busaba"))
    for member in _members():
        attendance.note_present(called.id, member_id=member.id, by=people.named("busaba"))
    return called.id


def _open(number: int) -> None:
    meetings.open_(number, chair_id=people.named("somchai").id, by=people.named("busaba"))


def _carry(item_id: int) -> None:
    for member in _members():
        votes.vote(item_id, choice="approve", by=member)
    resolutions.resolve(item_id, by=people.named("somchai"))


def pay(proposal_code: str, ledger: Ledger, payload: str) -> None:
    """All that was approved in part is paid in two transfers: the bank brings the first one back, and of the second the
    vendor refunds a part; into the account of a QR code that says `payload`. The books hear of it when the statement comes in."""
    payee, whole = read_payload(payload), _lines(proposal_code)[0]
    into = Asked(payload, 0, payee.payee, payee.account, payee.proxy, "", "", None)
    half = whole.quantity // 2
    for ref, quantity in zip(TRANSFERS, (half, whole.quantity - half), strict=False):
        _pay(proposal_code, quantity, ref=ref)
    for words, satang in ((_BOUNCED, whole.satang // whole.quantity * half), (_REFUNDED, REFUND)):
        ledger.move(into, satang=satang, words=words)


def follow_statement() -> None:
    """Two people take both lines in: the transfer that bounced is voided and made again, the refund is a return in part.
    In transactions of its own."""
    who, session = people.named, db.session()

    def line(words: str) -> int:
        return session.scalars(select(BankEvent.id).where(BankEvent.description == words)).one()

    def payment(ref: str) -> Payment:
        return session.scalars(select(Payment).filter_by(transfer_ref=ref)).one()

    with transaction():
        bounced = payment(TRANSFERS[0])
        voids.ask(bounced.id, reason="ธนาคารคืนเงิน บัญชีปลายทางปิด", event_id=line(_BOUNCED), by=who("kanya"))
        voids.confirm(bounced.id, by=who("somchai"))
        (was,) = order_lines.of(bounced.order_id)
        _pay(bounced.proposal.code, was.quantity, ref=TRANSFERS[2])
    with transaction():
        back = returns.ask(
            payment(TRANSFERS[1]).id, reason="ร้านลดราคาให้", event_id=line(_REFUNDED), by=who("kanya")
        )
        returns.confirm(back.id, by=who("somchai"))


def _lines(proposal_code: str) -> list[Line]:
    """What was approved and is not ordered yet."""
    known = proposals.by_code(proposal_code)
    assert known is not None
    return order_lines.offered(known)


def _pay(proposal_code: str, quantity: int, *, ref: str) -> None:
    """So many of what was approved are paid for, by three people."""
    who = people.named
    (line,) = _lines(proposal_code)
    satang = line.satang // line.quantity * quantity
    order = orders.prepare(
        proposal_code=proposal_code,
        satang=satang,
        vendor_id=paying.vendor("ร้านเครื่องกรองน้ำ"),
        invoice="ใบแจ้งหนี้ 9/2569",
        by=who("kanya"),
    )
    order_lines.split(
        order.id, lines=[Line(line.what, quantity, satang, line_id=line.line_id)], by=who("kanya")
    )
    for signatory in ("somchai", "arun")[: order.signatures]:
        orders.approve(order.id, by=who(signatory))
    payments.record(order.id, transfer_ref=ref, paid_on=clock.today(), by=who("kanya"))
