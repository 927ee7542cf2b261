"""National IDs at rest: encrypted, and found again by keyed hash. All keys derive from the portal's one ID key."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sqlalchemy import select

from app.cases.register.records import Member
from app.kit import crypto
from app.kit.db import db
from app.settings import Settings

#: Number of the encryption key in use; a change of key gets the next one and re-encrypts row by row.
KEY_NUMBER = 1
_CONTEXT = "member.national_id"
_FILE_CONTEXT = "register_import.file"


@dataclass(frozen=True, slots=True)
class _Keys:
    encryption: bytes
    index: bytes
    fingerprint: bytes


@cache
def _derived(id_key: bytes) -> _Keys:
    """One purpose, one key: HMAC-SHA256 of a label is HKDF's expand step (RFC 5869), the ID key being random."""
    return _Keys(
        *(
            hmac.digest(id_key, f"kueakun {use} 1".encode(), "sha256")
            for use in ("national-id encryption", "national-id index", "register fingerprint")
        )
    )


def _keys() -> _Keys:
    settings = Settings.here()
    return _derived(settings.id_key)


def encrypt(number: str, *, member_id: int) -> bytes:
    """The thirteen digits under AES-256-GCM, bound to the member whose they are."""
    return crypto.encrypt(
        number, key=_keys().encryption, key_number=KEY_NUMBER, context=f"{_CONTEXT}:{member_id}"
    )


def decrypt(encrypted: bytes, *, member_id: int) -> str:
    """The thirteen digits. Raises DecryptionFailed when the ciphertext is another member's, or was changed."""
    return crypto.decrypt(encrypted, keys={KEY_NUMBER: _keys().encryption}, context=f"{_CONTEXT}:{member_id}")


def index(number: str) -> bytes:
    """The blind index of an ID: 32 bytes that are equal for equal IDs and say nothing without the key."""
    return crypto.blind_index(number, key=_keys().index, context=_CONTEXT)


def indexes(numbers: Iterable[str]) -> dict[str, bytes]:
    """The index of each number, for a file of them."""
    key = _keys().index
    return {number: crypto.blind_index(number, key=key, context=_CONTEXT) for number in numbers}


def fingerprint(content: bytes) -> str:
    """64 hex digits that are equal for equal content.

    Keyed: a plain hash over a row would let whoever holds the database try all IDs until the hash fits.
    """
    return hmac.digest(_keys().fingerprint, content, "sha256").hex()


def seal(content: str) -> bytes:
    """Cells of a register file, encrypted while they wait for a person's word."""
    return seal_bytes(content.encode())


def unseal(sealed: bytes) -> str:
    """What was sealed. Raises DecryptionFailed when it was changed."""
    return unseal_bytes(sealed).decode()


def seal_bytes(content: bytes) -> bytes:
    """A register file, encrypted while it waits."""
    return crypto.encrypt_bytes(content, key=_keys().encryption, key_number=KEY_NUMBER, context=_FILE_CONTEXT)


def unseal_bytes(sealed: bytes) -> bytes:
    """What was sealed by `seal_bytes`."""
    return crypto.decrypt_bytes(sealed, keys={KEY_NUMBER: _keys().encryption}, context=_FILE_CONTEXT)


def broken() -> tuple[int, int]:
    """How many national IDs are kept, and how many do not open."""
    every = lost = 0
    kept = select(Member.id, Member.id_encrypted).where(Member.id_encrypted.is_not(None))
    for number, encrypted in db.session().execute(kept.execution_options(yield_per=5_000)):
        every += 1
        try:
            decrypt(encrypted or b"", member_id=number)
        except crypto.DecryptionFailed:
            lost += 1
    return every, lost
