"""Injected: what a tool needs and must not import. `app/rooms.py` sets it once when the program is made; without it the tool fails loudly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Injected(Generic[T]):
    """A value that stands above the module that uses it: a list of what rooms bring, or one function."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._value: T | None = None
        self._instead: T | None = None

    def set(self, value: T) -> None:
        self._value = value

    def get(self) -> T:
        """The value. Raises RuntimeError when none was set: nothing must not pass for an empty list."""
        value = self._value if self._instead is None else self._instead
        if value is None:
            raise RuntimeError(f"nobody has set the {self._what}: create_app sets what app/rooms.py lists")
        return value

    @contextmanager
    def instead(self, value: T) -> Iterator[None]:
        """Another value for a while, whatever is set meanwhile. For tests of the tool."""
        before, self._instead = self._instead, value
        try:
            yield
        finally:
            self._instead = before
