"""Subjects: what a deed of the trail was done to, in words and with the page that shows it.

The trail keeps `kind:id`, as `pledge:12`. The rooms (`app/rooms.py`) say for each kind its noun, where the row's code or name is,
and its page.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import class_mapper

from app.kit.db import Base, db
from app.kit.injected import Injected
from app.staff.doors import may_enter
from app.staff.users import User

#: Where no id of the database can be: longer numbers are words somebody wrote.
_LONGEST = 18


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """How subjects of one kind are told: a noun, the row's code or name, and the page that shows it."""

    noun: str
    model: type[Base] | None = None
    name: Callable[[Any], str] | None = None
    #: The endpoint of its page, and what its address asks for: the argument's name and how the row gives it.
    page: str = ""
    argument: str = "number"
    key: Callable[[Any], object] | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """A subject in words, and the address of its page where the reader may see that."""

    words: str
    href: str = ""


#: Everything that a deed can be done to, by the first word of a subject.
KINDS: Injected[Mapping[str, SubjectKind]] = Injected("kinds of subjects")


def describe(subjects: Iterable[str], *, reader: User) -> dict[str, Description]:
    """Each subject in words, with one query for each kind whose rows have names. An unknown kind is shown as it is written."""
    by_kind: dict[str, dict[str, str]] = {}
    for subject in set(subjects):
        kind, _, key = subject.partition(":")
        by_kind.setdefault(kind, {})[subject] = key
    described: dict[str, Description] = {}
    kinds = KINDS.get()
    for kind, keys in by_kind.items():
        if kind not in kinds:
            described |= {subject: Description(subject) for subject in keys}
            continue
        known = kinds[kind]
        rows = _rows(known, keys.values())
        opens = bool(known.page) and may_enter(reader, known.page)
        described |= {subject: _one(known, key, rows.get(key), opens=opens) for subject, key in keys.items()}
    return described


def _rows(kind: SubjectKind, keys: Iterable[str]) -> dict[str, Any]:
    if kind.model is None:
        return {}
    numbers = [int(key) for key in keys if _is_number(key)]
    (column,) = class_mapper(kind.model).primary_key
    rows = db.session().scalars(select(kind.model).where(column.in_(numbers))).unique()
    return {str(getattr(row, column.name)): row for row in rows}


def _one(kind: SubjectKind, key: str, row: Any, *, opens: bool) -> Description:
    name = kind.name(row) if row is not None and kind.name else "" if key in ("", "-", "all") else key
    return Description(f"{kind.noun} {name}".strip(), _address(kind, key, row) if opens else "")


def _address(kind: SubjectKind, key: str, row: Any) -> str:
    # A kind whose rows nobody reads here has a page under its number, or its code; a row that is gone has none.
    if row is None and (kind.model is not None or not (_is_number(key) or kind.argument == "code")):
        return ""
    wanted: dict[str, Any] = {kind.argument: kind.key(row) if kind.key else key}
    return url_for(kind.page, **wanted)


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdecimal() and len(key) <= _LONGEST
