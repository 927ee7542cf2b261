"""Reminders: what the nightly run writes to networks about what they pledged, and the thanks for what came."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from app.fund.giving.networks import contacts
from app.fund.giving.pledges import pledges, status
from app.fund.giving.pledges.status import Due
from app.fund.giving.records.donations import LIVE, Donation
from app.fund.giving.records.networks import Contact, Network
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.pledges import NightlyRun, Pledge, PledgeKind
from app.fund.giving.records.receipts import Receipt
from app.kit import clock, outbox, thai
from app.kit.clock import BANGKOK
from app.kit.db import db, is_sqlite, lock
from app.kit.money import format_baht
from app.province.profile import Profile
from app.settings import Settings

#: From this hour in Bangkok on: a message must wake nobody.
HOUR = time(7, 0)
#: Days that the work may have been down and are still made up for.
MOST_MISSED = 7


@dataclass(frozen=True, slots=True)
class ReachablePerson:
    """A person of a network and the one way by which messages reach them."""

    contact: Contact
    channel: str
    address: str

    @property
    def mark(self) -> str:
        """Stands for the address in keys, which people see."""
        return hashlib.sha256(f"{self.channel}:{self.address}".encode()).hexdigest()[:12]


def run_nightly(now: datetime | None = None) -> Mapping[str, Any]:
    """Remind of what is due and let lapse what is long overdue: once for each day, however often it is asked.

    Days on which the portal was down are made up for, up to a week, with one reminder for each thing due.
    """
    now = now or clock.now()
    today = now.astimezone(BANGKOK).date()
    if now.astimezone(BANGKOK).time() < HOUR or not _begin(today, now):
        return {}
    nightly_run = db.session().get_one(NightlyRun, today)
    before = db.session().scalar(select(func.max(NightlyRun.on_date)).where(NightlyRun.on_date < today))
    first = max(before or today - timedelta(days=1), today - timedelta(days=MOST_MISSED)) + timedelta(days=1)
    nightly_run.reminded = remind(first, today) + tell_of_days(first, today)
    nightly_run.lapsed = pledges.lapse_due(today)
    return {"reminded": nightly_run.reminded, "lapsed": nightly_run.lapsed}


def _begin(today: date, now: datetime) -> bool:
    """Whether this day's work is ours to do. Who comes second waits for the first to commit and is told no."""
    insert = (sqlite if is_sqlite() else postgresql).insert
    statement = insert(NightlyRun).values(on_date=today, done_at=now, reminded=0, lapsed=0)
    begun = statement.on_conflict_do_nothing().returning(NightlyRun.on_date)
    return db.session().scalar(begun) is not None


def remind(first: date, last: date) -> int:
    """Write to the networks whose pledges or instalments are due so many days from these days on (profile's
    `remind_days`). Returns how many messages. Each is written once for ever."""
    found: dict[tuple[int, int], tuple[int, Due]] = {}
    for offset in sorted(_profile().giving.remind_days):
        shift = timedelta(days=offset)
        for due in status.due_between(first - shift, last - shift):
            # After a week of silence only the latest word counts.
            found[due.pledge.id, due.instalment.number if due.instalment else 0] = (offset, due)
    people = reached([due.pledge.network_id for _, due in found.values()])
    written = 0
    for (pledge_id, number), (offset, due) in found.items():
        rest = pledges.outstanding(due.pledge)
        for person in people[due.pledge.network_id]:
            subject, body = _reminder(due, rest, offset, person.contact)
            written += outbox.write(
                channel=person.channel,
                recipient=person.address,
                subject=subject,
                body=body,
                key=f"remind:pledge:{pledge_id}:{number}:{offset}:{person.mark}",
            )
    return written


