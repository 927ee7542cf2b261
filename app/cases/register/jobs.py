"""Background jobs of the register: reading a long file, and applying it."""

from app.cases.register import staging


def read(number: int) -> None:
    """Read a file that was sent; see staging.read."""
    staging.read(number)


def apply(number: int, by: int | None) -> None:
    """Apply a file that a person looked at; see staging.carry_out."""
    staging.carry_out(number, by=by)
