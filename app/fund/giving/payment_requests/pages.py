"""Pages on which everyone may give: /give, and a payment request with its QR code until the money is there."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased

from app.fund.giving.blueprint import bp, count_asking, open_purposes
from app.fund.giving.payment_requests import (
    bills,
    cards,
    payees,
    payment_notices,
    payment_requests,
    solicitation,
    stops,
)
from app.fund.giving.payment_requests.forms import CHIPS, EXAMPLES, GiveForm, chips
from app.fund.giving.receipts import receipts
from app.fund.giving.receipts.pages import payers_document
from app.fund.giving.records.donations import LIVE, Donation
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.receipts import Receipt
from app.fund.giving.slips import remarks
from app.kit import clock, language, money, qr, throttle
from app.kit.db import db, transaction
from app.kit.errors import Refused, TooManyTries
from app.kit.language import gettext, in_english, marked, ngettext
from app.province.banks import bank_name
from app.province.profile import Profile
from app.settings import Settings
from app.staff.doors import EVERYONE, opens_to

#: How often a waiting page looks again where there is no JavaScript, in seconds: time to read a line and copy it.
_LOOK_AGAIN = 20
#: From here a bank may ask the payer for one more proof of who they are (Bank of Thailand, mobile transfers).
_LARGE_SATANG = 5_000_000
#: From one address in ten minutes: a bill is drawn anew each time, and that is a second's work.
_MOST_BILLS = 60


@bp.route("/give", methods=["GET", "POST"])
@in_english
@opens_to(EVERYONE)
def give() -> ResponseReturnValue:
    form = GiveForm(request.form if request.method == "POST" else request.args)
    purposes = {purpose.code: purpose for purpose in open_purposes()}
    form.purpose.choices = [(code, purpose.name) for code, purpose in purposes.items()]
    if request.method == "GET" and not form.amount.raw_data:
        form.amount.data = CHIPS[2]
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                with transaction():
                    count_asking(request.remote_addr or "")
                    payment_request = payment_requests.open(
                        satang=form.amount.data or 0,
                        purpose_id=purposes[form.purpose.data].id,
                        donor_name=form.donor_name.data or "",
                        anonymous=not (form.donor_name.data or "").strip(),
                        by=None,
                        visitor_address=request.remote_addr or "",
                    )
                return redirect(url_for("giving.payment_request", code=payment_request.code), code=303)
            except TooManyTries as error:
                refused, status = error.words, 429
            except Refused as error:
                refused, status = error.words, 409
    return render_template(
        "giving/give.html",
        form=form,
        chips=chips(form, lambda amount: url_for("giving.give", amount=amount, purpose=form.purpose.data)),
        examples=EXAMPLES,
        refused=refused,
        account=payees.receiving_account(),
        approval=solicitation.current(),
        missing=solicitation.MISSING,
        stopped=stops.STOPPED if stops.current() else "",
        news=payees.news(),
        bank_name=bank_name,
        now=clock.now(),
    ), status


@bp.get("/give/<code>")
@in_english
@opens_to(EVERYONE)
def payment_request(code: str) -> str:
    found = _payment_request(code)
    notices = payment_notices.waiting_for(found.id)
    state = _state(payment_requests.status_of(found.state, found.expires_at), arrived=bool(notices))
    made = bills.barcode(found) if state == "waiting" else None
    claims = remarks.of_payment_requests({found.id}).get(found.id, [])
    return render_template(
        "giving/payment_request.html",
        payment_request=found,
        state=state,
        title=gettext(_title(state, claims, notices)),
        purpose=language.thai_words(found.purpose.name),
        notices=notices,
        late=payment_requests.status_of(found.state, found.expires_at) == "expired",
        left=_left(found.expires_at),
        missing=payment_requests.why_hidden(found),
        received=db.session().execute(_donations_of(found)).all(),
        claims=claims,
        large=found.due_satang >= _LARGE_SATANG,
        keyed=bills.keyed(made) if made else [],
        caption=bills.caption(made) if made else "",
        refresh_seconds=_LOOK_AGAIN if state in _MAY_CHANGE else None,
    )


def _title(state: str, claims: list[remarks.JudgedSlip], notices: list[payment_notices.PaymentNotice]) -> str:
    """What the page is called while it is in a state."""
    if state == "waiting":
        waits = any(judged.waits for judged in claims)
        return marked("รอธนาคารยืนยัน") if waits else marked("สแกนเพื่อจ่าย")
    if state == "arrived" and notices and all(notice.by_one for notice in notices):
        return marked("กำลังตรวจเงินเข้า")
    return _TITLES[state]


_TITLES = {
    "arrived": marked("ธนาคารแจ้งเงินเข้าแล้ว กำลังตรวจ"),
    "received": marked("ได้รับเงินแล้ว ขอบคุณยิ่ง"),
    "expired": marked("QR นี้หมดอายุแล้ว"),
    "cancelled": marked("รายการนี้ยกเลิกแล้ว"),
}


#: States in which a page goes on asking.
_MAY_CHANGE = ("waiting", "arrived", "expired")


def _state(status: str, *, arrived: bool) -> str:
    """What the page says: the payment request's status, or "arrived" when the bank told of money that a person looks at."""
    return "arrived" if arrived and status in ("waiting", "expired") else status