def _reminder(due: Due, rest: int, offset: int, contact: Contact) -> tuple[str, str]:
    pledge, profile = due.pledge, _profile()
    is_money = pledge.kind == PledgeKind.MONEY
    when = "ครบกำหนดแล้วเมื่อ" if offset > 0 else "ครบกำหนดวันนี้" if offset == 0 else "จะครบกำหนด"
    part = f" งวดที่ {due.instalment.number}" if due.instalment else ""
    day = thai.long_date(due.due_on)
    lines = [
        f"เรียน {contact.name} ({contact.office_name})",
        "",
        f"{pledge.network.name} แจ้งความประสงค์สมทบ{profile.fund_th} เลขที่ {pledge.code} "
        f"เพื่อ{pledge.purpose.name_th}{part} {when} {day}",
        "",
        f"แจ้งไว้ทั้งหมด {format_baht(pledge.satang)} บาท"
        + ("" if is_money else f" ({pledge.what} {pledge.quantity:,} {pledge.unit}, มูลค่าประมาณ)"),
    ]
    if due.instalment:
        lines.append(f"งวดที่ {due.instalment.number} ยังค้าง {format_baht(due.satang)} บาท")
    lines += [
        f"ยังค้างทั้งหมด {format_baht(rest)} บาท (ตามบัญชีของกองทุน ณ {thai.moment_text(clock.now())})",
        "",
        f"{'จ่ายด้วย QR หรือดูรายละเอียด' if is_money else 'ดูรายละเอียด'}ได้ที่ {address(f'/pledges/{pledge.code}')}",
        "การสมทบเป็นไปโดยสมัครใจ หากกำหนดเปลี่ยนไปหรือโอนแล้ว โปรดแจ้งกองทุนหรือแก้ไขได้ที่หน้าเดียวกัน",
    ]
    return f"ความประสงค์สมทบ {pledge.code}{part} {when} {day}"[:200], signed(lines)


def thank(donation_id: int) -> int:
    """Tell a network that its money has come, with the receipt, so that its treasurer need not ask.

    That is what the treasurer paid or an officer assigned to its pledge; what members give is told of once a day, all
    together. Returns how many messages were written; none for a donation that was reversed.
    """
    session = db.session()
    if session.get(Donation, donation_id) is None:
        return 0
    # Whoever reverses the donation waits until these thanks are written, or was before them: a correction misses none.
    donation = lock(Donation, donation_id)
    if not is_told_at_once(donation):
        return 0
    assert donation.pledge_id is not None
    satang = int(session.scalar(select(LIVE.c.satang).where(LIVE.c.id == donation.id)) or 0)
    if satang == 0:
        return 0
    pledge = session.get_one(Pledge, donation.pledge_id)
    receipt = session.scalars(
        select(Receipt).filter_by(donation_id=donation.id, voided_at=None)
    ).one_or_none()
    cause = f"receipt:{receipt.id}" if receipt else f"donation:{donation.id}"
    written = 0
    for person in reached([pledge.network_id])[pledge.network_id]:
        subject, body = _thanks(donation, satang, pledge, receipt, person.contact)
        written += outbox.write(
            channel=person.channel,
            recipient=person.address,
            subject=subject,
            body=body,
            key=f"thanks:{cause}:{person.mark}",
        )
    return written


def is_told_at_once(donation: Donation) -> bool:
    """Whether its network hears of a donation by itself, and not with all that its members gave on the day."""
    own = donation.payment_request is not None and donation.payment_request.opened_by_id is not None
    return donation.pledge_id is not None and (own or donation.posted_by_id is not None)


def _thanks(
    donation: Donation, satang: int, pledge: Pledge, receipt: Receipt | None, contact: Contact
) -> tuple[str, str]:
    rest = pledges.outstanding(pledge)
    lines = [
        f"เรียน {contact.name} ({contact.office_name})",
        "",
        f"{_profile().fund_th}ได้รับเงินสมทบจาก{pledge.network.name} {format_baht(satang)} บาท "
        f"เมื่อ {thai.moment_text(donation.paid_at)} ตามความประสงค์เลขที่ {pledge.code} ขอบคุณยิ่ง",
        "",
    ]
    if receipt is not None:
        lines += [f"ใบเสร็จรับเงินเลขที่ {receipt.code}", f"ตรวจสอบได้ที่ {address(f'/receipts/{receipt.token}')}"]
    else:
        lines += ["กองทุนจะออกใบเสร็จรับเงินให้ภายหลัง"]
    lines += [
        "",
        "สมทบครบตามความประสงค์แล้ว" if rest == 0 else f"ยังค้าง {format_baht(rest)} บาท",
        f"ดูรายละเอียดได้ที่ {address(f'/pledges/{pledge.code}')}",
    ]
    return f"ได้รับเงินสมทบ {format_baht(satang)} บาท ตามความประสงค์ {pledge.code}", signed(lines)


