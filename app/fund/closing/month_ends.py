"""Month ends: what stands in the way of closing a month, and the closing itself with its certificate."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.records import StatementUpload, UploadState
from app.fund.bank.statements import statement_overrides
from app.fund.closing import certificates, continuity, month_facts
from app.fund.giving.records.payment_requests import FundAccount
from app.fund.ledger import months
from app.fund.ledger.months import ClosedMonth
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.injected import Injected
from app.kit.money import format_baht
from app.kit.thai import fiscal_year_be, month_year
from app.staff.roles import Role
from app.staff.users import User

#: Whether on this day a fiscal year ends whose open commitments nobody approved a list of.
CARRY_IS_DUE: Injected[Callable[[date], bool]] = Injected("commitments at the end of a year")
_SHORTEST_REASON = 5
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What stands between a month and its closing. A hard one must be mended; a soft one may be accepted with a reason.

    `endpoint` and `arguments` are the page where it is seen to.
    """

    kind: str
    hard: bool
    title: str
    words: str
    endpoint: str
    arguments: tuple[tuple[str, str], ...] = ()


def first_due() -> date | None:
    """The first day of the month that is to be closed next; None before any money moved."""
    due = months.first_open()
    if months.all_closed():
        return due
    known = continuity.bounds()
    found = [month for month in (due, known[0].replace(day=1) if known else None) if month]
    return min(found, default=None)


def open_months() -> list[date]:
    """The months from the first that is due to the present one, oldest first."""
    first = first_due()
    today = clock.today().replace(day=1)
    found = []
    while first is not None and first <= today:
        found.append(first)
        first = months.after(first)
    return found


def obstacles(facts: Mapping[str, Any]) -> list[Obstacle]:
    """Everything in the way of closing the month that these facts are of, the hard ones first."""
    first_on = date.fromisoformat(facts["first_on"])
    found = [
        *_of_time(first_on),
        *_of_imports(),
        *(obstacle for account in facts["accounts"] for obstacle in _of_account(account, facts["month"])),
        *_of_overrides(first_on),
        *_of_bases(facts),
        *_of_decisions(facts),
        *_of_counter(facts),
        *_of_omise(facts),
        *_of_year(first_on),
    ]
    return sorted(found, key=lambda obstacle: not obstacle.hard)


def _of_time(first_on: date) -> list[Obstacle]:
    if months.last_of(first_on) >= clock.today():
        words = "ปิดบัญชีได้ตั้งแต่วันแรกของเดือนถัดไป ระหว่างนี้ดูร่างใบรับรองได้"
        return [
            Obstacle(kind="early", hard=True, title="เดือนนี้ยังไม่สิ้นสุด", words=words, endpoint="closing.months")
        ]
    due = first_due()
    if due is not None and due < first_on:
        return [
            Obstacle(
                kind="order",
                hard=True,
                title=f"ต้องปิดเดือน{month_year(due)}ก่อน",
                words="ปิดบัญชีทีละเดือนตามลำดับ",
                endpoint="closing.month",
                arguments=(("month", months.written(due)),),
            )
        ]
    return []


def _of_imports() -> list[Obstacle]:
    """A statement that comes in has told its period already, but not yet all of its lines."""
    coming = select(StatementUpload.file_name).where(StatementUpload.state == UploadState.APPLYING)
    names = list(db.session().scalars(coming.order_by(StatementUpload.id)))
    if not names:
        return []
    title = "กำลังนำเข้ารายการเดินบัญชีอยู่"
    words = f"{' '.join(names)[:160]} กรุณารอให้นำเข้าครบก่อน"
    return [Obstacle(kind="importing", hard=True, title=title, words=words, endpoint="bank.statement_list")]


def _refuse(found: Sequence[Obstacle]) -> None:
    hard = [obstacle for obstacle in found if obstacle.hard]
    if hard:
        raise Refused(f"ยังปิดเดือนนี้ไม่ได้: {hard[0].title} ({hard[0].words})")


