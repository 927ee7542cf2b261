"""The committee room of the tests: proposals, a meeting, members who vote, and money to decide over."""

import itertools
from datetime import date, timedelta

from accounts import approved
from money import arrives
from people import Cast, Person
from sqlalchemy import select, text

from app.fund.committee import agenda, attendance, circulations, meetings, proposals, resolutions, votes
from app.fund.committee.records import Matter, Meeting, Motion, Resolution
from app.fund.spending import orders, payments
from app.fund.spending.records import Payment, Signatory, Vendor, VendorAccount
from app.kit import clock
from app.kit.db import db, is_sqlite, moment, transaction
from app.staff.roles import Grant, Role

_numbers = itertools.count(1)


def give(cast: Cast, satang: int, *, purpose: str = "general") -> int:
    """Money has come in for a purpose; the donation's id."""
    with transaction():
        return arrives(
            satang=satang, paid_at=clock.now(), purpose_id=cast.purpose(purpose).id, by=cast.kanya.user
        ).id


def propose(
    cast: Cast,
    satang: int,
    *,
    by: Person | None = None,
    drawn_up_by: Person | None = None,
    purpose: str = "general",
) -> str:
    """A proposal that waits for the committee; its code."""
    code = f"AR-2569-{next(_numbers):04d}"
    with transaction():
        proposals.submit(
            code=code,
            title="ชุดลูกเสือ-เนตรนารี 4 ชุด",
            satang=satang,
            purpose_id=cast.purpose(purpose).id,
            asked_by_id=(drawn_up_by or by or cast.malee).user.id,
            by=(by or cast.malee).user,
        )
    return code


def meet(cast: Cast, *present: Person, chair: Person | None = None) -> int:
    """An open meeting with these members present (all three when none is named); its id."""
    here = present or (cast.somchai, cast.pranee, cast.wichai)
    with transaction():
        number = meetings.call(held_on=clock.today(), place="ห้องประชุมศาลากลาง", by=cast.busaba.user).id
        for member in here:
            assert member.user_id
            attendance.note_present(number, member_id=member.user_id, by=cast.busaba.user)
        chair_id = (chair or here[0]).user_id
        assert chair_id
        meetings.open_(number, chair_id=chair_id, by=cast.busaba.user)
    return number


def table(cast: Cast, meeting_id: int, code: str) -> int:
    """The proposal stands on the agenda; the item's id."""
    with transaction():
        return agenda.table(meeting_id, proposal_code=code, by=cast.busaba.user).id


def vote(item_id: int, choice: str, *members: Person) -> None:
    for member in members:
        with transaction():
            votes.vote(item_id, choice=choice, by=member.user)


def circulate(cast: Cast, code: str, *, within: timedelta = timedelta(days=7)) -> int:
    """The proposal circulates among all three members; the item's id."""
    with transaction():
        made = circulations.circulate(code, closes_at=moment() + within, by=cast.busaba.user)
        return made.items[0].id


def let_the_time_pass(item_id: int) -> None:
    """The circulated item's deadline was the moment in which it was sent round. Inside no transaction."""
    late = text(
        "UPDATE circulation SET closes_at = (SELECT m.called_at FROM meeting AS m WHERE m.id = circulation.meeting_id)"
        " WHERE meeting_id = (SELECT i.meeting_id FROM agenda_item AS i WHERE i.id = :item)"
    )
    with transaction():
        session = db.session()
        if is_sqlite():
            made = text(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'circulation' ORDER BY rowid"
            )
            asleep = session.execute(made).all()
            for name, _ in asleep:
                session.execute(text(f"DROP TRIGGER {name}"))
            session.execute(late, {"item": item_id})
            for _, sql in asleep:
                session.connection().exec_driver_sql(sql)
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(late, {"item": item_id})


def resolve(item_id: int, *, by: Person, reason: str = "ยังไม่จำเป็น") -> Resolution:
    with transaction():
        number = resolutions.resolve(item_id, reason=reason, by=by.user).id
    return db.session().get_one(Resolution, number)


def approve(
    cast: Cast,
    satang: int,
    *,
    by: Person | None = None,
    drawn_up_by: Person | None = None,
    purpose: str = "general",
) -> str:
    """A proposal that all three members approved in a meeting of its own; its code."""
    code = propose(cast, satang, by=by, drawn_up_by=drawn_up_by, purpose=purpose)
    item = table(cast, meet(cast), code)
    vote(
        item, "approve", *(member for member in (cast.somchai, cast.pranee, cast.wichai) if member is not by)
    )
    resolve(item, by=cast.somchai)
    return code


