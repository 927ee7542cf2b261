"""Pages of the demonstration bank: a payer's app, and the statement that the bank would send."""

import threading
from concurrent.futures import ThreadPoolExecutor

from flask import (
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.demo import messages, misbehaviour, providers
from app.demo.charges import Charges, event_object, signed
from app.demo.forms import LookForm, TransferForm
from app.demo.ledger import BankLine, Ledger
from app.demo.messages import Heard
from app.demo.pages import bp
from app.demo.qr_reader import Asked, look, read_payload
from app.fund.giving.payment_requests import cards, payment_requests
from app.kit import qr, slips, thai
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.web import takes_files
from app.settings import Settings
from app.staff.doors import EVERYONE, opens_to

__all__ = ["bp"]


def _settings() -> Settings:
    return Settings.here()


def _ledger() -> Ledger:
    return Ledger(_settings().data)


@bp.get("/demo/bank")
@opens_to(EVERYONE)
def bank() -> ResponseReturnValue:
    code = request.args.get("code", "")
    return _read(None, code) if code else _look_page(LookForm())


@bp.post("/demo/bank")
@takes_files("picture")
@opens_to(EVERYONE)
def read_qr() -> ResponseReturnValue:
    form = LookForm()
    if not form.validate_on_submit():
        return _look_page(form), 422
    sent = form.picture.data
    return _read(sent.read(qr.MAX_BYTES + 1) if sent else None, form.code.data or "")


def _read(picture: bytes | None, code: str) -> ResponseReturnValue:
    try:
        asked = look(picture or _picture_of(code))
    except Refused as refused:
        return _look_page(LookForm(code=code), refused.words), 422 if isinstance(refused, BadInput) else 409
    return _pay_page(asked, TransferForm(payload=asked.payload, amount=asked.satang, payer="ผู้มีน้ำใจ"))


def _picture_of(code: str) -> bytes:
    """The picture that the page of a payment request shows: it is drawn, and then read like any other."""
    if not code:
        raise BadInput("กรุณาเลือกภาพ QR หรือกรอกรหัสจากที่อยู่หน้า QR")
    payment_request = payment_requests.by_code(
        code.strip().rstrip("/").rpartition("/")[2]
    ) or payment_requests.by_ref1(code)
    if payment_request is None:
        raise BadInput("ไม่พบ QR ของรหัสนี้ กรุณาตรวจรหัส หรือใช้ภาพ QR ที่บันทึกไว้")
    return qr.draw_png(payment_request.payload)


def _look_page(form: LookForm, refused: str = "") -> str:
    return render_template("demo/bank.html", form=form, refused=refused, lines=_ledger().lines()[-5:][::-1])


def _pay_page(asked: Asked, form: TransferForm, refused: str = "") -> str:
    by_omise = _settings().omise is not None and bool(asked.ref1)
    return render_template("demo/pay.html", asked=asked, form=form, refused=refused, by_omise=by_omise)


@bp.post("/demo/bank/transfers")
@opens_to(EVERYONE)
def transfer() -> ResponseReturnValue:
    form = TransferForm()
    asked = read_payload(form.payload.data or "")
    if not form.validate_on_submit():
        return _pay_page(asked, form), 422
    satang = form.other_amount.data or (asked.satang if asked.satang is not None else form.amount.data)
    if satang is None:
        return _pay_page(asked, form, "กรุณากรอกจำนวนเงินที่โอน"), 422
    if form.way.data == "omise" and _settings().omise:
        return _charge(asked, satang, form)
    try:
        lines = misbehaviour.transfer(
            _ledger(),
            asked,
            satang=satang,
            payer=form.payer.data,
            payer_bank=form.payer_bank.data,
            deed=form.deed.data,
        )
    except Refused as refused:
        return _pay_page(asked, form, refused.words), 409
    # The portal answers the bank in another thread or process: nothing of ours may be held open meanwhile.
    db.session.remove()
    if asked.tag == 30:
        address = f"{_own_address()}{url_for('bank.scb_callback', key=_settings().callback_key)}"
        _send([(address, messages.confirmation(line), {}) for line in lines], form.manner.data)
    else:
        # A transfer by PromptPay ID has no confirmation.
        flash("โอนด้วยพร้อมเพย์ ธนาคารไม่แจ้งกองทุนทันที เงินจะปรากฏเมื่อกองทุนนำเข้ารายการเดินบัญชี", "success")
    return redirect(url_for("demo.slip", transaction_id=lines[-1].transaction_id), 303)


def _charge(asked: Asked, satang: int, form: TransferForm) -> ResponseReturnValue:
    """The same donation by Omise: the money stays with Omise, which tells the portal by a signed message."""
    known = _settings().omise
    assert known is not None
    charged = Charges(_settings().data).charge(satang=satang, ref1=asked.ref1, payer=form.payer.data)
    db.session.remove()
    body = event_object(charged)
    address = f"{_own_address()}{url_for('bank.omise_webhook')}"
    _send([(address, body, signed(body, key=known.webhook_secrets[0]))], form.manner.data)
    return redirect(url_for("demo.slip", transaction_id=charged.id), 303)


def _own_address() -> str:
    return f"http://{providers.own_host(_settings())}:{_settings().port}"


#: Where to, what, and with which headers.
Message = tuple[str, bytes, dict[str, str]]


def _send(messages: list[Message], manner: str) -> None:
    """Tell the portal in the manner chosen, and say on the next page how it answered."""
    plan = misbehaviour.sendings(messages, manner)
    if not plan:
        flash("ธนาคารไม่ได้แจ้งกองทุน เงินจะปรากฏเมื่อกองทุนถามธนาคารในคืนนี้ หรือนำเข้ารายการเดินบัญชี", "success")
    for place, (seconds, batch) in enumerate(plan):
        if seconds:
            flash(f"ธนาคารจะแจ้งกองทุนในอีก {seconds} วินาที", "success")
            late = threading.Timer(seconds, _tell_at_once, (batch,))
            late.daemon = True
            late.start()
        else:
            heard = _tell_at_once(batch)
            flash(_summary("ครั้งแรก" if place < len(plan) / 2 else "ส่งซ้ำ", heard), "success")


def _tell_at_once(batch: list[Message]) -> list[Heard]:
    with ThreadPoolExecutor(max_workers=len(batch)) as many:
        return list(many.map(lambda message: messages.send(*message), batch))


def _summary(place: str, heard: list[Heard]) -> str:
    times = f" {len(heard)} ข้อความ" if len(heard) > 1 else ""
    if all(answer.is_well for answer in heard):
        return f"ธนาคารแจ้งกองทุน ({place}){times}: กองทุนตอบรับ {heard[0].status}"
    worst = min(heard, key=lambda answer: answer.is_well)
    if worst.status:
        return f"ธนาคารแจ้งกองทุน ({place}){times}: กองทุนตอบ {worst.status}"
    return f"ธนาคารแจ้งกองทุน ({place}){times}: ติดต่อกองทุนไม่ได้ เงินจะปรากฏเมื่อกองทุนนำเข้ารายการเดินบัญชี"


@bp.get("/demo/bank/transfers/<transaction_id>")
@opens_to(EVERYONE)
def slip(transaction_id: str) -> str:
    line = _ledger().find(transaction_id) or _slip_of_charge(transaction_id)
    if line is None:
        abort(404, "ธนาคารสาธิตไม่มีรายการโอนนี้")
    payment_request = payment_requests.by_ref1(line.ref1) if line.ref1 else None
    return render_template("demo/slip.html", line=line, payment_request=payment_request)


@bp.get("/demo/bank/transfers/<transaction_id>/slip.png")
@opens_to(EVERYONE)
def slip_picture(transaction_id: str) -> Response:
    """The slip as a bank's app saves it, with its small QR code: for trying out how a giver hands one in."""
    line = _ledger().find(transaction_id)
    if line is None or not line.payer_bank:
        abort(404, "ธนาคารสาธิตไม่มีรายการโอนนี้")
    named = slips.ScannedSlip(sending_bank=line.payer_bank, trans_ref=line.transaction_id)
    lines = (
        ("amount", f"{format_baht(line.satang)} บาท"),
        ("plain", thai.moment_text(line.moment)),
        ("plain", f"จาก {line.payer}"),
        ("small", f"เลขที่รายการ {line.transaction_id}"),
        ("strong", "สลิปสาธิต ใช้เป็นหลักฐานจริงไม่ได้"),
    )
    picture = cards.draw(slips.encode(named), head="ธนาคารสาธิต โอนเงินสำเร็จ", lines=lines)
    response = Response(picture, mimetype="image/png")
    response.headers["Content-Disposition"] = 'attachment; filename="slip.png"'
    return response


def _slip_of_charge(charge_id: str) -> BankLine | None:
    charged = Charges(_settings().data).find(charge_id)
    if charged is None:
        return None
    return BankLine(
        transaction_id=charged.id,
        at=charged.at,
        satang=charged.satang,
        balance=0,
        tag=0,
        payee="ผ่าน Omise",
        account="",
        proxy="",
        ref1=charged.ref1,
        ref2="",
        payer=charged.payer,
        payer_bank="",
    )


@bp.get("/demo/bank/statement.csv")
@opens_to(EVERYONE)
def statement() -> Response:
    response = Response(messages.statement(_ledger().lines()), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="statement.csv"'
    return response
