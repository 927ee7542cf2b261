"""Reading sums and counts: whole satang and whole people, whatever type the database adds up in."""

from typing import Any, TypeAlias

from sqlalchemy import Select

from app.kit.db import db

Query: TypeAlias = Select[*tuple[Any, ...]]


def whole(statement: Query) -> int:
    """The one number that a query answers; nothing is zero."""
    return int(db.session().execute(statement).scalar() or 0)


def sums(statement: Query) -> dict[Any, int]:
    """Key → number for a query of two columns; rows without a key are left out."""
    return {key: int(total) for key, total in db.session().execute(statement) if key is not None}
