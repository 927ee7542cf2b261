"""Encrypting a field at rest, finding it again by keyed hash, and making tokens. Keys come from the caller."""

import hmac
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_KEY_NUMBER_BYTES = 2
_NONCE_BYTES = 12
_TAG_BYTES = 16


class DecryptionFailed(ValueError):
    """An encrypted field cannot be decrypted: wrong key, wrong place, or it was changed."""


def encrypt(plain: str, *, key: bytes, key_number: int, context: str) -> bytes:
    """The text under AES-256-GCM. See encrypt_bytes."""
    return encrypt_bytes(plain.encode(), key=key, key_number=key_number, context=context)


def encrypt_bytes(plain: bytes, *, key: bytes, key_number: int, context: str) -> bytes:
    """What is given under AES-256-GCM: key number (2 bytes), nonce (12), ciphertext and tag (NIST SP 800-38D).

    `context` says where it belongs ("member.national_id:<id>"); a ciphertext moved elsewhere will not decrypt.
    `key_number` (0 to 65535) tells which key made it, so that keys can be changed one row at a time.
    """
    number = key_number.to_bytes(_KEY_NUMBER_BYTES, "big")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return number + nonce + _cipher(key).encrypt(nonce, plain, number + context.encode())


def decrypt(encrypted: bytes, *, keys: Mapping[int, bytes], context: str) -> str:
    """The text that was encrypted under one of `keys` (by number) in the same `context`. Raises DecryptionFailed."""
    return decrypt_bytes(encrypted, keys=keys, context=context).decode()


def decrypt_bytes(encrypted: bytes, *, keys: Mapping[int, bytes], context: str) -> bytes:
    """What was encrypted under one of `keys` (by number) in the same `context`. Raises DecryptionFailed."""
    if len(encrypted) < _KEY_NUMBER_BYTES + _NONCE_BYTES + _TAG_BYTES:
        raise DecryptionFailed("too short to be an encrypted field")
    number, rest = encrypted[:_KEY_NUMBER_BYTES], encrypted[_KEY_NUMBER_BYTES:]
    key = keys.get(key_number(encrypted))
    if key is None:
        raise DecryptionFailed(f"no key number {key_number(encrypted)} was given")
    try:
        plain = _cipher(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], number + context.encode())
    except InvalidTag as error:
        raise DecryptionFailed(
            "the key or the context is not the one it was encrypted with, or it was changed"
        ) from error
    return plain


def key_number(encrypted: bytes) -> int:
    """Which key encrypted this field."""
    return int.from_bytes(encrypted[:_KEY_NUMBER_BYTES], "big")


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError(f"an encryption key has {KEY_BYTES} bytes, not {len(key)}")
    return AESGCM(key)


def blind_index(text: str, *, key: bytes, context: str) -> bytes:
    """A keyed hash (HMAC-SHA256, 32 bytes): equal texts in one context are equal, and it tells nothing else.

    National IDs are few enough to try them all, so a plain hash would not hide them; the key does.
    """
    if len(key) < KEY_BYTES:
        raise ValueError(f"an index key has at least {KEY_BYTES} bytes, not {len(key)}")
    where = context.encode()
    return hmac.digest(key, len(where).to_bytes(4, "big") + where + text.encode(), "sha256")


def same(left: str | bytes, right: str | bytes) -> bool:
    """Whether two secrets are equal, taking as long whether they nearly are or not at all."""
    left = left.encode() if isinstance(left, str) else left
    right = right.encode() if isinstance(right, str) else right
    return hmac.compare_digest(left, right)
