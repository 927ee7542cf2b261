"""Staging: a register file is sent, read in the background, looked at, and then applied whole or dropped."""

from collections.abc import Callable

from sqlalchemy import select, update

from app.cases.register import column_maps, ids, intake, parsed_file, reviews, rounds
from app.cases.register.columns import UnknownColumns, Years
from app.cases.register.import_plan import Plan
from app.cases.register.import_records import ImportState, RegisterImport
from app.cases.register.records import Round
from app.kit import clock, queue
from app.kit.db import db, lock, transaction
from app.kit.errors import BadInput, Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.kit.sheets import Limits, safe_file_name
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: A file of so many bytes is read while its sender waits; a longer one in the background.
READ_AT_ONCE = 200_000
_MEANWHILE = "ทะเบียนเปลี่ยนไปหลังจากที่ตรวจ จึงยังไม่นำเข้า โปรดตรวจผลใหม่อีกครั้ง"


def send(*, name: str, raw: bytes, round_code: str, source: str, is_whole: bool, by: User) -> RegisterImport:
    """The file waits, encrypted, to be read; nothing of the register changes.

    A round that nobody opened yet is opened. Raises BadInput for an empty file, one that is too big or whose name holds
    a path; Refused as intake.take_in does. Inside a transaction.
    """
    intake.areas_of(by)
    file_name = safe_file_name(name)[:160]
    if not raw or len(raw) > Limits().size:
        raise BadInput("ไฟล์ว่างเปล่าหรือใหญ่เกิน 20 เมกะไบต์ โปรดตรวจไฟล์ หรือแบ่งส่งทีละอำเภอ")
    round_ = intake.round_of(round_code, source, None, None, None, by)
    sent = RegisterImport(
        round_id=round_.id,
        state=ImportState.SENT,
        file_name=file_name,
        file_hash=ids.fingerprint(raw),
        file=ids.seal_bytes(raw),
        is_whole=is_whole,
        imported_at=clock.now(),
        imported_by_id=by.id,
    )
    db.session().add(sent)
    db.session().flush()
    audit.record(Deed.REGISTER_SEND, f"register_round:{round_.id}", by=by, code=round_.code, file=file_name)
    if len(raw) > READ_AT_ONCE:
        queue.ask("register_read", key=str(sent.id), number=sent.id)
    return sent


def find(number: int, *, by: User) -> RegisterImport:
    """The import, for whoever sent it and for those who see the province. Raises Refused for others alike."""
    found = db.session().get(RegisterImport, number)
    if found is None or not (found.imported_by_id == by.id or by.has(Role.FUND_OFFICER, Role.AUDITOR)):
        raise Refused("ไม่พบไฟล์นี้ อาจถูกทิ้งไปแล้ว โปรดส่งใหม่")
    return found


def read(number: int) -> None:
    """Read a file that was sent, or read it anew, and keep what it would do, for a person to look at. Safe to repeat."""
    sent = db.session().get(RegisterImport, number)
    if sent is None or sent.state not in (ImportState.SENT, ImportState.UNKNOWN, ImportState.REFUSED):
        return
    try:
        plan = _plan(sent, tell=_telling(number))
    except BadInput as refused:
        db.session().rollback()
        state = ImportState.UNKNOWN if isinstance(refused, UnknownColumns) else ImportState.REFUSED
        with transaction():
            found = lock(RegisterImport, number)
            if found.state != ImportState.READ:
                found.state, found.reason = state, refused.words[:1000]
        return
    db.session().rollback()
    with transaction():
        found = lock(RegisterImport, number)
        if found.state not in (ImportState.SENT, ImportState.UNKNOWN, ImportState.REFUSED):
            return
        found.state, found.reason = ImportState.READ, ""
        reviews.note(found, plan)


def _plan(sent: RegisterImport, *, tell: Callable[[int], None] = lambda _rows: None) -> Plan:
    rows = parsed_file.rows_of(
        ids.unseal_bytes(sent.file or b""),
        province_code=Profile.here().province_code,
        mapped=column_maps.known(),
        tell=tell,
    )
    sent = db.session().get_one(RegisterImport, sent.id)
    return intake.planned(rows, sent.round, by=sent.imported_by, is_whole=sent.is_whole)


def _telling(number: int) -> Callable[[int], None]:
    def tell(rows: int) -> None:
        db.session().rollback()
        with transaction() as session:
            session.execute(update(RegisterImport).where(RegisterImport.id == number).values(done=rows))

    return tell


