"""Navigation: where the person signed in may go, grouped by the day's work."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, request, url_for

from app.kit.language import marked
from app.staff.doors import who_may_enter
from app.staff.roles import ROLE_NAMES, Role
from app.staff.users import User

#: More places than these are folded into their groups.
MOST = 7


@dataclass(frozen=True)
class Item:
    """One place. Of a group, `places` are its places and `href` is empty."""

    label: str
    href: str
    current: bool
    places: tuple["Item", ...] = ()


#: Each group's places: endpoint, and the name that the menu and the page itself bear. What a person may not enter is not
#: shown; the doors themselves decide.
PLACES = (
    ("", (("warroom.home", marked("งานของฉัน")),)),
    (
        marked("รับเงิน"),
        (
            ("giving.pledges", marked("สมทบทุน")),
            ("giving.networks", marked("เครือข่าย")),
            ("giving.collecting", marked("รับสมทบจากสมาชิก")),
            ("giving.receipts", marked("ใบเสร็จรับเงิน")),
            ("giving.yearly", marked("สรุปเงินสมทบรายปี")),
            ("giving.goods", marked("สิ่งของและแรงงาน")),
            ("giving.messages", marked("ข้อความถึงเครือข่าย")),
        ),
    ),
    (
        marked("ธนาคาร"),
        (
            ("bank.queue", marked("เงินเข้า")),
            ("counter.desk", marked("รับเงินที่เคาน์เตอร์")),
            ("bank.statement_list", marked("รายการเดินบัญชี")),
            ("bank.refund_list", marked("การคืนเงิน")),
            ("closing.months", marked("ปิดบัญชีประจำเดือน")),
        ),
    ),
    (
        marked("ช่วยเหลือ"),
        (
            ("register.rounds", marked("ทะเบียนครัวเรือน")),
            ("aid.requests", marked("คำขอช่วยเหลือ")),
            ("aid.handovers", marked("ส่งมอบ")),
            ("store.stock", marked("คลังสิ่งของ")),
        ),
    ),
    (
        marked("มติและจ่ายเงิน"),
        (
            ("committee.meetings", marked("ประชุม")),
            ("spending.payments", marked("จ่ายเงิน")),
        ),
    ),
    (
        marked("บัญชี"),
        (
            ("books.balances", marked("บัญชีกองทุน")),
            ("warroom.board", marked("ภาพรวมกองทุน")),
            ("giving.shares", marked("การสมทบรายอำเภอและเครือข่าย")),
            ("warroom.organisation", marked("โครงสร้าง ศจพ.")),
        ),
    ),
    (
        marked("ดูแลระบบ"),
        (
            ("staff.approvals", marked("รอผู้อนุมัติ")),
            ("giving.setup", marked("ตั้งค่ากองทุน")),
            ("giving.issuer", marked("ผู้ออกใบเสร็จ")),
            ("staff.people", marked("ผู้ใช้")),
            ("staff.trail", marked("บันทึกตรวจสอบ")),
            ("staff.reads", marked("การเปิดดูข้อมูล")),
            ("warroom.system_state", marked("สภาพระบบ")),
        ),
    ),
)


def items(user: Any) -> list[Item]:
    """The menu of this person, at most `MOST` entries; empty for a visitor."""
    if not _is_staff(user):
        return []
    groups = [(label, list(_open_to(user, places))) for label, places in PLACES]
    places = [place for _, several in groups for place in several]
    # Of a place within a place the inner one is where the person is.
    inmost = max((len(place.href) for place in places if place.current), default=0)
    groups = [
        (label, [replace(place, current=place.current and len(place.href) == inmost) for place in several])
        for label, several in groups
    ]
    if len(places) <= MOST:
        return [place for _, several in groups for place in several]
    menu = []
    for label, several in groups:
        if len(several) == 1:
            menu += several
        elif several:
            menu.append(Item(label, "", any(place.current for place in several), tuple(several)))
    return menu


def _open_to(user: User, places: tuple[tuple[str, str], ...]) -> Iterator[Item]:
    for endpoint, label in places:
        allowed = who_may_enter(current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
        if allowed is None:
            continue
        roles = [who for who in allowed if isinstance(who, Role)]
        if len(roles) < len(allowed) or user.has(*roles):
            href = url_for(endpoint)
            yield Item(label, href, request.path == href or request.path.startswith(f"{href}/"))


def office(user: Any) -> list[str]:
    """As what and as whom this person works here: the line beneath the name of the portal."""
    if not _is_staff(user):
        return []
    roles = dict.fromkeys(ROLE_NAMES[Role(grant.role)] for grant in user.grants)
    return [*roles, user.name]


def _is_staff(user: Any) -> bool:
    return isinstance(getattr(user, "_get_current_object", lambda: user)(), User)