def _of_account(account: Mapping[str, Any], month: str) -> list[Obstacle]:
    number = account["number"]
    found: list[Obstacle] = []

    def add(kind: str, title: str, words: str, *, hard: bool = False) -> None:
        here = (("month", month), ("account", number))
        found.append(
            Obstacle(kind=kind, hard=hard, title=title, words=words, endpoint="closing.proof", arguments=here)
        )

    if account["broken"]:
        worst = max((abs(day["difference"]) for day in account["broken"]), default=0)
        words = f"{len(account['broken'])} วัน ต่างมากที่สุด {format_baht(worst)} บาท ส่วนใหญ่เพราะยังไม่ได้นำเข้ารายการเดินบัญชีบางช่วง"
        add("difference", f"บัญชี {number} พิสูจน์ยอดไม่ได้", words, hard=True)
    if account["unexplained"]:
        words = (
            f"ใบรับรองเดือนก่อนจบที่ {format_baht(account['certified'])} บาท รายการมาช้ารวม {format_baht(account['late'])} บาท "
            f"แต่เดือนนี้เริ่มที่ {format_baht(account['opening'])} บาท"
        )
        add("carried", f"บัญชี {number} ยอดยกมาไม่ต่อเนื่อง", words, hard=True)
    uncovered = len(account["gaps"])
    if uncovered or account["blind"]:
        words = f"ไม่มีรายการเดินบัญชีครอบคลุม {uncovered} วัน" if uncovered else ""
        if account["blind"]:
            words = " · ".join(filter(None, (words, f"ไฟล์ไม่มียอดคงเหลือ {len(account['blind'])} วัน")))
        add(f"gaps-{number}", f"บัญชี {number} มีวันที่ยังพิสูจน์ไม่ได้", words)
    if account["unstated_count"]:
        words = f"ธนาคารแจ้งโอนแล้ว {account['unstated_count']} รายการ รวม {format_baht(account['unstated'])} บาท แต่ยังไม่พบในรายการเดินบัญชี"
        add(f"unstated-{number}", f"บัญชี {number} มีเงินที่ยังไม่อยู่ในรายการเดินบัญชี", words)
    return found


def _of_overrides(first_on: date) -> list[Obstacle]:
    """A file whose balances did not hold proves nothing, whoever accepted it: the certificate says so."""
    return [
        Obstacle(
            kind=f"accepted-{override.request.id}",
            hard=False,
            title=f"ยอดในไฟล์ {override.upload.file_name} ไม่ต่อเนื่อง",
            words=override.words,
            endpoint="bank.statement",
            arguments=(("number", str(override.upload.statement_id)),),
        )
        for override in statement_overrides.between(first_on, months.last_of(first_on))
    ]


def _of_bases(facts: Mapping[str, Any]) -> list[Obstacle]:
    """What only one person says: lines that the bank's own list has not, and files that nobody else confirmed and that
    continue nothing known."""
    found = []
    denied = facts.get("denied", ())
    if denied:
        satang = format_baht(sum(line["satang"] for line in denied))
        words = f"รวม {satang} บาท ไฟล์ที่นำเข้าบอกว่ามีเงินเข้า แต่รายการของธนาคารเองไม่มี ใบรับรองจะแสดงทุกรายการเป็นสีแดง"
        title = f"ธนาคารไม่มีรายการเงินเข้า {len(denied):,} รายการ"
        found.append(Obstacle(kind="denied", hard=False, title=title, words=words, endpoint="bank.queue"))
    for line in facts.get("one_person", ()):
        if not line["counts"]:
            found.append(
                Obstacle(
                    kind=f"unconfirmed-{line['statement']}",
                    hard=False,
                    title=f"ไฟล์ {line['file']} ยังไม่มีอีกท่านหนึ่งยืนยัน",
                    words=f"{line['by'] or 'ผู้ดูแลระบบ'} นำเข้าคนเดียว และยอดไม่ต่อจากยอดที่รู้แล้ว",
                    endpoint="bank.statement",
                    arguments=(("number", str(line["statement"])),),
                )
            )
    return found


def _of_decisions(facts: Mapping[str, Any]) -> list[Obstacle]:
    if not facts["waiting_count"]:
        return []
    return [
        Obstacle(
            kind="waiting",
            hard=False,
            title=f"เงินเข้า {facts['waiting_count']:,} รายการยังรอการตัดสิน",
            words=f"รวม {format_baht(facts['waiting_satang'])} บาท ใบรับรองจะแสดงทุกรายการ",
            endpoint="bank.queue",
        )
    ]


def _of_counter(facts: Mapping[str, Any]) -> list[Obstacle]:
    found = []
    uncounted = [cash_count["code"] for cash_count in facts["cash_counts"] if not cash_count["closed"]]
    if uncounted:
        found.append(
            Obstacle(
                kind="uncounted",
                hard=True,
                title=f"ยังไม่ได้ปิดยอดเงินรับที่เคาน์เตอร์ {len(uncounted)} วัน",
                words=" ".join(uncounted[:10]),
                endpoint="counter.cash_counts",
            )
        )
    if facts["undeposited"]:
        satang = sum(item["satang"] for item in facts["undeposited"])
        found.append(
            Obstacle(
                kind="undeposited",
                hard=False,
                title=f"เงินจากเคาน์เตอร์ {len(facts['undeposited'])} ชุดยังไม่พบว่านำฝากธนาคาร",
                words=f"รวม {format_baht(satang)} บาท",
                endpoint="counter.cash_counts",
            )
        )
    return found


