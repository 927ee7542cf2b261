"""Exports: a list as a file, for a reason, with a mark of who took it and when on every page, and written down as a read."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.kit import clock, lists, thai
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.kit.forms import Form
from app.kit.lists import List
from app.kit.sheets import to_xlsx
from app.kit.sheets.writing import Cell
from app.kit.worded import Worded
from app.province.profile import Profile
from app.staff import audit, reads
from app.staff.deeds import Deed
from app.staff.reads import CeilingReached, ReadKind
from app.staff.users import User

#: More rows than these make a paper that nobody reads and that takes minutes to set.
_PAPER_ROWS = 500
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportReason(Worded):
    MEETING = "meeting", "ใช้ในการประชุม"
    FIELD = "field", "ลงพื้นที่"
    REPORT = "report", "รายงานหน่วยเหนือ"
    PURCHASE = "purchase", "จัดหาสิ่งของ"
    AUDIT = "audit", "ตรวจสอบ"
    OTHER = "other", "อื่นๆ"


class ExportForm(Form):
    kind = RadioField(
        "แบบไฟล์",
        choices=[
            SelectChoice("xlsx", "ตาราง (XLSX)"),
            SelectChoice("pdf", f"เอกสาร (PDF) ไม่เกิน {_PAPER_ROWS} แถว"),
        ],
        default="xlsx",
    )
    reason = RadioField(
        "นำไปใช้ทำอะไร",
        choices=[SelectChoice(reason.value, reason.words) for reason in ExportReason],
        validators=[InputRequired("กรุณาเลือกว่าจะนำไปใช้ทำอะไร")],
    )
    words = StringField(
        "เรื่องหรือเลขหนังสือ",
        description="เช่น ประชุมคณะทำงานอำเภอ 12 ธ.ค. 69",
        validators=[InputRequired("กรุณาบอกเรื่องที่นำไปใช้"), Length(min=5, max=150)],
    )


def page(listing: List, *, title: str, by: User, back: str, back_label: str) -> ResponseReturnValue:
    """The question what the list is taken for, and the file once that is answered. It holds what `by` may see, no more."""
    form = ExportForm()
    refused, status = "", 200
    if form.validate_on_submit():
        reason = f"{ExportReason(form.reason.data).words}: {' '.join(form.words.data.split())}"
        try:
            return _file(listing, form.kind.data, title=title, reason=reason, by=by)
        except Refused as error:
            refused, status = error.words, 422 if isinstance(error, BadInput) else 409
    elif form.is_submitted():
        status = 422
    left = reads.ceiling(ReadKind.EXPORT, by) - reads.read_today(ReadKind.EXPORT, by)
    shown = render_template(
        "staff/export.html",
        form=form,
        title=title,
        refused=refused,
        left=max(0, left),
        back=back,
        back_label=back_label,
    )
    return shown, status


def _file(listing: List, kind: str, *, title: str, reason: str, by: User) -> Response:
    # Read first: what is asked for wrongly, or is too much, is no export.
    header, rows = lists.lines(listing)
    cells = [list(row) for row in rows]
    if kind == "pdf" and len(cells) > _PAPER_ROWS:
        raise Refused(
            f"ตามที่ค้นมี {len(cells):,} แถว เอกสาร PDF ได้ไม่เกิน {_PAPER_ROWS} แถว กรุณาค้นให้แคบลง หรือเลือกตาราง XLSX"
        )
    name, at = by.name, clock.now()
    mark = f"ส่งออกโดย {name} เมื่อ {thai.moment_text(at)} · {reason} · ข้อมูลส่วนบุคคล ห้ามเผยแพร่ต่อ"
    try:
        with transaction():
            reads.record(ReadKind.EXPORT, reads.file_subject(listing.file), by=by, reason=reason[:200])
            audit.record(
                Deed.EXPORT_MAKE, f"export:{listing.file}", by=by, title=title, rows=len(cells), reason=reason
            )
    except CeilingReached:
        reads.note_refused(ReadKind.EXPORT, f"export:{listing.file}", by=by)
        raise
    if kind == "pdf":
        answer = Response(_paper(title, header, cells, mark=mark), mimetype="application/pdf")
    else:
        answer = Response(to_xlsx(header, cells, mark=mark), mimetype=_XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{lists.file_name(listing, kind)}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _paper(title: str, header: list[str], cells: list[list[Cell]], *, mark: str) -> bytes:
    from app.kit import pdf

    html = render_template(
        "pdf/export.html",
        title=title,
        header=header,
        rows=[[lists.shown(cell) for cell in row] for row in cells],
        mark=mark,
        profile=Profile.here(),
        th=thai.thai_digits,
    )
    return pdf.render(html, title=title, author=Profile.here().fund_th)
