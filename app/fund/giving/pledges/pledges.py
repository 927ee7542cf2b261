"""Pledges: what a network says it will give, in money, goods or labour. A promise is not money and posts nothing."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true, union_all

from app.fund.giving.networks import networks
from app.fund.giving.pledges import instalments
from app.fund.giving.pledges.instalments import InstalmentPart
from app.fund.giving.records.donations import DonationTotal
from app.fund.giving.records.goods import InKindDonation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.pledges import Pledge, PledgeKind, PledgeState
from app.fund.ledger.accounts import Purpose
from app.kit import clock, thai
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext
from app.kit.locks import AdvisoryLock, lock_advisory
from app.kit.texts import visible
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

#: Who sees the pledges of every network.
OVERSEERS = networks.OVERSEERS


#: Nobody promises farther ahead than this.
FARTHEST = timedelta(days=3653)


def seen_by(user: User) -> ColumnElement[bool]:
    """The condition on Pledge that this person may see it: a treasurer those of their own branch."""
    if user.has(*OVERSEERS):
        return true()
    return Pledge.network_id.in_(select(Network.id).where(networks.within(user.network_codes())))


def visible_to(user: User) -> Select[Pledge]:
    """The pledges this person may see, newest first: a treasurer those of their own branch."""
    return select(Pledge).where(seen_by(user)).order_by(Pledge.id.desc())


def make(
    *,
    network_id: int,
    satang: int,
    purpose_id: int,
    expected_on: date | None = None,
    parts: Sequence[InstalmentPart] = (),
    kind: str = PledgeKind.MONEY,
    what: str = "",
    quantity: int | None = None,
    unit: str = "",
    basis: str = "",
    note: str = "",
    by: User | None,
) -> Pledge:
    """A network says what it will give. Nothing is posted: a promise is not money, and needs no bank account.

    Money comes whole by `expected_on`, or in `parts` that are together `satang`; goods and labour are so many of a
    unit, and `satang` is their estimated value. `basis` is the document or meeting it rests on, which somebody who is
    not of the network has to name. Raises Refused for a network or purpose that is closed and for a person who does
    not speak for the network, BadInput for a day more than ten years ahead, which is a mistyped year.
    """
    network, by = _speaking(network_id, purpose_id=purpose_id, by=by)
    if satang <= 0:
        raise BadInput(gettext("จำนวนเงินต้องมากกว่าศูนย์"))
    basis = _rests_on(basis, network=network, by=by)
    what, unit = _checked_kind(kind, what=what, quantity=quantity, unit=unit, parts=parts)
    agreed = instalments.agreed(parts, satang=satang)
    last_on = _last_day(agreed[-1].due_on if agreed else expected_on)
    pledge = Pledge(
        code=_next_code(),
        network_id=network.id,
        purpose_id=purpose_id,
        kind=kind,
        what=what,
        quantity=quantity,
        unit=unit,
        satang=satang,
        expected_on=last_on,
        basis=basis,
        note=note.strip()[:500],
        state=PledgeState.STATED,
        stated_at=clock.now(),
        stated_by_id=by.id,
    )
    db.session().add(pledge)
    db.session().flush()
    instalments.put(pledge.id, agreed)
    audit.record(
        Deed.PLEDGE_MAKE,
        f"pledge:{pledge.id}",
        by=by,
        code=pledge.code,
        kind=kind,
        satang=satang,
        network=network.code,
        basis=basis,
    )
    return pledge


def _speaking(network_id: int, *, purpose_id: int, by: User | None) -> tuple[Network, User]:
    """The network, and who speaks for it. Raises Refused for anybody else, and for a network or purpose that is closed."""
    session = db.session()
    network, purpose = session.get(Network, network_id), session.get(Purpose, purpose_id)
    if network is None or by is None or not networks.speaks_for(by, network):
        raise Refused(
            gettext("ท่านแจ้งความประสงค์ในนามเครือข่ายนี้ไม่ได้ กรุณาเลือกเครือข่ายของท่าน หรือติดต่อฝ่ายเลขานุการกองทุน")
        )
    if not network.open:
        raise Refused(gettext("เครือข่ายนี้ปิดแล้ว กรุณาติดต่อฝ่ายเลขานุการกองทุน"))
    if purpose is None or not purpose.open:
        raise Refused(gettext("วัตถุประสงค์นี้ไม่เปิดรับสมทบ กรุณาเลือกวัตถุประสงค์อื่น"))
    return network, by


def _rests_on(basis: str, *, network: Network, by: User) -> str:
    basis = visible(basis)
    if len(basis) > 300:
        raise BadInput(gettext("ที่มายาวเกินไป กรุณาใส่ไม่เกิน 300 ตัวอักษร"))
    if not basis and not networks.belongs_to(by, network):
        raise BadInput(gettext("ท่านแจ้งแทนเครือข่าย กรุณาบอกหนังสือหรือการประชุมที่เครือข่ายแจ้งไว้ เช่น ประชุมครั้งที่ 1/2565"))
    return basis


def _last_day(last_on: date | None) -> date:
    if last_on is None:
        raise BadInput(gettext("กรุณาบอกวันที่คาดว่าจะสมทบ"))
    if last_on > clock.today() + FARTHEST:
        raise BadInput(gettext("แจ้งความประสงค์ล่วงหน้าได้ไม่เกินสิบปี กรุณาตรวจปี พ.ศ. ของวันที่คาดว่าจะสมทบ"))
    return last_on


def _checked_kind(
    kind: str, *, what: str, quantity: int | None, unit: str, parts: Sequence[InstalmentPart]
) -> tuple[str, str]:
    what, unit = visible(what), visible(unit)
    if kind not in set(PledgeKind):
        raise BadInput(gettext("ไม่รู้จักประเภทการสมทบนี้ กรุณาเลือกจากรายการ"))
    if kind == PledgeKind.MONEY:
        if what or unit or quantity is not None:
            raise BadInput(
                gettext("การสมทบเป็นเงินไม่มีชื่อสิ่งของ จำนวน และหน่วยนับ กรุณาเว้นว่าง หรือเลือกสิ่งของหรือแรงงาน")
            )
        return "", ""
    if not 1 <= len(what) <= 200 or not 1 <= len(unit) <= 40 or quantity is None or quantity < 1:
        raise BadInput(gettext("กรุณาบอกว่าจะให้อะไร จำนวนเท่าใด หน่วยใด เช่น ข้าวสาร 100 ถุง หรือช่างไม้ 5 วันแรง"))
    if parts:
        raise BadInput(gettext("แบ่งงวดได้เฉพาะการสมทบเป็นเงิน สิ่งของหรือแรงงานหลายครั้ง กรุณาแจ้งแยกกัน"))
    return what, unit


def _next_code() -> str:
    lock_advisory(AdvisoryLock.PLEDGE_CODES)
    session = db.session()
    start = f"PL-{thai.fiscal_year_be(clock.today())}-"
    last = session.scalar(
        select(Pledge.code)
        .where(Pledge.code.startswith(start, autoescape=True))
        .order_by(func.length(Pledge.code).desc(), Pledge.code.desc())
        .limit(1)
    )
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:04d}"


def withdraw(pledge_id: int, *, by: User | None) -> None:
    """The network takes back what it has not given yet. What has come in stays; a QR code already shown stays payable."""
    pledge = lock(Pledge, pledge_id)
    if not networks.speaks_for(by, pledge.network):
        raise Refused(gettext("ท่านถอนความประสงค์ของเครือข่ายนี้ไม่ได้ กรุณาติดต่อเหรัญญิกของเครือข่าย"))
    if pledge.state == PledgeState.WITHDRAWN:
        raise Refused(gettext("ความประสงค์นี้ถอนไปแล้ว ไม่ต้องทำซ้ำ"))
    if pledge.state == PledgeState.LAPSED:
        raise Refused(gettext("ความประสงค์นี้พ้นกำหนดแล้ว ไม่ต้องถอน"))
    if outstanding(pledge) == 0:
        raise Refused(gettext("ความประสงค์นี้สมทบครบแล้ว จึงไม่มีส่วนที่จะถอน"))
    pledge.state = PledgeState.WITHDRAWN
    pledge.withdrawn_at = clock.now()
    audit.record(Deed.PLEDGE_WITHDRAW, f"pledge:{pledge.id}", by=by, code=pledge.code)


def came_in() -> Select[Any, Any]:
    """Pledge and satang of what truly came for it: donations less their reversals, and goods and labour received.

    Goods and labour count by their number, at the value that the pledge itself set on them: what one bag was
    estimated at on the day it was handed over decides nothing about whether the bags have come.
    """
    money = select(DonationTotal.pledge_id, DonationTotal.satang).where(DonationTotal.pledge_id.is_not(None))
    goods = pieces_in().subquery()
    valued = select(
        goods.c.pledge_id, (goods.c.pieces * Pledge.satang // Pledge.quantity).label("satang")
    ).join(Pledge, Pledge.id == goods.c.pledge_id)
    both = union_all(money, valued).subquery()
    return select(both.c.pledge_id, func.sum(both.c.satang).label("satang")).group_by(both.c.pledge_id)


def pieces_in() -> Select[Any, Any]:
    """Pledge and number of pieces received for it, of goods and labour that were not cancelled."""
    return (
        select(InKindDonation.pledge_id, func.sum(InKindDonation.quantity).label("pieces"))
        .where(InKindDonation.pledge_id.is_not(None), InKindDonation.voided_at.is_(None))
        .group_by(InKindDonation.pledge_id)
    )


def received(pledge_ids: Sequence[int]) -> dict[int, int]:
    """How many satang have truly come in for each of these pledges; what was taken back or refunded does not count."""
    if not pledge_ids:
        return {}
    came = came_in().subquery()
    rows = db.session().execute(select(came).where(came.c.pledge_id.in_(pledge_ids)))
    found = {number: int(satang) for number, satang in rows}
    return {number: found.get(number, 0) for number in pledge_ids}


def pieces(pledge_ids: Sequence[int]) -> dict[int, int]:
    """How many pieces of goods or labour have come for each of these pledges."""
    if not pledge_ids:
        return {}
    rows = db.session().execute(pieces_in().where(InKindDonation.pledge_id.in_(pledge_ids)))
    found = {number: int(count) for number, count in rows}
    return {number: found.get(number, 0) for number in pledge_ids}


def outstanding(pledge: Pledge) -> int:
    """What is still expected, in satang; nothing for a pledge that was withdrawn, has lapsed or is exceeded."""
    return left(pledge) if pledge.state == PledgeState.STATED else 0


def left(pledge: Pledge) -> int:
    """What may still be paid, in satang: what did not come yet, though the day is past; nothing once withdrawn."""
    if pledge.state == PledgeState.WITHDRAWN:
        return 0
    return max(0, pledge.satang - received([pledge.id])[pledge.id])


def lapse_due(today: date) -> int:
    """Let lapse what is not given so many days after its last due date, while nothing for it is under way.

    The days are the profile's `lapse_after_days`. Under way is a QR code that can still be paid. What comes later is
    received and shown all the same. Returns how many lapsed. Inside a transaction; doing it again finds nothing.
    """
    profile = Profile.here()
    came, now = came_in().subquery(), clock.now()
    under_way = exists().where(
        PaymentRequest.pledge_id == Pledge.id,
        PaymentRequest.state == "open",
        or_(
            PaymentRequest.expires_at > now,
            PaymentRequest.reserved_until > now,
        ),
    )
    due = (
        db.session()
        .scalars(
            select(Pledge)
            .outerjoin(came, came.c.pledge_id == Pledge.id)
            .where(
                Pledge.state == PledgeState.STATED,
                Pledge.expected_on < today - timedelta(days=profile.giving.lapse_after_days),
                func.coalesce(came.c.satang, 0) < Pledge.satang,
                ~under_way,
            )
            .order_by(Pledge.id)
            .with_for_update(of=Pledge)
            .execution_options(populate_existing=True)
        )
        .all()
    )
    for pledge in due:
        pledge.state, pledge.lapsed_at = PledgeState.LAPSED, now
        audit.record(Deed.PLEDGE_LAPSE, f"pledge:{pledge.id}", by=None, code=pledge.code)
    return len(due)
