"""Staging: an upload's file read line by line into `staged_line`, its balances and totals checked on the way; it is never held in memory."""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, BinaryIO, cast

from sqlalchemy import Table, func, insert, select, update

from app.fund.bank.records import StagedLine, StatementUpload, UploadState
from app.fund.bank.reference_codes import OUR_CODE, canonical
from app.fund.bank.statements import (
    accounts,
    equal_lines,
    files,
    parse_lease,
    profiles,
    statement_overrides,
    uploads,
)
from app.fund.bank.statements.balance_check import BalanceCheck, Unproven
from app.fund.bank.statements.declared_totals import DeclaredTotals
from app.fund.bank.statements.files import ParsedStatement
from app.fund.bank.statements.layouts import UnknownHeader
from app.fund.bank.statements.lines import StatementLine
from app.fund.bank.statements.parse_lease import Overtaken
from app.fund.giving.records.payment_requests import FundAccount
from app.kit import references, texts
from app.kit.clock import BANGKOK
from app.kit.db import db, learn, lock, transaction
from app.kit.errors import BadInput

_STAGED = cast(Table, StagedLine.__table__)
_AT_ONCE = 1_000
_MAPPED_ANEW = (
    "มีผู้จับคู่คอลัมน์ใหม่หลังจากขอให้ยอมรับไฟล์นี้ ผู้ยืนยันจึงไม่ได้เห็นรายการชุดนี้ กรุณาทิ้งไฟล์นี้แล้วส่งใหม่ จากนั้นขอให้ยอมรับอีกครั้ง"
)


def read(upload_id: int) -> bool:
    """Read an upload that was sent, or read it anew by other columns; afterwards it waits for a person's word.

    False when somebody else is at it, also since this reading began, or it has become a statement. Raises BadInput
    (UnknownHeader when a person can help) for a file that does not hold; what was staged of it is forgotten.
    """
    reading = parse_lease.take_up(upload_id)
    if reading is None:
        return False
    try:
        _take_down(upload_id, reading)
    except Overtaken:
        return False
    return True


def _take_down(upload_id: int, reading: int) -> None:
    go_on = partial(parse_lease.go_on, upload_id, reading)
    try:
        uploads.drop_lines(upload_id, first=go_on)
        with uploads.opened(upload_id) as file:
            try:
                _read(upload_id, file, go_on)
            except UnknownHeader:
                # Where there is no table there are no columns to point at: then it is this that says so.
                profiles.top_of(file)
                raise
    except BadInput as refused:
        uploads.drop_lines(upload_id, first=go_on)
        state = UploadState.UNKNOWN if isinstance(refused, UnknownHeader) else UploadState.REFUSED
        with transaction():
            go_on(state=state, reason=refused.words[:400], unproven=isinstance(refused, Unproven))
            uploads.find(upload_id).give_back()
        raise


def _read(upload_id: int, file: BinaryIO, go_on: Callable[..., None]) -> None:
    upload = uploads.find(upload_id)
    asked, profile = upload.account_asked or None, upload.profile_asked or None
    mapped = profiles.known()
    db.session().rollback()
    parsed = files.read(file, mapped=mapped, profile=profile)
    account, check = _stage(upload_id, parsed, asked, go_on)
    if check.has_times and check.only_midnight:
        # Midnight on every line means that the bank gave no times; that is only known at the end.
        uploads.drop_lines(upload_id, first=go_on)
        parsed = files.read(file, mapped=mapped, profile=profile)
        parsed.lines = (replace(line, at=None) for line in parsed.lines)
        account, check = _stage(upload_id, parsed, asked, go_on)
    newest_first, holds = _proved(upload_id, parsed.profile, check)
    with transaction() as session:
        go_on()
        upload = lock(StatementUpload, upload_id)
        if not holds:
            # Balances of which one is wrong prove nothing, and none of them is to prove anything later.
            session.execute(
                update(_STAGED)
                .where(_STAGED.c.upload_id == upload_id)
                .values(
                    balance_satang=None, external_id=func.substr(_STAGED.c.external_id, 1, 64).concat(":0")
                )
            )
        learn("staged_line")
        _number_twins(upload_id)
        upload.state = UploadState.READ
        upload.give_back()
        upload.account_id, upload.profile, upload.newest_first = account.id, parsed.profile, newest_first
        upload.in_count, upload.in_satang = check.in_count, check.in_satang
        upload.out_count, upload.out_satang = check.out_count, check.out_satang
        upload.lines = upload.total = check.in_count + check.out_count
        upload.from_on, upload.to_on = _period(upload, parsed.declared, check)
        balances = check.balances(newest_first=newest_first) if holds else (None, None)
        upload.opening_satang, upload.closing_satang = balances
        upload.remarks = _remarks(parsed.declared)
        session.flush()
        equal_lines.tell_apart(upload)


def _remarks(declared: DeclaredTotals) -> str:
    """What of the file is no line, in words."""
    words = []
    if declared.passed:
        more = (
            f" และอีก {declared.passed - len(declared.passed_words):,} บรรทัด"
            if declared.passed > len(declared.passed_words)
            else ""
        )
        words.append(
            f"ธนาคารบอกว่าไม่เกิดขึ้น จึงไม่นำเข้า {declared.passed:,} บรรทัด: {', '.join(declared.passed_words)}{more}"
        )
    if declared.zeros:
        words.append(f"ข้ามรายการยอดศูนย์ {declared.zeros:,} บรรทัด")
    if declared.unread:
        words.append(f"คอลัมน์ที่ไม่ได้อ่าน: {', '.join(declared.unread)}")
    return " · ".join(words)[:400]


