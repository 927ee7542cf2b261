"""Payment requests: one intention to give with its own reference and QR code, waiting for the bank to say it came."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, or_, select, update

from app.fund.giving.networks import networks
from app.fund.giving.payment_requests import (
    amount_reservations,
    payees,
    payloads,
    references,
    solicitation,
    stops,
)
from app.fund.giving.pledges import pledges
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import FundAccount, Payee, PaymentRequest, PaymentRequestState
from app.fund.giving.records.pledges import Pledge, PledgeKind, PledgeState
from app.fund.ledger.accounts import Purpose
from app.kit import clock, money, promptpay
from app.kit.db import db, lock
from app.kit.errors import Refused
from app.kit.language import gettext
from app.kit.references import is_valid, normalise
from app.kit.texts import visible
from app.kit.web import token
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

#: How long a QR code is shown. Bank apps keep pictures, so the reference itself lives for ever.
LIFE = timedelta(days=3)
#: Statements lag behind; so long after its expiry a tag-29 amount may still turn up and must mean one payment request only.
GRACE = timedelta(hours=72)
#: Ref2 of a donation that comes from no network.
PUBLIC = "PUBLIC"


def status_of(state: str, expires_at: datetime) -> str:
    """What the page says of a payment request in this state: waiting, received, expired or cancelled."""
    if state == PaymentRequestState.OPEN:
        return "waiting" if clock.now() < expires_at else "expired"
    return state


def open(  # noqa: A001 — read with its room: payment_requests.open(…)
    *,
    satang: int,
    purpose_id: int,
    pledge_id: int | None = None,
    network_id: int | None = None,
    donor_name: str = "",
    anonymous: bool = True,
    by: User | None,
    visitor_address: str = "",
) -> PaymentRequest:
    """Reserve a reference and a QR code for `satang`. `by` is None for a visitor, who asks from the address `visitor_address`.

    It is not money and posts nothing.

    Tag 30 when the payee in force has a Biller ID: exact amount, Ref1, and the network's code (or PUBLIC) as
    Ref2. Else tag 29, which carries no reference: the amount itself is reserved, at most 99 satang below the wish.
    A visitor on a network's page gives for the network, any amount, and for a pledge of it when the page asks for one.
    Raises Refused while nobody may be asked, when no amount is free or this address reserves too many, when the
    purpose is closed, and when a pledge is withdrawn, asked for more than is outstanding or not this person's to pay.
    """
    payee = _payee(by)
    network, pledge = _for_whom(network_id, pledge_id, satang=satang, purpose_id=purpose_id, by=by)
    _refuse_what_no_code_carries(satang)
    now, tag = clock.now(), 30 if payee.biller_id else 29
    due = satang if tag == 30 else _reserve(payee, satang=satang, visitor_address=visitor_address, now=now)
    ref1, ref2 = references.new(), network.code if network else PUBLIC
    payment_request = PaymentRequest(
        code=token(16),
        ref1=ref1,
        ref2=ref2,
        account_id=payee.account_id,
        purpose_id=purpose_id,
        pledge_id=pledge.id if pledge else None,
        network_id=network.id if network else None,
        wish_satang=satang,
        due_satang=due,
        tag=tag,
        payload=payloads.of_payment_request(
            biller=payee.biller_id, promptpay_id=payee.promptpay_id, ref1=ref1, ref2=ref2, satang=due
        ),
        donor_name=visible(donor_name)[:160],
        anonymous=anonymous,
        state=PaymentRequestState.OPEN,
        opened_at=now,
        opened_by_id=by.id if by else None,
        expires_at=now + LIFE,
        reserved_until=now + LIFE + GRACE if tag == 29 else None,
    )
    db.session().add(payment_request)
    db.session().flush()
    if visitor_address and payment_request.reserved_until is not None:
        amount_reservations.note(
            payment_request.id, address=visitor_address, until=payment_request.reserved_until
        )
    audit.record(
        Deed.PAYMENT_REQUEST_OPEN, f"payment_request:{payment_request.id}", by=by, ref1=ref1, satang=due
    )
    return payment_request


def _payee(by: User | None) -> Payee:
    """Whom a QR code pays now. Raises Refused while giving is stopped, while no account is open, and for a visitor while
    no approval to solicit is on file."""
    stops.require_none()
    if by is None:
        solicitation.require()
    payee = payees.in_force()
    if payee is None:
        raise Refused(
            gettext("กองทุนยังไม่เปิดบัญชีรับเงิน จึงยังออก QR ให้ไม่ได้ ความประสงค์ที่แจ้งไว้ยังอยู่ครบ กรุณากลับมาใหม่เมื่อเปิดบัญชีแล้ว")
        )
    return payee


def _for_whom(
    network_id: int | None, pledge_id: int | None, *, satang: int, purpose_id: int, by: User | None
) -> tuple[Network | None, Pledge | None]:
    """The network that is given for and the pledge that is paid, if any. The purpose of a pledge may have been closed since."""
    network: Network | None
    pledge: Pledge | None = None
    if by is None and network_id:
        network, pledge = _for_visitor(network_id, pledge_id, purpose_id=purpose_id)
    else:
        if pledge_id:
            pledge = _payable_pledge(pledge_id, satang=satang, purpose_id=purpose_id, by=by)
        network = pledge.network if pledge else _network_of(network_id, by=by)
    purpose = db.session().get(Purpose, purpose_id)
    if purpose is None or not (purpose.open or pledge):
        raise Refused(gettext("วัตถุประสงค์นี้ไม่เปิดรับสมทบ กรุณาเลือกวัตถุประสงค์อื่น"))
    return network, pledge


def _refuse_what_no_code_carries(satang: int) -> None:
    if satang > promptpay.MAX_SATANG:
        raise Refused(
            gettext(
                "QR หนึ่งใบรับได้ไม่เกิน %(most)s บาท กรุณาลดจำนวน หรือติดต่อฝ่ายเลขานุการกองทุน",
                most=money.format_baht(promptpay.MAX_SATANG),
            )
        )
    promptpay.format_amount(satang)


def _reserve(payee: Payee, *, satang: int, visitor_address: str, now: datetime) -> int:
    """The amount that a tag-29 code asks for.

    Whoever asks waits for the account's row, so no two choose the same amount and the last places of an address are
    not given twice.
    """
    lock(FundAccount, payee.account_id)
    due = amount_reservations.free(payee.account_id, wish=satang, now=now)
    if visitor_address:
        amount_reservations.refuse_too_many(visitor_address, now=now)
    return due


def why_hidden(payment_request: PaymentRequest) -> str:
    """Why its QR code may not be shown now, in words for the giver; empty when it may.

    While giving is stopped none is. What a visitor asked for is solicited from the public and needs the approval in
    force; a network's own payment does not.
    """
    if stops.current() is not None:
        return stops.STOPPED
    if payment_request.opened_by_id is None and solicitation.current() is None:
        return solicitation.MISSING
    return ""


def by_code(code: str) -> PaymentRequest | None:
    """The payment request whose page is /give/<code>."""
    return db.session().scalars(select(PaymentRequest).filter_by(code=code)).one_or_none()


def by_ref1(text: str) -> PaymentRequest | None:
    """The payment request with this reference as a person or a bank wrote it (case, spaces, hyphens and Thai digits apart)."""
    ref1 = normalise(text)
    if not is_valid(ref1):
        return None
    return db.session().scalars(select(PaymentRequest).filter_by(ref1=ref1)).one_or_none()


def expire_due() -> int:
    """Expire what waited too long: tag 30 from its expiry, tag 29 from the end of its reservation. Returns how many.

    Money that still comes for an expired payment request waits for the finance officer. Inside a transaction.
    """
    now = clock.now()
    amount_reservations.forget_ended(now)
    result = db.session().execute(
        update(PaymentRequest)
        .where(
            PaymentRequest.state == PaymentRequestState.OPEN,
            PaymentRequest.expires_at <= now,
            or_(PaymentRequest.reserved_until.is_(None), PaymentRequest.reserved_until <= now),
        )
        .values(state=PaymentRequestState.EXPIRED)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], result).rowcount


def _payable_pledge(pledge_id: int, *, satang: int, purpose_id: int, by: User | None) -> Pledge:
    """The pledge of money that this person may pay `satang` of, for this purpose. Raises Refused for any other."""
    pledge = db.session().get(Pledge, pledge_id)
    if pledge is None or not networks.speaks_for(by, pledge.network):
        raise Refused(gettext("ท่านจ่ายเงินสมทบของเครือข่ายนี้ไม่ได้ กรุณาติดต่อเหรัญญิกของเครือข่าย"))
    if pledge.state == PledgeState.WITHDRAWN:
        raise Refused(gettext("ความประสงค์นี้ถอนไปแล้ว กรุณาแจ้งความประสงค์ใหม่ก่อนจ่าย"))
    if pledge.kind != PledgeKind.MONEY:
        raise Refused(gettext("ความประสงค์นี้เป็นสิ่งของหรือแรงงาน จึงจ่ายเป็นเงินไม่ได้ หากจะให้เงิน กรุณาแจ้งความประสงค์ใหม่"))
    if pledge.purpose_id != purpose_id:
        raise Refused(gettext("วัตถุประสงค์ไม่ตรงกับที่แจ้งความประสงค์ไว้ กรุณาเปิดหน้าความประสงค์นี้ใหม่"))
    rest = pledges.left(pledge)
    if rest == 0:
        raise Refused(gettext("ความประสงค์นี้สมทบครบแล้ว หากต้องการให้เพิ่ม กรุณาแจ้งความประสงค์ใหม่ ขอบคุณยิ่ง"))
    if satang > rest:
        raise Refused(
            gettext(
                "ยอดที่ยังค้างคือ %(rest)s บาท กรุณาใส่จำนวนไม่เกินนี้ หรือแจ้งความประสงค์ใหม่สำหรับส่วนที่เกิน",
                rest=money.format_baht(rest),
            )
        )
    return pledge


def _network_of(network_id: int | None, *, by: User | None) -> Network | None:
    """The network that this person gives for, if any. Raises Refused unless they may speak for it."""
    if network_id is None:
        return None
    found = db.session().get(Network, network_id)
    if found is None or not networks.speaks_for(by, found):
        raise Refused(gettext("ท่านให้ในนามเครือข่ายนี้ไม่ได้ กรุณาติดต่อเหรัญญิกของเครือข่าย"))
    return found


def _for_visitor(network_id: int, pledge_id: int | None, *, purpose_id: int) -> tuple[Network, Pledge | None]:
    """The network whose page a visitor stands on, and the pledge that it asks its members for.

    Raises Refused for a closed network and for a pledge that is not its own or waits for no money.
    """
    session = db.session()
    found = session.get(Network, network_id)
    if found is None or not found.open:
        raise Refused(gettext("เครือข่ายนี้ไม่เปิดรับสมทบแล้ว ท่านยังร่วมสมทบกองทุนได้ที่หน้าร่วมสมทบ"))
    pledge = session.get(Pledge, pledge_id) if pledge_id else None
    if pledge_id and (pledge is None or pledge.network_id != found.id or pledge.purpose_id != purpose_id):
        raise Refused(gettext("ไม่พบความประสงค์นี้ของเครือข่าย กรุณาเปิดหน้าของเครือข่ายใหม่"))
    if pledge is not None and (pledge.kind != PledgeKind.MONEY or pledge.state != PledgeState.STATED):
        raise Refused(gettext("ความประสงค์นี้ของเครือข่ายไม่ได้รอเงินแล้ว กรุณาเปิดหน้าของเครือข่ายใหม่"))
    return found, pledge
