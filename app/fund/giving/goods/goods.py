"""In-kind donations: goods and labour received, valued, each under its own number in the book of goods received."""

from datetime import date
from typing import Any, Protocol

from sqlalchemy import Select, select

from app.fund.giving.networks import networks
from app.fund.giving.receipts import issuer, receipts
from app.fund.giving.receipts.receipts import UNNAMED
from app.fund.giving.records.goods import InKindDonation, InKindReceiptDue, ValuedFrom
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge, PledgeKind, PledgeState
from app.fund.giving.records.receipts import GOODS, ReceiptBook
from app.fund.ledger.accounts import Purpose
from app.fund.store import stock
from app.kit import clock, frozen, money
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext
from app.kit.texts import visible
from app.kit.web import token
from app.province.profile import Issuer
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User


def record(
    *,
    kind: str,
    what: str = "",
    quantity: int,
    unit: str = "",
    satang: int,
    valued_from: str,
    valuation: str = "",
    received_on: date,
    purpose_id: int | None = None,
    network_id: int | None = None,
    pledge_id: int | None = None,
    giver: str = "",
    by: User | None,
) -> InKindDonation:
    """Goods or labour have come: the next number, and goods into the store. Nothing is posted.

    What came is in the books of goods either way; while the issuer's data are incomplete its document is owed, under the
    number it has now, and is issued when they are complete.

    `satang` is the estimated value of all of it, `valued_from` what the estimate rests on. For a pledge they are of
    its network, purpose, kind and unit. Rows are locked in this order: receipt book, pledge, stock. Raises BadInput for
    what is missing, Refused for a pledge that is withdrawn or of another kind.
    """
    by = stock.keeper(by)
    book = receipts.lock_book(GOODS)
    session = db.session()
    pledge = _lock_pledge(pledge_id, kind=kind) if pledge_id else None
    if pledge is not None:
        what, unit, network_id, purpose_id = pledge.what, pledge.unit, pledge.network_id, pledge.purpose_id
    network = session.get(Network, network_id) if network_id else None
    purpose = session.get(Purpose, purpose_id) if purpose_id else None
    if (network_id and network is None) or purpose is None:
        raise BadInput("กรุณาเลือกวัตถุประสงค์ และเครือข่าย (ถ้ามี) จากรายการ")
    donation = InKindDonation(
        fiscal_year_be=book.fiscal_year_be,
        number=book.last_number + 1,
        token=token(20),
        kind=kind,
        what=visible(what),
        quantity=quantity,
        unit=visible(unit),
        satang=satang,
        valued_from=valued_from,
        valuation=visible(valuation),
        pledge_id=pledge.id if pledge else None,
        network_id=network.id if network else None,
        purpose_id=purpose.id,
        giver=visible(giver) or (network.name if network else ""),
        received_on=received_on,
        recorded_at=clock.now(),
        recorded_by_id=by.id,
    )
    _refuse_what_cannot_be(donation)
    _keep(donation, purpose=purpose, book=book, by=by)
    return donation


def _lock_pledge(pledge_id: int, *, kind: str) -> Pledge:
    pledge = lock(Pledge, pledge_id)
    if pledge.kind == PledgeKind.MONEY or pledge.kind != kind:
        raise Refused("ความประสงค์นี้ไม่ใช่การให้ประเภทนี้ กรุณาเลือกความประสงค์ใหม่")
    if pledge.state == PledgeState.WITHDRAWN:
        raise Refused("ความประสงค์นี้ถอนไปแล้ว กรุณารับโดยไม่อ้างความประสงค์")
    return pledge


def _refuse_what_cannot_be(donation: InKindDonation) -> None:
    if donation.kind not in (PledgeKind.GOODS, PledgeKind.LABOUR) or donation.valued_from not in set(
        ValuedFrom
    ):
        raise BadInput("กรุณาเลือกว่าเป็นสิ่งของหรือแรงงาน และมูลค่าประเมินจากอะไร")
    named = 1 <= len(donation.what) <= 200 and 1 <= len(donation.unit) <= 40
    if not named or not 1 <= donation.quantity < 2**31:
        raise BadInput("กรุณาบอกว่าได้รับอะไร จำนวนเท่าใด หน่วยใด เช่น ข้าวสาร 100 ถุง")
    if donation.satang <= 0 or len(donation.valuation) > 300 or len(donation.giver) > 160:
        raise BadInput("มูลค่าต้องมากกว่าศูนย์ ที่มาของมูลค่าไม่เกิน 300 ตัวอักษร และชื่อผู้ให้ไม่เกิน 160 ตัวอักษร")
    if donation.received_on > clock.today():
        raise BadInput("วันที่รับต้องไม่เกินวันนี้")


