"""Tallies: what a sweep found at one peer, counted for the operator and the audit trail."""

from dataclasses import asdict, dataclass


@dataclass
class Tally:
    """Counts of one peer, or of all together."""

    #: Questions put to the peer, and those, or lists, that got no answer that can be used.
    asked: int = 0
    unreachable: int = 0
    #: Payments on the peer's lists, and what they were to us.
    payments: int = 0
    new: int = 0
    known: int = 0
    confirmed: int = 0
    differs: int = 0
    reversed: int = 0
    #: Payments told to us in these days that the peer's lists have not.
    missing: int = 0
    #: Lines of statements under a bill's reference of ours, in days that are over, that the bank's own list has not.
    contradicted: int = 0

    def told(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{name: count + getattr(other, name) for name, count in self.told().items()})
