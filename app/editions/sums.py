"""Sums and counts: whole satang and whole people, whatever type the database adds up in."""

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


#: Sums are told in whole thousands of baht where few people got an item of another price than the rest.
THOUSAND_BAHT = 100_000
#: Less than this, and a sum in whole thousands does not say which of two items few people got. In satang.
SAME_WORTH = THOUSAND_BAHT // 2


def thousands(satang: int) -> int:
    """The whole thousands of baht in it, in satang: what is told is never more than there is."""
    return satang // THOUSAND_BAHT * THOUSAND_BAHT
