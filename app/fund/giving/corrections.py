"""Corrections: whoever got a message that money had come gets another when it was reversed, and nobody gets the first one afterwards."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, exists, or_, select

from app.fund.giving import reminders
from app.fund.giving.receipts import receipts
from app.fund.giving.records.donations import UNDONE, Donation, DonationReversal
from app.fund.giving.records.pledges import Pledge
from app.fund.giving.records.receipts import Receipt
from app.kit import outbox, thai
from app.kit.clock import BANGKOK
from app.kit.db import db, lock
from app.kit.errors import Refused
from app.kit.outbox import Message
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

#: Why, in the same words for everyone: what an officer wrote about it is not sent.
_UNDONE = "เพราะเมื่อตรวจสอบอีกครั้ง เงินก้อนนี้ไม่ตรงกับรายการที่แจ้งไว้หรือเรียกเก็บไม่ได้ กองทุนจึงถอนรายการออกเพื่อตรวจสอบใหม่"
_REFUNDED = "เพราะกองทุนคืนเงินก้อนนี้{how}ให้ผู้โอนตามขั้นตอนแล้ว"


def correct(donation_reversal_id: int) -> int:
    """Write to whoever got a message about a donation that a part or the whole of it was reversed. Returns how many messages.

    It goes to the addresses that the earlier message went to, whoever is in office now, and names no person. Nobody
    is written to whom nothing was said, or whose message surely did not go out. Each reversal is told of once for ever.
    """
    back = db.session().get(DonationReversal, donation_reversal_id)
    if back is None:
        return 0
    # Thanks that are being written just now lock the donation: they commit before this reads what was sent.
    donation = lock(Donation, back.donation_id)
    written = 0
    for message in _sent_messages(donation, back):
        if message.state == "failed":
            continue
        subject, body = _words(donation, back)
        written += outbox.write(
            channel=message.channel,
            recipient=message.recipient,
            subject=subject,
            body=body,
            key=f"correction:donation_reversal:{back.id}:{message.key.rpartition(':')[2]}",
        )
    return written


def _sent_messages(donation: Donation, back: DonationReversal) -> Sequence[Message]:
    """The messages that told of this donation: thanks with or without its receipt, and the word of the day to its network.

    A word of the day that was written after the reversal told of what stood then, and needs no correction.
    """
    session = db.session()
    numbers = session.scalars(select(Receipt.id).where(Receipt.donation_id == donation.id))
    keys = [Message.key.startswith(f"thanks:donation:{donation.id}:")]
    keys += [Message.key.startswith(f"thanks:receipt:{number}:") for number in numbers]
    if donation.network_id is not None and not reminders.is_told_at_once(donation):
        on = donation.posted_at.astimezone(BANGKOK).date()
        of_day = Message.key.startswith(f"day:network:{donation.network_id}:{on.isoformat()}:")
        keys.append(and_(of_day, Message.queued_at <= back.at))
    return session.scalars(select(Message).where(or_(*keys)).order_by(Message.id)).all()


def send_again(message_id: int, *, by: User) -> Message:
    """A person offers a failed message once more, unless what it says of money is no longer true.

    Raises Refused for a message about a donation that was taken back or refunded since, and as `outbox.retry`.
    """
    message = db.session().get_one(Message, message_id)
    for number in _told_of(message):
        # A reversal that is being made just now is before this, or finds the message on its way and corrects it.
        lock(Donation, number)
    if is_overtaken(message):
        raise Refused(
            "เงินที่ข้อความนี้แจ้งถูกถอนหรือคืนไปแล้ว จึงส่งอีกครั้งไม่ได้ หากเครือข่ายควรทราบ กรุณาโทรแจ้งยอดปัจจุบันตามหน้าความประสงค์"
        )
    found = outbox.retry(message_id)
    audit.record(Deed.MESSAGE_RETRY, f"message:{message_id}", by=by, key=found.key)
    return found


def is_overtaken(message: Message) -> bool:
    """Whether a donation that the message told of was taken back or refunded, wholly or in part, since it was written."""
    back = exists().where(
        DonationReversal.donation_id.in_(_told_of(message)), DonationReversal.at >= message.queued_at
    )
    return bool(db.session().scalar(select(back)))


def _told_of(message: Message) -> list[int]:
    """The donations that a message told of, oldest first: those that `_said` finds it for."""
    session = db.session()
    kind, _, rest = message.key.partition(":")
    what, _, rest = rest.partition(":")
    if kind == "thanks":
        number = int(rest.partition(":")[0])
        return [number] if what == "donation" else [session.get_one(Receipt, number).donation_id]
    if kind != "day":
        return []
    network_id, on, _ = rest.split(":")
    midnight = datetime.combine(date.fromisoformat(on), time(), BANGKOK)
    given = session.scalars(
        select(Donation)
        .where(
            Donation.network_id == int(network_id),
            Donation.posted_at >= midnight,
            Donation.posted_at < midnight + timedelta(days=1),
        )
        .order_by(Donation.id)
    )
    return [donation.id for donation in given if not reminders.is_told_at_once(donation)]


def _words(donation: Donation, back: DonationReversal) -> tuple[str, str]:
    session = db.session()
    pledge = session.get(Pledge, donation.pledge_id) if donation.pledge_id is not None else None
    old = session.scalars(
        select(Receipt)
        .where(Receipt.donation_id == donation.id, Receipt.voided_at >= back.at)
        .order_by(Receipt.id)
        .limit(1)
    ).one_or_none()
    new = receipts.after(old) if old is not None else None
    whole = back.kind == UNDONE or back.satang == donation.satang
    why = _UNDONE if back.kind == UNDONE else _REFUNDED.format(how="" if whole else "บางส่วน")
    for_what = f" ตามความประสงค์เลขที่ {pledge.code}" if pledge is not None else ""
    lines = [
        "เรียน ผู้ประสานงานเครือข่าย",
        "",
        f"ข้อความที่กองทุนแจ้งไว้ว่าได้รับเงินสมทบเมื่อ {thai.long_date(donation.paid_at.astimezone(BANGKOK).date())}{for_what} "
        f"{'ใช้ไม่ได้แล้ว' if whole else 'เปลี่ยนไป'} {why}",
        "",
    ]
    if old is not None:
        lines.append(f"ใบเสร็จรับเงินเลขที่ {old.code} ยกเลิกแล้ว โปรดอย่าใช้เป็นหลักฐาน")
    if new is not None:
        lines.append(f"ส่วนที่ยังอยู่ในกองทุนออกใบเสร็จใหม่เลขที่ {new.code}")
    if pledge is not None:
        lines.append(f"ยอดตามความประสงค์ปัจจุบันดูได้ที่ {reminders.address(f'/pledges/{pledge.code}')}")
    lines += ["ขออภัยที่ต้องแจ้งใหม่ หากมีข้อสงสัยโปรดติดต่อกองทุน"]
    subject = f"แก้ข้อความเรื่องเงินสมทบ{for_what}" + (f" ใบเสร็จ {old.code} ยกเลิกแล้ว" if old is not None else "")
    return subject, reminders.signed(lines)