def say_years(number: int, years: Years, *, by: User) -> None:
    """Of which era the two-digit years of this file are, and of all with the same headings; it is read anew."""
    found = find(number, by=by)
    if found.state != ImportState.READ:
        raise Refused("ไฟล์นี้ไม่ได้รอตรวจอยู่ โปรดเปิดหน้านี้ใหม่")
    headings, _ = parsed_file.table_of(
        ids.unseal_bytes(found.file or b""),
        province_code=Profile.here().province_code,
        mapped=column_maps.known(),
    )
    with transaction():
        column_maps.keep(titles=headings.titles, columns=headings.as_map(), years=years, by=by)
    read_anew(number)


def say_part(number: int, *, by: User) -> None:
    """This file is a part of a list, not all households of its villages: what it does not name stays as it is.

    It is read anew; from then on files of the source that this person sends are parts until they say otherwise (see
    sends_parts). Raises Refused where the file does not wait to be looked at.
    """
    with transaction():
        find(number, by=by)
        found = lock(RegisterImport, number)
        if found.state != ImportState.READ:
            raise Refused("ไฟล์นี้ไม่ได้รอตรวจอยู่ โปรดเปิดหน้านี้ใหม่")
        found.is_whole = False
    read_anew(number)


def sends_parts(*, round_code: str, by: User) -> bool:
    """Whether the last file of this round's source that `by` sent was a part of a list, as said of it then."""
    round_ = rounds.named(round_code)
    if round_ is None:
        return False
    last = (
        select(RegisterImport.is_whole)
        .join(Round, Round.id == RegisterImport.round_id)
        .where(RegisterImport.imported_by_id == by.id, Round.source == round_.source)
        .order_by(RegisterImport.id.desc())
        .limit(1)
    )
    return db.session().scalar(last) is False


def read_anew(number: int) -> None:
    """Read a file that waits, by what is known of its columns by now."""
    with transaction():
        found = lock(RegisterImport, number)
        if found.state not in (ImportState.READ, ImportState.UNKNOWN, ImportState.REFUSED):
            raise Refused("ไฟล์นี้ไม่ได้รอตรวจอยู่ โปรดเปิดหน้านี้ใหม่")
        found.state = ImportState.SENT
        queue.ask("register_read", key=str(number), number=number)
    read(number)


def apply(number: int, *, override: str = "", by: User) -> None:
    """What was looked at shall be done, in the background where it is long. Raises Refused where it does not wait for it,
    BadInput where something stops it and no reason is given."""
    with transaction():
        find(number, by=by)
        found = lock(RegisterImport, number)
        intake.areas_of(by)
        if found.state != ImportState.READ:
            raise Refused("ไฟล์นี้ไม่ได้รอตรวจอยู่ อาจมีผู้ตัดสินไปแล้ว โปรดเปิดหน้านี้ใหม่")
        rounds.refuse_closed(found.round)
        if found.stops != "[]":
            if len(override.strip()) < reviews.SHORTEST_REASON:
                raise BadInput("ไฟล์นี้ถูกหยุดไว้ โปรดบอกเหตุผลที่ให้นำเข้าทั้งที่เป็นเช่นนั้น")
            found.override_reason = override.strip()[:300]
        found.state = ImportState.APPLYING
        at_once = found.new + found.changed <= _APPLIED_AT_ONCE
        queue.ask("register_apply", key=str(number), number=number, by=by.id)
    if at_once:
        carry_out(number, by=by.id)


_APPLIED_AT_ONCE = 500


def carry_out(number: int, *, by: int | None) -> None:
    """Apply a file whole, in one transaction: killed at any moment, all of it is done or nothing. Safe to repeat.

    Where the register changed since a person looked, nothing is done and it waits to be looked at again.
    """
    with transaction() as session:
        lock_advisory(AdvisoryLock.REGISTER_IMPORT)
        found = session.scalars(select(RegisterImport).filter_by(id=number).with_for_update()).one_or_none()
        if found is None or found.state != ImportState.APPLYING:
            return
        plan = _plan(found)
        if plan.digest != found.digest:
            found.state, found.reason, found.override_reason = ImportState.READ, _MEANWHILE, ""
            reviews.note(found, plan)
            return
        user = session.get(User, by) if by else None
        intake.write(found, plan, override=found.override_reason, by=user)


def drop(number: int, *, by: User) -> None:
    """The file is not taken in, and forgotten. Raises Refused once it is decided on. Inside a transaction."""
    find(number, by=by)
    found = lock(RegisterImport, number)
    if found.state not in (ImportState.SENT, ImportState.UNKNOWN, ImportState.REFUSED, ImportState.READ):
        raise Refused("ไฟล์นี้มีผู้ตัดสินไปแล้ว จึงไม่ทิ้ง")
    found.state, found.file = ImportState.DROPPED, None
    found.decided_at, found.decided_by_id = clock.now(), by.id
    audit.record(
        Deed.REGISTER_DROP,
        f"register_round:{found.round_id}",
        by=by,
        code=found.round.code,
        file=found.file_name,
    )
