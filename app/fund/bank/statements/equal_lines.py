"""Equal lines: whether a line of an upload that reads exactly like a line of another file is that payment or a new one.

Many files tell no time, so two payments of 20.00 baht on one day read the same. A line is known by its name
(`external_id`): the SHA-256 of what it says and its number among equals, `c1…:0`; where the file's running balance is
right, that balance too, `c1…:=50000:0`. A staged line whose name a bank event has already is not brought in again.

`tell_apart(upload)` changes names and doubts of staged lines. The bank has `c1:0` of 3 May from file A; file B of the same
account comes in with a line that says the same, so it is named `c1:0` as well:

- B opens with the balance that A closed with: another payment. It is renamed `c1:1` and judged like any line.
- B has every line of 3 May that A has: the same day once more. The name stays, and the line is skipped as known.
- Neither is sure: `c1:1` with the doubt EQUAL_LINE, an event that waits for an officer.

Balances that recur (money in and out again) prove nothing by themselves; then the number that the bank gives its statement
decides, see `RecurringBalances`.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from sqlalchemy import Table, exists, func, or_, select, update

from app.fund.bank import statement_bases
from app.fund.bank.match_reasons import MatchReason
from app.fund.bank.records import BankEvent, StagedLine, Statement, StatementUpload
from app.fund.bank.statements import camt, mt940, uploads
from app.fund.bank.statements.declared_totals import DeclaredTotals
from app.fund.bank.statements.layouts import CAMT, MT940
from app.kit.db import db
from app.kit.errors import BadInput

_READERS = {MT940: mt940.read, CAMT: camt.read}
#: The bank's number and reference of a statement; each empty where it gives none.
_Message = tuple[str, str]
_NONE: _Message = ("", "")
#: A file that states only where it begins ends where its lines lead.
CLOSING = func.coalesce(
    Statement.closing_satang,
    Statement.opening_satang + StatementUpload.in_satang - StatementUpload.out_satang,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringLine:
    """A line of an upload that equals a known one, where the balances fit both readings."""

    line: Any
    #: By the bank's numbers and references of the statements: None where these do not say.
    is_known: bool | None


def base(name: str) -> str:
    """A line's name without its number among equals: `c1…:=50000:0` is `c1…:=50000`."""
    return name.rpartition(":")[0]


