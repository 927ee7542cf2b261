"""The second writer of tag 29: the package `promptpay`, which must write what we write before a code is shown.

Its order of tags, and with it its checksum, is its own; the fields must be equal. It knows mobile numbers, 13-digit
IDs and e-wallets, and nothing else: no account, no one-time code, no reference, no name.
"""

import binascii
import importlib
import sys
import warnings
from decimal import Decimal
from types import ModuleType
from typing import Any

from app.kit.promptpay import tlv
from app.kit.promptpay.transfer import ProxyType, Transfer


def _imported() -> Any:
    """The package's module of payloads, without the C library that it takes its checksum from.

    It uses one function of `libscrc`: `xmodem(bytes, start)`, the CRC-16 of polynomial 1021, which Python has
    itself. The library has no wheel for Python 3.13 and later, so a module with that one function stands in for it.
    """
    stand_in = ModuleType("libscrc")
    stand_in.xmodem = binascii.crc_hqx  # type: ignore[attr-defined]
    was = {name: sys.modules[name] for name in ("libscrc",) if name in sys.modules}
    sys.modules["libscrc"] = stand_in
    try:
        with warnings.catch_warnings():
            # What another project's code warns of when it is read is not ours to mend.
            warnings.simplefilter("ignore")
            return importlib.import_module("promptpay.qrcode")
    finally:
        del sys.modules["libscrc"]
        sys.modules.update(was)


_package = _imported()
_WRITES = (ProxyType.MOBILE, ProxyType.NATID, ProxyType.EWALLET)


def can_write(transfer: Transfer) -> bool:
    """Whether the package knows this kind of payee, and the transfer carries nothing beyond payee and amount."""
    plain = Transfer(proxy_type=transfer.proxy_type, proxy=transfer.proxy, satang=transfer.satang)
    return transfer.proxy_type in _WRITES and transfer == plain


def agrees(transfer: Transfer, text: str) -> bool:
    """Whether the package, given the same payee and amount, writes the same fields as `text` has.

    False, too, when it cannot write the transfer or fails at it. Both checksums must be right for their own text.
    """
    if not can_write(transfer):
        return False
    typed = transfer.mobile if transfer.proxy_type is ProxyType.MOBILE else transfer.proxy
    # The package takes baht and writes two decimals; a Decimal is exact where a float would be nearly so.
    baht = 0 if transfer.satang is None else Decimal(transfer.satang).scaleb(-2)
    try:
        theirs = _package.generate_payload(typed, baht)
        fields, ours = tlv.parse_root(theirs), tlv.parse_root(text)
        tlv.check_checksum(theirs, fields)
        tlv.check_checksum(text, ours)
    except (ArithmeticError, AttributeError, TypeError, ValueError, tlv.PayloadError):
        return False
    return _without_checksum(fields) == _without_checksum(ours)


def _without_checksum(fields: dict[str, str]) -> dict[str, str]:
    return {tag: value for tag, value in fields.items() if tag != "63"}
