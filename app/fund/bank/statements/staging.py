"""Staging: a draft's file read line by line into a table, proved as it goes by, never held in memory."""

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

from app.fund.bank.events import OUR_CODE, canonical
from app.fund.bank.statements import (
    acceptances,
    accounts,
    drafts,
    equals,
    files,
    profiles,
    readings,
    staged_lines,
)
from app.fund.bank.statements.chains import Chain, Unproven
from app.fund.bank.statements.drafts import DraftState, StatementDraft
from app.fund.bank.statements.files import Telling
from app.fund.bank.statements.layouts import UnknownHeader
from app.fund.bank.statements.lines import Line
from app.fund.bank.statements.readings import Overtaken
from app.fund.bank.statements.staged_lines import StagedLine
from app.fund.bank.statements.stated import Stated
from app.fund.giving.payment_requests.payment_requests import FundAccount
from app.kit import references, texts
from app.kit.clock import BANGKOK
from app.kit.db import db, learn, lock, transaction
from app.kit.errors import BadInput

_STAGED = cast(Table, StagedLine.__table__)
_AT_ONCE = 1_000
_MAPPED_ANEW = (
    "มีผู้จับคู่คอลัมน์ใหม่หลังจากขอให้ยอมรับไฟล์นี้ ผู้ยืนยันจึงไม่ได้เห็นรายการชุดนี้ กรุณาทิ้งไฟล์นี้แล้วส่งใหม่ จากนั้นขอให้ยอมรับอีกครั้ง"
)


def read(draft_id: int) -> bool:
    """Read a draft that was sent, or read it anew by other columns; afterwards it waits for a person's word.

    False when somebody else is at it, also since this reading began, or it has become a statement. Raises BadInput
    (UnknownHeader when a person can help) for a file that does not hold; what was staged of it is forgotten.
    """
    reading = readings.take_up(draft_id)
    if reading is None:
        return False
    try:
        _take_down(draft_id, reading)
    except Overtaken:
        return False
    return True


def _take_down(draft_id: int, reading: int) -> None:
    go_on = partial(readings.go_on, draft_id, reading)
    try:
        staged_lines.drop(draft_id, first=go_on)
        with drafts.opened(draft_id) as file:
            try:
                _read(draft_id, file, go_on)
            except UnknownHeader:
                # Where there is no table there are no columns to point at: then it is this that says so.
                profiles.top_of(file)
                raise
    except BadInput as refused:
        staged_lines.drop(draft_id, first=go_on)
        state = DraftState.UNKNOWN if isinstance(refused, UnknownHeader) else DraftState.REFUSED
        with transaction():
            go_on(state=state, reason=refused.words[:400], unproven=isinstance(refused, Unproven))
            drafts.find(draft_id).claimed_until = None
        raise


def _read(draft_id: int, file: BinaryIO, go_on: Callable[..., None]) -> None:
    draft = drafts.find(draft_id)
    asked, profile = draft.account_asked or None, draft.profile_asked or None
    mapped = profiles.known()
    db.session().rollback()
    told = files.read(file, mapped=mapped, profile=profile)
    account, chain = _stage(draft_id, told, asked, go_on)
    if chain.has_times and chain.only_midnight:
        # Midnight on every line means that the bank gave no times; that is only known at the end.
        staged_lines.drop(draft_id, first=go_on)
        told = files.read(file, mapped=mapped, profile=profile)
        told.lines = (replace(line, at=None) for line in told.lines)
        account, chain = _stage(draft_id, told, asked, go_on)
    newest_first, holds = _proved(draft_id, told.profile, chain)
    with transaction() as session:
        go_on()
        draft = lock(StatementDraft, draft_id)
        if not holds:
            # Balances of which one is wrong prove nothing, and none of them is to prove anything later.
            session.execute(
                update(_STAGED)
                .where(_STAGED.c.draft_id == draft_id)
                .values(
                    balance_satang=None, external_id=func.substr(_STAGED.c.external_id, 1, 64).concat(":0")
                )
            )
        learn("staged_line")
        _number_twins(draft_id)
        draft.state, draft.claimed_until = DraftState.READ, None
        draft.account_id, draft.profile, draft.newest_first = account.id, told.profile, newest_first
        draft.in_count, draft.in_satang = chain.in_count, chain.in_satang
        draft.out_count, draft.out_satang = chain.out_count, chain.out_satang
        draft.lines = draft.total = chain.in_count + chain.out_count
        draft.from_on, draft.to_on = _period(draft, told.stated, chain)
        balances = chain.balances(newest_first=newest_first) if holds else (None, None)
        draft.opening_satang, draft.closing_satang = balances
        draft.remarks = _remarks(told.stated)
        session.flush()
        equals.tell_apart(draft)