class RecurringBalances:
    """Lines of one upload that a known line equals although balances do not tell them apart.

    An account at 500.00 baht takes in 20.00, pays out 20.00 and takes in 20.00: both incomes end at 520.00. Each day of known
    lines and each kept file is read once.
    """

    def __init__(self, upload: StatementUpload) -> None:
        self._upload = upload
        self._days: dict[Any, dict[str, list[Any]]] = {}
        self._messages: dict[int, list[tuple[int, _Message]]] = {}

    def lines(self) -> Iterator[RecurringLine]:
        """The upload's lines that are known by name and from which the known balances lead on to where it begins, or
        back to where it ends. A line with its time is known by it, and a file with the same bytes is the same."""
        upload = self._upload
        if upload.opening_satang is None or upload.closing_satang is None or self._is_in():
            return
        known = self._known()
        if not known:
            return
        after = self._leading_on(min(known_line.on_day for known_line in known), upload.opening_satang)
        before = self._leading_on(
            max(known_line.on_day for known_line in known), upload.closing_satang, back=True
        )
        for line in known:
            if line.event_id not in after | before:
                continue
            # Without balances beside the lines it is the file that may be one told twice.
            if line.balance_satang is None and upload.opening_satang not in (
                line.opening_satang,
                upload.closing_satang,
            ):
                continue
            yield RecurringLine(line=line, is_known=self._is_same(line))

    def is_another(self, line: Any) -> bool:
        """Whether the bank's numbers say that a line is in another statement than every equal to the same balance."""
        return self._is_same(line) is False

    def _is_in(self) -> bool:
        same = select(Statement.id).where(
            Statement.account_id == self._upload.account_id,
            Statement.file_hash == self._upload.file_hash,
            statement_bases.stands(),
        )
        return db.session().scalar(same.limit(1)) is not None

    def _known(self) -> Sequence[Any]:
        """The upload's lines without times that are known by name, on its first day and its last."""
        edges = select(func.min(_STAGED.c.on_day), func.max(_STAGED.c.on_day)).where(
            _STAGED.c.upload_id == self._upload.id
        )
        days = db.session().execute(edges).one()
        found = (
            select(
                _STAGED.c.place,
                _STAGED.c.number,
                _STAGED.c.external_id,
                _STAGED.c.on_day,
                _STAGED.c.occurred_at,
                _STAGED.c.doubt,
                _STAGED.c.balance_satang,
                _EVENTS.c.id.label("event_id"),
                Statement.opening_satang,
            )
            .join(
                _EVENTS,
                (_EVENTS.c.source == "statement") & (_EVENTS.c.external_id == _STAGED.c.external_id),
            )
            .join(Statement, Statement.id == _EVENTS.c.statement_id)
            .where(
                _STAGED.c.upload_id == self._upload.id, ~_STAGED.c.has_time, _STAGED.c.on_day.in_(tuple(days))
            )
            .order_by(_STAGED.c.place)
        )
        return db.session().execute(found).all()

    def _leading_on(self, on: date, balance: int, *, back: bool = False) -> set[int]:
        """Lines of that day from which known lines lead on to the balance at which a file ends; or `back` to one at
        which a file begins. A file that goes on past the day has told it whole."""
        edge, reached = (Statement.from_on, Statement.opening_satang) if back else (Statement.to_on, CLOSING)
        ends = (
            select(Statement.id)
            .outerjoin(StatementUpload, StatementUpload.statement_id == Statement.id)
            .where(
                Statement.account_id == self._upload.account_id,
                edge == on,
                reached == balance,
                statement_bases.stands(),
            )
        )
        if db.session().scalar(ends.limit(1)) is None:
            return set()
        steps = defaultdict[int, list[tuple[int, int]]](list)
        for statement in self._of_edge(on, edge):
            whole = statement.balance_satang is None
            since = statement.opening_satang if whole else statement.balance_satang - statement.satang
            until = statement.closing_satang if whole else statement.balance_satang
            if since is not None and until is not None:
                come, go = (since, until) if back else (until, since)
                steps[come].append((statement.id, go))
        found, balances = set[int](), [balance]
        while balances:
            for number, further in steps.pop(balances.pop(), ()):
                found.add(number)
                balances.append(further)
        return found

    def _of_edge(self, on: date, edge: Any) -> Iterable[Any]:
        """The known lines of statements that begin or end on that day."""
        rows = (
            select(
                BankEvent.id,
                BankEvent.satang,
                BankEvent.balance_satang,
                Statement.opening_satang,
                CLOSING.label("closing_satang"),
            )
            .join(Statement, Statement.id == BankEvent.statement_id)
            .outerjoin(StatementUpload, StatementUpload.statement_id == Statement.id)
            .where(
                Statement.account_id == self._upload.account_id, edge == on, BankEvent.source == "statement"
            )
            .order_by(BankEvent.id)
        )
        return db.session().execute(rows)

    def _is_same(self, line: Any) -> bool | None:
        """Whether the bank's numbers say that a line stands in the statement of one of its equals."""
        known_lines = self._day(line.occurred_at).get(base(line.external_id), [])
        if not known_lines:
            return None
        ours = self._message(self._upload.id, self._upload.profile, line.number)
        answers = {
            _compared(ours, self._message(known.upload_id, known.profile, known.line_number))
            for known in known_lines
        }
        if True in answers:
            return True
        return None if None in answers else False

    def _day(self, at: Any) -> dict[str, list[Any]]:
        """The known lines of a moment by name, each with where it stands."""
        if at not in self._days:
            rows = (
                select(
                    BankEvent.external_id,
                    BankEvent.line_number,
                    Statement.profile,
                    StatementUpload.id.label("upload_id"),
                )
                .join(Statement, Statement.id == BankEvent.statement_id)
                .outerjoin(StatementUpload, StatementUpload.statement_id == Statement.id)
                .where(Statement.account_id == self._upload.account_id, BankEvent.occurred_at == at)
                .order_by(BankEvent.id)
            )
            self._days[at] = defaultdict(list)
            for row in db.session().execute(rows):
                self._days[at][base(row.external_id)].append(row)
        return self._days[at]

    def _message(self, upload_id: int | None, profile: str, number: int | None) -> _Message:
        """What the bank calls the statement in which that row of a kept file stands."""
        if upload_id is None or number is None or profile not in _READERS:
            return _NONE
        if upload_id not in self._messages:
            self._messages[upload_id] = _messages(upload_id, profile)
        messages = self._messages[upload_id]
        place = bisect_right(messages, number, key=lambda message: message[0])
        return messages[place - 1][1] if place else _NONE


