"""Pages of the demonstration bank: a payer's app, and the statement that the bank would send."""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.demo import bank as bank_
from app.demo.bank import Asked, Heard, Ledger, Line
from app.demo.forms import LookForm, TransferForm
from app.fund.giving import donations
from app.kit import qr
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.settings import Settings
from app.staff.doors import EVERYONE, opens_to

bp = Blueprint("demo", __name__)


def _ledger() -> Ledger:
    here: Settings = current_app.extensions["kueakun"]
    return Ledger(here.data)


@bp.get("/demo/bank")
@opens_to(EVERYONE)
def bank() -> ResponseReturnValue:
    code = request.args.get("code", "")
    return _read(None, code) if code else _look_page(LookForm())


@bp.post("/demo/bank")
@opens_to(EVERYONE)
def read_qr() -> ResponseReturnValue:
    form = LookForm()
    if not form.validate_on_submit():
        return _look_page(form), 422
    sent = form.picture.data
    return _read(sent.read(qr.MAX_BYTES + 1) if sent else None, form.code.data or "")


def _read(picture: bytes | None, code: str) -> ResponseReturnValue:
    try:
        asked = bank_.look(picture or _picture_of(code))
    except Refused as refused:
        return _look_page(LookForm(code=code), refused.words), 422 if isinstance(refused, BadInput) else 409
    return _pay_page(asked, TransferForm(payload=asked.payload, amount=asked.satang, payer="ผู้มีน้ำใจ"))


def _picture_of(code: str) -> bytes:
    """The picture that the page of a donation shows: it is drawn, and then read like any other."""
    if not code:
        raise BadInput("กรุณาเลือกภาพ QR หรือกรอกรหัสจากที่อยู่หน้า QR")
    donation = donations.by_code(code.strip().rstrip("/").rpartition("/")[2]) or donations.by_ref1(code)
    if donation is None:
        raise BadInput("ไม่พบ QR ของรหัสนี้ กรุณาตรวจรหัส หรือใช้ภาพ QR ที่บันทึกไว้")
    return qr.draw_png(donation.payload)


def _look_page(form: LookForm, refused: str = "") -> str:
    return render_template("demo/bank.html", form=form, refused=refused, lines=_ledger().lines()[-5:][::-1])


def _pay_page(asked: Asked, form: TransferForm, refused: str = "") -> str:
    return render_template("demo/pay.html", asked=asked, form=form, refused=refused)


@bp.post("/demo/bank/transfers")
@opens_to(EVERYONE)
def transfer() -> ResponseReturnValue:
    form = TransferForm()
    asked = bank_.read_payload(form.payload.data or "")
    if not form.validate_on_submit():
        return _pay_page(asked, form), 422
    satang = asked.satang if asked.satang is not None else form.amount.data
    if satang is None:
        return _pay_page(asked, form, "กรุณากรอกจำนวนเงินที่โอน"), 422
    try:
        line = _ledger().transfer(
            asked, satang=satang, payer=form.payer.data, payer_bank=form.payer_bank.data
        )
    except Refused as refused:
        return _pay_page(asked, form, refused.words), 409
    # The portal answers the bank in another thread or process: nothing of ours may be held open meanwhile.
    db.session.remove()
    for heard in _tell_twice(line):
        flash(heard, "success")
    return redirect(url_for("demo.slip", transaction_id=line.transaction_id), 303)


def _tell_twice(line: Line) -> list[str]:
    """Tell the portal, and once more as the bank does when it did not hear an answer. A transfer by PromptPay ID
    has no confirmation: it stands on the statement only."""
    if line.tag != 30:
        return ["โอนด้วยพร้อมเพย์ ธนาคารไม่แจ้งกองทุนทันที เงินจะปรากฏเมื่อกองทุนนำเข้ารายการเดินบัญชี"]
    here: Settings = current_app.extensions["kueakun"]
    host = "127.0.0.1" if here.host in ("0.0.0.0", "::", "") else here.host  # noqa: S104 — compared, not bound
    path = url_for("bank.scb_callback", key=here.callback_key)
    address, message = f"http://{host}:{here.port}{path}", bank_.confirmation(line)
    return [_said(place, bank_.tell(address, message)) for place in ("ครั้งแรก", "ส่งซ้ำ")]


def _said(place: str, heard: Heard) -> str:
    if heard.is_well:
        return f"ธนาคารแจ้งกองทุน ({place}): กองทุนตอบรับ {heard.status}"
    if heard.status:
        return f"ธนาคารแจ้งกองทุน ({place}): กองทุนตอบ {heard.status}"
    return f"ธนาคารแจ้งกองทุน ({place}): ติดต่อกองทุนไม่ได้ เงินจะปรากฏเมื่อกองทุนนำเข้ารายการเดินบัญชี"


@bp.get("/demo/bank/transfers/<transaction_id>")
@opens_to(EVERYONE)
def slip(transaction_id: str) -> str:
    line = _ledger().find(transaction_id)
    if line is None:
        abort(404, "ธนาคารสาธิตไม่มีรายการโอนนี้")
    donation = donations.by_ref1(line.ref1) if line.ref1 else None
    return render_template("demo/slip.html", line=line, donation=donation)


@bp.get("/demo/bank/statement.csv")
@opens_to(EVERYONE)
def statement() -> Response:
    response = Response(bank_.statement(_ledger().lines()), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="statement.csv"'
    return response
