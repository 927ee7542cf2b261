"""Reference codes: ours among the words of a bank, and how a reference is kept."""

import re

from app.kit import references

#: A code of ours among other words.
OUR_CODE = re.compile(rf"(?<![A-Z0-9])F[0-9]{{2}}[{references.ALPHABET}]{{8}}(?![A-Z0-9])")


def canonical(reference: str) -> str:
    """A reference as it is kept: a code of ours in its canonical form, anything else as the bank wrote it."""
    code = references.normalise(reference)
    return code if references.is_valid(code) else reference.strip()
