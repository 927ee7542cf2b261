"""What others list for a tool: set once by whoever makes the program, and missed loudly when nobody did."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Listed(Generic[T]):
    """A list that a tool goes through and cannot make itself, because what is on it stands above the tool."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._listed: T | None = None
        self._instead: T | None = None

    def set(self, listed: T) -> None:
        self._listed = listed

    def get(self) -> T:
        """The list. Raises RuntimeError when none was set: no list must not pass for an empty one."""
        listed = self._listed if self._instead is None else self._instead
        if listed is None:
            raise RuntimeError(f"nobody has listed the {self._what}: create_app sets what app/rooms.py lists")
        return listed

    @contextmanager
    def instead(self, listed: T) -> Iterator[None]:
        """Another list for a while, whatever is set meanwhile. For tests of the tool."""
        before, self._instead = self._instead, listed
        try:
            yield
        finally:
            self._instead = before