def _messages(upload_id: int, profile: str) -> list[tuple[int, _Message]]:
    """From which row on a kept file is in which statement of the bank."""
    found = list[tuple[int, _Message]]()
    with TemporaryFile(prefix="kueakun-statement-") as file:
        for piece in uploads.pieces(upload_id):
            file.write(piece)
        file.seek(0)
        try:
            for line in _READERS[profile](cast(BinaryIO, file), DeclaredTotals()):
                if line.satang and (not found or found[-1][1] != line.message):
                    found.append((line.number, line.message))
        except BadInput:
            # It was read before; what cannot be read now decides nothing.
            return []
    return found


def _compared(ours: _Message, theirs: _Message) -> bool | None:
    """Whether both are one statement: its number decides, and where the bank gives none, its reference."""
    (number, reference), (other_number, other_reference) = ours, theirs
    same_reference = reference == other_reference if reference and other_reference else None
    if number and other_number:
        if number != other_number:
            return False
        # Some programs number every file 1: another reference under one number says nothing.
        return None if same_reference is False else True
    return same_reference


_EVENTS = cast(Table, BankEvent.__table__)
_STAGED = cast(Table, StagedLine.__table__)
#: In the name of a line: the balance follows that its file proves.
_PROVED = "%:=%"
_CONTENTS = 64


def tell_apart(upload: StatementUpload) -> None:
    """Give the upload's lines that are like known ones their own names where they are other payments, and mark those
    of which nothing says so. Inside a transaction that has locked the upload; safe to repeat when other files came in."""
    numbers = dict[str, int]()
    covered = dict[tuple[int, Any], bool]()
    marks = list[tuple[Any, str, str]]()
    places = set[int]()
    found = RecurringBalances(upload)
    for recurring in found.lines():
        places.add(recurring.line.place)
        if not recurring.is_known:
            name = _next_name(upload, recurring.line, numbers)
            marks.append((recurring.line, name, MatchReason.EQUAL_LINE if recurring.is_known is None else ""))
    for line, known_lines in _candidates(upload):
        if line.place in places:
            continue
        if ":=" in line.external_id:
            if not _follows(upload, known_lines) and not found.is_another(line):
                marks.append((line, line.external_id, MatchReason.EQUAL_LINE))
            continue
        itself = next((known for known in known_lines if known.told_id == line.external_id), None)
        if itself is None:
            # Told by its balance in a file that proves it, while this one proves nothing.
            if any(":=" in known.told_id for known in known_lines):
                marks.append((line, line.external_id, MatchReason.EQUAL_LINE))
            continue
        if any(known.file_hash == upload.file_hash for known in known_lines):
            continue
        follows = upload.opening_satang is not None and _follows(upload, known_lines)
        place = itself.statement_id, line.occurred_at
        if not follows and place not in covered:
            covered[place] = _is_covered(upload, *place)
        if follows or not covered[place]:
            marks.append((line, _next_name(upload, line, numbers), "" if follows else MatchReason.EQUAL_LINE))
    for line, name, doubt in marks:
        db.session().execute(
            update(_STAGED)
            .where(_STAGED.c.upload_id == upload.id, _STAGED.c.place == line.place)
            .values(external_id=name, doubt=line.doubt or doubt)
        )


