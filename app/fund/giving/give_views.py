"""Pages on which everyone may give: /give, and a donation with its QR code until the money is there."""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from flask import Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response as Answer

from app.fund.giving import donations, receipts
from app.fund.giving.blueprint import bp, open_purposes
from app.fund.giving.donations import Donation
from app.fund.giving.forms import GiveForm
from app.fund.giving.gifts import Gift
from app.fund.giving.receipt_views import as_pdf
from app.fund.giving.receipts import Receipt
from app.kit import money, qr, throttle
from app.kit.db import db, transaction
from app.kit.errors import Refused, TooManyTries
from app.staff.doors import EVERYONE, opens_to

#: How often a waiting page looks again where there is no JavaScript, in seconds.
_LOOK_AGAIN = 5
#: From here a bank may ask the payer for one more proof of who they are (Bank of Thailand, mobile transfers).
_LARGE_SATANG = 5_000_000
#: From one address in ten minutes: a whole school behind one address may give, a machine cannot fill the books.
_MOST_GIFTS = 120


@bp.route("/give", methods=["GET", "POST"])
@opens_to(EVERYONE)
def give() -> Answer | str | tuple[str, int]:
    form = GiveForm(request.form if request.method == "POST" else request.args)
    purposes = {purpose.code: purpose for purpose in open_purposes()}
    form.purpose.choices = [(code, purpose.name_th) for code, purpose in purposes.items()]
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                with transaction():
                    throttle.count(
                        "give",
                        request.remote_addr or "",
                        most=_MOST_GIFTS,
                        within=timedelta(minutes=10),
                        refused="มีการขอ QR จากเครือข่ายนี้ถี่เกินไป กรุณารอ 10 นาทีแล้วกดอีกครั้ง สิ่งที่กรอกไว้ยังอยู่ในหน้านี้",
                    )
                    donation = donations.open(
                        satang=form.amount.data or 0,
                        purpose_id=purposes[form.purpose.data].id,
                        donor_name=form.donor_name.data or "",
                        anonymous=form.anonymous.data or not (form.donor_name.data or "").strip(),
                        by=None,
                    )
                return redirect(url_for("giving.donation", code=donation.code), code=303)
            except TooManyTries as error:
                refused, status = error.words, 429
            except Refused as error:
                refused, status = error.words, 409
    account = donations.receiving_account()
    return render_template("giving/give.html", form=form, refused=refused, account=account), status


@bp.get("/give/<code>")
@opens_to(EVERYONE)
def donation(code: str) -> str:
    found = _donation(code)
    return render_template(
        "giving/donation.html",
        donation=found,
        received=db.session().execute(_receipts_of(found)).all(),
        large=found.due_satang >= _LARGE_SATANG,
        refresh_seconds=_LOOK_AGAIN if found.standing == "waiting" else None,
    )


@bp.get("/give/<code>/status")
@opens_to(EVERYONE)
def donation_status(code: str) -> Response:
    """One small query: a page asks every few seconds."""
    came = select(func.sum(Gift.satang)).where(Gift.donation_id == Donation.id).scalar_subquery()
    token = (
        select(Receipt.token)
        .join(Gift, Gift.id == Receipt.gift_id)
        .where(Gift.donation_id == Donation.id, Receipt.voided_at.is_(None))
        .order_by(Receipt.id)
        .limit(1)
        .scalar_subquery()
    )
    row = (
        db.session()
        .execute(
            select(
                Donation.state, Donation.expires_at, Donation.due_satang, Donation.ref1, came, token
            ).filter_by(code=code)
        )
        .one_or_none()
    )
    if row is None:
        abort(404)
    state, expires_at, due, ref1, satang, receipt = row
    return jsonify(
        state=donations.standing(state, expires_at),
        satang=int(satang or due),
        reference=ref1,
        receipt=f"/receipts/{receipt}" if receipt else None,
    )


@bp.get("/give/<code>/qr.png")
@opens_to(EVERYONE)
def donation_png(code: str) -> Response:
    found = _payable(code)
    answer = make_response(_picture(found.payload))
    answer.mimetype = "image/png"
    if "save" in request.args:
        answer.headers["Content-Disposition"] = f'attachment; filename="{found.ref1}.png"'
    return answer


@bp.get("/give/<code>/qr.svg")
@opens_to(EVERYONE)
def donation_svg(code: str) -> Response:
    found = _payable(code)
    _picture(found.payload)
    title = f"QR พร้อมเพย์ {money.format_baht(found.due_satang)} บาท รหัสอ้างอิง {found.ref1}"
    return Response(qr.draw_svg(found.payload, title=title), mimetype="image/svg+xml")


@bp.get("/give/<code>/receipts/<token>.pdf")
@opens_to(EVERYONE)
def donation_receipt_pdf(code: str, token: str) -> Response:
    """The payer's own copy, with their name even when the public does not see it: only they know this address."""
    found, receipt = _donation(code), receipts.by_token(token) or abort(404)
    if receipt.gift.donation_id != found.id:
        abort(404)
    return as_pdf(receipt, named=True)


def _donation(code: str) -> Donation:
    return donations.by_code(code) or abort(404)


def _payable(code: str) -> Donation:
    """The donation, as long as its QR code may still be shown: an old picture must not invite a payment."""
    found = _donation(code)
    if found.standing != "waiting":
        abort(410, "QR นี้ใช้ไม่ได้แล้ว กรุณาเปิดหน้าร่วมสมทบเพื่อเริ่มใหม่")
    return found


@lru_cache(maxsize=256)
def _picture(payload: str) -> bytes:
    return qr.draw_checked(payload)


def _receipts_of(donation: Donation) -> Any:
    return (
        select(Gift, Receipt)
        .join(Receipt, Receipt.gift_id == Gift.id)
        .where(Gift.donation_id == donation.id, Receipt.voided_at.is_(None))
        .order_by(Receipt.id)
    )