def _left(until: datetime) -> str:
    """How long a QR code still serves, in words; "" when it is over."""
    minutes = int((until - clock.now()).total_seconds()) // 60
    if minutes < 0:
        return ""
    parts = (
        (minutes // 1440, ngettext("%(num)s วัน", "%(num)s วัน", minutes // 1440)),
        (minutes // 60 % 24, gettext("%(hours)s ชั่วโมง", hours=minutes // 60 % 24)),
        (minutes % 60, gettext("%(minutes)s นาที", minutes=minutes % 60)),
    )
    return " ".join(words for number, words in parts if number) or gettext("ไม่ถึง 1 นาที")


@bp.get("/give/<code>/status")
@opens_to(EVERYONE)
def payment_request_status(code: str) -> Response:
    """One small query: a page asks every few seconds."""
    came = (
        select(func.sum(LIVE.c.satang))
        .where(LIVE.c.payment_request_id == PaymentRequest.id)
        .scalar_subquery()
    )
    token = (
        select(Receipt.token)
        .join(Donation, Donation.id == Receipt.donation_id)
        .where(Donation.payment_request_id == PaymentRequest.id, Receipt.voided_at.is_(None))
        .order_by(Receipt.id)
        .limit(1)
        .scalar_subquery()
    )
    row = (
        db.session()
        .execute(
            select(
                payment_notices.waits(),
                PaymentRequest.state,
                PaymentRequest.expires_at,
                PaymentRequest.due_satang,
                PaymentRequest.ref1,
                came,
                token,
            ).filter_by(code=code)
        )
        .one_or_none()
    )
    if row is None:
        abort(404)
    waits, state, expires_at, due, ref1, satang, receipt = row
    return jsonify(
        state=_state(payment_requests.status_of(state, expires_at), arrived=waits),
        satang=int(satang or due),
        reference=ref1,
        receipt=f"/receipts/{receipt}" if receipt else None,
    )


@bp.get("/give/<code>/qr.png")
@in_english
@opens_to(EVERYONE)
def payment_request_png(code: str) -> Response:
    """The bare QR code for the page; with ?save the picture to keep, which says whose it is and how much."""
    found = _payable(code)
    answer = make_response(_card(found) if "save" in request.args else _picture(found.payload))
    answer.mimetype = "image/png"
    if "save" in request.args:
        answer.headers["Content-Disposition"] = f'attachment; filename="{found.ref1}.png"'
    return answer


def _card(found: PaymentRequest) -> bytes:
    lines = [
        ("amount", gettext("%(sum)s บาท", sum=money.format_baht(found.due_satang))),
        ("plain", f"({money.said(found.due_satang)})"),
        # As the bank shows it before one confirms.
        ("strong", found.account.name),
        ("plain", gettext("รหัสอ้างอิง %(reference)s", reference=found.ref1)),
        ("plain", gettext("จ่ายได้ถึง %(moment)s", moment=language.moment_text(found.expires_at))),
        ("small", gettext("ให้เพื่อ %(purpose)s", purpose=found.purpose.name)),
    ]
    if found.tag == 29:
        lines.insert(2, ("strong", gettext("โปรดจ่ายยอดนี้พอดีทุกสตางค์")))
    if Settings.here().demo:
        lines.append(("strong", gettext("ระบบสาธิต ไม่รับเงินจริง")))
    return cards.draw(found.payload, head=Profile.here().fund, lines=tuple(lines))


@bp.get("/give/<code>/barcode.svg")
@opens_to(EVERYONE)
def payment_request_barcode(code: str) -> Response:
    return Response(bills.drawn(_payable(code)) or abort(404), mimetype="image/svg+xml")


@bp.get("/give/<code>/bill.pdf")
@opens_to(EVERYONE)
def payment_request_bill(code: str) -> Response:
    """ใบแจ้งการชำระเงิน on A4, or on A5 with ?sheet=a5."""
    found = _payable(code)
    with transaction():
        throttle.count(
            "bill",
            request.remote_addr or "",
            most=_MOST_BILLS,
            within=timedelta(minutes=10),
            refused=gettext(
                "มีการพิมพ์ใบแจ้งการชำระเงินจากเครือข่ายนี้ถี่เกินไป กรุณารอ 10 นาทีแล้วลองอีกครั้ง QR ในหน้ารายการยังจ่ายได้"
            ),
        )
    answer = make_response(bills.pdf(found, sheet=request.args.get("sheet", "a4")))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="bill-{found.ref1}.pdf"'
    return answer


@bp.get("/give/<code>/qr.svg")
@opens_to(EVERYONE)
def payment_request_svg(code: str) -> Response:
    found = _payable(code)
    _picture(found.payload)
    title = f"QR พร้อมเพย์ {money.format_baht(found.due_satang)} บาท รหัสอ้างอิง {found.ref1}"
    return Response(qr.draw_svg(found.payload, title=title), mimetype="image/svg+xml")


@bp.get("/give/<code>/receipts/<token>.pdf")
@opens_to(EVERYONE)
def payment_request_receipt_pdf(code: str, token: str) -> Response:
    """The payer's own copy, with their name even when the public does not see it: only they know this address."""
    found, receipt = _payment_request(code), receipts.by_token(token) or abort(404)
    if receipt.donation.payment_request_id != found.id:
        abort(404)
    return payers_document(receipt)


def _payment_request(code: str) -> PaymentRequest:
    return payment_requests.by_code(code) or abort(404)


def _payable(code: str) -> PaymentRequest:
    """The payment request, as long as its QR code may still be shown: an old picture must not invite a payment."""
    found = _payment_request(code)
    if payment_requests.status_of(found.state, found.expires_at) != "waiting":
        abort(410, marked("QR นี้ใช้ไม่ได้แล้ว กรุณาเปิดหน้าร่วมสมทบเพื่อเริ่มใหม่"))
    hidden = payment_requests.why_hidden(found)
    if hidden:
        abort(410, hidden)
    return found


@lru_cache(maxsize=256)
def _picture(payload: str) -> bytes:
    return qr.draw_checked(payload)


_VOIDED = aliased(Receipt)


def _donations_of(payment_request: PaymentRequest) -> Any:
    """What is left of the payment request's donations, each with its valid receipt or none, and whether one was voided."""
    voided = exists().where(_VOIDED.donation_id == Donation.id, _VOIDED.voided_at.is_not(None))
    return (
        select(Donation, LIVE.c.satang, Receipt, voided)
        .join(LIVE, LIVE.c.id == Donation.id)
        .outerjoin(Receipt, and_(Receipt.donation_id == Donation.id, Receipt.voided_at.is_(None)))
        .where(Donation.payment_request_id == payment_request.id, LIVE.c.satang > 0)
        .order_by(Donation.id)
    )