def _candidates(upload: StatementUpload) -> Iterator[tuple[Any, Sequence[Any]]]:
    """The upload's lines that are like a line of another file without being known by its name or by time and balance,
    each with what told the like of it."""
    within = select(func.min(_STAGED.c.occurred_at), func.max(_STAGED.c.occurred_at)).where(
        _STAGED.c.upload_id == upload.id
    )
    first, last = db.session().execute(within).one()
    if first is None:
        return
    known_lines = (
        select(
            func.substr(_EVENTS.c.external_id, 1, _CONTENTS).label("contents"),
            _EVENTS.c.external_id.label("told_id"),
            _EVENTS.c.statement_id,
            Statement.opening_satang,
            CLOSING.label("closing_satang"),
            Statement.file_hash,
        )
        .join(Statement, Statement.id == _EVENTS.c.statement_id)
        .outerjoin(StatementUpload, StatementUpload.statement_id == Statement.id)
        .where(
            _EVENTS.c.source == "statement",
            _EVENTS.c.account_id == upload.account_id,
            _EVENTS.c.occurred_at.between(first, last),
        )
        .cte("told")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    known = exists().where(_EVENTS.c.source == "statement", _EVENTS.c.external_id == _STAGED.c.external_id)
    proved = _STAGED.c.external_id.like(_PROVED)
    blind = ~proved & _STAGED.c.balance_satang.is_(None) & ~_STAGED.c.has_time
    found = (
        select(
            _STAGED.c.place,
            _STAGED.c.number,
            _STAGED.c.external_id,
            _STAGED.c.occurred_at,
            _STAGED.c.doubt,
            known_lines.c.told_id,
            known_lines.c.statement_id,
            known_lines.c.opening_satang,
            known_lines.c.closing_satang,
            known_lines.c.file_hash,
        )
        .join(known_lines, known_lines.c.contents == func.substr(_STAGED.c.external_id, 1, _CONTENTS))
        .where(_STAGED.c.upload_id == upload.id, or_(proved & ~known, blind))
        .order_by(_STAGED.c.place)
    )
    rows = db.session().execute(found.execution_options(yield_per=1_000))
    for _, group in groupby(rows, key=lambda row: row.place):
        several = list(group)
        yield several[0], several


def _follows(upload: StatementUpload, known_lines: Sequence[Any]) -> bool:
    """Whether the balances say that the upload's file follows or precedes those that told the like of a line."""
    opening, closing = upload.opening_satang, upload.closing_satang
    if opening is None or any(known.opening_satang in (None, opening) for known in known_lines):
        return False
    if any(opening == known.closing_satang or closing == known.opening_satang for known in known_lines):
        return True
    # Or follows a third one that came after them.
    after = min(known.statement_id for known in known_lines)
    follows = select(Statement.id).where(
        Statement.account_id == upload.account_id,
        Statement.id > after,
        Statement.closing_satang == opening,
        statement_bases.stands(),
    )
    return db.session().scalar(follows.limit(1)) is not None


def _is_covered(upload: StatementUpload, statement_id: int, day: Any) -> bool:
    """Whether the upload has every line of that day that the other file has: then it is the same day told again."""
    itself = exists().where(_STAGED.c.upload_id == upload.id, _STAGED.c.external_id == _EVENTS.c.external_id)
    missing = select(_EVENTS.c.id).where(
        _EVENTS.c.statement_id == statement_id, _EVENTS.c.occurred_at == day, ~itself
    )
    return db.session().scalar(missing.limit(1)) is None


def _next_name(upload: StatementUpload, line: Any, numbers: dict[str, int]) -> str:
    """The name of one more line with these contents, and with this balance where its file proves it."""
    contents = base(line.external_id)
    if contents not in numbers:
        session = db.session()
        names: list[str] = []
        for table, ours in (
            (_EVENTS, _EVENTS.c.source == "statement"),
            (_STAGED, _STAGED.c.upload_id == upload.id),
        ):
            alike = func.substr(table.c.external_id, 1, len(contents) + 1) == f"{contents}:"
            names += session.scalars(
                select(table.c.external_id).where(table.c.occurred_at == line.occurred_at, ours, alike)
            )
        numbers[contents] = max(int(name.rpartition(":")[2]) for name in names if base(name) == contents)
    numbers[contents] += 1
    return f"{contents}:{numbers[contents]}"