def _of_omise(facts: Mapping[str, Any]) -> list[Obstacle]:
    at_omise = facts.get("omise", {}).get("held", 0)
    if at_omise >= 0:
        return []
    words = f"ผลต่าง {format_baht(at_omise)} บาท กรุณาตรวจกับรายงานของ Omise"
    title = "Omise โอนเข้าบัญชีเกินกว่าที่ถือไว้ให้กองทุน"
    return [Obstacle(kind="omise", hard=False, title=title, words=words, endpoint="bank.queue")]


def _of_year(first_on: date) -> list[Obstacle]:
    """The last month of a fiscal year says what becomes of what is promised and not paid."""
    last_on = months.last_of(first_on)
    if not CARRY_IS_DUE.get()(last_on):
        return []
    year = fiscal_year_be(last_on)
    return [
        Obstacle(
            kind="carry",
            hard=False,
            title="ยังไม่มีบัญชีกันเงินเหลื่อมปีที่อนุมัติ",
            words="มีเงินผูกพันค้างจ่ายเมื่อสิ้นปี กรุณาทำบัญชีว่ากันไว้หรือคืน ให้สองคนอนุมัติ",
            endpoint="spending.year_end",
            arguments=(("year", str(year)),),
        )
    ]


def accepted(found: Sequence[Obstacle], reasons: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The soft obstacles with the reason given for each. Raises BadInput where one lacks its reason."""
    written = {}
    for obstacle in found:
        if obstacle.hard:
            continue
        reason = " ".join(reasons.get(obstacle.kind, "").split())
        if not _SHORTEST_REASON <= len(reason) <= _LONGEST_REASON:
            raise BadInput(f"กรุณาบอกเหตุผลที่ปิดเดือนทั้งที่{obstacle.title} (5–300 ตัวอักษร) หรือจัดการให้เรียบร้อยก่อน")
        written[obstacle.kind] = {"title": obstacle.title, "words": obstacle.words, "reason": reason}
    return written


def draft(first_on: date) -> bytes:
    """The certificate of a month as it would be now, marked as a draft; of a closed month the one that was kept."""
    month = months.closed(first_on)
    if month is not None:
        return month.paper
    return certificates.render(month_facts.gather(first_on), at=clock.now(), by="", final=False)


def close(first_on: date, *, reasons: Mapping[str, str], by: User) -> ClosedMonth:
    """Close a month in one deed and keep its certificate, bytes and facts, for good.

    The certificate is printed first, without holding anybody up; then, with reconciling and imports waiting, the facts
    are gathered again, and only when they are still the same is the month closed. Raises Refused for what stands in
    the way and when something changed meanwhile, BadInput where a reason is missing. Not inside a transaction.
    """
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินปิดบัญชีประจำเดือนได้")
    by_id, name = by.id, by.name
    if months.closed(first_on) is not None:
        raise Refused("เดือนนี้ปิดบัญชีไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูใบรับรอง")
    facts = _closable(first_on, reasons)
    kept = month_facts.written(facts)
    at = clock.now()
    paper = certificates.render(facts, at=at, by=name, final=True)
    with transaction() as session:
        lock_reconciliation()
        session.execute(select(FundAccount.id).order_by(FundAccount.id).with_for_update(key_share=True)).all()
        months.lock_books()
        if months.closed(first_on) is not None:
            raise Refused("มีผู้ปิดบัญชีเดือนนี้ไปแล้วเมื่อสักครู่ กรุณาเปิดหน้านี้ใหม่เพื่อดูใบรับรอง")
        if month_facts.written(_closable(first_on, reasons)) != kept:
            raise Refused("มีรายการใหม่เข้ามาระหว่างปิดเดือน ยังไม่ได้ปิด กรุณาเปิดหน้านี้ใหม่ ตรวจตัวเลข แล้วปิดอีกครั้ง")
        return months.close(first_on, facts=kept, paper=paper, at=at, by=session.get_one(User, by_id))


def _closable(first_on: date, reasons: Mapping[str, str]) -> dict[str, Any]:
    # Before the facts are gathered: what comes in now might be there a moment later.
    _refuse(_of_imports())
    facts = month_facts.gather(first_on)
    found = obstacles(facts)
    _refuse(found)
    facts["accepted"] = accepted(found, reasons)
    # As JSON would give it back, so that the page and the paper are made from what is kept.
    back: dict[str, Any] = json.loads(month_facts.written(facts))
    return back
