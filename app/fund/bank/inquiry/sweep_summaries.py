"""Sweep summaries: what a sweep found at one provider, counted for the operator and the audit trail."""

from dataclasses import asdict, dataclass


@dataclass
class SweepSummary:
    """Counts of one provider, or of all together."""

    #: Questions put to the provider, and those, or lists, that got no answer that can be used.
    asked: int = 0
    unreachable: int = 0
    #: Payments on the provider's lists, and what they were to us.
    payments: int = 0
    new: int = 0
    known: int = 0
    confirmed: int = 0
    differs: int = 0
    reversed: int = 0
    #: Payments told to us in these days that the provider's lists have not.
    missing: int = 0
    #: Lines of statements under a bill's reference of ours, in days that are over, that the bank's own list has not.
    contradicted: int = 0

    def counts(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)

    def __add__(self, other: "SweepSummary") -> "SweepSummary":
        return SweepSummary(**{name: count + getattr(other, name) for name, count in self.counts().items()})