def _keep(donation: InKindDonation, *, purpose: Purpose, book: ReceiptBook, by: User) -> None:
    """Freeze what was recorded, note the document that is owed, and put goods into the store."""
    valued_from = ValuedFrom(donation.valued_from).words
    known = facts(donation, valued_from=valued_from, purpose=purpose.name_th, by=by)
    whole = issuer.is_complete()
    if whole:
        known = confirmed(known, issuer=issuer.issuer(), on=clock.today())
    donation.contents, donation.contents_hash = frozen.freeze(known)
    book.last_number = donation.number
    session = db.session()
    session.add(donation)
    session.flush()
    if not whole:
        session.add(InKindReceiptDue(in_kind_donation_id=donation.id, since=donation.recorded_at))
    if donation.kind == PledgeKind.GOODS:
        item = stock.item(name=donation.what, unit=donation.unit)
        stock.put_in(
            item.id,
            quantity=donation.quantity,
            in_kind_donation_id=donation.id,
            on=donation.received_on,
            by=by,
        )
    audit.record(
        Deed.GOODS_RECORD,
        f"in_kind_donation:{donation.id}",
        by=by,
        code=donation.code,
        satang=donation.satang,
        pledge=donation.pledge_id,
    )


def void(in_kind_donation_id: int, *, reason: str, by: User | None) -> InKindDonation:
    """It was entered wrongly: the document is invalid and keeps its number, and the goods leave the store again.

    Raises Refused when it was cancelled already or when some of the goods have gone out.
    """
    by = stock.keeper(by)
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= 250:
        raise BadInput(gettext("กรุณาบอกเหตุผลที่ยกเลิก ไม่เกิน 250 ตัวอักษร"))
    donation = lock(InKindDonation, in_kind_donation_id)
    if donation.voided_at is not None:
        raise Refused(gettext("ใบรับสิ่งของ %(code)s ยกเลิกไปแล้ว ไม่ต้องทำซ้ำ", code=donation.code))
    if donation.kind == PledgeKind.GOODS:
        item = stock.item(name=donation.what, unit=donation.unit)
        stock.take_back(
            item.id,
            quantity=donation.quantity,
            in_kind_donation_id=donation.id,
            reason=f"ยกเลิกใบรับ {donation.code}: {reason}",
            by=by,
        )
    donation.voided_at, donation.voided_by_id, donation.void_reason = clock.now(), by.id, reason
    db.session().flush()
    audit.record(Deed.GOODS_VOID, f"in_kind_donation:{donation.id}", by=by, code=donation.code, reason=reason)
    return donation


def by_token(token: str) -> InKindDonation | None:
    """The in-kind donation whose document carries this token."""
    return db.session().scalars(select(InKindDonation).filter_by(token=token)).one_or_none()


def by_number(year_be: int, number: int) -> InKindDonation | None:
    """The in-kind donation with this number of a fiscal year."""
    found = select(InKindDonation).filter_by(fiscal_year_be=year_be, number=number)
    return db.session().scalars(found).one_or_none()


def visible_to(user: User) -> Select[InKindDonation]:
    """The in-kind donations this person may see, the newest first: a treasurer those of their own branch."""
    statement = select(InKindDonation).order_by(InKindDonation.id.desc())
    if user.has(*networks.OVERSEERS):
        return statement
    mine = select(Network.id).where(networks.within(user.network_codes()))
    return statement.where(InKindDonation.network_id.in_(mine))


class Recorded(Protocol):
    """What the facts are read from."""

    giver: str
    kind: str
    what: str
    quantity: int
    unit: str
    satang: int
    valuation: str
    received_on: date

    @property
    def code(self) -> str: ...


def facts(donation: Recorded, *, valued_from: str, purpose: str, by: User) -> dict[str, Any]:
    """What came, from whom, what it is worth and who took it; nothing yet of who issues the document."""
    return {
        "code": donation.code,
        "giver": donation.giver or UNNAMED,
        "kind": donation.kind,
        "what": donation.what,
        "quantity": donation.quantity,
        "unit": donation.unit,
        "satang": donation.satang,
        "words": money.baht_in_words(donation.satang),
        "valued_from": valued_from,
        "valuation": donation.valuation,
        "purpose": purpose,
        "received_on": donation.received_on.isoformat(),
        "receiver": by.name,
        "receiver_position": by.position,
    }


def confirmed(known: dict[str, Any], *, issuer: Issuer, on: date) -> dict[str, Any]:
    """The facts in the name of the issuer, confirmed on this day."""
    signs = {"signer": issuer.signer, "signer_position": issuer.signer_position} if issuer.signer else {}
    return (
        known
        | {
            "issuer": issuer.name_th,
            "issuer_address": issuer.address_th,
            "issuer_tax_id": issuer.tax_id,
            "issued_on": on.isoformat(),
        }
        | signs
    )
