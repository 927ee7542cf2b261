"""The page of the issuer: what stands at the head of receipts, what is missing, and a new version of it."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.fund.giving.blueprint import bp
from app.fund.giving.goods import documents
from app.fund.giving.receipts import issuer, receipts
from app.fund.giving.receipts.forms import IssuerForm
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.province.profile import Issuer
from app.staff import approvals
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


@bp.get("/receipts/issuer", endpoint="issuer")
@opens_to(*issuer.EDITORS, Role.AUDITOR)
def issuer_page() -> str:
    return _page()


@bp.post("/receipts/issuer")
@opens_to(*issuer.EDITORS)
def note_issuer() -> Response | str | tuple[str, int]:
    form = IssuerForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        wanted = issuer.checked(
            name_th=form.issuer_name.data or "",
            address_th=form.address.data or "",
            tax_id=form.tax_id.data or "",
            signer=form.signer.data or "",
            signer_position=form.signer_position.data or "",
        )
        if request.form.get("step") == "preview":
            return _page(form, preview=wanted)
        with transaction():
            made = issuer.ask(wanted, seen=_seen(form), reason=form.reason.data or "", by=signed_in())
            number = made.id
    except Refused as error:
        return _page(form, refused=error.words), 422 if isinstance(error, BadInput) else 409
    flash("ส่งคำขอแล้ว ข้อมูลเดิมใช้ต่อไปจนกว่าอีกท่านหนึ่งที่ถือบทบาทอื่นจะอนุมัติ", "success")
    return redirect(url_for("staff.approval", number=number), code=303)


def _seen(form: IssuerForm) -> int:
    typed = str(form.seen.data or "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
        abort(400)
    return int(typed)


def _page(form: IssuerForm | None = None, *, preview: Issuer | None = None, refused: str = "") -> str:
    current, newest = issuer.issuer(), issuer.newest()
    if form is None:
        form = IssuerForm(
            formdata=None,
            issuer_name=current.name_th,
            address=current.address_th,
            tax_id="" if issuer.is_nobodys(current.tax_id) else current.tax_id,
            signer=current.signer,
            signer_position=current.signer_position,
            seen=str(newest.number if newest else 0),
        )
    owed, owed_satang = receipts.owed()
    return render_template(
        "giving/issuer.html",
        current=current,
        number=newest.number if newest else 0,
        missing=issuer.missing(current),
        owed=owed,
        owed_satang=owed_satang,
        goods_owed=documents.count_owed(),
        versions=issuer.versions(),
        form=form,
        preview=preview,
        lacking=issuer.missing(preview) if preview else [],
        tax_words=receipts.tax_words(),
        refused=refused,
        edits=signed_in().has(*issuer.EDITORS),
        may_read_receipts=signed_in().has(Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR),
        waiting=approvals.waiting_for(issuer.NOTE, "issuer"),
    )