def tell_of_days(first: date, last: date) -> int:
    """Tell networks what their members gave on the days before these, a message for each day. Returns how many."""
    return sum(_tell_of_day(first + timedelta(days=number - 1)) for number in range((last - first).days + 1))


def _tell_of_day(day: date) -> int:
    midnight = datetime.combine(day, time(), BANGKOK)
    own = PaymentRequest.opened_by_id.is_not(None)
    at_once = Donation.pledge_id.is_not(None) & (own | Donation.posted_by_id.is_not(None))
    rows = db.session().execute(
        select(Network, func.count(), func.sum(LIVE.c.satang))
        .join(Donation, Donation.network_id == Network.id)
        .join(LIVE, LIVE.c.id == Donation.id)
        .outerjoin(PaymentRequest, PaymentRequest.id == Donation.payment_request_id)
        .where(
            Donation.posted_at >= midnight,
            Donation.posted_at < midnight + timedelta(days=1),
            LIVE.c.satang > 0,
            ~func.coalesce(at_once, False),
        )
        .group_by(Network.id)
        .order_by(Network.id)
    )
    given = [(network, int(count), int(satang)) for network, count, satang in rows]
    people = reached([network.id for network, _, _ in given])
    written = 0
    for network, count, satang in given:
        for person in people[network.id]:
            lines = [
                f"เรียน {person.contact.name} ({person.contact.office_name})",
                "",
                f"เมื่อ {thai.long_date(day)} มีผู้ร่วมสมทบ{_profile().fund_th}ในนาม{network.name} {count:,} ครั้ง "
                f"รวม {format_baht(satang)} บาท ขอบคุณยิ่ง",
                "",
                f"หน้าของเครือข่าย {address(f'/networks/{network.code}/give')}",
            ]
            written += outbox.write(
                channel=person.channel,
                recipient=person.address,
                subject=f"สมาชิกร่วมสมทบ {format_baht(satang)} บาท เมื่อ {thai.short_date(day)}",
                body=signed(lines),
                key=f"day:network:{network.id}:{day.isoformat()}:{person.mark}",
            )
    return written


def reached(network_ids: Sequence[int]) -> dict[int, list[ReachablePerson]]:
    """The people in office of each of these networks whom a message can reach, each address once: by LINE where they
    befriended the fund's channel and it is configured, else by e-mail."""
    has_line = outbox.LINE in _settings().channels
    found: dict[int, list[ReachablePerson]] = {}
    for number, in_office in contacts.of(list(dict.fromkeys(network_ids))).items():
        by_address: dict[str, ReachablePerson] = {}
        for contact in in_office:
            if contact.line_user_id and (has_line or not contact.email):
                person = ReachablePerson(contact, outbox.LINE, contact.line_user_id)
            elif contact.email:
                person = ReachablePerson(contact, outbox.EMAIL, contact.email)
            else:
                continue
            if not person.address.isprintable():
                continue  # what no header may carry stops nobody else's message
            by_address.setdefault(person.mark, person)
        found[number] = list(by_address.values())
    return found


def signed(lines: list[str]) -> str:
    """The lines of a message with the fund's name and office below."""
    contact = _profile().contact
    phone = [f"โทร. {contact.phone}"] if contact.phone else []
    return "\n".join([*lines, "", _profile().fund_th, contact.office_th, *phone])


def address(path: str) -> str:
    """The address of a page as people outside open it."""
    return _settings().public_url + path


def _profile() -> Profile:
    return Profile.here()


def _settings() -> Settings:
    return Settings.here()
