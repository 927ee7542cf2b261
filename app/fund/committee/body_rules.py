"""Rules of order of a body: how it counts, its quorum and its majorities; by order they change for days to come."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select

from app.fund.committee import seats
from app.fund.committee.records.bodies import Body, BodyRules, Majority, Numbering
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.kit.thai import long_date
from app.staff import audit, notices
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: What stands on an agenda, as the rules of order tell it apart, in Thai.
MATTERS = {
    "ordinary": "พิจารณาคำขอและเรื่องทั่วไป",
    "amend": "แก้ไขมติ",
    "rescind": "ยกเลิกมติ",
    "ratify": "รับรองมติของประธาน",
}


def change(
    body_id: int,
    *,
    numbering: Numbering | str,
    quorum_count: int | None,
    majorities: Mapping[str, str],
    casting_vote: bool,
    order_number: str,
    from_on: date,
    by: User,
) -> BodyRules:
    """From a day to come on the body goes by these rules, as an order says; its members hear of it.

    A meeting that is called keeps those under which it was called. `quorum_count` is of people, none for the share of
    before; `majorities` those of "ordinary", "amend", "rescind" and "ratify", where one not named stays. Raises BadInput
    without an order and for a day that has come.
    """
    if not by.has(Role.FUND_OFFICER):
        raise Refused("เฉพาะฝ่ายเลขานุการกองทุนเท่านั้นที่บันทึกระเบียบการประชุมของคณะได้")
    body, order = lock(Body, body_id), visible(order_number)
    if not 0 < len(order) <= 60:
        raise BadInput("กรุณาใส่เลขที่คำสั่งหรือมติที่แก้ไขระเบียบการประชุม ไม่เกิน 60 ตัวอักษร")
    if from_on <= clock.today():
        raise BadInput("ระเบียบการประชุมใหม่ใช้ได้ตั้งแต่วันพรุ่งนี้เป็นต้นไป เรื่องที่ผ่านมาเป็นไปตามระเบียบเดิม")
    before = body.versions[-1]
    made = BodyRules(
        body_id=body.id,
        number=1 + (db.session().scalar(select(func.max(BodyRules.number)).filter_by(body_id=body.id)) or 0),
        from_on=from_on,
        order_number=order,
        quorum_part=before.quorum_part,
        quorum_whole=before.quorum_whole,
        majority=before.majority,
        majority_amend=before.majority_amend,
        majority_rescind=before.majority_rescind,
        majority_ratify=before.majority_ratify,
        entered_at=clock.now(),
        entered_by_id=by.id,
    )
    seats.say(made, numbering, quorum_count, majorities, casting_vote=casting_vote)
    body.versions.append(made)
    db.session().flush()
    audit.record(
        Deed.BODY_RULES, f"body:{body.id}", by=by, code=body.code, order=order, from_on=from_on.isoformat()
    )
    notices.notify(
        [member for member in seats.members(body.id) if member.id != by.id],
        title=f"ระเบียบการประชุมใหม่ของ{body.name_th}",
        words=f"ใช้ตั้งแต่วันที่ {long_date(from_on)} ตามคำสั่งที่ {order}",
        href=f"/bodies/{body.id}/rules",
    )
    return made


def words(rules: BodyRules) -> list[tuple[str, str]]:
    """The rules as a page shows them, one a line."""
    share = (
        "กึ่งหนึ่งของกรรมการ"
        if (rules.quorum_part, rules.quorum_whole) == (1, 2)
        else f"{rules.quorum_part} ใน {rules.quorum_whole} ของกรรมการ"
    )
    asked = {name: rules.majority_of(name) for name in MATTERS}
    same = set(asked.values()) == {asked["ordinary"]}
    return [
        ("เลขครั้งและเลขมติ", Numbering(rules.numbering).words),
        ("องค์ประชุม", f"{rules.quorum_count} คน" if rules.quorum_count else share),
        *(
            [("เสียงที่ต้องได้", asked["ordinary"].words)]
            if same
            else [(MATTERS[name], majority.words) for name, majority in asked.items()]
        ),
        *_on_a_tie(rules, asked["ordinary"]),
    ]


def _on_a_tie(rules: BodyRules, ordinary: Majority) -> list[tuple[str, str]]:
    if ordinary != Majority.MORE_THAN_HALF:
        return []
    return [("เมื่อเสียงเท่ากัน", "ประธานออกเสียงชี้ขาด" if rules.casting_vote else "ไม่เป็นมติ")]
