"""Allocations: what part of a bank event is which donation, as the finance officer says it."""

from dataclasses import dataclass

from app.fund.bank.reconciliation import matching
from app.fund.bank.records import ReconciliationItem
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.pledges import Pledge
from app.fund.ledger.accounts import Purpose
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.staff.users import User


@dataclass(frozen=True, kw_only=True)
class AllocationPart:
    """So many satang of an event, and what they are: of a payment request, of a pledge, or of somebody for a purpose."""

    satang: int
    payment_request_id: int | None = None
    pledge_id: int | None = None
    network_id: int | None = None
    purpose_id: int | None = None
    donor_name: str = ""
    anonymous: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "donor_name", visible(self.donor_name))


def target_of(part: AllocationPart) -> tuple[PaymentRequest | None, Pledge | None, int]:
    """What a part is for, with its purpose. Raises Refused for what is not there and BadInput for what was left out."""
    session = db.session()
    if part.satang <= 0:
        raise BadInput("จำนวนเงินของทุกส่วนต้องมากกว่าศูนย์")
    if part.payment_request_id is not None:
        payment_request = session.get(PaymentRequest, part.payment_request_id)
        if payment_request is None:
            raise Refused("ไม่พบรายการให้นี้ กรุณาเลือกใหม่")
        return payment_request, None, payment_request.purpose_id
    if part.pledge_id is not None:
        pledge = session.get(Pledge, part.pledge_id)
        if pledge is None:
            raise Refused("ไม่พบความประสงค์นี้ กรุณาเลือกใหม่")
        return None, pledge, pledge.purpose_id
    if part.purpose_id is None:
        raise BadInput("กรุณาเลือกวัตถุประสงค์ของเงินก้อนนี้")
    if part.network_id is not None and session.get(Network, part.network_id) is None:
        raise Refused("ไม่พบเครือข่ายนี้ กรุณาเลือกใหม่")
    return None, None, part.purpose_id


def words_of(part: AllocationPart) -> str:
    """What a part becomes, as the second person reads it."""
    session = db.session()
    payment_request, pledge, purpose_id = target_of(part)
    if payment_request is not None:
        target = f"รายการให้ {payment_request.ref1} เพื่อ{payment_request.purpose.name_th}"
    elif pledge is not None:
        target = f"ความประสงค์ {pledge.code} ของ{pledge.network.name}"
    else:
        network = session.get(Network, part.network_id) if part.network_id else None
        donor = network.name if network else part.donor_name or "ผู้ไม่ประสงค์ออกนาม"
        target = f"{donor} เพื่อ{session.get_one(Purpose, purpose_id).name_th}"
    return f"{format_baht(part.satang)} บาท → {target}"


def post_part(item: ReconciliationItem, part: AllocationPart, *, by: User | None) -> Donation:
    """The part becomes a donation. Inside a transaction that has locked the item and posts all of its parts."""
    payment_request, pledge, purpose_id = target_of(part)
    return matching.post(
        item,
        payment_request=payment_request,
        purpose_id=purpose_id,
        network_id=pledge.network_id if pledge else part.network_id,
        pledge_id=pledge.id if pledge else None,
        donor_name=part.donor_name,
        anonymous=part.anonymous,
        satang=part.satang,
        by=by,
    )
