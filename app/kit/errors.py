"""What the portal says when it will not do a thing."""


class Refused(Exception):
    """A rule said no. `words` is one Thai sentence: what is not possible and what to do instead."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class RefusedInPrivate(Refused):
    """Its words name a household or one of its members: they are for whoever asked, and are written down nowhere."""


class TooManyTries(Refused):
    """It was done or tried too often lately; it can be done again when some time has passed."""


class Busy(Refused):
    """Too many ask for it at this moment; in the next there may be room."""


class BadInput(Refused):
    """What was given cannot be read: a malformed file, number, date, code or picture."""
