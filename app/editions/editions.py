"""Editions: what the public sees; frozen, numbered, hash-chained snapshots of sums and counts."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from app.editions import aid_totals, figures, release_delay
from app.kit import clock
from app.kit.db import Base, UtcDateTime, db
from app.kit.errors import Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.province.profile import Profile

#: What stands before the first edition.
FIRST = "0" * 64
#: How often the figures are read again when a deed came in between two of them.
_READINGS = 5


class Edition(Base):
    """One edition. Final (trigger); `number` runs without gaps, `hash` covers the one before it."""

    __tablename__ = "edition"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: JSON with sorted keys: sums, counts, rounds; small cells already suppressed.
    contents: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))

    @property
    def figures(self) -> dict[str, Any]:
        """The contents as they were computed."""
        read: dict[str, Any] = json.loads(self.contents)
        return read


def moment(made_at: datetime) -> str:
    """The moment as it goes into the hash: UTC, always with microseconds."""
    return made_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link(previous: str, *, number: int, made_at: datetime, contents: str) -> str:
    """The hash of an edition: SHA-256 of four lines, so that anyone can work it out with the tools at hand."""
    return hashlib.sha256(f"{previous}\n{number}\n{moment(made_at)}\n{contents}".encode()).hexdigest()


def _canonical(contents: Mapping[str, Any]) -> str:
    return json.dumps(contents, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class DoesNotAddUp(Refused):
    """The tables do not add up to their totals, so there is no edition."""


def publish(*, money_until: date | None = None) -> Edition | None:
    """Make the next edition of what may be shown now; None when the last one of the day says the same.

    Money and help move once a day: the first edition of a day in Bangkok counts up to the end of the day before, help only where
    enough has gathered (release_delay); later ones of that day repeat it. `money_until` is another day, for the first edition of
    a demonstration. The first edition of a day is made even when nothing is new. Inside a transaction: two publishers wait for
    each other, and the second finds nothing new. Raises DoesNotAddUp when tables and totals disagree.
    """
    session = db.session()
    # One publisher at a time.
    lock_advisory(AdvisoryLock.EDITIONS)
    last, now = latest(), clock.now()
    before = last.figures if last else None
    same_day = last is not None and _day(last.made_at) >= _day(now)
    yesterday = _day(now) - timedelta(days=1)
    until = max(money_until or yesterday, _money_until(last))
    exact = _figures(until)
    number = (last.number if last else 0) + 1
    rows = aid_totals.rows(Profile.here())
    # Where the first edition told of the day itself, what has happened since waits with the money for the next day.
    counted_until = min(until, yesterday) if same_day else until
    release_delay.count_in(rows, edition=number, until=counted_until, since=last.made_at if last else None)
    released = release_delay.suppress(exact, before=before, earlier=_by_round, until=until)
    if before and same_day:
        released = _with_money_of(released, before)
        if {**before, "as_of": None} == {**released, "as_of": None}:
            return None
    contents = _canonical({**released, "as_of": moment(now)})
    edition = Edition(
        number=number,
        made_at=now,
        contents=contents,
        hash=link(last.hash if last else FIRST, number=number, made_at=now, contents=contents),
    )
    session.add(edition)
    session.flush()
    return edition


#: What is told of money, as it stands in the contents; what districts and dimensions received is joined by code.
_MONEY = (
    "money",
    "money_until",
    "purposes",
    "network_types",
    "months",
    "threads",
    "whole_province_received",
    "resolutions",
)


def _with_money_of(released: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The money that an earlier edition of the day told: it moves once a day, so that no donation is told alone."""
    merged = {**released, **{name: before[name] for name in _MONEY if name in before}}
    for table in ("districts", "dimensions"):
        received = {row["code"]: row["received"] for row in before[table]}
        merged[table] = [{**row, "received": received.get(row["code"], 0)} for row in released[table]]
    return merged


def _money_until(last: Edition | None) -> date:
    """The day up to whose end the last edition told money; one of the first format told it up to its own moment."""
    if last is None:
        return date.min
    until = last.figures.get("money_until")
    return date.fromisoformat(until) if until else _day(last.made_at) - timedelta(days=1)


def _by_round(code: str) -> dict[str, Any] | None:
    """The newest edition whose public base was this round."""
    newest_first = select(Edition.contents).order_by(Edition.number.desc())
    with db.session().scalars(newest_first.execution_options(yield_per=50)) as found:
        for contents in found:
            released: dict[str, Any] = json.loads(contents)
            if released["target_round"] == code:
                return released
    return None


def _day(at: datetime) -> date:
    return at.astimezone(clock.BANGKOK).date()


def _figures(until: date) -> dict[str, Any]:
    profile = Profile.here()
    for _ in range(_READINGS):
        released = figures.compute(profile, until=until)
        if figures.agree(released):
            return released
    raise DoesNotAddUp("ยอดรวมเพื่อเผยแพร่ยังไม่ตรงกัน ระบบยังไม่เผยแพร่ฉบับใหม่ และจะลองอีกครั้ง กรุณาตรวจบัญชี")


def latest() -> Edition | None:
    """The newest edition, or None before the first."""
    return db.session().scalars(select(Edition).order_by(Edition.number.desc()).limit(1)).one_or_none()


def latest_mark() -> tuple[int, str] | None:
    """Number and hash of the newest edition without its contents: all that a reader who has it needs."""
    row = (
        db.session()
        .execute(select(Edition.number, Edition.hash).order_by(Edition.number.desc()).limit(1))
        .first()
    )
    return (row.number, row.hash) if row else None


def numbered(number: int) -> Edition | None:
    return db.session().get(Edition, number)


def before(edition: Edition) -> str:
    """The hash that an edition builds on."""
    if edition.number == 1:
        return FIRST
    return db.session().scalars(select(Edition.hash).filter_by(number=edition.number - 1)).one()


def listed(*, before_number: int | None = None, most: int = 50) -> list[tuple[int, datetime, str]]:
    """Number, moment and hash of editions, newest first, without their contents."""
    statement = (
        select(Edition.number, Edition.made_at, Edition.hash).order_by(Edition.number.desc()).limit(most)
    )
    if before_number is not None:
        statement = statement.where(Edition.number < before_number)
    return [(row.number, row.made_at, row.hash) for row in db.session().execute(statement)]


def broken() -> list[int]:
    """The numbers of editions whose hash does not follow from their contents and the edition before."""
    previous, expected, wrong = FIRST, 1, []
    for edition in db.session().scalars(
        select(Edition).order_by(Edition.number).execution_options(yield_per=500)
    ):
        made = link(previous, number=edition.number, made_at=edition.made_at, contents=edition.contents)
        if edition.number != expected or made != edition.hash:
            wrong.append(edition.number)
        previous, expected = edition.hash, edition.number + 1
    return wrong
