"""Encrypted fields, blind indexes, tokens."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit import crypto

#: A busy machine is no fault of the rule under test.
unhurried = settings(deadline=None)

KEY = bytes(range(32))
OTHER = bytes(range(32, 64))
CONTEXT = "member.national_id"


@unhurried
@given(st.text())
def test_what_is_encrypted_opens_again(plain):
    encrypted = crypto.encrypt(plain, key=KEY, key_number=3, context=CONTEXT)
    assert crypto.decrypt(encrypted, keys={3: KEY}, context=CONTEXT) == plain


def test_a_ciphertext_is_aes_gcm_as_the_cryptography_library_opens_it():
    encrypted = crypto.encrypt("1234545678781", key=KEY, key_number=3, context=CONTEXT)
    assert encrypted[:2] == b"\x00\x03"
    plain = AESGCM(KEY).decrypt(encrypted[2:14], encrypted[14:], b"\x00\x03" + CONTEXT.encode())
    assert plain == b"1234545678781"


def test_a_ciphertext_shows_nothing_and_is_never_the_same_twice():
    first = crypto.encrypt("1234545678781", key=KEY, key_number=1, context=CONTEXT)
    second = crypto.encrypt("1234545678781", key=KEY, key_number=1, context=CONTEXT)
    assert first != second
    assert b"1234545678781" not in first


def test_a_ciphertext_moved_to_another_place_does_not_open():
    encrypted = crypto.encrypt("x", key=KEY, key_number=1, context="member:1")
    with pytest.raises(crypto.DecryptionFailed, match="context"):
        crypto.decrypt(encrypted, keys={1: KEY}, context="member:2")


def test_another_key_under_the_same_number_does_not_open():
    encrypted = crypto.encrypt("x", key=KEY, key_number=1, context=CONTEXT)
    with pytest.raises(crypto.DecryptionFailed):
        crypto.decrypt(encrypted, keys={1: OTHER}, context=CONTEXT)


def test_a_key_number_cannot_be_rewritten_even_where_the_key_is_the_same():
    encrypted = crypto.encrypt("x", key=KEY, key_number=1, context=CONTEXT)
    with pytest.raises(crypto.DecryptionFailed):
        crypto.decrypt(b"\x00\x02" + encrypted[2:], keys={2: KEY}, context=CONTEXT)


def test_a_missing_key_is_named_by_its_number():
    encrypted = crypto.encrypt("x", key=KEY, key_number=7, context=CONTEXT)
    assert crypto.key_number(encrypted) == 7
    with pytest.raises(crypto.DecryptionFailed, match="7"):
        crypto.decrypt(encrypted, keys={1: KEY}, context=CONTEXT)


@unhurried
@given(st.integers(min_value=0, max_value=46), st.integers(min_value=1, max_value=255))
def test_any_changed_byte_breaks_the_ciphertext(place, change):
    encrypted = bytearray(crypto.encrypt("1234545678781xxxx", key=KEY, key_number=1, context=CONTEXT))
    assert len(encrypted) == 47
    encrypted[place] ^= change
    with pytest.raises(crypto.DecryptionFailed):
        crypto.decrypt(bytes(encrypted), keys={1: KEY}, context=CONTEXT)


@pytest.mark.parametrize("encrypted", [b"", b"\x00", b"\x00\x01" + bytes(27)])
def test_what_is_too_short_was_never_a_ciphertext(encrypted):
    with pytest.raises(crypto.DecryptionFailed, match="short"):
        crypto.decrypt(encrypted, keys={1: KEY}, context=CONTEXT)


@pytest.mark.parametrize("weak", [b"", b"secret", bytes(16), bytes(33)])
def test_an_encryption_key_of_another_length_is_not_taken(weak):
    with pytest.raises(ValueError, match="32 bytes"):
        crypto.encrypt("x", key=weak, key_number=1, context=CONTEXT)


def test_an_index_key_may_not_be_short():
    with pytest.raises(ValueError, match="32 bytes"):
        crypto.blind_index("x", key=bytes(31), context=CONTEXT)


def test_a_blind_index_is_hmac_sha256_of_the_context_and_the_text():
    expected = hmac.new(
        KEY, len(CONTEXT).to_bytes(4, "big") + CONTEXT.encode() + b"1234", hashlib.sha256
    ).digest()
    assert crypto.blind_index("1234", key=KEY, context=CONTEXT) == expected


def test_a_blind_index_differs_by_key_by_context_and_by_where_the_two_meet():
    index = crypto.blind_index("1234", key=KEY, context="a")
    assert crypto.blind_index("1234", key=KEY, context="a") == index
    assert crypto.blind_index("1234", key=OTHER, context="a") != index
    assert crypto.blind_index("1234", key=KEY, context="b") != index
    assert crypto.blind_index("234", key=KEY, context="a1") != index


def test_secrets_are_compared_whether_text_or_bytes_thai_or_not():
    assert crypto.same("กุญแจ", "กุญแจ")
    assert crypto.same("abc", b"abc")
    assert not crypto.same("abc", "abd")
    assert not crypto.same("", "a")
