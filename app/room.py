"""A room: the parts of which one is made. `app/rooms.py` lists what each of them brings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Generic, TypeVar

import click

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
