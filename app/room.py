"""A room: the parts of which one is made. `app/rooms.py` lists what each of them brings."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Generic, TypeVar

import click
from flask import Blueprint

from app.fund.ledger.books import IntegrityCheck
from app.fund.ledger.journal import Explain
from app.kit import queue
from app.kit.injected import Injected
from app.staff.approvals import ApprovalKind
from app.staff.subjects import SubjectKind

T = TypeVar("T")


@dataclass(frozen=True)
class Binding(Generic[T]):
    """A function of this room for a slot of a room beneath it, which must not import this one."""

    slot: Injected[T]
    function: T


@dataclass(frozen=True)
class Sealed:
    """One kind of thing that a room keeps encrypted. `broken` opens all of them: how many there are, how many do not open."""

    words: str
    broken: Callable[[], tuple[int, int]]


@dataclass(frozen=True)
class ScheduledJob:
    """A job that the worker runs by the clock, `seconds` after it last began."""

    job: Callable[[], Mapping[str, Any]]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Room:
    """What a room brings. What it does not name, it does not have."""

    name: str
    #: Modules of views, each with the blueprint `bp` that they stand on.
    pages: tuple[ModuleType, ...] = ()
    commands: tuple[click.Command, ...] = ()
    #: What deeds may ask for with `queue.ask`.
    handlers: Mapping[str, queue.Handler] = field(default_factory=dict)
    scheduled: tuple[ScheduledJob, ...] = ()
    #: What must hold of its rows at any moment; every check of the books asks all of them.
    checks: tuple[IntegrityCheck, ...] = ()
    #: What it keeps encrypted, in rows and in files.
    sealed: tuple[Sealed, ...] = ()
    #: Deeds that wait for a second person.
    approvals: tuple[ApprovalKind, ...] = ()
    #: What a person reads when the database refuses, by the name of the constraint or trigger that does.
    refusals: Mapping[str, str] = field(default_factory=dict)
    #: What people call the sources of its entries, by the entry's column.
    journal: Mapping[str, Explain] = field(default_factory=dict)
    #: What its deeds are done to, by the first word of the subject that the trail keeps.
    subjects: Mapping[str, SubjectKind] = field(default_factory=dict)
    bindings: tuple[Binding[Any], ...] = ()
    #: What its rules refuse may name a member of a household, and is written down nowhere.
    names_families: bool = False


def merged(lists: Iterable[Mapping[str, T]]) -> dict[str, T]:
    """The lists of all rooms in one. Raises RuntimeError when two rooms bring something of one name."""
    found: dict[str, T] = {}
    for listed in lists:
        if twice := found.keys() & listed.keys():
            raise RuntimeError(f"listed by two rooms: {', '.join(sorted(twice))}")
        found |= listed
    return found


def blueprints(rooms: Iterable[Room]) -> list[Blueprint]:
    """The blueprints that the pages of these rooms stand on, each once."""
    return list(dict.fromkeys(page.bp for room in rooms for page in room.pages))
