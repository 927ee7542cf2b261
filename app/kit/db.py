"""The database: one session a request, writes that queue politely, and the only place that commits."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Dialect, Engine, Integer, MetaData, event, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from app.kit.errors import Refused
from app.kit.injected import Injected

#: Integer keys: 64 bits on PostgreSQL, the row id on SQLite (which only counts by itself for INTEGER).
Id = BigInteger().with_variant(Integer, "sqlite")
#: Satang. Always 64 bits; SQLite stores any integer in up to 8 bytes.
Satang = BigInteger()


class Base(DeclarativeBase):
    """Every table of the portal; constraints get speaking names, because rules and messages refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC on both databases; SQLite would otherwise forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# From Python 3.12 on the driver has no way of its own to write dates in statements made by hand.
sqlite3.register_adapter(date, date.isoformat)
sqlite3.register_adapter(datetime, lambda moment: moment.isoformat(" "))

db = SQLAlchemy()

_WRITES = "kueakun_writes"
_LEFT = "left_to_the_end"
#: What the first transaction of a session does before anything else.
FIRST_DEED = "first_deed"
#: Why the last transaction of a session was refused.
REFUSED = "refused"


def is_sqlite(session: Session | None = None) -> bool:
    return (session or db.session()).get_bind().dialect.name == "sqlite"


def prepare_engine(engine: Engine) -> None:
    """Make SQLite behave: WAL, foreign keys, a patient lock, and transactions that begin when we say so."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(dbapi_connection: Any, _record: Any) -> None:
        # The driver's own transaction control starts too late (at the first write); ours is in _begin.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "recursive_triggers=ON",
            "trusted_schema=OFF",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction() -> Iterator[Session]:
    """Everything inside happens together or not at all. The only place that commits.

    Inside another `transaction()` it joins the outer one. Anything read before is forgotten and read again, so
    a decision is never made on what the page saw before the lock was held. On SQLite the write lock is taken at
    once (BEGIN IMMEDIATE): two writers wait for each other instead of failing half-way.

    Raises Refused when a constraint or trigger of the database says no, or when the database stays busy.
    """
    session = db.session()
    if session.info.get("in_transaction"):
        yield session
        return
    session.rollback()
    session.info["in_transaction"] = True
    try:
        session.connection(execution_options={_WRITES: True})
        if first := session.info.get(FIRST_DEED):
            first()
        yield session
        _do_what_was_left(session)
        session.commit()
        session.info.pop(FIRST_DEED, None)
    except DBAPIError as error:
        session.rollback()
        session.info[REFUSED] = said = refusal(error)
        raise said from error
    except BaseException as error:
        session.rollback()
        session.info[REFUSED] = error
        raise
    finally:
        session.info.pop("in_transaction", None)
        session.info.pop(_LEFT, None)


def leave_to_the_end(key: str, deed: Callable[[], object]) -> None:
    """Have something done last before the transaction commits, once for each key.

    For rows that many deeds share: whoever holds such a row waits for nobody any more, so no circle can close.
    """
    info = db.session().info
    if not info.get("in_transaction"):
        raise RuntimeError("nothing can be left to the end of a transaction outside of one")
    info.setdefault(_LEFT, {}).setdefault(key, deed)


def _do_what_was_left(session: Session) -> None:
    left: dict[str, Callable[[], object]] = session.info.get(_LEFT, {})
    if left:
        session.flush()
    for key in sorted(left):
        left[key]()


#: What a person reads when the database refuses, by the name of the constraint or trigger that does.
#: PostgreSQL names a unique index, SQLite its columns: words for one stand under both names.
REFUSALS: Injected[Mapping[str, str]] = Injected("words of the database's refusals")

FASTER = "มีผู้ทำรายการนี้ไปก่อนแล้วเมื่อสักครู่ กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด"
BUSY = "ระบบกำลังมีผู้ใช้งานพร้อมกันมาก ยังไม่ได้บันทึก กรุณาลองอีกครั้ง"


def refusal(error: DBAPIError) -> Exception:
    """The refusal that a database error stands for, or the error itself when it is nobody's business but ours."""
    text = str(error.orig)
    diag = getattr(error.orig, "diag", None)
    name = getattr(diag, "constraint_name", None) or ""
    refusals = REFUSALS.get()
    for constraint, words in refusals.items():
        # As a whole word: no name is told with the words of a shorter one that it begins or ends with.
        if constraint == name or re.search(rf"(?<!\w){re.escape(constraint)}(?!\w)", text):
            return Refused(words)
    if isinstance(error, IntegrityError):
        unique = "UNIQUE constraint failed" in text or "duplicate key" in text
        if unique:
            for constraint, words in refusals.items():
                if constraint == _sqlite_unique_name(text):
                    return Refused(words)
            return Refused(FASTER)
    if isinstance(error, OperationalError) and ("locked" in text or "deadlock" in text or "timeout" in text):
        return Refused(BUSY)
    return error


def _sqlite_unique_name(text: str) -> str:
    """`UNIQUE constraint failed: vote.item_id, vote.member_id` → `uq_vote_item_id_member_id`."""
    columns = re.findall(r"(\w+)\.(\w+)", text)
    return "_".join(["uq", columns[0][0], *(column for _, column in columns)]) if columns else ""


def moment() -> datetime:
    """This moment by the database's own clock: one for every server, and the one that its triggers ask."""
    session = db.session()
    if is_sqlite():
        now = session.scalar(text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')"))
        return datetime.fromisoformat(str(now)).replace(tzinfo=UTC)
    found: datetime = session.scalar(text("SELECT clock_timestamp()"))
    return found.astimezone(UTC)


def learn(*tables: str) -> None:
    """Have PostgreSQL look at tables that just grew by much, so that it plans by what is there now.

    Until its own round comes by, it takes a table that was empty for empty. SQLite plans by indexes alone.
    """
    if not is_sqlite():
        db.session().execute(text(f"ANALYZE {', '.join(tables)}"))


Row = TypeVar("Row", bound=Base)


def lock(model: type[Row], key: int) -> Row:
    """The row, held until the transaction ends, as it is now. Raises Refused when there is none."""
    statement = (
        select(model)
        .where(model.__mapper__.primary_key[0] == key)
        .with_for_update(of=model)  # not the rows joined to it: those belong to everyone
        .execution_options(populate_existing=True)
    )
    # A number that a form sent may be longer than any key.
    row = db.session().scalars(statement).one_or_none() if abs(key) < 2**63 else None
    if row is None:
        raise Refused("ไม่พบรายการนี้ในระบบ อาจถูกยกเลิกไปแล้ว")
    return row
