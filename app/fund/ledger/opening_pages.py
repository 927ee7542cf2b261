"""Pages of the opening: what the books began with, asking for it, and its paper."""

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.fund.ledger import opening as openings
from app.fund.ledger import opening_files
from app.fund.ledger.pages import READERS, bp
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.kit.forms import Form
from app.kit.sheets import to_xlsx
from app.kit.web import takes_files
from app.staff import papers
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

#: Who may ask for the books to begin: as for whatever waits for a second person.
_ASKERS = (Role.FINANCE, Role.FUND_OFFICER)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OpeningForm(Form):
    file = FileField("ไฟล์ยอดยกมา", validators=[FileRequired("กรุณาเลือกไฟล์ยอดยกมา")])
    paper = FileField("เอกสารหลักฐาน", validators=[FileRequired("กรุณาแนบเอกสารหลักฐาน")])
    reason = StringField(
        "ยอดนี้มาจากไหน", validators=[InputRequired("กรุณาบอกว่ายอดนี้มาจากเอกสารใด"), Length(max=300)]
    )


@bp.get("/books/opening")
@opens_to(*READERS)
def opening() -> str:
    """What the books began with; until then what waits, or how to ask for it."""
    return _page(OpeningForm(formdata=None))


def _page(form: OpeningForm, refused: str = "") -> str:
    waiting = openings.waiting()
    begun = openings.opening()
    return render_template(
        "books/opening.html",
        begun=begun,
        balances=openings.balances(),
        total=openings.total(),
        waiting=waiting,
        form=form,
        refused=refused,
        may_ask=begun is None and waiting is None and signed_in().has(*_ASKERS),
    )


@bp.post("/books/opening")
@takes_files("file", "paper")
@opens_to(*_ASKERS)
def ask_opening() -> ResponseReturnValue:
    form = OpeningForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        said = opening_files.read(form.file.data.read())
        paper = papers.keep(form.paper.data.read())
        with transaction():
            openings.ask(said.lines, as_of=said.as_of, paper=paper, reason=form.reason.data, by=signed_in())
    except Refused as refused:
        return _page(form, refused.words), 422 if isinstance(refused, BadInput) else 409
    flash("ส่งขออนุมัติยอดยกมาแล้ว เมื่อผู้ถือบทบาทอื่นอนุมัติ บัญชีจะเริ่มจากยอดนี้", "success")
    return redirect(url_for("books.opening"))


@bp.get("/books/opening/paper")
@opens_to(*READERS)
def opening_paper() -> Response:
    """The paper that the opening rests on, of the one that was approved or else of the one that waits; only to be saved."""
    begun, waiting = openings.opening(), openings.waiting()
    if begun is not None:
        kept = papers.Paper(begun.paper_hash, begun.paper_kind)
    elif waiting is not None:
        kept = papers.Paper(**waiting.asked["paper"])
    else:
        abort(404)
    answer = Response(papers.content(kept.hash), mimetype=papers.MIME[kept.kind])
    answer.headers.set("Content-Disposition", "attachment", filename=f"opening.{kept.kind}")
    return answer


@bp.get("/books/opening/form.xlsx")
@opens_to(*READERS)
def opening_form() -> Response:
    """The file to be filled in, with every purpose that the fund has."""
    rows = [[code, "", "", "", "", ""] for code in openings.purpose_names().values()]
    answer = Response(to_xlsx(opening_files.HEADER, rows, sheet="ยอดยกมา"), mimetype=_XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename="opening.xlsx")
    return answer


def in_the_journal(numbers: list[int]) -> dict[int, tuple[str, str]]:
    """What the journal calls entries of the opening."""
    return dict.fromkeys(numbers, ("ยอดยกมา", url_for("books.opening")))
