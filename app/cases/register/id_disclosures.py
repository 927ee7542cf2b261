"""Disclosures of national IDs: a number used to find someone, or shown in full. Either is written down, without the number."""

import re

from sqlalchemy import select

from app.cases.register import ids
from app.cases.register.households import may_work_on, within_reach
from app.cases.register.records import Household, Member
from app.kit import national_id
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.worded import Worded
from app.staff import audit, reads
from app.staff.deeds import Deed
from app.staff.reads import ReadKind
from app.staff.users import User

_SHORTEST, _LONGEST = 5, 120
_NUMBER_INSIDE = re.compile(r"(?:[0-9][\s-]?){13}")


class RevealReason(Worded):
    """What a whole national ID is looked at for."""

    BANK = "bank", "เปิดบัญชีหรือโอนเงินให้ผู้รับ"
    REGISTER = "register", "ตรวจทะเบียนกับบัตรประชาชน"
    AGENCY = "agency", "ประสานสิทธิกับหน่วยงานอื่น"
    CARE = "care", "ส่งรักษาหรือส่งต่อ"
    OTHER = "other", "อื่นๆ"


def find_by_id(number: str, *, by: User) -> Household:
    """The household in reach of `by` that has a member with this national ID.

    Raises BadInput for what is no ID, Refused when there is none in reach: whether there is one elsewhere is not
    told. Inside a transaction.
    """
    key = ids.index(national_id.parse(number))
    session = db.session()
    found = session.scalars(
        select(Household)
        .join(Member, Member.household_id == Household.id)
        .where(Member.id_key == key, within_reach(by))
    ).one_or_none()
    audit.record(Deed.MEMBER_FIND_BY_ID, f"household:{found.id}" if found else "household:-", by=by)
    if found is None:
        raise Refused("ไม่พบเลขประจำตัวประชาชนนี้ในทะเบียนของพื้นที่ท่าน โปรดตรวจเลข หรือค้นด้วยชื่อ")
    return found


def reveal_id(member_id: int, *, reason: str, words: str, by: User) -> str:
    """The thirteen digits with dashes, for one of the `RevealReason`s and what it is about in words; trail and reads say so.

    Mentors, district officers and fund officers, each in their own area. Raises Refused for anyone else and for a
    member without a number, CeilingReached past what the role may see in a day, BadInput without a reason or when
    its words hold a number. Inside a transaction.
    """
    words = " ".join(words.split())
    if reason not in list(RevealReason):
        raise BadInput("โปรดเลือกเหตุผลที่ต้องดูเลขเต็มจากรายการ")
    if not _SHORTEST <= len(words) <= _LONGEST:
        raise BadInput("โปรดบอกเรื่องที่ต้องดูเลขเต็ม เช่น เปิดบัญชี ธ.ก.ส. สาขาเมือง วันที่ 12 ธ.ค.")
    if _NUMBER_INSIDE.search(words):
        raise BadInput("เหตุผลต้องไม่มีเลขประจำตัวประชาชน โปรดเขียนใหม่โดยไม่ใส่เลข")
    row = (
        db.session()
        .execute(
            select(Member, Household.code)
            .join(Household, Household.id == Member.household_id)
            .where(Member.id == member_id, may_work_on(by))
        )
        .one_or_none()
    )
    if row is None:
        raise Refused("ท่านดูเลขเต็มของบุคคลนี้ไม่ได้ เพราะอยู่นอกพื้นที่หรือหน้าที่ของท่าน")
    member, code = row
    if member.id_encrypted is None:
        raise Refused("ทะเบียนไม่มีเลขประจำตัวประชาชนของบุคคลนี้")
    why = f"{RevealReason(reason).words}: {words}"
    audit.record(Deed.MEMBER_REVEAL_ID, f"member:{member.id}", by=by, household=code, reason=why)
    reads.record(ReadKind.WHOLE_ID, f"member:{member.id}", by=by, reason=why)
    return national_id.dashed(ids.decrypt(member.id_encrypted, member_id=member.id))
