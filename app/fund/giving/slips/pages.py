"""Pages of slips: a giver hands one in, finance looks at those that wait for the bank."""

from datetime import timedelta

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app.fund.giving.blueprint import bp
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.slips import SlipClaim
from app.fund.giving.slips import claims, remarks
from app.fund.giving.slips.forms import CloseSlipForm, SlipForm
from app.kit import language, lists, qr, throttle
from app.kit.crypto import DecryptionFailed
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Busy, Refused, TooManyTries
from app.kit.language import gettext, in_english
from app.kit.lists import List, Search
from app.kit.web import AGAIN, csrf, has_nul, takes_files
from app.province.profile import Profile
from app.staff import reads
from app.staff.doors import EVERYONE, opens_to, signed_in
from app.staff.reads import ReadKind
from app.staff.roles import Role

#: From one address in ten minutes: reading a picture is work.
_MOST_SLIPS = 30
#: The form around a picture of the greatest size that is read.
_MOST_BYTES = qr.MAX_BYTES + 64 * 1024


def _too_large() -> str:
    return gettext(
        "ไฟล์ใหญ่เกิน %(most)s MB จึงยังไม่ได้รับ โปรดส่งภาพสลิปที่บันทึกจากแอปธนาคารหรือภาพหน้าจอ ซึ่งมีขนาดเล็กกว่ามาก",
        most=qr.MAX_BYTES // 1024 // 1024,
    )


@bp.route("/give/<code>/slip", methods=["GET", "POST"])
@takes_files("picture")
@in_english
@opens_to(EVERYONE)
def slip(code: str) -> ResponseReturnValue:
    payment_request = payment_requests.by_code(code) or abort(404)
    if request.method == "GET":
        return _slip_page(payment_request, SlipForm(formdata=None)), 200
    request.max_content_length = _MOST_BYTES
    try:
        form = SlipForm()
        valid = form.validate_on_submit()
    except RequestEntityTooLarge:
        return _slip_page(payment_request, SlipForm(formdata=None), refused=_too_large()), 413
    if "csrf_token" in form.errors:
        abort(400, form.errors["csrf_token"][0])
    if has_nul(request.form):
        abort(400)
    if not valid:
        return _slip_page(payment_request, form), 422
    refused, status = "", 422
    try:
        _count()
        # Reading takes as long as it takes; no write waits for it.
        sent = claims.read(form.picture.data.read())
        with transaction():
            claim = claims.claim(payment_request.id, sent)
            bank = claim.slip.bank
            (seen,) = remarks.seen([claim])
        # What speaks against the slip stands on the page it leads to.
        if seen.may_pay:
            words = gettext("ได้รับสลิปของ%(bank)sแล้ว รอธนาคารยืนยัน ไม่ต้องจ่ายซ้ำ", bank=language.translated(bank))
            flash(words, "success")
        return redirect(url_for("giving.payment_request", code=code), code=303)
    except TooManyTries as error:
        refused, status = error.words, 429
    except Busy as error:
        page = _slip_page(payment_requests.by_code(code) or abort(404), form, refused=error.words)
        return page, 503, {"Retry-After": str(AGAIN)}
    except BadInput as error:
        form.picture.errors = [error.words]
    except Refused as error:
        refused, status = error.words, 409
    return _slip_page(payment_requests.by_code(code) or abort(404), form, refused=refused), status


# It checks the form's token itself: the general check reads the whole form before this view can say how large it may be.
csrf.exempt(slip)


def _count() -> None:
    """Tries that fail count too."""
    with transaction():
        throttle.count(
            "slip",
            request.remote_addr or "",
            most=_MOST_SLIPS,
            within=timedelta(minutes=10),
            refused=gettext("มีการส่งสลิปจากเครือข่ายนี้ถี่เกินไป กรุณารอ 10 นาทีแล้วส่งอีกครั้ง เงินที่โอนแล้วไม่หาย"),
        )


def _slip_page(payment_request: PaymentRequest, form: SlipForm, *, refused: str = "") -> str:
    claims = remarks.of_payment_requests({payment_request.id}).get(payment_request.id, [])
    return render_template(
        "giving/slip.html", payment_request=payment_request, form=form, refused=refused, claims=claims
    )


@bp.get("/slips")
@opens_to(Role.FINANCE, Role.AUDITOR)
def slips() -> str:
    """What waits for the bank, oldest first; whoever searches finds what was closed and received as well."""
    found = lists.find(
        List(
            remarks.claims() if request.args.get("reference") else remarks.open_claims(),
            columns=(),
            orders={"id": (SlipClaim.id,)},
            down=False,
            search=Search(
                "รหัสอ้างอิงของรายการให้ เลขอ้างอิงบนสลิป หรือชื่อเครือข่าย", remarks.matching, name="reference"
            ),
            label="สลิปที่รอธนาคาร",
            empty="ไม่มีสลิปที่รอธนาคาร",
            drawing="money",
            read=remarks.seen,
            per=8,
        )
    )
    return render_template(
        "giving/slips.html",
        list=found,
        form=CloseSlipForm(formdata=None),
        may_close=signed_in().has(Role.FINANCE),
    )


@bp.get("/slips/<int:number>/picture.jpg")
@opens_to(Role.FINANCE, Role.AUDITOR)
def slip_picture(number: int) -> Response:
    claim = db.session().get(SlipClaim, number) or abort(404)
    if claim.picture_deleted_at:
        days = Profile.here().giving.slip_picture_days
        abort(410, f"ลบภาพสลิปนี้แล้วตามกำหนดเก็บ {days} วัน ข้อมูลที่อ่านจากสลิปยังอยู่ในรายการสลิป")
    reads.note(ReadKind.SLIP, f"slip_picture:{number}", by=signed_in())
    try:
        with claims.store().open(claim.picture_hash) as file:
            answer = make_response(file.read())
    except DecryptionFailed:
        abort(404, "เปิดภาพสลิปไม่ได้ เพราะไฟล์ถูกเปลี่ยนหรือใช้กุญแจอื่น กรุณาแจ้งผู้ดูแลระบบ ข้อมูลที่อ่านจากสลิปยังอยู่")
    except FileNotFoundError:
        abort(404, "ไม่พบภาพสลิปในที่เก็บ กรุณาแจ้งผู้ดูแลระบบ ข้อมูลที่อ่านจากสลิปยังอยู่")
    answer.mimetype = "image/jpeg"
    return answer


@bp.post("/slips/<int:number>/close")
@opens_to(Role.FINANCE)
def close_slip(number: int) -> ResponseReturnValue:
    form = CloseSlipForm()
    if not form.validate_on_submit():
        if "csrf_token" in form.errors:
            abort(400)
        raise BadInput(form.reason.errors[0])
    with transaction():
        claims.close(number, reason=form.reason.data, by=signed_in())
    flash(gettext("ปิดสลิปพร้อมเหตุผลแล้ว"), "success")
    return redirect(url_for("giving.slips"), code=303)