def _period(
    upload: StatementUpload, declared: DeclaredTotals, check: BalanceCheck
) -> tuple[date | None, date | None]:
    """The days that a file tells of: as it states or as its lines stand, but none after it was made or sent."""
    since, until = declared.from_on or check.first_on, declared.to_on or check.last_on
    if since is None or until is None:
        return since, until
    until = min(day for day in (until, declared.made_on, upload.sent_at.astimezone(BANGKOK).date()) if day)
    return (since, until) if since <= until else (None, None)


def _proved(upload_id: int, profile: str, check: BalanceCheck) -> tuple[bool, bool]:
    """Whether the file is newest first, and whether it holds: one that does not is read on where two people said so,
    and only by the columns by which it was read when they were asked."""
    try:
        return check.prove(), True
    except Unproven:
        accepted = statement_overrides.confirmed(upload_id)
        mapped_anew = accepted is not None and profiles.was_made_since(profile, accepted.asked_at)
        db.session().rollback()
        if mapped_anew:
            raise Unproven(_MAPPED_ANEW) from None
        if accepted is None:
            raise
        return check.unproved(), False


def _stage(
    upload_id: int, parsed: ParsedStatement, asked: str | None, go_on: Callable[..., None]
) -> tuple[FundAccount, BalanceCheck]:
    """Put every line into the table, batch by batch, and see that all of them hold together."""
    check = BalanceCheck(parsed.declared, balances=parsed.balances, word=parsed.word)
    moving = _seen_by(check, parsed.lines)
    # The account stands above the lines, and what makes a line itself begins with it.
    first = next(moving, None)
    account = accounts.account_of_file(asked, parsed.declared)
    number = accounts.digits(account.number)
    db.session().rollback()
    place = 0
    batch = [] if first is None else [first, *islice(moving, _AT_ONCE - 1)]
    while batch:
        rows = [_row(upload_id, place + step, line, number) for step, line in enumerate(batch)]
        place += len(batch)
        with transaction() as session:
            go_on(done=place)
            session.execute(insert(_STAGED), rows)
        batch = list(islice(moving, _AT_ONCE))
    with transaction() as session:
        account = session.merge(accounts.account_of_file(asked, parsed.declared))
    return account, check


def _seen_by(check: BalanceCheck, lines: Iterator[StatementLine]) -> Iterator[StatementLine]:
    """The lines that moved money, after the check saw all."""
    for line in lines:
        check.see(line)
        if line.satang:
            yield line


def _row(upload_id: int, place: int, line: StatementLine, account_number: str) -> dict[str, Any]:
    raw = json.dumps(line.cells, ensure_ascii=False).encode()
    return {
        "upload_id": upload_id,
        "place": place,
        "number": line.number,
        "external_id": _name(account_number, line),
        "on_day": line.on,
        "occurred_at": line.occurred_at,
        "has_time": line.at is not None,
        "satang": line.satang,
        "balance_satang": line.running if line.balance is None else line.balance,
        "ref1": _reference(line)[:40],
        "ref2": line.ref2[:40],
        "bank_ref": line.bank_ref[:60],
        "payer": texts.canonical(line.payer)[:160],
        "payer_bank": line.payer_bank,
        "description": line.description[:400],
        "raw": raw,
        "raw_hash": hashlib.sha256(raw).hexdigest(),
        "doubt": line.doubt,
    }


def _name(account_number: str, line: StatementLine) -> str:
    """What a line is known by: its contents, and where they tell no balance, the one that its file proves.

    Its place among equal lines of the file, here 0, is put in when all are there.
    """
    contents = _content(account_number, line)
    return f"{contents}:0" if line.running is None else f"{contents}:={line.running}:0"


def _content(account_number: str, line: StatementLine) -> str:
    """What makes a line itself: the hash of all that the bank told of it."""
    fields = (
        account_number,
        line.on.isoformat(),
        line.at.isoformat() if line.at else "",
        line.satang,
        line.balance,
        line.description,
        line.ref1,
        line.ref2,
        line.bank_ref,
        line.payer,
    )
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def _reference(line: StatementLine) -> str:
    """Reference 1, or where the bank has no column for it, the one code of ours that stands in the description, whole
    or parted by the ends of lines; its check character guards what is joined."""
    if line.ref1:
        return canonical(line.ref1)
    codes = set[str]()
    for text in (f"{line.description} {line.bank_ref} {line.payer}", *line.joined):
        words = unicodedata.normalize("NFKC", text).upper()
        codes.update(code for code in OUR_CODE.findall(words) if references.is_valid(code))
    return codes.pop() if len(codes) == 1 else ""


def _number_twins(upload_id: int) -> None:
    """Two equal lines are two payments: each gets its place among its equal_lines, so that no import adds them again."""
    twins = (
        select(
            _STAGED.c.place,
            _STAGED.c.external_id,
            (func.row_number().over(partition_by=_STAGED.c.external_id, order_by=_STAGED.c.place) - 1).label(
                "before"
            ),
        )
        .where(_STAGED.c.upload_id == upload_id)
        .subquery()
    )
    later = select(twins.c.place, twins.c.external_id, twins.c.before).where(twins.c.before > 0).subquery()
    db.session().execute(
        update(_STAGED)
        .where(_STAGED.c.upload_id == upload_id, _STAGED.c.place == later.c.place)
        # All are ":0" before this.
        .values(
            external_id=func.substr(later.c.external_id, 1, func.length(later.c.external_id) - 1).concat(
                later.c.before
            )
        )
    )
