"""Costs: what the things of a request truly cost, and that no more is given than the fund has paid for."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from app.cases.aid.records import (
    ITEM_VALUE,
    LINE_VALUE,
    AidLine,
    AidRequest,
    Delivery,
    DeliveryOutcome,
    Handover,
    ItemCost,
)
from app.cases.aid.refusals import SECOND_KEEPS_NO_COSTS
from app.cases.care import logbook
from app.cases.care.records import LogbookEntry
from app.fund.committee import proposals
from app.fund.committee.records import Proposal, ProposalState
from app.fund.spending import sums
from app.kit import clock, queue, thai
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import MOST_SATANG, format_baht
from app.kit.texts import visible
from app.province import catalogue
from app.province.catalogue import CatalogueItem
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: Who knows the vendor's bill.
KEEPERS = (Role.FINANCE, Role.FUND_OFFICER)


@dataclass(frozen=True, slots=True)
class ItemWorth:
    """One kind of thing of a request, asked for at one price: how many, how many of them bought and given, at what."""

    item: CatalogueItem
    asked_satang: int
    asked: int
    bought: int
    given: int
    unit_satang: int

    @property
    def key(self) -> tuple[str, int]:
        return self.item.code, self.asked_satang

    @property
    def satang(self) -> int:
        """What those bought came to."""
        return self.bought * self.unit_satang


@dataclass(frozen=True, slots=True)
class Worth:
    """What the fund paid for a request and what was given for it, in satang. `delivered` is never more than `paid`."""

    paid: int
    delivered: int

    @property
    def left(self) -> int:
        return max(0, self.paid - self.delivered)


def items(request_id: int) -> list[ItemWorth]:
    """The things of a request as they are known now, by item and asked price. Names nobody."""
    given = (
        select(AidLine.item_code, AidLine.unit_satang, func.sum(Delivery.quantity).label("given"))
        .join(Delivery, Delivery.line_id == AidLine.id)
        .where(AidLine.request_id == request_id)
        .group_by(AidLine.item_code, AidLine.unit_satang)
    )
    session = db.session()
    had = {(code, asked): int(quantity) for code, asked, quantity in session.execute(given)}
    known = select(ITEM_VALUE).where(ITEM_VALUE.c.request_id == request_id)
    return [
        ItemWorth(
            item=catalogue.item(row["item_code"]),
            asked_satang=int(row["asked_satang"]),
            asked=int(row["asked"]),
            bought=int(row["bought"]),
            given=had.get((row["item_code"], row["asked_satang"]), 0),
            unit_satang=int(row["unit_satang"]),
        )
        for row in session.execute(
            known.order_by(ITEM_VALUE.c.item_code, ITEM_VALUE.c.asked_satang)
        ).mappings()
    ]


def unit_of(line_id: int) -> int:
    """What one thing of a line is worth, in satang."""
    value = select(LINE_VALUE.c.unit_satang).where(LINE_VALUE.c.line_id == line_id)
    return int(db.session().execute(value).scalar_one())


def units_of(request_id: int) -> dict[int, int]:
    """What one thing of each line of a request is worth, in satang."""
    values = select(LINE_VALUE.c.line_id, LINE_VALUE.c.unit_satang).where(
        LINE_VALUE.c.request_id == request_id
    )
    return {line_id: int(satang) for line_id, satang in db.session().execute(values)}


def worth(request: AidRequest) -> Worth:
    """What was paid for a request and given of it, as it is now."""
    delivered = (
        select(func.coalesce(func.sum(Delivery.quantity * LINE_VALUE.c.unit_satang), 0))
        .select_from(Delivery)
        .join(LINE_VALUE, LINE_VALUE.c.line_id == Delivery.line_id)
        .where(LINE_VALUE.c.request_id == request.id)
    )
    return Worth(sums.paid_for(request.code).get(request.code, 0), int(db.session().scalar(delivered) or 0))


def must_be_paid(request: AidRequest, satang: int, what: str) -> None:
    """Hold what was paid and given, so that nobody gives at this moment too; refuse what is worth more than is left.

    `satang` is the value of what is to be given now, `what` how the refusal calls it.
    """
    _lock_proposal(request.code)
    now = worth(request)
    if not now.paid:
        raise Refused("กองทุนยังไม่ได้จ่ายเงินสำหรับคำขอนี้ จึงยังส่งมอบไม่ได้ กรุณารอการจ่ายเงินก่อน")
    missing = now.delivered + satang - now.paid
    if missing > 0:
        raise Refused(
            f"ยังส่งมอบไม่ได้ เพราะเงินที่จ่ายแล้วไม่พอ กองทุนจ่ายแล้ว {format_baht(now.paid)} บาท "
            f"ส่งมอบไปแล้ว {format_baht(now.delivered)} บาท {what} {format_baht(satang)} บาท "
            f"จึงขาดอีก {format_baht(missing)} บาท กรุณารอการจ่ายเงินส่วนที่เหลือ "
            "หรือให้เจ้าหน้าที่การเงินบันทึกราคาจริงหากซื้อได้ถูกกว่า"
        )


def may_be_given(request: AidRequest, wanted: Mapping[tuple[str, int], int], *, by: User) -> None:
    """Refuse more of an item than the bill says was bought, and a giver who entered what it says.

    `wanted` maps an item's code and the price asked for to how many are to be given now.
    """
    _lock_proposal(request.code)
    entered = select(ItemCost.id).where(ItemCost.request_id == request.id)
    session = db.session()
    if session.scalars(entered.where(ItemCost.entered_by_id == by.id).limit(1)).first() is not None:
        raise Refused("ท่านเป็นผู้บันทึกราคาจริงของคำขอนี้ จึงส่งมอบเองไม่ได้ กรุณาให้เจ้าหน้าที่ท่านอื่นเป็นผู้บันทึกผลการส่งมอบ")
    if session.scalars(entered.limit(1)).first() is None:
        return
    for item in items(request.id):
        more = wanted.get(item.key, 0)
        if more and item.given + more > item.bought:
            name, unit = item.item.name_th, item.item.unit_th
            raise Refused(
                f"ยังส่งมอบไม่ได้ เพราะบันทึกว่าซื้อ “{name}” {item.bought:,} {unit} ส่งมอบไปแล้ว {item.given:,} {unit} "
                f"มอบได้อีก {max(0, item.bought - item.given):,} {unit} ไม่ถึง {more:,} {unit} "
                "กรุณาบันทึกผู้ที่ไม่ได้ว่า “ไม่ได้รับ” หรือให้เจ้าหน้าที่การเงินแก้จำนวนที่ซื้อ"
            )


def _lock_proposal(code: str) -> Proposal:
    known = proposals.by_code(code)
    if known is None:
        raise Refused(f"คำขอ {code} ยังไม่ได้เสนอต่อกองทุน")
    return lock(Proposal, known.id)


def by_code(code: str) -> AidRequest | None:
    """The request that the fund holds under this code."""
    filed = select(AidRequest).where(AidRequest.code == code, AidRequest.submitted_at.is_not(None))
    return db.session().scalars(filed).one_or_none()


def enter(
    request_code: str, *, costs: Mapping[tuple[str, int], tuple[int, int]], reason: str, by: User
) -> int:
    """What the things of a request truly cost, as the vendor's bill says, and how many of them were bought.

    `costs` maps an item's code and the price asked for, in satang, to how many were bought and what one cost, in
    satang; items left out stay as they are. From here on everything given counts at this price, also what was given
    before: each household's logbook gets a line that corrects the value. Returns how many items changed.

    Raises BadInput for what cannot be, Refused before approval, for who gave of it or was named to be there, for more than was approved (paid, once the proposal
    is settled), and when what was given would be worth more than was paid.
    """
    request, proposal = _enterable(request_code, by)
    why = visible(reason)
    if not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกว่าราคาจริงมาจากที่ใด เช่น ใบส่งของเลขที่ 12 ไม่เกิน 300 ตัวอักษร")
    _marked_none(request, by)
    known = {item.key: item for item in items(request.id)}
    changed = {}
    for key, (quantity, unit) in costs.items():
        item = known.get(key)
        if item is None:
            raise BadInput("ไม่พบของรายการนี้ในคำขอ กรุณาเปิดหน้านี้ใหม่")
        _possible(item, quantity, unit)
        if (quantity, unit) != (item.bought, item.unit_satang):
            changed[key] = (quantity, unit)
    if not changed:
        return 0
    _within(request, proposal, known, changed)
    _keep_costs(request, known, changed, why, by)
    corrected = _correct_logbooks(request, why, by)
    audit.record(
        Deed.REQUEST_ENTER_COSTS,
        f"request:{request.id}",
        by=by,
        code=request.code,
        costs=[[*key, *cost] for key, cost in sorted(changed.items())],
        corrected=corrected,
        reason=why,
    )
    queue.ask("publish", key="edition")
    return len(changed)


def _enterable(request_code: str, by: User) -> tuple[AidRequest, Proposal]:
    """The request with its proposal, locked. Raises Refused unless it was approved and `by` may enter costs."""
    if not by.has(*KEEPERS):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือฝ่ายเลขานุการกองทุนเท่านั้นที่บันทึกราคาจริงได้")
    request = by_code(request_code)
    if request is None:
        raise Refused(f"ไม่พบคำขอรหัส {request_code} กรุณาตรวจรหัสอีกครั้ง")
    proposal = _lock_proposal(request.code)
    if proposal.state not in (ProposalState.APPROVED, ProposalState.SETTLED, ProposalState.RESCINDED):
        raise Refused(f"บันทึกราคาจริงไม่ได้ เพราะคำขอ {proposal.code} ยังไม่ได้รับอนุมัติ")
    return request, proposal


def _marked_none(request: AidRequest, by: User) -> None:
    """Raises Refused for who gave things of this request or was named to be there: they may not say what those are worth."""
    session = db.session()
    marked = select(Delivery.id).join(AidLine, AidLine.id == Delivery.line_id)
    mine = marked.where(
        AidLine.request_id == request.id, Delivery.marked_by_id == by.id, Delivery.quantity > 0
    )
    if session.scalars(mine.limit(1)).first() is not None:
        raise Refused("ท่านเป็นผู้บันทึกผลการส่งมอบของคำขอนี้ จึงบันทึกราคาจริงเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินท่านอื่นบันทึก")
    there = select(Handover.id).where(Handover.request_id == request.id, Handover.second_id == by.id)
    if session.scalars(there.limit(1)).first() is not None:
        raise Refused(SECOND_KEEPS_NO_COSTS)


def _keep_costs(
    request: AidRequest,
    known: Mapping[tuple[str, int], ItemWorth],
    changed: Mapping[tuple[str, int], tuple[int, int]],
    why: str,
    by: User,
) -> None:
    session = db.session()
    # The cheaper first: the database looks at each row by itself.
    for key, (quantity, unit) in sorted(
        changed.items(), key=lambda pair: pair[1][1] - known[pair[0]].unit_satang
    ):
        session.add(
            ItemCost(
                request_id=request.id,
                item_code=key[0],
                asked_satang=key[1],
                quantity=quantity,
                unit_satang=unit,
                reason=why,
                entered_at=clock.now(),
                entered_by_id=by.id,
            )
        )
        session.flush()


def _possible(item: ItemWorth, quantity: int, unit_satang: int) -> None:
    name, unit = item.item.name_th, item.item.unit_th
    if not 0 <= quantity <= item.asked:
        raise BadInput(f"“{name}” ขอไว้ {item.asked:,} {unit} จำนวนที่ซื้อจริงต้องไม่เกินนั้น")
    if quantity < item.given:
        raise BadInput(f"“{name}” ส่งมอบไปแล้ว {item.given:,} {unit} จำนวนที่ซื้อจริงจึงน้อยกว่านั้นไม่ได้")
    if not 0 < unit_satang <= MOST_SATANG // item.asked:
        raise BadInput(f"ราคาจริงต่อ{unit}ของ “{name}” ต้องมากกว่าศูนย์ กรุณาตรวจกับใบส่งของ")


def _within(
    request: AidRequest,
    proposal: Proposal,
    known: Mapping[tuple[str, int], ItemWorth],
    changed: Mapping[tuple[str, int], tuple[int, int]],
) -> None:
    now = [(item, *changed.get(key, (item.bought, item.unit_satang))) for key, item in known.items()]
    bought = sum(quantity * unit for _, quantity, unit in now)
    delivered = sum(item.given * unit for item, _, unit in now)
    paid = worth(request).paid
    before = sum(item.given * item.unit_satang for item in known.values())
    if delivered > max(paid, before):
        raise Refused(
            f"ราคานี้ทำให้ของที่ส่งมอบแล้วมีมูลค่า {format_baht(delivered)} บาท แต่กองทุนจ่ายแล้ว {format_baht(paid)} บาท "
            f"ขาดอีก {format_baht(delivered - paid)} บาท กรุณาตรวจราคากับใบส่งของ หรือจ่ายส่วนที่ขาดก่อน"
        )
    most, word = (
        (sums.remaining([proposal])[proposal.id][0], "คณะกรรมการอนุมัติ")
        if proposal.state == ProposalState.APPROVED
        else (paid, "จ่ายไป")
    )
    if bought > most:
        raise Refused(
            f"ราคาจริงรวม {format_baht(bought)} บาท เกินที่{word} {format_baht(most)} บาท "
            f"อยู่ {format_baht(bought - most)} บาท กรุณาตรวจจำนวนและราคากับใบส่งของ"
        )


def _correct_logbooks(request: AidRequest, why: str, by: User) -> int:
    """A line in the logbook of each household whose help is worth something else by now. Returns how many."""
    session = db.session()
    units = units_of(request.id)
    given = session.scalars(
        select(Delivery)
        .join(AidLine, AidLine.id == Delivery.line_id)
        .where(AidLine.request_id == request.id, Delivery.outcome != DeliveryOutcome.NOT)
        .order_by(Delivery.id)
    ).all()
    entries = [delivery.logbook_entry_id for delivery in given]
    logged = {
        entry.amends_id or entry.id: entry.satang
        for entry in session.scalars(
            select(LogbookEntry)
            .where(LogbookEntry.id.in_(entries) | LogbookEntry.amends_id.in_(entries))
            .order_by(LogbookEntry.id)
        )
    }
    count = 0
    for delivery in given:
        assert delivery.logbook_entry_id is not None
        line, satang = delivery.line, delivery.quantity * units[delivery.line_id]
        before = logged[delivery.logbook_entry_id]
        if satang == before:
            continue
        item = catalogue.item(line.item_code)
        help_ = session.get_one(LogbookEntry, delivery.logbook_entry_id)
        logbook.write(
            household_id=line.household_id,
            on=clock.today(),
            kind="correction",
            dimension=help_.dimension,
            words=f"แก้มูลค่าของ{item.name_th} {delivery.quantity} {item.unit_th} ที่ได้รับเมื่อ {thai.short_date(help_.on)} "
            f"เป็นราคาจริง {format_baht(satang)} บาท (เดิม {format_baht(before)} บาท) ตาม{why}",
            satang=satang,
            funding_source="fund",
            request_code=request.code,
            amends_id=help_.id,
            by=by,
        )
        count += 1
    return count


def against_settling(code: str, paid_satang: int) -> str:
    """Whoever pays less than the things come to says first what they truly cost, so that what was bought can be given."""
    request = by_code(code)
    if request is None:
        return ""
    now = worth(request)
    if now.delivered > paid_satang:
        return (
            f"ของที่ส่งมอบแล้วมีมูลค่า {format_baht(now.delivered)} บาท แต่จ่ายไป {format_baht(paid_satang)} บาท "
            f"ขาดอีก {format_baht(now.delivered - paid_satang)} บาท กรุณาจ่ายส่วนที่ขาดหรือบันทึกราคาจริงก่อน"
        )
    bought = sum(item.satang for item in items(request.id))
    if paid_satang and bought > paid_satang:
        return (
            f"ของตามคำขอมีมูลค่า {format_baht(bought)} บาท แต่จ่ายไป {format_baht(paid_satang)} บาท "
            "หากปิดเรื่องตอนนี้ ของที่ซื้อมาแล้วจะส่งมอบไม่ได้ครบ กรุณาบันทึกราคาจริงและจำนวนที่ซื้อก่อน"
        )
    return ""


def against_voiding(code: str, paid_satang: int) -> str:
    request = by_code(code)
    if request is None:
        return ""
    delivered = worth(request).delivered
    if delivered <= paid_satang:
        return ""
    return (
        f"ยังทำไม่ได้ เพราะส่งมอบของไปแล้ว {format_baht(delivered)} บาท แต่จะเหลือที่จ่ายเพียง {format_baht(paid_satang)} บาท "
        f"ขาดอีก {format_baht(delivered - paid_satang)} บาท กรุณาจ่ายส่วนที่ขาดหรือบันทึกราคาจริงก่อน"
    )
