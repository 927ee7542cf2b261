"""Statements: bringing a bank's file of lines in, whole or not at all, as often as one likes."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any, cast

from sqlalchemy import Table, func, insert, literal, select

from app.fund.bank import drafts as drafts
from app.fund.bank import layouts, matching, profiles
from app.fund.bank.events import BankEvent, Settlement, Statement, canonical
from app.fund.bank.lines import Line, Stated, read
from app.fund.giving.donations import FundAccount
from app.kit import clock, references
from app.kit.db import db, transaction
from app.kit.errors import BadInput
from app.kit.sheets import read_rows, safe_file_name
from app.staff import audit
from app.staff.users import User

_EVENTS = cast(Table, BankEvent.__table__)
_SETTLEMENTS = cast(Table, Settlement.__table__)
_AT_ONCE = 500
_LONGEST_NAME = 160
_OUR_CODE = re.compile(rf"(?<![A-Z0-9])F[0-9]{{2}}[{references.ALPHABET}]{{8}}(?![A-Z0-9])")


def import_file(
    *,
    name: str,
    raw: bytes,
    account_number: str | None = None,
    profile: str | None = None,
    by: User | None,
) -> dict[str, int]:
    """Bring in the lines of a statement that were never seen, in one transaction, and then settle them.

    Answers with counts of lines: `new` never told before, `known` told before by a statement or a callback, and of
    those brought in now `posted` as gifts and `waiting` for the finance officer. The same file again, or one that
    overlaps, adds nothing. Settling commits in batches; what a crash leaves unsettled the background job takes up.
    Raises BadInput, nothing imported, for a file, header, date, amount, total or running balance that does not hold.
    """
    shown = _shown_name(name)
    rows = list(read_rows(raw))
    header, layout = layouts.recognise(rows, mapped=profiles.known(), profile=profile)
    lines, stated = read(rows, header=header, layout=layout)
    with transaction() as session:
        account = _account(account_number, stated)
        # Imports for one account queue here, so that each sees all lines of the one before. Not a full lock:
        # donations and callbacks, which only point at the account, need not wait.
        session.execute(select(FundAccount.id).filter_by(id=account.id).with_for_update(key_share=True))
        ids = _external_ids(account, lines)
        seen = _seen(ids)
        fresh = [(line, one) for line, one in zip(lines, ids, strict=True) if one not in seen]
        statement_id = None
        if fresh:
            statement_id = _keep(shown, raw, layout.name, account, lines=len(lines), fresh=fresh, by=by)
        audit.note(
            "statement.import",
            f"fund_account:{account.id}",
            by=by,
            file=shown,
            lines=len(lines),
            new=len(fresh),
            statement=statement_id,
        )
    known = len(lines) - len(fresh)
    if statement_id is None:
        return {"new": 0, "known": known, "posted": 0, "waiting": 0}
    matching.settle_statement(statement_id)
    states = _states(statement_id)
    told = states["same"]
    return {
        "new": len(fresh) - told,
        "known": known + told,
        "posted": states["posted"],
        "waiting": states["waiting"] + states["new"],
    }


def _shown_name(name: str) -> str:
    shown = safe_file_name(name)
    suffix = PurePosixPath(shown).suffix[:10]
    return shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - len(suffix)] + suffix


def digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _account(number: str | None, stated: Stated) -> FundAccount:
    """The fund's account this file speaks of: the one named, else the one the file names, else the only one."""
    ours = list(db.session().scalars(select(FundAccount).order_by(FundAccount.id)))
    by_number = {digits(one.number): one for one in ours}
    in_file = by_number.get(digits(stated.account)) if digits(stated.account) else None
    if number is not None:
        named = by_number.get(digits(number))
        if named is None:
            raise BadInput(f"ไม่มีบัญชีเลขที่ {number} ในกองทุน กรุณาตรวจเลขที่บัญชี")
        if in_file is not None and in_file.id != named.id:
            raise BadInput(
                f"ไฟล์นี้เป็นของบัญชี {in_file.number} ไม่ใช่ {named.number} จึงไม่นำเข้า กรุณาเลือกบัญชีให้ตรงกับไฟล์"
            )
        return named
    if in_file is not None:
        return in_file
    usable = [one for one in ours if one.state != "proposed"]
    if len(usable) == 1:
        return usable[0]
    if not usable:
        raise BadInput("กองทุนยังไม่มีบัญชีธนาคารที่เปิดแล้ว จึงยังนำเข้ารายการเดินบัญชีไม่ได้")
    raise BadInput(f"กองทุนมีหลายบัญชี กรุณาระบุเลขที่บัญชี: {', '.join(one.number for one in usable)}")


