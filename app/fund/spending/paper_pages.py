"""Pages of papers: one is added to a payment, and one is read."""

from io import BytesIO

from flask import Response, abort, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.fund.spending import order_lines, papers
from app.fund.spending.blueprint import READERS, bp
from app.fund.spending.order_line_pages import read_count
from app.fund.spending.records import PaymentPaper
from app.kit import crypto
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.web import takes_files
from app.staff.doors import opens_to, signed_in


@bp.post("/payments/orders/<int:number>/papers")
@takes_files("paper")
@opens_to(*papers.KEEPERS)
def keep_paper(number: int) -> ResponseReturnValue:
    sent = request.files.get("paper")
    try:
        # Reading takes as long as it takes; no write waits for it.
        paper = papers.read(sent.read() if sent is not None else b"")
        with transaction():
            papers.keep(
                number,
                kind=request.form.get("kind", ""),
                paper=paper,
                inspectors=request.form.get("inspectors", ""),
                short=request.form.get("short", ""),
                missing={
                    line.id: count
                    for line in order_lines.of(number)
                    if (count := read_count(request.form.get(f"missing-{line.id}", "")))
                },
                by=signed_in(),
            )
    except Refused as refused:
        flash(refused.words, "danger")
    else:
        flash("เก็บเอกสารแล้ว", "success")
    return redirect(url_for("spending.order", number=number, _anchor="papers"))


@bp.get("/payments/papers/<int:number>")
@opens_to(*READERS)
def paper(number: int) -> Response:
    """A paper: a picture is shown, a PDF only downloaded, for what stands in it is nobody's word but its sender's."""
    found = db.session().get(PaymentPaper, number) or abort(404)
    try:
        kept = papers.content(found)
    except crypto.DecryptionFailed:
        abort(404, "เปิดเอกสารนี้ไม่ได้ เพราะไฟล์ถูกเปลี่ยนหรือใช้กุญแจอื่น กรุณาแจ้งผู้ดูแลระบบ")
    except FileNotFoundError:
        abort(404, "ไม่พบไฟล์ของเอกสารนี้ กรุณาแจ้งผู้ดูแลระบบ")
    answer = send_file(
        BytesIO(kept),
        mimetype="application/pdf" if found.is_pdf else "image/jpeg",
        as_attachment=found.is_pdf,
        download_name=f"paper-{found.id}.{'pdf' if found.is_pdf else 'jpg'}",
        etag=found.sha256,
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
