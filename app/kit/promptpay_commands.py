"""Commands that write and read Thai payment QR texts, counter barcodes and slips."""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from app.kit import code128, qr, slips
from app.kit import promptpay as codec
from app.kit.errors import BadInput

# Every answer has every field, null where the kind has none, so that a script can rely on the names.
_FIELDS = (
    "kind",
    "proxy_type",
    "proxy",
    "mobile",
    "ota",
    "message",
    "biller",
    "ref1",
    "ref2",
    "ref3",
    "cross_border",
    "satang",
    "point_of_initiation",
    "merchant_name",
    "merchant_city",
    "postal_code",
    "additional",
    "api_id",
    "sending_bank",
    "trans_ref",
    "event_type",
    "transaction_id",
    "paid_on",
    "country",
    "crc_padded",
)
_FILE_NAME = re.compile(r".+\.(?:png|jpe?g|webp|heic|heif|gif|bmp|tiff?|pdf)", re.IGNORECASE | re.DOTALL)


@click.group("promptpay")
def promptpay() -> None:
    """Write and read PromptPay QR texts, counter barcodes and slips.

    Amounts are baht with at most two decimals. What cannot be read is refused with one line that begins with
    tlv, crc, structure or semantic.
    """


@promptpay.command()
@click.option("--biller", required=True, help="15-digit Biller ID.")
@click.option("--ref1", required=True, help="1-20 of A-Z and 0-9.")
@click.option("--ref2", help="1-20 of A-Z and 0-9.")
@click.option("--amount", help="Baht; left out, the payer types it.")
def bill(biller: str, ref1: str, ref2: str | None, amount: str | None) -> None:
    """Print the QR text of a bill payment (tag 30)."""
    click.echo(codec.encode(codec.Bill(biller=biller, ref1=ref1, ref2=ref2, satang=_satang(amount))))


@promptpay.command()
@click.option("--to", required=True, help="Mobile number, 13-digit ID, 15-digit e-wallet, or BANK:ACCOUNT.")
@click.option("--amount", help="Baht; left out, the payer types it.")
def transfer(to: str, amount: str | None) -> None:
    """Print the QR text of a transfer (tag 29). Consumer bank apps do not take BANK:ACCOUNT."""
    proxy_type, proxy = codec.payee(to)
    payment = codec.Transfer(proxy_type=proxy_type, proxy=proxy, satang=_satang(amount))
    # An account's number is the one payee that the second writer does not know; no payer is shown such a code.
    write = codec.encode if proxy_type is codec.ProxyType.BANK_ACCOUNT else codec.encode_twice
    click.echo(write(payment))


@promptpay.command()
@click.option("--biller", required=True, help="15-digit Biller ID.")
@click.option("--ref1", required=True, help="1-20 of A-Z and 0-9.")
@click.option("--ref2", help="1-20 of A-Z and 0-9.")
@click.option("--amount", required=True, help="Baht.")
@click.option("--png", type=click.Path(dir_okay=False, path_type=Path), help="Also draw it into this file.")
def barcode(biller: str, ref1: str, ref2: str | None, amount: str, png: Path | None) -> None:
    """Print the text of a counter barcode; its fields are parted by carriage returns."""
    text = codec.encode_barcode(
        codec.Barcode(biller=biller, ref1=ref1, ref2=ref2, satang=codec.parse_amount(amount))
    )
    if png is not None:
        drawn = code128.draw_png(text)
        try:
            png.write_bytes(drawn)
        except OSError as unwritten:
            raise BadInput(f"เขียนไฟล์ภาพไม่ได้ โปรดตรวจชื่อและสิทธิ์ของโฟลเดอร์: {str(png)!r}") from unwritten
    # Bytes, because a text stream may be set to translate line ends.
    click.echo(text.encode() + b"\n", nl=False)


@promptpay.command()
@click.argument("payload")
def read(payload: str) -> None:
    r"""Print the fields of a QR text or a counter barcode as JSON.

    A barcode's fields may be parted by CR, LF, CRLF or the letters \r and \n.
    """
    _print(codec.read(payload))


@promptpay.command()
@click.argument("payload_or_image")
def slip(payload_or_image: str) -> None:
    """Print the fields of a slip's small QR as JSON, from its text or from a picture of the slip.

    A checksum whose leading zeros the bank's app dropped is taken and flagged as crc_padded. A slip is a key
    to ask the bank by, not proof of a payment.
    """
    picture = _picture(payload_or_image)
    _print(slips.decode(payload_or_image, lenient=True) if picture is None else slips.find(picture))


def _satang(amount: str | None) -> int | None:
    return None if amount is None else codec.parse_amount(amount)


def _picture(name: str) -> bytes | None:
    """The file of that name, never more of it than a picture may weigh; None when the words are no file's name."""
    try:
        with Path(name).open("rb") as file:
            return file.read(qr.MAX_BYTES + 1)
    except (OSError, ValueError) as unread:
        if _FILE_NAME.fullmatch(name):
            raise BadInput(f"เปิดไฟล์ภาพไม่ได้ โปรดตรวจชื่อและสิทธิ์ของไฟล์: {name!r}") from unread
        return None


def _print(payment: object) -> None:
    answer = {name: getattr(payment, name, None) for name in _FIELDS}
    click.echo(json.dumps(answer, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(value)
