"""Bulk writes: ids reserved ahead, rows split to fit a statement, many rows updated at once."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, bindparam, func, insert, select, text, update

from app.kit.db import Base

T = TypeVar("T")
#: Below the variables that one statement may have on either database.
_PIECE = 10_000


def table_of(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """The rows in pieces; none when there are none."""
    return (rows[start : start + _PIECE] for start in range(0, len(rows), _PIECE))


def fresh_ids(connection: Connection, model: type[Base], count: int) -> list[int]:
    """`count` ids nobody else will get, rising. On SQLite only because the caller holds the write lock."""
    if not count:
        return []
    table = table_of(model)
    if connection.dialect.name == "sqlite":
        last = connection.scalar(select(func.max(table.c.id))) or 0
        return list(range(last + 1, last + 1 + count))
    drawn = text(
        "SELECT nextval(pg_get_serial_sequence(:name, 'id')) AS id FROM generate_series(1, :count) ORDER BY 1"
    )
    return [row.id for row in connection.execute(drawn, {"name": table.name, "count": count})]


def insert_rows(connection: Connection, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns. PostgreSQL takes them by COPY; its constraints and triggers see each."""
    if not rows:
        return
    table = table_of(model)
    if connection.dialect.name != "postgresql":
        connection.execute(insert(table), rows)
        return
    import psycopg
    from psycopg import sql

    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    names = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def update_rows(connection: Connection, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows that all have "id" and the same other columns."""
    if not rows:
        return
    table = table_of(model)
    names = [name for name in rows[0] if name != "id"]
    statement = (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values({name: bindparam(f"to_{name}") for name in names})
    )
    connection.execute(
        statement, [{"row_id": row["id"], **{f"to_{name}": row[name] for name in names}} for row in rows]
    )