def _external_ids(account: FundAccount, lines: Sequence[Line]) -> list[str]:
    """What makes each line itself: the hash of its contents, and its place among the equal lines of the file."""
    times: Counter[str] = Counter()
    ids = []
    for line in lines:
        said = (
            digits(account.number),
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
        content = hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
        ids.append(f"{content}:{times[content]}")
        times[content] += 1
    return ids


def _seen(ids: Sequence[str]) -> set[str]:
    session = db.session()
    seen: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE):
        statement = select(_EVENTS.c.external_id).where(
            _EVENTS.c.source == "statement", _EVENTS.c.external_id.in_(ids[start : start + _AT_ONCE])
        )
        seen.update(session.execute(statement).scalars())
    return seen


def _keep(
    name: str,
    raw: bytes,
    profile: str,
    account: FundAccount,
    *,
    lines: int,
    fresh: Sequence[tuple[Line, str]],
    by: User | None,
) -> int:
    session = db.session()
    statement = Statement(
        account_id=account.id,
        file_name=name,
        profile=profile,
        file_hash=hashlib.sha256(raw).hexdigest(),
        raw=raw,
        imported_at=clock.now(),
        imported_by_id=by.id if by else None,
        lines=lines,
        new_lines=len(fresh),
    )
    session.add(statement)
    session.flush()
    session.execute(insert(_EVENTS), list(_event_rows(statement, fresh)))
    session.execute(
        insert(_SETTLEMENTS).from_select(
            ["event_id", "state", "reason", "rule"],
            select(_EVENTS.c.id, literal("new"), literal(""), literal("")).where(
                _EVENTS.c.statement_id == statement.id
            ),
        )
    )
    return statement.id


def _event_rows(statement: Statement, fresh: Sequence[tuple[Line, str]]) -> Iterator[dict[str, Any]]:
    # Read once: an attribute of a row costs more than the rest of the line.
    statement_id, account_id, now = statement.id, statement.account_id, statement.imported_at
    for line, external_id in fresh:
        told = json.dumps(line.cells, ensure_ascii=False).encode()
        yield {
            "source": "statement",
            "external_id": external_id,
            "account_id": account_id,
            "statement_id": statement_id,
            "line_number": line.number,
            "received_at": now,
            "raw": told,
            "raw_hash": hashlib.sha256(told).hexdigest(),
            "satang": line.satang,
            "currency": "764",
            "occurred_at": line.occurred_at,
            "has_time": line.at is not None,
            "balance_satang": line.balance,
            "biller_id": "",
            "ref1": _reference(line)[:40],
            "ref2": line.ref2[:40],
            "bank_ref": line.bank_ref[:60],
            "payer": line.payer[:160],
            "payer_bank": line.payer_bank,
            "description": line.description[:400],
        }


def _reference(line: Line) -> str:
    """Reference 1, or where the bank has no column for it, the one code of ours that stands in the description."""
    if line.ref1 or line.satang < 0:
        return canonical(line.ref1)
    words = unicodedata.normalize("NFKC", f"{line.description} {line.bank_ref} {line.payer}").upper()
    codes = {code for code in _OUR_CODE.findall(words) if references.is_valid(code)}
    return codes.pop() if len(codes) == 1 else ""


def _states(statement_id: int) -> Counter[str]:
    counted = (
        select(Settlement.state, func.count())
        .join(BankEvent, BankEvent.id == Settlement.event_id)
        .where(BankEvent.statement_id == statement_id)
        .group_by(Settlement.state)
    )
    return Counter(dict(db.session().execute(counted).all()))
