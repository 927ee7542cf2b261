"""Payloads: the QR text of a payment request, read back and compared with what the fund meant before anyone sees it."""

from app.kit import promptpay
from app.kit.errors import Refused
from app.kit.language import marked

_DIFFERS = marked("สร้าง QR แล้วอ่านกลับไม่ตรงกัน จึงไม่แสดง กรุณาลองใหม่หรือแจ้งผู้ดูแลระบบ")


def of_payment_request(
    *, biller: str | None, promptpay_id: str | None, ref1: str, ref2: str, satang: int
) -> str:
    """Tag 30 where the account has a Biller ID, else tag 29 to its PromptPay ID."""
    if biller:
        return of_bill(biller=biller, ref1=ref1, ref2=ref2, satang=satang)
    assert promptpay_id is not None
    return of_transfer(promptpay_id=promptpay_id, satang=satang)


def of_bill(*, biller: str, ref1: str, ref2: str, satang: int) -> str:
    """Tag 30, dynamic with its amount: the bank hands both references back to the fund."""
    payload = promptpay.encode(promptpay.Bill(biller=biller, ref1=ref1, ref2=ref2, satang=satang))
    seen = promptpay.decode(payload)
    if not isinstance(seen, promptpay.Bill) or seen.cross_border or seen.ref3:
        raise Refused(_DIFFERS)
    if (seen.biller, seen.ref1, seen.ref2, seen.satang) != (biller, ref1, ref2, satang):
        raise Refused(_DIFFERS)
    return payload


def of_collection(*, biller: str, ref1: str, ref2: str) -> str:
    """Tag 30 without an amount, to be paid any number of times: the payer types what they choose to give."""
    payload = promptpay.encode(promptpay.Bill(biller=biller, ref1=ref1, ref2=ref2))
    seen = promptpay.decode(payload)
    if not isinstance(seen, promptpay.Bill) or seen.cross_border or seen.ref3:
        raise Refused(_DIFFERS)
    if (seen.biller, seen.ref1, seen.ref2, seen.satang) != (biller, ref1, ref2, None):
        raise Refused(_DIFFERS)
    return payload


def of_transfer(*, promptpay_id: str, satang: int) -> str:
    """Tag 29 to the fund's tax ID, dynamic with its amount: nothing but the amount comes back.

    Two writers have to agree on it. Raises Refused when they do not.
    """
    proxy = promptpay.ProxyType.NATID
    try:
        payload = promptpay.encode_twice(
            promptpay.Transfer(proxy_type=proxy, proxy=promptpay_id, satang=satang)
        )
    except promptpay.PayloadError as differs:
        raise Refused(_DIFFERS) from differs
    seen = promptpay.decode(payload)
    if not isinstance(seen, promptpay.Transfer) or seen.ota:
        raise Refused(_DIFFERS)
    if (seen.proxy_type, seen.proxy, seen.satang) != (proxy, promptpay_id, satang):
        raise Refused(_DIFFERS)
    return payload
