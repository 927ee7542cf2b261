"""Bills: a payment request on paper for a bank's counter: its QR code, its barcode, and the digits a teller keys."""

from app.fund.giving.records.payment_requests import PaymentRequest
from app.kit import code128, promptpay, qr
from app.kit.errors import Refused
from app.kit.language import gettext, marked
from app.kit.portal import fill
from app.province.profile import Profile

SHEETS = ("a4", "a5")


def barcode(payment_request: PaymentRequest) -> promptpay.Barcode | None:
    """What a counter's scanner is to read: the same biller, references and amount as the QR code. None for tag 29,
    which no counter takes. Raises Refused when barcode and QR code would not mean the same payment."""
    if payment_request.tag != 30:
        return None
    bill = promptpay.decode(payment_request.payload)
    assert isinstance(bill, promptpay.Bill)
    made = promptpay.Barcode(biller=bill.biller, ref1=bill.ref1, ref2=bill.ref2, satang=bill.satang)
    read = promptpay.bill_of(promptpay.decode_barcode(promptpay.encode_barcode(made)))
    if (read.biller, read.ref1, read.ref2, read.satang) != (
        payment_request.account.biller_id,
        payment_request.ref1,
        payment_request.ref2,
        payment_request.due_satang,
    ):
        raise Refused(gettext("บาร์โค้ดของรายการนี้ไม่ตรงกับ QR จึงไม่แสดง กรุณาจ่ายด้วย QR หรือเริ่มรายการใหม่"))
    return made


def drawn(payment_request: PaymentRequest) -> str | None:
    """The barcode as SVG, read back before anyone sees it; None for tag 29."""
    made = barcode(payment_request)
    if made is None:
        return None
    return code128.draw_svg(
        promptpay.encode_barcode(made), title=f"บาร์โค้ดสำหรับจ่ายที่เคาน์เตอร์ธนาคาร รหัสอ้างอิง {made.ref1}"
    )


def caption(made: promptpay.Barcode) -> str:
    """What stands under the bars: their text with spaces for the carriage returns."""
    return promptpay.encode_barcode(made).replace("\r", " ")


def keyed(made: promptpay.Barcode) -> list[tuple[str, str, str]]:
    """What a teller types where the scanner fails: what it is called, in groups to read, and as it is typed."""
    return [
        (marked("รหัสผู้รับชำระ (Biller ID)"), f"{made.biller[:13]} {made.biller[13:]}", made.biller),
        (marked("อ้างอิง 1 (Ref 1)"), made.ref1, made.ref1),
        (marked("อ้างอิง 2 (Ref 2)"), made.ref2 or "–", made.ref2 or ""),
        (marked("จำนวนเงินเป็นสตางค์"), str(made.satang or 0), str(made.satang or 0)),
    ]


def pdf(payment_request: PaymentRequest, *, sheet: str = "a4") -> bytes:
    """ใบแจ้งการชำระเงิน on A4 or A5: QR code, barcode with its digits where there is one, and how to pay by each way."""
    from app.kit import pdf as kit_pdf

    profile = Profile.here()
    made, bars = barcode(payment_request), drawn(payment_request)
    pictures = {"qr.svg": _qr(payment_request).encode()}
    if bars is not None:
        pictures["bars.svg"] = bars.encode()
    html = fill(
        "pdf/bill.html",
        payment_request=payment_request,
        profile=profile,
        sheet=sheet if sheet in SHEETS else SHEETS[0],
        keyed=keyed(made) if made else [],
        caption=caption(made) if made else "",
    )
    title = f"ใบแจ้งการชำระเงิน {payment_request.ref1}"
    return kit_pdf.render(html, title=title, author=profile.fund_th, resources=pictures)


def _qr(payment_request: PaymentRequest) -> str:
    qr.draw_checked(payment_request.payload)
    return qr.draw_svg(payment_request.payload, title=f"QR พร้อมเพย์ รหัสอ้างอิง {payment_request.ref1}")