def revise(cast: Cast, code: str, satang: int) -> None:
    with transaction():
        proposals.revise(code, satang=satang, reason="ราคาเปลี่ยน", by=cast.malee.user)


def put(cast: Cast, code: str, matter: Matter, reason: str = "ราคาเปลี่ยน") -> int:
    """An approved proposal is on the agenda of a meeting again, and everybody votes for it; the item's id."""
    number = meet(cast)
    with transaction():
        item = agenda.table(number, proposal_code=code, matter=matter, reason=reason, by=cast.busaba.user).id
    vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    return item


def vendor(
    name: str = "ร้านศรีสะเกษศึกษาภัณฑ์",
    *,
    number: str = "3010123456",
    kind: str = "shop",
    tax_id: str = "",
    user_id: int | None = None,
) -> int:
    """A vendor whom two people confirmed, long ago; its id. Inside a transaction."""
    session = db.session()
    known = session.scalars(select(Vendor.id).filter_by(name=name)).first()
    if known is not None:
        return known
    said = {"kind": kind, "name": name, "tax_id": tax_id, "bank_code": "006", "number": number}
    said["user_id"] = str(user_id or "")
    approval = approved("vendor.propose", f"vendor:006-{number}", **said)
    assert approval.decided_at is not None
    made = Vendor(
        kind=kind,
        name=name,
        tax_id=tax_id,
        approval_request_id=approval.id,
        confirmed_at=approval.decided_at,
        user_id=user_id,
    )
    session.add(made)
    session.flush()
    session.add(
        VendorAccount(
            vendor_id=made.id,
            bank_code="006",
            number=number,
            approval_request_id=approval.id,
            from_at=approval.decided_at,
        )
    )
    session.flush()
    return made.id


def sign(*deputies: Person) -> None:
    """Whoever is of finance or chair may sign, each for their group; deputies sign for the secretary's. Inside a transaction."""
    session = db.session()
    offices = Grant.role.in_((Role.CHAIR, Role.FINANCE))
    named_too = Grant.user_id.in_([deputy.user.id for deputy in deputies])
    held = session.scalars(select(Grant).where(offices | named_too, Grant.revoked_at.is_(None)))
    named = set(session.scalars(select(Signatory.user_id).where(Signatory.ended_at.is_(None))))
    for grant in sorted(held, key=lambda grant: grant.role):
        if grant.user_id in named:
            continue
        named.add(grant.user_id)
        group = str(grant.role) if grant.role in (Role.CHAIR, Role.FINANCE) else "secretary"
        approval = approved("signatory.name", f"signatory:{grant.user_id}", group=group)
        session.add(
            Signatory(
                user_id=grant.user_id,
                group_code=group,
                appointed_by="คำสั่งจังหวัดที่ 1/2553",
                from_on=date(2010, 1, 1),
                approval_request_id=approval.id,
            )
        )
    session.flush()


def prepare(cast: Cast, code: str, satang: int, *, by: Person | None = None) -> int:
    """A payment waits for approval; its order's id."""
    with transaction():
        sign()
        return orders.prepare(
            proposal_code=code,
            satang=satang,
            vendor_id=vendor(),
            by=(by or cast.kanya).user,
        ).id


def pay(cast: Cast, code: str, satang: int, *, by: Person | None = None, ref: str = "") -> Payment:
    """A payment prepared by one, approved by the chair, and made."""
    number = prepare(cast, code, satang, by=by)
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    return transfer(cast, number, by=by, ref=ref)


def transfer(cast: Cast, order_id: int, *, by: Person | None = None, ref: str = "") -> Payment:
    with transaction():
        number = payments.record(
            order_id,
            transfer_ref=ref or f"KTB{next(_numbers):012d}",
            paid_on=clock.today(),
            by=(by or cast.kanya).user,
        ).id
    return db.session().get_one(Payment, number)


def motion_of(item_id: int) -> Motion:
    """What the members vote on now."""
    newest = select(Motion).filter_by(item_id=item_id).order_by(Motion.number.desc()).limit(1)
    return db.session().scalars(newest).one()


def meeting(number: int) -> Meeting:
    return db.session().get_one(Meeting, number)
