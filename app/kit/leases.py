"""Leases: a row that one worker does at a time, and that another takes over when the first has been silent too long."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock
from app.kit.db import UtcDateTime


class Leased:
    """A row that one worker at a time does. What a worker does is committed with the lease, before the work."""

    #: Until then somebody is at it. Empty while nobody is.
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def lease(self, length: timedelta) -> None:
        """Take the row up, or go on with it. Inside a transaction that holds the row."""
        self.leased_until = clock.now() + length

    def give_back(self) -> None:
        """Be done with it, or leave it to others."""
        self.leased_until = None

    @property
    def is_leased(self) -> bool:
        return self.leased_until is not None and self.leased_until > clock.now()

    @classmethod
    def lapsed(cls) -> ColumnElement[bool]:
        """For queries: somebody took it up and was silent too long."""
        return cls.leased_until < clock.now()

    @classmethod
    def free(cls) -> ColumnElement[bool]:
        """For queries: nobody is at it."""
        return cls.leased_until.is_(None) | cls.lapsed()