def _remarks(stated: Stated) -> str:
    """What of the file is no line, in words."""
    words = []
    if stated.passed:
        more = (
            f" และอีก {stated.passed - len(stated.passed_words):,} บรรทัด"
            if stated.passed > len(stated.passed_words)
            else ""
        )
        words.append(
            f"ธนาคารบอกว่าไม่เกิดขึ้น จึงไม่นำเข้า {stated.passed:,} บรรทัด: {', '.join(stated.passed_words)}{more}"
        )
    if stated.zeros:
        words.append(f"ข้ามรายการยอดศูนย์ {stated.zeros:,} บรรทัด")
    if stated.unread:
        words.append(f"คอลัมน์ที่ไม่ได้อ่าน: {', '.join(stated.unread)}")
    return " · ".join(words)[:400]


def _period(draft: StatementDraft, said: Stated, chain: Chain) -> tuple[date | None, date | None]:
    """The days that a file tells of: as it states or as its lines stand, but none after it was made or sent."""
    since, until = said.from_on or chain.first_on, said.to_on or chain.last_on
    if since is None or until is None:
        return since, until
    until = min(one for one in (until, said.made_on, draft.sent_at.astimezone(BANGKOK).date()) if one)
    return (since, until) if since <= until else (None, None)


def _proved(draft_id: int, profile: str, chain: Chain) -> tuple[bool, bool]:
    """Whether the file is newest first, and whether it holds: one that does not is read on where two people said so,
    and only by the columns by which it was read when they were asked."""
    try:
        return chain.prove(), True
    except Unproven:
        accepted = acceptances.confirmed(draft_id)
        mapped_anew = accepted is not None and profiles.was_made_since(profile, accepted.asked_at)
        db.session().rollback()
        if mapped_anew:
            raise Unproven(_MAPPED_ANEW) from None
        if accepted is None:
            raise
        return chain.unproved(), False


def _stage(
    draft_id: int, told: Telling, asked: str | None, go_on: Callable[..., None]
) -> tuple[FundAccount, Chain]:
    """Put every line into the table, batch by batch, and see that all of them hold together."""
    chain = Chain(told.stated, balances=told.balances, word=told.word)
    moving = _seen_by(chain, told.lines)
    # The account stands above the lines, and what makes a line itself begins with it.
    first = next(moving, None)
    account = accounts.spoken_of(asked, told.stated)
    number = accounts.digits(account.number)
    db.session().rollback()
    place = 0
    batch = [] if first is None else [first, *islice(moving, _AT_ONCE - 1)]
    while batch:
        rows = [_row(draft_id, place + step, line, number) for step, line in enumerate(batch)]
        place += len(batch)
        with transaction() as session:
            go_on(done=place)
            session.execute(insert(_STAGED), rows)
        batch = list(islice(moving, _AT_ONCE))
    with transaction() as session:
        account = session.merge(accounts.spoken_of(asked, told.stated))
    return account, chain


def _seen_by(chain: Chain, lines: Iterator[Line]) -> Iterator[Line]:
    """The lines that moved money, after the chain saw all."""
    for line in lines:
        chain.see(line)
        if line.satang:
            yield line


def _row(draft_id: int, place: int, line: Line, account_number: str) -> dict[str, Any]:
    raw = json.dumps(line.cells, ensure_ascii=False).encode()
    return {
        "draft_id": draft_id,
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


def _name(account_number: str, line: Line) -> str:
    """What a line is known by: its contents, and where they tell no balance, the one that its file proves.

    Its place among equal lines of the file, here 0, is put in when all are there.
    """
    contents = _content(account_number, line)
    return f"{contents}:0" if line.running is None else f"{contents}:={line.running}:0"


def _content(account_number: str, line: Line) -> str:
    """What makes a line itself: the hash of all that the bank told of it."""
    said = (
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
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _reference(line: Line) -> str:
    """Reference 1, or where the bank has no column for it, the one code of ours that stands in the description, whole
    or parted by the ends of lines; its check character guards what is joined."""
    if line.ref1:
        return canonical(line.ref1)
    codes = set[str]()
    for told in (f"{line.description} {line.bank_ref} {line.payer}", *line.joined):
        words = unicodedata.normalize("NFKC", told).upper()
        codes.update(code for code in OUR_CODE.findall(words) if references.is_valid(code))
    return codes.pop() if len(codes) == 1 else ""


def _number_twins(draft_id: int) -> None:
    """Two equal lines are two payments: each gets its place among its equals, so that no import adds them again."""
    twins = (
        select(
            _STAGED.c.place,
            _STAGED.c.external_id,
            (func.row_number().over(partition_by=_STAGED.c.external_id, order_by=_STAGED.c.place) - 1).label(
                "before"
            ),
        )
        .where(_STAGED.c.draft_id == draft_id)
        .subquery()
    )
    later = select(twins.c.place, twins.c.external_id, twins.c.before).where(twins.c.before > 0).subquery()
    db.session().execute(
        update(_STAGED)
        .where(_STAGED.c.draft_id == draft_id, _STAGED.c.place == later.c.place)
        # All are ":0" before this.
        .values(
            external_id=func.substr(later.c.external_id, 1, func.length(later.c.external_id) - 1).concat(
                later.c.before
            )
        )
    )
