"""Figures: the sums and counts that editions are made of, read from fund and cases. Exact: what may be told of them
is decided in release_delay.

Money is in satang. No row here is about a person or a household, and no donor is named.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, select

from app.cases.aid.requests import AidRequest
from app.editions import aid_totals, targets, threads
from app.editions.aid_totals import OUTSIDE, Help, Measure, TableRows, Tables
from app.editions.sums import Query, sums, whole
from app.fund.committee.records import COMMITTED, AgendaItem, Meeting, Proposal, Resolution, ResolutionKind
from app.fund.committee.records.circulations import MeetingKind
from app.fund.giving.records.donations import LIVE, DonationReversal
from app.fund.giving.records.networks import Network, NetworkType
from app.fund.giving.records.pledges import Pledge, PledgeKind, PledgeState
from app.fund.ledger import accounts, books, opening
from app.fund.ledger.accounts import Account, Purpose
from app.fund.ledger.books import Balance
from app.fund.ledger.entries import Entry, Movement
from app.fund.spending.records import Payment, Trace
from app.kit import clock
from app.kit.db import db
from app.kit.language import marked
from app.kit.suppression import LEAST
from app.province import catalogue
from app.province.profile import Profile

#: What the format of the contents is; a reader of old editions tells by it. 2: money by day, help held until five.
FORMAT = 2
#: Donations that came through no network.
PUBLIC = "public"
#: Money of networks that work in the whole province.
WHOLE_PROVINCE = "province"
RESOLUTIONS_SHOWN = 50
#: What a measure of a table is, where its name alone may mislead.
NOTES = {
    "money": "เงินถึงสิ้นวันตาม money_until (รวมเป็นรายวัน)",
    "dimensions.received": "เงินที่ผู้ให้ระบุวัตถุประสงค์ของมิตินี้ ไม่ใช่เงินที่ใช้กับคำขอของมิตินี้",
    "dimensions.paid": "เงินที่จ่ายให้คำขอที่มุ่งแก้มิตินี้ ไม่ว่าผู้ให้ระบุวัตถุประสงค์ใด ปัดลงเป็นพันบาท",
    "approved.satang, delivered.satang": "มูลค่าของสิ่งที่ให้ ปัดลงเป็นพันบาท เฉพาะส่วนที่ราคาไม่บอกว่าใครได้รับ",
}


def compute(profile: Profile, *, until: date | None = None, with_resolutions: bool = True) -> dict[str, Any]:
    """All figures of an edition, exactly, as JSON-ready dicts: sums in satang, counts of people and households.

    Money up to the end of the day `until` in Bangkok (of now without one), help of now. Reads only the database.
    Whether the tables add up can be told without the list of resolutions, which is no sum.
    """
    rows = aid_totals.rows(profile)
    approved, delivered = (
        aid_totals.tables(measure, rows) for measure in (Measure.APPROVED, Measure.DELIVERED)
    )
    target = targets.main_round(rows)
    received, balances = _received(rows, until), _balances(until)
    paid = _paid_by_dimension(rows, until)
    return {
        "format": FORMAT,
        "least": LEAST,
        "money_until": until.isoformat() if until else None,
        "notes": NOTES,
        "province": {
            "code": profile.province_code,
            "name_th": profile.province_th,
            "fund_th": profile.fund_th,
        },
        "money": _money(balances, until),
        "approved": approved.total.shown,
        "delivered": delivered.total.shown,
        "purposes": _purposes(balances),
        "network_types": _network_types(received, until),
        "dimensions": _by_dimension(rows, approved, delivered, received["dimension"], paid, target),
        "districts": [
            {
                "code": code,
                "name_th": name,
                "received": received["district"].get(code, 0),
                "target_households": target.of("districts", code),
                "approved": approved.districts.get(code, Help()).shown,
                "delivered": delivered.districts.get(code, Help()).shown,
            }
            for code, name in _districts(rows, approved, delivered, received["district"], target).items()
        ],
        "whole_province_received": received["district"].get(WHOLE_PROVINCE, 0),
        "items": _items(delivered),
        "months": _months(received["month"], until),
        "threads": threads.count(_live_donations(until)),
        "resolutions": _resolutions(until) if with_resolutions else [],
        "rounds": targets.rounds(),
        "target_round": target.code,
        "target_as_of": target.round.as_of.isoformat() if target.round else None,
    }


def _purposes(balances: list[Balance]) -> list[dict[str, Any]]:
    return [
        {
            "code": balance.purpose.code,
            "name_th": balance.purpose.name_th,
            "name_en": balance.purpose.name_en,
            "dimension": balance.purpose.dimension,
            "received": balance.received,
            "available": balance.available,
            "committed": balance.committed,
            "paid": balance.paid,
        }
        for balance in balances
    ]


def _items(delivered: Tables) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "name_th": catalogue.item(code).name_th,
            "unit_th": catalogue.item(code).unit_th,
            "delivered": delivered.items[code].shown,
        }
        for code in sorted(delivered.items)
    ]


def _by_dimension(
    rows: TableRows,
    approved: Tables,
    delivered: Tables,
    received: Mapping[str, int],
    paid: Mapping[str, int],
    target: targets.Targets,
) -> list[dict[str, Any]]:
    names = _dimensions(rows, approved.dimensions, delivered.dimensions, paid, received, target.dimensions)
    return [
        {
            "code": code,
            "name_th": name,
            "received": received.get(code, 0),
            "target_households": target.of("dimensions", code),
            "paid": paid.get(code, 0),
            "approved": approved.dimensions.get(code, Help()).shown,
            "delivered": delivered.dimensions.get(code, Help()).shown,
        }
        for code, name in names.items()
    ]


def _dimensions(rows: TableRows, *tables: Mapping[str, Any]) -> dict[str, str]:
    """The rows of sides: the province's own; one for help outside them, where there can be any; and of dimensions by which
    it only counts, those that one of the tables has something for."""
    told = {code for table in tables for code in table}
    found = {
        code: name for code, name in rows.dimensions.items() if code in told or code not in rows.only_counted
    }
    other = rows.other_dimension
    if other == "other" or other in told:
        found[other] = "อื่น ๆ"
    return found


def _districts(
    rows: TableRows, approved: Tables, delivered: Tables, received: Mapping[str, int], target: targets.Targets
) -> dict[str, str]:
    if any(
        OUTSIDE in by_district
        for by_district in (approved.districts, delivered.districts, received, target.districts)
    ):
        return {**rows.districts, OUTSIDE: "นอกจังหวัด"}
    return dict(rows.districts)


def disagreements(contents: Mapping[str, Any]) -> list[str]:
    """Which tables of exact figures do not add up to their totals, one Thai sentence each."""
    found = []
    money = contents["money"]
    # What the fund had before its books came from no giver that they know.
    brought = money.get("opening", 0)
    sums_of_received = {
        "รับแล้ว": money["received"],
        "พร้อมใช้ + ผูกพัน + จ่ายแล้ว": money["available"] + money["committed"] + money["paid"],
        "ตามประเภทเครือข่าย": brought + sum(row["received"] for row in contents["network_types"]),
        "ตามเดือน": brought + sum(row["received"] for row in contents["months"]),
        "ตามอำเภอ": brought
        + contents["whole_province_received"]
        + sum(row["received"] for row in contents["districts"]),
    }
    for name, satang in sums_of_received.items():
        if satang != money["received"]:
            found.append(f"เงินที่รับ {name} รวมได้ {satang} สตางค์ แต่รับแล้วทั้งกองทุน {money['received']} สตางค์")
    for key in ("received", "available", "committed", "paid"):
        total = sum(row[key] for row in contents["purposes"])
        if total != money[key]:
            found.append(f"ตามวัตถุประสงค์ {key} รวมได้ {total} สตางค์ แต่ทั้งกองทุน {money[key]} สตางค์")
    paid = sum(row["paid"] for row in contents["months"])
    if paid != money["paid"]:
        found.append(f"จ่ายแล้วตามเดือนรวมได้ {paid} สตางค์ แต่ทั้งกองทุน {money['paid']} สตางค์")
    counted = sum(row["count"] for row in contents["threads"])
    if counted != money["gifts"]:
        found.append(f"การให้ตามขนาดรวมได้ {counted} ครั้ง แต่ทั้งกองทุน {money['gifts']} ครั้ง")
    for key in ("pledged", "paid"):
        total = sum(row[key] for row in contents["network_types"])
        total += money.get("opening_paid", 0) if key == "paid" else 0
        if total != money[key]:
            found.append(f"ตามประเภทเครือข่าย {key} รวมได้ {total} สตางค์ แต่ทั้งกองทุน {money[key]} สตางค์")
    for table in ("districts", "dimensions", "items"):
        for measure in ("approved", "delivered"):
            cells = [row[measure] for row in contents[table] if measure in row]
            if table != "items" or measure == "delivered":
                found += _help_disagrees(table, measure, cells, contents[measure])
    base = next((row for row in contents["rounds"] if row["code"] == contents["target_round"]), None)
    if base is not None:
        total = sum(row["target_households"] for row in contents["districts"])
        if total != base["households"]:
            found.append(f"ครัวเรือนเป้าหมายตามอำเภอรวมได้ {total} แต่รอบ {base['code']} มี {base['households']}")
    return found


def _help_disagrees(
    table: str, measure: str, cells: list[Mapping[str, int]], total: Mapping[str, int]
) -> list[str]:
    found = []
    for key in ("people", "households", "satang"):
        summed = sum(cell[key] for cell in cells)
        # A household stands in one district; a person may be helped in several dimensions and with several things.
        if summed != total[key] and not (
            table != "districts"
            and key != "satang"
            and max((cell[key] for cell in cells), default=0) <= total[key] <= summed
        ):
            found.append(f"{table} {measure} {key} รวมได้ {summed} แต่ยอดรวม {total[key]}")
    return found


def agree(contents: Mapping[str, Any]) -> bool:
    """Whether tables and totals agree. They are read in several statements, so a deed may have come in between."""
    return not disagreements(contents)


def _balances(until: date | None) -> list[Balance]:
    """What the books say of every purpose, as of the end of a day: the balances less what was booked since."""
    balances = books.balances()
    if until is None:
        return balances
    kinds = {
        account.id: (account.purpose_id, accounts.AccountKind(account.kind))
        for account in db.session().scalars(select(Account))
    }
    since: dict[tuple[int, accounts.AccountKind], int] = {}
    later = (
        select(Entry.debit_id, Entry.credit_id, func.sum(Entry.satang))
        .where(Entry.on > until)
        .group_by(Entry.debit_id, Entry.credit_id)
    )
    for debit, credit, satang in db.session().execute(later):
        for number, sign in ((debit, 1), (credit, -1)):
            key = kinds[number]
            # The received account is the only one that grows on its credit side.
            moved = -sign if key[1] is accounts.AccountKind.RECEIVED else sign
            since[key] = since.get(key, 0) + moved * int(satang)
    return [
        Balance(
            balance.purpose,
            *(
                getattr(balance, kind.value) - since.get((balance.purpose.id, kind), 0)
                for kind in (
                    accounts.AccountKind.RECEIVED,
                    accounts.AccountKind.AVAILABLE,
                    accounts.AccountKind.COMMITTED,
                    accounts.AccountKind.PAID,
                )
            ),
        )
        for balance in balances
    ]


def committed_until(purpose_id: int, until: date) -> int:
    """What resolutions of up to the end of a day hold of a purpose, in satang."""
    return next((balance.committed for balance in _balances(until) if balance.purpose.id == purpose_id), 0)


def _pledges(until: date | None) -> ColumnElement[bool]:
    stands = (Pledge.state == PledgeState.STATED) & (Pledge.kind == PledgeKind.MONEY)
    return stands if until is None else stands & (Pledge.stated_at < clock.bounds(until, until)[1])


def _money(balances: list[Balance], until: date | None) -> dict[str, int]:
    return {
        "pledged": whole(select(func.sum(Pledge.satang)).where(_pledges(until))),
        "received": sum(balance.received for balance in balances),
        # Of the received, what the fund had before its books; and of the paid, what it paid.
        "opening": opening.total(until),
        "opening_paid": whole(
            select(func.sum(Trace.satang)).where(
                Trace.opening_balance_id.is_not(None),
                aid_totals.booked_traces(until),
            )
        ),
        "available": sum(balance.available for balance in balances),
        "committed": sum(balance.committed for balance in balances),
        "paid": sum(balance.paid for balance in balances),
        "gifts": whole(select(func.count()).select_from(_live_donations(until).subquery())),
    }


def _type() -> ColumnElement[str]:
    """Whose money it is. A person who gives by name is of the public here: there are few, and a sum would tell on them."""
    return case((Network.type == NetworkType.PERSON, PUBLIC), else_=func.coalesce(Network.type, PUBLIC))


def _district() -> ColumnElement[str]:
    """Where the network is that gave; a person who gives by name stands with the public here too."""
    of_all = literal(WHOLE_PROVINCE)
    return case(
        (Network.type == NetworkType.PERSON, of_all), else_=func.coalesce(Network.district_code, of_all)
    )


@lru_cache(maxsize=8)
def _live_donations(until: date | None = None) -> Query:
    """Donations as they stood at the end of a day: what had been taken back or refunded is money no longer received."""
    stands: ColumnElement[int] = LIVE.c.satang
    if until is not None:
        returned = (
            select(func.coalesce(func.sum(DonationReversal.satang), 0))
            .join(
                Entry,
                and_(
                    Entry.donation_reversal_id == DonationReversal.id,
                    Entry.movement == Movement.GIVE_BACK.value,
                ),
            )
            .where(DonationReversal.donation_id == LIVE.c.id, Entry.on <= until)
            .scalar_subquery()
        )
        stands = LIVE.c.given_satang - returned
    donations = (
        select(
            LIVE.c.id,
            stands.label("satang"),
            Entry.on.label("day"),
            Purpose.dimension,
            _type().label("type"),
            _district().label("district"),
        )
        .join(Entry, and_(Entry.donation_id == LIVE.c.id, Entry.movement == Movement.RECEIVE.value))
        .join(Purpose, Purpose.id == LIVE.c.purpose_id)
        .outerjoin(Network, Network.id == LIVE.c.network_id)
        .where(stands > 0)
    )
    return donations if until is None else donations.where(Entry.on <= until)


def _received(rows: TableRows, until: date | None) -> dict[str, dict[str, int]]:
    """Satang received by network type, by district of the network, by dimension of the purpose and by month."""
    donations = _live_donations(until).subquery()
    known = (*rows.districts, WHOLE_PROVINCE)
    by = {
        name: sums(select(column, func.sum(donations.c.satang)).group_by(column))
        for name, column in (
            ("type", donations.c.type),
            ("district", case((donations.c.district.in_(known), donations.c.district), else_=OUTSIDE)),
            ("dimension", donations.c.dimension),
        )
    }
    months: dict[str, int] = {}
    for day, satang in db.session().execute(
        select(donations.c.day, func.sum(donations.c.satang)).group_by(donations.c.day)
    ):
        months[f"{day:%Y-%m}"] = months.get(f"{day:%Y-%m}", 0) + int(satang)
    return by | {"month": months}


def _months(received: Mapping[str, int], until: date | None) -> list[dict[str, Any]]:
    """What came in and what left the account in each month, less what came back of it since."""
    # A payment is booked on one day, whatever its purposes.
    booked = (
        select(Entry.on, func.sum(aid_totals.kept_of_payment(until)))
        .join(Payment, Payment.id == Entry.payment_id)
        .where(
            Entry.movement == Movement.PAY.value,
            Entry.step == 1,
            Payment.id.in_(aid_totals.booked_payments(until)),
        )
        .group_by(Entry.on)
    )
    paid: dict[str, int] = {}
    for day, satang in db.session().execute(booked):
        paid[f"{day:%Y-%m}"] = paid.get(f"{day:%Y-%m}", 0) + int(satang)
    return [
        {"month": month, "received": received.get(month, 0), "paid": paid.get(month, 0)}
        for month in sorted({*received, *paid})
    ]


def _network_types(received: Mapping[str, Mapping[str, int]], until: date | None) -> list[dict[str, Any]]:
    kind = _type().label("type")
    pledged = sums(
        select(kind, func.sum(Pledge.satang))
        .join(Network, Network.id == Pledge.network_id)
        .where(_pledges(until))
        .group_by(kind)
    )
    donations = _live_donations(until).subquery()
    paid = sums(
        select(donations.c.type, func.sum(Trace.satang))
        .join(Trace, Trace.donation_id == donations.c.id)
        .where(aid_totals.booked_traces(until))
        .group_by(donations.c.type)
    )
    networks = sums(select(Network.type, func.count()).group_by(Network.type))
    shown = {kind.value: kind.words for kind in NetworkType if kind != NetworkType.PERSON}
    names = shown | {PUBLIC: marked("ประชาชนทั่วไป")}
    return [
        {
            "code": code,
            "name_th": name,
            "networks": networks.get(code, 0),
            "pledged": pledged.get(code, 0),
            "received": received["type"].get(code, 0),
            "paid": paid.get(code, 0),
        }
        for code, name in names.items()
    ]


def _paid_by_dimension(rows: TableRows, until: date | None) -> dict[str, int]:
    """What was paid for the requests of each dimension, whatever purpose the money was given for."""
    dimension = rows.of_dimension(AidRequest.dimension)  # type: ignore[arg-type]
    return sums(
        select(dimension, func.sum(aid_totals.kept_of_payment(until)))
        .select_from(AidRequest)
        .join(Proposal, Proposal.code == AidRequest.code)
        .join(Payment, Payment.proposal_id == Proposal.id)
        .where(Payment.id.in_(aid_totals.booked_payments(until)))
        .group_by(dimension)
    )


def _resolutions(until: date | None) -> list[dict[str, Any]]:
    """The newest resolutions of up to the end of a day, by the code, sum and purpose that the fund knows them by.

    What became of one is told up to the same day, so that none is listed as paid beside money that still waits.
    """
    newest = (
        select(Resolution, Meeting, Proposal)
        .join(Proposal, Proposal.id == Resolution.proposal_id)
        .join(AgendaItem, AgendaItem.id == Resolution.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .order_by(Resolution.id.desc())
        .limit(RESOLUTIONS_SHOWN)
    )
    if until is not None:
        newest = newest.where(Resolution.resolved_at < clock.bounds(until, until)[1])
    rows = db.session().execute(newest).all()
    numbers = [proposal.id for _, _, proposal in rows]
    booked = Payment.id.in_(aid_totals.booked_payments(until))
    paid = sums(
        select(Payment.proposal_id, func.sum(aid_totals.kept_of_payment(until)))
        .where(Payment.proposal_id.in_(numbers), booked)
        .group_by(Payment.proposal_id)
    )
    promised = sums(
        select(COMMITTED.c.proposal_id, func.sum(COMMITTED.c.satang))
        .where(COMMITTED.c.proposal_id.in_(numbers), COMMITTED.c.on_date <= (until or date.max))
        .group_by(COMMITTED.c.proposal_id)
    )
    # The newest first: whatever changed or took back one of them is among them.
    ends = {
        made.supersedes_id: "rescinded" if made.refuses_to_ratify else _CHANGES[made.kind]
        for made, _, _ in rows
        if made.refuses_to_ratify or made.kind in _CHANGES
    }
    return [
        {
            "meeting": meeting.code,
            # Circulated resolutions count for themselves.
            "body": MeetingKind.CIRCULATED.value if meeting.is_circulated else meeting.body.level,
            "on": meeting.sat_on.isoformat(),
            "code": proposal.code,
            "satang": resolution.satang,
            "purpose": proposal.purpose.name_th,
            "approved": resolution.approves,
            "kind": resolution.kind,
            "state": ends.get(resolution.id)
            or _state(resolution, paid.get(proposal.id, 0), promised.get(proposal.id, 0)),
        }
        for resolution, meeting, proposal in rows
    ]


#: What becomes of a resolution by one that changes it.
_CHANGES: dict[str, str] = {ResolutionKind.AMEND: "amended", ResolutionKind.RESCIND: "rescinded"}
#: What became of a resolution that promised nothing.
_ENDS: dict[str, str] = {
    ResolutionKind.REJECT: "rejected",
    ResolutionKind.DEFER: "deferred",
    ResolutionKind.RESCIND: "rescinded",
    ResolutionKind.RATIFY: "ratified",
}


def _state(resolution: Resolution, paid: int, promised: int) -> str:
    if not resolution.approves:
        return _ENDS[resolution.kind]
    if paid < promised:
        return "approved"
    return "settled" if promised < resolution.satang else "paid"
